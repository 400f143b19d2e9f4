"""The engine: all rules over a country, against the same arithmetic in Polars, and how fast a reason is found."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator, Mapping
from functools import partial

import polars as pl

from bench.figures import Figure, percentile, seconds
from bench.national import counties, facts
from duheng.city import default_city_folder, load
from duheng.engine import Books, Explanation, table
from duheng.model import Places, Rule, parameter, quantity, rules
from duheng.model.glossary import axes
from duheng.model.periods import parse
from duheng.model.rule import leaves

YEARS = range(2015, 2026)
CHAIN = ("fuel_use", "gdp")
STEPS = 500


def main() -> list[Figure]:
    """All rules over 2,844 counties x 11 years; one chain beside hand-written Polars; explain of 500 steps."""
    here = counties(2844)
    names = [place.id for place in here if place.kind == "county"]
    return [*_all_rules(here, names), *_beside_polars(here, names), *_explain()]


def _all_rules(here: Places, names: list[str]) -> list[Figure]:
    """The rules that Ziyang's 30 targets rest on, and every rule there is, each with the facts it needs."""
    city = load(default_city_folder())
    bound = [quantity(target.quantity) for target in city.plans[0].targets]
    behind = {one.id: one for top in bound for one in top.below() if isinstance(one, Rule)}
    return [
        *_over_the_country(f"方案30个目标所依据的{len(behind)}条规则", behind, here, names),
        *_over_the_country(f"全部{len(rules())}条规则", rules(), here, names),
    ]


def _over_the_country(
    what: str, wanted: Mapping[str, Rule], here: Places, names: list[str]
) -> Iterator[Figure]:
    """Opening and computing apart and together, beside a bare encoding of the same facts in Polars."""
    stated = facts(names, YEARS, sorted({id for one in wanted.values() for id in leaves(one)}))
    openings, computings = [], []
    for _ in range(4):
        begin = time.perf_counter()
        books = _opened(stated, here)
        opened = time.perf_counter()
        for one in wanted.values():
            table(one, books)
        openings.append(opened - begin)
        computings.append(time.perf_counter() - opened)
    opening, computing = (statistics.median(times[1:]) for times in (openings, computings))
    name = f"{what}，2844县×11年（{stated.height}条事实）"
    bare = seconds(partial(_encoded, stated), repeat=3)
    yield Figure(
        f"{name}：打开账",
        opening,
        "s",
        peer=f"Polars 只把文字编码并按量排序 {bare:.2f} s",
        ratio=opening / bare,
    )
    yield Figure(f"{name}：计算", computing, "s")
    taken = opening + computing
    yield Figure(f"{name}：合计", taken, "s", bound="< 2 s", holds=taken < 2)


def _encoded(stated: pl.DataFrame) -> pl.DataFrame:
    """Texts as codes, facts by quantity: the least that anyone needs before computing."""
    codes = (pl.col(name).cast(pl.Categorical) for name in ("quantity", "entity", "item", "period"))
    return stated.select(*codes, "value").sort(pl.col("quantity").to_physical(), maintain_order=True)


def _beside_polars(here: Places, names: list[str]) -> list[Figure]:
    stated = facts(names, YEARS, list(CHAIN))
    decline = quantity("energy_intensity_decline")
    one = _opened(stated, Places([]))
    mine, theirs = table(decline, one), by_hand(stated)
    joined = mine.join(theirs, on=["entity", "period"], how="full", coalesce=True, nulls_equal=True)
    off = joined.select((pl.col("value") - pl.col("by_hand")).abs().max()).item()
    if off is None or off > 1e-12 or joined.height != mine.height:
        raise AssertionError(f"the two disagree by {off}")
    pairs, openings = [], []
    for _ in range(9):
        begin = time.perf_counter()
        books = _opened(stated, Places([]))
        openings.append(time.perf_counter() - begin)
        mine_taken = seconds(partial(table, decline, books), repeat=1, warm=0)
        pairs.append((mine_taken, seconds(partial(by_hand, stated), repeat=1, warm=0)))
    ratio = statistics.median(own / other for own, other in pairs)
    taken = statistics.median(own for own, _ in pairs)
    peer = f"手写 Polars {statistics.median(other for _, other in pairs):.3f} s"
    name = "能耗强度降低率（用能→总量→强度→降低率），2844县×11年，账已打开"
    opening = f"打开这本账（{stated.height}条事实编码、建格，一次，供全部规则共用）"
    return [
        Figure(name, taken, "s", peer=peer, ratio=ratio, bound="≤ 1.5 倍", holds=ratio <= 1.5),
        Figure(opening, statistics.median(openings), "s"),
    ]


def _opened(stated: pl.DataFrame, here: Places) -> Books:
    """Books with their facts in codes and the cells of each axis, shared by every rule."""
    books = Books(stated, here)
    for axis in (None, *axes()):
        books.grid.keys(axis)
    return books


def by_hand(stated: pl.DataFrame) -> pl.DataFrame:
    """The same chain written directly: unknown where an item is missing, base year by the five-year plan."""
    settings = parameter("standard_coal_factor").settings
    latest = {s.item: float(s.value) for s in sorted(settings, key=lambda s: s.since)}
    expected = stated.filter(pl.col("quantity") == "fuel_use")["item"].n_unique()
    energy = (
        stated.filter(pl.col("quantity") == "fuel_use")
        .with_columns(
            pl.col("value") * pl.col("item").replace_strict(latest, default=None, return_dtype=pl.Float64)
        )
        .group_by("entity", "period")
        .agg(pl.col("value").sum().alias("energy"), pl.col("value").count().alias("known"))
        .with_columns(pl.when(pl.col("known") == expected).then("energy"))
    )
    gdp = stated.filter(pl.col("quantity") == "gdp").select("entity", "period", pl.col("value").alias("gdp"))
    year = pl.col("period").cast(pl.Int32)
    intensity = energy.join(gdp, on=["entity", "period"]).select(
        "entity",
        "period",
        pl.when(pl.col("gdp") != 0).then(pl.col("energy") / pl.col("gdp") / 10_000).alias("now"),
        (year - (year - 1) % 5 - 1).cast(pl.String).alias("base_period"),
    )
    base = intensity.select("entity", pl.col("period").alias("base_period"), pl.col("now").alias("base"))
    return intensity.join(base, on=["entity", "base_period"], how="left").select(
        "entity",
        "period",
        pl.when(pl.col("base") != 0).then(1 - pl.col("now") / pl.col("base")).alias("by_hand"),
    )


def _explain() -> list[Figure]:
    here = counties(62)
    names = [place.id for place in here if place.kind == "county"]
    books = Books(facts(names, range(2019, 2026), list(CHAIN)), here)
    decline = quantity("energy_intensity_decline")
    times, steps = [], []
    for _ in range(40):
        begin = time.perf_counter()
        step = Explanation(books).step(decline, ("nation", None, parse("2025")))
        times.append(time.perf_counter() - begin)
        steps.append(sum(1 for _ in step.walk()))
    scaled = percentile(times, 0.95) * 1000 * STEPS / steps[0]
    name = f"说明来历，折合{STEPS}步的p95（实测一棵{steps[0]}步的树）"
    return [Figure(name, scaled, "ms", bound="< 50 ms", holds=scaled < 50)]
