"""Each of the four inner packages is covered on its own, by its own tests: a well-tested one hides no neglected one.

pytest-cov itself knows one total only. This runs after it has combined what the workers measured, and before
pytest's summary, so that the summary stays the last line.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Generator
from pathlib import Path

import pytest
from coverage import Coverage

PACKAGES = ("model", "engine", "ledger", "rules")
CHECKOUT = Path(__file__).resolve().parent.parent
OWN = tuple(f"{CHECKOUT / 'tests' / name}/" for name in PACKAGES)
SHARES = pytest.StashKey[dict[str, float]]()


def required() -> float:
    """Percent asked for, from [tool.coverage.report] in pyproject.toml."""
    return float(Coverage(config_file=str(CHECKOUT / "pyproject.toml")).get_option("report:fail_under") or 0)  # type: ignore[arg-type]


def shares() -> dict[str, float]:
    """Percent of the lines that ran, by package, from the combined measurement; 0 for one nobody imported."""
    measured = Coverage(config_file=str(CHECKOUT / "pyproject.toml"))
    measured.load()
    counts = {name: [0, 0] for name in PACKAGES}
    for file in measured.get_data().measured_files():
        for name in PACKAGES:
            if f"/src/duheng/{name}/" in file and "/migrations/" not in file:
                _, lines, _, missed, _ = measured.analysis2(file)
                counts[name][0] += len(lines)
                counts[name][1] += len(lines) - len(missed)
    return {name: 100 * ran / lines if lines else 0.0 for name, (lines, ran) in counts.items()}


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Measure the packages while their own tests run only: measuring doubles the time of all others.

    Not by the marker of pytest-cov: in a worker of xdist it has begun to measure twice, and pauses one of the two.
    """
    if str(item.path).startswith(OWN) and not item.get_closest_marker("unmeasured"):
        return (yield)
    measuring, of_threads = sys.gettrace(), threading.gettrace()
    sys.settrace(None)
    threading.settrace(None)
    try:
        return (yield)
    finally:
        sys.settrace(measuring)
        threading.settrace(of_threads)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> Generator[None, object, object]:
    """Fail the run when one of the packages is covered less than asked."""
    result = yield
    config = session.config
    measuring = getattr(config.option, "cov_source", None) and not config.option.no_cov
    if measuring and not hasattr(config, "workerinput"):
        config.stash[SHARES] = shares()
        if any(share < required() for share in config.stash[SHARES].values()):
            session.testsfailed += 1
    return result


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Name each package with its share."""
    for name, share in config.stash.get(SHARES, {}).items():
        enough = share >= required()
        verdict = "" if enough else f"  BELOW {required():.0f} %"
        terminalreporter.write_line(
            f"coverage of duheng.{name}: {share:.1f} %{verdict}", green=enough, red=not enough
        )
