"""Tables of indicators: a target for each value of a row, its unit, base, year and kind from the columns."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from duheng.reading.grammar.cells import Amount, amount, is_nothing
from duheng.reading.grammar.columns import Column, Columns, columns, is_unit, said, unit_at_end, year_of
from duheng.reading.grammar.heads import clean, scoped
from duheng.reading.grammar.measures import measures
from duheng.reading.grammar.words import either, pattern, verb_kinds, words
from duheng.reading.outline import Outline
from duheng.reading.records import Doubt, Target
from duheng.reading.tables import Cell, Rows, span

_WORKED = re.compile("减排量|节能量|工程量|^(?:新增|新建|建成|改造|完成|累计)")
_SUMS = ("合计", "总计", "全市", "全省", "全县", "全区", "小计")
_OWED = re.compile("目标|任务|指标|分解|下达|计划|规划")
_HEAD_LINE = re.compile(
    r"(?=[^，。；\n]*指标)(?=[^，。；\n]*(?:单位|属性))(?=[^，。；\n]*(?:19|20)\d\d ?年)[^，。；\n]+$"
)
_HEAD_AT_MOST = 80  # characters
_NEAR = Decimal("0.06")


@dataclass
class _Line:
    """A row at hand: its cells as printed and as matched (without blanks), its place."""

    printed: list[str]
    plain: list[str]
    start: int
    end: int


class TableReader:
    """Reads the tables of a document; `taken` are the places of those that were read as tables of indicators."""

    def __init__(self, text: str, plain: str, outline: Outline, year: int | None) -> None:
        self.text, self.plain, self.outline, self.year = text, plain, outline, year
        self.targets: list[Target] = []
        self.doubts: list[Doubt] = []
        self.taken: list[Cell] = []
        self._parent = ""

    def read(self, tables: Sequence[Rows]) -> None:
        """Read every table that has the head of one of indicators; the rest of a table goes on over a page's end."""
        last: tuple[Columns, int] | None = None
        for rows in tables:
            lines = [self._line(row) for row in rows]
            begin, end = span(rows)
            found = self._heads(lines)
            if found is None and last and self._continues(last, rows):
                found = 0, last[0]
            if found is None:
                continue
            used, head = found
            last = head, end
            self.taken.append((begin, end))
            if not self._is_past(begin):
                self._rows(head, lines[used:], self._deadline(begin))

    def _heads(self, lines: list[_Line]) -> tuple[int, Columns] | None:
        """The head among the first rows: at which row those of the table begin, and the columns."""
        for at in range(min(3, len(lines))):
            if (head := self._head(lines, at)) is not None:
                return at + head[1], head[0]
        return None

    def _continues(self, last: tuple[Columns, int], rows: Rows) -> bool:
        return not self.plain[last[1] : span(rows)[0]].strip() and len(rows[0]) == last[0].width

    def run_together(self, tables: Sequence[Rows]) -> None:
        """Doubt a line that is the head of such a table though nothing parts its columns."""
        inside = [span(rows) for rows in tables]
        for one in self.outline.paragraphs:
            if one.end - one.start > _HEAD_AT_MOST or not _HEAD_LINE.match(self.plain, one.start, one.end):
                continue
            if not any(start <= one.start < end for start, end in inside):
                message = "像是指标表的表头，但各列没有分隔，表格未读入"
                self.doubts.append(Doubt("table_unread", message, one.start, one.end))

    def _line(self, row: Sequence[Cell]) -> _Line:
        printed, matched = [], []
        for start, end in row:
            kept = [at for at in range(start, end) if not self.plain[at].isspace()]
            printed.append("".join(self.text[at] for at in kept))
            matched.append("".join(self.plain[at] for at in kept))
        return _Line(printed, matched, min(one[0] for one in row), max(one[1] for one in row))

    def _head(self, lines: list[_Line], at: int) -> tuple[Columns, int] | None:
        """The columns a row names, or that row and the next together; and how many rows they are."""
        labels = lines[at].plain
        found = columns(labels, self.year)
        below = lines[at + 1].plain if at + 1 < len(lines) else []
        if len(below) == len(labels) and self._goes_on(found, below):
            over, filled = "", []
            for label, under in zip(labels, below, strict=True):
                over = label or over
                filled.append(over + under if under else label)
            both = columns(filled, self.year)
            if both and both.of("goal"):
                return both, 2
        if found is None or not (found.of("goal") or found.of("change")):
            self._unread(found, lines[at])
            return None
        return (found, 1) if found.names or self._is_owed(lines[at]) else None

    def _goes_on(self, found: Columns | None, below: list[str]) -> bool:
        if found is None or not found.names or any(below[at] for at in found.names):
            return False
        return any(re.search(r"年|目标|累计|现状", one) for one in below)

    def _unread(self, found: Columns | None, line: _Line) -> None:
        if found and found.names and found.parts.keys() & {"unit", "attribute"} and not found.of("base"):
            message = "像是指标表，但没有认出目标值所在的列，未读入"
            self.doubts.append(Doubt("table_unread", message, line.start, line.end))

    def _is_owed(self, line: _Line) -> bool:
        """Whether a table of places says what is owed: in its head, or in the line above it."""
        return bool(_OWED.search("".join(line.plain) + self._above(line.start)))

    def _above(self, place: int) -> str:
        before = self.outline.paragraph_at(place - 1)
        return self.plain[before.start : before.end] if before and before.end <= place else ""

    def _is_past(self, place: int) -> bool:
        heading = self.outline.heading_at(place)
        return bool(heading and pattern("past_heading").search(heading.section))

    def _deadline(self, place: int) -> int | None:
        """The year of a goal whose column names none: that of the line above, else the end of the period."""
        above = self._above(place)
        return (year_of(above) if len(above) < 60 else None) or (self.outline.period or (0, None))[1]

    def _rows(self, head: Columns, lines: list[_Line], deadline: int | None) -> None:
        self._parent = ""
        held = ""
        for line in lines:
            fitted = _fitted(head, line)
            if fitted is None:
                if any(re.search(r"\d", cell) for cell in line.plain[1:]):
                    self._doubt(line, f"有{len(line.plain)}格，表头有{head.width}列，未读入")
                continue
            if not any(not is_nothing(fitted.plain[one.at]) for one in head.values):
                held = next((cell for at, cell in enumerate(fitted.plain) if at in head.names and cell), held)
                continue
            if not head.names:
                self._places(head, fitted, deadline)
                continue
            held = fitted.plain[head.names[0]] or held
            self._row(head, fitted, held, deadline)

    def _doubt(self, line: _Line, message: str) -> None:
        self.doubts.append(Doubt("table_unread", message, line.start, line.end))

    def _places(self, head: Columns, line: _Line, deadline: int | None) -> None:
        """One county's row: each column is an indicator."""
        place = line.printed[head.parts["place"]]
        for one in head.of("goal"):
            cell = line.plain[one.at]
            if is_nothing(cell):
                continue
            base = next((c for c in head.of("base") if c.name == one.name), None)
            row = _Row(self, line, one.name, one.unit, "", base)
            row.scope = None if line.plain[head.parts["place"]] in _SUMS else place
            row.level(one, one.year or deadline)

    def _row(self, head: Columns, line: _Line, held: str, deadline: int | None) -> None:
        name, unit = self._name(head, line, held)
        if not name:
            self._doubt(line, "没有认出指标名称，未读入")
            return
        stated = line.plain[head.parts["unit"]] if "unit" in head.parts else ""
        unit = unit or (stated if stated and not is_nothing(stated) else None)
        attribute = line.plain[head.parts["attribute"]] if "attribute" in head.parts else ""
        bases = [one for one in head.of("base") if not is_nothing(line.plain[one.at])]
        year = max((one.year for one in head.of("base") if one.year), default=None)
        row = _Row(self, line, name, unit, attribute, bases[-1] if bases else None, year)
        for one in head.of("goal"):
            if not is_nothing(line.plain[one.at]):
                row.level(one, one.year or deadline)
        goals = [one.year for one in head.of("goal") if one.year]
        for one in head.of("change"):
            if not is_nothing(line.plain[one.at]):
                row.change(one, head.of("goal"), max(goals, default=None) or one.year or deadline)

    def _name(self, head: Columns, line: _Line, held: str) -> tuple[str, str | None]:
        """The indicator of a row as matched, and the unit in its brackets; a part of one above takes its name."""
        cells = [line.plain[at] for at in head.names]
        said_here = [one for one in cells[1:] if one] or ([cells[0]] if cells[0] else [])
        name, unit = unit_at_end(_bare(said_here[-1])) if said_here else ("", None)
        over, over_unit = (
            unit_at_end(_bare(held)) if len(said_here) and cells[0] != said_here[-1] else (self._parent, None)
        )
        whole = pattern("indicator_end").search(name) or re.search(said()["fall_ends"], name)
        if not whole and name and over and ("其中" in said_here[-1] or len(cells) > 1):
            tail = pattern("tail").search(over)
            name = name + tail.group() if tail else over + name
        elif name and len(cells) == 1 and "其中" not in said_here[-1]:
            self._parent = name
        return name, unit or over_unit


class _Row:
    """The targets of one row."""

    def __init__(
        self, reader: TableReader, line: _Line, name: str, unit: str | None, attribute: str,
        base: Column | None, year: int | None = None,
    ) -> None:  # fmt: skip
        self.reader, self.line, self.unit = reader, line, unit
        fall, rise = re.search(said()["fall_ends"], name), re.search(said()["rise_ends"], name)
        ends = fall or rise
        self.way = "decrease" if fall else "increase" if rise else ""
        head = scoped(clean(name[: ends.start()] if ends and ends.start() else name))
        self.name, self.scope = (
            self._as_printed(head.name),
            self._as_printed(head.scope) if head.scope else None,
        )
        self.worked = bool(_WORKED.search(head.name))
        self.kind = next((kind for word, kind in said()["attributes"].items() if word in attribute), None)
        self.base_year = (base.year if base else None) or year
        self.base = amount(line.plain[base.at]) if base else None

    def _as_printed(self, name: str) -> str:
        whole = "".join(self.line.plain)
        at = whole.find(name)
        return "".join(self.line.printed)[at : at + len(name)] if at >= 0 else name

    def _read(self, column: Column) -> Amount | None:
        cell = self.line.plain[column.at]
        found = amount(cell)
        if found is None:
            self.reader._doubt(self.line, f"“{self.name}”的“{column.label}”一格是“{cell}”，没有读出数值")
        return found

    def level(self, column: Column, deadline: int | None) -> None:
        """The value of a goal's year."""
        found = self._read(column)
        if found is None or (self.reader.year and deadline and deadline < self.reader.year):
            return
        if found.value is None:
            self._target(found, "assigned", None, deadline)
            return
        if found.cumulative and not self.way and self.base and self.base.value is not None:
            self._change(found, column, None, deadline)
            return
        direction = self._direction(found)
        more: dict[str, Any] = {}
        changes = direction in ("decrease", "increase")
        if not changes and self.base and self.base.value is not None and not self.base.cumulative:
            more = {"base_value": self.base.value, "base_unit": self.base.unit or self._unit(found, column)}
        self._target(
            found, direction, self._unit(found, column), deadline,
            change_from=self.base_year if changes else None, **more,
        )  # fmt: skip

    def _unit(self, found: Amount, column: Column) -> str | None:
        return found.unit or column.unit or self.unit

    def _direction(self, found: Amount) -> str:
        kind = verb_kinds().get(found.verb, "")
        if kind in ("decrease", "increase", "decrease_to", "increase_to"):
            return kind
        if self.way:
            return self.way
        if found.negative and found.cumulative:
            return "decrease"
        if found.bound in (*words("floors"), *words("above")):
            return "at_least"
        if found.bound in (*words("caps"), *words("under")) or kind == "cap":
            return "at_most"
        counted = any(one.counted for one in measures(f"1{self.unit or ''}", 0, 1 + len(self.unit or "")))
        return "complete" if self.worked or counted else "reach"

    def change(self, column: Column, goals: Sequence[Column], deadline: int | None) -> None:
        """How much it is to change: a year, or in all over the period."""
        found = self._read(column)
        if found is None or found.value is None:
            return
        levels = [amount(self.line.plain[one.at]) for one in goals]
        goal = next((one.value for one in reversed(levels) if one and one.value is not None), None)
        self._change(found, column, goal, deadline)

    def _change(self, found: Amount, column: Column, goal: Decimal | None, deadline: int | None) -> None:
        value = found.value or Decimal(0)
        yearly = found.yearly or (
            not found.cumulative and bool(re.search(either(said()["yearly"]), column.label))
        )
        falls = bool(re.search(either(said()["falls"]), column.label)) or found.negative
        unit = found.unit or column.unit or ("%" if yearly else self._unit_of_change(value, goal))
        if unit is None and self.unit is not None:
            self.reader._doubt(
                self.line, f"“{self.name}”的“{column.label}”一格是“{self.line.plain[column.at]}”，单位不明"
            )
            return
        way = self.way or ("decrease" if falls else "increase")
        if self.worked and not self.way and not yearly:
            way = "complete"
        self._target(
            replace(found, cumulative=not yearly), way, unit, deadline,
            period="年均" if yearly else None, change_from=None if way == "complete" else self.base_year,
        )  # fmt: skip

    def _unit_of_change(self, value: Decimal, goal: Decimal | None) -> str | None:
        """The unit of a change over the period: told from the levels where the row states both, else the row's own."""
        base = self.base.value if self.base and not self.way else None
        if base is not None and goal is None:
            return "个百分点" if self.unit == "%" else self.unit
        if base is None or goal is None:
            return self.unit
        apart = abs(goal - base)
        if abs(apart - value) <= _NEAR:
            return "个百分点" if self.unit == "%" else self.unit
        return "%" if base and abs(apart / base * 100 - value) <= 10 * _NEAR else None

    def _target(
        self, found: Amount, direction: str, unit: str | None, deadline: int | None, **more: Any
    ) -> None:
        start, end = self.line.start, self.line.end
        comparator = found.bound or ("累计" if found.cumulative else None) or found.verb or None
        unit = unit if found.value is not None else None
        fields = {"period": "年均" if found.yearly else None, "kind": self.kind, "table": True, **more}
        made = Target(
            self.name, self.reader.text[start:end], start, end, direction, self.scope, found.value, found.most,
            unit, comparator, deadline=deadline, **fields,
        )  # fmt: skip
        self.reader.targets.append(made)


def _bare(name: str) -> str:
    """A name without the number before it and the footnote after it."""
    name = re.sub(r"^(?:\d{1,2}[.、]|（[\d一二三四五六七八九十]+）|[①-⑳]|[—\-·•]+)", "", name)
    return re.sub(r"(?<=[\u4e00-\u9fff）])[\d*①-⑳]{1,2}$", "", name.removeprefix("其中").lstrip("：:"))


def _fitted(head: Columns, line: _Line) -> _Line | None:
    """The row with as many cells as the head: a merged first cell may be missing, a category's may stand before."""
    missing = head.width - len(line.plain)
    if missing == 0:
        return line
    named = missing == -1 and re.search("[\u4e00-\u9fff]", line.plain[1]) and not is_unit(line.plain[1])
    if named and len(head.names) == 1 and head.names[0] == 0:
        return replace(line, printed=line.printed[1:], plain=line.plain[1:])
    if missing == 1 and 0 not in head.names and 0 not in (head.parts.get("number"), head.parts.get("place")):
        return replace(line, printed=["", *line.printed], plain=["", *line.plain])
    return None
