"""What the tests themselves stand on."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

TEST = "def test_reads_the_reference(shared):\n    assert shared.is_dir()\n"


@pytest.fixture
def alone(checkout: Path, tmp_path: Path) -> Path:
    """A checkout with one test and no reference material beside it."""
    target = tmp_path / "checkout"
    (target / "tests").mkdir(parents=True)
    shutil.copy(checkout / "pyproject.toml", target)
    for path in (checkout / "tests").glob("*.py"):
        shutil.copy(path, target / "tests")
    (target / "tests" / "test_one.py").write_text(TEST)
    return target


def run_tests(alone: Path, checkout: Path, required: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(checkout / "src"), "DUHENG_REQUIRE_SHARED": required}
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "--basetemp",
        str(alone / "temporary"),
    ]
    return subprocess.run(command, cwd=alone, env=environment, capture_output=True, text=True, check=False)


def test_without_the_reference_its_tests_are_skipped_and_one_line_says_so(
    alone: Path, checkout: Path
) -> None:
    done = run_tests(alone, checkout, "")
    assert done.returncode == 0
    assert done.stdout.count("!!!") == 1
    assert "1 tests did NOT run" in done.stdout


def test_where_the_reference_is_required_its_absence_fails_the_run(alone: Path, checkout: Path) -> None:
    done = run_tests(alone, checkout, "1")
    assert done.returncode == 1
    assert "DUHENG_REQUIRE_SHARED=1" in done.stdout


def test_the_tests_keep_away_from_the_data_of_the_person_who_runs_them(checkout: Path) -> None:
    assert str(settings.DUHENG_HOME) == os.environ["DUHENG_HOME"]
    assert Path(settings.DUHENG_HOME) not in (checkout / "var", Path.home() / ".local/share/duheng")


def test_a_program_started_by_a_test_gets_an_empty_home_of_its_own(duheng_home: Path) -> None:
    assert os.environ["DUHENG_HOME"] == str(duheng_home)
    assert list(duheng_home.iterdir()) == []
    assert "DUHENG_DATABASE_URL" not in os.environ
