"""Tables of a .pdf page, found by their ruling lines alone: where no lines are drawn no table is guessed."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass

import pypdfium2
from pypdfium2 import raw

_THIN = 3.0  # points: a line is drawn as a stroke or as a thin rectangle
_LONG = 8.0  # points: what is shorter is a mark, not a ruling line
_NEAR = 3.0  # points: two lines so near each other are one
_MOST = 4000  # ruling lines of a page; more is a drawing


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle of the page [points, from the lower left]."""

    left: float
    bottom: float
    right: float
    top: float


@dataclass(frozen=True, slots=True)
class Grid:
    """A table: its outline, and its cells row by row; null where a cell above or to the left goes on."""

    box: Box
    cells: list[list[Box | None]]


def grids(page: pypdfium2.PdfPage) -> list[Grid]:
    """The ruled tables of a page, two rows and two columns at least."""
    across, upright = _ruling(page)
    if len(across) + len(upright) > _MOST:
        return []
    found = [_grid(*group) for group in _groups(across, upright)]
    return [one for one in found if one is not None]


def _ruling(page: pypdfium2.PdfPage) -> tuple[list[Box], list[Box]]:
    """Horizontal and vertical ruling lines; a rectangle gives its four edges."""
    across: list[Box] = []
    upright: list[Box] = []
    for one in page.get_objects(filter=(raw.FPDF_PAGEOBJ_PATH,), max_depth=3):
        try:
            box = Box(*one.get_bounds())
        except pypdfium2.PdfiumError:
            continue
        wide, high = box.right - box.left, box.top - box.bottom
        if high <= _THIN and wide >= _LONG:
            across.append(box)
        elif wide <= _THIN and high >= _LONG:
            upright.append(box)
        elif wide >= _LONG and high >= _LONG:
            across += [Box(box.left, y, box.right, y) for y in (box.bottom, box.top)]
            upright += [Box(x, box.bottom, x, box.top) for x in (box.left, box.right)]
        if len(across) + len(upright) > _MOST:
            break
    return across, upright


def _groups(across: list[Box], upright: list[Box]) -> list[tuple[list[Box], list[Box]]]:
    """Lines that touch each other, directly or through others."""
    lines = across + upright
    parent = list(range(len(lines)))

    def root(at: int) -> int:
        while parent[at] != at:
            parent[at] = parent[parent[at]]
            at = parent[at]
        return at

    order = sorted(range(len(lines)), key=lambda at: lines[at].left)
    open_: list[int] = []
    for at in order:
        box = lines[at]
        open_ = [other for other in open_ if lines[other].right >= box.left - _NEAR]
        for other in open_:
            if lines[other].bottom <= box.top + _NEAR and lines[other].top >= box.bottom - _NEAR:
                parent[root(at)] = root(other)
        open_.append(at)
    groups: dict[int, tuple[list[Box], list[Box]]] = {}
    for at, box in enumerate(lines):
        groups.setdefault(root(at), ([], []))[0 if at < len(across) else 1].append(box)
    return [group for group in groups.values() if len(group[0]) >= 3 and len(group[1]) >= 3]


def _grid(across: list[Box], upright: list[Box]) -> Grid | None:
    xs = _places([(box.left + box.right) / 2 for box in upright])
    ys = _places([(box.bottom + box.top) / 2 for box in across])
    if len(xs) < 3 or len(ys) < 3:
        return None
    walls = {
        (_at(xs, (box.left + box.right) / 2), row)
        for box in upright
        for row in _spanned(ys, box.bottom, box.top)
    }
    floors = {
        (_at(ys, (box.bottom + box.top) / 2), col)
        for box in across
        for col in _spanned(xs, box.left, box.right)
    }
    rows, columns = len(ys) - 1, len(xs) - 1
    cells: list[list[Box | None]] = [[None] * columns for _ in range(rows)]
    taken: set[tuple[int, int]] = set()
    # Rows count from the bottom of the page upwards; they are handed on from the top.
    for row in reversed(range(rows)):
        for column in range(columns):
            if (row, column) in taken:
                continue
            right, low = column, row
            while right + 1 < columns and (right + 1, row) not in walls and (row, right + 1) not in taken:
                right += 1
            while low > 0 and all((low, each) not in floors for each in range(column, right + 1)):
                low -= 1
            taken |= {(each, other) for each in range(low, row + 1) for other in range(column, right + 1)}
            cells[rows - 1 - row][column] = Box(xs[column], ys[low], xs[right + 1], ys[row + 1])
    return Grid(Box(xs[0], ys[0], xs[-1], ys[-1]), cells)


def _places(values: list[float]) -> list[float]:
    """The values in order, those near each other taken as one."""
    places: list[float] = []
    for value in sorted(values):
        if not places or value - places[-1] > _NEAR:
            places.append(value)
    return places


def _at(places: list[float], value: float) -> int:
    """Index of the place a value stands for."""
    after = bisect_left(places, value)
    near = [at for at in (after - 1, after) if 0 <= at < len(places)]
    return min(near, key=lambda at: abs(places[at] - value))


def _spanned(places: list[float], low: float, high: float) -> range:
    """The gaps between places that a line covers."""
    first, last = bisect_left(places, low - _NEAR), bisect_left(places, high + _NEAR) - 1
    return range(first, last)
