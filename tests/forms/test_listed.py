"""Forms whose layout is not at hand are known by number or title and refused in words, never read as another table."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from duheng.cli import app
from duheng.ingest.forms.layout import form, forms, told
from duheng.ingest.forms.recognising import listed_forms
from duheng.ingest.forms.report import checked_forms
from duheng.ingest.forms.schema import verify
from duheng.model.errors import RuleError
from tests.forms.conftest import HEADER, rows
from tests.forms.examples import Table, book

UNREAD = [one for one in listed_forms() if not one.read]


@pytest.mark.parametrize("one", UNREAD, ids=lambda one: one.number)
def test_a_form_that_is_not_read_is_named_and_refused(one, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    sheets: dict[str, Table] = {
        "title": [[one.title], ["能源名称", "计量单位", "本期"], ["原煤", "吨", 1]],
        "number": [
            ["能源报表", "", f"表号：{one.number}表"],
            ["能源名称", "计量单位", "本期"],
            ["原煤", "吨", 1],
        ],
    }
    for name, made in sheets.items():
        if name == "number" and not one.number.isascii():
            continue
        found = checked_forms(book(tmp_path / f"{name}.csv", {"": made}))
        assert found is not None
        assert [odd.code for odd in found.odd] == ["form-unread"]
        assert one.name in found.odd[0].text
        assert "能读的表" in found.odd[0].text


def test_the_number_wins_over_columns_that_look_like_another_form(tmp_path: Path) -> None:
    made: Table = [["能源购进、消费与库存附表"], ["表号：205-2表"], [*HEADER], *rows()]
    found = checked_forms(book(tmp_path / "a.xlsx", {"a": made}))
    assert found is not None
    assert (found.names, [odd.code for odd in found.odd]) == ((), ["form-unread"])


def test_a_file_named_by_the_forms_number_is_that_form(tmp_path: Path) -> None:
    found = checked_forms(book(tmp_path / "205-3.csv", {"": [["指标", "数"], ["吨钢", 1]]}))
    assert found is not None
    assert found.odd[0].code == "form-unread"


@pytest.mark.parametrize("number", ["P303-1", "P303-4"])
def test_a_balance_is_left_to_its_own_reader(number: str, tmp_path: Path) -> None:
    made: Table = [["能源平衡表"], [f"表号：{number}"], ["项目", "原煤"], ["可供本地区消费的能源量", 1]]
    assert checked_forms(book(tmp_path / "a.csv", {"": made})) is None


def test_the_list_is_that_of_the_shared_forms(shared: Path) -> None:
    with (shared / "data" / "forms" / "statistical_form_list.csv").open(encoding="utf-8") as file:
        given = {row["form_no"]: row["name_zh"] for row in csv.DictReader(file)}
    known = {one.number: one for one in listed_forms()}
    assert given.keys() <= known.keys()
    for number, title in given.items():
        assert told(title.partition("/")[0]) in {told(one) for one in known[number].titles}


def test_every_table_of_the_shared_report_is_read_with_its_columns(shared: Path) -> None:
    with (shared / "data" / "forms" / "energy_use_report_tables.csv").open(encoding="utf-8") as file:
        given = {row["table_no"]: row["name_zh"] for row in csv.DictReader(file)}
    read = {one.settings["number"]: told(one.settings["title"]) for one in forms()}
    assert {number: told(title) for number, title in given.items()}.items() <= read.items()


def test_every_column_of_the_shared_report_is_placed(shared: Path) -> None:
    with (shared / "data" / "forms" / "energy_use_report_tables.csv").open(encoding="utf-8") as file:
        given = {
            row["table_no"]: re.split(r"[,/()\s]+", row["typical_columns"]) for row in csv.DictReader(file)
        }
    loose = {}
    for number, words in given.items():
        known = " ".join(form(number).columns)
        loose[number] = [word for word in words if word and told(word) not in known]
    assert {number: words for number, words in loose.items() if words} == {
        "表3": ["各能源品种"],
        "表10": ["tce"],
    }


def test_every_energy_of_the_shared_public_institution_forms_is_placed(shared: Path) -> None:
    with (shared / "data" / "forms" / "public_institution_forms.csv").open(encoding="utf-8") as file:
        given = next(row["item_zh"] for row in csv.DictReader(file) if row["item_zh"].startswith("电, 水"))
    names = given.partition(":")[0].split(", ")
    assert len(names) == 9
    assert [name for name in names if form("公共机构2表").row(name) is None] == []


def test_every_row_of_the_shared_public_institution_forms_is_placed(shared: Path) -> None:
    with (shared / "data" / "forms" / "public_institution_forms.csv").open(encoding="utf-8") as file:
        given = [row for row in csv.DictReader(file) if row["item_code"]]
    for row in given:
        of = form(f"公共机构{row['form'].split()[0]}")
        placed = of.by_code(row["item_code"])
        assert placed is not None
        assert placed.title == row["item_zh"].partition("/")[0].strip()
        assert placed.unit == row["unit"].partition("/")[0].strip()


def test_the_page_on_forms_names_each_of_them(checkout: Path) -> None:
    page = (checkout / "docs" / "forms.md").read_text("utf-8")
    assert [one.name for one in forms() if one.name not in page] == []
    assert [one.number for one in listed_forms() if one.number not in page] == []


def test_the_command_refuses_in_words_and_exits_with_one(tmp_path: Path) -> None:
    path = book(tmp_path / "a.csv", {"": [["分行业能源消费量（实物量）"], ["行业", "原煤"], ["农业", 1]]})
    done = CliRunner().invoke(app, ["check-data", str(path), "-o", str(tmp_path / "o.csv")])
    assert done.exit_code == 1
    assert "P303-2" in done.output
    assert "表式" in done.output


CHECK = {"id": "a", "title": "甲", "left": ["use"], "right": ["use"], "certainty": "memory"}


@pytest.mark.parametrize(
    ("changed", "trouble"),
    [
        ({"cheks": []}, "未知的设定“cheks”"),
        ({"needs": ["fuel", "usage"]}, "needs：没有栏“usage”"),
        ({"checks": [{**CHECK, "right": "dust * 2"}]}, "没有栏“dust”"),
        ({"checks": [{**CHECK, "certainty": "sure"}]}, "“sure”应为"),
        ({"checks": [{**CHECK, "right": "open('a')"}]}, "公式含有"),
        ({"checks": [{**CHECK, "right": "use *"}]}, "不成式"),
    ],
)
def test_a_description_with_what_no_form_has_is_refused(changed: dict[str, object], trouble: str) -> None:
    right = {
        "number": "1",
        "title": "甲",
        "cite": "乙",
        "certainty": "memory",
        "needs": ["use"],
        "least_columns": 2,
    }
    verify(right, {"fuel": "key", "use": "amount"})
    with pytest.raises(RuleError, match=re.escape(trouble)):
        verify({**right, **changed}, {"fuel": "key", "use": "amount"})
