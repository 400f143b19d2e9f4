"""A city's own sets of emission factors as bases of the rules: files carbon/<name>.csv of its folder.

A file is read as `duheng carbon --factors` reads it. Each set is used whole, and only where every factor names its
source. Where its factors differ by sector, each sector is read with its own and there is none for all of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from pathlib import Path

from duheng.city.bases import Basis, carbon_sets
from duheng.city.changes import Stamp, stamp
from duheng.model import Parameter, Setting, parameter
from duheng.model.errors import UnreadableSource
from duheng.model.findings import Finding
from duheng.model.saying import say

from .factor_file import Factor, read_factors
from .inventory import serving
from .layout import Sector, sectors

FACTOR, RULE, INSTEAD_OF = "fuel_co2_factor", "emission_by_factor", "combustion_emission"


@dataclass(frozen=True)
class OwnSet:
    """A set of a city: its name, the factors of each sector, what is odd in the file.

    usable: whether it can be chosen; where not, an error among the findings says why.
    """

    name: str
    factors: tuple[Factor, ...]
    findings: tuple[Finding, ...]

    @property
    def usable(self) -> bool:
        """Whether the whole set may be used."""
        return bool(self.factors) and not any(one.severity == "error" for one in self.findings)

    @property
    def by_sector(self) -> bool:
        """Whether the factors of a fuel differ by sector."""
        told = [{one.fuel: one.value for one in self._of(sector)} for sector in sectors()]
        return any(one != told[0] for one in told)

    def _of(self, sector: Sector) -> list[Factor]:
        return [one for one, _ in serving(sector.name, self.factors)]

    def basis(self, flow: str | None = None) -> Basis | None:
        """The basis for a row of the balance; None where the factors differ by sector and the row is none."""
        if not self.by_sector:
            return self._basis(self.name, self._of(sectors()[0]))
        found = next((one for one in sectors() if one.quantity == flow), None)
        return self._basis(f"{self.name}/{flow}", self._of(found)) if found else None

    def _basis(self, id: str, factors: list[Factor]) -> Basis:
        known = parameter(FACTOR)
        settings = tuple(_setting(one) for one in factors)
        own = Parameter(known.id, known.title, known.unit, known.title_en, known.axis, settings, known.note)
        titles = (f"本市因子集 {self.name}", f"the city's set {self.name}")
        return Basis(id, *titles, {}, own={FACTOR: own}, rules={INSTEAD_OF: RULE})


def _setting(one: Factor) -> Setting:
    value = Decimal(repr(one.value))
    return Setting(date(1900, 1, 1), value, one.cite, one.certainty, item=one.fuel, note=one.place)


def own_sets(folder: Path) -> dict[str, OwnSet]:
    """The sets of a city's folder by name, as the files are now; one named as a packaged set is left to that."""
    return _own_sets(folder, stamp(folder / "carbon"))


@lru_cache(maxsize=8)
def _own_sets(folder: Path, files: Stamp) -> dict[str, OwnSet]:
    paths = [folder / "carbon" / name for name, _, _ in files]
    return {path.stem: _read(path) for path in paths}


def _read(path: Path) -> OwnSet:
    if path.stem in carbon_sets():
        found = say("因子集“{name}”与随程序发布的一套同名", name=path.stem)
        return OwnSet(path.stem, (), (_odd(path, found, "不同的名称", "请改文件名"),))
    try:
        read = read_factors(path)
    except UnreadableSource as trouble:
        return OwnSet(path.stem, (), (_odd(path, str(trouble), "可读的因子文件", "请按提示更正该文件"),))
    return OwnSet(path.stem, read.factors, (*read.findings, *_unsourced(path, read.factors)))


def _unsourced(path: Path, factors: tuple[Factor, ...]) -> Iterator[Finding]:
    fuels = dict.fromkeys(one.fuel for one in factors if one.cite == path.name)
    if fuels:
        found = say("{fuels}的因子没有写明出处", fuels="、".join(fuels))
        yield _odd(path, found, "每行有 source（出处）", "请补写出处后再用")


def _odd(path: Path, found: str, expected: str, remedy: str) -> Finding:
    return Finding("factor-set", "error", path.name, found, expected, remedy)
