"""`duheng rollup`: readings to hours, days, months and facts of the ledger; the care of the readings."""

from __future__ import annotations

import json
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from duheng.cli.opening import DEFAULT_CITY, CityOption, results_of, say

if TYPE_CHECKING:
    from duheng.model.findings import Finding
    from duheng.model.periods import Period
    from duheng.model.plan import City
    from duheng.telemetry.rollup.engines import Engine
    from duheng.telemetry.rollup.facts import Entered
    from duheng.telemetry.rollup.points import Points
    from duheng.telemetry.rollup.running import Outcome
    from duheng.telemetry.rollup.totals import Total

SHOWN = 50
KEPT = 12  # factors named that are kept as readings only


class Care(StrEnum):
    """What can be done with the stored readings."""

    compact = "compact"
    clean = "clean"
    backup = "backup"
    restore = "restore"


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("rollup", short_help="汇总监测读数：时、日、月，记入账本。Roll up readings.")(rollup)
    app.command("readings", short_help="照看监测数据：合并、清理、备份、恢复。Care of telemetry data.")(
        readings
    )


def rollup(
    city: CityOption = DEFAULT_CITY,
    engine: Annotated[
        str,
        typer.Option("--engine", help="计算引擎：duckdb（缺省）、spark://主机:端口，或Ibis支持的其他地址。"),
    ] = "duckdb",
    period: Annotated[
        str | None, typer.Option("--period", help="另列该月（或日）各地各单位的合计，如 2026-01。")
    ] = None,
    preview: Annotated[
        bool,
        typer.Option("--preview", help="试算：由区间量的读数直接合计 --period，不公布结果，不记账本。"),
    ] = False,
    facts: Annotated[bool, typer.Option("--facts/--no-facts", help="完整的月份记入账本（缺省）。")] = True,
    scenario: Annotated[
        str, typer.Option("--scenario", help="记入的情景：actual（真实）、drill（演练）。")
    ] = "actual",
    as_json: Annotated[bool, typer.Option("--json", help="以 JSON 输出。")] = False,
) -> None:
    """汇总监测读数。先把新收到的报文归档为读数，再只算新到、补传和更正的读数所触及的
    时、日、月；以前公布的数仍可查。
    小时、日的有效性和无效时段的替代按 HJ 212、HJ 75、HJ 356（取值与依据见 cn/monitoring）；
    计数器归零、换表、缺数分摊都有记录。
    监测点登记在数据文件夹的 telemetry/points.csv。合计缺一个监测点即为未知，并写明由谁报送。
    完整的月份记入账本：来源为数据段的起止。
    --preview 只看不记：由按时段报送的读数直接合计一个月或一日，计数器和排口须汇总后才有数。
    退出码：0 正常，1 有未登记的监测点或账本所记已无读数支持，2 用法错误。
    """
    results_of(scenario)
    asked = _period(period) if period else None
    if preview:
        _previewed(city, engine, asked, as_json)
        return
    outcome, odd, entered, found = _run(city, engine, asked, scenario if facts else None)
    if as_json:
        typer.echo(json.dumps(_json(outcome, odd, entered, found), ensure_ascii=False, indent=1))
    else:
        _told(outcome, odd, entered)
        _listed(found, f"{period}")
    raise typer.Exit(1 if outcome.unlisted or (entered is not None and entered.outdated) else 0)


def _run(
    city: str, address: str, asked: Period | None, scenario: str | None
) -> tuple[Outcome, list[Finding], Entered | None, list[tuple[str, Total]]]:
    """Roll up, what was found; state whole months under the scenario (None: do not); the totals asked for, by place.

    What is odd about the points is said where the city was needed.
    """
    import duheng.settings
    from duheng.telemetry.gathering import gather
    from duheng.telemetry.rollup.engines import engine
    from duheng.telemetry.rollup.facts import enter
    from duheng.telemetry.rollup.points import load_points
    from duheng.telemetry.rollup.running import roll_up
    from duheng.telemetry.rollup.totals import totals

    home = Path(duheng.settings.DUHENG_HOME)
    points = load_points(home)
    works = engine(address, home / "telemetry" / "spill")
    gather(home, say)
    outcome = roll_up(home, points, works, say)
    odd = _found(home, points, works, outcome)
    if asked is None and scenario is None:
        return outcome, odd, None, []
    here = _city(city, scenario or "actual")
    entered = None
    if scenario is not None:
        entered = enter(home, works, points, here.places, here.parameters, scenario=scenario)
    names = {place.id: place.name for place in here.places}
    found = totals(home, works, points, here.places, here.parameters, asked) if asked else []
    for hint in points.oddities(here.places):
        typer.echo(f"提示：{hint}。", err=True)
    return outcome, odd, entered, [(names.get(one.place, one.place), one) for one in found]


def _previewed(city: str, address: str, asked: Period | None, as_json: bool) -> None:
    """Print the totals of a period straight from the readings that have come so far; nothing is written."""
    import duheng.settings
    from duheng.telemetry.gathering import gather
    from duheng.telemetry.rollup.engines import engine
    from duheng.telemetry.rollup.points import ENERGY, POLLUTANT, load_points
    from duheng.telemetry.rollup.rules import rules
    from duheng.telemetry.rollup.totals import preview

    if asked is None:
        raise typer.BadParameter("--preview 须与 --period 同用，如 --period 2026-01。")
    home = Path(duheng.settings.DUHENG_HOME)
    points, here = load_points(home), _city(city, "actual")
    gather(home, say)
    works = engine(address, home / "telemetry" / "spill")
    found = preview(home, works, points, here.places, here.parameters, (asked.start, asked.end), rules())
    if as_json:
        typer.echo(json.dumps({"preview": [_total(one) for one in found]}, ensure_ascii=False, indent=1))
        return
    others = len(
        {one.pid for one in points.of(*ENERGY, *POLLUTANT) if one.counted and one.kind != "interval"}
    )
    if others:
        typer.echo(f"提示：{others} 个监测点不按时段报送，汇总后才有数，试算中作未知。", err=True)
    names = {place.id: place.name for place in here.places}
    _listed([(names.get(one.place, one.place), one) for one in found], f"{asked}（试算）")


def _listed(found: list[tuple[str, Total]], period: str) -> None:
    for name, total in found:
        typer.echo(f"{name} {total.item} {period}：{total.said}")


def _city(city: str, scenario: str) -> City:
    """The city with the values that it replaced in the ledger: standard coal is reckoned by them."""
    from duheng.assess.parameters import in_force
    from duheng.cli.opening import ready

    here, _ = ready(city, scenario)
    return replace(here, parameters=in_force(here, scenario))


def _found(home: Path, points: Points, works: Engine, outcome: Outcome) -> list[Finding]:
    """What was found in the counters that a run touched."""
    from datetime import timedelta

    from duheng.telemetry.rollup.looking import findings
    from duheng.telemetry.rollup.taking import midnight

    if not outcome.irregular or outcome.first is None or outcome.last is None:
        return []
    some = [points.get(pid) for pid in outcome.irregular]
    day = timedelta(days=1)
    return findings(
        home, works, points, some, midnight(outcome.first) - day, midnight(outcome.last) + 2 * day
    )


def _period(text: str) -> Period:
    from duheng.model.periods import parse

    asked = parse(text)
    if asked.kind not in ("month", "day"):
        raise typer.BadParameter(f"--period {text}：只能是一个月或一日，如 2026-01、2026-01-05。")
    return asked


def _told(outcome: Outcome, odd: list[Finding], entered: Entered | None) -> None:
    if outcome.run is None:
        typer.echo("没有新的读数。")
    else:
        counts = f"时 {outcome.hours}、日 {outcome.days}、月 {outcome.months}"
        span = f"{outcome.first} 至 {outcome.last} 的读数，" if outcome.first else ""
        typer.echo(f"第{outcome.run}次汇总：{span}改动的结果：{counts}")
    for finding in odd[:SHOWN]:
        typer.echo(f"  {finding.text}")
    if len(odd) > SHOWN:
        typer.echo(f"  另有 {len(odd) - SHOWN} 条，见 --json")
    if outcome.kept:
        names = sorted({factor for _, factor in outcome.kept})
        listed = "、".join(names[:KEPT]) + ("等" if len(names) > KEPT else "")
        typer.echo(f"{len(outcome.kept)} 个序列只作读数保存，不汇总（无排放量或用量可计）：{listed}")
    for mn, count in outcome.ahead:
        typer.echo(
            f"提示：{mn} 有 {count} 个读数的时间比到达时间晚1小时以上，已保存，不计入汇总；"
            f"请校时（duheng request {mn} clock-set），再补传正确的数据",
            err=True,
        )
    for mn, factor in outcome.unlisted:
        typer.echo(f"提示：收到 {mn} 的 {factor}，但未登记为监测点；请写入 telemetry/points.csv", err=True)
    if entered is not None:
        waiting = f"；{len(entered.open)} 项未完整，不记" if entered.open else ""
        typer.echo(f"记入账本：{entered.added} 条，已有 {entered.duplicates} 条{waiting}")
        for total in entered.open:
            if total.value is None:
                typer.echo(f"  {total.place} {total.item} {total.start:%Y-%m}：{total.said}")
        for total, stated in entered.outdated:
            typer.echo(
                f"注意：{total.place} {total.item} {total.start:%Y-%m} 账本仍记着 {stated}，现有读数已不支持；"
                "请补齐读数后再汇总，或用 duheng import 记入核定值。",
                err=True,
            )


def _json(
    outcome: Outcome, odd: list[Finding], entered: Entered | None, found: list[tuple[str, Total]]
) -> dict[str, object]:
    answer = outcome.as_json()
    answer["findings"] = [
        {"code": one.code, "severity": one.severity, "place": one.place, "text": one.text} for one in odd
    ]
    if entered is not None:
        answer["facts"] = {
            "added": entered.added,
            "duplicates": entered.duplicates,
            "open": len(entered.open),
            "outdated": [
                {"place": total.place, "item": total.item, "start": total.start.isoformat(), "stated": stated}
                for total, stated in entered.outdated
            ],
        }
    answer["totals"] = [_total(one) for _, one in found]
    return answer


def _total(one: Total) -> dict[str, object]:
    return {
        "place": one.place, "item": one.item, "start": one.start.isoformat(), "value": one.value,
        "so_far": one.so_far, "unit": one.unit, "known": one.known, "expected": one.expected,
        "unfinished": one.unfinished, "tce": one.coal, "text": str(one.said),
        "missing": [{"mn": p.mn, "factor": p.factor, "owner": p.owner} for p in one.missing],
    }  # fmt: skip


def readings(
    care: Annotated[Care, typer.Argument(metavar="compact|clean|backup|restore", help="要做什么。")],
    folder: Annotated[
        Path | None, typer.Argument(metavar="FOLDER", help="备份所在的文件夹（backup、restore）。")
    ] = None,
    before: Annotated[
        str | None, typer.Option("--before", help="compact：只合并这一天以前的读数；缺省为今天。")
    ] = None,
) -> None:
    """照看监测数据（数据文件夹的 telemetry）。
    compact：把每天每个站点的小文件合成一个，内容不变；clean：按 cn/monitoring/retention.yaml 的年限清理，
    未汇总的不清理，汇总结果不清理；backup FOLDER：备份，同一文件夹再备份时只复制新的；
    restore FOLDER：恢复到没有监测数据的位置，逐个核对校验值。退出码：0 正常，2 用法错误。
    """
    from datetime import date, timedelta

    import duheng.settings
    from duheng.telemetry.readings import keeping

    home = Path(duheng.settings.DUHENG_HOME)
    if care in (Care.backup, Care.restore) and folder is None:
        raise typer.BadParameter("请写明备份所在的文件夹。")
    if care is Care.compact:
        # Today's files are still being written: one compaction a day is enough.
        try:
            last = date.fromisoformat(before) if before else date.today()
        except ValueError:
            raise typer.BadParameter(f"--before {before}：应如2026-01-31。") from None
        done = keeping.compact(home, last - timedelta(days=1))
        typer.echo(f"合并：{done.before} 个文件成为 {done.after} 个；清除旧文件 {keeping.sweep(home)} 个")
    elif care is Care.clean:
        gone = keeping.let_go(home, date.today())
        counts = (len(gone[name]) for name in ("segments", "readings", "requests"))
        typer.echo("清理：报文 {} 天，读数 {} 天，反控结果 {} 天".format(*counts))
    elif care is Care.backup and folder is not None:
        typer.echo(f"已备份到 {folder}：新复制 {keeping.save(home, folder)} 个文件")
    elif folder is not None:
        typer.echo(f"已恢复并核对：{keeping.bring_back(folder, home)} 个文件")
