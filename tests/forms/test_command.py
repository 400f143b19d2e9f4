"""`duheng check-data` as a person runs it on a form: what is printed, what is written, how it ends."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from typer.testing import CliRunner

from duheng.cli import app
from duheng.model.errors import UnreadableSource
from tests.forms.examples import Cells, book, table


def run(path: Path, out: Path) -> tuple[int, str, list[dict[str, str]]]:
    done = CliRunner().invoke(app, ["check-data", str(path), "-o", str(out)])
    with out.open(encoding="utf-8") as file:
        return done.exit_code, done.output, list(csv.DictReader(file))


@pytest.mark.parametrize("number", ["表2", "表6", "公共机构1表", "公共机构2表"])
def test_a_clean_form_ends_well_and_says_what_was_not_checked(number: str, tmp_path: Path) -> None:
    code, said, found = run(book(tmp_path / "a.xlsx", {"a": table(number)}), tmp_path / "o.csv")
    assert code == 0
    assert "问题0条" in said
    assert {row["identity"] for row in found} <= {"relation-unchecked", "form-figure"}


def test_every_finding_is_printed_and_written_with_its_cell(tmp_path: Path) -> None:
    changed: Cells = {("柴油", "折标煤"): 56.63, ("电力", "计量单位"): "桶", ("原煤", "期初库存"): -100}
    code, said, found = run(book(tmp_path / "月报.xlsx", {"表2": table("表2", changed)}), tmp_path / "o.csv")
    assert code == 1
    places = {(row["identity"], row["source"]) for row in found}
    assert {
        ("coal", "月报.xlsx 表2!M5"), ("unit-wrong", "月报.xlsx 表2!B6"), ("negative", "月报.xlsx 表2!C4"),
    } <= places  # fmt: skip
    assert "月报.xlsx 表2!M5：折标煤=消费量合计×折标系数：柴油为56.63，应为46.6272" in said
    row = next(row for row in found if row["identity"] == "coal")
    assert (row["province"], row["fuel"], row["printed"], row["confidence"]) == (
        "演练水泥厂", "柴油", "56.63", "memory",
    )  # fmt: skip


def test_a_file_that_is_neither_names_what_is_read(tmp_path: Path) -> None:
    done = CliRunner().invoke(
        app, ["check-data", str(book(tmp_path / "a.csv", {"": [["甲", "乙"], [1, 2]]})), "-o", str(tmp_path / "o.csv")]
    )  # fmt: skip
    assert isinstance(done.exception, UnreadableSource)
    assert "也不是能读的统计表（205-1；" in str(done.exception)
