"""Fuzzing of the readers of HJ 212 led by coverage: `python -m soak.guided_hj212 CORPUS -max_total_time=600`."""

from __future__ import annotations

import sys

import atheris  # type: ignore[import-untyped,import-not-found,unused-ignore]

with atheris.instrument_imports(include=["duheng.telemetry.hj212"]):
    from duheng.telemetry.hj212.columns import read
    from duheng.telemetry.hj212.decoding import decode
    from duheng.telemetry.hj212.framing import Framer


def one(data: bytes) -> None:
    """Every reader on the same bytes; raises where a byte is lost."""
    cut = len(data) // 3
    framer = Framer()
    pieces = [*framer.feed(data[:cut]), *framer.feed(data[cut:]), *framer.close()]
    kept = b"".join(piece.raw for piece in pieces)
    if kept.translate(None, b"\r\n \t") != data.translate(None, b"\r\n \t"):
        raise AssertionError("bytes were lost")
    decode(data)
    read(data)


if __name__ == "__main__":
    atheris.Setup(sys.argv, one)
    atheris.Fuzz()
