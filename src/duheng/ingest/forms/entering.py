"""Form 205-1 on its way into the ledger: its findings, and what it says of a unit's fuels as statements.

The form counts from January on; the ledger knows months, quarters, halves and years. So only the sums up to January,
March, June and December are a period of it; of the others the relations are checked and nothing is entered.
"""

from __future__ import annotations

from duheng.ingest.cells import CellTrouble, Number
from duheng.ingest.forms.checking import check_forms
from duheng.ingest.forms.reading import FormSheet, Line
from duheng.ingest.forms.report import left_open, oddities
from duheng.ingest.grids import Sheet
from duheng.ingest.names import Names
from duheng.ingest.rows import Notebook, Row, Statement
from duheng.model.entities import Entity
from duheng.model.findings import Finding
from duheng.model.glossary import quantity
from duheng.model.parameters import Local
from duheng.model.periods import Period, parse
from duheng.model.saying import say

PERIODS = {1: "{year}-01", 3: "{year}Q1", 6: "{year}H1", 12: "{year}"}
ENTERED = {"use": "fuel_use", "feedstock": "feedstock_use"}


def enter_form(
    form: FormSheet, sheet: Sheet, names: Names, book: Notebook, local: Local | None = None
) -> None:
    """The form's findings and statements into the notebook. local: as for `check_forms`."""
    known = [*oddities(form, book.file), *left_open(form, book.file, local)]
    wrong: dict[str, list[Finding]] = {}
    for one in check_forms([form], local):
        finding = one.finding(book.file)
        known.append(finding)
        if finding.severity == "error":
            wrong.setdefault(one.fuel, []).append(finding)
    book.findings.extend(known)
    entity, period = _entity(form, names, book), _period(form, book)
    if entity is None or period is None:
        return
    parts = {line.row.code for line in form.lines if "use" in line.cells}
    for line in form.lines:
        if line.row.item and line.row.part_of not in parts and line.scale is not None:
            row = Row(form.sheet, line.number, sheet.rows[line.number], owner=form.reporter or None)
            row.errors.extend(wrong.get(line.row.title, []))
            _state(line, entity, period, row, names, book)
            if row.statements or row.errors:
                book.rows.append(row)


def _entity(form: FormSheet, names: Names, book: Notebook) -> Entity | None:
    try:
        return names.entities.find(form.reporter)
    except CellTrouble as trouble:
        book.note("error", form.sheet, "A1", trouble)
        return None


def _period(form: FormSheet, book: Notebook) -> Period | None:
    template = PERIODS.get(form.month or 0)
    if form.year is not None and template is not None:
        return parse(template.format(year=form.year))
    found = "表头没有写明报告期"
    if form.month:
        found = say("{year}年1—{month}月的累计数，账本没有这样的时期", year=form.year, month=form.month)
    expected, remedy = "1月、1—3月、1—6月或1—12月的累计数", "只作了审核，没有导入；请在季末、年中、年末报送。"
    book.note("error", form.sheet, "A1", CellTrouble("form-cumulative", found, expected, remedy))
    return None


def _state(line: Line, entity: Entity, period: Period, row: Row, names: Names, book: Notebook) -> None:
    assert line.scale is not None  # the caller leaves lines without a unit out
    for column, id in ENTERED.items():
        filled = line.cells.get(column)
        if filled is None:
            continue
        bound = quantity(id)
        try:
            item = names.item(bound, line.row.item)
            value = filled.value * line.scale.numerator / line.scale.denominator
            number = Number(value, None, f"{value.normalize():f}")
            converted = names.convert(number, line.row.unit, bound, item)
        except CellTrouble as trouble:
            book.note("error", row.sheet, filled.cell, trouble, row)
            continue
        row.statements.append(
            Statement(bound, entity, item, period, str(period), None, *converted, filled.cell)
        )
