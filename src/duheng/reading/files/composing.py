"""Lines and rows become one text: furniture of the page left out, hard line breaks joined, noise removed.

Whatever is not in the text as it stood in the file is said in a doubt, one for each kind, at its first place.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from duheng.reading.files.furniture import footnotes, joins, page_furniture
from duheng.reading.files.noise import cleaned, shown
from duheng.reading.files.source import Content, Row, Table, Text
from duheng.reading.records import Doubt

_SAID = {
    "page_furniture": "删去页码、页眉、页脚{count}处",
    "joined_lines": "句中的硬换行{count}处已接上",
    "footnotes": "页脚注释{count}行移到文末",
    "noise": "删去夹杂的字符{count}处，请对照原文",
}
_EXAMPLE = 16


@dataclass(slots=True)
class _Changes:
    """Changes of one kind: how many, the first place, a few examples."""

    count: int = 0
    place: int = 0
    examples: list[str] = field(default_factory=list)

    def add(self, place: int, example: str) -> None:
        self.place = place if not self.count else min(self.place, place)
        self.count += 1
        if len(self.examples) < 3 and example not in self.examples:
            self.examples.append(example)

    def doubt(self, kind: str) -> Doubt:
        said = (
            _SAID[kind].format(count=self.count)
            + "（"
            + "、".join(f"“{one}”" for one in self.examples)
            + "）。"
        )
        return Doubt(kind, said, self.place, self.place)


def compose(content: Content) -> Text:
    """One text of the content of a file, with its doubts and tables."""
    writer = _Writer()
    dropped = page_furniture(content)
    below = footnotes(content, dropped)
    order = sorted(range(len(content.blocks)), key=lambda at: at in below)
    kept = [at for at in order if at not in dropped]
    joined = {kept[place] for place in joins([content.blocks[at] for at in kept], content.printed)}
    for at in order:
        block = content.blocks[at]
        if at in below:
            writer.changes["footnotes"].add(writer.length, str(block).strip()[:_EXAMPLE])
        if at in dropped:
            writer.changes["page_furniture"].add(writer.length, str(block).strip()[:_EXAMPLE])
        elif isinstance(block, str):
            writer.line(block, joined=at in joined)
        else:
            writer.row(block)
    text = "".join(writer.parts)
    doubts = [Doubt(kind, said + "。", 0, 0) for kind, said in content.remarks]
    doubts += [one.doubt(kind) for kind, one in writer.changes.items() if one.count]
    doubts += _of_the_text(text)
    return Text(text, doubts, writer.tables())


def _of_the_text(text: str) -> list[Doubt]:
    return [Doubt("noise", f"“{text[a:b]}”像是网页广告，未删，请核对。", a, b) for a, b in shown(text)]


class _Writer:
    """Puts blocks one after the other and remembers where cells and changes stand."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.length = 0
        self.changes = {kind: _Changes() for kind in _SAID}
        self._begun = False
        self._rows: list[list[tuple[int, int]]] = []
        self._tables: list[Table] = []

    def line(self, line: str, joined: bool) -> None:
        self._close()
        if joined and self.parts:
            self._join(line.lstrip())
        else:
            self._begin()
            self._clean(line)

    def _join(self, line: str) -> None:
        last = self.parts.pop()
        before = last.rstrip()
        self.length -= len(last) - len(before)
        # Two words in Latin letters or two numbers stay apart; Chinese is written without blanks.
        apart = " " if _latin(before[-1:]) and _latin(line[:1]) else ""
        self.changes["joined_lines"].add(self.length, f"{before[-4:]}{line[:4]}")
        whole, removed = cleaned(line)
        for place, sign in removed:
            self.changes["noise"].add(self.length + len(apart) + place, sign)
        self.parts.append(before + apart + whole)
        self.length += len(apart) + len(whole)

    def row(self, row: Row) -> None:
        self._begin()
        places: list[tuple[int, int]] = []
        for index, cell in enumerate(row):
            if index:
                self._put("\t")
            start = self.length
            self._clean(" ".join(cell.split()))
            places.append((start, self.length))
        self._rows.append(places)

    def tables(self) -> list[Table]:
        self._close()
        return self._tables

    def _clean(self, line: str) -> None:
        whole, removed = cleaned(line)
        for place, sign in removed:
            self.changes["noise"].add(self.length + place, sign)
        self._put(whole)

    def _begin(self) -> None:
        if self._begun:
            self._put("\n")
        self._begun = True

    def _put(self, part: str) -> None:
        self.parts.append(part)
        self.length += len(part)

    def _close(self) -> None:
        if self._rows:
            self._tables.append(Table(self._rows))
            self._rows = []


def _latin(sign: str) -> bool:
    return sign.isascii() and sign.isalnum()
