"""Values that look random and depend on nothing but a key and the moment: any moment can be asked for at any time."""

from __future__ import annotations

from hashlib import blake2b

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.float64]
Moments = npt.NDArray[np.int64]  # [s] since 1970, Beijing time

HOUR, DAY = 3600, 86_400
_GOLDEN, _FIRST, _SECOND = (
    np.uint64(0x9E3779B97F4A7C15),
    np.uint64(0xBF58476D1CE4E5B9),
    np.uint64(0x94D049BB133111EB),
)


def key(*parts: object) -> int:
    """A number for anything that has a name; 63 bits."""
    return int.from_bytes(blake2b(repr(parts).encode(), digest_size=8).digest(), "big") >> 1


def share(*parts: object) -> float:
    """A number in [0, 1) for anything that has a name."""
    return key(*parts) / 2.0**63


def rough(of: int, places: Moments) -> Numbers:
    """A number in [-1, 1) at each place, independent of its neighbours (the finaliser of SplitMix64)."""
    mixed = (places.astype(np.uint64) + np.uint64(of)) * _GOLDEN
    mixed = (mixed ^ (mixed >> np.uint64(30))) * _FIRST
    mixed = (mixed ^ (mixed >> np.uint64(27))) * _SECOND
    mixed ^= mixed >> np.uint64(31)
    return (mixed >> np.uint64(11)).astype(np.float64) / 2.0**52 - 1.0


def smooth(of: int, moments: Moments, span: int) -> Numbers:
    """A curve in [-1, 1] through random points `span` seconds apart."""
    place = moments // span
    part = (moments - place * span) / span
    part = part * part * (3.0 - 2.0 * part)
    return rough(of, place) * (1.0 - part) + rough(of, place + 1) * part


def wandering(of: int, moments: Moments) -> Numbers:
    """A curve mostly in [-1, 1] that changes from day to day, within hours and within minutes."""
    return (
        0.45 * smooth(of, moments, 2 * DAY)
        + 0.30 * smooth(of + 1, moments, 4 * HOUR)
        + 0.15 * smooth(of + 2, moments, 1200)
        + 0.10 * rough(of + 3, moments)
    )


def daily(moments: Moments, highest: float) -> Numbers:
    """A wave in [-1, 1] a day long. highest: hour of its crest."""
    hours = (moments % DAY) / HOUR
    return np.cos((hours - highest) * (2.0 * np.pi / 24.0))
