"""Following a chain row by row, and telling what happened where it breaks."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from duheng.ledger import chain
from duheng.ledger.snapshot import rows
from duheng.model.errors import DuhengError
from duheng.model.findings import Finding

REMEDY = "请查明何人何时改动了数据库，并从备份恢复（duheng restore）"
# A row removed or inserted with all later ones renumbered shifts them; farther than this nobody looks.
FARTHEST_SHIFT = 16
# Rows that fit no number nearby are compared with each other for an exchange of places: all pairs, so only so many.
MOST_COMPARED = 200

Row = list[Any]


@dataclass(frozen=True, slots=True)
class Chain:
    """A chained table.

    name: of its head; keys: columns of the hash; query: hash first, then those columns, by number, the source as its
    row's number; title: what a row is called; naming: the columns that name it to a person.
    """

    name: str
    keys: tuple[str, ...]
    query: str
    title: str
    naming: tuple[str, ...]

    def place(self, seq: int, link: str, row: Row) -> str:
        """A row as a person finds it again: number, cell, beginning of its id."""
        columns = dict(zip(self.keys, row, strict=True))
        named = " ".join(str(columns[key]) for key in self.naming if columns[key])
        return f"账本{self.title}第 {seq} 条（{named}，{link[:12]}）"

    def span(self, first: int, last: int) -> str:
        """Rows that are not there, by number."""
        return (
            f"账本{self.title}第 {first} 条" if first == last else f"账本{self.title}第 {first} 至 {last} 条"
        )

    def fits(self, row: Row, link: str, seq: int | None = None) -> bool:
        """Whether the row has this hash under its own number, or under another one."""
        if seq is not None:
            row = [seq if key == "seq" else column for key, column in zip(self.keys, row, strict=True)]
        try:
            return chain.link(self.keys, row) == link
        except DuhengError:  # an algorithm that does not exist
            return False


@dataclass(slots=True)
class Walk:
    """A way along a chain: what to look for, and what is remembered from row to row.

    sources: hash of each source by number; wanted: numbers whose hashes are to be kept in `seen`;
    left: hashes that must be met, those not yet met. seq, link, row: the last row.
    """

    which: Chain
    sources: dict[int, str]
    wanted: set[int] = field(default_factory=set)
    left: set[str] = field(default_factory=set)
    seen: dict[int, str] = field(default_factory=dict)
    seq: int = 0
    link: str = ""
    row: Row = field(default_factory=list)
    # The last row fits its own hash: then a successor that does not follow from it is a finding of its own.
    sound: bool = True
    # How far the last row was moved, whether the run of rows so moved is told, and what stood before it.
    shift: int = 0
    told: bool = False
    before: str = ""
    broken: list[tuple[int, str, Row]] = field(default_factory=list)


def walk(state: Walk) -> Iterator[Finding]:
    """Findings on every row of the chain, in order; last those that need the whole chain to be told apart."""
    keys, query = state.which.keys, state.which.query
    at_seq, at_previous = keys.index("seq"), keys.index("previous")
    at_source = keys.index("source") if "source" in keys else -1
    for link, *row in rows(query):
        seq = row[at_seq]
        if at_source >= 0:
            number = row[at_source]
            row[at_source] = state.sources.get(number, "")
            if number not in state.sources:
                place = state.which.place(seq, link, row)
                yield Finding("source-missing", "error", place, f"其来源第 {number} 号不存在", "", REMEDY)
        sound = state.which.fits(row, link)
        if seq != state.seq + 1:
            gap = state.which.span(state.seq + 1, seq - 1)
            yield Finding("missing", "error", gap, "缺失，已被删除", "编号连续", REMEDY)
        elif sound and state.sound and row[at_previous] != state.link:
            yield _replaced(state, seq)
        if sound:
            state.shift = 0
        else:
            yield from _unfit(state, seq, link, row)
        state.seq, state.link, state.row, state.sound = seq, link, row, sound
        if seq in state.wanted:
            state.seen[seq] = link
        state.left.discard(link)
    yield from _exchanged(state)


def _replaced(state: Walk, seq: int) -> Finding:
    """Both rows fit their hashes, but the later does not follow: the earlier is not the one it was."""
    place = state.which.place(state.seq, state.link, state.row) if state.row else state.which.span(seq, seq)
    found = f"不是第 {seq} 条所承接的那一条，已连同校验值一起被替换"
    return Finding("replaced", "error", place, found, "", REMEDY)


def _unfit(state: Walk, seq: int, link: str, row: Row) -> Iterator[Finding]:
    """A row that does not fit its hash: moved from a number nearby, or kept for `_exchanged`."""
    shift = _shift(state, seq, link, row)
    follows = row[state.which.keys.index("previous")] == state.link
    place = state.which.place(seq, link, row)
    if shift and shift == state.shift and follows:
        if not state.told:
            state.told = True
            yield _cause(state, seq, shift)
        return
    state.shift, state.told = shift, False
    state.before = state.which.place(state.seq, state.link, state.row) if state.row else ""
    if shift:
        yield Finding("reordered", "error", place, "编号或次序被改动", f"第 {seq + shift} 条", REMEDY)
    elif len(state.broken) < MOST_COMPARED:
        state.broken.append((seq, link, row))
    else:
        yield Finding("tampered", "error", place, "内容与其校验值不符，已被改动", "", REMEDY)


def _shift(state: Walk, seq: int, link: str, row: Row) -> int:
    """By how much the row's number was changed; 0 where no number nearby fits."""
    if state.shift and state.which.fits(row, link, seq + state.shift):
        return state.shift
    if len(state.broken) >= MOST_COMPARED:  # a chain changed all over: no use in trying further
        return 0
    near = (offset for step in range(1, FARTHEST_SHIFT + 1) for offset in (step, -step))
    return next((offset for offset in near if state.which.fits(row, link, seq + offset)), 0)


def _cause(state: Walk, seq: int, shift: int) -> Finding:
    """A second row moved as far as the first: rows before them were removed or inserted, the rest renumbered."""
    start = seq - 1
    if shift > 0:
        place = f"{state.which.span(start, start + shift - 1)}（原编号）"
        return Finding("missing", "error", place, f"缺失，已被删除，其后各条的编号被前移 {shift}", "", REMEDY)
    place = state.before or state.which.span(1, 1)
    return Finding("inserted", "error", place, f"系事后插入，其后各条的编号被后移 {-shift}", "", REMEDY)


def _exchanged(state: Walk) -> Iterator[Finding]:
    """Each row left over: put elsewhere, where it fits under the number of another one; else changed."""
    numbers = [seq for seq, _, _ in state.broken]
    for seq, link, row in state.broken:
        place = state.which.place(seq, link, row)
        home = next((other for other in numbers if other != seq and state.which.fits(row, link, other)), None)
        if home is None:
            yield Finding("tampered", "error", place, "内容与其校验值不符，已被改动", "", REMEDY)
        else:
            yield Finding("reordered", "error", place, "编号或次序被改动", f"第 {home} 条", REMEDY)
