"""The block above a form's table: which duty of which plan it is, in which version, for which period."""

from __future__ import annotations

from dataclasses import dataclass

from duheng.ingest.cells import CellTrouble, plain, read_period
from duheng.ingest.grids import Sheet
from duheng.ingest.headers import form_texts
from duheng.ingest.markup import cell_name
from duheng.ingest.rows import Notebook
from duheng.model.periods import Period
from duheng.model.plan import City, Duty, Plan
from duheng.model.saying import listed, say

FORM_VERSION = "1"
_HEAD_ROWS = 40


@dataclass(frozen=True)
class FormHead:
    """What the block above the table says: texts by label, with the cell each stands in."""

    values: dict[str, tuple[str, object, str]]
    header: int


def is_form(sheet: Sheet) -> bool:
    """Whether the sheet is one of the program's own forms: its identification stands in the head."""
    mark = form_texts()["mark"]
    return any(
        plain(cell) == mark for row in sheet.rows[:_HEAD_ROWS] for cell in row if isinstance(cell, str)
    )


def read_head(sheet: Sheet) -> FormHead:
    """Labels and the values right of them, and the row of the table's header."""
    texts = form_texts()
    labels = {texts[key] for key in ("mark", "plan", "version", "period")}
    starts = {*texts["entity"], *texts["entity_code"]}
    values: dict[str, tuple[str, object, str]] = {}
    for number, row in enumerate(sheet.rows[:_HEAD_ROWS]):
        said = [plain(cell) if isinstance(cell, str) else "" for cell in row]
        if starts & set(said):
            return FormHead(values, number)
        for column, text in enumerate(said[:-1]):
            if text in labels and text not in values:
                values[text] = (plain(row[column + 1]), row[column + 1], cell_name(number, column + 1))
    return FormHead(values, -1)


def read_duty(sheet: Sheet, head: FormHead, city: City, book: Notebook) -> tuple[Plan, Duty] | None:
    texts = form_texts()
    duty_id, _, cell = head.values.get(texts["mark"], ("", "", "A1"))
    plan_id, _, plan_cell = head.values.get(texts["plan"], ("", "", cell))
    version, _, version_cell = head.values.get(texts["version"], ("", "", cell))
    plan = city.plan(plan_id)
    duty = next((duty for duty in plan.duties if duty.id == duty_id), None) if plan else None
    trouble: tuple[str, str, str, str] | None = None
    if plan is None:
        known = listed("、", (plan.id for plan in city.plans))
        trouble = (plan_cell, "form-plan", say("方案编号“{id}”不存在", id=plan_id), known)
    elif duty is None:
        trouble = (
            cell,
            "form-duty",
            say("表单编号“{id}”不存在", id=duty_id),
            say("{plan}的表单编号", plan=plan),
        )
    elif version != FORM_VERSION:
        trouble = (
            version_cell,
            "form-version",
            say("表单版本“{version}”", version=version),
            say("版本 {version}", version=FORM_VERSION),
        )
    elif head.header < 0:
        trouble = ("A1", "column-missing", "找不到表头行", "“对象代码”“对象”列")
    if trouble is not None:
        place, code, found, expected = trouble
        remedy = "请重新下载模板，把数字粘贴进去。"
        book.note("error", sheet.name, place, CellTrouble(code, found, expected, remedy))
    if trouble is not None or plan is None or duty is None:
        return None
    return plan, duty


def read_form_period(sheet: Sheet, head: FormHead, plan: Plan, duty: Duty, book: Notebook) -> Period | None:
    """The form's period: of the duty's kind, within the plan or its base year."""
    _, cell, place = head.values.get(form_texts()["period"], ("", "", "A1"))
    every = {"year": "年", "half": "半年", "quarter": "季度", "month": "月"}
    try:
        period = read_period(cell)
        if period.kind != duty.every:
            raise CellTrouble(
                "period-kind",
                say("时期 {period}", period=str(period)),
                say("一个{every}（本表按{every}填报）", every=every[duty.every]),
                "请改写时期。",
            )
        if (
            not (plan.period.start <= period.start and period.end <= plan.period.end)
            and period.year != plan.base_year
        ):
            expected = say("{period} 之内或基年 {year}", period=str(plan.period), year=plan.base_year)
            raise CellTrouble(
                "period-outside",
                say("时期 {period} 在方案之外", period=str(period)),
                expected,
                "请核对时期，或改用相应方案的模板。",
            )
    except CellTrouble as trouble:
        book.note("error", sheet.name, place, trouble)
        return None
    return period
