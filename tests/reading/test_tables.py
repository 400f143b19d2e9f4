"""Tables of indicators and of tasks, in every kind of file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from duheng.reading.grammar.columns import is_unit, said
from duheng.reading.normal import plain
from duheng.reading.outline import outline
from duheng.reading.reading import read, read_text
from duheng.reading.records import Target
from duheng.reading.tables import all_tables
from tests.reading import papers

FIELDS = ("indicator", "value", "unit", "direction", "change_from", "deadline", "kind", "base_value")


def row(target: Target) -> list[Any]:
    """The fields that the examples state."""
    return [target.as_json()[name] for name in FIELDS]


@pytest.mark.parametrize("parted", ["|", "\t"])
@pytest.mark.parametrize("example", said()["examples"], ids=lambda one: one["text"][:16])
def test_every_example_of_the_table_is_read_as_it_says(example: dict[str, Any], parted: str) -> None:
    table = example["text"].replace("|", parted)
    if parted == "\t" and any(one in example["text"] for one in ("||", "|\n")):
        return  # lines of aligned columns leave out an empty cell
    reading = read_text(f"{example.get('before', '')}{table}\n")
    assert [row(target) for target in reading.targets] == example["targets"]
    assert [one.kind for one in reading.doubts if one.kind != "no_unit"] == example.get("doubts", [])
    for target in reading.targets:
        assert target.table
        assert reading.text[target.start : target.end] == target.quote


HEAD = ["序号", "指标", "单位", "2025年", "2030年", "属性"]
CELLS = [
    HEAD,
    ["1", "绿电占比", "%", "22.5", "30左右", "预期性"],
    ["2", "年取水总量", "亿立方米", "12.1", "≤12.5", "约束性"],
]
READ = [
    ["绿电占比", 30, "%", "reach", None, 2030, "expected", 22.5],
    ["年取水总量", 12.5, "亿立方米", "at_most", None, 2030, "binding", 12.1],
]


def of_file(path: Path, content: bytes) -> list[list[Any]]:
    path.write_bytes(content)
    reading = read(path)
    assert [one.kind for one in reading.doubts if one.kind == "table_unread"] == []
    for target in reading.targets:
        assert reading.text[target.start : target.end] == target.quote
    return [row(target) for target in reading.targets]


def test_a_table_of_word(tmp_path: Path) -> None:
    body = papers.paragraph("主要指标") + papers.table(CELLS)
    assert of_file(tmp_path / "plan.docx", papers.word(body)) == READ


def test_a_table_of_word_with_merged_cells(tmp_path: Path) -> None:
    def cell(text: str, settings: str = "") -> str:
        return f"<w:tc><w:tcPr>{settings}</w:tcPr>{papers.paragraph(text)}</w:tc>"

    begins, goes_on, wide = '<w:vMerge w:val="restart"/>', "<w:vMerge/>", '<w:gridSpan w:val="2"/>'
    rows = [
        cell("指标", wide) + cell("单位") + cell("2025年") + cell("2030年"),
        cell("主要污染物重点工程减排量", begins)
        + cell("化学需氧量")
        + cell("吨")
        + cell("—")
        + cell("〔420〕"),
        cell("", goes_on) + cell("氨氮") + cell("吨") + cell("—") + cell("〔35〕"),
        cell("森林覆盖率（%）", wide) + cell("") + cell("38") + cell("40"),
    ]
    body = "<w:tbl>" + "".join(f"<w:tr>{one}</w:tr>" for one in rows) + "</w:tbl>"
    assert of_file(tmp_path / "plan.docx", papers.word(body)) == [
        ["化学需氧量重点工程减排量", 420, "吨", "complete", None, 2030, None, None],
        ["氨氮重点工程减排量", 35, "吨", "complete", None, 2030, None, None],
        ["森林覆盖率", 40, "%", "reach", None, 2030, None, 38],
    ]


def test_a_table_of_a_page_with_merged_cells(tmp_path: Path) -> None:
    page = """<p>到2030年，做好工作。</p><table>
    <tr><th rowspan=2>类别</th><th rowspan="2">指标</th><th rowspan="2">单位</th><th colspan="2">目标值</th></tr>
    <tr><th>2028年</th><th>2030年</th></tr>
    <tr><td rowspan="2">资源</td><td>绿电占比</td><td>%</td><td>25</td><td>30以上</td></tr>
    <tr><td>灌溉水利用系数</td><td>-</td><td>0.6</td><td>0.62</td></tr></table>"""
    assert of_file(tmp_path / "plan.html", page.encode()) == [
        ["绿电占比", 25, "%", "reach", None, 2028, None, None],
        ["绿电占比", 30, "%", "at_least", None, 2030, None, None],
        ["灌溉水利用系数", 0.6, None, "reach", None, 2028, None, None],
        ["灌溉水利用系数", 0.62, None, "reach", None, 2030, None, None],
    ]


def test_a_ruled_table_of_a_pdf(tmp_path: Path) -> None:
    lefts, tops = [40, 90, 200, 290, 370, 460, 550], [700, 670, 640, 610]
    strokes = "".join(f"{lefts[0]} {y} m {lefts[-1]} {y} l S\n" for y in tops)
    strokes += "".join(f"{x} {tops[0]} m {x} {tops[-1]} l S\n" for x in lefts)
    pieces: list[papers.Piece] = [(60.0, 760.0, "某市节水工作方案")]
    for top, cells in zip(tops, CELLS, strict=False):
        pieces += [(x + 4.0, top - 18.0, cell) for x, cell in zip(lefts, cells, strict=False)]
    assert of_file(tmp_path / "plan.pdf", papers.pdf([pieces], strokes)) == READ


def test_lines_of_aligned_columns(tmp_path: Path) -> None:
    lines = "主要指标\n" + "".join("    ".join(cells) + "\n" for cells in CELLS)
    assert of_file(tmp_path / "plan.txt", lines.encode()) == READ


def test_a_table_goes_on_over_the_end_of_a_page(tmp_path: Path) -> None:
    body = papers.table(CELLS[:2]) + papers.paragraph("") + papers.table(CELLS[2:] * 2)
    assert of_file(tmp_path / "plan.docx", papers.word(body))[:2] == READ


def test_a_row_of_another_width_is_doubted() -> None:
    reading = read_text("指标\t单位\t2030年\n绿电占比\t%\t30\n年取水总量\t亿立方米\t12\t13\n")
    assert [one.indicator for one in reading.targets] == ["绿电占比"]
    assert [one.message for one in reading.doubts if one.kind == "table_unread"] == [
        "有4格，表头有3列，未读入"
    ]


def test_a_table_without_a_column_of_goals_is_doubted() -> None:
    reading = read_text("序号|指标|单位|内容\n1|绿电占比|%|30\n")
    assert reading.targets == []
    assert [one.kind for one in reading.doubts if one.kind == "table_unread"] == ["table_unread"]


def test_a_table_of_results_is_none_of_targets() -> None:
    text = "某县规划\n2026年3月1日\n一、工作回顾\n指标|单位|2020年|2025年目标\n绿电占比|%|12|20\n"
    assert read_text(text).targets == []
    later = "某县规划\n2026年3月1日\n指标|单位|2020年|2025年目标\n绿电占比|%|12|20\n"
    assert read_text(later).targets == []


def test_a_task_table_of_word_is_read_once(tmp_path: Path) -> None:
    rows = [
        ["序号", "任务", "牵头单位", "配合单位", "完成时限"],
        ["1", "改造管网", "市甲局", "市乙局", "2030年底前"],
    ]
    path = tmp_path / "plan.docx"
    path.write_bytes(papers.word(papers.table(rows)))
    found = read(path)
    assert [(one.number, one.title, one.lead_units) for one in found.tasks] == [("1", "改造管网", ["市甲局"])]


def test_a_word_in_brackets_is_a_unit_or_part_of_the_name() -> None:
    assert [is_unit(one) for one in ("%", "吨标准煤/万元", "座", "万亩", "PM2.5", "不变价")] == [True] * 4 + [
        False
    ] * 2


def test_a_task_table_with_a_head_of_two_rows_and_a_short_row() -> None:
    text = """序号|工作任务|责任单位||完成时限
||牵头单位|配合单位|
1|改造管网|市甲局|市乙局|2030年
2|办宣传周
"""
    found = read_text(text)
    assert [(one.title, one.lead_units, one.cooperating_units) for one in found.tasks] == [
        ("改造管网", ["市甲局"], ["市乙局"])
    ]
    assert [one.message for one in found.doubts if one.kind == "table_unread"] == [
        "任务表的一行只有2格，未读入"
    ]


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("| 指标 | 2025年 | |\n| 能耗 | 9.5 | |\n\n正文\n", [["指标", "2025年", ""], ["能耗", "9.5", ""]]),
        ("甲|乙|丙\n丁||\n", [["甲", "乙", "丙"], ["丁", "", ""]]),
        ("甲\t\t乙\t丙\n丁   戊   己\n一句话，两句话。\n", [["甲", "乙", "丙"], ["丁", "戊", "己"]]),
        ("甲|乙|丙\n正文\n", []),
    ],
)
def test_lines_are_a_table(text: str, rows: list[list[str]]) -> None:
    matched = plain(text)
    found = [
        [[text[a:b] for a, b in row] for row in one] for one in all_tables(matched, outline(text, matched))
    ]
    assert found == ([rows] if rows else [])


def test_a_merged_first_cell_may_be_missing_from_a_line() -> None:
    text = "类别\t序号\t指标\t2025年\t2030年\n环境\t1\t绿电占比（%）\t22\t30\n\t2\t森林覆盖率（%）\t38\t40\n"
    found = read_text(text)
    assert [f"{one.indicator}{one.value}" for one in found.targets] == ["绿电占比30", "森林覆盖率40"]
    assert [one.kind for one in found.doubts] == ["no_unit"]


def test_a_head_whose_columns_nothing_parts_is_doubted() -> None:
    found = read_text("指标名称 单位 2025 年 2030 年 属性\n能源消费总量 万吨标准煤 1200 1350 约束性\n")
    assert [one.kind for one in found.doubts if one.kind != "no_unit"] == ["table_unread"]
