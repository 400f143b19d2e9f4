"""A form handed out, filled in, imported, corrected; and everything that people hand in instead."""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import openpyxl
import pytest

from duheng import ledger
from tests.acceptance.conftest import Run, Said

HEADER = ("指标", "对象", "品种", "时期", "数值", "单位", "口径", "备注")
GOOD = {"C7": 400.5, "C8": 280, "C9": 160, "D7": 420, "D8": 290, "D9": 165}
Form = Callable[..., Path]
pytestmark = pytest.mark.usefixtures("home")


@pytest.fixture
def form(run: Run, tmp_path: Path) -> Form:
    """The form of 地区生产总值核算 for 2024 with cells filled in."""

    def filled(cells: dict[str, object], name: str = "报表.xlsx") -> Path:
        path = tmp_path / name
        assert run("template", "economy", "--period", "2024", "-o", path).code == 0
        book = openpyxl.load_workbook(path)
        for address, value in cells.items():
            book.worksheets[0][address] = value
        book.save(path)
        return path

    return filled


def long_table(path: Path, *rows: tuple[object, ...], encoding: str = "utf-8") -> Path:
    out = io.StringIO()
    csv.writer(out).writerows([HEADER, *rows])
    path.write_bytes(out.getvalue().encode(encoding))
    return path


def stated(run: Run, *words: str) -> str:
    """The first line of `duheng explain gdp 资阳市 2024`."""
    return run("explain", "gdp", "资阳市", "2024", *words).out.splitlines()[0]


def refused(run: Run, path: Path, *words: str) -> Said:
    """The import, which entered nothing and failed with findings."""
    before = ledger.head().seq
    said = run("import", path, *words)
    assert (said.code, ledger.head().seq) == (1, before)
    assert path.name in said.err
    assert "没有导入" in said.out
    return said


def test_a_form_filled_in_is_imported_and_shown_with_its_cell(run: Run, form: Form) -> None:
    said = run("import", form(GOOD))
    assert (said.code, said.err) == (0, "")
    assert "新增 6 条" in said.out
    assert stated(run).endswith("840.50 亿元")
    assert "报表.xlsx 地区生产总值核算!C7" in run("explain", "gdp", "资阳市", "2024").out


def test_the_same_file_twice_adds_nothing(run: Run, form: Form) -> None:
    path = form(GOOD)
    run("import", path)
    head = ledger.head()
    assert "新增 0 条，重复 6 条" in run("import", path).out
    assert ledger.head() == head


def test_a_correction_leaves_what_was_known_before_reproducible(run: Run, form: Form) -> None:
    run("import", form(GOOD))
    between = datetime.now().astimezone().isoformat()
    run("import", form(GOOD | {"C7": 410.5}, "更正.xlsx"))
    assert stated(run).endswith("850.50 亿元")
    assert stated(run, "--as-of", between).endswith("840.50 亿元")
    assert stated(run, "--as-of", "2024-01-01").endswith("未知")
    assert run("verify").code == 0


def test_a_dry_run_writes_nothing(run: Run, form: Form) -> None:
    head = ledger.head()
    said = run("import", form(GOOD), "--dry-run", "--json")
    assert (said.code, said.json[0]["ready"], said.json[0]["added"]) == (0, 6, 0)
    assert ledger.head() == head


@pytest.mark.parametrize(
    ("cells", "place", "said"),
    [
        ({"C7": "=1+2"}, "C7", "公式"),
        ({"C7": "很多"}, "C7", "应为数字"),
        ({"C9": "160 吨"}, "C9", "可换算为亿元"),
        ({"C6": "吨"}, "C7", "可换算为亿元"),
        ({"D3": "2031"}, "D3", "在方案之外"),
        ({"A7": "510100", "B7": "成都市"}, "A7", "未知的对象"),
        ({"C5": "不认识"}, "C5", "未知的指标"),
        ({"C5": None}, "A5", "缺少列"),
        ({"B2": "none"}, "B2", "表单编号"),
        ({"A10": "512002", "B10": "雁江区", "C10": 55}, "C7", "两个数"),
    ],
)
def test_a_wrong_cell_is_found_and_nothing_enters(
    run: Run, form: Form, cells: dict[str, object], place: str, said: str
) -> None:
    told = refused(run, form(GOOD | cells)).err
    assert any(f"!{place}：" in line and said in line for line in told.splitlines())


def test_merged_cells_are_found(run: Run, form: Form) -> None:
    path = form(GOOD)
    book = openpyxl.load_workbook(path)
    book.worksheets[0].merge_cells("C7:C8")
    book.save(path)
    assert "合并单元格" in refused(run, path).err


def test_the_good_rows_enter_when_asked_and_the_rest_waits_with_its_reason(
    run: Run, form: Form, tmp_path: Path
) -> None:
    waiting = tmp_path / "待改正.csv"
    said = run("import", form(GOOD | {"C7": "很多"}), "--good-rows", "--waiting", waiting)
    assert (said.code, "新增 4 条" in said.out, "待改正 1 行" in said.out) == (1, True, True)
    assert "应为数字" in waiting.read_text("utf-8-sig")


def test_a_place_for_the_waiting_rows_is_looked_at_before_anything_enters(
    run: Run, form: Form, tmp_path: Path
) -> None:
    path, head = form(GOOD | {"C7": "很多"}), ledger.head()
    for target in (tmp_path / "none" / "x.csv", tmp_path / "x.pdf", tmp_path):
        assert run("import", path, "--good-rows", "--waiting", target).code == 2
    assert ledger.head() == head


def test_a_table_in_gbk_with_chinese_units_is_converted_exactly(run: Run, tmp_path: Path) -> None:
    coal = ("分品种能源消费实物量", "雁江区", "原煤", "2023", "47.001", "万吨", "", "")
    path = long_table(tmp_path / "表.csv", coal, encoding="gb18030")
    assert run("import", path).code == 0
    assert "470010 t" in run("explain", "fuel_use", "雁江区", "2023", "--item", "原煤").out


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (("分品种能源消费实物量", "雁江区", "原媒", "2023", 1, "吨", "", ""), "“原煤”"),
        (("分品种能源消费实物量", "雁江区", "汽油", "2023", 1, "万千瓦时", "", ""), "可换算为t"),
        (("分品种能源消费实物量", "雁江区", "汽油", "2023", 1, "顿", "", ""), "未知的单位"),
        (("分品种能源消费实物量", "雁江区", "汽油", "2031", 1, "吨", "", ""), "时期 2031"),
        (("分品种能源消费实物量", "雁江区", "汽油", "去年", 1, "吨", "", ""), "时期"),
        (("能源消费总量", "雁江区", "", "2023", 1, "吨标准煤", "none", ""), "未知的口径"),
    ],
)
def test_a_wrong_row_is_found_and_nothing_enters(
    run: Run, tmp_path: Path, row: tuple[object, ...], said: str
) -> None:
    good = ("分品种能源消费实物量", "安岳县", "汽油", "2023", 1, "吨", "", "")
    assert said in refused(run, long_table(tmp_path / "表.csv", good, row)).err


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("表.csv", b"PK\x03\x04" + bytes(100), "内容"),
        ("表.xlsx", "指标,对象\n".encode(), "内容"),
        ("表.pdf", b"%PDF-1.4", "另存为 .xlsx"),
        ("表.csv", b"", "空文件"),
        ("表.xlsx", b"", "空文件"),
        ("表.csv", random.Random(3).randbytes(50_000), "表.csv"),
        ("表.xlsx", random.Random(4).randbytes(50_000), "表.xlsx"),
        ("表.csv", "指标,对象,品种\n分品种能源消费实物量,雁江区,原煤\n".encode(), "缺少"),
    ],
)
def test_a_file_that_is_not_what_its_name_says_is_refused(
    run: Run, tmp_path: Path, name: str, content: bytes, said: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    assert said in refused(run, path).err


def test_two_hundred_megabytes_are_refused_by_their_size(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "大.xlsx"
    with path.open("wb") as file:
        file.truncate(200_000_000)
    assert "MB" in refused(run, path).err


@pytest.mark.parametrize("name", ["没有.xlsx", "."])
def test_a_missing_file_or_a_folder_stops_the_import_before_it_begins(
    run: Run, form: Form, tmp_path: Path, name: str
) -> None:
    head = ledger.head()
    said = run("import", form(GOOD), tmp_path / name)
    assert (said.code, ledger.head()) == (2, head)
    assert "没有导入任何文件" in said.err


def test_a_form_is_never_written_over_one_that_may_be_filled_in(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run("template", "economy", "--period", "2024").code == 0
    assert run("template", "economy", "--period", "2024").code == 2
    assert run("template", "economy", "-o", tmp_path / "x.csv").code == 2
    assert run("template", "economy", "-o", tmp_path / "none" / "x.xlsx").code == 2


def test_what_is_exported_can_be_imported_and_adds_no_other_value(
    run: Run, form: Form, tmp_path: Path
) -> None:
    run("import", form(GOOD))
    out = tmp_path / "facts.csv"
    assert run("export", "facts", "-o", out).code == 0
    assert run("import", out, "--dry-run").code == 0


def test_an_export_of_the_drill_carries_its_warning_and_one_of_the_real_city_does_not(run: Run) -> None:
    assert "演练数据" in run("export", "board", "--scenario", "drill").out.splitlines()[0]
    assert "演练数据" not in run("export", "board").out


def test_whoever_does_not_know_the_forms_is_told_them(run: Run) -> None:
    said = run("template", "nope")
    assert said.code == 2
    assert "没有名为“nope”的报送任务" in said.err
    assert "energy-balance  县（区）能源平衡表（分品种消费量）" in said.err
