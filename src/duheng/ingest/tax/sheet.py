"""The table that a taxpayer fills in: one row for each outlet, month and pollutant; read without a database.

Columns, their other names and a sample stand in cn/tax/sheet.yaml. A row that cannot be read is a finding and leaves
the return's total unknown (L1, L10).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from duheng.ingest.cells import CellTrouble, plain, read_number, read_period, split_unit
from duheng.ingest.grids import Sheet, read_grids
from duheng.ingest.tax.flat import Neutral, Noise, Unweighed, Waste
from duheng.ingest.tax.returns import Entry, Return, quarterly_return
from duheng.ingest.tax.selection import group_of, item_of, ph_item
from duheng.model import Parameters
from duheng.model.data import read_yaml, root
from duheng.model.errors import DuhengError, UnitError, UnknownName
from duheng.model.findings import Finding
from duheng.model.glossary import axis
from duheng.model.periods import of
from duheng.model.saying import listed, say
from duheng.model.units import convert

_PH = ("ph", "ph值")
_CONCENTRATIONS = {"air": "mg/m3", "water": "mg/L"}


@dataclass
class Stated:
    """What a table states: entries of outlets, waste, noise and neutral water, the taxpayer, what could not be read.

    unused: the headers of columns that are none of the return's.
    """

    payer: str = ""
    entries: list[Entry] = field(default_factory=list)
    others: list[Unweighed] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    unused: list[str] = field(default_factory=list)

    @property
    def quarters(self) -> list[str]:
        """The quarters in which the rows lie, in order."""
        months = [*(one.month for one in self.entries), *(one.month for one in self.others)]
        return sorted({str(of("quarter", read_period(month).start)) for month in months})

    def drawn(self, quarter: str, code: str, parameters: Parameters | None = None) -> Return:
        """The return of a quarter; its total is unknown while a row of the table could not be read."""
        made = quarterly_return(self.entries, quarter, code, parameters, self.others)
        lost = any(finding.severity == "error" for finding in self.findings)
        return replace(made, total=None if lost else made.total, findings=(*self.findings, *made.findings))


@cache
def layout() -> dict[str, Any]:
    """The content of cn/tax/sheet.yaml."""
    content: dict[str, Any] = read_yaml(root() / "tax" / "sheet.yaml")
    return content


def columns() -> dict[str, str]:
    """Role -> title of each column, as the sample prints them."""
    return {role: titles[0] for role, titles in layout()["columns"].items()}


def sample() -> list[list[str]]:
    """The sample: header and rows of cells."""
    titles = columns()
    return [
        list(titles.values()),
        *([str(row.get(role, "")) for role in titles] for row in layout()["sample"]),
    ]


def read_stated(path: Path) -> Stated:
    """What a .xlsx, .xls or CSV file states, in every sheet with such a header.

    Raises FileRefused, DuhengError where none has one.
    """
    hints = frozenset(text.lower() for titles in layout()["columns"].values() for text in titles)
    _, sheets = read_grids(path.read_bytes(), path.name, hints)
    headed = [(sheet, found) for sheet in sheets if (found := _header(sheet)) is not None]
    if not headed:
        wanted = "、".join(columns()[role] for role in layout()["required"])
        raise DuhengError(say("{name}：没有找到表头，应有列：{wanted}。可用 duheng tax --sample 生成样表。",
                              name=path.name, wanted=wanted))  # fmt: skip
    stated = Stated()
    for sheet, found in headed:
        if sheet.marks.hidden:
            place = listed(" ", (path.name, sheet.name))
            remedy = "请取消隐藏，或删去这个工作表；在此之前合计未知"
            stated.findings.append(
                Finding("tax-sheet", "error", place, "隐藏的工作表，未读", "都读得到的工作表", remedy)
            )
        else:
            _Reader(path.name, sheet, *found, stated).read()
    return stated


def _header(sheet: Sheet) -> tuple[int, dict[str, int], dict[str, str]] | None:
    """Row of the header, column and unit of each role; None where the sheet has none."""
    known = {text: role for role, titles in layout()["columns"].items() for text in titles}
    for number, row in enumerate(sheet.rows[:40]):
        places: dict[str, int] = {}
        units: dict[str, str] = {}
        for column, cell in enumerate(row):
            title, unit = split_unit(plain(cell))
            role = known.get(plain(cell)) or known.get(title)
            if role is not None and role not in places:
                places[role] = column
                units |= {role: unit} if unit and plain(cell) not in known else {}
        if all(role in places for role in layout()["required"]):
            return number, places, units
    return None


class _Reader:
    """Reads the rows of one sheet, every row for itself."""

    def __init__(
        self,
        name: str,
        sheet: Sheet,
        header: int,
        places: Mapping[str, int],
        units: Mapping[str, str],
        stated: Stated,
    ) -> None:
        self.name, self.sheet, self.header, self.places, self.units = name, sheet, header, places, units
        self.stated = stated

    def read(self) -> None:
        placed = set(self.places.values())
        heads = (plain(cell) for at, cell in enumerate(self.sheet.rows[self.header]) if at not in placed)
        self.stated.unused += [head for head in heads if head and head not in self.stated.unused]
        for number, row in enumerate(self.sheet.rows[self.header + 1 :], start=self.header + 2):
            if any(plain(cell) for cell in row):
                self._row(number, row)

    def _row(self, number: int, row: Sequence[object]) -> None:
        try:
            self._statement(row)
        except (CellTrouble, UnknownName, UnitError) as trouble:
            place = listed(" ", filter(None, (self.name, self.sheet.name, say("第{n}行", n=number))))
            expected, remedy = "可读的一行", "请改正后重新生成；改正前合计未知"
            if isinstance(trouble, CellTrouble):
                expected, remedy = trouble.expected, trouble.remedy
            self.stated.findings.append(Finding("tax-row", "error", place, str(trouble), expected, remedy))

    def _statement(self, row: Sequence[object]) -> None:
        text = {role: plain(row[place]) if place < len(row) else "" for role, place in self.places.items()}
        for role in layout()["required"]:
            if not text[role]:
                raise CellTrouble(
                    "tax-blank", say("“{title}”空着", title=columns()[role]), "必填", "请补填。"
                )
        self._payer(text.get("payer", ""))
        medium = _one_of("类别", text["medium"], layout()["media"])
        month = _month(text["month"])
        if medium == "waste":
            item = axis("tax_waste").find(text["pollutant"]).title
            parts = [self._number(row, role, "t") for role in ("generated", "stored", "disposed", "used")]
            self.stated.others.append(Waste(text["outlet"], month, item, *parts))
        elif medium == "noise":
            far, short = (_yes(text.get(role, "")) for role in ("far", "short"))
            loud = self._number(row, "decibels", "dB")
            when = _one_of("时段", text["pollutant"], layout()["noise_times"])
            self.stated.others.append(Noise(text["outlet"], month, when, loud, far, short))
        else:
            self._emission(row, text, month, medium)

    def _emission(self, row: Sequence[object], text: Mapping[str, str], month: str, medium: str) -> None:
        if medium == "water" and _by_water(text["pollutant"]):
            medium = "special"
        concentration = self._number(row, "concentration", _CONCENTRATIONS.get(medium, "1"))
        if medium == "special" and text["pollutant"].lower() in _PH:
            if concentration is None or not 0 <= concentration <= 14:
                found = (
                    say("pH {value}", value=concentration) if concentration is not None else "pH 没有填数值"
                )
                raise CellTrouble("tax-ph", found, "在“浓度”一列填 0 至 14 的 pH 值", "请补填或改正。")
            item = ph_item(concentration)
            if item is None:
                amount = self._number(row, "amount", "t")
                self.stated.others.append(Neutral(text["outlet"], month, concentration, amount))
                return
            concentration = None
        else:
            item = item_of(medium, text["pollutant"])
        unit = axis(f"tax_{medium}").find(item).unit
        said = text.get("method", "")
        entry = Entry(
            text["outlet"], month, medium, item,
            self._number(row, "amount", unit), self._number(row, "generated", unit),
            _yes(text.get("penal", "")), concentration,
            self._number(row, "limit", _CONCENTRATIONS.get(medium, "1")),
            _whole(self._number(row, "exceedances", "次")),
            _one_of("计算方法", said, _methods()) if said else "",
        )  # fmt: skip
        self.stated.entries.append(entry)

    def _payer(self, name: str) -> None:
        if name and self.stated.payer and name != self.stated.payer:
            found = say("纳税人“{name}”，上面是“{first}”", name=name, first=self.stated.payer)
            raise CellTrouble("tax-payer", found, "一份文件一个纳税人", "请分成几份文件。")
        self.stated.payer = self.stated.payer or name

    def _number(self, row: Sequence[object], role: str, unit: str) -> Decimal | None:
        place = self.places.get(role)
        found = read_number(row[place]) if place is not None and place < len(row) else None
        if found is None:
            return None
        said = found.unit or self.units.get(role)
        return convert(found.value, said, unit) if said else found.value


def _month(text: str) -> str:
    """The month of a cell; Excel turns 2024-01 into the first day of that month."""
    period = read_period(text)
    if period.kind == "day" and period.start.day == 1:
        period = of("month", period.start)
    if period.kind != "month":
        raise CellTrouble(
            "tax-month", say("“{text}”不是一个月份", text=text[:40]), "如 2024-01", "请改写月份。"
        )
    return str(period)


def _by_water(pollutant: str) -> bool:
    """Whether a pollutant of water is one that the law measures by the water itself: pH, colour, bacteria, chlorine."""
    if pollutant.lower() in _PH:
        return True
    try:
        return group_of("special", item_of("special", pollutant)) == "water-other"
    except UnknownName:
        return False


def _methods() -> dict[str, list[str]]:
    return {name: [name, *more] for name, more in layout()["methods"].items()}


def _one_of(what: str, text: str, known: Mapping[str, Sequence[str]]) -> str:
    for name, titles in known.items():
        if text in titles:
            return name
    raise UnknownName(text, [title for titles in known.values() for title in titles], what)


def _yes(text: str) -> bool:
    if text in layout()["true_words"]:
        return True
    if not text or text in layout()["false_words"]:
        return False
    raise CellTrouble("tax-yes-no", say("“{text}”", text=text[:20]), "是或否", "请改写。")


def _whole(value: Decimal | None) -> int | None:
    if value is not None and value != int(value):
        raise CellTrouble("tax-count", say("超标次数为{value}", value=value), "整数", "请改写。")
    return None if value is None else int(value)
