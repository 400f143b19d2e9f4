"""What an upper platform asks of our devices: what forward.yaml lets it ask is put to the device, the answers go up.

We are the field side of this line (HJ 212-2017 6.6): 9011 says whether the request is carried out, 9012 how it ended,
9013 answers a notification. History that a device hands in on request goes up as everything else it sends.
"""

from __future__ import annotations

import hmac
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from duheng.model.errors import DuhengError

from .. import requests
from ..hj212 import encoding
from ..hj212.answers import SYSTEM
from ..hj212.dialogue import DONE, FINAL, edition, orders
from ..hj212.segment import Segment
from ..requests import Request

# Identity, password and keys of a device are its own platform's affair.
NEVER = frozenset({"1002", "1014", "1072"})
_REFUSED, _PASSWORD, _MN, _COMMAND = "2", "3", "4", "8"  # QnRtn
_NO_RESULT = "4"  # ExeRtn: time-out
_AT_ONCE = 20  # requests of one target under way


@dataclass(slots=True)
class _Asked:
    """A request of the target under way. id: of ours for it; told: 9011 has gone up."""

    header: Mapping[str, str]
    version: int
    id: str
    notice: bool
    told: bool = False


class Upward:
    """The requests of one target. devices: MN there by MN here, none for the same; allowed: their commands."""

    def __init__(
        self, home: Path, name: str, devices: Mapping[str, str], password: str, allowed: Collection[str]
    ) -> None:
        self._home, self._name, self._password, self._allowed = home, name, password, allowed
        self._here = {there: here for here, there in devices.items()}
        self._open: dict[tuple[str, str], _Asked] = {}

    def heard(self, asked: Segment) -> list[bytes]:
        """A frame that answers nothing of ours; what is to be said to it at once."""
        code, header = asked.header.get("CN", ""), asked.header
        order = orders(edition(asked.version)).get(code)
        key = (header.get("MN", ""), header.get("QN", ""))
        if header.get("ST") == SYSTEM or code[:1] == "9" or not key[1] or key in self._open:
            return []
        wrong = self._wrong(header) or (_COMMAND if order is None else "")
        if not wrong and (code not in self._allowed or len(self._open) >= _AT_ONCE):
            wrong = _REFUSED
        notice = order is not None and order.notice
        if not wrong:
            values: dict[str, str] = {}
            for item in asked.items or ():  # of one given several times all values, as requests write them
                before = f"{values[item.name]}," if item.name in values else ""
                values[item.name] = before + (item.value or "")
            mn = self._here.get(key[0], key[0])
            request = Request(mn, code, values, f"上级平台{self._name}", f"上级平台的请求，QN {key[1]}")
            try:
                id = requests.ask(self._home, request)
            except (DuhengError, OSError):  # a value that is none; the disk
                wrong = _REFUSED
            else:
                self._open[key] = _Asked(header, asked.version, id, notice)
        return [_said(header, asked.version, "9011", QnRtn=wrong)] if wrong and not notice else []

    def _wrong(self, header: Mapping[str, str]) -> str:
        """Why this target may not ask this of that device, by QnRtn; empty where it may."""
        given = header.get("PW", "").encode()
        if self._password and not hmac.compare_digest(self._password.encode(), given):
            return _PASSWORD
        return _MN if self._here and header.get("MN", "") not in self._here else ""

    def tend(self) -> list[bytes]:
        """What the devices have answered since. Raises OSError."""
        out: list[bytes] = []
        for key, asked in list(self._open.items()):
            said = requests.result(self._home, asked.id)
            if said is None:
                continue
            out += _progress(asked, said)
            if said["state"] in FINAL:
                del self._open[key]
        return out


def _progress(asked: _Asked, said: Mapping[str, Any]) -> Sequence[bytes]:
    header, version, ended = asked.header, asked.version, said["state"] in FINAL
    if asked.notice:
        return [_said(header, version, "9013")] if said["state"] == DONE else []
    out = []
    if not asked.told and (ended or said.get("QnRtn")):
        asked.told = True
        out.append(_said(header, version, "9011", QnRtn=str(said.get("QnRtn") or _REFUSED)))
    if ended and said.get("QnRtn") == "1":
        if said.get("found"):
            own = {**header, "Flag": str(version << 2)}
            out.append(encoding.frame(own, [[pair] for pair in said["found"].items()]))
        out.append(_said(header, version, "9012", ExeRtn=str(said.get("ExeRtn") or _NO_RESULT)))
    return out


def _said(asked: Mapping[str, str], version: int, code: str, **body: str) -> bytes:
    """An answer as its edition writes it: HJ/T 212-2005 says in CP which request is meant."""
    header = {"ST": SYSTEM, "CN": code, "PW": asked.get("PW", ""), "MN": asked.get("MN", "")}
    header["Flag"] = str(version << 2)
    parts = [[pair] for pair in body.items()]
    if version == 0:
        return encoding.frame(header, [[("QN", asked["QN"])], *parts])
    return encoding.frame({"QN": asked["QN"], **header}, parts)
