"""A city, files made on the spot, and an empty ledger for every test that writes."""

from __future__ import annotations

import io
import shutil
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from django.db import connections
from pytest_django import DjangoDbBlocker

import duheng.settings
from duheng import ledger
from duheng.city import default_city_folder, load
from duheng.ingest.sheets import Reading, read_sheets
from duheng.model.findings import Finding
from duheng.model.plan import City
from tests.ledger.conftest import connected

TODAY = date(2026, 11, 22)
HEADER = ("指标", "对象", "品种", "时期", "数值", "单位", "口径", "备注")
COAL = ("分品种能源消费实物量", "雁江区", "原煤", "2023", 470000, "吨", "", "")


@pytest.fixture(scope="session")
def city() -> City:
    """The packaged city."""
    return load(default_city_folder())


@pytest.fixture(scope="session")
def read(city: City) -> Callable[..., Reading]:
    """Reads content as a file of a name on a fixed day."""

    def reading(content: bytes, name: str = "表.xlsx", **options: Any) -> Reading:
        return read_sheets(content, city, name=name, today=TODAY, **options)

    return reading


@pytest.fixture(scope="session")
def empty_ledger(tmp_path_factory: pytest.TempPathFactory, django_db_blocker: DjangoDbBlocker) -> Path:
    """The file of an empty ledger, made once."""
    home = tmp_path_factory.mktemp("empty")
    with django_db_blocker.unblock(), connected("", home):
        ledger.setup()
        with connections["default"].cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return home / "duheng.sqlite3"


@pytest.fixture
def home(
    tmp_path: Path,
    empty_ledger: Path,
    django_db_blocker: DjangoDbBlocker,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Path]:
    """DUHENG_HOME of an empty ledger that this test may write to."""
    place = tmp_path / "home"
    place.mkdir()
    shutil.copy(empty_ledger, place / "duheng.sqlite3")
    monkeypatch.setattr(duheng.settings, "DUHENG_HOME", place)
    with django_db_blocker.unblock(), connected("", place):
        yield place


def workbook(rows: Sequence[Sequence[object]], dress: Callable[[Any, Any], None] | None = None) -> bytes:
    """An .xlsx with one sheet 表1; `dress` may add formulas, merges, formats or sheets (book, sheet)."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False})
    sheet = book.add_worksheet("表1")
    for number, row in enumerate(rows):
        sheet.write_row(number, 0, row)
    if dress is not None:
        dress(book, sheet)
    book.close()
    return out.getvalue()


def table(*rows: Sequence[object]) -> bytes:
    """An .xlsx long table with the usual header."""
    return workbook([HEADER, *rows])


def codes(reading: Reading, severity: str | None = None) -> list[str]:
    """The codes of a reading's findings."""
    return [finding.code for finding in reading.findings if severity in (None, finding.severity)]


def only(reading: Reading) -> Finding:
    """The one finding of a reading."""
    (finding,) = reading.findings
    return finding
