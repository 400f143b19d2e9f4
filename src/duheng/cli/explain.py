"""`duheng explain`: why a number is what it is, one line a step."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from duheng.cli.opening import DEFAULT_CITY, CityOption

if TYPE_CHECKING:
    from duheng.assess.why import Reason, Why
    from duheng.city.bases import Basis
    from duheng.model.plan import City


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("explain", help="说明一个数字的来历：算式、依据、事实。Why a number is what it is.")(explain)


def explain(
    quantity: Annotated[str, typer.Argument(metavar="QUANTITY", help="指标编号或中文名。")],
    entity: Annotated[str, typer.Argument(metavar="ENTITY", help="对象：名称或代码，如 资阳市。")],
    period: Annotated[str, typer.Argument(metavar="PERIOD", help="时期，如 2023、2023Q1、2023-01。")],
    item: Annotated[str | None, typer.Option("--item", help="品种，如 原煤、化学需氧量。")] = None,
    city: CityOption = DEFAULT_CITY,
    plan: Annotated[str | None, typer.Option("--plan", help="方案编号。")] = None,
    scenario: Annotated[
        str, typer.Option("--scenario", help="情景：actual（真实）、drill（演练）。")
    ] = "actual",
    as_of: Annotated[str | None, typer.Option("--as-of", help="截至日期，如 2024-07-31。")] = None,
    definition: Annotated[str | None, typer.Option("--definition", help="口径编号。")] = None,
    flow: Annotated[str | None, typer.Option("--flow", help="能源平衡表的项目，如 final_industry。")] = None,
    basis: Annotated[
        str | None, typer.Option("--basis", help="所用的一套系数，如 equivalent、provincial_inventory。")
    ] = None,
    since: Annotated[
        int | None, typer.Option("--since", metavar="YEAR", help="自哪一年起逐年累计到该时期，如 2021。")
    ] = None,
    base: Annotated[
        int | None, typer.Option("--base", metavar="YEAR", help="所用的基年，须是规划或某项目标的基年。")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="以 JSON 输出。")] = False,
) -> None:
    """说明一个数字的来历：每行一步，写明算式、依据和来源；缺的写明由谁填报。
    退出码：0 正常，2 用法错误。
    """
    from duheng.assess.books import opened
    from duheng.assess.flows import on_the_basis
    from duheng.assess.why import find_quantity, why
    from duheng.cli.opening import definition_of, moment, ready

    here, chosen = ready(city, scenario, plan)
    books = opened(here, chosen, scenario, moment(as_of))
    definition = definition_of(find_quantity(quantity), definition)
    books = on_the_basis(books, _basis(here, basis, flow)) if basis else books
    read = {"item": item, "definition": definition, "flow": flow}
    _print(why(books, quantity, entity, period, **read, since=since, base=base), as_json)


def _print(reasons: Why, as_json: bool) -> None:
    made = (
        json.dumps(reasons.as_json(), ensure_ascii=False, indent=1) if as_json else "\n".join(lines(reasons))
    )
    typer.echo(made)


def _basis(city: City, name: str, flow: str | None) -> Basis:
    """A packaged basis, or the city's own set of emission factors. Raises UnknownName."""
    from duheng.city.bases import bases
    from duheng.ingest.carbon import own_sets
    from duheng.model.errors import DuhengError, UnknownName

    own = {one.name: one for one in own_sets(city.folder).values() if one.usable}
    if name in bases():
        return bases()[name]
    if name not in own:
        raise UnknownName(name, (*bases(), *own), "一套系数")
    found = own[name].basis(flow)
    if found is None:
        raise DuhengError(f"因子集“{name}”的因子分部门，请用 --flow 指明一个部门，如 final_transport。")
    return found


def lines(reasons: Why) -> Iterator[str]:
    """The judgement, then the tree with box-drawing branches."""
    yield from reasons.headlines
    yield from _branch(reasons.top, "", "", "")


def _branch(reason: Reason, lead: str, branch: str, below: str) -> Iterator[str]:
    yield lead + branch + reason.line
    for number, part in enumerate(reason.parts):
        last = number == len(reason.parts) - 1
        yield from _branch(part, lead + below, "└ " if last else "├ ", "  " if last else "│ ")
