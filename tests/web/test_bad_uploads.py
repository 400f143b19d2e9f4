"""Whatever people send instead of a table: on the page each gets a finding or an error in words, none enters."""

from __future__ import annotations

import io
import os
import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from duheng import ledger
from duheng.web.models import Upload

Site = Callable[..., Client]
# What is asked here does not depend on the database; `test_imports` sends and accepts on both.
pytestmark = pytest.mark.parametrize("site", ["sqlite"], indirect=True)
HEADER = "指标,对象,品种,时期,数值,单位"
GOOD = "gdp,安岳县,,2024,339.5,亿元"


@dataclass(frozen=True)
class Bad:
    """A file, the texts its answer must hold, and whether it is refused at the door already."""

    name: str
    content: bytes
    says: tuple[str, ...]
    refused: bool = False


def rows(*lines: str, name: str = "月报.csv") -> tuple[str, bytes]:
    return name, "\n".join([HEADER, GOOD, *lines]).encode()


def workbook(cell: str) -> bytes:
    """A table whose second number is what `cell` says: a formula, or the number of a formula removed."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"strings_to_formulas": True})
    sheet = book.add_worksheet("表1")
    sheet.write_row(0, 0, HEADER.split(","))
    sheet.write_row(1, 0, ["gdp", "安岳县", "", "2024", cell, "亿元"])
    book.close()
    return out.getvalue()


def with_error() -> bytes:
    """A workbook in which Excel shows #REF! where a number belongs."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook("=1+1"))) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            part = old.read(name)
            if name.endswith("sheet1.xml"):
                part = re.sub(rb'<c r="E2"[^>]*>.*?</c>', b'<c r="E2" t="e"><v>#REF!</v></c>', part)
            new.writestr(name, part)
    return out.getvalue()


def cases() -> Iterator[Bad]:
    """The sentence on bad input of the issue, and its neighbours."""
    yield Bad("缺列.csv", "指标,对象,数值\ngdp,安岳县,1\n".encode(), ("缺少“时期”列", "A1", "请补上表头"))
    yield Bad("无表头.csv", b"1,2,3\n4,5,6\n", ("没有可识别的表头", "列名：指标"))
    yield Bad(*rows("gdp,乐至县,,2024,5,斗米"), ("F3", "未知的单位", "请改"))
    yield Bad(*rows("gdp,乐至县,,2024,5,吨"), ("F3", "单位“吨”与指标", "不符"))
    yield Bad(*rows("gdp,乐至县,,2024,约五十,亿元"), ("E3", "文字“约五十”", "数字"))
    yield Bad(*rows("gdp,乐至县,,1949,5,亿元"), ("时期 1949 在方案之外", "2010年至2030年"))
    yield Bad(*rows("gdp,乐至县,,2029,5,亿元"), ("时期 2029 尚未开始",))
    yield Bad(*rows("gdp,乐至县,,去年,5,亿元"), ("D3", "不是一个时期"))
    yield Bad(
        *rows("gdp,安岳县,,2024,400,亿元"), ("同一对象同一时期有两个数", "E2", "E3", "请核对后只留一个")
    )
    yield Bad(*rows("gdp,乐至县,,2024,=1+1,亿元"), ("公式", "选择性粘贴"))
    yield Bad(*rows("gdp,亚特兰蒂斯,,2024,5,亿元"), ("B3", "未知的对象"))
    yield Bad(*rows("gdp,乐至县,,2024,-5,亿元"), ("为负数",))
    yield Bad(*rows("gdp,乐至县,,2024,1e999,亿元"), ("E3", "数字"))
    yield Bad(*rows("gdp,乐至县,,2024," + "9" * 5000 + ",亿元"), ("E3", "数字"))
    yield Bad(*rows("gdp," + "县" * 5000 + ",,2024,5,亿元"), ("B3", "未知的对象"))
    yield Bad(*rows('gdp,"没有成对,,2024,5,亿元'), ("引号没有成对",))
    yield Bad("公式.xlsx", workbook("=1+1"), ("表1!E2", "单元格是公式", "选择性粘贴"))
    yield Bad("错误值.xlsx", with_error(), ("表1!E2", "错误值“#REF!”", "请改正算出该错误值的公式"))
    yield Bad("断了.xlsx", workbook("5")[:-400], ("已损坏", "重新"))
    yield Bad("压缩包.xlsx", zipped(), ("不是 Excel 工作簿",))
    yield Bad("乱码.csv", b"\x81\xfe\xff" * 900, ("不是可读的文本",))
    yield Bad("随机.csv", b"a" + os.urandom(4_000_000).replace(b"\0", b"b"), ("不是可读的文本",))
    yield Bad("图片.xlsx", b"\x89PNG\r\n\x1a\n" + os.urandom(2_000_000), ("不是 .xlsx 文件",), refused=True)
    yield Bad("表格.pdf", b"%PDF-1.7", ("只接受",), refused=True)
    yield Bad("宏.xlsm", workbook("5"), ("只接受",), refused=True)
    yield Bad("空.csv", b"", ("是空文件",), refused=True)


def zipped() -> bytes:
    """A package that is no workbook."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        package.writestr("readme.txt", "hello" * 100)
    return out.getvalue()


EVERY = list(cases())


@pytest.mark.parametrize("bad", EVERY, ids=[f"{n}-{bad.says[0]}" for n, bad in enumerate(EVERY)])
def test_bad_input_is_answered_in_words_and_enters_nowhere(sent: Client, bad: Bad) -> None:
    head = ledger.head()
    answer = sent.post("/import", {"file": SimpleUploadedFile(bad.name, bad.content)}, follow=not bad.refused)
    page = answer.content.decode()
    assert answer.status_code == (415 if bad.refused else 200)
    assert [text for text in bad.says if text not in page] == []
    assert "Traceback" not in page
    if not bad.refused:
        kept = Upload.objects.latest("pk")
        sent.post(f"/import/{kept.pk}", {"word": "submit"})
        kept.refresh_from_db()
        assert kept.settled == ""
        assert sent.get(f"/import/{kept.pk}/waiting.xlsx").content.startswith(b"PK")
    assert ledger.head() == head


@pytest.fixture
def sent(site: Site) -> Client:
    """A reporter's browser."""
    return site("reporter")
