"""The judgement of one value: the path it is held against, gap, light, and a line naming the yardstick."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from duheng.assess.progress import PERCENT, Clock, Measure, required
from duheng.assess.warning import Level, Light, Paths, RequiredPath, WarningRule, gap_share, required_paths
from duheng.model.rounding import judge
from duheng.model.rounding import with_unit as beside
from duheng.model.saying import Saying, say

_DIGITS_MORE = 4
FINAL = "期末结果"


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a value earns.

    path: what was required at its period [printed unit], None where nothing was laid down. gap: what is
    short of it (of the target where there is no path), positive is short [printed unit]. light: 1 worst.
    """

    path: Decimal | None
    gap: Decimal | None
    light: Light | None
    level: Level | None
    yardstick: str


@dataclass(frozen=True, slots=True)
class Case:
    """A value to be judged: all numbers as judged, in the printed unit."""

    measure: Measure
    actual: Decimal
    goal: Decimal
    unit: str
    decimals: int
    year: int
    deadline: int
    at: Clock

    @property
    def sign(self) -> int:
        """1 where more is better, -1 where less is."""
        return -1 if self.measure == "limit" else 1


def judgement(case: Case, rule: WarningRule, paths: Paths | None = None) -> Judgement:
    """Judge a value against its target's path by a warning rule."""
    laid = (paths or required_paths()).paths[case.measure]
    path = required(case.measure, case.goal, case.at, laid, case.decimals, case.unit)
    against = case.goal if path is None else path
    gap = case.sign * (against - case.actual)
    met = gap <= 0
    if path is None and not (met and laid.kind == "deadline"):
        return Judgement(None, gap, None, None, _unjudged(case, laid))
    level = rule.level(case.actual, against, case.sign)
    verdict = "已达到" if met else short(case.actual, against, gap, case.unit, rule, case.sign)
    text = say("{asked}，{verdict}", asked=_asked(case, laid, against), verdict=verdict)
    return Judgement(path, gap, level.light if level else None, level, text)


def with_unit(value: Decimal | str, unit: str) -> str:
    """A number with its unit, as printed: 4218吨 as in the plan itself, 12.5 mg/L."""
    digits = value if isinstance(value, str) else f"{value:f}"
    if unit and not unit[0].isascii():
        return say("{value}{unit}", value=digits, unit=unit)
    said = beside(digits, unit)
    return say("{value} {unit}", value=digits, unit=unit) if " " in said else said


def _asked(case: Case, laid: RequiredPath, against: Decimal) -> Saying:
    actual, asked = with_unit(case.actual, case.unit), with_unit(against, case.unit)
    if case.measure == "limit":
        said = "{path}：应不高于{asked}，{year}年实际{actual}"
    elif case.measure == "level":
        said = "{path}：{deadline}年应达到{asked}，{year}年实际{actual}"
    elif case.measure == "decline":
        said = "{path}：{year}年应累计下降{asked}，实际{actual}"
    else:
        said = "{path}：{year}年应累计{asked}，实际{actual}"
    title = FINAL if case.at.closed and case.measure in ("decline", "amount") else laid.title
    return say(said, path=title, deadline=case.deadline, asked=asked, year=case.year, actual=actual)


def _unjudged(case: Case, laid: RequiredPath) -> Saying:
    actual = with_unit(case.actual, case.unit)
    if laid.kind == "deadline":
        return say(
            "计划未定年度进度，期末判定：{deadline}年应达到{goal}，{year}年实际{actual}",
            deadline=case.deadline,
            goal=with_unit(case.goal, case.unit),
            year=case.year,
            actual=actual,
        )
    if case.at.elapsed <= 0:
        text = "仅有基期数据（{year}年{actual}），计划期内尚无数据，不作判定"
        return say(text, year=case.year, actual=actual)
    return say(
        "{path}：没有适用于{years}年计划第{elapsed}年的进度要求，不作判定",
        path=laid.title,
        years=case.at.years,
        elapsed=case.at.elapsed,
    )


def short(
    actual: Decimal, against: Decimal, gap: Decimal, unit: str, rule: WarningRule, sign: int = 1
) -> Saying:
    """`差0.24个百分点（要求的2.7%）`: the gap as an amount, and as the share of what was asked that the light is
    judged by; of what was nought the amount alone. A difference of percentages is never told in per cent alone."""
    much: str = say("{gap}个百分点", gap=f"{gap:f}") if unit == PERCENT else with_unit(gap, unit)
    share = gap_share(actual, against, sign)
    if share is not None:
        much = say("{much}（要求的{share}）", much=much, share=beside(_percent(share, rule), PERCENT))
    return say("超出{much}" if sign < 0 else "差{much}", much=much)


def _percent(share: Fraction, rule: WarningRule) -> str:
    """The gap in per cent, with as many digits as tell it from a threshold it is not on (the light must agree
    with the printed digits)."""
    limits = {Fraction(level.threshold) for level in rule.levels if level.measure == "gap_ratio"}
    digits = required_paths().gap_decimals
    for more in range(_DIGITS_MORE):
        shown = judge(float(share * 100), digits + more)
        if shown is not None and (Fraction(shown) / 100 not in limits or Fraction(shown) / 100 == share):
            break
    return f"{shown:f}"
