"""Where responsibility is stated: in brackets, in a line with a label, and in prose."""

from __future__ import annotations

import re
from dataclasses import dataclass

from duheng.reading.duties.statement import CLOSERS, LONGEST, OPENERS, Group, Statement, first_leads, parse
from duheng.reading.duties.units import is_unit
from duheng.reading.duties.words import Words, any_of
from duheng.reading.outline import Outline, Paragraph, Sentence

_BRACKET = re.compile(f"[{OPENERS}{CLOSERS}]")
_LAST = re.compile(r"[。；！：]$")


@dataclass(frozen=True, slots=True)
class Placed:
    """A statement and where it stands; `paragraph`: index into the outline's paragraphs; `alone`: it is all of it."""

    start: int
    end: int
    paragraph: int
    alone: bool
    said: Statement
    prose: bool = False


def stated(words: Words, text: str, plain: str, outline: Outline) -> list[Placed]:
    """Every statement in brackets or in a sentence with a label, in the order of the text."""
    found: list[Placed] = []
    for sentence in outline.sentences:
        paragraph = outline.paragraphs[sentence.paragraph]
        if words.label.match(plain, sentence.start, sentence.end):
            said = parse(words, text, plain, sentence.start, _without_stop(plain, sentence))
            if said:
                alone = sentence.start == paragraph.start and sentence.end == paragraph.end
                found.append(Placed(sentence.start, sentence.end, sentence.paragraph, alone, said))
    labelled: dict[int, list[Placed]] = {}
    for one in found:
        labelled.setdefault(one.paragraph, []).append(one)
    for index, paragraph in enumerate(outline.paragraphs):
        inside = _in_brackets(words, text, plain, index, paragraph)
        over = labelled.get(index, [])
        found += [one for one in inside if not any(up.start <= one.start < up.end for up in over)]
    return sorted(found, key=lambda one: one.start)


def _without_stop(plain: str, sentence: Sentence) -> int:
    return sentence.end - bool(_LAST.search(plain, sentence.end - 1, sentence.end))


def _in_brackets(words: Words, text: str, plain: str, index: int, paragraph: Paragraph) -> list[Placed]:
    found: list[Placed] = []
    after = paragraph.start
    for start, closer in _brackets(plain, paragraph):
        end = min(closer, start + LONGEST)
        stop = _ends_sentence(plain, start, paragraph)
        if start < after or not (stop or closer < paragraph.end or words.label.match(plain, start + 1, end)):
            continue
        if not stop and not words.sign.search(plain, start + 1, end):
            continue
        said = parse(words, text, plain, start + 1, end) or _bare(
            words, text, plain, start + 1, end, paragraph
        )
        if said:
            after = min(closer + 1, paragraph.end)
            rest = plain[paragraph.start : start] + plain[after : paragraph.end]
            found.append(Placed(start, after, index, not rest.strip(" 。"), said))
    return found


def _brackets(plain: str, paragraph: Paragraph) -> list[tuple[int, int]]:
    """Places of opening and closing brackets, one pass; the last that nobody closed runs to the paragraph's end."""
    waiting: list[int] = []
    found: list[tuple[int, int]] = []
    for sign in _BRACKET.finditer(plain, paragraph.start, paragraph.end):
        if sign.group() in OPENERS:
            waiting.append(sign.start())
        elif waiting:
            found.append((waiting.pop(), sign.start()))
    found += [(start, paragraph.end) for start in waiting[-1:]]
    return sorted(pair for pair in found if pair[1] - pair[0] <= LONGEST)


def _ends_sentence(plain: str, start: int, paragraph: Paragraph) -> bool:
    return start == paragraph.start or plain[start - 1] in "。；！"


def _bare(
    words: Words, text: str, plain: str, start: int, end: int, paragraph: Paragraph
) -> Statement | None:
    """Organs in brackets after a full stop, without any word: （市甲局、市乙局）."""
    if not _ends_sentence(plain, start - 1, paragraph):
        return None
    names = [one for one in re.split("[、，；]", text[start:end]) if one.strip()]
    names = [one for one in names if not any(word in one for word in words.raw["not_owed"])]
    if not names or not all(words.organ.match(one) and is_unit(words, one) for one in names):
        return None
    return Statement([Group("responsible", "", names)])


def first_named(words: Words, plain: str, outline: Outline, found: list[Placed]) -> int | None:
    """From where on the unit listed first leads; null where the document has no such rule."""
    places = [one.start for one in found if one.said.first_leads == "from_here"]
    inside = [(one.start, one.end) for one in found]
    if re.search(any_of(words.raw["first"]), plain):
        places += [
            one.start
            for one in outline.sentences
            if one.end - one.start < 80
            and first_leads(words, plain[one.start : one.end])
            and not any(start < one.end and one.start < end for start, end in inside)
        ]
    return min(places, default=None)


def in_prose(words: Words, text: str, plain: str, outline: Outline, found: list[Placed]) -> list[Placed]:
    """Who owes what in sentences: 由甲局牵头; where no bracket says anything also 甲部会同…, 甲部要….

    A paragraph that already has a statement is left alone.
    """
    taken = {one.paragraph for one in found}
    said_by = re.compile(
        f"(?:^|[，；。])?{words.raw['prose_by']}(?P<who>[^。；]{{2,80}}?(?:牵头|负责)[^。；]{{0,60}})"
    )
    prose: list[Placed] = []
    for sentence in outline.sentences:
        if sentence.paragraph in taken:
            continue
        one = _by(words, text, plain, sentence, said_by)
        if one is None and not found:
            one = _opening(words, text, plain, sentence)
        if one:
            prose.append(one)
    return prose


def _by(words: Words, text: str, plain: str, sentence: Sentence, pattern: re.Pattern[str]) -> Placed | None:
    by = pattern.search(plain, sentence.start, sentence.end)
    if not by:
        return None
    said = parse(words, text, plain, by.start("who"), by.end("who"))
    groups = said.groups if said else []
    # Prose runs on: the groups with a role whose units are all organs, from the first.
    kept = [one for one in groups if one.role and all(is_organ(words, unit) for unit in one.units)]
    if not kept or kept[0] is not groups[0]:
        return None
    return Placed(sentence.start, sentence.end, sentence.paragraph, False, Statement(kept), prose=True)


def _opening(words: Words, text: str, plain: str, sentence: Sentence) -> Placed | None:
    """A sentence that begins with organs and what they shall do; group units (各地区) say too little to be owners."""
    says = re.compile(f"(?P<who>[^，。；：“（]{{2,60}}?)(?P<says>{any_of(words.raw['prose_says'])})")
    found = says.match(plain, sentence.start, sentence.end)
    if not found:
        return None
    names = text[found.start("who") : found.end("who")].split("、")
    if not all(is_organ(words, one) for one in names):
        return None
    part = "lead" if "牵头" in found["says"] else "responsible"
    said = Statement([Group(part, "", names)])
    return Placed(sentence.start, sentence.end, sentence.paragraph, False, said, prose=True)


def is_organ(words: Words, name: str) -> bool:
    """Whether prose names a single organ: no place, school or group of organs."""
    if not is_unit(words, name) or any(one in name for one in words.raw["prose_groups"]):
        return False
    return any(name.endswith(one) for one in words.raw["prose_organs"])
