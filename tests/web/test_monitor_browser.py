"""The live pages in a real browser: they look again by themselves, leave their user alone, fit, are accessible."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.auth.models import User
from playwright.sync_api import Browser, Page, sync_playwright
from pytest_django import DjangoDbBlocker

from duheng.telemetry.watching.drill import lay_out
from duheng.telemetry.watching.live import now
from duheng.web import state
from tests.ledger.conftest import connected
from tests.web.conftest import PASSWORDS, serving
from tests.web.test_browser import CHROMIUM, FLAGS

pytestmark = pytest.mark.slow
DRILL = "?scenario=drill"
PATHS = ("/monitor", "/monitor/wall", "/monitor/receipts", "/monitor/alarms")
AGAIN = 45_000  # [ms] for a look that is due after ten seconds; the machine may be crowded


@pytest.fixture(scope="module")
def address(
    drill_home: Path, tmp_path_factory: pytest.TempPathFactory, django_db_blocker: DjangoDbBlocker
) -> Iterator[str]:
    """A server with the drill's devices."""
    home = tmp_path_factory.mktemp("monitor-live")
    shutil.copy(drill_home / "duheng.sqlite3", home / "duheng.sqlite3")
    with django_db_blocker.unblock(), connected("", home):
        viewer = User.objects.get(username="viewer")
        viewer.set_password(PASSWORDS["viewer"])
        viewer.save()
        lay_out(home, state.city("drill").places, now(), days=2)
    with serving(home) as (found, _):
        yield found


@pytest.fixture(scope="module")
def browser(address: str) -> Iterator[Browser]:
    del address  # made first: the database cannot be used while the browser's loop runs
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield launched
        launched.close()


@pytest.fixture
def page(browser: Browser, address: str, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A viewer's page of 1366x768, of 390x800 where the test asks for a phone."""
    width, height = getattr(request, "param", (1366, 768))
    context = browser.new_context(viewport={"width": width, "height": height}, locale="zh-CN")
    context.set_default_timeout(120_000)  # a crowded machine is no fault
    page = context.new_page()
    page.goto(f"{address}/login")
    page.fill("input[name=username]", "viewer")
    page.fill("input[name=password]", PASSWORDS["viewer"])
    page.press("input[name=password]", "Enter")
    page.wait_for_url(f"{address}/")
    yield page
    context.close()


@pytest.mark.parametrize("path", PATHS)
def test_axe_finds_nothing(page: Page, address: str, path: str) -> None:
    page.goto(address + path + DRILL)
    found = Axe().run(page).response["violations"]
    assert [(one["id"], one["nodes"][0]["html"][:120]) for one in found] == []


@pytest.mark.parametrize("page", [(390, 800)], indirect=True)
@pytest.mark.parametrize("path", PATHS)
def test_a_phone_need_not_be_pushed_sideways(page: Page, address: str, path: str) -> None:
    page.goto(address + path + DRILL)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_a_live_page_looks_again_without_being_loaded_anew(page: Page, address: str) -> None:
    page.goto(f"{address}/monitor{DRILL}")
    page.evaluate("document.body.dataset.same = 'yes'")
    before = page.locator("#live .lead").inner_text()
    page.wait_for_function(
        "before => document.querySelector('#live .lead').innerText !== before", arg=before, timeout=AGAIN
    )
    assert page.evaluate("document.body.dataset.same") == "yes"


def test_what_somebody_is_using_is_not_taken_away(page: Page, address: str) -> None:
    page.goto(f"{address}/monitor{DRILL}")
    page.evaluate("document.getElementById('f-state').focus()")
    with page.expect_response(lambda answer: "/monitor" in answer.url, timeout=AGAIN):
        pass
    page.wait_for_timeout(300)
    assert page.evaluate("document.activeElement.id") == "f-state"


def test_a_page_says_that_it_is_old_when_the_server_is_gone(page: Page, address: str) -> None:
    page.goto(f"{address}/monitor/wall{DRILL}")
    assert page.locator("#stale").is_hidden()
    page.route("**/monitor/wall*", lambda route: route.abort())
    page.locator("#stale").wait_for(state="visible", timeout=AGAIN)
