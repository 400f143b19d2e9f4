"""Devices on the line: one TCP connection each, in time or as fast as the platform takes it."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from .logger import Logger
from .noise import share
from .periods import Device
from .schedule import Upload, uploads

_WINDOW = 16  # frames a logger sends ahead of their acknowledgements
_RETRY = 1.0  # [s] until it connects again
_CHECK = 0.25  # [s] between looks for what is late
_READ = 65_536


@dataclass(frozen=True, slots=True)
class Pace:
    """From when until when [s], and how fast. speed: simulated seconds in a real one, 0 for no waiting."""

    first: int
    last: int
    speed: float = 1.0
    started: float = field(default_factory=time.monotonic)

    def now(self, moment: int) -> int:
        """The simulated moment; without waiting that of the message itself."""
        if self.speed <= 0:
            return moment
        return self.first + int((time.monotonic() - self.started) * self.speed)

    def wait(self, moment: int) -> float:
        """Seconds until a simulated moment, 0 or less where it has come."""
        if self.speed <= 0:
            return 0.0
        return (moment - self.first) / self.speed - (time.monotonic() - self.started)

    async def until(self, moment: int) -> None:
        """Wait for a simulated moment."""
        if (wait := self.wait(moment)) > 0:
            await asyncio.sleep(wait)


@dataclass(frozen=True, slots=True)
class Line:
    """Where to. patience [s], tries: of a logger. told: that the platform does not take it, again each time."""

    host: str
    port: int
    pace: Pace
    patience: float = 10.0
    tries: int = 3
    tls: ssl.SSLContext | None = None
    told: Callable[[str], None] = lambda _: None


async def send(
    devices: Sequence[Device], line: Line, stop: Callable[[], bool] = lambda: False
) -> list[Logger]:
    """Let the devices send, each on its own connection. stop: asked between messages."""
    loggers = [Logger(device, line.patience, line.tries) for device in devices]
    async with asyncio.TaskGroup() as tasks:
        for logger in loggers:
            tasks.create_task(_Talk(logger, line, stop).run())
    return loggers


class _Talk:
    """One device's talk: it connects, sends, hears, and connects again where the line breaks."""

    def __init__(self, logger: Logger, line: Line, stop: Callable[[], bool]) -> None:
        self._logger, self._line, self._stop = logger, line, stop
        self._moment = line.pace.first
        self._device = logger.device
        self._planned = uploads(logger.device, line.pace.first, line.pace.last)
        self._next: Upload | None = None
        self._writing = asyncio.Lock()  # the pieces of a frame must not be parted by another
        self._writer: asyncio.StreamWriter | None = None
        self._heard = asyncio.Event()
        self._done = self._answered = False

    async def run(self) -> None:
        while not self._done and not self._stop():
            try:
                reader, self._writer = await asyncio.open_connection(
                    self._line.host, self._line.port, ssl=self._line.tls
                )
            except OSError as unreached:
                await self._refused(f"连不上（{unreached.strerror or unreached}）")
                continue
            self._answered = False
            self._logger.connected()
            tasks = [
                asyncio.create_task(part) for part in (self._hear(reader), self._resend(), self._speak())
            ]
            try:
                await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for task in tasks:
                    task.cancel()
                ended = await asyncio.gather(*tasks, return_exceptions=True)
                self._writer.close()
                with contextlib.suppress(OSError):
                    await self._writer.wait_closed()
            for trouble in ended:
                if isinstance(trouble, Exception) and not isinstance(trouble, OSError):
                    raise trouble
            if not self._answered:
                await self._refused("连上后没有应答就被断开；请核对端口、是否要TLS（--tls）和来源地址")

    async def _refused(self, why: str) -> None:
        """Say it, and wait: who is sent away at once must not come back at once."""
        self._line.told(f"{self._line.host}:{self._line.port}：{why}。每隔{_RETRY:g}秒重连，Ctrl+C停止。")
        await asyncio.sleep(_RETRY)

    async def _hear(self, reader: asyncio.StreamReader) -> None:
        while data := await reader.read(_READ):
            self._answered = True
            now = self._line.pace.now(self._moment)
            await self._write(self._logger.heard(data, now, time.monotonic()))
            self._heard.set()

    async def _resend(self) -> None:
        while True:
            await asyncio.sleep(min(_CHECK, self._line.patience / 2))
            await self._write(self._logger.late(time.monotonic()))
            self._heard.set()

    async def _speak(self) -> None:
        logger, line = self._logger, self._line
        while logger.owed:
            await self._room(_WINDOW)
            await self._write([logger.send(logger.owed.popleft(), time.monotonic())])
        while not self._stop():
            if self._device is not logger.device:  # the platform has set something: it holds from now on
                self._device, self._next = logger.device, None
                self._planned = uploads(self._device, self._moment + 1, line.pace.last)
            # Kept until it is sent: the line may break while it waits for its time.
            self._next = self._next or next(self._planned, None)
            if self._next is None:
                break
            await line.pace.until(self._next.moment)
            await self._room(_WINDOW)
            upload, self._next = self._next, None
            self._moment = upload.moment
            await self._write(logger.upload(upload, time.monotonic()))
        await self._room(1)
        self._done = self._answered = True

    async def _room(self, most: int) -> None:
        """Wait until fewer than `most` frames are unacknowledged."""
        while self._logger.outstanding >= most:
            self._heard.clear()
            await self._heard.wait()

    async def _write(self, frames: list[bytes]) -> None:
        writer = self._writer
        if not frames or writer is None:
            return
        async with self._writing:
            if "chopped" not in self._logger.device.faults():
                writer.write(b"".join(frames))
                await writer.drain()
                return
            for frame in frames:
                place = 1 + int(share(frame) * (len(frame) - 1))
                writer.write(frame[:place])
                await writer.drain()
                await asyncio.sleep(0.001)
                writer.write(frame[place:])
            await writer.drain()
