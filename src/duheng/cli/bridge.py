"""`duheng bridge`: energy, intensity and decline of a place under every accounting definition, side by side."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from duheng.cli.opening import DEFAULT_CITY, CityOption
from duheng.model.periods import parse

if TYPE_CHECKING:
    from duheng.assess.bridge import Bridge, Figure
    from duheng.assess.values import Value

UNKNOWN = "未知"
HEADINGS = (
    "口径", "自", "依据", "本步扣除", "能源消费量", "较上一口径", "基年扣除", "基年能源消费量", "单位GDP能耗",
    "累计降低率", "较上一口径（百分点）",
)  # fmt: skip


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        "bridge", short_help="口径对照：每一步扣除改变多少。What each accounting definition changes."
    )(bridge)


def bridge(
    entity: Annotated[str, typer.Argument(metavar="ENTITY", help="对象：名称或代码，如 资阳市。")],
    period: Annotated[str, typer.Argument(metavar="PERIOD", help="年份，如 2025。")],
    city: CityOption = DEFAULT_CITY,
    plan: Annotated[str | None, typer.Option("--plan", help="方案编号。")] = None,
    scenario: Annotated[
        str, typer.Option("--scenario", help="情景：actual（真实）、drill（演练）。")
    ] = "actual",
    as_of: Annotated[str | None, typer.Option("--as-of", help="截至日期，如 2024-07-31。")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="以 JSON 输出。")] = False,
    out: Annotated[Path | None, typer.Option("-o", "--output", help="写到 .xlsx 或 .csv 文件。")] = None,
) -> None:
    """能源消费量、强度、降低率按各口径逐行对照：全口径、扣除原料用能、再扣除非化石能源、非化石电力按分摊认定。
    未知的写明缺什么、由谁报送。退出码：0 正常，2 用法错误。

    What each accounting definition changes.
    """
    from duheng.assess.books import opened
    from duheng.assess.bridge import bridge as made
    from duheng.cli.opening import moment, ready, results_of

    if parse(period).kind != "year":
        raise typer.BadParameter(f"“{period}”不是一个年份；应写成 2025。")
    until = moment(as_of)
    results_of(scenario)
    here, chosen = ready(city, scenario, plan)
    found = made(opened(here, chosen, scenario, until), entity, period)
    if out is not None:
        _write(found, out)
    if as_json:
        told = {"parameter_values": [one.as_json() for one in values(found)]}
        typer.echo(json.dumps({**found.as_json(), **told}, ensure_ascii=False, indent=1))
    elif out is None:
        for line in lines(found):
            typer.echo(line)


def lines(found: Bridge) -> Iterator[str]:
    """Title, one line a definition, columns separated by tabs, then what is missing."""
    from duheng.ingest.export import DRILL_NOTICE

    yield _title(found)
    if found.opened.scenario == "drill":
        yield DRILL_NOTICE
    yield "\t".join(HEADINGS)
    for row in rows(found):
        yield "\t".join(str(cell) for cell in row)
    yield from (one.text for one in found.findings)
    replaced = [one.text for one in values(found) if one.own]
    if replaced:
        yield "本市更换的取值："
        yield from (f"  {text}" for text in replaced)
    for owed, heading in ((True, "尚缺的报送："), (False, "尚缺、方案没有规定由谁报送的：")):
        texts = [one.text for one in found.missing if (one.by is not None) is owed]
        if texts:
            yield heading
            yield from (f"  {text}" for text in texts)


def rows(found: Bridge) -> Iterator[tuple[str, ...]]:
    """The cells of each definition, with units; what is unknown says so."""
    for number, line in enumerate(found.lines):
        yield (
            line.definition.title,
            line.definition.since,
            line.cite,
            _said(line.deducted),
            _said(line.energy),
            _said(line.energy, line.energy_change, number),
            _said(line.deducted_base),
            _said(line.energy_base),
            _said(line.intensity),
            _said(line.decline),
            _said(line.decline, line.decline_change, number).removesuffix(" %"),
        )


def values(found: Bridge) -> list[Value]:
    """The parameter values below the figures that a reader must know of."""
    from duheng.assess.bridge import BRIDGED
    from duheng.assess.values import in_use

    return in_use(found.opened, BRIDGED, found.period.end)


def _said(figure: Figure | None, change: object = None, number: int | None = None) -> str:
    if figure is None or number == 0:
        return "—"
    value = figure.value if number is None else change
    return UNKNOWN if value is None else f"{value} {figure.unit}"


def _title(found: Bridge) -> str:
    place, plan = found.entity.name, found.opened.plan
    return f"{place} {found.period.title} 口径对照（基年{found.base.year}年；{plan.number or plan.title}）"


def _write(found: Bridge, out: Path) -> None:
    from duheng.ingest.export import write_table
    from duheng.model.errors import UnknownName

    format = out.suffix.removeprefix(".")
    if format not in ("xlsx", "csv"):
        raise UnknownName(out.suffix, (".xlsx", ".csv"), "文件类型")
    about = {"基年": f"{found.base.year}年", "缺少": "；".join(one.text for one in found.missing) or "无"}
    scenario = found.opened.scenario
    write_table(
        rows(found), HEADINGS, out, title=_title(found), scenario=scenario, format=format, about=about
    )
    typer.echo(f"已导出 {len(found.lines)} 行到 {out}", err=True)
