"""The checks over a ledger: quiet on clean drills of any seed, and not blind to faults laid into one of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import polars as pl
import pytest

from duheng.assess.audit.groups import alike, heaping, leading
from duheng.assess.audit.pairs import compared
from duheng.assess.audit.report import Flag
from duheng.assess.audit.series import monthly, within
from duheng.assess.books import Opened, default_plan
from duheng.city import default_city_folder, load
from duheng.engine import Books
from duheng.ingest.drill.batches import Press
from duheng.ingest.drill.energy import Economy, say_energy
from duheng.ingest.drill.industry import say_industry
from duheng.ingest.drill.places import city_in, parameters_of
from duheng.ingest.drill.settings import settings_of
from duheng.model.plan import City

SEEDS = (5120, 1)
FIRMS = 20
Fault = Callable[[pl.DataFrame, str, str], pl.DataFrame]


@pytest.fixture(scope="module")
def city() -> City:
    return city_in(load(default_city_folder("512000")), "drill")


def drawn(city: City, seed: int) -> pl.DataFrame:
    """The energy and industry of a drill with another seed, as the facts of books."""
    settings = settings_of(city)
    assert settings is not None
    press = Press(city, replace(settings, seed=seed))
    economy = Economy(city, press.settings, parameters_of(city, "drill"))
    say_energy(press, economy)
    say_industry(press, economy)
    # Corrections are stated last and stand instead of what they correct.
    facts = {
        (f.quantity, f.entity, f.item, f.period): f for batch in press.ordered() for f in batch.facts
    }.values()
    rows = [
        (f.quantity, f.entity, f.item, f.period, None, float(f.value), str(n), f.stated)
        for n, f in enumerate(facts)
    ]
    names = ("quantity", "entity", "item", "period", "definition", "value", "fact", "stated")
    return pl.DataFrame(
        rows, dict.fromkeys(names, pl.String) | {"value": pl.Float64}, orient="row"
    ).with_columns(pl.lit("reported").alias("status"))


def judged(city: City, facts: pl.DataFrame) -> tuple[list[Flag], int]:
    """All flags over these facts, and over how many series."""
    opened = Opened(
        city, default_plan(city, "drill"), "drill", Books(facts, city.places, city.parameters), None
    )
    series = monthly(opened)
    flags = [flag for one in series for flag in within(opened, one)]
    flags += [*alike(opened, series), *compared(opened, series), *heaping(opened), *leading(opened)]
    return flags, len(series)


@pytest.fixture(scope="module")
def clean(city: City) -> pl.DataFrame:
    return drawn(city, SEEDS[0])


def test_fewer_than_one_in_a_hundred_clean_series_is_asked_about(city: City, clean: pl.DataFrame) -> None:
    asked, series = 0, 0
    for seed in SEEDS:
        flags, of = judged(city, clean if seed == SEEDS[0] else drawn(city, seed))
        asked += len({(f.cells[0].quantity, f.cells[0].entity, f.cells[0].item) for f in flags})
        series += of
    assert series > 400
    assert asked / series < 0.01


def _of(firm: str, item: str | None, first: str, last: str) -> pl.Expr:
    quantity = "fuel_use" if item else "industrial_energy"
    chosen: pl.Expr = (
        (pl.col("quantity") == quantity)
        & (pl.col("entity") == firm)
        & pl.col("item").eq_missing(item)
        & pl.col("period").str.len_chars().eq(7)
        & pl.col("period").is_between(pl.lit(first), pl.lit(last))
    )
    return chosen


def _changed(facts: pl.DataFrame, which: pl.Expr, to: pl.Expr) -> pl.DataFrame:
    return facts.with_columns(pl.when(which).then(to).otherwise(pl.col("value")).alias("value"))


def slipped(facts: pl.DataFrame, firm: str, other: str) -> pl.DataFrame:
    """One month ten times too large: a slip of the decimal point."""
    return _changed(facts, _of(firm, "电力", "2024-05", "2024-05"), pl.col("value") * 10)


def half_month(facts: pl.DataFrame, firm: str, other: str) -> pl.DataFrame:
    """One month that lacks half of itself."""
    return _changed(facts, _of(firm, "电力", "2023-10", "2023-10"), pl.col("value") * 0.5)


def stuck_half_year(facts: pl.DataFrame, firm: str, other: str) -> pl.DataFrame:
    """Eight months with one figure."""
    return _changed(facts, _of(firm, "电力", "2024-01", "2024-08"), pl.lit(123.45))


def copied_year(facts: pl.DataFrame, firm: str, other: str) -> pl.DataFrame:
    """A year of another firm."""
    return _with_year_of(facts, firm, other, "2024", 1.0)


def last_year_scaled(facts: pl.DataFrame, firm: str, other: str) -> pl.DataFrame:
    """Last year's months, each less 3 %."""
    return _with_year_of(facts, firm, firm, "2023", 0.97)


def _with_year_of(facts: pl.DataFrame, firm: str, of: str, year: str, factor: float) -> pl.DataFrame:
    source = facts.filter(_of(of, "电力", f"{year}-01", f"{year}-12"))
    months = {f"2024{p[4:]}": v * factor for p, v in source.select("period", "value").iter_rows()}
    new = pl.col("period").replace_strict(months, default=None, return_dtype=pl.Float64)
    return _changed(facts, _of(firm, "电力", "2024-01", "2024-12"), new)


def shaved(facts: pl.DataFrame, firm: str, other: str) -> pl.DataFrame:
    """Energy reported a quarter lower from a month on, while the electricity bill stays."""
    return _changed(facts, _of(firm, None, "2023-07", "2026-12"), pl.col("value") * 0.75)


def opposite(facts: pl.DataFrame, firm: str, other: str) -> pl.DataFrame:
    """A year in which energy falls by a quarter and electricity rises by a quarter."""
    less = _changed(facts, _of(firm, None, "2024-01", "2024-12"), pl.col("value") * 0.75)
    return _changed(less, _of(firm, "电力", "2024-01", "2024-12"), pl.col("value") * 1.25)


def heaped(facts: pl.DataFrame, firm: str, other: str) -> pl.DataFrame:
    """Figures that are rounded to tens in every month."""
    which = _of(firm, None, "2015-01", "2026-12")
    rounded = (pl.col("value") / 10).round(0) * 10
    tens = _changed(facts, which, rounded)
    said = pl.col("value").round(0).cast(pl.Int64).cast(pl.String)
    return tens.with_columns(pl.when(which).then(said).otherwise(pl.col("stated")).alias("stated"))


FAULTS: tuple[tuple[Fault, set[str]], ...] = (
    (slipped, {"audit-seasonal"}),
    (half_month, {"audit-seasonal"}),
    (stuck_half_year, {"audit-stuck"}),
    (copied_year, {"audit-duplicate"}),
    (last_year_scaled, {"audit-scaled"}),
    (shaved, {"audit-ratio_break", "audit-ratio"}),
    (opposite, {"audit-opposite"}),
    (heaped, {"audit-heaping"}),
)


@pytest.mark.parametrize(("fault", "codes"), FAULTS)
def test_nine_in_ten_faults_are_found_at_the_firm_that_has_them(
    city: City, clean: pl.DataFrame, fault: Fault, codes: set[str]
) -> None:
    electric = clean.filter(pl.col("item") == "电力", pl.col("value") > 10)["entity"].unique()
    firms = [one.id for one in city.places if one.kind == "enterprise" and one.id in electric][:FIRMS]
    # Every second one, so that each has clean peers, and a clean one to copy from.
    facts, faulty = clean.filter(pl.col("entity").is_in(firms)), firms[1::2]
    for other, firm in zip(firms[::2], faulty, strict=True):
        facts = fault(facts, firm, other)
    flags, _ = judged(city, facts)
    named = {cell.entity for flag in flags if flag.finding.code in codes for cell in flag.cells}
    assert len(faulty) == FIRMS / 2
    assert len(named & set(faulty)) / len(faulty) >= 0.9


def test_a_finding_says_cell_figure_tolerance_and_who_can_mend_it(city: City, clean: pl.DataFrame) -> None:
    firm = next(one for one in city.places if one.kind == "enterprise")
    flags, _ = judged(city, slipped(clean, firm.id, ""))
    (flag,) = [one for one in flags if one.finding.code == "audit-seasonal"]
    assert flag.finding.place == f"{firm.name} 分品种能源消费实物量 电力 2024年5月"
    assert flag.finding.owner == firm.name
    assert (flag.cells[0].item, flag.cells[0].period) == ("电力", "2024-05")
    assert flag.statistic is not None
    assert flag.tolerance is not None
    assert flag.statistic > flag.tolerance
    assert "容许" in flag.finding.expected


def test_a_gap_is_never_filled(city: City, clean: pl.DataFrame) -> None:
    firm = next(one for one in city.places if one.kind == "enterprise")
    holed = clean.filter(~_of(firm.id, "电力", "2023-03", "2023-04"))
    flags, _ = judged(city, holed)
    assert [flag for flag in flags if flag.cells[0].entity == firm.id] == []
