"""The overall balance (综合能源平衡表): one line a year, its items in columns, already in standard coal.

It is checked by the same kind of identities as the large table; their columns are data (cn/balance/balance.yaml).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from duheng.ingest.balance.checking import tolerance_of
from duheng.ingest.balance.discrepancy import Checked, Discrepancy
from duheng.ingest.balance.layout import layout, plain
from duheng.ingest.balance.reading import Table, cells_of, decimals, number_of
from duheng.model.findings import Finding

TOTALS = ("available", "consumption")


@dataclass(frozen=True)
class Overall:
    """An overall balance as read. lines: (region, year, item -> number or None where blank)."""

    name: str
    digits: int
    lines: tuple[tuple[str, str, dict[str, float | None]], ...]
    findings: tuple[Finding, ...]


def read_overall(path: Path) -> Overall | None:
    """Read an overall balance; None where the file is no such table (its header has neither total)."""
    rows = cells_of(path)
    names = {plain(alias): id for id, aliases in _settings()["columns"].items() for alias in aliases}
    for top, header in enumerate(rows):
        placed = {place: names[plain(head)] for place, head in enumerate(header) if plain(head) in names}
        if set(TOTALS) <= set(placed.values()):
            return _read(path.name, header, rows[top + 1 :], top + 2, placed)
    return None


def _settings() -> Any:
    return layout().settings["overall"]


def _read(name: str, header: list[str], body: list[list[str]], first: int, placed: dict[int, str]) -> Overall:
    settings = layout().settings
    keys = {plain(key) for key in (*settings["region"], *settings["year"])}
    at = [place for place, head in enumerate(header) if plain(head) in keys]
    of = {plain(key) for key in settings["region"]}
    findings = list(_unknown_columns(name, header, body, set(at) | set(placed)))
    lines: list[tuple[str, str, dict[str, float | None]]] = []
    digits = 0
    for line, cells in enumerate(body, first):
        if not any(cells):
            continue
        values: dict[str, float | None] = {}
        for place, id in placed.items():
            text = cells[place] if place < len(cells) else ""
            values[id] = number_of(text)
            digits = max(digits, decimals(text))
            if values[id] is None and text not in settings["blank"]:
                findings.append(Finding(
                    "cell-unreadable", "error", f"{name} 第{line}行 {header[place]}", f"“{text}”不是数", "数字或空格",
                    "请改正这一格；含有它的恒等式未核对",
                ))  # fmt: skip
        region = " ".join(cells[place] for place in at if plain(header[place]) in of)
        year = " ".join(cells[place] for place in at if plain(header[place]) not in of)
        # Without a region the year (or the line) is the table's name, as in a balance of one table.
        lines.append((region, year, values) if region else (year or f"第{line}行", "", values))
    return Overall(name, digits, tuple(lines), tuple(findings))


def _unknown_columns(
    name: str, header: list[str], body: list[list[str]], known: set[int]
) -> Iterator[Finding]:
    passing = {plain(one) for one in layout().settings["passing"]}
    for place, head in enumerate(header):
        numeric = any(place < len(cells) and number_of(cells[place]) is not None for cells in body)
        if place not in known and plain(head) not in passing and numeric:
            yield Finding(
                "column-unknown", "error", f"{name} 第{place + 1}列“{head}”", "不认识的列，内有数字",
                "综合能源平衡表的各项（见 cn/balance/balance.yaml）", "请改用规定的项目名；本列没有核对",
            )  # fmt: skip


def _named(id: str) -> str:
    """A column by its Chinese name and by its id."""
    return f"{_settings()['columns'][id][1]}（{id}）"


def check_overall(overall: Overall) -> Checked:
    """The identities of every line; one is left unchecked where a cell it requires is blank."""
    table = Table(overall.name, "", "", overall.digits)
    found: list[Discrepancy] = []
    unchecked: list[Finding] = []
    for region, year, values in overall.lines:
        for id, identity in _settings()["identities"].items():
            blank = [one for one in identity["required"] if values.get(one) is None]
            if blank:
                unchecked.append(Finding(
                    "identity-unchecked", "notice", f"{overall.name} {region} {year}".strip(),
                    f"“{identity['title']}”未能核对：{'、'.join(map(_named, blank))}空着或没有这一列", "", "请补充",
                ))  # fmt: skip
                continue
            printed = values[identity["printed"]] or 0.0
            made = sum(values.get(one) or 0.0 for one in identity["plus"])
            made -= sum(values.get(one) or 0.0 for one in identity["minus"])
            terms = sum(values.get(one) is not None for one in (*identity["plus"], *identity["minus"]))
            tolerance = tolerance_of(table, terms)
            if abs(printed - made) > tolerance:
                comment = identity["title"] + "，不成立"
                column = identity["printed"]
                found.append(
                    Discrepancy(
                        region,
                        id,
                        column,
                        printed,
                        made,
                        comment,
                        tolerance,
                        "error",
                        overall.name,
                        year=year,
                    )
                )
    return Checked(tuple(found), tuple(unchecked), ())
