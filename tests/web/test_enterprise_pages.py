"""VOC inventories, tax returns, emission amounts: sums for everybody, single enterprises for those who may see them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from duheng import ledger
from duheng.assess.books import default_plan, opened
from duheng.ledger.records import NewFact, NewSource
from duheng.model.entities import Entity, Places
from duheng.web import state
from duheng.web.aggregates import grouped
from duheng.web.taxes import drawn

Site = Callable[..., Client]
DRILL = "?scenario=drill"
BALANCE = ("balance_input", "balance_product", "balance_recovered")


def _json(client: Client, path: str, status: int = 200) -> Any:
    answer = client.get(path)
    assert answer.status_code == status, answer.content[:400]
    return answer.json()


def _state(entity: str, item: str | None, values: Mapping[tuple[str, str], str]) -> None:
    """Enters figures of the drill about an entity. values: by quantity and period [declared unit]."""
    facts = [
        NewFact(
            of, entity, item, period, "drill", None, Decimal(value), value, "reported", "quoted", f"A{row}"
        )
        for row, ((of, period), value) in enumerate(values.items())
    ]
    ledger.append(facts, NewSource("submission", "月报"), by="reporter")


# --- who sees what ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/voc/drill-E05", "/tax/drill-E03"])
def test_a_single_enterprise_is_closed_to_readers_without_account(drill: Site, path: str) -> None:
    for suffix in ("", ".json", ".xlsx", ".csv"):
        assert drill().get(f"{path}{suffix}{DRILL}").status_code == 403
        assert drill("viewer").get(f"{path}{suffix}{DRILL}").status_code == 200


@pytest.mark.parametrize("path", ["/voc", "/tax", "/emissions"])
def test_no_enterprise_is_named_without_account(drill: Site, path: str) -> None:
    client = drill()
    for suffix in ("", ".json", ".xlsx", ".csv"):
        assert client.get(f"{path}{suffix}{DRILL}").status_code == 200
    assert "演练企业" not in client.get(f"{path}{DRILL}").content.decode()
    assert "演练企业" not in client.get(f"{path}.json{DRILL}").content.decode()
    assert "演练企业" in drill("viewer").get(f"{path}{DRILL}").content.decode()


def test_a_county_with_two_inventories_is_closed_and_so_is_the_whole(drill: Site) -> None:
    rows = {one["place"]: one["value"] for one in _json(drill(), f"/voc.json{DRILL}")["counties"]}
    assert (rows["雁江区"], rows["全市"]) == (None, None)
    assert rows["高新区"] is not None
    assert None not in {one["value"] for one in _json(drill("viewer"), f"/voc.json{DRILL}")["counties"]}


def test_the_reasons_of_the_closed_county_are_closed_as_well(drill: Site) -> None:
    address = f"/why/enterprise_voc_emission/512002/2025.json{DRILL}"
    assert _json(drill(), address)["why"]["value"] is None
    assert _json(drill("viewer"), address)["why"]["value"] > 0


COUNTIES = [Entity("C", "市", "city"), *(Entity(f"C{n}", f"县{n}", "county", parent="C") for n in (1, 2, 3))]


def _groups(members: Mapping[str, tuple[str, str | None]]) -> dict[str, str]:
    """Sum of each county and the whole ("") as a reader without account finds it."""
    firms = [Entity(id, id, "enterprise", parent=county) for id, (county, _) in members.items()]
    values = {id: None if value is None else Decimal(value) for id, (_, value) in members.items()}
    found = grouped(Places([*COUNTIES, *firms]), values)
    return {one.place.id if one.place else "": "closed" if one.closed else str(one.value) for one in found}


def test_three_members_open_a_sum_and_two_do_not() -> None:
    members = {f"E{n}": ("C1" if n < 3 else "C2", "1") for n in range(6)}
    assert _groups(members) == {"C1": "3", "C2": "3", "": "6"}
    members.pop("E0")
    assert _groups(members) == {"C1": "closed", "C2": "3", "": "closed"}


def test_two_closed_counties_with_three_members_together_leave_the_whole_open() -> None:
    members = {
        "A": ("C1", "1"),
        "B": ("C1", "1"),
        "D": ("C2", "1"),
        **{f"E{n}": ("C3", "1") for n in range(3)},
    }
    assert _groups(members)[""] == "6"


def test_a_nought_does_not_hide_its_neighbours_and_an_unknown_leaves_the_sum_unknown() -> None:
    assert _groups({"A": ("C1", "1"), "B": ("C1", "1"), "D": ("C1", "0")})["C1"] == "closed"
    known: dict[str, tuple[str, str | None]] = {f"E{n}": ("C1", "1") for n in range(3)}
    assert _groups({**known, "F": ("C1", None)})["C1"] == "None"


def test_a_closed_county_of_one_member_and_two_noughts_closes_the_whole() -> None:
    members = {"A": ("C1", "100"), "B": ("C1", "0"), "D": ("C1", "0")}
    assert _groups({**members, **{f"E{n}": ("C2", "1") for n in range(3)}})[""] == "closed"


# --- VOCs -------------------------------------------------------------------------------------------------------------


def test_the_solvent_balance_of_a_source_adds_up(drill: Site) -> None:
    page = _json(drill("viewer"), f"/voc/drill-E05.json{DRILL}")
    for row in page["balance"]:
        taken = sum(
            float(row[of]) for of in ("voc_in_product", "voc_recovered", "voc_in_waste", "voc_in_water")
        )
        assert float(row["brought"]) - taken == pytest.approx(float(row["voc_generated"]), abs=0.002)


def test_treatment_that_falls_short_and_claims_above_the_scheme_are_findings(drill: Site) -> None:
    client = drill("viewer")
    known = [f"drill-E{n:02}" for n in (4, 5, 8, 12, 13, 16, 20, 21, 24, 29)]
    pages = [client.get(f"/voc/{id}.csv{DRILL}&table=findings").content.decode() for id in known]
    assert any("处理效率比要求低" in text for text in pages)
    assert any("系数（国家通用系数）为" in text and "未核实" in text for text in pages)


def test_leak_detection_shows_points_rates_and_what_was_not_screened(drill: Site) -> None:
    page = _json(drill("viewer"), f"/voc/drill-E07.json{DRILL}")
    assert [row["component"] for row in page["leaks"]] == [
        "有机化工 阀门 气体", "有机化工 阀门 轻液", "有机化工 泵 轻液", "有机化工 连接件",
    ]  # fmt: skip
    assert None not in {row[key] for row in page["leaks"] for key in ("rate", "emission", "unscreened")}


def test_a_nozzle_outside_the_limits_is_said_to_be(drill: Site) -> None:
    rows = _json(drill("viewer"), f"/voc.json{DRILL}")["pumps"]
    assert {(row["kept"], 1 <= float(row["ratio"]) <= 1.2) for row in rows} == {("是", True), ("否", False)}


def test_another_year_is_chosen_in_the_address(drill: Site) -> None:
    assert _json(drill(), f"/voc.json{DRILL}&year=2024")["year"] == "2024"
    assert drill().get(f"/voc{DRILL}&year=1999").status_code == 400
    assert drill("viewer").get(f"/voc/drill-E01{DRILL}").status_code == 404


# --- tax --------------------------------------------------------------------------------------------------------------


def test_a_return_adds_up_to_the_fen_and_explains_its_numbers(drill: Site) -> None:
    client = drill("viewer")
    page = _json(client, f"/tax/drill-E03.json{DRILL}&quarter=2025Q3")
    *rows, whole = page["rows"]
    assert sum(Decimal(row["tax"]) for row in rows) == Decimal(whole["tax"]) == Decimal(page["total"])
    for month in {row["month"] for row in rows}:
        assert sum(row["counted"] == "是" for row in rows if row["month"] == month) <= 3
    html = client.get(f"/tax/drill-E03{DRILL}&quarter=2025Q3").content.decode()
    assert "/why/water_equivalents/drill-E03-DW001/2025-07" in html
    why = _json(client, f"/why/water_equivalents/drill-E03-DW001/2025-07.json{DRILL}&item=氨氮")
    (same,) = (row for row in rows if (row["month"], row["pollutant"]) == ("2025-07", "氨氮"))
    assert why["why"]["value"] == pytest.approx(float(same["equivalents"]), abs=1e-4)


def test_an_outlet_that_said_nothing_in_a_month_leaves_its_total_unknown(drill: Site) -> None:
    payers = _json(drill("viewer"), f"/tax.json{DRILL}&quarter=2026Q1")
    assert [row["payer"] for row in payers["payers"] if row["total"] is None] == ["演练企业18"]
    assert {row["place"]: row["value"] for row in payers["counties"]}["全市"] is None


def test_a_quarter_that_breaks_off_is_unknown_and_not_what_is_known_so_far(drill: Site) -> None:
    answer = _json(drill("viewer"), f"/tax.json{DRILL}&quarter=2026Q1&as_of=2026-03-31")
    assert {row["total"] for row in answer["payers"]} == {None}


def test_falsified_data_are_taxed_on_what_was_generated(drill: Site) -> None:
    page = _json(drill("viewer"), f"/tax.json{DRILL}&quarter=2025Q3")
    (penal,) = (row for row in page["payers"] if row["penal"] != "0")
    assert penal["penal"] == "3"


def test_solid_waste_left_out_in_a_month_leaves_the_total_unknown_and_is_named(changing: Site) -> None:
    waste = ("tax_waste_generated", "tax_waste_stored", "tax_waste_disposed", "tax_waste_used")
    _state("drill-E01", "煤矸石", {(of, month): "0" for of in waste for month in ("2026-01", "2026-02")})
    page = _json(changing("viewer"), f"/tax/drill-E01.json{DRILL}&quarter=2026Q1")
    assert page["total"] is None
    assert [one for one in page["findings"] if "演练企业01 2026-03 煤矸石：数量不全" in one]


def test_noise_left_out_in_a_month_leaves_the_total_unknown_and_is_named(changing: Site) -> None:
    _state("drill-E01", None, {("noise_exceedance", "2026-01"): "0", ("noise_exceedance", "2026-03"): "0"})
    page = _json(changing("viewer"), f"/tax/drill-E01.json{DRILL}&quarter=2026Q1")
    assert page["total"] is None
    assert [one for one in page["findings"] if "演练企业01 2026-02 厂界：数量不全" in one]


def test_a_payer_silent_for_quarters_owes_an_unknown_tax_and_not_none(changing: Site) -> None:
    _state("drill-E01-DA001", "二氧化硫", {("air_tax_emission", "2026-09"): "5"})
    page = _json(changing("viewer"), f"/tax.json{DRILL}&quarter=2026Q3")
    assert {row["total"] for row in page["payers"]} == {None}
    assert "0" not in {row["rows"] for row in page["payers"]}


def test_a_payer_who_has_not_stated_anything_yet_owes_an_unknown_tax(changing: Site) -> None:
    _state("drill-E01-DA001", "二氧化硫", {("air_tax_emission", "2024-01"): "5"})
    page = _json(changing("viewer"), f"/tax/drill-E02.json{DRILL}&quarter=2024Q1")
    assert page["total"] is None
    assert "演练企业02 2024Q1：没有任何填报" in page["findings"][0]


def test_an_outlet_that_no_longer_stands_owes_nothing(drill: Site) -> None:
    city = state.city("drill")
    here = opened(city, default_plan(city, "drill"), "drill")
    closed = Places(
        replace(one, until=date(2026, 3, 31)) if one.id == "drill-E01-DA001" else one for one in city.places
    )
    later = replace(here, city=replace(city, places=closed), memo={})
    totals = [drawn(later, city.places.find(id), "2026Q2").total for id in ("drill-E01", "drill-E02")]
    assert totals == [0, None]


# --- emission amounts -------------------------------------------------------------------------------------------------


def test_the_first_method_of_the_order_counts_and_the_others_stand_beside_it(drill: Site) -> None:
    page = _json(drill("viewer"), f"/emissions.json{DRILL}&year=2025")
    assert page["order"] == ["自动监测", "手工监测", "物料衡算", "产排污系数"]
    rows = page["outlets"]
    assert {row["method"] for row in rows} == {"自动监测", "手工监测"}
    for row in rows:
        assert row["amount"] == row["by1" if row["method"] == "自动监测" else "by2"]
        assert row["by4"] != "—"


def test_what_an_outlet_states_is_not_counted_again_for_its_enterprise(drill: Site) -> None:
    rows = _json(drill("viewer"), f"/emissions.json{DRILL}&year=2025")["outlets"]
    assert len({(row["outlet"], row["pollutant"]) for row in rows}) == len(rows) == 24
    assert all(row["outlet"].endswith("001") for row in rows)


def test_an_outlet_that_states_too_little_for_any_method_leaves_its_sums_unknown(changing: Site) -> None:
    _state("drill-E01-DA001", "二氧化硫", {("balance_input", "2022"): "9", ("balance_product", "2022"): "3"})
    _state("drill-E02-DA001", "二氧化硫", {(of, "2022"): n for of, n in zip(BALANCE, "932", strict=True)})
    page = _json(changing("viewer"), f"/emissions.json{DRILL}&year=2022")
    assert {row["outlet"]: row["amount"] for row in page["outlets"]} == {
        "演练企业01 DA001": None,
        "演练企业02 DA001": "4.000",
    }
    (whole,) = (row for name, rows in page.items() if name.startswith("sums") for row in rows[-1:])
    assert (whole["members"], whole["unknown"], whole["value"]) == ("2", "1", None)


def test_a_flow_without_concentration_leaves_the_pollutants_of_earlier_years_unknown(changing: Site) -> None:
    _state("drill-E01-DA001", None, {("monitored_gas", "2026-03"): "9"})
    _state("drill-E02-DA001", "二氧化硫", {(of, "2026"): "1" for of in BALANCE})
    rows = _json(changing("viewer"), f"/emissions.json{DRILL}&year=2026")["outlets"]
    silent = {row["pollutant"]: row["amount"] for row in rows if row["outlet"] == "演练企业01 DA001"}
    assert silent == {"二氧化硫": None, "氮氧化物": None}


# --- public institutions, real figures --------------------------------------------------------------------------------


def test_public_institutions_show_use_and_decline_year_by_year(drill: Site) -> None:
    page = _json(drill(), f"/institutions.json{DRILL}")
    levels = page["levels"]["public_energy_per_area"]
    fall = page["declines"]["public_energy_per_area_decline"]
    assert fall["2025"] == pytest.approx(1 - levels["2025"] / levels["2020"])


@pytest.mark.parametrize("path", ["/voc", "/tax", "/emissions", "/institutions"])
def test_without_figures_a_page_says_that_they_are_missing(site: Site, path: str) -> None:
    page = site().get(path).content.decode()
    assert "未填报" in page
    assert site("viewer").get(f"{path}.json").status_code == 200


def test_without_figures_it_is_said_who_owes_them(site: Site) -> None:
    assert "市机关事务管理局" in site().get("/institutions").content.decode()


def test_without_a_duty_nobody_is_said_to_owe_an_inventory(site: Site) -> None:
    page = site().get("/voc").content.decode()
    assert "二、（九）" in page
    assert "尚未规定由谁报送" in page


def test_every_accounting_page_is_listed_and_there(drill: Site) -> None:
    client = drill()
    for page in _json(client, "/accounting.json")["pages"]:
        assert client.get(page["address"]).status_code == 200


def test_every_made_up_member_stands_below_a_place_of_the_city() -> None:
    places = state.city("drill").places
    kinds = ("voc_source", "voc_material", "outlet", "filling_station", "reduction_project")
    odd = [
        one.id
        for one in places
        if one.kind in kinds and "512000" not in [a.id for a in places.ancestors(one.id)]
    ]
    assert odd == []


def test_a_quarter_reads_in_words_and_each_tax_leads_to_its_return(drill: Site) -> None:
    viewer = drill("viewer")
    page = viewer.get(f"/tax{DRILL}&quarter=2026Q1").content.decode()
    assert "2026年一季度" in page
    assert '<option value="2026Q1" selected>2026年一季度</option>' in page
    assert re.search(r'<a href="/tax/drill-E01[^"]*quarter=2026Q1">[0-9.]+</a>', page)
    assert "2026Q1" in viewer.get(f"/tax{DRILL}&quarter=2026Q1&lang=en").content.decode()


def test_what_a_return_lacks_is_asked_of_the_payer_and_cites_the_law(drill: Site) -> None:
    page = drill("viewer").get(f"/tax/drill-E18{DRILL}&quarter=2026Q1").content.decode()
    owners = re.findall(r'data-label="责任单位">([^<]*)</td>', page)
    assert set(owners) == {"演练企业18"}
    assert "环境保护税法第十三条" in page
    assert "docs/decisions" not in page
