"""The energy balance of the drill's counties: every row of the form, by fuel and year, made so that it closes.

The supply of a fuel is the use stated of it; what the plants make comes on top and final use, losses and inputs take
up all of it. What a fuel does not have is stated as nought, as a careful statistician does.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from duheng.ingest.drill.batches import Press
from duheng.ingest.drill.draws import along, draw, rounded, split
from duheng.ingest.drill.energy import Economy, gather

FORM = "energy-balance-table"
FINAL = (
    "final_agriculture", "final_industry", "final_construction", "final_transport", "final_trade", "final_other",
    "final_urban", "final_rural",
)  # fmt: skip
Cells = dict[tuple[str, str], Decimal]  # (quantity, fuel) -> amount in the fuel's own unit
_NONE = Decimal(0)


def say_balance(press: Press, economy: Economy) -> None:
    """Every row of the balance, stated by county, fuel and year."""
    duty = press.duties.get(FORM)
    for county in press.settings.counties if duty else ():
        for year in press.settings.years:
            cells = balance_of(press, economy, county, year)
            for quantity in duty.quantities if duty else ():
                for fuel in economy.factors:
                    press.say(FORM, quantity, county, str(year), cells.get((quantity, fuel), _NONE), fuel)


def balance_of(press: Press, economy: Economy, county: str, year: int) -> Cells:
    """The rows of a county's balance that are not nought."""
    cells: Cells = {}
    for row in ("power", "heat"):
        cells |= dict(_transformed(press, economy, county, year, row))
    for fuel in economy.factors:
        cells |= _supplied(press, economy, county, year, fuel)
        cells |= _used(press, economy, county, year, fuel, cells)
    return cells


def _use(press: Press, economy: Economy, county: str, year: int, fuel: str) -> Decimal:
    """The use stated of a fuel [own unit]."""
    areas = press.settings.areas
    return gather(press.settings, {area.id: economy.fuels[area.id, year, fuel] for area in areas})[county]


def _transformed(
    press: Press, economy: Economy, county: str, year: int, row: str
) -> Iterator[tuple[tuple[str, str], Decimal]]:
    """Fuel put into plants (negative) and what they make of it."""
    plants = press.settings.data["balance"][row]
    put_in = 0.0
    for fuel, share in plants["burnt"].get(county, {}).items():
        amount = rounded(_use(press, economy, county, year, fuel) * Decimal(str(share)), 2)
        put_in += float(amount) * economy.factors[fuel]
        yield (f"transformed_{row}", fuel), -amount
    if put_in:
        made = plants["efficiency"] * draw(press.settings.seed, row, county, year).uniform(0.985, 1.015)
        yield (
            (f"transformed_{row}", plants["made"]),
            rounded(put_in * made / economy.factors[plants["made"]], 2),
        )


def _supplied(press: Press, economy: Economy, county: str, year: int, fuel: str) -> Cells:
    """Where the use of a fuel came from; what is neither produced here nor from stock was moved in."""
    settings, use = press.settings, _use(press, economy, county, year, fuel)
    table = settings.data["balance"]
    first, last = table["production"].get(fuel, (0, 0))
    share = along({settings.first_year: first, settings.last_year: last}, year)
    produced = rounded(use * Decimal(share), 2)
    sent = rounded(use * Decimal(str(table["moved_out"].get(fuel, 0))), 2)
    opening, closing = (_stock(press, economy, county, at, fuel) for at in (year - 1, year))
    return {
        ("supply_opening_stock", fuel): opening,
        ("supply_production", fuel): produced,
        ("supply_moved_in", fuel): use - opening - produced + sent + closing,
        ("supply_moved_out", fuel): -sent,
        ("supply_closing_stock", fuel): -closing,
    }


def _stock(press: Press, economy: Economy, county: str, year: int, fuel: str) -> Decimal:
    """Stock at the end of a year; before the first year, that of the first."""
    settings = press.settings
    share = settings.data["balance"]["stock"].get(fuel, 0)
    some = draw(settings.seed, "stock", county, fuel, year).uniform(0.9, 1.1)
    use = _use(press, economy, county, max(year, settings.first_year), fuel)
    return rounded(use * Decimal(share * some), 2)


def _used(
    press: Press, economy: Economy, county: str, year: int, fuel: str, transformed: Cells
) -> dict[tuple[str, str], Decimal]:
    """Losses and the final use of the sectors: all that is left of a fuel."""
    table = press.settings.data["balance"]
    made = sum((transformed.get((f"transformed_{row}", fuel), _NONE) for row in ("power", "heat")), _NONE)
    there = _use(press, economy, county, year, fuel) + made
    lost = rounded(there * Decimal(str(table["loss"].get(fuel, 0))), 2)
    shares = [
        share * draw(press.settings.seed, "final", county, fuel, row).uniform(0.9, 1.1)
        for row, share in zip(FINAL, table["final"][fuel], strict=True)
    ]
    used = dict(zip(((row, fuel) for row in FINAL), split(there - lost, shares, 2), strict=True))
    areas = press.settings.areas
    feedstock = gather(press.settings, {a.id: economy.feedstock(a.id, year, fuel) for a in areas})[county]
    return {
        **used,
        ("fuel_loss", fuel): lost,
        ("delivery_loss", fuel): lost,
        ("industry_material_use", fuel): feedstock,
    }
