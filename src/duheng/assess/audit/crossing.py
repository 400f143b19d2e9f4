"""Cross-checks of figures against each other: balances, growth identity, electricity, peers, online and reported.

Each gives flags: a finding that names its cell, what was found and expected, and the tolerance, with the measure.
What is not stated is not checked: a check needs all its figures, and none of them is taken as nought (L1).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from duheng.assess.audit.outliers import alarm_threshold, modified_z
from duheng.assess.audit.report import Flag, flag, score_said
from duheng.assess.audit.settings import PACKAGED, Thresholds
from duheng.model.saying import listed, say

Known = float | None


def balance(
    place: str,
    sources: Mapping[str, Known],
    uses: Mapping[str, Known],
    owner: str | None = None,
    limits: Thresholds = PACKAGED,
) -> list[Flag]:
    """Opening stock, purchases and own output against use, sales, losses and closing stock, in one unit."""
    if None in sources.values() or None in uses.values():
        return []
    came = math.fsum(value for value in sources.values() if value is not None)
    went = math.fsum(value for value in uses.values() if value is not None)
    tolerance = limits.number("balance", "tolerance")
    if abs(came - went) <= tolerance:
        return []
    found = say(
        "{sources}为{came}，{uses}为{went}",
        sources=listed("+", sources), came=f"{came:g}", uses=listed("+", uses), went=f"{went:g}",
    )  # fmt: skip
    return [flag("balance", place, found, "两边相等", came - went, tolerance, owner, limits=limits)]


def growth_identity(
    place: str,
    energy: Known,
    economy: Known,
    decline: Known,
    owner: str | None = None,
    limits: Thresholds = PACKAGED,
) -> list[Flag]:
    """Growth of energy against that of the economy and the fall of intensity, as shares (-0.0791)."""
    if energy is None or economy is None or decline is None:
        return []
    implied = (1 + economy) * (1 - decline) - 1
    tolerance = limits.number("growth", "tolerance")
    if abs(energy - implied) <= tolerance:
        return []
    found = say("能耗增速{share}", share=f"{energy:.2%}")
    expected = say("由经济增速和降低率推算为{share}", share=f"{implied:.2%}")
    return [flag("growth", place, found, expected, energy - implied, tolerance, owner, limits=limits)]


def opposite_signs(
    place: str,
    energy: Known,
    electricity: Known,
    owner: str | None = None,
    said: tuple[object, object] = ("能耗", "用电"),
    limits: Thresholds = PACKAGED,
) -> list[Flag]:
    """Two figures that move in opposite directions, both by more than a tenth (shares of last year).

    said: what the two are called, energy and electricity by default.
    """
    if energy is None or electricity is None:
        return []
    least = limits.number("opposite", "least_change")
    if energy * electricity >= 0 or min(abs(energy), abs(electricity)) <= least:
        return []
    found = say(
        "{first}变化{one}，{second}变化{other}",
        first=said[0], second=said[1], one=f"{energy:+.1%}", other=f"{electricity:+.1%}",
    )  # fmt: skip
    smaller = min(abs(energy), abs(electricity))
    return [flag("opposite", place, found, "同方向变化", smaller, least, owner, limits=limits)]


def peer_ratio(
    pairs: Mapping[str, tuple[Known, Known]], what: str, limits: Thresholds = PACKAGED
) -> list[Flag]:
    """Units whose ratio of two figures (energy to electricity, to output) is far from that of their peers.

    Judged on the logarithm by the modified z with the threshold for the number of peers; a pair that is not stated
    or not positive takes no part.
    """
    logs = {
        name: math.log(a / b)
        for name, (a, b) in pairs.items()
        if a is not None and b is not None and a > 0 and b > 0
    }
    limit = alarm_threshold(len(logs), limits)
    scores = zip(logs.items(), modified_z(list(logs.values())), strict=True)
    return [
        flag(
            "peer_ratio",
            listed(" ", (name, what)),
            score_said(math.exp(log), z),
            "与同行接近",
            z,
            limit,
            name,
            limits=limits,
        )
        for (name, log), z in scores
        if z is not None and abs(z) > limit
    ]


def completeness(
    place: str, received: int, expected: int, owner: str | None = None, limits: Thresholds = PACKAGED
) -> list[Flag]:
    """Online readings received among those expected."""
    least = limits.number("completeness", "least")
    if expected <= 0 or received / expected >= least:
        return []
    share = received / expected
    found = say(
        "应有{expected}个数据，收到{received}个（{share}）",
        expected=expected, received=received, share=f"{share:.1%}",
    )  # fmt: skip
    wanted = say("不低于{share}", share=f"{least:.0%}")
    return [flag("completeness", place, found, wanted, share, least, owner, limits=limits)]


def daily_against_month(
    place: str, daily: Sequence[Known], month: Known, owner: str | None = None, limits: Thresholds = PACKAGED
) -> list[Flag]:
    """The sum of a month's days against the month reported; a month with a day missing is not compared."""
    if month is None or not daily or None in daily:
        return []
    total = math.fsum(value for value in daily if value is not None)
    tolerance = limits.number("daily_monthly", "tolerance")
    if abs(total - month) <= tolerance * abs(month):
        return []
    share = (total - month) / abs(month) if month else math.inf
    found = say(
        "日累计{total}，月值{month}（差{share}）",
        total=f"{total:g}",
        month=f"{month:g}",
        share=f"{share:.1%}",
    )
    return [flag("daily_monthly", place, found, "两者相符", share, tolerance, owner, limits=limits)]
