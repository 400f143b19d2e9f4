"""Reading the filled form P303-1 into statements: a row of the form and a fuel is one figure of one quantity.

Blank is not stated, as everywhere, unless the person who filled the form declares in its head that blank means no
such flow (the convention of the printed tables): then every blank of an expected fuel is a stated nought.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from duheng.ingest.balance.form import FOOT, PLACE, PLACE_CODE, unit_of
from duheng.ingest.balance.form_rows import FormRow, form_rows, settings
from duheng.ingest.balance.layout import layout
from duheng.ingest.cells import CellTrouble, Number, plain, read_number
from duheng.ingest.form_head import FormHead, read_duty, read_form_period
from duheng.ingest.grids import Sheet
from duheng.ingest.headers import form_texts
from duheng.ingest.long_form import formula_trouble
from duheng.ingest.markup import cell_name
from duheng.ingest.members import expected_items, expected_members
from duheng.ingest.names import Names
from duheng.ingest.rows import Notebook, Row, Statement
from duheng.model.entities import Entity, Places
from duheng.model.errors import UnitError
from duheng.model.glossary import item_unit
from duheng.model.periods import Period
from duheng.model.plan import City, Duty
from duheng.model.saying import listed, say

_HEAD_ROWS = 20


@dataclass(frozen=True)
class _Table:
    """Where the figures stand: the fuel and unit of each column, the first row of figures."""

    fuels: dict[int, str]
    units: dict[int, str]
    first: int


def is_balance_form(sheet: Sheet) -> bool:
    """Whether a sheet is the printed balance of one place: its head names the place by code."""
    return any(
        plain(cell) == PLACE_CODE for row in sheet.rows[:_HEAD_ROWS] for cell in row if isinstance(cell, str)
    )


def read_balance_form(sheet: Sheet, city: City, places: Places, names: Names, book: Notebook) -> None:
    """Read a filled form into the notebook; findings name the unit that owes it."""
    head = _head(sheet)
    found = read_duty(sheet, head, city, book)
    if found is None:
        return
    plan, duty = found
    book.owner = duty.by
    period = read_form_period(sheet, head, plan, duty, book)
    place = _place(sheet, head, duty, places, names, book)
    table = _table(sheet, head, book)
    if period is not None and place is not None and table is not None:
        _Filled(sheet, duty, period, place, table, names, book).read(_nought(head))
    book.owner = None


def _head(sheet: Sheet) -> FormHead:
    texts = form_texts()
    labels = {texts[key] for key in ("mark", "plan", "version", "period")}
    labels |= {PLACE_CODE, PLACE, settings()["blank_is"][0]}
    values: dict[str, tuple[str, object, str]] = {}
    for number, row in enumerate(sheet.rows[:_HEAD_ROWS]):
        if row and isinstance(row[0], str) and plain(row[0]) == "项目":
            return FormHead(values, number)
        for at, cell in enumerate(row[:-1]):
            text = plain(cell) if isinstance(cell, str) else ""
            if text in labels and text not in values:
                values[text] = (plain(row[at + 1]), row[at + 1], cell_name(number, at + 1))
    return FormHead(values, -1)


def _nought(head: FormHead) -> bool:
    """Whether the head declares that blank means no such flow."""
    label, _, declared = settings()["blank_is"]
    return bool(head.values.get(label, ("", "", ""))[0] == declared)


def _place(
    sheet: Sheet, head: FormHead, duty: Duty, places: Places, names: Names, book: Notebook
) -> Entity | None:
    code, _, cell = head.values.get(PLACE_CODE, ("", "", "A1"))
    name, _, _ = head.values.get(PLACE, ("", "", ""))
    try:
        entity = names.entities.find(code or name)
        if code and name and names.entities.names.get(name) is not entity:
            raise CellTrouble(
                "entity-mismatch",
                say("代码 {code} 是“{entity}”，名称却写“{name}”（{place}）", code=code, entity=entity, name=name,
                    place=cell),
                "代码与名称一致",
                "请恢复模板原有的代码和名称。",
            )  # fmt: skip
    except CellTrouble as trouble:
        book.note("error", sheet.name, cell, trouble)
        return None
    if entity.id not in {one.id for one in expected_members(duty, places)}:
        found = say("“{entity}”不在本表应填对象之内", entity=entity)
        unexpected = CellTrouble("entity-unexpected", found, "模板原有的对象", "请核对；仍予导入。")
        book.note("warning", sheet.name, cell, unexpected)
    return entity


def _table(sheet: Sheet, head: FormHead, book: Notebook) -> _Table | None:
    if head.header < 0:
        return None  # read_duty has said so
    known = layout()
    titles = sheet.rows[head.header]
    below = sheet.rows[head.header + 1] if head.header + 1 < len(sheet.rows) else []
    fuels, units = {}, {}
    for at, cell in enumerate(titles[1:], 1):
        text = plain(cell) if isinstance(cell, str) else ""
        column = known.column(text) if text else None
        if column is not None and column.fuel:
            fuels[at] = column.item
            units[at] = plain(below[at]) if at < len(below) and plain(below[at]) else column.unit
        elif text and column is None:
            trouble = CellTrouble(
                "column-unknown",
                say("不认识的列“{text}”", text=text[:40]),
                "表式规定的品种",
                "请恢复模板原有的列。",
            )
            book.note("error", sheet.name, cell_name(head.header, at), trouble)
    first = head.header + 1
    while first < len(sheet.rows) and plain(_cell(sheet, first, 0)) in ("计量单位", "甲"):
        first += 1
    return _Table(fuels, units, first) if fuels else None


def _cell(sheet: Sheet, number: int, at: int) -> object:
    row = sheet.rows[number]
    return row[at] if at < len(row) else ""


class _Filled:
    """Reads the figures of a form whose head is in order."""

    def __init__(
        self,
        sheet: Sheet,
        duty: Duty,
        period: Period,
        place: Entity,
        table: _Table,
        names: Names,
        book: Notebook,
    ) -> None:
        self.sheet, self.duty, self.period, self.place = sheet, duty, period, place
        self.table, self.names, self.book = table, names, book
        self.asked = frozenset(expected_items(duty))
        self.blank: list[str] = []

    def read(self, nought: bool) -> None:
        """All rows. nought: a blank cell of an expected fuel states that there is no such flow."""
        for number, row in self._rows():
            line = Row(self.sheet.name, number + 1, self.sheet.rows[number], owner=self.duty.by)
            self.book.rows.append(line)
            for at, item in self.table.fuels.items():
                self._figure(number, at, row, item, line, nought)
        if self.blank:
            found = say(
                "{n}格未填报（不是零）：{names}等", n=len(self.blank), names=listed("、", self.blank[:6])
            )
            remedy = "请补填已掌握的数；确无此项的填 0，或在表头“空格表示”一格选“没有这种流量”。"
            self.book.note("notice", self.sheet.name, "", CellTrouble("value-empty", found, "", remedy))

    def _rows(self) -> Iterator[tuple[int, FormRow]]:
        """Rows of the form by their printed names; a name that is none of them is a finding."""
        by_code = {one.row.code: one for one in form_rows()}
        part, seen = "", set()
        for number in range(self.table.first, len(self.sheet.rows)):
            text = plain(_cell(self.sheet, number, 0))
            if text.startswith(plain(FOOT[0])):
                break
            if not text:
                continue
            found = layout().row(text, part)
            if found is None or found.code not in by_code:
                if any(plain(_cell(self.sheet, number, at)) for at in self.table.fuels):
                    self._unknown_row(number, text)
                continue
            part = found.code if found.role == "head" else part
            if found.code in seen:
                self._unknown_row(number, text, "这一行出现两次")
                continue
            seen.add(found.code)
            yield number, by_code[found.code]
        lacking = [one.title for one in form_rows() if not one.made and one.row.code not in seen]
        if lacking:
            said = say("没有这些行，按未填报处理：{rows}", rows=listed("、", lacking))
            trouble = CellTrouble("row-missing", said, "", "请恢复这些行并填写。")
            self.book.note("notice", self.sheet.name, "", trouble)

    def _unknown_row(self, number: int, text: str, found: str = "不认识的行") -> None:
        said = say("{found}“{text}”，内有数字", found=found, text=text[:40])
        trouble = CellTrouble("row-unknown", said, "表式规定的项目，每项一行", "请恢复模板原有的行名。")
        self.book.note("error", self.sheet.name, cell_name(number, 0), trouble)

    def _figure(self, number: int, at: int, row: FormRow, item: str, line: Row, nought: bool) -> None:
        place = cell_name(number, at)
        computed = (number, at) in self.sheet.marks.formulas
        if row.made and computed:
            return  # a sum that the form shows; the program makes its own
        try:
            if computed:
                raise formula_trouble()
            value = read_number(_cell(self.sheet, number, at), (number, at) in self.sheet.marks.percents)
            if value is None:
                self._blank(row, item, place, line, nought)
                return
            figure, stated, unit = self._converted(value, at, row, item)
            if row.row.role in ("input", "outflow") and figure > 0:
                raise CellTrouble(
                    "sign-wrong", say("“{title}”为正数 {stated}", title=row, stated=stated), "不大于0的数",
                    "请按表式填负数。",
                )  # fmt: skip
        except CellTrouble as trouble:
            self.book.note("error", self.sheet.name, place, trouble, line)
            return
        self._state(row, item, figure, stated, unit, place, line)

    def _converted(self, value: Number, at: int, row: FormRow, item: str) -> tuple[Decimal, str, str]:
        printed = self.table.units[at]
        try:
            said = str(unit_of(printed)) if value.unit is None else printed
        except UnitError as trouble:
            raise CellTrouble(
                "unit-unknown", str(trouble), "表式规定的计量单位", "请恢复模板原有的单位。"
            ) from None
        figure, _, declared = self.names.convert(value, said, row.quantity, item)
        stated = value.text if value.unit else f"{value.text} {printed}"
        return figure, stated, declared

    def _blank(self, row: FormRow, item: str, place: str, line: Row, nought: bool) -> None:
        if row.made or item not in self.asked:
            return
        if nought:
            unit = item_unit(row.quantity, item)
            self._state(row, item, Decimal(0), "空格（表头声明：没有这种流量）", unit, place, line)
        else:
            self.blank.append(place)

    def _state(
        self, row: FormRow, item: str, figure: Decimal, stated: str, unit: str, place: str, line: Row
    ) -> None:
        line.statements.append(
            Statement(row.quantity, self.place, item, self.period, str(self.period), None, figure, stated, unit, place)
        )  # fmt: skip
