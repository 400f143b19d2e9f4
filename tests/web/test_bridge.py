"""The page and the command of the definitions side by side say the same."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from django.test import Client
from typer.testing import CliRunner

from duheng.cli import app

Site = Callable[..., Client]
PAGE = "/bridge/512000/2025"


def test_every_definition_has_a_row_with_reasons(drill: Site) -> None:
    page = drill().get(f"{PAGE}?scenario=drill").content.decode()
    for shown in ("321.21万吨标准煤", "312.17万吨标准煤", "187.22万吨标准煤", "-124.95", "演练数据"):
        assert shown in page
    (href,) = set(re.findall(r'href="(/why/energy/512000/2025[^"]*minus-feedstock)"', page))
    assert drill().get(href.replace("&amp;", "&")).status_code == 200
    assert "非化石能源电力分摊系数" in page
    assert "自2026-06-01起" in page


def test_place_and_year_are_chosen_on_the_page(drill: Site) -> None:
    told = drill().get("/bridge.json?scenario=drill").json()
    assert (told["entity"], told["period"]) == ("512000", "2025")
    told = drill().get("/bridge.json?scenario=drill&place=512021&year=2023").json()
    assert (told["entity"], told["period"]) == ("512021", "2023")
    assert told["lines"][0]["energy"]["value"] is not None


def test_the_same_as_data_and_as_a_table(drill: Site) -> None:
    told = drill().get(f"{PAGE}.json?scenario=drill").json()
    assert [line["energy"]["value"] for line in told["lines"]] == [321.21, 312.17, 187.22, None]
    table = drill().get(f"{PAGE}.csv?scenario=drill").content.decode("utf-8-sig")
    rows = [row for row in csv.reader(io.StringIO(table)) if len(row) > 3]
    assert [row[3] for row in rows[1:4]] == ["321.21", "312.17", "187.22"]
    with zipfile.ZipFile(io.BytesIO(b"".join(drill().get(f"{PAGE}.xlsx?scenario=drill")))) as book:
        assert "xl/worksheets/sheet1.xml" in book.namelist()


def test_the_command_prints_and_writes_what_the_page_shows(drill: Site, tmp_path: Path) -> None:
    out = tmp_path / "对照.xlsx"
    asked = ["bridge", "资阳市", "2025", "--scenario", "drill"]
    runner = CliRunner()
    said = runner.invoke(app, [*asked, "--json", "-o", str(out)])
    assert said.exit_code == 0, said.output
    told = json.loads(said.stdout)
    page = drill().get(f"{PAGE}.json?scenario=drill").json()
    assert told["lines"] == page["lines"]
    assert out.stat().st_size > 3000
    printed = runner.invoke(app, asked).stdout
    assert "扣除原料用能和非化石能源\t2024-01-01" in printed
    assert "演练数据" in printed


def test_targets_and_reasons_lead_to_it(drill: Site) -> None:
    for path in ("/target/energy-intensity", "/why/energy_intensity_decline/512000/2025"):
        assert 'href="/bridge/512000/2025' in drill().get(f"{path}?scenario=drill").content.decode()


@pytest.mark.parametrize(("path", "code"), [("/bridge/x/2025", 404), ("/bridge/512000/x", 400)])
def test_what_is_not_there_is_said_in_words(drill: Site, path: str, code: int) -> None:
    assert drill().get(path).status_code == code


def test_an_enterprises_bridge_is_closed_without_permission(drill: Site) -> None:
    client, known = drill(), drill("viewer")
    path = "/bridge/drill-E01/2025?scenario=drill"
    assert (client.get(path).status_code, known.get(path).status_code) == (403, 200)


@pytest.mark.parametrize("period", ["2025-01", "2021-2025", "2025H1"])
def test_the_command_takes_a_year_and_nothing_else(period: str) -> None:
    done = CliRunner().invoke(app, ["bridge", "资阳市", period])
    assert (done.exit_code, "不是一个年份" in done.stderr) == (2, True)
