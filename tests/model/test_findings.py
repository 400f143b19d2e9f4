"""Findings and errors: sentences for the person who can mend it."""

from __future__ import annotations

import pytest

from duheng.model.errors import FolderError, UnknownName, nearest
from duheng.model.findings import Finding


def test_a_finding_is_one_sentence_with_place_found_expected_and_remedy() -> None:
    finding = Finding("unit", "error", "能源平衡表2023 C14", "单位为“吨标准没”", "吨标准煤", "请改正单位")
    assert finding.text == "能源平衡表2023 C14：单位为“吨标准没”，应为吨标准煤。请改正单位。"


def test_a_finding_asks_its_owner() -> None:
    finding = Finding(
        "sum", "warning", "终端消费", "420.1万tce", "417.8万tce", "请核对天然气一栏", "市统计局"
    )
    assert finding.text == "终端消费：420.1万tce，应为417.8万tce。请市统计局核对天然气一栏。"


def test_an_owner_without_a_remedy_is_asked_to_look() -> None:
    assert (
        Finding("gap", "notice", "2023年", "未填报", "", "", "乐至县").text
        == "2023年：未填报。请乐至县核实。"
    )


def test_a_finding_without_expectation_and_remedy_is_still_a_sentence() -> None:
    assert str(Finding("gap", "notice", "2023年", "未填报", "", "")) == "2023年：未填报。"


@pytest.mark.parametrize("expected", ["应不小于0", "须为数字", "不得为空"])
def test_an_expectation_that_says_so_itself_is_not_said_twice(expected: str) -> None:
    assert Finding("x", "error", "B2", "-1", expected, "请改正").text == f"B2：-1，{expected}。请改正。"


def test_stops_and_line_breaks_of_the_parts_do_not_break_the_sentence() -> None:
    finding = Finding("x", "error", "B2：", "第一行\n第二行。", "数字。", "请改正。")
    assert finding.text == "B2：第一行 第二行，应为数字。请改正。"


def test_a_finding_of_no_known_severity_cannot_be_made() -> None:
    with pytest.raises(ValueError, match="severity"):
        Finding("x", "fatal", "B2", "-1", "", "")  # type: ignore[arg-type]


@pytest.mark.parametrize(("code", "place", "found"), [("", "B2", "-1"), ("x", "", "-1"), ("x", "B2", "")])
def test_a_finding_without_code_place_or_what_was_found_cannot_be_made(
    code: str, place: str, found: str
) -> None:
    with pytest.raises(ValueError, match="needs"):
        Finding(code, "error", place, found, "", "")


def test_an_unknown_name_offers_the_nearest() -> None:
    error = UnknownName("energy_intensty", ["energy_intensity", "energy", "gdp"])
    assert error.near[0] == "energy_intensity"
    assert "是否指“energy_intensity”" in str(error)


def test_a_name_like_no_other_asks_to_check_it() -> None:
    assert str(UnknownName("xyz", [f"能源{n}" for n in range(99)])) == "没有名为“xyz”的定义。请核对名称。"


def test_a_name_like_no_other_lists_the_few_there_are() -> None:
    assert str(UnknownName("xyz", ["能源"])) == "没有名为“xyz”的定义；可用的有：能源"


def test_short_chinese_names_are_near_when_half_is_common() -> None:
    assert nearest("雁江县", ["安岳县", "雁江区", "乐至县"])[0] == "雁江区"


def test_nothing_is_near_to_nothing() -> None:
    assert nearest("", ["雁江区"]) == []


def test_a_folder_error_lists_every_trouble() -> None:
    finding = Finding("x", "error", "plan.yaml", "没有编号", "", "请补上编号")
    error = FolderError([finding, "entities.csv：第3行无名称"])
    assert error.troubles == (finding, "entities.csv：第3行无名称")
    assert (
        str(error)
        == "数据文件夹有2处问题：\n  plan.yaml：没有编号。请补上编号。\n  entities.csv：第3行无名称"
    )
