"""How cells are reached: moments, wordings, places, months, targets, residuals; table and reasons alike (L1, L5)."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any, Literal

import polars as pl
import pytest

from duheng.engine import FACT_SCHEMA, Books, Explanation, Step, explain, formula, table, value
from duheng.engine.chain import Chain
from duheng.engine.columns import IbisColumns, PolarsColumns
from duheng.model import (
    CHILDREN,
    LAST_YEAR,
    MONTHS,
    TARGET,
    Duty,
    Entity,
    Parameters,
    Places,
    Quantity,
    Rule,
    RuleError,
    parameter,
    quantity,
    rule,
    total,
)
from duheng.model.parameters import packaged, read_parameters
from duheng.model.periods import parse
from duheng.rules.energy import (
    energy,
    energy_intensity,
    energy_intensity_decline,
    fuel_energy,
    non_fossil_share,
)

GDP = quantity("gdp")
FUEL = quantity("fuel_use")
Row = tuple[str, str, str | None, str, float]
TOWN = Places(
    [
        Entity("5120", "市", "city"),
        Entity("512002", "雁江区", "county", "5120"),
        Entity("512021", "安岳县", "county", "5120", until=date(2022, 12, 31)),
        Entity("zone", "高新区", "zone", "5120", "512002"),
        Entity("rest", "雁江区（不含高新区）", "residual", "512002", "512002", residual=True),
    ]
)


def books(*rows: Row, **more: Any) -> Books:
    facts = [(q, e, i, p, None, v, f"f{n}") for n, (q, e, i, p, v) in enumerate(rows)]
    return Books(pl.DataFrame(facts, FACT_SCHEMA, orient="row"), more.pop("places", TOWN), **more)


def both(of: Quantity, at: Books, entity: str, period: str, item: str | None = None) -> float | None:
    """The value by the reasons, after checking that the table has the same."""
    rows = table(of, at).filter(pl.col("entity") == entity, pl.col("period") == period)
    if item:
        rows = rows.filter(pl.col("item") == item)
    found = value(of, at, entity, period, item)
    if found is None:
        assert rows["value"].drop_nulls().is_empty()
    else:
        assert rows["value"].to_list() == pytest.approx([found])
    return found


def test_a_total_over_places_knows_only_complete_years() -> None:
    at = books(
        ("gdp", "512002", None, "2021", 1),
        ("gdp", "512021", None, "2021", 2),
        ("gdp", "512002", None, "2022", 3),
    )
    assert both(GDP, at, "5120", "2021") == 3
    assert both(GDP, at, "5120", "2022") is None


def test_an_entity_that_no_longer_exists_is_not_expected() -> None:
    at = books(("gdp", "512002", None, "2023", 3), ("gdp", "512021", None, "2021", 2))
    assert both(GDP, at, "5120", "2023") == 3


def test_a_duty_names_members_that_never_stated_anything() -> None:
    duty = Duty("d", "核算表", ("gdp",), "市统计局", kind="county")
    at = books(("gdp", "512002", None, "2021", 1), duties=[duty])
    assert both(GDP, at, "5120", "2021") is None
    missing = [step for step in explain(GDP, at, "5120", "2021").walk() if step.kind == "missing"]
    assert [step.entity for step in missing] == ["512021"]
    assert "市统计局应报《核算表》（2022-06-30前）" in missing[0].note


@pytest.mark.parametrize(
    ("every", "period", "owed"),
    [("year", "2021", True), ("year", "2021Q1", False), ("year", "2021-03", False), ("month", "2021", True)],
)
def test_a_duty_owes_its_kind_of_period_and_what_it_adds_up_to(
    every: Literal["year", "month"], period: str, owed: bool
) -> None:
    duty = Duty("d", "核算表", ("gdp",), "市统计局", every=every, kind="county")
    note = explain(GDP, books(duties=[duty]), "512002", period).note
    assert ("市统计局应报" in note) is owed


def test_a_county_that_must_state_is_not_summed_from_its_zones() -> None:
    duty = Duty("d", "核算表", ("gdp",), "市统计局", kind="county")
    at = books(("gdp", "zone", None, "2023", 1), duties=[duty])
    assert both(GDP, at, "512002", "2023") is None


def test_zones_and_residual_make_the_county_complete() -> None:
    at = books(("gdp", "zone", None, "2023", 1), ("gdp", "rest", None, "2023", 5))
    assert both(GDP, at, "512002", "2023") == 6


def test_a_residual_is_the_county_less_its_zones() -> None:
    at = books(("gdp", "zone", None, "2023", 1), ("gdp", "512002", None, "2023", 5))
    assert both(GDP, at, "rest", "2023") == 4
    assert "−" in explain(GDP, at, "rest", "2023").formula


def test_a_residual_is_unknown_while_a_zone_is() -> None:
    at = books(("gdp", "zone", None, "2022", 1), ("gdp", "512002", None, "2023", 5))
    assert both(GDP, at, "rest", "2023") is None


def test_months_fill_quarters_halves_and_the_year() -> None:
    rows: list[Row] = [("gdp", "512002", None, f"2023-{m:02}", 1.0) for m in range(1, 13)]
    at = books(*rows)
    assert [both(GDP, at, "512002", p) for p in ("2023Q1", "2023H2", "2023")] == [3, 6, 12]
    gap = books(*rows[:-1])
    assert [both(GDP, gap, "512002", p) for p in ("2023H1", "2023H2", "2023")] == [6, None, None]


def test_a_stock_takes_its_last_part() -> None:
    stock = Quantity("population", "人口", "万人", over_time="last")
    at = books(*[("population", "512002", None, f"2023-{m:02}", float(m)) for m in range(1, 13)])
    assert both(stock, at, "512002", "2023") == 12


def test_totals_over_children_and_months(passing_rules: None) -> None:
    @rule(unit="亿元", title="试", cite="试验 一")
    def test_children(below: Any = total(GDP, over=CHILDREN)) -> Any:
        return below

    @rule(unit="亿元", title="试", cite="试验 一")
    def test_months(months: Any = total(GDP, over=MONTHS)) -> Any:
        return months

    at = books(*[("gdp", e, None, f"2021-{m:02}", 1.0) for e in ("512002", "512021") for m in range(1, 13)])
    assert both(test_children, at, "5120", "2021-05") == 2
    assert both(test_months, at, "512002", "2021") == 12
    assert both(test_months, at, "512002", "2021-05") == 1


def test_the_target_is_looked_up_at_the_end_of_the_plan(passing_rules: None) -> None:
    @rule(unit="1", title="试", cite="试验 一")
    def test_share_of_target(now: Any = GDP, target: Any = GDP @ TARGET) -> Any:
        return now / target

    aims = pl.DataFrame([("gdp", "512002", None, "2025", None, 8.0, "t")], FACT_SCHEMA, orient="row")
    at = books(("gdp", "512002", None, "2023", 4), targets=aims)
    assert both(test_share_of_target, at, "512002", "2023") == 0.5
    kinds = {step.kind for step in explain(test_share_of_target, at, "512002", "2023").walk()}
    assert "target" in kinds


def test_the_wording_of_the_place_and_date_is_read(passing_rules: None) -> None:
    @rule(unit="亿元", title="试", cite="全国")
    def test_local(now: Any = GDP) -> Any:
        return now

    test_local.amend(cite="四川", where="51", since=date(2022, 1, 1))(lambda last=GDP @ LAST_YEAR: last)
    rows: list[Row] = [
        ("gdp", e, None, y, v) for e in ("512002", "110000") for y, v in (("2021", 1.0), ("2022", 2.0))
    ]
    at = books(*rows, places=Places([*TOWN, Entity("110000", "北京", "county")]))
    found = [both(test_local, at, e, y) for e in ("512002", "110000") for y in ("2021", "2022")]
    assert found == [1, 1, 1, 2]


def test_a_rule_not_in_force_gives_unknown_and_says_so(passing_rules: None) -> None:
    @rule(unit="亿元", title="试", cite="试验", since=date(2022, 1, 1))
    def test_late(now: Any = GDP) -> Any:
        return now

    at = books(("gdp", "512002", None, "2021", 1), ("gdp", "512002", None, "2022", 2))
    assert [both(test_late, at, "512002", y) for y in ("2021", "2022")] == [None, 2]
    assert "没有适用" in explain(test_late, at, "512002", "2021").note


def test_a_local_parameter_holds_only_in_its_place(tmp_path: Path) -> None:
    text = "title: 折标准煤系数\nunit: tce/<fuel>\naxis: fuel\nsettings:\n"
    text += '  - {since: 2020-01-01, where: "512002", item: 原煤, value: 0.5, cite: 实测}\n'
    (tmp_path / "standard_coal_factor.yaml").write_text(text, "utf-8")
    own = Parameters(read_parameters(tmp_path, onto=packaged()))
    at = books(
        ("fuel_use", "512002", "原煤", "2022", 10), ("fuel_use", "512021", "原煤", "2022", 10), parameters=own
    )
    assert both(fuel_energy, at, "512002", "2022", "原煤") == 5
    assert both(fuel_energy, at, "512021", "2022", "原煤") == pytest.approx(7.143)


def test_a_stated_value_wins_over_the_computed_one() -> None:
    at = books(("energy", "512002", None, "2023", 99), ("fuel_use", "512002", "原煤", "2023", 10))
    assert both(energy, at, "512002", "2023") == 99


def test_a_stated_part_of_a_computed_axis_is_expected_in_its_total() -> None:
    at = books(
        ("regional_fuel_energy", "512002", "原煤", "2023", 7),
        ("regional_fuel_energy", "512002", "天然气", "2023", 3),
    )
    assert both(energy, at, "512002", "2023") == 10


def test_a_definition_of_its_own_is_not_overruled() -> None:
    rows: list[Row] = [
        ("fuel_use", "512002", "原煤", "2023", 100),
        ("feedstock_use", "512002", "原煤", "2023", 50),
        ("nonfossil_energy", "512002", None, "2023", 7.143),
    ]
    at = books(*rows)
    assert value(energy, at, "512002", "2023", definition="minus-feedstock") == pytest.approx(35.715)
    assert value(non_fossil_share, at, "512002", "2023", definition="minus-feedstock") == pytest.approx(0.1)
    frame = table(non_fossil_share, at, "minus-feedstock").filter(pl.col("entity") == "512002")
    assert frame["value"].to_list() == pytest.approx([0.1])


def test_empty_books_reach_nothing_and_raise_nothing() -> None:
    at = books()
    assert table(energy_intensity_decline, at).is_empty()
    assert value(energy_intensity_decline, at, "5120", "2023") is None


def test_a_value_that_is_not_finite_is_unknown() -> None:
    at = books(("gdp", "512002", None, "2023", float("nan")), ("gdp", "512002", None, "2022", float("inf")))
    assert [both(GDP, at, "512002", y) for y in ("2023", "2022")] == [None, None]


def test_an_unknown_step_names_its_missing_members() -> None:
    at = books(
        *[("fuel_use", "512002", f, "2023", 1.0) for f in ("原煤", "柴油")],
        ("fuel_use", "512021", "汽油", "2021", 1),
    )
    step: Step = explain(energy, at, "512002", "2023")
    assert step.value is None
    assert any("缺：" in part.note and "汽油" in part.note for part in step.walk())


def test_a_formula_is_printed_from_the_body() -> None:
    assert formula(energy_intensity_decline) == "1 − now ÷ base"


def test_explanations_share_their_steps() -> None:
    why = Explanation(books(("gdp", "512002", None, "2023", 1)))
    first = why.step(GDP, ("512002", None, parse("2023")))
    assert why.step(GDP, ("512002", None, parse("2023"))) is first


class TestChain:
    """A whole chain as one expression over wide columns."""

    @staticmethod
    def column(of: Quantity, item: str | None, period: Any) -> pl.Expr:
        return pl.col(f"{item or of.id} {period}")

    def test_it_gives_what_the_grid_gives(self) -> None:
        rows: list[Row] = [("gdp", "512002", None, "2020", 1.0), ("gdp", "512002", None, "2023", 2.0)]
        rows += [
            ("fuel_use", "512002", f, y, v) for f, y, v in (("原煤", "2020", 9.0), ("原煤", "2023", 8.0))
        ]
        wide = pl.DataFrame({f"{i or q} {p}": [v] for q, _, i, p, v in rows})
        chain = Chain(PolarsColumns(), self.column, ["原煤"])
        found = wide.select(chain.read(energy_intensity_decline, parse("2023"))).item()
        assert found == pytest.approx(value(energy_intensity_decline, books(*rows), "512002", "2023"))

    def test_it_compiles_for_duckdb_too(self) -> None:
        import ibis

        wide = ibis.memtable(pl.DataFrame({"原煤 2023": [10.0, None], "gdp 2023": [2.0, 1.0]}))
        chain = Chain(IbisColumns(), lambda of, item, period: wide[f"{item or of.id} {period}"], ["原煤"])
        intensity = chain.read(energy_intensity, parse("2023"))
        assert wide.mutate(x=intensity).x.to_polars().to_list() == pytest.approx([7.143 / 20_000, None])

    def test_a_definition_of_its_own_is_kept(self) -> None:
        wide = pl.DataFrame({"原煤 2023": [100.0], "nonfossil_energy 2023": [7.143]})
        chain = Chain(PolarsColumns(), self.column, ["原煤"], definition="minus-feedstock")
        assert wide.select(chain.read(non_fossil_share, parse("2023"))).item() == pytest.approx(0.1)

    @pytest.mark.parametrize(
        ("of", "period", "said"),
        [
            (total(GDP, over=CHILDREN), "2023", "按品种"),
            (parameter("standard_coal_factor"), "1990", "没有取值"),
        ],
    )
    def test_what_a_wide_table_cannot_answer_is_refused(self, of: Any, period: str, said: str) -> None:
        with pytest.raises(RuleError, match=said):
            Chain(PolarsColumns(), self.column).read(of, parse(period), "原煤")

    def test_a_rule_not_in_force_is_refused(self, passing_rules: None) -> None:
        @rule(unit="亿元", title="试", cite="试验", since=date(2022, 1, 1))
        def test_late_chain(now: Any = GDP) -> Any:
            return now

        late: Rule = test_late_chain
        with pytest.raises(RuleError, match="没有适用"):
            Chain(PolarsColumns(), self.column).read(late, parse("2021"))


def test_an_item_that_no_duty_names_counts_for_those_who_state_it() -> None:
    duty = Duty("d", "能源平衡表", ("fuel_use",), "市统计局", kind="county", items=("原煤",))
    rows: list[Row] = [("fuel_use", id, "原煤", "2022", 10) for id in ("512002", "512021")]
    at = books(*rows, ("fuel_use", "512021", "柴油", "2022", 10), duties=[duty])
    assert both(energy, at, "512021", "2022") == pytest.approx(7.143 + 14.571)
    assert both(energy, at, "512002", "2022") == pytest.approx(7.143)
    assert both(energy, at, "5120", "2022") == pytest.approx(2 * 7.143 + 14.571)


def test_such_an_item_is_not_lost_to_what_others_say_of_it() -> None:
    duty = Duty("d", "能源平衡表", ("fuel_use",), "市统计局", kind="county", items=("原煤",))
    rows: list[Row] = [("fuel_use", id, "原煤", "2022", 10) for id in ("512002", "512021")]
    rows += [("fuel_use", "512021", "柴油", "2022", 10), ("fuel_use", "zone", "柴油", "2022", 3)]
    rows += [("fuel_use", "512002", "柴油", "2021", 4), ("feedstock_use", "512002", "柴油", "2022", 1)]
    at = books(*rows, duties=[duty])
    assert both(energy, at, "5120", "2022") == pytest.approx(2 * 7.143 + 14.571)


def test_a_town_does_not_stand_for_the_city() -> None:
    towns = Places([*TOWN, Entity("t", "镇", "town", "512002", since=None)])
    at = books(("population", "t", None, "2022", 3), places=towns)
    assert both(quantity("population"), at, "5120", "2022") is None


def test_where_one_county_is_listed_its_neighbours_are_expected_too() -> None:
    at = books(("population", "512002", None, "2022", 90))
    assert both(quantity("population"), at, "5120", "2022") is None


def test_what_contains_the_city_of_the_books_has_no_total() -> None:
    places = Places([Entity("51", "省", "province"), Entity("5120", "市", "city", "51")], top="5120")
    at = books(("gdp", "5120", None, "2022", 9), places=places)
    assert both(GDP, at, "5120", "2022") == 9
    assert both(GDP, at, "51", "2022") is None
