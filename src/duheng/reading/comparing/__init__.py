"""Two plans side by side: the same indicator under other wording, stricter or looser, and what only one of them has."""

from duheng.reading.comparing.comparison import Comparison, compare
from duheng.reading.comparing.judging import Verdict
from duheng.reading.comparing.pairing import Candidates, Match
from duheng.reading.comparing.sides import Entry, Side, side_of_plan, side_of_reading

__all__ = [
    "Candidates", "Comparison", "Entry", "Match", "Side", "Verdict", "compare", "side_of_plan", "side_of_reading",
]  # fmt: skip
