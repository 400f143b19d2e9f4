"""Damaged requests to the real server: addresses, headers, forms and files; never a 500, never a trace."""

from __future__ import annotations

import os
import random
import sys
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote

from bench.figures import CHECKOUT, Figure
from bench.serving import free_port, serving
from soak.fuzzing import Defect, Fuzz
from soak.mutation import ODD, bytes_changed, word_changed
from soak.soak_sheets import damaged, seeds
from soak.visiting import Answer, Visitor, exchange
from tests.postgres import server

CASES = (2_500, 120, 100)  # addresses of a stranger, forms of each account, files
TRACE = "Traceback (most recent call last)"
TARGETS = (
    "/", "/?scenario=drill&as_of=2024-12-31&light=1", "/board.json?scenario=drill&unit=市统计局&county=512002",
    "/board.xlsx?table=targets", "/board.csv?table=targets&lang=en", "/board.svg?chart=light", "/board.png?chart=trend",
    "/why/energy_intensity_decline/512000/2025?scenario=drill", "/why/fuel_use/512002/2023.json?item=原煤",
    "/history/gdp/512021/2024?definition=x", "/history/gdp/512021/2024.xlsx", "/county/512002.json", "/plan?plan=x",
    "/target/energy-intensity?scenario=drill", "/duties?article=一", "/findings.csv", "/handbook?q=能耗", "/audit",
    "/templates/economy.xlsx?period=2024", "/import", "/import/1", "/import/1/waiting.xlsx", "/login?next=/audit",
    "/account", "/accounts", "/health", "/static/duheng.css", "/favicon.ico", "/target/x/sign",
)  # fmt: skip
METHODS = ("HEAD", "POST", "PUT", "DELETE", "OPTIONS", "TRACE", "PATCH", "GETGET", "")
HEADERS = ("Host", "Accept-Encoding", "Accept-Language", "Cookie", "If-None-Match", "Content-Length", "Content-Type",
           "Transfer-Encoding", "Range", "Expect", "X-Forwarded-For", "HX-Request", "Referer", "Origin")  # fmt: skip
FORMS = {
    "/login": ("username", "password", "next"),
    "/account": ("old", "new", "again"),
    "/accounts": ("word", "username", "role", "password", "fullname"),
    "/import": ("scenario", "file"),
    "/target/energy-intensity/sign": ("definition", "reason"),
}
FIELDS = ("username", "password", "old", "new", "again", "role", "fullname", "word", "definition", "reason", "rows",
          "scenario", "next", "before", "table", "chart", "plan", "as_of", "item", "lang")  # fmt: skip
WORDS = (*ODD, "2024", "512000", "drill", "json", "xlsx", "png", "..", "%2e%2e", "%00", "%ff", "%", "512002X", "gdp",
         "confirm", "administrator", "reporter", "add", "password", "role", "submit", "accept", "stop")  # fmt: skip


def judged(answer: Answer) -> bool:
    """Whether the answer is a page; Defect for one that shows a mistake of the program."""
    # 501 is what HTTP wants for a transfer coding that nobody knows (RFC 9112, 6.1).
    if (
        (answer.status >= 500 and answer.status != 501)
        or TRACE.encode() in answer.body
        or b"/site-packages/" in answer.body
    ):
        raise Defect(f"{answer.status}: {answer.body[:300].decode(errors='replace')}")
    return 200 <= answer.status < 400


def target(chance: random.Random) -> str | bytes:
    """An address with damage to its path, its query, or its bytes."""
    text = chance.choice(TARGETS)
    for _ in range(chance.randint(0, 3)):
        text = word_changed(text, chance, WORDS)
    if chance.random() < 0.3:
        text += ("&" if "?" in text else "?") + f"{chance.choice(FIELDS)}={chance.choice(WORDS)}"
    if chance.random() < 0.1:
        return bytes_changed(text.encode("utf-8", "replace"), chance)
    return quote(text, safe="/?=&%.", errors="replace") if chance.random() < 0.8 else text


def ask_damaged(fuzz: Fuzz, visitor: Visitor, seed: int) -> None:
    """One request without a body, or with one that nobody asked for."""
    chance = random.Random(seed)
    asked = target(chance)
    method = chance.choice(METHODS) if chance.random() < 0.1 else "GET"
    headers = {chance.choice(HEADERS): chance.choice(WORDS)} if chance.random() < 0.2 else {}
    cookies = dict(visitor.cookies)
    fuzz.tried(
        f"seed {seed}: {method} {asked!r:.150} {headers!r:.80}",
        lambda: judged(visitor.ask(method, asked, headers=headers)),
    )
    visitor.cookies = cookies  # what a damaged request does to one's language or session is not kept


def garble(fuzz: Fuzz, port: int, seed: int) -> None:
    """A whole request damaged as bytes: the server may close the line, but not fall."""
    chance = random.Random(seed)
    request = f"GET {chance.choice(TARGETS)} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n".encode()
    fuzz.tried(f"garbled, seed {seed}", lambda: judged(exchange(port, bytes_changed(request, chance))))


def post_damaged(fuzz: Fuzz, visitor: Visitor, token: str, seed: int) -> None:
    """One form with odd fields, most with the right token."""
    chance = random.Random(seed)
    page = chance.choice(list(FORMS))
    named = [*FORMS[page], *chance.sample(FIELDS, chance.randint(0, 2))]
    fields = {name: chance.choice(WORDS) for name in named if chance.random() < 0.9}
    sent = token if chance.random() < 0.9 else chance.choice(WORDS)
    fuzz.tried(
        f"seed {seed}: POST {page!r} {fields!r:.200}", lambda: judged(visitor.post(page, fields, sent))
    )


def send_damaged(
    fuzz: Fuzz, sender: Visitor, reviewer: Visitor, files: Sequence[tuple[str, bytes]], seed: int
) -> None:
    """A damaged file sent, its check looked at, what waits fetched, submitted, and judged by another person."""
    name, content = damaged(files, seed)

    def work() -> bool:
        token = sender.token("/import")
        sent = sender.send("/import", token, name, content, scenario=("actual", "drill")[seed % 2])
        if not judged(sent) or not sent.location:
            return False
        place = sent.location.partition("?")[0]
        for path in (sent.location, f"{place}.json", f"{place}/waiting.xlsx"):
            judged(sender.ask("GET", path))
        judged(sender.post(sent.location, {"word": "submit", "rows": "good"}, token))
        word = ("accept", "accept", "return", "discard")[seed % 4]
        said = {"word": word, "reason": "重新核对"}
        return judged(reviewer.post(sent.location, said, reviewer.token(sent.location)))

    fuzz.tried(f"file, seed {seed}", work)


def forms_and_files(fuzz: Fuzz, port: int, first: int, forms: int, sent: int) -> None:
    """What people with accounts send: a reporter hands in files, a reviewer judges them, an administrator runs it."""
    from duheng.city import default_city_folder, load
    from duheng.web.checks import DEMO_ACCOUNTS

    people = {name: Visitor(port) for name in ("reporter", "reviewer", "admin")}
    for name, visitor in people.items():
        if not visitor.sign_in(name, DEMO_ACCOUNTS[name]):
            raise Defect(f"{name} cannot sign in after all this")
    files = seeds(load(default_city_folder()))
    for seed in range(sent):
        send_damaged(fuzz, people["reporter"], people["reviewer"], files, seed)
    for visitor in people.values():
        token = visitor.token("/import")
        for seed in range(first, first + forms):
            ask_damaged(fuzz, visitor, seed)
            post_damaged(fuzz, visitor, token, seed)


def visit(what: str, url: str, cases: tuple[int, int, int]) -> list[Figure]:
    """All kinds of requests to one server with its default number of workers; what its log says in the end."""
    plain, forms, sent = cases
    home, port = Path(os.environ["DUHENG_HOME"]) / what, free_port()
    home.mkdir()
    told = {
        **os.environ,
        "PYTHONPATH": str(CHECKOUT / "src"),
        "DUHENG_HOME": str(home),
        "DUHENG_DATABASE_URL": url,
    }
    fuzz = Fuzz(f"requests to the server on {what}")
    with serving([sys.executable, "-m", "duheng", "serve", "--port", str(port)], port, home, told):
        stranger = Visitor(port)
        for seed in range(plain):
            ask_damaged(fuzz, stranger, seed)
            if seed % 8 == 0:
                garble(fuzz, port, seed)
        forms_and_files(fuzz, port, plain, forms, sent)
        alive = stranger.ask("GET", "/health").status
    return [
        *fuzz.figures(),
        _traces(home / f"serving-{port}.log", what),
        Figure(f"{what}: answer of /health at the end", alive, "HTTP", bound="200", holds=alive == 200),
    ]


def _traces(log: Path, what: str) -> Figure:
    said = log.read_text(errors="replace")
    count = said.count(TRACE)
    if count:
        print(said[max(0, said.index(TRACE) - 500) :][:4000])
    return Figure(f"{what}: traces in the server's log", count, "", bound="0", holds=not count)


def main() -> list[Figure]:
    """The same requests on both databases: PostgreSQL refuses texts that SQLite takes."""
    with server() as url:
        return [*visit("SQLite", "", CASES), *visit("PostgreSQL", url, CASES)]
