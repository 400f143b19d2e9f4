"""Every kind of file gives its text; what was left out or joined is said; what cannot be read is refused."""

from __future__ import annotations

import random
from functools import partial
from pathlib import Path

import pytest

from duheng.model.errors import UnreadableSource
from duheng.reading.files import Text, read_file
from duheng.reading.files.noise import Noise, cleaned, kinds
from duheng.reading.reading import read
from soak.fuzzing import Fuzz
from soak.mutation import bytes_changed
from soak.soak_reading import read_damaged, untrue
from tests.reading.papers import Piece, paragraph, pdf, table, word
from tests.reading.test_outline import NOTICE

SENTENCES = (
    "到2025年，全市单位地区生产总值能源消耗比2020年下降9.5%。\n"
    "（一）推进工业领域绿色升级。加快推进工业锅炉节能改造。（责任单位：市经济和信息化局、市生态环境局）\n"
)


@pytest.fixture
def given(tmp_path: Path) -> Given:
    return Given(tmp_path)


class Given:
    """Writes a file and reads it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def text(self, name: str, content: bytes) -> Text:
        path = self.folder / name
        path.write_bytes(content)
        return read_file(path)

    def refusal(self, name: str, content: bytes) -> str:
        with pytest.raises(UnreadableSource) as refused:
            self.text(name, content)
        said = str(refused.value)
        assert name in said
        assert "请" in said or "可读的有" in said
        return said


def doubts(text: Text) -> dict[str, str]:
    return {one.kind: one.message for one in text.doubts}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16"])
def test_a_text_is_read_in_the_encodings_of_its_office(given: Given, encoding: str) -> None:
    found = given.text("plan.txt", SENTENCES.encode(encoding))
    assert found.text == SENTENCES
    assert found.doubts == []


def test_windows_line_ends_become_plain_ones(given: Given) -> None:
    assert given.text("plan.txt", b"one\r\ntwo\rthree\n").text == "one\ntwo\nthree\n"


def test_another_encoding_is_refused_and_not_guessed(given: Given) -> None:
    # Big5 decodes as GB18030 without an error, into signs nobody writes.
    said = given.refusal(
        "plan.txt",
        ("單位國內生產總值能源消耗比去年下降，確保完成國家下達的節能減排目標。" * 5).encode("big5"),
    )
    assert "编码" in said


def test_a_short_text_in_gbk_is_read_and_the_encoding_said(given: Given) -> None:
    assert "乱码" in doubts(given.text("plan.txt", "到2025年下降9%。".encode("gbk")))["encoding"]


def test_a_file_cut_off_within_a_sign_is_read_up_to_there(given: Given) -> None:
    found = given.text("plan.txt", SENTENCES.encode()[:-2])
    assert found.text == SENTENCES[:-2]
    assert "截断" in doubts(found)["cut_off"]


def test_a_word_document_gives_paragraphs_tables_and_the_numbers_word_makes(given: Given) -> None:
    numbered = '<w:pPr><w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr></w:pPr>'
    numbering = (
        '<w:abstractNum w:abstractNumId="7"><w:lvl w:ilvl="0"><w:numFmt w:val="chineseCounting"/>'
        '<w:lvlText w:val="%1、"/></w:lvl></w:abstractNum>'
        '<w:num w:numId="1"><w:abstractNumId w:val="7"/></w:num>'
    )
    body = (
        paragraph("某市方案")
        + paragraph("总体要求", numbered)
        + table([["指标", "2025年"], ["能耗下降", "9.5%"]])
        + paragraph("重点任务", numbered)
    )
    found = given.text("plan.docx", word(body, numbering))
    assert found.text == "某市方案\n一、总体要求\n指标\t2025年\n能耗下降\t9.5%\n二、重点任务"
    rows = [[found.text[a:b] for a, b in row] for row in found.tables[0].rows]
    assert rows == [["指标", "2025年"], ["能耗下降", "9.5%"]]


def test_a_merged_cell_is_empty_where_it_goes_on_and_revisions_are_said(given: Given) -> None:
    merged = "<w:tc><w:tcPr><w:vMerge{}/></w:tcPr>" + paragraph("用水") + "</w:tc>"
    cell = f"<w:tc>{paragraph('总量')}</w:tc>"
    body = (
        "<w:tbl><w:tr>" + merged.format(' w:val="restart"') + cell + "</w:tr><w:tr>" + merged.format("") + cell
        + "</w:tr></w:tbl><w:p><w:ins><w:r><w:t>新增</w:t></w:r></w:ins><w:del><w:r><w:delText>删去</w:delText></w:r>"
        "</w:del></w:p>"
    )  # fmt: skip
    found = given.text("plan.docx", word(body))
    assert found.text == "用水\t总量\n\t总量\n新增"
    assert "修订" in doubts(found)["revisions"]


PAGE = """<html><head><meta charset="{charset}"><title>x</title><script>var 目标 = "100%";</script></head><body>
<nav><a>首页</a></nav><h1>某市方案</h1><div>到2025年，<b>能耗</b>下降9.5%。<br>第二行</div>
<table><tr><td><p>版面</p><table><tr><th>指标</th><th>目标</th></tr><tr><td>用水</td><td>9&nbsp;亿</td></tr></table>
</td></tr></table><footer>版权</footer></body></html>"""


@pytest.mark.parametrize(("charset", "encoding"), [("utf-8", "utf-8"), ("gb2312", "gbk"), ("big5", "gbk")])
def test_a_page_gives_its_blocks_and_tables_without_scripts_and_menus(
    given: Given, charset: str, encoding: str
) -> None:
    found = given.text("plan.html", PAGE.format(charset=charset).encode(encoding))
    assert found.text == "某市方案\n到2025年，能耗下降9.5%。\n第二行\n版面\n指标\t目标\n用水\t9 亿"
    assert len(found.tables) == 1
    assert "2处" in doubts(found)["page_frame"]


def test_a_page_without_the_end_of_its_head_is_read_and_an_open_menu_is_said(given: Given) -> None:
    page = b"<html><head><title>x</title><p>one</p><p>two</p><nav><a>menu</a><p>three</p>"
    found = given.text("plan.html", page)
    assert found.text == "one\ntwo"
    assert "<nav>没有结束" in doubts(found)["page_unclosed"]


def test_a_text_with_form_feeds_is_read_by_pages(given: Given) -> None:
    pages = "\f".join(f"某市文件\n{sign}提高用水效率。\n{number}" for number, sign in enumerate("甲乙丙", 1))
    found = given.text("plan.txt", pages.encode())
    assert found.text == "甲提高用水效率。\n乙提高用水效率。\n丙提高用水效率。"
    assert "6处" in doubts(found)["page_furniture"]


LINES = (
    "为深入贯彻落实节水优先方针持续推进水资源节约集约利用工作结合本市实",
    "际情况，推动用水方式由粗放低效向节约集约转变，到2025年，全市用水总",
    "量控制在9亿立方米以内。",
)


def paper(pages: int) -> list[list[Piece]]:
    """Pages with a running head, three lines and a page number."""
    return [
        [
            (60.0, 800.0, "某市人民政府文件"),
            *((60.0, 700.0 - 20 * at, sign + line) for at, line in enumerate(LINES)),
            (290.0, 30.0, f"— {number} —"),
        ]
        for number, sign in enumerate("甲乙丙丁"[:pages], 1)
    ]


def test_pages_are_joined_without_furniture_and_sentences_without_breaks(given: Given) -> None:
    found = given.text("plan.pdf", pdf(paper(4)))
    assert found.text == "\n".join("".join(sign + line for line in LINES) for sign in "甲乙丙丁")
    assert "8处" in doubts(found)["page_furniture"]
    assert "8处" in doubts(found)["joined_lines"]


SHORT = ["一、总体要求", "坚持节约优先。", "二、主要目标", "下列指标按年分解。", "三、重点任务", *LINES, "四、保障措施",
         "五、组织实施"]  # fmt: skip
"""A paper of few full lines among its headings."""


def test_a_short_paper_of_printed_pages_keeps_no_break_within_a_sentence(given: Given) -> None:
    page: list[Piece] = [(60.0, 700.0 - 20 * at, line) for at, line in enumerate(SHORT)]
    found = given.text("plan.pdf", pdf([page]))
    assert found.text == "\n".join([*SHORT[:5], "".join(LINES), *SHORT[-2:]])
    assert "2处" in doubts(found)["joined_lines"]


def test_the_same_short_text_that_may_be_whole_lines_is_left_as_it_is(given: Given) -> None:
    assert given.text("plan.txt", "\n".join(SHORT).encode()).text == "\n".join(SHORT)


def test_a_table_is_read_where_ruling_lines_are(given: Given) -> None:
    lines = "".join(f"50 {y} m 350 {y} l S\n" for y in (700, 670, 640))
    lines += "50 610 m 350 610 l S\n" + "".join(f"{x} 610 m {x} 700 l S\n" for x in (50, 150, 350))
    cells = [
        (55, 680, "指标"),
        (155, 680, "2025年"),
        (55, 650, "用水量"),
        (155, 650, "9.5"),
        (55, 620, "能耗"),
        (155, 620, "0.65"),
    ]
    found = given.text(
        "plan.pdf", pdf([[(50, 750, "主要指标如下表所示"), *cells, (50, 500, "注：全市口径")]], lines)
    )
    assert found.text == "主要指标如下表所示\n指标\t2025年\n用水量\t9.5\n能耗\t0.65\n注：全市口径"
    without = given.text("plain.pdf", pdf([[(50, 750, "主要指标如下表所示"), *cells]]))
    assert without.tables == []


def test_a_scan_is_refused_with_the_way_out(given: Given) -> None:
    assert "OCR" in given.refusal("scan.pdf", pdf([[], []]))


def test_a_locked_pdf_is_refused(given: Given) -> None:
    locked = pdf(paper(1), encrypt=f"/Filter /Standard /V 1 /R 2 /O <{'11' * 32}> /U <{'22' * 32}> /P -4")
    assert "密码" in given.refusal("locked.pdf", locked)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("empty.txt", b"\n \n", "空文件"),
        ("plan.pdf", b"PK\x03\x04rest", "压缩包"),
        ("plan.docx", b"%PDF-1.7", "PDF"),
        ("plan.docx", b"PK\x03\x04rest", "损坏"),
        ("plan.docx", SENTENCES.encode(), "其他内容"),
        ("plan.doc", b"<html><body>x</body></html>", "网页"),
        ("plan.txt", b"\x89PNG\r\n\x1a\n\x00", "PNG"),
        ("plan.txt", b"a\x00b\x01" * 9, "二进制"),
        ("plan.xlsx", b"PK\x03\x04", "不认识"),
        ("plan.pdf", b"%PDF-1.7 nothing", "损坏"),
        ("page.html", b"<html><script>x</script></html>", "没有文字"),
    ],
)
def test_what_is_no_such_document_is_refused_by_name(
    given: Given, name: str, content: bytes, said: str
) -> None:
    assert said in given.refusal(name, content)


def test_a_folder_and_a_missing_file_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableSource, match="文件夹"):
        read_file(tmp_path)
    with pytest.raises(UnreadableSource, match="没有这个文件"):
        read_file(tmp_path / "none.txt")


def test_entities_are_not_expanded(given: Given) -> None:
    body = word(paragraph("x")).replace(b"<w:document", b"<!DOCTYPE d><w:documen", 1)
    assert "损坏" in given.refusal("plan.docx", body)


def test_an_old_document_needs_libreoffice(given: Given, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    assert "apt install libreoffice" in given.refusal("plan.wps", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1rest")


@pytest.mark.parametrize("kind", kinds("removed"), ids=lambda one: one.name)
def test_noise_goes_and_what_looks_like_it_stays(kind: Noise) -> None:
    for example in kind.examples:
        before, _, after = example.partition(" -> ")
        assert cleaned(before)[0] == after
    for sentence in kind.untouched:
        assert cleaned(sentence) == (sentence, [])


@pytest.mark.parametrize("kind", kinds("shown"), ids=lambda one: one.name)
def test_advertising_is_shown_but_stays(given: Given, kind: Noise) -> None:
    for example in kind.examples:
        found = given.text("plan.txt", (SENTENCES + example).encode())
        assert example in found.text
        assert doubts(found)["noise"]
    for sentence in kind.untouched:
        assert given.text("plan.txt", sentence.encode()).doubts == []


def test_noise_that_was_removed_is_said(given: Given) -> None:
    found = given.text("plan.txt", "节能@@减排，人(ren)民政府负责。\n".encode())
    assert found.text == "节能减排，人民政府负责。\n"
    assert "2处" in doubts(found)["noise"]


def test_page_numbers_go_where_they_count_up_and_a_column_of_numbers_stays(given: Given) -> None:
    body = "提高用水效率。" * 40
    found = given.text("plan.txt", f"1\n{body}\n2\n{body}\n3\n{body}\n".encode())
    assert found.text == f"{body}\n" * 3
    column = "1\n用水\n2\n用电\n3\n用气\n"
    assert given.text("table.txt", column.encode()).text == column


def test_cells_run_together_are_a_doubt_and_no_guess(given: Given) -> None:
    path = given.folder / "plan.txt"
    path.write_text("农田灌溉水有效利用系数0.720.750.78再生水回用率30%40%55%\n", "utf-8")
    reading = read(path)
    assert reading.targets == []
    assert any("没有分隔" in one.message for one in reading.doubts)


def stands_true(path: Path) -> bool:
    assert untrue(read(path)) is None
    return True


def test_damaged_documents_raise_nothing_but_the_documented_error(tmp_path: Path) -> None:
    whole = {
        "plan.docx": word(paragraph("某市方案") + table([["指标", "值"], ["用水", "9"]])),
        "plan.html": PAGE.format(charset="utf-8").encode(),
        "plan.pdf": pdf(paper(2), "50 700 m 350 700 l S\n"),
    }
    fuzz = Fuzz("duheng read")
    for seed in range(200):
        read_damaged(fuzz, tmp_path, [NOTICE, SENTENCES], seed)
    for seed in range(100):
        name = sorted(whole)[seed % len(whole)]
        path = tmp_path / name
        path.write_bytes(bytes_changed(whole[name], random.Random(seed)))
        fuzz.tried(f"{name}, seed {seed}", partial(stands_true, path))
    assert fuzz.defects == []
    assert fuzz.accepted > 150
    assert fuzz.accepted + fuzz.refused == 300
