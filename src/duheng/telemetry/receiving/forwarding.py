"""Handing on to upper platforms: each target reads the segments from its own place and has its own line.

What a target acknowledges moves its place; what it does not is sent again after the outage. Nothing here can hold the
receiver up: a target that is away only falls behind.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import ssl
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from duheng.model.data import read_yaml
from duheng.model.errors import DuhengError

from .. import verdicts
from ..hj212 import encoding
from ..hj212.dialogue import orders
from ..hj212.framing import Frame, Framer, pieces
from ..hj212.segment import HEADER, Segment, decoded, parse
from ..segments import FRAME, Record, names, read
from .service import Service
from .upward import NEVER, Upward

_BATCH = 100  # frames sent before their answers are waited for
_SCANNED = 5000  # records looked at for one batch
_UPLOADS = frozenset("23")  # first digit of the commands that carry data, logs, states (HJ 212-2017 table 9)
_IDLE = 0.5  # [s] between two looks for something new
_PAUSES = (1.0, 2.0, 5.0, 15.0, 60.0)  # [s] before the line is tried again


@dataclass(frozen=True, slots=True)
class Target:
    """An upper platform, from forward.yaml.

    devices: MNs to hand on, none for all, each with the MN it has there (often the same). commands: CNs, none for all
    data and reports: what a device says to our own requests and asks of us is not for others.
    password: its own for us; empty hands the bytes on exactly as received, unless an MN differs. tls: with a
    certificate it must have, signed as `authority` (a file) says, by default as the system does. start: now, or first
    for all that is kept. requests: CNs that it may put to these devices, none by default. answer [s], sends: before a
    frame counts as not acknowledged.
    """

    name: str
    host: str
    port: int
    devices: Mapping[str, str] = field(default_factory=dict)
    commands: tuple[str, ...] = ()
    password: str = ""
    tls: bool = False
    authority: str = ""
    start: str = "now"
    requests: tuple[str, ...] = ()
    answer: float = 10.0
    sends: int = 4

    def wants(self, mn: str, code: str) -> bool:
        """Whether frames of this device and command are handed on."""
        wanted = code in self.commands if self.commands else code[:1] in _UPLOADS
        return wanted and (not self.devices or mn in self.devices)


def load(home: Path) -> list[Target]:
    """The targets in DUHENG_HOME/telemetry/forward.yaml, none without it. Raises DuhengError, OSError."""
    path = home / "telemetry" / "forward.yaml"
    try:
        given = read_yaml(path) or []
    except FileNotFoundError:
        return []
    except (yaml.YAMLError, UnicodeDecodeError) as trouble:
        raise DuhengError(f"{path}：不是YAML（{trouble}）。请改正。") from trouble
    if not isinstance(given, list):
        raise DuhengError(f"{path}：应为上级平台的列表，每项有name、host、port。请改正。")
    targets = [_target(path, number, one) for number, one in enumerate(given, 1)]
    if len({one.name for one in targets}) < len(targets):
        raise DuhengError(f"{path}：name重复，应各不相同。请改正。")
    return targets


def _target(path: Path, number: int, given: Any) -> Target:
    try:
        one = dict(given)
        devices = one.pop("devices", {})
        one["devices"] = dict(devices) if isinstance(devices, dict) else {mn: mn for mn in devices}
        for name in ("commands", "requests"):
            one[name] = tuple(str(code) for code in one.pop(name, ()))
        target = Target(**one)
        right = target.name.isidentifier() and 0 < target.port < 65536 and target.start in ("now", "first")
        texts = [target.host, target.password, target.authority, *target.devices, *target.devices.values()]
        right = right and all(isinstance(text, str) for text in texts)
    except (TypeError, ValueError, AttributeError) as trouble:
        raise DuhengError(f"{path}第{number}项：{trouble}，应有name、host、port等。请改正。") from trouble
    if wrong := sorted({*target.requests} - {*orders(), *orders("2005")} | NEVER & {*target.requests}):
        raise DuhengError(
            f"{path}第{number}项：requests中的{'、'.join(wrong)}不能由上级平台下发，应为向现场机下发的命令，"
            f"{'、'.join(sorted(NEVER))}除外。请改正。"
        )
    if not right:
        raise DuhengError(
            f"{path}第{number}项：name应为字母数字，port应为1至65535，start应为now或first，"
            "MN和密码应为文字（加引号）。请改正。"
        )
    return target


@dataclass(slots=True)
class Outgoing:
    """A frame on its way. key: MN and QN as the answer will repeat them; answered: by then nothing is left to do."""

    data: bytes
    key: tuple[str, str]
    wanted: bool
    answered: bool = False


def outgoing(target: Target, record: Record) -> Outgoing | None:
    """The frame to hand on, None where the record is none of this target's."""
    if record.kind != FRAME or record.verdict >= verdicts.REFUSED or record.verdict == verdicts.DUPLICATE:
        return None
    frames = [piece for piece in pieces(record.payload) if isinstance(piece, Frame)]
    if len(frames) != 1:
        return None
    raw = frames[0].segment
    head, opening, body = raw.partition(b"CP=&&")
    asked = parse(decoded(head + opening + b"&&")[0])
    mn, number = asked.header.get("MN", ""), asked.header.get("QN", "")
    if not target.wants(mn, asked.header.get("CN", "")):
        return None
    there = target.devices.get(mn, mn)
    # An answer repeats QN: a frame without one (HJ/T 212-2005) cannot be answered, and must not be waited for.
    if not target.password and there == mn:
        return Outgoing(record.payload + b"\r\n", (mn, number), bool(number and (asked.flag or 0) & 1))
    return Outgoing(_encoded(target, asked, there, opening + body), (there, number), bool(number))


def _encoded(target: Target, asked: Segment, mn: str, body: bytes) -> bytes:
    """The same body below our own name and password; an answer is asked for wherever it can be told by QN."""
    header = {**asked.header, "MN": mn, "Flag": str((asked.flag or 0) & ~1 | bool(asked.header.get("QN")))}
    if target.password:
        header["PW"] = target.password
    named = "".join(f"{name}={header[name]};" for name in HEADER if name in header)
    return encoding.framed(named.encode() + body)


@dataclass(slots=True)
class Progress:
    """Where a target stands. trouble: why it does not get on, empty where it does."""

    segment: str = ""
    offset: int = 0
    sent: int = 0
    acknowledged: int = 0
    given_up: int = 0
    trouble: str = ""


class Forwarder:
    """Hands on to one target until it is cancelled."""

    def __init__(self, service: Service, target: Target) -> None:
        self._service, self._target = service, target
        self.name = target.name
        self._file = service.home / "telemetry" / "forwarding" / f"{target.name}.json"
        self._folder = service.home / "telemetry" / "segments"
        self.progress = self._resumed()
        self._reader: Iterator[Record] | None = None
        self._seen = -1
        self._framer = Framer()
        self._upward = Upward(service.home, target.name, target.devices, target.password, target.requests)

    def _resumed(self) -> Progress:
        try:
            said = json.loads(self._file.read_text(encoding="utf-8"))
            return Progress(said["segment"], said["offset"])
        except (FileNotFoundError, ValueError, KeyError):
            known = names(self._folder)
            if self._target.start == "first" or not known:
                return Progress()
            return Progress(known[-1], (self._folder / f"{known[-1]}.seg").stat().st_size)

    async def run(self) -> None:
        """Connect, hand on, connect again."""
        failures = 0
        with contextlib.suppress(OSError):  # so that `now` is this moment after a stop as well
            self._save()
        while True:
            before = self.progress.acknowledged
            try:
                await self._hand_on()
            except (OSError, TimeoutError, asyncio.IncompleteReadError, ssl.SSLError) as trouble:
                self.progress.trouble = (
                    f"{self._target.host}:{self._target.port} {str(trouble) or '没有应答'}"
                )
            failures = 0 if self.progress.acknowledged > before else failures + 1
            self._reader = None
            await asyncio.sleep(_PAUSES[min(failures, len(_PAUSES) - 1)])

    async def _hand_on(self) -> None:
        """Over one line, until it breaks. Raises OSError, TimeoutError."""
        target, context = self._target, None
        if target.tls:
            context = ssl.create_default_context(cafile=target.authority or None)
        async with asyncio.timeout(target.answer):
            reader, writer = await asyncio.open_connection(target.host, target.port, ssl=context)
        self._framer = Framer()
        try:
            while True:
                frames, place = await asyncio.to_thread(self._next)
                if frames:
                    await self._deliver(frames, reader, writer)
                if place is not None:
                    self.progress.segment, self.progress.offset = place
                    await asyncio.to_thread(self._save)
                else:
                    # Only now: the data a device handed in on request have gone up before its result does.
                    writer.writelines(self._upward.tend())
                    await self._wait(reader, writer)
        finally:
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()

    def _next(self) -> tuple[list[Outgoing], tuple[str, int] | None]:
        """The next frames, and the place behind them; None where there is nothing new. Runs on another thread."""
        stored = self._service.writer.state.records
        if self._reader is None:
            if stored == self._seen:
                return [], None
            self._seen = stored
            self._reader = read(self._folder, self.progress.segment, self.progress.offset)
        frames: list[Outgoing] = []
        place = None
        for scanned, record in enumerate(self._reader, 1):
            place = (record.segment, record.end)
            if one := outgoing(self._target, record):
                frames.append(one)
            if len(frames) == _BATCH or scanned == _SCANNED:
                return frames, place
        self._reader = None
        return frames, place

    async def _wait(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Until there may be something new, or the target asks something."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_IDLE):
                self._hear(await reader.read(65_536), [], writer)

    async def _deliver(
        self, frames: list[Outgoing], reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """Send until each is answered. What alone stays unanswered among answered ones is given up, with a note."""
        for _ in range(self._target.sends):
            left = [one for one in frames if not one.answered]
            for one in left:
                writer.write(one.data)
                one.answered = not one.wanted
            await writer.drain()
            self.progress.sent += len(left)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._target.answer):
                    while not all(one.answered for one in frames):
                        self._hear(await reader.read(65_536), frames, writer)
            if all(one.answered for one in frames):
                break
        refused = [one for one in frames if not one.answered]
        if refused and len(refused) == sum(one.wanted for one in frames):
            raise TimeoutError
        self.progress.acknowledged += len(frames) - len(refused)
        self.progress.given_up += len(refused)
        self.progress.trouble = ""
        for one in refused:
            mn, number = one.key
            self._service.note(
                {"event": "not_forwarded", "target": self._target.name, "mn": mn, "qn": number}
            )

    def _hear(self, data: bytes, frames: list[Outgoing], writer: asyncio.StreamWriter) -> None:
        """Frames of the target: answers to ours, or requests of its own."""
        if not data:
            raise ConnectionResetError("对方关闭了连接")
        for piece in self._framer.feed(data):
            if not isinstance(piece, Frame):
                continue
            said = parse(decoded(piece.segment)[0])
            if said.header.get("CN") not in ("9014", "9013"):
                if "crc" not in piece.problems:
                    writer.writelines(self._upward.heard(said))
                continue
            number = said.header.get("QN") or (said.values("QN") or [""])[0] or ""
            mn = said.header.get("MN", "")
            for one in frames:
                if not one.answered and one.key[1] == number and mn in ("", one.key[0]):
                    one.answered = True
                    break

    def _save(self) -> None:
        """Where to go on. Lost, a few frames are sent twice, with the same QN."""
        self._file.parent.mkdir(exist_ok=True, mode=0o700)
        new = self._file.with_suffix(".new")
        said = {"segment": self.progress.segment, "offset": self.progress.offset}
        new.write_text(json.dumps(said), encoding="utf-8")
        new.replace(self._file)
