"""The data segment of a frame: header fields and the items of CP, read tolerantly and kept as sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

HEADER = ("QN", "ST", "CN", "PW", "MN", "Flag", "PNUM", "PNO", "RF")
DIGITS = 9  # of a number in the header that are believed: Flag says 255 and PNUM 9999 at the most
OPENING, CLOSING = "CP=&&", "&&"
VERSIONS = {
    0: "HJ/T 212-2005",
    1: "HJ 212-2017",
    2: "HJ 212-2025 (or surface-water 2017 when ST=21)",
}


@dataclass(frozen=True, slots=True)
class Item:
    """name=value of CP; group: which of the parts between `;` it stands in. value None: there was no `=`."""

    group: int
    name: str
    value: str | None


@dataclass(frozen=True, slots=True)
class Segment:
    """header: fields as sent, the first of a name. items: of CP in order; None where the segment has no CP."""

    header: Mapping[str, str]
    items: Sequence[Item] | None

    @property
    def flag(self) -> int | None:
        """The number of `Flag`, None where it is absent or no number."""
        text = self.header.get("Flag", "")
        return int(text) if text.isdecimal() and len(text) <= DIGITS else None

    @property
    def version(self) -> int:
        """0 HJ/T 212-2005, 1 HJ 212-2017, 2 later: the upper bits of Flag; without Flag 0."""
        return (self.flag or 0) >> 2

    def values(self, name: str) -> list[str | None]:
        """What CP says under this name."""
        return [item.value for item in self.items or () if item.name == name]

    def factors(self) -> tuple[dict[str, dict[str, str | None]], list[str]]:
        """{factor: {suffix: value}}, the first of two winning, and the names that came twice."""
        found: dict[str, dict[str, str | None]] = {}
        doubled = []
        for item in self.items or ():
            factor, dash, suffix = item.name.partition("-")
            if not dash:
                continue
            values = found.setdefault(factor, {})
            if suffix in values:
                doubled.append(item.name)
            else:
                values[suffix] = item.value
        return found, doubled


def decoded(segment: bytes) -> tuple[str, str]:
    """The segment as text, and its encoding: ascii, utf-8, or gb18030? where it can only be supposed."""
    try:
        return segment.decode("utf-8"), "ascii" if segment.isascii() else "utf-8"
    except UnicodeDecodeError:
        return segment.decode("gb18030", "replace"), "gb18030?"


def parse(text: str) -> Segment:
    """Any order of the fields, blanks around names and values, `,` for `;`, FLAG for Flag."""
    head, opened, body = text.partition(OPENING)
    if opened:
        end = body.rfind(CLOSING)
        body = body[:end] if end >= 0 else body
    header: dict[str, str] = {}
    for part in head.replace(",", ";").split(";"):
        name, equals, value = part.partition("=")
        name = "Flag" if name.strip().lower() == "flag" else name.strip()
        if equals and name in HEADER and name not in header:
            header[name] = value.strip()
    return Segment(header, _items(body) if opened else None)


def _items(body: str) -> list[Item]:
    found = []
    for group, part in enumerate(body.split(";")):
        for piece in part.split(","):
            name, equals, value = piece.partition("=")
            if name.strip() or equals:
                found.append(Item(group, name.strip(), value.strip() if equals else None))
    return found
