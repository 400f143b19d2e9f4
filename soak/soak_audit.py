"""The data checks over drills of other seeds: how many clean series are asked about, how many faults are found."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Container

import polars as pl

from bench.figures import Figure
from duheng.model.plan import City

CLEAN, FAULTY, FIRMS = range(100, 112), range(200, 204), 40


def main() -> list[Figure]:
    """False alarms over twelve drills, each fault laid into twenty firms of four drills, processor time of one run."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "duheng.settings")
    import django

    django.setup()
    from duheng.city import default_city_folder, load
    from duheng.ingest.drill.places import city_in
    from tests.audit.test_over_books import FAULTS, drawn, judged

    city = city_in(load(default_city_folder("512000")), "drill")
    asked = series = 0
    spent = 0.0
    for seed in CLEAN:
        facts = drawn(city, seed)
        begin = time.process_time()
        flags, of = judged(city, facts)
        spent += time.process_time() - begin
        asked += len({(f.cells[0].quantity, f.cells[0].entity, f.cells[0].item) for f in flags})
        series += of
    share = asked / series * 100
    figures = [
        Figure(f"clean series asked about, of {series}", share, "%", bound="under 1 %", holds=share < 1),
        Figure(f"checks over {series // len(CLEAN)} series of 11 years", spent / len(CLEAN), "s CPU"),
    ]
    return figures + [_found(city, fault, codes) for fault, codes in FAULTS]


def _found(
    city: City, fault: Callable[[pl.DataFrame, str, str], pl.DataFrame], codes: Container[str]
) -> Figure:
    """How many of the firms into which one fault was laid are named by its checks."""
    from tests.audit.test_over_books import drawn, judged

    found = laid = 0
    for seed in FAULTY:
        facts = drawn(city, seed)
        electric = facts.filter(pl.col("item") == "电力", pl.col("value") > 10)["entity"].unique()
        firms = [one.id for one in city.places if one.kind == "enterprise" and one.id in electric][:FIRMS]
        for other, firm in zip(firms[::2], firms[1::2], strict=False):
            facts = fault(facts, firm, other)
        flags, _ = judged(city, facts)
        named = {cell.entity for f in flags if f.finding.code in codes for cell in f.cells}
        found += len(named & set(firms[1::2]))
        laid += len(firms[1::2])
    recall = found / laid * 100
    name = (fault.__doc__ or fault.__name__).rstrip(".")
    return Figure(f"found of {laid}: {name}", recall, "%", bound="at least 90 %", holds=recall >= 90)
