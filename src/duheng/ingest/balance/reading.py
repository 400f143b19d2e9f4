"""A balance table as it lies in a file: rows and columns placed, units converted, every oddity a finding.

In the frame null is a blank cell (no such flow, as the yearbooks print it) and NaN a cell that is there but cannot
be used: what depends on it is unknown (L1).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import polars as pl

from duheng.ingest.balance.layout import Column, Layout, layout, plain
from duheng.ingest.balance.margins import without_margins
from duheng.ingest.balance.row_codes import codes_of, refuse_other_tables
from duheng.ingest.balance.units import is_standard_coal, of_column, parsed, scale, split_unit, stated_above
from duheng.ingest.balance.unplaced import Grid, unplaced
from duheng.ingest.cells import bare_number
from duheng.ingest.grids import Sheet, read_grids
from duheng.ingest.guards import read_bytes
from duheng.model.errors import UnreadableSource
from duheng.model.findings import Finding

NAN = float("nan")


@dataclass(frozen=True)
class Placed:
    """A column of the file that is a column of the balance; scale: from the unit printed to its own.

    stated: the unit printed, "" where none is.
    """

    place: int
    column: Column
    scale: float = 1.0
    stated: str = ""


@dataclass(frozen=True)
class Table:
    """One table of the file: a region and a year; digits: most decimals printed in it.

    least: the least tolerance of a sum, where it is not that of the yearbooks (`tolerance` in balance.yaml).
    several: the file has more than one year, so that a list of findings names region and year apart.
    """

    name: str
    region: str
    year: str
    digits: int
    least: float | None = None
    several: bool = False


@dataclass
class Balance:
    """The whole file. frame: line, table (index into tables), row (code or ""), one Float64 column a fuel or total.

    header, lines: the file's own header and cells as text, every data row; placed: columns by their place.
    coal: what says that the whole table is in standard coal, "" where it is physical.
    unplaced: the data rows with an amount that no column of the balance takes: their totals are unknown.
    """

    name: str
    header: list[str]
    lines: list[list[str]]
    numbers: list[int]
    frame: pl.DataFrame
    tables: list[Table]
    placed: list[Placed]
    findings: list[Finding] = field(default_factory=list)
    coal: str = ""
    unplaced: set[int] = field(default_factory=set)

    def columns(self) -> list[str]:
        """Ids of the balance's columns present, in the order of the file."""
        return [one.column.id for one in self.placed]

    def place(self, line: int) -> str:
        """Where a data row stands, for a finding."""
        return f"{self.name} 第{self.numbers[line]}行"


def read_balance(path: Path) -> Balance:
    """Read a .csv or .xlsx balance. Raises UnreadableSource where no row names a fuel column, or none follows."""
    sheets = _sheets(path)
    headed = [any(_is_header(row, layout()) for row in texts) for texts in map(_texts, sheets)]
    at = headed.index(True) if True in headed else 0
    made = balance_of(_texts(sheets[at]), path.name)
    others = [(sheet, has) for n, (sheet, has) in enumerate(zip(sheets, headed, strict=True)) if n != at]
    made.findings.extend(_unread(path.name, sheets[at].name, others))
    return made


def _unread(file: str, read: str, others: list[tuple[Sheet, bool]]) -> Iterator[Finding]:
    """A finding for each further sheet that holds anything: an error where a balance stands there and is seen."""
    for sheet, headed in others:
        if any(cell not in ("", None) for row in sheet.rows for cell in row):
            lost = headed and not sheet.marks.hidden
            yield Finding(
                "sheet-unread", "error" if lost else "notice", f"{file} 工作表“{sheet.name}”",
                f"只读了工作表“{read}”，本表未读", "一个文件一个平衡表工作表" if lost else "",
                "如需折算或核对，请另存为一个文件",
            )  # fmt: skip


def _sheets(path: Path) -> list[Sheet]:
    """The sheets of a file, those that are seen before the hidden ones."""
    hints = frozenset({"row_code", "raw_coal", "原煤", "fuel", "year"})
    sheets = read_grids(read_bytes(path, path.name), path.name, hints)[1]
    return sorted(sheets, key=lambda sheet: sheet.marks.hidden)


def cells_of(path: Path) -> list[list[str]]:
    """Every row of the first sheet as text."""
    return _texts(_sheets(path)[0])


def _texts(sheet: Sheet) -> list[list[str]]:
    return [[_text(cell) for cell in row] for row in sheet.rows]


def _text(cell: object) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return "" if cell is None else str(cell).strip()


def balance_of(rows: list[list[str]], name: str) -> Balance:
    """The balance in a grid of texts: title lines, header, perhaps a row of units, data."""
    known = layout()
    top = next((i for i, row in enumerate(rows) if _is_header(row, known)), None)
    if top is None:
        raise UnreadableSource(
            f"{name}：没有一行是能源平衡表的表头；表头应有品种名（如 raw_coal 或 原煤）和行名（row_code 或 项目）"
        )
    header = rows[top]
    body = [(i, row) for i, row in enumerate(rows[top + 1 :], top + 2) if any(row)]
    findings: list[Finding] = []
    units: Sequence[str] = [""] * len(header)
    if body and _is_units(body[0][1], header, known):
        units = body[0][1]
        body = body[1:]
    body, left_out = without_margins(body, name, known)
    findings += left_out
    if not body:
        raise UnreadableSource(f"{name}：没有数据行；表头之下应有各行能源平衡数据")
    placed = _placed(header, units, known, stated_above(rows[:top]))
    placed, coal = _of_one_kind(placed, header, name, findings)
    lines = [row + [""] * (len(header) - len(row)) for _, row in body]
    last = max((one.place for one in placed), default=0)
    findings += [_too_short(name, i, len(row), len(header)) for i, row in body if 1 < len(row) <= last]
    made = _assembled(name, header, lines, [i for i, _ in body], placed, findings, known)
    made.coal = coal or _said_by_rows(header, lines)
    refuse_other_tables(name, rows, made.frame["row"].to_list(), findings)
    return made


def _too_short(name: str, line: int, cells: int, wanted: int) -> Finding:
    return Finding(
        "row-too-short", "warning", f"{name} 第{line}行", f"只有{cells}格，缺的格按空格读", f"{wanted}格",
        "请核对本行是否完整",
    )  # fmt: skip


def _is_header(row: list[str], known: Layout) -> bool:
    found = [known.column(split_unit(cell)[0]) for cell in row if cell]
    return any(column is not None for column in found) and not row[0].startswith("#")


def _is_units(row: list[str], header: list[str], known: Layout) -> bool:
    """Whether the row under the header holds units: texts, no numbers, below the fuel columns."""
    below = [cell for cell, head in zip(row, header, strict=False) if known.column(split_unit(head)[0])]
    said = [cell for cell in below if cell]
    return all(number_of(cell) is None for cell in said) and any(parsed(cell) is not None for cell in said)


def _placed(header: list[str], units: Sequence[str], known: Layout, above: Sequence[str]) -> list[Placed]:
    """The columns of the file that are columns of the balance, the first of each."""
    placed: dict[str, Placed] = {}
    for place, head in enumerate(header):
        title, inside = split_unit(head)
        column = known.column(title)
        if column is not None and column.id not in placed:
            under = units[place] if place < len(units) else ""
            placed[column.id] = Placed(place, column, stated=under or inside or of_column(above, column))
    return list(placed.values())


def _of_one_kind(
    placed: list[Placed], header: list[str], name: str, findings: list[Finding]
) -> tuple[list[Placed], str]:
    """The columns with their scales, and the unit of standard coal where all of them are stated in one.

    A column of another dimension in a physical table is not usable, which is a finding.
    """
    coal = [one.stated for one in placed if is_standard_coal(one.stated)]
    whole = len(coal) == len(placed) and not all(is_standard_coal(one.column.unit) for one in placed)
    scaled: list[Placed] = []
    for one in placed:
        to = "万tce" if whole else one.column.unit
        size = scale(one.stated, to) if one.stated else 1.0
        if size is None:
            findings.append(_unit_wrong(one, f"{name} 第{one.place + 1}列“{header[one.place]}”"))
        scaled.append(replace(one, scale=NAN if size is None else size))
    return scaled, coal[0] if whole else ""


def _unit_wrong(one: Placed, where: str) -> Finding:
    column = one.column
    return Finding(
        "unit-wrong", "error", where, f"单位“{one.stated}”不能换算成{column.unit}",
        f"{column.title}（{column.id}）的单位，如{column.unit}", "请核对该列单位；未猜测，该列及含有它的合计未计算",
    )  # fmt: skip


def _said_by_rows(header: list[str], lines: list[list[str]]) -> str:
    """The unit of standard coal that a column of units says of the rows."""
    at = next((i for i, head in enumerate(header) if plain(head) in ("unit", "单位")), None)
    units = sorted({line[at] for line in lines}) if at is not None else []
    return "、".join(units) if any(is_standard_coal(unit) for unit in units) else ""


def physical(balance: Balance) -> tuple[Balance, list[Finding]]:
    """The balance itself; where it is in standard coal already, with all cells unknown and a finding."""
    if not balance.coal:
        return balance, []
    finding = Finding(
        "unit-wrong", "error", f"{balance.name} 单位", f"表内已是标准煤（{balance.coal}）", "实物量",
        "请给出实物量平衡表；已折的表可用 duheng balance --against 比较，或用 duheng check-data 核对",
    )  # fmt: skip
    unknown = [pl.when(pl.col(id).is_not_null()).then(NAN).alias(id) for id in balance.columns()]
    return replace(balance, frame=balance.frame.with_columns(unknown), findings=[]), [finding]


def _assembled(
    name: str,
    header: list[str],
    lines: list[list[str]],
    numbers: list[int],
    placed: list[Placed],
    findings: list[Finding],
    known: Layout,
) -> Balance:
    codes = codes_of(name, header, lines, numbers, known, findings)
    keys, tables = _tables(header, lines, placed, known)
    data: dict[str, pl.Series] = {
        "line": pl.Series("line", range(len(lines)), pl.Int64),
        "table": pl.Series("table", keys, pl.Int64),
        "row": pl.Series("row", codes, pl.String),
    }
    for one in placed:
        cells = _column(name, one, lines, numbers, findings)
        data[one.column.id] = pl.Series(one.column.id, cells, pl.Float64)
    frame = pl.DataFrame(data)
    made = Balance(name, header, lines, numbers, frame, tables, placed, findings)
    grid = Grid(name, header, lines, numbers, {one.column.id: one.place for one in placed})
    for odd in unplaced(grid, known):
        findings.append(odd.finding)
        made.unplaced |= set(odd.lines)
    _rows_twice(made)
    return made


def _tables(
    header: list[str], lines: list[list[str]], placed: list[Placed], known: Layout
) -> tuple[list[int], list[Table]]:
    settings = known.settings
    groups = {plain(name) for name in settings["groups"]}
    at = [i for i, head in enumerate(header) if plain(head) in groups]
    region, year = _first_of(header, settings["region"]), _first_of(header, settings["year"])
    fuels = [one.place for one in placed]
    index: dict[tuple[str, ...], int] = {}
    digits: list[int] = []
    first: list[list[str]] = []
    keys: list[int] = []
    for line in lines:
        key = index.setdefault(tuple(line[i] for i in at), len(index))
        keys.append(key)
        if key == len(digits):
            digits.append(0)
            first.append(line)
        digits[key] = max(digits[key], *(decimals(line[i]) for i in fuels))
    several = year is not None and len({line[year] for line in first}) > 1
    return keys, [_table(line, region, year, several, d) for line, d in zip(first, digits, strict=True)]


def _table(line: list[str], region: int | None, year: int | None, several: bool, digits: int) -> Table:
    of, when = line[region] if region is not None else "", line[year] if year is not None else ""
    name = f"{of} {when}".strip() if several or not of else of
    return Table(name or "本表", of, when, digits, several=several)


def _first_of(header: list[str], names: list[str]) -> int | None:
    """The place of the first of these names, in the order of preference."""
    return next((i for name in names for i, head in enumerate(header) if plain(head) == plain(name)), None)


def decimals(text: str) -> int:
    """Decimals that a number was printed with."""
    _, dot, after = (text if text.isascii() else unicodedata.normalize("NFKC", text)).partition(".")
    if "e" in after.lower():  # a program's spelling (2.636230e+03), whose own zeros say nothing
        number = number_of(text)
        after = repr(number).partition(".")[2].removesuffix("0") if number is not None else ""
    # More than six digits are the noise of a program (5.42000000000001), not digits that anyone printed.
    return len(after) if dot and after.isdigit() and len(after) <= 6 else 0


def number_of(text: str) -> float | None:
    """The number in a cell; None where it holds none."""
    number = bare_number(text)
    return None if number is None else float(number)


def _column(
    name: str, one: Placed, lines: list[list[str]], numbers: list[int], findings: list[Finding]
) -> list[float | None]:
    blank = set(layout().settings["blank"])
    cells: list[float | None] = []
    for line, number in zip(lines, numbers, strict=True):
        text = line[one.place].strip()
        if text in blank:
            cells.append(None)
            continue
        value = number_of(text)
        if value is None:
            findings.append(Finding(
                "cell-unreadable", "error", f"{name} 第{number}行 {one.column.title}（{one.column.id}）",
                f"“{text}”不是数",
                "数字或空格", "请改正这一格；含有它的合计未计算",
            ))  # fmt: skip
            value = NAN
        cells.append(value * one.scale if one.scale != 1 else value)
    return cells


def _rows_twice(made: Balance) -> None:
    named = made.frame.filter(pl.col("row") != "")
    for line in named.filter(~pl.struct("table", "row").is_first_distinct())["line"].to_list():
        row, table = made.frame["row"][line], made.tables[made.frame["table"][line]]
        made.findings.append(Finding(
            "row-twice", "error", made.place(line), f"{table.name}的行{row}出现两次", "每张表每行一次",
            "请只留一行；核对和合计只用先出现的一行",
        ))  # fmt: skip
