"""Which pollutants of one outlet and month are taxed (环境保护税法 art. 9 and annex 2); the figures are data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import cache
from typing import Any

from duheng.model.data import read_yaml, root
from duheng.model.errors import UnknownName
from duheng.model.glossary import axis
from duheng.model.parameters import Local, Setting

ABOVE = "special_taxed_above"
MEDIA = ("air", "water", "special")


@cache
def settings() -> dict[str, Any]:
    """The content of cn/tax/selection.yaml."""
    content: dict[str, Any] = read_yaml(root() / "tax" / "selection.yaml")
    return content


def item_of(medium: str, name: str) -> str:
    """Title of the pollutant meant by a name or alias. Raises UnknownName, also for an unknown medium."""
    if medium not in MEDIA:
        raise UnknownName(medium, MEDIA)
    return axis(f"tax_{medium}").find(name).title


def group_of(medium: str, item: str) -> str:
    """The class within which an item is ranked: air, water-first, water-other, or special (not ranked)."""
    if medium == "air":
        return "air"
    if medium == "water":
        return "water-first" if item in settings()["first_class"] else "water-other"
    return "water-other" if item in settings()["ranked_with_other"] else "special"


def chosen(equivalents: Mapping[tuple[str, str], Fraction]) -> frozenset[tuple[str, str]]:
    """The taxed ones among (medium, item) of one outlet and month, given the pollution equivalents of each.

    By equivalents from large to small, within each class the first three or five; of a group such as COD, BOD5
    and TOC only the largest takes part. Equal ones keep the order in which they are given.
    """
    rivals = {
        (medium, item)
        for group in settings()["one_of"]
        for medium, item in _all_but_largest(equivalents, group)
    }
    taking_part = [key for key in equivalents if key not in rivals and equivalents[key] > 0]
    found: set[tuple[str, str]] = set()
    for group in ("air", "water-first", "water-other", "special"):
        ranked = sorted(
            (key for key in taking_part if group_of(*key) == group), key=lambda key: -equivalents[key]
        )
        found.update(ranked[: settings()[group]["first"]])
    return frozenset(found)


def _all_but_largest(
    equivalents: Mapping[tuple[str, str], Fraction], group: Sequence[str]
) -> list[tuple[str, str]]:
    present = [key for key in equivalents if key[0] != "air" and key[1] in group]
    return sorted(present, key=lambda key: -equivalents[key])[1:]


def ph_item(ph: Decimal) -> str | None:
    """Item of the pH band that a value falls in; None from 6 to 9, where nothing is charged.

    pH 5-6 means at least 5 and below 6, pH 9-10 above 9 and at most 10, the others likewise (note to annex 2).
    Raises UnknownName for a value outside 0 to 14.
    """
    if not 0 <= ph <= 14:
        raise UnknownName(f"pH {ph}", ["pH 0", "pH 14"])
    for band in settings()["ph_bands"]:
        low, high = band["acid"]
        alkaline = band["alkaline"]
        if low <= ph < high or (alkaline and alkaline[0] < ph <= alkaline[1]):
            return str(band["item"])
    return None


def least_size(medium: str, item: str, on: date, local: Local) -> Setting | None:
    """The size above which a herd or hospital is taxed on a day; None for what is taxed whatever its size."""
    named = medium == "special" and any(one.item == item for one in local.parameters.get(ABOVE).settings)
    return local.at(ABOVE, on, item) if named else None
