"""A file as sheets of cells: .xlsx and .xls through calamine, CSV text in the encodings Chinese offices produce."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass
from typing import cast

import python_calamine

from duheng.ingest.guards import limits, open_package, refuse, sniff
from duheng.ingest.markup import Marks, read_marks, read_package
from duheng.model.saying import say

Grid = list[list[object]]
UNSAVED = "=（公式，没有存下结果）"


@dataclass(frozen=True)
class Sheet:
    """One sheet from its first cell on: rows of str, float, int, bool, date or datetime; "" is an empty cell."""

    name: str
    rows: Grid
    marks: Marks
    merged: tuple[tuple[tuple[int, int], tuple[int, int]], ...] = ()


def read_grids(data: bytes, name: str, hints: frozenset[str]) -> tuple[str, list[Sheet]]:
    """The kind of the file ("xlsx", "xls", "text") and its sheets.

    name: the file's name, for messages and to compare with the content.
    hints: header texts by which the delimiter of a CSV is told.
    Raises FileRefused when the file is not a readable table.
    """
    kind = sniff(data, name)
    if kind == "xlsx":
        return kind, _read_xlsx(data, name)
    if kind == "xls":
        return kind, _read_calamine(data, name, {})
    return kind, [_read_text(data, name, hints)]


def _read_xlsx(data: bytes, name: str) -> list[Sheet]:
    package = open_package(data, name)
    book = read_package(package, name)
    marks = {sheet: read_marks(package, book, sheet, name) for sheet in book.parts}
    return _read_calamine(data, name, marks)


def _read_calamine(data: bytes, name: str, marks: dict[str, Marks]) -> list[Sheet]:
    try:
        book = python_calamine.load_workbook(io.BytesIO(data))
        hidden = {
            meta.name
            for meta in book.sheets_metadata
            if meta.visible != python_calamine.SheetVisibleEnum.Visible
        }
        wanted = list(marks) or [
            meta.name for meta in book.sheets_metadata if meta.typ == python_calamine.SheetTypeEnum.WorkSheet
        ]
        return [_sheet(book, title, marks.get(title) or Marks(hidden=title in hidden)) for title in wanted]
    except python_calamine.PasswordError as trouble:
        raise refuse(
            "file-encrypted", name, "工作簿设有打开密码", "未加密的 .xlsx", "请取消打开密码，另存后再导入。"
        ) from trouble
    except (python_calamine.CalamineError, ValueError, OSError) as trouble:
        raise refuse(
            "file-damaged",
            name,
            "工作簿已损坏，不能读出",
            "完整的 .xlsx",
            "请用 Excel 或 WPS 打开修复，另存后再导入。",
        ) from trouble


def _sheet(book: python_calamine.CalamineWorkbook, title: str, marks: Marks) -> Sheet:
    sheet = book.get_sheet_by_name(title)
    rows = cast(Grid, sheet.to_python(skip_empty_area=False))
    # calamine gives these as empty cells, as if nobody had ever filled them in
    lost = dict.fromkeys(marks.unsaved, UNSAVED) | marks.errors
    width = max((len(rows[0]) if rows else 0, *(column + 1 for _, column in lost)))
    rows += [[] for _ in range(len(rows), max((row + 1 for row, _ in lost), default=0))]
    for cells in rows if lost else ():
        cells += [""] * (width - len(cells))
    for (row, column), said in lost.items():
        rows[row][column] = said
    return Sheet(title, rows, marks, tuple(sheet.merged_cell_ranges or ()))


def decode(data: bytes, name: str) -> str:
    """The text of a CSV: UTF-8 with or without mark, UTF-16 with mark (Excel's "Unicode 文本"), else GB 18030."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encodings = ["utf-16"]
    else:
        encodings = ["utf-8-sig", "gb18030"]
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if _is_text(text) and not (encoding == "utf-16" and "\ufeff" in text):
            return text
    raise refuse(
        "file-not-text",
        name,
        "内容不是可读的文本",
        "UTF-8 或 GBK 编码的 CSV 表",
        "请确认没有传错文件；CSV 请从 Excel 另存为“CSV UTF-8”。",
    )


def _is_text(text: str) -> bool:
    # Control characters other than tab and line ends do not occur in a table that a person saved.
    return not any(ord(c) < 32 and c not in "\t\r\n" for c in set(text))


def _read_text(data: bytes, name: str, hints: frozenset[str]) -> Sheet:
    text = decode(data, name)
    delimiter = delimiter_of(text, hints)
    rows: Grid = []
    cells = 0
    try:
        for record in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True):
            cells += len(record)
            if len(record) > limits()["columns"] or cells > limits()["cells"]:
                raise refuse(
                    "sheet-too-large", name, say("第 {row} 行起超出列数或格数", row=len(rows) + 1),
                    say("不超过 {columns} 列、{cells} 格", columns=limits()["columns"], cells=limits()["cells"]),
                    "请核对分隔符，或分成几个文件。",
                )  # fmt: skip
            rows.append(list(record))
    except csv.Error as trouble:
        raise refuse(
            "file-damaged", say("{name} 第 {row} 行", name=name, row=len(rows) + 1),
            "引号没有成对，或一格过长", "规范的 CSV",
            "请在 Excel 中打开核对这一行，重新另存为 CSV。",
        ) from trouble  # fmt: skip
    return Sheet("", rows, Marks(height=len(rows)))


def delimiter_of(text: str, hints: frozenset[str]) -> str:
    """The delimiter under which most header texts are recognised; among equals the one with most columns."""
    head = [line for line in text[:20000].splitlines()[:12] if line.strip()]

    def score(delimiter: str) -> tuple[int, int]:
        cells: Iterable[str] = (cell for line in head for cell in line.split(delimiter))
        known = sum(cell.strip().strip('"').strip().lower() in hints for cell in cells)
        return known, sum(line.count(delimiter) for line in head)

    return max((",", "\t", ";"), key=score)
