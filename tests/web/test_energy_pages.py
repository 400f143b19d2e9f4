"""Balance table, flows and inventory: alive in the drill, honest where nobody has reported, every number explained."""

from __future__ import annotations

import html
import random
import re
from collections import defaultdict
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from duheng.ingest.importing import import_file
from duheng.model.rounding import judge
from duheng.web import state
from tests.ingest.test_balance_form import filled

Site = Callable[..., Client]
LINK = re.compile(r'<a href="(/why/[^"]+)">(-?[\d.]+)</a>')


def said(client: Client, address: str) -> dict[str, Any]:
    answer = client.get(address)
    assert answer.status_code == 200, answer.content.decode()[:400]
    found: dict[str, Any] = answer.json()
    return found


@pytest.mark.parametrize("place", ["512000", "512002", "512021", "512022"])
@pytest.mark.parametrize("year", [2015, 2020, 2025])
def test_the_balance_of_the_drill_closes_and_every_check_holds(drill: Site, place: str, year: int) -> None:
    told = said(drill(), f"/balance.json?scenario=drill&place={place}&year={year}")
    assert [(one["id"], one["broken"], one["unknown"]) for one in told["checks"] if one["id"] != "stock"] == [
        (id, [], []) for id in ("S_sum", "T_sum", "F_sum", "F6_sum", "F2g_sum", "F3g_sum", "D", "C", "use")
    ]
    rows = {row["row"]: row["cells"] for row in told["rows"]}
    assert set(rows["D"].values()) == {0.0}
    assert rows["S"]["raw_coal"] > 0
    assert told["owed"] == []


# By how many digits the printed unit differs from the declared one (万t of t, 万tCO2 of tCO2, % of 1).
DIGITS = {"carbon_intensity": 0, "annual_carbon_intensity_decline": -2}


@pytest.mark.parametrize(
    "page",
    [
        "/balance?scenario=drill&year=2023&unit=physical",
        "/balance?scenario=drill&year=2023&unit=tce&basis=equivalent",
        "/carbon?scenario=drill&place=512021&year=2023",
    ],
)
def test_a_printed_number_is_the_one_its_reasons_give(drill: Site, page: str) -> None:
    client = drill()
    links = [(html.unescape(a), Decimal(b)) for a, b in LINK.findall(client.get(page).content.decode())]
    assert len(links) > 60
    nought = [one for one in links if not one[1]]
    for address, printed in [*random.Random(7).sample([one for one in links if one[1]], 8), *nought[:1]]:
        told = said(client, address.replace("?", ".json?", 1))
        shift = DIGITS.get(told["quantity"], 4)
        digits = -int(printed.as_tuple().exponent)
        assert judge(told["why"]["value"] / 10.0**shift, digits) == printed, address


def test_standard_coal_adds_up_and_the_basis_changes_electricity_only(drill: Site) -> None:
    client = drill()
    base = "/balance.json?scenario=drill&place=512002&year=2023&unit=tce"
    calorific, equivalent = (
        {row["row"]: row["cells"] for row in said(client, f"{base}&basis={basis}")["rows"]}
        for basis in ("calorific", "equivalent")
    )
    for rows in (calorific, equivalent):
        for cells in rows.values():
            fuels = sum(v for k, v in cells.items() if k not in ("total", "petroleum_total"))
            assert abs(cells["total"] - fuels) < 0.002 or cells is rows["C"]
        d = rows["S"]["total"] + rows["T"]["total"] - rows["L"]["total"] - rows["F"]["total"]
        assert abs(d - rows["D"]["total"]) < 0.001
        assert abs(rows["C"]["total"] - rows["F"]["total"] - rows["L"]["total"] + rows["T"]["total"]) < 0.001
    assert calorific["F2"]["raw_coal"] == equivalent["F2"]["raw_coal"]
    assert equivalent["F2"]["electricity"] == pytest.approx(
        calorific["F2"]["electricity"] * 3.0 / 1.229, rel=1e-4
    )


def test_what_enters_a_node_of_the_flows_leaves_it(drill: Site) -> None:
    for basis in ("calorific", "equivalent"):
        told = said(drill(), f"/flows.json?scenario=drill&place=512002&year=2023&basis={basis}")
        entering: dict[str, float] = defaultdict(float)
        leaving: dict[str, float] = defaultdict(float)
        for link in told["links"]:
            entering[link["to"]] += link["value"]
            leaving[link["from"]] += link["value"]
        inner = entering.keys() & leaving.keys()
        assert {"原煤", "电力", "火力发电", "供热"} <= inner
        assert [node for node in inner if abs(entering[node] - leaving[node]) > 0.002] == []
        assert sum(leaving.values()) - sum(entering.values()) == pytest.approx(0, abs=0.01)
        assert told["unknown"] == []


def test_the_flow_diagram_is_a_marked_picture_with_its_numbers_beside_it(drill: Site) -> None:
    client = drill()
    picture = client.get("/flows.svg?scenario=drill&year=2023").content.decode()
    assert "演练数据" in picture
    assert picture.count("<path") > 40
    assert client.get("/flows.png?scenario=drill&year=2023").content.startswith(b"\x89PNG")
    page = client.get("/flows?scenario=drill&year=2023").content.decode()
    table = said(client, "/flows.json?scenario=drill&year=2023")["links"]
    assert all(f"{one['value']:.4f}" in page for one in table)
    assert 'role="img" aria-label="资阳市2023年能源流向。' in page


def test_the_inventory_switches_sets_and_never_mixes_them(drill: Site) -> None:
    client = drill()
    base = "/carbon.json?scenario=drill&year=2023"
    one, other = (said(client, f"{base}&set={set}") for set in ("enterprise_default", "provincial_inventory"))
    for told in (one, other):
        fuels = [
            key
            for key in told["sectors"][0]
            if key not in ("sector", "total", "electricity_emission", "heat_emission")
        ]
        *parts, whole = told["sectors"]
        for fuel in (*fuels, "total"):
            assert sum(float(row[fuel]) for row in parts) == pytest.approx(float(whole[fuel]), abs=0.001)
        assert sum(float(whole[fuel]) for fuel in fuels) == pytest.approx(float(whole["total"]), abs=0.001)
    assert one["sectors"][-1]["diesel"] != other["sectors"][-1]["diesel"]
    assert one["whole"][0]["value"] is None  # nobody has stated process emissions
    early = said(client, "/carbon.json?scenario=drill&year=2019&set=provincial_inventory")
    assert early["sectors"][-1]["total"] is None
    assert "柴油" in early["unknown"]


def test_the_grid_factor_is_that_of_the_province_and_year(drill: Site) -> None:
    client = drill()
    page = client.get("/carbon?scenario=drill&year=2022").content.decode()
    assert re.search("电力平均二氧化碳排放因子：0.1404[^<]*四川2022年", page)


def test_where_nobody_has_reported_the_pages_say_who_owes_it(site: Site) -> None:
    client = site()
    for address in ("/balance", "/flows", "/carbon"):
        page = client.get(f"{address}?place=512002&year=2023").content.decode()
        assert "未填报" in page
        assert "市统计局应报《县（区）能源平衡表（实物量）》（2024-06-30前）" in page
    rows = said(client, "/balance.json?place=512002&year=2023")["rows"]
    assert {value for row in rows for value in row["cells"].values()} == {None}
    sectors = said(client, "/carbon.json?year=2023")["sectors"]
    assert {value for one in sectors for key, value in one.items() if key != "sector"} == {None}


def test_a_filled_form_is_shown_with_its_faults_and_comes_back_as_it_was(site: Site) -> None:
    cells = {
        ("S1", "raw_coal"): 1.5, ("S3", "raw_coal"): 48, ("S9", "raw_coal"): -0.5, ("T1", "raw_coal"): -9,
        ("F2", "raw_coal"): 38, ("F2a", "raw_coal"): 1, ("F6b", "raw_coal"): 1.25, ("F", "raw_coal"): 40,
    }  # fmt: skip
    content = filled(state.city(), cells, {"C4": "没有这种流量"})
    first = import_file(content, state.city(), name="平衡表.xlsx", by="测试")
    assert (first.failed, first.added) == (False, 291)
    client = site()
    told = said(client, "/balance.json?place=512002&year=2023")
    rows = {row["row"]: row["cells"] for row in told["rows"]}
    assert (rows["S"]["raw_coal"], rows["T"]["raw_coal"], rows["F"]["raw_coal"]) == (49.0, -9.0, 40.0)
    assert (rows["D"]["raw_coal"], rows["C"]["raw_coal"], rows["F1"]["coke"]) == (0.0, 49.0, 0.0)
    broken = {one["id"]: one["broken"] for one in told["checks"] if one["broken"]}
    assert broken.keys() == {"F_sum"}
    assert broken["F_sum"] == [
        {"fuel": "raw_coal", "printed": 40.0, "expected": 39.25, "difference": 0.75,
         "tolerance": broken["F_sum"][0]["tolerance"]}
    ]  # fmt: skip
    assert "1项核对关系不成立" in client.get("/balance?place=512002&year=2023").content.decode()
    again = client.get("/balance/form.xlsx?place=512002&year=2023").content
    second = import_file(again, state.city(), name="导出.xlsx", by="测试")
    assert [one.text for one in second.findings if one.severity == "error"] == []
    assert second.added == 290  # the sums of the form are formulas and are not stated
    assert said(client, "/balance.json?place=512002&year=2023")["rows"] == told["rows"]


@pytest.mark.parametrize(
    "address",
    ["/balance?place=x", "/balance?year=1900", "/balance?unit=x", "/flows?basis=x", "/carbon?set=x",
     "/why/flow_energy/512002/2023?item=原煤&flow=x", "/why/flow_energy/512002/2023?item=原煤&basis=x"],
)  # fmt: skip
def test_an_address_that_names_nothing_says_what_there_is(drill: Site, address: str) -> None:
    answer = drill().get(address)
    assert answer.status_code == 400
    assert "可用" in answer.content.decode()


def test_accounting_lists_its_pages_and_they_are_there(drill: Site) -> None:
    client = drill()
    pages = said(client, "/accounting.json")["pages"]
    assert len(pages) >= 3
    assert {client.get(one["address"]).status_code for one in pages} == {200}


@pytest.mark.parametrize("unit", ["physical", "tce"])
def test_a_subtotal_leads_to_the_fuels_that_it_adds_up(drill: Site, unit: str) -> None:
    page = drill().get(f"/balance?scenario=drill&year=2023&unit={unit}").content.decode()
    addresses = [html.unescape(one) for one in re.findall(r'href="(/balance/sum[^"]+)"', page)]
    assert addresses
    for address in addresses[:: max(1, len(addresses) // 6)]:
        told = said(drill(), address.replace("/balance/sum", "/balance/sum.json"))
        assert len(told["parts"]) > 1
        assert told["value"] == pytest.approx(sum(told["parts"].values()), abs=0.01 * len(told["parts"]))
        assert drill().get(address).status_code == 200
    assert drill().get("/balance/sum?scenario=drill&row=S1&column=raw_coal").status_code == 400
