"""The made-up registers of the drill: enterprises, parks, sewage plants, projects, public institutions, waters ...

Names and codes are plainly made up (演练企业01); no real enterprise or institution is among them.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from duheng.ingest.drill.air import stations
from duheng.ingest.drill.draws import draw
from duheng.ingest.drill.entities import made, standing
from duheng.ingest.drill.outlets import outlets
from duheng.ingest.drill.projects import projects
from duheng.ingest.drill.settings import Settings
from duheng.ingest.drill.vocs import voc_entities
from duheng.ingest.drill.water import waters
from duheng.model.entities import Entity
from duheng.model.plan import City


def registers(city: City, settings: Settings) -> tuple[Entity, ...]:
    """All made-up entities of the drill."""
    known = tuple(enterprises(settings))
    return (
        *known,
        *_parks(settings),
        *_plants(city, settings),
        *projects(settings),
        *voc_entities(settings, known),
        *outlets(settings, known),
        *_institutions(city, settings),
        *stations(settings),
        *waters(settings),
    )


def enterprises(settings: Settings) -> Iterator[Entity]:
    """The enterprises, numbered through; the n-th of each area is of the n-th industry."""
    number = 0
    industries = settings.data["industries"]
    for area, count in settings.data["enterprises"].items():
        for _ in range(count):
            industry = industries[number % len(industries)]
            number += 1
            yield made(
                f"drill-E{number:02}", f"演练企业{number:02}", "enterprise", standing(str(area)),
                credit_code=f"演练代码{number:04}", industry=industry["name"], industry_code=industry["code"],
                key_user="yes" if industry["weight"] >= 1 else "no", above_scale="yes",
            )  # fmt: skip


def _parks(settings: Settings) -> Iterator[Entity]:
    for number, park in enumerate(settings.data["parks"], start=1):
        level = "省级" if park["eligible"] else "市级"
        yield made(
            f"drill-P{number:02}", f"演练园区{number:02}", "industrial_park", standing(str(park["area"])),
            level=level, approved_on=date(2006 + number, 5, 1), approved_area=3 + number, leading_industry="演练产业",
        )  # fmt: skip


def plant_years(settings: Settings) -> list[int]:
    """Year in which each sewage plant came into service, in the order of their numbers."""
    years: list[int] = []
    for year, built in sorted(settings.data["sewage_plants"]["built"].items()):
        years.extend([year] * (built - len(years)))
    return years


def plant_capacity(settings: Settings, number: int) -> int:
    """Design capacity of a plant [m3/d]."""
    return draw(settings.seed, "capacity", number).choice([300, 500, 800, 1000, 1500, 2000, 3000])


def _plants(city: City, settings: Settings) -> Iterator[Entity]:
    """One plant a designated town, a second one where there are more plants than towns."""
    towns = [e for e in city.places if e.kind == "town" and e.name.endswith("镇")]
    towns = towns or [e for e in city.places if e.kind == "county"]
    for number, year in enumerate(plant_years(settings), start=1):
        town = towns[(number - 1) % len(towns)]
        yield made(
            f"drill-S{number:02}", f"演练污水厂{number:02}", "sewage_plant", town.id,
            town_plant="yes", town=town.name, design_capacity=plant_capacity(settings, number),
            commissioned_on=date(year, 1 + number % 12, 1), process="一体化生物处理（演练）",
            discharge_standard="一级A标准（演练）",
        )  # fmt: skip


def _institutions(city: City, settings: Settings) -> Iterator[Entity]:
    """Organs, then other institutions; the certified ones of each year are as many as the settings say."""
    organs, others = settings.data["organs"], settings.data["institutions"]
    for number in range(1, organs["count"] + others["count"] + 1):
        organ = number <= organs["count"]
        table, place = (organs, number) if organ else (others, number - organs["count"])
        yield made(
            f"drill-G{number:03}", f"演练{'机关' if organ else '单位'}{number:03}", "public_institution", city.id,
            credit_code=f"演练代码G{number:04}", nature="国家机关" if organ else "事业单位",
            organ="yes" if organ else "no",
            saving_since=_since(table.get("saving"), table["count"], place) if organ else None,
            water_saving_since=_since(table["water_saving"], table["count"], place),
        )  # fmt: skip


def _since(path: dict[int, float] | None, count: int, place: int) -> date | None:
    for year in sorted(path or {}):
        if place <= certified(path, count, year):
            return date(year, 12, 1)
    return None


def certified(path: dict[int, float] | None, count: int, year: int) -> int:
    """How many of a count are certified by the end of a year; none before the first year of the path."""
    known = {y: share for y, share in (path or {}).items() if y <= year}
    return round(count * known[max(known)] / 100) if known else 0
