"""Sums by place: unknown unless every member is known, with who owes; whole months become facts of the ledger."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest

from duheng import ledger
from duheng.assess.audit.groups import online
from duheng.assess.books import Opened, default_plan, opened
from duheng.assess.why import why
from duheng.city import default_city_folder, load
from duheng.cli.explain import lines
from duheng.model.entities import Entity
from duheng.model.periods import parse
from duheng.model.plan import City
from duheng.telemetry.readings.writing import write
from duheng.telemetry.rollup import store
from duheng.telemetry.rollup.engines import engine
from duheng.telemetry.rollup.facts import Entered, enter
from duheng.telemetry.rollup.points import Points, read_points
from duheng.telemetry.rollup.rules import rules
from duheng.telemetry.rollup.running import roll_up
from duheng.telemetry.rollup.totals import Total, preview, totals
from tests.telemetry.conftest import DAY, LISTED, counted, rows, steady

MONTH = datetime(2026, 2, 1)


@pytest.fixture(scope="session")
def city() -> City:
    """The packaged city."""
    return load(default_city_folder())


def points_of(*lines: str) -> Points:
    return read_points(LISTED + "\n".join(lines) + "\n")


METER = "M1,E,counter,{},电力,kWh,15,500,1000000,{},,{},"
MANUAL = "M2,E,counter,512022,电力,kWh,44640,,,2026-01-05,,乐至县某公司,"


def rolled(home: Path, points: Points, city: City, period: str) -> dict[str, Total]:
    found = totals(home, engine(), points, city.places, city.parameters, parse(period))
    return {one.place: one for one in found}


def test_a_county_with_a_manual_meter_that_has_no_value_yet_is_unknown(home: Path, city: City) -> None:
    points = points_of(METER.format("512022", "2026-01-05", "供电公司"), MANUAL)
    write(home, counted(steady()))
    roll_up(home, points, engine())
    county = rolled(home, points, city, "2026-01")["512022"]
    assert (county.value, county.so_far, county.unit, county.known, county.expected) == (
        None,
        1075,
        "kWh",
        1,
        2,
    )
    assert county.said == "未知：2个中已知1个，已知合计1,075 kWh；M2 电力 应由乐至县某公司报送"


def test_where_nothing_is_known_no_sum_is_said_not_even_nought(home: Path, city: City) -> None:
    county = rolled(home, points_of(MANUAL), city, "2026-01")["512022"]
    assert (county.value, county.so_far, county.known) == (None, None, 0)
    assert county.said == "未知：1个都没有数；M2 电力 应由乐至县某公司报送"


def test_the_hand_written_reading_makes_the_county_known(home: Path, city: City) -> None:
    points = points_of(METER.format("512022", "2026-01-05", "供电公司"), MANUAL)
    write(home, counted(steady()))
    manual = counted([(DAY, 100.0), (DAY + timedelta(hours=10), 400.0)], mn="M2").with_columns(
        flag=pl.lit("S")
    )
    write(home, manual)
    roll_up(home, points, engine())
    found = rolled(home, points, city, "2026-01")
    assert found["512022"].value == found["512000"].value == pytest.approx(1375)
    assert found["512022"].coal == pytest.approx(0.1375 * 1.229)
    assert found["512022"].unfinished


def test_a_sub_meter_enters_no_sum(home: Path, city: City) -> None:
    points = points_of(METER.format("512022", "2026-01-05", ""), MANUAL.replace("公司,", "公司,,no"))
    write(home, counted(steady()))
    roll_up(home, points, engine())
    assert rolled(home, points, city, "2026-01")["512022"].value == pytest.approx(1075)


def test_no_reading_at_all_names_who_owes(home: Path, city: City) -> None:
    points = points_of(METER.format("512022", "2026-01-05", "供电公司"))
    write(home, counted(steady()[:1]))
    roll_up(home, points, engine())
    county = rolled(home, points, city, "2026-01")["512022"]
    assert (county.value, county.known) == (None, 0)
    assert county.said.endswith("M1 电力 应由供电公司报送")


def whole_month(mn: str = "M1", used: float = 25.0) -> pl.DataFrame:
    """A counter through all of February 2026."""
    return counted([(MONTH + timedelta(minutes=15 * n), used * n) for n in range(28 * 96 + 1)], mn=mn)


def entered(home: Path, points: Points, city: City) -> Entered:
    roll_up(home, points, engine())
    return enter(home, engine(), points, city.places, city.parameters)


def test_a_whole_month_becomes_a_fact_with_its_segments(books: Path, city: City) -> None:
    points = points_of(METER.format("512022", "2026-02-01", ""))
    write(books, whole_month())
    assert entered(books, points, city).added == 1
    fact = ledger.history("online_energy", "512022", "电力", "2026-02", "actual", None)[0]
    assert (float(fact.value), fact.unit, fact.stated, fact.status) == (
        6.72,
        "万kWh",
        "67200 kWh",
        "measured",
    )
    assert fact.source.kind == "telemetry"
    assert "2026-01-05/000000-0001" in fact.source.title
    assert fact.locator == "M1；672小时；第1次汇总"


def test_a_month_that_is_not_over_states_nothing(books: Path, city: City) -> None:
    points = points_of(METER.format("512022", "2026-01-05", ""))
    write(books, counted(steady()))
    found = entered(books, points, city)
    assert (found.added, len(found.open)) == (0, 1)


def test_a_correction_supersedes_the_fact_and_the_old_value_stays(books: Path, city: City) -> None:
    points = points_of(METER.format("512022", "2026-02-01", ""))
    write(books, whole_month())
    entered(books, points, city)
    write(books, counted([(MONTH + timedelta(days=28), 67210.0)], MONTH + timedelta(days=30)))
    assert entered(books, points, city).added == 1
    facts = ledger.history("online_energy", "512022", "电力", "2026-02", "actual", None)
    assert [(float(one.value), one.standing) for one in facts] == [(6.721, "effective"), (6.72, "superseded")]
    assert store.read(books, "months", upto=1)["amount"].to_list() == [67200]


def test_a_stated_month_that_is_no_longer_known_is_named(books: Path, city: City) -> None:
    points = points_of(METER.format("512022", "2026-02-01", ""))
    write(books, whole_month())
    assert entered(books, points, city).outdated == ()
    more = points_of(METER.format("512022", "2026-02-01", ""), MANUAL.replace("2026-01-05", "2026-02-01"))
    write(books, counted([(MONTH + timedelta(days=28), 67210.0)], MONTH + timedelta(days=30)))
    found = entered(books, more, city)
    assert (found.added, [(one.place, stated) for one, stated in found.outdated]) == (
        0,
        [("512022", "67200 kWh")],
    )


def test_the_same_readings_again_state_nothing_new(books: Path, city: City) -> None:
    points = points_of(METER.format("512022", "2026-02-01", ""))
    write(books, whole_month())
    entered(books, points, city)
    write(books, whole_month())
    assert entered(books, points, city) == Entered()


def test_an_outlet_of_the_city_has_its_load_as_a_fact(books: Path, city: City) -> None:
    outlet = Entity("E1-DA001", "某厂DA001", "outlet", "512022")
    places = city.places.joined([outlet])
    points = points_of(
        "G1,a21026,gas,E1-DA001,二氧化硫,mg/m3,10,,,2026-02-01,,,",
        "G1,a00000,gas_flow,E1-DA001,,m3/s,10,,,2026-02-01,,,",
    )
    hours = [MONTH + timedelta(hours=n) for n in range(28 * 24)]
    sent = {"mn": "G1", "st": "31", "cn": "2061", "flag": "N"}
    values = {"a21026": 30.0, "a00000": 50000 / 3600}
    listed = [
        {**sent, "time": hour, "arrival": hour, "factor": factor, "avg": value}
        for hour in hours
        for factor, value in values.items()
    ]
    write(books, rows(listed))
    roll_up(books, points, engine())
    assert enter(books, engine(), points, places, city.parameters).added == 1
    fact = ledger.history("online_emission", "E1-DA001", "二氧化硫", "2026-02", "actual", None)[0]
    assert float(fact.value) == pytest.approx(1.5 * 672)  # 30 mg/m3 x 50,000 m3/h = 1.5 kg/h


def asked(city: City) -> Opened:
    return opened(city, default_plan(city, "actual"), "actual", None)


def reported(quantity: str, item: str, value: str, unit: str, entity: str = "512022") -> None:
    fact = ledger.NewFact(
        quantity,
        entity,
        item,
        "2026-02",
        "actual",
        None,
        Decimal(value),
        value,
        "reported",
        "quoted",
        "B2",
        unit,
    )
    ledger.append([fact], ledger.NewSource("submission", "某企业月报.xlsx"), "测试")


def test_explain_names_the_segments(books: Path, city: City) -> None:
    write(books, whole_month())
    entered(books, points_of(METER.format("512022", "2026-02-01", "")), city)
    reasons = why(asked(city), "online_fuel_energy", "乐至县", "2026-02", item="电力")
    text = "\n".join(lines(reasons))
    assert "8.26 tce" in text  # 6.72 万kWh x 1.229
    assert "监测数据段 2026-01-05/000000-0001 至 2026-01-05/000000-0001" in text
    assert "M1；672小时；第1次汇总" in text


def test_what_is_reported_is_held_against_what_was_measured(books: Path, city: City) -> None:
    write(books, whole_month())
    entered(books, points_of(METER.format("512022", "2026-02-01", "")), city)
    reported("fuel_use", "电力", "6.9", "万kWh")
    assert list(online(asked(city))) == []  # 2.7 % apart, 5 % are tolerated
    reported("fuel_use", "电力", "8", "万kWh")
    (found,) = online(asked(city))
    assert "填报8，监测6.72，差+19.0%" in found.finding.text
    assert [cell.quantity for cell in found.cells] == ["fuel_use", "online_energy"]


def test_items_that_two_tables_name_differently_are_the_same(books: Path, city: City) -> None:
    fact = ledger.NewFact(
        "online_emission",
        "512022",
        "化学需氧量",
        "2026-02",
        "actual",
        None,
        Decimal(100),
        "100 kg",
        "measured",
        "derived",
        "",
        "kg",
    )
    ledger.append([fact], ledger.NewSource("telemetry", "监测数据段"), "测试")
    reported("water_tax_emission", "化学需氧量(CODcr)", "60", "kg")
    (found,) = online(asked(city))
    assert "差-40.0%" in found.finding.text


@pytest.mark.parametrize("broken", [0.0, 900.0, -1.0])
def test_sums_straight_from_readings_are_those_published(home: Path, city: City, broken: float) -> None:
    quarters = [MONTH + timedelta(minutes=15 * n) for n in range(28 * 96)]
    sent: list[dict[str, object]] = [
        {"mn": mn, "cn": "interval", "time": at, "factor": "E", "cou": 10.0 + n % 7, "arrival": at}
        for mn in ("M1", "M2") for n, at in enumerate(quarters) if (mn, n % 50) != ("M1", 3)
    ]  # fmt: skip
    sent[100]["cou"] = broken or 12.0
    write(home, rows(sent))
    line = "{},E,interval,{},电力,kWh,15,500,,2026-02-01,,,,"
    points = points_of(line.format("M1", "512022"), line.format("M2", "512021"))
    roll_up(home, points, engine())
    days = (MONTH.date(), (MONTH + timedelta(days=27)).date())
    found = preview(home, engine(), points, city.places, city.parameters, days, rules())
    straight = {one.place: one.value for one in found}
    published = {place: total.value for place, total in rolled(home, points, city, "2026-02").items()}
    assert straight == pytest.approx(published)
    assert (published["512022"] is None) == bool(broken)
