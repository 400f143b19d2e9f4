"""`duheng handbook` prints the book or writes it to a file."""

from __future__ import annotations

from pathlib import Path

from typer.testing import CliRunner

from duheng.cli import app


def test_it_prints_markdown() -> None:
    result = CliRunner().invoke(app, ["handbook"])
    assert result.exit_code == 0
    assert "# 度衡规则手册：资阳市" in result.stdout


def test_it_writes_html_where_the_file_is_named_so(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["handbook", "-o", str(tmp_path / "手册.html")])
    assert result.exit_code == 0
    assert (tmp_path / "手册.html").read_text("utf-8").startswith("<!DOCTYPE html>")


def test_the_format_is_what_was_asked_for(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["handbook", "-o", str(tmp_path / "book.txt"), "--format", "html"])
    assert result.exit_code == 0
    assert (tmp_path / "book.txt").read_text("utf-8").startswith("<!DOCTYPE html>")


def test_a_folder_that_does_not_exist_is_a_usage_error(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["handbook", "-o", str(tmp_path / "none" / "book.md")])
    assert result.exit_code == 2
    assert "没有文件夹" in result.output
