"""`duheng register`: a sheet of projects enters the city's folder whole, or not at all."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from duheng.city import default_city_folder, load
from duheng.city.registering import register
from duheng.cli import app
from duheng.model.errors import UnknownName

HEADER = "编号,名称,所在县（区）代码,起算日期,项目类型,建成投运日期,纳入基数"
ROW = "R1,甲厂扩建,512002,2024-01-01,W3,2024-06-01,是"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(default_city_folder(), tmp_path / "5120"))


def _sheet(tmp_path: Path, *rows: str) -> Path:
    path = tmp_path / "名录.csv"
    path.write_text("\n".join([HEADER, *rows]), "utf-8")
    return path


def _run(folder: Path, *words: object) -> tuple[int, str]:
    done = CliRunner().invoke(app, ["register", *map(str, words), "--city", str(folder)])
    return done.exit_code, done.stderr


def test_a_new_project_enters_the_folder_and_is_loaded_with_its_attributes(
    folder: Path, tmp_path: Path
) -> None:
    assert _run(folder, "reduction_project", _sheet(tmp_path, ROW))[0] == 0
    project = load(folder).places.get("R1")
    assert project is not None
    assert (project.attributes["project_type"], project.attributes["in_base"]) == ("W3", True)


def test_a_known_id_is_replaced(folder: Path, tmp_path: Path) -> None:
    _run(folder, "reduction_project", _sheet(tmp_path, ROW))
    _, said = _run(folder, "reduction_project", _sheet(tmp_path, ROW.replace("甲厂扩建", "甲厂提标")))
    assert "新增 0 行，替换 1 行" in said
    assert load(folder).places.find("甲厂提标").id == "R1"


def test_one_wrong_row_keeps_all_of_them_out(folder: Path, tmp_path: Path) -> None:
    before = (folder / "registers" / "reduction_project.csv").read_text("utf-8")
    wrong = "R2,乙厂扩建,512999,2024-01-01,W3,明年,是"
    code, said = _run(folder, "reduction_project", _sheet(tmp_path, ROW, wrong))
    assert code == 1
    assert "512999" in said
    assert "明年" in said
    assert (folder / "registers" / "reduction_project.csv").read_text("utf-8") == before


def test_findings_name_the_rows_of_the_sheet(folder: Path, tmp_path: Path) -> None:
    _run(folder, "reduction_project", _sheet(tmp_path, ROW))
    wrong = "R2,乙厂扩建,512002,2024-01-01,W3,明年,是"
    said = _run(folder, "reduction_project", _sheet(tmp_path, "", wrong))[1]
    assert "名录.csv 第3行 commissioned_on" in said
    assert "registers/" not in said


def test_a_row_without_an_id_is_told_once(folder: Path, tmp_path: Path) -> None:
    said = _run(folder, "reduction_project", _sheet(tmp_path, ROW, ROW.replace("R1,甲", ",乙")))[1]
    assert said.splitlines() == [
        "名录.csv 第3行 id：是空的，应为必须填写。补上内容。",
        "没有写入：1 处错误，改正后重来。",
    ]


def test_a_dry_run_writes_nothing(folder: Path, tmp_path: Path) -> None:
    code, said = _run(folder, "reduction_project", _sheet(tmp_path, ROW), "--dry-run")
    assert (code, "未写入" in said) == (0, True)
    assert load(folder).places.get("R1") is None


def test_the_sample_is_read_back(folder: Path, tmp_path: Path) -> None:
    _run(folder, "reduction_project", _sheet(tmp_path, ROW))
    sample = tmp_path / "样表.xlsx"
    assert _run(folder, "reduction_project", "--sample", sample)[0] == 0
    assert "新增 0 行，替换 1 行" in _run(folder, "reduction_project", sample, "--dry-run")[1]


def test_a_kind_is_known_by_its_title_too(folder: Path, tmp_path: Path) -> None:
    assert "新增 1 行" in _run(folder, "减排项目", _sheet(tmp_path, ROW))[1]


@pytest.mark.parametrize(
    ("word", "told"), [("减排", "是否指“减排项目”"), ("zzz", "sewage_plant  污水处理厂")]
)
def test_an_unknown_kind_is_told_with_those_there_are(
    folder: Path, tmp_path: Path, word: str, told: str
) -> None:
    words = ["register", word, str(_sheet(tmp_path, ROW)), "--city", str(folder)]
    assert told in str(CliRunner().invoke(app, words).exception)


def test_the_sample_is_never_written_over_a_filled_sheet(folder: Path, tmp_path: Path) -> None:
    filled = _sheet(tmp_path, ROW)
    assert _run(folder, "reduction_project", "--sample", filled)[0] != 0
    assert "R1" in filled.read_text("utf-8")


def test_an_unknown_register_is_refused(folder: Path) -> None:
    with pytest.raises(UnknownName):
        register(folder, "factory", {}, write=False)
