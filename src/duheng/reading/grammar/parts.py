"""Parts of the amount before: 新增装机60万千瓦，其中光伏45万千瓦、风电15万千瓦."""

import re

from duheng.reading.grammar.deadlines import When
from duheng.reading.grammar.heads import Head, clean
from duheng.reading.grammar.measures import Measure
from duheng.reading.grammar.predicates import CHANGES
from duheng.reading.grammar.state import Passage, State, heads_of, target, valued
from duheng.reading.grammar.words import pattern, words
from duheng.reading.records import Target

_FALLS = re.compile("(?:下降|降低|减少|削减)(?:幅度|率|比例|目标)$")
_RISES = re.compile("(?:增长|提高|提升|增加)(?:幅度|率|比例|目标)$")
_MEASURED = re.compile("[^，]{2,}(?:率|占比|比例|比重|强度|浓度|总量|排放量|用水量|用量|面积|能耗)$")


def read_part(passage: Passage, state: State, when: When, since: int, measure: Measure) -> Target | None:
    """The target of a bare name and a value in the unit of the amount it is a part of."""
    more = valued(passage, measure)
    whole = next((one for one in reversed(state.wholes) if one.unit in (None, more["unit"])), None)
    item = clean(passage.words(since, measure.start)).removeprefix("其中")
    named = 2 <= len(item) <= 14 and not re.search(r"[\d的]", item) and not pattern("work").match(item)
    if whole is None or not named:
        return None
    head = Head(_named(item, whole.indicator), whole.scope)
    if pattern("where").fullmatch(item):
        head = Head(whole.indicator, item)
    direction = "at_least" if measure.bound in words("above") else "reach"
    if whole.direction == "complete" or pattern("work").match(head.name):
        direction = "complete"
    if whole.direction in CHANGES:
        direction, more["change_from"] = whole.direction, whole.change_from
    span = (max(since, passage.clause.start), measure.stop)
    return target(passage, state, when, head, span, direction, comparator=measure.bound, **more)


def topic(passage: Passage, state: State) -> list[Target]:
    """各县能耗下降幅度为：甲县 v，乙县 w; 岸线保有率：大陆不低于 v: what the parts after a colon are stated for."""
    said = re.sub(
        "(?:分别)?(?:为|是|如下)$", "", clean(passage.words(passage.clause.start, passage.clause.end))
    )
    falls, rises = _FALLS.search(said), _RISES.search(said)
    if not (falls or rises or _MEASURED.search(said)):
        return []
    name = re.sub("^各[^单人万]{1,8}(?=单位|人均|万元)", "", said[: falls.start()] if falls else said)
    head = heads_of(state, [name[: rises.start()] if rises else name])[0]
    direction = "decrease" if falls else "increase" if rises else "reach"
    state.subjects = [head]
    return [Target(head.name, "", passage.clause.start, passage.clause.end, direction, head.scope)]


def _named(item: str, whole: str) -> str:
    """光伏 of 新增装机 is 新增光伏装机, 国家级 of 新增绿色工厂 is 新增国家级绿色工厂."""
    verb = pattern("work").match(whole)
    done = verb.group() if verb else ""
    if item.endswith("级"):
        return done + item + whole[len(done) :]
    end = pattern("tail").search(whole)
    if end is None or pattern("indicator_end").search(item):
        return item
    return done + item + end.group()
