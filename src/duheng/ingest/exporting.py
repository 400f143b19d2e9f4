"""What can be exported besides the board: the facts of a scenario, any quantity's table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

import polars as pl

from duheng import ledger
from duheng.ingest.drill.places import places_of
from duheng.model import glossary
from duheng.model.glossary import Quantity, item_unit
from duheng.model.plan import City
from duheng.model.rule import Rule

FACT_COLUMNS = (
    "指标", "指标编号", "对象", "对象编号", "品种", "时期", "口径", "数值", "单位", "原文", "状态", "可信度", "来源",
    "位置", "记录时间", "事实编号",
)  # fmt: skip


@dataclass(frozen=True)
class Exported:
    """A table to be written: title, columns, streamed rows, and lines that say what it is."""

    title: str
    columns: Sequence[str]
    rows: Iterator[Sequence[object]]
    about: dict[str, str] = field(default_factory=dict)


def said_as_of(moment: date | datetime | None) -> str:
    return moment.isoformat() if moment is not None else "导出时账本全部内容"


def fact_table(city: City, scenario: str, as_of: date | datetime | None = None) -> Exported:
    """The effective facts of a scenario about the city's places, each with its source and cell; the columns of a long
    table, so that an export can be imported.

    A ledger may hold several cities: how many facts are about the places of none here is said above the table.
    Columns: FACT_COLUMNS; 数值 in the declared unit, 原文 as printed.
    """
    whole = ledger.read(scenario, as_of=as_of)
    names = {entity.id: entity.name for entity in places_of(city, scenario)}
    frame = whole.filter(pl.col("entity").is_in(list(names)))
    titles = {source.id: source.title for source in ledger.sources()}
    quantities = glossary.all_quantities()

    def rows() -> Iterator[Sequence[object]]:
        for row in frame.iter_rows(named=True):
            quantity = quantities.get(row["quantity"])
            unit = row["unit"] or (item_unit(quantity, row["item"]) if quantity else "")
            yield (
                quantity.title if quantity else row["quantity"], row["quantity"],
                names[row["entity"]], row["entity"], row["item"], row["period"], row["definition"],
                row["value"], unit, row["stated"], ledger.STATUS_TITLES.get(row["status"], row["status"]),
                ledger.CONFIDENCE_TITLES.get(row["confidence"], row["confidence"]),
                titles.get(row["source"], ""), row["locator"], row["recorded_at"].isoformat(" ", "seconds"),
                row["fact"],
            )  # fmt: skip

    about = {
        "情景": scenario,
        "截至": said_as_of(as_of),
        "条数": str(frame.height),
        "未列出": f"账本中另有{rest}条，对象不在本市文件夹内"
        if (rest := whole.height - frame.height)
        else "",
        "来源": "见每行“来源”“位置”两列",
    }
    return Exported(f"{city.name} 事实表", FACT_COLUMNS, rows(), about)


def quantity_table(
    city: City,
    quantity: Quantity,
    frame: pl.DataFrame,
    definition: str | None = None,
    about: Mapping[str, str] | None = None,
) -> Exported:
    """The known cells of a quantity, stated or computed; how many are unknown is said above the table.

    city: as the scenario sees it. frame: entity, (item), period, value [declared unit], null where unknown.
    about: further lines, such as the plan's base year and the moment.
    """
    known = frame.filter(pl.col("value").is_not_null())
    has_item = "item" in frame.columns
    used = quantity.definition(definition)
    names = {entity.id: entity.name for entity in city.places}

    def rows() -> Iterator[Sequence[object]]:
        for row in known.iter_rows(named=True):
            item = row["item"] if has_item else None
            name = names.get(row["entity"], row["entity"])
            unit = item_unit(quantity, item)
            yield (quantity.title, name, row["entity"], item, row["period"], used, row["value"], unit)

    lines = {
        "指标": f"{quantity.title}（{quantity.id}）",
        "口径": glossary.definition(used).title if used else "不分口径",
        "单位": "按品种" if "<" in quantity.unit else quantity.unit,
        **(about or {}),
        "未知": f"{frame.height - known.height} 格未知，未列出（不是零）",
        "来源": "；".join(dict.fromkeys(w.cite for w in quantity.wordings))
        if isinstance(quantity, Rule)
        else "填报数，见事实表",
    }
    columns = ("指标", "对象", "对象编号", "品种", "时期", "口径", "数值", "单位")
    return Exported(f"{city.name} {quantity.title}", columns, rows(), lines)
