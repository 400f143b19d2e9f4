"""A flow diagram in the one chart grammar: ribbons as areas, boxes as rectangles, names as text (Vega-Lite)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from duheng.web.charts import BASE, GREY
from duheng.web.sankey import Box, Drawn, Ribbon

_STEPS = 24
MARGIN = 150.0  # beside the boxes of the first and last column: room for their names [px]
_HALO = 4
# By fuel family: coal dark, oil brown and orange, gas blue, heat red, electricity green; each is named in the picture.
COLOURS = {
    "原煤": "#4a4f57",
    "洗精煤": "#5d636d",
    "其他洗煤": "#6f7680",
    "煤制品": "#7f8791",
    "焦炭": "#6b5b4b",
    "原油": "#7a4a1e",
    "汽油": "#c77700",
    "煤油": "#d9a441",
    "柴油": "#a65628",
    "燃料油": "#8c510a",
    "液化石油气": "#b98b5e",
    "天然气": "#2f7ec0",
    "热力": "#c2404b",
    "电力": "#2e8b57",
}
OTHER = "#8894a6"


def flow_chart(drawn: Drawn, names: Mapping[str, str], size: tuple[float, float]) -> dict[str, Any]:
    """Vega-Lite of an arranged diagram. names: what is written at each box; size: width and height [px]."""
    last = max((box.layer for box in drawn.boxes), default=0)
    domain = [-MARGIN, size[0] + MARGIN]
    x = {"type": "quantitative", "axis": None, "scale": {"domain": domain, "nice": False}}
    y = {"type": "quantitative", "axis": None, "scale": {"domain": [size[1], 0], "nice": False}}
    ribbons = [point for number, one in enumerate(drawn.ribbons) for point in _points(number, one)]
    boxes = [_box(box, names) for box in drawn.boxes]
    return {
        **BASE,
        "width": size[0] + 2 * MARGIN,
        "height": size[1],
        "layer": [
            {
                "data": {"values": ribbons},
                "mark": {"type": "area", "opacity": 0.55, "line": False},
                "encoding": {
                    "x": {"field": "x", **x},
                    "y": {"field": "top", **y},
                    "y2": {"field": "bottom"},
                    "detail": {"field": "link"},
                    "color": {"field": "colour", "type": "nominal", "scale": None},
                },
            },
            {
                "data": {"values": boxes},
                "mark": {"type": "rect", "color": GREY},
                "encoding": {
                    "x": {"field": "x", **x},
                    "x2": {"field": "x2"},
                    "y": {"field": "y", **y},
                    "y2": {"field": "y2"},
                },
            },
            *_all_names(boxes, last, (x, y)),
        ],
    }


def _all_names(
    boxes: list[dict[str, Any]], last: int, scales: tuple[Mapping[str, Any], Mapping[str, Any]]
) -> Iterator[dict[str, Any]]:
    """Names beside the boxes of the outer columns, above those of the inner ones."""
    yield from _names(boxes, "datum.layer === 0", ("x", "middle"), _Place(-5, 0, "right", "middle"), scales)
    outer = f"datum.layer === {last}"
    yield from _names(boxes, outer, ("x2", "middle"), _Place(5, 0, "left", "middle"), scales)
    inner = f"datum.layer > 0 && datum.layer < {last}"
    yield from _names(boxes, inner, ("x", "y"), _Place(0, -2, "left", "bottom"), scales)


def _box(box: Box, names: Mapping[str, str]) -> dict[str, Any]:
    return {
        "x": box.x,
        "x2": box.x + box.width,
        "y": box.y,
        "y2": box.y + box.height,
        "middle": box.y + box.height / 2,
        "layer": box.layer,
        "name": names[box.node],
    }


@dataclass(frozen=True)
class _Place:
    """Where a name stands beside its point."""

    dx: int
    dy: int
    align: str
    baseline: str


def _names(
    boxes: list[dict[str, Any]],
    which: str,
    at: tuple[str, str],
    place: _Place,
    scales: tuple[Mapping[str, Any], Mapping[str, Any]],
) -> Iterator[dict[str, Any]]:
    """Names with a white edge below them: beside the outer columns, above the boxes of the inner ones."""
    mark = {
        "type": "text",
        "dx": place.dx,
        "dy": place.dy,
        "align": place.align,
        "baseline": place.baseline,
        "fontSize": 12,
    }
    x, y = scales
    for edge in ({"stroke": "white", "strokeWidth": _HALO, "strokeJoin": "round"}, {}):
        yield {
            "data": {"values": boxes},
            "transform": [{"filter": which}],
            "mark": {**mark, **edge},
            "encoding": {
                "x": {"field": at[0], **x},
                "y": {"field": at[1], **y},
                "text": {"field": "name"},
                "color": {"value": "white" if edge else "#1b2433"},
            },
        }


def _points(number: int, ribbon: Ribbon) -> Iterator[dict[str, Any]]:
    """Points of a ribbon's edges: level at both ends, an S between them."""
    colour = COLOURS.get(ribbon.link.kind, OTHER)
    for step in range(_STEPS + 1):
        at = step / _STEPS
        smooth = at * at * (3 - 2 * at)
        top = ribbon.y0 + (ribbon.y1 - ribbon.y0) * smooth
        yield {
            "link": number,
            "colour": colour,
            "x": round(ribbon.x0 + (ribbon.x1 - ribbon.x0) * at, 2),
            "top": round(top, 2),
            "bottom": round(top + ribbon.thickness, 2),
        }
