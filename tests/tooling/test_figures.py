"""The table of figures."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench import run
from bench.figures import CHECKOUT, Figure, percentile

FAST = Figure("2844 counties x 11 years", 0.31, "s", "Polars by hand 0.26 s", 1.19, "under 2 s", True)


def test_a_figure_survives_its_way_between_processes() -> None:
    assert Figure.from_json(FAST.as_json()) == FAST


def test_the_ratio_stands_first_and_what_was_not_measured_is_a_dash() -> None:
    assert run.cells(FAST)[:4] == ("1.19x", "0.31", "s", "yes")
    assert run.cells(Figure("no peer", None, "s"))[:4] == ("–", "–", "s", "–")


def test_a_missed_bound_is_shouted() -> None:
    assert run.cells(Figure("slow", 3.0, "s", bound="under 2 s", holds=False))[3] == "NO"


def test_a_percentile_is_a_value_that_occurred() -> None:
    assert percentile([float(value) for value in range(1, 101)], 0.95) == 95.0
    assert percentile([3.0], 0.95) == 3.0
    with pytest.raises(ValueError, match="no values"):
        percentile([], 0.5)


def test_new_figures_replace_the_old_ones_and_leave_the_rest_of_the_page(tmp_path: Path) -> None:
    page = tmp_path / "performance.md"
    page.write_text(
        "# Performance\n\nby hand\n\n<!-- soak:begin -->\noutdated\n<!-- soak:end -->\n\nbelow\n", "utf-8"
    )
    run.write("soak", run.as_markdown([FAST], ["soak.fuzz"]), page)
    text = page.read_text("utf-8")
    assert "outdated" not in text
    assert text.startswith("# Performance\n\nby hand\n\n<!-- soak:begin -->\n")
    assert text.endswith("<!-- soak:end -->\n\nbelow\n")
    assert "| 1.19x | 0.31 | s | yes |" in text
    assert "soak.fuzz" in text


def test_a_page_without_markers_gets_them_once(tmp_path: Path) -> None:
    page = tmp_path / "performance.md"
    for _ in range(2):
        run.write("soak", "figures", page)
    assert page.read_text("utf-8").count("<!-- soak:begin -->") == 1


def test_the_machine_is_named_with_its_cores() -> None:
    assert " cores, " in run.machine()


def test_a_module_that_stands_still_is_ended_and_says_where(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(run, "LONGEST", 5.0)
    assert run.measure("tests.tooling.standing_still") is None
    said = capfd.readouterr().err
    assert "tests.tooling.standing_still stands still" in said
    assert "standing_still.py" in said


def test_every_benchmark_is_run() -> None:
    files = (CHECKOUT / "bench").glob("bench_*.py")
    assert run.modules("bench", []) == sorted(f"bench.{path.stem}" for path in files)
