"""What is too large, or made to be, is refused with a word; old formats are read by LibreOffice where it is."""

from __future__ import annotations

import io
import shutil
import subprocess
import time
import zipfile
from pathlib import Path

import pytest

from duheng.model.errors import UnreadableSource
from duheng.reading.files.source import limits
from duheng.reading.reading import read
from tests.reading.papers import paragraph, pdf, table, word

SOFFICE = shutil.which("soffice") or shutil.which("libreoffice")
CELLS = [["指标", "单位", "2025年", "2030年"], ["绿电占比", "%", "22.5", "30"]]


def refused(path: Path) -> str:
    begun = time.process_time()
    with pytest.raises(UnreadableSource) as error:
        read(path)
    assert time.process_time() - begun < 20
    return str(error.value)


def test_a_file_of_a_gigabyte_is_not_opened(tmp_path: Path) -> None:
    path = tmp_path / "plan.pdf"
    with path.open("wb") as file:
        file.write(b"%PDF-1.4\n")
        file.truncate(1_000_000_000)
    assert refused(path) == "plan.pdf：有1000 MB，上限105 MB。请拆分后分别读入"


def test_five_thousand_pages_are_refused_before_one_is_read(tmp_path: Path) -> None:
    path = tmp_path / "plan.pdf"
    path.write_bytes(pdf([[(60.0, 700.0, "某市方案")]] * 5000))
    assert refused(path) == f"plan.pdf：有5000页，上限{limits()['pages']}页。请拆分后分别读入"


@pytest.mark.parametrize("part", ["word/document.xml", "word/numbering.xml", "word/styles.xml"])
def test_a_document_that_unpacks_to_far_more_is_refused(tmp_path: Path, part: str) -> None:
    out = io.BytesIO(word(paragraph("某市方案")) if part != "word/document.xml" else b"")
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as package, package.open(part, "w") as file:
        for _ in range(limits()["unpacked_bytes"] // 1_000_000 + 1):
            file.write(b" " * 1_000_000)
    assert len(out.getvalue()) < 1_000_000
    path = tmp_path / "plan.docx"
    path.write_bytes(out.getvalue())
    assert refused(path).startswith("plan.docx：正文解压后过大。请拆分文档")


def test_a_size_that_lies_is_refused(tmp_path: Path) -> None:
    """The head says ten bytes, the part holds ten million."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("word/document.xml", b"<a>" + b" " * 10_000_000)
    content = out.getvalue().replace((10_000_003).to_bytes(4, "little"), (10).to_bytes(4, "little"))
    path = tmp_path / "plan.docx"
    path.write_bytes(content)
    assert refused(path).startswith("plan.docx：文件损坏，不能解开")


def test_more_characters_than_a_plan_has_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "plan.txt"
    path.write_text("某市方案\n" * 1_375_000, "utf-8")
    assert refused(path) == f"plan.txt：有5500000字，上限{limits()['characters']}字。请拆分后分别读入"


def test_merged_cells_without_end_take_no_room(tmp_path: Path) -> None:
    row = '<tr><td colspan="999" rowspan="999">指标</td><td colspan="99999999999">单位</td></tr>'
    path = tmp_path / "plan.html"
    path.write_text(f"<p>某市方案</p><table>{row * 50}</table>", "utf-8")
    assert len(read(path).text) < 200_000


@pytest.mark.parametrize("suffix", [".doc", ".wps"])
def test_an_old_format_without_libreoffice_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, suffix: str
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    path = tmp_path / f"plan{suffix}"
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600)
    said = refused(path)
    assert said.startswith(f"plan{suffix}：{suffix}须先转换，本机没有安装LibreOffice。请安装LibreOffice")
    assert "另存为.docx" in said


@pytest.mark.slow
@pytest.mark.skipif(SOFFICE is None, reason="没有安装LibreOffice（apt install libreoffice-writer-nogui）")
def test_old_formats_are_read_by_libreoffice(tmp_path: Path) -> None:
    """A .docx that LibreOffice writes as .doc reads as the .docx does; a .wps of WPS is the same format."""
    source = tmp_path / "plan.docx"
    content = paragraph("某市节水工作方案") + table(CELLS) + paragraph("到2030年，森林覆盖率达到40%。")
    source.write_bytes(word(content))
    command = [str(SOFFICE), f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}", "--headless",
               "--convert-to", "doc", "--outdir", str(tmp_path), str(source)]  # fmt: skip
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    shutil.copy(tmp_path / "plan.doc", tmp_path / "plan.wps")
    expected = [(one.indicator, one.value, one.table) for one in read(source).targets]
    assert len(expected) == 2
    for suffix in (".doc", ".wps"):
        found = read(tmp_path / f"plan{suffix}")
        assert [(one.indicator, one.value, one.table) for one in found.targets] == expected
        assert "converted" in [one.kind for one in found.doubts]


@pytest.mark.slow
@pytest.mark.skipif(SOFFICE is None, reason="没有安装LibreOffice（apt install libreoffice-writer-nogui）")
def test_a_broken_old_file_is_refused_by_libreoffice_too(tmp_path: Path) -> None:
    path = tmp_path / "plan.doc"
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 5000)
    assert refused(path).startswith("plan.doc：")
