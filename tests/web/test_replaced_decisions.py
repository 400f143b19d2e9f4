"""Replaced values that decide what is asked: of a project, of a balance, of a reported series."""

from __future__ import annotations

import io
from datetime import timedelta

from python_calamine import CalamineWorkbook

from duheng import ledger
from duheng.assess.books import default_plan, opened
from duheng.assess.parameters import PROPOSE, proposals
from duheng.web import projects, state
from tests.web.test_inbox import report
from tests.web.test_parameters import COAL, PAGE, Site, accepted, listed


def test_a_replaced_tolerance_of_capacities_decides_what_is_asked_of_a_project(changing: Site) -> None:
    page = "/project/drill-R07.json?scenario=drill"

    def asked() -> dict[str, list[str]]:
        return {one["pollutant"]: one["findings"] for one in changing().get(page).json()["pollutants"]}

    assert any("0.5%（项目自定" in text for own in asked().values() for text in own)
    assert listed(changing(), page) == []
    accepted(
        changing,
        at="/parameters/capacity_tolerance?scenario=drill",
        item="",
        value="60",
        unit="%",
        since="2018-01-01",
        certainty="memory",
    )
    assert not any("公式" in text for own in asked().values() for text in own)
    (own,) = listed(changing(), page)
    assert (own["parameter"], own["value"], own["cite"]) == ("capacity_tolerance", "0.6", COAL["cite"])
    shown = changing().get("/project/drill-R07?scenario=drill").content.decode()
    for text in ("热值检测报告 2023-15号", "reviewer的姓名核准于", "未核实", "佐证清单（未核实）"):
        assert text in shown
    assert "佐证清单未核实" in changing().get("/projects?scenario=drill").content.decode()


def test_a_replaced_efficiency_decides_what_the_balance_asks_about(changing: Site) -> None:
    page = "/balance.json?scenario=drill&year=2023"

    def asked() -> list[dict[str, float]]:
        checks = changing().get(page).json()["checks"]
        return [broken for one in checks if one["id"] == "other" for broken in one["broken"]]

    assert asked() == []
    accepted(
        changing,
        at="/parameters/transformation_efficiency_high?scenario=drill",
        item="火力发电",
        value="31",
        unit="%",
        since="2018-01-01",
        certainty="memory",
    )
    (found,) = asked()
    assert found["expected"] == 0.31
    assert found["printed"] > 0.31
    shown = changing().get("/balance?scenario=drill&year=2023").content.decode()
    assert "加工转换效率（未核实）" in shown
    assert COAL["cite"] in shown
    told = changing().get("/balance.json?scenario=drill&year=2017").json()["checks"]
    assert [one for one in told if one["id"] == "other"] == []


def test_a_value_that_only_commands_read_says_so(site: Site) -> None:
    assert "duheng balance" in site().get("/parameters/balance_coal_factor").content.decode()
    assert "只供查阅" in site().get("/parameters/air_limit_class1.json").json()["reach"]
    assert site().get(f"{PAGE}.json").json()["reach"] is None
    told = {
        one["item"]: one["note"] for one in site().get("/parameters/audit_threshold.json").json()["settings"]
    }
    assert "只供查阅" in told["增速恒等式 容许差"]
    assert "只供查阅" not in told["与趋势和季节不符 最小变化"]


def test_evidence_is_taken_off_and_added_in_words_by_two_persons(changing: Site) -> None:
    at, page = "/parameters/evidence_w2?scenario=drill", "/project/drill-R07.json?scenario=drill"

    def decided() -> dict[str, bool]:
        told = changing().get(page).json()
        assert told["type"] == "W2"
        return {name: one["asked"] for name, one in told["evidence_decided"].items()}

    before = decided()
    assert before["竣工验收文件"]
    accepted(
        changing,
        at=at,
        item="竣工验收文件",
        value="不再要求",
        unit="",
        since="2018-01-01",
        certainty="memory",
    )
    accepted(changing, at=at, item="燃料台账", value="须有", unit="", since="2018-01-01")
    assert decided() == {**before, "竣工验收文件": False, "燃料台账": True}
    told = changing().get(page).json()
    assert "竣工验收文件" not in told["evidence"]
    assert {(one["item"], one["value"]) for one in told["parameter_values"]} == {
        ("竣工验收文件", "不再要求"), ("燃料台账", "须有"),
    }  # fmt: skip
    shown = changing().get("/project/drill-R07?scenario=drill").content.decode()
    assert "不再要求（未核实）" in shown
    assert COAL["cite"] in shown
    city = state.city("drill")
    (taken,) = [one.settled_at for one in proposals(city, "drill") if one.stated == "不再要求"]
    assert taken is not None
    earlier = opened(city, default_plan(city, "drill"), "drill", taken - timedelta(microseconds=1))
    line = next(one for one in projects.lines(earlier) if one.project.id == "drill-R07")
    assert "竣工验收文件" in line.asked
    table = changing().get("/parameters.json?scenario=drill&certainty=own").json()["parameters"]
    assert [one["value"] for one in table if one["cite"] == COAL["cite"]] == ["不再要求", "须有"]


def test_the_sheet_of_a_year_asks_for_what_the_city_decided(changing: Site) -> None:
    def asked(year: int) -> set[str]:
        content = changing().get(f"/projects/form.xlsx?scenario=drill&period={year}").content
        sheet = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0)
        return {str(cell) for row in sheet.to_python() for cell in row}

    for of in ("evidence_w2", "evidence_w3", "evidence_w4", "evidence_a7"):
        at = f"/parameters/{of}?scenario=drill"
        accepted(changing, at=at, item="燃料台账", value="须有", unit="", since="2024-01-01")
    assert ("燃料台账" in asked(2022), "燃料台账" in asked(2024)) == (False, True)
    content = changing().get("/projects/register.xlsx?scenario=drill").content
    types = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_name("项目类型").to_python()
    (row,) = [row for row in types if "W2" in row]
    assert "燃料台账" in str(row)
    assert "热值检测报告 2023-15号" in str(row)


def test_a_choice_is_one_of_its_words(site: Site) -> None:
    form = {**COAL, "item": "竣工验收文件", "value": "0.5", "unit": ""}
    page = site("administrator").post("/parameters/evidence_w2", form, follow=True).content.decode()
    assert "应为须有、不再要求之一" in page
    assert not ledger.trail(limit=None, action=PROPOSE)
    assert '<option value="不再要求">不再要求</option>' in page


def test_types_that_a_city_lets_count_both_are_no_longer_asked_about(changing: Site) -> None:
    def twice() -> set[str]:
        told = changing().get("/projects.json?scenario=drill").json()
        return {one["id"] for one in told["projects"] if "reduction-twice" in one["findings"]}

    assert twice() == {"drill-R82"}
    at = "/parameters/exclusive_project_types?scenario=drill"
    accepted(changing, at=at, item="W5与W3", value="可以都算", unit="", since="2018-01-01")
    assert twice() == set()
    (own,) = listed(changing(), "/projects.json?scenario=drill")
    assert (own["item"], own["value"], own["cite"]) == ("W3与W5", "可以都算", COAL["cite"])


def test_a_replaced_threshold_decides_what_is_asked_and_the_question_names_its_text(changing: Site) -> None:
    def asked() -> list[dict[str, str]]:
        told = changing("viewer").get("/findings.json").json()["findings"]
        return [one for one in told if one["code"] == "audit-seasonal"]

    item = "与趋势和季节不符 4个周期"
    # About six times the spread of its month: less than the packaged threshold of four years.
    report(slip=1.2)
    assert asked() == []
    accepted(
        changing,
        at="/parameters/audit_threshold",
        item=item,
        value="4",
        unit="",
        since="2018-01-01",
        certainty="memory",
    )
    (question,) = asked()
    assert "热值检测报告 2023-15号，未核实" in question["expected"]
    address = f"/findings/{question['id']}"
    (own,) = listed(changing("viewer"), f"{address}.json")
    assert (own["parameter"], own["item"], own["value"]) == ("audit_threshold", item, "4")
    shown = changing("viewer").get(address).content.decode()
    for text in ("本市取值", "热值检测报告 2023-15号", "reviewer的姓名核准于", "未核实"):
        assert text in shown
