"""Units of a table of air stations, in the header's brackets or in a row below it, and what they make of it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

import polars as pl

from duheng.ingest.air_cells import Sheet
from duheng.ingest.cells import plain, split_unit
from duheng.model.errors import UnitError
from duheng.model.findings import Finding
from duheng.model.units import parse_unit, ratio

UNIT_ROW = "单位行，不是数据"


def headed(sheet: Sheet, known: Collection[str]) -> tuple[Sheet, dict[str, str]]:
    """The sheet with the columns of the layout under their names, whatever case they are in, and the units by name.

    A unit stands in brackets behind the name: `PM10_1h (mg/m3)`.
    """
    names: dict[str, str] = {}
    units: dict[str, str] = {}
    for head in sheet.frame.columns:
        title, unit = split_unit(plain(head))
        name = title.lower()
        if head == name or name not in known or name in (*sheet.frame.columns, *names.values()):
            continue
        names[head] = name
        if unit:
            units[name] = unit
    return replace(sheet, frame=sheet.frame.rename(names)), units


def unit_row(sheet: Sheet, columns: Mapping[str, str]) -> Mapping[str, str]:
    """The units that the first row states, by column; {} where that row is none of units.

    columns: the columns that are read, and the unit in which each is read. A row of units has no number in any of
    these columns and, in one of them at least, what reads as a unit.
    """
    if not sheet.frame.height:
        return {}
    said = {name: (sheet.frame[name][0] or "").strip() for name in columns}
    said = {name: text for name, text in said.items() if text}
    numbers = pl.Series(list(said.values()), dtype=pl.String).cast(pl.Float64, strict=False)
    if numbers.count() or not any(_known(text) for text in said.values()):
        return {}
    return said


def _known(text: str) -> bool:
    try:
        return bool(parse_unit(text).dimension)
    except UnitError:
        return False


def converted(
    cells: pl.DataFrame,
    sheet: Sheet,
    stated: Mapping[str, str],
    columns: Mapping[str, str],
    below: Collection[str],
) -> tuple[pl.DataFrame, Sequence[str], list[Finding]]:
    """The cells in the units in which they are read, the columns whose unit cannot be, and what was found.

    below: the columns whose unit stands in the row below the header.
    A stated unit of the same dimension is converted and said; of another one (ppm) nothing is guessed.
    """
    findings: list[Finding] = []
    refused: list[str] = []
    for name, text in stated.items():
        place = f"{sheet.name} 第{sheet.line(0) if name in below else 1}行 {name}"
        try:
            factor = float(ratio(text, columns[name]))
        except UnitError:
            refused.append(name)
            remedy = "请换算后再填，或改正单位；本列各行不出指数"
            findings.append(Finding("air.unit", "error", place, f"单位 {text}", columns[name], remedy))
            continue
        if factor != 1:
            cells = cells.with_columns(pl.col(name) * factor)
            findings.append(
                Finding(
                    "air.unit-converted",
                    "notice",
                    place,
                    f"单位 {text}，已换算为 {columns[name]} 计算",
                    "",
                    "如单位写错请改正",
                )
            )
    return cells.with_columns(pl.lit(None, pl.Float64).alias(name) for name in refused), refused, findings
