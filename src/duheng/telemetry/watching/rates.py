"""How much of what was due has come, and how much of that is valid, by device and day."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from pathlib import Path

import polars as pl

from duheng.engine.columns import over_polars
from duheng.model.saying import say
from duheng.rules.readings import capture_rate, data_completeness
from duheng.telemetry.receipts import spans
from duheng.telemetry.watching.settings import number
from duheng.telemetry.watching.signs import Sign
from duheng.telemetry.watching.taking import BEIJING, HOURS, MINUTES

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


def rates(
    found: pl.DataFrame,
    mns: Iterable[str],
    first: date,
    last: date,
    now: datetime,
    begun: Mapping[str, datetime] | None = None,
) -> pl.DataFrame:
    """Rates by device and day; columns COLUMNS.

    found: `taking.current` rows, from transmission.history_days before `first` on: what a device sends is learnt from
    there. mns: every device expected, also one that never sent (its rates are null). now: Beijing; hours to come are
    not yet due. begun: when a device was first heard (Beijing; `first_heard`): nothing was due before, and a day before
    has no rate even where the device handed its data in later. Hourly values count where a device sends them, else
    those of its shorter period.
    transmission is the rule `data_completeness` over the values of a day; validity is the rule `capture_rate` with
    the values received in place of the hours of a quarter; effective: their product.
    Source: see `transmission` and `validity` in cn/monitoring/watching.yaml.
    """
    usual = _usual(found)
    days = pl.DataFrame({"day": [first + timedelta(n) for n in range((last - first).days + 1)]})
    grid = pl.DataFrame({"mn": sorted(set(mns))}, schema={"mn": pl.String()}).join(days, how="cross")
    grid = grid.join(usual, on="mn", how="left").join(_begun(begun or {}), on="mn", how="left")
    grid = grid.with_columns(expected=_slots(now) * pl.col("factors"))
    joined = grid.join(_came(found, usual), on=["mn", "day"], how="left").with_columns(
        pl.when(pl.col("expected").is_not_null()).then(pl.col(name).fill_null(0)).otherwise(pl.col(name))
        for name in ("received", "stopped", "valid")
    )
    received, stopped = pl.col("received"), pl.col("stopped")
    joined = joined.with_columns(
        # More than expected is a double under another factor, never more than all.
        transmission=over_polars(data_completeness, received=received, expected=pl.col("expected")).clip(
            0, 1
        ),
        validity=over_polars(
            capture_rate, hours=received, invalid=received - stopped - pl.col("valid"), stopped=stopped
        ),
    ).with_columns(effective=pl.col("transmission") * pl.col("validity"))
    return joined.select(list(COLUMNS)).cast(COLUMNS).sort("mn", "day")  # type: ignore[arg-type]


def _came(found: pl.DataFrame, usual: pl.DataFrame) -> pl.DataFrame:
    """Values by device and day of the command that counts: received, stopped, valid."""
    return (
        found.join(usual.select("mn", cn="basis"), on=["mn", "cn"])
        .group_by("mn", day=pl.col("time").dt.date())
        .agg(
            received=pl.len(),
            stopped=(pl.col("flag") == STOPPED).fill_null(False).sum(),
            valid=(pl.col("good") & pl.col("value").is_not_null()).sum(),
        )
    )


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


def _begun(begun: Mapping[str, datetime]) -> pl.DataFrame:
    kinds = {"mn": pl.String(), "begun": pl.Datetime("us")}
    return pl.DataFrame(list(begun.items()), kinds, orient="row")


def _slots(now: datetime) -> pl.Expr:
    """Values of a factor that were due on a day until now; null where the device was first heard later."""
    start = pl.col("day").cast(pl.Datetime("us"))
    end = pl.min_horizontal(pl.lit(now), start + timedelta(days=1))
    since = pl.max_horizontal(start, pl.col("begun"))
    minutes = (end - since).dt.total_minutes().clip(0, 1440)
    due = (minutes / pl.col("minutes")).floor().cast(pl.Int64)
    later = (pl.col("begun") >= start + timedelta(days=1)).fill_null(False)
    return pl.when(later).then(None).otherwise(due)


def first_heard(home: Path, found: pl.DataFrame, since: date) -> dict[str, datetime]:
    """When each device of the readings was first heard (Beijing), of those not heard before `since`.

    found: `taking.current` rows. A device whose readings all arrived later may have sent before the days looked at:
    only for such are the receipts of all segments asked. Raises OSError.
    """
    arrivals = found.group_by("mn").agg(pl.col("arrival").min() + BEIJING)
    start = datetime.combine(since, datetime.min.time())
    late = {mn: at for mn, at in arrivals.iter_rows() if at > start}
    if not late:
        return {}
    sent = spans(home)
    known = {mn: min(at, sent[mn][0] + BEIJING) if mn in sent else at for mn, at in late.items()}
    return {mn: at for mn, at in known.items() if at > start}


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
