"""A saved version of a reviewed plan: what runs on it, who may see it, that it is never changed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection, transaction

from duheng import ledger
from duheng.city import load
from duheng.reading.folder import write_folder
from duheng.reading.reading import read
from duheng.web import plan_versions, readings
from duheng.web.models import PlanReading, PlanVersion, ReadingDecision
from tests.web.test_readings import PLAN, Site, accept_all, save, send


@pytest.fixture
def saved(site: Site) -> tuple[Site, str]:
    """A site with a saved version of the plan; the id of the plan."""
    client = site("reviewer")
    where = send(client)
    accept_all(client, where)
    save(client, where)
    return site, PlanVersion.objects.get().plan


def test_the_pages_run_on_the_saved_version_at_once(saved: tuple[Site, str]) -> None:
    site, plan = saved
    anybody = site()
    board = anybody.get(f"/board.json?plan={plan}").json()
    assert [one["target"] for one in board["targets"]] == [12.5, 88.0]
    assert len(anybody.get("/board.json").json()["targets"]) == 30  # the plan before it is kept
    assert plan in anybody.get("/").content.decode()
    articles = anybody.get(f"/plan.json?plan={plan}").json()["articles"]
    task = next(one for one in articles if one["number"] == "（一）")
    assert task["responsible_units"] == ["市水务局", "市发改委", "市不存在局"]
    words = "到2025年，全市单位地区生产总值能源消耗比2020年下降12.5%"
    why = anybody.get(f"/why/energy_intensity_decline/512000/2025?plan={plan}").content.decode()
    assert f">{words}</q>" in why
    assert f">{words}</q>" in anybody.get(f"/target/energy-intensity?plan={plan}").content.decode()
    assert "<q " not in anybody.get("/why/energy_intensity_decline/512000/2025").content.decode()


def test_a_saved_version_is_compared_and_shows_its_sentences(saved: tuple[Site, str]) -> None:
    site, plan = saved
    asked = f"?a={plan}&b=ziyang-145"
    page = site().get(f"/plans/compare{asked}").content.decode()
    assert f'<option value="{plan}" selected>' in page
    words = "到2025年，全市单位地区生产总值能源消耗比2020年下降12.5%"
    assert words in page
    assert "甲原文" in page
    assert "乙原文" not in page  # the packaged plan is kept without its text
    assert 'href="/plans/versions/1"' in page
    told = site().get(f"/plans/compare.json{asked}").json()
    pair = next(one for one in told["pairs"] if one["a"]["quantity"] == "energy_intensity_decline")
    assert (pair["a"]["quote"], pair["b"]["quote"], pair["beside"]) == (words, None, "looser")


def test_a_version_is_open_to_all_and_a_reading_is_not(saved: tuple[Site, str]) -> None:
    site, plan = saved
    for role in ("", "viewer", "reporter"):
        client = site(role)
        version = client.get("/plans/versions/1.json").json()
        assert (version["plan"], version["version_of"], version["saved_by"]) == (
            plan,
            "ziyang-145",
            "reviewer的姓名",
        )
        assert client.get("/plans/readings.json").json()["readings"] == []
        assert client.get("/plans/readings/1").status_code == 403
        assert client.get("/plans/readings/1/t1").status_code == 403
        assert client.post("/plans/readings/1/t1", {"word": "reject", "seen": 1}).status_code == 403
        assert client.post("/plans/readings/1", {"word": "clear"}).status_code == 403
        assert client.post("/plans/readings", {"file": SimpleUploadedFile("a.txt", b"a")}).status_code == 403
        assert client.get("/plans/readings/1/document").content == PLAN.encode()
    for path in ("/plans/versions/7", "/plans/versions/x", "/plans/readings/²"):
        assert site("reviewer").get(path).status_code == 404


def test_an_unsaved_document_is_for_reviewers(site: Site) -> None:
    where = send(site("reviewer"))
    assert site("viewer").get(f"{where}/document").status_code == 403
    assert site("administrator").get(f"{where}/document").content == PLAN.encode()


def test_a_page_without_its_token_changes_nothing(site: Site) -> None:
    from tests.web.conftest import visitor

    where = send(site("reviewer"))
    client = visitor("reviewer", csrf=True)
    assert client.post(f"{where}/t1", {"word": "accept", "seen": 0}).status_code == 403
    assert not ReadingDecision.objects.exists()


def test_the_version_is_the_folder_the_command_writes(saved: tuple[Site, str], tmp_path: Path) -> None:
    _, plan = saved
    version = PlanVersion.objects.get()
    files = json.loads(version.files)
    kept = tmp_path / "kept"
    kept.mkdir()
    for name, text in files.items():
        (kept / name).write_text(text, "utf-8")
    assert [one.id for one in load(kept).plans] == [plan]
    (tmp_path / "方案.txt").write_text(PLAN, "utf-8")
    write_folder(read(tmp_path / "方案.txt"), tmp_path / "printed")
    ours = yaml.safe_load(files["plan.yaml"])
    theirs = yaml.safe_load((tmp_path / "printed" / "plan.yaml").read_text("utf-8"))
    for one in (*ours["targets"], *theirs["targets"]):
        del one["note"]  # says who bound it
    assert {**ours, "id": ""} == {**theirs, "id": ""}
    assert files["entities.csv"] == (tmp_path / "printed" / "entities.csv").read_text("utf-8")


def test_another_process_and_a_backup_have_it(saved: tuple[Site, str], tmp_path: Path) -> None:
    site, plan = saved
    plan_versions._kept.clear()  # another process begins with nothing
    plan_versions._loaded.cache_clear()
    assert len(site().get(f"/board.json?plan={plan}").json()["targets"]) == 2
    if connection.vendor != "sqlite":
        return  # restoring goes into an empty database: tests/ledger does that on PostgreSQL
    ledger.backup(tmp_path / "all.zip")
    ledger.restore(tmp_path / "all.zip", force=True)
    assert PlanVersion.objects.get().plan == plan
    assert readings.document(PlanReading.objects.get()) == PLAN.encode()
    assert len(site().get(f"/board.json?plan={plan}").json()["targets"]) == 2


@pytest.mark.parametrize("table", ["planreading", "readingdecision", "planversion"])
@pytest.mark.parametrize("word", ["UPDATE {} SET id = id", "DELETE FROM {}", "another row in its place"])
def test_what_was_said_is_never_changed(saved: tuple[Site, str], table: str, word: str) -> None:
    if word.startswith("another"):
        word = (
            "INSERT OR REPLACE INTO {0} SELECT * FROM {0}"
            if connection.vendor == "sqlite"
            else "TRUNCATE {} CASCADE"
        )
    refused = pytest.raises(DatabaseError, match="只增不改")
    with refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(word.format(f"duheng_web_{table}"))


def test_every_word_stands_in_the_trail(saved: tuple[Site, str]) -> None:
    actions = [entry.action for entry in ledger.trail(limit=20)]
    assert actions[0] == "save-plan"
    assert {"read-plan", "plan-accept"} <= set(actions)
    told = json.loads(ledger.trail(limit=1)[0].detail)
    assert told["document"] == PlanReading.objects.get().digest
