"""What was sent and what was wrong with it: the truth that tests and the drill hold the watching against."""

from __future__ import annotations

import base64
import heapq
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from typing import Any

from .counters import replacement
from .faults import FAULTS, REFUSED
from .fleet import Fleet
from .frames import Sent, made
from .logger import Logger
from .periods import Device
from .schedule import EPOCH, Upload, uploads

Counts = dict[str, dict[str, int]]


def frames(fleet: Fleet, counts: Counts) -> Iterator[tuple[Device, Upload, Sent]]:
    """All frames of all devices in order of sending. counts: filled with frames by device and command."""
    order = fleet.order

    def of(number: int, device: Device) -> Iterator[tuple[int, int, Device, Upload]]:
        return (
            (upload.moment, number, device, upload) for upload in uploads(device, order.first, order.last)
        )

    lines = [of(number, device) for number, device in enumerate(fleet.devices)]
    for _, _, device, upload in heapq.merge(*lines, key=lambda one: one[:2]):
        for sent in made(device, upload):
            count = counts.setdefault(device.mn, {"again": 0})
            count[upload.cn] = count.get(upload.cn, 0) + 1
            count["again"] += upload.again
            yield device, upload, sent


def write_frames(fleet: Fleet, to: Path) -> Counts:
    """The frames into a file: one after the other as on one line, or {"id", "frame_b64"} a line in a .jsonl."""
    counts: Counts = {}
    with to.open("wb") as file:
        for number, (_, _, sent) in enumerate(frames(fleet, counts)):
            raw = sent.raw
            if to.suffix == ".jsonl":
                encoded = base64.b64encode(raw).decode("ascii")
                raw = json.dumps({"id": number, "frame_b64": encoded}).encode() + b"\n"
            file.write(raw)
    return counts


def told(loggers: list[Logger]) -> Counts:
    """What happened on the line, by device."""
    return {
        logger.device.mn: asdict(logger.tally)
        | {"misheard": logger.misheard}
        | {f"request {cn}": count for cn, count in sorted(logger.requests.items())}
        for logger in loggers
    }


def manifest(fleet: Fleet, sent: Mapping[str, Mapping[str, int]]) -> dict[str, Any]:
    """The truth as JSON: the run, devices, meters, faults with their stretch and sign, frames sent by device."""
    order = fleet.order
    return {
        "seed": order.seed,
        "from": said(order.first),
        "to": said(order.last),
        "edition": order.edition,
        "devices": [_device(device) for device in fleet.devices],
        "meters": [
            {
                "mn": meter.mn, "enterprise": meter.enterprise, "code": meter.code, "title": meter.title,
                "entity": meter.entity, "site": meter.site, "unit": meter.unit, "minutes": meter.minutes,
                "reading": "counter" if meter.counter else "interval", "rolls_at": meter.rolls_at,
            }
            for meter in fleet.meters
        ],
        "faults": [
            {
                "fault": one.fault, "title": FAULTS[one.fault].title, "mn": one.mn, "from": said(one.first),
                "to": said(one.last), "factors": list(one.factors), "sign": FAULTS[one.fault].sign,
                "refused": one.fault in REFUSED,
            }
            for one in fleet.injections
        ],
        "replacements": [
            {"mn": new.mn, "factor": new.code, "time": said(new.moment), "final": new.final, "initial": new.initial}
            for new in map(replacement, fleet.meters)
            if new
        ],
        "sent": {mn: dict(counts) for mn, counts in sorted(sent.items())},
    }  # fmt: skip


def _device(device: Device) -> dict[str, Any]:
    source = device.source
    limits = {factor.code: factor.limit for factor in source.kind.factors if factor.limit is not None}
    return {
        "mn": source.mn, "kind": source.kind.name, "st": source.kind.st, "title": source.title,
        "entity": source.entity, "site": source.site, "limits": limits, "oxygen": source.kind.oxygen,
        "interval": device.interval, "minutes": device.minutes,
    }  # fmt: skip


def said(moment: int) -> str:
    """A moment, Beijing time."""
    return (EPOCH + timedelta(seconds=moment)).isoformat(sep=" ")


def write(to: Path, content: Mapping[str, Any]) -> None:
    """The manifest into a file."""
    to.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
