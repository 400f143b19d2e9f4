"""What the reviews of registers find, for the inbox: reduction projects and the inventories of VOCs."""

from __future__ import annotations

from collections.abc import Iterator

from duheng.assess.audit.report import Flag
from duheng.assess.books import Opened
from duheng.web.cells import periods
from duheng.web.projects import lines
from duheng.web.vocs import inventoried, review

INVENTORY = ("enterprise_voc_emission", "material_use", "voc_capture")


def flags(opened: Opened) -> list[Flag]:
    """The findings of the pages of projects and of VOCs (its newest year), each with the entity that it concerns."""
    return [*_projects(opened), *_inventories(opened)]


def _projects(opened: Opened) -> Iterator[Flag]:
    for line in lines(opened):
        for finding in line.findings:
            yield Flag(finding, entities=(line.project.id,))


def _inventories(opened: Opened) -> Iterator[Flag]:
    years = periods(opened, INVENTORY, "year")
    for firm in inventoried(opened.city.places) if years else ():
        for finding in review(opened, firm, years[-1]):
            yield Flag(finding, entities=(firm.id,))
