"""The course of one factor over a day, drawn here: a live page must not start a renderer every few seconds.

A gap in the data is a gap in the line; what is not flagged as good is a hollow point; the limit is a red dashed line.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from duheng.web.charts import BLUE, RED
from duheng.web.frames import FONT, INK, SOFT, escape

LEFT, RIGHT, TOP, BOTTOM = 54.0, 12.0, 14.0, 22.0
GRID = "#e3e8f0"
TICKS = 4


@dataclass(frozen=True)
class Reading:
    """A point: when, how much, whether it is flagged as good."""

    at: datetime
    value: float
    good: bool


@dataclass(frozen=True)
class Frame:
    """The span of time shown, and the size of the picture."""

    start: datetime
    end: datetime
    width: float = 640.0
    height: float = 150.0


@dataclass(frozen=True)
class Scale:
    """From moments and values to the picture."""

    frame: Frame
    low: float
    high: float

    def x(self, at: datetime) -> float:
        """Across."""
        span = self.frame.end - self.frame.start
        return LEFT + (self.frame.width - LEFT - RIGHT) * ((at - self.frame.start) / span)

    def y(self, value: float) -> float:
        """Down."""
        return TOP + (self.frame.height - TOP - BOTTOM) * (self.high - value) / (self.high - self.low)


def draw(points: Sequence[Reading], frame: Frame, every: timedelta, limits: Sequence[float] = ()) -> str:
    """The SVG. every: between two points; more than two and a half of it apart is a gap."""
    values = [one.value for one in points] + list(limits)
    low, high = (min(values), max(values)) if values else (0.0, 1.0)
    room = (high - low) * 0.08 or abs(high) * 0.1 or 1.0
    ticks = _ticks(min(0.0, low) if 0 <= low < 0.5 * high else low - room, high + room)
    scale = Scale(frame, ticks[0], ticks[-1])
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{frame.width:.0f}" height="{frame.height:.0f}" '
        f'viewBox="0 0 {frame.width:.0f} {frame.height:.0f}" font-family="{FONT}" font-size="11">'
        '<rect width="100%" height="100%" fill="white"/>'
    ]
    parts += [_tick(value, scale) for value in ticks]
    parts += [_hour(at, scale.x(at), frame) for at in _hours(frame)]
    parts += [_limit(limit, scale) for limit in limits]
    for run in _runs(points, every):
        line = "L".join(f"{scale.x(one.at):.1f} {scale.y(one.value):.1f}" for one in run)
        parts.append(
            f'<path d="M{line}" fill="none" stroke="{BLUE}" stroke-width="1.8" stroke-linejoin="round"/>'
        )
        alone = [one for one in run if len(run) == 1 or not one.good]
        parts += [_point(one, scale.x(one.at), scale.y(one.value)) for one in alone]
    return "".join(parts) + "</svg>"


def _tick(value: float, scale: Scale) -> str:
    right, y = scale.frame.width - RIGHT, scale.y(value)
    return (
        f'<path d="M{LEFT:.0f} {y:.1f}H{right:.0f}" stroke="{GRID}"/>'
        f'<text x="{LEFT - 5:.0f}" y="{y + 4:.1f}" text-anchor="end" fill="{SOFT}">{_short(value)}</text>'
    )


def _limit(limit: float, scale: Scale) -> str:
    right, y = scale.frame.width - RIGHT, scale.y(limit)
    return (
        f'<path d="M{LEFT:.0f} {y:.1f}H{right:.0f}" stroke="{RED}" stroke-width="1.5" stroke-dasharray="6 4"/>'
        f'<text x="{right:.0f}" y="{y - 4:.1f}" text-anchor="end" fill="{RED}">{_short(limit)}</text>'
    )


def _ticks(low: float, high: float) -> list[float]:
    """Round numbers from at or below `low` to at or above `high`, about TICKS apart."""
    rough = (high - low) / TICKS
    size = 10.0 ** math.floor(math.log10(rough))
    step = next(size * n for n in (1, 2, 2.5, 5, 10) if size * n >= rough)
    first, last = math.floor(low / step), math.ceil(high / step)
    return [n * step for n in range(first, last + 1)]


def _hours(frame: Frame) -> list[datetime]:
    first = frame.start.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    first += timedelta(hours=-first.hour % 4)
    return [first + timedelta(hours=4 * n) for n in range(8) if first + timedelta(hours=4 * n) <= frame.end]


def _hour(at: datetime, place: float, frame: Frame) -> str:
    return (
        f'<path d="M{place:.1f} {TOP:.0f}V{frame.height - BOTTOM:.0f}" stroke="{GRID}"/>'
        f'<text x="{place:.1f}" y="{frame.height - 6:.0f}" text-anchor="middle" fill="{INK}">{at:%H:%M}</text>'
    )


def _point(one: Reading, x: float, y: float) -> str:
    fill = BLUE if one.good else "white"
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{fill}" stroke="{BLUE}" stroke-width="1.5"/>'


def _runs(points: Sequence[Reading], every: timedelta) -> list[list[Reading]]:
    found: list[list[Reading]] = []
    for one in points:
        if found and one.at - found[-1][-1].at <= every * 2.5:
            found[-1].append(one)
        else:
            found.append([one])
    return found


def _short(value: float) -> str:
    return escape(f"{value:.4g}")
