"""示例市: another plan, another county structure, one more pollutant: data files only."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import polars as pl
import pytest

from duheng import ledger
from duheng.assess.board import Board, board
from duheng.assess.books import opened
from duheng.assess.why import why
from duheng.city import check, load
from duheng.engine import Books, value
from duheng.ingest.loading import load_city
from duheng.model import City, Plan, quantity
from duheng.model.glossary import item_unit
from duheng.model.periods import parse
from duheng.model.units import convert
from tests.city.conftest import SHILI

CITY = "999900"


@pytest.fixture
def shili() -> City:
    return load(SHILI)


def plan(city: City, id: str) -> Plan:
    found = city.plan(id)
    assert found
    return found


def books(city: City, of: Plan) -> Books:
    rows = [
        {
            "quantity": f.quantity,
            "entity": f.entity,
            "item": f.item,
            "period": f.period,
            "value": float(convert(f.value, f.unit, item_unit(quantity(f.quantity), f.item))),
        }
        for f in city.facts
    ]
    frame = pl.DataFrame(rows, infer_schema_length=None)
    return Books(frame, city.places, city.parameters, of.duties, of.base_year)


def reported(city: City) -> None:
    """The city's published figures and targets into the ledger, as the program does it."""
    ledger.setup()
    load_city(city, drill=False)


def test_it_loads_without_any_finding() -> None:
    assert check(SHILI) == []


def test_it_has_four_counties_and_no_zones(shili: City) -> None:
    assert [e.kind for e in shili.places.children(CITY) if e.kind != "department"] == ["county"] * 4


def test_its_plans_come_in_the_order_of_their_periods(shili: City) -> None:
    assert [p.id for p in shili.plans] == ["shili-135", "shili-145"]


def test_a_target_changed_midway_keeps_both_numbers_with_their_documents(shili: City) -> None:
    target = plan(shili, "shili-145").target("energy")
    assert target is not None
    assert [target.on(date(2023, 6, 30)).value, target.on(date(2023, 7, 1)).value] == [Decimal("13.5"), 14]
    assert target.changes[0].document == "示府发〔2023〕9号"


@pytest.mark.django_db
def test_board_and_explanation_hold_a_changed_target_against_the_same_number(shili: City) -> None:
    reported(shili)
    of = plan(shili, "shili-145")
    status = next(
        one for one in board(shili, of, as_of=date(2025, 1, 1)).targets if one.target.id == "energy"
    )
    assert "由13.5调整为14，依据示府发〔2023〕9号" in status.note
    told = why(opened(shili, of, as_of=date(2025, 1, 1)), "energy_intensity_decline", CITY, "2023").headlines
    assert "14%（示府发〔2023〕9号，2023-07-01起；原为13.5%，示府发〔2022〕6号 一" in told[2]
    assert told[3].startswith(f"判定：{status.yardstick}")


def test_the_city_sets_its_own_natural_gas_factor(shili: City) -> None:
    factor = shili.parameters.get("standard_coal_factor").at(date(2023, 12, 31), "天然气", "999900")
    assert factor is not None
    assert (factor.value, factor.cite) == (Decimal("12.143"), "示统发〔2015〕1号")


def test_energy_up_by_5_and_product_up_by_20_percent_is_a_fall_of_12_5_percent(shili: City) -> None:
    found = value(
        quantity("energy_intensity_decline"), books(shili, plan(shili, "shili-145")), CITY, parse("2023")
    )
    assert found == pytest.approx(0.125, abs=1e-12)


def test_the_closed_plan_is_reckoned_from_its_own_base_year(shili: City) -> None:
    found = value(
        quantity("energy_intensity_decline"), books(shili, plan(shili, "shili-135")), CITY, parse("2020")
    )
    assert found == pytest.approx(1 - 1 / 1.2, abs=1e-12)


def test_four_quarters_make_the_year(shili: City) -> None:
    found = value(quantity("industrial_water"), books(shili, plan(shili, "shili-145")), CITY, parse("2020"))
    assert found == pytest.approx(4 * (100 + 60 + 80 + 40))


def test_a_project_is_expected_from_the_year_it_runs(shili: City) -> None:
    reduction = quantity("key_project_reduction")
    of = books(shili, plan(shili, "shili-145"))
    assert [value(reduction, of, CITY, parse(y), "总磷") for y in ("2021", "2022", "2023")] == [8, 11, 12]


@pytest.fixture
def shown(db: None, shili: City) -> Board:
    reported(shili)
    return board(shili, plan(shili, "shili-145"), as_of=date(2024, 12, 31))


def test_a_board_comes_out_without_any_code_of_its_own(shown: Board) -> None:
    latest = {one.target.id: (one.latest, one.period) for one in shown.targets}
    assert latest == {
        "energy": (Decimal("12.50"), "2023"),
        "cod": (Decimal("450.00"), "2023"),
        "phosphorus": (Decimal("31.00"), "2023"),
        "pm25": (Decimal("34.9"), "2023"),
        "water": (Decimal("25.00"), "2023"),
        "industry": (None, None),
    }


def test_its_board_holds_the_targets_as_revised(shown: Board) -> None:
    assert {t["id"]: t["target"] for t in shown.as_json()["targets"]} == {
        "energy": 14,
        "cod": 900,
        "phosphorus": 62,
        "pm25": 35,
        "water": 16,
        "industry": None,
    }


def test_its_board_before_the_revision_holds_the_first_numbers(db: None, shili: City) -> None:
    reported(shili)
    early = board(shili, plan(shili, "shili-145"), as_of=date(2023, 6, 30))
    assert [early.as_json()["targets"][n]["target"] for n in (0, 2)] == [13.5, 60]


def test_an_at_most_target_below_its_limit_is_met(shown: Board) -> None:
    status = shown.target("pm25")
    assert status is not None
    assert (status.progress, status.light) == (1, 3)


def test_what_nobody_has_stated_is_owed_by_its_unit(shown: Board) -> None:
    status = shown.target("industry")
    assert status is not None
    assert list(status.owed_by) == ["市工业局"]
