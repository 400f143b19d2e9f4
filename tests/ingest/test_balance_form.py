"""Form P303-1: written to be filled, filled, taken in; blank is not stated unless the head declares it is no flow."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from datetime import date

import openpyxl
import pytest

from duheng.ingest.balance.form import FIRST
from duheng.ingest.balance.form_rows import form_columns, form_rows, is_balance, stated_rows
from duheng.ingest.balance.layout import layout
from duheng.ingest.sheets import Reading
from duheng.ingest.template import find_duty, make_form, write_template
from duheng.model.plan import City

Read = Callable[..., Reading]
DUTY = "energy-balance-table"
ROW = {row.row.code: FIRST + 1 + number for number, row in enumerate(form_rows())}
COLUMN = {column.id: number for number, column in enumerate(form_columns(), 2)}


def filled(
    city: City, cells: Mapping[tuple[str, str], object], head: Mapping[str, object] | None = None
) -> bytes:
    """The template of 2023 with cells of the first county (row code, column id) and of its head (A1 notation)."""
    plan, duty = find_duty(city, DUTY)
    out = io.BytesIO()
    write_template([make_form(city, plan, duty, "2023", date(2026, 1, 1))], out)
    book = openpyxl.load_workbook(io.BytesIO(out.getvalue()))
    sheet = book["雁江区"]
    for (row, column), value in cells.items():
        sheet.cell(ROW[row], COLUMN[column], value)
    for place, value in (head or {}).items():
        sheet[place] = value
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def test_the_duty_asks_for_every_row_that_is_not_a_sum(city: City) -> None:
    _, duty = find_duty(city, DUTY)
    assert is_balance(duty)
    assert list(duty.quantities) == [row.quantity.id for row in stated_rows()]


def test_every_printed_row_and_column_is_found_again(city: City) -> None:
    part = ""
    for row in form_rows():
        part = row.row.code if row.head else part
        found = layout().row(row.title, part)
        assert found is not None
        assert found.code == row.row.code
    assert [layout().column(one.item or one.title) for one in form_columns()] == list(form_columns())


def test_an_empty_form_states_nothing(city: City, read: Read) -> None:
    found = read(filled(city, {}))
    assert not found.failed
    assert found.facts == ()
    notices = [one.found for one in found.findings if one.code == "value-empty"]
    assert notices[0].startswith("290格未填报（不是零）")


def test_figures_are_taken_in_with_place_unit_and_cell(city: City, read: Read) -> None:
    cells = {
        ("S3", "raw_coal"): 47.5,
        ("S6", "natural_gas"): -0.08,
        ("T1", "electricity"): 1.2,
        ("F4", "diesel"): 0,
    }
    found = read(filled(city, cells))
    assert [one.text for one in found.findings if one.severity == "error"] == []
    told: dict[tuple[str, str | None], tuple[float, str, str, str]] = {
        (one.quantity, one.item): (float(one.value), one.unit, one.stated, one.locator) for one in found.facts
    }
    assert told == {
        ("supply_moved_in", "原煤"): (475000, "t", "47.5 万吨", f"雁江区!C{ROW['S3']}"),
        ("supply_moved_out", "天然气"): (-800, "万m3", "-0.08 亿立方米", f"雁江区!R{ROW['S6']}"),
        ("transformed_power", "电力"): (12000, "万kWh", "1.2 亿千瓦时", f"雁江区!V{ROW['T1']}"),
        ("final_transport", "柴油"): (0, "t", "0 万吨", f"雁江区!N{ROW['F4']}"),
    }
    assert {(one.entity, one.period) for one in found.facts} == {("512002", "2023")}


def test_blank_is_nought_only_where_the_head_declares_it(city: City, read: Read) -> None:
    found = read(filled(city, {("S3", "raw_coal"): 47.5}, {"C4": "没有这种流量"}))
    assert not found.failed
    assert len(found.facts) == len(stated_rows()) * 10
    nought = [one for one in found.facts if one.quantity != "supply_moved_in" or one.item != "原煤"]
    assert {(float(one.value), one.stated) for one in nought} == {(0, "空格（表头声明：没有这种流量）")}


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        ({("S3", "raw_coal"): "约47"}, "not-a-number"),
        ({("S3", "raw_coal"): "=1+1"}, "formula"),
        ({("S3", "raw_coal"): -3}, "negative"),
        ({("S3", "natural_gas"): "3万吨"}, "unit-unfit"),
        ({("T6a", "coke"): 2}, "sign-wrong"),
        ({("S6", "natural_gas"): 0.08}, "sign-wrong"),
    ],
)
def test_what_cannot_be_right_keeps_the_file_out(
    city: City, read: Read, cells: Mapping[tuple[str, str], object], code: str
) -> None:
    found = read(filled(city, cells))
    assert found.failed
    assert code in {one.code for one in found.findings}


@pytest.mark.parametrize(
    ("place", "value", "code"),
    [
        ("C3", "999999", "entity-unknown"),
        ("C3", "512021", "entity-mismatch"),
        ("G3", "2023-05", "period-kind"),
        ("A13", "3.没有的项目", "row-missing"),
        ("C7", "没有的品种", "column-unknown"),
    ],
)
def test_a_changed_head_row_or_column_is_named(
    city: City, read: Read, place: str, value: object, code: str
) -> None:
    found = read(filled(city, {}, {place: value}))
    assert code in {one.code for one in found.findings}


def test_a_sum_typed_over_is_stated_and_a_formula_is_not(city: City, read: Read) -> None:
    found = read(filled(city, {("S", "raw_coal"): 50.1}))
    assert [(one.quantity, one.item, float(one.value)) for one in found.facts] == [
        ("fuel_supply", "原煤", 501000)
    ]
