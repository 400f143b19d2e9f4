"""The listener for HJ 212 over TCP or TLS."""

from __future__ import annotations

import asyncio
import ssl
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import cast

from ..devices import Network, within
from .limits import Limits
from .service import Service
from .session import Session

_BACKLOG = 4096  # everybody comes back at once after a failure of the carrier
_OUT = 65_536  # of answers a device has not taken [byte]


@dataclass(slots=True)
class Gate:
    """Who may connect. allowed: networks, none for everybody; addresses: connections by address."""

    allowed: Sequence[Network]
    limits: Limits
    addresses: dict[str, int] = field(default_factory=dict)
    total: int = 0

    def refusal(self, address: str) -> str:
        """Why this address may not connect now, empty where it may."""
        if self.allowed and not within(self.allowed, address):
            return "network"
        if self.total >= self.limits.connections:
            return "connections"
        return "per_address" if self.addresses.get(address, 0) >= self.limits.per_address else ""

    def enter(self, address: str) -> None:
        """One more."""
        self.total += 1
        self.addresses[address] = self.addresses.get(address, 0) + 1

    def leave(self, address: str) -> None:
        """One less."""
        self.total -= 1
        self.addresses[address] -= 1
        if not self.addresses[address]:
            del self.addresses[address]


class Connection(asyncio.Protocol):
    """One device's line."""

    __slots__ = (
        "_allowance",
        "_first",
        "_gate",
        "_heard",
        "_held",
        "_let_in",
        "_peer",
        "_reading",
        "_service",
        "_session",
        "_since",
        "_since_deaf",
        "_throttled",
        "_transport",
        "address",
        "unsaved",
    )

    def __init__(self, service: Service, gate: Gate) -> None:
        self._service, self._gate = service, gate
        self._transport: asyncio.Transport | None = None
        self._session: Session | None = None
        self._held = self._throttled = self._let_in = self._first = False
        self._reading = True
        self._since_deaf = 0.0
        self._since = self._heard = time.monotonic()
        self._allowance = service.limits.burst
        self._peer = b""
        self.address = ""
        self.unsaved = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """A device has connected."""
        line = cast(asyncio.Transport, transport)  # that of uvloop says nothing of its class
        host, port = (line.get_extra_info("peername") or ("", 0))[:2]
        self._transport, self.address = line, host
        if refusal := self._gate.refusal(host):
            self._end(refusal)
            return
        self._peer = (f"[{host}]:{port}" if ":" in host else f"{host}:{port}").encode()
        self._gate.enter(host)
        self._let_in = True
        self._session = Session(self._service.admission, host)
        self._service.lines.add(self)
        line.set_write_buffer_limits(high=_OUT)
        if self._service.held:
            self.hold(True)

    def data_received(self, data: bytes) -> None:
        """Bytes have come."""
        session, service = self._session, self._service
        if session is None:
            return
        self._heard = time.monotonic()
        self._allowance -= len(data)
        pieces = session.feed(data)
        if pieces:
            service.take(self, self._peer, pieces)
            self._first = self._first or any(piece.stored for piece in pieces)
            if session.bad > service.limits.bad:
                self._end("bad")
            elif session.refused > service.limits.refused:
                self._end("refused")
        if self._allowance < 0 and not self._throttled:
            self._throttled = True
            self._read_or_not()

    def connection_lost(self, exc: Exception | None) -> None:
        """The device has gone, or was sent away."""
        if not self._let_in:
            return
        self._let_in = False
        self._gate.leave(self.address)
        self._service.lines.discard(self)
        if self._session is not None and (pieces := self._session.silent()):
            self._service.take(self, self._peer, pieces)
        self._session = self._transport = None

    def pause_writing(self) -> None:
        """The device does not take its answers: nothing more is read from it either."""
        self._since_deaf = time.monotonic()
        self._read_or_not()

    def resume_writing(self) -> None:
        """It takes them again."""
        self._since_deaf = 0.0
        self._read_or_not()

    def answer(self, data: bytes) -> None:
        """Send this, unless the device has gone."""
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(data)

    def hold(self, held: bool) -> None:
        """Stop reading, or read on."""
        if held != self._held:
            self._held = held
            self._read_or_not()

    def tend(self, now: float) -> None:
        """What is due every second: the pace, and everything that must not last."""
        limits, session = self._service.limits, self._session
        if session is None:
            return
        self._allowance = min(limits.burst, self._allowance + limits.rate)
        if self._throttled and self._allowance > 0:
            self._throttled = False
            self._read_or_not()
        if self._since_deaf and now - self._since_deaf > limits.deaf:
            self._end("deaf")
        if not self._reading:  # it may well have said something
            return
        quiet = now - self._heard
        if session.waiting and quiet > limits.unfinished:
            self._service.take(self, self._peer, session.silent())
        spoken = self._heard > self._since
        if not self._first and now - self._since > (limits.first_frame if spoken else limits.silent):
            self._end("first_frame" if spoken else "silent")
        elif quiet > limits.idle:
            self._end("idle")

    def leave(self) -> None:
        """End it once its answers are out: the receiver stops."""
        if self._transport is not None:
            self._transport.close()

    def _read_or_not(self) -> None:
        wanted = not (self._held or self._throttled or self._since_deaf)
        if self._transport is None or self._transport.is_closing() or wanted == self._reading:
            return
        self._reading = wanted
        if wanted:
            # While nobody listened it could not be heard: all its times begin anew.
            self._since = self._heard = time.monotonic()
            self._transport.resume_reading()
        else:
            self._transport.pause_reading()

    def _end(self, reason: str) -> None:
        """Send the device away; what it has not taken is not waited for."""
        self._service.closed(reason)
        if self._transport is not None:
            self._transport.abort()


async def listen(
    service: Service, place: tuple[str, int], gate: Gate, tls: ssl.SSLContext | None = None
) -> asyncio.Server:
    """Take HJ 212 in at (host, port). Raises OSError where that is taken."""
    loop = asyncio.get_running_loop()
    host, port = place
    return await loop.create_server(
        lambda: Connection(service, gate), host, port, ssl=tls, backlog=_BACKLOG, reuse_address=True
    )
