"""Files of frames: one JSON object a line, the frame's bytes in base64."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterable, Iterator
from typing import Any

from .decoding import decode


def decoded_lines(lines: Iterable[bytes]) -> Iterator[tuple[str, bool]]:
    """For each line that is not empty its reading as JSON, and whether the line could not be read."""
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        id, frame, trouble = _frame(line, number)
        found = {"id": id} | ({"error": trouble} if trouble else decode(frame))
        yield json.dumps(found, ensure_ascii=False), bool(trouble)


def _frame(line: bytes, number: int) -> tuple[Any, bytes, str]:
    """The id, the frame's bytes, and what is wrong with the line."""
    expected = '应为 {"id": …, "frame_b64": "…"}'
    try:
        record = json.loads(line)
    except ValueError:
        return None, b"", f"第{number}行：不是JSON，{expected}。"
    if not isinstance(record, dict) or not isinstance(record.get("frame_b64"), str):
        id = record.get("id") if isinstance(record, dict) else None
        return id, b"", f"第{number}行：没有frame_b64，{expected}。"
    try:
        return record.get("id"), base64.b64decode(record["frame_b64"], validate=True), ""
    except (binascii.Error, ValueError):
        return record.get("id"), b"", f"第{number}行：frame_b64不是base64。请检查该行。"
