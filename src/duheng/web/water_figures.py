"""Sections, sources and black-odour bodies as pages show them: classes by month and year, from the books."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import polars as pl

from duheng.engine import value
from duheng.ingest.water import PH, section_classes
from duheng.model.entities import Entity
from duheng.model.glossary import axis, quantity
from duheng.model.parameters import Local
from duheng.model.periods import parse
from duheng.rules.water import CLASSES, LISTED_APART, water_excess
from duheng.web.boards import books, local
from duheng.web.page import Ask

SECTION, BODY = "water_section", "black_odour_body"
GOOD = 3
_MONTH = len("2025-03")


@dataclass(frozen=True)
class Reading:
    """A section's class in a month or year. level: 1...6. months: how many months a year's mean rests on."""

    level: int
    worst: tuple[str, ...]
    items: int
    months: int = 1

    @property
    def title(self) -> str:
        """The class's title."""
        return CLASSES[self.level - 1]


@dataclass(frozen=True)
class Water:
    """All readings of sections in one year, by section and period (2025-03, or 2025 for the mean of its months)."""

    year: int
    years: tuple[int, ...]
    month: str
    months: tuple[str, ...]
    sections: tuple[Entity, ...]
    readings: Mapping[tuple[str, str], Reading]
    values: pl.DataFrame
    local: Local

    def rivers(self) -> list[Entity]:
        """The sections that are no drinking-water sources."""
        return [one for one in self.sections if not one.attributes.get("drinking")]

    def sources(self) -> list[Entity]:
        """The drinking-water sources."""
        return [one for one in self.sections if one.attributes.get("drinking")]

    def of(self, section: Entity, period: str) -> Reading | None:
        """A section's reading of a month or the year; None where nothing is stated."""
        return self.readings.get((section.id, period))

    def counts(self, period: str, sections: Sequence[Entity]) -> tuple[int, int]:
        """Sections in class III or better, and sections with a class."""
        known = [found for one in sections if (found := self.of(one, period)) is not None]
        return sum(one.level <= GOOD for one in known), len(known)


def values_of(ask: Ask) -> pl.DataFrame:
    """What is stated of sections by month: section, item, period, value."""
    facts = books(ask).books.facts
    return facts.filter(
        pl.col("quantity").is_in(["water_concentration", "water_ph"])
        & (pl.col("period").str.len_chars() == _MONTH)
    ).select(pl.col("entity").alias("section"), pl.col("item").fill_null(PH), "period", "value")


def water_of(ask: Ask, year: int | None, month: int | None) -> Water:
    """The readings of a year (the latest with data where None) and of one of its months (likewise)."""
    values = values_of(ask)
    years = sorted({int(text[:4]) for text in values["period"].unique()})
    today = ask.selection.as_of or date.today()
    chosen = year or (years[-1] if years else today.year)
    own = values.filter(pl.col("period").str.starts_with(str(chosen)))
    months = tuple(sorted(own["period"].unique()))
    at = f"{chosen}-{month:02}" if month else (months[-1] if months else f"{chosen}-{today.month:02}")
    sections = tuple(one for one in ask.city.places if one.kind == SECTION)
    here = local(ask)
    found = {**_classes(own, here), **_classes(_yearly(own, chosen), here)}
    known = tuple(sorted({*years, chosen}))
    return Water(chosen, known, at, months, sections, found, own, here)


def _yearly(own: pl.DataFrame, year: int) -> pl.DataFrame:
    """The arithmetic means of the months stated, with their number."""
    months = own.drop_nulls("value").group_by("section", "item", maintain_order=True)
    means = months.agg(pl.col("value"), months=pl.len())
    return means.with_columns(
        pl.col("value").map_elements(_mean, return_dtype=pl.Float64), period=pl.lit(str(year))
    )


def _mean(values: pl.Series) -> float:
    """Of the decimals as they were stated: the binary mean of 0.15, 0.25 and 0.20 is above the limit of 0.2."""
    return float(sum(Decimal(repr(value)) for value in values) / len(values))


def _classes(rows: pl.DataFrame, local: Local) -> dict[tuple[str, str], Reading]:
    if not rows.height:
        return {}
    keyed = rows.with_columns(section=pl.concat_str("section", "period", separator="|"))
    last = date(int(rows["period"][0][:4]), 12, 31)
    classes = section_classes(keyed.select("section", "item", "value"), last, local)
    counted = (
        keyed.filter(~pl.col("item").is_in(LISTED_APART))
        .group_by("section")
        .agg(
            items=pl.col("item").n_unique(),
            months=pl.col("months").max() if "months" in keyed.columns else pl.lit(1),
        )
    )
    found = {}
    for row in classes.join(counted, on="section").iter_rows(named=True):
        if row["class"] is not None:
            section, _, period = row["section"].rpartition("|")
            worst = tuple(str(row["worst"]).split("、"))
            found[section, period] = Reading(int(row["class"]), worst, row["items"], row["months"])
    return found


def excesses(water: Water, section: Entity, period: str) -> list[tuple[str, float]]:
    """Items of a section beyond class III with their excess, greatest first; oxygen has none."""
    rows = water.values.filter((pl.col("section") == section.id) & (pl.col("period") == period))
    found = []
    for row in rows.iter_rows(named=True):
        over = _excess(water.local, row["item"], row["value"], period)
        if over is not None and over > 0:
            found.append((row["item"], over))
    return sorted(found, key=lambda one: -one[1])


def _excess(local: Local, item: str, concentration: float, period: str) -> float | None:
    if item == PH or item in LISTED_APART:
        return None
    end = parse(period).end
    limits = [local.at(id, end, item) for id in ("water_limit_3", "water_reversed")]
    if any(one is None for one in limits):
        return None
    limit, reversed = (float(one.value) for one in limits if one is not None)
    return water_excess.number(concentration=concentration, limit=limit, reversed=reversed)


def target_level(section: Entity) -> int | None:
    """The class that is asked of a section; a source is asked class III; None where the register says nothing."""
    text = str(section.attributes.get("target_class") or "")
    if text in CLASSES:
        return CLASSES.index(text) + 1
    return GOOD if section.attributes.get("drinking") else None


def all_items() -> int:
    """How many items the evaluation counts: those of the table but the ones listed apart, and pH."""
    # Rivers and lakes have a limit of phosphorus each, of which a section has one; pH stands outside of the table.
    return len([title for title in axis("water_item").items if title not in LISTED_APART])


@dataclass(frozen=True)
class Sample:
    """The latest sample of a black-odour body: its day, the four indicators (and the depth), the degree."""

    day: str
    values: Mapping[str, float]
    degree: int | None


INDICATORS = ("water_transparency", "water_oxygen", "redox_potential", "water_ammonia", "water_depth")


def latest_sample(ask: Ask, body: Entity) -> Sample | None:
    """None where nothing is stated of the body."""
    opened = books(ask)
    own = opened.books.facts.filter(
        (pl.col("entity") == body.id)
        & pl.col("quantity").is_in(INDICATORS)
        & (pl.col("period").str.len_chars() == 10)
    )
    if not own.height:
        return None
    day = str(own["period"].max())
    rows = own.filter(pl.col("period") == day)
    values: dict[str, Any] = dict(rows.select("quantity", "value").iter_rows())
    degree = value(quantity("black_odour_degree"), opened.books, body.id, day)
    return Sample(day, values, None if degree is None else int(degree))
