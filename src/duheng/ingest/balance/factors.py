"""Standard coal factors for a balance: those of a file, or of GB/T 2589-2020 where no file is given.

For a fuel of which the standard prints a range or nothing, the yearbook's default is a second source, which the
output names with its fuels.

A file has a column `fuel` (or fuel_zh) and the value: `factor_1e4tce_per_physical_unit` in 10^4 tce for the unit of
the balance's column, or `factor` (`factor_low` and `factor_high`) with its unit beside it. `row_code` (optional)
binds a factor to one row, to a head row with all its parts (F), or to all (*).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from duheng.ingest.balance.layout import Column, Layout, layout, plain
from duheng.ingest.balance.reading import cells_of, number_of
from duheng.ingest.balance.units import is_standard_coal
from duheng.model import parameter
from duheng.model.errors import UnitError, UnreadableSource
from duheng.model.findings import Finding
from duheng.model.units import parse_unit, ratio

ANY = "*"
DIRECT = "factor_1e4tce_per_physical_unit"
_NAMES = (
    "fuel", "fuel_zh", "品种", "row_code", DIRECT, "factor", "factor_low", "factor_high", "factor_unit", "系数",
    "系数单位", "confidence",
)  # fmt: skip
# The factor of electricity or heat valued at the fuel spent for it (等价值), as a file may name it.
_EQUAL = re.compile(r"等价|equal[_ ]?value")
_CALORIFIC = re.compile(r"[（(]?(当量值?|calorific|equivalent)[)）]?|_(equivalent|calorific)$")


@dataclass(frozen=True)
class Factors:
    """A set of factors, 10^4 tce for the column's own unit.

    values: (column, row code or *) -> factor; equal: factors of electricity and heat at equal value (等价值), where
    the set states them; missing: column -> why it has none. title names the set in every output. second: columns
    whose factor is from the second source, second_title.
    """

    title: str
    values: Mapping[tuple[str, str], float]
    equal: Mapping[str, float] = field(default_factory=dict)
    missing: Mapping[str, str] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    second: frozenset[str] = frozenset()
    second_title: str = ""

    def named(self, columns: Iterable[str]) -> str:
        """The sources of the factors of these columns: the set and, with its fuels, the second source."""
        lent = [layout().columns[id].title for id in columns if id in self.second]
        return f"{self.title}；{'、'.join(lent)}：{self.second_title}" if lent else self.title

    def by_row(self, column: str) -> dict[str, float]:
        """The factors of a column by row code; empty where the set has none."""
        return {row: value for (of, row), value in self.values.items() if of == column}


def standard_factors() -> Factors:
    """The factors of GB/T 2589-2020; for a fuel without a single value there, the yearbook's default (second)."""
    settings = layout().settings["factors"]
    title, beside = settings["title"], settings["second"]
    stated = _packaged(settings["parameter"], settings["as_of"])
    defaults = _packaged(beside["parameter"], settings["as_of"])
    values: dict[tuple[str, str], float] = {}
    missing: dict[str, str] = {}
    for column in layout().fuels():
        found = stated.get(column.id) or defaults.get(column.id)
        if found is None:
            missing[column.id] = f"{title}没有给出{column.title}的单一数值"
        else:
            values[column.id, ANY] = found[0]
    second = frozenset(id for id, _ in values if id not in stated)
    unsure = [layout().columns[id].title for id, (_, certainty) in stated.items() if certainty == "memory"]
    return Factors(
        title,
        values,
        missing=missing,
        findings=_unverified(title, unsure),
        second=second,
        second_title=beside["title"],
    )


def _packaged(name: str, on: date) -> dict[str, tuple[float, str]]:
    """Factor [10^4 tce for the column's own unit] and certainty by column, of a packaged parameter on a day."""
    constants = parameter(name)
    found: dict[str, tuple[float, str]] = {}
    for column in layout().fuels():
        setting = constants.at(on, column.item)
        if setting is not None:
            unit = constants.unit.replace("<fuel>", _item_unit(column))
            found[column.id] = float(setting.value) * _scale(unit, column), setting.certainty
    return found


def _unverified(title: str, unsure: Sequence[str]) -> tuple[Finding, ...]:
    """A notice that names the fuels whose factor nobody has held against the text."""
    if not unsure:
        return ()
    found = f"系数凭记忆，未核实：{'、'.join(dict.fromkeys(unsure))}"
    return (Finding("factor-unverified", "notice", title, found, "", "请与原文核对"),)


def _item_unit(column: Column) -> str:
    from duheng.model.glossary import axis

    return axis("fuel").items[column.item].unit


def _scale(unit: str, column: Column) -> float:
    """From a factor's unit to 10^4 tce for the column's own unit. Raises UnitError."""
    return float(ratio(parse_unit(unit), parse_unit(f"万tce/{column.unit}")))


def read_factors(path: Path) -> Factors:
    """The factors of a file. Raises UnreadableSource where it has no fuels or no values."""
    rows = cells_of(path)
    spelled = {plain(name): name for name in _NAMES}
    headers = [[spelled.get(plain(cell), cell) for cell in row] for row in rows]
    top = next((i for i, row in enumerate(headers) if {"fuel", "fuel_zh", "品种"} & set(row)), None)
    if top is None:
        raise UnreadableSource(f"{path.name}：没有 fuel（或 fuel_zh、品种）列；系数文件一行一个品种")
    header = headers[top]
    if not {DIRECT, "factor", "factor_low", "系数"} & set(header):
        raise UnreadableSource(f"{path.name}：没有系数列；应有 {DIRECT}，或 factor 和 factor_unit")
    reader = _Reader(path.name, layout())
    for number, cells in enumerate(rows[top + 1 :], top + 2):
        if any(cells):
            reader.take(number, dict(zip(header, cells, strict=False)))
    return reader.made()


class _Reader:
    """Gathers the rows of one factor file."""

    def __init__(self, name: str, known: Layout) -> None:
        self.name = name
        self.known = known
        self.values: dict[tuple[str, str], float] = {}
        self.equal: dict[str, float] = {}
        self.missing: dict[str, str] = {}
        self.findings: list[Finding] = []
        self.unsure: list[str] = []

    def take(self, number: int, row: Mapping[str, str]) -> None:
        """One row: a factor, or a finding that says why it is none."""
        where = f"{self.name} 第{number}行"
        id, title = row.get("fuel", ""), row.get("fuel_zh", "") or row.get("品种", "")
        equal = any(_EQUAL.search(text) for text in (id, title))
        column, other = self._column(id), self._column(title)
        if column is not None and other is not None and column.id != other.id:
            found = f"“{id}”是{column.title}，“{title}”却是{other.title}，这个系数没有使用"
            self._note("factor-fuel-contradicting", "error", where, found, "同一品种的名称", "请改正其一")
            self.missing |= {column.id: found, other.id: found}
            return
        column = column or other
        if column is None:
            self._note(
                "factor-fuel-unknown", "notice", where, f"平衡表没有“{title or id}”一列", "", "本行未用"
            )
            return
        value = self._value(row, column, where)
        if value is None:
            return
        if "memory" in row.get("confidence", ""):
            self.unsure.append(column.title)
        code = row.get("row_code", "")
        known = self.known.coded(code)
        if known is None and code not in ("", ANY):
            found = f"不认识的行代码“{code}”，{column.title}的这个系数没有使用"
            self._note("factor-row-unknown", "error", where, found, "平衡表的行代码或*", "请核对行代码")
            return
        key = column.id, known.code if known else ANY
        if equal:
            self.equal[column.id] = value
        elif key in self.values and self.values[key] != value:
            found = f"{column.title}（行{key[1]}）有两个系数：{self.values[key]:g}、{value:g}"
            remedy = "请只留一个；未选用其一，该品种未折算"
            self._note("factor-twice", "error", where, found, "每个品种、每行一个系数", remedy)
            self.missing[column.id] = "系数文件给出两个不同的系数"
        else:
            self.values[key] = value

    def _column(self, name: str) -> Column | None:
        bare = _CALORIFIC.sub("", _EQUAL.sub("", name)).strip("_ （）()值")
        found = self.known.column(name) or (self.known.column(bare) if bare else None)
        return found if found is not None and found.fuel else None

    def _value(self, row: Mapping[str, str], column: Column, where: str) -> float | None:
        low = row.get(DIRECT) or row.get("factor") or row.get("factor_low") or row.get("系数") or ""
        high = row.get("factor_high") or low
        least, most = number_of(low), number_of(high)
        if least is None or most is None:
            self._lacking(column, where, f"系数“{low}”不是数")
            return None
        if least != most:
            self._lacking(column, where, f"系数是区间 {low}～{high}")
            return None
        if least < 0:
            self._lacking(column, where, f"系数“{low}”是负数")
            return None
        if row.get(DIRECT):
            return least
        unit = row.get("factor_unit") or row.get("系数单位") or ""
        try:
            return least * _scale(unit, column)
        except UnitError as trouble:
            self._lacking(column, where, f"系数单位“{unit}”不适用于{column.title}（{trouble}）")
            return None

    def _lacking(self, column: Column, where: str, why: str) -> None:
        self.missing[column.id] = f"{where}：{why}"
        self._note("factor-unusable", "notice", where, why, f"{column.title}的单一系数", "请给出一个取值")

    def _note(self, code: str, severity: str, where: str, found: str, expected: str, remedy: str) -> None:
        self.findings.append(Finding(code, severity, where, found, expected, remedy))  # type: ignore[arg-type]

    def made(self) -> Factors:
        """The set; a fuel with contradicting factors has none."""
        twice = {of for of, why in self.missing.items() if "两个" in why}
        values = {key: value for key, value in self.values.items() if key[0] not in twice}
        missing = {
            of: why for of, why in self.missing.items() if of in twice or not any(k[0] == of for k in values)
        }
        for column in self.known.fuels():  # what the table states in standard coal needs no factor
            if is_standard_coal(column.unit) and column.id not in missing:
                values = {(column.id, ANY): 1.0} | values
        findings = (*self.findings, *_unverified(self.name, self.unsure))
        return Factors(self.name, values, self.equal, missing, findings)
