"""Made-up facts of a whole country for the benchmarks: every declared quantity, county by county."""

from __future__ import annotations

import numpy as np
import polars as pl

import duheng.rules  # noqa: F401  # every rule registers its quantity
from duheng.model import Entity, Places, all_quantities
from duheng.model.rule import Rule

ITEMS = {
    "fuel": ("原煤", "柴油", "汽油", "电力"),
    "pollutant": ("化学需氧量", "氨氮", "氮氧化物", "挥发性有机物"),
}


def counties(number: int) -> Places:
    """So many counties in 31 provinces of one nation."""
    provinces = [Entity(f"{11 + n}", f"省{n}", "province", "nation") for n in range(31)]
    below = [Entity(f"{11 + n % 31}{n:06}", f"县{n}", "county", f"{11 + n % 31}") for n in range(number)]
    return Places([Entity("nation", "全国", "nation"), *provinces, *below])


def facts(entities: list[str], years: range, wanted: list[str] | None = None) -> pl.DataFrame:
    """One fact a cell for every declared quantity (or for those wanted, computed ones too), uniform in 1...1000."""
    dice = np.random.default_rng(2026)
    cells = pl.DataFrame({"entity": entities}).join(
        pl.DataFrame({"period": [str(year) for year in years]}), how="cross"
    )
    frames = []
    for id, quantity in all_quantities().items():
        if isinstance(quantity, Rule) if wanted is None else id not in wanted:
            continue
        for item in ITEMS.get(quantity.axis or "", (None,)):
            frames.append(
                cells.with_columns(
                    pl.lit(id).alias("quantity"),
                    pl.lit(item, pl.String).alias("item"),
                    pl.lit(quantity.definition(None), pl.String).alias("definition"),
                    pl.Series("value", dice.uniform(1, 1000, cells.height)),
                )
            )
    return pl.concat(frames)
