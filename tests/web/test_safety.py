"""Errors speak to people, headers to browsers, and a production start refuses what is only for practice."""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
from django.db.utils import OperationalError
from django.test import Client
from pytest_django import DjangoDbBlocker

from tests.ledger.conftest import connected
from tests.postgres import free_port
from tests.web.conftest import visited

Site = Callable[..., Client]
SECRET = "k7Vd0-qPz_41mZxWcB9aLrT2uYhGsEoJfN6iQvXtRwKy"


def start(home: Path, environment: dict[str, str], port: int = 0) -> subprocess.CompletedProcess[str]:
    """A start that is expected to refuse."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("DUHENG_")}
    return subprocess.run(
        [sys.executable, "-m", "duheng", "serve", "--port", str(port or free_port())],
        env={**kept, "DUHENG_HOME": str(home), "PYTHONPATH": "src", **environment},
        capture_output=True,
        text=True,
        timeout=240,
    )


@pytest.mark.parametrize("address", ["/", "/board.json", "/nothing", "/login", "/static/duheng/style.css"])
def test_every_answer_carries_the_safety_headers(drill: Site, address: str) -> None:
    response = drill().get(address)
    headers = response.headers
    response.close()
    assert headers["X-Content-Type-Options"] == "nosniff"
    if "static" not in address:
        assert headers["X-Frame-Options"] == "DENY"
        assert "default-src 'none'" in headers["Content-Security-Policy"]
        assert "unsafe" not in headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    "address", ["/", "/plan", "/duties", "/why/gdp/512021/2023", "/target/energy-intensity", "/login"]
)
def test_no_page_holds_inline_script_or_style_or_a_foreign_address(drill: Site, address: str) -> None:
    page = drill().get(address).content.decode()
    assert not re.search(r"<script(?![^>]*src=)|\son\w+=|\sstyle=|<style", page)
    assert not re.search(r"(?:src|href)=\"(?:https?:)?//", page)


@pytest.mark.parametrize(
    "address", ["/nothing", "/target/none", "/county/none", "/why/gdp/Atlantis/2023", "/import/77"]
)
def test_what_is_not_there_is_explained_in_chinese(drill: Site, address: str) -> None:
    response = drill("administrator").get(address)
    assert response.status_code == 404
    assert "没有" in response.content.decode()


def test_an_error_is_data_where_data_were_asked_for(drill: Site) -> None:
    told = drill().get("/target/none.json").json()
    assert told["error"] == "没有此页"
    assert "energy-intensity" in told["detail"]


def test_a_failure_shows_no_trace(tmp_path: Path, django_db_blocker: DjangoDbBlocker) -> None:
    with django_db_blocker.unblock(), visited("", tmp_path):  # a database without any table
        response = Client(raise_request_exception=False).get("/")
    page = response.content.decode()
    assert response.status_code == 500
    assert "已记入日志" in page
    assert "Traceback" not in page
    assert "sqlite" not in page.lower()


def test_a_database_that_recovers_is_said_to_be_away(drill: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    def recovering(*_: object, **__: object) -> None:
        raise OperationalError("connection failed") from psycopg.errors.CannotConnectNow("starting up")

    client = drill()
    client.raise_request_exception = False
    monkeypatch.setattr("duheng.web.state.today", recovering)
    response = client.get("/")
    assert response.status_code == 503
    assert response["Retry-After"] == "10"
    assert "没有写入任何东西" in response.content.decode()


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>'])
def test_what_an_address_says_is_never_run(drill: Site, text: str) -> None:
    for address in ("/", "/duties", "/why/gdp/512021/2023"):
        assert text not in drill().get(address, {"unit": text, "item": text, "light": text}).content.decode()


def test_a_nul_is_refused_before_a_database_fails_on_it(site: Site) -> None:
    for target in ("/board.json?unit=%00", "/history/gdp/512000/2024?item=%00", "/county/5%00.json"):
        assert site().get(target).status_code == 400
    assert site().post("/login", {"username": "a\0b", "password": "x"}).status_code == 400
    sent = {
        "word": "add",
        "username": "ab",
        "role": "viewer",
        "password": "Pruefung-7-lang",
        "fullname": "x\0",
    }
    assert site("administrator").post("/accounts", sent).status_code == 400


def test_a_name_in_an_export_never_becomes_a_formula(drill: Site) -> None:
    lines = drill().get("/board.csv?scenario=drill").content.decode("utf-8-sig").splitlines()
    assert not [cell for line in lines for cell in line.split(",") if cell[:1] in "=@" and cell]


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        ({"DUHENG_SECRET_KEY": ""}, "密钥"),
        ({"DUHENG_SECRET_KEY": "short"}, "密钥"),
        ({"DUHENG_SECRET_KEY": SECRET}, "DUHENG_ALLOWED_HOSTS"),
        ({"DUHENG_SECRET_KEY": SECRET, "DUHENG_ALLOWED_HOSTS": "*"}, "DUHENG_ALLOWED_HOSTS"),
        (
            {"DUHENG_SECRET_KEY": SECRET, "DUHENG_ALLOWED_HOSTS": "a.gov.cn", "DUHENG_DEBUG": "1"},
            "DUHENG_DEBUG",
        ),
    ],
)
def test_production_refuses_what_is_for_practice(
    tmp_path: Path, environment: dict[str, str], said: str
) -> None:
    done = start(tmp_path, {"DUHENG_ENV": "production", **environment})
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_production_refuses_accounts_of_practice(tmp_path: Path, django_db_blocker: DjangoDbBlocker) -> None:
    from duheng import ledger
    from duheng.web.demo import make_accounts

    with django_db_blocker.unblock(), connected("", tmp_path):
        ledger.setup()
        make_accounts(production=False)
    done = start(
        tmp_path,
        {"DUHENG_ENV": "production", "DUHENG_SECRET_KEY": SECRET, "DUHENG_ALLOWED_HOSTS": "a.gov.cn"},
    )
    assert done.returncode == 2
    (line,) = done.stderr.splitlines()  # nothing of gunicorn's own about workers that did not boot
    assert "演示账号" in line


def test_a_taken_address_is_named(tmp_path: Path) -> None:
    import socket

    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        done = start(tmp_path, {}, port)
    assert done.returncode == 2
    assert str(port) in done.stderr


def test_an_error_leads_on(drill: Site) -> None:
    client = drill()
    page = client.get("/water?year=x&scenario=drill").content.decode()
    assert 'href="/water?scenario=drill"' in page
    assert 'href="/?scenario=drill"' in page
    assert 'href="/login?next=/audit"' in client.get("/audit").content.decode()
    assert "/login?next" not in drill("viewer").get("/audit").content.decode()


def test_nothing_to_choose_from_is_said_so(drill: Site) -> None:
    page = drill().get("/emissions?year=2099").content.decode()
    assert "现在没有可选的，请去掉它" in page


def test_a_form_alone_offers_no_data_and_log_in_leads_back(drill: Site) -> None:
    assert "/login.json" not in drill().get("/login").content.decode()
    assert "/board.json" in drill().get("/").content.decode()
    assert (
        'href="/login?next=/duties%3Fscenario%3Ddrill"'
        in drill().get("/duties?scenario=drill").content.decode()
    )


def test_a_refused_form_leads_back_to_its_page(site: Site) -> None:
    sent = io.BytesIO(b"no workbook")
    sent.name = "sheet.xlsx"
    answer = site("reporter").post("/import", {"file": sent, "scenario": "actual"})
    assert answer.status_code == 415
    assert '<a class="do" href="/import">回到刚才的页面</a>' in answer.content.decode()
