"""The tax return: published examples to the fen, and what happens to what is missing."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

import duheng.rules.tax as rules
from duheng.ingest.tax import (
    Entry,
    Return,
    amount_due,
    chosen,
    money,
    ph_item,
    quarterly_return,
    write_return,
)
from duheng.ingest.tax.exact import Exact
from duheng.ingest.tax.selection import ABOVE
from duheng.model.errors import DuhengError, UnknownName
from duheng.model.parameters import Parameters, Setting, packaged

YANJIANG = "512002"
AIR = {"二氧化硫": "190", "氮氧化物": "380", "烟尘": "109", "一氧化碳": "167"}
WATER = {"COD": "1200", "氨氮": "160", "总磷": "10", "SS": "400", "BOD5": "500"}


def _drawn(*entries: Entry, quarter: str = "2024Q1") -> Return:
    return quarterly_return(entries, quarter, YANJIANG)


def _air(**more: dict[str, object]) -> list[Entry]:
    return [
        Entry("DA001", "2024-03", "air", name, Decimal(kg), **more.get(name, {}))  # type: ignore[arg-type]
        for name, kg in AIR.items()
    ]


def _water() -> list[Entry]:
    return [Entry("DW001", "2024-03", "water", name, Decimal(kg)) for name, kg in WATER.items()]


def _taxes(drawn: Return) -> dict[str, Decimal | None]:
    return {row.item: row.tax for row in drawn.rows}


def test_of_an_air_outlet_the_first_three_pollutants_are_taxed() -> None:
    drawn = _drawn(*_air())
    assert drawn.total == Decimal("2535.00")
    assert [row.item for row in drawn.rows if not row.counted] == ["一氧化碳"]


def test_a_pollutant_forty_percent_under_its_limit_pays_three_quarters() -> None:
    clean = {"concentration": Decimal(60), "limit": Decimal(100), "exceedances": 0}
    assert _drawn(*_air(氮氧化物=clean)).total == Decimal("2145.00")


def test_one_exceedance_in_the_month_forfeits_the_reduction() -> None:
    once = {"concentration": Decimal(60), "limit": Decimal(100), "exceedances": 1}
    assert _drawn(*_air(氮氧化物=once)).total == Decimal("2535.00")


def test_of_cod_and_bod_only_the_greater_is_taxed() -> None:
    drawn = _drawn(*_water())
    assert drawn.total == Decimal("4200.00")
    assert _taxes(drawn)["生化需氧量(BOD5)"] == Decimal("0.00")


def test_the_first_class_has_an_order_of_its_own_with_five_places() -> None:
    metals = ("总汞", "总镉", "总铬", "六价铬", "总砷", "总铅")
    first = [Entry("DW001", "2024-03", "water", name, Decimal("1")) for name in metals]
    taxed = [row.item for row in _drawn(*_water(), *first).rows if row.counted]
    assert sorted(taxed) == sorted(
        ["化学需氧量(CODcr)", "氨氮", "悬浮物(SS)", *metals[:2], "六价铬", "总砷", "总铅"]
    )


def test_eight_hundred_pigs_pay_by_the_head_and_five_hundred_pay_nothing() -> None:
    farm = [Entry("甲场", "2024-03", "special", "猪", Decimal(800))]
    small = [Entry("乙场", "2024-03", "special", "猪", Decimal(500))]
    assert (_drawn(*farm).total, _drawn(*small).total) == (Decimal("2240.00"), Decimal("0.00"))


@pytest.mark.parametrize("number", range(4))
def test_the_published_reductions_come_out_to_the_fen(shared: Path, number: int) -> None:
    known = json.loads((shared / "methods" / "known_answers.json").read_text("utf-8"))["tax.env"]
    given = known["inputs"][number]
    medium, item = ("air", "氮氧化物") if given["eq"] == "0.95" else ("water", "COD")
    entry = Entry(
        "DW001", "2024-03", medium, item, Decimal(given["kg"]),
        concentration=Decimal(given["conc"]), limit=Decimal(given["std"]), exceedances=0,
    )  # fmt: skip
    assert _drawn(entry).total == Decimal(known["expected"][number])


def test_a_published_equipment_credit_is_used_up_year_by_year(shared: Path) -> None:
    known = json.loads((shared / "methods" / "known_answers.json").read_text("utf-8"))["tax.equipment_credit"]
    credit = rules.equipment_credit.number(price=known["inputs"]["price"], share=0.1)
    assert credit is not None
    used: list[float] = []
    for due in known["inputs"]["tax_due"]:
        year = rules.equipment_credit_used.number(credit=credit, before=sum(used), due=due)
        assert year is not None
        used.append(year)
    assert (used, credit - sum(used)) == (known["expected"]["used"], known["expected"]["expired"])


def test_falsified_data_are_taxed_on_what_was_generated() -> None:
    entry = Entry("DW001", "2024-03", "water", "COD", Decimal(100), generated=Decimal(1000), penal=True)
    assert _drawn(entry).total == Decimal("2800.00")


def test_an_amount_not_stated_leaves_its_outlets_order_and_the_total_unknown() -> None:
    missing = Entry("DA001", "2024-03", "air", "甲苯", None)
    drawn = _drawn(*_air(), missing, *_water())
    assert drawn.total is None
    assert {row.tax for row in drawn.rows if row.entry.medium == "air"} == {None}
    assert _taxes(drawn)["化学需氧量(CODcr)"] == Decimal("3360.00")
    assert [finding.code for finding in drawn.findings] == ["tax-entry"]


def test_a_negative_amount_is_a_finding_and_unknown() -> None:
    drawn = _drawn(Entry("DW001", "2024-03", "water", "COD", Decimal(-5)))
    assert drawn.total is None
    assert "应不小于0" in drawn.findings[0].text


def test_a_month_outside_the_quarter_and_a_repeated_row_are_findings() -> None:
    april = Entry("DW001", "2024-04", "water", "COD", Decimal(1000))
    march = Entry("DW001", "2024-03", "water", "COD", Decimal(1000))
    drawn = _drawn(march, march, april)
    assert (drawn.total, len(drawn.findings)) == (Decimal("2800.00"), 2)


def test_half_stated_grounds_of_a_reduction_give_none_and_say_so() -> None:
    entry = Entry(
        "DW001", "2024-03", "water", "COD", Decimal(1000), concentration=Decimal(10), limit=Decimal(50)
    )
    drawn = _drawn(entry)
    assert (drawn.total, drawn.findings[0].severity) == (Decimal("2800.00"), "warning")


def test_a_place_whose_rate_is_not_loaded_is_refused() -> None:
    with pytest.raises(DuhengError, match="没有适用税额"):
        quarterly_return(_water(), "2024Q1", "330100")


def test_total_nitrogen_is_no_taxable_pollutant() -> None:
    with pytest.raises(UnknownName):
        _drawn(Entry("DW001", "2024-03", "water", "总氮", Decimal(1)))


@pytest.mark.parametrize(
    ("ph", "item"),
    [("5", "pH 5-6"), ("5.99", "pH 5-6"), ("6", None), ("9", None), ("9.01", "pH 4-5或9-10"), ("10", "pH 4-5或9-10"),
     ("10.5", "pH 3-4或10-11"), ("4", "pH 4-5或9-10"), ("0", "pH 0-1或13-14"), ("14", "pH 0-1或13-14")],
)  # fmt: skip
def test_a_ph_value_falls_into_its_band_by_the_note_of_the_annex(ph: str, item: str | None) -> None:
    assert ph_item(Decimal(ph)) == item


def test_money_is_exact_where_floats_are_not() -> None:
    entries = [Entry(f"DW{n:03}", "2024-01", "water", "COD", Decimal("0.1")) for n in range(30)]
    assert _drawn(*entries).total == Decimal("8.40")
    exact = Exact()
    assert money(exact.constant(0.285)) == Decimal("0.29")


def test_the_order_of_the_entries_does_not_change_the_tax() -> None:
    assert _drawn(*reversed(_air())).total == _drawn(*_air()).total


def test_doubling_every_amount_doubles_the_tax() -> None:
    doubled = [Entry("DA001", "2024-03", "air", name, Decimal(kg) * 2) for name, kg in AIR.items()]
    assert _drawn(*doubled).total == Decimal("5070.00")


def test_nothing_is_chosen_from_nothing() -> None:
    assert chosen({}) == frozenset()


def test_the_return_is_written_with_its_total_and_its_drill_mark() -> None:
    out = io.BytesIO()
    count = write_return(_drawn(*_water()), out, payer="甲厂", scenario="drill", format="csv")
    text = out.getvalue().decode("utf-8-sig")
    assert count == 6
    assert text.startswith("# 演练数据")
    assert text.rstrip().endswith("4200.00")


def test_solid_waste_and_noise_come_out_exactly_and_unknown_stays_unknown() -> None:
    waste = {
        "tax_waste_generated": Decimal("1000.1"),
        "tax_waste_stored": Decimal(200),
        "tax_waste_disposed": Decimal(0),
    }
    used = {**waste, "tax_waste_used": Decimal("700.05")}
    noise = {"noise_exceedance": Decimal(5), "noise_far_places": Decimal(1), "noise_short_month": Decimal(0)}
    assert amount_due(rules.waste_tax, used, "2024-03", YANJIANG, "其他固体废物") == Decimal("2501.25")
    assert amount_due(rules.waste_tax, waste, "2024-03", YANJIANG, "其他固体废物") is None
    assert amount_due(rules.noise_tax, noise, "2024-03", YANJIANG) == Decimal("1400.00")


def test_a_city_s_own_size_decides_from_its_day_and_what_is_from_memory_is_named() -> None:
    of, value = packaged()[ABOVE], packaged()["special_equivalent_value"].title
    own = Setting(date(2024, 2, 1), Decimal(900), "四川省税务局 核定表", where="51", item="猪")
    replaced = Parameters({of.id: replace(of, settings=(*of.settings, own))})

    def due(month: str) -> Return:
        farm = [Entry("甲场", month, "special", "猪", Decimal(800))]
        return quarterly_return(farm, "2024Q1", YANJIANG, replaced)

    assert due("2024-01").total == Decimal("2240.00")
    assert due("2024-02").total == 0
    assert due("2024-01").unverified == [f"{value} 猪", f"{of.title} 猪"]
    assert due("2024-02").unverified == [f"{value} 猪"]
    out = io.BytesIO()
    write_return(due("2024-02"), out, payer="甲场", scenario="actual", format="csv")
    assert "未核实的取值" in out.getvalue().decode("utf-8-sig")
