"""The tables that `duheng export` writes; the board and the computed quantities need more than the ledger."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime

from duheng.assess.board import board
from duheng.assess.books import opened
from duheng.ingest.drill.places import city_in
from duheng.ingest.exporting import Exported, quantity_table, said_as_of
from duheng.model.glossary import Quantity
from duheng.model.plan import City, Plan


def computed_table(
    city: City,
    plan: Plan,
    quantity: Quantity,
    scenario: str,
    as_of: date | datetime | None = None,
    definition: str | None = None,
) -> Exported:
    """The known cells of a quantity as a plan's books have them."""
    here = city_in(city, scenario)
    books = opened(here, plan, scenario, as_of)
    definition = books.books.meant(quantity, definition)
    frame = books.table(quantity.id, definition)
    about = {"基年": str(plan.base_year), "截至": said_as_of(as_of)}
    return quantity_table(here, quantity, frame, definition, about)


def board_table(city: City, plan: Plan, scenario: str, as_of: date | datetime | None = None) -> Exported:
    """The board: a row for each target, with value, progress, light, units and source; 未填报 where unknown."""
    made = board(city_in(city, scenario), plan, scenario, as_of)

    def rows() -> Iterator[Sequence[object]]:
        for one in made.targets:
            target = one.target
            yield (
                target.article, target.title, "待下达" if target.value is None else target.value, one.unit,
                target.deadline, "未填报" if one.latest is None else one.latest,
                str(one.period) if one.period else None, one.progress,
                one.light, one.yardstick, "、".join(one.units), one.source, "、".join(one.owed_by) or one.cause,
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
