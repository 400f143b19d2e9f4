"""Readings made for these tests: devices on which nothing is wrong, and the ways to spoil them one at a time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
import numpy.typing as npt
import polars as pl

from duheng.telemetry.readings.layout import SCHEMA

Numbers = npt.NDArray[np.float64]
START = datetime(2026, 3, 2)
DAYS = 21
HOUR = timedelta(hours=1)
# Factor: mean, spread, decimals, kg for a unit of concentration and a cubic metre; of flow m3/s a unit.
WATER = {"w00000": (40.0, 0.2, 2, 1e-3), "w01018": (24.0, 0.2, 2, 1e-3), "w21003": (1.5, 0.22, 3, 1e-3),
         "w21001": (8.0, 0.18, 2, 1e-3), "w01001": (7.2, 0.01, 2, 0.0)}  # fmt: skip
GAS = {"a00000": (30.0, 0.15, 3, 1.0), "a21002": (28.0, 0.15, 2, 1e-6), "a21026": (14.0, 0.2, 2, 1e-6),
       "a19001": (8.0, 0.06, 2, 0.0)}  # fmt: skip
POWER = {"ep0101": (600.0, 0.15, 2, 0.0), "ep0201": (80.0, 0.15, 2, 0.0)}
KINDS = {"water": ("32", WATER), "gas": ("31", GAS), "power": ("80", POWER)}


@dataclass(frozen=True)
class Outlet:
    """A made-up device: its kind and a number that is also its seed."""

    kind: str
    number: int

    @property
    def mn(self) -> str:
        """Its MN."""
        return f"{self.kind}{self.number:04d}"


def hours(one: Outlet, days: int = DAYS, start: datetime = START) -> pl.DataFrame:
    """Its hourly readings as devices send them, all of them on time; columns SCHEMA."""
    st, factors = KINDS[one.kind]
    rng = np.random.default_rng(1000 * one.number + len(one.kind))
    times = [start + HOUR * n for n in range(days * 24)]
    load = _wander(rng, len(times)) + 0.6 * np.sin(np.arange(len(times)) * 2 * np.pi / 24 + one.number)
    values = {code: _level(rng, load, mean, spread) for code, (mean, spread, *_) in factors.items()}
    parts, volume = [], np.zeros(len(times))
    for code, (_, _, decimals, mass) in factors.items():
        mean = np.round(values[code], decimals)
        swing = np.abs(mean) * rng.uniform(0.02, 0.06, len(times))
        if code in ("w00000", "a00000"):
            volume = mean * 3600 * mass
        amount = volume if code in ("w00000", "a00000") else mean * volume * mass
        parts.append(
            {"factor": code, "time": times, "avg": mean, "min": np.round(mean - swing, decimals),
             "max": np.round(mean + swing, decimals), "cou": np.round(amount, 3) if mass else [None] * len(times)}
        )  # fmt: skip
    rows = pl.concat(
        pl.DataFrame(part, schema_overrides={"time": pl.Datetime("us"), "cou": pl.Float64}) for part in parts
    )
    return _filled(rows, {"mn": one.mn, "st": st, "cn": "2061", "flag": "N", "segment": "s"})


def _wander(rng: np.random.Generator, length: int, keep: float = 0.85) -> Numbers:
    noise = rng.normal(size=length) * np.sqrt(1 - keep**2)
    found = np.empty(length)
    last = 0.0
    for n in range(length):
        last = found[n] = keep * last + noise[n]
    return found


def _level(rng: np.random.Generator, load: Numbers, mean: float, spread: float) -> Numbers:
    own = _wander(rng, len(load), 0.5)
    return np.maximum(0.05 * mean, mean * (1 + spread * (0.8 * load + 0.45 * own)))


def _filled(rows: pl.DataFrame, given: Mapping[str, str]) -> pl.DataFrame:
    arrival = pl.col("time") + HOUR + timedelta(seconds=40) - 8 * HOUR
    lacking = {name: pl.lit(None) for name in SCHEMA if name not in (*rows.columns, *given)}
    lacking |= {"arrival": arrival, "offset": pl.lit(0)}
    constant = {name: pl.lit(value) for name, value in given.items()}
    return rows.with_columns(**constant, **lacking).select(list(SCHEMA)).cast(SCHEMA)  # type: ignore[arg-type]


def spoilt(rows: pl.DataFrame, factor: str, first: datetime, last: datetime, value: pl.Expr) -> pl.DataFrame:
    """The rows with mean and extremes of a factor replaced from `first` to before `last`."""
    at = (pl.col("factor") == factor) & pl.col("time").is_between(first, last, closed="left")
    return rows.with_columns(
        pl.when(at).then(value).otherwise(pl.col(name)).alias(name) for name in ("avg", "min", "max")
    )


def copied(rows: pl.DataFrame, factor: str, origin: datetime, to: datetime, length: int) -> pl.DataFrame:
    """The rows with some hours of a factor taken from earlier ones."""
    own = rows.filter(pl.col("factor") == factor).sort("time")
    values = own.filter(pl.col("time").is_between(origin, origin + HOUR * length, closed="left"))["avg"]
    given = dict(zip((to + HOUR * n for n in range(length)), values, strict=True))
    taken = pl.col("time").replace_strict(given, default=None, return_dtype=pl.Float64)
    return spoilt(rows, factor, to, to + HOUR * length, taken)
