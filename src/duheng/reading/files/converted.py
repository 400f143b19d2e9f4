"""Old formats (.doc, .wps) by way of LibreOffice of the distribution, which writes a .docx of them."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path

from duheng.reading.files.source import Content, limits, refuse
from duheng.reading.files.word import read_word

_INSTALL = "请安装LibreOffice（Debian/Ubuntu：apt install libreoffice-writer），或用WPS打开后另存为.docx"


def read_old(content: bytes, suffix: str, place: str) -> Content:
    """The document as LibreOffice reads it. Raises UnreadableSource, also where LibreOffice is not installed."""
    program = shutil.which("soffice") or shutil.which("libreoffice")
    if program is None:
        raise refuse(place, f"{suffix}须先转换，本机没有安装LibreOffice", _INSTALL)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        source = folder / f"document{suffix}"
        source.write_bytes(content)
        # A profile of its own: a LibreOffice that is open on the desktop would take the file and not return.
        command = [program, f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless", "--norestore",
                   "--convert-to", "docx", "--outdir", str(folder / "out"), str(source)]  # fmt: skip
        try:
            subprocess.run(command, capture_output=True, timeout=limits()["convert_seconds"], check=False)
        except subprocess.TimeoutExpired:
            seconds = limits()["convert_seconds"]
            raise refuse(place, f"LibreOffice在{seconds}秒内没有转换完", "请用WPS打开后另存为.docx") from None
        made = folder / "out" / "document.docx"
        if not made.is_file():
            raise refuse(place, "LibreOffice不能转换此文件，可能已损坏或有密码", "请用WPS打开后另存为.docx")
        read = read_word(made.read_bytes(), place)
    return Content(
        read.blocks, [*read.remarks, ("converted", f"{suffix}由LibreOffice转换后读入，请核对编号和表格")]
    )
