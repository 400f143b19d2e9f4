"""Verification: whoever gets at the tables behind the program's back is found out."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest
from django.db import connections

from duheng import ledger
from duheng.ledger import chain, heads
from duheng.ledger.writing import COLUMNS
from duheng.model.errors import DuhengError
from duheng.model.findings import Finding
from tests.ledger.conftest import BOTH, document, new, tamper

both = pytest.mark.parametrize("database", BOTH, indirect=True)
OTHERS = ", ".join(COLUMNS[1:])


@pytest.fixture(autouse=True)
def ten_facts(database: tuple[str, Path]) -> None:
    """Ten facts of the years 2011 to 2020, and two audit entries."""
    ledger.append([new(str(year), period=str(year)) for year in range(2011, 2021)], document(), "甲")
    ledger.audit("甲", "import", "能源平衡表2023.xlsx")
    ledger.audit("乙", "sign", "energy-intensity")


def found() -> list[tuple[str, str]]:
    """Code and place of each finding."""
    return [(one.code, one.place) for one in ledger.verify()]


def codes() -> list[str]:
    """The code of each finding."""
    return [one.code for one in ledger.verify()]


@both
def test_a_whole_ledger_has_no_findings() -> None:
    assert ledger.verify() == []


@both
@pytest.mark.parametrize("column", [name for name in COLUMNS if name not in ("seq", "source_id")])
def test_a_change_in_any_column_is_found_and_the_row_is_named(column: str) -> None:
    tamper(f"UPDATE ledger_fact SET {column} = 'changed' WHERE seq = 4")
    places = [place for _, place in found()]
    assert len(places) == 1
    assert "第 4 条" in places[0]
    if column != "period":
        assert "2014" in places[0]


@both
def test_a_changed_row_is_named_by_number_quantity_entity_and_period() -> None:
    id = ledger.fact(ledger.history("fuel_use", "512002", "原煤", "2014", "actual", None)[0].id).id
    tamper("UPDATE ledger_fact SET value = '9999' WHERE seq = 4")
    assert found() == [("tampered", f"账本事实第 4 条（fuel_use 512002 原煤 2014，{id[:12]}）")]
    assert "已被改动" in ledger.verify()[0].text


@both
def test_a_row_that_points_to_another_source_is_found() -> None:
    ledger.append([new("1", entity="512000")], document("乙.xlsx", "d2"), "甲")
    tamper("UPDATE ledger_fact SET source_id = 2 WHERE seq = 4")
    assert codes() == ["tampered"]


@both
def test_a_removed_row_is_found_by_its_number() -> None:
    tamper("DELETE FROM ledger_fact WHERE seq IN (4, 5, 8)")
    assert found() == [("missing", "账本事实第 4 至 5 条"), ("missing", "账本事实第 8 条")]


@both
def test_two_rows_that_changed_places_are_both_named() -> None:
    tamper(
        "UPDATE ledger_fact SET seq = 99 WHERE seq = 3",
        "UPDATE ledger_fact SET seq = 3 WHERE seq = 9",
        "UPDATE ledger_fact SET seq = 9 WHERE seq = 99",
    )
    findings = ledger.verify()
    assert [one.code for one in findings] == ["reordered", "reordered"]
    assert [one.expected for one in findings] == ["第 9 条", "第 3 条"]
    assert "2019" in findings[0].place


def test_rows_that_changed_places_far_apart_are_both_named() -> None:
    ledger.append([new("1", entity=f"E{n}") for n in range(50)], document(), "甲")
    tamper(
        "UPDATE ledger_fact SET seq = 99 WHERE seq = 3",
        "UPDATE ledger_fact SET seq = 3 WHERE seq = 55",
        "UPDATE ledger_fact SET seq = 55 WHERE seq = 99",
    )
    assert [one.expected for one in ledger.verify()] == ["第 55 条", "第 3 条"]


@both
def test_a_removed_row_is_found_even_if_the_rest_was_renumbered() -> None:
    tamper(
        "DELETE FROM ledger_fact WHERE seq = 4",
        "UPDATE ledger_fact SET seq = seq + 1000 WHERE seq > 4",
        "UPDATE ledger_fact SET seq = seq - 1001 WHERE seq > 1000",
    )
    findings = ledger.verify()
    assert [one.code for one in findings] == ["reordered", "missing", "truncated"]
    assert findings[0].expected == "第 5 条"
    assert "第 4 条（原编号）" in findings[1].place


def test_an_inserted_row_is_found_even_if_the_rest_was_renumbered() -> None:
    tamper(
        "UPDATE ledger_fact SET seq = seq + 1000 WHERE seq > 4",
        "UPDATE ledger_fact SET seq = seq - 999 WHERE seq > 1000",
        f"INSERT INTO ledger_fact (seq, {OTHERS}) SELECT 5, {OTHERS.replace('hash', 'substr(hash, 2) || 0')} "
        "FROM ledger_fact WHERE seq = 4",
    )
    findings = ledger.verify()
    assert [one.code for one in findings] == ["reordered", "inserted", "tampered", "head", "head"]
    assert findings[0].expected == "第 5 条"
    assert "第 5 条" in findings[1].place
    assert "第 5 条" in findings[2].place


def rewrite(seq: int) -> None:
    """Change a row and give it the hash that fits, as one who knows the program would."""
    with connections["default"].cursor() as cursor:
        cursor.execute(
            f"SELECT {', '.join('source_id' if key == 'source' else key for key in chain.FACT)} "
            f"FROM ledger_fact WHERE seq = {seq}"
        )
        columns = dict(zip(chain.FACT, cursor.fetchone(), strict=True))
        cursor.execute(f"SELECT hash FROM ledger_source WHERE id = {columns['source']}")
        columns |= {"source": cursor.fetchone()[0], "value": "1"}
    link = chain.link(chain.FACT, list(columns.values()))
    tamper(f"UPDATE ledger_fact SET value = '1', hash = '{link}' WHERE seq = {seq}")


@both
def test_a_row_replaced_together_with_its_hash_is_named_by_its_successor() -> None:
    rewrite(6)
    ((code, place),) = found()
    assert code == "replaced"
    assert "第 6 条" in place
    assert "2016" in place


@both
def test_the_last_row_replaced_together_with_its_hash_is_found_by_the_head() -> None:
    rewrite(10)
    assert [code for code, place in found() if "第 10 条" in place] == ["head"]


@both
def test_an_end_cut_off_is_found_by_the_head_in_the_database() -> None:
    tamper("DELETE FROM ledger_fact WHERE seq > 7")
    assert found() == [("truncated", "账本事实第 8 至 10 条")]


@both
def test_an_end_cut_off_together_with_the_head_is_found_by_the_file_beside_the_database() -> None:
    tamper(
        "DELETE FROM ledger_fact WHERE seq > 7",
        "UPDATE ledger_head SET seq = 7, hash = (SELECT hash FROM ledger_fact WHERE seq = 7) WHERE chain = 'fact'",
    )
    assert found() == [("truncated", "账本事实第 8 至 10 条")]


def test_a_hash_noted_elsewhere_vouches_for_what_no_head_remembers() -> None:
    noted = ledger.head().hash
    assert ledger.verify([noted]) == []
    heads.file_of(ledger.head().ledger).unlink()
    tamper(
        "DELETE FROM ledger_fact WHERE seq > 7",
        "UPDATE ledger_head SET seq = 7, hash = (SELECT hash FROM ledger_fact WHERE seq = 7) WHERE chain = 'fact'",
    )
    assert ledger.verify() == []
    assert [(one.code, one.place) for one in ledger.verify([noted])] == [("not-in-chain", f"校验值 {noted}")]


def test_a_file_of_heads_that_lags_behind_after_a_crash_is_no_finding() -> None:
    file = heads.file_of(ledger.head().ledger)
    before = file.read_text()
    ledger.append([new("1", entity="512000")], document(), "甲")
    file.write_text(before)
    assert ledger.verify() == []


def test_a_file_of_heads_that_cannot_be_read_is_a_finding_and_not_a_crash() -> None:
    heads.file_of(ledger.head().ledger).write_text("{")
    assert codes() == ["head-file"]


def test_a_missing_head_is_a_finding_and_refuses_new_facts() -> None:
    tamper("DELETE FROM ledger_head WHERE chain = 'audit'")
    assert codes() == ["head"]
    with pytest.raises(DuhengError, match="链首"):
        ledger.audit("甲", "import", "表")


@both
@pytest.mark.parametrize(
    "column", ["hash", "algorithm", "kind", "title", "address", "digest", "published_on"]
)
def test_a_changed_source_is_found(column: str) -> None:
    tamper(f"UPDATE ledger_source SET {column} = 'changed'")
    assert "source-tampered" in codes()


@both
def test_a_removed_source_is_found_with_the_facts_that_lean_on_it() -> None:
    tamper("DELETE FROM ledger_source")
    assert codes().count("source-missing") == 10


@both
def test_a_changed_audit_entry_is_found() -> None:
    tamper("UPDATE ledger_audit SET actor = '丙' WHERE seq = 1")
    ((code, place),) = found()
    assert code == "tampered"
    assert "审计记录第 1 条" in place


def test_a_removed_trigger_is_found() -> None:
    with connections["default"].cursor() as cursor:
        cursor.execute("DROP TRIGGER ledger_fact_delete")
    assert found() == [("trigger-missing", "数据库触发器 ledger_fact_delete")]


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_a_trigger_switched_off_is_found() -> None:
    with connections["default"].cursor() as cursor:
        cursor.execute("ALTER TABLE ledger_fact DISABLE TRIGGER ledger_fact_change")
    assert found() == [("trigger-missing", "数据库触发器 ledger_fact_change")]


def test_a_chain_changed_all_over_is_told_in_short() -> None:
    ledger.append([new("1", entity=f"E{n}") for n in range(300)], document(), "甲")
    tamper("UPDATE ledger_fact SET value = '2'")
    findings = ledger.verify()
    assert len(findings) == 201
    assert isinstance(findings[-1], Finding)
    assert findings[-1].found == "另有 110 处问题未逐一列出"


@pytest.mark.parametrize("algorithm", ["sha256", "sm3"])
def test_a_hash_is_that_of_the_json_anybody_can_write(algorithm: str) -> None:
    row = [f"“{key}”\n\t\\ é 原煤 \x7f \u2028" for key in chain.FACT]
    row[0] = algorithm
    columns: dict[str, object] = dict(zip(chain.FACT, row, strict=True)) | {"seq": 7}
    text = json.dumps(columns, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    assert chain.canonical(chain.FACT, list(columns.values())) == text
    assert chain.link(chain.FACT, list(columns.values())) == hashlib.new(algorithm, text.encode()).hexdigest()


def test_keys_of_every_chained_row_are_in_the_order_of_the_format() -> None:
    for keys in (chain.FACT, chain.SOURCE, chain.AUDIT):
        assert list(keys) == sorted(keys)
