"""Yearly forms of the drill: parts of wholes by county, registers, public institutions."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from duheng.ingest.drill.batches import Press
from duheng.ingest.drill.draws import along, draw, rounded, split
from duheng.ingest.drill.registers import certified, plant_capacity, plant_years
from duheng.ingest.drill.settings import Settings
from duheng.model import glossary
from duheng.model.entities import Entity, Places


def say_rates(press: Press) -> None:
    """What is a part of a whole, by county: the city's rate is the path's, the counties depart from it a little."""
    settings = press.settings
    for row in settings.data["rates"]:
        for year in settings.years:
            whole = _amount(settings, row, row["whole"], year)
            parts = _parts(settings, row, whole, year)
            for county in settings.counties:
                if str(row.get("late")) == county and year == settings.last_year:
                    continue
                press.say(row["duty"], row["whole"], county, str(year), whole[county])
                press.say(row["duty"], row["part"], county, str(year), parts[county])
    for row in settings.data["amounts"]:
        for year in settings.years:
            for county, value in _amount(settings, row, row["quantity"], year).items():
                press.say(row["duty"], row["quantity"], county, str(year), value)


def _shares(settings: Settings, by: str) -> list[float]:
    return [sum(getattr(a, by) for a in settings.areas if a.county == county) for county in settings.counties]


def _amount(settings: Settings, row: dict[str, Any], quantity: str, year: int) -> dict[str, Decimal]:
    """A whole, shared out among the counties."""
    value = row["amount"] * (1 + row["growth"] / 100) ** (year - settings.base_year)
    value *= 1 + row.get("jolts", {}).get(year, 0) / 100
    digits = glossary.quantity(quantity).decimals
    parts = split(rounded(value, digits), _shares(settings, row["by"]), digits)
    return dict(zip(settings.counties, parts, strict=True))


def _parts(
    settings: Settings, row: dict[str, Any], whole: dict[str, Decimal], year: int
) -> dict[str, Decimal]:
    """The part in each county: together the path's rate, none above its whole."""
    digits = glossary.quantity(row["part"]).decimals
    rate = along(row["rate"], year) / 100
    total = rounded(sum(whole.values(), Decimal(0)) * Decimal(rate), digits)
    room = min(rate, 1 - rate) * 0.3
    lean = {c: rate + room * draw(settings.seed, row["part"], c).uniform(-1, 1) for c in whole}
    parts = split(total, [float(whole[c]) * lean[c] for c in whole], digits)
    return {c: min(part, whole[c]) for c, part in zip(whole, parts, strict=True)}


def say_public(press: Press) -> None:
    """Public institutions and certified organs, stated for the whole city."""
    settings, city = press.settings, press.city.id
    table = settings.data["public"]
    for year in settings.years:
        value = {
            name: base * (1 + rate / 100) ** (year - settings.base_year)
            for name, (base, rate) in table.items()
        }
        energy = value["energy_per_area"] * value["area"] / 1000
        stated = {
            "public_area": rounded(value["area"], 2),
            "public_people": rounded(value["people"], 0),
            "public_energy": rounded(energy, 2),
            "public_water": rounded(value["water_per_person"] * value["people"], 2),
            "public_carbon": rounded(value["carbon_per_area"] * value["area"] / 1000, 2),
        }
        for quantity, amount in stated.items():
            press.say("public-institutions", quantity, city, str(year), amount)
        organs, others = settings.data["organs"], settings.data["institutions"]
        counts = {
            "organs": organs["count"],
            "organs_saving": certified(organs["saving"], organs["count"], year),
            "organs_water_saving": certified(organs["water_saving"], organs["count"], year),
            "institutions": others["count"],
            "institutions_water_saving": certified(others["water_saving"], others["count"], year),
        }
        for quantity, count in counts.items():
            press.say("saving-organs", quantity, city, str(year), Decimal(count))


def say_registers(press: Press, places: Places) -> None:
    """Parks and sewage plants, each member for itself."""
    settings = press.settings
    parks = [e for e in places if e.kind == "industrial_park"]
    for year in settings.years:
        for park, row in zip(parks, settings.data["parks"], strict=True):
            done = row["eligible"] and year >= row.get("circular", 9999)
            press.say("parks", "park_eligible", park.id, str(year), Decimal(int(row["eligible"])))
            press.say("parks", "park_circular", park.id, str(year), Decimal(int(done)))
    _say_plants(press, [e for e in places if e.kind == "sewage_plant"])


def _say_plants(press: Press, plants: list[Entity]) -> None:
    settings = press.settings
    table = settings.data["sewage_plants"]
    for number, (plant, built) in enumerate(zip(plants, plant_years(settings), strict=True), start=1):
        load = draw(settings.seed, "load", number).uniform(0.55, 0.85)
        for year in settings.years:
            serving = year >= built
            press.say("town-sewage-plants", "plant_in_service", plant.id, str(year), Decimal(int(serving)))
            grown = min(1.0, load * (1 + 0.02 * (year - built)))
            volume = plant_capacity(settings, number) * 365 * grown / 10_000 if serving else 0
            press.say("sewage-volume", "treated_volume", plant.id, str(year), rounded(volume, 2))
            for pollutant in table["inlet"] if serving else ():
                some = draw(settings.seed, "water", number, pollutant, year)
                inlet = rounded(table["inlet"][pollutant] * some.uniform(0.85, 1.15), 2)
                outlet = rounded(table["outlet"][pollutant] * some.uniform(0.8, 1.15), 2)
                press.say(
                    "sewage-concentration", "inlet_concentration", plant.id, str(year), inlet, pollutant
                )
                press.say(
                    "sewage-concentration", "outlet_concentration", plant.id, str(year), outlet, pollutant
                )
