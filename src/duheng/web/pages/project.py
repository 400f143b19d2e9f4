"""One reduction project: what its file holds, how its tonnes come about year by year, who said what when; its forms."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import replace

import polars as pl
from django.http import HttpResponse

from duheng import ledger
from duheng.assess.books import Opened, day_of
from duheng.ingest.project_forms import register_sheet, year_sheet
from duheng.ledger import FactRecord
from duheng.model.glossary import axis, kinds, quantity
from duheng.model.periods import parse
from duheng.model.plan import City
from duheng.model.rounding import printed
from duheng.model.saying import say
from duheng.web.boards import books, unread
from duheng.web.errors import BadAddress, NotThere
from duheng.web.page import TYPES, Ask, Page
from duheng.web.pages.findings import findings_table
from duheng.web.pages.handbook import CERTAINTY
from duheng.web.pages.projects import LIGHTS, decisions, evidence_certainty, rules_of
from duheng.web.pages.why import STANDING
from duheng.web.projects import EVIDENCE, KIND, STATUS, Line, figures, lines
from duheng.web.reasons import cell_address
from duheng.web.tables import Cell, Column, Table

# How a project's tonnes come about, in the order in which they are reckoned.
STEPS = (
    "planned_reduction", "annual_reduction", "first_year_reduction", "carried_reduction", "offset_used",
    "cancelled_reduction", "first_year_estimate", "carried_estimate", "project_reduction",
)  # fmt: skip
MOST_VINTAGES = 200


def show(ask: Ask, id: str) -> Page:
    """A project's attributes, evidence, figures by year, findings and history."""
    here, words = books(ask), ask.words
    own = [line for line in lines(here) if line.project.id == id]
    if not own:
        raise NotThere(say("没有编号为“{id}”的减排项目。请从“减排项目”页选择。", id=id[:40]))
    first = own[0]
    tables = [
        _evidence(ask, here, first),
        *(_figures(ask, here, line) for line in own),
        _history(ask, here, id),
    ]
    found = list(dict.fromkeys(finding for line in own for finding in line.findings))
    return Page(
        template="project.html",
        title=words.name(first.project),
        data=_as_json(here, own),
        context={
            "lines": [(line, words(STATUS[line.status]), LIGHTS[line.status]) for line in own],
            "first": first,
            "attributes": list(_attributes(ask, first)),
            "years": [_figures(ask, here, line) for line in own],
            "findings": findings_table(ask, words("核查提示"), found),
        },
        tables=tuple(tables),
        values=decisions(ask, own),
        unread=unread(ask, rules_of(own), ""),
    )


def _attributes(ask: Ask, line: Line) -> Iterator[tuple[str, str]]:
    words = ask.words
    if line.type:
        yield words("类型"), f"{line.type.id} {words.title(line.type)}"
        yield words("算式依据"), words.cite(line.type.rule.wordings[0].cite)
    yield words("县（区）"), words.name(line.county) if line.county else "—"
    for name, attribute in kinds()[KIND].attributes.items():
        value = line.project.attributes.get(name)
        if name == "project_type" or value in (None, ""):
            continue
        if attribute.type == "yesno":
            yield words.title(attribute), words("是" if value in (True, "yes") else "否")
        else:
            yield words.title(attribute), words.amount(words.value(str(value)), attribute.unit)


def _evidence(ask: Ask, here: Opened, line: Line) -> Table:
    words = ask.words
    columns = [
        Column("document", words("材料"), width=34),
        Column("asked", words("要求"), width=20),
        Column("state", words("状态"), width=12),
        Column("source", words("出处"), width=50),
    ]
    items = axis("evidence").items
    rows = []
    for document in dict.fromkeys((*line.decided, *line.documents)):
        there = line.documents.get(document)
        state = (
            Cell(words("已归档"), kind="light", light=3)
            if there
            else Cell(words("查无"), kind="light", light=1)
        )
        if there is None:
            state = Cell.missing(words("未填报"))
        title = words.title(items[document]) if document in items else document
        source, href = _source(ask, here, line, document)
        rows.append([Cell(title), _asked(ask, line, document), state, Cell(source or "—", href=href)])
    note = _evidence_note(ask, line)
    return Table("evidence", words("佐证材料"), columns, rows, note=note, empty=words("该类型没有佐证清单。"))


def _asked(ask: Ask, line: Line, document: str) -> Cell:
    """Whether the file must hold a document and how sure that is; leads to where it is decided."""
    words, setting = ask.words, line.decided.get(document)
    if line.type is None or setting is None:
        return Cell("—")
    of = books(ask).books.parameters.get(line.type.evidence_parameter)
    text = words(of.written(setting.value)) + words.bracketed(words(CERTAINTY[setting.certainty]))
    kind = "doubt" if setting.certainty == "memory" else ""
    return Cell(text, kind=kind, href=f"/parameters/{of.id}{ask.selection.context()}")


def _evidence_note(ask: Ask, line: Line) -> str:
    """Whose list it is, and whether anybody has held it against the text."""
    certainty, words = evidence_certainty(line), ask.words
    if certainty is None:
        return ""
    cites = dict.fromkeys(words.cite(one.cite) for one in line.decided.values())
    text = "佐证清单{certainty}：{cite}；由管理员在参数页增减，另一人核准。"
    return words(text, certainty=words.bracketed(words(CERTAINTY[certainty])), cite=words("；").join(cites))


def _source(ask: Ask, here: Opened, line: Line, document: str) -> tuple[str, str]:
    """Where it is said whether a document is there, newest first, and the address of that cell's history."""
    facts = here.books.facts.filter(
        (pl.col("quantity") == EVIDENCE)
        & (pl.col("entity") == line.project.id)
        & (pl.col("item") == document)
    ).sort("period", descending=True)
    if not facts.height:
        return "", ""
    row = facts.row(0, named=True)
    href = cell_address("history", ask, EVIDENCE, line.project.id, row["period"], document)
    return f"{ledger.source(row['source']).title} {row['locator']}", href


def _figures(ask: Ask, here: Opened, line: Line) -> Table:
    """What is stated and reckoned of a pollutant, a row a step, a column a year; each number with its reasons."""
    words = ask.words
    steps = [*([line.type.rule.id] if line.type else []), *STEPS]
    cells = {step: _by_year(here, line, step) for step in steps}
    years = sorted({year for by_year in cells.values() for year, _ in by_year})
    columns = [
        Column("step", words("项目"), width=34),
        *(Column(str(year), str(year), number=True) for year in years),
    ]
    rows = []
    for step in steps:
        bound, known = quantity(step), dict(cells[step])
        name = words("核定减排量") if step == "project_reduction" else words.title(bound)
        row = [Cell(name + words.bracketed(words.unit(bound.printed_unit)))]
        for year in years:
            value = printed(known.get(year), bound)
            item = line.pollutant if bound.axis else None
            href = cell_address("why", ask, step, line.project.id, str(year), item)
            row.append(Cell("—") if value is None else Cell(f"{value:f}", value, href=href))
        rows.append(row)
    title = words.title(axis("pollutant").items[line.pollutant])
    return Table(f"figures-{_number(line)}", title, columns, rows, empty=words("尚无数据。"))


def _number(line: Line) -> int:
    return [*axis("pollutant").items].index(line.pollutant) + 1


def _by_year(here: Opened, line: Line, step: str) -> list[tuple[int, float]]:
    item = line.pollutant if quantity(step).axis else None
    return [
        (year, value)
        for (entity, of, year), value in figures(here, step).items()
        if entity == line.project.id and of == item
    ]


# --- history ----------------------------------------------------------------------------------------------------------


def _history(ask: Ask, here: Opened, id: str) -> Table:
    """Everything ever said of the project, newest first, what was replaced included."""
    words = ask.words
    facts = here.books.facts.filter(pl.col("entity") == id).select("quantity", "item", "period", "definition")
    found: list[FactRecord] = []
    for of, item, period, what in facts.iter_rows():
        found += ledger.history(of, id, item, period, ask.selection.scenario, what, here.moment)
    found.sort(key=lambda one: one.seq, reverse=True)
    columns = [
        Column("recorded_at", words("入账时间"), width=18),
        Column("quantity", words("指标"), width=34),
        Column("period", words("时期"), width=10),
        Column("stated", words("原文数值"), width=18),
        Column("status", words("级别"), width=10),
        Column("standing", words("状态"), width=14),
        Column("source", words("出处"), width=44),
    ]
    rows = [_vintage(ask, one) for one in found[:MOST_VINTAGES]]
    more = len(found) - MOST_VINTAGES
    note = words("另有 {n} 条较早的记录，见各数字的历史。", n=more) if more > 0 else ""
    return Table(
        "history", words("历次填报"), columns, rows, note=note, empty=words("没有人报送过这个项目的数据。")
    )


def _vintage(ask: Ask, one: FactRecord) -> list[Cell]:
    words, bound = ask.words, quantity(one.quantity)
    title = words.title(bound)
    if one.item and bound.axis:
        title += f" {words.title(axis(bound.axis).items[one.item])}"
    return [
        Cell(words.moment(one.recorded_at), css="superseded" if one.standing == "superseded" else ""),
        Cell(title, href=cell_address("history", ask, one.quantity, one.entity, one.period, one.item)),
        Cell(one.period),
        Cell(one.stated),
        Cell(words(ledger.STATUS_TITLES.get(one.status, one.status))),
        Cell(words(STANDING[one.standing])),
        Cell(f"{one.source.title} {one.locator}".strip()),
    ]


def _as_json(here: Opened, own: Sequence[Line]) -> dict[str, object]:
    first = own[0]
    return {
        "id": first.project.id,
        "name": first.project.name,
        "type": first.type.id if first.type else None,
        "rule": first.type.rule.id if first.type else None,
        "attributes": dict(first.project.attributes),
        "evidence": {one: first.documents.get(one) for one in first.asked},
        "evidence_decided": {
            name: {"asked": bool(one.value), "cite": one.cite, "certainty": one.certainty}
            for name, one in first.decided.items()
        },
        "pollutants": [
            {
                "pollutant": line.pollutant,
                "status": line.status,
                "figures": {
                    step: {str(year): value for year, value in _by_year(here, line, step)} for step in STEPS
                },
                "findings": [finding.text for finding in line.findings],
            }
            for line in own
        ],
    }


# --- forms ------------------------------------------------------------------------------------------------------------


def _city(ask: Ask) -> City:
    """The city with the parameters that it replaced: they say what its projects must file."""
    return replace(ask.city, parameters=books(ask).books.parameters)


def register_form(ask: Ask) -> HttpResponse:
    """The sheet in which projects are registered."""
    out = io.BytesIO()
    register_sheet(_city(ask), ask.selection.scenario, day_of(ask.selection.as_of), out)
    return _workbook(out, "project-register")


def year_form(ask: Ask) -> HttpResponse:
    """What the registered projects must state for a year (?period=): inputs of their formulas, evidence."""
    asked = ask.request.GET.get("period", "").strip()
    if not (asked.isascii() and asked.isdigit() and len(asked) == 4):
        raise BadAddress("period", asked, "形如 2024 的年份")
    out = io.BytesIO()
    year_sheet(_city(ask), parse(asked).year, ask.selection.scenario, out)
    return _workbook(out, f"projects-{asked}")


def _workbook(out: io.BytesIO, name: str) -> HttpResponse:
    response = HttpResponse(out.getvalue(), content_type=TYPES["xlsx"])
    response["Content-Disposition"] = f'attachment; filename="duheng-{name}.xlsx"'
    return response
