"""Who may hand in meter readings: DUHENG_HOME/telemetry/gateways.csv, readable by its owner alone: it holds secrets.

An enterprise is invited by a code that is shown once; its gateway registers with it and gets deviceId and secretKey.
"""

from __future__ import annotations

import csv
import hashlib
import hmac
import io
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import astuple, dataclass, fields, replace
from datetime import date, timedelta
from ipaddress import ip_network
from pathlib import Path

from duheng.model.errors import DuhengError, UnknownName
from duheng.telemetry.devices import within
from duheng.telemetry.private_tables import changing, write


@dataclass(frozen=True, slots=True)
class Gateway:
    """A gateway of an enterprise. networks: it may send from, separated by blanks, empty for any.

    invitation: digest of the code with which it may register until `until`; empty once it has authenticated. device,
    secret: empty before it has registered. entity: of the ledger; site: folder of its readings.
    """

    enterprise: str
    title: str = ""
    entity: str = ""
    site: str = ""
    networks: str = ""
    invitation: str = ""
    until: str = ""
    device: str = ""
    secret: str = ""

    def may_send_from(self, address: str) -> bool:
        """Whether the address lies in its networks."""
        return not self.networks or within([ip_network(text) for text in self.networks.split()], address)

    def invited(self, code: str, today: date) -> bool:
        """Whether this code lets it register today."""
        right = hmac.compare_digest(self.invitation.encode(), _digest(code).encode())
        return bool(self.invitation) and right and today.isoformat() <= self.until


COLUMNS = tuple(one.name for one in fields(Gateway))


def path(home: Path) -> Path:
    """The file of the gateways."""
    return home / "telemetry" / "gateways.csv"


def load(home: Path) -> list[Gateway]:
    """The gateways, none where there is no file. Raises DuhengError for a file that cannot be read, OSError."""
    file = path(home)
    try:
        rows = list(csv.reader(io.StringIO(file.read_text(encoding="utf-8-sig")), strict=True))
    except FileNotFoundError:
        return []
    except (csv.Error, UnicodeDecodeError) as trouble:
        raise DuhengError(f"{file}：不是UTF-8的CSV（{trouble}）。请从备份恢复。") from trouble
    if not rows or tuple(rows[0]) != COLUMNS or any(len(row) != len(COLUMNS) for row in rows[1:] if row):
        raise DuhengError(f"{file}：表头或列数不对，应为{','.join(COLUMNS)}。请从备份恢复。")
    found = [Gateway(*row) for row in rows[1:] if row]
    for one in found:
        _check_networks(one.networks)
    return found


def invite(home: Path, gateway: Gateway, today: date, days: int = 7) -> str:
    """Let a gateway register within some days; the code to hand over. Raises DuhengError, OSError."""
    if not gateway.enterprise.replace("-", "").isalnum() or not gateway.enterprise.isascii():
        raise DuhengError(f"企业编码“{gateway.enterprise}”：应为字母、数字或连字符，如统一社会信用代码。")
    _check_networks(gateway.networks)
    code = secrets.token_urlsafe(18)
    until = (today + timedelta(days=days)).isoformat()
    with _changing(home) as gateways:
        gateways.append(replace(gateway, invitation=_digest(code), until=until, device="", secret=""))
    return code


def enrol(home: Path, enterprise: str, code: str, today: date) -> Gateway | None:
    """Give the invited gateway a deviceId and a secretKey; None where nobody is invited so.

    Until it has authenticated it may do so again: the answer may have been lost.
    """
    with _changing(home) as gateways:
        for place, one in enumerate(gateways):
            if one.enterprise == enterprise and one.invited(code, today):
                device = one.device or f"G{secrets.token_hex(8).upper()}"
                gateways[place] = replace(one, device=device, secret=secrets.token_hex(32))
                return gateways[place]
    return None


def settled(home: Path, device: str) -> None:
    """It has authenticated: its invitation is used up."""
    with _changing(home) as gateways:
        for place, one in enumerate(gateways):
            if one.device == device:
                gateways[place] = replace(one, invitation="", until="")


def revoke(home: Path, device: str) -> None:
    """Take a gateway away; what it sent stays. Raises UnknownName."""
    with _changing(home) as gateways:
        kept = [one for one in gateways if one.device != device]
        if len(kept) == len(gateways):
            raise UnknownName(device, [one.device for one in gateways if one.device], "采集端")
        gateways[:] = kept


def _digest(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()


def _check_networks(networks: str) -> None:
    try:
        for text in networks.split():
            ip_network(text)
    except ValueError as wrong:
        raise DuhengError(f"网段“{networks}”：{wrong}，应如10.1.0.0/16，多个以空格分开。") from wrong


@contextmanager
def _changing(home: Path) -> Iterator[list[Gateway]]:
    """The gateways, written when the block ends well and something changed; one process at a time."""
    with changing(path(home)):
        gateways = load(home)
        before = list(gateways)
        yield gateways
        if gateways != before:
            write(path(home), [COLUMNS, *map(astuple, gateways)])
