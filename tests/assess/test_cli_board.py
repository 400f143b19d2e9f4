"""`duheng board` as a person or a script calls it."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest

from duheng.cli.opening import moment

KEYS = {
    "id", "article", "title", "target", "unit", "deadline", "latest", "period", "progress", "light",
    "source", "units", "owed_by",
}  # fmt: skip


def duheng(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "duheng", *words], capture_output=True, text=True, timeout=120, check=False
    )


@pytest.fixture
def home(duheng_home: Path, checkout: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A new installation."""
    monkeypatch.setenv("PYTHONPATH", str(checkout / "src"))
    return duheng_home


@pytest.mark.slow
def test_a_new_installation_answers_in_json_and_in_a_pipe_and_refuses_what_it_does_not_know(
    home: Path,
) -> None:
    answer = duheng("board", "--json")
    assert answer.returncode == 0, answer.stderr
    found = json.loads(answer.stdout)
    assert set(found) == {"city", "plan", "as_of", "scenario", "targets"}
    assert (found["city"], found["scenario"], len(found["targets"])) == ("512000", "actual", 30)
    assert all(set(target) >= KEYS for target in found["targets"])

    piped = duheng("board", "--scenario", "drill", "--as-of", "2024-07-31")
    assert piped.returncode == 0, piped.stderr
    lines = piped.stdout.splitlines()
    assert "演练数据" in lines[0]
    assert "截至2024-07-31" in lines[0]
    assert len(lines) == 2 + 30
    assert "\x1b" not in piped.stdout

    for words in (
        ("--city", "999999"),
        ("--plan", "nothing"),
        ("--scenario", "dril"),
        ("--as-of", "2024-13-01"),
    ):
        refused = duheng("board", *words)
        assert refused.returncode == 2, words
        assert refused.stderr
        assert "Traceback" not in refused.stderr


@pytest.mark.parametrize("text", ["2024-07-31T18:00", "2024-07-31T10:00+00:00"])
def test_a_time_is_told_by_the_clock_of_shanghai_wherever_the_machine_stands(
    text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as elsewhere:
        elsewhere.setenv("TZ", "America/New_York")
        time.tzset()
        asked = moment(text)
    time.tzset()
    assert asked is not None
    assert asked.isoformat() == "2024-07-31T18:00:00+08:00"
