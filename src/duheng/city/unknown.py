"""Findings for names that are not defined: what there is instead, also for who wrote the title in place of the id."""

from __future__ import annotations

from duheng.city.report import Report
from duheng.model import data
from duheng.model.entities import Places
from duheng.model.glossary import all_quantities, axis, definitions, kinds


def quantity(report: Report, place: str, name: str) -> None:
    """Note that there is no such quantity."""
    known = all_quantities()
    report.unknown(
        "unknown-quantity", place, "量", name, known, [(one.title, id) for id, one in known.items()]
    )


def entity(report: Report, place: str, name: str, places: Places) -> None:
    """Note that there is no such entity. Towns may share a name: they are meant by their id only."""
    called = [
        (title, one.id) for one in places if one.kind != "town" for title in (one.name, *one.aliases) if title
    ]
    report.unknown("unknown-entity", place, "实体编号", name, [one.id for one in places], called)


def kind(report: Report, place: str, name: str) -> None:
    """Note that there is no such kind of entities."""
    report.unknown(
        "unknown-kind", place, "实体类别", name, kinds(), [(one.title, id) for id, one in kinds().items()]
    )


def definition(report: Report, place: str, name: str) -> None:
    """Note that there is no such accounting definition."""
    known = definitions()
    report.unknown(
        "unknown-definition", place, "口径", name, known, [(one.title, id) for id, one in known.items()]
    )


def item(report: Report, place: str, name: str, axis_id: str) -> None:
    """Note that the axis has no such item, and where a new pollutant or fuel is written down."""
    file = data.root() / "axes" / f"{axis_id}.csv"
    remedy = f"改用已有的分项；确是新的，在{file}中加一行"
    report.unknown("unknown-item", place, "分项", name, axis(axis_id).items, remedy=remedy)
