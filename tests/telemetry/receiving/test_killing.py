"""kill -9 while devices send: whatever was answered is there after the restart, and nothing is torn."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from soak.killing_receivers import Trial


@pytest.mark.slow
def test_twenty_kills_lose_no_answered_frame(tmp_path: Path) -> None:
    trial = Trial(tmp_path, random.Random(5))
    trial.prepare()
    for _ in range(20):
        trial.kill_once()
    answered, lost, damaged, _ = trial.examine()
    assert answered > 20
    assert (lost, damaged) == (0, 0)
