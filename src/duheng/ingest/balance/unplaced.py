"""What of a balance no fuel could be found for: columns and cells, named, and their rows, whose totals are unknown.

A total without an energy that its row states would be too small and would not look it (L1): it stays empty.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from duheng.ingest.balance.layout import Column, Layout, plain
from duheng.ingest.balance.units import split_unit
from duheng.ingest.cells import bare_number
from duheng.model.findings import Finding

_NO_ENERGY = ("groups", "code", "label", "passing", "restated")  # names of columns in balance.yaml
_NAMED = 6  # rows that a finding names; of more it says how many


@dataclass(frozen=True)
class Unplaced:
    """Something that is in no column of the balance: its finding, and the data rows (by index) that it fills."""

    finding: Finding
    lines: tuple[int, ...] = ()


@dataclass(frozen=True)
class Grid:
    """A file's cells: header, data rows with their numbers in the file, and the places of the columns found."""

    name: str
    header: Sequence[str]
    lines: Sequence[Sequence[str]]
    numbers: Sequence[int]
    places: Mapping[str, int]  # by id of the column

    def column(self, place: int) -> str:
        """A column as a finding names it."""
        return f"{self.name} 第{place + 1}列“{self.header[place]}”"


def unplaced(grid: Grid, known: Layout) -> Iterator[Unplaced]:
    """The columns of no known fuel, second columns of a fuel, and cells beyond the header, in the file's order."""
    settings = known.settings
    keys = {plain(name) for kind in _NO_ENERGY for name in settings[kind]}
    mine = set(grid.places.values())
    for place, head in enumerate(grid.header):
        column = known.column(split_unit(head)[0])
        if column is not None and place not in mine:
            yield _second(grid, place, column, settings["blank"])
        elif column is None and plain(head) not in keys:
            yield from _unknown(grid, place, settings["blank"])
    for line, cells in enumerate(grid.lines):
        beyond = [cell for cell in cells[len(grid.header) :] if cell]
        if beyond:
            yield Unplaced(_beyond(grid, line, beyond), (line,))


def _unknown(grid: Grid, place: int, blank: Collection[str]) -> Iterator[Unplaced]:
    """A column with numbers that is neither a fuel nor a key may be a kind of energy; of noughts, it adds nothing."""
    if all(bare_number(cells[place]) is None for cells in grid.lines):
        return
    filled = tuple(line for line, cells in enumerate(grid.lines) if _filled(cells[place], blank))
    where, expected = grid.column(place), "能源品种（见 cn/balance/columns.csv）"
    if not filled:
        found, remedy = "不认识的列，各格为零或空", "合计不受影响；本列照原样带过"
        yield Unplaced(Finding("column-unknown", "notice", where, found, "", remedy))
        return
    yield Unplaced(
        Finding(
            "column-unknown", "error", where, f"不认识的品种列，{_rows(grid, filled)}有数", expected,
            "请改用规定的品种名，不是能源的列请移出；本列照原样带过，没有折算，这些行及由其算出的合计空着",
        ),
        filled,
    )  # fmt: skip


def _second(grid: Grid, place: int, column: Column, blank: Collection[str]) -> Unplaced:
    """A fuel's further column: which of two numbers holds, or whether both do, is not guessed."""
    first = grid.places[column.id]
    differing = tuple(
        line
        for line, cells in enumerate(grid.lines)
        if _filled(cells[place], blank) and bare_number(cells[place]) != bare_number(cells[first])
    )
    said = f"，{_rows(grid, differing)}的数与第{first + 1}列不同" if differing else ""
    unknown = "，这些行及由其算出的合计空着" if differing else ""
    finding = Finding(
        "column-twice", "error", grid.column(place), f"{column.title}已另有一列{said}", "每个品种一列",
        f"请只留一列；本列照原样带过，不参与计算{unknown}",
    )  # fmt: skip
    return Unplaced(finding, differing if column.fuel else ())


def _beyond(grid: Grid, line: int, cells: Sequence[str]) -> Finding:
    told = "、".join(f"“{cell}”" for cell in cells[:_NAMED]) + ("等" if len(cells) > _NAMED else "")
    return Finding(
        "row-too-long", "error", f"{grid.name} 第{grid.numbers[line]}行",
        f"单元格多于表头的列数：多出{told}", "与表头同样多的列",
        "请核对分隔符和表头；多出的格没有用，本行的合计空着",
    )  # fmt: skip


def _filled(text: str, blank: Collection[str]) -> bool:
    """Whether a cell holds something, be it no number; nought of an energy adds nothing, whichever it is."""
    return text.strip() not in blank and bare_number(text) != 0


def _rows(grid: Grid, lines: Sequence[int]) -> str:
    told = "、".join(str(grid.numbers[line]) for line in lines[:_NAMED])
    return f"第{told}行" + (f"等{len(lines)}行" if len(lines) > _NAMED else "")
