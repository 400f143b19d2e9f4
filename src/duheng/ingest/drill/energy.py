"""Economy and energy of the drill: GDP, fuels, feedstock, electricity, of the areas that add up to the counties."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from functools import cached_property

from duheng.ingest.drill.batches import Press
from duheng.ingest.drill.draws import along, draw, rounded, split
from duheng.ingest.drill.settings import Area, Settings
from duheng.model.parameters import Parameters
from duheng.model.periods import parse
from duheng.model.plan import City


class Economy:
    """GDP [亿元 of the base year], energy [tce] and fuels of every area and year, one year beyond the last included."""

    def __init__(self, city: City, settings: Settings, parameters: Parameters) -> None:
        self.settings, self.city, self.parameters = settings, city, parameters
        self._last = settings.last_year + 1
        self._mean_growth = sum(a.growth * a.gdp for a in settings.areas) / sum(a.gdp for a in settings.areas)

    @cached_property
    def factors(self) -> dict[str, float]:
        """Standard coal of a unit of each fuel, power and heat at calorific value [tce]: within plants and firms."""
        base = self.settings.base_year
        return {
            fuel: self._factor("standard_coal_factor", fuel, base) for fuel in self.settings.data["fuels"]
        }

    @cached_property
    def regional_factors(self) -> dict[tuple[str, int], float]:
        """The same by fuel and year for a region, power and heat at equal value [tce]."""
        fuels, years = self.settings.data["fuels"], self.settings.years
        return {
            (fuel, year): self._factor("equal_value_factor", fuel, year) for fuel in fuels for year in years
        }

    def _factor(self, parameter: str, fuel: str, year: int) -> float:
        setting = self.parameters.get(parameter).at(parse(str(year)).end, fuel, self.city.code)
        if setting is None:
            raise LookupError(f"{fuel} {year}: no {parameter} in force for the drill")
        return float(setting.value)

    @cached_property
    def gdp(self) -> dict[tuple[str, int], float]:
        """GDP at constant prices by area and year."""
        growth = self.settings.data["growth_by_year"]
        return self._chain(
            lambda area: area.gdp,
            lambda area, year: along(growth, year) + (area.growth - self._mean_growth) * 0.6,
        )

    @cached_property
    def intensity(self) -> dict[tuple[str, int], float]:
        """Energy for a unit of GDP by area and year [tce/万元]."""
        fall = self.settings.data["fall_by_year"]
        return self._chain(lambda area: area.intensity, lambda area, year: -(area.fall + fall.get(year, 0.0)))

    def _chain(
        self, base: Callable[[Area], float], rate: Callable[[Area, int], float]
    ) -> dict[tuple[str, int], float]:
        """A series from the base year's value and yearly rates in %, forwards and backwards."""
        found: dict[tuple[str, int], float] = {}
        for area in self.settings.areas:
            found[area.id, self.settings.base_year] = base(area)
            for year in range(self.settings.base_year + 1, self._last + 1):
                found[area.id, year] = found[area.id, year - 1] * (1 + rate(area, year) / 100)
            for year in range(self.settings.base_year, self.settings.first_year, -1):
                found[area.id, year - 1] = found[area.id, year] / (1 + rate(area, year) / 100)
        return found

    def energy(self, area: str, year: int) -> float:
        """Energy consumed [tce]: 1 亿元 is 10,000 万元."""
        return self.gdp[area, year] * 10_000 * self.intensity[area, year]

    @cached_property
    def fuels(self) -> dict[tuple[str, int, str], Decimal]:
        """Fuel use by area, year and fuel, in the fuel's own unit, two decimals."""
        found: dict[tuple[str, int, str], Decimal] = {}
        span = self.settings.last_year - self.settings.first_year
        for area in self.settings.areas:
            tilt = {f: draw(self.settings.seed, "fuel", area.id, f).uniform(0.88, 1.12) for f in self.factors}
            for year in self.settings.years:
                at = (year - self.settings.first_year) / span
                shares = {
                    fuel: (first + (last - first) * at) * tilt[fuel]
                    for fuel, (first, last) in self.settings.data["fuels"].items()
                }
                whole = sum(shares.values())
                for fuel, share in shares.items():
                    amount = self.energy(area.id, year) * share / whole / self.regional_factors[fuel, year]
                    found[area.id, year, fuel] = rounded(amount, 2)
        return found

    def feedstock(self, area: str, year: int, fuel: str) -> Decimal:
        """Fuel used as raw material, in the fuel's own unit; nought for a fuel that is none."""
        if fuel not in self.settings.data["feedstock"]:
            return Decimal(0)
        first, last = self.settings.data["feedstock"][fuel]
        at = (year - self.settings.first_year) / (self.settings.last_year - self.settings.first_year)
        return rounded(float(self.fuels[area, year, fuel]) * (first + (last - first) * at), 2)

    def city_energy(self, year: int) -> float:
        """Energy of the whole city as the stated fuels make it [tce]."""
        return sum(float(v) * self.regional_factors[f, y] for (_, y, f), v in self.fuels.items() if y == year)


def stated_for(settings: Settings, area: Area) -> list[str]:
    """Who states an area's figures: the county it belongs to, and itself where it is a zone of it."""
    return [area.county] if area.id == area.county or area.id.endswith("X") else [area.county, area.id]


def gather(settings: Settings, values: dict[str, Decimal]) -> dict[str, Decimal]:
    """Figures of the areas as counties and zones state them: a county's is the sum of its areas."""
    found: dict[str, Decimal] = {}
    for area in settings.areas:
        for place in stated_for(settings, area):
            found[place] = found.get(place, Decimal(0)) + values[area.id]
    return found


def say_economy(press: Press, economy: Economy) -> None:
    """GDP at both prices, and its revision by the census: new facts that supersede, back to the base year."""
    settings = press.settings
    census = settings.data["census"]
    raised = 1 + census["raised"] / 100
    prices = settings.data["price_by_year"]
    for year in settings.years:
        exact = {a.id: economy.gdp[a.id, year] for a in settings.areas}
        old = 1 / raised if year in census["years"] else 1.0
        for place, value in gather(settings, {id: rounded(v * old, 2) for id, v in exact.items()}).items():
            press.say("economy", "gdp", place, str(year), value)
        current = {id: rounded(v * old * along(prices, year), 2) for id, v in exact.items()}
        for place, value in gather(settings, current).items():
            press.say("economy", "gdp_current", place, str(year), value)
    for year in census["years"]:
        new = {a.id: rounded(economy.gdp[a.id, year], 2) for a in settings.areas}
        current = {id: rounded(economy.gdp[id, year] * along(prices, year), 2) for id in new}
        for quantity, values in (("gdp", new), ("gdp_current", current)):
            for place, value in gather(settings, values).items():
                day = census["published"]
                press.say("economy", quantity, place, str(year), value, day=day, note="（经济普查修订）")
    estimate = settings.data["blemishes"]["estimate"]
    place, year = str(estimate["area"]), estimate["year"]
    real = {a.id: rounded(economy.gdp[a.id, year], 2) for a in settings.areas}
    early = rounded(gather(settings, real)[place] * Decimal(1 + estimate["by"] / 100), 2)
    day = estimate["published"]
    press.say("economy", "gdp", place, str(year), early, status="estimated", day=day, note="（初步核算）")


def say_population(press: Press) -> None:
    """Residents at the year's end; in one year the city states what its counties do not add up to, on purpose."""
    settings = press.settings
    gap = settings.data["blemishes"]["gap"]
    form = "population"
    for year in settings.years:
        drift = 1 - 0.004 * (year - settings.base_year)
        values = {a.id: rounded(a.population * drift, 2) for a in settings.areas}
        for place, value in gather(settings, values).items():
            press.say(form, "population", place, str(year), value)
        if year == gap["year"]:
            said = rounded(sum(values.values(), Decimal(0)) * Decimal(1 + gap["by"] / 100), 2)
            press.say(form, gap["quantity"], press.city.id, str(year), said)


def say_energy(press: Press, economy: Economy) -> None:
    """Fuels and feedstock of counties and zones, electricity by month, non-fossil energy of the city."""
    settings = press.settings
    for year in settings.years:
        for fuel in economy.factors:
            values = {a.id: economy.fuels[a.id, year, fuel] for a in settings.areas}
            for place, value in gather(settings, values).items():
                press.say(
                    "energy-balance",
                    "fuel_use",
                    place,
                    str(year),
                    _first_said(press, place, fuel, year, value),
                    fuel,
                )
        _say_feedstock(press, economy, year)
        _say_electricity(press, economy, year)
        share = along(settings.data["nonfossil_share"], year) / 100
        press.say(
            "non-fossil",
            "nonfossil_energy",
            press.city.id,
            str(year),
            rounded(economy.city_energy(year) * share, 2),
        )
    _say_correction(press, economy)


def _first_said(press: Press, place: str, fuel: str, year: int, value: Decimal) -> Decimal:
    """The figure as first reported: where it was later corrected, the wrong one."""
    wrong = press.settings.data["blemishes"]["correction"]
    if (place, fuel, year) != (str(wrong["area"]), wrong["fuel"], wrong["year"]):
        return value
    return rounded(value / Decimal(1 + wrong["by"] / 100), 2)


def _say_correction(press: Press, economy: Economy) -> None:
    wrong = press.settings.data["blemishes"]["correction"]
    place, fuel, year = str(wrong["area"]), wrong["fuel"], wrong["year"]
    value = gather(press.settings, {a.id: economy.fuels[a.id, year, fuel] for a in press.settings.areas})[
        place
    ]
    press.say(
        "energy-balance", "fuel_use", place, str(year), value, fuel, day=wrong["published"], note="（更正）"
    )


def _say_feedstock(press: Press, economy: Economy, year: int) -> None:
    settings = press.settings
    for fuel in settings.data["feedstock"]:
        values = {a.id: economy.feedstock(a.id, year, fuel) for a in settings.areas}
        for place, value in gather(settings, values).items():
            press.say("feedstock", "feedstock_use", place, str(year), value, fuel)


def _say_electricity(press: Press, economy: Economy, year: int) -> None:
    """The months add up to the year's electricity of the energy balance."""
    settings = press.settings
    values = {a.id: economy.fuels[a.id, year, "电力"] for a in settings.areas}
    for place, value in gather(settings, values).items():
        season = [
            s * draw(settings.seed, "load", place, year, m).uniform(0.98, 1.02)
            for m, s in enumerate(settings.data["season"])
        ]
        for month, part in enumerate(split(value, season, 2), start=1):
            press.say("electricity", "electricity_use", place, f"{year}-{month:02}", part)
