"""By when: years, five-year plan periods, spans of years; and which of them are past."""

import re
from dataclasses import dataclass

YEARLY = ("每年", "逐年", "年均")
"""Periods of a number owed each year, said of its clause alone."""
_NUMERALS = {
    "一": 1,
    "二": 2,
    "三": 3,
    "四": 4,
    "五": 5,
    "六": 6,
    "七": 7,
    "八": 8,
    "九": 9,
    "十": 10,
    "两": 2,
}
_TIME = re.compile(
    r"(?:(?P<from>(?:19|20)\d\d)\s*年起)?(?:未来|今后|用)?(?P<span>\d{1,2}|[一二两三四五六七八九十]{1,2})\s*年(?:左右)?(?:(?:的?时间)?内|(?<=用[\d一二两三四五]年)的?时间)"
    r"|(?P<whole>[三五])年(?=累计|共|新增|建成|完成)"
    r"|“?(?P<plan>(?:[二三四]?十[一二三四五六七八九]?|[六七八九])五)”?(?:规划)?"
    r"(?:时期|期间|期末|末|(?=[、和及]“?(?:[二三四]?十[一二三四五六七八九]?)五”?(?:时期|期间)))"
    r"|(?P<till>到|至|力争到|力争|争取到|争取)?\s*(?:(?:19|20)\d\d年?\s*[—～\-至]\s*)?(?P<year>(?:19|20)\d\d)\s*"
    r"(?:年|(?=(?:、(?:19|20)\d\d)+年))"
    r"(?P<month>(?:1[0-2]|[1-9])月)?(?P<end>年?底前|之前|前|年?底|末)?(?:左右)?"
    r"|(?P<every>(?<!达到)(?<!能力)(?<!规模)每年(?!度)|年均(?!浓度|值|气温|降水|径流|水质)|逐年)|(?P<this>(?:今年|本年度)(?:年?[底末]前?)?|全年(?=[^\u4e00-\u9fff]))"
)
# Before a year these make it a base (比2020年), a start (自2020年) or part of a name.
_NOT_BY = re.compile(r"(?:比|较|以|按|从|自|于|与|〔|《[^》]*|相比|以来的|在)\s*$")
_AFTER_NOT_BY = re.compile(r"\s*(?:起|以来|以后|的|相比|-|—|～|版|为?基数|水平|基础)")


@dataclass(frozen=True)
class When:
    """The time in force: `deadline` (year), `period` as said (十五五, 3年内, 每年), `start` and `end` of its words."""

    deadline: int | None = None
    period: str | None = None
    start: int = -1
    end: int = -1
    firm: bool = False  # said as a term (到2030年, 十五五期间), not as a bare year
    by_month: bool = False  # the date of a step (2029年6月底前)
    past: bool = False
    weak: bool = False  # only in the title or a heading


def plan_end(numeral: str) -> int:
    """The last year of a five-year plan: 十四五 ends in 2025, the tenth in 2005."""
    count = 0
    for character in numeral[:-1]:
        count = (count or 1) * 10 if character == "十" else count + _NUMERALS[character]
    return 1955 + 5 * max(count, 1)


class Calendar:
    """Reads times in one document; knows its year (a year before it is past) and where spans begin."""

    def __init__(self, year: int | None, period: tuple[int, int] | None = None) -> None:
        self.year = year
        self.period = period
        self.spans_end: dict[str, int] = {}

    def times(self, plain: str, start: int, end: int, inherited: When) -> list[When]:
        """The times said between two places, in order; bases (比2020年) and names are not among them."""
        found = []
        for match in _TIME.finditer(plain, start, end):
            if match["plan"] and re.search(
                "[从自由比较]$", plain[max(start, match.start() - 1) : match.start()]
            ):
                continue
            if match["year"] and not self._is_by(plain, match, start):
                continue
            found.append(self._time(match, inherited))
        return found

    def _is_by(self, plain: str, match: re.Match[str], start: int) -> bool:
        if match["till"] and match["till"] != "至":
            return True
        before = plain[max(start, match.start() - 12) : match.start()]
        if match["end"] and before.endswith(("于", "在")):
            return True
        return not _NOT_BY.search(before) and (
            bool(match["end"]) or not _AFTER_NOT_BY.match(plain, match.end())
        )

    def _time(self, match: re.Match[str], inherited: When) -> When:
        start, end = match.span()
        if match["every"]:
            period = match["every"]
            return When(
                inherited.deadline if period == "年均" else None, period, start, end, past=inherited.past
            )
        if match["this"]:
            return When(self.year, None, start, end, match["this"] not in ("今年", "本年度", "全年"))
        if match["plan"]:
            deadline = plan_end(match["plan"])
            return When(deadline, match["plan"], start, end, True, past=self._past(deadline))
        if match["whole"]:
            first, last = self.period or (0, 0)
            whole = last - first + 1 == _NUMERALS[match["whole"]]
            return When(last if whole else inherited.deadline, match.group(), start, end, True)
        if match["span"]:
            return When(self._span_end(match, inherited), match.group().strip(), start, end, True)
        year = int(match["year"])
        past = self._past(year) and not (match["till"] or "").startswith(("到", "力争", "争取"))
        return When(year, None, start, end, bool(match["till"] or match["end"]), bool(match["month"]), past)

    def _past(self, year: int) -> bool:
        return self.year is not None and year < self.year

    def _span_end(self, match: re.Match[str], inherited: When) -> int | None:
        """2012年起5年内 ends in 2016; a bare 5年内 later on means the same span, else that of the time in force."""
        span = match["span"]
        years = int(span) if span.isdigit() else _NUMERALS.get(span, 0)
        if match["from"]:
            self.spans_end[str(years)] = int(match["from"]) + years - 1
        known = self.spans_end.get(str(years)) or inherited.deadline
        return known or (self.year + years if self.year else None)
