"""Reading HJ 212: frames to typed columns, every field, check sum checked, beside the parser one writes first."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from bench.figures import CHECKOUT, Figure
from bench.hj212_yardstick import parse
from duheng.telemetry.hj212 import crc
from duheng.telemetry.hj212.columns import read
from duheng.telemetry.hj212.framing import Frame, Framer
from duheng.telemetry.hj212.names import Names
from duheng.telemetry.hj212.plain_columns import plain_part

FRAMES = 100_000
SHARE = 10_000  # frames given to what reads them one by one
# Frames a CPU second of others, measured on a like machine (../shared/hj212/peers_speed.md, sections 2 and 5).
PEERS = {"Java 最快的库": 7_000, "Go 最快的库": 94_000, "C 单遍": 1_230_000, "Python 工具": 1_850}


def main() -> list[Figure]:
    """Batches beside the yardstick; one frame after the other; framing and check sum alone."""
    data = _workload()
    lines = [line + b"\r\n" for line in data.split(b"\r\n")[:SHARE]]
    share = b"".join(lines)
    whole = read(data)
    if whole.frames.height != FRAMES or not whole.frames["crc"].all() or whole.further.height:
        raise AssertionError("the workload was not read in full")
    pairs = [(FRAMES / _cpu(lambda: read(data)), SHARE / _cpu(lambda: _all(lines))) for _ in range(5)]
    own, other = (sorted(one)[2] for one in zip(*pairs, strict=True))
    ratio = sorted(mine / theirs for mine, theirs in pairs)[2]
    peers = "；".join(f"{name} {speed:,}（{own / speed:.2g} 倍）" for name, speed in PEERS.items())
    frames = [piece for piece in Framer().feed(share) if isinstance(piece, Frame)]
    framing = SHARE / _cpu(lambda: Framer().feed(share))
    plain = SHARE / _cpu(lambda: plain_part(list(enumerate(frames)), Names()))
    sums = len(frames) / _cpu(lambda: [crc.checksum(frame.segment) for frame in frames])
    unit = "帧/处理器秒"
    return [
        Figure(
            "HJ 212 成批解析到各列（全部字段，校验）",
            own,
            unit,
            peer=peers,
            bound=">= 130000",
            holds=own >= 130_000,
        ),
        Figure(
            "同上，对照直写的 Python 解析",
            own,
            unit,
            peer=f"{other:,.0f}",
            ratio=ratio,
            bound=">= 5 倍",
            holds=ratio >= 5,
        ),
        Figure("逐帧容错解析（不规则的帧走这条路）", plain, unit),
        Figure("分帧并校验（接收时）", framing, unit),
        Figure("校验和（大整数折叠）", sums, unit),
    ]  # fmt: skip


def _workload() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "frames.bin"
        script = CHECKOUT.parent / "shared" / "hj212" / "gen_frames.py"
        subprocess.run(
            [sys.executable, str(script), str(FRAMES), str(out)], check=True, stdout=subprocess.DEVNULL
        )
        return out.read_bytes()


def _all(lines: list[bytes]) -> None:
    for line in lines:
        parse(line)


def _cpu(work: Callable[[], object]) -> float:
    begin = time.process_time()
    work()
    return time.process_time() - begin
