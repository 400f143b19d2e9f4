"""A name in an address that means nothing: the nearest things there are, each by its title in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping

from duheng.model.entities import Entity
from duheng.model.errors import UnknownName, nearest
from duheng.model.saying import listed, say
from duheng.web.errors import NotThere
from duheng.web.page import Ask

_OFFERED = 3


def place_named(ask: Ask, text: str) -> Entity:
    """The place of this id, name or alias. Raises NotThere with the nearest ones."""
    try:
        return ask.city.places.find(text)
    except UnknownName:
        named = {
            name: one
            for one in ask.city.places
            for name in (one.name, one.id, one.name_en, *one.aliases)
            if name
        }
        raise unknown(text, named, "对象") from None


def unknown(text: str, named: Mapping[str, object], what: str, otherwise: str = "。请核对名称。") -> NotThere:
    """The refusal of a name. named: every name, id or alias with what it means; each thing is offered once.

    otherwise: what to do where nothing is near.
    """
    # Each thing has several names, so that more of them are looked at than are offered.
    near = {id(named[name]): named[name] for name in nearest(text, named, 4 * _OFFERED)}
    if near:
        offered = [say("“{name}”", name=one) for one in list(near.values())[:_OFFERED]]
        otherwise = say("；是否指{names}？", names=listed("、", offered))
    return NotThere(say("没有名为“{name}”的{what}{hint}", name=text[:60], what=what, hint=otherwise))
