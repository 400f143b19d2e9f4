"""The board of the drill: opening the books, the first board on them, the next one, the county lights."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from bench.figures import Figure, seconds
from duheng.assess.board import board
from duheng.assess.books import Opened, default_plan, opened
from duheng.assess.counties import county_lights
from duheng.assess.findings import over_ledger
from duheng.ingest.loading import open_city
from duheng.model.plan import City, Plan

SCENARIO = "drill"
FIRST = datetime(2026, 12, 31, tzinfo=UTC)
ROUNDS = 7


def main() -> list[Figure]:
    """Every first board is made on books of their own: each is opened as of another moment."""
    city = open_city("512000", SCENARIO)
    plan = default_plan(city, SCENARIO)
    board(city, plan, SCENARIO)  # the data files are read once in a process
    moments = [FIRST + timedelta(seconds=number) for number in range(ROUNDS)]
    opening = _median(moments, lambda moment: opened(city, plan, SCENARIO, moment))
    first = _median(moments, lambda moment: board(city, plan, SCENARIO, moment))
    here = opened(city, plan, SCENARIO, moments[-1])
    facts = here.books.facts.height
    return [
        Figure(f"打开账簿（演练，{facts}条事实，另一时点）", opening * 1000, "ms"),
        Figure("首次计算工作台（30项目标）", first * 1000, "ms", bound="< 300 ms", holds=first < 0.3),
        *_again(city, plan, here, moments[-1]),
    ]


def _again(city: City, plan: Plan, here: Opened, moment: datetime) -> list[Figure]:
    next_one = seconds(lambda: board(city, plan, SCENARIO, moment))
    lights = seconds(lambda: county_lights(city, plan, SCENARIO, moment))
    findings = seconds(lambda: over_ledger(here), repeat=1, warm=0)
    return [
        Figure("再次计算工作台（账本未变）", next_one * 1000, "ms"),
        Figure("县（区）晴雨表（账本未变）", lights * 1000, "ms"),
        Figure("账本核查（越级、口径、合计、计算值）", findings * 1000, "ms"),
    ]


def _median(moments: list[datetime], work: Callable[[datetime], object]) -> float:
    """Median wall time of the work over the moments [s]."""
    times = []
    for moment in moments:
        begin = time.perf_counter()
        work(moment)
        times.append(time.perf_counter() - begin)
    return statistics.median(times)
