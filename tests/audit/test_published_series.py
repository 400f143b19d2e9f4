"""The `audit.*` answers of ../shared/methods that stand on series inside public packages, by our own detectors."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from duheng.assess.audit import (
    biweight,
    hampel,
    modified_z,
    pettitt,
    seasonal_outliers,
    strangest,
)
from tests.audit.published import columns

TEXTBOOK = 3.5


@pytest.fixture(scope="module")
def known(shared: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((shared / "methods" / "known_answers.json").read_text("utf-8"))
    return {id: one["expected"] for id, one in content.items() if id.startswith("audit.")}


@pytest.fixture(scope="module")
def yahoo() -> list[float]:
    return columns("sktime", "sktime/datasets/data/yahoo/yahoo.csv")["data"]


def hits(found: list[int], labels: list[int]) -> list[int]:
    """[labels found, labels, false alarms], as the answers are written."""
    return [len(set(found) & set(labels)), len(labels), len(set(found) - set(labels))]


def test_the_nile_falls_after_1898(known: dict[str, Any]) -> None:
    nile = columns("statsmodels", "statsmodels/datasets/nile/nile.csv")
    change, expected = pettitt(nile["volume"]), known["audit.nile"]
    assert change is not None
    assert nile["year"][change.after] == expected["change_after_year"]
    assert change.k == expected["pettitt_K"]
    assert change.p == pytest.approx(expected["pettitt_p"], rel=0.005)
    assert round(change.before_mean, 2) == expected["mean_before"]
    assert round(change.after_mean, 2) == expected["mean_after"]
    assert change.suspicious


def test_the_biweight_of_the_stack_loss(known: dict[str, Any]) -> None:
    stack = columns("statsmodels", "statsmodels/datasets/stackloss/stackloss.csv")
    fit = biweight(stack["stackloss"], stack["airflow"], stack["watertemp"], stack["acidconc"])
    expected = known["audit.stackloss"]
    assert fit is not None
    assert [round(one, 3) for one in fit.coefficients] == expected["params"]
    assert [place + 1 for place in fit.outliers(2.5)] == expected["biweight_outliers_gt_2_5"]


@pytest.mark.parametrize("period", [12, 24])
@pytest.mark.parametrize("threshold", [None, 8.0])
def test_the_season_by_medians_finds_all_seven(
    known: dict[str, Any], yahoo: list[float], period: int, threshold: float | None
) -> None:
    expected = known["audit.sktime_yahoo"]
    found = seasonal_outliers(yahoo, period, threshold)
    assert hits(found, expected["labels"]) == expected["mstl12_t8"]


def test_the_window_finds_four_and_the_whole_series_none(known: dict[str, Any], yahoo: list[float]) -> None:
    expected = known["audit.sktime_yahoo"]
    assert hits(hampel(yahoo, 12, 3), expected["labels"]) == expected["hampel_k12_t3"]
    scores = modified_z(yahoo)
    whole = [place for place, z in enumerate(scores) if z is not None and abs(z) > TEXTBOOK]
    assert hits(whole, expected["labels"]) == expected["global_modified_z"]


def test_the_labels_are_those_of_the_file(known: dict[str, Any]) -> None:
    labels = columns("sktime", "sktime/datasets/data/yahoo/yahoo.csv")["label"]
    assert [place for place, one in enumerate(labels) if one] == known["audit.sktime_yahoo"]["labels"]


@pytest.mark.parametrize("length", [50, 100])
def test_the_strangest_span_is_the_anomaly(known: dict[str, Any], length: int) -> None:
    folder = "aeon/datasets/data/KDD-TSAD_135/135_UCR_Anomaly_InternalBleeding16"
    history = columns("aeon", f"{folder}_TRAIN.csv")["value"]
    test, expected = columns("aeon", f"{folder}_TEST.csv"), known["audit.aeon_kdd135"]
    labelled = [place for place, one in enumerate(test["is_anomaly"]) if one]
    assert (len(history), len(test["value"])) == (expected["train_len"], expected["test_len"])
    assert [labelled[0], labelled[-1]] == expected["anomaly"]
    found = strangest(history, test["value"], length)
    assert found is not None
    # The span must lie over the anomaly, and far ahead of whatever comes second.
    assert found.start <= labelled[-1] < found.start + length + len(labelled)
    assert found.distance > 1.5 * found.next_distance


def test_a_line_needs_more_points_than_coefficients() -> None:
    assert biweight([1.0, 2.0], [1.0, 2.0]) is None
    assert biweight([1.0, 2.0, 3.0], [5.0, 5.0, 5.0]) is None


def test_a_series_shorter_than_three_seasons_has_no_season() -> None:
    assert seasonal_outliers([1.0, 9.0] * 15, 12) == []
    assert strangest([1.0, 2.0], [1.0, 2.0, 3.0], 3) is None
