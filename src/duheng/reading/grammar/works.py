"""A verb, a count and what is counted: 建成处理厂 N 座; 培养 N 名技师、M 名工匠; N% 的医院能够……"""

import re

from duheng.reading.grammar.deadlines import When
from duheng.reading.grammar.heads import Head, clean
from duheng.reading.grammar.measures import Measure
from duheng.reading.grammar.shares import read_share
from duheng.reading.grammar.state import Passage, State, heads_of, target, valued
from duheng.reading.grammar.words import pattern, words
from duheng.reading.records import Target

# 做好以下10个方面工作, 这8个项目: the paper counts what it says itself.
_OF_THE_PAPER = re.compile("(?:以下|下列|下述|上述|如下|这|本)$")
# 每千人口拥有医师 N 人: how many for so many.
_PER_HEAD = re.compile("每[百千万十][^，]{0,10}拥有")
# 开展首批 N 个试点: which of them is no part of the name.
_BATCH = re.compile("^(?:首批|第[一二三四五]批|新一批|又一批|一批|各)$")
_JOINT = re.compile("^[、和及与，]*(?:以及)?$")
_JOINS = re.compile("[、和及与]")
# 实现对 N 平方米建筑的监测: what is done to so many.
_UPON = re.compile("(?<=[\u4e00-\u9fff]{2})对$")
_ASSIGNED = re.compile("(?:下达|确定|安排|明确|分解|交办|剩余|其余|余下|[^，]内)的$")
_MEANS = re.compile("^[^，]{2,}为(?:重点|主|目标|抓手|核心|基础)")


def read_work(
    passage: Passage, state: State, when: When, since: int, measure: Measure, until: int
) -> Target | None:
    """The target of a count between two places: the words before it from `since`, those after it up to `until`."""
    if measure.unit == "%":
        return read_share(passage, state, when, since, measure, until)
    until = _noun_until(passage, measure, until)
    before, after = passage.masked[since : measure.start], passage.masked[measure.stop : until]
    if _is_no_amount(measure, before, after, state.verb is not None and _goes_on(passage, since)):
        return None
    bound = _bound(before)
    lead = before[: len(before) - len(bound)] if bound else before
    lead = _UPON.sub("", lead) if _verb(_UPON.sub("", lead)) else lead
    verb = _verb_of(state, lead)
    if verb is None and re.fullmatch("[，、]*[对为]", lead):
        return _done_upon(passage, state, when, measure)
    if verb is None:
        lead = "" if re.search("[与对向给]$", lead) else lead
        if _is_spoken_of(passage, measure) or not _carries(state, lead, measure):
            return None
    object_ = passage.words(since + (verb.end() if verb else 0), since + len(lead))
    object_ = _BATCH.sub("", object_) if verb else clean(object_)
    noun_after = "" if _JOINS.match(after) else _noun(passage.words(measure.stop, until))
    if (_names_its_members(lead, object_, noun_after, measure) and not (verb and measure.bound)) or (
        verb is None and _in_apposition(lead, noun_after)
    ):
        return None
    name, said = _said(passage, state, verb, (since, since + len(lead)), object_, noun_after, measure)
    if not name:
        return None
    state.verb = said
    total = "累计" if verb is not None and "累计" in verb.group() else ""
    head = _headed(state, total + name, lead)
    end = until if noun_after and (not object_ or object_.endswith("的")) else measure.stop
    more = {"comparator": bound or measure.bound or total or None, "kind": _kind(measure)}
    more |= valued(passage, measure)
    return target(passage, state, when, head, (_start(passage, when), end), "complete", **more)


def _said(
    passage: Passage, state: State, verb: re.Match[str] | None, span: tuple[int, int], object_: str,
    noun_after: str, measure: Measure,
) -> tuple[str | None, str]:  # fmt: skip
    """The name of the work and its verb, which what follows may carry on; "" where the work is a noun."""
    said = verb.group("verb") if verb else state.verb or ""
    name = _named(said, object_, noun_after)
    if name is None and verb:
        name, said = _noun_verb(passage.words(*span)), ""
    if not name and verb and (measure.unit or "").endswith(("次", "列", "班")):
        name = verb.group("verb")
    return name, said


def _noun_until(passage: Passage, measure: Measure, until: int) -> int:
    """培育 N 家甲、新建 M 家乙; 新增 N 个甲、乙 M 家: where the noun of the first count ends."""
    after = passage.masked[measure.stop : until]
    if until == passage.clause.end or not measure.counted:
        return until
    cut = pattern("next_work").search(after)
    if cut is None and pattern("next_count").match(passage.masked, until, passage.clause.end):
        cut = re.search("[、和及与][^、和及与]{2,}$", after)
    return measure.stop + cut.start() if cut and cut.start() > 1 else until


def _done_upon(passage: Passage, state: State, when: When, measure: Measure) -> Target | None:
    """对 v 家企业开展诊断, 为 v 名学生提供服务: what is done stands at the end of the clause."""
    end = passage.clause.end
    rest = passage.masked[measure.stop : end]
    if not re.search("(?:开展|实施|进行|完成|推行|提供|发放|安装|配备|加装)[^，]{2,}$", rest) or re.search(
        r"[、和及]\s*\d", rest
    ):
        return None
    head = _headed(state, clean(passage.words(measure.stop, end)), "")
    span, more = (_start(passage, when), end), valued(passage, measure)
    return target(passage, state, when, head, span, "complete", comparator=measure.bound, **more)


def _headed(state: State, name: str, lead: str) -> Head:
    """The work with its region, which may stand before the verb (全市累计建成……)."""
    head = heads_of(state, [name])[0]
    region = pattern("region").search(clean(lead))
    if region:
        state.region = region.group()
        head = Head(head.name, head.scope or region.group())
    state.subjects = [head]
    return head


def _kind(measure: Measure) -> str | None:
    return "allocation" if (measure.unit or "").endswith("元") else None


def _goes_on(passage: Passage, since: int) -> bool:
    """Whether the count follows another one with only a joint between (改良草地 v、围栏 w)."""
    return passage.masked[since - 1] in "、和及" or passage.masked[since : since + 1] in ("、", "和", "及")


def _is_no_amount(measure: Measure, before: str, after: str, carried: bool) -> bool:
    """A capacity that defines an object, how often a thing is done, or what the paper itself counts."""
    if measure.unit is None or measure.unit.split("/")[0] in words("defining_units"):
        return True
    if measure.unit.endswith("百分点") or (measure.counted and _OF_THE_PAPER.search(before)):
        return True
    if before.endswith("在") or (before.endswith("的") and not _ASSIGNED.search(before)):
        return True
    spoken_for = carried or _verb(_UPON.sub("", before)) is not None or bool(_PER_HEAD.search(before))
    if not measure.counted and (re.search(r"每(?:小时|天|年|日)\s*$", before) or not spoken_for):
        return True
    if not measure.counted and measure.bound and re.match(r"[\u4e00-\u9fff]{2}", after):
        return True
    if measure.unit in ("次", "期", "轮") and (measure.value == 1 or re.search(r"每\d+年", before)):
        return True
    if measure.unit in ("项", "条") and (
        pattern("counted").search(after[:10]) or pattern("counted_before").search(before)
    ):
        return True
    counts_itself = measure.counted and pattern("not_owed").match(after)
    return bool(counts_itself) or "优先" in before or bool(_MEANS.search(after))


def _start(passage: Passage, when: When) -> int:
    start = passage.clause.start
    close = 0 <= when.start < start and start - when.end <= 2
    return when.start if close else start


def _names_its_members(lead: str, object_: str, noun_after: str, measure: Measure) -> bool:
    """甲、乙、丙等4个方面, 甲、乙2个县: the count sums up a list, it is not owed."""
    if noun_after and "、" in object_ and measure.value == object_.count("、") + 1:
        return True
    return lead.endswith(("等", "等等")) or (
        object_.count("、") >= 2
        and not object_.endswith("的")
        and bool(noun_after)
        and not re.search("[和、]$", lead)
    )


def _in_apposition(lead: str, noun_after: str) -> bool:
    """发挥甲、乙 N 个试点作用: a count within what is spoken of, no verb of its own before it."""
    return len(clean(lead)) >= 2 and len(noun_after) >= 2 and not lead.endswith(("、", "和", "及", "与"))


def _bound(before: str) -> str | None:
    match = pattern("bound_before").search(before)
    return match.group() if match else None


def _verb(lead: str) -> re.Match[str] | None:
    """The work verb: one that ends where the count begins, else the first with an object before the count."""
    found = list(pattern("work").finditer(lead))
    ends = [match for match in found if match.end() == len(lead)]
    holds = [
        match
        for match in found
        if len(lead) - match.end() >= 2 and not pattern("indicator_end").search(match.group())
    ]
    return next(iter(ends + holds + found[-1:]), None)


def _is_spoken_of(passage: Passage, measure: Measure) -> bool:
    """对源头和78个湖泊, 以580个断面为重点: what a clause begins with so is no work."""
    said = passage.masked[passage.clause.start : measure.start]
    return bool(re.match("(?:[以在按从将把于]|针对|对(?!口|外))", said)) and _verb(said) is None


def _verb_of(state: State, lead: str) -> re.Match[str] | None:
    """The verb of the words before a count; 供应 within 、绿色供应链企业 is none where one was said before."""
    verb = _verb(lead)
    within = verb and lead.startswith("、") and verb.start() > 1 and verb.end() < len(lead)
    return None if within and state.verb else verb


def _carries(state: State, lead: str, measure: Measure) -> bool:
    """化验员 N 名 after 选拔监测员 M 名: the verb is said once."""
    if not measure.counted and state.verb is None and not _PER_HEAD.search(lead):
        return False
    if pattern("region").fullmatch(clean(lead)):
        return False
    carried = state.verb is not None or state.when.deadline
    return bool(carried and len(clean(lead)) <= 24)


def _noun(printed: str) -> str:
    """What is counted, after the count: cut at a joint, a relative clause before it left out."""
    noun = clean(printed)
    if tail := re.search(r"^(?P<noun>.{3,}?)(?P<to>(?:到|(?<![外未原历])来)[^、，]{3,})$", noun):
        return (
            f"{tail['to']}的{tail['noun']}"
            if "、" not in tail["noun"] or len(tail["noun"]) < 14
            else (f"{tail['to']}的{tail['noun'].split('、')[-1]}")
        )
    if of := re.match(r"^(?P<list>[^，]{6,}、[^，]*?)等(?P<noun>[^，]{4,})$", noun):
        return of["noun"]
    if relative := re.match(
        r"^(?P<relative>(?:具有|能够|紧跟|站在|在|大型的|拥有|从事|符合)[^“]*?[^目])的(?P<noun>.{4,})$", noun
    ):
        return relative["noun"]
    return noun


def _named(verb: str, object_: str, noun_after: str) -> str | None:
    if object_.endswith("的") and noun_after:
        return verb + object_ + noun_after
    if object_.endswith(("、", "和", "及", "与")) and noun_after:
        return verb + noun_after
    object_ = re.sub("(?:各|共|总共|合计)$", "", clean(object_))
    object_ = "" if noun_after and pattern("region").fullmatch(object_) else object_
    if object_ and not _JOINT.match(object_):
        return verb + object_
    if len(noun_after) >= 2:
        return noun_after if re.search("参加|参与", noun_after) else verb + noun_after
    return None


def _noun_verb(lead: str) -> str | None:
    """老旧设施安装改造 30 家: the object stands before the verb."""
    said = re.sub("^[要需应须](?![素求])", "", clean(lead))
    return said if len(said) >= 4 else None
