"""Cells of a table of air stations: texts read as concentrations, and what cannot be read named."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl

from duheng.ingest.cells import bare_number, plain
from duheng.ingest.detection import BELOW_DETECTION, NOT_NOUGHT
from duheng.ingest.plain_table import read_lines
from duheng.model.errors import UnreadableSource
from duheng.model.findings import Finding

PROBLEM = "problem"
# How the centre and its mirrors write that there is no value; no finding, the value is just not there.
ABSENT = ("", "—", "-", "--", "-;", "—;", "NA", "N/A", "NaN", "nan", "null", "NULL", "None")
_REMEDY = {
    "air.below-detection": ("数字或空格", NOT_NOUGHT),
    "air.negative": ("应不小于0", "请核对仪器零点与原始记录，改正或留空"),
    "air.number": ("数字或空格", "请填数字；没有数据就留空"),
}
_SAID = {"air.below-detection": "低于检出限", "air.negative": "为负", "air.number": "不是数字"}


@dataclass(frozen=True)
class Sheet:
    """A table of texts, and what was wrong with its form. Row 0 stands in line `first` of the file."""

    name: str
    frame: pl.DataFrame
    findings: tuple[Finding, ...] = ()
    lines: tuple[int, ...] = ()

    def line(self, row: int) -> int:
        """Line of the file in which a row stands."""
        return self.lines[row] if self.lines else row + 2

    def lines_from(self, row: int) -> tuple[int, ...]:
        """The lines of the rows from this one on."""
        return tuple(self.line(one) for one in range(row, self.frame.height))


def read_sheet(path: Path) -> Sheet:
    """A CSV file as texts, in UTF-8 or GB 18030. Raises UnreadableSource.

    A well-formed file is read in columns; one whose rows differ in length, row by row, each named.
    """
    try:
        frame = pl.read_csv(path, infer_schema=False, encoding="utf8", raise_if_empty=False)
    except (pl.exceptions.PolarsError, UnicodeDecodeError):
        return _row_by_row(path)
    with path.open("rb") as file:
        head = file.read(4096)
    first = head.decode("utf-8", "replace").lstrip("\ufeff").splitlines()
    simple = bool(first) and '"' not in first[0] and len(set(first[0].split(","))) == frame.width
    if b"\x00" in head or not simple or frame.width == 1 or not frame.height:
        return _row_by_row(path)
    return _without_blank_lines(Sheet(path.name, frame))


def _without_blank_lines(sheet: Sheet) -> Sheet:
    """The sheet less the rows in which nothing stands; the others keep their lines."""
    blank = pl.all().is_null() | (pl.all().str.strip_chars() == "")
    if not sheet.frame[:, :1].select(blank).to_series().any():  # as nearly always: no more need be looked at
        return sheet
    empty = sheet.frame.select(pl.all_horizontal(blank)).to_series()
    lines = tuple(sheet.line(row) for row in (~empty).arg_true())
    return _with_rows(Sheet(sheet.name, sheet.frame.filter(~empty), sheet.findings, lines))


def _with_rows(sheet: Sheet) -> Sheet:
    """The sheet; a finding goes with it where it has no rows."""
    if sheet.frame.height:
        return sheet
    remedy = "请核对文件；表头之下每行一个站点一个时间"
    none = Finding("table.no-rows", "error", sheet.name, "没有数据行", "表头之下的各行浓度", remedy)
    return replace(sheet, findings=(*sheet.findings, none))


def _row_by_row(path: Path) -> Sheet:
    lines = read_lines(path)
    if not lines:
        raise UnreadableSource(f"{path.name} 是空的；第一行应为列名，如 snapshot, station_code, pm2_5_1h")
    rows = [row for _, row in lines]
    header = [cell.strip() or f"第{place}列" for place, cell in enumerate(rows[0], 1)]  # nothing is lost
    if twice := sorted({name for name in header if header.count(name) > 1}):
        raise UnreadableSource(f"{path.name} 第1行：列 {'、'.join(map(repr, twice))} 出现两次；请只留一列")
    width = max(len(row) for row in rows)
    extra = [f"第{number + 1}列" for number in range(len(header), width)]
    findings = tuple(
        Finding(
            "table.long-row",
            "error",
            f"{path.name} 第{line}行",
            f"{len(row)}格",
            f"{len(header)}格",
            "请删去多出的格；多出的格已另列输出",
        )
        for line, row in lines[1:]
        if len(row) > len(header)
    )
    columns = [*header, *extra]
    filled = [[*row, *[None] * (width - len(row))] for row in rows[1:]]
    frame = pl.DataFrame(filled, dict.fromkeys(columns, pl.String), orient="row")
    return _with_rows(Sheet(path.name, frame, findings, tuple(line for line, _ in lines[1:])))


def checked(sheet: Sheet, columns: Sequence[str], used: Sequence[str]) -> tuple[pl.DataFrame, list[Finding]]:
    """The columns as numbers, PROBLEM saying which used cells of a row cannot be used, and a finding for each.

    A cell that cannot be used is null; so is one that is absent, which is no finding.
    """
    numbers: dict[str, pl.Series] = {}
    findings: list[tuple[int, Finding]] = []
    problems: dict[int, list[str]] = {}
    for column in columns:
        texts = sheet.frame[column]
        number = texts.cast(pl.Float64, strict=False)
        suspect = number.is_null() & texts.is_not_null() | ~(number >= 0) | ~number.is_finite()
        rows = suspect.fill_null(False).arg_true()
        values: list[float | None] = []
        for row in rows:
            value, code = _number(texts[row])
            values.append(value)
            if code is None:
                continue
            expected, remedy = _REMEDY[code]
            place = f"{sheet.name} 第{sheet.line(row)}行 {column}"
            findings.append((row, Finding(code, "error", place, texts[row], expected, remedy)))
            if column in used:
                problems.setdefault(row, []).append(f"{column} {_SAID[code]}（{texts[row]}），不出指数")
        numbers[column] = number.scatter(rows, values) if values else number
    said = pl.repeat(None, sheet.frame.height, dtype=pl.String, eager=True).alias(PROBLEM)
    if problems:
        said = said.scatter(list(problems), ["；".join(texts) for texts in problems.values()])
    findings.sort(key=lambda one: one[0])
    return pl.DataFrame(numbers).with_columns(said), [finding for _, finding in findings]


def _number(text: str) -> tuple[float | None, str | None]:
    """Value of one cell that is no plain number, and the code of what is wrong with it."""
    stripped = plain(text)
    if stripped in ABSENT:
        return None, None
    probe = pl.Series([stripped])
    if probe.str.contains(BELOW_DETECTION).item():
        return None, "air.below-detection"
    number = bare_number(stripped)
    if number is None:
        return None, "air.number"
    value = float(number)
    return (value, None) if value >= 0 else (None, "air.negative")
