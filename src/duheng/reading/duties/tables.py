"""Task tables: a column of tasks and columns 牵头单位, 责任单位, 配合单位."""

from __future__ import annotations

from collections.abc import Sequence

from duheng.reading.duties.statement import Statement, parse
from duheng.reading.duties.words import Words
from duheng.reading.outline import Outline
from duheng.reading.records import Doubt, Task
from duheng.reading.tables import Cell, Rows

_OWNERS = {"lead", "responsible", "cooperate"}
_NONE = {"", "/", "—", "-", "无"}


def table_tasks(
    words: Words, text: str, plain: str, outline: Outline, tables: Sequence[Rows]
) -> tuple[list[Task], list[Doubt]]:
    """A task for each row that names one; an empty cell (merged) holds what stands above it. Doubts: rows not read."""
    found: list[Task] = []
    doubts: list[Doubt] = []
    for rows in tables:
        found += _rows(words, text, plain, outline, rows, doubts)
    return found, doubts


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
    return found


def _is_head(columns: dict[str, int]) -> bool:
    return "task" in columns and bool(columns.keys() & _OWNERS)


def _below(columns: dict[str, int], named: dict[str, int], filled: int) -> dict[str, int]:
    """The columns with those of a second row of the head: 牵头单位 and 配合单位 under one 责任单位."""
    split = named if named.keys() <= _OWNERS and len(named) == filled else {}
    return {part: at for part, at in columns.items() if at not in split.values()} | split if split else {}


def _rows(
    words: Words, text: str, plain: str, outline: Outline, rows: Rows, doubts: list[Doubt]
) -> list[Task]:
    columns: dict[str, int] = {}
    found: list[Task] = []
    held: dict[str, Cell] = {}
    for row in rows:
        named = _columns(words, plain, row)
        filled = sum(bool(plain[start:end].strip()) for start, end in row)
        below = _below(columns, named, filled) if columns else {}
        if below or _is_head(named):
            columns, held = below or named, {}
            continue
        if not columns or not filled:
            continue
        if len(row) <= max(columns.values()):
            start, end = min(cell[0] for cell in row), max(cell[1] for cell in row)
            doubts.append(Doubt("table_unread", f"任务表的一行只有{len(row)}格，未读入", start, end))
            continue
        if not any(plain[slice(*row[at])].strip() for part, at in columns.items() if part != "number"):
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
