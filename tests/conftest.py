"""Fixtures every area of the tests may use.

* checkout      the repository
* shared        ../shared, the reference material
* postgres_url  a PostgreSQL server of the tests' own
* duheng_home   an empty DUHENG_HOME for programs started by a test
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest
from django.conf import settings

import duheng.settings
from tests import coverage_gate, postgres

CHECKOUT = Path(__file__).resolve().parent.parent
SHARED = CHECKOUT.parent / "shared"
NO_SHARED = f"{SHARED} is missing"
HOME = pytest.StashKey[Path]()

# No test is timed: how long an example takes says how crowded the machine is.
hypothesis.settings.register_profile(
    "untimed", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("untimed")


def pytest_configure(config: pytest.Config) -> None:
    """Turn the whole run away from the person's own data: nothing here may write into `var/` or ~/.local."""
    home = Path(tempfile.mkdtemp(prefix="duheng-tests-"))
    config.stash[HOME] = home
    os.environ["DUHENG_HOME"] = str(home)
    for module in (settings, duheng.settings):
        setattr(module, "DUHENG_HOME", home)  # noqa: B010  (known to neither type)
    if settings.DATABASES["default"]["ENGINE"].endswith("sqlite3"):
        settings.DATABASES["default"]["NAME"] = str(home / "duheng.sqlite3")


def pytest_unconfigure(config: pytest.Config) -> None:
    shutil.rmtree(config.stash.get(HOME, Path("/nonexistent")), ignore_errors=True)


pytest_runtestloop = coverage_gate.pytest_runtestloop
pytest_runtest_protocol = coverage_gate.pytest_runtest_protocol


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files with slow tests come first: the workers end together."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Coverage by package; and, once and loudly, how many tests the missing reference material stopped."""
    skipped = [
        report for report in terminalreporter.getreports("skipped") if NO_SHARED in str(report.longrepr)
    ]
    if skipped:
        text = (
            f"!!! {NO_SHARED}: {len(skipped)} tests did NOT run (DUHENG_REQUIRE_SHARED=1 makes this an error)"
        )
        terminalreporter.write_line(text, red=True, bold=True)
    coverage_gate.pytest_terminal_summary(terminalreporter, config)


@pytest.fixture(scope="session")
def checkout() -> Path:
    """The repository."""
    return CHECKOUT


@pytest.fixture(scope="session")
def shared() -> Path:
    """The reference material beside the checkout; where it is missing: skip, or fail if it is required."""
    if not SHARED.is_dir():
        if os.environ.get("DUHENG_REQUIRE_SHARED") == "1":
            pytest.fail(f"{NO_SHARED} and DUHENG_REQUIRE_SHARED=1", pytrace=False)
        pytest.skip(NO_SHARED)
    return SHARED


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """URL of an empty database on a PostgreSQL server started for this worker, stopped at the end."""
    with postgres.server() as url:
        yield url


@pytest.fixture
def duheng_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty DUHENG_HOME with the embedded database, in the environment of every program the test starts.

    The Django of the test's own process keeps the database pytest-django made for it.
    """
    home = tmp_path / "duheng-home"
    home.mkdir()
    monkeypatch.setenv("DUHENG_HOME", str(home))
    for name in ("DUHENG_DATABASE_URL", "DUHENG_ENV", "DUHENG_SECRET_KEY", "DUHENG_SECRET_KEY_FILE"):
        monkeypatch.delenv(name, raising=False)
    return home
