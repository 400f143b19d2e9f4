"""A Word document (.docx, ECMA-376 WordprocessingML): paragraphs and tables in their order, with numbers Word makes."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator
from xml.etree import ElementTree as Xml

from duheng.reading.files.numbering import Numbering
from duheng.reading.files.source import Block, Content, Row, limits, refuse

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_BROKEN = (zipfile.BadZipFile, zlib.error, RuntimeError, ValueError, OverflowError, KeyError, EOFError, OSError,
           NotImplementedError)  # fmt: skip
_REPAIR = "请用Word或WPS打开后另存为.docx"


def read_word(content: bytes, place: str) -> Content:
    """The body of the document; headers, footers and comments are no part of it. Raises UnreadableSource."""
    body = _part(content, "word/document.xml", place)
    if body is None:
        raise refuse(place, "不是Word文档：压缩包中没有word/document.xml", _REPAIR)
    reader = _Reader(
        Numbering(_part(content, "word/numbering.xml", place), _part(content, "word/styles.xml", place))
    )
    main = body.find(f"{_W}body")
    blocks = list(reader.blocks(main)) if main is not None else []
    remarks = []
    if any(True for tag in ("ins", "del") for _ in body.iter(_W + tag)):
        remarks.append(("revisions", "文档带有未接受的修订：按接受全部修订后的文字读入"))
    if reader.numbering.unknown:
        remarks.append(("numbering", "有段落的编号由Word自动生成而样式不认识，编号未读入"))
    return Content(blocks, remarks)


def _part(content: bytes, name: str, place: str) -> Xml.Element | None:
    """A part of the package, null where there is none."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            if name not in package.namelist():
                return None
            if package.getinfo(name).file_size > limits()["unpacked_bytes"]:
                raise refuse(place, "正文解压后过大", "请拆分文档，或" + _REPAIR.removeprefix("请"))
            said = package.read(name)
    except _BROKEN as error:
        raise refuse(place, f"文件损坏，不能解开（{type(error).__name__}）", _REPAIR) from None
    # A document type is where entities that blow up are declared; Word never writes one.
    if b"<!DOCTYPE" in said or "<!DOCTYPE".encode("utf-16-le") in said:
        raise refuse(place, "文档内含DOCTYPE声明，不予解析", _REPAIR)
    try:
        return Xml.fromstring(said)  # noqa: S314  # no document type, hence no entity
    except (Xml.ParseError, ValueError, LookupError):
        raise refuse(place, f"文件损坏，{name}不是完整的XML", _REPAIR) from None


class _Reader:
    def __init__(self, numbering: Numbering) -> None:
        self.numbering = numbering

    def blocks(self, parent: Xml.Element) -> Iterator[Block]:
        """Paragraphs and rows below an element, in order; content controls and insertions are looked into."""
        for child in parent:
            if child.tag == _W + "p":
                yield from self._paragraph(child)
            elif child.tag == _W + "tbl":
                yield from self._table(child)
            elif child.tag in (_W + "sdt", _W + "sdtContent", _W + "ins", _W + "customXml", _W + "smartTag"):
                yield from self.blocks(child)

    def _paragraph(self, paragraph: Xml.Element) -> Iterator[str]:
        lines = "".join(_words(paragraph)).split("\n")
        number = self.numbering.number(paragraph) if any(line.strip() for line in lines) else ""
        lines[0] = number + lines[0]
        yield from lines

    def _table(self, table: Xml.Element) -> Iterator[Block]:
        rows = [self._row(row) for row in table.iter(_W + "tr")] if not _nested(table) else None
        if rows is not None and max((len(row) for row in rows), default=0) > 1:
            yield from rows
            return
        # A frame of one column, or a table that holds tables, is there for the layout: its cells are text.
        for cell in (cell for row in table.findall(f"{_W}tr") for cell in row.findall(f"{_W}tc")):
            yield from self.blocks(cell)

    def _row(self, row: Xml.Element) -> Row:
        cells: Row = []
        for cell in row.iter(_W + "tc"):
            merged = cell.find(f"{_W}tcPr/{_W}vMerge")
            goes_on = merged is not None and merged.get(_W + "val", "continue") == "continue"
            said = (
                "" if goes_on else "\n".join(block for block in self.blocks(cell) if isinstance(block, str))
            )
            span = cell.find(f"{_W}tcPr/{_W}gridSpan")
            width = span.get(_W + "val", "1") if span is not None else "1"
            cells += [said] + [""] * (min(int(width), 64) - 1 if width.isdigit() else 0)
        return cells


def _nested(table: Xml.Element) -> bool:
    return any(inner is not table for inner in table.iter(_W + "tbl"))


def _words(element: Xml.Element) -> Iterator[str]:
    for child in element:
        if child.tag == _W + "t":
            yield child.text or ""
        elif child.tag == _W + "tab":
            yield " "
        elif child.tag in (_W + "br", _W + "cr"):
            yield "\n"
        elif child.tag == _W + "noBreakHyphen":
            yield "-"
        elif child.tag not in (
            _FALLBACK,
            _W + "del",
            _W + "pPr",
            _W + "rPr",
            _W + "instrText",
            _W + "moveFrom",
        ):
            yield from _words(child)
