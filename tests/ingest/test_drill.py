"""The drill: made up, coherent, repeatable, and seen by nobody else."""

from __future__ import annotations

import shutil
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest
from pytest_django import DjangoDbBlocker

from duheng import ledger
from duheng.assess.board import Board, board
from duheng.engine import value
from duheng.ingest.drill.facts import drill_batches
from duheng.ingest.drill.places import city_in, places_of
from duheng.ingest.drill.settings import settings_of
from duheng.ingest.loading import load_city
from duheng.model.glossary import quantity
from duheng.model.parameters import Parameters
from duheng.model.plan import City, Plan
from tests.ledger.conftest import connected


@pytest.fixture(scope="module")
def loaded(
    city: City,
    empty_ledger: Path,
    tmp_path_factory: pytest.TempPathFactory,
    django_db_blocker: DjangoDbBlocker,
) -> Iterator[City]:
    """The city as the drill sees it, with everything loaded into a ledger."""
    home = tmp_path_factory.mktemp("drill")
    shutil.copy(empty_ledger, home / "duheng.sqlite3")
    with django_db_blocker.unblock(), connected("", home):
        load_city(city, drill=True)
        yield city_in(city, "drill")


@pytest.fixture(scope="module")
def facts(loaded: City) -> pl.DataFrame:
    """The effective facts of the drill."""
    return ledger.read("drill")


def plan_of(city: City, id: str) -> Plan:
    """A plan that must be there."""
    plan = city.plan(id)
    assert plan is not None
    return plan


def final(city: City, as_of: date | None = None) -> Board:
    """The board of the closed plan in the drill."""
    return board(city, plan_of(city, "ziyang-145"), "drill", as_of)


def test_the_drill_is_the_same_every_time(city: City) -> None:
    settings = settings_of(city)
    assert settings is not None
    assert drill_batches(city, settings) == drill_batches(city, settings)


def test_all_thirty_targets_are_alive_in_a_mix_of_lights(loaded: City) -> None:
    made = final(loaded)
    assert len(made.targets) == 30
    assert [one.target.id for one in made.targets if one.latest is None] == []
    lights = Counter(one.light for one in made.targets)
    assert lights[3] >= 12
    assert lights[2] >= 5
    assert lights[1] >= 2


def test_the_headline_decline_is_judged_at_the_end_of_the_plan(loaded: City) -> None:
    headline = final(loaded).target("energy-intensity")
    assert headline is not None
    assert (str(headline.period), headline.light) == ("2025", 3)


def test_one_county_is_late_and_its_target_stands_a_year_back(loaded: City) -> None:
    late = final(loaded).target("rural-sewage")
    assert late is not None
    assert (str(late.period), late.owed_by) == ("2024", ("市生态环境局",))


def test_as_of_gives_what_was_known_then(loaded: City) -> None:
    then = final(loaded, date(2024, 9, 1)).target("energy-intensity")
    assert then is not None
    assert str(then.period) == "2023"


def test_a_corrected_fact_keeps_its_first_figure(loaded: City) -> None:
    vintages = ledger.history("fuel_use", "512021", "原煤", "2023", "drill", None)
    assert [one.standing for one in vintages] == ["effective", "superseded"]
    assert vintages[0].value < vintages[1].value
    before = ledger.read("drill", as_of=date(2025, 1, 1)).filter(
        pl.col("quantity") == "fuel_use",
        pl.col("entity") == "512021",
        pl.col("item") == "原煤",
        pl.col("period") == "2023",
    )
    assert before["value"].to_list() == [float(vintages[1].value)]


def test_a_census_revises_gdp_back_to_the_base_year(loaded: City) -> None:
    vintages = ledger.history("gdp", "512002", None, "2020", "drill", "price-2020")
    assert [one.standing for one in vintages] == ["effective", "superseded"]
    assert "经济普查修订" in vintages[0].source.title


def test_an_estimate_is_outranked_by_the_reported_figure(loaded: City) -> None:
    losers = ledger.losers("drill")
    assert losers.select("quantity", "entity", "period", "status").rows() == [
        ("gdp", "512021", "2024", "estimated")
    ]


def test_one_population_does_not_add_up_on_purpose(loaded: City, facts: pl.DataFrame) -> None:
    people = facts.filter(pl.col("quantity") == "population", pl.col("period") == "2023")
    city = people.filter(pl.col("entity") == "512000")["value"].item()
    counties = people.filter(pl.col("entity").is_in(["512002", "512021", "512022"]))["value"].sum()
    assert 0.01 < abs(city - counties) / counties < 0.03


def test_the_only_findings_are_the_deliberate_ones(loaded: City) -> None:
    from duheng.assess.books import opened
    from duheng.assess.findings import over_ledger

    found = over_ledger(opened(loaded, plan_of(loaded, "ziyang-145"), "drill"))
    assert [finding.place.split()[1] for finding in found] == ["常住人口", "地区生产总值（可比价）"]


def test_zones_and_the_rest_make_up_their_county(loaded: City, facts: pl.DataFrame) -> None:
    gdp = facts.filter(pl.col("quantity") == "gdp", pl.col("period") == "2024")
    by = dict(zip(gdp["entity"], gdp["value"], strict=True))
    assert by["512000G1"] + by["512000G2"] < by["512002"]


def test_months_of_electricity_add_up_to_the_energy_balance(facts: pl.DataFrame) -> None:
    months = facts.filter(
        pl.col("quantity") == "electricity_use",
        pl.col("entity") == "512021",
        pl.col("period").str.starts_with("2024-"),
    )
    balance = facts.filter(
        pl.col("quantity") == "fuel_use",
        pl.col("entity") == "512021",
        pl.col("item") == "电力",
        pl.col("period") == "2024",
    )
    assert months.height == 12
    assert months["value"].sum() == pytest.approx(balance["value"].item(), abs=1e-6)


def test_no_fuel_of_the_enterprises_exceeds_their_countys(loaded: City, facts: pl.DataFrame) -> None:
    fuels = facts.filter(pl.col("quantity") == "fuel_use", pl.col("period").str.starts_with("2024"))
    for county in ("512002", "512021", "512022"):
        firms = [entity.id for entity in loaded.places.descendants(county, "enterprise")]
        own = fuels.filter(pl.col("entity").is_in(firms)).group_by("item").agg(pl.col("value").sum())
        whole = fuels.filter(pl.col("entity") == county).select("item", whole="value")
        both = own.join(whole, on="item")
        assert both.height >= 3
        assert (both["value"] <= both["whole"]).all()


def test_an_enterprises_energy_is_its_fuels_in_standard_coal(facts: pl.DataFrame) -> None:
    month = facts.filter(pl.col("entity") == "drill-E01", pl.col("period") == "2024-05")
    factor = {"原煤": 0.7143, "电力": 1.229, "柴油": 1.4571, "天然气": 12.143}
    fuels = month.filter(pl.col("quantity") == "fuel_use")
    burnt = sum(factor[item] * use for item, use in zip(fuels["item"], fuels["value"], strict=True))
    stated = month.filter(pl.col("quantity") == "industrial_energy")["value"].item()
    assert stated == pytest.approx(burnt, abs=0.006)


def test_industry_of_a_county_is_more_than_its_enterprises(loaded: City, facts: pl.DataFrame) -> None:
    month = facts.filter(pl.col("quantity") == "industrial_energy", pl.col("period") == "2023-07")
    firms = [entity.id for entity in loaded.places.descendants("512022", "enterprise")]
    own = month.filter(pl.col("entity").is_in(firms))["value"].sum()
    whole = month.filter(pl.col("entity") == "512022")["value"].item()
    assert 0.4 * whole < own < whole


def test_registers_are_made_up_and_only_in_the_drill(city: City) -> None:
    drilled = places_of(city, "drill")
    kinds = Counter(entity.kind for entity in drilled)
    assert (kinds["enterprise"], kinds["sewage_plant"], kinds["reduction_project"]) == (60, 76, 91)
    made = [entity for entity in drilled if entity.id not in city.places]
    assert all(entity.name.startswith("演练") for entity in made)
    assert not any(entity.name.startswith("演练") for entity in city.places)


def test_no_real_enterprise_park_or_project_is_in_the_drill(city: City) -> None:
    registers = {"enterprise", "industrial_park", "sewage_plant", "reduction_project", "public_institution"}
    real = {entity.id for entity in city.places if entity.kind in registers}
    assert not real & {entity.id for entity in places_of(city, "drill")}


def test_the_made_up_factor_of_gas_stays_in_the_drill(city: City) -> None:
    day = date(2024, 12, 31)
    made = city_in(city, "drill").parameters.get("standard_coal_factor").at(day, "天然气", "512002")
    real = city.parameters.get("standard_coal_factor").at(day, "天然气", "512002")
    assert made is not None
    assert "演练" in made.cite
    assert real is None or "演练" not in real.cite


def test_every_source_of_the_drill_says_that_it_is_one(loaded: City, facts: pl.DataFrame) -> None:
    assert all(ledger.source(id).title.startswith("演练") for id in facts["source"].unique())


def test_nothing_of_the_drill_is_among_the_actual_facts_and_targets(loaded: City) -> None:
    actual = ledger.read("actual")
    assert not any(ledger.source(id).title.startswith("演练") for id in actual["source"].unique())
    assert not actual["entity"].str.starts_with("drill").any()
    assert set(ledger.read("target")["period"]) == {"2025"}
    assert set(ledger.read("drill-target")["period"]) == {"2030"}


def test_a_drill_target_changed_midway_keeps_both_numbers(loaded: City) -> None:
    vintages = ledger.history("key_project_reduction", "512000", "氮氧化物", "2030", "drill-target", None)
    assert [int(one.value) for one in vintages] == [560, 520]


def test_the_running_plan_shows_months_and_waits_for_years(loaded: City, facts: pl.DataFrame) -> None:
    running = board(loaded, plan_of(loaded, "ziyang-155-drill"), "drill")
    assert all(one.latest is None or str(one.period) <= "2025" or one.owed_by for one in running.targets)
    months = facts.filter(
        pl.col("quantity") == "industrial_energy", pl.col("period").str.starts_with("2026-")
    )
    assert set(months["period"]) == {f"2026-{month:02}" for month in range(1, 7)}


def test_the_definitions_of_the_headline_differ(loaded: City) -> None:
    from duheng.assess.books import opened

    books = opened(loaded, plan_of(loaded, "ziyang-145"), "drill").books
    declines = {
        value(quantity("energy_intensity_decline"), books, "512000", "2025", definition=definition)
        for definition in ("full", "minus-feedstock", "minus-feedstock-nonfossil")
    }
    assert len(declines) == 3
    assert None not in declines


def test_the_balance_of_every_county_year_and_fuel_closes_exactly(city: City) -> None:
    settings = settings_of(city)
    assert settings is not None
    stated: dict[tuple[str, str, str], dict[str, Decimal]] = defaultdict(dict)
    duty = next(one for one in city.duties() if one.id == "energy-balance-table")
    for batch in drill_batches(city, settings):
        for fact in batch.facts:
            if fact.quantity in (*duty.quantities, "fuel_use") and fact.entity in settings.counties:
                stated[fact.entity, fact.period, str(fact.item)][fact.quantity] = fact.value
    assert len(stated) == 3 * 11 * 10
    parts = {"supply": 1, "transformed": 1, "final": -1, "fuel_loss": -1}
    for cells in stated.values():
        assert cells.keys() == {*duty.quantities, "fuel_use"}
        signs = {name: next((s for p, s in parts.items() if name.startswith(p)), 0) for name in cells}
        assert sum(value * signs[name] for name, value in cells.items()) == 0
        assert sum(value for name, value in cells.items() if name.startswith("supply")) == cells["fuel_use"]
        assert cells["industry_material_use"] <= cells["final_industry"]
        assert all(value >= 0 for name, value in cells.items() if name.startswith("final"))


def test_a_drilled_city_is_known_again_also_with_other_parameters_in_force(city: City) -> None:
    """As an import hands it in; drilled twice, every parameter of the drill would have two values on one day (L5)."""
    drilled = city_in(city, "drill")
    changed = replace(drilled, parameters=Parameters(dict(drilled.parameters.own)))
    assert city_in(changed, "drill") is changed
