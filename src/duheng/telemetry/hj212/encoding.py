"""Segments and frames as the standard writes them; whoever sends uses this, never the decoder."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from . import crc
from .segment import CLOSING, HEADER, OPENING

Part = Iterable[tuple[str, str]]  # values of one project: between two `;`


def body(parts: Iterable[Part]) -> str:
    """The content of CP: `,` between the values of one project, `;` between projects (HJ 212-2017, 6.3.3)."""
    return ";".join(",".join(f"{name}={value}" for name, value in part) for part in parts)


def segment(header: Mapping[str, str], parts: Iterable[Part] = ()) -> bytes:
    """Header fields in the order of the standard, then CP; UTF-8."""
    fields = "".join(f"{name}={header[name]};" for name in HEADER if name in header)
    return f"{fields}{OPENING}{body(parts)}{CLOSING}".encode()


def framed(segment: bytes) -> bytes:
    """The frame around a segment. Raises ValueError for one longer than four digits can say."""
    if len(segment) > 9999:
        raise ValueError(f"数据段长{len(segment)}字节，帧头只能写到9999。请分包发送。")
    return b"##%04d%s%04X\r\n" % (len(segment), segment, crc.checksum(segment))


def frame(header: Mapping[str, str], parts: Iterable[Part] = ()) -> bytes:
    """A whole frame."""
    return framed(segment(header, parts))
