"""After the switch every page, export and error speaks English; what stays Chinese is a name and is set as Chinese."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Iterator, Mapping
from html.parser import HTMLParser

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, RequestFactory

from duheng import ledger
from duheng.model.errors import UnknownName
from duheng.model.glossary import all_quantities, definitions
from duheng.model.rule import Rule
from duheng.web import middleware, state
from duheng.web.words import HAN, english

pytestmark = pytest.mark.slow
Site = Callable[..., Client]
CHINESE = re.compile(f"[{HAN}]")
RUN = re.compile(f"[{HAN}]+")
AS_PRINTED = {"个百分点"}  # stands in what a source says of its own figure, and in our catalogue as well
LONG = 3  # characters; a shorter text of the catalogue may well be part of a name
EMPTY = {"br", "circle", "hr", "img", "input", "line", "link", "meta", "path", "rect", "use"}
NOT_SAID = {"href", "value", "action", "id", "accept", "aria-labelledby", "name", "content"}
FIRST = (
    "/",
    "/plan",
    "/plans/compare?a=ziyang-145&b=ziyang-155-drill&scenario=drill&more=",
    "/duties",
    "/findings",
    "/accounting",
    "/air",
    "/water",
    "/soil",
    "/balance",
    "/balance?unit=tce&basis=equivalent&year=2023",
    "/flows",
    "/carbon",
    "/projects",
    "/projects/register",
    "/emissions",
    "/institutions",
    "/voc",
    "/tax",
    "/bridge",
    "/carbon?set=provincial_inventory&place=512021&year=2019",
    "/handbook",
    "/parameters",
    "/parameters/evidence_w2",
    "/parameters/exclusive_project_types",
    "/parameters/form_relation",
    "/parameters/balance_coal_factor",
    "/plans/readings",
    "/import",
    "/login",
    "/why/energy_intensity_decline/512000/2025",
)
SOME = 4  # pages of a kind
MOST = {"why": 14, "history": 8, "target": 60, "county": 12}  # more of these, where all are alive
ERRORS = (
    "/nowhere",
    "/?scenario=x",
    "/?as_of=x",
    "/?as_of=1700-01-01",
    "/?plan=x",
    "/?unit=x",
    "/?lang=x",
    "/board.csv?table=x",
    "/target/x",
    "/county/x",
    "/why/x/512000/2024",
    "/why/fuel_use/512000/2024?item=x",
    "/why/energy_intensity_decline/512000/x",
    "/why/energy_intensity_decline/x/2024",
    "/templates/x.xlsx",
    "/accounts",
    "/audit",
    "/import/1",
)


class Said(HTMLParser):
    """The Chinese of a page: what is set as Chinese, and what is not."""

    def __init__(self, page: str):
        super().__init__()
        self.open: list[tuple[str, bool]] = []
        self.marked: list[str] = []
        self.loose: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        chinese = bool(self.open) and self.open[-1][1]
        chinese = told["lang"].startswith("zh") if "lang" in told else chinese
        # An attribute has no language of its own: its Chinese is judged by its content only.
        self.marked += [v for name, v in told.items() if name not in NOT_SAID and CHINESE.search(v)]
        if tag not in EMPTY:
            self.open.append((tag, chinese))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in EMPTY:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if CHINESE.search(data):
            (self.marked if self.open and self.open[-1][1] else self.loose).append(data.strip())


def names() -> str:
    """All that may stay Chinese: names of places and units, numbers and titles of documents, statements as printed."""
    found: set[str] = {
        "中文",
        "的姓名",
    }  # the other language's own name, and what the accounts of these tests are called
    for scenario in ("actual", "drill"):
        city = state.city(scenario)
        found |= {place.name for place in city.places}
        found |= {str(place.attributes.get("water_body", "")) for place in city.places}
        for plan in city.plans:
            found |= {plan.number, plan.issuer, *(duty.cite for duty in plan.duties)}
            found |= {str(said) for one in plan.targets for said in (one.scope, one.comparator, one.hedge)}
        found |= {
            said
            for one in city.parameters
            for setting in one.settings
            for said in (setting.cite, setting.where)
        }
        facts = ledger.read(scenario)
        found |= {str(text) for column in ("stated", "locator") for text in facts[column].unique()}
    found |= {source.title for source in ledger.sources()}
    found |= {one.cite for one in definitions().values()}
    found |= {w.cite for one in all_quantities().values() if isinstance(one, Rule) for w in one.wordings}
    return "\n".join(found)


def reader(visitor: Site, role: str = "") -> Client:
    client = visitor(role)
    client.cookies[middleware.COOKIE] = "en"
    return client


def strangers(texts: list[str], known: str) -> list[str]:
    runs = {
        run: run not in known or (len(run) > LONG and run in english() and run not in AS_PRINTED)
        for text in texts
        for run in RUN.findall(text)
    }
    return [run for run, strange in runs.items() if strange]


def pages(client: Client, query: str, most: Mapping[str, int]) -> Iterator[tuple[str, str]]:
    """The pages that a reader reaches by links: address and content; of many alike, some. most: by kind."""
    waiting = [path + query for path in FIRST]
    seen: dict[str, set[str]] = {}
    while waiting:
        path = waiting.pop(0)
        kind = path.split("/")[1].split("?")[0]
        of_kind = seen.setdefault(kind, set())
        if path in of_kind or len(of_kind) >= most.get(kind, SOME):
            continue
        of_kind.add(path)
        page = client.get(path).content.decode()
        yield path, page
        links = (link.replace("&amp;", "&") for link in re.findall(r'href="(/[^"#]*)', page))
        waiting += [
            one for one in links if not re.search(r"\.(json|xlsx|csv|svg|png|css|js)|lang=|logout", one)
        ]


@pytest.mark.parametrize("role", ["", "administrator"])
@pytest.mark.parametrize("query", ["", "?scenario=drill"])
def test_every_page_is_english(drill: Site, role: str, query: str) -> None:
    client, known = reader(drill, role), names()
    kinds = set()
    for path, page in pages(client, query, MOST if query and not role else {}):
        kinds.add(path.split("/")[1].split("?")[0])
        said = Said(page)
        assert '<html lang="en">' in page, path
        assert (path, said.loose, strangers(said.marked, known)) == (path, [], [])
    assert {
        "target",
        "county",
        "plan",
        "duties",
        "findings",
        "handbook",
        "parameters",
        "bridge",
        "why",
    } <= kinds


@pytest.mark.parametrize("path", ["/account", "/accounts", "/audit"])
def test_the_pages_of_accounts_are_english(drill: Site, path: str) -> None:
    said = Said(reader(drill, "administrator").get(path).content.decode())
    assert [text for text in [*said.loose, *said.marked] if "的姓名" not in text and text != "中文"] == []


def test_every_error_is_english(drill: Site) -> None:
    client, known = reader(drill), names() + "无烟煤"
    for path in ERRORS:
        response = client.get(path)
        said = Said(response.content.decode())
        assert response.status_code in (400, 403, 404), path
        assert (path, said.loose, strangers(said.marked, known)) == (path, [], [])


def test_the_error_of_the_program_is_english() -> None:
    request = RequestFactory().get("/", headers={"cookie": f"{middleware.COOKIE}=en"})
    said = Said(middleware.failed(request).content.decode())
    assert (said.loose, said.marked) == ([], [])


@pytest.mark.parametrize(
    "path", ["board", "plan", "duties", "findings", "handbook", "target/cod", "county/512021"]
)
def test_the_exports_of_a_page_are_english(drill: Site, path: str) -> None:
    client, known = reader(drill, "viewer"), names()
    book = client.get(f"/{path}.xlsx?scenario=drill")
    with zipfile.ZipFile(io.BytesIO(b"".join(book))) as parts:
        texts = [parts.read(name).decode() for name in parts.namelist() if name.endswith(".xml")]
    table = client.get(f"/{path}.csv?scenario=drill").content.decode()
    cells = re.findall(r"<t[^>]*>([^<]*)</t>|name=\"([^\"]*)\"", "".join(texts))
    assert strangers([*map("".join, cells), *table.splitlines()], known) == []


@pytest.mark.parametrize("chart", ["trend", "map"])
def test_the_pictures_of_a_page_are_english(drill: Site, chart: str) -> None:
    picture = reader(drill).get(f"/board.svg?scenario=drill&chart={chart}").content.decode()
    assert strangers([picture], names()) == []


def test_data_stay_the_same_in_both_languages(drill: Site) -> None:
    for path in ("/board.json", "/target/cod.json", "/why/energy_intensity_decline/512000/2025.json"):
        here = drill()
        assert (
            here.get(f"{path}?scenario=drill&lang=en").content
            == here.get(f"{path}?scenario=drill&lang=zh").content
        )


BAD = """指标,对象,时期,数值,单位,品种
地区生产总值,雁江区,2023,一百,亿元,
没有的指标,雁江区,2023,1,亿元,
地区生产总值,没有的县,2023,1,亿元,
地区生产总值,安岳县,很久以前,1,亿元,
地区生产总值,安岳县,1999,1,亿元,
地区生产总值,安岳县,2023,1,斤两,
地区生产总值,安岳县,2023,1,吨,
地区生产总值,乐至县,2023,-5,亿元,
地区生产总值,乐至县,2024,=1+1,亿元,
地区生产总值,乐至县,2022,,亿元,
地区生产总值,乐至县,2021,5,亿元,
地区生产总值,乐至县,2021,6,亿元,
"""


def test_what_an_import_finds_is_told_in_english(site: Site) -> None:
    client, known = reader(site, "reporter"), names() + BAD
    file = SimpleUploadedFile("bad.csv", BAD.encode(), content_type="text/csv")
    check = client.post("/import", {"file": file, "scenario": "actual"})
    page = client.get(check.headers["Location"]).content.decode()
    said = Said(page)
    assert (said.loose, strangers(said.marked, known)) == ([], [])
    assert "the text &#34;一百&#34;" in re.sub(r"</?span[^>]*>", "", page)
    book = client.get(f"{check.headers['Location'].partition('?')[0]}/waiting.xlsx")
    with zipfile.ZipFile(io.BytesIO(book.content)) as parts:
        cells = re.findall(r"<t[^>]*>([^<]*)</t>", "".join(parts.read(n).decode() for n in parts.namelist()))
    assert len(cells) > 20
    assert strangers(cells, known) == []


@pytest.mark.parametrize(("name", "kind"), [("a.pdf", ".pdf"), ("a.xlsx", ".xlsx"), ("a.csv", "")])
def test_a_refused_file_is_told_so_in_english(site: Site, name: str, kind: str) -> None:
    content = b"" if not kind else b"no workbook"
    said = Said(
        reader(site, "reporter").post("/import", {"file": SimpleUploadedFile(name, content)}).content.decode()
    )
    assert (said.loose, said.marked) == ([], [])


def test_a_bad_password_is_told_so_in_english(site: Site) -> None:
    from tests.web.conftest import PASSWORDS

    assert settings.AUTH_PASSWORD_VALIDATORS
    sent = {"old": PASSWORDS["viewer"], "new": "123", "again": "123"}
    said = Said(reader(site, "viewer").post("/account", sent).content.decode())
    assert [text for text in [*said.loose, *said.marked] if "的姓名" not in text and text != "中文"] == []


def test_a_name_without_english_is_set_as_chinese(drill: Site) -> None:
    with pytest.raises(UnknownName):
        state.city().places.find("Nowhere")
    page = reader(drill).get("/plan").content.decode()
    assert '<span lang="zh-CN">资府发〔2023〕3号</span>' in page


def test_the_pages_of_monitoring_are_not_called_as_a_measured_figure_is(drill: Site) -> None:
    """监测 is also the standing of a figure, measured: the pages need a name of their own."""
    page = drill().get("/monitor?lang=en").content.decode()
    assert "<h1>Online monitoring</h1>" in page
    assert ">measured</a>" not in page


def test_who_sets_an_assigned_target_reads_as_a_sentence(drill: Site) -> None:
    assert "由四川省下达" in drill().get("/plan").content.decode()
    assert "set by Sichuan Province" in drill().get("/plan?lang=en").content.decode()


def test_brackets_in_a_table_of_numbers_are_english(drill: Site) -> None:
    page = drill().get("/soil?scenario=drill&lang=en").content.decode()
    assert "38 (1.90)" in page
    assert "38（1.90）" in drill().get("/soil?scenario=drill&lang=zh").content.decode()
