"""Roll-up of quarter-hour readings: to month by county beside hand-written SQL, one late day, and MyEMS's size.

The whole size is 100,000,000 readings (soak/soak_rollup.py, or DUHENG_BENCH_READINGS=100000000); the routine run takes
what can be made in half a minute. Readings are made once and kept outside the checkout (~/.cache/duheng-bench).
"""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import polars as pl

from bench.figures import Figure

if TYPE_CHECKING:
    from duheng.model.plan import City
    from duheng.telemetry.rollup.engines import Engine
    from duheng.telemetry.rollup.points import Points

ROUTINE, WHOLE = 20_000_000, 100_000_000
METERS = 2854  # a year of quarter hours of so many meters is the whole size
FIRST = date(2025, 1, 1)
COUNTIES = ("512002", "512021", "512022")
CACHE = Path(os.environ.get("DUHENG_BENCH_CACHE", Path.home() / ".cache" / "duheng-bench"))
HEAD = "mn,factor,kind,entity,item,unit,every,most,rolls_at,since,until,owner,formula,counted\n"


def meter(number: int) -> str:
    return f"010000A8900016F0{number:08d}"


def listed(kind: str, count: int, since: date, owners: Sequence[str] = COUNTIES) -> Points:
    """The points of the bench: each meter belongs to one of the owners."""
    from duheng.telemetry.rollup.points import read_points

    lines = [
        f"{meter(n)},E,{kind},{owners[n % len(owners)]},电力,kWh,15,500,1000000000,{since},,,,\n"
        for n in range(count)
    ]
    return read_points(HEAD + "".join(lines))


def made(readings: int) -> tuple[Path, int]:
    """A home with at least so many interval readings in whole days, made once; and how many there are."""
    from duheng.telemetry.readings.writing import write

    days = -(-readings // (METERS * 96))
    home = CACHE / f"rollup-2-{METERS}x{days}"
    if not (home / "done").exists():
        shutil.rmtree(home, ignore_errors=True)
        for n in range(days):
            write(home, day_of(FIRST + timedelta(days=n)))
        (home / "done").touch()
    return home, days * METERS * 96


def day_of(day: date) -> pl.DataFrame:
    """A day of all meters: amounts of a quarter of an hour [kWh], now and then one that is flagged as faulty."""
    from duheng.telemetry.readings.layout import SCHEMA

    midnight = datetime(day.year, day.month, day.day)
    seed = day.toordinal()
    quarters = pl.DataFrame({"quarter": range(96)})
    frame = pl.DataFrame({"n": range(METERS), "mn": [meter(n) for n in range(METERS)]}).join(
        quarters, how="cross"
    )
    mixed = (pl.col("n") * 96 + pl.col("quarter") + seed * 1_000_003).hash(seed)
    # One of a hundred hours has one faulty quarter; the first meter has an hour of two in every month.
    faulty = (mixed % 25 == 0) & (pl.col("quarter") % 4 == 2)
    broken = (pl.col("n") == 0) & pl.col("quarter").is_between(40, 41) & (day.day == 9)
    frame = frame.with_columns(
        cn=pl.lit("interval"), factor=pl.lit("E"),
        time=pl.lit(midnight) + pl.duration(minutes=15 * pl.col("quarter")),
        cou=(mixed % 1000).cast(pl.Float64) / 10,
        flag=pl.when(faulty | broken).then(pl.lit("D")).otherwise(pl.lit("N")),
        segment=pl.lit(f"{day}/000000-0001"), offset=pl.int_range(pl.len()),
    )  # fmt: skip
    frame = frame.with_columns(arrival=pl.col("time") + pl.duration(minutes=1))
    absent = [name for name in SCHEMA if name not in frame.columns]
    return frame.with_columns(pl.lit(None, SCHEMA[name]).alias(name) for name in absent).select(list(SCHEMA))


HAND_WRITTEN = """
WITH hours AS (
    SELECT mn, date_trunc('hour', time) AS hour, sum(cou) AS total, count(*) AS number
    FROM read_parquet([{files}])
    WHERE cn = 'interval' AND factor = 'E' AND cou IS NOT NULL AND (flag IS NULL OR flag IN ('N', '3', 'S'))
    GROUP BY ALL
), months AS (
    SELECT mn, sum(total * 4 / number) AS amount, count(*) AS known FROM hours WHERE number >= 3 GROUP BY mn
)
SELECT county, CASE WHEN count(*) = any_value(expected) THEN sum(amount) / 10000 END AS value,
       sum(amount) / 10000 * 1.229 AS coal
FROM months JOIN meters USING (mn) WHERE known = {hours} GROUP BY county
"""


def months(days: int) -> Iterator[tuple[date, date]]:
    """The whole months (or the rest of one) of so many days, first and last day."""
    first, end = FIRST, FIRST + timedelta(days=days)
    while first < end:
        after = min((first.replace(day=1) + timedelta(days=32)).replace(day=1), end)
        yield first, after - timedelta(days=1)
        first = after


def by_hand(home: Path, days: int) -> dict[tuple[str, str], float | None]:
    """Month by county by the best statement we know, month by month, in DuckDB alone."""
    connection = duckdb.connect(config={"memory_limit": "640MB", "preserve_insertion_order": False})
    connection.execute("CREATE TABLE meters (mn VARCHAR, county VARCHAR, expected INT)")
    rows = [(meter(n), COUNTIES[n % 3]) for n in range(METERS)]
    counts = {county: sum(1 for _, at in rows if at == county) for county in COUNTIES}
    values = ", ".join(f"('{mn}', '{county}', {counts[county]})" for mn, county in rows)
    connection.execute(f"INSERT INTO meters VALUES {values}")
    found: dict[tuple[str, str], float | None] = {}
    for first, last in months(days):
        folders = [
            home / "telemetry" / "readings" / f"day={first + timedelta(days=n)}"
            for n in range((last - first).days + 1)
        ]
        paths = [path for folder in folders for path in sorted(folder.rglob("*.parquet"))]
        files = ", ".join(f"'{path}'" for path in paths)
        query = HAND_WRITTEN.format(files=files, hours=24 * ((last - first).days + 1))
        for county, value, _ in connection.execute(query).fetchall():
            found[county, f"{first:%Y-%m}"] = value
    return found


def by_us(home: Path, days: int, city: City) -> dict[tuple[str, str], float | None]:
    """The same by `duheng rollup --preview`."""
    from duheng.telemetry.rollup.engines import engine
    from duheng.telemetry.rollup.rules import rules
    from duheng.telemetry.rollup.totals import preview

    works, points = engine(), listed("interval", METERS, FIRST)
    found: dict[tuple[str, str], float | None] = {}
    for days_of in months(days):
        for one in preview(home, works, points, city.places, city.parameters, days_of, rules()):
            if one.place in COUNTIES:
                found[one.place, f"{one.start:%Y-%m}"] = one.value and one.value / 10000  # kWh
    return found


def measured(what: str, home: Path, days: int) -> dict[str, Any]:
    """One way in a process of its own: seconds of the work, peak memory [MB], results."""
    command = [sys.executable, "-m", "bench.bench_rollup", what, str(home), str(days)]
    answer = subprocess.run(command, capture_output=True, text=True, check=True)
    found: dict[str, Any] = eval(answer.stdout.strip().splitlines()[-1])
    return found


def child(what: str, home: Path, days: int) -> dict[str, Any]:
    """What `measured` starts."""
    from duheng.city import default_city_folder, load

    city = load(default_city_folder())
    # What is imported and compiled on first use is no part of it.
    by_hand(home, 1) if what == "hand" else by_us(home, 1, city)
    begin = time.perf_counter()
    found = by_hand(home, days) if what == "hand" else by_us(home, days, city)
    spent = time.perf_counter() - begin
    return {
        "seconds": spent,
        "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "found": found,
    }


def month_by_county(readings: int) -> list[Figure]:
    """The product beside hand-written SQL, three times in turn, the best of each; and that they agree."""
    home, count = made(readings)
    days = count // (METERS * 96)
    runs = [(what, measured(what, home, days)) for _ in range(3) for what in ("hand", "us")]
    best = {what: min((one for whose, one in runs if whose == what), key=lambda one: float(one["seconds"]))
            for what in ("hand", "us")}  # fmt: skip
    hand, us = best["hand"], best["us"]
    agree = all(alike(value, us["found"].get(key)) for key, value in hand["found"].items())
    ratio = us["seconds"] / hand["seconds"]
    memory = us["memory"]
    name = f"{count:,} quarter-hour readings to month by county, hours valid from 45 minutes"
    said = "results equal" if agree else "results DIFFER"
    peer = f"hand-written DuckDB SQL over the same files {hand['seconds']:.2f} s, {said}"
    bound = "at most 1.3 of hand-written, equal to 1e-9"
    other = f"hand-written {hand['memory']:.0f} MB"
    return [
        Figure(name, us["seconds"], "s", peer, ratio, bound, ratio <= 1.3 and agree),
        Figure(
            "memory of that", memory, "MB", other, memory / hand["memory"], "below 1,000 MB", memory < 1000
        ),
    ]


def alike(one: float | None, other: float | None) -> bool:
    """Whether two sums are the same to 1e-9, or both unknown."""
    if one is None or other is None:
        return one is other
    return abs(one - other) <= 1e-9 * abs(one)


def incremental(readings: int) -> list[Figure]:
    """A full roll-up published once, then one late day of all meters rolled up."""
    cached, count = made(readings)
    points = listed("interval", METERS, FIRST)
    # Files never change under their name, so links are a copy; the cache stays as it was made.
    home = cached.with_name(f"{cached.name}-{os.getpid()}")
    shutil.copytree(cached, home, copy_function=os.link)
    try:
        return late_day(home, points, count)
    finally:
        shutil.rmtree(home)


def late_day(home: Path, points: Points, count: int) -> list[Figure]:
    """What `incremental` measures, in a home of its own."""
    from duheng.telemetry.readings.writing import write
    from duheng.telemetry.rollup.engines import engine
    from duheng.telemetry.rollup.running import roll_up

    begin = time.perf_counter()
    full = roll_up(home, points, engine())
    first = time.perf_counter() - begin
    chosen = FIRST + timedelta(days=count // (METERS * 96) // 2)
    came = pl.lit(datetime.now()).cast(pl.Datetime("us"))
    late = day_of(chosen).with_columns(arrival=came, cou=pl.col("cou") + 0.1)
    write(home, late)
    works = engine()
    begin = time.perf_counter()
    outcome = roll_up(home, points, works)
    spent = time.perf_counter() - begin
    what = f"one late day of {len(late):,} corrected readings among {count:,}"
    wrote = f"{outcome.hours:,} hours, {outcome.days:,} days, {outcome.months:,} months written anew"
    figures = [Figure(what, spent, "s", wrote, None, "below 2 s", spent < 2.0)]
    if full.days:
        whole = f"all {count:,} to hours, days and months of each meter, published to files"
        figures.append(Figure(whole, first, "s", f"{full.hours:,} hours written"))
    return figures


def counters() -> pl.DataFrame:
    """200 meters, 90 days, a counter reading every quarter of an hour."""
    from duheng.telemetry.readings.layout import SCHEMA

    at = pl.lit(datetime(2026, 1, 1)) + pl.duration(minutes=15 * pl.col("n"))
    quarters = pl.DataFrame({"n": range(90 * 96)}).with_columns(time=at)
    rows = pl.DataFrame({"mn": [meter(n) for n in range(200)]}).join(quarters, how="cross")
    rows = rows.with_columns(
        cn=pl.lit("counter"),
        factor=pl.lit("E"),
        rtd=pl.col("n") * 25.0,
        arrival=pl.col("time"),
        segment=pl.lit("2026-01-01/000000-0001"),
        offset=pl.lit(0, pl.Int64),
    )
    absent = [name for name in SCHEMA if name not in rows.columns]
    return rows.with_columns(pl.lit(None, SCHEMA[name]).alias(name) for name in absent)


def myems() -> list[Figure]:
    """What MyEMS does for the same readings: hours and months; enterprises, counties and the city."""
    from duheng.city import default_city_folder, load
    from duheng.model.entities import Entity
    from duheng.telemetry.readings.writing import write
    from duheng.telemetry.rollup.engines import engine
    from duheng.telemetry.rollup.running import roll_up

    city = load(default_city_folder())
    firms = [Entity(f"K{n}", f"K{n}", "enterprise", COUNTIES[n % 3]) for n in range(20)]
    city = replace(city, places=city.places.joined(firms))
    points, works = listed("counter", 200, date(2026, 1, 1), [one.id for one in firms]), engine()
    spent = []
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        write(home, counters())
        for _ in range(3):
            shutil.rmtree(home / "telemetry" / "rollups", ignore_errors=True)
            begin = time.perf_counter()
            computed(home, works, points, city)
            middle = time.perf_counter()
            roll_up(home, points, works)
            spent.append((middle - begin, time.perf_counter() - middle))
    inside, whole = min(one for one, _ in spent), min(one for _, one in spent)
    peer = "MyEMS 13-26 s for the hours, 4.5 s and its sleeps for the sums (measured before)"
    what = "1,728,000 counter readings to hours and months by enterprise, county and city"
    published = "the same, hours, days and months of each meter published to files"
    return [
        Figure(what, inside, "s", peer, None, "below 0.5 s", inside < 0.5),
        Figure(published, whole, "s", peer),
    ]


def computed(home: Path, works: Engine, points: Points, city: City) -> None:
    """Hours, months of each meter and sums by place, nothing published."""
    import ibis

    from duheng.telemetry.meters.counters import readings_of, regular
    from duheng.telemetry.rollup.rules import rules
    from duheng.telemetry.rollup.tables import POINTS
    from duheng.telemetry.rollup.taking import good, open_files
    from duheng.telemetry.rollup.totals import MEMBERS, STARTS, members, sums

    read, _ = open_files(home, works, datetime(2026, 1, 1), datetime(2026, 4, 1))
    starts = pl.DataFrame({"start": [datetime(2026, n, 1) for n in (1, 2, 3)]}, {"start": pl.Datetime("us")})
    works.table("points", points.table())
    works.table("members", members(points, city.places, city.parameters, date(2026, 3, 31)))
    works.table("starts", starts)
    hours = regular(readings_of(good(read, rules()), POINTS))
    works.keep("by_hour", hours)
    kept = ibis.table(hours.schema(), name="by_hour")
    by_month = kept.group_by("pid", start=kept.hour.truncate("M")).agg(
        amount=kept.amount.sum(), incomplete=~kept.regular.all()
    )
    works.fetch(sums(by_month, MEMBERS, STARTS))


def main() -> list[Figure]:
    """All of it at the routine size, or at that of DUHENG_BENCH_READINGS."""
    return at(int(os.environ.get("DUHENG_BENCH_READINGS", ROUTINE)))


def at(readings: int) -> list[Figure]:
    """All of it with so many readings."""
    return [*month_by_county(readings), *incremental(readings), *myems()]


if __name__ == "__main__":
    print(child(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])))
