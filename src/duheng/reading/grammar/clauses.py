"""Brackets and names set aside, then paragraphs, sentences and clauses with their places."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

# Nobody speaks so long without a stop: what is longer has lost its stops, and is read in pieces (and doubted).
LONGEST = 400
ASIDE, NAME, STOP = "\ue000", "\ue001", "。"
_OPEN, _CLOSE = "（(〔[【", "）)〕]】"
_DUTY = re.compile("责任|牵头|负责|配合|参与|单位[:：]|指导")
_FIGURE = re.compile(r"\d+(?:\.\d+)?\s*(?:%|万|亿|吨|个百分点)|分别|其中")
# 分别减少 v（其中……）、w（其中……）: the list goes on after a bracket.
_GOES_ON = re.compile(r"\d|[、和]\s*\d")
_QUOTED = re.compile('[“"]([^“”"，。；\n]{1,24})[”"]')
_KEPT = re.compile("^[一二三四五六七八九十]+五$|^零|清零$|^一[村乡镇县区市社校户企园街]|\\d%")


@dataclass(frozen=True)
class Clause:
    """A stretch of text between two stops, spaces at its ends left out."""

    start: int
    end: int
    last: bool  # of its sentence


def set_aside(plain: str) -> str:
    """The text with brackets and quoted names made opaque, each character by one, so that places stay.

    A bracket that names who is responsible ends the sentence before it; one that states a figure becomes a clause.
    """
    characters = list(plain)
    for start, end in _brackets(plain):
        inside = plain[start + 1 : end - 1]
        if _DUTY.search(inside):
            characters[start:end] = STOP * (end - start)
        elif _FIGURE.search(inside) and len(inside) > 6 and not _GOES_ON.match(plain, end):
            characters[start], characters[end - 1] = "，", "，"
        else:
            characters[start:end] = ASIDE * (end - start)
    for match in _QUOTED.finditer(plain):
        if not _KEPT.search(match[1]) and characters[match.start()] == plain[match.start()]:
            characters[match.start() : match.end()] = NAME * (match.end() - match.start())
    return "".join(characters)


def _brackets(plain: str) -> Iterator[tuple[int, int]]:
    depth, start = 0, 0
    for match in re.finditer(r"[（(〔\[【）)〕\]】\n]", plain):
        if match.group() == "\n":
            depth = 0
        elif match.group() in _OPEN:
            start = match.start() if depth == 0 else start
            depth += 1
        elif depth:
            depth -= 1
            if depth == 0:
                yield start, match.end()


# The number of a paragraph that goes on without a title is no part of what it says.
_NUMBER = re.compile(
    rf"\s*(?:{ASIDE}+|[一二三四五六七八九十]{{1,3}}、(?![一二三四五六七八九十])|\d{{1,2}}(?:[、．]|\.(?!\d))|[①-⑳]|第[一二三四五六七八九十百]+条\s)\s*"
)
_STOPS = re.compile(r"[。；;！!？?：:]|(?<!\d)[，,]|[，,](?!\d{3}(?!\d))|\.(?=\s|$)")


def clauses(plain: str, start: int, end: int) -> Iterator[Clause]:
    """The clauses of a paragraph. A comma inside 12,000 is part of the number."""
    if number := _NUMBER.match(plain, start, end):
        start = number.end()
    for match in _STOPS.finditer(plain, start, end):
        yield from _trimmed(plain, start, match.start(), match.group() in "。；;！!？?.")
        start = match.end()
    yield from _trimmed(plain, start, end, True)


def _trimmed(plain: str, start: int, end: int, last: bool) -> Iterator[Clause]:
    while start < end and plain[start] in ' \t\u3000“"—-·■●◆・':
        if plain[start] == "“" and "”" in plain[start:end]:
            break
        start += 1
    while end > start and plain[end - 1] in " \t\u3000":
        end -= 1
    while end - start > LONGEST:
        yield Clause(start, start + LONGEST, False)
        start += LONGEST
    if end > start or last:
        yield Clause(start, end, last)
