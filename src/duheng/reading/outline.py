"""How a document is built: what it is called, who issued it, its sections, articles, paragraphs and sentences.

All places are offsets into the text; matching is done on its plain form of the same length (normal.py).
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, field
from itertools import pairwise

from duheng.reading.head import Basis, Head, head


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of the text: text[start:end]."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Heading:
    """A numbered heading; start:end holds number and title, its body runs on to `until` (next heading of its rank).

    number: as printed (三、（一） 1. （1）第二章).
    title: without number and stop, "" where a numbered paragraph has none.
    section: the section it stands in as printed ("三、重点任务"), its own print for a section.
    level: 1 一、 or 第一章; 2 （一） or 第一节; 3 1. or 第一条; 4 （1）.
    """

    number: str
    title: str
    section: str
    start: int
    end: int
    level: int
    until: int


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A line of text without the blanks around it; `heading`: the innermost heading it stands under, or begins with."""

    start: int
    end: int
    heading: Heading | None


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence with its stop; `paragraph`: index into the outline's paragraphs."""

    start: int
    end: int
    paragraph: int


@dataclass(frozen=True, slots=True)
class Outline:
    """A document's parts. period: years (first, last); date: ISO; null where the document does not say.

    sections are the headings of level 1, articles those of level 2, headings all of them in order. attachments: the
    lines 附件 …, 附表 … that stand alone; what follows one is in no article before it.
    """

    title: str | None
    issuer: str | None
    number: str | None
    date: str | None
    period: tuple[int, int] | None
    basis: list[Basis]
    headings: list[Heading]
    sections: list[Heading]
    articles: list[Heading]
    paragraphs: list[Paragraph]
    sentences: list[Sentence]
    attachments: list[Heading] = field(default_factory=list)

    def heading_at(self, place: int) -> Heading | None:
        """The innermost heading over a place of the text."""
        found = self.paragraph_at(place)
        return found.heading if found else None

    def article_at(self, place: int) -> Heading | None:
        """The article over a place of the text, else its section or attachment; null before the first."""
        over = [one for one in self.headings if one.level <= 2 and one.start <= place < one.until]
        over += [one for one in self.attachments if one.start <= place]
        return max(over, key=lambda one: one.start, default=None)

    def article_number(self, one: Heading | None) -> str:
        """（三）; after its section, 二（三）, where the numbers of articles begin again; 正文 for none."""
        if one is None:
            return "正文"
        number = one.number.rstrip("、. ")
        repeated = len({each.number for each in self.articles}) < len(self.articles)
        return f"{one.section.partition('、')[0]}{number}" if one.level == 2 and repeated else number

    def paragraph_at(self, place: int) -> Paragraph | None:
        """The paragraph that holds a place, or the last one before it."""
        index = bisect_right(self.paragraphs, place, key=lambda one: one.start) - 1
        return self.paragraphs[index] if index >= 0 else None


_LINE = re.compile(r"[^\n]+")
_CHINESE = "[一二三四五六七八九十百零〇两]{1,5}"
_NUMBER = re.compile(
    rf"(?:(?P<l1>{_CHINESE}、|第{_CHINESE}[章编篇](?=[ 　]))|(?P<l2>（{_CHINESE}）|第{_CHINESE}节(?=[ 　]))"
    rf"|(?P<l3>\d{{1,2}}(?:\. ?(?!\d)|、)|第{_CHINESE}条(?=[ 　]))|(?P<l4>（\d{{1,2}}）))[ ]*"
)
# 11.121工程: a number run into its title, taken for one only where it comes next.
_RUN_IN = re.compile(r"(?P<l3>\d{1,2})\.(?=\d)")
_TITLE = re.compile(r"[^。；！？\n]{1,60}?(?=[。\n]|$)")
_TITLE_BEFORE_COLON = re.compile(r"[^。，、；：！？（）]{2,15}(?=：)")
_ATTACHMENT = re.compile(r"(附[件表录] ?(?:[\d一二三四五六七八九十]{1,2}(?!\d))?)[ ：]*([^。；：\n]{0,60})")
_STOP = re.compile(r"[。！？][”’》）〕]*|[（）]")


def outline(text: str, plain: str) -> Outline:
    """The parts of a document; `plain` is normal.plain(text). Linear in the length of the text."""
    lines = _lines(plain)
    headings = _headings(text, plain, lines)
    paragraphs = _paragraphs(lines, headings)
    opening = _opening(lines, headings, len(plain))
    named: Head = head(text, plain, opening)
    return Outline(
        named.title, named.issuer, named.number, named.date, named.period, named.basis,
        headings, [one for one in headings if one.level == 1], [one for one in headings if one.level == 2],
        paragraphs, _sentences(plain, paragraphs), _attachments(plain, lines),
    )  # fmt: skip


def _lines(plain: str) -> list[Span]:
    """Lines that say something; a first line that begins with # is a note about the file."""
    spans: list[Span] = []
    for found in _LINE.finditer(plain):
        said = found.group()
        start = found.start() + len(said) - len(said.lstrip())
        end = found.start() + len(said.rstrip())
        if start < end and not (found.start() == 0 and said.startswith("#")):
            spans.append(Span(start, end))
    return spans


def _opening(lines: list[Span], headings: list[Heading], length: int) -> list[Span]:
    first = headings[0].start if headings else length
    return [line for line in lines if line.start < first][:40]


def _headings(text: str, plain: str, lines: list[Span]) -> list[Heading]:
    found: list[tuple[str, str, int, int, int]] = []
    for line in lines:
        number = _NUMBER.match(plain, line.start, line.end) or _next_number(plain, line, found)
        if number and number.end() < line.end:
            level = int((number.lastgroup or "l1")[1])
            end = _title_end(plain, number.end(), line.end)
            title = text[number.end() : end].strip()
            found.append((number.group().strip(), title, line.start, max(end, number.end()), level))
    return _nested(text, found, len(text))


def _attachments(plain: str, lines: list[Span]) -> list[Heading]:
    """The lines that begin an attachment; of a list of them (附件：1. …) the attachments themselves come after it."""
    found = ((line, _ATTACHMENT.fullmatch(plain, line.start, line.end)) for line in lines)
    return [
        Heading(one[1].strip(), one[2].strip(), one[0].strip(), line.start, line.end, 1, len(plain))
        for line, one in found
        if one
    ]


def _next_number(plain: str, line: Span, found: list[tuple[str, str, int, int, int]]) -> re.Match[str] | None:
    number = _RUN_IN.match(plain, line.start, line.end)
    last = next((one[0] for one in reversed(found) if one[4] == 3), "")
    return number if number and last.rstrip("、. ") == str(int(number[1]) - 1) else None


def _title_end(plain: str, start: int, end: int) -> int:
    """Where the title stops: at a colon after few words, at the first full stop, else at the end of a short line."""
    title = _TITLE_BEFORE_COLON.match(plain, start, end) or _TITLE.match(plain, start, end)
    return title.end() if title else start


def _nested(text: str, found: list[tuple[str, str, int, int, int]], length: int) -> list[Heading]:
    until = [length] * len(found)
    waiting: list[int] = []
    for index, (_, _, start, _, level) in enumerate(found):
        while waiting and found[waiting[-1]][4] >= level:
            until[waiting.pop()] = start
        waiting.append(index)
    headings: list[Heading] = []
    section = ""
    for (number, title, start, end, level), last in zip(found, until, strict=True):
        if level == 1:
            section = text[start:end].strip()
        headings.append(Heading(number, title, section, start, end, level, last))
    return headings


def _paragraphs(lines: list[Span], headings: list[Heading]) -> list[Paragraph]:
    starts = [one.start for one in headings]
    paragraphs: list[Paragraph] = []
    for line in lines:
        index = bisect_right(starts, line.start) - 1
        paragraphs.append(Paragraph(line.start, line.end, headings[index] if index >= 0 else None))
    return paragraphs


def _sentences(plain: str, paragraphs: list[Paragraph]) -> list[Sentence]:
    sentences: list[Sentence] = []
    for index, paragraph in enumerate(paragraphs):
        cuts = [paragraph.start, *_stops(plain, paragraph), paragraph.end]
        for start, end in pairwise(cuts):
            while start < end and plain[start].isspace():
                start += 1
            if start < end:
                sentences.append(Sentence(start, end, index))
    return sentences


def _stops(plain: str, paragraph: Paragraph) -> list[int]:
    """Ends of sentences; a stop inside brackets ends none, unless the paragraph's brackets do not match."""
    outside: list[int] = []
    every: list[int] = []
    depth = 0
    broken = False
    for found in _STOP.finditer(plain, paragraph.start, paragraph.end):
        sign = found.group()
        if sign == "（":
            depth += 1
        elif sign == "）":
            depth -= 1
        else:
            depth -= sign.count("）")
            every.append(found.end())
            if depth == 0:
                outside.append(found.end())
        broken = broken or depth < 0
    return every if broken or depth else outside
