"""facts/*.csv: published figures that come with a city, as printed, each with its source."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

from duheng.city import unknown
from duheng.city.entities import CONFIDENCES
from duheng.city.fields import day, number
from duheng.city.plans import fits
from duheng.city.report import Report
from duheng.city.sheets import Row, read_rows
from duheng.model.entities import Places
from duheng.model.errors import PeriodError
from duheng.model.glossary import Quantity, all_quantities, axis, definitions
from duheng.model.periods import Period, parse
from duheng.model.plan import PublicFact

COLUMNS = (
    "quantity",
    "entity",
    "item",
    "period",
    "definition",
    "value",
    "unit",
    "status",
    "stated_on",
    "source",
    "locator",
    "confidence",
)
REQUIRED = ("quantity", "entity", "period", "value", "unit", "status", "stated_on", "source", "confidence")
STATUSES = ("audited", "measured", "reported", "estimated")


def read_facts(folder: Path, places: Places, report: Report) -> tuple[PublicFact, ...]:
    """Every fact of the folder's facts/*.csv; what is wrong becomes findings."""
    facts: list[PublicFact] = []
    seen: dict[tuple[str, ...], str] = {}
    for path in sorted((folder / "facts").glob("*")) if (folder / "facts").is_dir() else ():
        if path.suffix != ".csv":
            report.add(
                "unknown-file",
                report.name(path),
                "不是.csv文件",
                "facts中只放.csv文件",
                "移走或改名",
                "warning",
            )
            continue
        for row in read_rows(path, report, COLUMNS, REQUIRED):
            _check_once(row, seen, report)
            fact = _fact(row, places, report)
            if fact is not None:
                facts.append(fact)
    return tuple(facts)


def _check_once(row: Row, seen: dict[tuple[str, ...], str], report: Report) -> None:
    """One source says one value for a cell at a time; another day or source is another vintage."""
    key = tuple(row[c] for c in ("quantity", "entity", "item", "period", "definition", "stated_on", "source"))
    if key in seen:
        report.add(
            "two-values",
            row.place("value"),
            "同一来源对同一格给出两个数",
            f"一个数（前一处在{seen[key]}）",
            "只留一行",
        )
    seen.setdefault(key, row.place())


def _fact(row: Row, places: Places, report: Report) -> PublicFact | None:
    quantity = all_quantities().get(row["quantity"])
    if quantity is None and row["quantity"]:
        unknown.quantity(report, row.place("quantity"), row["quantity"])
    if row["entity"] and row["entity"] not in places:
        unknown.entity(report, row.place("entity"), row["entity"], places)
    item = row["item"] or None
    if quantity and quantity.axis is None and item:
        report.add("item", row.place("item"), f"写了“{item}”", f"空（{quantity.title}没有分项）", "删去item")
    elif quantity and quantity.axis and item not in axis(quantity.axis).items:
        unknown.item(report, row.place("item"), item or "（空）", quantity.axis)
    _definition(row, quantity, report)
    if row["unit"]:
        fits(row["unit"], quantity, item, row.place("unit"), report)
    _words(row, report)
    value, stated_on, period = _value(row, report), _stated_on(row, report), _period(row, report)
    if value is None or stated_on is None or period is None:
        return None
    _check_over(row, stated_on, period, report)
    return PublicFact(
        quantity=row["quantity"],
        entity=row["entity"],
        item=item,
        period=str(period),
        definition=row["definition"] or None,
        value=value,
        unit=row["unit"],
        status=row["status"],
        stated_on=stated_on,
        source=row["source"],
        locator=row["locator"],
        confidence=row["confidence"],
        place=row.place(),
    )


def _definition(row: Row, quantity: Quantity | None, report: Report) -> None:
    name = row["definition"]
    if name and name not in definitions():
        unknown.definition(report, row.place("definition"), name)
    elif name and quantity and name not in quantity.definitions:
        known = "、".join(quantity.definitions) or "空（不分口径）"
        found = f"{quantity.title}没有“{name}”口径"
        report.add("definition", row.place("definition"), found, known, "核对口径", "warning")


def _check_over(row: Row, stated_on: date, period: Period, report: Report) -> None:
    """A result of a period that was not over when it was stated is an estimate, or one of the dates is wrong."""
    if stated_on < period.end and row["status"] in ("audited", "measured", "reported"):
        report.add(
            "date",
            row.place("stated_on"),
            f"{stated_on}发布了{period}的结果，而该时期到{period.end}才结束",
            "时期结束以后的日期；预计数的status写estimated",
            "核对period和stated_on",
            "warning",
        )


def _words(row: Row, report: Report) -> None:
    for column, known in (("status", STATUSES), ("confidence", CONFIDENCES)):
        if row[column] and row[column] not in known:
            report.unknown("unknown-word", row.place(column), "取值", row[column], known)


def _value(row: Row, report: Report) -> Decimal | None:
    value = number(row["value"])
    if value is None and row["value"]:
        report.add(
            "number",
            row.place("value"),
            f"是“{row['value']}”",
            "一个数（不带单位和千分位）",
            "写出数字；不知道的不写，也不写0",
        )
    return value


def _stated_on(row: Row, report: Report) -> date | None:
    value = day(row["stated_on"])
    if value is None:
        if row["stated_on"]:
            report.add(
                "date", row.place("stated_on"), f"是“{row['stated_on']}”", "日期，如2023-04-08", "改正该日期"
            )
    elif value > date.today() + timedelta(days=1):
        report.add("date", row.place("stated_on"), f"{value}还没有到", "已过去的日期", "改正该日期")
    return value


def _period(row: Row, report: Report) -> Period | None:
    """The period of the figure."""
    try:
        return parse(row["period"])
    except PeriodError as trouble:
        if row["period"]:
            report.add("period", row.place("period"), f"是“{row['period']}”", "一个时期", str(trouble))
        return None
