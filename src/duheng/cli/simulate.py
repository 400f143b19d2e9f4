"""`duheng simulate`: devices and meters that do not exist, coherent, reproducible, with faults to order."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from duheng.model.errors import DuhengError

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from duheng.telemetry.simulating.fleet import Fleet


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        "simulate", help="模拟现场机和表计，可加故障。Simulate devices and meters, with faults to order."
    )(simulate)


def simulate(
    water: Annotated[int, typer.Option("--water", min=0, help="废水排口台数（ST=32）。")] = 0,
    gas: Annotated[int, typer.Option("--gas", min=0, help="烟气排口台数（ST=31）。")] = 0,
    air: Annotated[int, typer.Option("--air", min=0, help="空气站台数（ST=22）。")] = 0,
    power: Annotated[int, typer.Option("--power", min=0, help="用电监控台数（ST=80）。")] = 0,
    meters: Annotated[int, typer.Option("--meters", min=0, help="电表台数。")] = 0,
    seed: Annotated[int, typer.Option("--seed", help="同一种子给出同样的报文。")] = 1,
    begin: Annotated[str, typer.Option("--from", help="开始时间，如2026-01-01T08:00；缺省为现在。")] = "",
    end: Annotated[str, typer.Option("--to", help="结束时间；缺省为一天后，--from在过去时为现在。")] = "",
    speed: Annotated[float, typer.Option("--speed", min=0, help="时间快多少倍；0为不等待。")] = 1.0,
    fault: Annotated[
        list[str] | None, typer.Option("--fault", help="故障[=份额]，可多次；见--list-faults。")
    ] = None,
    edition: Annotated[int, typer.Option("--edition", help="2017或2005。")] = 2017,
    interval: Annotated[int, typer.Option("--interval", help="实时数据间隔，秒。")] = 60,
    minutes: Annotated[int, typer.Option("--minutes", help="分钟数据间隔，分钟。")] = 10,
    tcp: Annotated[str, typer.Option("--tcp", help="发往HOST:PORT。")] = "",
    http: Annotated[str, typer.Option("--http", help="表计发往https://HOST:PORT/meters/v1。")] = "",
    mqtt: Annotated[str, typer.Option("--mqtt", help="表计发往MQTT：mqtts://主机/主题。")] = "",
    tls: Annotated[Path | None, typer.Option("--tls", help="以TLS发送，按此证书（PEM）核对平台。")] = None,
    patience: Annotated[float, typer.Option("--patience", min=0.1, help="等应答的秒数。")] = 10.0,
    frames: Annotated[Path | None, typer.Option("--frames", help="报文写入文件；.jsonl为每行一帧。")] = None,
    readings: Annotated[
        bool, typer.Option("--readings", help="作为读数写入DUHENG_HOME（演练用），不经接收。")
    ] = False,
    enrol: Annotated[bool, typer.Option("--enrol", help="先登记这些设备和监测点。")] = False,
    manifest: Annotated[Path | None, typer.Option("--manifest", help="注入了什么，写入JSON。")] = None,
    list_faults: Annotated[bool, typer.Option("--list-faults", help="列出可加的故障。")] = False,
) -> None:
    """模拟任意多台HJ 212现场机及电表：序列前后一致，流量×浓度等于排放量，可按种子重现；应答平台的请求。
    目的地：--tcp、--http、--mqtt、--frames、--readings，可同时给出。退出码：0 正常，2 用法错误或不能发送。
    """
    if list_faults:
        _list_faults()
        return
    counts = {"water": water, "gas": gas, "air": air, "power": power, "meter": meters}
    ordered = _ordered(counts, _span(begin, end), seed, fault or [], (interval, minutes, edition))
    if enrol:
        _enrol(ordered)
    _deliver(ordered, _Destinations(tcp, http, mqtt, tls, speed, patience, frames, readings, enrol), manifest)


@dataclass(frozen=True)
class _Destinations:
    tcp: str
    http: str
    mqtt: str
    tls: Path | None
    speed: float
    patience: float
    frames: Path | None
    readings: bool
    enrol: bool


def _list_faults() -> None:
    from duheng.telemetry.simulating.faults import FAULTS

    for one in FAULTS.values():
        typer.echo(f"{one.name}\t{one.title}\t{'、'.join(one.kinds)}")


def _ordered(
    counts: dict[str, int],
    span: tuple[int, int],
    seed: int,
    faults: list[str],
    settings: tuple[int, int, int],
) -> Fleet:
    from duheng.telemetry.simulating.fleet import Order, fleet

    interval, minutes, edition = settings
    if edition not in (2005, 2017):
        raise typer.BadParameter("--edition应为2017或2005。")
    return fleet(Order(counts, *span, seed, _faults(faults), interval, minutes, edition))


def _deliver(ordered: Fleet, to: _Destinations, manifest: Path | None) -> None:
    from duheng.telemetry.simulating.manifest import manifest as truth
    from duheng.telemetry.simulating.manifest import write, write_frames

    if not (to.tcp or to.http or to.mqtt or to.frames or to.readings):
        raise typer.BadParameter(
            "请给出目的地：--tcp HOST:PORT、--http URL、--mqtt URL、--frames FILE或--readings。"
        )
    if (to.http or to.mqtt) and not to.enrol:
        raise typer.BadParameter("表计要先注册：请加上--enrol（在接收所用的DUHENG_HOME上运行）。")
    sent: dict[str, dict[str, int]] = {}
    if to.frames:
        sent = write_frames(ordered, to.frames)
    if to.readings:
        _store(ordered)
    if to.tcp or to.http or to.mqtt:
        sent |= _send(ordered, to)
    if manifest:
        write(manifest, truth(ordered, sent))
    counts = len(ordered.devices), len(ordered.meters), len(ordered.injections)
    typer.echo("设备 {}，表计 {}，故障 {} 处。".format(*counts))


def _span(begin: str, end: str) -> tuple[int, int]:
    from datetime import datetime, timedelta, timezone

    from duheng.telemetry.simulating.schedule import seconds

    now = datetime.now(timezone(timedelta(hours=8))).replace(tzinfo=None, microsecond=0)
    first = _moment("--from", begin) if begin else now
    last = _moment("--to", end) if end else max(now, first) if first < now else first + timedelta(days=1)
    return seconds(first), seconds(last)


def _moment(option: str, text: str) -> datetime:
    from datetime import datetime

    try:
        found = datetime.fromisoformat(text)
    except ValueError as wrong:
        raise DuhengError(f"{option} {text}：不是时间，应如2026-01-01T08:00（北京时间）。") from wrong
    if found.tzinfo:
        raise DuhengError(f"{option} {text}：不要写时区，一律为北京时间。")
    return found


def _faults(texts: list[str]) -> list[tuple[str, float]]:
    found = []
    for text in texts:
        name, _, part = text.partition("=")
        try:
            found.append((name, float(part) if part else 1.0))
        except ValueError as wrong:
            raise DuhengError(f"--fault {text}：份额不是数，应如{name}=0.1。") from wrong
    return found


def _enrol(ordered: Fleet) -> None:
    from duheng import settings
    from duheng.telemetry import devices
    from duheng.telemetry.simulating import points

    devices.add_all(settings.DUHENG_HOME, points.registered(ordered))
    points.enrol(settings.DUHENG_HOME, ordered)


def _store(ordered: Fleet) -> None:
    from duheng import settings
    from duheng.telemetry.readings.writing import write
    from duheng.telemetry.simulating.readings import sites, table

    rows = table(ordered)
    if rows.height:
        write(settings.DUHENG_HOME, rows, sites(ordered))
    typer.echo(f"读数 {rows.height} 行。")


def _send(ordered: Fleet, to: _Destinations) -> dict[str, dict[str, int]]:
    import asyncio

    from duheng.telemetry.simulating.online import Online, run
    from duheng.telemetry.simulating.sending import Line, Pace

    pace = Pace(ordered.order.first, ordered.order.last, to.speed)
    trust, line = _trusting(to.tls), None
    if to.tcp:
        host, _, port = to.tcp.rpartition(":")
        if not (host and port.isdecimal() and 0 < int(port) < 65_536):
            raise DuhengError(f"--tcp {to.tcp}：应为HOST:PORT，如127.0.0.1:9212。")
        line = Line(host.strip("[]"), int(port), pace, to.patience, tls=trust, told=_told_once())
    from duheng import settings

    try:
        return asyncio.run(
            run(ordered, Online(settings.DUHENG_HOME, pace, line, to.http, to.mqtt, trust, to.tls))
        )
    except KeyboardInterrupt:
        raise typer.Abort from None


def _told_once() -> Callable[[str], None]:
    """A way to say each thing once: a thousand devices meet the same trouble."""
    said: set[str] = set()

    def tell(text: str) -> None:
        if text not in said:
            said.add(text)
            typer.echo(text, err=True)

    return tell


def _trusting(certificate: Path | None) -> Any:
    from duheng.telemetry.certificates import trusting

    return None if certificate is None else trusting("--tls", certificate)
