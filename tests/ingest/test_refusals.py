"""Files that are no table: one clear finding, nothing read, nothing unpacked beyond the limits."""

from __future__ import annotations

import io
import os
import random
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter

from duheng.ingest.guards import limits
from duheng.ingest.importing import judged
from duheng.ingest.sheets import Reading, read_sheets
from duheng.model.plan import City
from tests.ingest.conftest import COAL, HEADER, only, table, workbook

Read = Callable[..., Reading]
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def repacked(
    content: bytes, change: Callable[[str, bytes], bytes], extra: dict[str, bytes] | None = None
) -> bytes:
    """The package with its parts changed and others added."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, change(name, old.read(name)))
        for name, part in (extra or {}).items():
            new.writestr(name, part)
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "name", "code"),
    [
        (b"", "空.xlsx", "file-empty"),
        (b"%PDF-1.7 ...", "月报.xlsx", "file-foreign"),
        (b"\x89PNG\r\n", "月报.csv", "file-foreign"),
        (b"MZ\x90\x00", "月报.xlsx", "file-foreign"),
        (b"indicator,entity\n", "月报.xlsx", "file-not-as-named"),
        (OLE + "EncryptedPackage".encode("utf-16-le"), "月报.xlsx", "file-encrypted"),
        (OLE + "_VBA_PROJECT".encode("utf-16-le"), "月报.xls", "file-macro"),
        (OLE + "WordDocument".encode("utf-16-le"), "月报.xls", "file-foreign"),
        (OLE + "Workbook".encode("utf-16-le"), "月报.xls", "file-damaged"),
        (OLE + "Workbook".encode("utf-16-le"), "月报.xlsx", "file-not-as-named"),
        (b"PK\x03\x04 broken", "月报.xlsx", "file-damaged"),
        (b"anything", "月报.docx", "file-type"),
        (b"anything", "月报.xlsm", "file-macro"),
        (b"\x00\x01\x02" * 500, "月报.csv", "file-not-text"),
        (b"\n\n , ,\n", "月报.csv", "column-missing"),
        (b'a,b\n"open,1\n', "月报.csv", "file-damaged"),
    ],
)
def test_what_is_no_table_is_refused_with_one_finding(
    read: Read, content: bytes, name: str, code: str
) -> None:
    finding = only(read(content, name))
    assert (finding.code, finding.severity) == (code, "error")
    assert finding.text.startswith(name)


def test_a_table_named_csv_that_is_a_workbook_is_refused(read: Read) -> None:
    assert only(read(table(COAL), "月报.csv")).code == "file-not-as-named"


def test_a_truncated_workbook_is_damaged_wherever_it_ends(read: Read) -> None:
    whole = table(COAL)
    for length in range(5, len(whole) - 1, 397):
        assert read(whole[:length]).facts == ()
        assert read(whole[:length]).failed


def test_a_workbook_with_flipped_bytes_never_raises(read: Read) -> None:
    whole = bytearray(table(COAL))
    some = random.Random(1)
    for _ in range(150):
        broken = bytearray(whole)
        for _ in range(3):
            broken[some.randrange(4, len(broken))] = some.randrange(256)
        read(bytes(broken))


def test_a_csv_of_random_bytes_never_raises(read: Read) -> None:
    some = random.Random(2)
    for length in (1, 10, 1000, 20000):
        assert read(some.randbytes(length), "月报.csv").facts == ()


def test_a_part_said_to_lie_before_the_file_is_damage(read: Read) -> None:
    whole = bytearray(table(COAL))
    end = whole.rindex(b"PK\x05\x06")
    whole[end + 16 : end + 20] = (0xF0000000).to_bytes(
        4, "little"
    )  # offset of the list of parts: far behind its end
    assert only(read(bytes(whole))).code == "file-damaged"


def test_a_package_packed_as_no_workbook_is_is_damage(read: Read) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(table(COAL))) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_BZIP2) as new:
        for name in old.namelist():
            new.writestr(name, old.read(name))
    assert only(read(out.getvalue())).code == "file-damaged"


@pytest.mark.parametrize(("old", "new"), [(b'numFmtId="0"', b'numFmtId="((("'), (b"UTF-8", b"UTFt8")])
def test_a_style_or_an_encoding_that_does_not_exist_is_damage(read: Read, old: bytes, new: bytes) -> None:
    content = repacked(table(COAL), lambda name, part: part.replace(old, new) if "styles" in name else part)
    assert only(read(content)).code == "file-damaged"


def test_a_sheet_of_cells_without_names_is_no_failure(read: Read) -> None:
    def unnamed(name: str, part: bytes) -> bytes:
        return (
            part.replace(b'<c r="', b'<c q="').replace(b"<row r=", b'<row xr="AB" r=')
            if "sheet1" in name
            else part
        )

    assert read(repacked(table(COAL), unnamed)).file == "表.xlsx"


def test_a_name_in_another_encoding_is_printed_as_far_as_it_goes(read: Read) -> None:
    assert read(table(COAL), "\udcd4\udcc2.xlsx").file == "??.xlsx"


def test_a_package_with_macros_is_refused(read: Read) -> None:
    content = repacked(table(COAL), lambda _, part: part, {"xl/vbaProject.bin": b"x"})
    assert only(read(content)).code == "file-macro"


def test_a_zip_that_is_no_workbook_is_refused(read: Read) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        package.writestr("readme.txt", "hello")
    assert only(read(out.getvalue())).code == "file-foreign"


def test_a_zip_bomb_is_refused_before_it_is_unpacked(read: Read) -> None:
    content = repacked(table(COAL), lambda _, part: part, {"xl/worksheets/sheet9.xml": b"0" * 60_000_000})
    assert len(content) < 200_000
    assert only(read(content)).code == "file-bomb"


def test_a_sheet_that_claims_a_million_wide_rows_is_refused(read: Read) -> None:
    def far(book: object, sheet: object) -> None:
        sheet.write(1_048_575, 16_383, 1)  # type: ignore[attr-defined]

    assert only(read(workbook([HEADER, COAL], far))).code == "sheet-too-large"


def test_an_xml_with_entities_is_refused(read: Read) -> None:
    def poison(name: str, part: bytes) -> bytes:
        head, _, rest = part.partition(b"?>")
        return head + b'?><!DOCTYPE x [<!ENTITY a "b">]>' + rest if name == "xl/workbook.xml" else part

    assert only(read(repacked(table(COAL), poison))).code == "file-damaged"


def test_an_empty_workbook_says_that_nothing_is_in_it(read: Read) -> None:
    out = io.BytesIO()
    xlsxwriter.Workbook(out).close()
    assert only(read(out.getvalue())).code == "file-no-rows"


def test_200_megabytes_of_rubbish_are_refused_unread(city: City, tmp_path: Path) -> None:
    path = tmp_path / "月报.csv"
    with path.open("wb") as file:
        file.truncate(200 * 1024 * 1024)
    reading = read_sheets(path, city)
    assert (only(reading).code, reading.content) == ("file-too-large", b"")


def test_rubbish_below_the_limit_gives_a_bounded_list_of_findings(read: Read) -> None:
    some = random.Random(3)
    rows = "\n".join(f"甲{some.random()},乙{some.random()},丙,丁" for _ in range(20_000))
    reading = read(f"指标,对象,时期,数值\n{rows}\n".encode(), "月报.csv")
    assert len(reading.findings) == limits()["findings"] + 1
    assert reading.findings[-1].code == "more"


def test_a_file_that_is_not_there_is_a_finding(city: City) -> None:
    assert only(read_sheets(os.devnull + "/x.xlsx", city)).code == "file-missing"


@pytest.mark.parametrize("shown", ["#REF!", "#DIV/0!", "#N/A", "#VALUE!", "#NAME?"])
@pytest.mark.parametrize("column", range(6))
def test_an_error_cell_is_named_and_never_taken_for_one_not_filled_in(
    read: Read, shown: str, column: int
) -> None:
    finding = only(read(with_error(shown, column)))
    assert (finding.code, finding.severity) == ("error-value", "error")
    assert finding.place == f"表.xlsx 表1!{'ABCDEF'[column]}2"
    assert shown in finding.found
    assert "选择性粘贴" in finding.remedy


def with_error(shown: str, column: int) -> bytes:
    """A table whose one row has an error in a cell, as Excel leaves it when the formula itself was removed."""
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.title = "表1"
    sheet.append(HEADER)
    sheet.append(COAL)
    cell = sheet.cell(2, column + 1)
    cell.value, cell.data_type = shown, "e"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_an_error_without_a_place_keeps_the_sheet_out(read: Read) -> None:
    content = repacked(
        with_error("#N/A", 4),
        lambda name, part: part.replace(b'r="E2"', b"") if name.endswith("sheet1.xml") else part,
    )
    assert "错误值" in next(one.found for one in read(content).findings if one.severity == "error")


@pytest.mark.django_db
def test_how_many_findings_are_not_listed_is_told_at_import_too(read: Read) -> None:
    rows = "\n".join(f"未知{n},安岳县,2023,1" for n in range(limits()["findings"] + 500))
    found = judged(read(f"指标,对象,时期,数值\n{rows}\n".encode(), "月报.csv"), "actual")
    assert "另有 500 处问题未逐条列出" in found.findings[-1].text
