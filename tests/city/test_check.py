"""What is wrong with a folder is found all at once: file, line or key, found, expected, remedy."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from duheng.city import check, load
from duheng.city.duties import units_of
from duheng.model.errors import FolderError, UnknownName
from duheng.model.findings import Finding
from tests.city.conftest import Broken

# ruff: noqa: E501  one break a line
BREAKS = [
    # file, text, replaced by, code, place, words of the finding
    ("city.yaml", 'id: "999900"', 'id: "999901"', "unknown-entity", "city.yaml 第2行 id", "999900"),
    ("city.yaml", "name: 示例市\n", "", "missing-key", "city.yaml 第2行", "缺少键“name”"),
    ("city.yaml", 'code: "9999"', 'code: "5120"', "code", "city.yaml 第5行 code", "999900的前几位"),
    ("city.yaml", 'code: "9999"', 'code: "9999"\nmap: nowhere.geojson', "file-missing", "nowhere.geojson", "缺少"),
    ("city.yaml", 'code: "9999"', 'code: "9999"\nmap: ../map.json', "map", "city.yaml 第6行 map", "文件名"),
    ("city.yaml", 'code: "9999"', 'code: "9999"\nmap: city.yaml', "map", "city.yaml", "GeoJSON"),
    ("plan.yaml", "issuer:", "isuer:", "unknown-key", "plan.yaml 第5行 isuer", "issuer"),
    ("plan.yaml", "issuer: 示例市人民政府\n", "", "missing-key", "plan.yaml 第1行", "issuer"),
    ("plan.yaml", "period: 2021-2025", "period: 十四五规划外", "period", "plan.yaml 第7行 period", "2021-2025"),
    ("plan.yaml", "base_year: 2020", "base_year: 2022", "base-year", "plan.yaml 第8行 base_year", "2021"),
    ("plan.yaml", "base_year: 2020", "base_year: 二〇二〇", "type", "plan.yaml 第8行 base_year", "整数"),
    ("plan.yaml", "date: 2022-03-15", "date: 2022-02-30", "type", "plan.yaml 第6行 date", "日期"),
    ("plan.yaml", "number: （二）", "number: （一）", "repeated-id", "plan.yaml 第25行 articles[2].number", "第17行"),
    ("plan.yaml", "[市水利局, 市工业局]", "[市水务局, 市工业局]", "unknown-unit-name", "第22行", "市水利局"),
    ("plan.yaml", "lead_units: [市水利局]", "lead_units: [市统计局]", "lead-unit", "第23行", "责任单位之一"),
    ("plan.yaml", "article: （二）", "article: （九）", "unknown-article", "plan.yaml 第71行", "（九）"),
    ("plan.yaml", "energy_intensity_decline", "energy_intensity_declin", "unknown-quantity", "第47行", "energy_intensity_decline"),
    ("plan.yaml", "item: 总磷", "item: 磷", "unknown-item", "第75行", "分项“磷”"),
    ("plan.yaml", "    item: 总磷\n", "", "item", "targets[2]", "补上item"),
    ("plan.yaml", "quantity: pm25", "quantity: pm25\n    item: 总磷", "item", "targets[3].item", "删去item"),
    ("plan.yaml", "direction: at_most", "direction: at_least_not", "unknown-word", "targets[3].direction", "at_least"),
    ("plan.yaml", "value: 900", "value: null", "direction", "targets[1].value", "没有数值"),
    ("plan.yaml", "value: 900", "value: 九百", "type", "targets[1].value", "数字"),
    ("plan.yaml", "value: 900", "value: true", "type", "targets[1].value", "数字"),
    ("plan.yaml", "    unit: 吨\n", "    unit: null\n", "unit", "targets[1].unit", "没有单位"),
    ("plan.yaml", "    unit: 吨\n", "    unit: 顿\n", "unknown-unit", "targets[1].unit", "吨"),
    ("plan.yaml", "    unit: 吨\n", "    unit: 万元\n", "unit-does-not-fit", "targets[1].unit", "换算为t"),
    ("plan.yaml", "    unit: 微克/立方米", "    unit: 微克", "unit-does-not-fit", "targets[3].unit", "μg/m3"),
    ("plan.yaml", "value: 13.5", "value: -13.5", "value", "targets[0].value", "大于0且小于100"),
    ("plan.yaml", "    deadline: 2025\n    definition", "    deadline: 2030\n    definition", "deadline", "targets[0].deadline", "2021-2025"),
    ("plan.yaml", "base: 2020", "base: 2026", "base", "targets[0].base", "早于期限"),
    ("plan.yaml", "definition: full", "definition: ful", "unknown-definition", "targets[0].definition", "full"),
    ("plan.yaml", "quantity: pm25", "quantity: pm25\n    definition: full", "definition", "targets[3]", "不分口径"),
    ("plan.yaml", "    definition: full", "    characters: [30, 12]", "characters", "targets[0].characters", "起小于止"),
    ("plan.yaml", "    definition: full", "    characters: [30]", "type", "targets[0].characters", "两个整数"),
    ("plan.yaml", "    set_by: 省发展改革委\n", "", "set-by", "targets[5]", "set_by"),
    ("plan.yaml", "    value: null", "    value: 5", "direction", "targets[5].value", "null"),
    ("plan.yaml", ", document: 示府发〔2023〕9号}", "}", "missing-key", "targets[0].changes[0]", "document"),
    ("plan.yaml", "since: 2023-07-01", "since: 去年", "type", "targets[0].changes[0].since", "日期"),
    ("plan.yaml", "  - id: cod", "  - id: energy", "repeated-id", "targets[1].id", "目标“energy”重复"),
    ("plan.yaml", "by: 市水利局", "by: 水利", "unknown-unit-name", "duties[2].by", "市水利局"),
    ("plan.yaml", "every: quarter", "every: weekly", "unknown-word", "duties[2].every", "quarter"),
    ("plan.yaml", "kind: reduction_project", "kind: project", "unknown-kind", "duties[3].kind", "reduction_project"),
    ("plan.yaml", "kind: reduction_project", "kind: zzz", "unknown-kind", "duties[3].kind", "reduction_project（减排项目）"),
    ("plan.yaml", "item: 总磷", "item: COD", "unknown-item", "item", "“化学需氧量”（这里写的是它的别名）"),
    ("plan.yaml", "kind: reduction_project", "kind: zone", "duty-without-member", "duties[3].kind", "功能区"),
    ("plan.yaml", "    kind: reduction_project\n", "", "duty-members", "duties[3]", "kind和entity都没有写"),
    ("plan.yaml", "[gdp, industrial_value_added]", "[]", "no-quantities", "duties[1].quantities", "至少一个"),
    ("plan.yaml", "quantities: [pm25]", "quantities: [pm2.5]", "unknown-quantity", "duties[4].quantities", "pm25"),
    ("plan.yaml", "items: [原煤, 天然气, 电力]", "items: [煤, 天然气]", "unknown-item", "duties[0].items", "分项“煤”"),
    ("plan.yaml", "due_months: 2", "due_months: 99", "due-months", "duties[4].due_months", "36"),
    ("plan.yaml", "    cite: （三）", "    cite: （十）", "unknown-article", "duties[0].cite", "（十）"),
    ("plan.yaml", "[gdp, industrial_value_added]", "[gdp, fuel_use]", "asked-twice", "duties[1].quantities", "已由“energy”要求报送（市统计局）"),
    ("plan.yaml", "quantities: [pm25]", "quantities: [population]", "nobody-owes", "目标“细颗粒物年均浓度”", "pm25"),
    ("plan-135.yaml", "id: shili-135", "id: shili-145", "repeated-id", "plan.yaml", "shili-145"),
    ("entities.csv", "id,name", "id,nam", "missing-column", "entities.csv 第1行", "name"),
    ("entities.csv", "source,confidence", "source,note", "unknown-column", "entities.csv 第1行 第12列", "note"),
    ("entities.csv", "999903,西区", "999902,西区", "repeated-id", "entities.csv 第5行 id", "第4行"),
    ("entities.csv", "999903,西区", "999903,东区", "repeated-name", "entities.csv 第5行 name", "东区"),
    ("entities.csv", "999903,西区,West District,county", "999903,西区,West District,conty", "unknown-kind", "第5行 kind", "county"),
    ("entities.csv", "999921,南县,South County,county,999900", "999921,南县,South County,county,99990", "unknown-entity", "第6行 parent", "999900"),
    ("entities.csv", "999900,示例市,Shili,city,990000", "999900,示例市,Shili,city,999902", "parent-cycle", "parent", "999902"),
    ("entities.csv", "999903,西区,West District", "999903,西区,West, District", "csv-width", "entities.csv 第5行", "13格"),
    ("entities.csv", "999903,西区,West District", '999903,"西区,West District', "csv", "entities.csv", "引号"),
    ("entities.csv", "999903,西区", "999903,", "empty-cell", "entities.csv 第5行 name", "必须填写"),
    ("entities.csv", "999922,北县,North County,county,999900,,", "999922,北县,North County,county,999900,,maybe", "type", "第7行 residual", "yes"),
    ("registers/reduction_project.csv", "2022-01-01,3200", "2022-01-01,三千", "type", "第3行 investment", "数字（万元）"),
    ("registers/reduction_project.csv", "2022-01-01,3200", "2022年1月,3200", "type", "commissioned_on", "日期"),
    ("registers/reduction_project.csv", "999921,2022-01-01,", "999921,2022-01-01,2021-01-01", "dates", "until", "不早于"),
    ("facts/environment.csv", ",34.9,", ",三十五,", "number", "facts/environment.csv 第17行 value", "不写0"),
    ("facts/environment.csv", ",34.9,", ",nan,", "number", "第17行 value", "一个数"),
    ("facts/environment.csv", ",34.9,", ',"34,9",', "number", "第17行 value", "千分位"),
    ("facts/environment.csv", "999900,,2023,", "999900,,2023-13,", "period", "第17行 period", "时期"),
    ("facts/environment.csv", "2024-02-28", "2024-02-31", "date", "第17行 stated_on", "日期"),
    ("facts/environment.csv", "2024-02-28", "2994-02-28", "date", "第17行 stated_on", "还没有到"),
    ("facts/environment.csv", "示例市环境质量公报2023", "", "empty-cell", "第17行 source", "必须填写"),
    ("facts/environment.csv", "34.9,微克/立方米,reported", "34.9,微克/立方米,said", "unknown-word", "第17行 status", "audited"),
    ("facts/environment.csv", "2022,,35.6,微克/立方米,reported,2023-02-28,示例市环境质量公报2022", "2023,,35.6,微克/立方米,reported,2024-02-28,示例市环境质量公报2023", "two-values", "第17行 value", "第16行"),
    ("facts/environment.csv", "34.9,微克/立方米", "34.9,吨", "unit-does-not-fit", "第17行 unit", "μg/m3"),
    ("facts/environment.csv", "pm25,999900,,2023", "pm26,999900,,2023", "unknown-quantity", "第17行 quantity", "pm25"),
    ("facts/environment.csv", "pm25,999900,,2023", "pm25,999909,,2023", "unknown-entity", "第17行 entity", "999900"),
    ("facts/environment.csv", "999902R1,总磷,2021", "999902R1,,2021", "unknown-item", "item", "分项"),
    ("parameters/standard_coal_factor.yaml", "cite: 示统发〔2015〕1号, ", "", "parameter", "parameters", "cite"),
    ("plan.yaml", "quantity: energy_intensity_decline", "quantity: 单位地区生产总值能耗累计降低率", "unknown-quantity", "targets[0].quantity", "编号“energy_intensity_decline”（这里写的是名称）"),
    ("plan.yaml", "item: 总磷", "item: 氟化物", "unknown-item", "第75行", "pollutant.csv中加一行"),
    ("plan.yaml", "value: 900", "value: -900", "value", "targets[1].value", "大于0"),
    ("plan.yaml", "  - id: cod", "  - id: c/d", "id", "targets[1].id", "网址的一部分"),
    ("plan.yaml", "items: [原煤, 天然气, 电力]", "items: [原煤, 原煤]", "item", "duties[0].items", "写了两次"),
    ("plan.yaml", "kind: county", "kind: 县（市、区）", "unknown-kind", "duties[0].kind", "编号“county”"),
    ("entities.csv", "999903,西区", "9.999E+05,西区", "id", "entities.csv 第5行 id", "科学计数"),
    ("entities.csv", "999921,南县,South County,county,999900", "999921,南县,South County,county,", "outside-city", "实体“南县”（999921）parent", "全市合计不含它"),
    ("entities.csv", "999922,北县,North County,county,999900,,", "999922,北县,North County,county,999900,999900,yes", "residual", "第7行 residual", "重复计入合计"),
    ("facts/environment.csv", "pm25,999900,,2023,", "pm25,999900,,2023,full", "definition", "第17行 definition", "没有“full”口径"),
    ("facts/environment.csv", "pm25,999900,,2023,", "pm25,999900,,2031,", "date", "第17行 stated_on", "2031-12-31才结束"),
    ("facts/environment.csv", "pm25,999900,,2023", "pm25,示例市,,2023", "unknown-entity", "第17行 entity", "编号“999900”"),
    ("parameters/standard_coal_factor.yaml", "since: 2", "since: 二", "parameter", "parameters", "应为日期"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "old", "new", "code", "place", "words"), BREAKS)
def test_a_trouble_is_named_with_its_place_and_remedy(
    broken: Broken, name: str, old: str, new: str, code: str, place: str, words: str
) -> None:
    findings = broken(name, old, new)
    told = [f for f in findings if f.code == code and place in f.place and words in f.text]
    assert told, [f.text for f in findings]


def test_the_unit_of_an_unknown_item_is_not_asked_about(broken: Broken) -> None:
    found = broken("facts/energy.csv", "fuel_use,999902,原煤,2015", "fuel_use,999902,煤块,2015")
    assert [(one.code, one.place) for one in found] == [("unknown-item", "facts/energy.csv 第2行 item")]


def test_the_units_offered_stand_in_the_order_of_the_list(folder: Path) -> None:
    names = units_of(load(folder).places)
    assert names[:3] == ["市统计局", "市生态环境局", "市水利局"]
    assert names[-1].startswith("999900D")


def test_a_target_of_an_item_that_no_duty_asks_for_is_owed_by_nobody(broken: Broken) -> None:
    findings = broken("plan.yaml", "item: 总磷", "item: 总氮")
    assert [f.code for f in findings if f.code == "nobody-owes"] == ["nobody-owes"]


def test_what_has_no_items_is_asked_twice_whatever_the_items_of_the_forms(broken: Broken) -> None:
    form = "  - {{id: {}, title: 表, quantities: [fuel_use, population], by: 市统计局, kind: county, items: [{}]}}\n"
    both = form.format("petrol", "汽油") + form.format("diesel", "柴油")
    findings = broken("plan.yaml", "duties:\n", "duties:\n" + both)
    [found] = [f.text for f in findings if f.code == "asked-twice"]
    assert "petrol" in found
    assert "人口" in found
    assert "能源" not in found


def test_a_half_yearly_form_and_a_yearly_one_may_ask_for_the_same_quantity(broken: Broken) -> None:
    findings = broken("plan.yaml", "[industrial_energy]", "[industrial_energy, gdp]")
    assert [f.text for f in findings if f.code == "asked-twice"] == []


@pytest.mark.parametrize(
    ("encoding", "old", "new"), [("gb18030", ",", ","), ("utf-8", ",", ";"), ("utf-8", ",", "\t")]
)
def test_an_unreadable_list_of_entities_does_not_bury_its_own_finding(
    folder: Path, encoding: str, old: str, new: str
) -> None:
    path = folder / "entities.csv"
    path.write_bytes(path.read_text("utf-8").replace(old, new).encode(encoding))
    findings = check(folder)
    assert [f.severity for f in findings] == ["error", "notice"]
    assert "CSV UTF-8（逗号分隔）" in findings[0].remedy
    assert "没有核对" in findings[1].found


def test_a_parameter_that_no_rule_looks_for_is_named(folder: Path) -> None:
    path = folder / "parameters" / "standard_coal_factor.yaml"
    path.rename(path.with_name("standard_coal_facter.yaml"))
    [finding] = [f for f in check(folder) if f.code == "unused-parameter"]
    assert "standard_coal_factor" in finding.expected


def test_a_quotation_mark_left_open_is_looked_for_after_the_last_good_row(broken: Broken) -> None:
    [finding] = [f for f in broken("entities.csv", "999903,西区", '999903,"西区') if f.code == "csv"]
    assert finding.place.startswith("entities.csv 第4行之后")


def test_two_values_of_one_cell_in_two_dates_are_two_vintages(broken: Broken) -> None:
    line = "pm25,999900,,2023,,34.9,微克/立方米,reported,2024-02-28,示例市环境质量公报2023,,quoted"
    assert (
        broken(
            "facts/environment.csv",
            line,
            line + "\n" + line.replace("34.9", "35.1").replace("02-28", "05-10"),
        )
        == []
    )


@pytest.mark.parametrize(
    ("geometry", "words"),
    [
        (None, "没有边界"),
        ({"type": "Polygon", "coordinates": "x"}, "没有边界"),
        ({"type": "Polygon"}, "没有边界"),
        ({"type": "Point", "coordinates": [[[117.0, 31.0]]]}, "是“Point”"),
        ({"type": "Polygon", "coordinates": [[[117, 31], [118, 31]]]}, "不足四个点"),
        ({"type": "Polygon", "coordinates": []}, "不足四个点"),
        (
            {
                "type": "Polygon",
                "coordinates": [[[1.3e7, 3.6e6], [1.4e7, 3.6e6], [1.4e7, 3.7e6], [1.3e7, 3.6e6]]],
            },
            "经纬度",
        ),
        ({"type": "Polygon", "coordinates": [[[117, 31]] * 4]}, "一个点"),
    ],
)
def test_a_map_that_cannot_be_drawn_is_a_finding_not_a_broken_board(
    folder: Path, geometry: object, words: str
) -> None:
    shape = {"type": "Feature", "properties": {"id": "999902"}, "geometry": geometry}
    (folder / "map.geojson").write_text(
        json.dumps({"type": "FeatureCollection", "features": [shape]}), "utf-8"
    )
    text = (folder / "city.yaml").read_text("utf-8")
    (folder / "city.yaml").write_text(f"{text}\nmap: map.geojson\n", "utf-8")
    [finding] = check(folder)
    assert (finding.code, finding.place) == ("map", "map.geojson 图形“999902”")
    assert words in finding.text


def test_a_map_without_any_outline_is_a_finding(folder: Path) -> None:
    (folder / "map.geojson").write_text('{"type": "FeatureCollection", "features": []}', "utf-8")
    text = (folder / "city.yaml").read_text("utf-8")
    (folder / "city.yaml").write_text(f"{text}\nmap: map.geojson\n", "utf-8")
    assert [finding.found for finding in check(folder)] == ["没有一个图形"]


def test_a_repeated_key_is_not_passed_over(broken: Broken) -> None:
    findings = broken("plan.yaml", "    value: 900\n", "    value: 900\n    value: 90\n")
    assert [(f.code, f.place) for f in findings] == [("repeated-key", "plan.yaml 第68行 targets[1].value")]


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("articles:", "articles:\n\t- x", 11, "制表符"),
        ("    title: 目标", "    title: 目标: 一", 12, "两个冒号"),
        ("responsible_units: []", "responsible_units: [", 15, "逗号"),
        ("    title: 目标", '    title: "目标', 12, "引号"),
        ("issuer: 示例市人民政府", "issuer: *someone", 5, "加引号"),
    ],
)
def test_broken_yaml_is_explained_in_chinese_near_its_line(
    broken: Broken, old: str, new: str, line: int, words: str
) -> None:
    [finding] = [f for f in broken("plan.yaml", old, new) if f.code == "yaml"]
    assert words in finding.text
    said = int(finding.place.removeprefix("plan.yaml 第").removesuffix("行"))
    assert said >= line - 1


def test_anchors_and_references_are_refused(broken: Broken) -> None:
    findings = broken("plan.yaml", "scope: 全市", "scope: &a 全市\n    comparator: *a")
    assert "yaml-alias" in {f.code for f in findings}


def test_numbers_keep_their_digits(folder: Path) -> None:
    path = folder / "plan.yaml"
    path.write_text(path.read_text("utf-8").replace("value: 13.5", "value: 13.50"), "utf-8")
    target = load(folder).plans[1].target("energy")
    assert target is not None
    assert str(target.value) == "13.50"


def test_all_troubles_come_at_once(folder: Path) -> None:
    for name, old, new in (
        ("plan.yaml", "value: 900", "value: null"),
        ("plan.yaml", "item: 总磷", "item: 磷"),
        ("entities.csv", "999903,西区", "999903,"),
        ("facts/energy.csv", "100000", "十万"),
    ):
        path = folder / name
        path.write_text(path.read_text("utf-8").replace(old, new, 1), "utf-8")
    assert {"direction", "unknown-item", "empty-cell", "number"} <= {f.code for f in check(folder)}


def test_loading_raises_with_every_trouble(folder: Path) -> None:
    path = folder / "plan.yaml"
    path.write_text(
        path.read_text("utf-8").replace("value: 900", "value: null").replace("总磷", "磷"), "utf-8"
    )
    with pytest.raises(FolderError) as raised:
        load(folder)
    assert len(raised.value.troubles) == len([f for f in check(folder) if f.severity == "error"]) > 2


def test_a_file_in_gbk_is_named_as_such(folder: Path) -> None:
    path = folder / "entities.csv"
    path.write_bytes(path.read_text("utf-8").encode("gbk"))
    [finding] = [f for f in check(folder) if f.code == "encoding"]
    assert ("GBK" in finding.found, finding.place) == (True, "entities.csv 第2行")


def test_a_byte_order_mark_does_no_harm(folder: Path) -> None:
    for name in ("plan.yaml", "entities.csv", "facts/energy.csv"):
        path = folder / name
        path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert check(folder) == []


def test_windows_line_ends_do_no_harm(folder: Path) -> None:
    for path in folder.rglob("*"):
        if path.is_file():
            path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert check(folder) == []


@pytest.mark.parametrize("name", ["city.yaml", "plan.yaml", "entities.csv"])
def test_a_missing_file_is_a_finding(folder: Path, name: str) -> None:
    (folder / name).unlink()
    if name == "plan.yaml":
        (folder / "plan-135.yaml").unlink()
    assert [f.code for f in check(folder) if name in f.place and f.code == "file-missing"] == ["file-missing"]


def test_a_missing_folder_is_a_finding(tmp_path: Path) -> None:
    assert [f.code for f in check(tmp_path / "nowhere")] == ["folder-missing"]


def test_a_misspelt_plan_file_is_not_passed_over(folder: Path) -> None:
    (folder / "plan-135.yaml").rename(folder / "pIan-135.yaml")
    assert [(f.code, f.place) for f in check(folder)] == [("unknown-file", "pIan-135.yaml")]


@pytest.mark.parametrize("name", ["city.yaml", "plan.yaml", "entities.csv", "facts/energy.csv"])
@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\n\n",
        b"\x00" * 100,
        os.urandom(20_000),
        b"PK\x03\x04" + b"\x00" * 50,
        b"[" * 300_000,
        b"- " * 99_999,
    ],
    ids=["empty", "blank", "nulls", "random", "zip", "brackets", "dashes"],
)
def test_rubbish_is_a_finding_and_never_a_crash(folder: Path, name: str, content: bytes) -> None:
    (folder / name).write_bytes(content)
    assert any(name.split("/")[-1] in f.place for f in check(folder))


@pytest.mark.parametrize("name", ["city.yaml", "plan.yaml", "entities.csv", "facts/environment.csv"])
def test_a_file_cut_anywhere_is_never_a_crash(folder: Path, name: str) -> None:
    whole = (folder / name).read_bytes()
    for end in range(0, len(whole), max(1, len(whole) // 25)):
        (folder / name).write_bytes(whole[:end])
        assert all(isinstance(f, Finding) for f in check(folder))


def test_a_huge_file_is_refused_unread(folder: Path) -> None:
    with (folder / "facts" / "energy.csv").open("wb") as file:
        file.truncate(200_000_000)
    assert [f.code for f in check(folder) if f.severity == "error"] == ["file-too-large"]


def test_an_unknown_city_names_the_known_ones() -> None:
    from duheng.city import default_city_folder

    with pytest.raises(UnknownName, match="512000"):
        default_city_folder("512001")


@pytest.mark.parametrize("content", ["- 1\n", "unit: 斗/升\nsettings: []\n", "unit: t\nsettings: [1]\n",
                                     "unit: t\nsettings: ../facts/energy.csv\n", "[" * 3000, None])  # fmt: skip
def test_a_parameter_file_of_any_content_is_a_finding_beside_the_others(
    folder: Path, content: str | None
) -> None:
    path = folder / "parameters" / "own.yaml"
    path.mkdir() if content is None else path.write_text(content, "utf-8")
    (folder / "entities.csv").unlink()
    codes = {finding.code for finding in check(folder)}
    assert {"parameter", "file-missing"} <= codes
