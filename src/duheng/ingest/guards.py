"""Whether a file is what its name says and small enough to be opened at all.

Every refusal is one Finding: the place, what was found, what was expected, the remedy. Nothing is unpacked before
the sizes are known, and the limits are data (`limits.yaml`).
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from functools import cache
from importlib import resources
from pathlib import Path

import yaml

from duheng.model.errors import UnreadableSource
from duheng.model.findings import Finding
from duheng.model.saying import say

ZIP_MAGIC = b"PK\x03\x04"
OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# First bytes of things people rename to .xlsx or .csv, with the Chinese name of what they are.
FOREIGN_MAGIC = {
    b"%PDF": "PDF 文档",
    b"\x89PNG": "PNG 图片",
    b"\xff\xd8\xff": "JPEG 图片",
    b"GIF8": "GIF 图片",
    b"\x1f\x8b": "gzip 压缩包",
    b"Rar!": "RAR 压缩包",
    b"7z\xbc\xaf": "7z 压缩包",
    b"\x7fELF": "程序文件",
    b"MZ": "程序文件",
    b"SQLite format 3": "数据库文件",
}
# What reading a damaged package ends in; ValueError: a part said to lie before the beginning of the file.
BROKEN = (zipfile.BadZipFile, zlib.error, struct.error, RuntimeError, ValueError, OverflowError, KeyError, EOFError,
          OSError)  # fmt: skip
SAVE_AS = "请用 Excel 或 WPS 打开后另存为 .xlsx 或 .csv，再导入。"


class FileRefused(UnreadableSource):
    """The file cannot be read as a table; `finding` says why and what to do."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.text)
        self.finding = finding


@cache
def limits() -> dict[str, int]:
    """Limits of one uploaded file, from `limits.yaml`: bytes, cells, columns, findings, years."""
    text = resources.files("duheng.ingest").joinpath("limits.yaml").read_text(encoding="utf-8")
    return {str(key): int(value) for key, value in yaml.safe_load(text).items()}


def refuse(code: str, place: str, found: str, expected: str, remedy: str) -> FileRefused:
    """The exception that carries one error finding about the whole file."""
    return FileRefused(Finding(code, "error", place, found, expected, remedy))


def _size(count: int) -> str:
    return f"{count / 1048576:.1f} MB" if count >= 1048576 else say("{n} 字节", n=count)


def read_bytes(source: Path | bytes, name: str) -> bytes:
    """The bytes of the file, refused unread when larger than the limit, missing or empty."""
    most = limits()["file_bytes"]
    if isinstance(source, bytes):
        size = len(source)
    elif not source.is_file():
        raise refuse(
            "file-missing", name, "没有这个文件", "一个 .xlsx 或 .csv 文件", "请核对文件名和所在文件夹。"
        )
    else:
        size = source.stat().st_size
    if size > most:
        raise refuse(
            "file-too-large",
            name,
            say("文件 {size}", size=_size(size)),
            say("不超过 {size}", size=_size(most)),
            "请分成几个文件导入。",
        )
    if size == 0:
        raise refuse(
            "file-empty", name, "空文件（0 字节）", "至少一个表头和一行数据", "请重新导出或保存后再导入。"
        )
    return source if isinstance(source, bytes) else source.read_bytes()


def sniff(data: bytes, name: str) -> str:
    """What the bytes are: "xlsx", "xls" or "text"; anything else, or a name that says otherwise, is refused."""
    for magic, kind in FOREIGN_MAGIC.items():
        if data.startswith(magic):
            said = say("文件内容是{kind}", kind=kind)
            raise refuse("file-foreign", name, said, "Excel 工作簿（.xlsx）或 CSV 文本", SAVE_AS)
    if data.startswith(OLE_MAGIC):
        found = _old_office(data, name)
    elif data.startswith((ZIP_MAGIC, b"PK\x05\x06")):
        found = "xlsx"
    else:
        found = "text"
    _refuse_other_name(name, found)
    return found


def _refuse_other_name(name: str, found: str) -> None:
    """The name's extension must be one of those read, and say what the content is."""
    suffix = Path(name).suffix.lower()
    named = {".xlsx": "xlsx", ".xls": "xls", ".csv": "text", ".txt": "text", ".tsv": "text"}.get(suffix)
    if suffix in (".xlsm", ".xltm", ".xlsb"):
        said = say("{suffix} 文件（可带宏或二进制工作簿）", suffix=suffix)
        raise refuse("file-macro", name, said, "不含宏的 .xlsx 或 .csv", SAVE_AS)
    if suffix and named is None:
        said = say("扩展名 {suffix}", suffix=suffix)
        raise refuse("file-type", name, said, ".xlsx、.xls、.csv、.txt 或 .tsv", SAVE_AS)
    if named is not None and named != found:
        kinds = {"xlsx": "Excel 工作簿（.xlsx）", "xls": "旧版 Excel 工作簿（.xls）", "text": "文本"}
        said = say("文件名是 {suffix}，内容却是{kind}", suffix=suffix, kind=kinds[found])
        raise refuse(
            "file-not-as-named", name, said, say("内容与扩展名 {suffix} 一致", suffix=suffix), SAVE_AS
        )


def _old_office(data: bytes, name: str) -> str:
    """An OLE2 container is an old workbook, an encrypted new one, or something else (its directory says which)."""

    def holds(stream: str) -> bool:
        return stream.encode("utf-16-le") in data

    if holds("EncryptedPackage"):
        raise refuse(
            "file-encrypted", name, "工作簿设有打开密码", "未加密的 .xlsx", "请取消打开密码，另存后再导入。"
        )
    if holds("_VBA_PROJECT"):
        raise refuse("file-macro", name, "工作簿含宏（VBA）", "不含宏的 .xlsx 或 .csv", SAVE_AS)
    if not (holds("Workbook") or holds("Book")):
        raise refuse(
            "file-foreign", name, "旧版 Office 文件，但不是工作簿", "Excel 工作簿或 CSV 文本", SAVE_AS
        )
    return "xls"


def open_package(data: bytes, name: str) -> zipfile.ZipFile:
    """The .xlsx package, after its list of parts was checked: a workbook, no macros, no bomb."""
    damaged = refuse(
        "file-damaged",
        name,
        "工作簿已损坏，不能解压",
        "完整的 .xlsx",
        "请重新保存或重新上传（可能没有传完）。",
    )
    try:
        package = zipfile.ZipFile(io.BytesIO(data))
        parts = package.infolist()
    except BROKEN as trouble:
        raise damaged from trouble
    names = {part.filename for part in parts}
    if any(part.flag_bits & 1 for part in parts):
        raise refuse("file-encrypted", name, "压缩包加了密码", "未加密的 .xlsx", "请取消密码，另存后再导入。")
    if any(part.lower().endswith("vbaproject.bin") for part in names):
        raise refuse("file-macro", name, "工作簿含宏（VBA）", "不含宏的 .xlsx 或 .csv", SAVE_AS)
    if "xl/workbook.bin" in names or "content.xml" in names:
        raise refuse("file-type", name, "其他格式的工作簿（.xlsb 或 .ods）", ".xlsx 或 .csv", SAVE_AS)
    if "[Content_Types].xml" not in names or not any(part.startswith("xl/") for part in names):
        raise refuse(
            "file-foreign", name, "压缩包，但不是 Excel 工作簿", "Excel 工作簿（.xlsx）或 CSV 文本", SAVE_AS
        )
    if any(part.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for part in parts):
        raise damaged  # a workbook knows these two only (ECMA-376 Part 2, annex B)
    _refuse_bomb(parts, name)
    return package


def _refuse_bomb(parts: list[zipfile.ZipInfo], name: str) -> None:
    most, ratio = limits()["unpacked_bytes"], limits()["unpacked_ratio"]
    total = sum(part.file_size for part in parts)
    swollen = [p for p in parts if p.file_size > 10_485_760 and p.file_size > ratio * max(p.compress_size, 1)]
    if total > most or swollen:
        raise refuse(
            "file-bomb", name, say("解压后 {size}，远大于正常的表", size=_size(total)),
            say("解压后不超过 {size}，也不超过压缩时的 {ratio} 倍", size=_size(most), ratio=ratio),
            "请只保留要导入的工作表，删去多余的空行、格式和图片后另存。",
        )  # fmt: skip


def read_part(package: zipfile.ZipFile, part: str, name: str) -> bytes:
    """One unpacked part; its length and checksum must agree with the package's own list.

    zipfile never yields more than the declared size, so a package that lies about sizes ends here as damaged.
    """
    try:
        return package.read(part)
    except BROKEN as trouble:
        raise refuse(
            "file-damaged",
            name,
            say("工作簿已损坏（{part} 不能读出）", part=part),
            "完整的 .xlsx",
            "请重新保存或重新上传（可能没有传完）。",
        ) from trouble
