"""The yardstick for reading HJ 212: what a programmer writes first. One frame at a time, a table for the check sum."""

from __future__ import annotations

from datetime import datetime
from typing import Any

TABLE = []
for _value in range(256):
    for _ in range(8):
        _value = (_value >> 1) ^ 0xA001 if _value & 1 else _value >> 1
    TABLE.append(_value)


def parse(raw: bytes) -> dict[str, Any]:
    """One frame with its line break. Raises ValueError where length or check sum is wrong."""
    length = int(raw[2:6])
    segment = raw[6 : 6 + length]
    sum = 0xFFFF
    for byte in segment:
        sum = TABLE[(sum >> 8) ^ byte]
    if raw[6 + length : 10 + length] != b"%04X" % sum:
        raise ValueError("check sum")
    head, body = segment.decode().split("CP=&&", 1)
    message: dict[str, Any] = dict(part.split("=", 1) for part in head.split(";") if part)
    message["time"] = datetime.strptime(message["QN"][:14], "%Y%m%d%H%M%S")
    factors: dict[str, dict[str, Any]] = {}
    for group in body[:-2].split(";"):
        for item in group.split(","):
            name, value = item.split("=", 1)
            if "-" not in name:
                message[name] = value
                continue
            code, suffix = name.split("-", 1)
            kept = factors.setdefault(code, {})
            kept[suffix] = value if suffix in ("Flag", "SampleTime") else float(value)
    message["factors"] = factors
    return message
