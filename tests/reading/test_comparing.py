"""Two plans side by side: what is one indicator, which asks more, what only one has."""

from __future__ import annotations

import json
import zipfile
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from duheng.cli import app
from duheng.reading.comparing import Entry, Side, compare
from duheng.reading.comparing.sides import side_of_reading
from duheng.reading.comparing.wording import canonical, insertion, named
from duheng.reading.reading import Reading, read, read_text
from duheng.reading.records import Target
from tests.city.conftest import SHILI
from tests.reading.comparisons import expected, made, score
from tests.reading.test_folder import PLAN

SAID = {"quote": "", "start": 0, "end": 0}


def side(*targets: dict[str, Any], title: str = "甲市方案", place: str = "甲市") -> Side:
    """A plan with these targets; each a fall by 10 % by 2025 but for what is given."""
    usual = {
        "indicator": "单位地区生产总值能耗",
        "direction": "decrease",
        "value": Decimal(10),
        "unit": "%",
        "deadline": 2025,
    }
    text = read_text(f"{title}\n")
    records = [Target(**{**SAID, **usual, **one}) for one in targets]
    read_ = side_of_reading(Reading(text.text, text.outline, records, [], [], []), title)
    return Side(title, None, None, place, None, tuple(_of(one, place) for one in read_.entries))


def _of(one: Entry, place: str) -> Entry:
    return Entry(one.target, one.article, one.name, one.of, place, one.bound, one.definition, one.times)


def level(value: object, direction: str = "reach", **said: object) -> dict[str, Any]:
    return {
        "indicator": "秸秆综合利用率", "direction": direction, "value": Decimal(str(value)), "unit": "%", **said
    }  # fmt: skip


@pytest.mark.parametrize(
    "wording",
    [
        "单位GDP能耗",
        "单位国内生产总值能源消耗",
        "万元地区生产总值能耗",
        "能耗强度",
        "單位地區生產總值(GDP)能源消耗",
        "能源消费强度",
    ],
)
def test_wordings_of_one_indicator_have_one_name(wording: str) -> None:
    assert canonical(wording) == "单位GDP能耗"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("单位GDP能耗", "单位GDP用水量"),
        ("非化石能源消费比重", "能源消费总量"),
        ("建成节约型机关率", "建成节水型机关率"),
        ("二氧化碳排放", "二氧化硫排放"),
    ],
)
def test_different_indicators_keep_different_names(one: str, other: str) -> None:
    assert canonical(one) != canonical(other)
    assert not insertion(canonical(one), canonical(other))


def test_scope_and_territory_are_taken_out_of_the_name() -> None:
    assert named("公共机构人均水耗", "全市公共机构", "甲市") == ("人均用水量", "公共机构")
    assert named("甲市用水总量", "全市", "甲市") == ("用水总量", "")
    assert named("秸秆综合利用率", None, None) == ("秸秆综合利用率", "")


@pytest.mark.parametrize(
    ("a", "b", "beside", "reason"),
    [
        ({"value": Decimal("14.5")}, {"value": Decimal("13.5")}, "stricter", "幅度大1个百分点"),
        ({"value": Decimal("13.5")}, {"value": Decimal("14.5")}, "looser", "幅度小1个百分点"),
        ({"change_from": 2020}, {}, "same", "数值相同；一方未写基年，按相同比较"),
        ({"change_from": 2020}, {"change_from": 2015}, "incomparable", "基年不同：2020年，2015年"),
        ({"deadline": 2025}, {"deadline": 2030}, "incomparable", "期限不同：2025年，2030年"),
        ({"period": "年均"}, {}, "incomparable", "一方是每年的数，一方是期末的数"),
        ({"direction": "increase"}, {}, "incomparable", "一方要求上升，一方要求下降"),
        ({"direction": "zero_growth", "value": Decimal(0)}, {}, "looser", "幅度小10个百分点"),
        ({"direction": "assigned", "value": None, "unit": None}, {}, "incomparable", "一方由上级下达，文件中没有数字"),
        (level(90), level(85, "at_least"), "stricter", "数值高5个百分点"),
        (level(90), level(85), "stricter", "数值高5个百分点"),
        (level(90, comparator="左右"), level(90, hedge="力争"), "same", "数值相同；一方是约数；一方是力争"),
        (level(90, scope="规模以上企业"), level(85, scope="重点企业"), "incomparable",
         "范围不同：规模以上企业，重点企业"),
        (level(60, value_max=Decimal(65)), level(62), "incomparable", "一方是区间，一方是一个数"),
        (level(60, value_max=Decimal(65)), level(50, value_max=Decimal(70)), "incomparable", "两个区间互有交叉"),
        (level(60, value_max=Decimal(65)), level(55, value_max=Decimal(60)), "stricter", "数值高5个百分点"),
        (level(90, "at_least"), level(85, "at_most"), "incomparable", "文件没有写明该指标以高为好还是以低为好"),
        (level(5, indicator="某某占比"), level(4, indicator="某某占比"), "incomparable",
         "文件没有写明该指标以高为好还是以低为好"),
        (level(90), level(8, "decrease"), "incomparable", "一方是升降的幅度，一方是要达到的水平"),
        (level(14, "at_most", unit="亿立方米", indicator="用水总量"),
         level(150000, "at_most", unit="万立方米", indicator="用水总量"),
         "stricter", "数值低1亿立方米"),
        (level(90), level(90, unit="座"), "incomparable", "单位不同：%，座"),
    ],
)  # fmt: skip
def test_which_of_two_asks_more(a: dict[str, Any], b: dict[str, Any], beside: str, reason: str) -> None:
    (pair,) = compare(side(a), side(b, title="乙方案")).pairs
    assert (pair.verdict.beside, pair.verdict.reason) == (beside, reason)


def test_an_amount_of_one_place_is_not_compared_with_that_of_another() -> None:
    plants = {"indicator": "建成污水处理厂", "direction": "complete", "value": Decimal(76), "unit": "座"}
    (pair,) = compare(
        side(plants), side({**plants, "value": Decimal(900)}, title="乙省方案", place="乙省")
    ).pairs
    assert pair.verdict.beside == "incomparable"
    assert "范围不同" in pair.verdict.reason
    (pair,) = compare(side(plants), side({**plants, "value": Decimal(900)}, title="乙方案")).pairs
    assert pair.verdict.beside == "looser"
    (pair,) = compare(side(plants), side({**plants, "value": Decimal(900)}, title="乙方案", place="")).pairs
    assert (pair.verdict.beside, pair.verdict.reason) == (
        "incomparable",
        "一方没有写明是哪里的数，总量不能比",
    )


def test_what_fits_several_is_left_to_a_person() -> None:
    made_ = compare(side({"deadline": 2024}), side({"deadline": 2025}, {"deadline": 2030}, title="乙方案"))
    assert not made_.pairs
    assert not made_.only_a
    assert not made_.only_b
    assert [(len(one.a), len(one.b)) for one in made_.candidates] == [(1, 2)]


def test_year_scope_and_firmness_tell_targets_of_one_indicator_apart() -> None:
    ours = side(
        {"value": Decimal(12)},
        {"value": Decimal(14), "hedge": "力争"},
        {"value": Decimal(30), "deadline": 2030},
    )
    theirs = side({"value": Decimal(11)}, {"value": Decimal(25), "deadline": 2030}, title="乙方案")
    made_ = compare(ours, theirs)
    values = [(str(one.match.a.target.value), str(one.match.b.target.value)) for one in made_.pairs]
    assert values == [("12", "11"), ("30", "25")]
    assert [str(one.target.value) for one in made_.only_a] == ["14"]


def test_a_number_said_twice_is_one_target() -> None:
    (one,) = side({}, {}).entries
    assert one.times == 2


def test_two_versions_tell_what_was_added_removed_and_changed() -> None:
    old = side({"value": Decimal(12)}, level(85))
    new = side({"value": Decimal(13)}, {"indicator": "用水总量", "unit": "亿立方米", "direction": "at_most"})
    made_ = compare(old, new)
    assert made_.versions
    assert [(one.verdict.beside, one.changed) for one in made_.pairs] == [("looser", ("value",))]
    assert [one.name for one in made_.only_a] == ["秸秆综合利用率"]
    assert [one.name for one in made_.only_b] == ["用水总量"]
    assert not made_.same
    assert compare(old, old).same


@pytest.mark.parametrize(("second", "recall"), [(False, 0.97), (True, 0.92)])
def test_the_pairs_a_person_expects_between_real_documents(shared: Path, second: bool, recall: float) -> None:
    found = score(shared / "plans", second)
    assert found.precision >= 0.97, found.extra
    assert found.recall >= recall, found.missed
    assert found.verdicts == found.right


def test_the_other_way_round_says_the_opposite(shared: Path) -> None:
    opposite = {"stricter": "looser", "looser": "stricter", "same": "same", "incomparable": "incomparable"}
    for one in expected():
        there, back = made(shared / "plans", one["a"], one["b"]), made(shared / "plans", one["b"], one["a"])
        known = {(pair.match.a, pair.match.b): pair.verdict.beside for pair in there.pairs}
        assert known == {(pair.match.b, pair.match.a): opposite[pair.verdict.beside] for pair in back.pairs}
        assert (there.only_a, there.only_b) == (back.only_b, back.only_a)


def test_a_document_beside_itself_does_not_differ(shared: Path) -> None:
    for name in sorted({one[which] for one in expected() for which in ("a", "b")}):
        assert made(shared / "plans", name, name).same, name


def test_every_target_is_in_a_pair_among_candidates_or_alone(shared: Path) -> None:
    for one in expected():
        found = made(shared / "plans", one["a"], one["b"])
        ours = [pair.match.a for pair in found.pairs] + [
            each for group in found.candidates for each in group.a
        ]
        theirs = [pair.match.b for pair in found.pairs] + [
            each for group in found.candidates for each in group.b
        ]
        assert sorted(map(repr, [*ours, *found.only_a])) == sorted(map(repr, found.a.entries))
        assert sorted(map(repr, [*theirs, *found.only_b])) == sorted(map(repr, found.b.entries))


def test_the_printed_plan_and_its_folder_are_versions_without_a_difference(shared: Path) -> None:
    done = CliRunner().invoke(app, ["compare", "ziyang-145", str(shared / "plans" / "ziyang.txt"), "--json"])
    assert done.exit_code == 0, done.stdout
    said = json.loads(done.stdout)
    assert said["versions"]
    assert len(said["pairs"]) == 30


@pytest.fixture
def two(tmp_path: Path) -> tuple[Path, Path]:
    one, other = tmp_path / "甲.txt", tmp_path / "乙.txt"
    one.write_text(PLAN, "utf-8")
    other.write_text(PLAN.replace("某", "另").replace("12.5%", "13%").replace("秸秆", "稻草"), "utf-8")
    return one, other


def test_the_command_says_article_quote_and_reason_of_both(two: tuple[Path, Path]) -> None:
    done = CliRunner().invoke(app, ["compare", *map(str, two)])
    assert done.exit_code == 1
    for said in (
        "甲：某市",
        "乙：另市",
        "甲更松：1项",
        "幅度小0.5个百分点",
        "名称相同（可信度1.0）",
        "甲缺少：",
        "“秸秆综合利用率达到88%以上”",
    ):
        assert said in done.stdout
    assert done.stdout.count("比2020年下降12.5%”") == 1


def test_the_workbook_holds_pairs_and_what_only_one_has(two: tuple[Path, Path], tmp_path: Path) -> None:
    out = tmp_path / "对比.xlsx"
    done = CliRunner().invoke(app, ["compare", *map(str, two), "-o", str(out)])
    assert done.exit_code == 1
    assert done.stdout == ""
    with zipfile.ZipFile(out) as book:
        sheets = [name for name in book.namelist() if name.startswith("xl/worksheets/sheet")]
        said = "".join(book.read(name).decode() for name in book.namelist() if name.endswith(".xml"))
    assert len(sheets) == 3
    for shown in (
        "更松",
        "幅度小0.5个百分点",
        "稻草综合利用率达到88%以上",
        "同一指标",
        "只在一方",
        "几个候选",
    ):
        assert shown in said


@pytest.mark.parametrize("wrong", [["ziyang-145", "没有这份"], ["ziyang-145", "ziyang-145", "-o", "x.pdf"]])
def test_what_is_unknown_is_refused_with_what_there_is(
    wrong: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from duheng.cli import main

    monkeypatch.setattr("sys.argv", ["duheng", "compare", *wrong])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 2
    assert ("ziyang-155-drill" in (said := capsys.readouterr().err)) or ".xlsx" in said


def test_the_plans_of_the_own_city_are_known_by_their_ids(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DUHENG_CITY", str(SHILI))
    done = CliRunner().invoke(app, ["compare", "shili-145", "ziyang-145", "--json"])
    assert done.exit_code == 1, done.output
    assert "示例市" in json.loads(done.stdout)["a"]["title"]


def test_a_document_compared_with_itself_has_no_difference(two: tuple[Path, Path]) -> None:
    assert CliRunner().invoke(app, ["compare", str(two[0]), str(two[0])]).exit_code == 0
    assert compare(*2 * [side_of_reading(read(two[0]), "甲")]).same


def test_a_drill_is_called_one(shared: Path) -> None:
    done = CliRunner().invoke(app, ["compare", "ziyang-155-drill", "ziyang-145", "--json"])
    assert "演练" in json.loads(done.stdout)["notice"]
