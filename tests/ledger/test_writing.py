"""Appending: what enters, what does not, and what it supersedes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.db import DatabaseError, connections, transaction
from pytest_django import Settings

from duheng import ledger
from duheng.model.errors import DuhengError
from tests.ledger.conftest import BOTH, document, new

both = pytest.mark.parametrize("database", BOTH, indirect=True)
pytestmark = pytest.mark.usefixtures("database")


@both
def test_facts_are_numbered_and_chained_in_the_order_given() -> None:
    receipt = ledger.append([new(period="2022"), new(period="2023")], document(), "市统计局")
    first, second = (
        ledger.history("fuel_use", "512002", "原煤", year, "actual", None)[0] for year in ("2022", "2023")
    )
    assert receipt == ledger.Receipt(added=2, duplicates=0, first_seq=1, last_seq=2)
    assert (first.previous, second.previous, second.id) == ("", first.id, ledger.head().hash)


@both
def test_a_fact_comes_back_exactly_as_it_was_stated() -> None:
    given = new(
        "0.10", unit="t", stated="0.10 吨\n（含税）“'\\", definition="minus-feedstock", locator="第3页"
    )
    ledger.append([given], document(), "张三", datetime(2024, 7, 31, 9, tzinfo=UTC))
    (kept,) = ledger.history("fuel_use", "512002", "原煤", "2023", "actual", "minus-feedstock")
    assert (str(kept.value), kept.unit, kept.stated, kept.locator) == ("0.10", "t", given.stated, "第3页")
    assert (kept.recorded_by, kept.recorded_at) == ("张三", datetime(2024, 7, 31, 9, tzinfo=UTC))
    assert (kept.source.title, kept.source.digest, kept.standing) == (
        "能源平衡表2023.xlsx",
        "d1",
        "effective",
    )


@both
def test_the_same_file_twice_adds_nothing() -> None:
    ledger.append([new("1"), new("2", period="2022")], document(), "甲")
    again = ledger.append([new("1"), new("2", period="2022")], document(), "乙")
    assert again == ledger.Receipt(added=0, duplicates=2, first_seq=None, last_seq=None)
    assert ledger.head().seq == 2


@both
def test_the_same_figure_from_another_document_is_a_fact_of_its_own() -> None:
    ledger.append([new("1")], document("甲.xlsx", "d1"), "甲")
    assert ledger.append([new("1")], document("乙.xlsx", "d2"), "甲").added == 1


def test_a_renamed_file_of_the_same_content_is_a_duplicate() -> None:
    ledger.append([new("1")], document("甲.xlsx", "d1"), "甲")
    assert ledger.append([new("1")], document("甲（副本）.xlsx", "d1"), "甲").added == 0


def test_two_documents_without_a_digest_are_not_the_same_document() -> None:
    ledger.append([new("1")], document("甲", ""), "甲")
    assert ledger.append([new("1")], document("乙", ""), "甲").added == 1


def test_a_figure_that_returns_to_an_earlier_value_is_a_new_fact() -> None:
    for value in ("1", "2", "1"):
        ledger.append([new(value)], document(), "甲")
    assert [one.value for one in ledger.history("fuel_use", "512002", "原煤", "2023", "actual", None)] == [
        1,
        2,
        1,
    ]


def test_a_correction_names_the_fact_that_it_supersedes() -> None:
    ledger.append([new("1")], document(), "甲")
    first = ledger.head().hash
    ledger.append([new("2")], document("更正.xlsx", "d2"), "甲")
    newest, oldest = ledger.history("fuel_use", "512002", "原煤", "2023", "actual", None)
    assert (newest.supersedes, oldest.supersedes) == (first, None)
    assert (newest.standing, oldest.standing) == ("effective", "superseded")


def test_a_fact_of_another_status_supersedes_nothing() -> None:
    ledger.append([new("1", status="reported")], document(), "甲")
    ledger.append([new("2", status="audited")], document(), "甲")
    newest, oldest = ledger.history("fuel_use", "512002", "原煤", "2023", "actual", None)
    assert (newest.supersedes, newest.standing, oldest.standing) == (None, "effective", "outranked")


def test_of_two_values_for_one_cell_in_one_batch_the_later_supersedes_the_earlier() -> None:
    receipt = ledger.append([new("1"), new("2"), new("2")], document(), "甲")
    newest, oldest = ledger.history("fuel_use", "512002", "原煤", "2023", "actual", None)
    assert (receipt.added, receipt.duplicates) == (2, 1)
    assert (newest.value, newest.supersedes) == (Decimal(2), oldest.id)


def test_a_source_is_kept_once_however_often_it_is_cited() -> None:
    for value in ("1", "2"):
        ledger.append([new(value)], document(), "甲")
    assert [one.title for one in ledger.sources()] == ["能源平衡表2023.xlsx"]
    assert ledger.source(1).digest == "d1"


@both
def test_recording_before_the_newest_fact_is_refused_and_adds_nothing() -> None:
    ledger.append([new("1")], document(), "甲", datetime(2024, 1, 2, tzinfo=UTC))
    with pytest.raises(DuhengError, match="早于"):
        ledger.append([new("2")], document(), "甲", datetime(2024, 1, 1, tzinfo=UTC))
    assert ledger.head().seq == 1


def test_a_clock_that_runs_behind_never_dates_a_fact_before_the_newest() -> None:
    ahead = datetime.now(UTC) + timedelta(days=400)
    ledger.append([new("1")], document(), "甲", ahead)
    ledger.append([new("2")], document(), "甲")
    assert ledger.history("fuel_use", "512002", "原煤", "2023", "actual", None)[0].recorded_at == ahead


@pytest.mark.parametrize(
    ("trouble", "says"),
    [
        ({"value": Decimal("NaN")}, "有限的十进制数"),
        ({"value": 1.5}, "有限的十进制数"),
        ({"status": "guessed"}, "状态"),
        ({"period": "2023年"}, "时期"),
        ({"period": "很久以前"}, "时期"),
        ({"entity": ""}, "为空"),
        ({"stated": "1\0吨"}, "无法保存"),
        ({"locator": "\udcb1\udced1!C4"}, "无法保存"),
        ({"value": Decimal("1E+999999")}, "60 位"),
        ({"value": Decimal("1E-61")}, "60 位"),
        ({"item": "煤" * 121}, "120"),
    ],
)
def test_a_malformed_fact_is_refused_with_the_whole_batch(trouble: dict[str, object], says: str) -> None:
    columns: dict[str, object] = {"value": Decimal(1), **trouble}
    value = columns.pop("value")
    bad = new(**columns)  # type: ignore[arg-type]
    object.__setattr__(bad, "value", value)
    with pytest.raises(DuhengError, match=says):
        ledger.append([new("7"), bad], document(), "甲")
    assert ledger.head().seq == 0


@pytest.mark.parametrize(
    ("source", "by"),
    [
        (ledger.NewSource("rumour", "传闻"), "甲"),
        (ledger.NewSource("document", " "), "甲"),
        (ledger.NewSource("document", "表"), ""),
        (ledger.NewSource("document", "表\0"), "甲"),
        (ledger.NewSource("document", "\udcb1\udced.xlsx"), "甲"),
    ],
)
def test_a_number_without_a_proper_source_is_refused(source: ledger.NewSource, by: str) -> None:
    with pytest.raises(DuhengError):
        ledger.append([new()], source, by)


@both
@pytest.mark.parametrize("table", ["ledger_fact", "ledger_source", "ledger_audit"])
def test_the_database_itself_refuses_update_delete_and_replacement(table: str) -> None:
    ledger.append([new("1"), new("2", period="2022")], document(), "甲")
    ledger.audit("甲", "import", "表")
    connection = connections["default"]
    statements = [f"UPDATE {table} SET hash = 'x'", f"DELETE FROM {table}"]
    if connection.vendor == "postgresql":
        statements += [f"TRUNCATE {table} CASCADE"]
    else:
        statements += [f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}"]
    for statement in statements:
        with (
            pytest.raises(DatabaseError, match="只增不改"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)
    assert ledger.verify() == []


def test_a_new_fact_with_a_taken_hash_cannot_push_the_old_one_out() -> None:
    ledger.append([new("1")], document(), "甲")
    with pytest.raises(DatabaseError, match="只增不改"), connections["default"].cursor() as cursor:
        cursor.execute(
            "INSERT OR REPLACE INTO ledger_audit (seq, hash, previous, algorithm, at, actor, action, object, detail) "
            "SELECT 1, 'x', '', '', '', '', '', '', '' UNION SELECT 2, 'x', '', '', '', '', '', '', ''"
        )


@both
def test_an_append_inside_a_transaction_that_fails_leaves_nothing_behind() -> None:
    ledger.append([new("1")], document(), "甲")
    with transaction.atomic():
        ledger.append([new("2")], document(), "甲")
        assert ledger.read("actual")["value"].to_list() == [2.0]
        transaction.set_rollback(True)
    assert ledger.read("actual")["value"].to_list() == [1.0]
    ledger.append([new("3")], document(), "甲")
    assert ledger.read("actual")["value"].to_list() == [3.0]
    assert ledger.verify() == []


def test_the_hash_can_be_sm3_and_may_change_along_the_chain(settings: Settings) -> None:
    ledger.append([new("1")], document(), "甲")
    settings.DUHENG_HASH = "sm3"
    ledger.append([new("2")], document(), "甲")
    ledger.audit("甲", "import", "表")
    newest, oldest = ledger.history("fuel_use", "512002", "原煤", "2023", "actual", None)
    assert (newest.algorithm, oldest.algorithm) == ("sm3", "sha256")
    assert ledger.verify() == []


def test_an_unknown_hash_is_refused(settings: Settings) -> None:
    settings.DUHENG_HASH = "md5"
    with pytest.raises(DuhengError, match="sha256 或 sm3"):
        ledger.append([new("1")], document(), "甲")


@both
def test_audit_entries_are_chained_and_come_back_newest_first() -> None:
    ledger.audit("甲", "log-in", "甲")
    ledger.audit("甲", "import", "表.xlsx", {"added": 3, "by": "甲"})
    newest, oldest = ledger.trail()
    assert (newest.seq, newest.action, newest.detail) == (2, "import", '{"added": 3, "by": "甲"}')
    assert (oldest.seq, oldest.object) == (1, "甲")
    assert [one.seq for one in ledger.trail(limit=1, before=2)] == [1]
    assert ledger.verify() == []


def test_an_audit_entry_needs_somebody_who_did_something() -> None:
    with pytest.raises(DuhengError, match="何人"):
        ledger.audit("", "import", "表")


@both
def test_a_name_with_odd_characters_cannot_keep_itself_out_of_the_audit() -> None:
    ledger.audit("admin\0", "log-in-failed", "\0\udcb1")
    assert (ledger.trail()[0].actor, ledger.trail()[0].object) == ("admin�", "�?")


@both
def test_a_thousand_corrections_at_once_find_what_they_supersede() -> None:
    first = [new(str(n), entity=f"E{n:05d}") for n in range(1200)]
    ledger.append(first, document(), "甲")
    odd_ones_corrected = [
        new(str(n + n % 2), stated=f"{n + n % 2} 吨", entity=f"E{n:05d}") for n in range(1200)
    ]
    receipt = ledger.append(odd_ones_corrected, document(), "甲")
    assert (receipt.added, receipt.duplicates) == (600, 600)
    newest, oldest = ledger.history("fuel_use", "E00601", "原煤", "2023", "actual", None)
    assert (newest.value, newest.supersedes) == (Decimal(602), oldest.id)


def test_the_head_outside_the_database_follows_every_append(database: tuple[str, Path]) -> None:
    ledger.append([new("1")], document(), "甲")
    file = database[1] / "heads" / f"{ledger.head().ledger}.json"
    assert ledger.head().hash in file.read_text()
