"""CSV lists of a city's folder: one table, one file, every row with its line."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from duheng.city.marks import read_text
from duheng.city.report import Report

csv.field_size_limit(200_000)


@dataclass(frozen=True)
class Row:
    """One row of a list: its cells by column, stripped; absent and empty cells are ""."""

    name: str
    line: int
    cells: Mapping[str, str]

    def __getitem__(self, column: str) -> str:
        return self.cells.get(column, "")

    def place(self, column: str | None = None) -> str:
        """File, line and column: `entities.csv 第4行 parent`."""
        return f"{self.name} 第{self.line}行" + (f" {column}" if column else "")


def read_rows(path: Path, report: Report, columns: Sequence[str], required: Sequence[str]) -> list[Row]:
    """Rows of a CSV file with a header line.

    columns: all that may stand in it; required: those that must, in the header and in every row. What is
    wrong becomes findings; rows that cannot be understood are left out (their finding keeps the folder from
    loading).
    """
    text = read_text(path, report)
    if text is None:
        return []
    name = report.name(path)
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    rows: list[Row] = []
    try:
        header = [cell.strip() for cell in next(reader, [])]
        if not _header_fits(name, header, report, columns, required):
            return []
        for row in _rows(name, header, reader, report, required):
            rows.append(row)
    except csv.Error:
        # A quotation mark that is never closed takes in all lines to the end: it stands after the last good row.
        after = rows[-1].line if rows else 1
        report.add(
            "csv",
            f"{name} 第{after}行之后、第{reader.line_num}行之前",
            "引号没有成对，或引号之后还有文字",
            "逗号分隔、引号成对的CSV",
            "检查这几行的英文双引号",
        )
        return []
    return rows


def _header_fits(
    name: str, header: list[str], report: Report, columns: Sequence[str], required: Sequence[str]
) -> bool:
    place = f"{name} 第1行"
    if not any(header):
        report.add("empty-file", place, "没有表头", "、".join(columns), "在第一行写明列名")
        return False
    for mark, called in {"\t": "制表符", ";": "分号", "，": "中文逗号"}.items():
        if len(header) == 1 and mark in header[0]:
            remedy = "另存为逗号分隔的CSV（Excel：“CSV UTF-8（逗号分隔）”）"
            report.add("separator", place, f"各列以{called}分隔", "以英文逗号分隔", remedy)
            return False
    for n, column in enumerate(header, 1):
        if column not in columns:
            report.unknown("unknown-column", f"{place} 第{n}列", "列", column, columns)
        elif header.index(column) != n - 1:
            report.add("repeated-column", f"{place} 第{n}列", f"列“{column}”出现两次", "每列一次", "只留一列")
    missing = [column for column in required if column not in header]
    for column in missing:
        report.add("missing-column", place, f"缺少列“{column}”", "、".join(columns), "补上该列")
    return not missing


def _rows(
    name: str, header: list[str], reader: Iterator[list[str]], report: Report, required: Sequence[str]
) -> Iterator[Row]:
    line = 1
    for cells in reader:
        # A quoted cell may span lines: the row is named by its first one.
        first, line = line + 1, reader.line_num  # type: ignore[attr-defined]
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) != len(header):
            report.add(
                "csv-width",
                f"{name} 第{first}行",
                f"有{len(cells)}格",
                f"{len(header)}格（与表头相同）",
                "检查逗号；格内有逗号时用英文双引号括起来",
            )
            continue
        row = Row(name, first, {column: cell.strip() for column, cell in zip(header, cells, strict=True)})
        for column in required:
            if not row[column]:
                report.add("empty-cell", row.place(column), "是空的", "必须填写", "补上内容")
        yield row
