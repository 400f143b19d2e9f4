"""Trying damaged input: each case ends with a result or with an error of ours in words; anything else is a defect."""

from __future__ import annotations

import faulthandler
import re
import sys
import threading
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from bench.figures import Figure
from duheng.model.errors import DuhengError

LONGEST_CASE = 60.0  # seconds; beyond them the run ends with the case and the place where it stood
_CHINESE = re.compile(r"[\u4e00-\u9fff]")


class Defect(AssertionError):
    """What a case shows that must not be."""


@dataclass
class Fuzz:
    """The cases tried so far: how many were accepted and refused, and the defects, each with its case."""

    what: str
    accepted: int = 0
    refused: int = 0
    slowest: tuple[float, str] = (0.0, "")
    defects: list[str] = field(default_factory=list)

    def tried(self, case: str, work: Callable[[], bool]) -> None:
        """Run one case; `work` says whether the input was accepted. A DuhengError in Chinese is a refusal."""
        at = time.monotonic()
        told = threading.Timer(
            LONGEST_CASE * 0.9, print, (f"stands still: {self.what}, {case}",), {"file": sys.stderr}
        )
        told.start()
        faulthandler.dump_traceback_later(LONGEST_CASE, exit=True, file=2)
        try:
            accepted = work()
        except DuhengError as said:
            accepted = False
            if not _CHINESE.search(str(said)):
                self._note(case, said)
        except (KeyboardInterrupt, SystemExit):
            raise
        except BaseException as wrong:  # noqa: BLE001  a panic of a Rust library is no Exception
            accepted = False
            self._note(case, wrong)
        finally:
            faulthandler.cancel_dump_traceback_later()
            told.cancel()
        self.accepted += accepted
        self.refused += not accepted
        self.slowest = max(self.slowest, (time.monotonic() - at, case))

    def _note(self, case: str, wrong: BaseException) -> None:
        where = "".join(
            f"\n  {one.filename}:{one.lineno} {one.name}"
            for one in traceback.extract_tb(wrong.__traceback__)[-4:]
        )
        self.defects.append(f"{case}: {type(wrong).__name__}: {str(wrong)[:500]}{where}")

    def figures(self) -> list[Figure]:
        """Defects, which must be none, and the slowest case. The defects themselves are printed."""
        for defect in self.defects:
            print(defect)
        count = self.accepted + self.refused
        told = f"{self.what}: {count:,} damaged inputs ({self.refused:,} refused in words)"
        took, case = self.slowest
        return [
            Figure(
                f"{told}: crashes and broken promises",
                len(self.defects),
                "",
                bound="0",
                holds=not self.defects,
            ),
            Figure(f"{self.what}: slowest of them ({case.partition(':')[0]})", took, "s"),
        ]


def peak_memory() -> float:
    """The most memory this process has held [MB]."""
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM")) / 1024
