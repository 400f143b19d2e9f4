"""A page of a site (.html): its text by blocks, tables as rows; scripts, styles, navigation and forms are left out."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

from duheng.reading.files.decoding import decode
from duheng.reading.files.source import Block, Content, Row

_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_-]{2,20})", re.IGNORECASE)
# What pages call gb2312 is GBK at least.
_ENCODINGS = {
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "gb18030": "gb18030",
    "utf-8": "utf-8",
    "utf8": "utf-8",
    "big5": "big5",
}
_SILENT = frozenset(
    (
        "script",
        "style",
        "noscript",
        "template",
        "svg",
        "head",
        "select",
        "button",
        "textarea",
        "object",
        "iframe",
    )
)
_IN_HEAD = frozenset(("title", "meta", "link", "base", "script", "style", "noscript", "template", "head"))
_FRAME = frozenset(("nav", "footer", "aside"))
_BLOCK = frozenset(
    ("address", "article", "blockquote", "body", "caption", "center", "dd", "div", "dl", "dt", "fieldset", "figcaption",
     "figure", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "html", "li", "main", "ol", "p", "pre",
     "section", "tbody", "tfoot", "thead", "ul")
)  # fmt: skip
_VOID = frozenset(
    ("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr")
)  # fmt: skip
_MOST_COVERED = 64  # columns or rows of a merged cell
_DEEPEST = 200  # levels of tables within tables that are still told apart


@dataclass(slots=True)
class _Table:
    rows: list[list[list[Block]]] = field(default_factory=list)
    # How many columns and rows each cell covers.
    covers: list[list[tuple[int, int]]] = field(default_factory=list)
    in_cell: bool = False


def read_page(content: bytes, place: str) -> Content:
    """The text of a page. Raises UnreadableSource where its encoding cannot be told."""
    named = _CHARSET.search(content[:4096])
    declared = _ENCODINGS.get(named.group(1).decode("ascii").lower()) if named else None
    text, remarks = decode(content, place, declared)
    parser = _Page()
    parser.feed(text)
    parser.close()
    blocks = parser.finished()
    if parser.unclosed:
        remarks = [
            *remarks,
            ("page_unclosed", f"网页的<{parser.unclosed}>没有结束，其后的内容未读入，请核对"),
        ]
    if parser.left_out:
        remarks = [*remarks, ("page_frame", f"网页的导航、页脚等{parser.left_out}处未读入")]
    return Content(blocks, remarks)


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.left_out = 0
        self._silent: list[str] = []
        self._words: list[str] = []
        self._blocks: list[list[Block]] = [[]]
        self._tables: list[_Table] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self._silent == ["head"] and tag not in _IN_HEAD:
            self._silent.pop()  # the end of a head need not be written
        if self._silent or tag in _SILENT or tag in _FRAME:
            if tag not in _VOID and (not self._silent or tag == self._silent[0]):
                self.left_out += tag in _FRAME and not self._silent
                self._silent.append(tag)
        elif tag == "br":
            self._words.append("\n")
        elif tag == "table" and len(self._tables) < _DEEPEST:
            self._end_block()
            self._tables.append(_Table())
        elif tag in ("tr", "td", "th") and self._tables:
            self._open_cell(tag, dict(attrs))
        elif tag in _BLOCK:
            self._end_block()

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "br" and not self._silent:
            self._words.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if self._silent:
            if tag == self._silent[-1]:
                self._silent.pop()
        elif tag == "table" and self._tables:
            self._end_table()
        elif tag in ("td", "th") and self._tables:
            self._end_cell()
        elif tag in _BLOCK:
            self._end_block()

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self._words.append(re.sub(r"[ \t\r\n]+", " ", data))

    @property
    def unclosed(self) -> str:
        """What was left out up to the end of the page because its end is missing, "" where nothing was."""
        return next((tag for tag in self._silent if tag != "head"), "")

    def finished(self) -> list[Block]:
        while self._tables:
            self._end_table()
        self._end_block()
        return self._blocks[0]

    def _open_cell(self, tag: str, attributes: dict[str, str | None]) -> None:
        self._end_cell()
        table = self._tables[-1]
        if tag == "tr" or not table.rows:
            table.rows.append([])
            table.covers.append([])
        if tag != "tr":
            self._blocks.append([])
            table.covers[-1].append((_count(attributes, "colspan"), _count(attributes, "rowspan")))
            table.in_cell = True

    def _end_block(self) -> None:
        for line in "".join(self._words).split("\n"):
            if line.strip():
                self._blocks[-1].append(line.strip(" "))
        self._words = []

    def _end_cell(self) -> None:
        """Close the cell of the innermost table, where one is open."""
        self._end_block()
        table = self._tables[-1]
        if table.in_cell:
            table.rows[-1].append(self._blocks.pop())
            table.in_cell = False

    def _end_table(self) -> None:
        self._end_cell()
        table = self._tables.pop()
        self._blocks[-1] += _as_rows(table) if _is_data(table) else _as_text(table)


def _is_data(table: _Table) -> bool:
    """Two rows and two columns at least, no table inside, no cell of many paragraphs: else it lays out the page."""
    cells = [cell for row in table.rows for cell in row]
    if sum(len(row) > 1 for row in table.rows) < 2:
        return False
    return all(len(cell) <= 12 and all(isinstance(block, str) for block in cell) for cell in cells)


def _as_rows(table: _Table) -> list[Block]:
    """The rows, an empty cell wherever one above or to the left goes on."""
    rows: list[Row] = []
    below: dict[int, int] = {}
    for cells, covers in zip(table.rows, table.covers, strict=True):
        row: Row = []
        for cell, (wide, high) in zip(cells, covers, strict=True):
            row += [""] * _covered(below, len(row))
            below |= dict.fromkeys(range(len(row), len(row) + wide), high - 1) if high > 1 else {}
            row += ["".join(str(block) for block in cell)] + [""] * (wide - 1)
        row += [""] * _covered(below, len(row))
        rows += [row] if cells else []
    return list(rows)


def _covered(below: dict[int, int], at: int) -> int:
    """How many columns from here on a cell above covers; each is counted off."""
    begin = at
    while below.get(at, 0) > 0:
        below[at] -= 1
        at += 1
    return at - begin


def _count(attributes: dict[str, str | None], name: str) -> int:
    said = attributes.get(name) or ""
    return min(max(int(said), 1), _MOST_COVERED) if said.isascii() and said.isdigit() and len(said) < 4 else 1


def _as_text(table: _Table) -> list[Block]:
    return [block for row in table.rows for cell in row for block in cell]
