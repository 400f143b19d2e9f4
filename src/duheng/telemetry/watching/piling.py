"""Signs in how values are spread: piled up under a limit, cut off at a ceiling, digits that heap."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import timedelta
from itertools import pairwise

import polars as pl

from duheng.assess import audit
from duheng.assess.audit.settings import PACKAGED, Thresholds
from duheng.model.saying import say
from duheng.telemetry.watching.registers import Limit
from duheng.telemetry.watching.settings import number
from duheng.telemetry.watching.signs import Sign

HOUR = timedelta(hours=1)
SERIES = ["mn", "factor"]


def tail(count: int, mean: float) -> float:
    """Chance of at least `count` events where `mean` are expected (Poisson)."""
    if count <= 0:
        return 1.0
    if mean <= 0:
        return 0.0
    return max(
        0.0, 1.0 - math.fsum(math.exp(k * math.log(mean) - mean - math.lgamma(k + 1)) for k in range(count))
    )


def piled_up(hours: pl.DataFrame, limits: Iterable[Limit]) -> list[Sign]:
    """Series with far more hours just under their limit than their spread below leads to expect, and hardly any above.

    Counts of three bins below are carried on by a straight line of their logarithms, not beyond twice the largest.
    Source: the idea of McCrary (2008), simplified.
    """
    width, least = number("pile_up", "width"), number("pile_up", "least_points")
    signs = []
    for one in limits:
        if one.most is None:
            continue
        own = hours.filter(pl.col("mn") == one.mn, pl.col("factor") == one.factor)
        places = ((own["value"] / one.most - 1) / width).floor().cast(pl.Int64).to_list()
        counts = Counter(places)
        under, above = counts[-1], counts[0] + counts[1]
        if under < least or above > 0.1 * under:
            continue
        expected = _carried_on([counts[-4], counts[-3], counts[-2]])
        p = tail(under, max(expected, 0.5))
        if p < number("pile_up", "p"):
            start, end = own["time"][0], own["time"][-1] + HOUR
            said = say(
                "{n}个小时值在限值{limit}以下{share}之内，其上{above}个",
                n=under,
                limit=f"{one.most:g}",
                share=f"{width:.0%}",
                above=above,
            )
            wanted = say("按分布外推约{n}个", n=f"{expected:.0f}")
            signs.append(Sign("pile_up", one.mn, one.factor, start, end, said, wanted, under, expected))
    return signs


def _carried_on(counts: Sequence[int]) -> float:
    """The next of three counts, by a straight line through their logarithms."""
    logs = [math.log(count + 0.5) for count in counts]
    slope = (logs[2] - logs[0]) / 2
    middle = math.fsum(logs) / 3
    return min(math.exp(middle + 2 * slope), 2.0 * (max(counts) + 0.5))


def clipped(hours: pl.DataFrame) -> list[Sign]:
    """Series of the last days whose greatest value comes again and again, more often than their resolution explains.

    hours: of about three days. Where all of them follow each other it is left to `stuck`.
    """
    least = int(number("clipped", "least_ties"))
    top = (pl.col("value") == pl.col("value").max()).over(SERIES) & (pl.col("value") > 0)
    lone = top & ~(top.shift(fill_value=False).over(SERIES))
    asked = (
        hours.with_columns(top=top, lone=lone)
        .group_by(SERIES)
        .agg(n=pl.col("top").sum(), stretches=pl.col("lone").sum(), points=pl.len())
        .filter(pl.col("n") >= least, pl.col("stretches") > 1, pl.col("points") >= 24)
    )
    signs = []
    for (mn, factor), own in hours.join(asked, on=SERIES, how="semi").group_by(SERIES, maintain_order=True):
        values = own["value"].to_list()
        ceiling, times = max(values), own["time"].to_list()
        at = [place for place, value in enumerate(values) if value == ceiling]
        usual = _ties([value for value in values if value != ceiling]) * len(values)
        if tail(len(at) - 1, max(usual, 0.05)) < number("clipped", "chance"):
            said = say("最大值{value}出现{n}次", value=f"{ceiling:g}", n=len(at))
            wanted = say("按分辨率偶然并列约{n}次", n=f"{usual + 1:.1f}")
            end = times[at[-1]] + HOUR
            signs.append(
                Sign("clipped", str(mn), str(factor), times[at[0]], end, said, wanted, len(at), usual)
            )
    return signs


def _ties(values: Sequence[float]) -> float:
    """How often two values, or two that follow each other, are equal."""
    if len(values) < 2:
        return 1.0
    whole = math.fsum(n * n for n in Counter(values).values()) / len(values) ** 2
    beside = sum(a == b for a, b in pairwise(values)) / (len(values) - 1)
    return max(whole, beside)


def heaped(hours: pl.DataFrame, limits: Thresholds = PACKAGED) -> list[Sign]:
    """Series whose last digits are not evenly spread (`audit.last_digits`), where they span enough to be."""
    least = number("digits", "least_spread")
    signs = []
    # A value that stands still says its last digit again and again, which is for `stuck` to tell.
    moving = hours.filter((pl.col("value") != pl.col("value").shift()).over(SERIES).fill_null(True))
    for (mn, factor), own in moving.group_by(SERIES, maintain_order=True):
        if own.height < 100:
            continue
        decimals = _decimals(own["value"])
        quarter, three = own["value"].quantile(0.25) or 0.0, own["value"].quantile(0.75) or 0.0
        if (three - quarter) * 10**decimals < least:
            continue
        found = audit.last_digits((f"{value:.{decimals}f}" for value in own["value"]), limits)
        # Hours follow each other, which spreads digits less evenly than chance: more than the test asks is asked.
        if found.suspicious and found.chi2 > number("digits", "critical"):
            said = say("{n}个数的末位数字偏离均匀（卡方{chi2}）", n=own.height, chi2=f"{found.chi2:.0f}")
            start, end = own["time"][0], own["time"][-1] + HOUR
            signs.append(
                Sign("digits", str(mn), str(factor), start, end, said, "末位数字大致均匀", found.chi2, 9)
            )
    return signs


def _decimals(values: pl.Series) -> int:
    """With how many decimals the values are printed, three at most."""
    for digits in (0, 1, 2):
        if (values.round(digits) - values).abs().max() == 0:
            return digits
    return 3
