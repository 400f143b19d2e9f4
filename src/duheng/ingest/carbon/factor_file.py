"""A set of emission factors from a file given by hand.

A fuel that a file names twice for one sector, or from two sets, stays unknown: which holds is not guessed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from duheng.ingest.balance.layout import layout, plain
from duheng.ingest.balance.reading import cells_of, number_of
from duheng.model import parameter
from duheng.model.errors import UnitError, UnknownName, UnreadableSource
from duheng.model.findings import Finding
from duheng.model.glossary import Item
from duheng.model.units import parse_unit, ratio
from duheng.rules.carbon import combustion_emission, fuel_heat

from .layout import find_fuel, sectors, terms_of

FACTOR = ("tCO2_per_t_or_1e4m3_unit", "tCO2_per_t_or_per_1e4m3", "factor", "value", "排放因子")
# These names say the unit themselves, so that a unit column is not needed.
OWN_UNIT = FACTOR[:2]
NAMES = {
    "fuel": ("fuel", "能源品种", "品种", "fuel_zh", "name_zh"),
    "factor": FACTOR,
    "unit": ("unit", "单位"),
    "set": ("set", "factor_set", "因子集"),
    "rows": ("applies_to_rows", "balance_rows", "适用行"),
    "heat": ("ncv", "低位发热量"),
    "heat_unit": ("ncv_unit", "低位发热量单位"),
    "carbon": ("carbon_content_tC_per_GJ", "carbon_content", "单位热值含碳量"),
    "oxidised": ("oxidation", "碳氧化率"),
}
STEPS = ("heat", "heat_unit", "carbon", "oxidised")
CERTAINTY = {"derived": "derived", "quoted": "verified", "verified": "verified", "secondary": "secondary"}
_ROW = re.compile(r"\b[A-Z]\d?[a-z]?(?:[+-][A-Z]\d?[a-z]?)*\b")
_ALL = re.compile(r"\ball\b|全部|各行业", re.IGNORECASE)
_NOT_INDUSTRY = re.compile(r"except industry|工业除外|除工业", re.IGNORECASE)


@dataclass(frozen=True)
class Factor:
    """One factor: fuel of the axis, sectors it was made for (none: all of them), value [tCO2 a unit of the fuel].

    everywhere: its group says `all`, so that it also serves the sectors it was not made for, with a finding.
    stands_in: the citations of what stands in for a value that the set itself does not give.
    """

    fuel: str
    sectors: tuple[str, ...]
    value: float
    cite: str
    certainty: str
    place: str
    everywhere: bool = False
    stands_in: tuple[str, ...] = ()


@dataclass(frozen=True)
class FactorSet:
    """A set of factors.

    refused: fuels that it names but gives no usable factor for (a finding says why).
    """

    name: str
    title: str
    factors: tuple[Factor, ...]
    findings: tuple[Finding, ...] = ()
    refused: frozenset[str] = frozenset()


def read_factors(path: Path) -> FactorSet:
    """A set from a file (.csv, .xlsx): fuel, factor and unit, or fuel, calorific value, carbon content, oxidation.

    Further columns: sector_group, applies_to_rows (or balance_rows), source, confidence, and `set`, of which
    there may be one only. Raises UnreadableSource for a missing column.
    """
    top, header, body = _table(path)
    rows = [
        dict(zip(header, row, strict=False)) | {"line": str(line)}
        for line, row in enumerate(body, top)
        if any(row)
    ]
    reader = _FactorFile(path.name, header)
    mixed = reader.in_two_sets(rows)
    read = [] if mixed else [factor for row in rows if (factor := reader.factor(row)) is not None]
    factors = reader.without_clashes(read)
    kept = tuple(one for one in factors if one.fuel not in reader.refused)
    return FactorSet(
        path.name, f"因子文件 {path.name}", kept, tuple(reader.findings), frozenset(reader.refused)
    )


def _table(path: Path) -> tuple[int, list[str], list[list[str]]]:
    """Line of the first row below the header, the header in this module's spelling, the rows below it."""
    names = (*(name for known in NAMES.values() for name in known), "sector_group", "source", "confidence")
    spelled = {plain(name): name for name in names}
    table = cells_of(path)
    headers = [[spelled.get(plain(cell), cell) for cell in row] for row in table]
    top = next((i for i, row in enumerate(headers) if set(NAMES["fuel"]) & set(row)), 0)
    return top + 2, headers[top] if headers else [], table[top + 1 :]


def _known(text: str) -> Item | None:
    try:
        return find_fuel(text)
    except UnknownName:
        return None


class _FactorFile:
    """Collects findings while the lines of a factor file become factors."""

    def __init__(self, name: str, header: list[str]) -> None:
        self.name = name
        self.findings: list[Finding] = []
        self.refused: set[str] = set()
        self.at = {role: next((n for n in names if n in header), "") for role, names in NAMES.items()}
        self.by_steps = not self.at["factor"] and all(self.at[role] for role in STEPS)
        needed = ["fuel", "factor"] if self.at["factor"] in OWN_UNIT else ["fuel", "factor", "unit"]
        lacking = [role for role in (["fuel"] if self.by_steps else needed) if not self.at[role]]
        if lacking:
            names = "、".join("|".join(NAMES[role]) for role in lacking)
            wanted = "列应与 emission_factors_derived_ceads.csv 或 carbon_fuel_factors.csv 相同"
            raise UnreadableSource(f"{self.name}：缺少列 {names}；{wanted}")

    def _say(self, code: str, texts: Sequence[str]) -> None:
        place, found, expected, remedy = texts
        self.findings.append(Finding(code, "error", f"{self.name} {place}", found, expected, remedy))

    def _text(self, row: Mapping[str, str], role: str) -> str:
        return row.get(self.at[role], "") if self.at[role] else ""

    def factor(self, row: Mapping[str, str]) -> Factor | None:
        """The factor of a line; None, with a finding, where it cannot be used."""
        place = f"第{row['line']}行"
        fuel = self._fuel(row, place)
        if fuel is None:
            return None
        value = (self._of_steps if self.by_steps else self._of_one)(row, place, (fuel.title, fuel.unit))
        made_for = self._sectors(row, place, fuel.title)
        if value is None or made_for is None:
            self.refused.add(fuel.title)
            return None
        confidence = row.get("confidence", "").lower()
        certainty = next((mark for word, mark in CERTAINTY.items() if confidence.startswith(word)), "memory")
        everywhere = bool(_ALL.search(row.get("sector_group", "")))
        cite = row.get("source", "") or self.name
        return Factor(fuel.title, made_for, value, cite, certainty, f"{self.name} {place}", everywhere)

    def _fuel(self, row: Mapping[str, str], place: str) -> Item | None:
        """The fuel that a line names, in any of its columns of names; None where none is known or two differ."""
        texts = [text for name in NAMES["fuel"] if (text := row.get(name, ""))]
        known = {text: fuel for text in texts if (fuel := _known(text)) is not None}
        titles = dict.fromkeys(fuel.title for fuel in known.values())
        if len(titles) > 1:
            found = f"能源品种“{'”、“'.join(known)}”不是同一个，该行没有使用"
            self._say("fuel-contradicting", (place, found, "同一品种的名称", "请改正其一"))
            self.refused.update(titles)
        elif not known:
            found = f"能源品种“{texts[0] if texts else ''}”不认识，该行没有使用"
            self._say("fuel-unknown", (place, found, "能源品种表中的名称", "请核对品种名"))
        return next(iter(known.values())) if len(titles) == 1 else None

    def _of_one(self, row: Mapping[str, str], place: str, fuel: tuple[str, str]) -> float | None:
        """The factor in tCO2 a unit of the fuel."""
        title, own = fuel
        unit = self._text(row, "unit") if self.at["unit"] else f"tCO2/{own}"
        size = self._ratio(unit, f"tCO2/{own}", place, title)
        value = self._number(row, "factor", place, title)
        return None if size is None or value is None else value * size

    def _of_steps(self, row: Mapping[str, str], place: str, fuel: tuple[str, str]) -> float | None:
        """The factor by the rule of combustion, from calorific value, carbon content and oxidation."""
        title, own = fuel
        size = self._ratio(self._text(row, "heat_unit"), f"GJ/{own}", place, title)
        read = {role: self._number(row, role, place, title) for role in ("heat", "carbon", "oxidised")}
        if size is None or None in read.values():
            return None
        heat = fuel_heat.number(use=size, heat=read["heat"])
        ratio_ = float(parameter("co2_per_carbon").settings[0].value)
        return combustion_emission.number(
            heat=heat, carbon=read["carbon"], oxidised=read["oxidised"], ratio=ratio_
        )

    def _ratio(self, unit: str, wanted: str, place: str, fuel: str) -> float | None:
        try:
            return float(ratio(parse_unit(unit), parse_unit(wanted)))
        except UnitError:
            self._say(
                "factor-unit", (place, f"{fuel}的单位“{unit}”不能使用", f"{wanted} 一类的单位", "请核对单位")
            )
            return None

    def _number(self, row: Mapping[str, str], role: str, place: str, fuel: str) -> float | None:
        text = self._text(row, role)
        value = number_of(text)
        if value is not None and value >= 0:
            return value
        found = f"{fuel}的 {self.at[role]}“{text}”不能使用"
        self._say("factor-value", (place, found, "不小于0的数", "请核对该值"))
        return None

    def _sectors(self, row: Mapping[str, str], place: str, fuel: str) -> tuple[str, ...] | None:
        """Sectors a line was made for; () where it says all; None where it names rows that no balance has."""
        text = self._text(row, "rows")
        if _NOT_INDUSTRY.search(text):
            return tuple(sector.name for sector in sectors() if len(sector.terms) == 1)
        if not text or _ALL.search(text):
            return ()
        known = {sector.rows: sector.name for sector in sectors()}
        named = [one for found in _ROW.findall(text) for one in _halves(found) or [found]]
        if named and all(one in known or _is_sum_of_rows(one) for one in named):
            return tuple(known[one] for one in named if one in known)
        texts = (place, f"{fuel}适用的行“{text}”不认识", "、".join(known), "请核对适用的行")
        self._say("factor-rows", texts)
        return None

    def in_two_sets(self, rows: list[dict[str, str]]) -> bool:
        """Whether the lines belong to more than one set: then none of them is used."""
        names = sorted({self._text(row, "set") for row in rows}) if self.at["set"] else []
        if len(names) < 2:
            return False
        fuels: dict[str, set[str]] = {}
        for row in rows:
            fuels.setdefault(self._text(row, "fuel"), set()).add(self._text(row, "set"))
        both = [fuel for fuel, sets in fuels.items() if len(sets) > 1]
        found = f"因子来自{len(names)}套（{'、'.join(names)}）"
        found += f"，{'、'.join(both)} 在不止一套中" if both else ""
        self._say("sets-mixed", ("全表", found, "同一套因子", "请每套存为一个文件，选用一套"))
        return True

    def without_clashes(self, factors: list[Factor]) -> list[Factor]:
        """The factors less those of a fuel that has two for one sector."""
        once = {(one.fuel, one.sectors, one.value, one.everywhere): one for one in reversed(factors)}
        factors = [
            one for one in factors if one in once.values()
        ]  # a line that stands twice says nothing new
        for fuel in dict.fromkeys(one.fuel for one in factors):
            own = [one for one in factors if one.fuel == fuel]
            claims = {s: [f for f in own if not f.sectors or s.name in f.sectors] for s in sectors()}
            sector = next((sector for sector, found in claims.items() if len(found) > 1), None)
            if sector is None:
                continue
            self.refused.add(fuel)
            lines = "、".join(one.place.removeprefix(f"{self.name} ") for one in claims[sector])
            found = f"{fuel}在“{sector.title}”有{len(claims[sector])}个因子（{lines}），按未知"
            self._say("factor-twice", ("全表", found, "每个品种每个部门只有一个因子", "请只留同一套中的一个"))
        return [one for one in factors if one.fuel not in self.refused]


def _is_sum_of_rows(expression: str) -> bool:
    try:
        return bool(terms_of(expression))
    except UnknownName:
        return False


def _halves(row: str) -> list[str]:
    """The rows that a row is wholly made of, where the inventory keeps them apart (town and village)."""
    return [one.code for one in layout().rows.values() if one.role == "half" and one.part_of == row]
