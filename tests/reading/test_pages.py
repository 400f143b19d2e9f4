"""Pages of a .pdf: two columns read one after the other, footnotes kept out of the sentences they stand under."""

from __future__ import annotations

from pathlib import Path

from duheng.reading.reading import Reading, read
from tests.reading.papers import Piece, pdf

LEFT = "到二〇三〇年全市用能效率持续提高左栏"
RIGHT = "加强用能管理完善计量体系建设右栏甲"


def of(tmp_path: Path, pages: list[list[Piece]]) -> Reading:
    path = tmp_path / "plan.pdf"
    path.write_bytes(pdf(pages))
    return read(path)


def test_two_columns_are_read_one_after_the_other(tmp_path: Path) -> None:
    """The lines are written row by row, as they stand side by side."""
    page: list[Piece] = [(200.0, 790.0, "某市节能工作方案")]
    for line in range(10):
        page += [(50.0, 740.0 - 20 * line, f"{LEFT}{line}"), (310.0, 740.0 - 20 * line, f"{RIGHT}{line}")]
    found = of(tmp_path, [page])
    order = [found.text.index(f"{LEFT}9"), found.text.index(f"{RIGHT}0")]
    assert found.text.startswith("某市节能工作方案")
    assert order == sorted(order)
    assert "第1页分为两栏" in next(one.message for one in found.doubts if one.kind == "columns")


def test_short_pieces_side_by_side_are_no_columns(tmp_path: Path) -> None:
    page: list[Piece] = [(60.0, 790.0, "某市节能工作方案")]
    for line in range(10):
        page += [(60.0, 740.0 - 20 * line, f"指标{line}"), (320.0, 740.0 - 20 * line, f"{line}.5")]
    found = of(tmp_path, [page])
    assert [one.kind for one in found.doubts if one.kind == "columns"] == []
    assert found.text.index("指标1") < found.text.index("9.5")


def test_one_column_stays_as_it_is(tmp_path: Path) -> None:
    line = "加强用能管理，完善计量体系建设，推动重点行业节能改造，提高能源利用效率水平"
    found = of(tmp_path, [[(60.0, 740.0 - 20 * at, line) for at in range(12)]])
    assert [one.kind for one in found.doubts if one.kind == "columns"] == []


def test_a_footnote_stands_in_no_sentence(tmp_path: Path) -> None:
    line = "加强用能管理，完善计量体系建设，推动重点行业节能改造，提高能源利用效率水平，"
    first: list[Piece] = [(60.0, 760.0 - 20 * at, line) for at in range(8)]
    first += [(60.0, 600.0, "到2030年，全市单位地区生产总值能耗①比2025年下降十几个点，其中工业领域单位增加")]
    first += [(60.0, 120.0, "①单位地区生产总值能耗按2020年价格计算，下降99%是例子"), (290.0, 40.0, "— 1 —")]
    second: list[Piece] = [(60.0, 760.0, "值能耗下降14%。"), (290.0, 40.0, "— 2 —")]
    found = of(tmp_path, [first, second])
    assert "单位增加值能耗下降14%" in found.text.replace("\n", "")
    assert found.text.rstrip().endswith("下降99%是例子")
    assert [one.message[:9] for one in found.doubts if one.kind == "footnotes"] == ["页脚注释1行移到文"]
