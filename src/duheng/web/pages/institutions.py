"""Public institutions: energy, water and carbon per head and floor area, decline, certified shares."""

from __future__ import annotations

from duheng.model.glossary import quantity
from duheng.web.boards import books, unread
from duheng.web.boards import values as values_below
from duheng.web.cells import cell, values
from duheng.web.clauses import articles_of, owing_units
from duheng.web.page import Ask, Page
from duheng.web.tables import Cell, Column, Table

LEVELS = (
    "public_energy_per_area",
    "public_energy_per_head",
    "public_water_per_head",
    "public_water_per_area",
    "public_carbon_per_area",
)
# The plan sets no decline of the water for each square metre.
DECLINES = tuple(f"{one}_decline" for one in LEVELS if one != "public_water_per_area")
SHARES = ("saving_organ_share", "water_saving_organ_share", "water_saving_institution_share")
STATED = ("public_energy", "public_water", "public_carbon", "public_area", "public_people")
GROUPS = (("levels", "单位消耗", LEVELS), ("declines", "比基期降低率", DECLINES), ("shares", "节约型和节水型", SHARES),
          ("stated", "填报数", STATED))  # fmt: skip


def show(ask: Ask) -> Page:
    """The plan's years and its base year, a row an indicator; what is missing says who owes it."""
    words, city = ask.words, ask.city.id
    span = [ask.plan.base_year, *range(ask.plan.period.start.year, ask.plan.period.end.year + 1)]
    years = [str(year) for year in span]
    tables = [_table(ask, name, title, rules, years) for name, title, rules in GROUPS]
    known = any((city, None, year) in values(books(ask), of) for of in STATED for year in years)
    asked = {*STATED, "organs", "institutions"}
    shown = {of for _, _, rules in GROUPS for of in rules}
    return Page(
        template="institutions.html",
        title=words("公共机构"),
        data={
            "years": years,
            **{name: {of: _by_year(ask, of, years) for of in rules} for name, _, rules in GROUPS},
        },
        context={
            "known": known,
            "owed_by": owing_units(ask.plan, asked),
            "clauses": words.join(map(words.clause, articles_of(ask.plan, asked | shown))),
        },
        tables=tuple(tables),
        values=values_below(ask, [of for _, _, rules in GROUPS for of in rules], years[-1]),
        unread=unread(ask, [of for _, _, rules in GROUPS for of in rules], years[-1]),
    )


def _by_year(ask: Ask, of: str, years: list[str]) -> dict[str, float | None]:
    known = values(books(ask), of)
    return {year: known.get((ask.city.id, None, year)) for year in years}


def _table(ask: Ask, name: str, title: str, rules: tuple[str, ...], years: list[str]) -> Table:
    words = ask.words
    columns = [
        Column("indicator", words("指标"), width=40),
        *(Column(year, year, number=True) for year in years),
    ]
    targets = {one.quantity: one for one in ask.plan.targets}
    rows = []
    for of in rules:
        bound = quantity(of)
        unit = "" if bound.printed_unit == "%" else words.bracketed(words.unit(bound.printed_unit))
        aim = targets.get(of)
        href = f"/target/{aim.id}{ask.selection.context()}" if aim else ""
        base = str(ask.plan.base_year)
        cells = [
            Cell("—") if of in DECLINES and year == base else cell(ask, of, ask.city.id, year)
            for year in years
        ]
        rows.append([Cell(words.title(bound) + unit, href=href), *cells])
    return Table(name, words(title), columns, rows)
