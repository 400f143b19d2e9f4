"""Form 205-1 as it lies in a sheet: columns and rows placed by their titles, every oddity a finding."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

from duheng.ingest.cells import CellTrouble, plain, read_number
from duheng.ingest.forms.layout import Form, FuelRow, form_205_1, told
from duheng.ingest.grids import Sheet
from duheng.ingest.markup import cell_name
from duheng.model.errors import UnitError
from duheng.model.findings import Severity
from duheng.model.saying import listed, say
from duheng.model.units import parse_unit, ratio

SEARCHED, HEADER_ROWS = 30, 4
FIGURES = ("opening", "purchased", "purchased_outside", "purchase_cost", "use", "industrial", "feedstock",
           "non_industrial", "transport", "closing", "factor")  # fmt: skip
_UNIT_NAME = re.compile(r"(?:单位详细名称|单位名称|企业名称|填报单位)[:：]?\s*(.*)")
_MONTHS = re.compile(r"(\d{4})\s*年\s*(?:(?:1|一)\s*[-—–至~～]\s*)?(\d{1,2})\s*月")


@dataclass(frozen=True)
class Filled:
    """A figure of the form: its value and the cell in which it stands."""

    value: Decimal
    cell: str


@dataclass
class Line:
    """A row of the form as filled in. scale: from the unit printed to the form's; None where they do not fit."""

    row: FuelRow
    number: int
    cells: dict[str, Filled] = field(default_factory=dict)
    scale: Fraction | None = Fraction(1)


@dataclass
class FormSheet:
    """A sheet that holds the form: who filled it in, for January to which month, its lines, and what was odd.

    troubles: (severity, cell, trouble) of what could not be read or placed.
    """

    sheet: str
    reporter: str
    year: int | None
    month: int | None
    lines: list[Line] = field(default_factory=list)
    troubles: list[tuple[Severity, str, CellTrouble]] = field(default_factory=list)

    def line(self, code: str) -> Line | None:
        """The line with this code."""
        return next((line for line in self.lines if line.row.code == code), None)


def form_hints() -> frozenset[str]:
    """Titles by which the delimiter of a CSV is told."""
    return frozenset(form_205_1().titles.values())


def read_form_sheet(sheet: Sheet) -> FormSheet | None:
    """The form in a sheet; None where the sheet is not one."""
    form = form_205_1()
    placed = _header(sheet, form)
    if placed is None:
        return None
    columns, first, top = placed
    found = FormSheet(sheet.name, *_head(sheet, top))
    _unknown_columns(sheet, columns, (top, first), form, found)
    _lacking_columns(columns, first, form, found)
    seen: dict[str, int] = {}
    for number in range(first, len(sheet.rows)):
        _read_line(sheet, number, columns, form, found, seen)
    return found


def _header(sheet: Sheet, form: Form) -> tuple[dict[str, int], int, int] | None:
    """Columns by id, the first row of data and the first of the header, which may be several rows high."""
    for top in range(min(SEARCHED, len(sheet.rows))):
        window = sheet.rows[top : top + HEADER_ROWS]
        columns: dict[str, int] = {}
        last = top
        for offset, row in enumerate(window):
            for column, cell in enumerate(row):
                id = form.columns.get(told(cell)) if isinstance(cell, str) and cell.strip() else None
                if id is not None and id not in columns and column not in columns.values():
                    columns[id] = column
                    last = top + offset
        named = "fuel" in columns and any(
            isinstance(cell, str) and form.columns.get(told(cell)) == "fuel" for cell in window[0]
        )
        if (
            named
            and {"use", "industrial"} <= columns.keys()
            and len(columns) >= form.settings["least_columns"]
        ):
            return columns, _below_codes(sheet, columns, last + 1), top
    return None


def _below_codes(sheet: Sheet, columns: dict[str, int], first: int) -> int:
    """The row below the one that numbers the columns (甲 乙 丙 1 2 3), where there is one."""
    if first < len(sheet.rows):
        row = sheet.rows[first]
        if columns["fuel"] < len(row) and plain(row[columns["fuel"]]) == "甲":
            return first + 1
    return first


def _head(sheet: Sheet, top: int) -> tuple[str, int | None, int | None]:
    reporter, year, month = "", None, None
    for row in sheet.rows[:top]:
        texts = [plain(cell) for cell in row]
        for place, text in enumerate(texts):
            name = _UNIT_NAME.match(text)
            if name and not reporter:
                reporter = name[1].strip() or next((one for one in texts[place + 1 :] if one), "")
            months = _MONTHS.search(text)
            if months and 1 <= int(months[2]) <= 12:
                year, month = int(months[1]), int(months[2])
    return reporter, year, month


def _unknown_columns(
    sheet: Sheet, columns: dict[str, int], rows: tuple[int, int], form: Form, found: FormSheet
) -> None:
    top, first = rows
    width = max((len(row) for row in sheet.rows), default=0)
    for column in sorted(set(range(width)) - set(columns.values())):
        filled = [n for n in range(first, len(sheet.rows)) if _text(sheet, n, column)]
        if filled:
            titles = [_text(sheet, n, column) for n in range(top, first)]
            title = next((text for text in reversed(titles) if text), "")
            trouble = CellTrouble(
                "column-unknown", say("未知的栏“{title}”，未核对", title=title[:40]),
                say("{form}的栏", form=form.name), "请核对栏名",
            )  # fmt: skip
            found.troubles.append(("notice", cell_name(top, column), trouble))


def _lacking_columns(columns: dict[str, int], first: int, form: Form, found: FormSheet) -> None:
    lacking = [form.titles[id] for id in FIGURES if id not in columns]
    if lacking:
        trouble = CellTrouble(
            "column-lacking",
            say("表中没有{columns}栏", columns=listed("、", lacking)),
            "",
            "有关的审核关系未核对；请补充这些栏",
        )
        found.troubles.append(("notice", cell_name(max(0, first - 1), 0), trouble))


def _text(sheet: Sheet, row: int, column: int) -> str:
    cells = sheet.rows[row]
    return plain(cells[column]) if column < len(cells) else ""


def _read_line(
    sheet: Sheet, number: int, columns: dict[str, int], form: Form, found: FormSheet, seen: dict[str, int]
) -> None:
    title = _text(sheet, number, columns["fuel"])
    code = _text(sheet, number, columns["code"]) if "code" in columns else ""
    figures = {id: columns[id] for id in FIGURES if id in columns and _text(sheet, number, columns[id])}
    if not title and not code and not figures:
        return
    row, cell = form.rows.get(told(title)) or form.by_code(code), cell_name(number, columns["fuel"])
    if row is None:
        if figures:
            found.troubles.append(("warning", cell, _unknown_fuel(title, form)))
        return
    if code and form.by_code(code) is not row:
        found.troubles.append(("warning", cell_name(number, columns["code"]), _other_code(title, code, row)))
    if row.code in seen and figures:
        found.troubles.append(("error", cell, _twice(row, seen[row.code])))
        return
    seen[row.code] = number
    line = Line(row, number)
    line.scale = _scale(sheet, number, columns, row, found)
    for id, column in figures.items():
        _read_figure(sheet, (number, column), id, form, line, found)
    found.lines.append(line)


def _unknown_fuel(title: str, form: Form) -> CellTrouble:
    found = say("未知的能源品种“{title}”，未核对", title=title[:40])
    return CellTrouble("row-unknown", found, say("{form}的品种", form=form.name), "请核对品种名称和代码")


def _other_code(title: str, code: str, row: FuelRow) -> CellTrouble:
    found = say("“{title}”的代码为{code}", title=title, code=code)
    return CellTrouble("row-code", found, say("{code}（凭记忆，未核实）", code=row.code), "请核对代码与品种")


def _twice(row: FuelRow, before: int) -> CellTrouble:
    found = say("“{title}”已在第{n}行", title=row.title, n=before + 1)
    return CellTrouble("row-twice", found, "每个品种一行", "请只留一行")


def _scale(
    sheet: Sheet, number: int, columns: dict[str, int], row: FuelRow, found: FormSheet
) -> Fraction | None:
    said = _text(sheet, number, columns["unit"]) if "unit" in columns else ""
    if not said:
        return Fraction(1)
    try:
        return ratio(parse_unit(said), parse_unit(row.unit))
    except UnitError:
        trouble = CellTrouble(
            "unit-wrong",
            say("“{title}”的计量单位为“{unit}”", title=row.title, unit=said[:20]),
            say("可换算为{declared}的单位", declared=row.unit),
            "请核对计量单位",
        )
        found.troubles.append(("error", cell_name(number, columns["unit"]), trouble))
        return None


def _read_figure(
    sheet: Sheet, place: tuple[int, int], id: str, form: Form, line: Line, found: FormSheet
) -> None:
    cell = cell_name(*place)
    try:
        number = read_number(sheet.rows[place[0]][place[1]])
    except CellTrouble as unreadable:
        found.troubles.append(("error", cell, unreadable))
        return
    if number is None:
        return
    if number.value < 0:
        said = say(
            "“{title}”{column}为{value}", title=line.row.title, column=form.titles[id], value=number.text
        )
        trouble = CellTrouble("negative", said, "不小于0的数", "请核对数值和符号")
        found.troubles.append(("error", cell, trouble))
    line.cells[id] = Filled(number.value, cell)
