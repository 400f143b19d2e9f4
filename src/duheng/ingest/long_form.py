"""Reading a long table: one number a row, its quantity, entity, item, period, unit and definition in columns."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from duheng.ingest.cells import CellTrouble, Number, plain, read_number, read_period
from duheng.ingest.grids import Sheet
from duheng.ingest.headers import Header, find_header, required_roles, role_titles
from duheng.ingest.markup import cell_name
from duheng.ingest.names import Names
from duheng.ingest.rows import Notebook, Row, Statement
from duheng.ledger import CONFIDENCE_TITLES, STATUS_TITLES
from duheng.model.periods import Period
from duheng.model.saying import listed, say

T = TypeVar("T")


def read_long(sheet: Sheet, names: Names, book: Notebook) -> bool:
    """Read the sheet into the notebook; False where it has no header of a long table at all."""
    header = find_header(sheet.rows)
    if header is None:
        return False
    broken = _check_header(sheet, header, book)
    book.first_rows[sheet.name] = header.row + 1
    reader = _RowReader(sheet, header, names, book)
    before = len(book.rows)
    for number in range(header.row):
        reader.look_at(number)
    for number in range(header.row + 1, len(sheet.rows)):
        if _filled(sheet.rows[number]):
            reader.read(number, broken)
    if len(book.rows) == before:
        trouble = CellTrouble("table-empty", "表头以下没有数据", "至少一行数据", "请填写后再导入。")
        book.note("warning", sheet.name, cell_name(header.row, 0), trouble)
    return True


def _filled(row: Sequence[object]) -> bool:
    """Whether anything but blanks stands in the row."""
    return any(map(str.strip, map(str, row)))


def _check_header(sheet: Sheet, header: Header, book: Notebook) -> bool:
    """Findings about the header; whether they make the rows unreadable."""
    titles = role_titles()
    for role, column in header.repeated:
        text = plain(sheet.rows[header.row][column])
        first = cell_name(header.row, header.columns[role])
        found = say("“{text}”与 {first} 同为“{column}”列", text=text, first=first, column=titles[role])
        trouble = CellTrouble("column-twice", found, "每种列只有一列", "请删去或改名其中一列。")
        book.note("error", sheet.name, cell_name(header.row, column), trouble)
    missing = [titles[role] for role in required_roles() if role not in header.columns]
    if missing:
        found = say("缺少“{names}”列", names=listed("”“", missing))
        expected = say("列名：{names}", names=listed("、", titles.values()))
        trouble = CellTrouble("column-missing", found, expected, "请补上表头，或下载本系统的模板填写。")
        book.note("error", sheet.name, cell_name(header.row, 0), trouble)
    broken = bool(missing or header.repeated)
    if not broken:
        _say_unread(sheet, header, book)
    return broken


def _say_unread(sheet: Sheet, header: Header, book: Notebook) -> None:
    """What a file would choose and cannot: its scenario; how sure its figures are, where it says otherwise."""
    if "scenario" in header.unread:
        cell = cell_name(header.row, header.unread["scenario"])
        remedy = "情景只能在导入时选定（--scenario），不能写在表内。"
        book.note("notice", sheet.name, cell, CellTrouble("scenario-column", "情景列未读", "", remedy))
    _say_otherwise("status", STATUS_TITLES, book.status, sheet, header, book)
    _say_otherwise("confidence", CONFIDENCE_TITLES, "quoted", sheet, header, book)


def _say_otherwise(
    role: str, titles: Mapping[str, str], taken: str, sheet: Sheet, header: Header, book: Notebook
) -> None:
    """A notice that counts the rows of an unread column by what they say, where it is not what they are taken as."""
    column = header.unread.get(role)
    if column is None:
        return
    cells = (plain(row[column]) for row in sheet.rows[header.row + 1 :] if column < len(row))
    said = Counter(titles.get(cell, cell) for cell in cells)
    others = [title for title in titles.values() if title != titles[taken] and title in said]
    if others:
        found = say(
            "“{column}”列未读，全部按“{own}”收下；{others}",
            column=plain(sheet.rows[header.row][column]),
            own=titles[taken],
            others=listed("、", (say("{n}行写“{title}”", n=said[title], title=title) for title in others)),
        )
        trouble = CellTrouble(f"{role}-column", found, "", _REMEDY[role])
        book.note("notice", sheet.name, cell_name(header.row, column), trouble)


_REMEDY = {
    "status": "级别只在命令行导入时可选（--status），网页报送一律为填报；请按级别分成几个文件。",
    "confidence": "请核对原文后再导入；未核实的数不要作为填报数导入。",
}


class _Known(dict[str, T]):
    """What each text of a column means, looked up once; whatever raises is looked up again."""

    def __init__(self, look: Callable[[str], T]) -> None:
        super().__init__()
        self.look = look

    def __missing__(self, text: str) -> T:
        meant = self[text] = self.look(plain(text))
        return meant


class _RowReader:
    """Reads the rows of one sheet, every row for itself: one wrong cell does not hide the next."""

    def __init__(self, sheet: Sheet, header: Header, names: Names, book: Notebook) -> None:
        self.sheet, self.header, self.names, self.book = sheet, header, names, book
        self.columns = header.columns
        self.value_column = header.columns.get("value", 0)
        self.value_letters = cell_name(0, self.value_column)[:-1]
        self.quantities = _Known(names.quantities.find)
        self.entities = _Known(names.entities.find)
        self.definitions = _Known(lambda text: names.definitions.find(text) if text else None)
        self.units = _Known(lambda text: text or header.value_unit)
        self.periods: dict[object, tuple[Period, str]] = {}

    def _text(self, cells: Sequence[object], role: str) -> str:
        """The cell of a role as text, not yet folded; empty where the row is short or the column absent."""
        column = self.columns.get(role, -1)
        cell = cells[column] if 0 <= column < len(cells) else ""
        return cell if isinstance(cell, str) else plain(cell)

    def look_at(self, number: int) -> None:
        """A row above the header: titles and notes pass; a quantity with its number waits, for it would be lost."""
        if "value" not in self.columns:
            return
        try:
            stated = self._text(self.sheet.rows[number], "quantity") and self._number(number) is not None
        except (CellTrouble, KeyError):
            return
        if not stated:
            return
        row = Row(self.sheet.name, number + 1, self.sheet.rows[number])
        self.book.rows.append(row)
        trouble = CellTrouble(
            "row-above-header", "这一行在表头以上，未读", "表头在第一行数据以上", "请移到表头以下。"
        )
        self.book.note("error", row.sheet, cell_name(number, self.value_column), trouble, row)

    def read(self, number: int, broken: bool) -> None:
        """One row: a statement, or the findings that keep it out. An unreadable table's rows only wait."""
        row = Row(self.sheet.name, number + 1, self.sheet.rows[number])
        row.period_cell = cell_name(number, self.columns.get("period", self.value_column))
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
        text, cells = self._text, row.cells
        quantity = self.quantities[text(cells, "quantity")]
        entity = self.entities[text(cells, "entity")]
        period, period_text = self._period(cells)
        definition = self.definitions[text(cells, "definition")]
        item = self.names.item(quantity, plain(text(cells, "item")))
        value = self._number(number)
        cell = f"{self.value_letters}{number + 1}"
        if value is None:
            found, remedy = "数值为空，按未填报处理（不是零）", "请补填已掌握的数；确为零的填 0。"
            self.book.note("notice", row.sheet, cell, CellTrouble("value-empty", found, "", remedy))
            return None
        converted = self.names.convert(value, self.units[text(cells, "unit")], quantity, item)
        return Statement(quantity, entity, item, period, period_text, definition, *converted, cell)

    def _period(self, cells: Sequence[object]) -> tuple[Period, str]:
        column = self.columns.get("period", -1)
        cell = cells[column] if 0 <= column < len(cells) else ""
        key = (
            cell if isinstance(cell, str) else (type(cell), cell)
        )  # True == 1 == 1.0, but they read differently
        known = self.periods.get(key)
        if known is None:
            period = read_period(cell)
            known = self.periods[key] = (period, str(period))
        return known

    def _name_troubles(self, number: int, row: Row) -> None:
        """Every trouble of a row that has one, each at its own cell."""
        text, cells = self._text, row.cells
        quantity = self._try(number, "quantity", row, lambda: self.quantities[text(cells, "quantity")])
        self._try(number, "entity", row, lambda: self.entities[text(cells, "entity")])
        self._try(number, "period", row, lambda: self._period(cells))
        self._try(number, "definition", row, lambda: self.definitions[text(cells, "definition")])
        value = self._try(number, "value", row, lambda: self._number(number))
        if quantity is None:
            return
        before = len(row.errors)
        item = self._try(number, "item", row, lambda: self.names.item(quantity, plain(text(cells, "item"))))
        if value is not None and len(row.errors) == before:
            unit, role = self.units[text(cells, "unit")], "unit" if text(cells, "unit").strip() else "value"
            self._try(number, role, row, lambda: self.names.convert(value, unit, quantity, item))

    def _try(self, number: int, role: str, row: Row, read: Callable[[], T]) -> T | None:
        """What `read` gives; None and an error at the role's cell where it cannot be read."""
        try:
            return read()
        except CellTrouble as trouble:
            column = self.columns.get(role, self.columns["value"])
            self.book.note("error", row.sheet, cell_name(number, column), trouble, row)
            return None

    def _number(self, number: int) -> Number | None:
        cells = self.sheet.rows[number]
        cell = cells[self.value_column] if self.value_column < len(cells) else ""
        return read_number(cell, (number, self.value_column) in self.sheet.marks.percents)


def formula_trouble() -> CellTrouble:
    """Why a formula is refused: the value shown is only as old as the file's last calculation, and may be stale."""
    return CellTrouble("formula", "单元格是公式", "数值", "请复制后“选择性粘贴—数值”，再导入。")
