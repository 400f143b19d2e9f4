"""Stricter, the same, looser, or not to be compared: the numbers of two targets of one indicator, with the reason."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from duheng.model.errors import UnitError
from duheng.model.glossary import definition
from duheng.model.saying import Saying, listed, say
from duheng.model.units import convert, parse_unit
from duheng.reading.binding import yearly
from duheng.reading.comparing.sides import Entry
from duheng.reading.comparing.wording import table
from duheng.reading.normal import plain

Beside = Literal["stricter", "same", "looser", "incomparable"]
BESIDE: dict[Beside, str] = {"stricter": "更严", "same": "相同", "looser": "更松", "incomparable": "不可比"}
"""What the first target is beside the second."""

_CHANGES = {"decrease": -1, "zero_growth": -1, "increase": 1}
_SENSES = {
    "at_most": -1, "decrease_to": -1, "at_least": 1, "increase_to": 1, "complete": 1, "multiply": 1,
    "reach": 0, "maintain": 0,
}  # fmt: skip
DOWN, UP = -1, 1


@dataclass(frozen=True, slots=True)
class Verdict:
    """beside: what the first is beside the second. reason: in words. b_value, b_value_max: the second's number in the
    first's unit, None where it has none or cannot be converted."""

    beside: Beside
    reason: Saying
    b_value: Decimal | None = None
    b_value_max: Decimal | None = None


def judge(a: Entry, b: Entry, *, same_place: bool | None) -> Verdict:
    """The verdict on two targets of one indicator. same_place: both are for one place; None: one does not say."""
    first, second = a.target, b.target
    if first.direction == second.direction == "assigned":
        return Verdict("same", say("都由上级下达，文件中没有数字"))
    apart = _apart(a, b)
    if apart is not None:
        return Verdict("incomparable", apart)
    try:
        low, high = (
            _in_unit(second.value, first.unit, second.unit),
            _in_unit(second.value_max, first.unit, second.unit),
        )
    except UnitError:
        return Verdict(
            "incomparable", say("单位不同：{a}，{b}", a=first.unit or "没有单位", b=second.unit or "没有单位")
        )
    if same_place is False and _grows_with_area(a):
        return Verdict("incomparable", say("范围不同：一地的总量不能与另一地的总量比"), low, high)
    beside, reason = _numbers(a, b, low, high)
    if same_place is None and beside != "same" and _grows_with_area(a):
        return Verdict("incomparable", say("一方没有写明是哪里的数，总量不能比"), low, high)
    return Verdict(beside, listed("；", [reason, *_caveats(a, b)]), low, high)


def _apart(a: Entry, b: Entry) -> Saying | None:
    """What keeps the two from being compared, whatever their numbers."""
    first, second = a.target, b.target
    if "assigned" in (first.direction, second.direction):
        return say("一方由上级下达，文件中没有数字")
    if first.value is None or second.value is None:
        return say("一方没有数字")
    if a.of != b.of and a.of and b.of:
        return say("范围不同：{a}，{b}", a=a.of, b=b.of)
    if a.definition and b.definition and a.definition != b.definition:
        return say("口径不同：{a}，{b}", a=definition(a.definition), b=definition(b.definition))
    if yearly(first) != yearly(second):
        return say("一方是每年的数，一方是期末的数")
    if first.deadline != second.deadline:
        return say("期限不同：{a}，{b}", a=_year(first.deadline), b=_year(second.deadline))
    changes = [one.direction in _CHANGES for one in (first, second)]
    if changes[0] != changes[1]:
        return say("一方是升降的幅度，一方是要达到的水平")
    if changes[0] and first.change_from and second.change_from and first.change_from != second.change_from:
        return say("基年不同：{a}，{b}", a=_year(first.change_from), b=_year(second.change_from))
    return None


def _year(year: int | None) -> Saying:
    return say("{year}年", year=year) if year else say("未写明")


def _in_unit(value: Decimal | None, ours: str | None, theirs: str | None) -> Decimal | None:
    if value is None:
        return None
    wanted, found = plain(ours or "1"), plain(theirs or "1")
    # 座, 名 and the like are no units of measurement: the same word is the same unit.
    return value if wanted == found else convert(value, found, wanted)


def _grows_with_area(one: Entry) -> bool:
    """Whether the number is an amount, which a larger place has more of; shares and rates of change are not."""
    unit = plain(one.target.unit or "1")
    words = table()
    if unit in words["ratios"] or one.name.startswith(tuple(words["intensive"])):
        return False
    try:
        dimension = parse_unit(unit).dimension
    except UnitError:
        return True  # 座, 家: counted
    return bool(dimension) and all(power > 0 or base == "time" for base, power in dimension)


def sense(one: Entry) -> int:
    """UP where a higher number asks more, DOWN where a lower one does, 0 where the text does not say."""
    direction = one.target.direction
    return _CHANGES[direction] if direction in _CHANGES else _SENSES.get(direction, 0)


def _meant(a: Entry, b: Entry) -> int:
    """The sense of two levels: what the texts say, else what the indicator is; 0 where both leave it open."""
    said = {sense(one) for one in (a, b)} - {0}
    if len(said) == 1:
        return said.pop()
    if said:
        return 0
    words = table()
    ends = [(word, UP) for word in words["more"]] + [(word, DOWN) for word in words["less"]]
    found = [(len(word), which) for word, which in ends if a.name.endswith(word)]
    return max(found, default=(0, 0))[1]


def _numbers(a: Entry, b: Entry, low: Decimal | None, high: Decimal | None) -> tuple[Beside, Saying]:
    first = a.target
    assert first.value is not None
    assert low is not None
    if (first.value_max is None) != (high is None):
        return "incomparable", say("一方是区间，一方是一个数")
    more = first.value - low
    most = more if first.value_max is None or high is None else first.value_max - high
    if first.direction in _CHANGES:
        which = UP if sense(a) == sense(b) else 0
        if not which:
            return "incomparable", say("一方要求上升，一方要求下降")
    else:
        which = _meant(a, b)
    if more == most == 0:
        opposed = {sense(a), sense(b)} == {UP, DOWN}
        return (
            ("incomparable", say("一方要求不低于，一方要求不超过")) if opposed else ("same", say("数值相同"))
        )
    if more * most < 0:
        return "incomparable", say("两个区间互有交叉")
    if which == 0:
        return "incomparable", say("文件没有写明该指标以高为好还是以低为好")
    return _difference(a, more if more else most, which)


def _difference(a: Entry, more: Decimal, which: int) -> tuple[Beside, Saying]:
    unit = "个百分点" if a.target.unit and plain(a.target.unit) == "%" else a.target.unit or ""
    beside: Beside = "stricter" if (more > 0) == (which > 0) else "looser"
    template = "数值高{amount}{unit}" if more > 0 else "数值低{amount}{unit}"
    if a.target.direction in _CHANGES:
        template = "幅度大{amount}{unit}" if more > 0 else "幅度小{amount}{unit}"
    return beside, say(template, amount=f"{abs(more).normalize():f}", unit=unit)


def _caveats(a: Entry, b: Entry) -> list[Saying]:
    """What was taken for granted, and what the words say beside the numbers."""
    first, second = a.target, b.target
    said = []
    if first.direction in _CHANGES and (first.change_from is None) != (second.change_from is None):
        said.append(say("一方未写基年，按相同比较"))
    if a.of != b.of:
        said.append(say("一方写明范围“{of}”，一方没有写", of=a.of or b.of))
    rough = [any(word in (one.comparator or "") for word in table()["rough"]) for one in (first, second)]
    if rough[0] != rough[1]:
        said.append(say("一方是约数"))
    wish = [(one.hedge or "").startswith(tuple(table()["stretch"])) for one in (first, second)]
    if wish[0] != wish[1]:
        said.append(say("一方是力争"))
    return said
