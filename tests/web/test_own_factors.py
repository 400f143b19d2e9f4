"""A city's own set of emission factors is chosen on the page, used whole, and says where each factor comes from."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from django.test import Client

from duheng.city.changes import stamp
from duheng.ingest.carbon import own_sets
from duheng.web import factor_sets, page

Site = Callable[..., Client]
HEAD = "fuel,factor,unit,applies_to_rows,source,confidence\n"
EVERYWHERE = HEAD + "raw_coal,2,tCO2/t,,资阳市质检院 2024-8号,verified\n"
BY_SECTOR = (
    HEAD
    + 'raw_coal,1.5,tCO2/t,"F1,F3",资阳市质检院 2024-8号,verified\n'
    + 'raw_coal,2.5,tCO2/t,"F4,F5,F6a,F6b,F7",资阳市质检院 2024-9号,\n'
    + "raw_coal,2,tCO2/t,F2-F2a-T1-T2,资阳市质检院 2024-8号,verified\n"
)
ASKED = "scenario=drill&year=2023"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder from which the sets are read in place of the packaged city's."""
    monkeypatch.setattr(factor_sets, "own_sets", lambda _: own_sets(tmp_path))
    monkeypatch.setattr(
        "duheng.city.changes.stamp", lambda of: stamp(tmp_path / "carbon" if of.name == "carbon" else of)
    )
    (tmp_path / "carbon").mkdir()
    page.forget()
    return tmp_path / "carbon"


def put(folder: Path, text: str, name: str = "ziyang.csv") -> None:
    (folder / name).write_text(text, "utf-8")


def coal(rows: list[dict[str, str]]) -> dict[str, float]:
    return {row["sector"]: float(row["raw_coal"]) for row in rows}


def test_a_set_of_the_city_is_offered_and_used_whole(drill: Site, folder: Path) -> None:
    put(folder, EVERYWHERE)
    used = drill().get(f"/balance.json?{ASKED}").json()["rows"]
    told = drill().get(f"/carbon.json?{ASKED}&set=ziyang").json()
    sectors = coal(told["sectors"])
    burnt = {row["row"]: row["cells"]["raw_coal"] for row in used}
    assert sectors["建筑业"] == pytest.approx(2 * burnt["F3"], abs=0.01)
    assert sectors["合计"] == pytest.approx(
        sum(value for key, value in sectors.items() if key != "合计"), abs=0.001
    )
    assert "天然气" in told["unknown"]  # the set has no factor of it, and none is borrowed
    assert told["factors"] == [
        {
            "fuel": "原煤",
            "sectors": "全部",
            "factor": "2.0",
            "unit": "tCO2/吨",
            "cite": "资阳市质检院 2024-8号",
            "certainty": "已核",
        }
    ]
    shown = drill().get(f"/carbon?{ASKED}&set=ziyang").content.decode()
    assert "本市因子集 ziyang" in shown
    why = drill().get(
        f"/why/combustion_emission/512000/2023?item=原煤&flow=final_construction&basis=ziyang&{ASKED}"
    )
    assert "资阳市质检院 2024-8号" in why.content.decode()
    assert "燃料低位发热量" not in why.content.decode()


def test_factors_by_sector_are_read_by_sector_and_the_total_is_their_sum(drill: Site, folder: Path) -> None:
    put(folder, BY_SECTOR)
    burnt = {row["row"]: row["cells"] for row in drill().get(f"/balance.json?{ASKED}").json()["rows"]}
    told = drill().get(f"/carbon.json?{ASKED}&set=ziyang").json()
    sectors = coal(told["sectors"])
    assert sectors["建筑业"] == pytest.approx(1.5 * burnt["F3"]["raw_coal"], abs=0.01)
    assert sectors["其他"] == pytest.approx(2.5 * burnt["F7"]["raw_coal"], abs=0.01)
    assert sectors["合计"] == pytest.approx(
        sum(value for key, value in sectors.items() if key != "合计"), abs=0.001
    )
    whole = {row["title"]: row["value"] for row in told["whole"]}
    assert whole["单位地区生产总值二氧化碳排放"] is None
    assert "因子分部门，不适用" in drill().get(f"/carbon?{ASKED}&set=ziyang").content.decode()
    why = "/why/combustion_emission/512000/2023?item=原煤&basis=ziyang&" + ASKED
    assert drill().get(why).status_code == 400
    assert drill().get(f"{why}&flow=final_other").status_code == 200


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (EVERYWHERE.replace("资阳市质检院 2024-8号", ""), "没有写明出处"),
        (EVERYWHERE.replace("raw_coal", "moon_dust"), "不认识"),
        (EVERYWHERE + "raw_coal,3,tCO2/t,,另一处,verified\n", "个因子"),
        ("a,b\n1,2\n", "缺少列"),
    ],
)
def test_a_file_that_cannot_be_used_is_not_offered_and_says_why(
    drill: Site, folder: Path, text: str, said: str
) -> None:
    put(folder, text)
    assert said in drill().get(f"/carbon?{ASKED}").content.decode()
    assert drill().get(f"/carbon?{ASKED}&set=ziyang").status_code == 400


def test_a_set_never_takes_the_name_of_a_packaged_one(drill: Site, folder: Path) -> None:
    put(folder, EVERYWHERE, "enterprise_default.csv")
    told = drill().get(f"/carbon.json?{ASKED}&set=enterprise_default").json()
    assert "factors" not in told
    assert "同名" in drill().get(f"/carbon?{ASKED}").content.decode()


def test_a_set_put_there_changed_or_taken_away_is_seen_at_once(drill: Site, folder: Path) -> None:
    client = drill()

    def offered() -> bool:
        return 'value="ziyang"' in client.get(f"/carbon?{ASKED}").content.decode()

    assert not offered()
    put(folder, EVERYWHERE)
    assert offered()
    before = coal(client.get(f"/carbon.json?{ASKED}&set=ziyang").json()["sectors"])["建筑业"]
    put(folder, EVERYWHERE.replace(",2,", ",3.5,"))
    after = coal(client.get(f"/carbon.json?{ASKED}&set=ziyang").json()["sectors"])["建筑业"]
    assert after == pytest.approx(before * 3.5 / 2, rel=1e-3)
    (folder / "ziyang.csv").unlink()
    assert not offered()
