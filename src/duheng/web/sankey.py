"""The layout of a flow diagram (Sankey): boxes and ribbons whose heights are amounts. Pure geometry, no drawing.

Every box is as high as the greater of what enters and what leaves it, on one scale for the whole picture, so that a
diagram whose links conserve shows it, and one whose links do not shows that too.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

_SWEEPS = 6


@dataclass(frozen=True)
class Link:
    """An amount that flows from one node to another. kind: what it is (a fuel), which gives its colour."""

    source: str
    target: str
    kind: str
    value: float


@dataclass(frozen=True)
class Box:
    """A node as drawn: left edge and top [px], width and height; layer counts from the left."""

    node: str
    layer: int
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Ribbon:
    """A link as drawn: from the right edge of its source to the left edge of its target, tops and thickness [px]."""

    link: Link
    x0: float
    y0: float
    x1: float
    y1: float
    thickness: float


@dataclass(frozen=True)
class Drawn:
    """The whole picture."""

    boxes: tuple[Box, ...]
    ribbons: tuple[Ribbon, ...]


def unbalanced(links: Sequence[Link], tolerance: float = 1e-9) -> dict[str, float]:
    """What enters less what leaves, of the nodes that have both sides and do not conserve."""
    entering, leaving = _sums(links)
    inner = entering.keys() & leaving.keys()
    gaps = {node: entering[node] - leaving[node] for node in inner}
    return {node: gap for node, gap in gaps.items() if abs(gap) > tolerance}


def _sums(links: Sequence[Link]) -> tuple[dict[str, float], dict[str, float]]:
    entering: dict[str, float] = defaultdict(float)
    leaving: dict[str, float] = defaultdict(float)
    for link in links:
        entering[link.target] += link.value
        leaving[link.source] += link.value
    return dict(entering), dict(leaving)


def arranged(
    links: Sequence[Link], layers: Mapping[str, int], size: tuple[float, float], *, width: float, gap: float
) -> Drawn:
    """The picture of the links. layers: column of each node, nodes in the order wished for; size: width, height.

    width: of a box; gap: least space between two boxes of a layer. ValueError for a node without a layer.
    """
    if lost := {name for link in links for name in (link.source, link.target)} - layers.keys():
        raise ValueError(f"no layer for {sorted(lost)}")
    entering, leaving = _sums(links)
    used = [node for node in layers if node in entering or node in leaving]
    amount = {node: max(entering.get(node, 0.0), leaving.get(node, 0.0)) for node in used}
    columns: dict[int, list[str]] = defaultdict(list)
    for node in used:
        columns[layers[node]].append(node)
    if not used:
        return Drawn((), ())
    room = [(size[1] - gap * (len(nodes) - 1)) / (sum(map(amount.get, nodes)) or 1) for nodes in columns.values()]  # type: ignore[arg-type]  # fmt: skip
    scale = min(room)
    tops = _tops(columns, amount, links, scale, gap, size[1])
    last = max(columns) or 1
    boxes = {
        node: Box(node, layers[node], layers[node] / last * (size[0] - width), tops[node], width, amount[node] * scale)
        for node in used
    }  # fmt: skip
    return Drawn(tuple(boxes.values()), _ribbons(links, boxes, scale))


def _tops(
    columns: Mapping[int, list[str]],
    amount: Mapping[str, float],
    links: Sequence[Link],
    scale: float,
    gap: float,
    height: float,
) -> dict[str, float]:
    """Top of each node: columns stacked, then each node drawn towards the middle of its neighbours."""
    near: dict[str, list[tuple[str, float]]] = defaultdict(list)
    for link in links:
        near[link.source].append((link.target, link.value))
        near[link.target].append((link.source, link.value))
    order = {layer: list(nodes) for layer, nodes in columns.items()}
    tops = _stacked(order, amount, scale, gap, height)
    for _ in range(_SWEEPS):
        for layer in sorted(order):
            pull = {node: _pull(node, near[node], tops, amount, scale) for node in order[layer]}
            order[layer].sort(key=lambda node: pull[node])
            tops |= _stacked({layer: order[layer]}, amount, scale, gap, height)
    return tops


def _pull(
    node: str,
    near: Sequence[tuple[str, float]],
    tops: Mapping[str, float],
    amount: Mapping[str, float],
    scale: float,
) -> float:
    weight = sum(value for _, value in near)
    middles = sum(value * (tops[other] + amount[other] * scale / 2) for other, value in near)
    return middles / weight if weight else tops[node]


def _stacked(
    order: Mapping[int, Sequence[str]], amount: Mapping[str, float], scale: float, gap: float, height: float
) -> dict[str, float]:
    tops = {}
    for nodes in order.values():
        whole = sum(amount[node] for node in nodes) * scale
        space = (height - whole) / (len(nodes) - 1) if len(nodes) > 1 else 0.0
        space = min(space, 3 * gap)
        here = (height - whole - space * (len(nodes) - 1)) / 2
        for node in nodes:
            tops[node] = here
            here += amount[node] * scale + space
    return tops


def _ribbons(links: Sequence[Link], boxes: Mapping[str, Box], scale: float) -> tuple[Ribbon, ...]:
    """Ribbons side by side at both ends, in the order of the boxes that they lead to, so that few cross."""
    starts = _ends(links, boxes, "source", "target", scale)
    ends = _ends(links, boxes, "target", "source", scale)
    return tuple(
        Ribbon(
            link,
            boxes[link.source].x + boxes[link.source].width,
            starts[number],
            boxes[link.target].x,
            ends[number],
            link.value * scale,
        )
        for number, link in enumerate(links)
    )


def _ends(
    links: Sequence[Link], boxes: Mapping[str, Box], own: str, other: str, scale: float
) -> dict[int, float]:
    at = {node: box.y for node, box in boxes.items()}
    ordered = sorted(range(len(links)), key=lambda n: (boxes[getattr(links[n], other)].y, links[n].kind))
    found = {}
    for number in ordered:
        node = getattr(links[number], own)
        found[number] = at[node]
        at[node] += links[number].value * scale
    return found
