"""The one that appends: a thread that writes what has come together, makes it durable, and says so."""

from __future__ import annotations

import fcntl
import os
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from pathlib import Path
from queue import Empty, SimpleQueue

from duheng.model.errors import DuhengError

from .reading import names, number, path_of
from .recovery import Torn, set_torn_aside, sync_folder

BEIJING = timezone(timedelta(hours=8))
LONGEST = 64 * 1024 * 1024  # of a segment [byte]
_TOGETHER = 16 * 1024 * 1024  # of what one fdatasync covers [byte]
_RETRY = 0.5  # [s]

Durable = Callable[[], None]
_Batch = tuple[Sequence[bytes], Durable]


class AlreadyOpen(DuhengError):
    """Another process appends to these segments."""


@dataclass(slots=True)
class State:
    """How the store is. trouble: what the disk refuses, empty while all is well; since [s]: when that began.

    waiting: bytes not yet durable; records, bytes, syncs: made durable so far; segment: the open one.
    """

    trouble: str = ""
    since: float = 0.0
    waiting: int = 0
    records: int = 0
    bytes: int = 0
    syncs: int = 0
    segment: str = ""


@dataclass(slots=True)
class _Open:
    name: str
    day: str
    handle: int
    size: int = 0


@dataclass(slots=True)
class Writer:
    """Appends records to the segments below `folder`; one process at a time.

    longest: size of a segment [byte]. clock: seconds since 1970; it only names files. torn: the tail that a crash
    left, set aside. Raises AlreadyOpen, OSError.
    """

    folder: Path
    longest: int = LONGEST
    clock: Callable[[], float] = time.time
    state: State = field(default_factory=State, init=False)
    torn: Torn | None = field(default=None, init=False)
    _queue: SimpleQueue[_Batch | None] = field(default_factory=SimpleQueue, init=False)
    _closing: threading.Event = field(default_factory=threading.Event, init=False)
    _counting: threading.Lock = field(default_factory=threading.Lock, init=False)
    _open: _Open | None = field(default=None, init=False)
    _number: int = field(default=0, init=False)
    _lock: int = field(default=-1, init=False)
    _thread: threading.Thread = field(init=False)

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._lock = _locked(self.folder)
        try:
            self.torn = set_torn_aside(self.folder)
            known = names(self.folder)
            self._number = number(known[-1]) if known else 0
        except BaseException:
            os.close(self._lock)
            raise
        self._thread = threading.Thread(target=self._work, name="segments", daemon=True)
        self._thread.start()

    def put(self, records: Sequence[bytes], durable: Durable) -> None:
        """Append these, made by `packed`; `durable` is called on the writer's thread once they are on the disk.

        Never blocks: who puts watches `state.waiting` and stops reading where it grows. While the disk refuses,
        nothing is reported durable and nothing is given up: it is tried again until it succeeds or the program ends.
        """
        with self._counting:
            self.state.waiting += sum(map(len, records))
        self._queue.put((records, durable))

    def close(self) -> None:
        """Write what waits, once more if the disk refuses, and let go of the segments."""
        self._closing.set()
        self._queue.put(None)
        self._thread.join()
        if self._open is not None:
            os.close(self._open.handle)
            self._open = None
        os.close(self._lock)

    def _work(self) -> None:
        ended = False
        while not ended:
            batches, ended = self._together()
            if not batches:
                continue
            data = b"".join([record for records, _ in batches for record in records])
            if not self._persist(data):
                return
            with self._counting:
                self.state.waiting -= len(data)
            self.state.records += sum(len(records) for records, _ in batches)
            self.state.bytes += len(data)
            self.state.syncs += 1
            for _, durable in batches:
                durable()

    def _together(self) -> tuple[list[_Batch], bool]:
        """What waits, at least one batch unless the end was asked for."""
        batches: list[_Batch] = []
        size, batch = 0, self._queue.get()
        while batch is not None:
            batches.append(batch)
            size += sum(map(len, batch[0]))
            if size > _TOGETHER:
                return batches, False
            try:
                batch = self._queue.get_nowait()
            except Empty:
                return batches, False
        return batches, True

    def _persist(self, data: bytes) -> bool:
        """Append and make durable, however often the disk refuses; False where the program ended before."""
        while True:
            try:
                self._append(data)
            except OSError as refused:
                self._abandon()
                self.state.since = self.state.since if self.state.trouble else self.clock()
                self.state.trouble = f"{self.folder}：{refused.strerror or refused}"
                if self._closing.wait(_RETRY):
                    return False
            else:
                self.state.trouble = ""
                return True

    def _append(self, data: bytes) -> None:
        day = datetime.fromtimestamp(self.clock(), BEIJING)
        file = self._open
        if file is None or file.day != f"{day:%Y-%m-%d}" or file.size >= self.longest:
            file = self._begin(day)
        rest = memoryview(data)
        while rest:
            rest = rest[os.write(file.handle, rest) :]
        os.fdatasync(file.handle)
        file.size += len(data)

    def _begin(self, now: datetime) -> _Open:
        """A new segment, its name durable before anything is written into it."""
        if self._open is not None:
            os.close(self._open.handle)
            self._open = None
        self._number += 1  # never used twice, not even where making the file fails
        name = f"{now:%Y-%m-%d/%H%M%S}-{self._number:08d}"
        path = path_of(self.folder, name)
        if not path.parent.is_dir():
            path.parent.mkdir(mode=0o700)
            sync_folder(self.folder)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o600)
        self._open = _Open(name, f"{now:%Y-%m-%d}", handle)
        sync_folder(path.parent)
        self.state.segment = name
        return self._open

    def _abandon(self) -> None:
        """Leave a segment in which a write failed: cut to what is durable, away if that is nothing.

        After a failed fsync nobody knows which pages are on the disk, so the records go into a new one.
        """
        file, self._open = self._open, None
        if file is None:
            return
        try:
            os.ftruncate(file.handle, file.size)
            if file.size == 0:
                path_of(self.folder, file.name).unlink()
        except OSError:
            pass  # the readers find the tail to be no record
        finally:
            os.close(file.handle)


def _locked(folder: Path) -> int:
    handle = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as taken:
        os.close(handle)
        raise AlreadyOpen(f"{folder}：另一个duheng receive正在写入，应只有一个。请先停止它。") from taken
    return handle
