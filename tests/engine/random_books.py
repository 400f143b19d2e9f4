"""Random but legal books: a small country with zones, registers, months and gaps."""

from __future__ import annotations

import random

import polars as pl

import duheng.rules  # noqa: F401  # every rule registers its quantity
from duheng.engine import FACT_SCHEMA, Books
from duheng.model import Duty, Entity, Places, Rule, all_quantities
from duheng.model.glossary import axis

YEARS = ("2019", "2020", "2021", "2022")
COUNTIES = ("512002", "512021", "512022")


def places() -> Places:
    """A city of three counties with two zones, a residual, enterprises and a register of each kind in use."""
    fixed = [
        Entity("512000", "市", "city"),
        *(Entity(id, f"县{id}", "county", "512000") for id in COUNTIES),
        Entity("512000G1", "高新区", "zone", "512000", "512002"),
        Entity("512000G2", "临空区", "zone", "512000", "512002"),
        Entity("512002X", "县区属", "residual", "512002", "512002", residual=True),
    ]
    kinds = ("industrial_park", "sewage_plant", "reduction_project", "public_institution", "enterprise")
    homes = ("512002", "512000G1", "512021", "512022")
    registers = [Entity(f"{kind}{n}", f"{kind}{n}", kind, homes[n % 4]) for kind in kinds for n in range(5)]
    return Places([*fixed, *registers])


def books(seed: int, *, gaps: float = 0.05, computed: bool = True) -> Books:
    """Books with every declared quantity stated somewhere, some computed ones stated too, and gaps."""
    dice = random.Random(seed)
    here = places()
    rows: list[tuple[str, str, str | None, str, str | None, float, str]] = []
    for quantity in all_quantities().values():
        if isinstance(quantity, Rule) and (not computed or dice.random() < 0.8):
            continue
        items: list[str | None] = [None]
        if quantity.axis:
            few = sorted(axis(quantity.axis).items)[:5]  # so that quantities meet in the same items
            items = [*dice.sample(few, k=min(3, len(few)))]
        level = dice.choice(
            ["county", "zone", "city", "enterprise", "sewage_plant", "reduction_project", "industrial_park"]
        )
        entities = [e for e in here if e.kind in (level, "county" if level == "zone" else level)]
        for entity in entities:
            monthly = quantity.over_time != "none" and dice.random() < 0.3
            for year in YEARS:
                periods = [f"{year}-{m:02}" for m in range(1, 13)] if monthly else [year]
                for period in periods:
                    for item in items:
                        if dice.random() >= gaps:
                            value = dice.choice([0.0, dice.uniform(0.01, 2), dice.uniform(1, 1000)])
                            what = (
                                dice.choice([None, *quantity.definitions]) if quantity.definitions else None
                            )
                            rows.append((quantity.id, entity.id, item, period, what, value, f"f{len(rows)}"))
    facts = pl.DataFrame(rows, FACT_SCHEMA, orient="row").unique(
        ["quantity", "entity", "item", "period", "definition"], maintain_order=True
    )
    duties = (
        [Duty("gdp", "核算", ("gdp", "fuel_use"), "市统计局", kind="county", items=_some_fuels(facts, dice))]
        if dice.random() < 0.5
        else []
    )
    return Books(facts, here, duties=duties)


def _some_fuels(facts: pl.DataFrame, dice: random.Random) -> tuple[str, ...]:
    """Items that a duty names: all, or only some of those that are stated."""
    stated = facts.filter(pl.col("quantity") == "fuel_use")["item"].unique().sort().to_list()
    return tuple(dice.sample(stated, k=dice.randint(0, len(stated))))
