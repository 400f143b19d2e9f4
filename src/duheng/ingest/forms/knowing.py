"""What a line of a form knows beside its own figures: sums of parts, thresholds and standard coal factors in force."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from duheng.ingest.forms.filled import FormSheet, Line
from duheng.ingest.forms.formula import Figure, Known, rounding
from duheng.model.errors import UnitError
from duheng.model.glossary import axis
from duheng.model.parameters import Setting
from duheng.model.units import ratio

COAL, COAL_FACTOR = "coal", "standard_coal_factor"
_EXACT = frozenset({"exact", "start", "end", "span", "whole"})


def known_in(sheet: FormSheet, line: Line) -> Known:
    """What a name in a formula is in this line: a figure, the sum of its stated parts, a constant; else None."""
    derived: Mapping[str, Any] = sheet.form.settings.get("derived", {})
    defaults: Mapping[str, Any] = sheet.form.settings.get("defaults", {})
    constants: Mapping[str, Any] = sheet.form.settings.get("constants", {})

    def known(name: str) -> Figure | None:
        if name in line.cells:
            value = line.cells[name].value
            kind = sheet.form.kinds[name].kind if name in sheet.form.kinds else "exact"
            return Figure(value, Decimal(0) if kind in _EXACT else rounding([value]))
        if name in derived:
            parts = [found for part in derived[name] if (found := known(part)) is not None]
            return sum(parts, Figure(Decimal(0))) if parts else None
        if name == COAL:
            return known("factor") or _coal(sheet, line)
        if name in defaults:
            return Figure(Decimal(str(defaults[name])))
        return _constant(sheet, constants[name]) if name in constants else None

    return known


def states(sheet: FormSheet, line: Line, name: str) -> bool:
    """Whether the line states the figure or a part of it."""
    parts = sheet.form.settings.get("derived", {}).get(name, ())
    return name in line.cells or any(part in line.cells for part in parts)


def whole_parts(sheet: FormSheet, column: str, total: Line | None) -> list[Line]:
    """The lines that make a total of a column: those that state it, without those that are part of another."""
    present = {line.row.code for line in sheet.lines if line.row.code and states(sheet, line, column)}
    return [
        line
        for line in sheet.lines
        if line is not total
        and not line.total
        and line.row.part_of not in present
        and states(sheet, line, column)
    ]


def _day(sheet: FormSheet) -> date:
    return date(sheet.year, 12, 31) if sheet.year else date.max


def constants_in(sheet: FormSheet, used: Iterable[str]) -> list[Setting]:
    """The settings in force of the thresholds among some names of a formula."""
    constants: Mapping[str, Any] = sheet.form.settings.get("constants", {})
    found = (_setting(sheet, constants[name]) for name in used if name in constants)
    return [one for one in found if one is not None]


def _setting(sheet: FormSheet, of: Mapping[str, str]) -> Setting | None:
    return sheet.local.at(of["parameter"], _day(sheet), of["item"])


def _constant(sheet: FormSheet, of: Mapping[str, str]) -> Figure | None:
    setting = _setting(sheet, of)
    return None if setting is None else Figure(Decimal(str(setting.value)))


def _coal(sheet: FormSheet, line: Line) -> Figure | None:
    """Standard coal [tce] for the unit in which the line's figures are printed; None where it has no single value."""
    if line.scale is None or not line.row.item:
        return None
    setting = sheet.local.at(COAL_FACTOR, _day(sheet), line.row.item)
    item = axis("fuel").items.get(line.row.item)
    if setting is None or item is None:
        return None
    try:
        scale = line.scale * ratio(line.base, item.unit)
    except UnitError:
        return None
    return Figure(Decimal(str(setting.value)) * scale.numerator / scale.denominator)
