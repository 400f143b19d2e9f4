"""A plan's document is read, reviewed by people who never overwrite each other, and saved as a plan of the city."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
import yaml
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from duheng.model.errors import DuhengError
from duheng.web import plan_versions, readings, state
from duheng.web.document_marks import pieces
from duheng.web.models import PlanReading, PlanVersion, ReadingDecision
from duheng.web.reading_fields import typed
from duheng.web.readings import Overtaken, Person
from tests.reading import papers

Site = Callable[..., Client]
PLAN = """资府发〔2021〕7号
资阳市人民政府
关于印发资阳市“十四五”节水工作方案的通知
各县（区）人民政府：
资阳市人民政府
2021年3月9日
资阳市“十四五”节水工作方案
一、主要目标
到2025年，全市单位地区生产总值能源消耗比2020年下降12.5%，秸秆综合利用率达到88%以上。<script>𠮷</script>
二、重点任务
（一）推进节水。抓好落实。（责任单位：市水务局、市发改委、市不存在局）
（二）加强管理。抓好落实。（牵头单位：市财政局）
"""
NOTHING = "关于召开会议的通知\n会议于明天召开，请准时参加。\n"


def send(client: Client, text: str | bytes = PLAN, name: str = "方案.txt") -> str:
    content = text.encode() if isinstance(text, str) else text
    answer = client.post("/plans/readings", {"file": SimpleUploadedFile(name, content)})
    assert answer.status_code == 302
    return str(answer.headers["Location"])


def said(client: Client, where: str) -> dict[str, Any]:
    found: dict[str, Any] = client.get(f"{where}.json").json()
    return found


def accept_all(client: Client, where: str) -> None:
    told = said(client, where)
    for one in told["targets"] + told["tasks"]:
        if one["standing"] == "open":
            client.post(f"{where}/{one['id']}", {"word": "accept", "seen": one["words"]})


def save(client: Client, where: str, instead_of: str = "ziyang-145") -> Any:
    last = said(client, where)["last"]
    return client.post(where, {"word": "save", "seen": last, "instead_of": instead_of}, follow=True)


def test_a_document_is_shown_whole_escaped_and_with_its_places(site: Site) -> None:
    client = site("reviewer")
    where = send(client)
    told = said(client, where)
    assert told["text"] == PLAN
    assert [one["indicator"] for one in told["targets"]] == ["单位地区生产总值能源消耗", "秸秆综合利用率"]
    for one in told["targets"] + told["tasks"]:
        assert told["text"][one["start"] : one["end"]] == one["quote"]
    kept = PlanReading.objects.get()
    cut = pieces(readings.review(kept))
    assert "".join(one.text for one in cut) == PLAN
    assert {one.text for one in cut if one.unit} == {"市水务局", "市发改委", "市不存在局", "市财政局"}
    page = client.get(where).content.decode()
    assert "<script>𠮷" not in page
    assert "&lt;script&gt;𠮷&lt;/script&gt;" in page
    assert f'id="at-{told["targets"][1]["start"]}"' in page


def test_units_are_matched_to_the_citys_departments_and_a_stranger_is_shown(site: Site) -> None:
    client = site("reviewer")
    page = client.get(send(client)).content.decode()
    card = page.partition('id="e-k1"')[2].partition("</article>")[0]
    assert re.search(r"市发改委（即市发展改革委）", card)
    assert re.search(r"市不存在局 <span class=\"tag warn\">名录中没有", card)
    assert card.count("名录中没有") == 1


LINES = [line for line in PLAN.splitlines() if "<" not in line]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("方案.docx", papers.word("".join(map(papers.paragraph, LINES)))),
        ("方案.html", "".join(f"<p>{line}</p>" for line in ("<html>", *LINES)).encode()),
    ],
)
def test_documents_of_other_kinds_are_read(site: Site, name: str, content: bytes) -> None:
    client = site("reviewer")
    assert len(said(client, send(client, content, name))["tasks"]) == 2


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("scan.pdf", papers.pdf([[]]), "扫描"),
        ("empty.txt", b"", "空"),
        ("blank.txt", b"  \n \n", "空"),
        ("picture.png", b"\x89PNG", "不认识的文件类型"),
        ("named.pdf", b"not a pdf at all", "内容却是"),
    ],
)
def test_what_cannot_be_read_is_refused_in_words(site: Site, name: str, content: bytes, words: str) -> None:
    client = site("reviewer")
    answer = client.post("/plans/readings", {"file": SimpleUploadedFile(name, content)}, follow=True)
    page = answer.content.decode()
    assert answer.status_code == 200
    assert words in page
    assert not PlanReading.objects.exists()


def test_a_document_without_any_target_says_so_and_makes_no_plan(site: Site) -> None:
    client = site("reviewer")
    where = send(client, NOTHING)
    assert "没有读出任何目标和任务" in client.get(where).content.decode()
    assert "没有一项接受的目标或任务" in save(client, where).content.decode()
    assert not PlanVersion.objects.exists()


def test_the_same_file_twice_is_one_reading(site: Site) -> None:
    first, second = site("reviewer"), site("administrator")
    where = send(first)
    answer = second.post(
        "/plans/readings", {"file": SimpleUploadedFile("又.txt", PLAN.encode())}, follow=True
    )
    assert answer.redirect_chain[-1][0] == where
    assert "没有重复读入" in answer.content.decode()
    assert PlanReading.objects.count() == 1


def test_the_later_of_two_reviewers_is_told_and_nothing_is_lost(site: Site) -> None:
    first, second = site("reviewer"), site("administrator")
    where = send(first)
    first.post(f"{where}/t1", {"word": "reject", "seen": 0})
    form = {"word": "edit", "seen": 0, "indicator": "我打的字", "direction": "reach", "value": "1"}
    plain = second.post(f"{where}/t1", form)
    scripted = second.post(f"{where}/t1", form, HTTP_HX_REQUEST="true")
    for answer in (plain, scripted):
        page = answer.content.decode()
        assert "reviewer的姓名刚刚处理过这一条" in page
        assert 'value="我打的字"' in page  # what was typed is still in the form
    assert plain.status_code == 409
    assert said(first, where)["targets"][0]["standing"] == "rejected"
    second.post(f"{where}/t1", {**form, "seen": 1})
    assert said(first, where)["targets"][0]["indicator"] == "我打的字"
    assert [one.word for one in ReadingDecision.objects.all()] == ["reject", "edit"]


def test_a_race_for_one_step_is_lost_by_one(site: Site) -> None:
    send(site("reviewer"))
    kept = PlanReading.objects.get()
    readings.decide(kept, "t1", "accept", 0, Person("a", "甲"))
    with pytest.raises(Overtaken):
        readings.decide(kept, "t1", "reject", 0, Person("b", "乙"))


def test_accepting_all_without_doubt_leaves_what_wants_a_look(site: Site) -> None:
    client = site("reviewer")
    where = send(client, PLAN + "到2025年，某某不知名的事达到3亩。\n")
    client.post(where, {"word": "clear"})
    told = said(client, where)
    standing = {one["indicator"]: one["standing"] for one in told["targets"]}
    assert standing["秸秆综合利用率"] == "accepted"
    left = [one for one in told["targets"] if one["standing"] == "open"]
    assert left
    assert all(not one["quantity"] or one["confidence"] < readings.SURE or one["doubts"] for one in left)
    assert told["counts"]["to_see"] == len(left)
    assert f"其中{len(left)}项须逐项看" in client.get(where).content.decode()


def test_a_doubt_is_first_says_what_to_do_and_is_settled(site: Site) -> None:
    client = site("reviewer")
    text = PLAN.replace("（牵头单位：市财政局）", "")
    where = send(client, text)
    doubts = said(client, where)["doubts"]
    assert doubts
    page = client.get(where).content.decode()
    assert page.index('id="e-d1"') < page.index('id="e-t1"')
    assert "请按分工文件补上责任单位，或确认原文没有" in page
    for one in doubts:
        client.post(f"{where}/{one['id']}", {"word": "accept", "seen": 0})
    assert said(client, where)["counts"]["doubts"] == 0
    assert client.post(f"{where}/d1", {"word": "reject", "seen": 1}).status_code == 400


def test_a_doubt_settled_by_mistake_is_opened_again(site: Site) -> None:
    client = site("reviewer")
    where = send(client, PLAN.replace("（牵头单位：市财政局）", ""))
    before = said(client, where)["counts"]["doubts"]
    client.post(f"{where}/d1", {"word": "accept", "seen": 0})
    assert said(client, where)["counts"]["doubts"] == before - 1
    assert "重新待核对" in client.get(where).content.decode()
    client.post(f"{where}/d1", {"word": "reopen", "seen": 1})
    assert said(client, where)["counts"]["doubts"] == before
    assert "重新待核对" not in client.get(where).content.decode()
    assert client.post(f"{where}/t1", {"word": "reopen", "seen": 0}).status_code == 400


def test_the_binding_is_changed_to_another_quantity_or_to_none(site: Site) -> None:
    client = site("reviewer")
    where = send(client)
    fields = {"word": "edit", "indicator": "秸秆", "direction": "at_least", "value": "88", "unit": "%"}
    client.post(
        f"{where}/t2", {**fields, "seen": 0, "quantity": "畜禽粪污综合利用率 manure_utilisation_rate"}
    )
    assert said(client, where)["targets"][1]["quantity"] == "manure_utilisation_rate"
    client.post(f"{where}/t2", {**fields, "seen": 1, "quantity": ""})
    told = said(client, where)["targets"][1]
    assert (told["quantity"], told["standing"]) == (None, "edited")
    accept_all(client, where)
    page = save(client, where).content.decode()
    assert "1项目标没有绑定量" in page
    beside = yaml.safe_load(json.loads(PlanVersion.objects.get().files)["unbound.yaml"])
    assert [(one["indicator"], one["reason"]) for one in beside] == [("秸秆", "核对人定为不绑定任何量")]


@pytest.mark.parametrize(
    ("changes", "trouble"),
    [
        ({"value": "许多"}, "不是数"),
        ({"value": "NaN"}, "不是数"),
        ({"value": ""}, "没有数值"),
        ({"deadline": "20255"}, "应为年份"),
        ({"direction": "up"}, "请选择方向"),
        ({"indicator": " "}, "请写明指标"),
        ({"quantity": "没有的量"}, "没有名为"),
        ({"quantity": "straw_utilisation_rate", "item": "原煤"}, "不分项"),
        ({"quantity": "key_project_reduction", "unit": "吨"}, "按项统计"),
        ({"quantity": "straw_utilisation_rate", "unit": "吨"}, "不能换算"),
    ],
)
def test_a_field_that_cannot_be_is_refused_and_the_form_kept(
    site: Site, changes: dict[str, str], trouble: str
) -> None:
    client = site("reviewer")
    where = send(client)
    form = {"word": "edit", "seen": "0", "indicator": "甲", "direction": "reach", "value": "1", "unit": "%"}
    page = client.post(f"{where}/t1", {**form, **changes}).content.decode()
    assert trouble in page
    assert 'name="indicator"' in page
    assert not ReadingDecision.objects.exists()


def test_an_entry_is_added_by_its_words_and_only_at_their_place(site: Site) -> None:
    client = site("reviewer")
    where = send(client)
    quote = "秸秆综合利用率达到88%以上"
    client.post(where, {"word": "add", "kind": "t", "quote": quote})
    added = said(client, where)["targets"]
    assert [one["indicator"] for one in added].count("秸秆综合利用率") == 2
    again = client.post(where, {"word": "add", "kind": "k", "quote": "抓好落实", "start": ""}, follow=True)
    assert "不止一处" in again.content.decode()
    place = PLAN.rindex("抓好落实")
    client.post(where, {"word": "add", "kind": "k", "quote": "抓好落实", "start": str(place)})
    assert said(client, where)["tasks"][-1]["start"] == place
    lost = client.post(where, {"word": "add", "kind": "t", "quote": "没有这句"}, follow=True)
    assert "原文中没有这段文字" in lost.content.decode()


def test_saving_waits_for_every_word_and_for_the_newest_state(site: Site) -> None:
    client, other = site("reviewer"), site("administrator")
    where = send(client)
    assert "没有定" in save(client, where).content.decode()
    accept_all(client, where)
    last = said(client, where)["last"]
    other.post(f"{where}/t2", {"word": "reject", "seen": 1})
    late = client.post(where, {"word": "save", "seen": last, "instead_of": ""}, follow=True)
    assert "又有人作了决定" in late.content.decode()
    assert not PlanVersion.objects.exists()
    save(client, where)
    assert PlanVersion.objects.count() == 1


def test_a_head_that_lacks_its_period_is_completed_by_the_reviewer(site: Site) -> None:
    client = site("reviewer")
    where = send(client, PLAN.replace("“十四五”", ""))
    accept_all(client, where)
    if said(client, where)["period"] is None:
        assert "请补上规划期" in save(client, where).content.decode()
    form = {"word": "edit", "seen": 0, "title": "节水方案", "date": "2021-03-09", "number": "甲〔2021〕1号"}
    wrong = client.post(f"{where}/h", {**form, "period": "2025到2021"}).content.decode()
    assert "应写成 2021-2025" in wrong
    client.post(f"{where}/h", {**form, "issuer": "资阳市人民政府", "period": "2021—2025年"})
    assert "已保存为规划的第1版" in save(client, where).content.decode()


def test_a_plan_that_would_not_load_is_refused_with_its_reason(site: Site) -> None:
    client = site("reviewer")
    where = send(client)
    form = {"word": "edit", "seen": 0, "indicator": "能耗", "direction": "decrease", "value": "145", "unit": "%",
            "quantity": "energy_intensity_decline"}  # fmt: skip
    client.post(f"{where}/t1", form)
    accept_all(client, where)
    assert "还不能成为规划" in save(client, where).content.decode()
    assert not PlanVersion.objects.exists()


def test_a_strange_plan_id_is_no_failure(site: Site) -> None:
    answer = site().get("/?plan=512000-2021-v9")
    assert answer.status_code == 400
    with pytest.raises(DuhengError):
        plan_versions.save(state.city(), _sent(site), 0, "", Person("a", "甲"))


def _sent(site: Site) -> PlanReading:
    send(site("reviewer"))
    return PlanReading.objects.get()


def test_units_typed_are_kept_once_each() -> None:
    found, troubles = typed("k", {"title": "甲", "responsible_units": "A局、B局\nA局；"}, {})
    assert (found["responsible_units"], troubles) == (["A局", "B局"], [])


def test_odd_names_and_numbers_are_no_failure(site: Site) -> None:
    client = site("reviewer")
    answer = client.post("/plans/readings", {"file": SimpleUploadedFile("无扩展名", b"a")}, follow=True)
    assert "不认识的文件类型" in answer.content.decode()
    where = send(client, name="😀" * 80 + ".txt")
    late = client.post(f"{where}/t1", {"word": "accept", "seen": "9" * 5000})
    assert "刚刚处理过这一条" in late.content.decode()
    assert not ReadingDecision.objects.exists()
    assert client.post(f"{where}/t99", {"word": "accept", "seen": 0}).status_code == 400
    assert client.post(where, {"word": "wipe"}).status_code == 400


def test_signs_a_database_cannot_hold_leave_every_place_where_it_is(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    from duheng.reading import reading as reading_of

    odd = PLAN.replace("𠮷", "\0\ud800")
    monkeypatch.setattr(readings, "read", lambda place: reading_of.read_text(odd))
    client = site("reviewer")
    told = said(client, send(client))
    assert "\ufffd?" in told["text"]
    for one in told["targets"]:
        assert told["text"][one["start"] : one["end"]] == one["quote"]
