"""The parts of a document: its head, headings, paragraphs and sentences, in the ways such documents are printed."""

from __future__ import annotations

from pathlib import Path

import pytest

from duheng.reading.head import period
from duheng.reading.normal import plain
from duheng.reading.outline import Outline, outline
from duheng.reading.reading import read_text

NOTICE = Path(__file__).with_name("notice.txt").read_text("utf-8")


def parts(text: str) -> Outline:
    return outline(text, plain(text))


def test_plain_text_keeps_every_place() -> None:
    text = "單位ＧＤＰ能耗下降１４．５％,(節能)9。7　—~–〔2017〕[3]1，234“全”\r\n\u2028機械"
    said = plain(text)
    assert len(said) == len(text)
    assert said == "单位GDP能耗下降14.5%，（节能）9.7 —～-〔2017〕〔3〕1,234“全”\n\n\n机械"


def test_simplified_text_stays_as_it_is() -> None:
    text = "显著提高，乾陵，伙同，著名"
    assert plain(text) == text


def test_the_head_of_a_notice() -> None:
    found = parts(NOTICE)
    assert found.title == "某市“十四五”节水综合工作方案"
    assert (found.issuer, found.number) == ("某市人民政府", "某府发〔2021〕7号")
    assert (found.date, found.period) == ("2021-03-09", (2021, 2025))
    assert [(one.title, one.number) for one in found.basis] == [
        ("国家节水行动方案", "发改环资规〔2019〕695号")
    ]


def test_headings_know_their_section_and_where_they_end() -> None:
    found = parts(NOTICE)
    assert [(one.number, one.title, one.level) for one in found.headings] == [
        ("一、", "总体要求", 1),
        ("二、", "重点任务", 1),
        ("（一）", "农业节水增效", 2),
        ("1.", "灌区", 3),
        ("2.", "种植", 3),
        ("（二）", "主要指标", 2),
        ("三、", "保障", 1),
        ("（一）", "加强领导", 2),
    ]
    assert [one.section for one in found.articles] == ["二、重点任务", "二、重点任务", "三、保障"]
    first, second = found.articles[:2]
    assert NOTICE[first.start : first.end] == "（一）农业节水增效"
    assert first.until == second.start
    assert second.until == found.sections[2].start


def test_paragraphs_and_sentences_stand_where_they_say() -> None:
    found = parts(NOTICE)
    said = [NOTICE[one.start : one.end] for one in found.sentences]
    assert "推进灌区改造（A局负责。B局参与）。" in said
    assert "各地落实！" in said
    place = NOTICE.index("减少耗水")
    heading = found.heading_at(place)
    assert heading is not None
    assert (heading.number, heading.title) == ("2.", "种植")


def test_a_note_about_the_file_gives_nothing() -> None:
    text = "# title: 某市“十二五”规划 国发〔2011〕26号\n一、总体要求\n做好工作。\n"
    found = parts(text)
    assert (found.title, found.number, found.period) == (None, None, None)
    assert [text[one.start : one.end] for one in found.paragraphs] == ["一、总体要求", "做好工作。"]


def test_brackets_that_do_not_match_swallow_no_sentence() -> None:
    text = "第一句（未完。第二句。"
    assert [text[one.start : one.end] for one in parts(text).sentences] == ["第一句（未完。", "第二句。"]


@pytest.mark.parametrize(
    ("title", "years"),
    [
        ("某市“十四五”节能减排综合工作方案", (2021, 2025)),
        ("某市“十二五”规划", (2011, 2015)),
        ("某市工作方案(2017—2020年)", (2017, 2020)),
        ("节水行动2019-2030年", (2019, 2030)),
        ("2021年行动计划", (2021, 2021)),
        ("某市工作方案", None),
    ],
)
def test_the_years_of_a_title(title: str, years: tuple[int, int] | None) -> None:
    assert period(plain(title)) == years


def test_the_reading_of_a_text_has_the_fields_of_the_contract() -> None:
    said = read_text(NOTICE).as_json()
    assert list(said) == [
        "text", "title", "issuer", "number", "date", "period", "targets", "tasks", "doubts",
    ]  # fmt: skip
    assert said["text"] == NOTICE
    assert said["period"] == "2021-2025"


@pytest.mark.parametrize(
    ("opening", "title"),
    [
        (
            "某市2030年节水降碳重点\n工作安排\n某市人民政府办公室\n2030年3月8日\n",
            "某市2030年节水降碳重点工作安排",
        ),
        (
            "某市人民政府办公室\n关于印发某市“十五五”节水\n综合工作方案的通知\n某市“十五五”节水\n综合工作方案\n",
            "某市“十五五”节水综合工作方案",
        ),
        ("某市人民政府办公室\n节水工作方案\n2030年3月8日\n", "节水工作方案"),
    ],
)
def test_a_title_broken_over_two_lines(opening: str, title: str) -> None:
    assert parts(f"{opening}一、目标\n做好节水。\n").title == title


@pytest.mark.parametrize(
    ("opening", "said"),
    [
        (
            "某省甲厅 某省乙委员会\n某省丙局\n2030年3月8日\n某省节水方案\n",
            {"title": "某省节水方案", "issuer": "某省甲厅、某省乙委员会、某省丙局", "date": "2030-03-08"},
        ),
        (
            "索引号 | 0001/2030-2 | 成文日期 | 2030-03-08 |\n名称 | 某县节水三年行动 方案（2030—2032年） |\n",
            {"title": "某县节水三年行动 方案（2030—2032年）", "date": "2030-03-08", "period": (2030, 2032)},
        ),
        (
            "发布机构：某县政府办 主题分类：通知\n名称：某县节水通知 文号：某政〔2030〕1号\n发布日期：2030-03-09\n",
            {"title": "某县节水通知", "number": "某政〔2030〕1号", "date": None},
        ),
        (
            "关于公开征求《某市节水方案（征求意见稿）》意见的公告\n现面向社会征求意见。\n某市节水方案（征求意见稿）\n",
            {"title": "某市节水方案（征求意见稿）"},
        ),
        (
            "各县人民政府：\n为落实《国家节水规划》，现将《某市节水分工方案》（以下简称《方案》）印发给你们，请落实。\n",
            {"title": "某市节水分工方案"},
        ),
        (
            "各县人民政府：\n《某市节水分工方案》已经市政府同意，现印发给你们，请落实。\n",
            {"title": "某市节水分工方案"},
        ),
    ],
    ids=["two in a line", "table", "labels", "draft", "abbreviated", "passed on"],
)
def test_the_head_of_a_page(opening: str, said: dict[str, object]) -> None:
    found = parts(f"{opening}一、目标\n做好节水。\n")
    assert {name: getattr(found, name) for name in said} == said
