"""kill -9 on `duheng receive` hundreds of times: no answered frame lost, nothing torn."""

from __future__ import annotations

import random
import tempfile
from pathlib import Path

from bench.figures import Figure
from soak.killing_receivers import Trial

KILLS = 200


def main() -> list[Figure]:
    """One home, eight devices that send without pause, KILLS kills at random moments."""
    with tempfile.TemporaryDirectory(prefix="duheng-receive-") as folder:
        trial = Trial(Path(folder), random.Random(212))
        trial.prepare()
        for _ in range(KILLS):
            trial.kill_once()
        answered, lost, damaged, repeated = trial.examine()
    name = f"duheng receive, {trial.kills} x kill -9 under load"
    return [
        Figure(f"{name}: frames answered", answered, "frames", bound="> 0", holds=answered > 0),
        Figure(f"{name}: answered and lost", lost, "frames", bound="0", holds=lost == 0),
        Figure(f"{name}: damaged records", damaged, "records", bound="0", holds=damaged == 0),
        Figure(f"{name}: sent again after a kill, stored, not yet answered", repeated, "frames"),
    ]
