"""Small fleets for the tests, and what the decoder makes of their frames."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from duheng.telemetry.hj212.decoding import decode
from duheng.telemetry.simulating.fleet import Fleet, Order, fleet
from duheng.telemetry.simulating.frames import made
from duheng.telemetry.simulating.periods import Device
from duheng.telemetry.simulating.schedule import seconds, uploads

DAY = 86_400
FIRST = seconds(datetime(2026, 3, 2))


def ordered(*faults: str, days: float = 1, **counts: int) -> Fleet:
    """A fleet with these faults at every device they can strike."""
    given = {name: counts.pop(name) for name in ("seed", "edition", "interval", "minutes") if name in counts}
    wanted = counts or {"water": 1, "gas": 1, "air": 1, "power": 1}
    span = FIRST, FIRST + int(days * DAY)
    return fleet(Order(wanted, *span, faults=[(fault, 1.0) for fault in faults], **given))


def raw(device: Device, days: float = 1, commands: str = "") -> Iterator[bytes]:
    """The bytes that a device sends, of these commands (all without)."""
    for upload in uploads(device, FIRST, FIRST + int(days * DAY)):
        if not commands or upload.cn in commands.split():
            yield from (sent.raw for sent in made(device, upload))


def decoded(device: Device, days: float = 1, commands: str = "") -> list[dict[str, Any]]:
    """Its frames as the decoder reads them."""
    return [decode(one) for one in raw(device, days, commands)]
