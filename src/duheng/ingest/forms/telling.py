"""What is told of a form beside its findings: relations that it cannot show to hold, and figures worked out from it."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from duheng.ingest.forms.checking import applies, is_total, said, scale_of, sides, sum_over, total_line
from duheng.ingest.forms.filled import FormSheet, Line
from duheng.ingest.forms.formula import evaluate, names
from duheng.ingest.forms.knowing import known_in, states
from duheng.ingest.forms.layout import Relation
from duheng.ingest.forms.thresholds import thresholds_of
from duheng.model.saying import listed, say

_NAMED = 10  # rows that a sentence names before it counts the rest


def unchecked(sheet: FormSheet) -> list[str]:
    """Relations that this sheet cannot show to hold, in words: those of other forms, and what lacks a figure.

    Not those that a city does not check.
    """
    found, limits = list(sheet.form.settings.get("elsewhere", ())), thresholds_of(sheet)
    for group, tell in (("totals", _total), ("overall", _overall)):
        for check in sheet.form.listed(group):
            if limits.relation(check["title"]) is not None:
                found += tell(sheet, check)
    if sheet.form.settings.get("tells_blanks"):
        for relation in sheet.form.relations:
            if limits.relation(relation.title) is not None:
                found += _blanks(sheet, relation)
    return found


def _total(sheet: FormSheet, check: Any) -> Iterator[str]:
    total, (first, *rest) = total_line(sheet, check), names(check["of"])
    over = check.get("over", first)
    needed = [first, *rest]
    bare = [
        line.row.title
        for line in sheet.lines
        if line is not total
        and states(sheet, line, over)
        and any(not states(sheet, line, name) for name in needed)
    ]
    if bare and check.get("lacking", "采用折标系数") == "采用折标系数":
        yield say("{check}（{fuels}没有采用折标系数）", check=check["title"], fuels=listed("、", bare))
    elif bare:
        yield say(
            "{check}（{rows}没有填{what}）", check=check["title"], rows=_rows(bare), what=check["lacking"]
        )
    elif total is None and sheet.form.settings.get("tells_blanks"):
        yield say("{check}（表中没有合计行）", check=check["title"])


def _overall(sheet: FormSheet, check: Any) -> Iterator[str]:
    sums = [sum_over(sheet, check[side]) for side in ("left", "right")]
    lacking = [title for _, titles in sums for title in titles]
    if lacking:
        yield say("{check}（{rows}没有单一的折标系数）", check=check["title"], rows=_rows(lacking))
    elif any(made is None for made, _ in sums):
        yield say("{check}（没有可核对的数）", check=check["title"])


def _blanks(sheet: FormSheet, relation: Relation) -> Iterator[str]:
    """The rows in which a figure of a relation is stated and another is not; all of them where no row has them all."""
    left, right = sides(relation)
    needed, lines = (
        (*names(left), *names(right)),
        [one for one in sheet.lines if applies(sheet, relation, one)],
    )
    full, partly, scaled = 0, list[str](), list[str]()
    for line in lines:
        known = known_in(sheet, line)
        one, other = evaluate(left, known), evaluate(right, known)
        if one is None or other is None:
            if any(states(sheet, line, name) for name in needed):
                partly.append(line.row.title)
            continue
        full += 1
        if relation.scaled and scale_of(relation, one, other) not in (1.0, None):
            scaled.append(line.row.title)
    if partly:
        template = "{check}（{rows}缺数或除数为零）" if "/" in left + right else "{check}（{rows}缺数）"
        yield say(template, check=relation.title, rows=_rows(partly))
    elif not full:
        yield say("{check}（没有可核对的数）", check=relation.title)
    if scaled:
        yield say(
            "{check}（{rows}：{remark}）", check=relation.title, rows=_rows(scaled), remark=relation.scaled
        )


def _rows(titles: list[str]) -> str:
    kept = list(dict.fromkeys(titles))
    if len(kept) <= _NAMED:
        return listed("、", kept)
    return say("{rows}等{n}行", rows=listed("、", kept[:_NAMED]), n=len(kept))


def worked_out(sheet: FormSheet) -> list[tuple[str, str]]:
    """Figures that the texts want looked at without a bound, and what is uncertain of a row: (cell, sentence)."""
    found: list[tuple[str, str]] = [
        (filled.cell, say("{title}：{remark}", title=line.row.title, remark=line.row.remark))
        for line in sheet.lines
        for filled in [*line.cells.values()][:1]
        if line.row.remark
    ]
    for one in sheet.form.settings.get("told", ()):
        for line in sheet.lines:
            needed = [line.cells[name] for name in names(one["of"]) if name in line.cells]
            if is_total(sheet, line) or line.scale is None or any(filled.value < 0 for filled in needed):
                continue
            made = evaluate(one["of"], known_in(sheet, line))
            if made is None:
                continue
            found.append((needed[0].cell, _told(sheet, line, one, made.value)))
    return found


def _told(sheet: FormSheet, line: Line, one: Any, value: Decimal) -> str:
    if one.get("share"):
        return say("“{title}”{what}{value}", title=line.row.title, what=one["title"], value=f"{value:+.1%}")
    unit = sheet.form.kinds["cost"].unit if "cost" in sheet.form.kinds else ""
    per = f"{unit}/{line.unit}" if unit and line.unit else ""
    last = evaluate(one["last"], known_in(sheet, line)) if "last" in one else None
    now = f"{_short(value)}{per}"
    if last is None or not last.value:
        return say("“{title}”{what}{value}", title=line.row.title, what=one["title"], value=now)
    return say(
        "“{title}”{what}{value}，上年{last}，变化{share}", title=line.row.title, what=one["title"], value=now,
        last=_short(last.value), share=f"{value / last.value - 1:+.1%}",
    )  # fmt: skip


def _short(value: Decimal) -> str:
    """Four digits that count."""
    return said(Decimal(f"{value:.4g}"))
