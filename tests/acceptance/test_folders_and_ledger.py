"""`duheng check`, `init`, `verify`, `backup`, `restore`, `handbook`: what else is done at the shell."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from pytest_django import DjangoDbBlocker

from duheng import ledger
from tests.acceptance.conftest import Run
from tests.ledger.conftest import connected

Break = Callable[[Path], object]


def changed(before: str, after: str) -> Break:
    """Puts one text for another in a file."""

    def change(path: Path) -> None:
        text = path.read_text("utf-8")
        assert before in text
        path.write_text(text.replace(before, after, 1), "utf-8")

    return change


def written(content: bytes) -> Break:
    return lambda path: path.write_bytes(content)


def test_long_work_tells_a_terminal_what_it_does_and_is_quiet_in_a_pipe(run: Run, home: Path) -> None:
    assert "正在校验" in run("verify", terminal=True).err
    assert run("verify").err == ""


@pytest.mark.parametrize("folder", ["cn/51/5120", "tests/data/shili"])
def test_the_folders_of_the_checkout_pass(run: Run, checkout: Path, folder: str) -> None:
    assert run("check", checkout / folder).code == 0


@pytest.mark.parametrize(
    ("file", "damage", "said"),
    [
        (
            "plan.yaml",
            changed("quantity: energy_intensity_decline", "quantity: energy_intensity_declin"),
            "decline”",
        ),
        ("plan.yaml", changed("unit: 吨", "unit: 亿元"), "可换算为t"),
        ("plan.yaml", changed("value: 4218", "value: 很多"), "应为数字"),
        ("plan.yaml", changed("    value: 4218\n", ""), "缺少键“value”"),
        ("plan.yaml", changed("article: （一）", "article: （三十）"), "条款“（三十）”不存在"),
        ("plan.yaml", changed("by: 市统计局", "by: 市计局"), "市统计局"),
        ("plan.yaml", changed("deadline: 2025", "deadline: 2035"), "2021-2025"),
        ("plan.yaml", changed("id: ammonia", "id: cod"), "重复"),
        ("plan.yaml", changed("targets:\n", "targets: [\n"), "YAML"),
        ("plan.yaml", written(bytes(range(256))), "UTF-8"),
        ("plan.yaml", written(b""), "空的"),
        ("entities.csv", Path.unlink, "缺少该文件"),
        ("entities.csv", changed("Ziyang,city,", "Ziyang,citty,"), "“city”"),
        ("facts/economy.csv", changed("943.4", "九百"), "应为一个数"),
        ("facts/economy.csv", changed("943.4,亿元", "943.4,吨"), "可换算为亿元"),
        ("facts/economy.csv", changed("value,unit", "value,einheit"), "缺少列“unit”"),
        ("map.geojson", written(b"{"), "GeoJSON"),
        ("city.yaml", Path.unlink, "缺少该文件"),
    ],
)
def test_a_broken_folder_is_told_with_place_and_remedy(
    run: Run, checkout: Path, tmp_path: Path, file: str, damage: Break, said: str
) -> None:
    folder = tmp_path / "5120"
    shutil.copytree(checkout / "cn" / "51" / "5120", folder)
    damage(folder / file)
    told = run("check", folder)
    assert told.code == 1
    assert any(line.startswith(f"错误 {file}") and said in line for line in told.out.splitlines())


def test_all_troubles_are_told_at_once(run: Run, checkout: Path, tmp_path: Path) -> None:
    folder = tmp_path / "5120"
    shutil.copytree(checkout / "cn" / "51" / "5120", folder)
    changed("value: 4218", "value: 很多")(folder / "plan.yaml")
    changed("943.4", "九百")(folder / "facts" / "economy.csv")
    told = run("check", folder, "--json").json
    places = [one["place"].split()[0] for one in told if one["severity"] == "error"]
    assert {"plan.yaml", "facts/economy.csv"} <= set(places)
    assert all(one["remedy"] for one in told)


def test_a_new_city_is_begun_checked_and_shown(
    run: Run, tmp_path: Path, django_db_blocker: DjangoDbBlocker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run("init", "示范市", "--code", "511300").code == 0
    assert run("init", "示范市", "--code", "511300").code == 2
    assert run("check", "511300").code == 0
    with django_db_blocker.unblock(), connected("", tmp_path / "home"):
        said = run("board", "--city", "511300", "--json")
        monkeypatch.setenv("DUHENG_CITY", "511300")
        assert run("board", "--json").json["city"] == "511300"
    assert (said.code, said.json["city"]) == (0, "511300")
    assert all(one["latest"] is None for one in said.json["targets"])


def test_a_city_without_a_code_is_told_so(run: Run, tmp_path: Path) -> None:
    said = run("init", "示范市", "--into", tmp_path)
    assert (said.code, "--code" in said.err) == (0, True)


def test_a_backup_restored_elsewhere_has_the_same_hashes(
    run: Run, home: Path, tmp_path: Path, django_db_blocker: DjangoDbBlocker
) -> None:
    file = tmp_path / "备份.zip"
    head = ledger.head()
    assert run("backup", file).code == 0
    assert run("backup", file).code == 2
    assert run("restore", file).code == 2
    with connected("", tmp_path / "elsewhere"):
        assert run("restore", file).code == 0
        assert ledger.head() == head
        assert run("verify", "--known", head.hash).code == 0


def test_a_tampered_row_is_named(run: Run, home: Path) -> None:
    with sqlite3.connect(home / "duheng.sqlite3") as database:
        table = "ledger_fact"
        triggers = database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for (name,) in triggers:
            database.execute(f'DROP TRIGGER "{name}"')
        database.execute(f"UPDATE {table} SET value = '1' WHERE seq = 20")
    database.close()
    said = run("verify")
    assert said.code == 1
    assert "20" in said.out
    assert run("verify", "--json").json["intact"] is False


def test_a_database_that_is_none_is_told_in_words(
    run: Run, tmp_path: Path, django_db_blocker: DjangoDbBlocker
) -> None:
    place = tmp_path / "home"
    place.mkdir()
    (place / "duheng.sqlite3").write_bytes(b"rubbish" * 1000)
    with django_db_blocker.unblock(), connected("", place):
        said = run("verify")
    assert (said.code, "数据库不能使用" in said.err) == (2, True)


def test_the_handbook_names_a_quantity_its_formula_and_its_text(run: Run) -> None:
    said = run("handbook")
    assert said.code == 0
    for word in ("energy_intensity_decline", "1 − now ÷ base", "资府发〔2023〕3号 二", "口径：全口径"):
        assert word.replace("_", "\\_") in said.out or word in said.out


def test_help_is_given_for_every_command(run: Run) -> None:
    said = run("--help")
    assert said.code == 0
    for command in (
        "board",
        "explain",
        "import",
        "export",
        "template",
        "verify",
        "handbook",
        "compute",
        "check",
        "init",
    ):
        assert command in said.out
        assert run(command, "--help").code == 0
