"""`duheng watch`: archive what came, look for signs, open alarms and raise those that nobody answers."""

from __future__ import annotations

import json
import time
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from duheng.cli.opening import DEFAULT_CITY, CityOption, ready, say

if TYPE_CHECKING:
    from duheng.model.plan import City
    from duheng.telemetry.watching.running import Watched
    from duheng.telemetry.watching.signs import Sign

SHOWN = 50


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("watch", short_help="检查监测数据，发出报警。Look for signs, open alarms.")(watch)


def watch(
    city: CityOption = DEFAULT_CITY,
    day: Annotated[str, typer.Option("--day", help="只查这一天，如2026-01-31；缺省为昨天和今天。")] = "",
    every: Annotated[
        int, typer.Option("--every", min=0, help="每隔多少秒再查一次，直到Ctrl+C；0为只查一次。")
    ] = 0,
    drill: Annotated[
        bool, typer.Option("--drill", help="先布置演练用的模拟设备、限值和14天历史（标为演练）。")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="以 JSON 输出线索。")] = False,
) -> None:
    """归档收到的报文，检查全部现场机（规则和门限见 cn/monitoring/watching.yaml），发出报警，按时升级无人确认的报警。
    限值登记在 telemetry/limits.csv，生产与治理设施的对应登记在 telemetry/facilities.csv。
    线索只是请人去看，不是结论。退出码：0 没有线索，1 有线索，2 用法错误。
    """
    asked = _day(day)
    here, _ = ready(city)
    if drill:
        _lay_out(city)
    while True:
        found = _once(here, asked, 7 if drill and not asked else 1, said=not as_json)
        if as_json:
            typer.echo(json.dumps([_as_json(one) for one in found.signs], ensure_ascii=False, indent=1))
        if not every:
            raise typer.Exit(1 if found.signs else 0)
        time.sleep(every)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as wrong:
        raise typer.BadParameter(f"--day {text}：应如2026-01-31。") from wrong


def _once(here: City, asked: date | None, days: int, *, said: bool) -> Watched:
    """One look at everything: the day asked for, else today and so many days before. said: print what is found."""
    from datetime import timedelta

    from duheng import settings
    from duheng.assess.audit.settings import Thresholds
    from duheng.assess.parameters import in_force
    from duheng.model.parameters import Local
    from duheng.telemetry import devices
    from duheng.telemetry.gathering import gather
    from duheng.telemetry.watching.live import now
    from duheng.telemetry.watching.registers import load
    from duheng.telemetry.watching.running import watch as look
    from duheng.web.alarms import escalate, take_in
    from duheng.web.monitoring import scenarios

    home = Path(settings.DUHENG_HOME)
    gather(home, say)
    moment = now()
    last = asked or moment.date()
    limits = Thresholds(Local(in_force(here), here.code), last)
    found = look(home, asked or last - timedelta(days=days), last, moment, limits=limits)
    known = devices.load(home).by_mn
    for finding in load(home).findings:
        typer.echo(finding.text, err=True)
    opened = take_in(found.signs, known, scenarios(known.values()))
    raised = escalate(_aware(moment))
    if said:
        for sign in found.signs[:SHOWN]:
            typer.echo(sign.finding(known).text)
        if len(found.signs) > SHOWN:
            typer.echo(f"另有 {len(found.signs) - SHOWN} 条，见 --json")
        counts = f"设备 {len(known)}，线索 {len(found.signs)}，新报警 {opened}，升级 {raised}"
        typer.echo(f"{moment:%Y-%m-%d %H:%M} {counts}")
    return found


def _aware(moment: datetime) -> datetime:
    from zoneinfo import ZoneInfo

    return moment.replace(tzinfo=ZoneInfo("Asia/Shanghai"))


def _lay_out(city: str) -> None:
    from duheng import settings
    from duheng.telemetry.watching.drill import lay_out
    from duheng.telemetry.watching.live import now

    opened, _ = ready(city, "drill")
    laid = lay_out(Path(settings.DUHENG_HOME), opened.places, now())
    sent = "接收端正在运行，未写段文件" if laid.frames is None else f"报文 {laid.frames} 条"
    say(f"演练设备 {laid.devices} 台，读数 {laid.readings} 行，{sent}")


def _as_json(one: Sign) -> dict[str, object]:
    from dataclasses import asdict

    return {key: str(value) if isinstance(value, datetime) else value for key, value in asdict(one).items()}
