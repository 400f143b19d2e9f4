"""Signs put together: what overlaps is one, what strikes a whole device is said once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import timedelta

from duheng.model.saying import say
from duheng.telemetry.watching.signs import Sign, factor_title

COPIES = ("replay", "repeated")
_BRIDGED = timedelta(hours=12)  # a break for maintenance does not make two of one
_SEVERAL = 3  # factors of a device from which on it is the device


def merged(signs: Iterable[Sign]) -> list[Sign]:
    """Of each series and rule, overlapping or adjoining signs as one, with the words of the longest.

    A piece repeated within a day that is replayed is said by the day, and neither is said of a series that stood
    still. Three factors and more of a device that were copied at the same time are one sign of the device.
    """
    by_series: dict[tuple[str, str, str], list[Sign]] = defaultdict(list)
    for one in signs:
        by_series[one.mn, one.rule, one.factor].append(one)
    joined = {key: _joined(own) for key, own in by_series.items()}
    kept: list[Sign] = []
    whole: dict[tuple[str, str], list[Sign]] = defaultdict(list)
    for (mn, rule, factor), own in joined.items():
        # What stands still repeats itself as well.
        says_it = {"repeated": ("replay", "stuck"), "replay": ("stuck",)}.get(rule, ())
        days = [day for other in says_it for day in joined.get((mn, other, factor), [])]
        left = [one for one in own if not any(_overlap(one, day) for day in days)]
        (whole[mn, rule] if rule in COPIES else kept).extend(left)
    for copies in whole.values():
        kept += _of_device(copies)
    return kept


def _overlap(one: Sign, other: Sign) -> bool:
    return one.start <= other.end and other.start <= one.end


def _joined(signs: Sequence[Sign]) -> list[Sign]:
    parts: list[list[Sign]] = []
    for one in sorted(signs, key=lambda sign: sign.start):
        if parts and one.start <= max(part.end for part in parts[-1]) + _BRIDGED:
            parts[-1].append(one)
        else:
            parts.append([one])
    return [_one(own) for own in parts]


def _one(parts: Sequence[Sign]) -> Sign:
    """Several signs as one, in the words of the longest."""
    longest = max(parts, key=lambda one: one.end - one.start)
    if len(parts) == 1:
        return longest
    found = say("{n}段，最长一段：{found}", n=len(parts), found=longest.found)
    return replace(
        longest, start=min(one.start for one in parts), end=max(one.end for one in parts), found=found
    )


def _of_device(copies: Sequence[Sign]) -> list[Sign]:
    factors = {one.factor for one in copies}
    if len(factors) < _SEVERAL:
        return list(copies)
    found = _joined([replace(one, factor="") for one in copies])
    said = []
    for one in found:
        own = [copy for copy in copies if _overlap(copy, one)]
        number = len({copy.factor for copy in own})
        if number < _SEVERAL:
            said += own
            continue
        words = say(
            "{n}个因子同时，如{factor}：{found}",
            n=number,
            factor=factor_title(own[0].factor),
            found=own[0].found,
        )
        said.append(replace(one, found=words))
    return said
