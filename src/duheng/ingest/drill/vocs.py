"""VOCs of the drill: inventories of enterprises, sealing points, filling stations."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from duheng.ingest.drill.batches import Press
from duheng.ingest.drill.draws import draw, rounded
from duheng.ingest.drill.entities import made, standing
from duheng.ingest.drill.settings import Settings
from duheng.ingest.voc import coefficient
from duheng.model.entities import Entity, Places

INVENTORY = "挥发性有机物排放清单（一厂一策）"
LEAKS = "泄漏检测与修复"
STATIONS = "油气回收"
_BALANCE = ("voc_in_product", "voc_recovered", "voc_in_waste", "voc_in_water")


def voc_entities(settings: Settings, enterprises: Sequence[Entity]) -> Iterator[Entity]:
    """Sources below their enterprises, materials below their sources; filling stations."""
    table = settings.data["vocs"]
    for firm in inventoried(table, enterprises):
        for number, row in enumerate(table["sources"][firm.attributes["industry"]], start=1):
            source = f"{firm.id}-V{number}"
            yield made(
                source, f"{firm.name} {row['process']}", "voc_source", firm.id, process=row["process"],
                collection=row["collection"], treatment=row["treatment"], scheme=table["scheme"],
                outlet=f"DA{number:03}",
            )  # fmt: skip
            for place, material in enumerate(row["material"], start=1):
                name = f"{firm.name} {row['process']} {material}"
                yield made(
                    f"{source}-M{place}",
                    name,
                    "voc_material",
                    source,
                    material=material,
                    evidence="检测报告",
                )
    areas = [area.id for area in settings.areas]
    for number in range(1, table["stations"]["count"] + 1):
        area = standing(areas[number % len(areas)])
        yield made(f"drill-O{number:02}", f"演练加油站{number:02}", "filling_station", area, tanks=4)


def inventoried(table: dict[str, Any], enterprises: Sequence[Entity]) -> list[Entity]:
    """The first so many enterprises of each industry that has an inventory."""
    found: list[Entity] = []
    for industry, count in table["enterprises"].items():
        found += [firm for firm in enterprises if firm.attributes["industry"] == industry][:count]
    return found


def say_vocs(press: Press, places: Places) -> None:
    """The inventories of every year, the leaks and the stations."""
    table = press.settings.data["vocs"]
    firms = inventoried(table, [one for one in places if one.kind == "enterprise"])
    for year in table["years"]:
        for firm in firms:
            industry = str(firm.attributes["industry"])
            for number, row in enumerate(table["sources"][industry], start=1):
                _say_source(press, f"{firm.id}-V{number}", row, year)
            if industry in table["leaks"]:
                _say_leaks(press, firm.id, table["leaks"][industry], year)
        _say_stations(press, year)


def _say(
    press: Press, form: str, quantity: str, entity: str, year: int, value: float, item: str | None = None
) -> None:
    day = date(year + 1, 3, 15)
    press.environment(form, quantity, entity, str(year), rounded(value, 4), item, day=day)


def _say_source(press: Press, source: str, row: dict[str, Any], year: int) -> None:
    some = draw(press.settings.seed, source, year)
    size = draw(press.settings.seed, source).uniform(0.6, 1.5) * (
        0.94 if year > press.settings.last_year - 1 else 1
    )
    brought = 0.0
    for place, (share, use) in enumerate(row["material"].values(), start=1):
        used = round(use * size * some.uniform(0.95, 1.05), 3)
        brought += used * share
        _say(press, INVENTORY, "material_use", f"{source}-M{place}", year, used)
        _say(press, INVENTORY, "voc_share", f"{source}-M{place}", year, share)
    for quantity, part in zip(_BALANCE, row["taken"], strict=True):
        _say(press, INVENTORY, quantity, source, year, brought * part)
    scheme = press.settings.data["vocs"]["scheme"]
    on = date(year, 12, 31)
    capture = float(coefficient("收集", row["collection"], on, scheme).share)
    destruction = float(coefficient("处理", row["treatment"], on, scheme).share)
    # One source in nine claims more than the coefficient of its treatment, for practice.
    claimed = min(1.0, destruction + 0.25) if some.random() < 0.11 else destruction
    _say(press, INVENTORY, "voc_capture", source, year, capture)
    _say(press, INVENTORY, "voc_destruction", source, year, claimed)
    _say(press, INVENTORY, "voc_running", source, year, some.uniform(0.93, 0.995))
    _say_stack(press, source, row, year, brought * (1 - sum(row["taken"])) * capture, destruction)


def _say_stack(
    press: Press, source: str, row: dict[str, Any], year: int, captured: float, destruction: float
) -> None:
    """What was measured before and behind the treatment."""
    some = draw(press.settings.seed, "stack", source, year)
    flow, hours = 12000 * some.uniform(0.8, 1.2), 6000
    inlet = captured * 1e9 / (flow * hours) * some.uniform(0.85, 1.15)
    _say(press, INVENTORY, "nmhc_initial_rate", source, year, row["rate"] * some.uniform(0.9, 1.1))
    _say(press, INVENTORY, "low_voc_material", source, year, float(row.get("low", False)))
    _say(press, INVENTORY, "voc_inlet_flow", source, year, flow)
    _say(press, INVENTORY, "voc_outlet_flow", source, year, flow * 1.02)
    _say(press, INVENTORY, "voc_inlet_concentration", source, year, inlet)
    _say(
        press,
        INVENTORY,
        "voc_outlet_concentration",
        source,
        year,
        inlet * (1 - destruction * some.uniform(0.9, 1.0)),
    )


def _say_leaks(press: Press, firm: str, table: dict[str, Any], year: int) -> None:
    some = draw(press.settings.seed, "leaks", firm, year)
    _say(press, LEAKS, "sealing_points", firm, year, round(table["sealing_points"] * some.uniform(0.7, 1.3)))
    _say(press, LEAKS, "leak_voc_share", firm, year, 0.97)
    _say(press, LEAKS, "leak_hours", firm, year, 8000)
    for component, row in table.items():
        if component != "sealing_points":
            points, value, uninspected = row
            for quantity, amount in (
                ("leak_points", points), ("screening_value", value * some.uniform(0.5, 1.8)),
                ("uninspected_points", uninspected),
            ):  # fmt: skip
                _say(press, LEAKS, quantity, firm, year, round(amount), component)


def _say_stations(press: Press, year: int) -> None:
    table = press.settings.data["vocs"]["stations"]
    for number in range(1, table["count"] + 1):
        station = f"drill-O{number:02}"
        some = draw(press.settings.seed, station, year)
        liquid = Decimal("50")
        values = {
            "oil_throughput": table["throughput"] * some.uniform(0.5, 1.7), "oil_factor": table["factor"],
            "vapour_recovery": table["recovery"] * some.uniform(0.95, 1.04),
            "nozzle_liquid": float(liquid), "nozzle_vapour": float(liquid) * some.uniform(0.97, 1.17),
        }  # fmt: skip
        for quantity, value in values.items():
            _say(press, STATIONS, quantity, station, year, value)
