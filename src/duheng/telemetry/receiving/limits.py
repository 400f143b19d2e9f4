"""What one sender may take of the receiver: none can hold up the others, whatever it sends."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of the receiver. Times in [s], sizes in [byte]."""

    # From connecting to the first byte: who reports every ten minutes may have nothing to send yet.
    silent: float = 660.0
    first_frame: float = 30.0  # from connecting to the first frame that is stored, where there are bytes
    idle: float = 3900.0  # without any byte; devices report every hour at the latest
    unfinished: float = 30.0  # a frame that does not go on
    deaf: float = 60.0  # a device that does not take its answers
    packets: float = 60.0  # for the rest of a message in packets
    bad: int = 65_536  # of fragments on one connection
    refused: int = 200  # frames refused in a row on one connection
    connections: int = 100_000
    per_address: int = 20_000
    rate: int = 1_048_576  # a connection may send each second, in the mean
    burst: int = 8_388_608
    unsaved: int = 262_144  # of one connection, not yet durable
    queue: int = 8_388_608  # of all connections, not yet durable
    kept: int = 4_194_304  # of refused bytes each hour from one address; more is only counted
    kept_in_all: int = 268_435_456


@dataclass(slots=True)
class RefusedBytes:
    """How much of what is refused is kept verbatim; the rest is counted by its verdict."""

    limits: Limits
    hour: int = 0
    total: int = 0
    by_address: dict[str, int] = field(default_factory=dict)
    unkept: dict[int, list[int]] = field(default_factory=dict)

    def keep(self, address: str, verdict: int, size: int, now: float) -> bool:
        """Whether these bytes may be kept; counted in `unkept` (frames, bytes) where not."""
        if (hour := int(now // 3600)) != self.hour:
            self.hour, self.total = hour, 0
            self.by_address.clear()
        used = self.by_address.get(address, 0) + size
        if used > self.limits.kept or self.total + size > self.limits.kept_in_all:
            count = self.unkept.setdefault(verdict, [0, 0])
            count[0] += 1
            count[1] += size
            return False
        self.by_address[address] = used
        self.total += size
        return True
