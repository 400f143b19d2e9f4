"""Made-up entities: what every one of the drill's registers has in common."""

from __future__ import annotations

from datetime import date

from duheng.model.entities import Entity

SOURCE = "演练设定（虚构）"


def made(
    id: str, name: str, kind: str, parent: str, since: date | None = None, **attributes: object
) -> Entity:
    """An entity that says of itself that it is made up."""
    return Entity(
        id=id,
        name=name,
        kind=kind,
        parent=parent,
        since=since,
        source=SOURCE,
        confidence="derived",
        attributes=attributes,
    )


def standing(area: str) -> str:
    """The place in which something stands: the residual of a county is a difference, nothing stands in it."""
    return area.removesuffix("X")
