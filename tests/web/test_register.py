"""Reduction projects are registered on the page: checked, written whole or not at all, and seen at once."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, override_settings

from duheng import ledger
from duheng.city import default_city_folder, load
from duheng.web import state
from duheng.web.pages import register

Site = Callable[..., Client]
HEADER = "编号,名称,所在县（区）代码,起算日期,项目类型,建成投运日期,纳入基数"
ROW = "R1,甲厂扩建,512002,2024-01-01,W3,2024-06-01,是"


@pytest.fixture
def folder(site: Site, tmp_path: Path) -> Iterator[Path]:
    """The folder of a city that can be written to, in place of the packaged one."""
    copied = Path(shutil.copytree(default_city_folder(), tmp_path / "5120"))
    with override_settings(DUHENG_CITY=str(copied)):
        yield copied


def send(client: Client, *rows: str, word: str = "write", name: str = "名录.csv") -> str:
    sheet = SimpleUploadedFile(name, "\n".join([HEADER, *rows]).encode())
    answer = client.post("/projects/register", {"file": sheet, "word": word}, follow=True)
    return str(answer.content.decode())


def test_a_sheet_is_checked_then_written_and_seen_at_once(site: Site, folder: Path) -> None:
    client = site("administrator")
    assert "减排项目名录为空" in client.get("/projects").content.decode()
    assert "将新增1项，替换0项。还没有写入" in send(client, ROW, word="check")
    assert load(folder).places.get("R1") is None
    assert "已写入名录：新增1项，替换0项" in send(client, ROW)
    assert "甲厂扩建" in site().get("/projects").content.decode()  # kept pages know of it
    assert site().get("/project/R1").status_code == 200
    assert "已写入名录：新增0项，替换1项" in send(client, ROW.replace("甲厂扩建", "甲厂提标"))
    assert "甲厂提标" in site().get("/projects").content.decode()
    [_, first] = ledger.trail(limit=None, action=register.ACTION)
    told = json.loads(first.detail)
    assert (first.actor, told["file"], told["added"], told["ids"]) == ("administrator", "名录.csv", 1, ["R1"])


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        (["R2,乙厂,512999,2024-01-01,W3,2024-06-01,是"], "512999"),
        (["R2,乙厂,512002,2024-01-01,W3,明年,是"], "明年"),
        ([ROW.replace("甲厂", "丙厂")], "不止一行"),
        (["drill-R01,演练项目,512002,2024-01-01,W3,2024-06-01,是"], "演练项目"),
    ],
)
def test_one_wrong_row_keeps_all_of_them_out(site: Site, folder: Path, rows: list[str], words: str) -> None:
    page = send(site("administrator"), ROW, *rows)
    assert words in page
    assert load(folder).places.get("R1") is None
    assert ledger.trail(limit=None, action=register.ACTION) == []


def test_what_is_no_register_is_refused_in_words(site: Site, folder: Path) -> None:
    client = site("administrator")
    assert "表头之下没有一行" in send(client)
    sheet = SimpleUploadedFile("a.csv", b"a,b\n1,2\n")
    answer = client.post("/projects/register", {"file": sheet, "word": "write"})
    assert "a.csv：没有找到表头" in answer.content.decode()
    assert client.post("/projects/register", {"word": "write"}).status_code == 415
    assert client.post("/projects/register", {"word": "x"}).status_code == 400


def test_registering_is_for_administrators(site: Site, folder: Path) -> None:
    for role in ("", "viewer", "reporter", "reviewer"):
        client = site(role)
        assert "需要“管理”权限" in client.get("/projects/register").content.decode()
        assert client.post("/projects/register", {"word": "write"}).status_code == 403
    assert "不能登记" in site("administrator").get("/projects/register?scenario=drill").content.decode()


def test_a_folder_that_cannot_be_written_is_said(
    site: Site, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object, **__: object) -> None:
        raise PermissionError

    monkeypatch.setattr(register, "register", refused)
    assert "城市文件夹不可写" in send(site("administrator"), ROW)


def test_a_register_out_of_order_leaves_the_pages_as_they_were(site: Site, folder: Path) -> None:
    client = site("administrator")
    send(client, ROW)
    before = state.city()
    path = folder / "registers" / "reduction_project.csv"
    path.write_text(path.read_text("utf-8").replace("512002", "512999"), "utf-8")
    assert state.city() is before
    assert "甲厂扩建" in client.get("/projects").content.decode()
