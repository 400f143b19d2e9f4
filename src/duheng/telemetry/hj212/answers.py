"""What the platform answers to a frame from the field, as each edition orders (HJ 212-2017 6.6, annex C)."""

from __future__ import annotations

from . import codes
from .encoding import frame
from .segment import Segment

SYSTEM = "91"  # ST of every answer
DATA, NOTICE, RESULT = "9014", "9013", "9012"


def answer(asked: Segment) -> bytes | None:
    """The frame that acknowledges this one, None where none is due.

    An upload is acknowledged by 9014 where it asks for it (Flag bit A), a notification by 9013 always. Of 2005 the
    result of a request is acknowledged too where it asks. The answer repeats QN, PW and MN of what it answers.
    """
    code, wanted = asked.header.get("CN", ""), bool((asked.flag or 0) & 1)
    command = codes.commands().get((code, True))
    kind = command.kind if command else codes.UPLOAD
    if kind == codes.NOTIFY:
        return _answer(asked, NOTICE)
    if not wanted or (kind == codes.INTERACT and (code != RESULT or asked.version > 0)):
        return None
    return _answer(asked, DATA)


def _answer(asked: Segment, code: str) -> bytes:
    header = {"QN": "", "ST": SYSTEM, "CN": code, "PW": "", "MN": "", "Flag": str(asked.version << 2)}
    same = {name: asked.header[name] for name in ("QN", "PW", "MN") if name in asked.header}
    if asked.version > 0:
        return frame({name: value for name, value in (header | same).items() if value})
    # HJ/T 212-2005 says in CP which frame is meant.
    what = [(name, asked.header[name]) for name in ("QN", "CN", "PNO", "PNUM") if name in asked.header]
    return frame({"ST": SYSTEM, "CN": code}, [[pair] for pair in what])
