"""What meters handed in, as readings: out of the records of the segments."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path

import polars as pl

from duheng.telemetry.readings.layout import SCHEMA
from duheng.telemetry.segments import METER, MQTT, Record
from duheng.telemetry.unfit import Unfit

from . import codes, gateways
from .codes import Dictionary
from .messages import MANUAL, Item, MessageError, Upload, read, refusal, series

VALID, INVALID, BY_HAND = "N", "D", "S"  # data flags of HJ 212, as the other readings have them

_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001  # arrivals are UTC without a zone
Rows = Callable[[Sequence[Record]], pl.DataFrame]


def rows(home: Path, unfit: Unfit) -> dict[int, Rows]:
    """How the records of meters become rows of `readings.layout.SCHEMA`, by kind of record.

    mn: enterprise-dataCode-statType; factor: the data code; cn: counter (rtd: what it shows) or interval (cou: amount);
    flag: N, D (sent as invalid), S (entered by hand). What was refused, and units that do not fit, give none;
    the items of stored messages that give none are counted in `unfit`.
    """
    known = codes.load(home)

    def of(records: Sequence[Record]) -> pl.DataFrame:
        return pl.DataFrame([row for record in records for row in _rows(record, known, unfit)], SCHEMA)

    return {METER: of, MQTT: of}


def sites(home: Path) -> Callable[[Sequence[str]], dict[str, str]]:
    """The site of each series, from the gateway of its enterprise."""
    by_enterprise = {one.enterprise: one.site for one in gateways.load(home) if one.site}

    def of(mns: Sequence[str]) -> dict[str, str]:
        found = {mn: by_enterprise.get(mn.rsplit("-", 2)[0], "") for mn in mns}
        return {mn: site for mn, site in found.items() if site}

    return of


def _rows(record: Record, known: Dictionary, unfit: Unfit) -> Iterator[dict[str, object]]:
    body = record.payload
    if record.kind == MQTT:
        body = str(json.loads(body)["body"]).encode()
    try:
        message = read(body)
    except MessageError:
        unfit.add("", "", 1, "")  # stored by a version that agreed to more; its bytes stay
        return
    if not isinstance(message, Upload):
        return
    for item in message.data:
        if refusal(item, known):
            own = series(message.enterpriseCode, item)
            unfit.add(own, item.dataCode, 1, f"{item.dataValue} {item.unit}".strip())
            continue
        yield {
            "mn": series(message.enterpriseCode, item),
            "st": "",
            "cn": "counter" if item.counter else "interval",
            "time": item.statDate,
            "factor": item.dataCode,
            ("rtd" if item.counter else "cou"): float(item.dataValue),
            "flag": _flag(item),
            "arrival": _EPOCH + timedelta(microseconds=record.arrival),
            "segment": record.segment,
            "offset": record.offset,
        }


def _flag(item: Item) -> str:
    if item.valid:
        return INVALID
    return BY_HAND if item.inputType == MANUAL else VALID
