"""A slice of the fuzzing of `make soak`: damaged requests to a server that really serves."""

from __future__ import annotations

from urllib.parse import urlsplit

from soak.fuzzing import Fuzz
from soak.soak_web import ask_damaged, garble
from soak.visiting import Visitor


def test_damaged_requests_are_answered_with_a_page_or_in_words(live: str) -> None:
    port = urlsplit(live).port or 0
    fuzz, visitor = Fuzz("requests"), Visitor(port)
    for seed in range(1_000_000, 1_000_100):
        ask_damaged(fuzz, visitor, seed)
    for seed in range(20):
        garble(fuzz, port, seed)
    assert fuzz.defects == []
    assert min(fuzz.accepted, fuzz.refused) > 5


def test_a_foreign_host_is_refused_and_health_is_told_to_the_supervisor(live: str) -> None:
    visitor = Visitor(urlsplit(live).port or 0)
    refused = visitor.ask("GET", "/board.csv", headers={"Host": "evil.example"})
    assert (refused.status, "请求不完整" in refused.body.decode()) == (400, True)
    assert visitor.ask("GET", "/health", headers={"Host": "10.0.0.7"}).body.startswith(b"ok ")


def test_digits_that_are_no_numbers_are_no_failure(live: str) -> None:
    visitor = Visitor(urlsplit(live).port or 0)
    for target in ("/audit?before=%C2%B2", "/import/%C2%B2", "/import/%E2%91%A0.json"):
        assert visitor.ask("GET", target).status in (403, 404)
