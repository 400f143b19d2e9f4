"""What a person meets in a browser: keyboard, phone, paper, no script, nothing from elsewhere."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect, sync_playwright

pytestmark = pytest.mark.slow
PATIENCE = 120_000  # [ms]: how long a page takes says how crowded the machine is
CHROMIUM = "/usr/bin/chromium"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PATHS = [
    "/?scenario=drill",
    "/",
    "/plan",
    "/plans/compare?a=ziyang-145&b=ziyang-155-drill&scenario=drill",
    "/duties",
    "/findings?scenario=drill",
    "/projects?scenario=drill",
    "/project/drill-R07?scenario=drill",
    "/projects/register",
    "/voc?scenario=drill",
    "/tax?scenario=drill",
    "/accounting",
    "/balance?scenario=drill",
    "/flows?scenario=drill",
    "/carbon?set=provincial_inventory&place=512021&year=2019&scenario=drill",
    "/bridge?scenario=drill",
    "/emissions?scenario=drill",
    "/institutions?scenario=drill",
    "/parameters?scenario=drill",
    "/air?scenario=drill",
    "/air?scenario=drill&month=3",
    "/air/512000/2025-03-26?scenario=drill",
    "/water?scenario=drill",
    "/water/drill-W06?scenario=drill",
    "/soil?scenario=drill",
    "/handbook",
    "/import",
    "/login",
    "/target/energy-intensity?scenario=drill",
    "/county/512021?scenario=drill",
    "/why/energy_intensity_decline/512000/2025?scenario=drill",
    "/history/gdp/512021/2024?scenario=drill",
]

# The contrast of every visible text against the colour behind it, by the formula of WCAG 2.1 (1.4.3); the worst ones.
CONTRAST = """() => {
  const parse = (text) => (text.match(/[\\d.]+/g) || []).map(Number);
  const shine = (rgb) => {
    const linear = (v) => (v <= 0.03928 ? v / 12.92 : Math.pow((v + 0.055) / 1.055, 2.4));
    const [r, g, b] = rgb.slice(0, 3).map((v) => linear(v / 255));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (node) => {
    for (let e = node; e; e = e.parentElement) {
      const c = parse(getComputedStyle(e).backgroundColor);
      if (c.length === 3 || c[3] > 0.9) { return c; }
    }
    return [255, 255, 255];
  };
  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const text = walker.currentNode.textContent.trim(), owner = walker.currentNode.parentElement;
    if (!text || owner.closest("svg, option, script, .hidden, .skip") || !owner.getClientRects().length) { continue; }
    const a = shine(parse(getComputedStyle(owner).color)), b = shine(behind(owner));
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < 4.5) { found.push(text.slice(0, 20) + " " + ratio.toFixed(2)); }
  }
  return found;
}"""
SHIFT = """() => new Promise((done) => {
  let sum = 0;
  const observer = new PerformanceObserver((list) => list.getEntries().forEach((e) => { sum += e.value; }));
  observer.observe({type: "layout-shift", buffered: true});
  setTimeout(() => done(sum), 500);
})"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield launched
        launched.close()


@pytest.fixture
def desk(browser: Browser) -> Iterator[Page]:
    """A page of 1366x768 that notes requests to elsewhere and complaints of the console."""
    context = browser.new_context(viewport={"width": 1366, "height": 768}, locale="zh-CN")
    context.set_default_timeout(PATIENCE)
    yield context.new_page()
    context.close()


@pytest.fixture
def phone(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(
        viewport={"width": 360, "height": 740}, locale="zh-CN", is_mobile=True, has_touch=True
    )
    context.set_default_timeout(PATIENCE)
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("path", PATHS)
def test_a_page_reads_well_at_a_desk(live: str, desk: Page, path: str) -> None:
    """One visit for all that is measured on a page: a load takes longer than its measures."""
    foreign: list[str] = []
    complaints: list[str] = []
    desk.on(
        "request",
        lambda request: None if request.url.startswith((live, "data:")) else foreign.append(request.url),
    )
    desk.on(
        "console", lambda said: complaints.append(said.text) if said.type in ("error", "warning") else None
    )
    desk.on("pageerror", lambda error: complaints.append(str(error)))
    desk.goto(live + path)
    desk.wait_for_load_state("networkidle")
    assert (foreign, complaints) == ([], [])
    assert desk.evaluate(CONTRAST) == []
    assert violations(desk, path) == []
    assert what_a_screen_reader_misses(desk) == {}


@pytest.mark.parametrize("path", PATHS)
def test_a_phone_need_not_be_pushed_sideways(live: str, phone: Page, path: str) -> None:
    phone.goto(live + path)
    assert phone.evaluate("document.documentElement.scrollWidth") <= 360


@pytest.mark.parametrize("path", ["/?scenario=drill", "/target/energy-intensity?scenario=drill"])
def test_nothing_jumps_while_the_page_appears(live: str, desk: Page, path: str) -> None:
    desk.goto(live + path)
    assert desk.evaluate(SHIFT) == 0


def violations(desk: Page, path: str) -> list[tuple[str, str]]:
    """What axe finds against the page."""
    options: dict[str, object] = {"resultTypes": ["violations"]}
    if path == "/handbook":  # 200 articles: what compares each with each would take a minute and a half
        options["runOnly"] = [
            "heading-order",
            "landmark-unique",
            "duplicate-id-aria",
            "list",
            "document-title",
        ]
    found = Axe().run(desk, options=options).response["violations"]
    return [(one["id"], one["nodes"][0]["html"][:120]) for one in found]


def what_a_screen_reader_misses(desk: Page) -> dict[str, object]:
    """Landmarks, headings and labels that are not as they should be."""
    fields = "input:not([type=hidden]), select, textarea"
    unnamed = "all => all.filter((one) => !one.labels.length).map((one) => one.name)"
    headless = "all => all.filter((one) => !one.querySelector('th[scope]')).length"
    silent = "all => all.filter((one) => !one.getAttribute('aria-label')).length"
    found = {
        "main": desk.locator("main").count() - 1,
        "h1": desk.locator("h1").count() - 1,
        "nav": not desk.locator("nav[aria-label]").count(),
        "fields": desk.eval_on_selector_all(fields, unnamed),
        "tables": desk.eval_on_selector_all("table", headless),
        "pictures": desk.eval_on_selector_all("main svg:not([aria-hidden])", silent),
    }
    return {name: wrong for name, wrong in found.items() if wrong}


def test_the_first_tab_leads_past_the_navigation(live: str, desk: Page) -> None:
    desk.goto(live + "/?scenario=drill")
    desk.keyboard.press("Tab")
    assert desk.evaluate("document.activeElement.className") == "skip"
    desk.keyboard.press("Enter")
    assert desk.evaluate("document.activeElement.id") == "main"


def test_the_tree_opens_and_closes_by_keyboard(live: str, desk: Page) -> None:
    desk.goto(live + "/why/energy_intensity_decline/512000/2025?scenario=drill")
    first = desk.locator(".tree summary").first
    first.focus()
    desk.keyboard.press("Enter")
    assert not desk.locator(".tree details").first.evaluate("one => one.open")
    desk.keyboard.press("Enter")
    assert desk.locator(".tree details").first.evaluate("one => one.open")


def test_a_choice_changes_board_and_address(live: str, desk: Page) -> None:
    desk.goto(live + "/?scenario=drill")
    desk.select_option("#f-light", "1")
    desk.wait_for_url("**light=1**")
    desk.wait_for_function("document.querySelectorAll('#targets tbody tr:not(.group)').length < 30")
    desk.wait_for_function("document.querySelector('#said').textContent.includes('共 30 项')")
    assert "unit=" not in desk.url  # a filter that is not set has no place in the address
    kept = desk.url
    desk.goto(kept)
    assert desk.input_value("#f-light") == "1"


def test_a_choice_by_keyboard_keeps_its_place(live: str, desk: Page) -> None:
    desk.goto(live + "/?scenario=drill")
    desk.focus("#f-light")
    desk.keyboard.press("ArrowDown")
    desk.wait_for_url("**light=1**")
    desk.wait_for_function("document.activeElement.id === 'f-light'")


def test_a_count_of_the_judgement_leads_to_its_targets(live: str, desk: Page) -> None:
    desk.goto(live + "/?scenario=drill")
    count = int(desk.locator(".judgement .count strong").first.inner_text())
    desk.click(".judgement .count >> nth=0")
    desk.wait_for_url("**light=1**")
    assert desk.locator("#targets tbody tr:not(.group)").count() == count


def test_the_board_works_without_any_script(live: str, browser: Browser) -> None:
    context = browser.new_context(java_script_enabled=False)
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    page.goto(live + "/?scenario=drill")
    page.select_option("#f-light", "1")
    page.click("form.pick button")
    page.wait_for_url("**light=1**")
    page.click("#targets tbody td.number a >> nth=0")
    page.wait_for_url("**/why/**")
    context.close()


def test_paper_shows_figures_and_marks_without_navigation(live: str, desk: Page) -> None:
    desk.goto(live + "/?scenario=drill")
    desk.emulate_media(media="print")
    assert not desk.locator("nav.nav").is_visible()
    assert not desk.locator("form.pick").is_visible()
    assert desk.locator(".drill").is_visible()
    colours = desk.eval_on_selector_all(
        ".light", "all => Array.from(new Set(all.map((one) => getComputedStyle(one).color)))"
    )
    assert colours == ["rgb(0, 0, 0)"]
    assert not desk.locator("button[data-print]").is_visible()
    assert desk.evaluate("getComputedStyle(document.body).page") == "drill"


def test_one_click_leads_to_why_and_one_more_to_the_history(live: str, desk: Page) -> None:
    desk.goto(live + "/?scenario=drill")
    desk.click(".kpi .big a >> nth=0")
    desk.wait_for_url("**/why/energy_intensity_decline/512000/**")
    desk.locator(".tree details").evaluate_all("all => all.forEach((one) => { one.open = true; })")
    desk.click(".tree a:text('历史') >> nth=0")
    desk.wait_for_url("**/history/**")
    assert desk.locator("tbody tr").count() >= 1


def test_a_person_signs_in_and_out(live: str, desk: Page) -> None:
    from tests.web.conftest import PASSWORDS

    desk.goto(live + "/login")
    desk.fill("#username", "viewer")
    desk.fill("#password", PASSWORDS["viewer"])
    desk.click("main button")
    desk.wait_for_url(live + "/")
    assert desk.locator(".who").inner_text().count("查阅") == 1
    desk.click(".who button")
    expect(desk.locator(".who")).to_contain_text("登录")


def test_a_finding_is_reached_by_its_place_and_axe_finds_nothing_against_it(live: str, desk: Page) -> None:
    # Counties against the city: what only the registers hold has no curve to draw.
    desk.goto(live + "/findings?scenario=drill&kind=members-whole")
    if not desk.locator("details[open] tbody a").count():
        desk.locator("main details summary").first.click()
    desk.locator("details[open] tbody a").first.click()
    desk.wait_for_url("**/findings/*")
    assert desk.locator("figure.chart svg").first.is_visible()
    found = Axe().run(desk, options={"resultTypes": ["violations"]}).response["violations"]
    assert [(one["id"], one["nodes"][0]["html"][:120]) for one in found] == []


@pytest.mark.parametrize(
    ("path", "title"),
    [
        ("/?scenario=drill", "看板"),
        ("/target/cod?scenario=drill", "化学需氧量"),
        ("/why/gdp/512000/2025?scenario=drill", "地区生产总值"),
    ],
)
def test_what_is_fetched_into_a_page_leaves_its_title(live: str, desk: Page, path: str, title: str) -> None:
    desk.goto(live + path)
    desk.wait_for_load_state("networkidle")
    assert title in desk.title()
