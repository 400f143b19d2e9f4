"""A year or month of days as a picture: colour, number and word of the class, readable in black and white too.

Colours are those of HJ 633-2012 表2 and HJ 633-2026 表1. A day without an index is hatched, never coloured.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from duheng.rules.air import CLASSES
from duheng.web.frames import FONT, escape

# Fill and ink of each class. Red turns dark on paper in black and white, so its ink is white, with a dark edge.
COLOURS = (
    ("rgb(0,228,0)", "#000"),
    ("rgb(255,255,0)", "#000"),
    ("rgb(255,126,0)", "#000"),
    ("rgb(255,0,0)", "#fff"),
    ("rgb(153,0,76)", "#fff"),
    ("rgb(126,0,35)", "#fff"),
)
SHORT = ("优", "良", "轻", "中", "重", "严")
_HATCH = (
    '<defs><pattern id="{id}" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
    '<rect width="6" height="6" fill="#fff"/><path d="M0 0v6" stroke="#9aa5b5" stroke-width="1.6"/></pattern></defs>'
)
_LONGEST = 5  # letters that fit into a box
_WIDTH, _HEIGHT, _GAP, _HEAD = 38.0, 36.0, 2.0, 22.0


@dataclass(frozen=True)
class Day:
    """A day as drawn. level: 1...6, 0 where it has no index, None where it is not over yet."""

    day: date
    level: int | None
    aqi: int | None
    said: str
    href: str
    dust: bool = False


def level_of(quality: str | None) -> int:
    """1...6 of a class's title, 0 of none."""
    return CLASSES.index(quality) + 1 if quality in CLASSES else 0


def strip(days: Sequence[Day], months: Sequence[str], words: Callable[[str], str]) -> str:
    """A year as twelve rows of days: for a desk."""
    left = 46.0
    drawn = [
        f'<text x="{left + (n + 0.5) * (_WIDTH + _GAP):.0f}" y="15" fill="#404b5c">{n + 1}</text>'
        for n in range(31)
    ]
    drawn += [
        f'<text x="{left - 6:.0f}" y="{_HEAD + row * (_HEIGHT + _GAP) + 23:.0f}" text-anchor="end">'
        f"{escape(name)}</text>"
        for row, name in enumerate(months)
    ]
    cells = [
        _cell(
            day,
            left + (day.day.day - 1) * (_WIDTH + _GAP),
            _HEAD + (day.day.month - 1) * (_HEIGHT + _GAP),
            words,
        )
        for day in days
    ]
    width, height = left + 31 * (_WIDTH + _GAP) + 2, _HEAD + 12 * (_HEIGHT + _GAP) + 2
    return _svg(width, height, drawn, cells, "strip")


def weeks(
    days: Sequence[Day], months: Sequence[str], weekdays: Sequence[str], words: Callable[[str], str]
) -> str:
    """Months one below the other, a row a week from Monday on: for a phone, and for one month."""
    drawn: list[str] = []
    cells: list[str] = []
    top = 0.0
    for name, part in zip(months, _by_month(days), strict=True):
        drawn.append(
            f'<text x="2" y="{top + 16:.0f}" text-anchor="start" font-weight="bold">{escape(name)}</text>'
        )
        drawn += [
            f'<text x="{(n + 0.5) * (_WIDTH + _GAP + 8):.0f}" y="{top + 34:.0f}" fill="#404b5c">{escape(day)}</text>'
            for n, day in enumerate(weekdays)
        ]
        first = part[0].day - timedelta(days=part[0].day.weekday())
        for day in part:
            row = (day.day - first).days // 7
            x, y = day.day.weekday() * (_WIDTH + _GAP + 8), top + 40 + row * (_HEIGHT + _GAP)
            cells.append(_cell(day, x, y, words, _WIDTH + 8, numbered=True))
        top += 40 + ((part[-1].day - first).days // 7 + 1) * (_HEIGHT + _GAP) + 8
    return _svg(7 * (_WIDTH + _GAP + 8), top, drawn, cells, "weeks")


def _by_month(days: Sequence[Day]) -> list[list[Day]]:
    found: dict[tuple[int, int], list[Day]] = {}
    for day in days:
        found.setdefault((day.day.year, day.day.month), []).append(day)
    return list(found.values())


def _svg(width: float, height: float, drawn: Sequence[str], cells: Sequence[str], id: str) -> str:
    hatch = _HATCH.format(id=f"air-hatch-{id}")
    body = "".join(cells).replace("#air-hatch", f"#air-hatch-{id}")
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="{height:.0f}" '
        f'viewBox="0 0 {width:.0f} {height:.0f}" font-family="{FONT}" font-size="11" text-anchor="middle">{hatch}'
        f"{''.join(drawn)}{body}</svg>"
    )


def _cell(
    one: Day,
    x: float,
    y: float,
    words: Callable[[str], str],
    width: float = _WIDTH,
    *,
    numbered: bool = False,
) -> str:
    """One day: a box in its colour with number and word, a link with the whole of it in words."""
    fill, ink = (
        COLOURS[one.level - 1]
        if one.level
        else ("url(#air-hatch)" if one.level == 0 else "#f3f5f9", "#1b2433")
    )
    number = "" if one.aqi is None else str(one.aqi)
    word = words(SHORT[one.level - 1]) if one.level else words("缺") if one.level == 0 else ""
    word = word if len(word) <= _LONGEST else word[:3] + "."
    if one.dust:
        word += words("·沙")
    middle = x + width / 2
    corner = (
        f'<text x="{x + 3:.0f}" y="{y + 10:.0f}" font-size="8" text-anchor="start">{one.day.day}</text>'
        if numbered
        else ""
    )
    edge = {0: "#fff", 4: "#7a0000"}.get(one.level or 0)
    halo = f' stroke="{edge}" stroke-width="3" paint-order="stroke"' if edge and one.level is not None else ""
    texts = (
        f'{corner}<text x="{middle:.0f}" y="{y + 18:.0f}" font-size="13" font-weight="bold"{halo}>{number}</text>'
        f'<text x="{middle:.0f}" y="{y + 31:.0f}"{halo}>{escape(word)}</text>'
    )
    box = f'<rect x="{x:.0f}" y="{y:.0f}" width="{width:.0f}" height="{_HEIGHT:.0f}" fill="{fill}" stroke="#48546a"/>'
    if one.level is None:
        return f'<g fill="{ink}">{box}{corner}</g>'
    return f'<a href="{escape(one.href)}" aria-label="{escape(one.said)}" fill="{ink}">{box}{texts}</a>'
