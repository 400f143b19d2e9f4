"""Findings for names that are not defined: what there is instead, also for who wrote the title in place of the id."""

from __future__ import annotations

from duheng.city.report import Report, brief
from duheng.model import data
from duheng.model.entities import Places
from duheng.model.errors import nearest
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
    """Note that there is no such kind of entities; all there are, where none is near."""
    titles = [(one.title, id) for id, one in kinds().items()]
    near = nearest(name, [text for both in titles for text in both])
    remedy = "" if near else f"改用其中之一：{'、'.join(f'{id}（{title}）' for title, id in titles)}"
    report.unknown("unknown-kind", place, "实体类别", name, kinds(), titles, remedy)


def definition(report: Report, place: str, name: str) -> None:
    """Note that there is no such accounting definition."""
    known = definitions()
    report.unknown(
        "unknown-definition", place, "口径", name, known, [(one.title, id) for id, one in known.items()]
    )


def item(report: Report, place: str, name: str, axis_id: str) -> None:
    """Note that the axis has no such item: its title where an alias was written, else where a new one is put down."""
    items = axis(axis_id).items
    meant = next((title for title, one in items.items() if name in (*one.aliases, one.title_en)), None)
    if meant is not None:
        expected = f"“{meant}”（这里写的是它的别名）"
        report.add("unknown-item", place, f"分项“{brief(name)}”不存在", expected, "改写为该分项")
        return
    file = data.root() / "axes" / f"{axis_id}.csv"
    remedy = f"改用已有的分项；确是新的，在{file}中加一行"
    report.unknown("unknown-item", place, "分项", name, items, remedy=remedy)
