"""`duheng receive` as a whole: one process, its listeners and what is due every second, until it is told to stop."""

from __future__ import annotations

import asyncio
import gc
import os
import resource
import signal
import ssl
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from duheng.model.errors import DuhengError

from .. import certificates
from ..devices import Network
from ..meters.judging import Judge
from . import forwarding, http, mqtt, state, tcp
from .desk import Desk
from .limits import Limits
from .service import Service

_STATE_EVERY = 2  # [s]
_SPARE = 64  # file descriptors that are no connections
_SWITCH = 0.001  # [s] until the writer's thread gets its turn; 5 ms by default


@dataclass(frozen=True, slots=True)
class Settings:
    """home: DUHENG_HOME. hj212, http: ports, 0 for any free one; mqtt: broker to read meters from.

    certificate, key: files of TLS. allowed: networks.
    """

    home: Path
    host: str = "0.0.0.0"  # noqa: S104  # devices stand elsewhere
    hj212: int | None = None
    certificate: Path | None = None
    key: Path | None = None
    allowed: Sequence[Network] = ()
    limits: Limits = field(default_factory=Limits)
    http: int | None = None
    mqtt: mqtt.Broker | None = None


Ready = Callable[[dict[str, int]], None]


def run(settings: Settings, ready: Ready) -> None:
    """Serve until SIGTERM or SIGINT. ready: told the ports, by listener. Raises DuhengError, OSError."""
    sys.setswitchinterval(_SWITCH)
    with asyncio.Runner(loop_factory=_loop) as runner:
        runner.run(serve(settings, ready))


def _loop() -> asyncio.AbstractEventLoop:
    """uvloop where it is installed: half the time for each frame of a thousand connections."""
    try:
        import uvloop
    except ImportError:
        return asyncio.new_event_loop()
    return uvloop.new_event_loop()


async def serve(settings: Settings, ready: Ready) -> None:
    """As `run`, in a loop that runs."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    tls, targets = certificates.serving(settings.certificate, settings.key), forwarding.load(settings.home)
    limits = _within_descriptors(settings.limits)
    judge = Judge(settings.home, time.time) if settings.http is not None or settings.mqtt else None
    service = Service(settings.home, limits)
    try:
        servers = await _listeners(service, settings, tls, judge)
        source = mqtt.Source(service, judge, settings.mqtt) if settings.mqtt and judge else None
    except BaseException:
        service.close()
        raise
    forwarders = [forwarding.Forwarder(service, one) for one in targets]
    parts = Parts(service, servers, Desk(service), forwarders, judge, source)
    service.listeners.append(parts.desk)
    ready(parts.ports())
    # What stands from now on stays: looking through it again and again for rubbish costs a tenth of the time.
    gc.freeze()
    gc.set_threshold(20_000, 50, 100)
    tasks = [asyncio.create_task(work) for work in (_tend(parts), *(one.run() for one in parts.forwarders))]
    stopped = asyncio.create_task(stop.wait())
    # None of them ends by itself: one that does has broken, and that must be seen.
    await asyncio.wait([stopped, *tasks], return_when=asyncio.FIRST_COMPLETED)
    await _close(parts, tasks)
    for task in tasks:
        if not task.cancelled() and (broken := task.exception()):
            raise broken


@dataclass(frozen=True, slots=True)
class Parts:
    """What runs together."""

    service: Service
    servers: dict[str, asyncio.Server]
    desk: Desk
    forwarders: list[forwarding.Forwarder]
    judge: Judge | None = None
    source: mqtt.Source | None = None

    def ports(self) -> dict[str, int]:
        """The port of each listener."""
        return {name: one.sockets[0].getsockname()[1] for name, one in self.servers.items() if one.sockets}


async def _close(parts: Parts, tasks: list[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
    for server in parts.servers.values():
        server.close()
    if parts.source is not None:
        parts.source.close()
    await asyncio.wait(tasks)
    parts.service.close()
    await asyncio.sleep(0)  # the answers to what has just become durable
    for line in list(parts.service.lines):
        line.leave()
    await asyncio.sleep(0)
    _write_state(parts, running=False)


async def _listeners(
    service: Service, settings: Settings, tls: ssl.SSLContext | None, judge: Judge | None
) -> dict[str, asyncio.Server]:
    """One entry a listener; each is a function of (service, place, ...) in a module of its own."""
    servers: dict[str, asyncio.Server] = {}
    if settings.hj212 is not None:
        gate = tcp.Gate(settings.allowed, service.limits)
        servers["hj212"] = await tcp.listen(service, (settings.host, settings.hj212), gate, tls)
    if settings.http is not None and judge is not None:
        gate = tcp.Gate(settings.allowed, service.limits)
        servers["http"] = await http.listen(service, (settings.host, settings.http), gate, judge, tls)
    return servers


def _within_descriptors(limits: Limits) -> Limits:
    """As many connections as the system lets one process have."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < hard:
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    known = {name: getattr(limits, name) for name in Limits.__slots__}
    return Limits(**{**known, "connections": min(limits.connections, hard - _SPARE)})


async def _tend(parts: Parts) -> None:
    turn, trouble, service = 0, "", parts.service
    while True:
        if turn % _STATE_EVERY == 0:
            _write_state(parts, running=True)
        turn += 1
        await asyncio.sleep(1)
        now = time.monotonic()
        for line in list(service.lines):
            line.tend(now)
        try:
            service.tend()
            parts.desk.tend()
            if parts.judge is not None:
                parts.judge.tend()
        except (OSError, DuhengError) as unwritten:
            print(f"{service.home}：{unwritten}", file=sys.stderr, flush=True)
        if (refused := service.writer.state.trouble) != trouble:
            trouble = refused
            said = (
                f"不能写入，暂不应答：{trouble}。请腾出空间；腾出后自动继续。" if trouble else "写入已恢复。"
            )
            print(said, file=sys.stderr, flush=True)


def _write_state(parts: Parts, running: bool) -> None:
    """What a page shows of the receiver; that it cannot be written must not end the receiver."""
    service = parts.service
    now = {
        "running": running,
        "pid": os.getpid(),
        "at": time.time(),
        "ports": parts.ports(),
        "connections": len(service.lines),
        "held": service.held,
        "counts": asdict(service.counts),
        "store": asdict(service.writer.state),
        "devices": len(service.devices.by_mn),
        "mqtt": parts.source.connected if parts.source else None,
        "forwarding": {one.name: asdict(one.progress) for one in parts.forwarders},
        "findings": [finding.text for finding in service.devices.findings[:20]],
    }
    try:
        state.write(service.home, now)
    except OSError as trouble:
        print(f"{state.path(service.home)}：{trouble}", file=sys.stderr, flush=True)
