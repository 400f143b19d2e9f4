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
_made: dict[int, Places] = {}


def is_drill(scenario: str) -> bool:
    """Whether a scenario is of the drill: `drill` and whatever is derived from it."""
    return scenario == "drill" or scenario.startswith("drill-")


def city_in(city: City, scenario: str) -> City:
    """The city with the places and parameters of a scenario: itself, but for the drill.

    The same object each time, so that what is remembered of a city holds. A city without a drill is itself.
    """
    # By its places a drilled city is known when it is handed in again, also with other parameters in force since.
    if not is_drill(scenario) or _made.get(id(city.places)) is city.places:
        return city
    known = _kept.get(id(city))
    if known is None or known[0] is not city:
        known = _kept[id(city)] = (city, _drilled(city))
        _made[id(known[1].places)] = known[1].places
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
