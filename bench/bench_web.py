"""The pages as readers meet them: second start, board with 20 readers at once, why, a page not asked for before."""

from __future__ import annotations

import http.client
import os
import sys
import threading
import time
from pathlib import Path
from urllib.parse import quote, urlsplit

from bench.figures import CHECKOUT, Figure, percentile
from bench.serving import free_port, serving

READERS = 20
REQUESTS = 60  # of each reader
BOARD, DRILL = "/", "/?scenario=drill"
WHY = "/why/energy_intensity_decline/512000/2025?scenario=drill"
BOUND = 0.150
START = 3.0


def main() -> list[Figure]:
    """Figures of one server with its default number of workers on this machine."""
    home = Path(os.environ["DUHENG_HOME"])
    with serving(_command(free := free_port()), free, home) as first:
        begun = first.seconds
    port = free_port()
    with serving(_command(port), port, home) as page:
        again = page.seconds
        figures = [
            Figure("首次启动到首页（建库、装入城市数据）", begun, "s"),
            Figure("再次启动到首页", again, "s", bound="< 3 s", holds=again < START),
        ]
        time.sleep(8)  # the pictures of the other pages are made after the first page was shown
        for name, path in (("看板（真实）", BOARD), ("看板（演练）", DRILL), ("数字来历", WHY)):
            figures += _read_at_once(page.address, name, path)
        figures.append(_unasked(page.address))
    return figures


def _command(port: int) -> list[str]:
    os.environ["PYTHONPATH"] = str(CHECKOUT / "src")
    return [sys.executable, "-m", "duheng", "serve", "--port", str(port)]


def _read_at_once(address: str, name: str, path: str) -> list[Figure]:
    """READERS readers with a connection each, one request after the other."""
    times: list[float] = []
    wrong: list[int] = []
    together = threading.Barrier(READERS + 1)

    def reader() -> None:
        own, bad = _requests(address, path, together)
        times.extend(own)
        wrong.extend(bad)

    readers = [threading.Thread(target=reader) for _ in range(READERS)]
    for one in readers:
        one.start()
    together.wait()
    begin = time.perf_counter()
    for one in readers:
        one.join()
    took = time.perf_counter() - begin
    if wrong:
        raise RuntimeError(f"{path}: {len(wrong)} answers were not 200, the first {wrong[0]}")
    p95 = percentile(times, 0.95)
    return [
        Figure(f"{name}，{READERS}人同时读，95%在", p95 * 1000, "ms", bound="< 150 ms", holds=p95 < BOUND),
        Figure(f"{name}，每秒页数", len(times) / took, "/s"),
    ]


def _requests(address: str, path: str, together: threading.Barrier) -> tuple[list[float], list[int]]:
    parts = urlsplit(address)
    line = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=60)
    asked = {"Accept-Encoding": "gzip"}
    line.request("GET", path, headers=asked)  # the connection stands before the clock starts
    line.getresponse().read()
    together.wait()
    times, wrong = [], []
    for _ in range(REQUESTS):
        begin = time.perf_counter()
        line.request("GET", path, headers=asked)
        answer = line.getresponse()
        answer.read()
        times.append(time.perf_counter() - begin)
        if answer.status != 200:
            wrong.append(answer.status)
    line.close()
    return times, wrong


def _unasked(address: str) -> Figure:
    """Median of boards that nobody asked for before: another filter each time, nothing kept."""
    units = (
        "市统计局",
        "市水务局",
        "市生态环境局",
        "市农业农村局",
        "市交通运输局",
        "市发展改革委",
        "市商务局",
    )
    parts = urlsplit(address)
    line = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=60)
    times = []
    for unit in units:
        begin = time.perf_counter()
        line.request("GET", f"/?scenario=drill&unit={quote(unit)}")
        line.getresponse().read()
        times.append(time.perf_counter() - begin)
    line.close()
    return Figure("看板，首次请求的筛选，中位", sorted(times)[len(times) // 2] * 1000, "ms")
