"""Into the ledger: all or nothing, the good rows on request, never twice."""

from __future__ import annotations

import hashlib
import io
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from duheng import ledger
from duheng.ingest.comparing import compare
from duheng.ingest.documents import read_document
from duheng.ingest.drill.places import city_in
from duheng.ingest.importing import ImportResult, import_file, waiting_rows
from duheng.ingest.sheets import read_sheets
from duheng.ingest.template import make_form, write_template
from duheng.ledger.records import NewFact, NewSource
from duheng.model.errors import DuhengError, UnknownName, UnreadableSource
from duheng.model.parameters import Parameters, Setting, packaged
from duheng.model.plan import City
from tests.ingest.conftest import COAL, HEADER, TODAY, table, workbook

WRONG = ("分品种能源消费实物量", "安岳县", "原煤", "2023", "约5", "吨", "", "=危险")


def saved(book: openpyxl.Workbook) -> bytes:
    """The content of a workbook."""
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def put(content: bytes, city: City, name: str = "月报.xlsx", **options: Any) -> ImportResult:
    """Import content as a file of a name on a fixed day."""
    return import_file(content, city, name=name, by="张三", today=TODAY, **options)


def test_facts_come_with_file_cell_person_and_receipt(home: Path, city: City) -> None:
    content = table(COAL)
    result = put(content, city)
    assert (result.added, result.number) == (1, "S000001")
    (record,) = ledger.history("fuel_use", "512002", "原煤", "2023", "actual", None)
    assert (record.source.title, record.locator, record.recorded_by) == ("月报.xlsx", "表1!E2", "张三")
    assert record.source.digest == hashlib.sha256(content).hexdigest()
    assert (record.value, record.stated, record.status) == (Decimal(470000), "470000 吨", "reported")


def test_the_file_is_kept_verbatim(home: Path, city: City) -> None:
    content = table(COAL)
    result = put(content, city)
    assert (home / "documents" / result.digest).read_bytes() == content == read_document(result.digest)


def test_a_document_that_is_not_there_is_an_error(home: Path) -> None:
    with pytest.raises(UnreadableSource, match="没有摘要"):
        read_document("0" * 64)
    with pytest.raises(UnreadableSource, match="不是 SHA-256"):
        read_document("../../etc/passwd")


def test_an_import_leaves_an_audit_entry(home: Path, city: City) -> None:
    put(table(COAL), city)
    assert [(entry.actor, entry.action, entry.object) for entry in ledger.trail()] == [
        ("张三", "import", "月报.xlsx")
    ]


def test_one_error_keeps_the_whole_file_out(home: Path, city: City) -> None:
    result = put(table(COAL, WRONG), city)
    assert (result.receipt, result.ready, len(result.waiting), result.failed) == (None, 1, 1, True)
    assert ledger.read("actual").is_empty()
    assert not (home / "documents").exists()


def test_the_good_rows_enter_on_request_and_the_others_wait(home: Path, city: City) -> None:
    result = put(table(COAL, WRONG), city, good_rows=True)
    assert (result.added, [row.number for row in result.waiting]) == (1, [3])


def test_waiting_rows_carry_their_reasons_and_can_be_imported_once_mended(home: Path, city: City) -> None:
    result = put(table(COAL, WRONG), city, good_rows=True)
    text = waiting_rows(result, "csv").decode("utf-8-sig")
    assert "月报.xlsx 表1!E3：文字“约5”，应为数字" in text
    assert "'=危险" in text
    assert put(text.replace("约5,", "5,").encode(), city, name="改正.csv").added == 1


def test_waiting_rows_are_also_a_workbook(home: Path, city: City) -> None:
    result = put(table(COAL, WRONG), city)
    reading = read_sheets(waiting_rows(result), city, name="待改正.xlsx", today=TODAY)
    assert [finding.code for finding in reading.findings] == ["not-a-number"]


@pytest.mark.parametrize("scenario", ["actual", "drill"])
def test_waiting_rows_of_a_form_can_be_imported_once_mended(home: Path, city: City, scenario: str) -> None:
    chosen = next(plan for plan in city_in(city, scenario).plans if plan.scenario == scenario)
    form = io.BytesIO()
    write_template([make_form(city_in(city, scenario), chosen, chosen.duties[0], today=TODAY)], form)
    book = openpyxl.load_workbook(form)
    columns = [cell.value for cell in book.worksheets[0][5]]
    first = 8 if book.worksheets[0]["A7"].value == "口径" else 7
    book.worksheets[0].cell(first, columns.index("备注"), "无")
    wrong = put(saved(book), city, scenario=scenario)
    assert [row.number for row in wrong.waiting] == [first]
    back = openpyxl.load_workbook(io.BytesIO(waiting_rows(wrong)))
    (cell,) = [cell for row in back.worksheets[0].iter_rows() for cell in row if cell.value == "无"]
    cell.value = 128000
    mended = put(saved(back), city, name="改正.xlsx", scenario=scenario)
    assert (mended.failed, mended.added) == (False, 1)


def test_a_waiting_percentage_stays_one(home: Path, city: City) -> None:
    share = ("非化石能源消费比重", "未知县", "", "2023", None, "%", "", "")

    def dress(book: Any, sheet: Any) -> None:
        sheet.write_number(1, 4, 0.145, book.add_format({"num_format": "0.0%"}))

    wrong = put(workbook([HEADER, share], dress), city)
    assert "14.5%" in waiting_rows(wrong, "csv").decode("utf-8-sig")


def test_waiting_rows_of_several_sheets_make_no_csv(home: Path, city: City) -> None:
    def dress(book: Any, sheet: Any) -> None:
        other = book.add_worksheet("表2")
        other.write_row(0, 0, HEADER)
        other.write_row(1, 0, WRONG)

    wrong = put(workbook([HEADER, WRONG], dress), city)
    with pytest.raises(DuhengError, match=r"\.xlsx"):
        waiting_rows(wrong, "csv")
    assert len(openpyxl.load_workbook(io.BytesIO(waiting_rows(wrong))).worksheets) == 2


def test_a_dry_run_writes_nothing(home: Path, city: City) -> None:
    result = put(table(COAL), city, dry_run=True)
    assert (result.receipt, result.ready) == (None, 1)
    assert ledger.read("actual").is_empty()


def test_the_same_file_twice_adds_nothing(home: Path, city: City) -> None:
    content = table(COAL)
    first, second = put(content, city), put(content, city)
    assert (second.added, second.duplicates, second.number) == (0, 1, first.number)


def test_an_old_file_imported_again_does_not_undo_a_correction(home: Path, city: City) -> None:
    old = table(COAL)
    put(old, city)
    put(table((*COAL[:4], 480000, *COAL[5:])), city, name="更正.xlsx")
    again = put(old, city)
    assert (again.added, again.duplicates) == (0, 1)
    assert ledger.read("actual")["value"].to_list() == [480000.0]


@pytest.mark.parametrize("dry_run", [True, False])
def test_an_old_file_imported_again_says_what_has_replaced_its_figures(
    home: Path, city: City, dry_run: bool
) -> None:
    old = table(COAL)
    put(old, city)
    assert put(old, city, dry_run=dry_run).findings == ()
    put(table((*COAL[:4], 480000, *COAL[5:])), city, name="更正.xlsx")
    (told,) = put(old, city, dry_run=dry_run).findings
    assert (told.severity, told.place) == ("notice", "月报.xlsx 表1!E2")
    assert "1个数后来已被别的数取代" in told.text
    assert "原报 470000 吨，现为 480000 吨（更正.xlsx 表1!E2）" in told.text


def test_a_file_with_a_note_of_the_reason_puts_its_figures_back(home: Path, city: City) -> None:
    put(table(COAL), city)
    put(table((*COAL[:4], 480000, *COAL[5:])), city, name="更正.xlsx")
    assert put(table((*COAL[:7], "核对原始台账，原数无误")), city).added == 1
    assert ledger.read("actual")["value"].to_list() == [470000.0]


@pytest.mark.parametrize("dry_run", [True, False])
@pytest.mark.parametrize(
    ("value", "unit", "warned"), [(47, "吨", True), (47, "万吨", False), (47e7, "千克", False)]
)
def test_a_figure_out_of_scale_with_the_year_before_is_asked_about_and_taken(
    home: Path, city: City, value: float, unit: str, warned: bool, dry_run: bool
) -> None:
    put(table(COAL), city)
    later = (*COAL[:3], "2024", value, unit, "", "")
    result = put(table(later), city, name="下年.xlsx", dry_run=dry_run)
    assert (result.ready, result.failed) == (1, False)
    assert [one.severity for one in result.findings] == ["warning"] * warned
    if warned:
        told = (
            "下年.xlsx 表1!E2：47 吨，而2023年为 470000 吨，相差超过100倍。请核对计量单位和小数点；仍予导入。"
        )
        assert result.findings[0].text == told


def test_the_factor_of_a_figure_out_of_scale_is_the_citys_own(home: Path, city: City) -> None:
    of = packaged()["audit_threshold"]
    own = Setting(TODAY, Decimal(20000), "市统计局核定", "verified", "5120", "与上期数量级不符 最大倍数")
    here = replace(city, parameters=Parameters({of.id: replace(of, settings=(*of.settings, own))}))
    put(table(COAL), here)
    assert put(table((*COAL[:3], "2024", 47, "吨", "", "")), here).findings == ()


def test_a_scenario_is_chosen_by_option_and_leaks_nowhere(home: Path, city: City) -> None:
    put(table((COAL[0], "演练企业01", *COAL[2:])), city, scenario="drill")
    assert ledger.read("actual").is_empty()
    assert ledger.read("drill")["entity"].to_list() == ["drill-E01"]


def test_a_status_is_chosen_by_option(home: Path, city: City) -> None:
    put(table(COAL), city, status="audited")
    assert ledger.read("actual")["status"].to_list() == ["audited"]
    with pytest.raises(UnknownName):
        put(table(COAL), city, status="guessed")


def test_a_result_is_plain_data_for_machines(home: Path, city: City) -> None:
    told: Any = put(table(COAL, WRONG), city).as_json()
    assert (told["added"], told["receipt"], told["waiting"][0]["row"]) == (0, None, 3)
    assert told["findings"][0]["place"] == "月报.xlsx 表1!E3"


@pytest.mark.parametrize(
    ("value", "effect"), [("270.12345678901234567", "same"), ("270.12345678901234568", "changed")]
)
def test_a_figure_is_compared_with_all_its_digits(home: Path, value: str, effect: str) -> None:
    before, now = (
        NewFact("gdp", "512021", None, "2024", "actual", None, Decimal(one), one, "reported", "quoted", "A1")
        for one in ("270.12345678901234567", value)
    )
    ledger.append([before], NewSource("submission", "年报"), "张三")
    assert [one.effect for one in compare([now], "actual")] == [effect]
