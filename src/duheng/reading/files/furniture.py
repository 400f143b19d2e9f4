"""What belongs to the page and not to the document: page numbers, running heads, the breaks of printed lines."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from itertools import pairwise

from duheng.reading.files.source import Block, Content

_NUMBERED = re.compile(
    r"\s*(?:[-—–－·•]+\s*\d{1,4}\s*[-—–－·•]+|第\s*\d{1,4}\s*页(?:\s*[，,/]?\s*共\s*\d{1,4}\s*页)?)\s*"
)
_BARE = re.compile(r"\s*(\d{1,4})\s*")
_DIGITS = re.compile(r"\d+")
_FINISHED = re.compile(r"[。！？：；!?:;][”’》）)\"]*\s*$")
_BEGINS = re.compile(
    r"\s*(?:[一二三四五六七八九十百]{1,4}、|[（(][一二三四五六七八九十百\d]{1,4}[）)]|\d{1,2}[.．、](?!\d)"
    r"|第.{1,4}[章节条编]\s|专栏|附件|附表|——|\d{4}\s*年.{1,12}日$)|[\u3000 ]{2,}\S"
)
_WIDEST = 130  # half-width columns of a printed line; what is longer is a whole paragraph
_NARROWEST = 40
_APART = 250  # characters between two page numbers that stand alone in a text without pages
_FEWEST = 5  # lines broken within a sentence before a text is taken as broken by its page width
_FEWEST_PRINTED = 2  # lines that reach the edge of printed pages: one alone may be a title
_MARK = re.compile(r"\s*([①-⑳]|[\[〔［]\d{1,2}[\]〕］])")
_LOWEST = 12  # lines of footnotes a page may have
_NEAR_EDGE = 2  # lines at the top and bottom of a page that can be furniture


def page_furniture(content: Content) -> set[int]:
    """Indices of the blocks that are page numbers or running heads."""
    lines = {at: block for at, block in enumerate(content.blocks) if isinstance(block, str)}
    found = {at for at, line in lines.items() if _NUMBERED.fullmatch(line)}
    if content.pages:
        return found | _at_the_edges(content, lines)
    return found | _counting_up(content.blocks)


def _at_the_edges(content: Content, lines: dict[int, str]) -> set[int]:
    """Numbers alone, and lines that come back at the top or bottom of a third of the pages (three at least)."""
    edges: list[list[int]] = []
    for first, after in pairwise([*content.pages, len(content.blocks)]):
        said = [at for at in range(first, after) if at in lines and lines[at].strip()]
        edges += [said[:_NEAR_EDGE], said[::-1][:_NEAR_EDGE]]
    # Top and bottom of one page count once: three lines alike on one page are a list, not a running head.
    both = [
        {_DIGITS.sub("0", lines[at].strip()) for at in (*a, *b)}
        for a, b in zip(edges[::2], edges[1::2], strict=True)
    ]
    shapes = Counter(shape for page in both for shape in page)
    enough = max(3, len(content.pages) / 3)
    found: set[int] = set()
    for edge in edges:
        # From the edge inwards, as far as there is furniture: what stands behind a line of text is text.
        for at in edge:
            if not _BARE.fullmatch(lines[at]) and shapes[_DIGITS.sub("0", lines[at].strip())] < enough:
                break
            found.add(at)
    return found


def footnotes(content: Content, dropped: set[int]) -> set[int]:
    """Indices of the lines at the bottom of a page that explain a mark (①, [1]) of the text above them."""
    found: set[int] = set()
    for first, after in pairwise([*content.pages, len(content.blocks)]):
        kept = [at for at in range(first, after) if at not in dropped]
        lines = [str(content.blocks[at]) if isinstance(content.blocks[at], str) else "" for at in kept]
        for order in range(max(1, len(kept) - _LOWEST), len(kept)):
            mark = _MARK.match(lines[order])
            if mark and any(mark[1] in line for line in lines[:order]) and all(lines[order:]):
                found |= set(kept[order:])
                break
    return found


def _counting_up(blocks: list[Block]) -> set[int]:
    """Numbers alone on their line that count up through the text, far apart: a text taken from pages."""
    numbers: list[tuple[int, int, int]] = []
    written = 0
    for at, block in enumerate(blocks):
        found = _BARE.fullmatch(block) if isinstance(block, str) else None
        if found:
            numbers.append((at, int(found.group(1)), written))
        written += len(block) if isinstance(block, str) else sum(map(len, block))
    steps = [(b[1] - a[1], b[2] - a[2]) for a, b in pairwise(numbers)]
    counts = len(numbers) >= 3 and all(0 < up <= 3 and far >= _APART for up, far in steps)
    return {at for at, _, _ in numbers} if counts else set()


def joins(blocks: list[Block], printed: bool) -> set[int]:
    """Indices of the lines that go on in the middle of the line before them.

    Only in a text whose lines are all printed lines: many of one width, broken within a sentence. Of a file that is
    known to hold printed lines two are enough: a short paper has few full ones among its headings and dates.
    """
    widths = [_width(block) if isinstance(block, str) else 0 for block in blocks]
    long = sorted(width for width in widths if width)
    if not long:
        return set()
    edge = long[int(len(long) * 0.9)]
    found, full = _broken(blocks, widths, edge)
    if long[-1] <= 2 * edge and full >= 0.4 * len(long) and len(found) >= _FEWEST:
        return found
    # Where most lines are short only the widest tells where the page ends.
    found, full = _broken(blocks, widths, long[-1])
    return found if printed and full >= _FEWEST_PRINTED else set()


def _broken(blocks: list[Block], widths: list[int], edge: int) -> tuple[set[int], int]:
    """The lines after one that reaches the edge and ends within a sentence; how many lines reach it."""
    if not _NARROWEST <= edge <= _WIDEST:
        return set(), 0
    full = 0.9 * edge - 4
    found = {
        at + 1
        for at, (before, after) in enumerate(pairwise(blocks))
        if isinstance(before, str)
        and isinstance(after, str)
        and widths[at] >= full
        and widths[at + 1]
        and not _FINISHED.search(before)
        and not _BEGINS.match(after)
    }
    return found, sum(width >= full for width in widths)


def _width(line: str) -> int:
    """Half-width columns of a line."""
    said = line.strip()
    return sum(2 if unicodedata.east_asian_width(sign) in "WFA" else 1 for sign in said[: _WIDEST * 2])
