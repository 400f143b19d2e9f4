"""The printed form of the balance as a workbook: to be filled (a sheet a place) or filled from the ledger.

The layout is that of the statistical system's P303-1 and P303-4: title, number and issuer of the form, the unit that
reports, then rows 甲 and the fuels as numbered columns. What `form_reading` needs to take it in stands in the head.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import IO, Any

import xlsxwriter
from xlsxwriter.utility import xl_col_to_name

from duheng.ingest.balance.form_rows import FormRow, form_columns, form_rows, settings, stated_rows
from duheng.ingest.balance.layout import Column, layout
from duheng.ingest.form_head import FORM_VERSION
from duheng.ingest.headers import form_texts
from duheng.model.entities import Entity
from duheng.model.periods import parse
from duheng.model.plan import Duty, Plan
from duheng.model.units import Unit, parse_unit

PLACE_CODE, PLACE = "地区代码", "地区"
FOOT = ("单位负责人：", "统计负责人：", "填表人：", "联系电话：", "报出日期：  年 月 日")
FIRST = 9  # the first row of figures, below head, titles and column numbers
COAL = "万吨标准煤"
Values = Callable[[FormRow, Column], float | None]
_PRINTED = {"万t": "万吨", "亿m3": "亿立方米", "万GJ": "万百万千焦", "亿kWh": "亿千瓦时", "万tce": COAL}


def form_name(unit: str) -> str:
    """The number of the form: P303-1 in physical units, P303-4 in standard coal."""
    return str(settings()[unit]["number"])


def unit_of(printed: str) -> Unit:
    """The unit that a printed column unit means. Raises UnitError."""
    names = {text: unit for unit, text in _PRINTED.items()}
    others = layout().settings["units"]
    return parse_unit(names.get(printed) or others.get(printed) or printed)


def write_form(
    out: IO[bytes],
    *,
    unit: str,
    place: Entity,
    period: str,
    values: Values,
    notice: str = "",
    head: tuple[Plan, Duty | None] | None = None,
    basis: str = "",
) -> None:
    """The form of one place and year with its figures. head: the plan and duty by which it can be taken in again.

    values: a row and column -> its figure [the column's unit, or 万tce], None where unknown. basis: how electricity
    and heat are valued, said on the form in standard coal.
    """
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    book.set_properties({"title": settings()[unit]["title"], "comments": notice})
    sheet = book.add_worksheet(place.name[:28])
    styles = styles_of(book)
    duty = head[1] if head else None
    _head(sheet, styles, unit, place, period, notice, (head[0], duty) if head and duty else None)
    if unit == "tce":
        sheet.write_string(4, 0, f"电力、热力：{basis}", styles["plain"])
    _titles(sheet, styles, [COAL if unit == "tce" else _PRINTED[c.unit] for c in form_columns()])
    _figures(sheet, styles, values)
    _foot(sheet, styles)
    book.close()


def _figures(sheet: Any, styles: dict[str, Any], values: Values) -> None:
    """All figures; sums are formulas with their result, so that taking the form in again does not state them."""
    rows = {row.row.code: FIRST + number for number, row in enumerate(form_rows())}
    for row in form_rows():
        number = rows[row.row.code]
        sheet.write_string(number, 0, row.title, styles["key"])
        for at, column in enumerate(form_columns(), 1):
            value = values(row, column)
            formula = _formula(row, column, rows, xl_col_to_name(at))
            style = styles["made" if formula else "input"]
            if value is None:
                sheet.write_blank(number, at, None, style)
            elif formula:
                sheet.write_formula(number, at, formula, style, round(value, settings()["decimals"]))
            else:
                sheet.write_number(number, at, round(value, settings()["decimals"]), style)


def write_empty_sheet(
    sheet: Any, styles: dict[str, Any], plan: Plan, duty: Duty, place: Entity, period: str, notice: str
) -> None:
    """An empty form of one place: figures to fill in, sums as formulas, texts locked."""
    _head(sheet, styles, "physical", place, period, notice, (plan, duty))
    _titles(sheet, styles, [_PRINTED[column.unit] for column in form_columns()])
    rows = {row.row.code: FIRST + number for number, row in enumerate(form_rows())}
    for row in form_rows():
        number = rows[row.row.code]
        sheet.write_string(number, 0, row.title, styles["key"])
        for at, column in enumerate(form_columns(), 1):
            formula = _formula(row, column, rows, xl_col_to_name(at))
            if formula:
                sheet.write_formula(number, at, formula, styles["made"])
            else:
                sheet.write_blank(number, at, None, styles["input"])
    for row in stated_rows():
        _validate(sheet, row, rows[row.row.code])
    _foot(sheet, styles)
    sheet.protect("", {"format_columns": True, "format_rows": True})


def _validate(sheet: Any, row: FormRow, number: int) -> None:
    """Numbers only, of the sign that the form asks for, in the cells of a row that are to be filled."""
    most = 0 if row.row.role in ("outflow", "input") else 1e15
    least = -1e15 if row.quantity.signed else 0
    said = "不大于0的数" if most == 0 else "数字" if least else "不小于0的数"
    for at, column in enumerate(form_columns(), 1):
        if column.fuel:
            sheet.data_validation(number, at, number, at, {
                "validate": "decimal", "criteria": "between", "minimum": least, "maximum": most,
                "ignore_blank": True, "error_title": "请填数字",
                "error_message": f"只能填写{said}；未掌握的留空，确为零填 0。",
            })  # fmt: skip


def _head(
    sheet: Any,
    styles: dict[str, Any],
    unit: str,
    place: Entity,
    period: str,
    notice: str,
    marks: tuple[Plan, Duty] | None,
) -> None:
    form, texts = settings()[unit], form_texts()
    sheet.write_string(0, 0, form["title"], styles["title"])
    if notice:
        sheet.write_string(0, 6, notice, styles["alarm"])
        for where in (sheet.set_header, sheet.set_footer):
            where(f"&C&14&B{notice}")
    lines: list[list[tuple[str, str]]] = [
        [("表号", form["number"]), ("制定机关", settings()["issuer"])],
        [(PLACE_CODE, place.id), (PLACE, place.name), (texts["period"], period)],
    ]
    if marks is not None:
        plan, duty = marks
        lines[0] += [(texts["mark"], duty.id), (texts["plan"], plan.id), (texts["version"], FORM_VERSION)]
        lines[1] += [("填报单位", duty.by), ("截止日期", duty.due(parse(period)).isoformat())]
        label, *choices = settings()["blank_is"]
        lines.append([(label, choices[0])])
        sheet.data_validation(3, 2, 3, 2, {"validate": "list", "source": choices})
    for number, pairs in enumerate(lines, 1):
        for at, (label, value) in enumerate(pairs):
            sheet.write_string(number, 1 + 2 * at, label, styles["label"])
            free = label in (texts["period"], settings()["blank_is"][0])
            sheet.write_string(number, 2 + 2 * at, value, styles["free" if free else "plain"])
    sheet.freeze_panes(FIRST, 1)
    sheet.set_landscape()
    sheet.set_paper(8)  # A3, as the yearbooks print it
    sheet.fit_to_pages(1, 0)


def _titles(sheet: Any, styles: dict[str, Any], units: Sequence[str]) -> None:
    sheet.set_column(0, 0, 34)
    sheet.set_column(1, len(units), 12)
    for number, text in ((6, "项目"), (7, "计量单位"), (8, "甲")):
        sheet.write_string(number, 0, text, styles["header"])
    for at, (column, unit) in enumerate(zip(form_columns(), units, strict=True), 1):
        sheet.write_string(6, at, column.item or column.title, styles["header"])
        sheet.write_string(7, at, unit, styles["header"])
        sheet.write_number(8, at, at, styles["header"])


def _foot(sheet: Any, styles: dict[str, Any]) -> None:
    last = FIRST + len(form_rows())
    for at, text in enumerate(FOOT):
        sheet.write_string(last, 2 * at, text, styles["plain"])
    told = "调出、出口、年末库存和加工转换投入按表式填负数；“其中”项不再相加。灰色格由程序按恒等式计算。"
    sheet.write_string(last + 1, 0, "说明：" + told, styles["plain"])


def _formula(row: FormRow, column: Column, rows: dict[str, int], letter: str) -> str:
    """The sum that a made cell shows while the form is being filled; "" for a cell to fill."""
    number = rows[row.row.code] + 1
    if not column.fuel:
        at = [xl_col_to_name(i) for i, one in enumerate(form_columns(), 1) if one.part_of == column.id]
        return "=" + "+".join(f"{one}{number}" for one in at)
    if not row.made:
        return ""
    plus, minus = _terms(row.row.code)
    cells = [f"{letter}{rows[code] + 1}" for code in plus if code in rows]
    taken = "".join(f"-{letter}{rows[code] + 1}" for code in minus)
    if row.row.code == "C":
        parts = [
            f"{letter}{rows[one] + 1}" for one, r in layout().rows.items() if r.part_of == "T" and one in rows
        ]
        taken = "".join(f"-MIN({one},0)" for one in parts)
    return "=" + "+".join(cells) + taken


def _terms(code: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What a made row adds up and takes off, by the identities of the layout."""
    if code == "C":
        return ("F", "L"), ()
    if code == "F":
        return ("F1", "F2g", "F3g", "F6"), ()
    identity = next(one for one in layout().identities if one.printed == code)
    return identity.plus, identity.minus


def styles_of(book: Any) -> dict[str, Any]:
    """The looks of the form's cells."""
    number = "0.0000;-0.0000;0"
    return {
        "title": book.add_format({"bold": True, "font_size": 14}),
        "label": book.add_format({"bold": True, "font_color": "#555555"}),
        "plain": book.add_format({}),
        "header": book.add_format(
            {"bold": True, "border": 1, "bg_color": "#E8EEF9", "text_wrap": True, "align": "center"}
        ),
        "key": book.add_format({"border": 1, "bg_color": "#F5F5F5"}),
        "made": book.add_format({"border": 1, "bg_color": "#EDEDED", "num_format": number}),
        "input": book.add_format({"border": 1, "locked": False, "num_format": number}),
        "free": book.add_format({"locked": False, "num_format": "@", "bottom": 1}),
        "alarm": book.add_format({"bold": True, "font_color": "#B3261E"}),
    }
