"""Boxes and ribbons: one scale, nothing overlaps, what enters a box leaves it, side by side without a gap."""

from __future__ import annotations

import random
from collections import defaultdict
from itertools import pairwise

import pytest

from duheng.web.sankey import Link, arranged, unbalanced

SIZE = (800.0, 500.0)
LINKS = [
    Link("in", "coal", "coal", 60.0),
    Link("in", "power", "power", 25.0),
    Link("coal", "plant", "coal", 40.0),
    Link("coal", "industry", "coal", 20.0),
    Link("plant", "power", "power", 15.0),
    Link("plant", "lost", "", 25.0),
    Link("power", "industry", "power", 30.0),
    Link("power", "homes", "power", 10.0),
]
LAYERS = {"in": 0, "coal": 1, "plant": 2, "power": 3, "industry": 4, "homes": 4, "lost": 4}


def test_inner_nodes_conserve_and_a_gap_is_named() -> None:
    assert unbalanced(LINKS) == {}
    assert unbalanced([*LINKS, Link("coal", "homes", "coal", 3.0)]) == {"coal": -3.0}


def test_heights_are_amounts_on_one_scale_within_the_picture() -> None:
    made = arranged(LINKS, LAYERS, SIZE, width=12, gap=8)
    scales = {ribbon.thickness / ribbon.link.value for ribbon in made.ribbons}
    assert max(scales) == pytest.approx(min(scales))
    scale = scales.pop()
    height = {box.node: box.height for box in made.boxes}
    assert height["in"] == pytest.approx(85 * scale)
    assert height["power"] == pytest.approx(40 * scale)
    assert all(box.y >= 0 and box.y + box.height <= SIZE[1] + 1e-6 for box in made.boxes)
    assert max(box.x + box.width for box in made.boxes) == pytest.approx(SIZE[0])


@pytest.mark.parametrize("seed", range(5))
def test_boxes_of_a_layer_do_not_overlap_and_ribbons_fill_their_ends(seed: int) -> None:
    chance = random.Random(seed)
    links = [Link(f"a{i}", f"b{j}", f"k{j % 3}", chance.uniform(0.1, 9)) for i in range(6) for j in range(8)]
    layers = {**{f"a{i}": 0 for i in range(6)}, **{f"b{j}": 1 for j in range(8)}}
    made = arranged(links, layers, SIZE, width=12, gap=8)
    boxes = {box.node: box for box in made.boxes}
    columns = defaultdict(list)
    for box in made.boxes:
        columns[box.layer].append(box)
    for column in columns.values():
        column.sort(key=lambda box: box.y)
        for above, below in pairwise(column):
            assert above.y + above.height + 8 <= below.y + 1e-6
    for end, at in (("source", "y0"), ("target", "y1")):
        sides = defaultdict(list)
        for ribbon in made.ribbons:
            top = getattr(ribbon, at)
            sides[getattr(ribbon.link, end)].append((top, top + ribbon.thickness))
        for node, spans in sides.items():
            spans.sort()
            assert spans[0][0] == pytest.approx(boxes[node].y)
            assert all(a[1] == pytest.approx(b[0]) for a, b in pairwise(spans))
            assert spans[-1][1] == pytest.approx(boxes[node].y + boxes[node].height)


def test_a_node_without_a_layer_is_refused_and_nothing_is_an_empty_picture() -> None:
    with pytest.raises(ValueError, match="homes"):
        arranged(
            LINKS, {key: value for key, value in LAYERS.items() if key != "homes"}, SIZE, width=12, gap=8
        )
    assert arranged([], LAYERS, SIZE, width=12, gap=8).boxes == ()
