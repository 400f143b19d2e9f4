"""`duheng read` at the prompt."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from duheng.cli import app, main
from duheng.cli.read import printed
from duheng.reading.reading import read
from tests.reading.test_outline import NOTICE


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "plan.txt"
    path.write_text(NOTICE + "节能@@减排。\n", "utf-8")
    return path


def test_json_holds_the_fields_of_the_contract(file: Path) -> None:
    done = CliRunner().invoke(app, ["read", str(file), "--json"])
    assert done.exit_code == 0
    said = json.loads(done.stdout)
    assert list(said) == ["text", "title", "issuer", "number", "date", "period", "targets", "tasks", "doubts"]
    assert said["period"] == "2021-2025"
    for one in [*said["targets"], *said["tasks"]]:
        assert said["text"][one["start"] : one["end"]] == one["quote"]


def test_a_person_reads_what_to_look_at_first(file: Path) -> None:
    done = CliRunner().invoke(app, ["read", str(file)])
    assert done.exit_code == 0
    lines = done.stdout.splitlines()
    assert lines[0] == "某市“十四五”节水综合工作方案"
    assert lines[1] == "某府发〔2021〕7号　某市人民政府　2021-03-09　2021—2025年"
    assert lines[3] == "需要核对：2项"
    assert "@@" in "".join(lines[4:6])
    assert "未写明责任单位" in "".join(lines[4:6])
    assert "\x1b" not in done.stdout


def test_every_target_and_task_is_printed(file: Path) -> None:
    reading = read(file)
    said = "\n".join(printed(reading))
    assert all(one.indicator in said for one in reading.targets)
    assert all(one.title in said for one in reading.tasks)


def test_a_file_that_cannot_be_read_is_refused_without_a_trace(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "plan.pdf"
    path.write_bytes(b"PK\x03\x04")
    monkeypatch.setattr("sys.argv", ["duheng", "read", str(path)])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("plan.pdf：扩展名为.pdf，内容却是压缩包")
    assert "Traceback" not in said.err
