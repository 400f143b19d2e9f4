"""The points of a fleet as the roll-up wants them listed: what is expected of each device and meter, and new meters."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from duheng.model.glossary import axis
from duheng.telemetry import devices
from duheng.telemetry.rollup.points import COLUMNS

from .counters import Meter, replacement
from .fleet import Fleet
from .manifest import said
from .periods import Device
from .schedule import EPOCH
from .sources import CONCENTRATION, FLOW

REPLACED = ("mn", "factor", "time", "final", "initial")
_UNITS = {"water": ("L/s", "mg/L"), "gas": ("m3/s", "mg/m3")}
_DUST = "a34013"  # smoke and dust: the axis has it as particulate matter, without a code
_MOST = 4.0  # times its mean: more than a simulated meter ever takes in an hour


def registered(ordered: Fleet) -> list[devices.Device]:
    """The devices as they are registered, but those that are to knock unregistered."""
    known = (one.source for one in ordered.devices if "unregistered" not in one.faults())
    return [
        devices.Device(one.mn, one.title, one.entity, one.site, one.kind.st, one.password) for one in known
    ]


def points(fleet: Fleet) -> list[dict[str, str]]:
    """The lines of points.csv. Air stations and power monitors have none: they owe no load."""
    since = (EPOCH + timedelta(seconds=fleet.order.first)).date().isoformat()
    lines = [line for device in fleet.devices for line in _of_device(device)]
    lines += [_of_meter(meter) for meter in fleet.meters]
    return [line | {"since": since} for line in lines]


def enrol(home: Path, fleet: Fleet) -> None:
    """Add what is missing to points.csv and replaced.csv; lines that are there stay as they are. Raises OSError."""
    folder = home / "telemetry"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    _add(folder / "points.csv", COLUMNS, points(fleet), ("mn", "factor"))
    found = [one for meter in fleet.meters if (one := replacement(meter))]
    new = [
        dict(
            zip(REPLACED, (one.mn, one.code, said(one.moment), str(one.final), str(one.initial)), strict=True)
        )
        for one in found
    ]
    _add(folder / "replaced.csv", REPLACED, new, ("mn", "factor", "time"))


def _of_device(device: Device) -> Iterator[dict[str, str]]:
    source = device.source
    if source.kind.name not in _UNITS:
        return
    flow, concentration = _UNITS[source.kind.name]
    plain = {"mn": source.mn, "entity": source.entity, "every": str(device.minutes)}
    for factor in source.kind.factors:
        if factor.role == FLOW:
            yield plain | {"factor": factor.code, "kind": f"{source.kind.name}_flow", "unit": flow}
        elif factor.role == CONCENTRATION and (item := _item(factor.code)):
            yield plain | {
                "factor": factor.code,
                "kind": source.kind.name,
                "item": item,
                "unit": concentration,
            }


def _of_meter(meter: Meter) -> dict[str, str]:
    return {
        "mn": meter.mn, "factor": meter.code, "kind": "counter" if meter.counter else "interval",
        "entity": meter.entity, "item": "电力", "unit": meter.unit, "every": str(meter.minutes),
        "most": f"{_MOST * meter.mean:.0f}", "rolls_at": f"{meter.rolls_at:.0f}" if meter.rolls_at else "",
    }  # fmt: skip


def _item(code: str) -> str:
    """The pollutant of a code, empty where the accounts know none of it."""
    if code == _DUST:
        return "颗粒物"
    return next((name for name, item in axis("pollutant").items.items() if code in item.aliases), "")


def _add(file: Path, columns: tuple[str, ...], lines: list[dict[str, str]], key: tuple[str, ...]) -> None:
    text = file.read_text(encoding="utf-8-sig") if file.is_file() else ""
    there = list(csv.DictReader(io.StringIO(text)))
    known = {tuple(row.get(name) for name in key) for row in there}
    missing = [line for line in lines if tuple(line.get(name) for name in key) not in known]
    if not missing:
        return
    table = io.StringIO()
    rows = csv.DictWriter(table, columns, restval="", extrasaction="ignore", lineterminator="\n")
    rows.writeheader()
    rows.writerows([*there, *missing])
    unfinished = file.with_suffix(".part")
    unfinished.write_text(table.getvalue(), encoding="utf-8")
    unfinished.replace(file)
