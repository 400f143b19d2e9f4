"""Parts of the amount before: 新增装机60万千瓦，其中光伏45万千瓦、风电15万千瓦."""

import re

from duheng.reading.grammar.deadlines import When
from duheng.reading.grammar.heads import Head, clean
from duheng.reading.grammar.measures import Measure
from duheng.reading.grammar.state import Passage, State, target, valued
from duheng.reading.grammar.words import pattern, words
from duheng.reading.records import Target


def read_part(passage: Passage, state: State, when: When, since: int, measure: Measure) -> Target | None:
    """The target of a bare name and a value in the unit of the amount it is a part of."""
    more = valued(passage, measure)
    whole = next((one for one in reversed(state.wholes) if one.unit == more["unit"]), None)
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
    span = (max(since, passage.clause.start), measure.stop)
    return target(passage, state, when, head, span, direction, comparator=measure.bound, **more)


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
