"""The forms the program hands out: one sheet a duty, with everything filled in but the numbers.

Rows are the entities (and items) that must be stated, columns the quantities with their printed units. Header cells
are locked (no password: a guard against slips, not against people), number cells take numbers only. The layout is
what `wide_form` reads; a filled form imports without any change.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import IO, Any

import xlsxwriter

from duheng.ingest.balance.form import styles_of, write_empty_sheet
from duheng.ingest.balance.form_rows import is_balance
from duheng.ingest.drill.places import places_of
from duheng.ingest.export import DRILL_NOTICE, is_drill
from duheng.ingest.form_head import FORM_VERSION
from duheng.ingest.headers import form_texts
from duheng.ingest.members import expected_items, expected_members
from duheng.ingest.sheets import GUIDE_SHEET
from duheng.model import glossary
from duheng.model.entities import Entity
from duheng.model.errors import PeriodError, UnknownName
from duheng.model.glossary import Quantity, item_unit
from duheng.model.periods import Period, of, parse
from duheng.model.plan import City, Duty, Plan
from duheng.model.saying import say

_EVERY = {"year": "每年", "half": "每半年", "quarter": "每季度", "month": "每月"}
_BAD_IN_SHEET_NAME = str.maketrans("", "", "[]:*?/\\'")


@dataclass(frozen=True)
class Form:
    """A form to be written: duty, plan, period, and what its rows and columns are."""

    city: City
    plan: Plan
    duty: Duty
    period: Period
    members: Sequence[Entity]
    items: Sequence[str | None]
    quantities: Sequence[Quantity]

    @property
    def drill(self) -> bool:
        """Whether the plan is one of the drill; its forms carry the watermark."""
        return is_drill(self.plan.scenario)


def find_duty(city: City, text: str, plan: str | None = None) -> tuple[Plan, Duty]:
    """The duty with this id or title, in the given plan or the first that has it. Raises UnknownName."""
    plans = [p for p in city.plans if plan in (None, p.id)]
    if not plans:
        raise UnknownName(plan or "", [p.id for p in city.plans], "方案")
    for candidate in plans:
        for duty in candidate.duties:
            if text.strip() in (duty.id, duty.title):
                return candidate, duty
    names = [name for p in plans for duty in p.duties for name in (duty.id, duty.title)]
    raise UnknownName(text, names, "报送任务")


def latest_period(duty: Duty, plan: Plan, today: date) -> Period:
    """The last whole period of the duty's kind before today, within the plan."""
    running = of(duty.every, today)
    before = of(duty.every, date.fromordinal(running.start.toordinal() - 1))
    first, last = of(duty.every, plan.period.start), of(duty.every, plan.period.end)
    return min(max(before, first), last)


def make_form(
    city: City, plan: Plan, duty: Duty, period: Period | str | None = None, today: date | None = None
) -> Form:
    """The form of a duty for a period (default: the last whole one). PeriodError for a period of another kind."""
    chosen = (
        parse(period)
        if isinstance(period, str)
        else period or latest_period(duty, plan, today or date.today())
    )
    if chosen.kind != duty.every:
        raise PeriodError(
            say(
                "“{form}”{every}填报，时期应如 {like}，不能为“{period}”。请改写时期。",
                form=duty,
                every=_EVERY[duty.every],
                like=str(of(duty.every, plan.period.start)),
                period=str(chosen),
            )
        )
    within = plan.period.start <= chosen.start and chosen.end <= plan.period.end
    if not within and chosen.start.year != plan.base_year:
        raise PeriodError(
            say(
                "时期 {period} 在方案之外，应在 {plan} 之内或为基年 {year}。请改写时期，或改用相应的方案。",
                period=str(chosen),
                plan=str(plan.period),
                year=plan.base_year,
            )
        )
    members = expected_members(duty, places_of(city, plan.scenario), chosen)
    quantities = [glossary.quantity(id) for id in duty.quantities]
    return Form(city, plan, duty, chosen, members, expected_items(duty), quantities)


def write_template(forms: Sequence[Form], out: Path | IO[bytes]) -> None:
    """Write the forms into one workbook: a sheet each, after a sheet of instructions."""
    book = xlsxwriter.Workbook(str(out) if isinstance(out, Path) else out, {"in_memory": True})
    drill = any(form.drill for form in forms)
    book.set_properties(
        {"title": "、".join(form.duty.title for form in forms), "comments": DRILL_NOTICE if drill else ""}
    )
    styles = _styles(book)
    used: set[str] = {GUIDE_SHEET}
    for form in forms:
        if is_balance(form.duty):
            _balance_sheets(book, form, used)
            continue
        _form_sheet(book.add_worksheet(_sheet_name(form.duty.title, used)), form, styles)
    _guide(book.add_worksheet(GUIDE_SHEET), forms, styles)
    book.close()


def _balance_sheets(book: Any, form: Form, used: set[str]) -> None:
    """The printed form of the energy balance, a sheet each member."""
    styles, notice = styles_of(book), DRILL_NOTICE if form.drill else ""
    for member in form.members:
        sheet = book.add_worksheet(_sheet_name(member.name, used))
        write_empty_sheet(sheet, styles, form.plan, form.duty, member, str(form.period), notice)


def _styles(book: Any) -> dict[str, Any]:
    return {
        "title": book.add_format({"bold": True, "font_size": 14}),
        "label": book.add_format({"bold": True, "font_color": "#555555"}),
        "plain": book.add_format({}),
        "header": book.add_format(
            {"bold": True, "border": 1, "bg_color": "#E8EEF9", "text_wrap": True, "valign": "vcenter"}
        ),
        "key": book.add_format({"border": 1, "bg_color": "#F5F5F5"}),
        "input": book.add_format({"border": 1, "locked": False, "num_format": "General"}),
        "free": book.add_format({"locked": False, "num_format": "@", "bottom": 1}),
        "alarm": book.add_format({"bold": True, "font_color": "#B3261E"}),
        "wrap": book.add_format({"text_wrap": True, "valign": "top"}),
    }


def _sheet_name(title: str, used: set[str]) -> str:
    name = title.translate(_BAD_IN_SHEET_NAME)[:28] or "表"
    while name in used:
        name += "_"
    used.add(name)
    return name


def _form_sheet(sheet: Any, form: Form, styles: dict[str, Any]) -> None:
    """Head block, header, row of units, row of definitions, rows to fill."""
    texts = form_texts()
    sheet.write_string(0, 0, f"{form.city.name}　{form.duty.title}", styles["title"])
    if form.drill:
        sheet.write_string(0, 5, DRILL_NOTICE, styles["alarm"])
        for place in (sheet.set_header, sheet.set_footer):
            place(f"&C&14&B{DRILL_NOTICE}")
    head = [
        [(texts["mark"], form.duty.id), (texts["plan"], form.plan.id), (texts["version"], FORM_VERSION)],
        [
            ("填报单位", form.duty.by),
            (texts["period"], str(form.period)),
            ("截止日期", form.duty.due(form.period).isoformat()),
        ],
    ]
    for number, pairs in enumerate(head, start=1):
        for column, (label, value) in enumerate(pairs):
            sheet.write_string(number, 2 * column, label, styles["label"])
            style = styles["free"] if label == texts["period"] else styles["plain"]
            sheet.write_string(number, 2 * column + 1, value, style)
    sheet.write_string(
        3, 0, f"依据：{form.plan.number} {form.duty.cite}；未掌握的格留空，确为零填 0。", styles["plain"]
    )
    first = _header(sheet, form, styles)
    _rows(sheet, form, first, styles)
    sheet.protect("", {"format_columns": True, "format_rows": True, "insert_rows": False, "sort": False})
    sheet.freeze_panes(first, len(_keys(form)))
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)


def _keys(form: Form) -> list[str]:
    texts = form_texts()
    keys = [texts["entity_code"][0], texts["entity"][0]]
    if form.items != [None]:
        keys.append(texts["item"][0])
    if any("<" in quantity.unit for quantity in form.quantities):
        keys.append(texts["item_unit"][0])
    return keys


def _header(sheet: Any, form: Form, styles: dict[str, Any]) -> int:
    """Write the header rows; the first row of data."""
    texts = form_texts()
    keys = _keys(form)
    titles = [*keys, *(quantity.title for quantity in form.quantities), texts["note"][0]]
    units = ["见左列" if "<" in quantity.unit else quantity.printed_unit for quantity in form.quantities]
    for column, title in enumerate(titles):
        sheet.write_string(4, column, title, styles["header"])
        sheet.write_string(5, column, "", styles["header"])
        sheet.set_column(column, column, 22 if column == 1 else 14)
    sheet.write_string(5, 0, texts["units_row"], styles["header"])
    for column, unit in enumerate(units, start=len(keys)):
        sheet.write_string(5, column, unit, styles["header"])
    # A form is filled in at the prices of its plan's base year: there is nothing to choose.
    if not any(quantity.definitions and not quantity.priced for quantity in form.quantities):
        return 6
    for column in range(len(titles)):
        sheet.write_string(6, column, "", styles["header"])
    sheet.write_string(6, 0, texts["definitions_row"], styles["header"])
    for column, quantity in enumerate(form.quantities, start=len(keys)):
        if quantity.definitions and not quantity.priced:
            known = [glossary.definition(id).title for id in quantity.definitions]
            sheet.write_string(6, column, known[0], styles["free"])
            sheet.data_validation(6, column, 6, column, {"validate": "list", "source": known})
    return 7


def _rows(sheet: Any, form: Form, first: int, styles: dict[str, Any]) -> None:
    keys = len(_keys(form))
    with_unit = any("<" in quantity.unit for quantity in form.quantities)
    number = first
    for entity in form.members:
        for item in form.items:
            texts = [entity.id, entity.name]
            if item is not None:
                texts.append(item)
            if with_unit:
                texts.append(next(item_unit(q, item) for q in form.quantities if "<" in q.unit))
            for column, text in enumerate(texts):
                sheet.write_string(number, column, text, styles["key"])
            for column in range(keys, keys + len(form.quantities) + 1):
                sheet.write_blank(number, column, None, styles["input"])
            number += 1
    if number > first:
        _validate(sheet, form, first, number - 1, keys)


def _validate(sheet: Any, form: Form, first: int, last: int, keys: int) -> None:
    for column, quantity in enumerate(form.quantities, start=keys):
        least = 0 if quantity.over_place == "sum" else -1e15
        sheet.data_validation(first, column, last, column, {
            "validate": "decimal", "criteria": "between", "minimum": least, "maximum": 1e15, "ignore_blank": True,
            "error_title": "请填数字", "error_message": "只能填写数字；未掌握的留空，确为零填 0。",
        })  # fmt: skip


def _guide(sheet: Any, forms: Sequence[Form], styles: dict[str, Any]) -> None:
    """The instructions: how to fill, then every quantity with its unit and explanation."""
    sheet.set_column(0, 0, 30)
    sheet.set_column(1, 1, 16)
    sheet.set_column(2, 2, 90)
    lines = [
        "填报说明",
        "1. 白色格填数字；灰色、蓝色格已锁定，请勿改动、增删行列或合并单元格。",
        "2. 未掌握的数留空，系统按“未填报”处理，不当作零；确为零请填 0，不要填“无”“—”。",
        "3. 按表头单位填写，只填数字，不写单位。",
        "4. 请粘贴为数值：含公式的单元格不予导入。",
        "5. 时期写作 2024、2024H1、2024Q1、2024-01；更正以往数字，填原时期重新导入即可，旧数保留备查。",
        "6. 有错误的文件整份不导入，网页和命令行会逐格列出问题；改正后重新导入。",
    ]
    if any(form.drill for form in forms):
        lines.insert(1, DRILL_NOTICE)
    for number, line in enumerate(lines):
        style = (
            styles["title"] if number == 0 else styles["alarm"] if line == DRILL_NOTICE else styles["plain"]
        )
        sheet.write_string(number, 0, line, style)
    number = len(lines) + 1
    for column, title in enumerate(("指标名称", "印刷单位", "指标解释")):
        sheet.write_string(number, column, title, styles["header"])
    for form in forms:
        when = f"{_EVERY[form.duty.every]}填报，期后 {form.duty.due_months} 个月内"
        owes = f"{form.duty.title}：{form.duty.by}{when}，{form.duty.cite}"
        number += 1
        sheet.write_string(number, 0, owes, styles["label"])
        for quantity in form.quantities:
            number += 1
            unit = "按品种" if "<" in quantity.unit else quantity.printed_unit
            for column, text in enumerate((quantity.title, unit, quantity.note)):
                sheet.write_string(number, column, text, styles["wrap"])
