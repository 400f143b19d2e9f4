"""Items of stored messages that became no value of a reading, counted by device and item: nothing is lost from sight.

Their bytes stay in the segments; here stands how many there were since the archive began and what the last one said.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

MOST = 200  # different items listed of a device; further ones together
OTHERS = "…"
_LONGEST = 40  # signs of a name or an example


@dataclass
class Unfit:
    """by_device: for each device its items with count and the last value as sent."""

    by_device: dict[str, dict[str, tuple[int, str]]] = field(default_factory=dict)

    def add(self, mn: str, item: str, count: int, said: str) -> None:
        """Count items of a device. item: name as sent (factor-suffix), "" for one without `=`."""
        known = self.by_device.setdefault(mn, {})
        name = item[:_LONGEST]
        if name not in known and len(known) >= MOST:
            name = OTHERS
        before, _ = known.get(name, (0, ""))
        known[name] = (before + count, said[:_LONGEST])

    @property
    def count(self) -> int:
        """All items."""
        return sum(count for items in self.by_device.values() for count, _ in items.values())

    def rows(self) -> Iterator[tuple[str, str, int, str]]:
        """Device, item, count, last value; the most frequent of a device first."""
        for mn, items in sorted(self.by_device.items()):
            for name, (count, said) in sorted(items.items(), key=lambda one: (-one[1][0], one[0])):
                yield mn, name, count, said

    @classmethod
    def read(cls, said: Mapping[str, Mapping[str, tuple[int, str]]]) -> Unfit:
        """Of what `json` gave back. Raises ValueError, TypeError, AttributeError."""
        return cls(
            {
                mn: {name: (int(count), str(last)) for name, (count, last) in items.items()}
                for mn, items in said.items()
            }
        )
