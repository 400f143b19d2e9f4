"""Which piece of the text a statement of responsibility belongs to: a numbered task, or a paragraph under a heading."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from itertools import groupby

from duheng.reading.duties.places import Placed
from duheng.reading.outline import Heading, Outline, Paragraph
from duheng.reading.records import Task

_SENTENCE = re.compile(r"[^。；！？\n]+")
_TITLE = re.compile(r"[^。；！？：\n]+")


@dataclass(frozen=True, slots=True)
class Part:
    """A task as found: its number, title, section, place and the statements about it."""

    number: str
    title: str
    section: str
    start: int
    end: int
    stated: list[Placed]


def parts(text: str, plain: str, outline: Outline, found: list[Placed]) -> list[Part]:
    """The tasks the statements belong to, in order. Each statement goes to the innermost heading over it."""
    above = _above(outline)
    found_parts: list[Part] = []
    parents = _parents(outline)
    owners = [(_owner(outline, parents, one, found), one) for one in found]
    for _, group in groupby(owners, key=lambda pair: pair[0].start if pair[0] else -1):
        pairs = list(group)
        heading, many = pairs[0][0], [one for _, one in pairs]
        by_paragraph = _by_paragraph(outline, many, heading)
        if heading is None:
            found_parts += [_paragraph(text, plain, outline, "", "", one) for one in by_paragraph]
        elif len(by_paragraph) == 1 or all(one.prose for one in many):
            found_parts.append(_numbered(text, outline, heading, above[heading.start], many))
        else:
            section = " / ".join([*above[heading.start], _printed(text, heading)])
            for count, one in enumerate(by_paragraph, 1):
                number = f"{_number(heading)}-{count}"
                found_parts.append(_paragraph(text, plain, outline, number, section, one))
    return found_parts


def unowned(text: str, outline: Outline, owned: list[Task]) -> list[Task]:
    """The numbered tasks among those with a unit that name none: same section, same kind of number."""
    ordered = sorted(owned, key=_start)
    starts = {one.start for one in owned}
    kinds = {(one.section, one.level) for one in outline.headings if one.start in starts}
    above = _above(outline)
    found: list[Task] = []
    for one in outline.headings:
        at = bisect_left(ordered, one.start, key=_start)
        inside = at < len(ordered) and ordered[at].start < one.until
        inside = inside or (at > 0 and one.start < ordered[at - 1].end)
        if (one.section, one.level) in kinds and not inside:
            end = _end(outline, one, one.until)
            section = " / ".join(above[one.start])
            found.append(Task(_number(one), one.title, section, text[one.start : end], one.start, end))
    return found


def _owner(outline: Outline, parents: dict[int, Heading], one: Placed, found: list[Placed]) -> Heading | None:
    """The innermost heading; a line of its own after sub-tasks that name nobody belongs to what is over them."""
    heading = outline.paragraphs[one.paragraph].heading
    parent = parents.get(heading.start) if heading and one.alone else None
    if heading is None or parent is None or heading.until != parent.until:
        return heading
    if outline.headings[bisect_right(outline.headings, parent.start, key=_start)] == heading:
        return heading
    before = found[bisect_right(found, parent.start, key=_start) : bisect_left(found, one.start, key=_start)]
    same = all(other.alone and outline.paragraphs[other.paragraph].heading == heading for other in before)
    return parent if same else heading


def _start(one: Heading | Placed | Task) -> int:
    return one.start


def _by_paragraph(outline: Outline, many: list[Placed], heading: Heading | None) -> list[list[Placed]]:
    """The statements by the paragraph they end; one that is a paragraph of its own belongs to the one before."""
    begin = heading.start if heading else 0
    found: dict[int, list[Placed]] = {}
    alone: dict[int, int] = {}
    for one in many:
        index = one.paragraph
        if one.alone and index > 0 and outline.paragraphs[index - 1].start >= begin:
            index = alone.setdefault(index, alone.get(index - 1, index - 1))
        found.setdefault(index, []).append(one)
    return list(found.values())


def _numbered(text: str, outline: Outline, heading: Heading, above: list[str], many: list[Placed]) -> Part:
    until = heading.until
    if until >= len(text):
        # The last task of a document: signatures and annexes after its statement are not part of it.
        until = outline.paragraphs[many[-1].paragraph].end
    end = _end(outline, heading, until)
    section = " / ".join(above) or (heading.section if heading.title else "")
    return Part(_number(heading), _title(text, heading, many), section, heading.start, end, many)


def _title(text: str, heading: Heading, many: list[Placed]) -> str:
    """The heading's title without a statement in it; where it has none, the paragraph's first sentence."""
    title = text[heading.end - len(heading.title) : heading.end] if heading.title else ""
    within = next((one.start for one in many if heading.start < one.start < heading.end), None)
    if title and within is not None:
        return text[heading.end - len(heading.title) : within].strip()
    if title:
        return heading.title
    first = _TITLE.match(text, heading.end)
    return first.group().strip() if first else ""


def _paragraph(
    text: str, plain: str, outline: Outline, number: str, section: str, many: list[Placed]
) -> Part:
    """A paragraph as a task; its first sentence is the title."""
    last: Paragraph = outline.paragraphs[many[-1].paragraph]
    first = outline.paragraphs[many[0].paragraph]
    index = many[0].paragraph
    while many[0].alone and index > 0 and first.start == outline.paragraphs[index].start:
        index -= 1
    start = outline.paragraphs[index].start
    heading = outline.paragraphs[index].heading
    if heading and heading.start == start:
        start = _after_heading(plain, heading, outline.paragraphs[index])
    title = _TITLE.match(plain, start, last.end)
    return Part(number, text[start : title.end()].strip() if title else "", section, start, last.end, many)


def _after_heading(plain: str, heading: Heading, paragraph: Paragraph) -> int:
    body = _SENTENCE.search(plain, heading.end, paragraph.end)
    return body.start() if body and body.end() < paragraph.end else heading.start


def _end(outline: Outline, heading: Heading, until: int) -> int:
    return max(
        (one.end for one in outline.paragraphs if heading.start <= one.start < until), default=heading.end
    )


def _parents(outline: Outline) -> dict[int, Heading]:
    """The heading right over each heading, by its place."""
    found: dict[int, Heading] = {}
    over: list[Heading] = []
    for one in outline.headings:
        while over and over[-1].level >= one.level:
            over.pop()
        if over:
            found[one.start] = over[-1]
        over.append(one)
    return found


def _above(outline: Outline) -> dict[int, list[str]]:
    """The headings over each heading as printed, outermost first."""
    parents = _parents(outline)
    found: dict[int, list[str]] = {}
    for one in outline.headings:
        over = parents.get(one.start)
        found[one.start] = [*found[over.start], over.number + over.title] if over else []
    return found


def _printed(text: str, heading: Heading) -> str:
    return text[heading.start : heading.end].strip()


def _number(heading: Heading) -> str:
    return heading.number.rstrip("、. ")
