"""The head of a document: title, issuer, number, date, period and the documents it rests on."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol


class Line(Protocol):
    """A line of the opening by its place."""

    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Basis:
    """A document this one rests on: its title inside 《》, its number where printed; start:end holds both."""

    title: str
    number: str | None
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Head:
    """What the opening says of the document; null where it does not. period: years (first, last); date: ISO."""

    title: str | None
    issuer: str | None
    number: str | None
    date: str | None
    period: tuple[int, int] | None
    basis: list[Basis]


_KINDS = (
    "方案|规划|计划|意见|纲要|办法|报告|决定|通知|措施|条例|规定|细则|要点|行动|决议|通告|公告|批复|函"
    "|工作安排|任务安排|重点任务|任务清单|责任清单|任务分工|责任书"
)
_DOCUMENT_NUMBER = re.compile(r"[\u4e00-\u9fff]{1,10} ?[〔（] ?(?:19|20)\d{2} ?[〕）] ?第? ?\d{1,4} ?号")
_DATE = re.compile(r"((?:19|20)\d{2}) ?年 ?(\d{1,2}) ?月 ?(\d{1,2}) ?日")
_TITLE_LINE = re.compile(rf"(?:{_KINDS})(?:（[^）]{{1,20}}）)?[”》]?$")
_ISSUER = re.compile(r"(?:政府|委员会|总局|办公厅|办公室|委|厅|局|部|院|国务院|党中央|中共中央)$")
_PRINTED = re.compile(
    r"关于(?:印发|发布|转发|下达)[《]?(?P<title>.+?)[》]?的通知$"
    r"|关于(?:公开)?征[求集]《(?P<draft>.+)》(?:的?(?:意见|建议|社会|公众|公开)[^》]*)?的(?:公告|通告|通知|函)$"
)
_PASSED_ON = re.compile(
    r"《((?:[^《》]|《[^《》]*》)+)》(?:（以下简称[^）]*）|[^。《》]){0,60}(?:印|下)发给你们"
)
# The table that a government's page prints above a document: 文号：某府〔2023〕1号, 成文日期 | 2023-07-18 |.
_LABELLED = re.compile(
    r"(?P<label>名 ?称|标 ?题|文 ?号|发文字号|发文机关|制发机关|成文日期|发文日期|印发日期) ?[：|\t][：|\t ]*"
    r"(?P<said>[^|\t\n]+?)(?= *(?:$|[|\t]|[^ ]*[\u4e00-\u9fff]{2} ?：))"
)
_FIELDS = {
    "名称": "title", "标题": "title", "文号": "number", "发文字号": "number",
    "发文机关": "issuer", "制发机关": "issuer", "成文日期": "date", "发文日期": "date", "印发日期": "date",
}  # fmt: skip
_FITTING = {
    "title": _TITLE_LINE,
    "number": _DOCUMENT_NUMBER,
    "issuer": _ISSUER,
    "date": re.compile(r"((?:19|20)\d{2})(?:[-/.]| ?年 ?)(\d{1,2})(?:[-/.]| ?月 ?)(\d{1,2})(?!\d)"),
}
_ADDRESSEES = re.compile(r"[：]$")
_FIVE_YEARS = re.compile(r"[“‘\"]?十([一二三四五六])五[”’\"]?")
_RANGE = re.compile(r"((?:19|20)\d{2}) ?年?(?:-|—{1,2}|～|至|到) ?((?:19|20)\d{2}) ?年?")
_YEAR = re.compile(r"((?:19|20)\d{2}) ?年")
_BASIS = re.compile(
    r"《((?:[^《》\n]|《[^《》\n]*》){2,80})》(?: ?（([^（）\n]{0,12}〔\d{4}〕 ?\d{1,4} ?号)）)?"
)
# The first five-year plan the pattern can name is the eleventh: 2006-2010.
_FIRST_PLAN = 2006
_LONGEST_TITLE = 60
_PLANS = "一二三四五六"


def head(text: str, plain: str, opening: Sequence[Line]) -> Head:
    """What the lines before the first heading say."""
    lines = [plain[one.start : one.end] for one in opening]
    title, notice = _titles(text, lines, opening)
    said = _labelled(text, lines, opening)
    title = title or said.get("title")
    return Head(
        title=title,
        issuer=_issuer(text, lines, opening, notice) or said.get("issuer"),
        number=_number(text, lines, opening) or said.get("number"),
        date=_date(lines) or said.get("date"),
        period=period(title or "") or _period_of_lines(lines),
        basis=_basis(text, plain, opening),
    )


def period(said: str) -> tuple[int, int] | None:
    """The years a title names: “十四五” 2021-2025, 2017—2020年, or one year (2021年行动计划)."""
    if found := _RANGE.search(said):
        first, last = int(found.group(1)), int(found.group(2))
        if first <= last:
            return first, last
    if found := _FIVE_YEARS.search(said):
        first = _FIRST_PLAN + 5 * _PLANS.index(found.group(1))
        return first, first + 4
    if found := _YEAR.search(said):
        return int(found.group(1)), int(found.group(1))
    return None


def _period_of_lines(lines: list[str]) -> tuple[int, int] | None:
    for said in lines:
        if len(said) < 60 and (found := (_FIVE_YEARS.search(said) or _RANGE.search(said))):
            return period(found.group())
    return None


def _number(text: str, lines: list[str], opening: Sequence[Line]) -> str | None:
    for line, said in zip(opening, lines, strict=True):
        if len(said) < 40 and (found := _DOCUMENT_NUMBER.search(said)):
            return text[line.start + found.start() : line.start + found.end()]
    return None


def _labelled(text: str, lines: list[str], opening: Sequence[Line]) -> dict[str, str]:
    """What the table above the document says of it, by field of the head; it counts where the document is silent."""
    found: dict[str, str] = {}
    for line, said in zip(opening, lines, strict=True):
        for one in _LABELLED.finditer(said):
            field = _FIELDS["".join(one["label"].split())]
            value = text[line.start + one.start("said") : line.start + one.end("said")]
            fits = _FITTING[field].search(one["said"])
            if fits and field == "date":
                value = _day(*fits.groups()) or ""
            if fits and value:
                found.setdefault(field, value)
    return found


def _titles(text: str, lines: list[str], opening: Sequence[Line]) -> tuple[str | None, str | None]:
    """The plan's own title and the title of the notice that issues it (plain), where they differ."""
    notice = _notice(lines)
    inner = _PRINTED.search(notice) if notice else None
    candidates = [i for i, said in enumerate(lines) if _is_title(said)]
    if inner:
        own = inner["title"] or inner["draft"]
        wanted = own.replace(" ", "")
        for i in reversed(candidates):
            if wanted.endswith(lines[i].replace(" ", "")) or lines[i].replace(" ", "").endswith(wanted):
                return _over_lines(text, lines, opening, i, wanted), notice
        return own, notice
    if notice:
        return notice, notice
    for i in candidates:
        return _over_lines(text, lines, opening, i, "").strip("《》"), None
    passed_on = ((line, _PASSED_ON.search(said)) for line, said in zip(opening, lines, strict=True))
    return next(
        (text[at.start + one.start(1) : at.start + one.end(1)] for at, one in passed_on if one), None
    ), None


def _over_lines(text: str, lines: list[str], opening: Sequence[Line], last: int, wanted: str) -> str:
    """A title with the lines above that it is broken over: up to `wanted`, else those that can be nothing but title."""
    first = last
    while first and len("".join(lines[first - 1 : last + 1])) <= _LONGEST_TITLE:
        longer = "".join(lines[first - 1 : last + 1]).replace(" ", "")
        if not (wanted.endswith(longer) if wanted else _begins_title(lines[first - 1])):
            break
        first -= 1
    return "".join(text[one.start : one.end] for one in opening[first : last + 1])


def _begins_title(said: str) -> bool:
    other = (
        _DATE.search(said)
        or _DOCUMENT_NUMBER.search(said)
        or _ISSUER.search(said)
        or _TITLE_LINE.search(said)
    )
    return 6 <= len(said) <= 40 and not other and not re.search(r"[，。；：（）〔〕#|]", said)


def _is_title(said: str) -> bool:
    return 4 <= len(said) <= 60 and bool(_TITLE_LINE.search(said)) and not re.search(r"[，。；：]", said)


def _notice(lines: list[str]) -> str | None:
    """X关于印发Y的通知, put together from the lines it is broken over."""
    for i, said in enumerate(lines):
        if "关于" not in said or len(said) > 80 or re.search(r"[。；：]", said):
            continue
        whole = said
        for more in lines[i + 1 : i + 4]:
            if _TITLE_LINE.search(whole):
                break
            if re.search(r"[。；：]", more) or _DOCUMENT_NUMBER.search(more):
                break
            whole += more
        if _TITLE_LINE.search(whole):
            before = lines[i - 1] if i and said.startswith("关于") and _ISSUER.search(lines[i - 1]) else ""
            return before + whole
    return None


def _issuer(text: str, lines: list[str], opening: Sequence[Line], notice: str | None) -> str | None:
    """Who signs above the date, else who stands before 关于 in the notice's title."""
    for i, said in enumerate(lines):
        if _DATE.fullmatch(said) and (signed := _signatures(lines, i)):
            return "、".join(name for at in signed for name in _organs(text, lines[at], opening[at]))
    before = notice.partition("关于")[0].strip() if notice else ""
    return before if before and _ISSUER.search(before) else None


def _organs(text: str, said: str, line: Line) -> list[str]:
    """The organs that sign in one line: two stand side by side (甲市乙局  甲市丙局)."""
    apart = said.split()
    if len(apart) > 1 and all(len(one) > 2 and _ISSUER.search(one) for one in apart):
        return text[line.start : line.end].split()
    return [text[line.start : line.end]]


def _signatures(lines: list[str], date: int) -> list[int]:
    """The lines directly above the date that name an organ, in the order of the paper."""
    first = date
    while first and len(lines[first - 1]) <= 30 and _ISSUER.search(lines[first - 1]):
        first -= 1
    return list(range(first, date))


def _date(lines: list[str]) -> str | None:
    dated = (_DATE.fullmatch(said.strip("（）")) for said in lines)
    return next((day for found in dated if found and (day := _day(*found.groups()))), None)


def _day(year: str, month: str, day: str) -> str | None:
    with contextlib.suppress(ValueError):  # no such day: 2月30日
        return date(int(year), int(month), int(day)).isoformat()
    return None


def _basis(text: str, plain: str, opening: Sequence[Line]) -> list[Basis]:
    if not opening:
        return []
    found = []
    for one in _BASIS.finditer(plain, opening[0].start, opening[-1].end):
        number = text[one.start(2) : one.end(2)] if one.group(2) else None
        if number or re.search(r"根据|按照|落实|贯彻", plain[max(0, one.start() - 20) : one.start()]):
            found.append(Basis(text[one.start(1) : one.end(1)], number, one.start(), one.end()))
    return found
