"""The map of a city's folder: GeoJSON with one outline for each county, in degrees, as the pages draw it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from duheng.city import unknown
from duheng.city.fields import Group
from duheng.city.marks import read_text
from duheng.city.report import Report, brief
from duheng.model.entities import Places

_MALFORMED = (ValueError, LookupError, TypeError, AttributeError, RecursionError)
_LEAST_CORNERS = 4
"""Of a ring: a triangle whose last point is its first (RFC 7946, 3.1.6)."""


def read_map(folder: Path, head: Group | None, places: Places, report: Report) -> Path | None:
    """The file of the map that city.yaml names, each outline of it checked; None with findings where it is none."""
    name = head.text("map") if head else ""
    if not name or head is None:
        return None
    path = folder / name
    if Path(name).name != name:
        report.add(
            "map", head.place("map"), f"是“{brief(name)}”", "本文件夹中的一个文件名", "把地图放在本文件夹中"
        )
        return None
    text = read_text(path, report)
    if text is None:
        return None
    try:
        features = json.loads(text)["features"]
        ids = [str(f["properties"].get("id") or f["properties"]["adcode"]) for f in features]
    except _MALFORMED:
        expected, remedy = "每个图形的properties中有id（区划代码）", "换用合法的GeoJSON"
        report.add("map", name, "不是GeoJSON的FeatureCollection", expected, remedy)
        return None
    for id, feature in zip(ids, features, strict=True):
        if id not in places:
            unknown.entity(report, name, id, places)
        _check_outline(f"{name} 图形“{brief(id)}”", feature.get("geometry"), report)
    for id in sorted({id for id in ids if ids.count(id) > 1}):
        report.add(
            "map", name, f"图形“{brief(id)}”有几个", "每个县（区）一个图形", "几块合成一个MultiPolygon"
        )
    if not ids:
        report.add(
            "map", name, "没有一个图形", "每个县（区）一个图形", "换用有边界的地图，或去掉city.yaml中的map"
        )
    return path


def _check_outline(place: str, geometry: Any, report: Report) -> None:
    """A finding where the outline is none that can be drawn."""
    remedy = "换用该县（区）的边界，或删去这个图形"
    try:
        kind = geometry["type"]
        rings = list(_rings(kind, geometry["coordinates"]))
    except _MALFORMED:
        report.add(
            "map",
            place,
            "没有边界，或边界不是坐标的列表",
            "Polygon或MultiPolygon，坐标为[经度, 纬度]",
            remedy,
        )
        return
    if kind not in ("Polygon", "MultiPolygon"):
        report.add("map", place, f"是“{brief(kind)}”", "Polygon或MultiPolygon", remedy)
    elif any(len(ring) < _LEAST_CORNERS for ring in rings) or not rings:
        report.add("map", place, "边界不足四个点", "首尾相接的一圈坐标", remedy)
    elif any(not (-180 <= x <= 180 and -90 <= y <= 90) for ring in rings for x, y in ring):
        expected = "以度为单位的经度和纬度"
        report.add("map", place, "坐标超出经纬度的范围", expected, "把地图转换为经纬度坐标后重新导出")
    elif all(len({point[axis] for point in ring}) < 2 for ring in rings for axis in (0, 1)):
        report.add("map", place, "边界缩成了一个点", "首尾相接的一圈坐标", remedy)


def _rings(kind: str, coordinates: Any) -> Iterator[list[tuple[float, float]]]:
    for part in coordinates if kind == "MultiPolygon" else [coordinates]:
        for ring in part:
            yield [(float(x), float(y)) for x, y, *_ in ring]
