"""The review of a plan by keyboard alone, in a real browser on a server that really serves."""

from __future__ import annotations

import json
import shutil
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright
from pytest_django import DjangoDbBlocker

from tests.ledger.conftest import connected
from tests.web.conftest import PASSWORDS, serving
from tests.web.test_browser import CHROMIUM, CONTRAST, FLAGS

pytestmark = pytest.mark.slow
PLAN = Path(__file__).parents[1] / "reading" / "notice.txt"


@pytest.fixture(scope="module")
def reviewed(
    drill_home: Path, tmp_path_factory: pytest.TempPathFactory, django_db_blocker: DjangoDbBlocker
) -> Iterator[str]:
    """A server of its own whose reviewer can sign in; its address."""
    from django.contrib.auth.models import User

    home = tmp_path_factory.mktemp("reviewed")
    shutil.copy(drill_home / "duheng.sqlite3", home / "duheng.sqlite3")
    with django_db_blocker.unblock(), connected("", home):
        for name in ("reviewer", "administrator"):
            user = User.objects.get(username=name)
            user.set_password(PASSWORDS[name])
            user.save()
    with serving(home) as (address, _):
        yield address


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield launched
        launched.close()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    made = browser.new_context(viewport={"width": 1366, "height": 768}, locale="zh-CN")
    yield made
    made.close()


def signed_in(context: BrowserContext, address: str, role: str = "reviewer") -> Page:
    page = context.new_page()
    page.goto(f"{address}/login?next=/plans/readings")
    page.fill("input[name=username]", role)
    page.fill("input[name=password]", PASSWORDS[role])
    page.press("input[name=password]", "Enter")
    page.wait_for_url("**/plans/readings")
    return page


def sent(page: Page, file: Path) -> str:
    """Send a document; the path of its review."""
    page.set_input_files("input[name=file]", file)
    page.click("form[enctype] button")
    page.wait_for_url("**/plans/readings/*")
    return page.url


def told(page: Page) -> str:
    return page.inner_text("#progress [data-tell]")


def pressed(page: Page, key: str) -> None:
    """Press a key and wait until what it asked for has settled."""
    page.keyboard.press(key)
    expect(page.locator(".htmx-request, .htmx-settling, .htmx-swapping, .htmx-added")).to_have_count(0)


def tab_to(page: Page, what: str) -> None:
    """Press Tab until the wanted element has the focus."""
    for _ in range(400):
        if page.evaluate("(what) => document.activeElement.matches(what)", what):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"no way to {what} by Tab")


def test_the_ziyang_plan_is_reviewed_by_keyboard_alone(
    reviewed: str, context: BrowserContext, shared: Path
) -> None:
    page = signed_in(context, reviewed)
    loads: list[str] = []
    sent(page, shared / "plans" / "ziyang.txt")
    page.on("framenavigated", lambda frame: loads.append(frame.url))
    assert "共51项" in told(page)
    tab_to(page, "#clear")
    pressed(page, "Enter")
    page.wait_for_selector("#clear[disabled]")
    for _ in range(30):
        if "未定 0" in " ".join(told(page).split()):
            break
        pressed(page, "n")
        lit = page.locator("#paper .lit").first
        lit.wait_for()
        assert page.evaluate("document.activeElement.classList.contains('entry')")
        pressed(page, "a")
    assert "未定 0" in " ".join(told(page).split())
    assert loads == []  # no page was loaded anew for any word
    tab_to(page, "#save")
    page.keyboard.press("Enter")
    page.wait_for_url("**/plans/versions/*")
    plan = page.locator("a.do", has_text="按它看看板").get_attribute("href") or ""
    with urllib.request.urlopen(f"{reviewed}/board.json{plan[1:]}", timeout=60) as answer:
        board = json.load(answer)
    assert len(board["targets"]) == 30


def test_an_entry_is_edited_rejected_and_left_by_keyboard(reviewed: str, context: BrowserContext) -> None:
    page = signed_in(context, reviewed)
    where = sent(page, PLAN)
    page.locator("#e-h").focus()
    pressed(page, "j")
    first = page.evaluate("document.activeElement.id")
    assert first == "e-t1"
    pressed(page, "e")
    page.wait_for_selector("#e-t1 form.edit")
    assert page.evaluate("document.activeElement.name") == "indicator"
    page.keyboard.press("ControlOrMeta+A")
    page.keyboard.type("改过的指标")
    pressed(page, "Enter")
    page.wait_for_selector("#e-t1.is-edited")
    pressed(page, "e")
    page.wait_for_selector("#e-t1 form.edit")
    pressed(page, "Escape")
    page.wait_for_selector("#e-t1:not(:has(form.edit))")
    pressed(page, "r")
    page.wait_for_selector("#e-t1.is-rejected")
    page.keyboard.press("?")
    assert page.evaluate("document.querySelector('#help').open")
    page.keyboard.press("Escape")
    page.goto("about:blank")
    page.goto(where)
    assert "改过的指标" in page.inner_text("#e-t1")
    assert "is-rejected" in (page.get_attribute("#e-t1", "class") or "")


def test_text_selected_in_the_document_becomes_an_entry_at_its_place(
    reviewed: str, context: BrowserContext
) -> None:
    page = signed_in(context, reviewed, "administrator")
    sent(page, PLAN)
    page.evaluate("""() => {
      const piece = Array.from(document.querySelectorAll('#paper [data-start]')).find((e) => e.textContent.length > 30);
      const range = document.createRange();
      range.setStart(piece.firstChild, 10); range.setEnd(piece.firstChild, 25);
      getSelection().removeAllRanges(); getSelection().addRange(range);
      document.dispatchEvent(new Event('keyup', {bubbles: true}));
    }""")
    quote, start = page.input_value("#quote"), int(page.input_value("#add input[name=start]"))
    page.click("#add button[value=t]")
    page.wait_for_selector("form.edit")
    data = page.request.get(page.url.split("?")[0] + ".json").json()
    added = data["targets"][-1] if data["targets"][-1]["quote"] == quote else None
    added = added or next(one for one in data["targets"] if one["quote"] == quote)
    assert added["start"] == start
    assert data["text"][start : added["end"]] == quote


@pytest.mark.parametrize("width", [1366, 390])
def test_the_review_is_clean_for_machines_and_eyes(
    reviewed: str, browser: Browser, width: int, tmp_path: Path
) -> None:
    context = browser.new_context(viewport={"width": width, "height": 768}, locale="zh-CN")
    page = signed_in(context, reviewed)
    complaints: list[str] = []
    page.on(
        "console", lambda said: complaints.append(said.text) if said.type in ("error", "warning") else None
    )
    page.on("pageerror", lambda error: complaints.append(str(error)))
    where = sent(page, PLAN)
    for path in (where, where + "?edit=t1", where + "?edit=k1", f"{reviewed}/plans/readings"):
        page.goto(path)
        page.wait_for_load_state("networkidle")
        found = Axe().run(page).response["violations"]
        assert [(one["id"], [node["html"][:120] for node in one["nodes"]]) for one in found] == []
        assert page.evaluate(CONTRAST) == []
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert complaints == []
    context.close()
