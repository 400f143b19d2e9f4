"""What the plan says of the quantities of a page: the articles above them, and the units that have to state them."""

from __future__ import annotations

import re
from collections.abc import Collection

from duheng.model.plan import Plan

CITES = r"[、，,；\s]+"


def articles_of(plan: Plan, quantities: Collection[str], item: str = "") -> list[str]:
    """Numbers of the articles that a target or duty binds to one of the quantities, in the plan's order.

    item: also those that a target of this item stands in, or whose title names it. Plans number their articles each in
    its own way, so that none is known by its number.
    """
    found = {one.article for one in plan.targets if one.quantity in quantities or (item and one.item == item)}
    for duty in plan.duties:
        if not set(quantities).isdisjoint(duty.quantities):
            found.update(re.split(CITES, duty.cite))
    found.update(one.number for one in plan.articles if item and item in one.title)
    return [one.number for one in plan.articles if one.number in found]


def owing_units(plan: Plan, quantities: Collection[str]) -> list[str]:
    """The units that the plan's duties bind to state one of the quantities; none where no duty says so."""
    asked = [one.by for one in plan.duties if not set(quantities).isdisjoint(one.quantities)]
    return list(dict.fromkeys(asked))
