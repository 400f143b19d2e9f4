"""A million mutated frames through every reader of HJ 212: no crash, no hang, no byte lost."""

from __future__ import annotations

import importlib.util
import random
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from bench.figures import Figure
from duheng.telemetry.hj212.columns import read
from duheng.telemetry.hj212.decoding import decode
from duheng.telemetry.hj212.encoding import frame
from duheng.telemetry.hj212.framing import Fragment, Framer

MUTATED = 1_000_000
AT_ONCE = 500
GUIDED = 600  # seconds
SLOWEST = 2.0  # seconds that a batch of 500 may take
HEAD = {"QN": "20260101080000001", "ST": "31", "CN": "2051", "PW": "123456", "MN": "A1B2C3", "Flag": "5"}
SIGNS = b"#&;,=0123456789.-\r\n \x00\xff\xb0abzANZ"


def seeds() -> list[bytes]:
    """Frames of every shape that the encoder makes, and one that no standard has."""
    values = [[("a21026-Cou", "1.2"), ("a21026-Min", "1"), ("a21026-Avg", "2"), ("a21026-Flag", "N")]]
    times = [[("DataTime", "20260101075000")]]
    return [
        frame(HEAD, times + values),
        frame(
            {**HEAD, "CN": "2011"},
            [*times, [("w01018-SampleTime", "20260101075000"), ("w01018-Rtd", "33.1")]],
        ),
        frame({**HEAD, "CN": "3020"}, [*times, [("i11001-Info", "//日志；a=b;c,d//")]]),
        frame({**HEAD, "CN": "2061", "Flag": "7", "PNUM": "2", "PNO": "1"}, times + values * 8),
        frame(
            {"QN": "20060101080000001", "ST": "32", "CN": "2051", "PW": "123456", "MN": "8"},
            [[("011-Avg", "1")]],
        ),
        b"##0021QN=1;ST=39;CN=2011;PW=1B8C1\r\n",
    ]


def mutated(chance: random.Random, raw: bytes) -> bytes:
    """The frame with up to six bytes dropped, doubled, swapped, replaced, or a piece of it moved."""
    data = bytearray(raw)
    for _ in range(chance.randint(1, 6)):
        place = chance.randrange(len(data)) if data else 0
        match chance.randrange(6):
            case 0:
                del data[place : place + 1]
            case 1:
                data[place:place] = data[place : place + chance.randint(1, 30)]
            case 2:
                data[place : place + 2] = data[place : place + 2][::-1]
            case 3:
                data[place : place + 1] = bytes([chance.choice(SIGNS)])
            case 4:
                del data[place:]
            case _:
                data[place:place] = chance.randbytes(chance.randint(1, 4))
    return bytes(data)


def streams(chance: random.Random, count: int) -> Iterator[list[bytes]]:
    """Lists of mutated frames, 500 at once."""
    known = seeds()
    for _ in range(0, count, AT_ONCE):
        yield [mutated(chance, chance.choice(known)) for _ in range(AT_ONCE)]


def endure(chance: random.Random, count: int) -> Counter[str]:
    """Reads every mutated frame by all three readers. Raises AssertionError for a lost byte or a batch that hangs."""
    seen: Counter[str] = Counter()
    for frames in streams(chance, count):
        begin, stream = time.perf_counter(), b"\r\n".join(frames)
        framer = Framer()
        pieces = [*framer.feed(stream), *framer.close()]
        kept = b"".join(piece.raw for piece in pieces)
        if kept.translate(None, b"\r\n \t") != stream.translate(None, b"\r\n \t"):
            raise AssertionError("bytes were lost")
        seen.update(f"fragment {one.reason}" if isinstance(one, Fragment) else "frame" for one in pieces)
        batch = read(stream)
        seen["batch rows"] += batch.readings.height
        seen.update(str(decode(one).get("status", "stream")) for one in frames)
        if time.perf_counter() - begin > SLOWEST * 10:
            raise AssertionError("a batch took far too long")
    return seen


def guided(seconds: int) -> Figure:
    """Fuzzing led by coverage in a process of its own (`soak.guided_hj212`). Raises AssertionError for a crash."""
    with tempfile.TemporaryDirectory(prefix="duheng-fuzz-") as folder:
        for number, raw in enumerate(seeds()):
            (Path(folder) / f"seed{number}").write_bytes(raw)
        command = [sys.executable, "-m", "soak.guided_hj212", folder, f"-max_total_time={seconds}"]
        limits = ["-max_len=2400", "-timeout=20", "-rss_limit_mb=2048", f"-artifact_prefix={folder}/"]
        done = subprocess.run([*command, *limits], capture_output=True, text=True, check=False)
    if done.returncode:
        raise AssertionError(done.stderr[-3000:])
    runs = re.findall(r"#(\d+)", done.stderr)
    corpus = re.findall(r"cov: (\d+) .*?corp: (\d+)", done.stderr)
    said = f"覆盖 {corpus[-1][0]}，语料 {corpus[-1][1]}" if corpus else ""
    return Figure(
        "覆盖引导的模糊测试：报文读取", float(runs[-1]) if runs else 0.0, "次", peer=f"{seconds} s，{said}"
    )


def main() -> list[Figure]:
    """A million frames with a new seed each time, which is printed; ten minutes of fuzzing where it can be had."""
    seed = time.time_ns() % 1_000_000
    begin = time.perf_counter()
    seen = endure(random.Random(seed), MUTATED)
    taken = time.perf_counter() - begin
    said = "，".join(f"{name} {count:,}" for name, count in seen.most_common(12))
    found = [Figure(f"{MUTATED:,}个变异报文（种子{seed}）：无一异常、无一字节丢失", taken, "s", peer=said)]
    if importlib.util.find_spec("atheris"):
        found.append(guided(GUIDED))
    return found
