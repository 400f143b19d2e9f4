"""`check --against`: where two folders differ in what was printed."""

from __future__ import annotations

from pathlib import Path

import pytest

from duheng.city import default_city_folder
from duheng.reading.comparing.folders import compare
from tests.city.conftest import SHILI


def changed(folder: Path, old: str, new: str, name: str = "plan.yaml") -> list[tuple[str, str]]:
    path = folder / name
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")
    return [(f.code, f.text) for f in compare(folder, SHILI)]


def test_a_folder_does_not_differ_from_itself() -> None:
    assert compare(SHILI, SHILI) == []
    assert compare(default_city_folder(), default_city_folder()) == []


@pytest.mark.parametrize(
    ("old", "new", "code", "words"),
    [
        ("value: 900", "value: 990", "differs-value", "数值是990，应为900"),
        ("unit: 吨", "unit: 千克", "differs-unit", "单位是“千克”，应为“吨”"),
        ("direction: at_most", "direction: at_least", "differs-direction", "at_most"),
        ("comparator: 以内", "comparator: 以下", "differs-comparator", "以内"),
        ("scope: 全市", "scope: null", "differs-scope", "范围是null，应为“全市”"),
        ("base: 2020", "base: null", "differs-base", "基期是null，应为2020"),
        ("deadline: 2025", "deadline: 2024", "differs-deadline", "期限是2024"),
        ("article: （二）", "article: （三）", "differs-article", "条款是“（三）”"),
        ("[市水利局, 市工业局]", "[市水利局]", "differs-responsible_units", "责任单位少市工业局"),
        ("lead_units: [市水利局]", "lead_units: []", "differs-lead_units", "牵头单位少市水利局"),
        ("inherited_units: [各县（区）人民政府]", "inherited_units: []", "differs-inherited_units", "少各县"),
    ],
)
def test_each_difference_is_one_finding(folder: Path, old: str, new: str, code: str, words: str) -> None:
    findings = changed(folder, old, new)
    assert [found for found, _ in findings] == [code]
    assert words in findings[0][1]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("id: phosphorus", "id: tp"),
        ("quantity: pm25", "quantity: ozone"),
        ("definition: full", "characters: [3, 40]"),
        ("value: 900", "value: 900.0"),
        ("[市水利局, 市工业局]", "[市工业局, 市水利局]"),
        ("measures: 建立县级能源统计。", "measures: 另一种说法。"),
    ],
)
def test_ids_bindings_spans_and_order_are_the_folders_own(folder: Path, old: str, new: str) -> None:
    assert changed(folder, old, new) == []


def test_a_target_left_out_is_missing_and_one_too_many_is_extra(folder: Path) -> None:
    text = (folder / "plan.yaml").read_text("utf-8")
    start, end = text.index("  - id: pm25"), text.index("  - id: water")
    (folder / "plan.yaml").write_text(text[:start] + text[end:], "utf-8")
    assert [f.code for f in compare(folder, SHILI)] == ["target-missing"]
    assert [f.code for f in compare(SHILI, folder)] == ["target-extra"]


def test_the_order_of_targets_does_not_matter(folder: Path) -> None:
    text = (folder / "plan.yaml").read_text("utf-8")
    start, middle, end = (text.index(mark) for mark in ("  - id: pm25", "  - id: water", "duties:"))
    moved = text[:start] + text[middle:end].rstrip() + "\n" + text[start:middle] + text[end:]
    (folder / "plan.yaml").write_text(moved, "utf-8")
    assert compare(folder, SHILI) == []


def test_a_missing_article_is_a_finding(folder: Path) -> None:
    findings = changed(folder, "number: （三）", "number: （四）")
    assert [code for code, _ in findings] == ["article-extra", "article-missing"]


def test_a_missing_plan_is_a_finding(folder: Path) -> None:
    (folder / "plan-135.yaml").unlink()
    assert [f.code for f in compare(folder, SHILI)] == ["plan-missing"]
    assert [f.code for f in compare(SHILI, folder)] == ["plan-extra"]


def test_a_plan_that_cannot_be_read_is_a_finding(folder: Path) -> None:
    (folder / "plan.yaml").write_text("articles: [", "utf-8")
    assert "yaml" in {f.code for f in compare(folder, SHILI)}


def test_a_folder_without_plans_is_a_finding(tmp_path: Path) -> None:
    assert "file-missing" in {f.code for f in compare(SHILI, tmp_path)}
