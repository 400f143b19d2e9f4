"""What to know of a result over a plain table, though nothing is wrong with the table."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

import polars as pl

from duheng.model import Parameter, Places, Quantity, Rule
from duheng.model.periods import parse
from duheng.model.references import Reference

ESTIMATE = "测算"


def unverified(rule: Rule, facts: pl.DataFrame) -> Iterator[str]:
    """A notice of each parameter in use whose values nobody has held against the text."""
    items = [*facts["item"].drop_nulls().unique(maintain_order=True)]
    periods = [parse(text) for text in facts["period"].unique(maintain_order=True)]
    for one in dict.fromkeys(_constants(rule, frozenset(facts["quantity"].unique()))):
        chosen = [one.at(period.end, item) for period in periods for item in (items if one.axis else [None])]
        unsure = [s.item or "" for s in chosen if s is not None and s.certainty == "memory"]
        if unsure:
            named = "、".join(filter(None, dict.fromkeys(unsure)))
            yield f"提示：{one.title}{f'（{named}）' if named else ''}取值未核实，请与原文核对"


def estimated(rule: Rule, definition: str | None) -> Iterator[str]:
    """A notice of a result that its title calls an estimate: by which text, and how sure that is."""
    if ESTIMATE not in rule.title:
        return
    fitting = [one for one in rule.wordings if one.definition == definition] or rule.wordings
    said = {"verified": "已核对", "secondary": "转引", "memory": "未核实", "derived": "推算"}
    for one in fitting[:1]:
        certainty = f"{said[one.certainty]}（{one.certainty}）"
        yield f"提示：结果为测算值，不是核定值：{rule.title}，依据：{one.cite}，可信度：{certainty}"


def _constants(of: Reference, given: frozenset[str]) -> Iterator[Parameter]:
    """The parameters that the first wording in force reads, below what no given column states."""
    if isinstance(of, Parameter):
        yield of
    elif isinstance(of, Rule) and of.id not in given:
        for reference in of.wordings[0].inputs.values():
            yield from _constants(reference, given)
    elif not isinstance(of, Quantity):
        for part in of.parts():
            yield from _constants(part, given)


_FEW = 5


def borrowed(rule: Rule, facts: pl.DataFrame, places: Places) -> Iterator[str]:
    """A notice where a value of another area or of an earlier year stands in for the one of the place and year."""
    cells = facts.select("entity", "period").unique(maintain_order=True).rows()
    items = [*facts["item"].drop_nulls().unique(maintain_order=True)]
    for one in dict.fromkeys(_constants(rule, frozenset(facts["quantity"].unique()))):
        if not (one.local() or _yearly(one)):
            continue
        lost: list[str] = []
        national: list[str] = []
        earlier: dict[int, list[str]] = defaultdict(list)
        for entity, text in cells:
            period, code = parse(text), places.code(entity)
            for item in items if one.axis else [None]:
                setting = one.at(period.end, item, code)
                if setting is None:
                    continue
                if one.local() and not setting.where:
                    (national if code else lost).append(f"{entity} {text}" if code else entity)
                if _yearly(one) and setting.since.year < period.year:
                    earlier[setting.since.year].append(f"{entity} {text}")
        if lost:
            remedy = "请把对象写成省、市、县名或行政区划代码"
            yield f"提示：{one.title}：{_few(lost)}没有认出所在地区，用的是全国值；{remedy}"
        if national:
            yield f"提示：{one.title}：{_few(national)}没有本地取值，用的是全国值"
        for year, names in earlier.items():
            yield f"提示：{one.title}：{_few(names)}用的是{year}年的取值，当年的没有收录，属暂用"


def _yearly(of: Parameter) -> bool:
    """Whether its values are published for each year: those of the nation begin three years on end."""
    years = {
        one.since.year for one in of.settings if not one.where and (one.since.month, one.since.day) == (1, 1)
    }
    return any({year, year + 1, year + 2} <= years for year in years)


def _few(names: list[str]) -> str:
    once = [*dict.fromkeys(names)]
    return "、".join(once[:_FEW]) + (f" 等{len(once)}项" if len(once) > _FEW else " ")
