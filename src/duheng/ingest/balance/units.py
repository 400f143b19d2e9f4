"""In which unit a column of a balance is stated: in its header's brackets, in a row below it, or above the table."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from duheng.ingest.balance.layout import Column, layout
from duheng.ingest.cells import plain
from duheng.model.errors import UnitError
from duheng.model.units import Unit, parse_unit, ratio

# `填报单位：统计局` is an office: a unit has no word before it.
_ABOVE = re.compile(r"(?<![一-鿿])(?:计量)?单位\s*[:：]\s*(.*)$")
_IN_HEADER = re.compile(r"^(.*?)\s*[（(\[]([^（）()]*)[)）\]]\s*$")
_BETWEEN = re.compile(r"[、，,；;\s]+")


def split_unit(header: str) -> tuple[str, str]:
    """A header and the unit in its brackets; brackets that belong to the name stay (其他焦化产品)."""
    found = _IN_HEADER.match(header)
    if not found or layout().column(header) is not None:
        return header, ""
    return found.group(1), found.group(2)


def parsed(unit: str) -> Unit | None:
    """The unit that a text of these tables means; None where it means none."""
    try:
        return parse_unit(str(layout().settings["units"].get(unit, unit)))
    except UnitError:
        return None


def is_standard_coal(unit: str) -> bool:
    """Whether a unit is one of standard coal."""
    found = parsed(unit)
    return found is not None and found.same_dimension(parse_unit("tce"))


def scale(unit: str, to: str) -> float | None:
    """From a unit to another one; None where it cannot be converted."""
    found = parsed(unit)
    try:
        return None if found is None else float(ratio(found, parse_unit(to)))
    except UnitError:
        return None


def stated_above(rows: Iterable[Sequence[str]]) -> tuple[str, ...]:
    """The units named in the lines above the header: `单位：万吨`, `计量单位：万吨、亿立方米、亿千瓦时`."""
    return tuple(dict.fromkeys(unit for row in rows for unit in _of_row(row) if parsed(unit) is not None))


def _of_row(row: Sequence[str]) -> Iterator[str]:
    for place, cell in enumerate(row):
        found = _ABOVE.search(plain(cell))
        if found:
            beside = next((one for one in row[place + 1 :] if one), "")
            yield from _BETWEEN.split(re.sub(r"[()（）\[\]]", "", found[1] or plain(beside)))


def of_column(above: Sequence[str], column: Column) -> str:
    """Which of the units above the table is a column's: the one of its dimension, the only one for all; else ""."""
    own = parse_unit(column.unit)
    fitting = [unit for unit in above if (found := parsed(unit)) is not None and found.same_dimension(own)]
    if len(fitting) == 1:
        return fitting[0]
    return above[0] if len(above) == 1 else ""
