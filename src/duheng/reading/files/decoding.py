"""Bytes to text: UTF-8, UTF-16 with its mark, GB18030 (which holds GBK and GB 2312). What is none is not guessed."""

from __future__ import annotations

import codecs

from duheng.reading.files.source import refuse

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# Signs every Chinese document is full of. Bytes of another encoding read as GB18030 give rare characters instead.
_FREQUENT = frozenset("的和年一不有在，。、：；（）")
_LEAST_SHARE = 0.02
_JUDGED_FROM = 50  # Chinese characters: below that the share says nothing
_LONGEST_SIGN = 4  # bytes: no more can be missing at the end of a file cut off
_CUT_OFF = ("cut_off", "文件末尾的一个字不完整，文件可能被截断：该字未读入")
_REMEDY = "请用记事本或WPS打开后另存为UTF-8编码的.txt"


def decode(content: bytes, place: str, declared: str | None = None) -> tuple[str, list[tuple[str, str]]]:
    """The text and remarks (kind, message). declared: the encoding the file itself names, tried first.

    Raises UnreadableSource where the encoding cannot be told.
    """
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return _strict(content[len(mark) :], encoding, place)
    if declared is not None:
        try:
            return content.decode(declared), []
        except (UnicodeDecodeError, LookupError):
            pass
    if not _is_utf8(content):
        return _gb18030(content, place)
    return _strict(content, "utf-8", place)


def _is_utf8(content: bytes) -> bool:
    try:
        content.decode("utf-8")
    except UnicodeDecodeError as error:
        return _only_cut_off(error, content) and error.start > 0 and not content[: error.start].isascii()
    return True


def _only_cut_off(error: UnicodeDecodeError, content: bytes) -> bool:
    return error.reason.startswith(("unexpected end", "incomplete", "truncated")) and (
        error.start >= len(content) - _LONGEST_SIGN
    )


def _strict(content: bytes, encoding: str, place: str) -> tuple[str, list[tuple[str, str]]]:
    try:
        return content.decode(encoding), []
    except UnicodeDecodeError as error:
        if _only_cut_off(error, content):
            return content[: error.start].decode(encoding), [_CUT_OFF]
        line = content[: error.start].count(b"\n") + 1
        raise refuse(f"{place}第{line}行", f"有字节不是{encoding.upper()}编码的文字", _REMEDY) from None


def _gb18030(content: bytes, place: str) -> tuple[str, list[tuple[str, str]]]:
    text, remarks = _strict_gb18030(content, place)
    foreign = [sign for sign in text if sign > "\x7f"]
    share = sum(sign in _FREQUENT for sign in foreign) / max(1, len(foreign))
    if len(foreign) >= _JUDGED_FROM and share < _LEAST_SHARE:
        raise refuse(place, "文字编码既不是UTF-8也不像GBK，不能猜测", _REMEDY)
    if len(foreign) < _JUDGED_FROM:
        remarks = [*remarks, ("encoding", "文字太短，编码按GBK读入，请核对有无乱码")]
    return text, remarks


def _strict_gb18030(content: bytes, place: str) -> tuple[str, list[tuple[str, str]]]:
    try:
        return content.decode("gb18030"), []
    except UnicodeDecodeError as error:
        if _only_cut_off(error, content):
            return content[: error.start].decode("gb18030"), [_CUT_OFF]
        line = content[: error.start].count(b"\n") + 1
        raise refuse(f"{place}第{line}行", "有字节既不是UTF-8也不是GBK编码的文字", _REMEDY) from None
