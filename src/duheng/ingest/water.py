"""Classes of surface-water sections from the concentrations of their items, over a table."""

from __future__ import annotations

from datetime import date

import polars as pl

from duheng.engine.columns import over_polars
from duheng.model.errors import RuleError
from duheng.model.glossary import axis
from duheng.model.parameters import Local, Parameter
from duheng.rules.water import CLASSES, LISTED_APART, water_item_class, water_ph_class

PH = "pH"
_NO_SURFACE = "水温"


def section_classes(readings: pl.DataFrame, on: date, local: Local | None = None) -> pl.DataFrame:
    """Class of every section by its worst item (single-factor evaluation).

    readings: section, item (title or alias of the axis water_item, or pH), value [mg/L; pH: 1], null where not
    monitored; a mean of the period with half the detection limit for what was not detected.
    on: the day whose standard applies; local: the parameters of the place.
    Returns section, class (1...6, null where no evaluated item is known), title, worst (items of that class, by
    the table's order), unknown (items without a value). Total nitrogen and faecal coliforms are listed apart.
    Raises UnknownName for an item that the standard does not know.
    Source: GB 3838-2002 5.1; 环办〔2011〕22号.
    """
    known = axis("water_item")
    names = {
        name: PH if name == PH else known.find(name).title
        for name in readings["item"].unique()
        if name != _NO_SURFACE
    }
    rows = readings.filter(pl.col("item").is_in(list(names))).with_columns(pl.col("item").replace(names))
    rows = rows.filter(~pl.col("item").is_in(LISTED_APART))
    parts = [
        part.with_columns(level=_level(str(item), on, local or Local()))
        for (item,), part in rows.partition_by("item", as_dict=True, maintain_order=True).items()
    ]
    if not parts:
        raise RuleError("没有可评价的项目；请至少给出一项 GB 3838 表1 的项目")
    levels = pl.concat(parts)
    worst = levels.filter(pl.col("level") == pl.col("level").max().over("section"))
    summed = levels.group_by("section").agg(
        pl.col("level").max().alias("class"),
        unknown=pl.col("item").filter(pl.col("value").is_null()).sort().str.join("、"),
    )
    named = worst.group_by("section", maintain_order=True).agg(worst=pl.col("item").str.join("、"))
    order = readings.select(pl.col("section").unique(maintain_order=True))
    return (
        order.join(summed, on="section", how="left", maintain_order="left")
        .join(named, on="section", how="left", maintain_order="left")
        .with_columns(title=pl.lit(pl.Series(CLASSES)).gather((pl.col("class") - 1).cast(pl.UInt32)))
        .select("section", "class", "title", "worst", "unknown")
    )


def _level(item: str, on: date, local: Local) -> pl.Expr:
    if item == PH:
        return over_polars(water_ph_class, ph=pl.col("value"))
    values: dict[str, pl.Expr] = {}
    for name, reference in water_item_class.wordings[0].inputs.items():
        if not isinstance(reference, Parameter):
            values[name] = pl.col("value")
            continue
        setting = local.at(reference, on, item)
        if setting is None:
            raise RuleError(f"{reference.id}：{item} {on} 没有取值")
        values[name] = pl.lit(float(setting.value))
    return over_polars(water_item_class, **values)
