"""The listener for energy meters: JSON over HTTPS, one address to post to; a message is answered once it is durable.

HTTP/1.1 is read by h11; the socket, the limits and the moment of the answer are ours. One request at a time on a
connection: until it is answered nothing more is read from it.
"""

from __future__ import annotations

import asyncio
import ssl
import time
from typing import cast

import h11

from duheng.model.errors import DuhengError

from .. import verdicts
from ..meters.judging import STATUS, Allowance, Judge, Judged, answer
from ..segments import METER
from .service import Service
from .session import Received
from .tcp import Gate

PLACE = b"/meters/v1"
LONGEST = 1_048_576  # of a message [byte]
_HEAD = 16_384  # of a request's head [byte]
_IDLE = 75.0  # [s] without a request
_UNFINISHED = 30.0  # [s] for a request that does not go on
_SLOWEST = 120.0  # [s] for a whole request, however steadily it drips
_PER_SECOND, _BURST = 50.0, 500.0  # requests of a connection
_BACKLOG = 1024


class Connection(asyncio.Protocol):
    """One gateway's connection."""

    def __init__(self, service: Service, gate: Gate, judge: Judge) -> None:
        self._service, self._gate, self._judge = service, gate, judge
        self._transport: asyncio.Transport | None = None
        self._http = h11.Connection(h11.SERVER, max_incomplete_event_size=_HEAD)
        self._request: h11.Request | None = None
        self._body = bytearray()
        self._busy = self._held = self._let_in = self._going = False
        self._begun = 0.0
        self._heard = time.monotonic()
        self._allowance = Allowance(_PER_SECOND, _BURST)
        self._peer = b""
        self._judged: Judged | None = None
        self.address = ""
        self.unsaved = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """A gateway has connected."""
        line = cast(asyncio.Transport, transport)
        host, port = (line.get_extra_info("peername") or ("", 0))[:2]
        self._transport, self.address = line, host
        if refusal := self._gate.refusal(host):
            self._end(refusal)
            return
        self._peer = (f"[{host}]:{port}" if ":" in host else f"{host}:{port}").encode()
        self._gate.enter(host)
        self._let_in = True
        self._service.lines.add(self)
        if self._service.held:
            self.hold(True)

    def data_received(self, data: bytes) -> None:
        """Bytes have come."""
        self._heard = time.monotonic()
        self._begun = self._begun or self._heard
        try:
            self._http.receive_data(data)
            self._go_on()
        except h11.RemoteProtocolError as wrong:
            self._refuse(
                wrong.error_status_hint or 400, verdicts.GARBAGE, f"不是HTTP请求（{wrong}）", data[:4096]
            )

    def eof_received(self) -> bool:
        """The gateway has said all; what it still waits for is answered."""
        return self._busy

    def connection_lost(self, exc: Exception | None) -> None:
        """The gateway has gone, or was sent away."""
        if self._let_in:
            self._let_in = False
            self._gate.leave(self.address)
            self._service.lines.discard(self)
        self._transport = None

    def answer(self, data: bytes) -> None:
        """The message is durable: say what became of it."""
        judged = self._judged
        if judged is not None:
            self._respond(judged.status, judged.reply)

    def hold(self, held: bool) -> None:
        """Stop reading, or read on."""
        self._held = held
        self._read_or_not()

    def tend(self, now: float) -> None:
        """What is due every second: everything that must not last."""
        if self._busy or self._held:
            return
        if self._begun and (now - self._heard > _UNFINISHED or now - self._begun > _SLOWEST):
            self._end("unfinished")
        elif now - self._heard > _IDLE:
            self._end("idle")

    def leave(self) -> None:
        """End it once its answers are out: the receiver stops."""
        if self._transport is not None:
            self._transport.close()

    def _go_on(self) -> None:
        if self._going:  # answered at once, within the loop below, which goes on by itself
            return
        self._going = True
        try:
            while not self._busy and self._transport is not None:
                event = self._http.next_event()
                if event is h11.NEED_DATA or event is h11.PAUSED or isinstance(event, h11.ConnectionClosed):
                    break
                self._hear(event)
            if self._http.their_state is h11.CLOSED and not self._busy:
                self.leave()
        finally:
            self._going = False

    def _hear(self, event: object) -> None:
        if isinstance(event, h11.Request):
            self._request, self._body = event, bytearray()
            if self._http.they_are_waiting_for_100_continue:
                self._write(self._http.send(h11.InformationalResponse(status_code=100, headers=[])) or b"")
        elif isinstance(event, h11.Data):
            self._body += event.data
            if len(self._body) > LONGEST:
                said = f"一条报文不超过{LONGEST}字节，请分成几条"
                self._refuse(413, verdicts.TOO_LONG, said, bytes(self._body[:4096]))
        elif isinstance(event, h11.EndOfMessage):
            self._whole()

    def _whole(self) -> None:
        """A whole request is there."""
        request, body = self._request, bytes(self._body)
        assert request is not None
        self._begun = 0.0
        if request.target.partition(b"?")[0] != PLACE:
            self._refuse(404, verdicts.MESSAGE, "没有这个地址，应为/meters/v1", body[:4096])
        elif request.method != b"POST":
            self._refuse(405, verdicts.MESSAGE, "应为POST", body[:4096])
        elif not self._allowance.take(time.monotonic()):
            self._refuse(STATUS[verdicts.RATE], verdicts.RATE, "请求过多，请放慢后重传", b"", keep=True)
        else:
            self._judge_it(body, _token(request))

    def _judge_it(self, body: bytes, token: str) -> None:
        self._judged = judged = self._judge.judge(body, token, self.address)
        self._busy = True
        self._read_or_not()
        # What is refused need not be durable to be said; what is stored is answered by `answer`.
        reply = judged.reply if judged.stored else None
        self._service.take(self, self._peer, [Received(METER, judged.verdict, body, answer=reply)])
        if not judged.stored:
            self._respond(judged.status, judged.reply)

    def _refuse(self, status: int, verdict: int, said: str, body: bytes, keep: bool = False) -> None:
        """A request that is none: counted, kept as far as limits allow, answered, and mostly the end of the line."""
        self._service.take(self, self._peer, [Received(METER, verdict, body)])
        self._respond(status, answer(verdicts.verdict(verdict).name, said), last=not keep)

    def _respond(self, status: int, body: bytes, last: bool = False) -> None:
        self._judged = None
        if self._transport is None:
            return
        headers = [
            ("content-type", "application/json; charset=utf-8"),
            ("content-length", str(len(body))),
            ("cache-control", "no-store"),
            *([("connection", "close")] if last else []),
            *([("retry-after", "5")] if status == STATUS[verdicts.RATE] else []),
        ]
        if self._http.our_state in (h11.IDLE, h11.SEND_RESPONSE):
            parts = [
                h11.Response(status_code=status, headers=headers),
                h11.Data(data=body),
                h11.EndOfMessage(),
            ]
            self._write(b"".join(self._http.send(part) or b"" for part in parts))
        self._busy = False
        if self._http.our_state is h11.DONE and self._http.their_state is h11.DONE:
            self._http.start_next_cycle()
            self._read_or_not()
            self._further()
        else:
            self.leave()

    def _further(self) -> None:
        """What came while the last request was being answered."""
        try:
            self._go_on()
        except h11.RemoteProtocolError as wrong:
            self._refuse(wrong.error_status_hint or 400, verdicts.GARBAGE, f"不是HTTP请求（{wrong}）", b"")

    def _write(self, data: bytes) -> None:
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(data)

    def _read_or_not(self) -> None:
        if self._transport is None or self._transport.is_closing():
            return
        if self._held or self._busy:
            self._transport.pause_reading()
        else:
            self._transport.resume_reading()

    def _end(self, reason: str) -> None:
        self._service.closed(reason)
        if self._transport is not None:
            self._transport.abort()


def _token(request: h11.Request) -> str:
    for name, value in request.headers:
        if name == b"authorization":
            kind, _, token = value.decode("latin-1").partition(" ")
            return token.strip() if kind.lower() == "bearer" else ""
    return ""


def check_secrecy(host: str, tls: ssl.SSLContext | None) -> None:
    """Secrets go over this line: without TLS only to the machine itself. Raises DuhengError."""
    if tls is None and host not in ("127.0.0.1", "::1", "localhost"):
        raise DuhengError(
            f"--http在{host}上没有加密，而报文含有密钥。请用--certificate和--key给出证书，"
            "或以--host 127.0.0.1放在反向代理之后。"
        )


async def listen(
    service: Service, place: tuple[str, int], gate: Gate, judge: Judge, tls: ssl.SSLContext | None = None
) -> asyncio.Server:
    """Take meter messages in at (host, port). Raises DuhengError, OSError where the port is taken."""
    host, port = place
    check_secrecy(host, tls)
    return await asyncio.get_running_loop().create_server(
        lambda: Connection(service, gate, judge), host, port, ssl=tls, backlog=_BACKLOG, reuse_address=True
    )
