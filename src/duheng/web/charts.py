"""Charts: one Vega-Lite grammar for the page, the picture and the report, rendered in this process.

A chart is a plain Vega-Lite dict (what `altair.Chart.from_dict` takes), so that building one costs nothing; vl-convert
renders it to SVG or PNG without browser, node or network. Pictures are kept by content, in memory and on disk: the
same data never render twice, and the first page after a restart finds them ready.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import vl_convert

from duheng.web.frames import FONT, escape, framed, marked
from duheng.web.store import home

VEGA_LITE = "5.20"
RENDERER = version("vl-convert-python")
# Vega gives its groups roles of their own, some without a name; the picture as a whole is what has role and name.
ROLES = re.compile(r' (?:role|aria-roledescription|aria-label)="[^"]*"')
LINKS = re.compile(r"</?a\b[^>]*>")  # away from its page a picture leads nowhere
KEPT_IN_MEMORY = 600
KEPT_ON_DISK = 3000

_memory: OrderedDict[str, bytes] = OrderedDict()
_lock = threading.Lock()


@dataclass(frozen=True)
class Chart:
    """A picture with a name (used in addresses), a title and, for those who cannot see it, both in words.

    Either `spec` (Vega-Lite) or `drawing` (SVG made by our own code, the map) is given. `watermark` is written
    behind made-up figures. `notice` and `notes` stand above and below the picture where it leaves its page.
    """

    name: str
    title: str
    description: str
    spec: dict[str, Any] | None = None
    drawing: str = ""
    watermark: str = ""
    notice: str = ""
    notes: tuple[str, ...] = ()

    def _bare(self) -> str:
        spec = self.spec
        if spec is None:
            return marked(self.drawing, self.watermark)
        source = json.dumps(spec, ensure_ascii=False, sort_keys=True)
        made = _kept("svg", source, lambda: vl_convert.vegalite_to_svg(spec, vl_version=VEGA_LITE).encode())
        return marked(ROLES.sub("", made.decode()), self.watermark)

    def svg(self) -> str:
        """The chart as a picture of its own: SVG with title, notice and notes."""
        return framed(LINKS.sub("", self._bare()), self.title, self.notice, self.notes)

    def inline(self) -> str:
        """The chart as SVG to stand in a page: scales with the page, has a name for screen readers."""
        svg = self._bare()
        # What holds links is a group of them; a picture's parts are not read one by one.
        role = "group" if "<a " in svg else "img"
        label = escape(self.description)
        return svg.replace("<svg ", f'<svg role="{role}" aria-label="{label}" ', 1)

    def png(self, scale: float = 2) -> bytes:
        """The picture as PNG; Chinese needs a CJK font on the machine (fonts-noto-cjk)."""
        svg = self.svg()
        return _kept("png", f"{scale}{svg}", lambda: vl_convert.svg_to_png(svg, scale=scale))


def warm() -> None:
    """Start the renderer, which costs half a second the first time."""
    vl_convert.vegalite_to_svg(
        {**BASE, "data": {"values": [{"x": 1}]}, "mark": "point"}, vl_version=VEGA_LITE
    )


BASE: dict[str, Any] = {
    "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
    "background": "white",
    "padding": 6,
    "autosize": {"type": "fit", "contains": "padding"},
    "config": {
        "font": FONT,
        "numberFormat": "~f",  # official figures have no separator of thousands
        "axis": {
            "labelFontSize": 12,
            "titleFontSize": 12,
            "titleFontWeight": "normal",
            "labelColor": "#1b2433",
            "titleColor": "#404b5c",
            "gridColor": "#e3e8f0",
            "domainColor": "#8894a6",
        },
        "view": {"stroke": None},
        "text": {"font": FONT},
    },
}

BLUE, RED, GREY = "#1d4fb8", "#b3261e", "#5b6778"


@dataclass(frozen=True)
class Point:
    """One period of a trend: label, the printed number of the fact, and of the path; None where unknown."""

    period: str
    actual: float | None
    path: float | None

    @property
    def below(self) -> bool:
        """Whether the point lies under the path, where its number has more room below."""
        return self.actual is not None and self.path is not None and self.actual < self.path


LEGEND = {
    "title": None,
    "orient": "bottom",
    "symbolStrokeWidth": 2,
    "symbolType": "stroke",
    "labelFontSize": 12,
    "labelLimit": 320,
}
NEAR_AXIS = 0.1  # of the height
POINT = {"type": "point", "filled": True, "size": 64, "opacity": 1}
UNIT_ABOVE_AXIS = {"titleAngle": 0, "titleAlign": "left", "titleAnchor": "end", "titleY": -12, "titleX": -24}


def trend(
    points: list[Point], titles: dict[str, str], decimals: int, *, width: int, height: int = 260
) -> dict[str, Any]:
    """Vega-Lite of a trend against its path: actual a solid line with points, the path dashed.

    titles: actual, path, unit. A period without a figure is a gap in the line, never a zero and never bridged.
    """
    kinds = [titles["actual"], titles["path"]]
    known = {"filter": f"isValid(datum.value) && datum.kind === {json.dumps(kinds[0], ensure_ascii=False)}"}
    line = {"type": "line", "strokeWidth": 2.5, "invalid": "break-paths-show-path-domains"}
    look = {"color": _by_kind(kinds, [BLUE, GREY]), "strokeDash": _by_kind(kinds, [[1, 0], [6, 4]])}
    return {
        **BASE,
        "width": width,
        "height": height,
        "data": {"values": _rows(points, kinds)},
        "encoding": {
            "x": {
                "field": "period",
                "type": "ordinal",
                "axis": {"title": None, "labelAngle": 0},
                "sort": None,
            },
            "y": {
                "field": "value",
                "type": "quantitative",
                "axis": {"title": titles["unit"] or None, **UNIT_ABOVE_AXIS, "tickCount": 5},
                "scale": {"zero": False, "nice": True},
            },
        },
        "layer": [
            {"mark": line, "encoding": look},
            {"transform": [known], "mark": POINT, "encoding": {"color": {"value": BLUE}}},
            _labels(known, "!datum.below", 0, -12, decimals),
            _labels(known, "datum.below", 10, 15, decimals),  # aside of a line that rises
        ],
    }


def _rows(points: list[Point], kinds: list[str]) -> list[dict[str, Any]]:
    """The points of both lines; of the actual ones whether their number stands below."""
    floor = _floor(points)
    actual = [(p, p.below and p.actual is not None and p.actual > floor) for p in points]
    return [
        *({"period": p.period, "kind": kinds[0], "value": p.actual, "below": below} for p, below in actual),
        *({"period": p.period, "kind": kinds[1], "value": p.path} for p in points),
    ]


def _floor(points: list[Point]) -> float:
    """The value up to which a number below its point would stand on the labels of the axis."""
    known = [value for p in points for value in (p.actual, p.path) if value is not None]
    return min(known) + (max(known) - min(known)) * NEAR_AXIS if known else 0.0


def _by_kind(kinds: list[str], looks: list[Any]) -> dict[str, Any]:
    scale = {"domain": kinds, "range": looks}
    return {"field": "kind", "type": "nominal", "scale": scale, "legend": LEGEND}


def _labels(known: dict[str, Any], which: str, dx: int, dy: int, decimals: int) -> dict[str, Any]:
    text = {"field": "value", "type": "quantitative", "format": f".{decimals}f"}
    return {
        "transform": [known, {"filter": which}],
        "mark": {"type": "text", "dx": dx, "dy": dy, "fontSize": 12},
        "encoding": {"text": text, "color": {"value": "#1b2433"}},
    }


def _kept(kind: str, source: str, make: Callable[[], bytes]) -> bytes:
    """What was made from this source before, else made now and kept in memory and on disk."""
    key = hashlib.sha256(f"{kind} {RENDERER} {VEGA_LITE} {source}".encode()).hexdigest()
    with _lock:
        if key in _memory:
            _memory.move_to_end(key)
            return _memory[key]
    place = _folder() / f"{key}.{kind}"
    try:
        made = place.read_bytes()
    except OSError:
        made = make()
        _write(place, made)
    with _lock:
        _memory[key] = made
        while len(_memory) > KEPT_IN_MEMORY:
            _memory.popitem(last=False)
    return made


def _folder() -> Path:
    return home() / "cache" / "charts"


def _write(place: Path, content: bytes) -> None:
    # A cache that cannot be written (a read-only or full disk) costs time, not the page.
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        fresh = place.with_name(f"{place.name}.{os.getpid()}.{threading.get_ident()}")
        fresh.write_bytes(content)
        fresh.replace(place)
        if int(place.name[:2], 16) == 0:
            _forget_oldest(place.parent)
    except OSError:
        return


def _forget_oldest(folder: Path) -> None:
    kept = sorted(folder.iterdir(), key=lambda path: path.stat().st_mtime)
    for path in kept[: max(0, len(kept) - KEPT_ON_DISK)]:
        path.unlink(missing_ok=True)
