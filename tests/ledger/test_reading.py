"""Reading: precedence, as-of, scenarios apart."""

from __future__ import annotations

from datetime import UTC, date, datetime

import polars as pl
import pytest
from django.db import connections

from duheng import ledger
from duheng.ledger.writing import COLUMNS
from duheng.model.errors import DuhengError, UnknownName
from tests.ledger.conftest import BOTH, document, new

both = pytest.mark.parametrize("database", BOTH, indirect=True)
pytestmark = pytest.mark.usefixtures("database")


def on(day: int) -> datetime:
    """Noon UTC of a day in March 2024."""
    return datetime(2024, 3, day, 12, tzinfo=UTC)


def values(frame: pl.DataFrame) -> list[float]:
    """The values of a frame in its order."""
    return frame["value"].to_list()


@both
def test_an_empty_ledger_reads_as_a_table_without_rows() -> None:
    frame = ledger.read("actual")
    assert frame.is_empty()
    assert frame.schema["value"] == pl.Float64
    assert frame.columns[:7] == ["quantity", "entity", "item", "period", "definition", "value", "fact"]


@both
def test_audited_outranks_measured_outranks_reported_outranks_estimated() -> None:
    for rank, status in enumerate(["estimated", "audited", "reported", "measured"]):
        ledger.append([new(str(rank), status=status)], document(), "甲")
    assert ledger.read("actual").select("value", "status").rows() == [(1.0, "audited")]
    assert ledger.losers("actual")["status"].to_list() == ["estimated", "reported", "measured"]
    assert set(ledger.losers("actual")["winner_value"]) == {1.0}


@both
def test_a_later_estimate_does_not_displace_a_measured_value() -> None:
    ledger.append([new("5", status="measured")], document(), "甲")
    ledger.append([new("6", status="estimated")], document(), "甲")
    assert values(ledger.read("actual")) == [5.0]


@both
def test_as_of_gives_what_was_known_before_a_correction() -> None:
    ledger.append([new("1")], document(), "甲", on(1))
    ledger.append([new("2")], document(), "甲", on(5))
    assert values(ledger.read("actual", as_of=on(4))) == [1.0]
    assert values(ledger.read("actual", as_of=on(5))) == [2.0]
    assert values(ledger.read("actual")) == [2.0]
    assert values(ledger.read("actual", as_of=datetime(2024, 2, 29, tzinfo=UTC))) == []


@both
def test_as_of_a_date_means_the_end_of_that_day_in_shanghai() -> None:
    ledger.append([new("1")], document(), "甲", datetime(2024, 3, 1, 15, 59, tzinfo=UTC))
    ledger.append([new("2")], document(), "甲", datetime(2024, 3, 1, 16, 0, tzinfo=UTC))
    assert values(ledger.read("actual", as_of=date(2024, 3, 1))) == [1.0]
    assert values(ledger.read("actual", as_of=date(2024, 3, 2))) == [2.0]
    assert values(ledger.read("actual", as_of=datetime(2024, 3, 2, 0, 0))) == [2.0]


def test_a_fact_recorded_for_a_bare_moment_is_dated_in_shanghai() -> None:
    ledger.append([new("1")], document(), "甲", datetime(2024, 3, 1))
    assert ledger.read("actual")["recorded_at"].to_list() == [datetime(2024, 2, 29, 16, tzinfo=UTC)]


@both
def test_upto_a_number_gives_the_ledger_as_it_was_then() -> None:
    for value in ("1", "2", "3"):
        ledger.append([new(value)], document(), "甲")
    assert [values(ledger.read("actual", upto=seq)) for seq in range(4)] == [[], [1.0], [2.0], [3.0]]


@both
def test_scenarios_never_mix() -> None:
    ledger.append([new("1"), new("9", scenario="drill", status="audited")], document(), "甲")
    assert values(ledger.read("actual")) == [1.0]
    assert values(ledger.read("drill")) == [9.0]
    assert ledger.losers("actual").is_empty()
    assert ledger.read("forecast").is_empty()


@both
def test_definitions_items_and_periods_are_cells_of_their_own() -> None:
    ledger.append(
        [
            new("1"),
            new("2", definition="minus-feedstock"),
            new("3", item="焦炭"),
            new("4", period="2023-01"),
            new("5", item=None),
        ],
        document(),
        "甲",
    )
    frame = ledger.read("actual")
    assert values(frame) == [1.0, 2.0, 3.0, 4.0, 5.0]
    assert frame["definition"].to_list() == [None, "minus-feedstock", None, None, None]
    assert frame["item"].to_list() == ["原煤", "原煤", "焦炭", "原煤", None]


@both
def test_each_row_says_where_it_comes_from() -> None:
    ledger.append([new("1", stated="1 吨", locator="表1!C4", confidence="memory")], document(), "甲", on(1))
    (row,) = ledger.read("actual").rows(named=True)
    assert (row["stated"], row["locator"], row["confidence"], row["seq"]) == ("1 吨", "表1!C4", "memory", 1)
    assert (row["recorded_at"], row["fact"]) == (on(1), ledger.head().hash)
    assert ledger.source(row["source"]).title == "能源平衡表2023.xlsx"


@both
def test_a_loser_without_an_item_is_found_as_well() -> None:
    ledger.append([new("1", item=None), new("2", item=None, status="audited")], document(), "甲")
    (row,) = ledger.losers("actual").rows(named=True)
    assert (row["value"], row["winner_value"], row["winner_status"]) == (1.0, 2.0, "audited")
    assert row["winner"] == ledger.head().hash


@both
def test_a_superseded_value_is_no_loser() -> None:
    ledger.append([new("1")], document(), "甲", on(1))
    ledger.append([new("2")], document(), "甲", on(2))
    ledger.append([new("3", status="audited")], document(), "甲", on(3))
    assert values(ledger.losers("actual")) == [2.0]
    assert values(ledger.losers("actual", as_of=on(2))) == []


def test_what_came_since_the_last_reading_is_seen_at_once() -> None:
    for value, year in (("1", "2022"), ("2", "2023"), ("3", "2022")):
        ledger.append([new(value, period=year)], document(), "甲")
        assert value == f"{ledger.read('actual')['value'][-1]:.0f}"
    assert values(ledger.read("actual")) == [2.0, 3.0]


def test_a_fact_is_found_by_the_beginning_of_its_id() -> None:
    ledger.append([new("1")], document(), "甲")
    id = ledger.head().hash
    assert ledger.fact(id).id == ledger.fact(id[:8].upper()).id == id


@pytest.mark.parametrize("id", ["", "12345", "0000000000", "zzzzzzzz", "%%%%%%%"])
def test_an_id_that_is_none_is_an_unknown_name(id: str) -> None:
    ledger.append([new("1")], document(), "甲")
    with pytest.raises(UnknownName):
        ledger.fact(id)


def test_an_ambiguous_beginning_of_an_id_is_refused() -> None:
    ledger.append([new("1"), new("2")], document(), "甲")
    others = ", ".join(COLUMNS[2:])
    with connections["default"].cursor() as cursor:
        cursor.execute(
            f"INSERT INTO ledger_fact (seq, hash, {others}) "
            f"SELECT 3, substr(hash, 1, 10) || 'ff', {others} FROM ledger_fact WHERE seq = 2"
        )
    with pytest.raises(DuhengError, match="多条"):
        ledger.fact(ledger.head().hash[:8])


def test_an_unknown_source_is_an_unknown_name() -> None:
    with pytest.raises(UnknownName):
        ledger.source(7)


@both
def test_an_earlier_history_has_the_standing_of_then() -> None:
    for day, value, status in ((1, "1", "reported"), (2, "2", "reported"), (3, "3", "audited")):
        ledger.append([new(value, status=status)], document(f"{value}.xlsx", f"d{day}"), "甲", on(day))
    of = ("fuel_use", "512002", "原煤", "2023", "actual", None)
    told = {
        day: [(str(one.value), one.standing) for one in ledger.history(*of, on(day))] for day in (1, 2, 3)
    }
    assert told[1] == [("1", "effective")]
    assert told[2] == [("2", "effective"), ("1", "superseded")]
    assert told[3] == [("3", "effective"), ("2", "outranked"), ("1", "superseded")]


def test_a_cell_nobody_has_stated_has_no_history() -> None:
    assert ledger.history("fuel_use", "512002", "原煤", "2023", "actual", None) == []
