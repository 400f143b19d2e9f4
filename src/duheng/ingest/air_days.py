"""Days of air quality from the facts of stations: means of a place, indices by the edition in force, missing days.

What is not known stays so: a place's mean needs enough of its stations, and a day that lacks an item is only judged
where the others already exceed an index of 100. No day is ever good for want of data (L1).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

import polars as pl

from duheng.ingest.air import DAILY, Monitored
from duheng.ingest.air_index import changes, half_to_even, index_columns, printed
from duheng.model.parameters import Local
from duheng.rules.air import EDITIONS, air_quality_index

NAMES = tuple(item.argument for item in DAILY)
ITEMS: Mapping[str, str] = {item.argument: item.item for item in DAILY}
DIGITS: Mapping[str, int] = {item.argument: item.decimals for item in DAILY}
QUANTITY, DUST = "air_concentration", "dust_days"
_COLUMNS = tuple(replace(item, column=item.argument) for item in DAILY)
_DAY = len("2025-01-01")


def station_days(facts: pl.DataFrame) -> pl.DataFrame:
    """Daily concentrations of every station that states any.

    facts: columns of the books. Returns entity, date, so2, no2, pm10, pm25, ozone [μg/m3], co [mg/m3], null where
    nothing is stated; one row a station and day.
    """
    own = facts.filter(
        (pl.col("quantity") == QUANTITY)
        & pl.col("item").is_in(list(ITEMS.values()))
        & (pl.col("period").str.len_chars() == _DAY)
    )
    return own.group_by("entity", date=pl.col("period").str.to_date("%Y-%m-%d"), maintain_order=True).agg(
        pl.col("value").filter(pl.col("item") == item).last().alias(name) for name, item in ITEMS.items()
    )


def dust_days(facts: pl.DataFrame, entity: str) -> list[date]:
    """Days on which the entity states that a sand-dust process spoiled its air."""
    own = facts.filter(
        (pl.col("quantity") == DUST)
        & (pl.col("entity") == entity)
        & (pl.col("value") > 0)
        & (pl.col("period").str.len_chars() == _DAY)
    )
    return own["period"].str.to_date("%Y-%m-%d").sort().to_list()


def place_days(
    stations: pl.DataFrame, members: Mapping[str, Sequence[str]], local: Local | None = None
) -> pl.DataFrame:
    """Means of places over their stations, as printed: whole μg/m3, tenths of mg/m3.

    stations: as of `station_days`. members: place -> its stations; a mean needs the valid share of them, which a
    place of one station has with that one. local: the parameters of the place.
    Returns the columns of `station_days` with the places as entities.
    Source: HJ 663-2013 (clause to be checked); an index follows from means, never a mean from indices.
    """
    found = [_means(stations, place, list(own), local or Local()) for place, own in members.items() if own]
    return pl.concat(found) if found else stations.clear()


def _means(stations: pl.DataFrame, place: str, own: list[str], local: Local) -> pl.DataFrame:
    setting = local.at("valid_station_share", date.max)
    needed = float(setting.value) * len(own) if setting else len(own)
    return (
        stations.filter(pl.col("entity").is_in(own))
        .group_by("date")
        .agg(
            pl.when(pl.col(name).count() >= needed)
            .then(half_to_even(pl.col(name).mean(), digits))
            .alias(name)
            for name, digits in DIGITS.items()
        )
        .sort("date")
        .select(pl.lit(place).alias("entity"), "date", *NAMES)
    )


def edition_on(day: pl.Expr) -> pl.Expr:
    """The edition of HJ 633 in force on a day, null before the first."""
    latest = pl.lit(None, pl.String)
    for name, since in EDITIONS.items():
        latest = pl.when(day >= since).then(pl.lit(name)).otherwise(latest)
    return latest


def judged_days(days: pl.DataFrame, edition: str | None = None, local: Local | None = None) -> pl.DataFrame:
    """The days with edition, <item>_index, aqi (Int64), quality, primary and lacking (items without a value).

    edition: of HJ 633 for all days; without it the one in force on each. local: the parameters of the place, whose own
    limits count from their day on. aqi, quality and primary are null where an
    item is lacking and the others stay within 100, or where no edition is in force.
    Source: HJ 633-2012; HJ 633-2026 4.2, 4.3, 5.3.1.
    """
    chosen = edition_on(pl.col("date")) if edition is None else pl.lit(edition)
    here = local or Local()
    since = changes(here)
    own = pl.sum_horizontal(pl.lit(0), *((pl.col("date") >= day).cast(pl.Int32) for day in since))
    numbered = days.with_columns(chosen.alias("edition")).with_row_index("row")
    groups = numbered.with_columns(own=own).partition_by("edition", "own", as_dict=True, maintain_order=True)
    parts = [
        _unjudged(rows.drop("own"))
        if name is None
        else _of_edition(rows.drop("own"), str(name), here, since[passed - 1] if passed else None)
        for (name, passed), rows in groups.items()
    ]
    if not parts:
        return _unjudged(numbered).drop("row")
    return pl.concat(parts).sort("row").drop("row")


def _lacking() -> pl.Expr:
    said = [pl.when(pl.col(name).is_null()).then(pl.lit(name)) for name in NAMES]
    return pl.concat_list(said).list.drop_nulls().alias("lacking")


def _of_edition(rows: pl.DataFrame, edition: str, local: Local, on: date | None) -> pl.DataFrame:
    single = index_columns(rows, _COLUMNS, edition, local, on)
    partial = pl.any_horizontal(pl.col(name).is_null() for name in NAMES)
    greatest = air_quality_index.wordings[0].result(Monitored(), {name: pl.col(name) for name in NAMES})
    # An ozone mean above its table has an index that no other item may stand for.
    above = rows.select(pl.any_horizontal(pl.col(n).is_not_null() & single[n].is_null() for n in NAMES))
    single = single.with_columns(greatest.alias("aqi"))
    known = (~partial | (pl.col("aqi") > 100)) & ~pl.lit(above.to_series())
    single = single.with_columns(aqi=pl.when(known).then(pl.col("aqi")))
    texts = printed(single, _COLUMNS)
    return rows.hstack(
        [
            *(single[name].cast(pl.Int64).alias(f"{name}_index") for name in NAMES),
            single["aqi"].cast(pl.Int64),
            texts["quality"],
            texts["primary"],
        ]
    ).with_columns(_lacking())


def _unjudged(rows: pl.DataFrame) -> pl.DataFrame:
    none = [pl.lit(None, pl.Int64).alias(name) for name in (*(f"{one}_index" for one in NAMES), "aqi")]
    return rows.with_columns(
        *none, pl.lit(None, pl.String).alias("quality"), pl.lit(None, pl.String).alias("primary"), _lacking()
    )


def every_day(days: pl.DataFrame, first: date, last: date) -> pl.DataFrame:
    """All days from first to last, those without a row with nulls: the calendar has no gaps."""
    whole = pl.DataFrame({"date": pl.date_range(first, last, eager=True)})
    return whole.join(days, on="date", how="left", maintain_order="left")
