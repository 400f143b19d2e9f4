"""The places of the drill: the real counties, zones and towns, and made-up enterprises, plants and projects.

The real registers are left out of the drill and the made-up ones out of everything else: a scenario never sees
another one's entities. The made-up entities are built from the city's `drill/drill.yaml`.
"""

from __future__ import annotations

from duheng.ingest.drill.registers import registers
from duheng.ingest.drill.settings import settings_of
from duheng.model.entities import Places
from duheng.model.plan import City

_kept: dict[int, tuple[City, Places]] = {}


def places_of(city: City, scenario: str) -> Places:
    """The places a scenario may speak of: the city's own, in the drill its counties and the made-up registers.

    A city without a drill (no `drill/drill.yaml`) has the same places in every scenario.
    """
    if scenario != "drill" and not scenario.startswith("drill-"):
        return city.places
    known = _kept.get(id(city))
    if known is None or known[0] is not city:
        settings = settings_of(city)
        places = city.places
        if settings is not None:
            made = registers(city, settings)
            places = city.places.without({entity.kind for entity in made}).joined(made)
        known = _kept[id(city)] = (city, places)
    return known[1]
