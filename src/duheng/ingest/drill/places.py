"""The city as a scenario sees it: in the drill the real counties, zones and towns with made-up registers.

The real registers are left out of the drill and the made-up ones out of everything else: no scenario sees another
one's entities, and no made-up figure is said of a real enterprise. The made-up entities are built from the city's
`drill/drill.yaml`; constants that the standards leave to measurement stand in `drill/parameters`.
"""

from __future__ import annotations

from dataclasses import replace

from duheng.ingest.drill.registers import registers
from duheng.ingest.drill.settings import settings_of
from duheng.model.entities import Places
from duheng.model.parameters import Parameters, packaged, read_parameters
from duheng.model.plan import City

_kept: dict[int, tuple[City, City]] = {}


def is_drill(scenario: str) -> bool:
    """Whether a scenario is of the drill: `drill` and whatever is derived from it."""
    return scenario == "drill" or scenario.startswith("drill-")


def city_in(city: City, scenario: str) -> City:
    """The city with the places and parameters of a scenario: itself, but for the drill.

    The same object each time, so that what is remembered of a city holds. A city without a drill is itself.
    """
    if not is_drill(scenario):
        return city
    known = _kept.get(id(city))
    if known is None or known[0] is not city:
        known = _kept[id(city)] = (city, _drilled(city))
        # The drilled city is its own drill, so that it can be handed in again.
        _kept[id(known[1])] = (known[1], known[1])
    return known[1]


def _drilled(city: City) -> City:
    settings = settings_of(city)
    if settings is None:
        return city
    made = registers(city, settings)
    places = city.places.without({entity.kind for entity in made}).joined(made)
    folder = settings.folder / "parameters"
    own = dict(city.parameters.own)
    if folder.is_dir():
        own |= read_parameters(folder, onto={**packaged(), **own})
    return replace(city, places=places, parameters=Parameters(own))


def places_of(city: City, scenario: str) -> Places:
    """The places a scenario may speak of."""
    return city_in(city, scenario).places


def parameters_of(city: City, scenario: str) -> Parameters:
    """The parameters in force in a scenario."""
    return city_in(city, scenario).parameters
