"""Reading the program's own forms: rows are entities (and items), columns are quantities with their units.

A form names its duty, plan and version in the block above the table; who owes it comes from the duty, so every
finding can name the unit that can mend it. The layout is written by `template`; its texts are in `columns.yaml`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeGuard

from duheng.ingest.cells import CellTrouble, plain, read_number, split_unit
from duheng.ingest.form_head import FormHead, read_duty, read_form_period, read_head
from duheng.ingest.grids import Grid, Sheet
from duheng.ingest.headers import form_texts
from duheng.ingest.long_form import formula_trouble
from duheng.ingest.markup import cell_name
from duheng.ingest.members import expected_items, expected_members
from duheng.ingest.names import Names
from duheng.ingest.rows import Notebook, Row, Statement
from duheng.model.entities import Entity, Places
from duheng.model.glossary import Quantity
from duheng.model.periods import Period
from duheng.model.plan import City, Duty
from duheng.model.saying import listed, say


@dataclass(frozen=True)
class FormColumns:
    """Columns of the table below the head: keys, quantities, and the unit and definition texts of each."""

    code: int | None
    entity: int | None
    item: int | None
    item_unit: int | None
    quantities: dict[int, Quantity]
    units: dict[int, str | None]
    definitions: dict[int, str | None]
    first_row: int


def read_form(sheet: Sheet, city: City, places: Places, names: Names, book: Notebook) -> None:
    """Read a form into the notebook. Findings of its cells name the unit that owes the form."""
    head = read_head(sheet)
    found = read_duty(sheet, head, city, book)
    if found is None:
        return
    plan, duty = found
    book.owner = duty.by
    period = read_form_period(sheet, head, plan, duty, book)
    columns = _read_columns(sheet, head, duty, names, book)
    if period is None or columns is None:
        _all_wait(sheet, head, book)
    else:
        _FormReader(sheet, duty, period, columns, places, names, book, plan.base_year).read()
    book.owner = None


def _read_columns(
    sheet: Sheet, head: FormHead, duty: Duty, names: Names, book: Notebook
) -> FormColumns | None:
    texts = form_texts()
    row = sheet.rows[head.header]
    keys: dict[str, int] = {}
    quantities: dict[int, Quantity] = {}
    broken = False
    for column, cell in enumerate(row):
        text = plain(cell) if isinstance(cell, str) else ""
        role = next(
            (r for r in ("entity", "entity_code", "item", "item_unit", "note") if text in texts[r]), None
        )
        if role is not None:
            keys[role] = column
        elif text:
            broken |= not _quantity_column(sheet, head.header, column, text, quantities, names, book)
    missing = [id for id in duty.quantities if id not in {q.id for q in quantities.values()}]
    if missing:
        lacking = listed("、", (names.quantities.names.get(id, id) for id in missing))
        book.note("error", sheet.name, cell_name(head.header, 0), _columns_missing(lacking))
    if missing or broken:
        return None
    units, definitions, first = _rows_below(sheet.rows, head.header, quantities)
    return FormColumns(
        keys.get("entity_code"),
        keys.get("entity"),
        keys.get("item"),
        keys.get("item_unit"),
        quantities,
        units,
        definitions,
        first,
    )


def _columns_missing(lacking: str) -> CellTrouble:
    return CellTrouble(
        "column-missing",
        say("缺少列：{lacking}", lacking=lacking),
        "表单原有的各列",
        "请恢复该列；未掌握的整列留空。",
    )


def _quantity_column(
    sheet: Sheet,
    number: int,
    column: int,
    text: str,
    quantities: dict[int, Quantity],
    names: Names,
    book: Notebook,
) -> bool:
    """Recognise one quantity column; False after an error."""
    title = text if text in names.quantities.names else split_unit(text)[0]
    try:
        quantity = names.quantities.find(title)
        if quantity in quantities.values():
            raise CellTrouble(
                "column-twice", say("“{title}”有两列", title=title), "每个指标一列", "请删去其中一列。"
            )
    except CellTrouble as trouble:
        book.note("error", sheet.name, cell_name(number, column), trouble)
        return False
    quantities[column] = quantity
    return True


def _rows_below(
    rows: Grid, header: int, columns: dict[int, Quantity]
) -> tuple[dict[int, str | None], dict[int, str | None], int]:
    """Units (from the header's brackets or the row of units), definitions, and the first row of data."""
    texts = form_texts()
    # Brackets of a quantity's own title (可比价) are no unit.
    units: dict[int, str | None] = {
        c: None
        if (text := plain(rows[header][c])) in (plain(q.title), plain(q.title_en))
        else split_unit(text)[1]
        for c, q in columns.items()
    }
    definitions: dict[int, str | None] = dict.fromkeys(columns)
    first = header + 1
    for below in rows[header + 1 : header + 3]:
        label = plain(below[0]) if below and isinstance(below[0], str) else ""
        if label not in (texts["units_row"], texts["definitions_row"]):
            break
        target = units if label == texts["units_row"] else definitions
        for column in columns:
            if column < len(below) and plain(below[column]):
                target[column] = plain(below[column])
        first += 1
    return units, definitions, first


def _all_wait(sheet: Sheet, head: FormHead, book: Notebook) -> None:
    """Rows of a form that cannot be read as a whole wait with the form's own errors."""
    errors = [finding for finding in book.findings if finding.severity == "error"]
    book.first_rows[sheet.name] = head.header + 1
    for number in range(head.header + 1, len(sheet.rows)):
        texts = tuple(plain(cell) for cell in sheet.rows[number])
        if any(texts):
            book.rows.append(
                Row(sheet.name, number + 1, sheet.rows[number], errors=list(errors), owner=book.owner)
            )


def _given(text: object) -> TypeGuard[str]:
    return isinstance(text, str) and bool(text)


class _FormReader:
    """Reads the rows of a form whose head and columns are in order."""

    def __init__(
        self,
        sheet: Sheet,
        duty: Duty,
        period: Period,
        columns: FormColumns,
        places: Places,
        names: Names,
        book: Notebook,
        base_year: int,
    ) -> None:
        self.base_year = base_year
        self.sheet, self.duty, self.period, self.columns = sheet, duty, period, columns
        self.names, self.book = names, book
        self.members = {entity.id: entity for entity in expected_members(duty, places, period)}
        self.seen: set[tuple[str, str | None]] = set()

    def _definition(self, column: int) -> str | None:
        """The definition of a column; raises CellTrouble for an unknown one: whose figures they are is not guessed."""
        said = self.columns.definitions[column]
        if not said or said.startswith("("):
            return self.columns.quantities[column].at_prices_of(self.base_year)
        return self.names.definitions.find(said)

    def read(self) -> None:
        """All rows, then what is expected and has no row."""
        self.book.first_rows[self.sheet.name] = self.columns.first_row
        for number in range(self.columns.first_row, len(self.sheet.rows)):
            texts = tuple(plain(cell) for cell in self.sheet.rows[number])
            if not any(texts):
                continue
            row = Row(self.sheet.name, number + 1, self.sheet.rows[number], owner=self.duty.by)
            if self._beside(number, texts):
                continue
            self.book.rows.append(row)
            self._row(number, row)
        self._absent()

    def _beside(self, number: int, texts: tuple[str, ...]) -> bool:
        """Whether a row says nothing of any member, as what people write below or beside a form: named, not read."""
        keys = (self.columns.code, self.columns.entity)
        named = [texts[key] for key in keys if key is not None and key < len(texts) and texts[key]]
        if any(self._filled(number, c) for c in self.columns.quantities):
            return False
        if any(name in self.names.entities.names for name in named):
            return False
        column = next(n for n, text in enumerate(texts) if text)
        found = say("“{text}”在表外，没有读取", text=texts[column][:40])
        trouble = CellTrouble("beside-form", found, "", "如是要报的数，请填入表内相应的行和列。")
        self.book.note("notice", self.sheet.name, cell_name(number, column), trouble)
        return True

    def _row(self, number: int, row: Row) -> None:
        try:
            entity = self._entity(number, row)
            item_text = self._text(number, self.columns.item)
        except CellTrouble as trouble:
            by_code = self._text(number, self.columns.code) and trouble.code != "entity-mismatch"
            keys = (self.columns.code, self.columns.entity)
            column = next((key for key in (keys if by_code else reversed(keys)) if key is not None), 0)
            self.book.note("error", row.sheet, cell_name(number, column), trouble, row)
            return
        empty = [c for c in self.columns.quantities if not self._filled(number, c)]
        self.seen.add((entity.id, item_text or None))
        for column, quantity in self.columns.quantities.items():
            if column not in empty:
                self._cell(number, column, quantity, entity, item_text, row)
        self._note_empty(number, empty, row)

    def _note_empty(self, number: int, empty: list[int], row: Row) -> None:
        """Expected but not stated: one notice a cell, or one for a row left empty."""
        remedy = "请补填已掌握的数；确为零的填 0。"
        if len(empty) == len(self.columns.quantities) and len(empty) > 1:
            place, found = cell_name(number, empty[0]), "整行未填报（不是零）"
            self.book.note("notice", row.sheet, place, CellTrouble("value-empty", found, "", remedy))
            return
        for column in empty:
            found = say("“{title}”未填报（不是零）", title=self.columns.quantities[column])
            self.book.note(
                "notice", row.sheet, cell_name(number, column), CellTrouble("value-empty", found, "", remedy)
            )

    def _text(self, number: int, column: int | None) -> str:
        row = self.sheet.rows[number]
        return plain(row[column]) if column is not None and column < len(row) else ""

    def _filled(self, number: int, column: int) -> bool:
        return bool(self._text(number, column)) or (number, column) in self.sheet.marks.formulas

    def _entity(self, number: int, row: Row) -> Entity:
        code, name = self._text(number, self.columns.code), self._text(number, self.columns.entity)
        entity = self.names.entities.find(code or name)
        if code and name and self.names.entities.names.get(name) is not entity:
            place = cell_name(number, self.columns.entity or 0)
            raise CellTrouble(
                "entity-mismatch",
                say(
                    "代码 {code} 是“{entity}”，名称却写“{name}”（{place}）",
                    code=code,
                    entity=entity,
                    name=name,
                    place=place,
                ),
                "代码与名称一致",
                "请恢复模板原有的代码和名称。",
            )
        if entity.id not in self.members:
            place = cell_name(number, self.columns.code or self.columns.entity or 0)
            found = say("“{entity}”不在本表应填对象之内", entity=entity)
            self.book.note(
                "warning",
                row.sheet,
                place,
                CellTrouble("entity-unexpected", found, "模板原有的对象", "请核对；仍予导入。"),
            )
        return entity

    def _cell(
        self, number: int, column: int, quantity: Quantity, entity: Entity, item_text: str, row: Row
    ) -> None:
        cell = cell_name(number, column)
        try:
            if (number, column) in self.sheet.marks.formulas:
                raise formula_trouble()
            value = read_number(
                self.sheet.rows[number][column], (number, column) in self.sheet.marks.percents
            )
            if value is None:
                return
            item = self.names.item(quantity, item_text if quantity.axis else "")
            own = self._text(number, self.columns.item_unit) if "<" in quantity.unit else ""
            unit = own or self.columns.units[column]
            converted = self.names.convert(value, unit, quantity, item)
            definition = self._definition(column)
        except CellTrouble as trouble:
            self.book.note("error", row.sheet, cell, trouble, row)
            return
        said = Statement(quantity, entity, item, self.period, str(self.period), definition, *converted, cell)
        row.statements.append(said)

    def _absent(self) -> None:
        """Expected entities and items that have no row at all."""
        if not self.members:
            found, remedy = "本表没有应填对象（台账为空）", "请先在台账中登记对象，再重新下载模板。"
            self.book.note("notice", self.sheet.name, "", CellTrouble("no-members", found, "", remedy))
        wanted = expected_items(self.duty)
        for entity in self.members.values():
            lacking = [item for item in wanted if (entity.id, item) not in self.seen]
            if lacking:
                rows = listed("、", filter(_given, lacking))
                found = say(
                    "缺少“{entity}”（{rows}）的行，按未填报处理"
                    if rows
                    else "缺少“{entity}”的行，按未填报处理",
                    entity=entity,
                    rows=rows,
                )
                self.book.note(
                    "notice", self.sheet.name, "", CellTrouble("row-missing", found, "", "请恢复该行并填写。")
                )
