"""From a file to its text: what was read, what was left out or joined, and which tables stand in it."""

from __future__ import annotations

from pathlib import Path

from duheng.reading.files.composing import compose
from duheng.reading.files.decoding import decode
from duheng.reading.files.source import Block, Content, Progress, Table, Text, limits, refuse

__all__ = ["Progress", "Table", "Text", "read_file"]

_KINDS = "可读的有：.txt、.docx、.pdf（有文字层）、.html、.doc、.wps"
_PDF, _ZIP, _OLE = "PDF", "压缩包（.docx等）", "旧式Office文档（.doc、.wps、.xls）"
_MAGIC = (
    (b"%PDF", _PDF),
    (b"PK\x03\x04", _ZIP),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", _OLE),
    (b"{\\rtf", "RTF文档"),
    (b"\x89PNG", "PNG图片"),
    (b"\xff\xd8\xff", "JPEG图片"),
    (b"GIF8", "GIF图片"),
    (b"II*\x00", "TIFF图片"),
    (b"MM\x00*", "TIFF图片"),
    (b"\x1f\x8b", "gzip压缩包"),
    (b"Rar!", "RAR压缩包"),
    (b"7z\xbc\xaf", "7z压缩包"),
    (b"MZ", "程序文件"),
    (b"\x7fELF", "程序文件"),
    (b"SQLite format 3", "数据库文件"),
)
_EXPECTED = {".pdf": (_PDF,), ".docx": (_ZIP,), ".doc": (_OLE, _ZIP), ".wps": (_OLE, _ZIP)}
_TEXTS = (".txt", ".html", ".htm")


def read_file(path: Path, progress: Progress | None = None) -> Text:
    """The text of a file, by what its name says it is.

    progress(done, all) is called page by page where there are pages. Raises UnreadableSource: not there, a folder,
    empty, too large, of another kind than its name says, encrypted, a scan, an encoding that cannot be told.
    """
    suffix = path.suffix.lower()
    if suffix not in _EXPECTED and suffix not in _TEXTS and not path.is_dir():
        raise refuse(path.name, f"不认识的文件类型“{suffix or '无扩展名'}”", _KINDS)
    content = _bytes(path)
    _same_kind(content, suffix, path.name)
    held = _content(content, suffix, path.name, progress)
    length = sum(len(one) if isinstance(one, str) else sum(map(len, one)) for one in held.blocks)
    if length > limits()["characters"]:
        raise refuse(path.name, f"有{length}字，上限{limits()['characters']}字", "请拆分后分别读入")
    text = compose(held)
    if not text.text.strip():
        raise refuse(path.name, "没有文字", "请核对文件是否完整")
    return text


def _content(content: bytes, suffix: str, place: str, progress: Progress | None) -> Content:
    # Each reader brings its library with it: a text file waits for none of them.
    if suffix == ".pdf":
        from duheng.reading.files.pdf import read_pdf

        return read_pdf(content, place, progress)
    if suffix == ".docx":
        from duheng.reading.files.word import read_word

        return read_word(content, place)
    if suffix in (".html", ".htm"):
        from duheng.reading.files.web_page import read_page

        return read_page(content, place)
    if suffix in (".doc", ".wps"):
        from duheng.reading.files.converted import read_old

        return read_old(content, suffix, place)
    text, remarks = decode(content, place)
    lines: list[Block] = []
    pages: list[int] = []
    # A form feed is where a text taken from pages had a page's end.
    for page in text.replace("\r\n", "\n").replace("\r", "\n").split("\f"):
        pages.append(len(lines))
        lines += page.split("\n")
    return Content(lines, list(remarks), pages if len(pages) > 1 else [])


def _bytes(path: Path) -> bytes:
    if path.is_dir():
        raise refuse(str(path), "这是文件夹，应为文件", "请给出其中一个文件")
    try:
        size = path.stat().st_size
        if size > limits()["file_bytes"]:
            raise refuse(
                path.name,
                f"有{size / 1e6:.0f} MB，上限{limits()['file_bytes'] / 1e6:.0f} MB",
                "请拆分后分别读入",
            )
        content = path.read_bytes()
    except FileNotFoundError:
        raise refuse(str(path), "没有这个文件", "请核对路径") from None
    except OSError as error:
        raise refuse(str(path), f"不能读取（{error.strerror}）", "请核对权限") from None
    if not content.strip(b"\x00 \t\r\n\xef\xbb\xbf"):
        raise refuse(path.name, "是空文件", "请重新下载或复制")
    return content


def _same_kind(content: bytes, suffix: str, place: str) -> None:
    """A file that is not what its name says is named for what it is."""
    magic = next(
        (kind for sign, kind in _MAGIC if content.lstrip()[: len(sign)] == sign or content.startswith(sign)),
        None,
    )
    if suffix == ".pdf" and magic is None and b"%PDF-" in content[:1024]:
        return
    expected = _EXPECTED.get(suffix, ())
    if magic in expected or (magic is None and not expected):
        if suffix in _TEXTS and b"\x00" in content and not content.startswith((b"\xff\xfe", b"\xfe\xff")):
            raise refuse(
                place, f"不是文字文件：内容含二进制数据，与扩展名{suffix}不符", "请给出原来的文件，" + _KINDS
            )
        return
    found = magic or (
        "网页" if content[:512].lstrip().lower().startswith((b"<!doctype html", b"<html")) else "其他内容"
    )
    raise refuse(place, f"扩展名为{suffix}，内容却是{found}", "请改用正确的扩展名，或用WPS打开后另存为.docx")
