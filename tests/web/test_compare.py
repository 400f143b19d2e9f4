"""The page that holds two plans beside each other."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Callable

from django.test import Client

Site = Callable[..., Client]
TWO = "?a=ziyang-145&b=ziyang-155-drill&scenario=drill"
VERSIONS = "?a=ziyang-155-drill&b=ziyang-155-drill@2026-09-01&scenario=drill"


def test_each_pair_says_what_both_ask_and_why_they_cannot_be_compared(drill: Site) -> None:
    page = drill().get(f"/plans/compare{TWO}").content.decode()
    for shown in (
        "同一指标",
        "期限不同：2025年，2030年",
        "二 到2025年比2020年下降14.5%",
        "到2030年比2025年下降12.0%",
        "演练数据",
    ):
        assert shown in page
    told = drill().get(f"/plans/compare.json{TWO}").json()
    assert len(told["pairs"]) + len(told["only_a"]) == 30
    assert {one["beside"] for one in told["pairs"]} == {"incomparable"}


def test_versions_tell_what_changed(drill: Site) -> None:
    told = drill().get(f"/plans/compare.json{VERSIONS}").json()
    assert told["versions"]
    assert [(one["beside"], one["changed"]) for one in told["pairs"] if one["changed"]] == [
        ("looser", ["value"])
    ]
    page = drill().get(f"/plans/compare{VERSIONS}&show=looser").content.decode()
    assert "幅度" not in page
    assert "数值低40吨" in page
    assert page.count('<tr role="row"') == 2  # its head and the one target


def test_a_filter_narrows_page_and_exports(drill: Site) -> None:
    page = drill().get(f"/plans/compare{TWO}&show=extra").content.decode()
    assert "秸秆综合利用率" in page
    assert "期限不同" not in page
    rows = list(
        csv.reader(
            io.StringIO(drill().get(f"/plans/compare.csv{TWO}&show=extra").content.decode("utf-8-sig"))
        )
    )
    assert any("秸秆综合利用率" in row for row in rows)
    with zipfile.ZipFile(io.BytesIO(b"".join(drill().get(f"/plans/compare.xlsx{TWO}")))) as book:
        assert sum(name.startswith("xl/worksheets/sheet") for name in book.namelist()) == 4


def test_without_a_second_plan_there_is_only_the_choice(drill: Site) -> None:
    page = drill().get("/plans/compare").content.decode()
    assert "请选择要与甲对比的另一份规划" in page
    assert "ziyang-155-drill@2026-09-01" in page
    assert drill().get("/plans/compare.json").json()["plans"][0] == "ziyang-145"


def test_a_made_up_plan_is_only_shown_as_one(drill: Site) -> None:
    answer = drill().get("/plans/compare.json?a=ziyang-145&b=ziyang-155-drill")
    assert answer.status_code == 302
    assert "scenario=drill" in answer["Location"]
    assert answer["Location"].startswith("/plans/compare.json?")


def test_what_is_unknown_is_named_with_what_there_is(drill: Site) -> None:
    for asked, known in (
        ("a=x", "ziyang-145"),
        ("a=ziyang-155-drill@x", "2026-09-01"),
        ("show=x", "stricter"),
    ):
        answer = drill().get(f"/plans/compare?{asked}")
        assert answer.status_code == 400
        assert known in answer.content.decode()


def test_the_page_of_the_plan_leads_there(drill: Site) -> None:
    assert re.search(r'href="/plans/compare[^"]*"', drill().get("/plan").content.decode())
