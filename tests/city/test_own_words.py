"""What the pages of a city that has just begun say: nothing of another city's plan, and no praise of an empty table."""

from __future__ import annotations

from pathlib import Path

from django.test import Client

from duheng.city import init
from tests.city.conftest import Served


def begun(served: Served, tmp_path: Path) -> Client:
    return served(init("乐山市", tmp_path, "511100"))


def test_a_balance_that_nobody_stated_is_not_said_to_hold(served: Served, tmp_path: Path) -> None:
    page = begun(served, tmp_path).get("/balance").content.decode()
    assert "核对关系全部成立" not in page
    assert "平衡差额为零" not in page
    assert "尚未规定由谁报送" in page
    assert "无从核对" in page


def test_a_check_of_a_balance_without_figures_was_not_made(served: Served, tmp_path: Path) -> None:
    states = begun(served, tmp_path).get("/balance.csv?table=checks").content.decode().splitlines()[1:]
    assert states
    assert [line for line in states if ",成立," in line] == []


def test_a_page_names_no_article_and_no_unit_where_the_plan_has_none_for_it(
    served: Served, tmp_path: Path
) -> None:
    client = begun(served, tmp_path)
    for address in ("/voc", "/institutions"):
        page = client.get(address).content.decode()
        lead = page[page.index('<p class="lead">') : page.index('<p class="judgement">')]
        assert "方案" not in lead.replace("方案未写基期", ""), address
        assert "尚未规定由谁报送" in page, address


def test_a_city_without_a_drill_is_offered_none(served: Served, tmp_path: Path) -> None:
    assert "想先熟悉各页" not in begun(served, tmp_path).get("/").content.decode()
