"""A page is made once and answered in the form the address asks for: HTML, .json, .xlsx, .csv, .svg or .png.

    def board(ask: Ask) -> Page: ...
    urlpatterns = both("", "board", board)         # /  /board.json  /board.xlsx?table=targets  ...

Pages for readers without account depend on nothing but the ledger, the plans, the day and the address; they are kept
until one of these changes. That is safe because facts are immutable (law L2).
"""

from __future__ import annotations

import gzip
import hashlib
import json
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.template.loader import render_to_string
from django.urls import Resolver404, resolve
from django.utils import translation
from django.utils.cache import patch_vary_headers

from duheng.assess.books import lies_ahead
from duheng.assess.values import Unread, Value
from duheng.ingest.drill.places import is_drill
from duheng.ingest.export import DRILL_NOTICE
from duheng.model.errors import UnknownName
from duheng.model.plan import City, Plan, Target
from duheng.web import lasting_pages, plan_versions, roles, state
from duheng.web.access import gone_by
from duheng.web.charts import Chart
from duheng.web.errors import BadAddress, NotAllowed
from duheng.web.lasting_pages import Kept
from duheng.web.middleware import language
from duheng.web.selection import LEVELS, SCENARIOS, Selection, selection_of
from duheng.web.tables import Table, as_csv, as_xlsx
from duheng.web.words import Words, marked

SUFFIXES = ("json", "xlsx", "csv", "svg", "png")
TYPES = {
    "html": "text/html; charset=utf-8",
    "json": "application/json; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
    "svg": "image/svg+xml",
    "png": "image/png",
}
KEPT_PAGES = 400
KEPT_BYTES = 96 * 1024 * 1024


@dataclass
class Ask:
    """What a page is asked for: the request, the selection in its address and the words of the language."""

    request: HttpRequest
    selection: Selection
    words: Words

    @property
    def user(self) -> Any:
        """The reader; anonymous without account."""
        return self.request.user

    @cached_property
    def sees_confidential(self) -> bool:
        """Whether single enterprises' figures may be shown to this reader."""
        return roles.may(self.user, roles.SEE_CONFIDENTIAL)

    @cached_property
    def city(self) -> City:
        """The city of this installation, with a saved version of a plan where one is chosen."""
        return state.city_of(self.selection)

    @cached_property
    def plan(self) -> Plan:
        """The chosen plan; BadAddress where there is none of this id."""
        return state.plan_of(self.selection)

    def clause(self, target: Target) -> tuple[str, str] | None:
        """The words of the saved document above a target, and their address; None for a packaged plan."""
        return plan_versions.clause(self.plan, target)

    def versions(self) -> list[tuple[str, str]]:
        """Id and title of every saved version of a plan, newest first."""
        words = self.words
        text = "{title}（第{number}版，{by} {day}）"
        return [
            (one.plan, words(text, title=one.title, number=one.number, by=one.by, day=words.day(one.at)))
            for one in plan_versions.choices()
        ]

    def plans(self) -> list[tuple[str, str]]:
        """Id and title of every plan that can be chosen: the packaged ones and the saved versions."""
        packaged = state.city(self.selection.scenario).plans
        return [*((one.id, self.words.title(one)) for one in packaged), *self.versions()]

    def query(self, **changes: str) -> str:
        """The address's own query string ("?a=b" or "") with changes: what its other forms are asked with.

        More than the selection: a cell's page is named by its item and definition too. Without language and form.
        """
        asked = self.request.GET.copy()
        for name in ("lang", "table", "chart"):
            asked.pop(name, None)
        for name, value in changes.items():
            asked[name] = value
        return f"?{asked.urlencode()}" if asked else ""

    def origin(self) -> str:
        """One line for a picture that leaves its page: place, plan, day of knowledge, program."""
        day = self.words.day(self.selection.as_of or state.today())
        number = self.plan.number or self.words.title(self.plan)
        return " · ".join(
            (self.words.name(self.city), number, f"{self.words('数据截至')} {day}", self.words("度衡"))
        )

    def who(self, units: Sequence[str]) -> str:
        """Units by name in the reader's language, as a list in a sentence."""
        return self.words.join([self._named(unit) for unit in units])

    def _named(self, unit: str) -> str:
        if self.words.lang == "zh":
            return unit
        try:
            return self.words.name(self.city.places.find(unit))
        except UnknownName:
            return self.words(unit)


@dataclass(frozen=True)
class Page:
    """A page: its template and what it needs, the same content as data, its tables and charts.

    values: of parameters below its numbers that a reader must know of, replaced by the city or not verified.
    unread: rules below its numbers that nobody has held against their text.
    """

    template: str
    title: str
    data: Mapping[str, Any]
    context: Mapping[str, Any] = field(default_factory=dict)
    tables: tuple[Table, ...] = ()
    charts: tuple[Chart, ...] = ()
    status: int = 200
    values: tuple[Value, ...] = ()
    unread: tuple[Unread, ...] = ()


View = Callable[..., "Page | HttpResponse"]
_pages: OrderedDict[tuple[Any, ...], Kept] = OrderedDict()
_lock = threading.Lock()


def answer(
    view: View, *, keep: bool = True, writes: bool = False, lasting: bool = False
) -> Callable[..., HttpResponse]:
    """The Django view of a page.

    keep: may be kept for readers without account. lasting: and on disk, so that a restart finds it.
    writes: accepts POST, of what is known now: with an as-of day in the address it is refused.
    """

    def django_view(request: HttpRequest, suffix: str = "html", **parts: str) -> HttpResponse:
        allowed = ["GET", "HEAD", "POST"] if writes else ["GET", "HEAD"]
        if request.method not in allowed:
            return HttpResponseNotAllowed(allowed)
        _refuse_unwritable(request, parts)
        lang = language(request)
        ask = Ask(request, _chosen_scenario(selection_of(request.GET, lang)), Words(lang, state.names(lang)))
        if request.method == "POST" and gone_by(ask.selection.as_of):
            # What may be said next depends on what was said last, and a past day does not know it.
            raise NotAllowed("所看的是以前的数据，不能改动。请先去掉截至日期。")
        if not keep or request.user.is_authenticated:
            made = _made(ask, view, parts, suffix)
            return made if isinstance(made, HttpResponse) else _respond(request, made, False)
        key = (request.path, request.GET.urlencode(), ask.selection, suffix, state.stamp())
        on_disk = lasting and suffix == "html"
        kept = _found(key) or (lasting_pages.read(key) if on_disk else None)
        if kept is None:
            made = _made(ask, view, parts, suffix)
            if isinstance(made, HttpResponse):
                return made
            kept = made
            if on_disk:
                lasting_pages.write(key, kept)
        _remember(key, kept)
        return _respond(request, kept, True)

    return django_view


def _refuse_unwritable(request: HttpRequest, parts: Mapping[str, str]) -> None:
    """BadAddress for U+0000 in what is asked or sent: no name holds it, and PostgreSQL fails on it half way."""
    sent = [request.GET, request.POST] if request.method == "POST" else [request.GET]
    said = [
        *parts.items(),
        *((name, text) for form in sent for name, texts in form.lists() for text in texts),
    ]
    for name, text in said:
        if "\0" in text:
            raise BadAddress(name, text.replace("\0", "\u2400"), "不含空字符（U+0000）的文字")


def _made(ask: Ask, view: View, parts: Mapping[str, str], suffix: str) -> Kept | HttpResponse:
    # Django's own texts (of its password checks) follow the reader's language too.
    with translation.override("en" if ask.words.lang == "en" else settings.LANGUAGE_CODE):
        made = view(ask, **parts)
    return made if isinstance(made, HttpResponse) else _render(ask, made, suffix)


def _found(key: tuple[Any, ...]) -> Kept | None:
    with _lock:
        kept = _pages.get(key)
        if kept is not None:
            _pages.move_to_end(key)
        return kept


def _chosen_scenario(selection: Selection) -> Selection:
    """A made-up plan is only ever shown with the made-up figures, and with their banner."""
    plan = state.city().plan(selection.plan) if selection.plan else None
    if plan is not None and is_drill(plan.scenario) and not selection.drill:
        return replace(selection, scenario="drill")
    return selection


def _remember(key: tuple[Any, ...], kept: Kept) -> None:
    with _lock:
        _pages[key] = kept
        size = sum(len(page.body) + len(page.packed) for page in _pages.values())
        while _pages and (len(_pages) > KEPT_PAGES or size > KEPT_BYTES):
            _, gone = _pages.popitem(last=False)
            size -= len(gone.body) + len(gone.packed)


def forget() -> None:
    """Forget all kept pages (tests, and after a change that the ledger does not see)."""
    with _lock:
        _pages.clear()


def _render(ask: Ask, page: Page, suffix: str) -> Kept:
    """The page in one form. BadAddress where it has no such table or chart."""
    name = page.template.removesuffix(".html")
    if suffix == "html":
        body = _html(ask, page).encode()
    elif suffix == "json":
        body = _json(ask, page)
    elif suffix in ("xlsx", "csv"):
        body, name = _table(ask, page, suffix)
    else:
        chart = _chosen("chart", ask, page.charts)
        body, name = (chart.svg().encode() if suffix == "svg" else chart.png()), chart.name
    packed = gzip.compress(body, 6, mtime=0) if suffix in ("html", "json", "csv", "svg") else b""
    etag = f'"{hashlib.sha256(body).hexdigest()[:20]}"'
    return Kept(body, packed, etag, suffix, page.status, f"{name}.{suffix}")


def _html(ask: Ask, page: Page) -> str:
    shown = {
        "_": ask.words,
        "words": ask.words,
        "ask": ask,
        "request": ask.request,
        "selection": ask.selection,
        "title": page.title,
        "page": page,
        "tables": {table.name: table for table in page.tables},
        "charts": {chart.name: chart for chart in page.charts},
        "path": page_path(ask.request.path),
        "as_data": _has_data(page_path(ask.request.path)),
        "drill_notice": ask.words(DRILL_NOTICE),
        "ahead": ask.selection.as_of is not None and lies_ahead(ask.selection.as_of),
        "city": ask.city,
        "role": roles.role_of(ask.user),
        "may": lambda permission: roles.may(ask.user, permission),
        "SCENARIOS": SCENARIOS,
        "LEVELS": LEVELS,
        "told": lambda value: told(ask.words, value),
    }
    html = render_to_string(page.template, {**shown, **page.context})
    return marked(html) if ask.words.lang == "en" else html


def _has_data(path: str) -> bool:
    """Whether the page is answered as data too: a form alone, as the one to log in, is not."""
    try:
        resolve(f"{path}.json")
    except Resolver404:
        return False
    return True


def told(words: Words, value: Value) -> str:
    """One line of a parameter's value: what it is, since when, by which text and, where it was replaced, by whom."""
    number = words(value.number) if value.parameter.choices else value.number
    amount = words.amount(number, "" if value.unit == "1" else value.unit)
    since = value.setting.since
    parts = [words.cite(value.setting.cite), words(value.setting.note)]
    if since.year > 1900:
        parts.insert(0, words("自{since}起", since=since))
    return f"{words(value.name)} {amount}{words.bracketed(words('；').join(filter(None, parts)))}"


def page_path(path: str) -> str:
    """The path without form suffix, `/board` for the first page: what export links are built on."""
    base, dot, last = path.rpartition(".")
    path = base if dot and last in SUFFIXES else path
    return "/board" if path == "/" else path


def _json(ask: Ask, page: Page) -> bytes:
    said: dict[str, Any] = {"notice": DRILL_NOTICE} if ask.selection.drill else {}
    values = {"parameter_values": [one.as_json() for one in page.values]} if page.values else {}
    if page.unread:
        values["unread_rules"] = [one.as_json() for one in page.unread]
    return json.dumps({**said, **page.data, **values}, ensure_ascii=False, indent=1, default=str).encode()


def _table(ask: Ask, page: Page, suffix: str) -> tuple[bytes, str]:
    asked = ask.request.GET.get("table", "")
    if suffix == "xlsx" and not asked and page.tables:
        return as_xlsx(page.tables, _about(ask, page), ask.selection, ask.words), page.tables[0].name
    table = _chosen("table", ask, page.tables)
    if suffix == "csv":
        return as_csv(table, _about(ask, page), ask.selection, ask.words), table.name
    return as_xlsx([table], _about(ask, page), ask.selection, ask.words), table.name


def _chosen(part: str, ask: Ask, known: tuple[Any, ...]) -> Any:
    asked = ask.request.GET.get(part, "")
    if not known:
        raise BadAddress(part, asked, ask.words("此页没有可导出的内容，请用 .json"))
    if not asked:
        return known[0]
    for one in known:
        if one.name == asked:
            return one
    raise BadAddress(part, asked, [one.name for one in known])


def _about(ask: Ask, page: Page) -> list[tuple[str, str]]:
    words, selection = ask.words, ask.selection
    own = [told(words, one) for one in page.values if one.own]
    doubtful = [words(one.name) for one in page.values if one.setting.certainty == "memory"]
    rules = [f"{words.title(one.rule)}{words.bracketed(words.cite(one.wording.cite))}" for one in page.unread]
    return [
        *((words("本市取值"), text) for text in own),
        *([(words("未核实的取值"), words.join(doubtful))] if doubtful else []),
        *([(words("未核实的规则"), words.join(rules))] if rules else []),
        (words("城市"), words.name(ask.city)),
        (words("页面"), page.title),
        (words("情景"), words(SCENARIOS[selection.scenario])),
        (words("数据截至"), words.day(selection.as_of or state.today())),
        (words("地址"), ask.request.build_absolute_uri(page_path(ask.request.path) + ask.query())),
    ]


def _respond(request: HttpRequest, kept: Kept, public: bool) -> HttpResponse:
    if public and request.headers.get("If-None-Match") == kept.etag:
        response = HttpResponse(status=304)
    else:
        pack = public and bool(kept.packed) and "gzip" in request.headers.get("Accept-Encoding", "")
        response = HttpResponse(
            kept.packed if pack else kept.body, content_type=TYPES[kept.kind], status=kept.status
        )
        if pack:
            response["Content-Encoding"] = "gzip"
        if kept.kind in ("xlsx", "csv"):
            response["Content-Disposition"] = f'attachment; filename="duheng-{kept.name}"'
    response["ETag"] = kept.etag
    # Kept by the reader's own browser only, and asked for again each time: one ETag comparison.
    response["Cache-Control"] = "private, no-cache" if public else "private, no-store"
    patch_vary_headers(response, ("Cookie", "Accept-Encoding"))
    return response
