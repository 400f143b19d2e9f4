"""What the commands write: the balance in standard coal, its findings, the findings list of a check."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from duheng.ingest.balance.conversion import Converted
from duheng.ingest.balance.discrepancy import COLUMNS, Checked
from duheng.ingest.balance.layout import TOTALS, plain
from duheng.ingest.export import write_table
from duheng.model.errors import UnknownName
from duheng.model.findings import Finding

UNIT = "1e4 tce"
FINDING_COLUMNS = ("code", "severity", "place", "found", "expected", "remedy")
_METHOD_TITLES = {"calorific": "电热当量计算法", "equivalent": "发电煤耗计算法"}
Cells = Sequence[object]
_WRITTEN = (".csv", ".xlsx", ".json", ".parquet", ".txt", "")


def header_of(converted: Converted) -> list[str]:
    """Keys as they stand, totals before the first fuel column, fuels by their names, then unit, method, factors."""
    return [name for name, _ in _plan(converted)]


def _plan(converted: Converted) -> list[tuple[str, int | str]]:
    """(name, place in the input | column of the frame | constant) of each output column."""
    balance = converted.of
    placed = {one.place: one.column.id for one in balance.placed}
    first = min(placed)
    plan: list[tuple[str, int | str]] = []
    for place, name in enumerate(balance.header):
        if place == first:
            plan += [(total, total) for total in TOTALS]
        id = placed.get(place)
        if id is None:
            plan.append((name, "=unit" if plain(name) in ("unit", "单位") else place))
        elif id not in TOTALS:
            plan.append((id, id))
    if not any(kind == "=unit" for _, kind in plan):
        plan.append(("unit", "=unit"))
    return [*plan, ("method", "=method"), ("factors", "=factors")]


def rows_of(converted: Converted) -> Iterator[list[object]]:
    """Every row of the input, converted; an unknown cell is empty."""
    plan = _plan(converted)
    constants = {"=unit": UNIT, "=method": converted.method, "=factors": converted.sources}
    for line, cells in zip(converted.of.lines, converted.frame.iter_rows(named=True), strict=True):
        yield [
            line[kind] if isinstance(kind, int) else constants.get(kind) or _rounded(cells.get(kind))
            for _, kind in plan
        ]


def _rounded(cell: object) -> object:
    if not isinstance(cell, float) or cell != cell:
        return None
    return round(cell, 4) + 0.0  # no minus before a zero


def write_converted(converted: Converted, out: Path) -> None:
    """Write the balance: a plain .csv, or .xlsx with title, unit, method and source above the table."""
    about = {
        "单位": "万吨标准煤", "方法（电力、热力列）": _METHOD_TITLES[converted.method],
        "系数": converted.sources, "来源": converted.of.name,
    }  # fmt: skip
    write(out, rows_of(converted), header_of(converted), "能源平衡表（标准煤）", about)


def write_findings(findings: Iterable[Finding], out: Path) -> None:
    """Write findings, one a row; the header stands there even where nothing was found."""
    rows = ([one.code, one.severity, one.place, one.found, one.expected, one.remedy] for one in findings)
    write(out, rows, FINDING_COLUMNS, "核对结果", {})


def write_checked(checked: Checked, findings: Iterable[Finding], out: Path) -> None:
    """Write the findings list of a check, what could not be placed or read included.

    A column `year` stands at its end where the file has several years.
    """
    years = any(one.year for one in checked.discrepancies)
    rows: list[Cells] = [one.cells() + ((one.year,) if years else ()) for one in checked.discrepancies]
    rows += [
        ("", one.code, "", None, None, None, one.text, one.place, "computed", None, *([""] if years else []))
        for one in findings
    ]
    write(out, rows, [*COLUMNS, *(["year"] if years else [])], "能源平衡表核对结果", {})


def write(out: Path, rows: Iterable[Cells], header: Sequence[str], title: str, about: dict[str, str]) -> None:
    """Write a table by the file's extension; a csv has no lines above its header, so that programs read it.

    Raises UnknownName for the extension of another kind of file: text under it would open nowhere.
    """
    if out.suffix.lower() not in _WRITTEN:
        raise UnknownName(out.suffix, _WRITTEN[:2], "文件类型")
    if out.suffix.lower() in (".xlsx", ".json", ".parquet"):
        write_table(
            rows, header, out, title=title, scenario="actual", format=out.suffix[1:].lower(), about=about
        )
        return
    with out.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(["" if cell is None else _text(cell) for cell in row] for row in rows)


def _text(cell: object) -> str:
    return repr(cell).removesuffix(".0") if isinstance(cell, float) else str(cell)


def findings_beside(out: Path) -> Path:
    """OUT.findings.csv beside OUT.csv or OUT.xlsx."""
    return out.with_name(f"{out.stem}.findings.csv")
