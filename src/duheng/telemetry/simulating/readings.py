"""What the devices of a fleet report, as readings: for the drill, without frames, segments or a receiver."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta, timezone

import polars as pl

from duheng.telemetry.readings.layout import SCHEMA

from .counters import Meter, readings
from .fleet import Fleet
from .frames import printed
from .periods import Device, moment, row
from .schedule import EPOCH, Upload, lengths, uploads

BEIJING = timezone(timedelta(hours=8))
SEGMENT = "simulated"  # in place of a segment's name: nothing was received
_SUFFIXES = {
    "Rtd": "rtd", "Min": "min", "Avg": "avg", "Max": "max", "Cou": "cou", "ZsRtd": "zs_rtd", "ZsMin": "zs_min",
    "ZsAvg": "zs_avg", "ZsMax": "zs_max",
}  # fmt: skip
_VALUES = {"2011", "2051", "2061", "2031"}


def table(fleet: Fleet, real_time: bool = False) -> pl.DataFrame:
    """One row a device, command, factor and time: the columns of `readings.layout.SCHEMA`.

    real_time: with the values of 2011 too, ten times as many rows. A meter stands under its enterprise's code.
    """
    rows = [one for device in fleet.devices for one in _of_device(fleet, device, real_time)]
    rows += [one for meter in fleet.meters for one in _of_meter(fleet, meter)]
    for offset, one in enumerate(rows):
        one["offset"] = offset
    return pl.DataFrame(rows, SCHEMA)


def sites(fleet: Fleet) -> dict[str, str]:
    """Site by device and meter."""
    by_device = {device.mn: device.source.site for device in fleet.devices}
    return by_device | {meter.mn: meter.site for meter in fleet.meters}


def _of_device(fleet: Fleet, device: Device, real_time: bool) -> Iterator[dict[str, object]]:
    for upload in uploads(device, fleet.order.first, fleet.order.last):
        if upload.cn not in _VALUES or (upload.cn == "2011" and not real_time):
            continue
        yield from _of_upload(device, upload)


def _of_upload(device: Device, upload: Upload) -> Iterator[dict[str, object]]:
    if upload.cn == "2011":
        found = moment(device, upload.time)
    else:
        found = row(device, lengths(device)[upload.cn], upload.time)
    flagged = not device.has("missing-flags", upload.made)
    for factor, cell in found.items():
        numbers = {_SUFFIXES[name]: float(value) for name, value in printed(device, cell).items()}
        yield {
            "mn": device.mn, "st": device.source.kind.st, "cn": upload.cn, "factor": factor,
            "time": EPOCH + timedelta(seconds=upload.time), **numbers, "flag": cell.flag if flagged else None,
            "arrival": _utc(upload.moment), "segment": SEGMENT,
        }  # fmt: skip


def _of_meter(fleet: Fleet, meter: Meter) -> Iterator[dict[str, object]]:
    for one in readings(meter, fleet.order.first, fleet.order.last):
        value = float(one.value)
        yield {
            "mn": meter.mn, "st": "", "cn": "counter" if meter.counter else "interval", "factor": meter.code,
            "time": EPOCH + timedelta(seconds=one.moment), **({"rtd": value} if meter.counter else {"cou": value}),
            "flag": "N", "arrival": _utc(one.sent), "segment": SEGMENT,
        }  # fmt: skip


def _utc(moment: int) -> object:
    return EPOCH + timedelta(seconds=moment, hours=-8)
