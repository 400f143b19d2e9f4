"""`duheng board`: every target with its value, progress, light and source."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from duheng.cli.opening import DEFAULT_CITY, CityOption
from duheng.model.rounding import with_unit

if TYPE_CHECKING:
    from duheng.assess.board import Board
    from duheng.assess.status import TargetStatus

HEADINGS = ("条款", "目标", "目标值", "最新", "时期", "进度", "预警", "依据", "责任单位", "来源或欠报")
UNSTATED, UNJUDGED = "未填报", "不作判定"
DRILL = "演练数据，非真实情况"


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("board", help="节能减排工作台：全部目标的进度与预警。Every target: value, progress, light.")(
        board
    )


def board(
    city: CityOption = DEFAULT_CITY,
    plan: Annotated[str | None, typer.Option("--plan", help="方案编号。")] = None,
    as_of: Annotated[str | None, typer.Option("--as-of", help="截至日期，如 2024-07-31。")] = None,
    scenario: Annotated[
        str, typer.Option("--scenario", help="情景：actual（真实）、drill（演练）。")
    ] = "actual",
    as_json: Annotated[bool, typer.Option("--json", help="以 JSON 输出。")] = False,
) -> None:
    """列出方案的全部目标：目标值、最新值、进度、预警灯、责任单位、来源；没有数据的写明由谁填报。
    退出码：0 正常，2 用法错误。
    """
    from duheng.assess.board import board as made
    from duheng.cli.opening import moment, ready, results_of

    until = moment(as_of)
    results_of(scenario)
    here, chosen = ready(city, scenario, plan)
    found = made(here, chosen, scenario, until)
    if as_json:
        typer.echo(json.dumps(found.as_json(), ensure_ascii=False, indent=1))
    elif sys.stdout.isatty():
        _table(found)
    else:
        for line in lines(found):
            typer.echo(line)


def title(found: Board) -> str:
    """The plan, the day and the scenario."""
    drill = f"  【{DRILL}】" if found.scenario == "drill" else ""
    return f"{found.city.name}  {found.plan.title}（{found.plan.number}）  截至{found.as_of}{drill}"


def lines(found: Board) -> list[str]:
    """The table as plain text, one target a line, columns separated by tabs."""
    return [title(found), "\t".join(HEADINGS), *("\t".join(cells(one)) for one in found.targets)]


def cells(one: TargetStatus) -> tuple[str, ...]:
    """The columns of a target; what nobody has reported says so, with the unit that owes it."""
    goal = "待下达" if one.target.value is None else with_unit(f"{one.target.value:f}", one.unit)
    latest = UNSTATED if one.latest is None else with_unit(f"{one.latest:f}", one.unit)
    owing = f"欠报：{'、'.join(one.owed_by)}" if one.owed_by else ""
    return (
        one.target.article,
        one.target.title,
        goal,
        latest,
        one.period or "",
        "" if one.progress is None else f"{one.progress * 100:.1f}%",
        _light(one),
        "；".join(part for part in (one.yardstick, one.note) if part),
        "、".join(one.units),
        "；".join(part for part in (one.source, owing, one.cause) if part),
    )


def _light(one: TargetStatus) -> str:
    """The light in the words of the page; without one, whether for want of figures or of a yardstick."""
    if one.level is not None:
        return f"{one.level.label}（{one.level.colour_name}）"
    return UNSTATED if one.latest is None and one.target.value is not None else UNJUDGED


def _table(found: Board) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    made = Table(title=title(found), show_lines=True)
    for heading in HEADINGS:
        # Nothing is cut off with dots: what does not fit goes on in the next line (L12).
        right = heading in ("目标值", "最新", "进度")
        made.add_column(heading, justify="right" if right else "left", overflow="fold")
    for one in found.targets:
        row = [Text(text) for text in cells(one)]
        if one.level is not None:
            row[HEADINGS.index("预警")].stylize(f"bold {one.level.colour}")
        made.add_row(*row)
    Console().print(made)
