"""The settings of a city's drill, from its `drill/drill.yaml`."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from duheng.model.errors import UnreadableSource
from duheng.model.plan import City

# Raised when the generator itself changes, so that a ledger knows which drill it holds.
GENERATOR = "3"
_REQUIRED = (
    "seed",
    "first_year",
    "base_year",
    "last_year",
    "areas",
    "fuels",
    "balance",
    "enterprises",
    "industries",
    "rates",
)


@dataclass(frozen=True)
class Area:
    """An area that adds up to its county: share of the city's things, economy and energy of the base year."""

    id: str
    county: str
    gdp: float
    growth: float
    intensity: float
    fall: float
    industry: float
    population: float
    rural: float
    urban: float


@dataclass(frozen=True)
class Settings:
    """A drill's settings; `data` holds the tables of drill.yaml that one topic alone reads."""

    folder: Path
    digest: str
    seed: int
    first_year: int
    base_year: int
    last_year: int
    areas: tuple[Area, ...]
    data: dict[str, Any]

    @property
    def years(self) -> range:
        """The years with whole figures."""
        return range(self.first_year, self.last_year + 1)

    @property
    def counties(self) -> tuple[str, ...]:
        """Ids of the counties, in the order given."""
        return tuple(dict.fromkeys(area.county for area in self.areas))

    def area(self, id: str) -> Area:
        """The area with this id."""
        return next(area for area in self.areas if area.id == id)


def has_drill(city: City) -> bool:
    """Whether the city's folder describes a drill."""
    return _file(city).is_file()


def _file(city: City) -> Path:
    return city.folder / "drill" / "drill.yaml"


def settings_of(city: City) -> Settings | None:
    """The settings of the city's drill; None where it has none. UnreadableSource for a file that is no settings."""
    path = _file(city)
    if not path.is_file():
        return None
    content = path.read_bytes()
    data = yaml.safe_load(content)
    missing = [key for key in _REQUIRED if not isinstance(data, dict) or key not in data]
    if missing:
        raise UnreadableSource(f"{path}：缺少 {'、'.join(missing)}。请恢复随程序发布的演练设定。")
    areas = tuple(
        Area(id=str(id), **{**row, "county": str(row["county"])}) for id, row in data["areas"].items()
    )
    digest = hashlib.sha256(GENERATOR.encode() + content).hexdigest()
    return Settings(
        path.parent,
        digest,
        data["seed"],
        data["first_year"],
        data["base_year"],
        data["last_year"],
        areas,
        data,
    )
