"""`duheng compare`: two plans side by side, documents or plans of a city's folder."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from duheng.cli.opening import DEFAULT_CITY, CityOption

if TYPE_CHECKING:
    from duheng.model.plan import Plan
    from duheng.reading.comparing import Comparison, Entry, Side
    from duheng.reading.comparing.comparison import Pair
    from duheng.reading.comparing.judging import Beside

_QUOTED = 60
_NO_TEXT = "（文件夹不存原文）"
_ORDER: tuple[Beside, ...] = ("stricter", "looser", "incomparable", "same")
_PAIRS = (
    "相比", "理由", "甲：指标", "甲：范围", "甲：要求", "乙：指标", "乙：范围", "乙：要求", "乙换算为甲的单位",
    "同一指标的依据", "可信度", "写法不同之处", "甲：条款", "甲：原文", "乙：条款", "乙：原文",
)  # fmt: skip
_PAIR_WIDTHS = (8, 36, 30, 16, 26, 30, 16, 26, 16, 26, 8, 20, 10, 44, 10, 44)
_ALONE_WIDTHS = (12, 36, 20, 30, 10, 60)
_ALONE = ("哪一方", "指标", "范围", "要求", "条款", "原文")


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("compare", short_help="两份规划逐项对比：更严、更松、缺少。Compare two plans.")(compare)


def compare(
    a: Annotated[
        str,
        typer.Argument(
            metavar="A",
            help="甲：文件（.txt .docx .pdf .html）、城市文件夹、城市代码或方案编号（@日期：某日的版本）。",
        ),
    ],
    b: Annotated[str, typer.Argument(metavar="B", help="乙：同上，如上级的方案，或同一方案的另一版。")],
    as_json: Annotated[bool, typer.Option("--json", help="输出JSON。")] = False,
    out: Annotated[
        Path | None, typer.Option("-o", "--output", metavar="FILE", help="写到 .xlsx 文件。")
    ] = None,
    city: CityOption = DEFAULT_CITY,
) -> None:
    """甲与乙逐项对比：同一指标（名称可以不同）谁更严、谁更松，不可比的写明为什么；只在一方的列出。

    方案编号可以是 --city 这座城市的，也可以是随程序发布的。
    条款和原文各附其后。退出码：0 没有不同，1 有不同，2 不能读或用法错误。

    Compare two plans.
    """
    from duheng.model.errors import UnknownName
    from duheng.reading.comparing import compare as compared

    if out is not None and out.suffix != ".xlsx":
        raise UnknownName(out.suffix, (".xlsx",), "文件类型")
    made = compared(_side(a, city), _side(b, city))
    if out is not None:
        _write(made, out)
    if as_json:
        notice = {"notice": _notice()} if _scenario(made) == "drill" else {}
        typer.echo(json.dumps({**notice, **made.as_json()}, ensure_ascii=False, indent=2))
    elif out is None:
        for line in lines(made):
            typer.echo(line)
    if not made.same:
        raise typer.Exit(1)


def _side(named: str, city: str) -> Side:
    """A document by its path, else a plan by folder, code of its city, or its own id; city: the own one."""
    from duheng.reading.comparing import side_of_plan, side_of_reading
    from duheng.reading.reading import read

    path = Path(named)
    if path.is_file() or (path.suffix and not path.is_dir()):
        return side_of_reading(read(path), path.stem)
    return side_of_plan(_plan(named, city))


def _plan(named: str, city: str) -> Plan:
    """A plan as printed; `id@2026-09-01`: with the changes made by that day."""
    named, at, day = named.partition("@")
    plan = _kept(named, city)
    return plan.on(_day(day)) if at else plan


def _day(said: str) -> date:
    from duheng.model.errors import DuhengError

    try:
        return date.fromisoformat(said)
    except ValueError as error:
        raise DuhengError(f"“@{said}”不是日期；某日的版本应写成 方案编号@2026-09-01。") from error


def _kept(named: str, own: str) -> Plan:
    """A plan of a folder, of the own city or of a packaged one."""
    from duheng import city
    from duheng.assess.books import default_plan
    from duheng.model import data
    from duheng.model.errors import UnknownName

    if Path(named).is_dir():
        return default_plan(city.load(Path(named)))
    packaged = [path.parent for path in sorted(data.root().glob("*/*/city.yaml"))]
    known: dict[str, Plan] = {}
    for here in map(city.load, dict.fromkeys((city.default_city_folder(own), *packaged))):
        if named == here.id:
            return default_plan(here)
        known = {plan.id: plan for plan in here.plans} | known  # of one id twice, the own city's
    if named not in known:
        raise UnknownName(named, known, "文件、文件夹或方案")
    return known[named]


def _scenario(made: Comparison) -> str:
    return "drill" if "drill" in (made.a.scenario, made.b.scenario) else "actual"


def _notice() -> str:
    from duheng.ingest.export import DRILL_NOTICE

    return DRILL_NOTICE


def lines(made: Comparison) -> Iterator[str]:
    """The comparison for a person: what differs first, each with article and quote of both."""
    from duheng.reading.comparing.judging import BESIDE
    from duheng.reading.comparing.words import lacking

    if _scenario(made) == "drill":
        yield _notice()
    for name, one in (("甲", made.a), ("乙", made.b)):
        yield f"{name}：{'　'.join(filter(None, (one.title, one.number, one.issuer)))}"
    if made.versions:
        yield "（同一方案的两个版本）"
    for which in _ORDER:
        yield from _part(f"甲{BESIDE[which]}" if which in ("stricter", "looser") else BESIDE[which],
                         [_pair(one) for one in made.pairs if one.verdict.beside == which])  # fmt: skip
    groups = [
        "\n".join(
            f"{name}：{_alone(each)}" for name, of in (("甲", one.a), ("乙", one.b)) for each in of
        ).replace("\n", "\n  ")
        for one in made.candidates
    ]
    yield from _part("有几个候选，请人认定", groups)
    only_a, only_b = lacking(made)
    yield from _part(only_b, [_alone(one) for one in made.only_b])
    yield from _part(only_a, [_alone(one) for one in made.only_a])


def _part(title: str, said: list[str]) -> Iterator[str]:
    yield ""
    yield f"{title}：{len(said)}项" if said else f"{title}：无"
    for one in said:
        yield f"  {one}"


def _pair(one: Pair) -> str:
    from duheng.reading.comparing.words import changed, converted

    a, b, same = one.match.a, one.match.b, one.match.sameness
    other = converted(one)
    said = [
        f"{_asked(a)}",
        f"  {one.verdict.reason}",
        f"  甲{a.article} {_quoted(a)}",
        f"  乙{b.article} {_asked(b)}{f'（{other}）' if other else ''} {_quoted(b)}",
        f"  {same.why}（可信度{same.confidence}）",
    ]
    if one.changed:
        said.append(f"  写法不同：{'、'.join(changed(one))}")
    return "\n  ".join(said)


def _asked(one: Entry) -> str:
    from duheng.reading.comparing.words import demand

    scope = f"〔{one.target.scope}〕" if one.target.scope else ""
    return f"{one.target.indicator}{scope}：{demand(one.target)}"


def _alone(one: Entry) -> str:
    return f"{_asked(one)}\n    {one.article} {_quoted(one)}"


def _quoted(one: Entry) -> str:
    said = " ".join(one.target.quote.split())
    if not said:
        return _NO_TEXT
    return f"“{said if len(said) <= _QUOTED else said[: _QUOTED - 1] + '…'}”"


def _write(made: Comparison, out: Path) -> None:
    from duheng.ingest.export import Tab, write_workbook
    from duheng.reading.comparing.words import lacking

    only_a, only_b = lacking(made)
    alone = [(title, one) for title, of in ((only_b, made.only_b), (only_a, made.only_a)) for one in of]
    groups = [
        (f"{number}{name}", each)
        for number, one in enumerate(made.candidates, 1) for name, of in (("甲", one.a), ("乙", one.b)) for each in of
    ]  # fmt: skip
    tabs = [
        Tab("同一指标", _PAIRS, [_row(one) for one in made.pairs], _PAIR_WIDTHS),
        Tab("只在一方", _ALONE, [_alone_row(title, one) for title, one in alone], _ALONE_WIDTHS),
        Tab("几个候选", _ALONE, [_alone_row(title, one) for title, one in groups], _ALONE_WIDTHS),
    ]  # fmt: skip
    about = {
        name: f"{one.title} {one.number or ''}".strip() for name, one in (("甲", made.a), ("乙", made.b))
    }
    with out.open("wb") as file:
        write_workbook(tabs, file, scenario=_scenario(made), about=about)
    typer.echo(f"已导出 {len(made.pairs)} 对、{len(alone)} 项只在一方到 {out}", err=True)


def _row(one: Pair) -> tuple[object, ...]:
    from duheng.reading.comparing.words import beside, changed, converted, demand

    a, b = one.match.a, one.match.b
    sides = [(of.target.indicator, of.target.scope or "", demand(of.target)) for of in (a, b)]
    same = one.match.sameness
    return (
        beside(one), one.verdict.reason, *sides[0], *sides[1], converted(one) or "", same.why, same.confidence,
        "、".join(changed(one)), a.article, a.target.quote or _NO_TEXT, b.article, b.target.quote or _NO_TEXT,
    )  # fmt: skip


def _alone_row(title: str, one: Entry) -> tuple[object, ...]:
    from duheng.reading.comparing.words import demand

    target = one.target
    return title, target.indicator, target.scope or "", demand(target), one.article, target.quote or _NO_TEXT
