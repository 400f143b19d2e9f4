"""Values that stand side by side: which belong together, and which only tell of others."""

import re

from duheng.reading.grammar.measures import Measure
from duheng.reading.grammar.words import words

_BETWEEN = re.compile(r"^\s*(?:[、和及与或，]|以及|至|到)?\s*(?:约|不低于|不少于|不超过)?\s*$")
# 从10家、2家增加到: no noun follows the counts.
_COUNTED = re.compile("(?!增[加长]|提[高升]|上升|扩大|减少|下降|降)[\u4e00-\u9fff“\ue001]{2}")
_JOINTS = ("、", "和", "及", "与")


def run_together(one: Measure, other: Measure) -> bool:
    """Whether two values have run together, as in 30%40%; not 3台66万千瓦机组, nor a fine of 5万元以上20万元以下."""
    spans = one.bound in words("above") and other.bound in words("under")
    return one.stop == other.start and not one.counted and not spans


def undefined(values: list[Measure]) -> list[Measure]:
    """3台66万千瓦机组: the value between a count and what is counted tells of which kind it is."""
    before: list[Measure | None] = [None, *values]
    return [
        one
        for one, last in zip(values, before, strict=False)
        if not (last and last.counted and last.stop == one.start)
    ]


def groups_of(masked: str, values: list[Measure]) -> list[list[Measure]]:
    """Values that stand side by side, with nothing but joints between them, belong together."""
    groups = [[values[0]]]
    for one in values[1:]:
        between = masked[groups[-1][-1].stop : one.start]
        counts = one.counted or groups[-1][-1].counted
        side_by_side = (
            one.counted
            and groups[-1][-1].counted
            and between.strip() in _JOINTS
            and not _COUNTED.match(masked, one.stop)
        )
        if _BETWEEN.match(between) and (side_by_side or not counts):
            groups[-1].append(one)
        else:
            groups.append([one])
    return groups
