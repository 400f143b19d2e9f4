"""Outlets of the drill: what a tax return is drawn up from, month by month; emission of a year by several methods."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from duheng.ingest.drill.batches import Press
from duheng.ingest.drill.draws import draw, rounded
from duheng.ingest.drill.entities import made
from duheng.ingest.drill.settings import Settings
from duheng.model.entities import Entity, Places

RETURN = "环境保护税计税依据"
EMISSION = "污染物排放量核算"
_METHODS = {"water": ("monitored_water", "sampled_water"), "air": ("monitored_gas", "sampled_gas")}
# From the names of the tax table to those of emission accounting.
_POLLUTANTS = {
    "化学需氧量(CODcr)": "化学需氧量",
    "氨氮": "氨氮",
    "氮氧化物": "氮氧化物",
    "二氧化硫": "二氧化硫",
}


def outlets(settings: Settings, enterprises: Sequence[Entity]) -> Iterator[Entity]:
    """One outlet of each enterprise with a return."""
    for firm in _taxpayers(settings.data["outlets"], enterprises):
        air = firm.attributes["industry"] in settings.data["outlets"]["air"]
        code = "DA001" if air else "DW001"
        yield made(
            f"{firm.id}-{code}", f"{firm.name} {code}", "outlet", firm.id,
            outlet_code=code, receiving="大气" if air else "演练河",
        )  # fmt: skip


def _taxpayers(table: dict[str, Any], enterprises: Sequence[Entity]) -> list[Entity]:
    found: list[Entity] = []
    for industry, count in table["enterprises"].items():
        found += [firm for firm in enterprises if firm.attributes["industry"] == industry][:count]
    return found


def say_outlets(press: Press, places: Places) -> None:
    """The returns of every month and the emission of every year."""
    table = press.settings.data["outlets"]
    firms = _taxpayers(table, [one for one in places if one.kind == "enterprise"])
    for number, firm in enumerate(firms):
        industry = str(firm.attributes["industry"])
        medium = "air" if industry in table["air"] else "water"
        outlet = f"{firm.id}-{'DA' if medium == 'air' else 'DW'}001"
        for month in table["months"]:
            silent = number in table["silent"] and month == table["months"][-1]
            penal = number in table["penal"] and month == table["months"][0]
            _say_month(press, outlet, medium, table[medium][industry], month, silent=silent, penal=penal)
        for year in press.settings.data["emissions"]["years"]:
            _say_year(press, outlet, medium, table[medium][industry], year, number)


def _say_month(
    press: Press, outlet: str, medium: str, rows: dict[str, Any], month: str, *, silent: bool, penal: bool
) -> None:
    press.environment(RETURN, "tax_on_generated", outlet, month, rounded(int(penal), 0))
    for pollutant, (amount, concentration, limit, times) in rows.items():
        some = draw(press.settings.seed, outlet, month, pollutant)
        size = draw(press.settings.seed, outlet).uniform(0.5, 1.6) * some.uniform(0.9, 1.1)
        values = {
            f"{medium}_tax_emission": rounded(amount * size, 2),
            f"{medium}_tax_generated": rounded(amount * size * times, 2),
            f"{medium}_tax_concentration": rounded(concentration * some.uniform(0.8, 1.15), 3),
            f"{medium}_tax_limit": rounded(limit, 3),
            f"{medium}_tax_exceedances": rounded(int(some.random() < 0.08), 0),
        }
        for quantity, value in values.items():
            if not (silent and quantity.endswith(("emission", "generated"))):
                press.environment(RETURN, quantity, outlet, month, value, pollutant)


def _say_year(press: Press, outlet: str, medium: str, rows: dict[str, Any], year: int, number: int) -> None:
    """A year's amount by the methods in use: monitored, sampled, by balance (sulphur dioxide), by coefficient."""
    shares = press.settings.data["emissions"]
    automatic, sampled = _METHODS[medium]
    flow = 4e8 if medium == "air" else 6e5  # m3 a year: concentrations follow from the amounts
    grams = 1e9 if medium == "air" else 1e6  # mg in t, g in t: mg/m3 of gas and mg/L of water
    monitored = number not in shares["without_automatic"]
    flows = {automatic: flow, sampled: flow} if monitored else {sampled: flow}
    for name, volume in flows.items():
        press.environment(EMISSION, name, outlet, str(year), rounded(volume, 0))
    press.environment(EMISSION, "activity", outlet, str(year), rounded(50000, 0))
    press.environment(EMISSION, "treatment_running", outlet, str(year), rounded(0.96, 2))
    for pollutant, (amount, *_) in rows.items():
        item = _POLLUTANTS.get(pollutant)
        if item is None:
            continue
        some = draw(press.settings.seed, "emission", outlet, pollutant, year)
        tonnes = amount * 12 / 1000 * some.uniform(0.8, 1.2)
        for name in flows:
            share = shares["自动监测"] if name == automatic else shares["手工监测"]
            value = rounded(tonnes * share * grams / flow, 3)
            press.environment(EMISSION, f"{name}_concentration", outlet, str(year), value, item)
        # 50,000 t of activity; half of what is generated is removed, so the coefficient is twice the amount.
        coefficient = tonnes * shares["产排污系数"] * 1000 / 50000 / (1 - 0.5 * 0.96)
        press.environment(
            EMISSION, "generation_coefficient", outlet, str(year), rounded(coefficient, 4), item
        )
        press.environment(EMISSION, "treatment_removal", outlet, str(year), rounded(0.5, 2), item)
        if item == "二氧化硫":
            whole = tonnes * shares["物料衡算"]
            for name, share in (("balance_input", 1.8), ("balance_product", 0.5), ("balance_recovered", 0.3)):
                press.environment(EMISSION, name, outlet, str(year), rounded(whole * share, 4), item)
