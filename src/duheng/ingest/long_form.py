"""Reading a long table: one number a row, its quantity, entity, item, period, unit and definition in columns."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from duheng.ingest.cells import CellTrouble, Number, plain, read_number, read_period
from duheng.ingest.grids import Sheet
from duheng.ingest.headers import Header, find_header, required_roles, role_titles
from duheng.ingest.markup import cell_name
from duheng.ingest.names import Names
from duheng.ingest.rows import Notebook, Row, Statement
from duheng.model.periods import Period

T = TypeVar("T")


def read_long(sheet: Sheet, names: Names, book: Notebook) -> bool:
    """Read the sheet into the notebook; False where it has no header of a long table at all."""
    header = find_header(sheet.rows)
    if header is None:
        return False
    broken = _check_header(sheet, header, book)
    book.headers[sheet.name] = tuple(plain(cell) for cell in sheet.rows[header.row])
    reader = _RowReader(sheet, header, names, book)
    for number in range(header.row + 1, len(sheet.rows)):
        if any(cell != "" and str(cell).strip() for cell in sheet.rows[number]):
            reader.read(number, broken)
    return True


def _check_header(sheet: Sheet, header: Header, book: Notebook) -> bool:
    """Findings about the header; whether they make the rows unreadable."""
    titles = role_titles()
    for role, column in header.repeated:
        text = plain(sheet.rows[header.row][column])
        first = cell_name(header.row, header.columns[role])
        found = f"“{text}”与 {first} 同为“{titles[role]}”列"
        trouble = CellTrouble("column-twice", found, "每种列只有一列", "请删去或改名其中一列。")
        book.note("error", sheet.name, cell_name(header.row, column), trouble)
    if header.scenario_column is not None:
        cell = cell_name(header.row, header.scenario_column)
        remedy = "情景只能在导入时选定（--scenario），不能写在表内。"
        book.note("notice", sheet.name, cell, CellTrouble("scenario-column", "情景列未读", "", remedy))
    missing = [titles[role] for role in required_roles() if role not in header.columns]
    if missing:
        found, expected = f"缺少“{'”“'.join(missing)}”列", "列名：" + "、".join(titles.values())
        trouble = CellTrouble("column-missing", found, expected, "请补上表头，或下载本系统的模板填写。")
        book.note("error", sheet.name, cell_name(header.row, 0), trouble)
    return bool(missing or header.repeated)


class _RowReader:
    """Reads the rows of one sheet, every row for itself: one wrong cell does not hide the next."""

    def __init__(self, sheet: Sheet, header: Header, names: Names, book: Notebook) -> None:
        self.sheet, self.header, self.names, self.book = sheet, header, names, book
        self.columns = header.columns
        self._periods: dict[object, tuple[Period, str]] = {}

    def _cell(self, number: int, role: str) -> object:
        column = self.columns.get(role, -1)
        row = self.sheet.rows[number]
        return row[column] if 0 <= column < len(row) else ""

    def _text(self, number: int, role: str) -> str:
        cell = self._cell(number, role)
        return "" if cell == "" else plain(cell)

    def read(self, number: int, broken: bool) -> None:
        """One row: a statement, or the findings that keep it out. An unreadable table's rows only wait."""
        row = Row(self.sheet.name, number + 1, self.sheet.rows[number])
        self.book.rows.append(row)
        if broken:
            row.errors = [f for f in self.book.findings if f.code in ("column-missing", "column-twice")]
            return
        if self.sheet.marks.formulas:
            for role, column in self.columns.items():
                if role != "note" and (number, column) in self.sheet.marks.formulas:
                    self.book.note("error", row.sheet, cell_name(number, column), formula_trouble(), row)
        if row.errors:
            return
        try:
            said = self._statement(number, row)
        except CellTrouble:
            self._name_troubles(number, row)
        else:
            if said is not None:
                row.statements.append(said)

    def _statement(self, number: int, row: Row) -> Statement | None:
        """What the row says; None where its number is empty. Raises the first CellTrouble."""
        names, text = self.names, self._text
        quantity = names.quantities.find(text(number, "quantity"))
        entity = names.entities.find(text(number, "entity"))
        period, period_text = self._period(number)
        definition = names.definitions.find(said) if (said := text(number, "definition")) else None
        item = names.item(quantity, text(number, "item"))
        value = self._number(number)
        cell = cell_name(number, self.columns["value"])
        if value is None:
            found, remedy = "数值为空，按未填报处理（不是零）", "如已掌握请补填；确为零请填 0。"
            self.book.note("notice", row.sheet, cell, CellTrouble("value-empty", found, "", remedy))
            return None
        unit = text(number, "unit") or self.header.value_unit
        converted = names.convert(value, unit, quantity, item)
        return Statement(quantity, entity, item, period, period_text, definition, *converted, cell)

    def _period(self, number: int) -> tuple[Period, str]:
        cell = self._cell(number, "period")
        known = self._periods.get(cell)
        if known is None:
            period = read_period(cell)
            known = self._periods[cell] = (period, str(period))
        return known

    def _name_troubles(self, number: int, row: Row) -> None:
        """Every trouble of a row that has one, each at its own cell."""
        names, text = self.names, self._text
        quantity = self._try(number, "quantity", row, lambda: names.quantities.find(text(number, "quantity")))
        self._try(number, "entity", row, lambda: names.entities.find(text(number, "entity")))
        self._try(number, "period", row, lambda: self._period(number))
        if said := text(number, "definition"):
            self._try(number, "definition", row, lambda: names.definitions.find(said))
        value = self._try(number, "value", row, lambda: self._number(number))
        if quantity is None:
            return
        before = len(row.errors)
        item = self._try(number, "item", row, lambda: names.item(quantity, text(number, "item")))
        if value is not None and len(row.errors) == before:
            own = text(number, "unit")
            unit, role = own or self.header.value_unit, "unit" if own else "value"
            self._try(number, role, row, lambda: names.convert(value, unit, quantity, item))

    def _try(self, number: int, role: str, row: Row, read: Callable[[], T]) -> T | None:
        """What `read` gives; None and an error at the role's cell where it cannot be read."""
        try:
            return read()
        except CellTrouble as trouble:
            column = self.columns.get(role, self.columns["value"])
            self.book.note("error", row.sheet, cell_name(number, column), trouble, row)
            return None

    def _number(self, number: int) -> Number | None:
        percent = (number, self.columns["value"]) in self.sheet.marks.percents
        return read_number(self._cell(number, "value"), percent)


def formula_trouble() -> CellTrouble:
    """Why a formula is refused: the value shown is only as old as the file's last calculation, and may be stale."""
    return CellTrouble("formula", "单元格是公式", "数值", "请复制后“选择性粘贴—数值”，再导入。")
