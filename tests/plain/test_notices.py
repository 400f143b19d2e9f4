"""A result that rests on what nobody has held against its text says so, rule by rule and value by value."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner

from duheng.cli import app
from duheng.ingest.plain_notices import estimated, unread, unverified, used
from duheng.model import Parameter, Places, Rule
from duheng.model.parameters import Setting
from duheng.model.references import Only, Reference
from duheng.model.rule import Wording
from duheng.rules import RULES

UNSURE = ("memory", "secondary")


class Somewhere(Places):
    """Places that all lie in one jurisdiction."""

    def __init__(self, where: str):
        super().__init__([])
        self.where = where

    def code(self, id: str) -> str:
        return self.where


def year_of(rule: Rule, wording: Wording) -> int:
    """A year at whose end the wording is in force."""
    if wording.since.year > 1900:
        return wording.since.year
    later = [
        w.since.year for w in rule.wordings if w.since > wording.since and w.definition == wording.definition
    ]
    return min([2025, *later]) - 1


def facts(item: str | None, year: int) -> pl.DataFrame:
    row = ("year_days", "甲", item, str(year), 1.0)
    schema = ("quantity", "entity", "item", "period", "value")
    return pl.DataFrame(
        [row], {name: pl.Float64 if name == "value" else pl.String for name in schema}, orient="row"
    )


@pytest.mark.parametrize("rule", RULES.values(), ids=list(RULES))
def test_a_rule_that_was_not_read_is_named_with_its_text(rule: Rule) -> None:
    for wording in rule.wordings:
        table = facts(None, year_of(rule, wording))
        found = used(rule, table, Somewhere(wording.where), wording.definition)
        own = [one.wording for one in found if one.of is rule]
        assert wording in own
        said = [text for text in (*estimated(rule, found), *unread(rule, found)) if wording.cite in text]
        named = [text for text in said if rule.title in text]
        assert bool(named) is (wording.certainty in UNSURE or "测算" in rule.title)


def direct(rule: Rule) -> Iterator[tuple[Parameter, str | None]]:
    """The parameters that a rule reads itself, with the item where it reads one only."""
    for wording in rule.wordings:
        for reference in wording.inputs.values():
            yield from _below(reference, None)


def _below(of: Reference, item: str | None) -> Iterator[tuple[Parameter, str | None]]:
    if isinstance(of, Parameter):
        yield of, item
    elif not isinstance(of, Rule):
        for part in of.parts():
            yield from _below(part, of.item if isinstance(of, Only) else item)


def unsure(of: Parameter, item: str | None) -> Setting | None:
    """A setting from memory that stands on some day for the item (any where None)."""
    known = [one for one in of.settings if item is None or one.item in (None, item)]
    return next((one for one in known if one.certainty == "memory"), None)


READING = [rule for rule in RULES.values() if any(unsure(of, item) for of, item in direct(rule))]


@pytest.mark.parametrize("rule", READING, ids=[rule.id for rule in READING])
def test_a_value_from_memory_is_named_with_its_text(rule: Rule) -> None:
    told = 0
    for of, item in direct(rule):
        setting = unsure(of, item)
        if setting is None:
            continue
        for wording in rule.wordings:
            year = setting.since.year if setting.since.year > 1900 else year_of(rule, wording)
            table = facts(setting.item, year)
            found = used(rule, table, Somewhere(wording.where or setting.where), wording.definition)
            told += any(of.title in text and setting.cite in text for text in unverified(found, table))
    assert told


def test_the_command_names_rule_and_value_and_ends_well(tmp_path: Path) -> None:
    path = tmp_path / "in.csv"
    path.write_text("entity,item,period,online_energy\n甲,原煤,2023,100\n", "utf-8")
    done = CliRunner().invoke(app, ["compute", "online_fuel_energy", str(path)])
    assert done.exit_code == 0
    assert "甲,原煤,2023,71.43" in done.output
    assert "提示：各种能源折标准煤系数（原煤）取值未核实，依据：GB/T 2589-2020" in done.output
    assert (
        "提示：规则分品种在线监测能耗（online_fuel_energy）未核实，依据：GB/T 2589-2020 式（1）"
        in done.output
    )


def test_what_a_column_states_is_not_said_to_be_worked_out(tmp_path: Path) -> None:
    path = tmp_path / "in.csv"
    path.write_text("entity,period,energy,gdp\n甲,2023,1,2\n", "utf-8")
    done = CliRunner().invoke(app, ["compute", "energy_intensity", str(path)])
    assert done.exit_code == 0
    assert "取值未核实" not in done.output
