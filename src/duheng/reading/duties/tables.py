"""Task tables: a column of tasks and columns 牵头单位, 责任单位, 配合单位."""

from __future__ import annotations

import re
from collections.abc import Sequence

from duheng.reading.duties.statement import Statement, parse
from duheng.reading.duties.words import Words
from duheng.reading.outline import Outline
from duheng.reading.records import Task

# The place of each cell, row by row.
Cell = tuple[int, int]
Rows = Sequence[Sequence[Cell]]

_CELL = re.compile(r"[^|\t]+")
_NONE = {"", "/", "—", "-", "无"}


def table_tasks(words: Words, text: str, plain: str, outline: Outline, tables: Sequence[Rows]) -> list[Task]:
    """A task for each row that names one; an empty cell (merged) holds what stands above it."""
    found: list[Task] = []
    for rows in [*tables, *_in_lines(plain, outline)]:
        found += _rows(words, text, plain, outline, rows)
    return found


def _in_lines(plain: str, outline: Outline) -> list[Rows]:
    """Tables printed as lines with | or tabs between the cells."""
    found: list[list[list[Cell]]] = []
    after = -2
    for index, line in enumerate(outline.paragraphs):
        cells = [one.span() for one in _CELL.finditer(plain, line.start, line.end) if one.group().strip()]
        if len(cells) < 3:
            continue
        if index != after:
            found.append([])
        found[-1].append(cells)
        after = index + 1
    return list(found)


def _columns(words: Words, plain: str, row: Sequence[Cell]) -> dict[str, int]:
    """Which column is which: number, task, lead, responsible, cooperate."""
    known = dict.fromkeys(words.raw["table"]["task"], "task") | dict.fromkeys(
        words.raw["table"]["number"], "number"
    )
    known |= {name: part for part, many in words.raw["labels"].items() if part != "other" for name in many}
    found: dict[str, int] = {}
    for index, (start, end) in enumerate(row):
        part = known.get("".join(plain[start:end].split()))
        if part and part not in found:
            found[part] = index
    return found if "task" in found and found.keys() & {"lead", "responsible", "cooperate"} else {}


def _rows(words: Words, text: str, plain: str, outline: Outline, rows: Rows) -> list[Task]:
    columns: dict[str, int] = {}
    found: list[Task] = []
    held: dict[str, Cell] = {}
    for row in rows:
        named = _columns(words, plain, row)
        if named:
            columns, held = named, {}
            continue
        if not columns or len(row) <= max(columns.values()):
            continue
        for part, index in columns.items():
            if plain[slice(*row[index])].strip() or part not in held:
                held[part] = row[index]
        found.append(_task(words, text, plain, outline, row, held))
    return found


def _task(
    words: Words, text: str, plain: str, outline: Outline, row: Sequence[Cell], held: dict[str, Cell]
) -> Task:
    start, end = min(cell[0] for cell in row), max(cell[1] for cell in row)
    owners = {
        part: _units(words, text, plain, held[part])
        for part in ("lead", "responsible", "cooperate")
        if part in held
    }
    named = [unit for one in owners.values() for unit in one.units()]
    heading = outline.heading_at(start)
    number = text[slice(*held["number"])].strip() if "number" in held else ""
    return Task(
        number, "".join(text[slice(*held["task"])].split()), heading.section if heading else "",
        text[start:end], start, end,
        list(dict.fromkeys(named)), owners["lead"].units() if "lead" in owners else [],
        owners["cooperate"].units() if "cooperate" in owners else [],
        open_list=any(one.open_list for one in owners.values()),
    )  # fmt: skip


def _units(words: Words, text: str, plain: str, cell: Cell) -> Statement:
    if plain[slice(*cell)].strip() in _NONE:
        return Statement()
    return parse(words, text, plain, *cell, listed=True) or Statement()
