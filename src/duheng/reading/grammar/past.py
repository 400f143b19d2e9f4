"""What is no plan: an account of what has been, and the paper's own explanations of its words."""

import re

from duheng.reading.grammar.clauses import Clause
from duheng.reading.grammar.deadlines import Calendar, When, plan_end
from duheng.reading.grammar.state import State
from duheng.reading.grammar.words import pattern
from duheng.reading.outline import Outline, Paragraph

# A line without a stop that is no numbered heading may be one all the same (2030年工作回顾).
_LINE = re.compile("[^。；，！？：\n]{4,40}$")
# 1.“两重”：是指……: a word of the paper explained at its end.
_EXPLAINS = re.compile(r"\d{1,3}[.．、]\s*[^。：:]{2,40}?(?:[：:]|，)?(?:是指|指的是|指(?!标|导|数|出|定))")
_NUMBERED = re.compile(r"\d{1,3}[.．、][^。：:]{2,40}[：:]")
_UNTIL = re.compile(r"到((?:19|20)\d\d)年")
_PLAN = re.compile("[二三]?十[一二三四五六七八九]?五(?=”?(?:时期|期间|规划|发展|末))")
_COMING = re.compile("(?:今后|未来|下一个)五年|展望")
_GLOSSARY = re.compile("(?:名词|用语|术语|词语)(?:解释|说明|注释)")


class Past:
    """Tells, paragraph by paragraph and clause by clause in their order, what states no duty."""

    def __init__(self, plain: str, masked: str, outline: Outline, calendar: Calendar, plans: bool) -> None:
        self.plain, self.masked, self.calendar, self.plans = plain, masked, calendar, plans
        self.headings = {one.start for one in outline.headings}
        self.section = ""  # the numbered section at hand
        self.report = (outline.title or "").endswith("工作报告")
        self.begun = False  # past the opening section
        self.looks_back = False  # under a heading that looks back
        self.looks_ahead = False  # under one that looks ahead (too)
        self.line_of_work = ""  # the unnumbered heading at hand (2030年重点工作)
        self.explained = 0  # words explained one after another

    def is_passed_over(self, paragraph: Paragraph) -> bool:
        """Whether a paragraph stands under a heading that looks back, or explains a word."""
        start, end = paragraph.start, paragraph.end
        self._enter(paragraph.heading.section if paragraph.heading else "")
        if self.looks_back and self.looks_ahead and self._names_what_comes(paragraph):
            self.looks_back = False
        if start not in self.headings and _LINE.match(self.plain, start, end):
            self._line(self.plain[start:end])
        if self._explains(start, end):
            return True
        return self.looks_back

    def _line(self, said: str) -> None:
        """A line without a stop: an unnumbered heading where it tells of time or work."""
        back = pattern("past_line").search(said) and pattern("dated_heading").search(said)
        ahead = pattern("forward_heading").search(said)
        self.looks_back = bool(back) or (self.looks_back and not ahead)
        if back or ahead:
            self.begun = True
            self.line_of_work = said if said.endswith(("工作", "任务", "安排", "要点", "实事")) else ""

    def _enter(self, section: str) -> None:
        """A numbered section: one that looks back, ahead, or back and then ahead."""
        if section == self.section:
            return
        self.section, self.line_of_work = section, ""
        self.looks_ahead = bool(pattern("forward_heading").search(section))
        opens = self.report and not self.begun and not self.looks_ahead
        self.looks_back = opens or bool(pattern("past_heading").search(section))
        self.begun = True

    def _names_what_comes(self, paragraph: Paragraph) -> bool:
        """Under 成就和目标 the account ends where the coming years are named first."""
        said = self.plain[paragraph.start : paragraph.end]
        if paragraph.start in self.headings and self.section.startswith(said[:20]):
            return False
        year = self.calendar.year or 0
        years = [int(one) for one in _UNTIL.findall(said)]
        plans = [plan_end(one) for one in _PLAN.findall(said)]
        return any(one > year for one in (*years, *plans)) or bool(_COMING.search(said))

    def _explains(self, start: int, end: int) -> bool:
        if end - start < 40 and _GLOSSARY.search(self.plain, start, min(end, start + 20)):
            self.explained = 2
            return True
        if not self.plain[start].isdigit():
            return False
        told = bool(_EXPLAINS.match(self.plain, start, end))
        told = told or (self.explained > 1 and bool(_NUMBERED.match(self.plain, start, end)))
        self.explained += told
        return told and self.explained > 1

    def is_told(self, clause: Clause, state: State) -> bool:
        """Whether a clause tells what has been."""
        said = self.masked[clause.start : clause.end]
        rest = self.masked[clause.end : clause.end + 120].partition("。")[0]
        told = pattern("past").search(said)
        if not self.plans:
            told = told or pattern("past_outside_plans").search(said + rest)
        if told and "基数" not in said and not self._is_to_come(state.when, clause):
            return True
        return state.past and "基数" not in said

    def _is_to_come(self, when: When, clause: Clause) -> bool:
        """Whether the sentence has a term of its own that is yet to come (到2030年，……累计达到 v)."""
        since = max(self.masked.rfind(sign, 0, clause.start) for sign in "。；\n")
        term = self.masked[max(when.start, 0) : when.end]
        ahead = self.calendar.year is None or (when.deadline or 0) >= self.calendar.year
        return when.start > since and term.startswith(("到", "力争到", "争取到")) and ahead
