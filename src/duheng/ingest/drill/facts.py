"""All facts of the drill, in the order in which they were published."""

from __future__ import annotations

from duheng.ingest.drill.air import say_air
from duheng.ingest.drill.balance import say_balance
from duheng.ingest.drill.batches import Batch, Press
from duheng.ingest.drill.energy import Economy, say_economy, say_energy, say_population
from duheng.ingest.drill.industry import say_industry
from duheng.ingest.drill.outlets import say_outlets
from duheng.ingest.drill.places import parameters_of, places_of
from duheng.ingest.drill.projects import say_projects
from duheng.ingest.drill.settings import Settings
from duheng.ingest.drill.vocs import say_vocs
from duheng.ingest.drill.water import say_waters
from duheng.ingest.drill.yearly import say_public, say_rates, say_registers
from duheng.model.plan import City


def drill_batches(city: City, settings: Settings) -> list[Batch]:
    """The drill's publications by day: the same for the same settings, on every machine."""
    press = Press(city, settings)
    economy = Economy(city, settings, parameters_of(city, "drill"))
    say_economy(press, economy)
    say_population(press)
    say_energy(press, economy)
    say_balance(press, economy)
    say_industry(press, economy)
    say_rates(press)
    say_public(press)
    places = places_of(city, "drill")
    say_registers(press, places)
    say_projects(press)
    say_vocs(press, places)
    say_outlets(press, places)
    say_air(press)
    say_waters(press)
    return press.ordered()
