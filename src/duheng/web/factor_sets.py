"""The sets of emission factors that the inventory offers: the packaged ones and a city's own, each used whole."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from duheng.assess.books import Opened
from duheng.assess.flows import on_the_basis
from duheng.assess.why import CERTAINTY
from duheng.city.bases import Basis, carbon_sets
from duheng.ingest.carbon import OwnSet, own_sets
from duheng.ingest.carbon.layout import sectors
from duheng.model.findings import Finding
from duheng.model.glossary import axis
from duheng.web.page import Ask
from duheng.web.tables import Cell, Column, Table


@dataclass(frozen=True)
class Chosen:
    """A set and the books that are read with it. own: the city's, where it is none of the packaged ones."""

    id: str
    title: str
    title_en: str
    opened: Opened
    own: OwnSet | None = None

    @property
    def by_sector(self) -> bool:
        """Whether each sector has factors of its own, so that no one rule gives the whole."""
        return self.own is not None and self.own.by_sector

    def books(self, flow: str) -> Opened:
        """The books for a row of the balance; without factors of fuels where the set has none for that row."""
        basis = self.own.basis(flow) if self.own else carbon_sets()[self.id]
        return on_the_basis(self.opened, basis) if basis else self.opened


def offered(ask: Ask) -> dict[str, tuple[str, str]]:
    """Chinese and English titles of the sets by id: packaged, then the city's own that can be used."""
    titles = {one.id: (one.title, one.title_en) for one in carbon_sets().values()}
    own = [one.basis(sectors()[0].quantity) for one in own_sets(ask.city.folder).values() if one.usable]
    return titles | {one.id.partition("/")[0]: (one.title, one.title_en) for one in own if one}


def chosen_set(ask: Ask, opened: Opened, id: str) -> Chosen:
    """The set of this id, one of those offered."""
    own = None if id in carbon_sets() else own_sets(ask.city.folder)[id]
    return Chosen(id, *offered(ask)[id], opened, own)


def refused(ask: Ask) -> Mapping[str, tuple[Finding, ...]]:
    """What keeps files of the city's folder from being chosen, by name."""
    return {one.name: one.findings for one in own_sets(ask.city.folder).values() if not one.usable}


def factors_table(ask: Ask, own: OwnSet) -> Table:
    """Every factor of a city's set with its sectors, source and certainty."""
    words, titles = ask.words, {one.name: one.title.split("（")[0] for one in sectors()}
    columns = [
        Column("fuel", words("品种"), width=14),
        Column("sectors", words("部门"), width=30),
        Column("factor", words("排放因子"), number=True),
        Column("unit", words("单位"), width=12),
        Column("cite", words("依据"), width=50),
        Column("certainty", words("可信程度"), width=10),
    ]
    rows = []
    for one in own.factors:
        value = Decimal(repr(one.value))
        unit = axis("fuel").items[one.fuel].unit
        doubt = CERTAINTY.get(one.certainty, "")
        rows.append(
            [
                Cell(words(one.fuel)),
                Cell(words.join([words(titles[name]) for name in one.sectors]) or words("全部")),
                Cell(f"{value:f}", value),
                Cell(f"tCO2/{words.unit(unit) or unit}"),
                Cell(words.cite(one.cite)),
                Cell(
                    words(doubt) if doubt else words("已核"),
                    kind="doubt" if one.certainty == "memory" else "",
                ),
            ]
        )
    return Table("factors", words("所用因子"), columns, rows)


def basis_in(ask: Ask, name: str, flow: str) -> Basis | None:
    """The basis of a city's own set for a row of the balance; None where there is no such set or row."""
    own = own_sets(ask.city.folder).get(name)
    return own.basis(flow) if own is not None and own.usable else None
