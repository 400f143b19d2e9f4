"""Carbon dioxide of a place and year by sector and fuel, with scope 2, process emissions and the intensity."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from duheng.assess.evidence import Cell as Place
from duheng.assess.evidence import reasons, steps
from duheng.engine import Step
from duheng.ingest.balance.form_rows import stated_rows
from duheng.ingest.balance.layout import Column as Fuel
from duheng.ingest.carbon.layout import NOT_BURNT, sectors
from duheng.model.glossary import quantity
from duheng.model.rounding import judge
from duheng.model.units import ratio
from duheng.web.balances import BalanceBook
from duheng.web.boards import books, unread, values
from duheng.web.factor_sets import Chosen, chosen_set, factors_table, offered, refused
from duheng.web.page import Ask, Page
from duheng.web.pages.energy import notes_of_missing
from duheng.web.reasons import CLOSED_TEXT, cell_address
from duheng.web.tables import Cell, Column, Table
from duheng.web.years import Where, one_of, where

UNIT = "万tCO2"
DECIMALS = 4
BURNT = "fuel_burnt"
# Beside the fuels: what a sector's electricity and heat cost elsewhere.
INDIRECT = {"electricity_emission": "用电（间接）", "heat_emission": "用热（间接）"}
# Below the sectors: quantity, the row that its fuel use is read from, unit printed, decimals.
BELOW = (
    ("process_emission", "", UNIT, DECIMALS),
    ("imported_emission", "", UNIT, DECIMALS),
    ("imported_heat_emission", "", UNIT, DECIMALS),
    ("regional_emission", BURNT, UNIT, DECIMALS),
    ("carbon_intensity", BURNT, "tCO2/万元", 4),
    ("annual_carbon_intensity_decline", BURNT, "%", 2),
)

# What a set by sector adds up: the rule of each sector by that of all of them.
ADDED = {of: of for of in ("combustion_emission", "energy_emission")} | {
    "regional_emission": "energy_emission"
}
OTHERS = (*INDIRECT, "imported_emission", "imported_heat_emission", "gdp")
RULES = ("regional_emission", *OTHERS)


@dataclass(frozen=True)
class Line:
    """A sector: its title, the row whose fuel is burnt, the row whose electricity and heat is used."""

    title: str
    burnt: str
    used: str


class Inventory:
    """Cells of the inventory of one place and year by one set of factors."""

    def __init__(self, ask: Ask, chosen: Where, set: Chosen) -> None:
        self.ask, self.where, self.set = ask, chosen, set
        self.opened = set.books(BURNT)
        self.book = BalanceBook(ask, chosen, set.id, self.opened)
        self.steps: list[Step] = []

    @property
    def fuels(self) -> list[Fuel]:
        """The fuels that are burnt, in the order of the balance."""
        return [one for one in self.book.columns if one.fuel and one.item not in NOT_BURNT]

    def lines(self) -> Iterator[Line]:
        """The sectors, then all of them together."""
        for sector in sectors():
            used = "final_industry" if sector.quantity == "industry_fuel_burnt" else sector.quantity
            yield Line(sector.title, sector.quantity, used)
        yield Line("合计", BURNT, "fuel_final_use")

    def cell(self, of: str, item: str | None, flow: str, unit: str = UNIT, decimals: int = DECIMALS) -> Cell:
        """One number with the address of its reasons."""
        if self.set.by_sector and flow == BURNT:
            return self._added(of, item, unit, decimals)
        step, words = self.step(of, item, flow), self.ask.words
        href = cell_address(
            "why", self.ask, of, self.where.place.id, self.where.period, item, flow=flow, basis=self.set.id
        )
        if not self.ask.sees_confidential and self.book.closed(step):
            return Cell.missing(words(CLOSED_TEXT), href)
        if step.value is None:
            return Cell.missing(words("未填报" if step.kind == "missing" else "未知"), href)
        return _number(step.value * float(ratio(quantity(of).unit, unit)), decimals, href)

    def step(self, of: str, item: str | None, flow: str) -> Step:
        """A number's reasons, kept for what is said of all of them."""
        place = Place(of, self.where.place.id, item, self.where.period, flow=flow or None)
        self.steps.append(reasons(self.set.books(flow), place))
        return self.steps[-1]

    def _added(self, of: str, item: str | None, unit: str, decimals: int) -> Cell:
        """The sum of the sectors, each by its own factors; what rests on more than a sum has no such number."""
        words = self.ask.words
        found = [self.step(ADDED.get(of, of), item, one.quantity) for one in sectors()]
        if of == "regional_emission":
            found.append(self.step("imported_emission", None, ""))
        elif of not in ADDED:
            return Cell.missing(words("因子分部门，不适用"))
        if not self.ask.sees_confidential and any(map(self.book.closed, found)):
            return Cell.missing(words(CLOSED_TEXT))
        values = [one.value for one in found if one.value is not None]
        if len(values) < len(found):
            return Cell.missing(words("未知"))
        return _number(sum(values) * float(ratio(quantity(of).unit, unit)), decimals, "")


def _number(value: float, decimals: int, href: str) -> Cell:
    number = judge(value, decimals) or Decimal(0)
    return Cell(f"{number:f}", number, href)


def show(ask: Ask) -> Page:
    """The inventory; `set` names the factor set, which is used whole."""
    words, opened = ask.words, books(ask)
    set = chosen_set(ask, opened, one_of(ask, "set", offered(ask)))
    chosen = where(ask, opened, [row.quantity.id for row in stated_rows()])
    made = Inventory(ask, chosen, set)
    sector_table, whole = _sectors(made), _below(made)
    owed = notes_of_missing(made.steps)
    titles = {id: title_en if words.lang == "en" else title for id, (title, title_en) in offered(ask).items()}
    fields = [("set", words("排放因子集"), list(titles.items()), set.id)]
    own = (factors_table(ask, set.own),) if set.own else ()
    return Page(
        template="inventory.html",
        title=words("{place}{year}年碳排放清单", place=words.name(chosen.place), year=chosen.period),
        data={
            "place": chosen.place.id,
            "year": chosen.year,
            "set": set.id,
            "unit": UNIT,
            "sectors": sector_table.records(),
            "whole": whole.records(),
            **{one.name: one.records() for one in own},
            "unknown": _lacking(made),
            "owed": [str(one) for one in owed],
        },
        context={
            "where": chosen,
            "fields": fields,
            "set": set,
            "factors": _factors(made),
            "lacking": _lacking(made),
            "owed": [one for one in owed if one != "未填报"],
            "heads": [len(sector_table.rows) - 1],
            "refused": [one for found in refused(ask).values() for one in found],
        },
        tables=(sector_table, whole, *own),
        values=values(ask, OTHERS if set.own else RULES, chosen.period, opened=made.opened),
        unread=unread(ask, OTHERS if set.own else RULES, chosen.period),
    )


def _sectors(made: Inventory) -> Table:
    words = made.ask.words
    unit = words.bracketed(words.unit(UNIT))
    columns = [
        Column("sector", words("部门"), width=30),
        Column("total", words("范围一") + unit, number=True),
        *(Column(one.id, words(one.item), number=True) for one in made.fuels),
        *(Column(of, words(title), number=True) for of, title in INDIRECT.items()),
    ]
    rows = [
        [
            Cell(words(line.title)),
            made.cell("energy_emission", None, line.burnt),
            *(made.cell("combustion_emission", one.item, line.burnt) for one in made.fuels),
            *(made.cell(of, None, line.used) for of in INDIRECT),
        ]
        for line in made.lines()
    ]
    note = words(
        "工业为终端消费扣除用作原料、材料，加火力发电和供热投入。间接两列按用户分列，含本地电厂所供，"
        "不与范围一、范围二相加。"
    )
    return Table("sectors", words("分部门、分品种排放"), columns, rows, note=note)


def _below(made: Inventory) -> Table:
    words = made.ask.words
    names = {
        "process_emission": "过程排放（范围一）",
        "imported_emission": "净调入电力（范围二）",
        "imported_heat_emission": "净调入热力（范围二）",
    }
    columns = [
        Column("title", words("项目"), width=40),
        Column("value", words("数值"), number=True),
        Column("unit", words("单位"), width=14),
    ]
    rows = [
        [
            Cell(words(names[of]) if of in names else words.title(quantity(of))),
            made.cell(of, None, flow, unit, decimals),
            Cell(words.unit(unit) or unit),
        ]
        for of, flow, unit, decimals in BELOW
    ]
    note = words("地区能源活动排放按考核口径为化石燃料燃烧与净调入电力之和，不含过程排放和调入热力。")
    return Table("whole", words("过程排放、范围二与碳强度"), columns, rows, note=note)


def _factors(made: Inventory) -> list[str]:
    """The grid factor and the heat factor used, with place, date and text; what has none says so."""
    words, found = made.ask.words, []
    for of in ("imported_emission", "imported_heat_emission"):
        step = reasons(made.opened, Place(of, made.where.place.id, None, made.where.period))
        for part in step.parts:
            if part.kind == "parameter":
                title = words.title(made.opened.books.parameters.get(part.quantity))
                value = words("未知") if part.value is None else words.amount(f"{part.value:g}", part.unit)
                about = words.join(filter(None, (words.cite(part.cite), words(part.note))))
                found.append(f"{title}{words('：')}{value}{words.bracketed(about)}")
    return found


def _lacking(made: Inventory) -> list[str]:
    """Fuels burnt for which the set has no factor in the year: their emission stays unknown."""
    lacking = {
        step.item
        for step in made.steps
        if step.item and any(one.kind == "parameter" and one.value is None for one in steps(step))
    }
    return [made.ask.words(fuel.item) for fuel in made.fuels if fuel.item in lacking]
