"""Whether a frame is believed: device, address, password, check sum; and what is odd about its time."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from typing import NamedTuple

from .. import verdicts
from ..devices import Device, Devices
from ..hj212 import codes, crc
from ..hj212.segment import DIGITS

BEIJING = timezone(timedelta(hours=8))
TOLERANCE = timedelta(minutes=10)  # between a device's clock and ours before it is said
AGE = timedelta(days=1)  # from which data count as handed in later
_REMEMBERED = 8  # frames of a device; it sends one again three times at the most (HJ 212-2017 table 1)
_SIGN = "%Y%m%d%H%M%S"


class Header(NamedTuple):
    """Fields of a frame's header as sent, empty where absent."""

    qn: bytes
    st: bytes
    cn: bytes
    pw: bytes
    mn: bytes
    flag: bytes
    pnum: bytes
    pno: bytes

    @property
    def flags(self) -> int:
        """The number of Flag, 0 where it is none."""
        return int(self.flag) if self.flag.isdigit() and len(self.flag) <= DIGITS else 0

    @property
    def packet_fits(self) -> bool:
        """Whether PNO is a number from 1 to PNUM (HJ 212-2017 table 3)."""
        told = (self.pnum, self.pno)
        if not all(text.isdigit() and len(text) <= DIGITS for text in told):
            return False
        return 1 <= int(self.pno) <= int(self.pnum)


@dataclass(slots=True)
class Sender:
    """A device and what came from it since the start. drift [s]: its clock ahead of ours, smoothed; None unknown."""

    device: Device
    heard: float = 0.0
    frames: int = 0
    duplicates: int = 0
    refused: int = 0
    drift: float | None = None
    recent: deque[int] = field(default_factory=lambda: deque(maxlen=_REMEMBERED))


class Admission:
    """Judges frames by the devices known. clock: seconds since 1970."""

    def __init__(self, devices: Devices, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._second = 0
        self._early = self._late = self._old = b""
        self.generation = 0
        self.senders: dict[bytes, Sender] = {}
        self.kinds = {
            code.encode(): command.kind for (code, field), command in codes.commands().items() if field
        }
        self.renew(devices)

    def renew(self, devices: Devices) -> None:
        """Take other devices; what is known of those that stay is kept."""
        former = self.senders
        self.senders = {}
        for mn, device in devices.by_mn.items():
            sender = former.get(mn.encode()) or Sender(device)
            sender.device = device
            self.senders[mn.encode()] = sender
        self.generation += 1

    def sender(self, mn: bytes, address: str) -> Sender | int:
        """The device of this MN where it may send from this address, else the verdict that refuses it."""
        if not mn:
            return verdicts.NO_MN
        sender = self.senders.get(mn)
        if sender is None:
            return verdicts.UNKNOWN_MN
        return sender if sender.device.may_send_from(address) else verdicts.NETWORK

    def judged(self, sender: Sender, header: Header, segment: bytes) -> int:
        """The verdict about a frame whose check sum is right."""
        now = self._clock()
        if not sender.device.admits(header.pw):
            sender.refused += 1
            return verdicts.PASSWORD
        sender.heard = now
        sender.frames += 1
        own = hash(segment)
        if own in sender.recent:
            sender.duplicates += 1
            return verdicts.DUPLICATE
        sender.recent.append(own)
        if int(now) != self._second:
            self._set_clock(now)
        if (header.pnum or header.pno) and not header.packet_fits:
            return verdicts.PACKET  # before its time: of a wrong clock the other frames tell
        return self._by_time(sender, header, segment, now) or self._by_code(sender, header)

    def _set_clock(self, now: float) -> None:
        """The bounds as the devices print times: comparing digits is all that is left for each frame."""
        self._second = int(now)
        here = datetime.fromtimestamp(now, UTC).astimezone(BEIJING)
        self._early, self._late, self._old = (
            f"{here + shift:{_SIGN}}".encode() for shift in (-TOLERANCE, TOLERANCE, -AGE)
        )

    def _by_time(self, sender: Sender, header: Header, segment: bytes, now: float) -> int:
        place = segment.find(b"DataTime=")
        time = segment[place + 9 : place + 23] if place >= 0 else b""
        if not time.isdigit():
            time = b""
        drifting = False
        if header.qn:
            sent = header.qn[:14]
            drifting = not self._early <= sent <= self._late
            if sender.frames & 15 == 1:  # reading a time costs as much as all the rest
                _note_drift(sender, sent, now)
        if time > self._late:
            return verdicts.FUTURE
        if time and time < self._old:
            return verdicts.LATE
        return verdicts.DRIFT if drifting else verdicts.STORED

    def _by_code(self, sender: Sender, header: Header) -> int:
        if sender.device.st and header.st.decode("latin-1") not in (sender.device.st, "91"):
            return verdicts.OTHER_SYSTEM
        if header.cn not in self.kinds:
            return verdicts.UNKNOWN_COMMAND
        # Surface water (ST 21) uses the same bits for an edition of its own.
        later = header.flags >> 2 > 1 and header.st != b"21"
        return verdicts.EDITION_2025 if later else verdicts.STORED


def _note_drift(sender: Sender, sent: bytes, now: float) -> None:
    try:
        moment = datetime.strptime(sent.decode("ascii"), _SIGN).replace(tzinfo=BEIJING).timestamp()
    except ValueError:
        return
    ahead = moment - now
    sender.drift = ahead if sender.drift is None else 0.8 * sender.drift + 0.2 * ahead


def sum_allowed(rule: str, segment: bytes, digits: bytes) -> bool:
    """Whether a device with this rule (`devices.CRC_RULES`) may send this check sum."""
    if rule == "off" or digits == b"%04X" % crc.checksum(segment):
        return True
    if rule == "strict":
        return False
    found = crc.dialect(segment, digits.decode("latin-1").zfill(4))
    return found in ("hj212", rule)
