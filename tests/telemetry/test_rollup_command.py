"""`duheng rollup` and `duheng readings` as a person gives them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from duheng.telemetry.readings.writing import write
from tests.telemetry.conftest import DAY, LISTED, counted, rows, steady

pytestmark = pytest.mark.slow
METER = LISTED + "M1,E,counter,512022,电力,kWh,15,500,,2026-01-05,,供电公司,,\n"


def duheng(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    own = {**os.environ, "DUHENG_HOME": str(home), "DUHENG_ENV": "demo", "DUHENG_DATABASE_URL": ""}
    return subprocess.run(
        [sys.executable, "-m", "duheng", *arguments], env=own, capture_output=True, text=True
    )


@pytest.fixture
def ready(home: Path) -> Path:
    (home / "telemetry").mkdir()
    (home / "telemetry" / "points.csv").write_text(METER, "utf-8")
    write(home, counted(steady()))
    return home


def test_a_roll_up_says_what_it_did_and_what_it_found(ready: Path) -> None:
    first = duheng(ready, "rollup", "--no-facts")
    assert (first.returncode, first.stdout) == (
        0,
        "第1次汇总：2026-01-04 至 2026-01-05 的读数，改动的结果：时 11、日 1、月 1\n",
    )
    write(ready, counted([(DAY + timedelta(hours=5), 1300.0)], DAY + timedelta(hours=12)))
    again = duheng(ready, "rollup", "--no-facts", "--json")
    (found,) = json.loads(again.stdout)["findings"]
    assert found["code"] == "correction-refused"
    assert found["text"].startswith("M1 电力 2026-01-05 05:00：更正后的示数与前后示数不连贯")
    assert duheng(ready, "rollup", "--no-facts").stdout == "没有新的读数。\n"


def test_points_that_enter_no_sum_are_told(ready: Path) -> None:
    water = "{},w01018,water,{},化学需氧量,mg/L,10,,,2026-01-05,,,,\n"
    more = water.format("W1", "乐至县") + water.format("W2", "某厂")
    (ready / "telemetry" / "points.csv").write_text(METER + more, "utf-8")
    told = duheng(ready, "rollup").stderr
    assert "entity“乐至县”不在名册中，其数不计入县（区）、市的合计；请改为代码512022。" in told
    assert "entity“某厂”不在名册中" in told
    assert told.count("没有流量") == 2


def test_readings_of_a_clock_that_is_ahead_are_told(ready: Path) -> None:
    write(ready, counted([(DAY + timedelta(days=90), 9000.0)], DAY))
    told = duheng(ready, "rollup", "--no-facts").stderr
    assert "M1 有 1 个读数的时间比到达时间晚1小时以上，已保存，不计入汇总" in told


def test_a_preview_sums_the_intervals_as_they_will_be_published_and_writes_nothing(home: Path) -> None:
    meter = "M{},E,{},{},电力,kWh,15,500,,2026-01-01,,供电公司,,\n"
    listed = [(1, "interval", "512022"), (2, "interval", "512021"), (3, "counter", "512021")]
    (home / "telemetry").mkdir()
    (home / "telemetry" / "points.csv").write_text(
        LISTED + "".join(meter.format(*one) for one in listed), "utf-8"
    )
    quarters = [DAY + timedelta(minutes=15 * n) for n in range(96)]
    write(
        home,
        rows(
            [
                {"mn": mn, "cn": "interval", "time": at, "factor": "E", "cou": 10.0, "arrival": at}
                for mn in ("M1", "M2")
                for at in quarters
            ]
        ),
    )
    asked = ("rollup", "--period", f"{DAY:%Y-%m-%d}")
    looked = duheng(home, *asked, "--preview")
    assert looked.returncode == 0
    assert f"乐至县 电力 {DAY:%Y-%m-%d}（试算）：960 kWh（1个全部已知）" in looked.stdout
    assert "安岳县 电力" in looked.stdout
    assert "2个中已知1个，已知合计960 kWh" in looked.stdout
    assert "1 个监测点不按时段报送" in looked.stderr
    assert not (home / "telemetry" / "rollups").exists()
    told = {
        one["place"]: one for one in json.loads(duheng(home, *asked, "--preview", "--json").stdout)["preview"]
    }
    published = json.loads(duheng(home, *asked, "--no-facts", "--json").stdout)["totals"]
    assert [told[one["place"]]["value"] for one in published] == [one["value"] for one in published]
    assert [told[one["place"]]["start"] for one in published] == [one["start"] for one in published]


def test_a_preview_needs_a_period(ready: Path) -> None:
    done = duheng(ready, "rollup", "--preview")
    assert done.returncode == 2
    assert "--preview 须与 --period 同用" in done.stderr


def test_a_device_that_is_not_listed_is_said(ready: Path) -> None:
    write(ready, counted(steady(), mn="M9"))
    done = duheng(ready, "rollup", "--no-facts")
    assert done.returncode == 1
    assert "收到 M9 的 E，但未登记为监测点" in done.stderr


def test_factors_that_no_kind_suits_are_kept_without_asking_for_them(ready: Path) -> None:
    """pH and temperature of an outlet, anything of an air station or a power monitor; never a load or a flow."""
    series = [("32", "w01001"), ("31", "a01012"), ("31", "a01011"), ("22", "a21026"), ("80", "ep0101")]
    sent = {"cn": "2061", "time": DAY, "arrival": DAY, "avg": 7.0}
    write(ready, rows([{**sent, "mn": f"D{st}", "st": st, "factor": factor} for st, factor in series]))
    done = duheng(ready, "rollup", "--no-facts")
    assert (done.returncode, done.stderr) == (0, "")
    kept = "5 个序列只作读数保存，不汇总（无排放量或用量可计）：a01011、a01012、a21026、ep0101、w01001\n"
    assert kept in done.stdout
    loads = [("32", "w01018"), ("31", "a00000"), ("31", "zz999")]
    write(ready, rows([{**sent, "mn": f"D{st}", "st": st, "factor": factor} for st, factor in loads]))
    done = duheng(ready, "rollup", "--no-facts", "--json")
    assert done.returncode == 1
    said = json.loads(done.stdout)
    assert [one["factor"] for one in said["unlisted"]] == ["a00000", "zz999", "w01018"]
    assert said["kept"] == []


def test_a_bad_list_of_points_is_refused_with_its_line(ready: Path) -> None:
    (ready / "telemetry" / "points.csv").write_text(METER.replace("counter", "count"), "utf-8")
    done = duheng(ready, "rollup", "--no-facts")
    assert done.returncode == 2
    assert "points.csv 第2行：kind 为“count”" in done.stderr


def test_readings_are_compacted_saved_and_brought_back(ready: Path, tmp_path: Path) -> None:
    write(ready, counted([(DAY + timedelta(hours=11), 2100.0)]))
    assert "合并：2 个文件成为 1 个" in duheng(ready, "readings", "compact").stdout
    assert "新复制" in duheng(ready, "readings", "backup", str(tmp_path / "saved")).stdout
    assert "已恢复并核对" in duheng(tmp_path / "new", "readings", "restore", str(tmp_path / "saved")).stdout
    assert (tmp_path / "new" / "telemetry" / "points.csv").read_text("utf-8") == METER
    assert duheng(ready, "readings", "backup").returncode == 2
