"""What can be exported from the shell: the facts of a scenario, the board, any quantity's table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

import polars as pl

from duheng import ledger
from duheng.ingest.drill.places import city_in, places_of
from duheng.model import glossary
from duheng.model.glossary import Quantity, item_unit
from duheng.model.plan import City, Plan
from duheng.model.rule import Rule

_STATUS = {"audited": "审定", "measured": "实测", "reported": "上报", "estimated": "估计"}
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


def _as_of(moment: date | datetime | None) -> str:
    return moment.isoformat() if moment is not None else "导出时账本全部内容"


def fact_table(city: City, scenario: str, as_of: date | datetime | None = None) -> Exported:
    """The effective facts of a scenario, each with its source and cell; the columns of a long table, so that an
    export can be imported.

    Columns: FACT_COLUMNS; 数值 in the declared unit, 原文 as printed.
    """
    places = places_of(city, scenario)
    frame = ledger.read(scenario, as_of=as_of)
    titles = {source.id: source.title for source in ledger.sources()}
    quantities = glossary.all_quantities()
    names = {entity.id: entity.name for entity in places}

    def rows() -> Iterator[Sequence[object]]:
        for row in frame.iter_rows(named=True):
            quantity = quantities.get(row["quantity"])
            unit = row["unit"] or (item_unit(quantity, row["item"]) if quantity else "")
            yield (
                quantity.title if quantity else row["quantity"], row["quantity"],
                names.get(row["entity"], row["entity"]), row["entity"], row["item"], row["period"], row["definition"],
                row["value"], unit, row["stated"], _STATUS.get(row["status"], row["status"]), row["confidence"],
                titles.get(row["source"], ""), row["locator"], row["recorded_at"].isoformat(" ", "seconds"),
                row["fact"],
            )  # fmt: skip

    about = {
        "情景": scenario,
        "截至": _as_of(as_of),
        "条数": str(frame.height),
        "来源": "见每行“来源”“位置”两列",
    }
    return Exported(f"{city.name} 事实表", FACT_COLUMNS, rows(), about)


def quantity_table(
    city: City,
    plan: Plan,
    quantity: Quantity,
    scenario: str,
    as_of: date | datetime | None = None,
    definition: str | None = None,
) -> Exported:
    """The known cells of a quantity, stated or computed; how many are unknown is said above the table."""
    from duheng.assess.books import opened

    drilled = city_in(city, scenario)
    frame = opened(drilled, plan, scenario, as_of).table(quantity.id, definition)
    known = frame.filter(pl.col("value").is_not_null())
    has_item = "item" in frame.columns
    used = quantity.definition(definition)
    names = {entity.id: entity.name for entity in drilled.places}

    def rows() -> Iterator[Sequence[object]]:
        for row in known.iter_rows(named=True):
            item = row["item"] if has_item else None
            name = names.get(row["entity"], row["entity"])
            unit = item_unit(quantity, item)
            yield (quantity.title, name, row["entity"], item, row["period"], used, row["value"], unit)

    about = {
        "指标": f"{quantity.title}（{quantity.id}）",
        "口径": glossary.definition(used).title if used else "不分口径",
        "单位": "按品种" if "<" in quantity.unit else quantity.unit,
        "基年": str(plan.base_year),
        "截至": _as_of(as_of),
        "未知": f"{frame.height - known.height} 格未知，未列出（不是零）",
        "来源": "；".join(dict.fromkeys(w.cite for w in quantity.wordings))
        if isinstance(quantity, Rule)
        else "填报数，见事实表",
    }
    columns = ("指标", "对象", "对象编号", "品种", "时期", "口径", "数值", "单位")
    return Exported(f"{city.name} {quantity.title}", columns, rows(), about)


def board_table(city: City, plan: Plan, scenario: str, as_of: date | datetime | None = None) -> Exported:
    """The board: a row for each target, with value, progress, light, units and source; 未填报 where unknown."""
    from duheng.assess.board import board

    made = board(city_in(city, scenario), plan, scenario, as_of)

    def rows() -> Iterator[Sequence[object]]:
        for one in made.targets:
            target = one.target
            yield (
                target.article, target.title, "待下达" if target.value is None else target.value, one.unit,
                target.deadline, "未填报" if one.latest is None else one.latest,
                str(one.period) if one.period else None, one.progress,
                one.light, one.yardstick, "、".join(one.units), one.source, "、".join(one.owed_by),
            )  # fmt: skip

    columns = (
        "条款",
        "目标",
        "目标值",
        "单位",
        "期限",
        "最新值",
        "时期",
        "进度",
        "灯（1最重）",
        "依据",
        "责任单位",
        "来源",
        "欠报单位",
    )
    about = {
        "方案": f"{plan.title}（{plan.number}）",
        "截至": made.as_of.isoformat(),
        "情景": scenario,
        "预警规则": f"{made.rule.title}（{made.rule.cite}）",
    }
    return Exported(f"{city.name} 节能减排目标进展", columns, rows(), about)
