"""How much of what was due has come, and how much of that is valid, by device and day."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

import polars as pl

from duheng.engine.columns import PolarsColumns
from duheng.model import Rule
from duheng.model.saying import say
from duheng.rules.readings import capture_rate, data_completeness
from duheng.telemetry.watching.settings import number
from duheng.telemetry.watching.signs import Sign
from duheng.telemetry.watching.taking import HOURS, MINUTES

COLUMNS: dict[str, pl.DataType] = {
    "mn": pl.String(),
    "day": pl.Date(),
    "basis": pl.String(),
    "expected": pl.Int64(),
    "received": pl.Int64(),
    "stopped": pl.Int64(),
    "valid": pl.Int64(),
    "transmission": pl.Float64(),
    "validity": pl.Float64(),
    "effective": pl.Float64(),
}
STOPPED = "F"


def rates(found: pl.DataFrame, mns: Iterable[str], first: date, last: date, now: datetime) -> pl.DataFrame:
    """Rates by device and day; columns COLUMNS.

    found: `taking.current` rows, from transmission.history_days before `first` on: what a device sends is learnt from
    there. mns: every device expected, also one that never sent (its rates are null). now: Beijing; hours to come are
    not yet due. Hourly values count where a device sends them, else those of its shorter period.
    transmission is the rule `data_completeness` over the values of a day; validity is the rule `capture_rate` with
    the values received in place of the hours of a quarter; effective: their product.
    Source: see `transmission` and `validity` in cn/monitoring/watching.yaml.
    """
    usual = _usual(found)
    days = pl.DataFrame({"day": [first + timedelta(n) for n in range((last - first).days + 1)]})
    grid = pl.DataFrame({"mn": sorted(set(mns))}, schema={"mn": pl.String()}).join(days, how="cross")
    grid = grid.join(usual, on="mn", how="left").with_columns(expected=_slots(now) * pl.col("factors"))
    came = (
        found.join(usual.select("mn", cn="basis"), on=["mn", "cn"])
        .group_by("mn", day=pl.col("time").dt.date())
        .agg(
            received=pl.len(),
            stopped=(pl.col("flag") == STOPPED).fill_null(False).sum(),
            valid=(pl.col("good") & pl.col("value").is_not_null()).sum(),
        )
    )
    joined = grid.join(came, on=["mn", "day"], how="left").with_columns(
        pl.when(pl.col("expected").is_not_null()).then(pl.col(name).fill_null(0)).otherwise(None)
        for name in ("received", "stopped", "valid")
    )
    received, stopped = pl.col("received"), pl.col("stopped")
    joined = joined.with_columns(
        # More than expected is a double under another factor, never more than all.
        transmission=_read(data_completeness, received=received, expected=pl.col("expected")).clip(0, 1),
        validity=_read(
            capture_rate, hours=received, invalid=received - stopped - pl.col("valid"), stopped=stopped
        ),
    ).with_columns(effective=pl.col("transmission") * pl.col("validity"))
    return joined.select(list(COLUMNS)).cast(COLUMNS).sort("mn", "day")  # type: ignore[arg-type]


def _read(rule: Rule, **columns: pl.Expr) -> pl.Expr:
    """A rule over columns, so that what is watched and what the rule says are one formula."""
    wording = rule.wordings[0]
    result: pl.Expr = wording.read(PolarsColumns(), columns) * wording.factor
    return result


def _usual(found: pl.DataFrame) -> pl.DataFrame:
    """What each device usually sends: basis (a command), factors, minutes between two values."""
    periods = found.filter(pl.col("cn").is_in([HOURS, MINUTES]))
    steps = (
        periods.group_by("mn", "cn", "factor")
        .agg(n=pl.len(), step=pl.col("time").sort().diff().dt.total_minutes().median())
        # A factor that came once or twice is none that is due.
        .filter(pl.col("n") >= 0.1 * pl.col("n").max().over("mn", "cn"))
    )
    return (
        steps.group_by("mn", basis="cn")
        .agg(factors=pl.len(), minutes=pl.col("step").median())
        .sort("mn", "basis", descending=[False, True])  # 2061 before 2051
        .unique("mn", keep="first")
        .with_columns(
            pl.when(pl.col("basis") == HOURS).then(60.0).otherwise(pl.col("minutes")).alias("minutes")
        )
        .filter(pl.col("minutes") > 0)
    )


def _slots(now: datetime) -> pl.Expr:
    """Values of a factor that were due on a day until now."""
    begun = pl.lit(now) - pl.col("day").cast(pl.Datetime("us"))
    minutes = begun.dt.total_minutes().clip(0, 1440)
    return (minutes / pl.col("minutes")).floor().cast(pl.Int64)


def low(found: pl.DataFrame) -> list[Sign]:
    """The days on which a rate is below its least."""
    signs = []
    for name, words in (
        ("transmission", "应到{due}个，实到{got}个（{share}）"),
        ("validity", "应有效{due}个，有效{got}个（{share}）"),
    ):
        least = number(name, "least")
        for row in found.filter(pl.col(name) < least).iter_rows(named=True):
            due = row["expected"] if name == "transmission" else row["received"] - row["stopped"]
            got = row["received"] if name == "transmission" else row["valid"]
            start = datetime.combine(row["day"], datetime.min.time())
            said = say(words, due=due, got=got, share=f"{row[name]:.1%}")
            signs.append(
                Sign(
                    name,
                    row["mn"],
                    "",
                    start,
                    start + timedelta(days=1),
                    said,
                    say("不低于{share}", share=f"{least:.0%}"),
                    row[name],
                    least,
                )
            )
    return signs
