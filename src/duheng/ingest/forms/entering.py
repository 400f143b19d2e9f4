"""A statutory form on its way into the ledger: its findings, and what it says of a unit's use as statements.

A form counts from January on; the ledger knows months, quarters, halves and years. So only the sums up to January,
March, June and December are a period of it; of the others the relations are checked and nothing is entered. What a form
states and the ledger has no name, item or unit for is checked only, and said.
"""

from __future__ import annotations

from duheng.ingest.cells import CellTrouble, Number
from duheng.ingest.forms.checking import check_forms
from duheng.ingest.forms.filled import FormSheet, Line
from duheng.ingest.forms.report import left_open, oddities
from duheng.ingest.grids import Sheet
from duheng.ingest.names import Names
from duheng.ingest.rows import Notebook, Row, Statement
from duheng.model.entities import Entity
from duheng.model.findings import Finding
from duheng.model.glossary import quantity
from duheng.model.periods import Period, parse
from duheng.model.saying import listed, say

PERIODS = {1: "{year}-01", 3: "{year}Q1", 6: "{year}H1", 12: "{year}"}
BY_ROW = "row"  # what a column enters as is named with each row


def enter_form(form: FormSheet, sheet: Sheet, names: Names, book: Notebook) -> None:
    """The form's findings and statements into the notebook."""
    known = [*oddities(form, book.file), *left_open(form, book.file)]
    wrong: dict[str, list[Finding]] = {}
    for one in check_forms([form]):
        finding = one.finding(book.file)
        known.append(finding)
        if finding.severity == "error":
            wrong.setdefault(one.fuel, []).append(finding)
    book.findings.extend(known)
    if not form.form.settings.get("enters"):
        _only_checked(form, ["全表"], book)
        return
    entity, period = _entity(form, names, book), _period(form, book)
    if entity is None or period is None:
        return
    kind = form.form.settings.get("kind")
    if kind and entity.kind != kind:
        _only_checked(form, [say("全表（“{name}”不是公共机构）", name=entity)], book)
        return
    left: list[str] = []
    for line in _counted(form):
        row = Row(form.sheet, line.number + 1, sheet.rows[line.number], owner=form.reporter or None)
        row.errors.extend(wrong.get(line.row.title, []))
        left += _state(line, (entity, period), row, (form, names, book))
        if row.statements or row.errors:
            book.rows.append(row)
    if kind:
        left += [
            say("{title}（计量单位“{unit}”不符）", title=line.row.title, unit=line.unit)
            for line in form.lines
            if line.scale is None and line.cells
        ]
    left += _columns_left(form)
    if left:
        _only_checked(form, left, book)


def _counted(form: FormSheet) -> list[Line]:
    """The lines that are entered: not those that are part of another, nor those whose unit does not fit."""
    parts = {line.row.code for line in form.lines if line.row.code and "use" in line.cells}
    return [
        line
        for line in form.lines
        if (line.row.item or not form.form.settings.get("of_fuels"))
        and line.row.part_of not in parts
        and line.scale is not None
    ]


def _columns_left(form: FormSheet) -> list[str]:
    """The columns of figures that are checked only: stocks, costs, last year's figures."""
    if not form.form.settings.get("tells_blanks"):
        return []
    filled = {id for line in form.lines for id in (*line.cells, *line.texts)}
    unentered = [id for id in form.form.figures if id in filled and id not in form.form.settings["enters"]]
    return [say("{column}栏", column=form.form.titles[id]) for id in unentered]


def _only_checked(form: FormSheet, what: list[str], book: Notebook) -> None:
    found = say("只作了审核、没有进账本：{what}", what=listed("、", what))
    remedy = "需要进账本的数请按本系统的模板填报。"
    book.note("notice", form.sheet, "", CellTrouble("form-checked-only", found, "", remedy))


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
    if form.form.settings.get("period") == "year":
        expected, remedy = "年份，如 2023年", "只作了审核，没有导入；请在表头写明报告年份。"
    book.note("error", form.sheet, "A1", CellTrouble("form-cumulative", found, expected, remedy))
    return None


def _state(
    line: Line, about: tuple[Entity, Period], row: Row, beside: tuple[FormSheet, Names, Notebook]
) -> list[str]:
    """The line's statements into its row; what of it is checked only, with the reason."""
    form, names, book = beside
    left: list[str] = []
    for column, id in form.form.settings["enters"].items():
        filled = line.cells.get(column)
        if line.row.choices and column in line.texts:
            left.append(say("{title}（账本没有这一项）", title=line.row.title))
        if filled is None:
            continue
        named = line.row.quantity if id == BY_ROW else id
        reason = _unfit(form, line, named)
        if reason:
            left.append(reason)
            continue
        bound = quantity(named)
        assert line.scale is not None  # the caller leaves lines without a unit out
        try:
            item = names.item(bound, line.row.item)
            value = filled.value * line.scale.numerator / line.scale.denominator
            number = Number(value, None, f"{value.normalize():f}")
            converted = names.convert(number, line.base, bound, item)
        except CellTrouble as trouble:
            if id == BY_ROW and trouble.code == "unit-unfit":
                left.append(
                    say("{title}（{unit}不能换算为账本的单位）", title=line.row.title, unit=line.unit)
                )
            else:
                book.note("error", row.sheet, filled.cell, trouble, row)
            continue
        entity, period = about
        row.statements.append(
            Statement(bound, entity, item, period, str(period), None, *converted, filled.cell)
        )
    return left


def _unfit(form: FormSheet, line: Line, named: str) -> str:
    """Why a line is checked only; "" where it may be entered."""
    if not named:
        return say("{title}（账本没有这一项）", title=line.row.title)
    guessed = line.row.certainty == "memory" and not form.form.settings.get("assumes_units")
    if guessed and not line.stated:
        return say("{title}（没有印出计量单位）", title=line.row.title)
    return ""
