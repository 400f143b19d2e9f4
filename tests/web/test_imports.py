"""Importing on the page: sent, checked, handed in, accepted by another; nothing before that, nothing twice."""

from __future__ import annotations

import io
import re
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


def handed_in(client: Client, content: bytes, **more: str) -> str:
    """Send a file and hand it in for review; its page."""
    check = send(client, content)
    client.post(check, {"word": "submit", **more})
    return check


def test_a_form_comes_back_as_figures_after_two_peoples_words(site: Site) -> None:
    client = site("reporter")
    check = send(client, filled(client))
    assert "可导入 6 条数据" in client.get(check).content.decode()
    client.post(check, {"word": "submit"})
    assert gdp(client) is None
    assert "gdp.xlsx" in site("reviewer").get("/import").content.decode()
    page = site("reviewer").post(check, {"word": "accept"}, follow=True).content.decode()
    assert "新增 6 条" in page
    assert gdp(client) == 339.5


def test_the_history_names_who_sent_and_who_accepted(site: Site) -> None:
    client = site("reporter")
    site("reviewer").post(handed_in(client, filled(client)), {"word": "accept"})
    fact = client.get("/history/gdp/512021/2024.json").json()["facts"][0]
    assert (fact["recorded_by"], fact["source"]) == ("reporter（reviewer 审核）", "gdp.xlsx")
    trail = [(entry.actor, entry.action) for entry in ledger.trail(4)]
    assert trail == [
        ("reviewer", "accept"),
        ("reporter（reviewer 审核）", "import"),
        ("reporter", "submit"),
        ("reporter", "upload"),
    ]


@pytest.mark.parametrize("role", ["reporter", "reviewer", "administrator"])
def test_nobody_accepts_his_own(site: Site, role: str) -> None:
    client = site(role)
    check = handed_in(client, filled(client))
    head = ledger.head().seq
    for word in ("accept", "return"):
        assert client.post(check, {"word": word, "reason": "因为"}).status_code == 403
    assert "通过并导入" not in client.get(check).content.decode()
    assert ledger.head().seq == head
    assert Upload.objects.get().settled == "submitted"


def test_a_reviewers_own_file_is_accepted_by_another(site: Site) -> None:
    client = site("reviewer")
    site("administrator").post(handed_in(client, filled(client)), {"word": "accept"})
    assert gdp(client) == 339.5


@pytest.mark.parametrize("word", ["accept", "return"])
def test_a_reporter_settles_nobodys_file(site: Site, word: str) -> None:
    client = site("reviewer")
    check = handed_in(client, filled(client))
    assert site("reporter").post(check, {"word": word, "reason": "因为"}).status_code == 404
    assert site("viewer").post(check, {"word": word}).status_code == 403
    assert Upload.objects.get().settled == "submitted"


def test_only_the_sender_hands_in(site: Site) -> None:
    client = site("reporter")
    check = send(client, filled(client))
    assert site("reviewer").post(check, {"word": "submit"}).status_code == 403
    site("reviewer").post(check, {"word": "accept"})
    assert Upload.objects.get().settled == ""
    assert gdp(client) is None


def test_a_returned_file_says_why_and_can_be_sent_again(site: Site) -> None:
    client, reviewer = site("reporter"), site("reviewer")
    check = handed_in(client, filled(client))
    assert "请写明退回的原因" in reviewer.post(check, {"word": "return"}, follow=True).content.decode()
    assert Upload.objects.get().settled == "submitted"
    reviewer.post(check, {"word": "return", "reason": "单位应为亿元"})
    assert "单位应为亿元" in client.get("/import").content.decode()
    assert "单位应为亿元" in client.get(check).content.decode()
    assert (ledger.trail(1)[0].actor, ledger.trail(1)[0].action) == ("reviewer", "return")
    assert gdp(client) is None
    reviewer.post(handed_in(client, filled(client)), {"word": "accept"})
    assert gdp(client) == 339.5


def test_the_page_sets_new_figures_beside_the_present_ones(site: Site) -> None:
    client = site("reporter")
    site("reviewer").post(handed_in(client, filled(client)), {"word": "accept"})
    check = send(client, filled(client, 340)).partition("?")[0]
    assert client.get(f"{check}.json").json()["effects"]["changed"] == 6
    rows = client.get(f"{check}.csv?table=changes").content.decode("utf-8-sig")
    assert "340 亿元,339.5 亿元（填报）,0.5,更正" in rows
    again = send(client, filled(client)).partition("?")[0]
    assert client.get(f"{again}.json").json()["effects"]["same"] == 6


def test_accepting_twice_imports_once(site: Site) -> None:
    client = site("reporter")
    check = handed_in(client, filled(client))
    site("reviewer").post(check, {"word": "accept"})
    head = ledger.head().seq
    page = site("administrator").post(check, {"word": "accept"}, follow=True).content.decode()
    assert "已处理过" in page
    assert ledger.head().seq == head


def test_the_same_file_again_adds_nothing(site: Site) -> None:
    client, reviewer = site("reporter"), site("reviewer")
    content = filled(client)
    reviewer.post(handed_in(client, content), {"word": "accept"})
    head = ledger.head().seq
    page = reviewer.post(handed_in(client, content), {"word": "accept"}, follow=True).content.decode()
    assert "新增 0 条" in page
    assert ledger.head().seq == head


@pytest.mark.parametrize("first", ["", "submit"])
def test_a_discarded_file_leaves_nothing(site: Site, first: str) -> None:
    client = site("reporter")
    head = ledger.head().seq
    check = send(client, filled(client))
    if first:
        client.post(check, {"word": first})
    client.post(check, {"word": "discard"})
    site("reviewer").post(check, {"word": "accept"})
    assert ledger.head().seq == head


def test_every_word_needs_its_token(site: Site) -> None:
    client = site("reporter")
    check = handed_in(client, filled(client))
    assert site("reviewer", csrf=True).post(check, {"word": "accept"}).status_code == 403
    assert Upload.objects.get().settled == "submitted"


def test_of_a_file_with_errors_only_the_good_rows_are_handed_in_on_request(site: Site) -> None:
    client = site("reporter")
    table = "指标,对象,时期,数值,单位\ngdp,安岳县,2024,339.5,亿元\ngdp,乐至县,2024,很多,亿元\n".encode()
    check = send(client, table, "gdp.csv")
    assert "没有提交" in client.post(check, {"word": "submit"}, follow=True).content.decode()
    assert Upload.objects.get().settled == ""
    client.post(check, {"word": "submit", "rows": "good"})
    assert "其余 1 行不会导入" in site("reviewer").get(check).content.decode()
    site("reviewer").post(check, {"word": "accept"})
    assert gdp(client) == 339.5


def test_a_wrong_cell_is_named_and_nothing_enters(site: Site) -> None:
    client = site("reporter")
    check = send(client, filled(client, "很多"))
    page = client.get(check).content.decode()
    assert "很多" in page
    assert "可导入 0 条数据" in page
    for rows in ("", "good"):
        client.post(check, {"word": "submit", "rows": rows})
    assert Upload.objects.get().settled == ""


def test_rows_that_wait_can_be_fetched_with_their_reasons(site: Site) -> None:
    client = site("reporter")
    check = send(client, filled(client, "很多")).partition("?")[0]
    book = CalamineWorkbook.from_filelike(io.BytesIO(client.get(f"{check}/waiting.xlsx").content))
    rows = [row for name in book.sheet_names for row in book.get_sheet_by_name(name).to_python()]
    assert any("原因" in str(row[0]) for row in rows)
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


def test_a_file_with_a_very_long_name_is_opened_and_discarded_as_any_other(site: Site) -> None:
    client = site("reporter")
    check = send(client, filled(client), "乐至县二〇二四年能源消费统计表" * 14 + ".xlsx")
    assert "可导入 6 条数据" in client.get(check).content.decode()
    client.post(check, {"word": "discard"})
    kept = Upload.objects.get()
    assert (len(kept.name), kept.name[-5:], kept.settled) == (200, ".xlsx", "discarded")


@pytest.mark.parametrize("token", [True, False])
def test_a_file_just_above_the_limit_is_refused_before_its_token_is_checked(site: Site, token: bool) -> None:
    client = site("reporter", csrf=True)
    page = client.get("/import").content.decode()
    known = re.findall(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)[0]
    with override_settings(DUHENG_UPLOAD_LIMIT=200_000):
        sent = {"csrfmiddlewaretoken": known} if token else {}
        answer = client.post("/import", {**sent, "file": SimpleUploadedFile("big.csv", b"x" * 210_000)})
    assert answer.status_code == 413
    assert "文件过大" in answer.content.decode()


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


def test_a_file_without_a_good_row_is_not_offered_to_hand_in(site: Site) -> None:
    client = site("reporter")
    page = client.get(send(client, filled(client, "很多"))).content.decode()
    assert "没有可提交的行" in page
    assert "只提交无误的行" not in page


def test_an_accepted_file_goes_on_telling_what_it_changed(site: Site) -> None:
    """Beside the present figures, which are its own by then, everything would be the same as it was."""
    client, reviewer = site("reporter"), site("reviewer")
    reviewer.post(handed_in(client, filled(client)), {"word": "accept"})
    second = handed_in(client, filled(client, 340))
    before = client.get(f"{second}.json").json()["effects"]
    reviewer.post(second, {"word": "accept"})
    page = client.get(second).content.decode()
    assert client.get(f"{second}.json").json()["effects"] == before
    assert ("与当时的数对照" in page, "339.5 亿元" in page) == (True, True)


def test_a_file_of_the_drill_is_read_and_accepted_as_well(changing: Site) -> None:
    """The practice of a newcomer: the same way as in earnest, and nothing of it in the real figures."""
    client = changing("reporter")
    file = SimpleUploadedFile("gdp.xlsx", filled(client, 321))
    check = str(client.post("/import", {"file": file, "scenario": "drill"})["Location"])
    page = client.get(check)
    assert (page.status_code, "可导入 6 条数据" in page.content.decode()) == (200, True)
    client.post(check, {"word": "submit"})
    assert "新增 6 条" in changing("reviewer").post(check, {"word": "accept"}, follow=True).content.decode()
    assert client.get("/why/gdp/512021/2024.json?scenario=drill").json()["why"]["value"] == 321
    assert gdp(client) is None
