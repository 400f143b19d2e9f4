"""Every worked example of tests/cases, read as a table and as reasons; and every rule has its examples."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from decimal import Decimal

import polars as pl
import pytest

from duheng.engine import explain, table
from duheng.model import Parameter, Rule, all_quantities, quantity
from duheng.model.periods import parse
from duheng.model.rounding import judge
from duheng.model.units import convert
from duheng.rules import RULES
from tests.rules.cases import Case, Cell, cases

ALL = cases()


def _name(case: Case) -> str:
    return f"{case.file}: {case.title}"


def _printed(value: float | None, cell: Cell) -> Decimal | None:
    """A result in the printed unit, with the digits of the quantity or of the example, whichever are more."""
    of = quantity(cell.quantity)
    if value is None or cell.value is None:
        return None if value is None else Decimal(value)
    share = convert(Decimal(1), of.unit, of.printed_unit) if of.unit != of.printed_unit else Decimal(1)
    exponent = cell.value.as_tuple().exponent
    assert isinstance(exponent, int)
    return judge(value * float(share), max(of.decimals, -exponent))


def _in_table(case: Case, cell: Cell) -> float | None:
    of = quantity(cell.quantity)
    rows = table(of, case.books, case.definition).filter(
        pl.col("entity") == cell.entity, pl.col("period") == cell.period
    )
    if of.axis is not None:
        rows = rows.filter(pl.col("item") == cell.item)
    return rows["value"].item() if rows.height else None


@pytest.mark.parametrize("case", ALL, ids=_name)
def test_the_table_gives_the_expected_numbers(case: Case) -> None:
    found = {cell: _printed(_in_table(case, cell), cell) for cell in case.expect}
    assert found == {cell: cell.value for cell in case.expect}


@pytest.mark.parametrize("case", ALL, ids=_name)
def test_the_reasons_give_the_expected_numbers(case: Case) -> None:
    books = case.books
    steps = {
        cell: explain(quantity(cell.quantity), books, cell.entity, cell.period, cell.item, case.definition)
        for cell in case.expect
    }
    found = {cell: _printed(step.value, cell) for cell, step in steps.items()}
    assert found == {cell: cell.value for cell in case.expect}


@pytest.mark.parametrize("case", ALL, ids=_name)
def test_a_case_names_the_text_it_follows(case: Case) -> None:
    assert case.cite.strip()
    assert case.title.strip()


def _showing(id: str, *, known: bool) -> list[Case]:
    return [c for c in ALL for cell in c.expect if cell.quantity == id and (cell.value is not None) == known]


@pytest.mark.parametrize("id", RULES)
def test_every_rule_has_a_worked_example(id: str) -> None:
    assert _showing(id, known=True)


@pytest.mark.parametrize("id", RULES)
def test_every_rule_has_a_case_with_a_missing_input(id: str) -> None:
    # Where something is divided the nought of a case could be what makes its result unknown.
    divided = any("÷" in one.wordings[0].formula() for one in RULES[id].below() if isinstance(one, Rule))
    unknown = _showing(id, known=False)
    assert [case for case in unknown if not divided or all(cell.value != 0 for cell in case.given)]


@pytest.mark.parametrize("id", [id for id, made in RULES.items() if "÷" in made.wordings[0].formula()])
def test_every_quotient_has_a_case_with_a_zero_divisor(id: str) -> None:
    assert [case for case in _showing(id, known=False) if any(cell.value == 0 for cell in case.given)]


@pytest.mark.parametrize(
    ("id", "definition"),
    [(id, w.definition) for id, made in RULES.items() for w in made.wordings if w.definition is not None],
)
def test_every_wording_of_a_definition_has_a_worked_example(id: str, definition: str) -> None:
    default = RULES[id].definitions[0]
    assert [case for case in _showing(id, known=True) if (case.definition or default) == definition]


def _changes(made: Rule) -> list[tuple[date, date, date]]:
    """(since, changed, until): the dates on which a wording, or a value that a rule reads, takes another's place."""
    begun: dict[object, set[date]] = defaultdict(set)
    for wording in made.wordings:
        begun[wording.where, wording.definition].add(wording.since)
    for parameter in made.parts():
        for setting in parameter.settings if isinstance(parameter, Parameter) else ():
            begun[parameter.id, setting.where, setting.item].add(setting.since)
    found: set[tuple[date, date, date]] = set()
    for dates in map(sorted, begun.values()):
        found.update(zip(dates, dates[1:], [*dates[2:], date.max], strict=False))
    return sorted(found)


@pytest.mark.parametrize(
    ("id", "since", "changed", "until"),
    [
        pytest.param(id, *dates, id=f"{id} {dates[1]}")
        for id, made in RULES.items()
        for dates in _changes(made)
    ],
)
def test_a_dated_rule_has_a_worked_example_on_each_side_of_the_date(
    id: str, since: date, changed: date, until: date
) -> None:
    known = [cell for case in _showing(id, known=True) for cell in case.expect if cell.quantity == id]
    ends = [parse(cell.period).end for cell in known if cell.value is not None]
    assert any(since <= end < changed for end in ends), f"{id}：没有{changed}以前的例子"
    assert any(changed <= end < until for end in ends), f"{id}：没有{changed}以后的例子"


def test_every_rule_there_is_belongs_to_those_that_are_tested() -> None:
    assert {id for id, known in all_quantities().items() if isinstance(known, Rule)} == set(RULES)
