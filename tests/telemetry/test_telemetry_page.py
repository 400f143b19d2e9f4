"""The page on telemetry shows what is: its messages are messages, its table names every fault."""

from __future__ import annotations

import re
from pathlib import Path

from duheng.telemetry.meters.messages import read
from duheng.telemetry.simulating.faults import FAULTS

PAGE = (Path(__file__).parents[2] / "docs" / "telemetry.md").read_text(encoding="utf-8")


def test_every_message_on_the_page_is_one() -> None:
    examples = re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)
    assert [read(one.encode()).message for one in examples] == [
        "register", "authenticate", "upload", "back-fill", "heartbeat",
    ]  # fmt: skip


def test_the_table_names_every_fault_and_no_other() -> None:
    assert re.findall(r"^\| `([\w-]+)` \| [^|]+ \| [^|]+ \|$", PAGE, re.MULTILINE) == list(FAULTS)


def test_the_walk_through_ends_where_its_devices_are_shown() -> None:
    """The simulator's devices are of the drill: the page without it, or without login, shows none of them."""
    first = PAGE.split("\n## ")[1]
    assert first.startswith("1 从零开始")
    for said in ("duheng serve", "/login", "/monitor?scenario=drill", "duheng rollup --scenario drill"):
        assert said in first
