"""The map of the counties, drawn from the city's own outlines (GeoJSON): colour, hatch and word for each light.

Zones without an outline are listed beside the map by the page. A published map needs its review number (审图号); the
city puts it into its file, and it is shown under the map.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from duheng.web.frames import FONT, escape

Ring = list[tuple[float, float]]
WIDTH, MARGIN = 520.0, 8.0
FILLS = {1: "#e9b1ac", 2: "#f8dfa6", 3: "#bfe0cb", 0: "url(#map-hatch)"}
EDGES = {1: "#8f1d17", 2: "#7a5200", 3: "#14522f", 0: "#48546a"}
HATCH = (
    '<defs><pattern id="map-hatch" width="7" height="7" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
    '<rect width="7" height="7" fill="#fff"/><path d="M0 0v7" stroke="#c3cbd8" stroke-width="2"/></pattern></defs>'
)
SHAPES = {
    1: '<path d="M0-8 8.5 7h-17Z" fill="#b3261e"/>',
    2: '<path d="M0-8.5 8.5 0 0 8.5-8.5 0Z" fill="#f2b33d" stroke="#7a5200"/>',
    3: '<circle r="7.5" fill="#1a6b3c"/>',
    0: '<rect x="-7" y="-7" width="14" height="14" fill="#fff" stroke="#48546a" stroke-dasharray="3 2"/>',
}


@dataclass(frozen=True)
class Shape:
    """One entity's outline in picture units: SVG path, where its name stands."""

    path: str
    at: tuple[float, float]


@dataclass(frozen=True)
class Outlines:
    """The outlines of a city: size of the picture, shapes by entity id, note of the file (review number, origin)."""

    width: float
    height: float
    shapes: Mapping[str, Shape]
    note: str


@dataclass(frozen=True)
class Mark:
    """What the map says of an entity: name, level (0 unknown), the word of the level, address of its page."""

    id: str
    name: str
    level: int
    word: str
    href: str


@lru_cache(maxsize=8)
def outlines(file: Path) -> Outlines:
    """Read and simplify the outlines once. ValueError where the file is no GeoJSON of polygons."""
    told: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    rings = {_id(feature): _rings(feature["geometry"]) for feature in told["features"]}
    points = [point for many in rings.values() for ring in many for point in ring]
    if not points:
        raise ValueError(f"{file}: no polygon")
    west, east = min(x for x, _ in points), max(x for x, _ in points)
    south, north = min(y for _, y in points), max(y for _, y in points)
    # One degree of longitude is shorter than one of latitude by the cosine of the latitude.
    squeeze = math.cos(math.radians((south + north) / 2))
    scale = (WIDTH - 2 * MARGIN) / ((east - west) * squeeze)

    def place(point: tuple[float, float]) -> tuple[float, float]:
        return (MARGIN + (point[0] - west) * squeeze * scale, MARGIN + (north - point[1]) * scale)

    shapes = {id: _shape([[place(point) for point in ring] for ring in many]) for id, many in rings.items()}
    height = 2 * MARGIN + (north - south) * scale
    return Outlines(WIDTH, round(height, 1), shapes, str(told.get("review_number") or ""))


def draw(known: Outlines, marks: Sequence[Mark], title: str) -> str:
    """The SVG of the marks on their outlines; entities without an outline are left to the page."""
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{known.width:.0f}" height="{known.height:.0f}" '
        f'viewBox="0 0 {known.width:.0f} {known.height:.1f}" font-family="{FONT}">{HATCH}<title>{escape(title)}</title>'
    ]
    shown = [(mark, known.shapes[mark.id]) for mark in marks if mark.id in known.shapes]
    for mark, shape in shown:
        parts.append(
            f'<a href="{escape(mark.href)}" aria-label="{escape(mark.name)} {escape(mark.word)}">'
            f'<path d="{shape.path}" fill="{FILLS[mark.level]}" fill-opacity="0.8" '
            f'stroke="{EDGES[mark.level]}" stroke-width="1.6" stroke-linejoin="round"/></a>'
        )
    halo = 'stroke="#fff" stroke-width="3" paint-order="stroke"'
    for mark, shape in shown:
        x, y = shape.at
        parts.append(
            f'<g transform="translate({x:.0f} {y:.0f})" pointer-events="none" text-anchor="middle" fill="#1b2433">'
            f'<g transform="translate(0 -26)">{SHAPES[mark.level]}</g>'
            f'<text font-size="19" font-weight="bold" {halo}>{escape(mark.name)}</text>'
            f'<text y="21" font-size="15" {halo}>{escape(mark.word)}</text></g>'
        )
    return "".join(parts) + "</svg>"


def _id(feature: Mapping[str, Any]) -> str:
    properties = feature.get("properties", {})
    return str(properties.get("id") or feature.get("id") or properties.get("adcode"))


def _rings(geometry: Mapping[str, Any]) -> list[Ring]:
    parts = geometry["coordinates"] if geometry["type"] == "MultiPolygon" else [geometry["coordinates"]]
    return [[(float(x), float(y)) for x, y, *_ in ring] for part in parts for ring in part]


def _shape(rings: list[Ring]) -> Shape:
    # Specks smaller than a few pixels are left out; the largest ring carries the name.
    ordered = sorted(rings, key=_area, reverse=True)
    kept = [ring for ring in ordered if _area(ring) > 4] or ordered[:1]
    text = "".join("M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in _thin(ring, 0.6)) + "Z" for ring in kept)
    return Shape(text, _centre(kept[0]))


def _area(ring: Ring) -> float:
    return abs(_cross(ring)) / 2


def _cross(ring: Ring) -> float:
    return sum(x * v - u * y for (x, y), (u, v) in zip(ring, ring[1:] + ring[:1], strict=True))


def _centre(ring: Ring) -> tuple[float, float]:
    doubled = _cross(ring) or 1.0
    pairs = list(zip(ring, ring[1:] + ring[:1], strict=True))
    x = sum((x + u) * (x * v - u * y) for (x, y), (u, v) in pairs) / (3 * doubled)
    y = sum((y + v) * (x * v - u * y) for (x, y), (u, v) in pairs) / (3 * doubled)
    return x, y


def _thin(ring: Ring, tolerance: float) -> Ring:
    """Douglas and Peucker's simplification: no point moves further than the tolerance."""
    keep, waiting = {0, len(ring) - 1}, [(0, len(ring) - 1)]
    while waiting:
        first, last = waiting.pop()
        far, at = 0.0, 0
        for index in range(first + 1, last):
            gap = _distance(ring[index], ring[first], ring[last])
            if gap > far:
                far, at = gap, index
        if far > tolerance:
            keep.add(at)
            waiting += [(first, at), (at, last)]
    return [ring[index] for index in sorted(keep)]


def _distance(point: tuple[float, float], start: tuple[float, float], end: tuple[float, float]) -> float:
    (x, y), (a, b), (c, d) = point, start, end
    length = math.hypot(c - a, d - b)
    if length == 0:
        return math.hypot(x - a, y - b)
    return abs((c - a) * (b - y) - (a - x) * (d - b)) / length


@dataclass(frozen=True)
class Dot:
    """A thing that stands somewhere in an entity: level, name with its state, address of its page."""

    place: str
    level: int
    told: str
    href: str


def draw_dots(known: Outlines, names: Mapping[str, str], dots: Sequence[Dot], *, dark: bool = False) -> str:
    """The SVG of the outlines with a mark for each thing, in rows around the middle of its entity.

    names: of the entities. Where in the entity a thing stands is not known and not said.
    """
    ground, edge, ink = ("#12305c", "#7fb2ff", "#eaf2ff") if dark else ("#f3f6fc", "#6b7a93", "#1b2433")
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{known.width:.0f}" height="{known.height:.0f}" '
        f'viewBox="0 0 {known.width:.0f} {known.height:.1f}" font-family="{FONT}">'
    ]
    for id, shape in known.shapes.items():
        parts.append(f'<path d="{shape.path}" fill="{ground}" stroke="{edge}" stroke-width="1.4"/>')
        x, y = shape.at
        own = sorted((one for one in dots if one.place == id), key=lambda one: (one.level or 4, one.told))
        parts.append(
            f'<text x="{x:.0f}" y="{y - 14:.0f}" text-anchor="middle" font-size="17" font-weight="bold" '
            f'fill="{ink}">{escape(names.get(id, id))}</text>'
        )
        across = max(4, min(8, math.ceil(math.sqrt(2 * len(own)))))
        for n, one in enumerate(own):
            row, column = divmod(n, across)
            width = min(across, len(own) - row * across)
            at = f"translate({x + (column - (width - 1) / 2) * 21:.0f} {y + 4 + row * 21:.0f})"
            mark = f'<g transform="{at}"><title>{escape(one.told)}</title>{SHAPES[one.level]}</g>'
            link = f'<a href="{escape(one.href)}" aria-label="{escape(one.told)}">{mark}</a>'
            parts.append(link if one.href else mark)
    return "".join(parts) + "</svg>"
