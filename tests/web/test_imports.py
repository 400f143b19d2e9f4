"""Importing on the page: sent, checked, confirmed; nothing before the second word, nothing twice."""

from __future__ import annotations

import io
from collections.abc import Callable

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, override_settings
from python_calamine import CalamineWorkbook

from duheng import ledger
from duheng.web.models import Upload

Site = Callable[..., Client]


def send(client: Client, content: bytes, name: str = "gdp.xlsx") -> str:
    """Where the sending leads to."""
    response = client.post("/import", {"file": SimpleUploadedFile(name, content), "scenario": "actual"})
    assert response.status_code == 302, response.content.decode()[-600:]
    return str(response["Location"])


def filled(client: Client, value: object = 339.5) -> bytes:
    """The form of the GDP duty for 2024 as the program hands it out, with one number in every open cell."""
    form = client.get("/templates/economy.xlsx?period=2024").content
    book = openpyxl.load_workbook(io.BytesIO(form))
    for sheet in book.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.value is None and not cell.protection.locked:
                    cell.value = value
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def gdp(client: Client) -> object:
    return client.get("/why/gdp/512021/2024.json").json()["why"]["value"]


def test_a_form_comes_back_as_figures_after_two_words(site: Site) -> None:
    client = site("reporter")
    check = send(client, filled(client))
    assert "可导入 6 条数据" in client.get(check).content.decode()
    assert gdp(client) is None
    client.post(check, {"word": "confirm"})
    assert gdp(client) == 339.5


def test_who_sent_it_answers_for_it(site: Site) -> None:
    client = site("reporter")
    client.post(send(client, filled(client)), {"word": "confirm"})
    fact = client.get("/history/gdp/512021/2024.json").json()["facts"][0]
    assert (fact["recorded_by"], fact["source"]) == ("reporter", "gdp.xlsx")
    assert [entry.action for entry in ledger.trail(2)] == ["import", "upload"]


def test_confirming_twice_imports_once(site: Site) -> None:
    client = site("reporter")
    check = send(client, filled(client))
    client.post(check, {"word": "confirm"})
    head = ledger.head().seq
    assert "已处理过" in client.post(check, {"word": "confirm"}, follow=True).content.decode()
    assert ledger.head().seq == head


def test_the_same_file_again_adds_nothing(site: Site) -> None:
    client = site("reporter")
    content = filled(client)
    client.post(send(client, content), {"word": "confirm"})
    head = ledger.head().seq
    page = client.post(send(client, content), {"word": "confirm"}, follow=True).content.decode()
    assert "新增 0 条" in page
    assert ledger.head().seq == head


def test_a_discarded_file_leaves_nothing(site: Site) -> None:
    client = site("reporter")
    head = ledger.head().seq
    client.post(send(client, filled(client)), {"word": "discard"})
    assert ledger.head().seq == head


def test_a_wrong_cell_is_named_and_nothing_enters(site: Site) -> None:
    client = site("reporter")
    check = send(client, filled(client, "很多"))
    page = client.get(check).content.decode()
    assert "很多" in page
    assert "可导入 0 条数据" in page
    head = ledger.head().seq
    client.post(check, {"word": "confirm"})
    assert ledger.head().seq == head


def test_rows_that_wait_can_be_fetched_with_their_reasons(site: Site) -> None:
    client = site("reporter")
    check = send(client, filled(client, "很多")).partition("?")[0]
    book = CalamineWorkbook.from_filelike(io.BytesIO(client.get(f"{check}/waiting.xlsx").content))
    rows = [row for name in book.sheet_names for row in book.get_sheet_by_name(name).to_python()]
    assert any("原因" in row for row in rows)
    assert len(rows) > 3


def test_findings_by_cell_can_be_fetched_as_data(site: Site) -> None:
    client = site("reporter")
    check = send(client, filled(client, "很多")).partition("?")[0]
    found = client.get(f"{check}.json").json()["findings"]
    assert {"place", "found", "expected", "remedy"} <= found[0].keys()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("virus.exe", b"MZ\x90"),
        ("table.xlsx", b"not a workbook"),
        ("table.xls", b"PK\x03\x04"),
        ("table.csv", b"a,b\x00\x01\x02"),
        ("empty.csv", b""),
        ("../../etc/passwd", b"root"),
    ],
)
def test_what_is_not_what_its_name_says_is_refused(site: Site, name: str, content: bytes) -> None:
    client = site("reporter")
    response = client.post("/import", {"file": SimpleUploadedFile(name, content)})
    assert response.status_code == 415
    assert "Traceback" not in response.content.decode()
    assert not Upload.objects.exists()


def test_a_broken_workbook_is_explained_without_a_trace(site: Site) -> None:
    client = site("reporter")
    response = client.get(send(client, b"PK\x03\x04" + b"rubbish" * 1000))
    assert response.status_code in (200, 422)
    assert "Traceback" not in response.content.decode()


def test_a_file_above_the_limit_is_refused(site: Site) -> None:
    client = site("reporter")
    with override_settings(DUHENG_UPLOAD_LIMIT=200_000):
        response = client.post("/import", {"file": SimpleUploadedFile("big.csv", b"x" * 250_000)})
        stated = client.post("/import", {"file": SimpleUploadedFile("big.csv", b"x" * 900_000)})
    assert (response.status_code, stated.status_code) == (413, 413)
    assert not Upload.objects.exists()


def test_a_sender_sees_only_his_own_files(site: Site) -> None:
    check = send(site("reporter"), filled(site()))
    with_account = site("administrator")
    assert with_account.get(check).status_code == 200
    other = Upload.objects.get()
    other.sent_by = "somebody"
    other.save()
    assert site("reporter").get(check).status_code == 404


def test_without_account_the_page_says_who_may(site: Site) -> None:
    assert "导入数据需要“填报”权限" in site().get("/import").content.decode()


def test_every_duty_has_its_form(drill: Site) -> None:
    from duheng.web import state

    statuses = {
        duty.id: drill().get(f"/templates/{duty.id}.xlsx").status_code
        for duty in state.city().plans[0].duties
    }
    assert set(statuses.values()) == {200}


def test_an_unknown_form_is_not_there(drill: Site) -> None:
    assert drill().get("/templates/nothing.xlsx").status_code == 404
