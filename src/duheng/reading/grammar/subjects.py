"""What the values of a clause are stated for: the indicators it names, those named before, or the same elsewhere."""

import re

from duheng.reading.grammar.heads import Head, is_place_list, split_list, spread
from duheng.reading.grammar.measures import Measure
from duheng.reading.grammar.predicates import CHANGES, Predicate
from duheng.reading.grammar.state import State, heads_of
from duheng.reading.grammar.words import pattern, words


def subjects(state: State, names: str, found: Predicate, group: list[Measure]) -> list[Head] | None:
    """The indicators the values belong to; None where there is none to be found."""
    carried, count = state.subjects, len(group)
    if names.startswith("占"):
        whose = carried[0].name.partition("占")[0] if carried else ""
        return [Head(whose + names, carried[0].scope)] * count if whose else None
    if names in words("its_size") and carried and not carried[0].name.endswith(names):
        return [Head(carried[0].name + names, carried[0].scope)]
    if (
        not names
        or names in ("指标", "目标", "其", "总量", "总体", "年度", "累计", "合计")
        or _is_said_before(names, carried)
    ):
        return carried if carried and (len(carried) == count or count == 1) else None
    if found.nominal and not carried and is_place_list(names):
        return None
    if (
        carried
        and is_place_list(names)
        and (found.nominal or pattern("place").fullmatch(names) or names in words("scope_nouns"))
    ):
        return _placed(carried[0].name, re.split("、|和|及|与", names))
    if carried and count == 1 and (_is_where(names, carried[0]) or _is_among(state, names, group[0])):
        return [Head(carried[0].name, names)]
    pieces = split_list(names, count) if count > 1 else None
    if count > 1 and pieces is None:
        pieces = [names] * count if found.kind else None
    elif count == 1:
        pieces = _one_value(names, found)
    if carried and pieces and count > 1 and all(_is_where(piece, carried[0]) for piece in pieces):
        return [Head(carried[0].name, piece) for piece in pieces]
    heads = heads_of(state, pieces or [names])
    heads = _continued(state, heads, found)
    state.subjects = heads
    return heads


def _is_said_before(names: str, carried: list[Head]) -> bool:
    """年利用量达到 w after 大宗固废年利用量达到 v: the end of the indicator before stands for the whole of it."""
    if len(carried) != 1 or not 3 <= len(names) <= 5:
        return False
    return carried[0].name.endswith(names) and "、" not in carried[0].name


def _is_where(names: str, before: Head) -> bool:
    """缺水城市达到 w after 再生水利用率达到 v: the same indicator in another place."""
    return bool(pattern("indicator_end").search(before.name) and pattern("where").fullmatch(names))


def _is_among(state: State, names: str, measure: Measure) -> bool:
    """其中政府项目达到100%: the same share, of some among those it was stated for."""
    whole, bare = state.wholes[-1:], not pattern("indicator_end").search(names)
    return bool(
        whole
        and whole[0].unit in (None, "%")
        and measure.unit == "%"
        and bare
        and pattern("indicator_end").search(whole[0].indicator)
    )


def _one_value(names: str, found: Predicate) -> list[str]:
    pieces = re.split("、|和", names)
    if found.each and len(pieces) > 1:
        return split_list(names, len(pieces)) or [names]
    return spread(names, found.kind in CHANGES and not found.together)


def _continued(state: State, heads: list[Head], found: Predicate) -> list[Head]:
    """人均水耗 after 公共机构单位建筑面积能耗: what a series is about is said only once."""
    first = heads[0]
    body = (first.scope or "").removeprefix(state.region or "")
    for region in words("regions"):
        body = body.removeprefix(region)
    if body and re.match(f"{re.escape(body)}(?:单位|人均)", first.name):
        state.per, state.per_scope = body, first.scope
        return [first, *(_with_body(head, state) for head in heads[1:])]
    if state.per and all(_with_body(head, state) != head for head in heads):
        return [_with_body(head, state) for head in heads]
    if body:
        state.per = ""
    return heads


def _with_body(head: Head, state: State) -> Head:
    own = re.match("单位(?:国内|地区|生产总值|GDP|工业|农业)", head.name)
    if re.match("人均|单位", head.name) and not own and head.scope in (None, state.region):
        return Head(state.per + head.name, state.per_scope)
    return head


def _placed(name: str, places: list[str]) -> list[Head]:
    return [Head(name, place) for place in places if place]
