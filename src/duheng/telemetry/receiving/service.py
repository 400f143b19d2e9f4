"""What all listeners share: the store, the devices, the limits. Nothing is acknowledged before it is durable."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Protocol

from .. import devices, verdicts
from ..segments import NOTE, Writer, packed
from .admission import Admission
from .limits import Limits, RefusedBytes
from .packets import Packets
from .session import Received

_SHARE = 262_144  # handed to the writer without waiting for the end of the loop's turn [byte]
Taken = list[tuple["Line", int, bytes | None]]


class Line(Protocol):
    """A connection as the service sees it."""

    address: str
    unsaved: int

    def answer(self, data: bytes) -> None:
        """Send this; what it answers is durable."""

    def hold(self, held: bool) -> None:
        """Stop reading, or read on."""

    def tend(self, now: float) -> None:
        """What is due every second; now: time.monotonic()."""

    def leave(self) -> None:
        """End it once its answers are out."""


class Listener(Protocol):
    """Hears every frame that is stored."""

    def heard(self, line: Line, piece: Received) -> None:
        """A stored frame has come on this line."""


@dataclass(slots=True)
class Counts:
    """Since the start. closed: connections the receiver ended, by reason."""

    received: int = 0
    stored: int = 0
    refused: int = 0
    duplicates: int = 0
    answered: int = 0
    closed: dict[str, int] = field(default_factory=dict)


class Service:
    """Takes what the listeners receive, makes it durable, lets them answer."""

    def __init__(self, home: Path, limits: Limits) -> None:
        self.home, self.limits = home, limits
        self.writer = Writer(home / "telemetry" / "segments")
        self._file = devices.path(home)
        self._stamp = _stamp(self._file)
        self.devices = devices.load(home)
        self.admission = Admission(self.devices, time.time)
        self.packets = Packets(limits.packets)
        self.refused_bytes = RefusedBytes(limits)
        self.counts = Counts()
        self.lines: set[Line] = set()
        self.listeners: list[Listener] = []
        self.held = False
        self._records: list[bytes] = []
        self._size = 0
        self._taken: Taken = []
        self._loop = asyncio.get_running_loop()
        torn = self.writer.torn
        left = {"torn": {"segment": torn.segment, "offset": torn.offset, "size": torn.size}} if torn else {}
        self.note({"event": "start", **left})

    def take(self, line: Line, peer: bytes, pieces: Iterable[Received]) -> None:
        """Store what came on a line; its answers go out once it is durable."""
        now = time.time()
        counts, arrival = self.counts, int(now * 1e6)
        if not self._records:
            self._loop.call_soon(self._flush)
        for piece in pieces:
            counts.received += 1
            if piece.stored:
                counts.stored += 1
                if piece.verdict == verdicts.DUPLICATE:
                    counts.duplicates += 1
                if piece.header and piece.header.pnum:
                    self.packets.add(piece.header, piece.payload, time.monotonic())
                for listener in self.listeners:
                    listener.heard(line, piece)
            else:
                counts.refused += 1
                if not self.refused_bytes.keep(line.address, piece.verdict, len(piece.payload), now):
                    continue
            record = packed(piece.kind, piece.verdict, arrival, peer, piece.payload)
            size = len(record)
            self._records.append(record)
            self._taken.append((line, size, piece.answer))
            self._size += size
            line.unsaved += size
        if self._size > _SHARE:
            self._flush()
        if line.unsaved > self.limits.unsaved:
            line.hold(True)
        if not self.held and self.writer.state.waiting + self._size > self.limits.queue:
            self._hold_all(True)

    async def store(self, kind: int, verdict: int, peer: str, payload: bytes) -> None:
        """Return once this is durable: for listeners that answer each message by itself, as HTTP does.

        While `held` they should not ask for more.
        """
        counts, durable = self.counts, self._loop.create_future()
        counts.received += 1
        if verdict < verdicts.REFUSED:
            counts.stored += 1
        else:
            counts.refused += 1
        record = packed(kind, verdict, int(time.time() * 1e6), peer.encode(), payload)

        def settle() -> None:
            if not durable.done():  # whoever waited may have gone
                durable.set_result(None)

        self.writer.put([record], lambda: self._call(settle))
        await durable

    def note(self, what: dict[str, Any]) -> None:
        """Keep something the platform itself has to say, in the order of what it received."""
        payload = json.dumps(what, ensure_ascii=False).encode()
        self.writer.put([packed(NOTE, 0, int(time.time() * 1e6), b"", payload)], lambda: None)

    def closed(self, reason: str) -> None:
        """Count a connection that the receiver ended."""
        self.counts.closed[reason] = self.counts.closed.get(reason, 0) + 1

    def tend(self) -> None:
        """What is due every second: changed devices, packets that do not come, what was refused and not kept."""
        if _stamp(self._file) != self._stamp:
            self.renew()
        for message in self.packets.missing(time.monotonic()):
            self.note({"event": "packets", **message})
        self._note_unkept()

    def renew(self) -> None:
        """Read the devices anew. Raises OSError: those known stay."""
        stamp = _stamp(self._file)
        found = devices.load(self.home)
        self._stamp = stamp
        if found.findings and not found.by_mn:  # a file that is none at all shuts nobody out who was let in
            found = replace(found, by_mn=self.devices.by_mn)
        self.devices = found
        self.admission.renew(found)

    def _note_unkept(self) -> None:
        unkept, self.refused_bytes.unkept = self.refused_bytes.unkept, {}
        if unkept:
            self.note({"event": "unkept", "verdicts": {str(code): count for code, count in unkept.items()}})

    def _flush(self) -> None:
        records, taken = self._records, self._taken
        if records:
            self._records, self._taken, self._size = [], [], 0
            self.writer.put(records, lambda: self._call(lambda: self._durable(taken)))

    def _call(self, what: Callable[[], None]) -> None:
        """In the loop; called on the writer's thread."""
        self._loop.call_soon_threadsafe(what)

    def _durable(self, taken: Taken) -> None:
        """Release what waited for these records."""
        answers: dict[Line, list[bytes]] = {}
        limit = self.limits.unsaved // 2
        for line, size, answer in taken:
            line.unsaved -= size
            if answer is not None:
                answers.setdefault(line, []).append(answer)
            if line.unsaved <= limit < line.unsaved + size and not self.held:
                line.hold(False)
        for line, parts in answers.items():
            line.answer(parts[0] if len(parts) == 1 else b"".join(parts))
            self.counts.answered += len(parts)
        if self.held and self.writer.state.waiting <= self.limits.queue // 4:
            self._hold_all(False)

    def _hold_all(self, held: bool) -> None:
        self.held = held
        for line in self.lines:
            line.hold(held)

    def close(self) -> None:
        """Write what waits; what the disk refuses stays unacknowledged."""
        self._flush()
        self._note_unkept()
        self.note({"event": "stop"})
        self.writer.close()


def _stamp(file: Path) -> tuple[int, int]:
    try:
        found = file.stat()
    except OSError:
        return (0, 0)
    return (found.st_mtime_ns, found.st_ino)
