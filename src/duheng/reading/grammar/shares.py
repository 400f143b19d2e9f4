"""A share that stands before what it is a share of: 90%以上的医院能够……, 60%以上县通过评估, 机关80%以上建成……."""

import re

from duheng.reading.grammar.deadlines import When
from duheng.reading.grammar.heads import clean
from duheng.reading.grammar.measures import Measure
from duheng.reading.grammar.predicates import predicate
from duheng.reading.grammar.state import Passage, State, heads_of, target, valued
from duheng.reading.grammar.words import pattern, words
from duheng.reading.records import Target

_MEANT = re.compile("(?:实现|确保|保证|力争|争取|使)$")
# 新建建筑实现节能 v%的目标: what is aimed at stands before the share.
_AIM = ("目标", "要求", "标准", "水平", "任务")
# 完成甲行业 v%以上产能改造: the share stands within the work.
_TASK = re.compile("[，、]*(?P<task>完成[^，的]{2,})$")
_COVERS = re.compile("(?P<who>.{2,})覆盖(?:全[市省国县区])?$")
_AFTER_LAST = re.compile(r".*\d\s*%(?:及?以上|左右)?")


def read_share(
    passage: Passage, state: State, when: When, since: int, measure: Measure, until: int
) -> Target | None:
    """The target of a percentage between two places, where no predicate stands before it."""
    before = passage.masked[since : measure.start]
    if when.deadline is None and not _MEANT.search(before):
        return None
    name, end = _of(passage, measure, until), until
    if name is None and not passage.masked.startswith("的", measure.stop):
        name, end = _without_of(passage, since, measure, until)
    if name and re.match("[^，的]{0,6}目标(?=[与和是])", name):
        return None
    if name is None and (task := _TASK.match(before)):
        name, end = task["task"] + passage.words(measure.stop, until), until
    if name is None:
        return None
    if name in _AIM:
        name = re.sub("(?:全面|基本)?实现", "", clean(before))
    if covers := _COVERS.match(clean(before)):
        name = f"{covers['who']}覆盖{name}"
    elif clean(before) == "覆盖":
        name = "覆盖" + name
    direction = "at_least" if measure.bound in words("above") else "reach"
    head = heads_of(state, [clean(name)])[0]
    start = passage.clause.start
    close = 0 <= when.start < start and start - when.end <= 2
    return target(
        passage,
        state,
        when,
        head,
        (when.start if close else start, end),
        direction,
        comparator=measure.bound,
        **valued(passage, measure),
    )


def defines(passage: Passage, measure: Measure, until: int) -> bool:
    """将70%的降水利用的面积达到 v: the share is part of what the next value is stated for."""
    return passage.masked.startswith("的", measure.stop) and bool(
        until < passage.clause.end and predicate(passage.masked[measure.stop : until])
    )


def _of(passage: Passage, measure: Measure, until: int) -> str | None:
    """90%以上的 | 医院能够提供服务."""
    match = re.match("的[^，。；]{2,}", passage.masked[measure.stop : until])
    if match is None or defines(passage, measure, until):
        return None
    name = passage.words(measure.stop + 1, until)
    if until < passage.clause.end and not pattern("done").search(name):
        # 50%以上的甲园区和30%以上的乙园区实施改造: what all of them do is said once.
        name = clean(name) + _all_do(passage, until)
    return name


def _without_of(passage: Passage, since: int, measure: Measure, until: int) -> tuple[str | None, int]:
    """60%以上 | 县通过评估; 甲机关60%以上、乙机关80%以上 | 建成……: each body with what all of them do."""
    after = passage.masked[measure.stop : passage.clause.end]
    done = pattern("done").match(after, _last(after) if after.startswith(("、", "和")) else 0)
    who = clean(passage.words(since, measure.start))
    if done and len(who) >= 2 and not pattern("indicator_end").search(who):
        what = passage.words(measure.stop + done.start(), passage.clause.end)
        return who + what, measure.stop if done.start() else passage.clause.end
    if pattern("body_done").match(passage.masked[measure.stop : until]):
        within = (
            who
            if pattern("where").fullmatch(who) and passage.masked[measure.start - 1] not in "及和、"
            else ""
        )
        return within + passage.words(measure.stop, until), until
    return None, until


def _all_do(passage: Passage, since: int) -> str:
    rest = passage.masked[since : passage.clause.end]
    verb = re.search(f"{pattern('done').pattern}|实施|推行", rest[_last(rest) :])
    return passage.words(since + _last(rest) + verb.start(), passage.clause.end) if verb else ""


def _last(after: str) -> int:
    match = _AFTER_LAST.match(after)
    return match.end() if match else 0
