"""The commands around the code: continuous integration, the distribution's packages, the list of targets."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import postgres


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder every account may read; pytest's own is closed to others."""
    folder = Path(tempfile.mkdtemp(prefix="duheng-open-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


def program(folder: Path, name: str, text: str) -> None:
    (folder / name).write_text(f"#!/bin/sh\n{text}\n")
    (folder / name).chmod(0o755)


def test_continuous_integration_calls_make_test_and_nothing_else(checkout: Path, tmp_path: Path) -> None:
    program(tmp_path, "make", 'echo "make $* in $PWD"; exit 7')
    environment = {"PATH": f"{tmp_path}:{os.environ['PATH']}"}
    done = subprocess.run(
        [checkout / ".ci" / "run"], env=environment, cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert (done.stdout, done.returncode) == (f"make test in {checkout}\n", 7)


def test_without_the_rights_the_missing_packages_are_listed_and_the_tests_stop(
    checkout: Path, open_folder: Path
) -> None:
    shutil.copy(checkout / "scripts" / "system-packages", open_folder)
    for name in ("id", "apt-get"):
        program(open_folder, name, "echo 1000")
    done = subprocess.run(
        ["/bin/sh", open_folder / "system-packages"],
        env={"PATH": str(open_folder)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "apt-get install --no-install-recommends chromium" in done.stderr


def test_where_everything_is_there_nothing_is_installed_or_said(checkout: Path) -> None:
    done = subprocess.run(
        [checkout / "scripts" / "system-packages"], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_make_alone_lists_the_targets_in_both_languages(checkout: Path) -> None:
    listed = subprocess.run(
        ["make", "--no-print-directory"], cwd=checkout, capture_output=True, text=True, check=True
    )
    for target in ("run", "test", "bench", "soak", "bundle", "lint", "format", "clean"):
        assert f"  make {target} " in listed.stdout
    assert "安装所需的一切并启动" in listed.stdout


def test_postgresql_never_runs_as_root() -> None:
    assert postgres.unprivileged() == {} if os.geteuid() else postgres.unprivileged()["user"] != 0
