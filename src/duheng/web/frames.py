"""What a picture that leaves the page must carry: title, notice of a drill, what the figures are; and the watermark.

A picture is pasted into reports and chats, away from its page: it says by itself what it shows, of which day, and
whether its figures are made up. The watermark lies behind lines and numbers, so that both can be read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

FONT = "Noto Sans CJK SC, Microsoft YaHei, PingFang SC, WenQuanYi Micro Hei, sans-serif"
SIDE, TITLE, SMALL = 12.0, 15.0, 11.0
INK, SOFT, RED = "#1b2433", "#48546a", "#b3261e"

_OPENING = re.compile(r'<svg [^>]*?width="([\d.]+)"[^>]*?height="([\d.]+)"[^>]*>')
_GROUND = re.compile(r'<rect [^>]*fill="white"\s*/>')


def size(svg: str) -> tuple[float, float]:
    """Width and height of an SVG. ValueError where its first element does not state them."""
    opening = _OPENING.match(svg)
    if opening is None:
        raise ValueError(f"no width and height in {svg[:80]!r}")
    return float(opening[1]), float(opening[2])


def marked(svg: str, mark: str) -> str:
    """The SVG with the mark over its whole ground, behind everything drawn; unchanged where there is no mark."""
    if not mark:
        return svg
    opening = _OPENING.match(svg)
    if opening is None:
        raise ValueError(f"no width and height in {svg[:80]!r}")
    ground = _GROUND.match(svg, opening.end())
    at = ground.end() if ground else opening.end()
    return svg[:at] + _pattern(*size(svg), mark) + svg[at:]


def _pattern(width: float, height: float, mark: str) -> str:
    letter = max(20.0, min(40.0, width / 12))
    across, down = letter * (len(mark) + 3), letter * 3.2
    texts = "".join(
        f'<text transform="translate({x:.0f} {y:.0f}) rotate(-16)">{escape(mark)}</text>'
        for x, y in _places(width, height, across, down)
    )
    return (
        f'<g aria-hidden="true" text-anchor="middle" font-family="{FONT}" font-size="{letter:.0f}" '
        f'font-weight="bold" fill="{RED}" fill-opacity="0.13">{texts}</g>'
    )


def _places(width: float, height: float, across: float, down: float) -> Iterator[tuple[float, float]]:
    """Middles of the mark's repetitions, every second row moved by half, none of them cut off at the sides."""
    rows = max(1, int(height / down))
    for row in range(rows):
        here = max(1, int(width / across) - (row % 2))
        for column in range(here):
            yield width * (column + 0.5) / here, height * (row + 0.5) / rows + down * 0.2


def framed(svg: str, title: str, notice: str, notes: Sequence[str]) -> str:
    """The SVG as a picture of its own: title and notice above it, notes below it."""
    width, height = size(svg)
    room = width - 2 * SIDE
    above = [(line, TITLE, "bold", INK) for line in wrapped(title, TITLE, room)]
    above += [(line, SMALL + 1, "bold", RED) for line in wrapped(notice, SMALL + 1, room)]
    below = [(line, SMALL, "normal", SOFT) for note in notes for line in wrapped(note, SMALL, room)]
    head, top = _lines(above, 6.0)
    foot, bottom = _lines(below, top + 8 + height)
    whole = bottom + 8
    inner = svg.replace("<svg ", f'<svg x="0" y="{top + 8:.0f}" ', 1)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="{whole:.0f}" '
        f'viewBox="0 0 {width:.0f} {whole:.0f}" font-family="{FONT}">'
        f'<rect width="100%" height="100%" fill="white"/>{head}{inner}{foot}</svg>'
    )


def _lines(lines: Sequence[tuple[str, float, str, str]], top: float) -> tuple[str, float]:
    """Text elements of lines (text, size, weight, colour) one below the other, and where they end."""
    made = []
    for text, letter, weight, colour in lines:
        top += letter * 1.4
        made.append(
            f'<text x="{SIDE:.0f}" y="{top:.1f}" font-size="{letter:.0f}" font-weight="{weight}" '
            f'fill="{colour}">{escape(text)}</text>'
        )
    return "".join(made), top


def wrapped(text: str, letter: float, room: float) -> list[str]:
    """The text in lines that fit: a Chinese letter is as wide as high, a Latin one little more than half.

    A line breaks after any Chinese letter and between Latin words, never within one.
    """
    lines: list[str] = [""]
    used = 0.0
    for piece in re.findall(r"[!-~]+|\s|[^\x00-\x7f]", text):
        wide = letter * sum(0.58 if c.isascii() else 1.0 for c in piece)
        if used + wide > room and lines[-1].strip():
            lines.append("")
            used = 0.0
        lines[-1] += piece
        used += wide
    return [line.strip() for line in lines if line.strip()]


def escape(text: str) -> str:
    """Text that may stand in an SVG and in its attributes."""
    return text.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;").replace(">", "&gt;")
