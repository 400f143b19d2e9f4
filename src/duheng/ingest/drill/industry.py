"""Industry of the drill: enterprises by month and fuel, what the small ones add, value added and water."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from duheng.ingest.drill.batches import Press
from duheng.ingest.drill.draws import draw, rounded, split
from duheng.ingest.drill.energy import Economy, gather
from duheng.ingest.drill.registers import enterprises
from duheng.ingest.drill.settings import Settings
from duheng.model.entities import Entity

REPORT = "工业企业能源月报（205-1表样式）"
_VALUE_ADDED_SHARE = 0.29


@dataclass(frozen=True)
class Firm:
    """An enterprise with the area it stands in, its weight in it, and its fuels by share of standard coal."""

    entity: Entity
    area: str
    weight: float
    mix: dict[str, float]


def firms(settings: Settings) -> list[Firm]:
    """The enterprises in the order of the register."""
    areas = [str(area) for area, count in settings.data["enterprises"].items() for _ in range(count)]
    industries = settings.data["industries"]
    found = []
    for number, (entity, area) in enumerate(zip(enterprises(settings), areas, strict=True)):
        industry = industries[number % len(industries)]
        size = draw(settings.seed, "size", entity.id).uniform(0.6, 1.5)
        found.append(Firm(entity, area, industry["weight"] * size, industry["mix"]))
    return found


def say_industry(press: Press, economy: Economy) -> None:
    """Monthly energy of enterprises, areas and counties; yearly value added and water."""
    settings = press.settings
    known = firms(settings)
    for year in range(settings.first_year, settings.last_year + 2):
        months = 12 if year <= settings.last_year else settings.data["months_after"]
        totals = {a.id: _area_year(economy, a.id, year) for a in settings.areas}
        sums = {(a.id, m): Decimal(0) for a in settings.areas for m in range(1, 13)}
        for firm in known:
            for month, value in _firm_year(press, economy, firm, known, totals[firm.area], year, months):
                sums[firm.area, month] += value
        share = 1 - settings.data["enterprise_share"]
        for area in settings.areas:
            rest = split(rounded(totals[area.id] * share, 2), settings.data["season"], 2)
            for month in range(1, months + 1):
                sums[area.id, month] += rest[month - 1]
        for month in range(1, months + 1):
            values = {a.id: sums[a.id, month] for a in settings.areas}
            for place, value in gather(settings, values).items():
                press.say("industry-energy", "industrial_energy", place, f"{year}-{month:02}", value)
    _say_yearly(press, economy)


def _area_year(economy: Economy, area: str, year: int) -> float:
    """Industrial energy of an area [tce]."""
    settings = economy.settings
    fall = 1 - float(settings.data["industrial_fall"]) / 100
    share = settings.area(area).industry * float(fall ** (year - settings.base_year))
    return economy.energy(area, year) * share


def _firm_year(
    press: Press, economy: Economy, firm: Firm, known: list[Firm], total: float, year: int, months: int
) -> Iterator[tuple[int, Decimal]]:
    """State one enterprise's year month by month; yields each month's energy in standard coal."""
    settings = press.settings
    whole = sum(other.weight for other in known if other.area == firm.area)
    energy = total * settings.data["enterprise_share"] * firm.weight / whole
    season = settings.data["season"]
    some = draw(settings.seed, "months", firm.entity.id, year)
    scale = energy / sum(season)
    for month, share in enumerate(season[:months], start=1):
        amount = share * scale * some.uniform(0.94, 1.06)
        burnt = Decimal(0)
        for fuel, part in firm.mix.items():
            use = rounded(amount * part / economy.factors[fuel], 2)
            burnt += use * Decimal(str(economy.factors[fuel]))
            press.say(REPORT, "fuel_use", firm.entity.id, f"{year}-{month:02}", use, fuel)
        value = rounded(burnt, 2)
        press.say(REPORT, "industrial_energy", firm.entity.id, f"{year}-{month:02}", value)
        yield month, value


def _say_yearly(press: Press, economy: Economy) -> None:
    settings = press.settings
    water = settings.data["industrial_water"]
    for year in settings.years:
        added = {
            a.id: rounded(economy.gdp[a.id, year] * _VALUE_ADDED_SHARE * a.industry / 0.47, 2)
            for a in settings.areas
        }
        for place, value in gather(settings, added).items():
            press.say("industry-output", "industrial_value_added", place, str(year), value)
        # m3 for 万元 times 亿元 is 万m3: both hundred-millions and ten-thousands cancel to 10^4.
        per = water["per_value"] * (1 - water["fall"] / 100) ** (year - settings.base_year)
        used = {id: rounded(float(value) * per, 2) for id, value in added.items()}
        for place, value in gather(settings, used).items():
            press.say("industry-water", "industrial_water", place, str(year), value)
