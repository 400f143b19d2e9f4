"""A reading becomes a folder that loads; what cannot stand in a plan stands beside it with its reason."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner

from duheng import city
from duheng.cli import app
from duheng.model.errors import DuhengError
from duheng.reading.binding import bind
from duheng.reading.comparing import folders
from duheng.reading.comparing.folders import FIELDS
from duheng.reading.folder import write_folder
from duheng.reading.reading import Reading, read, read_text
from duheng.reading.records import Target, Task

PLAN = """某府发〔2021〕7号
某市人民政府
关于印发某市“十四五”节能减排综合工作方案的通知
各县（区）人民政府：
某市人民政府
2021年3月9日
一、主要目标
到2025年，全市单位地区生产总值能源消耗比2020年下降12.5%，秸秆综合利用率达到88%以上，到2030年引进人才90名。
二、重点任务
（一）推进节能。抓好落实。
三、保障
（一）加强领导。抓好落实。
"""


def target(quote: str, **said: object) -> Target:
    start = PLAN.index(quote)
    return Target(quote=quote, start=start, end=start + len(quote), **said)  # type: ignore[arg-type]


def task(quote: str, number: str, title: str, section: str, **units: list[str]) -> Task:
    start = PLAN.index(quote)
    return Task(number, title, section, quote, start, start + len(quote), **units)  # type: ignore[arg-type]


@pytest.fixture
def reading() -> Reading:
    """The reading of PLAN with its records given: what a folder makes of them is tested here, not the grammar."""
    targets = [
        target(
            "到2025年，全市单位地区生产总值能源消耗比2020年下降12.5%", indicator="单位地区生产总值能源消耗",
            direction="decrease", scope="全市", value=Decimal("12.5"), unit="%", change_from=2020, deadline=2025,
        ),
        target(
            "秸秆综合利用率达到88%以上", indicator="秸秆综合利用率", direction="at_least", value=Decimal(88),
            unit="%", comparator="以上", deadline=2025,
        ),
        target("到2030年引进人才90名", indicator="引进人才", direction="complete", value=Decimal(90), unit="名",
               deadline=2030),
    ]  # fmt: skip
    tasks = [
        task("（一）推进节能。抓好落实。", "（一）", "推进节能", "二、重点任务",
             responsible_units=["市发展改革委"], lead_units=["市统计局"], inherited_units=["各县（区）人民政府"]),
        task("（一）加强领导。抓好落实。", "（一）", "加强领导", "三、保障"),
    ]  # fmt: skip
    read = read_text(PLAN)
    return Reading(read.text, read.outline, targets, tasks, [], [])


def test_the_folder_loads_with_its_targets_and_units(reading: Reading, tmp_path: Path) -> None:
    written = write_folder(reading, tmp_path / "city")
    assert (written.targets, written.unbound) == (2, 1)
    loaded = city.load(tmp_path / "city")
    plan = loaded.plans[0]
    assert (plan.title, plan.number, str(plan.date)) == (
        "某市“十四五”节能减排综合工作方案",
        "某府发〔2021〕7号",
        "2021-03-09",
    )
    assert (str(plan.period), plan.base_year) == ("2021-2025", 2020)
    first, second = plan.targets
    assert (first.article, first.value, first.unit, first.base, first.scope) == (
        "一",
        Decimal("12.5"),
        "%",
        2020,
        "全市",
    )
    assert (second.direction, second.comparator, second.deadline) == ("at_least", "以上", 2025)
    # Numbers that begin again in each section are told apart by their section.
    assert [one.number for one in plan.articles] == ["一", "二（一）", "三（一）"]
    assert plan.articles[1].responsible_units == ("市发展改革委", "市统计局")
    assert plan.articles[1].lead_units == ("市统计局",)


def test_what_cannot_be_bound_stands_beside_the_plan_with_the_reason(
    reading: Reading, tmp_path: Path
) -> None:
    write_folder(reading, tmp_path / "city")
    beside = yaml.safe_load((tmp_path / "city" / "unbound.yaml").read_text("utf-8"))
    assert [(one["indicator"], one["value"]) for one in beside] == [("引进人才", 90)]
    assert "2030" in beside[0]["reason"]


def test_a_folder_with_content_is_left_alone(reading: Reading, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("x")
    with pytest.raises(DuhengError, match="没有改动"):
        write_folder(reading, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_a_document_without_date_or_period_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DuhengError, match="发文日期、规划期"):
        write_folder(read_text("某市节水工作方案\n一、目标\n做好工作。\n"), tmp_path / "city")
    assert not (tmp_path / "city").exists()


@pytest.mark.parametrize(
    ("indicator", "direction", "unit", "quantity", "item"),
    [
        ("单位国内生产总值能耗", "decrease", "%", "energy_intensity_decline", None),
        ("单位地区生产总值能源消耗", "decrease", "%", "energy_intensity_decline", None),
        ("单位GDP能耗", "decrease", "%", "energy_intensity_decline", None),
        ("万元GDP能耗", "decrease", "%", "energy_intensity_decline", None),
        ("单位GDP二氧化碳排放", "assigned", None, "carbon_intensity_decline", None),
        ("单位工业增加值能耗", "decrease", "%", "industrial_energy_intensity_decline", None),
        ("优良天数比例", "at_least", "%", "good_air_day_rate", None),
        ("重度及以上污染天数比例", "at_most", "%", "heavy_pollution_share", None),
        ("畜禽粪污资源化利用率", "at_least", "%", "manure_utilisation_rate", None),
        ("氮氧化物重点工程减排量", "complete", "吨", "key_project_reduction", "氮氧化物"),
        ("非化石能源消费比重", "reach", "%", "non_fossil_share", None),
        ("畜禽粪污综合利用率", "at_least", "%", "manure_utilisation_rate", None),
    ],
)
def test_an_indicator_is_bound_by_name_unit_and_direction(
    indicator: str, direction: str, unit: str | None, quantity: str, item: str | None
) -> None:
    found = bind(Target(indicator, "", 0, 0, direction, value=Decimal(1), unit=unit))
    assert found is not None
    assert (found.quantity, found.item) == (quantity, item)
    assert 0 < found.confidence <= 1


@pytest.mark.parametrize(
    ("indicator", "direction", "unit"),
    [
        ("引进高层次人才", "reach", "名"),
        ("城镇登记失业率", "reach", "%"),
        ("秸秆综合利用率", "reach", "辆"),
        ("再生水利用率", "reach", "%"),
        ("危险废物综合利用率", "reach", "%"),
        ("生活垃圾回收利用率", "reach", "%"),
        ("非化石能源发电量占比", "reach", "%"),
        ("煤炭消费占比", "at_most", "%"),
        ("万元GDP用水量", "decrease", "%"),
        ("数据中心能耗强度", "decrease", "%"),
        ("用水总量", "at_most", "亿立方米"),
    ],
)
def test_what_no_quantity_means_is_not_bound(indicator: str, direction: str, unit: str) -> None:
    assert bind(Target(indicator, "", 0, 0, direction, value=Decimal(1), unit=unit)) is None


def plan_of(sentences: str, folder: Path) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """plan.yaml and unbound.yaml of PLAN with other sentences as its targets and 附件."""
    goals, mark, rest = sentences.partition("附件")
    head, tail = PLAN.split("到2025年，")[0], PLAN[PLAN.index("\n二、") :]
    write_folder(read_text(f"{head}{goals}{tail}{mark}{rest}"), folder)
    beside = folder / "unbound.yaml"
    plan = yaml.safe_load((folder / "plan.yaml").read_text("utf-8"))
    return plan, yaml.safe_load(beside.read_text("utf-8")) if beside.exists() else []


def test_of_a_range_the_number_left_out_is_said_beside_the_target(tmp_path: Path) -> None:
    plan, _ = plan_of("到2025年，秸秆综合利用率达到85%—90%。", tmp_path / "city")
    assert plan["targets"][0]["value"] == 85
    assert "原文是区间85～90%" in plan["targets"][0]["note"]


@pytest.mark.parametrize(
    ("said", "who"),
    [
        ("完成市下达任务", "市"),
        ("控制在省定指标以内", "省"),
        ("完成国家下达任务", "国家"),
        ("达到考核要求", "上级"),
    ],
)
def test_who_sets_a_number_is_the_authority_alone(said: str, who: str, tmp_path: Path) -> None:
    plan, _ = plan_of(f"到2025年，全市单位GDP二氧化碳排放{said}。", tmp_path / "city")
    assert [one["set_by"] for one in plan["targets"]] == [who]


def test_a_yearly_fall_is_not_taken_for_the_fall_of_the_whole_period(tmp_path: Path) -> None:
    plan, beside = plan_of("到2025年，全市单位GDP能耗下降14%，年均下降3%左右。", tmp_path / "city")
    assert [one["value"] for one in plan["targets"]] == [14]
    assert [(one["value"], one["comparator"]) for one in beside] == [(3, "年均…左右")]
    assert "年均" in beside[0]["reason"]


def test_the_targets_of_an_attachment_stand_under_it(tmp_path: Path) -> None:
    table = "序号\t指标\t2020年\t2025年\t单位\n1\t城市污泥无害化处置率\t95\t100\t%\n2\t秸秆综合利用率\t80\t90\t%\n"
    plan, _ = plan_of(f"到2025年，全市单位GDP能耗下降14%。附件1 主要指标\n{table}", tmp_path / "city")
    assert [one["article"] for one in plan["targets"]] == ["一", "附件1", "附件1"]
    assert [one["title"] for one in plan["articles"] if one["number"] == "附件1"] == ["主要指标"]


def test_the_program_does_not_warn_of_its_own_file(tmp_path: Path) -> None:
    _, beside = plan_of("到2025年，全市再生水利用率达到15%。", tmp_path / "city")
    assert beside
    assert not [one for one in city.check(tmp_path / "city") if one.code == "unknown-file"]


def test_the_command_writes_the_folder_and_says_so(tmp_path: Path) -> None:
    file = tmp_path / "plan.txt"
    file.write_text(PLAN, "utf-8")
    done = CliRunner().invoke(app, ["read", str(file), "-o", str(tmp_path / "city")])
    assert done.exit_code == 0
    assert "绑定待核" in done.stderr
    assert city.load(tmp_path / "city").plans[0].issuer == "某市人民政府"


def test_a_drill_that_was_never_printed_is_not_missing_from_a_folder_that_was_read(
    reading: Reading, tmp_path: Path
) -> None:
    write_folder(reading, tmp_path / "city")
    found = folders.compare(tmp_path / "city", city.default_city_folder())
    missing = [finding.text for finding in found if finding.code == "plan-missing"]
    assert len(missing) == 1
    assert "资府发〔2023〕3号" in missing[0]


def test_the_folder_of_the_printed_plan_of_ziyang_tells_of_the_same_targets(
    shared: Path, tmp_path: Path
) -> None:
    """All 30: article, value, unit, direction, comparator, base year, deadline and scope."""
    written = write_folder(read(shared / "plans" / "ziyang.txt"), tmp_path / "city")
    assert (written.targets, written.unbound) == (30, 0)
    found = folders.compare(tmp_path / "city", city.default_city_folder())
    about_targets = {"target-missing", "target-extra", *(f"differs-{field}" for field in FIELDS)}
    assert [finding.text for finding in found if finding.code in about_targets] == []
    assert not [finding for finding in city.check(tmp_path / "city") if finding.severity == "error"]


def test_the_two_commands_end_with_nothing_different(shared: Path, tmp_path: Path) -> None:
    """`duheng read` then `duheng check --against`: exit 0; that nobody reports is said once, as a notice."""
    plan, folder = str(shared / "plans" / "ziyang.txt"), str(tmp_path / "city")
    assert CliRunner().invoke(app, ["read", plan, "-o", folder]).exit_code == 0
    done = CliRunner().invoke(app, ["check", folder, "--against", str(city.default_city_folder())])
    assert (done.exit_code, "没有不同" in done.stderr) == (0, True)
    assert done.stdout.count("没有任何报送任务，30项目标") == len(done.stdout.splitlines()) == 1


def test_of_two_indicators_of_one_name_the_scope_says_which() -> None:
    targets = [
        Target("建成节水型机关率", "", 0, 0, "reach", scope=scope, value=Decimal(1), unit="%")
        for scope in ("全市各级党政机关", "各级企（事）业单位")
    ]
    bound = [one.quantity for target in targets if (one := bind(target))]
    assert bound == ["water_saving_organ_share", "water_saving_institution_share"]
