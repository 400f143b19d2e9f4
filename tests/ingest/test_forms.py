"""The program's own forms: written, filled, read back."""

from __future__ import annotations

import io
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import openpyxl
import pytest

from duheng.ingest.sheets import Reading
from duheng.ingest.template import find_duty, make_form, write_template
from duheng.model.errors import PeriodError, UnknownName
from duheng.model.plan import City
from tests.ingest.conftest import codes, only

Read = Callable[..., Reading]


def form(city: City, duty: str, period: str | None = None, plan: str | None = None) -> Any:
    """The form of a duty as a person gets it, open for filling."""
    out = io.BytesIO()
    write_template([make_form(city, *find_duty(city, duty, plan), period)], out)
    return openpyxl.load_workbook(io.BytesIO(out.getvalue()))


def saved(book: Any) -> bytes:
    """The filled form as a file."""
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def cells(sheet: Any) -> list[tuple[int, int]]:
    """The cells to fill: numbers of unlocked ones below the header that are validated."""
    found = []
    for validation in sheet.data_validations.dataValidation:
        if validation.type == "decimal":
            found += [(row, col) for area in validation.sqref.ranges for row, col in area.cells]
    return sorted(found)


def negative(sheet: Any) -> set[tuple[int, int]]:
    """Those of them that take no positive number."""
    return {
        cell
        for one in sheet.data_validations.dataValidation
        if one.formula2 == "0"
        for area in one.sqref.ranges
        for cell in area.cells
    }


def test_every_duty_of_every_plan_round_trips_unchanged(city: City, read: Read) -> None:
    for plan in city.plans:
        for duty in plan.duties:
            book = form(city, duty.id, plan=plan.id)
            sheet = book.worksheets[0]
            expected, below = [], negative(sheet)
            for number, (row, column) in enumerate(cells(sheet), start=1):
                figure = -number if (row, column) in below else number
                sheet.cell(row, column).value = figure / 4
                expected.append(Decimal(figure) / 4)
            reading = read(saved(book), f"{duty.id}.xlsx", scenario=plan.scenario)
            assert not reading.failed, reading.findings
            stated = [Decimal(fact.stated.split()[0].rstrip("%")) for fact in reading.facts]
            assert sorted(stated) == sorted(expected)
            assert {fact.quantity for fact in reading.facts} <= set(duty.quantities)


def test_a_form_names_duty_owner_period_and_due_date(city: City) -> None:
    sheet = form(city, "energy-balance", "2024").worksheets[0]
    texts = {cell.value for row in sheet.iter_rows(max_row=4) for cell in row}
    assert {"energy-balance", "ziyang-145", "市统计局", "2024", "2025-06-30"} <= texts


def test_keys_are_locked_numbers_are_not(city: City) -> None:
    sheet = form(city, "economy").worksheets[0]
    row, column = cells(sheet)[0]
    assert sheet.protection.sheet
    assert (sheet.cell(row, 1).protection.locked, sheet.cell(row, column).protection.locked) == (True, False)


def test_the_instructions_explain_every_quantity(city: City) -> None:
    texts = [cell.value for row in form(city, "economy")["填报说明"].iter_rows() for cell in row]
    assert "地区生产总值（可比价）" in texts
    assert any(str(text).startswith("2. 未掌握的数留空") for text in texts)


def test_the_instructions_promise_nothing_that_the_cells_refuse(city: City) -> None:
    book = form(city, "economy")
    assert cells(book.worksheets[0])  # take decimal numbers only
    (line,) = [row[0].value for row in book["填报说明"].iter_rows() if str(row[0].value).startswith("3.")]
    assert "不写单位" in line


def test_a_period_of_another_kind_is_answered_with_one_that_fits(city: City) -> None:
    with pytest.raises(PeriodError, match="每年填报，时期应如 2021，不能为“2023Q1”"):
        form(city, "economy", "2023Q1")


def test_printed_units_are_converted_to_the_declared_ones(city: City, read: Read) -> None:
    book = form(city, "industry-energy", "2023-05")
    row, column = cells(book.worksheets[0])[0]
    book.worksheets[0].cell(row, column).value = 1.5
    (fact,) = read(saved(book)).facts
    assert (fact.period, fact.value, fact.unit, fact.stated) == (
        "2023-05",
        Decimal(15000),
        "tce",
        "1.5 万tce",
    )


def test_what_is_left_empty_is_a_notice_to_the_unit_that_owes_it(city: City, read: Read) -> None:
    reading = read(saved(form(city, "economy")))
    assert (set(codes(reading)), reading.failed, reading.facts) == ({"value-empty"}, False, ())
    assert {finding.owner for finding in reading.findings} == {"市统计局"}


def test_a_row_taken_out_is_noticed(city: City, read: Read) -> None:
    book = form(city, "rural-sewage")
    book.worksheets[0].delete_rows(9)
    assert "乐至县" in next(f.found for f in read(saved(book)).findings if f.code == "row-missing")


def test_a_column_taken_out_keeps_the_form_out(city: City, read: Read) -> None:
    book = form(city, "rural-sewage")
    book.worksheets[0].cell(5, 3).value = None
    reading = read(saved(book))
    assert only(reading).code == "column-missing"
    assert len(reading.waiting) == 4


def test_a_foreign_column_is_an_unknown_quantity(city: City, read: Read) -> None:
    book = form(city, "rural-sewage")
    book.worksheets[0].cell(5, 4).value = "厕所数"
    assert codes(read(saved(book)), "error") == ["quantity-unknown", "column-missing"]


@pytest.mark.parametrize(
    ("text", "code"), [("2035", "period-outside"), ("2023-01", "period-kind"), ("去年", "period-unreadable")]
)
def test_a_wrong_period_keeps_the_form_out(city: City, read: Read, text: str, code: str) -> None:
    book = form(city, "rural-sewage")
    sheet = book.worksheets[0]
    sheet.cell(3, 4).value = text
    sheet.cell(7, 3).value = 5
    reading = read(saved(book))
    assert (codes(reading, "error"), reading.facts) == ([code], ())


@pytest.mark.parametrize(("cell", "code"), [("B2", "form-duty"), ("D2", "form-plan"), ("F2", "form-version")])
def test_a_form_of_another_make_is_refused(city: City, read: Read, cell: str, code: str) -> None:
    book = form(city, "rural-sewage")
    book.worksheets[0][cell].value = "x"
    assert codes(read(saved(book)), "error") == [code]


def test_code_and_name_must_agree(city: City, read: Read) -> None:
    book = form(city, "rural-sewage")
    book.worksheets[0].cell(7, 2).value = "安岳县"
    finding = next(one for one in read(saved(book)).findings if one.severity == "error")
    assert (finding.code, finding.place.rpartition("!")[2]) == ("entity-mismatch", "B7")


@pytest.mark.parametrize(("code", "name", "cell"), [("", "雁江区区", "B7"), ("999", "雁江区", "A7")])
def test_a_wrong_name_is_told_at_its_cell(city: City, read: Read, code: str, name: str, cell: str) -> None:
    book = form(city, "rural-sewage")
    book.worksheets[0]["A7"], book.worksheets[0]["B7"] = code, name
    book.worksheets[0]["C7"] = 5
    places = [one.place for one in read(saved(book)).findings if one.code == "entity-unknown"]
    assert [place.rpartition("!")[2] for place in places] == [cell]


def test_the_wrong_cell_of_a_form_is_named_with_its_owner(city: City, read: Read) -> None:
    book = form(city, "rural-sewage")
    sheet = book.worksheets[0]
    sheet.cell(7, 3).value, sheet.cell(7, 4).value = "约300", "=C7"
    sheet.cell(8, 3).value, sheet.cell(8, 4).value = 400, 300
    reading = read(saved(book))
    wrong = [(f.code, f.place.rsplit("!", 1)[1], f.owner) for f in reading.findings if f.severity == "error"]
    assert wrong == [("not-a-number", "C7", "市生态环境局"), ("formula", "D7", "市生态环境局")]
    assert [fact.entity for fact in reading.facts] == ["512021", "512021"]


def test_a_form_saved_as_csv_is_still_the_form(city: City, read: Read) -> None:
    sheet = form(city, "rural-sewage").worksheets[0]
    sheet.cell(7, 3).value = 300
    lines = [",".join("" if v is None else str(v) for v in row) for row in sheet.iter_rows(values_only=True)]
    (fact,) = read("\n".join(lines).encode("gbk"), "农村.csv").facts
    assert (fact.quantity, fact.value, fact.locator) == ("villages", Decimal(300), "C7")


def test_several_forms_in_one_workbook_are_all_read(city: City, read: Read) -> None:
    out = io.BytesIO()
    write_template(
        [make_form(city, *find_duty(city, duty), "2024") for duty in ("economy", "rural-sewage")], out
    )
    book = openpyxl.load_workbook(io.BytesIO(out.getvalue()))
    for sheet in book.worksheets[:2]:
        sheet.cell(7, 3).value = 7
    assert {fact.quantity for fact in read(saved(book)).facts} == {"gdp", "villages"}


def test_a_form_of_the_drill_carries_the_watermark(city: City) -> None:
    sheet = form(city, "economy", plan="ziyang-155-drill").worksheets[0]
    assert any("演练数据" in str(cell.value) for cell in sheet[1])
    assert "演练数据" in str(sheet.oddHeader.center.text)
    assert "演练数据" in str(sheet.oddFooter.center.text)


def test_a_form_of_an_empty_register_says_so(city: City, read: Read) -> None:
    assert codes(read(saved(form(city, "town-sewage-plants")))) == ["no-members"]


def test_an_unknown_duty_is_answered_with_the_nearest(city: City) -> None:
    with pytest.raises(UnknownName, match="economy"):
        find_duty(city, "econmy")


def test_a_period_of_another_kind_is_refused(city: City) -> None:
    with pytest.raises(PeriodError, match="每年填报"):
        make_form(city, *find_duty(city, "economy"), "2023-01")


def test_an_error_cell_of_a_form_is_an_error_not_an_empty_cell(city: City, read: Read) -> None:
    book = form(city, "economy", "2024")
    row, column = cells(book.worksheets[0])[0]
    cell = book.worksheets[0].cell(row, column)
    cell.value, cell.data_type = "#DIV/0!", "e"
    finding = next(one for one in read(saved(book)).findings if one.code == "error-value")
    assert (finding.severity, finding.place.partition("!")[2]) == ("error", cell.coordinate)
    assert finding.owner


def test_a_period_outside_the_plan_is_refused_when_the_form_is_asked_for(city: City) -> None:
    with pytest.raises(PeriodError, match="2035 在方案之外"):
        make_form(city, *find_duty(city, "economy"), "2035")
    assert str(make_form(city, *find_duty(city, "economy"), "2020").period) == "2020"


def test_a_figure_stated_twice_counts_in_the_row_that_enters(city: City, read: Read) -> None:
    book = form(city, "economy", "2023", plan="ziyang-145")
    sheet = book.worksheets[0]
    for row, second in ((8, "abc"), (9, 320)):
        sheet.cell(row, 1).value, sheet.cell(row, 2).value = "512021", "安岳县"
        sheet.cell(row, 3).value, sheet.cell(row, 4).value = 300, second
    reading = read(saved(book))
    assert [row.number for row in reading.waiting] == [8]
    assert [fact.stated for fact in reading.facts] == ["300 亿元", "320 亿元"]


def test_every_figure_of_an_unknown_definition_waits(city: City, read: Read) -> None:
    book = form(city, "industry-output", "2023", plan="ziyang-145")
    sheet = book.worksheets[0]
    sheet.insert_rows(7)
    sheet["A7"], sheet["C7"] = "口径", "二〇一五年不变价"
    sheet["C8"], sheet["C9"] = 108, 109
    reading = read(saved(book))
    assert codes(reading, "error") == ["definition-unknown"] * 2
    assert ([row.number for row in reading.waiting], reading.facts) == ([8, 9], ())


def test_an_emptied_row_of_units_does_not_make_a_unit_of_the_titles_brackets(city: City, read: Read) -> None:
    book = form(city, "economy", "2024")
    book.worksheets[0]["C6"] = None
    book.worksheets[0]["C7"] = 420
    assert [one.code for one in read(saved(book)).findings if one.severity == "error"] == ["unit-missing"]


def test_a_remark_beside_the_form_is_named_and_keeps_nothing_out(city: City, read: Read) -> None:
    book = form(city, "economy", "2024")
    book.worksheets[0]["C7"] = 420
    book.worksheets[0]["H20"] = "随手写的"
    book.worksheets[0]["A21"] = "填表人：张三"
    reading = read(saved(book))
    beside = [one for one in reading.findings if one.code == "beside-form"]
    assert [(one.severity, one.place.partition("!")[2]) for one in beside] == [
        ("notice", "H20"),
        ("notice", "A21"),
    ]
    assert len(reading.facts) == 1
    assert not any(one.severity == "error" for one in reading.findings)


def test_a_figure_beside_a_strange_name_is_an_error_and_a_sum_is_told_to_go(city: City, read: Read) -> None:
    book = form(city, "economy", "2024")
    book.worksheets[0]["A10"] = "合计"
    book.worksheets[0]["C10"] = 1150
    [finding] = [one for one in read(saved(book)).findings if one.severity == "error"]
    assert finding.text.endswith("删去合计行：合计由程序计算。")


def test_a_guess_reads_as_a_sentence_to_whoever_owes_the_form(city: City, read: Read) -> None:
    book = form(city, "economy", "2024")
    book.worksheets[0]["C5"] = "生产总值"
    told = next(one for one in read(saved(book)).findings if one.code == "quantity-unknown")
    assert "请市统计局改正，可能是“地区生产总值" in told.text
