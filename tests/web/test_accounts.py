"""Accounts: who may do what, and that every change leaves its trace."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.test import Client

from duheng import ledger
from duheng.web import passwords, roles, server, throttle
from tests.web.conftest import PASSWORDS

Site = Callable[..., Client]
ROLES = ["", "viewer", "reporter", "reviewer", "administrator"]
CHANGES = {
    "/import": {"reporter", "reviewer", "administrator"},
    "/import/1": {"reporter", "reviewer", "administrator"},
    "/target/energy-intensity/sign": {"reviewer", "administrator"},
    "/accounts": {"administrator"},
}


def signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def sign_in(client: Client, name: str, password: str, **more: str) -> int:
    return int(client.post("/login", {"username": name, "password": password, **more}).status_code)


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("address", CHANGES)
def test_a_change_needs_its_permission(drill: Site, address: str, role: str) -> None:
    refused = drill(role).post(address, {}).status_code == 403
    assert refused == (role not in CHANGES[address])


@pytest.mark.parametrize("address", [*CHANGES, "/login", "/logout", "/account"])
def test_a_change_needs_its_token(drill: Site, address: str) -> None:
    assert drill("administrator", csrf=True).post(address, {}).status_code == 403


@pytest.mark.parametrize("address", ["/", "/board", "/plan", "/duties", "/findings", "/target/cod", "/audit"])
def test_pages_for_reading_accept_no_change(drill: Site, address: str) -> None:
    assert drill("administrator").post(address, {}).status_code == 405


@pytest.mark.parametrize("role", ROLES)
def test_the_audit_trail_is_for_administrators(drill: Site, role: str) -> None:
    assert (drill(role).get("/audit").status_code == 200) == (role == "administrator")


def test_signing_in_and_out_leaves_entries(site: Site) -> None:
    client = site()
    assert sign_in(client, "reviewer", PASSWORDS["reviewer"]) == 302
    client.post("/logout")
    assert not signed_in(client)
    assert [entry.action for entry in ledger.trail(2)] == ["logout", "login"]


def test_a_wrong_password_leaves_an_entry_and_no_session(site: Site) -> None:
    client = site()
    assert sign_in(client, "reviewer", "falsch") == 403
    assert not signed_in(client)
    assert ledger.trail(1)[0].action == "login-failed"


def test_a_link_cannot_sign_out(site: Site) -> None:
    client = site("viewer")
    client.get("/logout")
    assert signed_in(client)


def test_guessing_is_stopped_even_with_the_right_word_at_last(site: Site) -> None:
    client = site()
    for _ in range(throttle.FAILURES_OF_NAME):
        assert sign_in(client, "reviewer", "falsch") == 403
    assert sign_in(client, "reviewer", PASSWORDS["reviewer"]) == 429
    assert not signed_in(client)


def test_guessing_many_names_from_one_address_is_stopped(site: Site) -> None:
    client = site()
    for number in range(throttle.FAILURES_OF_ADDRESS):
        sign_in(client, f"name{number}", "falsch")
    assert sign_in(client, "viewer", PASSWORDS["viewer"]) == 429


def test_a_lock_of_one_name_leaves_others_alone(site: Site) -> None:
    client = site()
    for _ in range(throttle.FAILURES_OF_NAME):
        sign_in(client, "reviewer", "falsch")
    assert sign_in(client, "viewer", PASSWORDS["viewer"]) == 302


@pytest.mark.parametrize("after", ["https://evil.example/", "//evil.example", "javascript:alert(1)"])
def test_signing_in_leads_nowhere_else(site: Site, after: str) -> None:
    response = site().post("/login", {"username": "viewer", "password": PASSWORDS["viewer"], "next": after})
    assert response["Location"] == "/"


def test_an_administrator_makes_an_account_with_one_role(site: Site) -> None:
    sent = {
        "word": "add",
        "username": "zhang.san",
        "password": "Sehr-lang-und-gut-9",
        "role": "reporter",
        "fullname": "张三",
    }
    assert site("administrator").post("/accounts", sent).status_code == 302
    made = User.objects.get(username="zhang.san")
    assert roles.may(made, roles.IMPORT_FACTS)
    assert not roles.may(made, roles.SIGN_DECISION)
    entry = ledger.trail(1)[0]
    assert (entry.actor, entry.action, entry.object, entry.detail) == (
        "administrator",
        "account-add",
        "zhang.san",
        "reporter",
    )


@pytest.mark.parametrize("password", ["12345678", "password", "kurz", "zhang.san"])
def test_a_weak_password_is_refused(site: Site, password: str) -> None:
    sent = {"word": "add", "username": "zhang.san", "password": password, "role": "reporter"}
    assert site("administrator").post("/accounts", sent).status_code == 422
    assert not User.objects.filter(username="zhang.san").exists()


@pytest.mark.parametrize(
    ("password", "said"),
    [
        ("Kurz-1", "密码太短，应不少于8个字符。"),
        ("password", "这个密码太常见"),
        ("8374629105", "密码不能只有数字"),
        ("zhang.san", "密码与用户名或姓名太相似"),
    ],
)
def test_what_is_wrong_with_a_password_is_said_in_chinese(site: Site, password: str, said: str) -> None:
    sent = {"word": "add", "username": "zhang.san", "password": password, "role": "reporter"}
    page = site("administrator").post("/accounts", sent).content.decode()
    assert said in page
    assert "This password" not in page


def test_a_password_is_refused_in_the_same_words_at_the_shell(site: Site) -> None:
    assert server.set_password("reporter", "Kurz-1") == ["密码太短，应不少于8个字符。"]


def test_an_unknown_role_is_told_the_roles_there_are(site: Site) -> None:
    (said,) = server.add_account("zhang.san", "Sehr-lang-und-gut-9", "admin")
    assert "“admin”" in said
    assert "reviewer（审核）、administrator（管理）" in said


def test_a_stopped_account_is_out_at_once(site: Site) -> None:
    reporter = site("reporter")
    site("administrator").post("/accounts", {"word": "stop", "username": "reporter"})
    assert reporter.post("/import", {}).status_code == 403


def _stopped_meanwhile(password: str, user: User) -> None:
    """Stands for the check of a new password, during which an administrator stops the account."""
    User.objects.filter(pk=user.pk).update(is_active=False)


def test_a_new_password_of_its_own_does_not_revive_a_stopped_account(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = site("viewer")
    monkeypatch.setattr(passwords, "validate_password", _stopped_meanwhile)
    client.post(
        "/account", {"old": PASSWORDS["viewer"], "new": "Neues-Wort-2026", "again": "Neues-Wort-2026"}
    )
    viewer = User.objects.get(username="viewer")
    assert viewer.check_password("Neues-Wort-2026")
    assert not viewer.is_active


def test_a_new_password_by_command_does_not_revive_a_stopped_account(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(passwords, "validate_password", _stopped_meanwhile)
    assert server.set_password("viewer", "Neues-Wort-2026") == []
    viewer = User.objects.get(username="viewer")
    assert viewer.check_password("Neues-Wort-2026")
    assert not viewer.is_active


def test_an_administrator_cannot_lock_himself_out(site: Site) -> None:
    assert (
        site("administrator").post("/accounts", {"word": "stop", "username": "administrator"}).status_code
        == 422
    )
    assert User.objects.get(username="administrator").is_active


def test_a_changed_role_counts_at_once(site: Site) -> None:
    viewer = site("viewer")
    site("administrator").post("/accounts", {"word": "role", "username": "viewer", "role": "reporter"})
    assert viewer.post("/import", {}).status_code == 415


def test_changing_the_password_needs_the_old_one(site: Site) -> None:
    client = site("viewer")
    new = {"new": "Noch-besser-als-11", "again": "Noch-besser-als-11"}
    assert client.post("/account", {"old": "falsch", **new}).status_code == 422
    assert client.post("/account", {"old": PASSWORDS["viewer"], **new}).status_code == 302
    assert Client().login(username="viewer", password="Noch-besser-als-11")


def test_the_session_cookie_is_out_of_reach_of_scripts(site: Site) -> None:
    client = site()
    sign_in(client, "viewer", PASSWORDS["viewer"])
    cookie = client.cookies["sessionid"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"


def test_a_page_for_readers_without_account_holds_no_token(drill: Site) -> None:
    assert not re.search("csrfmiddlewaretoken", drill().get("/").content.decode())


def test_the_trail_says_what_was_done_in_words(site: Site) -> None:
    signed_in = site()
    signed_in.post("/login", {"username": "administrator", "password": "wrong"})
    signed_in.post("/login", {"username": "administrator", "password": PASSWORDS["administrator"]})
    page = signed_in.get("/audit").content.decode()
    assert ">登录失败<" in page
    assert ">login" not in page
    assert ">log-in failed<" in signed_in.get("/audit?lang=en").content.decode()


ENTRIES = [
    ("import", "月报.xlsx", {"digest": "ab12" * 16, "added": 3, "duplicates": 0, "waiting": 2},
     "新增数：3；重复数：0；待改正行数：2；文件摘要：ab12ab12ab12ab12…",
     "Added: 3; Duplicates: 0; Rows to mend: 2; Digest of the file: ab12ab12ab12ab12…"),
    ("sign-definition", "energy-intensity",
     {"city": "5120", "plan": "5120-2021", "definition": "minus-feedstock", "reason": "请核对", "name": "张三"},
     "口径：扣除原料用能；原因：请核对；姓名：张三；城市：资阳市",
     "Definition: Feedstock deducted; Reason: 请核对; Name: 张三; City: Ziyang"),
    ("device-add", "MN1", {"any_password": True, "st": "32", "title": "", "entity": None},
     "系统编码：32；不核对设备密码：是", "System type: 32; Any password accepted: yes"),
    ("later-action", "x", {"later": ["一", "二"]}, "later：一、二", "later: 一, 二"),
    ("account-role", "甲", "reviewer", "审核", "Reviewer"),
]  # fmt: skip


@pytest.mark.parametrize(("action", "object", "detail", "chinese", "in_english"), ENTRIES)
def test_the_trail_says_each_detail_in_words_and_keeps_it_as_written(
    site: Site, action: str, object: str, detail: object, chinese: str, in_english: str
) -> None:
    ledger.audit("某人", action, object, detail)  # type: ignore[arg-type]
    client = site("administrator")
    entry = client.get("/audit.json").json()["entries"][0]
    written = detail if isinstance(detail, str) else json.loads(entry["written"])
    assert (written, entry["object_id"]) == (detail, object)
    assert chinese in entry["detail"]
    assert in_english in client.get("/audit.json?lang=en").json()["entries"][0]["detail"]


def test_the_trail_names_a_target_and_a_parameter_by_their_titles(site: Site) -> None:
    ledger.audit("某人", "sign-definition", "energy-intensity", "")
    ledger.audit("某人", "propose-parameter", "audit_threshold", "")
    told = site("administrator").get("/audit.json").json()["entries"]
    assert [one["object"] for one in told[:2]] == ["数据核查的阈值", "单位地区生产总值能源消耗"]


def test_a_refused_account_keeps_what_was_typed_but_the_password(site: Site) -> None:
    client = site("administrator")
    typed = {
        "word": "add",
        "username": "zhang san",
        "fullname": "张三",
        "role": "reviewer",
        "password": "Geheim-123-x",
    }
    answer = client.post("/accounts", typed)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'value="zhang san"' in page
    assert 'value="张三"' in page
    assert "Geheim-123-x" not in page
    again = client.post("/accounts", {"word": "role", "username": "viewer", "role": "none"}).content.decode()
    assert "<option selected>viewer</option>" in again
