"""Who may send: DUHENG_HOME/telemetry/devices.csv, readable by its owner alone, for it holds passwords."""

from __future__ import annotations

import csv
import hmac
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass, field, fields
from functools import cached_property
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from pathlib import Path

from duheng.model.errors import DuhengError, UnknownName
from duheng.model.findings import Finding

from .hj212.dialogue import troubles
from .private_tables import changing, write

Network = IPv4Network | IPv6Network

# Rules of the check sum a device may be allowed: as the standard prints it; in small letters too; the sum of Modbus
# in its place, high or low byte first; any.
CRC_RULES = ("strict", "lower", "modbus_hi_lo", "modbus_lo_hi", "off")
LABELS = ("start", "end")  # whether the time of a period's value is its start (HJ 212-2017) or its end
_SYSTEM = re.compile("[0-9A-Z]{2}")
ANY = "*"  # in place of a password: whatever the device sends


@dataclass(frozen=True)
class Device:
    """A field device that may send.

    mn: its identity, compared exactly. entity: of the ledger; site: folder of its readings. st: expected system type,
    empty for any. password: what its PW must be, empty where it sends none, ANY; former: accepted beside it while a
    new one is being set. crc: one of CRC_RULES. label: one of LABELS. networks: it may send from, separated by blanks;
    empty for any. contact: commands to send when it first connects, separated by blanks.
    """

    mn: str
    title: str = ""
    entity: str = ""
    site: str = ""
    st: str = ""
    password: str = ""
    former: str = ""
    crc: str = "lower"
    label: str = "start"
    networks: str = ""
    contact: str = ""

    def admits(self, password: bytes) -> bool:
        """Whether this is its password; takes as long for a wrong one."""
        present, former = self._passwords
        if hmac.compare_digest(present, password) or self.password == ANY:
            return True
        return bool(former) and hmac.compare_digest(former, password)

    @cached_property
    def _passwords(self) -> tuple[bytes, bytes]:
        return self.password.encode(), self.former.encode()

    @cached_property
    def allowed(self) -> tuple[Network, ...]:
        """The networks. Raises ValueError for one that is none."""
        return tuple(ip_network(text) for text in self.networks.split())

    def may_send_from(self, address: str) -> bool:
        """Whether the address lies in its networks."""
        return not self.networks or within(self.allowed, address)


COLUMNS = tuple(one.name for one in fields(Device))


@dataclass(frozen=True)
class Devices:
    """by_mn: the devices; findings: lines that could not be used (their devices may not send)."""

    by_mn: Mapping[str, Device] = field(default_factory=dict)
    findings: Sequence[Finding] = ()


def within(networks: Iterable[Network], address: str) -> bool:
    """Whether the address lies in one of the networks; one that is no address lies in none."""
    try:
        place = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    mapped = getattr(place, "ipv4_mapped", None)
    return any((mapped or place) in network for network in networks)


def path(home: Path) -> Path:
    """The file of the devices of a DUHENG_HOME."""
    return home / "telemetry" / "devices.csv"


def load(home: Path) -> Devices:
    """The devices of a DUHENG_HOME, none where there is no file. Raises OSError."""
    file = path(home)
    try:
        rows = list(csv.reader(io.StringIO(file.read_text(encoding="utf-8-sig")), strict=True))
    except FileNotFoundError:
        return Devices()
    except (csv.Error, UnicodeDecodeError) as trouble:
        return Devices({}, (_finding(file.name, f"不是UTF-8的CSV（{trouble}）", "UTF-8的CSV文件"),))
    if not rows or "mn" not in rows[0]:
        return Devices({}, (_finding(f"{file.name}第1行", "没有mn列", "表头" + ",".join(COLUMNS)),))
    found: dict[str, Device] = {}
    findings = []
    for line, row in enumerate(rows[1:], 2):
        if not any(row):
            continue
        values = {name: text.strip() for name, text in zip(rows[0], row, strict=False) if name in COLUMNS}
        device = Device(**values)
        wrong = trouble_of(device)
        if device.mn in found:
            wrong = f"MN {device.mn}重复", "每台设备一行"
        if wrong:
            findings.append(_finding(f"{file.name}第{line}行", *wrong))
        else:
            found[device.mn] = device
    return Devices(found, tuple(findings))


def trouble_of(device: Device) -> tuple[str, str] | None:
    """What is wrong with a device's line and what was expected; None where nothing is."""
    if not device.mn or not device.mn.isascii() or any(sign in device.mn for sign in "=;,& "):
        return f"MN“{device.mn}”", "设备标识，不含空格和分隔符"
    if device.crc not in CRC_RULES:
        return f"crc“{device.crc}”", "、".join(CRC_RULES)
    if device.label not in LABELS:
        return f"label“{device.label}”", "、".join(LABELS)
    try:
        _ = device.allowed
    except ValueError:
        return f"networks“{device.networks}”", "如10.1.0.0/16，多个以空格分开"
    return None


def trouble_of_entry(device: Device) -> str:
    """What no device can have: a system type of other than two signs, a first command that cannot be sent; else empty.

    Asked of who registers a device, not of the file: a device let in before stays let in.
    """
    if device.st and not _SYSTEM.fullmatch(device.st):
        return f"st“{device.st}”：应为两位系统编码，如32。"
    for code in device.contact.split():
        if wrong := troubles(code, {"SystemTime": "now"} if code == "1012" else {}):
            return f"contact“{code}”：{'；'.join(wrong)}。首次连接只下发不须给值的命令，如1012、2011。"
    return ""


def _finding(place: str, found: str, expected: str) -> Finding:
    return Finding("devices", "error", place, found, expected, "改正该行；此前该设备的报文按未登记处理")


def save(home: Path, devices: Iterable[Device]) -> None:
    """Write the file anew, whole or not at all. Raises OSError."""
    write(path(home), [COLUMNS, *map(astuple, sorted(devices, key=lambda one: one.mn))])


def add(home: Path, device: Device) -> bool:
    """Add a device or put it in the place of the one with its MN; whether it is new.

    Raises DuhengError for a device or a file with troubles: nothing is written then.
    """
    return device.mn in add_all(home, [device])


def add_all(home: Path, devices: Iterable[Device]) -> list[str]:
    """Add devices as `add` does, all or none; the MNs of those that are new."""
    added = {one.mn: one for one in devices}
    for one in added.values():
        if wrong := trouble_of(one):
            raise DuhengError(f"{wrong[0]}：应为{wrong[1]}。请改正后重来。")
    with changing(path(home)):  # a page, a command and the receiver (a new password) may all write
        known = _known(home)
        save(home, {**known, **added}.values())
    return [mn for mn in added if mn not in known]


def remove(home: Path, mn: str) -> None:
    """Take a device away; what it sent stays. Raises UnknownName, DuhengError."""
    with changing(path(home)):
        known = _known(home)
        if mn not in known:
            raise UnknownName(mn, known, "设备")
        save(home, (device for device in known.values() if device.mn != mn))


def _known(home: Path) -> Mapping[str, Device]:
    devices = load(home)
    if devices.findings:
        listed = "\n".join(finding.text for finding in devices.findings)
        raise DuhengError(f"{path(home)}有{len(devices.findings)}处问题，没有写入：\n{listed}")
    return devices.by_mn
