"""Numbers in spreadsheets: of one scale with the page and with its digits."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from decimal import Decimal
from types import SimpleNamespace
from typing import Any, cast

import openpyxl
import pytest
from django.test import Client

from duheng.web.evidence import Line, table_of
from duheng.web.page import Ask
from duheng.web.selection import Selection
from duheng.web.tables import Cell, Column, Table, as_xlsx
from duheng.web.words import Words

Site = Callable[..., Client]
DRILL = "?scenario=drill"


def _numbers(content: bytes) -> list[tuple[float, str]]:
    """The numbers of a workbook's only sheet with their formats."""
    (sheet,) = openpyxl.load_workbook(io.BytesIO(content)).worksheets
    cells = [cell for row in sheet.iter_rows() for cell in row]
    return [(cell.value, cell.number_format) for cell in cells if isinstance(cell.value, int | float)]


def _exported(*cells: Cell) -> list[tuple[float, str]]:
    table = Table("t", "表", [Column("a", "数", number=True)], [[cell] for cell in cells])
    return _numbers(as_xlsx([table], [], Selection(), Words("zh")))


@pytest.mark.parametrize(
    ("text", "value", "format"),
    [
        ("105.40万吨标准煤", "105.40", "0.00"),
        ("95%（未核实）", "95", "0"),
        ("95.00%", "95.00", "0.00"),
        ("+0.5", "0.5", "0.0"),
        ("30", "3E+1", "0"),
    ],
)
def test_a_number_keeps_its_digits_whatever_stands_behind_it(text: str, value: str, format: str) -> None:
    assert _exported(Cell(text, Decimal(value))) == [(float(value), format)]


def _table(client: Client, path: str, name: str) -> Sequence[dict[str, Any]]:
    found: Sequence[dict[str, Any]] = client.get(f"{path}.json{DRILL}").json()[name]
    return found


def test_the_shares_of_a_voc_source_export_in_per_cent_as_its_rates(drill: Site) -> None:
    client = drill("viewer")
    (row,) = _table(client, "/voc/drill-E04", "treatment")
    assert (row["capture"], row["capture_coefficient"]) == ("95.00%", "95%（未核实）")
    answer = client.get(f"/voc/drill-E04.xlsx{DRILL}&table=treatment")
    assert _numbers(answer.content)[:2] == [(95, "0.00"), (95, "0")]


def test_the_bridge_exports_the_digits_of_its_page(drill: Site) -> None:
    answer = drill("viewer").get(f"/bridge.xlsx{DRILL}&year=2024")
    assert {format for _, format in _numbers(answer.content)} <= {"0.00", "0.0000"}


def test_a_nought_of_the_balance_exports_as_it_is_printed(drill: Site) -> None:
    answer = drill("viewer").get(f"/balance.xlsx{DRILL}&table=balance")
    assert {format for value, format in _numbers(answer.content) if value == 0} == {"0"}


def test_the_series_of_a_finding_exports_numbers_in_the_unit_of_its_head() -> None:
    line = Line("series0", "能耗", "吨标准煤", (("2024-05", 15000.0, "1.5 万tce", True),))
    table = table_of(cast(Ask, SimpleNamespace(words=Words("zh"))), line)
    assert [column.title for column in table.columns] == ["时期", "报送数", "数值（吨标准煤）", "被询问"]
    assert [(cell.text, cell.value) for cell in table.rows[0][1:3]] == [
        ("1.5 万tce", None),
        ("15000", Decimal(15000)),
    ]
