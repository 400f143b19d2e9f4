"""The annotated documents of the reference material: how many of their targets are read, and read whole."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from duheng.reading.reading import read_text


@pytest.fixture(scope="module")
def scorer(shared: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("plans_score", shared / "plans" / "score.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def readings(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every annotated document read, as `duheng read --json` prints it."""
    folder = tmp_path_factory.mktemp("readings")
    for gold in (shared / "plans").glob("*.targets.jsonl"):
        name = gold.name.removesuffix(".targets.jsonl")
        reading = read_text((shared / "plans" / f"{name}.txt").read_text("utf-8")).as_json()
        (folder / f"{name}.json").write_text(json.dumps(reading, ensure_ascii=False), "utf-8")
    return folder


def test_targets_are_found_and_complete(scorer: ModuleType, readings: Path, shared: Path) -> None:
    total = scorer.main(shared / "plans", readings)
    assert scorer.f1(*total["found"]) >= 0.97
    assert scorer.f1(*total["complete"]) >= 0.92


def test_quotes_stand_where_they_say(readings: Path) -> None:
    for path in readings.glob("*.json"):
        reading = json.loads(path.read_text("utf-8"))
        for target in reading["targets"]:
            assert reading["text"][target["start"] : target["end"]] == target["quote"]


def test_every_target_of_ziyang_is_read_whole(readings: Path, shared: Path) -> None:
    def key(target: dict[str, Any]) -> tuple[Any, ...]:
        names = (
            "value",
            "unit",
            "direction",
            "comparator",
            "change_from",
            "deadline",
            "scope",
            "hedge",
            "period",
        )
        return (*(target.get(name) for name in names), bool(target.get("implied")))

    lines = (shared / "plans" / "ziyang.targets.jsonl").read_text("utf-8").splitlines()[1:]
    annotated = [key(json.loads(line)) for line in lines]
    read = [key(target) for target in json.loads((readings / "ziyang.json").read_text("utf-8"))["targets"]]
    assert len(read) == 30
    assert sorted(map(repr, read)) == sorted(map(repr, annotated))


def test_our_own_documents_are_read_whole(scorer: ModuleType, tmp_path: Path) -> None:
    """Five documents annotated before they were read; their first score is in bench/reading_first_score.json."""
    cold = Path(__file__).parent / "cold"
    for path in cold.glob("*.txt"):
        reading = read_text(path.read_text("utf-8")).as_json()
        (tmp_path / f"{path.stem}.json").write_text(json.dumps(reading, ensure_ascii=False), "utf-8")
    total = scorer.main(cold, tmp_path)
    assert {key: scorer.f1(*said) for key, said in total.items()} == {
        "found": 1.0, "complete": 1.0, "units": 1.0, "leads": 1.0,
    }  # fmt: skip
    said = json.loads((tmp_path / "county_plan.json").read_text("utf-8"))
    assert [one["message"] for one in said["doubts"] if one["kind"] == "ratio"] == [
        "“桩车比不低于1:7”是比例，目标的数值记不下它"
    ]
    assert [one["condition"] for one in said["targets"] if one["condition"]] == ["在保障民生用能的前提下"]


def test_a_share_that_no_finite_percentage_tells_is_a_doubt() -> None:
    reading = read_text("到2030年，三分之二以上的企业完成改造，七八成的村庄完成改厕，绿电占比达到30%。")
    assert [target.value for target in reading.targets] == [30]
    assert [doubt.message for doubt in reading.doubts if doubt.kind == "ratio"] == [
        "“三分之二以上的企业完成改造”里的比例不是一个有限的百分数",
        "“七八成的村庄完成改厕”里的比例不是一个有限的百分数",
    ]
