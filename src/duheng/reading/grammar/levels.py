"""A subject, a predicate and its values: 到Y年，甲、乙比B年分别下降 v、w; 占比达到 v; 控制在 v 以内; 占比 v."""

import re
from dataclasses import replace

from duheng.reading.grammar.clauses import ASIDE
from duheng.reading.grammar.deadlines import YEARLY, When
from duheng.reading.grammar.heads import Head, clean
from duheng.reading.grammar.measures import Measure
from duheng.reading.grammar.predicates import CHANGES, Predicate, predicate
from duheng.reading.grammar.state import Passage, State, target, valued
from duheng.reading.grammar.subjects import subjects
from duheng.reading.grammar.words import pattern, words
from duheng.reading.records import Doubt, Target

_QUALIFIED = ("cap", "maintain", "increase_to", "decrease_to")
_NOUN = re.compile("[\u4e00-\u9fff“\ue001]{2}")
# 按不低于 v% 的比例建设: how it is to be done.
_BY = re.compile("(?:按照?|以)(?:(?P<bound>不低于|不少于|不超过|不高于)[^，]{0,12})?$")
# 引导银行逐步将费率降至: who moves it is no part of its name.
_MOVED = re.compile("(?:(?<!即)将|把)(?P<what>[^，]{2,})$")
_DONE = re.compile(
    "减少|节约|削减|压减|累计|新增|新建|新改建|改建|完成|建成|建设|治理|改造|推广|创建|培育|淘汰|形成"
)
_MONEY = re.compile("(?:资金|经费|补助|补贴)$|^(?:计划|总|累计)?投资$|财政.*(?:投入|安排)$")
_WORKED = re.compile(
    "^(?:减少|节约|削减|压减|淘汰|化解|关停|替代)|减排量|节能量|减排|工程量|^新(?:增|建|改建)(?!.*[率比重例]$)"
)
# 能力达到每年120万吨: how much a year, not how often.
_RATE = re.compile(r"(?<=达到|能力|规模|产能)每(?:日|天|年|小时)\s*$|(?<=[制持定]在)年均$")
_COMPARED = re.compile("(?:高于|低于|好于|快于|超出|超过)[^，。]{0,10}(?:平均|上年|同期|水平|计划)")


def read_levels(
    passage: Passage, state: State, when: When, subject_start: int, group: list[Measure]
) -> list[Target] | None:
    """The targets of one group of values, or None where what stands before them is no predicate."""
    said = passage.masked[subject_start : group[0].start]
    subject = _RATE.sub("", said.replace(" ", ""))
    found = predicate(subject[-90:]) or _bare(passage, state, subject, group)
    if found is None:
        return None
    at = subject_start + _with_blanks(said, max(0, len(subject) - 90) + found.start)
    names, found = _named(_after_time(passage, when, subject_start, at), found)
    names = _verbed(passage, state, found, names, subject_start, group[0])
    if _has_its_noun(passage, found, names, group[-1]):
        return None
    if _states_nothing(passage, subject, found, names, group):
        return []
    names = _BY.sub("", names)
    names = "" if state.subjects and pattern("work").fullmatch(names) else names
    if _is_work(passage, found, names, group):
        return None
    heads = subjects(state, names, found, group)
    if heads is None or not all(head.name for head in heads):
        _doubt(passage, state, "no_indicator", "有数值而找不到所属的指标", subject_start, group[-1].stop)
        return []
    if len(set(heads)) == 1 and _deals_by_times(state, found, len(group)):
        return _by_times(passage, state, heads[0], found, group * (len(state.listed) // len(group)))
    if len(group) > 1 and (len(heads) != len(group) or len(set(heads)) == 1):
        message = f"列出的指标与数值个数不符：有{len(group)}个数值"
        _doubt(passage, state, "list_count", message, subject_start, group[-1].stop)
    when = replace(when, deadline=found.by or when.deadline, period=found.period or when.period)
    start = _quote_start(passage, when)
    made = [
        _level(passage, state, when, head, found, measure, (start, group[-1].stop))
        for head, measure in zip(heads, _dealt(group, len(heads), found), strict=False)
    ]
    work = pattern("work").match(pattern("region").sub("", names))
    if work and not (found.verb or found.bound) and group[0].unit != "%":
        state.verb = work["verb"]
    state.change = (found.kind, found.base, group[0].unit) if found.kind in CHANGES else None
    return made


def _after_time(passage: Passage, when: When, start: int, at: int) -> str:
    """The subject between two places; 规划近期2030年占比: what stands before a time, if no place, is none of it."""
    after = passage.words(when.end, at) if start < when.start < when.end < at else ""
    before = passage.words(start, when.start) if after else ""
    if not pattern("indicator_end").search(clean(after)) or before.endswith(("的", "于", "在", "、")):
        return passage.words(start, at)
    place = pattern("region").match(before) or pattern("where").fullmatch(clean(before))
    return before + after if place else after


def _with_blanks(said: str, at: int) -> int:
    """Where a place of a text without its blanks (达 到) stands in the text with them."""
    if " " not in said:
        return at
    signs = [place for place, sign in enumerate(said) if sign != " "]
    return signs[at] if at < len(signs) else len(said)


_AT_END = re.compile(
    r"(?:[应须要需]?[到至于在]?(?:19|20)\d\d年?[底末]?(?:之?前)?"
    r"|[从由]约?(?:\d|[百千]分之|[一二两三四五六七八九]成).*)$"
)


_STAYS = re.compile("(?:均|都|各|分别)?在$")
_ENDS = re.compile(r"\s*(?:[，。；、）\n]|$)")
# 规划提出到2030年……: who says so is no part of the name.
_TOLD_BY = re.compile(
    r"^[^，]*?(?:提出|明确|指出|要求|规定|确定)到“?(?:(?:19|20)\d\d年|[二三]?十[一二三四五六七八九]?五”?期?)[底末]?"
)


def _subject(words_before: str) -> str:
    """The subject without a time or a base value at its end (森林覆盖率2030年; 用水量从45亿立方米)."""
    subject = clean(words_before).removesuffix("指标")
    subject = _TOLD_BY.sub("", subject) if "到" in subject else subject
    subject = subject[:-2] if subject.endswith(("三年", "五年")) else subject
    return re.sub(
        r"(?:[应须要需]?[到至于在]?(?:19|20)\d\d年?[底末]?(?:之?前)?|[从由]约?(?:\d|[百千]分之|[一-龥]成).*)$",
        "",
        subject,
    )


def _states_nothing(
    passage: Passage, subject: str, found: Predicate, names: str, group: list[Measure]
) -> bool:
    """Another value is compared with, a thing is told by its value, or the paper counts its own items."""
    if (_COMPARED.search(subject) and not found.each) or _defines(passage, found, group[-1]):
        return True
    if names.endswith("每") or re.search("下达.{0,6}(?:任务|目标|指标)$|^(?:这[一些]|该|上述)", names):
        return True
    own = group[-1].unit == "项" and pattern("counted").search(names[-10:])
    return bool(own or _BY.fullmatch(names))


def _is_work(passage: Passage, found: Predicate, names: str, group: list[Measure]) -> bool:
    """培训不少于 v 名技师: a verb and a bound, and what is counted after them."""
    if _improves(passage, found, group[-1]):
        return not (group[-1].unit or "%").endswith(("%", "百分点"))
    if not names:
        return group[0].counted and not (found.total and found.bound)
    if found.verb or not (group[0].counted or _NOUN.match(passage.masked, group[-1].stop)):
        return False
    ends = list(pattern("work").finditer(names))
    return bool(ends and ends[-1].end() == len(names) and (ends[-1].start() == 0 or not group[0].counted))


def _improves(passage: Passage, found: Predicate, last: Measure) -> bool:
    """改造提升 N 个园区: so many things are made better, nothing rises by so many."""
    return found.verb in ("提升", "改善", "优化") and bool(_NOUN.match(passage.masked, last.stop))


def _has_its_noun(passage: Passage, found: Predicate, names: str, last: Measure) -> bool:
    """完成 v 机组改造, 实现 v%的村达标: whose the value is stands after it, not before."""
    after = passage.masked[last.stop : passage.clause.end]
    if last.unit == "%":
        return not names and found.verb == "实现" and bool(re.match("的[^，]{4,}", after))
    done = found.kind == "complete" and not names
    return (done or (found.verb == "完成" and bool(found.bound))) and bool(_NOUN.match(after))


def _verbed(
    passage: Passage, state: State, found: Predicate, names: str, subject_start: int, measure: Measure
) -> str:
    """新增收运能力 v、处理能力 w: the verb is said once for amounts that stand side by side."""
    verb, before = state.verb or "", passage.masked[passage.clause.start : subject_start]
    bare = not (found.verb or found.bound or found.nominal) and measure.unit != "%"
    bare = bare and names not in words("its_size") and not pattern("work").match(names)
    goes_on = passage.masked.startswith("、", subject_start) and verb in before
    return verb + names if bare and goes_on and not names.startswith(verb) else names


def _named(words_before: str, found: Predicate) -> tuple[str, Predicate]:
    """The subject, and the predicate: 占……的 belongs to the one, 分别 before 新增 to the other."""
    names = _subject(words_before)
    if names.startswith("分别") or names.endswith("分别"):
        names, found = names.removeprefix("分别").removesuffix("分别"), replace(found, each=True)
    if found.verb in ("完成减排", "完成削减", "实现减排") and names:
        names += "减排量"
    if (moved := _MOVED.search(names)) and pattern("indicator_end").search(moved["what"]):
        names = moved["what"]
    if (by := _BY.search(names)) and by["bound"]:
        kind = "floor" if by["bound"] in words("floors") else "ceiling"
        found = replace(found, kind=kind, verb="", bound=by["bound"])
    return names + found.share, found


def _deals_by_times(state: State, found: Predicate, count: int) -> bool:
    """Whether the times named take the values: one each, or one value for each of them (期间分别新增 v)."""
    times = len(state.listed)
    return times > 1 and (count == times or (count == 1 and found.each))


def _by_times(
    passage: Passage, state: State, head: Head, found: Predicate, group: list[Measure]
) -> list[Target]:
    """到2030年、2035年分别达到 v、w: one indicator, a value for each of the years named."""
    span = (_quote_start(passage, state.when), group[-1].stop)
    return [
        _level(passage, state, when, head, found, measure, span)
        for when, measure in zip(state.listed, group, strict=True)
    ]


def _doubt(passage: Passage, state: State, kind: str, message: str, start: int, end: int) -> None:
    state.doubts.append(Doubt(kind, message, min(start, passage.clause.start), end))


def _defines(passage: Passage, found: Predicate, measure: Measure) -> bool:
    """超过100人的企业, 容量30万千瓦以下机组: the value tells which thing is meant."""
    limited = measure.bound in words("above") + words("under") and measure.unit != "%"
    if (
        not (found.verb or found.bound or found.nominal)
        and limited
        and _NOUN.match(passage.masked, measure.stop)
    ):
        return True
    return bool(
        re.match(
            f"{ASIDE}*的(?!(?:激励|奋斗|预期|约束性|考核|规划|阶段性?)*(?:目标|水平|要求)|比例)|时(?!间|期)",
            passage.masked[measure.stop : measure.stop + 24],
        )
    )


def _bare(passage: Passage, state: State, subject: str, group: list[Measure]) -> Predicate | None:
    """占比15%: no verb at all, but the subject ends in a measure's name; 率在15%以上: hardly one."""
    said = subject.rstrip()
    stays = _STAYS.search(said) if group[-1].bound and _ENDS.match(passage.masked, group[-1].stop) else None
    said = said[: stays.start()] if stays else said
    bare = re.sub(f"(?:{'|'.join(words('about'))}|分别|均)$", "", said)
    again = bool(stays and state.subjects) and not clean(_AT_END.sub("", bare))
    if group[0].counted or clean(bare) == "覆盖" or not (again or pattern("indicator_end").search(bare)):
        return None
    rest = said[len(bare) :]
    return Predicate(
        len(bare),
        "maintain" if stays else "reach",
        "在" if stays else "",
        None,
        rest or None,
        None,
        "分别" in rest,
        False,
        False,
        False,
        False,
        None,
    )


def _quote_start(passage: Passage, when: When) -> int:
    """The clause, from its time on where that stands at its head or is the clause before."""
    start = passage.clause.start
    if 0 <= when.start < start and start - when.end <= 2 and "\n" not in passage.plain[when.start : start]:
        return when.start
    return start


def _dealt(group: list[Measure], count: int, found: Predicate) -> list[Measure]:
    """The values dealt to the heads: one to each, or one to all; 控制在甲、乙以内 bounds them all."""
    if len(group) == 1:
        return group * count
    last = group[-1].bound
    if found.kind == "cap" and last in words("under") and not any(one.bound for one in group[:-1]):
        return [replace(one, bound=last) for one in group]
    return group


def _level(
    passage: Passage,
    state: State,
    when: When,
    head: Head,
    found: Predicate,
    measure: Measure,
    span: tuple[int, int],
) -> Target:
    direction, comparator = _direction(found, measure, head.name)
    if found.kind in CHANGES and when.period in YEARLY:
        # Without it 年均下降3%左右 would be read as the fall of the whole period.
        comparator = "…".join(filter(None, (when.period, comparator)))
    if state.kind and direction == "reach" and found.verb in ("为", "是"):
        direction = state.kind
    base, more = found.base, valued(passage, measure)
    if base is None and found.kind in CHANGES:
        base = state.against
    if state.change and _stretches(passage, found, measure, state.change):
        direction, base = state.change[0], state.change[1]
    standing = found.kind in ("floor", "ceiling", "reach", "cap", "maintain")
    done = direction == "complete" or (measure.unit != "%" and _DONE.match(head.name))
    if standing and not done and when.deadline is None and not when.period:
        aims = head.scope in words("regions") or passage.hedge(measure.start) in words("aims")
        more |= {} if aims else {"kind": "requirement"}
    if (measure.unit or "").endswith("元") and _MONEY.search(head.name):
        more["kind"] = "allocation"
    start, state.risen_from = state.risen_from, None
    if start and start.unit == measure.unit and found.kind not in CHANGES:
        more |= {"base_value": start.value, "base_unit": valued(passage, start)["unit"]}
    if state.base and found.verb in ("为", "是", "达到") and state.base.unit == measure.unit:
        base, direction = (
            state.base_year,
            "decrease_to" if measure.value < state.base.value else "increase_to",
        )
        more |= {"base_value": state.base.value, "base_unit": state.base.unit}
    return target(
        passage, state, when, head, span, direction, comparator=comparator, change_from=base, **more
    )


def _stretches(
    passage: Passage, found: Predicate, measure: Measure, change: tuple[str, int | None, str | None]
) -> bool:
    """下降 v，力争达到 w: the second value goes on from the first, in its direction and from its base."""
    said = clean(passage.words(passage.clause.start, measure.start)).removesuffix(found.verb or "-")
    goes_on = found.kind in ("reach", "floor", "complete") or (
        found.kind == change[0] and passage.hedge(measure.start)
    )
    return bool(not said and not found.base and goes_on and change[2] == measure.unit)


def _direction(found: Predicate, measure: Measure, name: str) -> tuple[str, str | None]:
    """The direction and the bound words as printed."""
    bound = measure.bound
    said = found.bound or found.about or bound
    if found.kind in _QUALIFIED and bound and found.verb:
        said = f"{found.verb}…{bound}"
    if found.total and said is None:
        said = "累计"
    if found.kind in ("decrease", "increase"):
        return found.kind, said
    if measure.counted and found.kind == "floor":
        return "complete", said
    if found.kind in ("floor", "ceiling"):
        return ("at_least" if found.kind == "floor" else "at_most"), said
    if bound in words("above"):
        return "at_least", said
    if bound in words("under") or (found.kind == "cap" and bound is None):
        return "at_most", said or found.verb
    worked = found.kind == "reach" and measure.unit != "%" and _WORKED.search(name)
    if found.kind == "complete" or worked or measure.counted:
        return "complete", said
    if found.kind in ("decrease_to", "increase_to", "maintain"):
        return found.kind, said
    return "reach", said
