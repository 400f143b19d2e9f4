"""A text read clause by clause: what is owed in each, with what the clauses before it left in force."""

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from duheng.reading.grammar.clauses import LONGEST, Clause, clauses, set_aside
from duheng.reading.grammar.deadlines import YEARLY, Calendar, When
from duheng.reading.grammar.groups import groups_of, run_together, undefined
from duheng.reading.grammar.heads import Head, clean
from duheng.reading.grammar.levels import read_levels
from duheng.reading.grammar.measures import Measure, measures
from duheng.reading.grammar.parts import read_part, topic
from duheng.reading.grammar.past import Past
from duheng.reading.grammar.predicates import base_year
from duheng.reading.grammar.rows import TableReader
from duheng.reading.grammar.shares import defines
from duheng.reading.grammar.state import Passage, State
from duheng.reading.grammar.twice import said_once, two_values
from duheng.reading.grammar.wording import read_wording
from duheng.reading.grammar.words import pattern, words
from duheng.reading.grammar.works import read_work
from duheng.reading.outline import Heading, Outline, Paragraph
from duheng.reading.records import Doubt, Target
from duheng.reading.tables import Cell, Rows

_YEARS = re.compile(r"(?<![\d—～\-至])(?:19|20)\d\d(?=年)")
_SPEAKS = re.compile(
    r"\d|负增长|番|一半|过半|消除|一[村乡镇县区市社校户企园街]|零|均达|(?:达到|完成|满足|符合)(?:国家|省|上级|市|州|自治区)|全部|全面|全量|全覆盖|下达|[家省市州县]定|考核|约束性|[一二两三四五六七八九十]年内|十[一二三四五]五|[百千]|[一二两三四五六七八九]成|分之|今年|本年度"
)
# 1:7 is no value of one number; where it is said as a bound a person decides.
_RATIO = re.compile(
    r"[\u4e00-\u9fff]{2,12}(?:不低于|不高于|不超过|不少于|达到|控制在|提高到|优化到|提升到|降到|降至|保持在|为|缩小[至到])\d+(?:\.\d+)?[：:∶]\d+(?:\.\d+)?(?!\d|分)"
)
# Nor is a third, or 七八成.
_UNTOLD = re.compile(
    r"[^，。；：\n]{0,12}(?:[三六七九]分之[一二两三四五六七八]|[一二三四五六七八][二三四五六七八九]成(?=[^\u4e00-\u9fff]|以[上下]|左右|的))"
    r"[^，。；：\n]{0,12}"
)
_NO_VALUE = ((_RATIO, "是比例，目标的数值记不下它"), (_UNTOLD, "里的比例不是一个有限的百分数"))
_BASE_BEFORE = re.compile(
    r"(?:比|较|从|由)[^，。；]{0,14}?(?:的|时期的)\s*$|(?:从|由)约?$|[从由比较](?:19|20)\d\d年[底末]?约?$"
)
# 为实现……减少10%的目标，必须……: what the duty after it serves, owed where it is stated.
_TO_WHAT_END = re.compile(r"为(?:了|确保|如期|顺利|全面)*(?:实现|完成|达到)[^，]*(?:目标|任务|要求|指标)$")
# An item of a list: what stood before its colon holds for all of them.
_ITEM = re.compile(r"\s*(?:[—\-·•●◆■▪]|[①-⑳]|（\d{1,2}）|\d{1,2}[.、）](?!\d))")
_PLANS = re.compile("方案|规划|计划|安排|要点|任务|行动|措施")
# 2025年底前注册的车辆: the date tells which.
_TELLS_WHICH = re.compile("(?:以前|之前)?(?:已)?(?:注册|登记|建成|投产|投运|出厂|核准|批准)[^，]{0,6}的")
# A row whose cells have run together: 76.7＞80-约束性, 2551.72347.6-8%.
_CELLS = re.compile(r"[\d%右上下\-—](?:约束性|预期性)(?!指标|目标|要求)|\d{2,}\.\d{3,}\.\d")
# 2027年起: a rule that holds from then on has no term.
_FROM_THEN = re.compile(
    r"[自从]?(?:19|20)\d\d年(?:\d{1,2}月(?:\d{1,2}日)?)?[起始](?![\d一二三四五六七八九十]{1,3}年内)[，、]?"
)
_BASE_IS = re.compile(r"的?(?P<base>基数|基期值|基准值)(?:是|为)$")


def targets(
    text: str, plain: str, outline: Outline, tables: Sequence[Rows] = ()
) -> tuple[list[Target], list[Doubt]]:
    """The targets of a document in the order of the text, and what is doubtful about them.

    tables: the cells of each table, as (start, end) in the text; one of indicators is read by its columns.
    """
    reader = _Reader(text, plain, outline)
    in_tables = TableReader(text, plain, outline, reader.calendar.year)
    in_tables.read(tables)
    in_tables.run_together(tables)
    found = sorted([*reader.read(in_tables.taken), *in_tables.targets], key=lambda one: one.start)
    return found, [*reader.doubts, *in_tables.doubts, *two_values(found)]


class _Reader:
    def __init__(self, text: str, plain: str, outline: Outline) -> None:
        self.text, self.plain, self.outline = text, plain, outline
        self.masked = set_aside(plain)
        year = int(outline.date[:4]) if outline.date else (outline.period[0] if outline.period else None)
        named = [int(one) for heading in outline.sections for one in _YEARS.findall(heading.section)]
        self.calendar = Calendar(year or max(named, default=None), outline.period)
        titled = _YEARS.findall(outline.title or "")
        self.plans = bool(_PLANS.search(outline.title or ""))
        self.title_time = When(int(titled[0]), weak=True) if len(titled) == 1 else When()
        self.past = Past(plain, self.masked, outline, self.calendar, self.plans)
        self.goal_sections = [one for one in outline.headings if "目标" in one.title[:20]]
        self.goals: Heading | None = None
        self.term = When()  # said last in the section of goals; of several the nearest
        self.doubts: list[Doubt] = []
        self.lead = When()

    def read(self, taken: Sequence[Cell]) -> list[Target]:
        """The targets of the sentences; what is read by its columns (`taken`) is no sentence."""
        found: list[Target] = []
        for paragraph in self.outline.paragraphs:
            if any(start < paragraph.end and paragraph.start < end for start, end in taken):
                continue
            if self.text.startswith("#", paragraph.start) or self.past.is_passed_over(paragraph):
                continue
            state = State(when=self._inherited(paragraph))
            if _SPEAKS.search(self.plain, paragraph.start, paragraph.end):
                found += said_once(self._paragraph(paragraph, state))
            self.doubts += state.doubts
            self._leave(paragraph, state.when)
        return found

    def _inherited(self, paragraph: Paragraph) -> When:
        """The time in force where a paragraph begins."""
        if self.lead.deadline:
            return self.lead
        goals = self._goals(paragraph)
        if goals and goals == self.goals and self.term.deadline:
            return self.term
        when = self._heading_time(paragraph)
        last = self.calendar.period[1] if self.calendar.period else None
        return When(last, weak=True) if goals and not when.deadline else when

    def _leave(self, paragraph: Paragraph, when: When) -> None:
        """What a paragraph leaves in force: to its list, or to what else stands in a section of goals."""
        item = _ITEM.match(self.plain, paragraph.start, paragraph.end)
        if self.plain[paragraph.end - 1] in "：:":
            self.lead = replace(when, start=-1)
        elif not item:
            self.lead = When()
        goals = self._goals(paragraph)
        if goals != self.goals:
            self.goals, self.term = goals, When()
        if goals and not (item and self.term.deadline):
            self.term = self._term(paragraph) or self.term

    def _term(self, paragraph: Paragraph) -> When | None:
        """The nearest term a paragraph of goals names; one after ；is that of a line broken off."""
        for one in self.calendar.times(self.masked, paragraph.start, paragraph.end, When()):
            if one.firm and not one.past and one.deadline:
                broken = self.masked[max(one.start - 1, 0)] == "；" and self.term.deadline
                return None if broken else replace(one, start=-1)
        return None

    def _goals(self, paragraph: Paragraph) -> Heading | None:
        """The section of goals (主要目标) a paragraph stands in."""
        if not self.goal_sections:
            return None
        over = [one for one in self.goal_sections if one.start <= paragraph.start < one.until]
        return over[-1] if over else None

    def _heading_time(self, paragraph: Paragraph) -> When:
        """The one year a heading names (三、2030年工作任务) governs what stands under it."""
        section = paragraph.heading.section if paragraph.heading else ""
        line = self.past.line_of_work
        years = set(_YEARS.findall(section)) or (set(_YEARS.findall(line)) if line else set())
        return When(int(years.pop()), weak=True) if len(years) == 1 else self.title_time

    def _paragraph(self, paragraph: Paragraph, state: State) -> list[Target]:
        found: list[Target] = []
        for shape, why in _NO_VALUE:
            for one in shape.finditer(self.masked, paragraph.start, paragraph.end):
                message = f"“{self.text[one.start() : one.end()]}”{why}"
                self.doubts.append(Doubt("ratio", message, one.start(), one.end()))
        for clause in clauses(self.masked, paragraph.start, paragraph.end):
            if clause.end - clause.start == LONGEST:
                message = "文字过长而没有停顿，只能分段阅读，可能有遗漏"
                self.doubts.append(Doubt("lost_stops", message, clause.start, clause.end))
            if clause.end > clause.start:
                before = state.when
                found += self._clause(Passage(self.text, self.plain, self.masked, clause), state)
                # 每年 is said of its clause alone; the term of the sentence goes on after it.
                alone = state.when.period in YEARLY or self._in_brackets(clause)
                state.when = before if alone else state.when
            if clause.last:
                state.past, state.condition, state.against = False, None, None
                state.recent, state.wholes = [], []
                state.verb = None if self.masked[clause.end : clause.end + 1] == "。" else state.verb
        return found

    def _in_brackets(self, clause: Clause) -> bool:
        """达到38%（2028年达到37%）: what a bracket says of time holds in it alone."""
        return self.plain[max(clause.start - 1, 0) : clause.start] == "（"

    def _clause(self, passage: Passage, state: State) -> list[Target]:
        clause, condition = self._condition(passage.clause)
        if clause == passage.clause:
            found = self._owed(passage, clause, state)
            state.condition = condition or state.condition
            if not found and self.masked[clause.end : clause.end + 1] == "：":
                state.wholes = state.wholes or topic(passage, state)
                work = pattern("work").match(self.masked, clause.start)
                state.verb = work["verb"] if work else state.verb
            return found
        state.condition = condition
        return self._owed(passage, clause, state)

    def _condition(self, clause: Clause) -> tuple[Clause, str | None]:
        """The clause after a condition at its head, and the condition; one that fills a clause holds after it."""
        if not pattern("conditional").search(self.masked, clause.start, clause.end):
            return clause, None
        times = self.calendar.times(self.masked, clause.start, clause.end, When())
        begin = times[0].end if times and times[0].start == clause.start else clause.start
        found = pattern("condition").match(self.masked, begin, clause.end)
        if found is None or pattern("no_condition").search(found.group()):
            return clause, None
        whole = found.end() == clause.end or begin > clause.start
        return clause if whole else replace(clause, start=found.end()), self.text[found.start() : found.end()]

    def _owed(self, passage: Passage, clause: Clause, state: State) -> list[Target]:
        """What a clause says is owed; `clause` is that of the passage without the condition at its head."""
        if self.masked.startswith("其中", clause.start):
            state.wholes = state.recent
        if not _SPEAKS.search(self.masked, clause.start, clause.end):
            self._mention(passage, state)
            return []
        times = self.calendar.times(self.masked, clause.start, clause.end, state.when)
        start = self._head(clause, times, state)
        if self.past.is_told(clause, state):
            state.past = True
            return []
        if against := pattern("against").match(self.masked, start, clause.end):
            state.against, start = base_year(against.group()), against.end()
        if _TO_WHAT_END.match(self.masked, start, clause.end):
            return []
        values = measures(self.masked, start, clause.end)
        glued = any(run_together(one, other) for one, other in pairwise(values))
        if glued or _CELLS.search(self.masked, start, clause.end):
            message = "数值之间没有分隔（表格各格连在一起），无法可靠读出"
            self.doubts.append(Doubt("run_together", message, clause.start, clause.end))
            return []
        if not values:
            self._mention(passage, state, start)
            firm = [time for time in times if time.firm and not time.past]
            when = firm[-1] if firm else state.when
            state.when = when if self._governs(when) else state.when
            return read_wording(passage, state, when, start)
        found = self._values(passage, state, times, start, undefined(values))
        state.recent = [*state.recent, *found]
        if not found:
            found = read_wording(passage, state, state.when, start)
        later = [time for time in times if not time.past and time.deadline and self._governs(time)]
        if later and later[-1].start > start:
            state.when = later[-1]
        return found

    def _head(self, clause: Clause, times: list[When], state: State) -> int:
        """A time at the head of a clause governs from there on; returns where the rest begins."""
        if since := _FROM_THEN.match(self.masked, clause.start, clause.end):
            state.when = When()
            return since.end()
        before = clean(self.masked[clause.start : times[0].start]) if times else ""
        if times and len(before) <= 2 and not pattern("work").fullmatch(before):
            state.when = times[0]
            state.past = times[0].past
            state.listed = self._listed(times)
            if len(state.listed) > 1:
                state.when = state.listed[-1]
                return state.listed[-1].end
            return times[0].end
        return clause.start

    def _governs(self, time: When) -> bool:
        """Whether a time holds beyond its clause; 应于2027年底前 is said of its own duty alone."""
        told_by = _TELLS_WHICH.match(self.masked, max(time.end, 0))
        return self.masked[max(time.start - 1, 0) : time.start] not in ("于", "在") and not told_by

    def _listed(self, times: list[When]) -> list[When]:
        """The times at the head that follow each other with a joint only."""
        listed = times[:1]
        for time in times[1:]:
            if not re.fullmatch(r"\s*(?:、|和|及|与)\s*", self.masked[listed[-1].end : time.start]):
                break
            listed.append(time)
        return listed

    def _mention(self, passage: Passage, state: State, start: int | None = None) -> None:
        """A clause without a value may name the indicators of the next one (…下降幅度低于平均，分别为)."""
        begin = passage.clause.start if start is None else start
        said = passage.masked[begin : passage.clause.end]
        if match := re.match("(?P<places>[^，]{2,16}?)(?:属于|是)(?=[^，]*(?:区域|地区))", said):
            if state.subjects:
                name = state.subjects[0].name
                state.subjects = [Head(name, place) for place in re.split("、|和", match["places"])]
        elif match := re.match(
            "(?P<places>[^，]{2,12}?)(?P<name>单位[^，]{4,20}?)指标?要求(?:下降|降低)幅度", said
        ):
            name = passage.words(begin + match.start("name"), begin + match.end("name"))
            name = name.removesuffix("指标")
            state.subjects = [Head(name, place) for place in re.split("、|和", match["places"])]
            state.kind = "decrease"

    def _values(
        self, passage: Passage, state: State, times: list[When], start: int, values: list[Measure]
    ) -> list[Target]:
        found: list[Target] = []
        since = start
        for group in groups_of(self.masked, values):
            if group[0].start < since:
                continue
            rest = [one for one in values if one.start > group[-1].start]
            until = rest[0].start if rest else passage.clause.end
            before = self.masked[since : group[0].start]
            if _BASE_BEFORE.search(before):
                state.risen_from = group[-1] if len(group) == 1 and re.search("[从由]", before) else None
                continue
            if self._states_base(passage, state, times, before, since, group[0]):
                since = group[-1].stop
                continue
            when = next(
                (t for t in reversed(times) if start <= t.start and t.end <= group[0].start), state.when
            )
            made = self._group(
                passage, state, when, since, group, self._noun_end(passage, group, rest, until)
            )
            found += made
            told_by = rest and rest[0].counted and self.masked.startswith("的", group[-1].end)
            if not made and (
                told_by
                or defines(passage, group[-1], until)
                or group[-1].unit in (*words("defining_units"), "米")
            ):
                continue
            # What a count is of stands after it: it is spoken for.
            since = max(group[-1].stop, made[-1].end) if made else group[-1].stop
        return found

    def _noun_end(self, passage: Passage, group: list[Measure], rest: list[Measure], until: int) -> int:
        """培育3家年产值超10亿元的企业: a value that tells of what is counted ends no name."""
        if not group[-1].counted or not rest or not self.masked.startswith("的", rest[0].stop):
            return until
        between = self.masked[group[-1].stop : rest[0].start]
        return (
            until if re.search("[、和及]", between) else (rest[1].start if rest[1:] else passage.clause.end)
        )

    def _group(
        self, passage: Passage, state: State, when: When, since: int, group: list[Measure], until: int
    ) -> list[Target]:
        levels = read_levels(passage, state, when, since, group)
        if levels is not None:
            return levels
        found = []
        for one in group:
            work = read_part(passage, state, when, since, one) if one is group[0] else None
            work = work or read_work(passage, state, when, since, one, until)
            if work is not None:
                found.append(work)
        return found

    def _states_base(
        self, passage: Passage, state: State, times: list[When], before: str, since: int, measure: Measure
    ) -> bool:
        """2010年的基数是 v: a value that those after it are measured against; whose it is said before it."""
        match = _BASE_IS.search(before)
        if match is None:
            return False
        year = re.search(r"((?:19|20)\d\d)年", self.masked[passage.clause.start : measure.start])
        state.base, state.base_year = measure, int(year[1]) if year else None
        place = clean(re.sub(r"(?:19|20)\d\d年|的", "", passage.words(since, since + match.start("base"))))
        if state.subjects and place:
            state.subjects = [Head(state.subjects[0].name, place)]
        return True
