"""Which rule of the check sum explains what a device sends; an administrator decides whether to allow it."""

from __future__ import annotations

from collections import Counter, defaultdict
from pathlib import Path

from . import verdicts
from .devices import CRC_RULES
from .hj212 import crc
from .hj212.framing import Frame, pieces
from .receipts import mn_of_frame
from .segments import FRAME, names
from .segments.reading import records

ENOUGH = 20  # frames that agree
_LOOKED_AT = 20  # newest segments


def crc_rules(home: Path) -> dict[str, tuple[str, int]]:
    """For each MN whose refused frames all follow one known rule: the rule and their number.

    A rule that one frame contradicts is not suggested: those are errors of the line.
    """
    folder = home / "telemetry" / "segments"
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for name in names(folder)[-_LOOKED_AT:]:
        for record in records(folder, name):
            if record.kind == FRAME and record.verdict == verdicts.CRC:
                found[mn_of_frame(record.payload)][_rule(record.payload)] += 1
    suggested = {}
    for mn, rules in sorted(found.items()):
        ((rule, count), *others) = rules.most_common()
        if mn and count >= ENOUGH and not others and rule in CRC_RULES:
            suggested[mn] = (rule, count)
    return suggested


def _rule(payload: bytes) -> str:
    for piece in pieces(payload):
        if isinstance(piece, Frame):
            rule = crc.dialect(piece.segment, piece.digits.decode("latin-1").zfill(4))
            return "lower" if rule == "hj212" else rule
    return "none"
