"""`duheng board` and `duheng explain` on the packaged city: the real plan and the drill."""

from __future__ import annotations

import json
import math
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.conftest import Run
from tests.city.conftest import SHILI

FIELDS = [
    "id", "article", "title", "target", "unit", "deadline", "latest", "period", "progress", "light",
    "source", "units", "owed_by",
]  # fmt: skip
pytestmark = pytest.mark.usefixtures("shared_home")


@pytest.fixture(scope="module")
def real(shared_home: Path, run: Run) -> Any:
    return run("board", "--json").json


@pytest.fixture(scope="module")
def drill(shared_home: Path, run: Run) -> Any:
    return run("board", "--scenario", "drill", "--json").json


def annotated(path: Path) -> list[dict[str, Any]]:
    return [line for line in map(json.loads, path.read_text("utf-8").splitlines()) if "range" not in line]


def test_the_json_has_the_shape_that_is_promised(real: Any) -> None:
    assert {"city", "plan", "as_of", "scenario", "targets"} <= set(real)
    assert (real["city"], real["scenario"]) == ("512000", "actual")
    assert all(list(one)[: len(FIELDS)] == FIELDS for one in real["targets"])


def test_all_thirty_targets_are_those_of_the_plan(real: Any, shared: Path) -> None:
    told = [(one["title"], one["target"], one["deadline"]) for one in real["targets"]]
    written = annotated(shared / "plans" / "ziyang.targets.jsonl")
    assert told == [(one["indicator"], one["value"], one["deadline"]) for one in written]
    assert len(told) == 30


def test_every_target_with_a_number_has_the_unit_of_the_plan(real: Any, shared: Path) -> None:
    written = annotated(shared / "plans" / "ziyang.targets.jsonl")
    told = [
        (one["unit"], line["unit"])
        for one, line in zip(real["targets"], written, strict=True)
        if line["unit"]
    ]
    assert all(ours == theirs for ours, theirs in told)
    assert len(told) == 28


def test_every_target_has_the_responsible_units_of_its_article(real: Any, shared: Path) -> None:
    tasks = annotated(shared / "plans" / "ziyang.tasks.jsonl")
    units = {task["number"]: task["responsible_units"] for task in tasks} | {"二": []}
    assert all(one["units"] == units[one["article"]] for one in real["targets"])


def test_what_nobody_reported_is_null_and_says_who_owes_it(real: Any) -> None:
    for one in real["targets"]:
        assert (one["latest"], one["period"], one["progress"], one["light"], one["source"]) == (None,) * 5
        assert one["owed_by"]


def test_a_target_set_from_above_has_no_number_and_says_who_sets_it(real: Any) -> None:
    above = [one for one in real["targets"] if one["target"] is None]
    assert [one["id"] for one in above] == ["industrial-energy", "industrial-water"]
    assert all("四川省" in one["note"] and "尚未下达" in one["note"] for one in above)


def test_the_plain_board_writes_unreported_in_words(run: Run) -> None:
    lines = run("board").out.splitlines()
    assert len(lines) == 2 + 30
    assert all("\t未填报\t" in line and "欠报：" in line for line in lines[2:])


@pytest.mark.parametrize("asked", [("board",), ("explain", "gdp", "512000", "2023")])
def test_of_a_day_that_has_not_come_the_shell_says_so(run: Run, asked: tuple[str, ...]) -> None:
    ahead, now = run(*asked, "--as-of", "2099-12-31"), run(*asked)
    assert (ahead.code, "2099-12-31还没有到：所示为现在已知的数据" in ahead.err) == (now.code, True)
    assert "还没有到" not in now.err


def test_where_no_duty_says_who_states_it_the_board_says_so(run: Run, tmp_path: Path) -> None:
    plan = (
        "某县“十五五”节水方案\n某县人民政府\n2026年3月1日\n一、目标\n到2030年，秸秆综合利用率达到88%以上。\n"
    )
    (tmp_path / "plan.txt").write_text(plan, "utf-8")
    run("read", str(tmp_path / "plan.txt"), "-o", str(tmp_path / "city"))
    [line] = run("board", "--city", str(tmp_path / "city")).out.splitlines()[2:]
    assert "未填报" in line
    assert line.endswith("尚未规定由谁报送")


def test_a_pollutant_that_no_duty_names_is_owed_by_nobody(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "city"
    shutil.copytree(SHILI, folder)
    plan = (folder / "plan.yaml").read_text("utf-8")
    (folder / "plan.yaml").write_text(plan.replace("    item: 总磷\n", "    item: 总氮\n", 1), "utf-8")
    [line] = [one for one in run("board", "--city", str(folder)).out.splitlines() if "总磷" in one]
    assert line.endswith("尚未规定由谁报送")


def test_a_sum_without_any_member_says_so_and_who_owes_it(run: Run) -> None:
    said = run("explain", "key_project_reduction", "资阳市", "2023", "--item", "化学需氧量").out
    assert "没有登记任何成员；未填报：市生态环境局应报《主要污染物重点工程减排量》（2024-03-31前）" in said


def test_every_number_of_the_drill_is_marked_as_made_up(run: Run, drill: Any) -> None:
    assert "演练数据" in run("board", "--scenario", "drill").out.splitlines()[0]
    assert drill["scenario"] == "drill"
    assert all(one["latest"] is not None for one in drill["targets"])


def progressed(one: Any) -> float | None:
    """The progress of a closed plan's target, reckoned anew: linear; at most, 1 or 0."""
    if one["target"] is None:
        return None
    if one["direction"] == "zero_growth":
        return 1.0 if one["latest"] <= one["target"] else 0.0
    return float(one["latest"] / one["target"])


def test_the_progress_of_the_closed_plan_is_linear(drill: Any) -> None:
    for one in drill["targets"]:
        expected = progressed(one)
        assert one["progress"] == (None if expected is None else pytest.approx(expected, abs=1e-9))


def test_a_light_agrees_with_the_printed_digits(drill: Any) -> None:
    for one in drill["targets"]:
        if one["light"] is None:
            continue
        short = one["target"] - one["latest"] if one["direction"] != "zero_growth" else one["latest"]
        worst = 3 if short <= 0 else 2 if short / one["target"] <= 0.1 + 1e-12 else 1
        assert (one["id"], one["light"]) == (one["id"], worst)
        assert one["yardstick"]


def test_the_progress_of_a_running_cumulative_decline_is_logarithmic(run: Run) -> None:
    told = run("board", "--scenario", "drill", "--as-of", "2025-07-01", "--json").json
    (decline,) = [one for one in told["targets"] if one["id"] == "energy-intensity"]
    assert (told["as_of"], decline["period"]) == ("2025-07-01", "2024")
    expected = math.log(1 - decline["latest"] / 100) / math.log(1 - 0.145)
    assert decline["progress"] == pytest.approx(expected, abs=1e-9)


def test_before_anything_was_known_the_board_is_empty(run: Run) -> None:
    told = run("board", "--scenario", "drill", "--as-of", "2016-01-01", "--json").json
    assert {one["latest"] for one in told["targets"]} == {None}


def test_the_headline_of_the_drill_is_explained_down_to_fuels_factors_and_facts(run: Run) -> None:
    said = run("explain", "energy_intensity_decline", "资阳市", "2025", "--scenario", "drill")
    assert said.code == 0
    for word in (
        "演练数据",
        "资府发〔2023〕3号 二",
        "GB/T 2589-2020",
        "原煤",
        "电力",
        "0.7143 tce/t",
        "雁江区",
        "事实 ",
    ):
        assert word in said.out


def test_the_tree_of_an_unknown_number_says_what_is_missing_and_who_owes_it(run: Run) -> None:
    said = run("explain", "energy_intensity_decline", "资阳市", "2025")
    assert "资阳市 2025：未知" in said.out
    assert "应有3项，已知0项" in said.out
    assert "未填报：市统计局应报" in said.out


def test_the_drill_does_not_leak_into_the_real_city(run: Run) -> None:
    said = run("explain", "gdp", "资阳市", "2024")
    assert "演练" not in said.out
    assert "未知" in said.out


def test_the_tree_is_machine_readable(run: Run) -> None:
    told = run("explain", "energy_intensity_decline", "资阳市", "2025", "--scenario", "drill", "--json").json
    assert told["why"]["value"] == pytest.approx(0.1456, abs=5e-5)
    assert told["targets"][0]["id"] == "energy-intensity"
    assert told["why"]["parts"][0]["cite"]


def test_the_other_plan_is_judged_by_its_own_targets(run: Run) -> None:
    told = run("board", "--scenario", "drill", "--plan", "ziyang-155-drill", "--json").json
    assert (told["plan"], {one["deadline"] for one in told["targets"]}) == ("ziyang-155-drill", {2030})


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("board", "--city", "999999"), "没有名为“999999”的城市"),
        (("board", "--plan", "none"), "没有名为“none”的方案"),
        (("board", "--scenario", "drll"), "drill"),
        (("board", "--scenario", "target"), "目标值"),
        (("board", "--as-of", "2024-13-01"), "2024-07-31"),
        (("board", "--wrong"), "没有“--wrong”这个选项"),
        (("board", "extra"), "多出了参数"),
        (("bord",), "没有“bord”这个命令"),
        (("explain", "gdp", "资阳市"), "缺少参数 PERIOD"),
        (("explain", "energy_intensity_declin", "资阳市", "2025"), "energy_intensity_decline"),
        (("explain", "gdp", "成都市", "2025"), "成都市"),
        (("explain", "gdp", "资阳市", "2025Q5"), "应写作"),
        (("explain", "gdp", "资阳市", "2025", "--item", "原煤"), "不分品种"),
        (("explain", "fuel_use", "资阳市", "2025"), "须指明一个品种"),
        (("explain", "fuel_use", "资阳市", "2025", "--item", "原媒"), "“原煤”"),
        (("explain", "population", "资阳市", "2025", "--definition", "full"), "不分口径"),
        (("explain", "energy", "资阳市", "2025", "--definition", "fll"), "full"),
        (("export", "wishes"), "facts、board、table"),
        (("export", "table", "energy", "--definition", "fll"), "full"),
        (("export", "board", "--scenario", "target"), "目标值"),
        (("template", "地区生产总值"), "地区生产总值核算"),
        (("restore", "/none.zip"), "没有备份文件"),
        (("handbook", "-o", "/none/x.md"), "没有文件夹"),
        (("serve", "--port", "99999"), "应不大于 65535"),
    ],
)
def test_what_is_not_known_is_refused_in_words_with_a_remedy(
    run: Run, words: tuple[str, ...], expected: str
) -> None:
    said = run(*words)
    assert (said.code, said.out) == (2, "")
    assert expected in said.err


def test_the_sum_that_a_target_is_judged_by_is_explained_year_by_year(run: Run) -> None:
    cell = ("explain", "key_project_reduction", "资阳市", "2025", "--item", "氨氮", "--scenario", "drill")
    one = run(*cell).out
    assert "累计数的来历加 --since 2021" in one
    whole = run(*cell, "--since", "2021").out
    assert whole.startswith("重点工程减排量 资阳市 氨氮 2021-2025：176.80 t")
    assert "5年累计" in whole
    assert run(*cell, "--since", "2030").code == 2


def test_the_shell_names_the_light_as_the_page_does(run: Run) -> None:
    lines = [line.split("\t") for line in run("board").out.splitlines()]
    at = lines[1].index("预警")
    lights = {row[1]: row[at] for row in lines[2:]}
    assert lights["化学需氧量重点工程减排量"] == "未填报"
    assert lights["规模以上工业单位增加值能耗"] == "不作判定"


def test_a_sum_says_since_which_year(drill: Any) -> None:
    told = {one["id"]: (one["since"], one["period"]) for one in drill["targets"]}
    assert told["cod"] == (2021, "2025")
    assert told["energy-intensity"] == (None, "2025")
