"""The examples of air and water in ../shared/standards/verify_examples.py, through the project's rules."""

from __future__ import annotations

import ast
import re
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from duheng.engine import Books, explain
from duheng.ingest.air_index import Item, index_columns
from duheng.ingest.air_periods import percentile
from duheng.ingest.water import section_classes
from duheng.model import Entity, Places
from duheng.model.glossary import axis
from duheng.rules import RULES
from duheng.rules.air import air_individual_index


def _index(edition: str, item: str, concentration: float) -> int | None:
    """The individual index of one value, by the columns that the command and the calendar read."""
    title = axis("air_pollutant").find(item).title
    column = Item(item, title, "any", title, 1 if item.startswith("CO") else 0)
    found = index_columns(
        pl.DataFrame({item: [concentration, 0.0]}, schema={item: pl.Float64}), [column], edition
    )
    value = found[item][0]
    return None if value is None else int(value)


def test_every_index_of_the_file_comes_out(shared: Path) -> None:
    text = (shared / "standards" / "verify_examples.py").read_text("utf-8")
    listed = re.search(r"for ed, it, c, w in (\[.*?\]): eq\('AQI", text)
    assert listed is not None
    examples = ast.literal_eval(listed[1])
    assert len(examples) == 18
    assert [e for e in examples if _index(*e[:3]) != e[3]] == []


def test_the_reasons_say_to_what_a_concentration_was_rounded_first() -> None:
    title = axis("air_pollutant").find("PM2.5_24h").title
    rows = [("air_concentration", "站", title, day, 60.5) for day in ("2026-02-28", "2026-03-01")]
    facts = pl.DataFrame(rows, ("quantity", "entity", "item", "period", "value"), orient="row")
    books = Books(facts, Places([Entity("站", "站", "air_station")]))
    before, after = (explain(air_individual_index, books, "站", row[3], title) for row in rows)
    assert [(step.value, step.parts[0].value, step.parts[0].note) for step in (before, after)] == [
        (82, 60.5, ""),
        (100, 60.5, "按HJ 633-2026 4.2.4、4.2.6、表3先修约为60"),
    ]


@pytest.mark.parametrize(("share", "expected"), [(0.95, 346.8), (0.90, 328.6)])
def test_the_percentiles_of_the_file_come_out(share: float, expected: float) -> None:
    days = pl.DataFrame({"x": [float(n) for n in range(1, 366)]})
    assert days.select(percentile(pl.col("x"), share)).item() == pytest.approx(expected)


@pytest.mark.parametrize(
    ("rule", "inputs", "expected", "digits"),
    [
        ("good_air_day_rate", {"good": 320, "days": 366}, 0.874317, 6),
        ("oxygen_saturation", {"temperature": 20, "scale": 468}, 9.06977, 5),
        ("sponge_storage", {"rainfall": 25, "runoff": 0.6, "area": 10}, 1500.0, 1),
        ("water_excess", {"concentration": 1.8, "limit": 1.0, "reversed": 0}, 0.8, 6),
    ],
)
def test_the_other_examples_come_out(
    rule: str, inputs: dict[str, float], expected: float, digits: int
) -> None:
    found = RULES[rule].number(**inputs)
    assert found is not None
    assert round(found, digits) == expected


def test_the_classes_of_the_file_come_out() -> None:
    readings = pl.DataFrame(
        {
            "section": ["高锰酸盐指数", "氨氮", "总磷", "溶解氧", "氨氮1.8", "溶解氧1.9"],
            "item": ["CODMn", "NH3-N", "TP", "DO", "NH3-N", "DO"],
            "value": [4.5, 0.6, 0.15, 6.5, 1.8, 1.9],
        }
    )
    titles = section_classes(readings, date(2024, 5, 31))["title"].to_list()
    assert titles == ["Ⅲ类", "Ⅲ类", "Ⅲ类", "Ⅱ类", "Ⅴ类", "劣Ⅴ类"]
