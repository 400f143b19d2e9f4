"""Laws that hold whatever a rule is about: of units, of scale, of sums and of direction."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator
from itertools import pairwise

import pytest

from duheng.model import Parameter, Quantity, Reference, Rule, Wording
from duheng.model.references import Derived
from duheng.model.units import parse_unit
from duheng.rules import RULES

KNOWN = [(made, wording) for made in RULES.values() for wording in made.wordings]
DRAWS = 20
# Rules that are not linear in the amounts, because a text says so: what is negative counts as nought.
NOT_ADDITIVE = {"industry_fuel_burnt", "fuel_transformation_input"}
# Inputs along which a result turns: it holds within a range only; a detector's floor drawn above its ceiling.
TURNING = {("air_liquid_kept", "ratio"), ("leak_rate", "value")}
# Quotients that pass a pole among numbers that no text knows: a grid with more evidence of its power than power, a
# quarter with more standstill than hours.
POLES = {"capture_rate", "province_apportioning_factor"}
Numbers = dict[str, float]


def _drawn(wording: Wording, seed: str) -> Iterator[Numbers]:
    chance = random.Random(seed)
    for _ in range(DRAWS):
        yield {name: chance.uniform(0.05, 0.95) for name in wording.inputs}


def _same(found: float | None, expected: float) -> bool:
    return found is not None and math.isclose(found, expected, rel_tol=1e-9, abs_tol=1e-12)


def _stated(reference: Reference) -> Quantity | None:
    """The quantity that is looked up; None for a parameter."""
    while isinstance(reference, Derived):
        reference = reference.of
    return reference if isinstance(reference, Quantity) else None


def _amounts(wording: Wording) -> list[str]:
    """Inputs that add up over places: amounts, not ratios."""
    known = {name: _stated(reference) for name, reference in wording.inputs.items()}
    return [name for name, of in known.items() if of and of.over_place == "sum"]


def _cases(without: set[str] | None = None, *, adding: bool = False) -> list[object]:
    """A case for each wording; adding: of the rules whose results add up over places, from amounts."""
    return [
        pytest.param(made, wording, id=f"{made.id} {wording.since} {wording.definition or ''}".strip())
        for made, wording in KNOWN
        if made.id not in (without or ())
        if not adding or (made.over_place == "sum" and _amounts(wording))
    ]


@pytest.mark.parametrize(("made", "wording"), _cases())
def test_a_result_does_not_hang_on_the_units_in_which_its_inputs_are_given(
    made: Rule, wording: Wording
) -> None:
    """Each base unit made smaller by a factor, inputs and result follow by their dimensions and nothing else."""
    powers = {name: dict(parse_unit(one.unit).dimension) for name, one in wording.inputs.items()}
    of_result = dict(parse_unit(made.unit).dimension)
    bases = {base for one in (*powers.values(), of_result) for base in one}
    for numbers in _drawn(wording, made.id):
        result = wording.number(numbers)
        for base in sorted(bases) if result is not None else ():
            other = {name: number * 1000.0 ** powers[name].get(base, 0) for name, number in numbers.items()}
            assert _same(wording.number(other), (result or 0.0) * 1000.0 ** of_result.get(base, 0)), base


@pytest.mark.parametrize(("made", "wording"), _cases(adding=True))
def test_a_result_that_adds_up_grows_with_its_amounts(made: Rule, wording: Wording) -> None:
    amounts = _amounts(wording)
    for numbers in _drawn(wording, made.id):
        result = wording.number(numbers)
        if result is not None:
            assert _same(wording.number(numbers | {name: numbers[name] * 3 for name in amounts}), 3 * result)


@pytest.mark.parametrize(("made", "wording"), _cases(NOT_ADDITIVE, adding=True))
def test_the_result_of_two_places_together_is_the_sum_of_theirs(made: Rule, wording: Wording) -> None:
    amounts = _amounts(wording)
    for here, there in zip(_drawn(wording, made.id), _drawn(wording, made.id[::-1]), strict=True):
        beside = here | {name: there[name] for name in amounts}
        results = wording.number(here), wording.number(beside)
        if results[0] is not None and results[1] is not None:
            together = here | {name: here[name] + there[name] for name in amounts}
            assert _same(wording.number(together), results[0] + results[1])


def _turns(wording: Wording, name: str, seed: str) -> bool:
    """Whether a result both rises and falls while one input grows and the others stay."""
    chance = random.Random(seed + name)
    for numbers in _drawn(wording, seed):
        steps = sorted(chance.uniform(0.01, 0.95) for _ in range(8))
        results = [wording.number(numbers | {name: step}) for step in steps]
        known = [one for one in results if one is not None]
        changes = [b - a for a, b in pairwise(known)]
        if max(changes, default=0.0) > 1e-12 and min(changes, default=0.0) < -1e-12:
            return True
    return False


@pytest.mark.parametrize(("made", "wording"), _cases(POLES))
def test_a_result_only_rises_or_only_falls_with_each_input(made: Rule, wording: Wording) -> None:
    stated = [name for name, one in wording.inputs.items() if not isinstance(one, Parameter)]
    turning = {(made.id, name) for name in stated if _turns(wording, name, made.id)}
    assert turning == {one for one in TURNING if one[0] == made.id}
