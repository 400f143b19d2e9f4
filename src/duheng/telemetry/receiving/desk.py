"""The platform's requests put to the devices whose lines this process holds: one at a time for each device."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from .. import devices, requests
from ..hj212.dialogue import DONE, FAILED, FINAL, QUEUED, Dialogue, Timing, edition, orders, troubles
from ..hj212.segment import decoded, parse
from ..requests import Request
from .admission import BEIJING
from .service import Line, Service
from .session import Received

PATIENCE = 86_400.0  # [s] for a device to connect
_COOL = 600.0  # [s] between two clock settings that a device asks for
_CLOCK, _ASKS_CLOCK, _PASSWORD = "1012", b"1013", "1072"


@dataclass(slots=True)
class Asked:
    """A request and its dialogue. id: of its file, empty where nobody wrote one. since: by the desk's clock."""

    id: str
    request: Request
    since: float
    dialogue: Dialogue | None = None
    shown: str = QUEUED
    at: float = field(default_factory=time.time)


@dataclass(slots=True)
class Held:
    """A device that has spoken. line: the one it spoke on last; version: of its frames, as Segment.version."""

    line: Line
    version: int
    st: str
    clock_set: float = -_COOL
    asked: deque[Asked] = field(default_factory=deque)


class Desk:
    """A listener of the service; `tend` is called every second."""

    def __init__(
        self, service: Service, timing: Timing | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._service, self._timing, self._clock = service, timing or Timing(), clock
        self._held: dict[bytes, Held] = {}
        self._open: dict[bytes, Asked] = {}
        self._files: dict[str, Asked] = {}
        self._unconnected: dict[bytes, deque[Asked]] = {}
        self._ended: deque[tuple[str, dict[str, Any]]] = deque()

    def heard(self, line: Line, piece: Received) -> None:
        """A stored frame: its line is now the device's; it may answer what was asked."""
        header = piece.header
        if header is None:
            return
        held = self._held.get(header.mn)
        if held is None:
            held = self._first_contact(header.mn, Held(line, header.flags >> 2, header.st.decode("latin-1")))
        elif held.line is not line:
            held.line = line  # the newest line wins; an old one may be half open
        if header.cn == _ASKS_CLOCK and self._clock() - held.clock_set > _COOL:
            held.clock_set = self._clock()
            held.asked.append(self._own(header.mn, _CLOCK, "现场机请求校时"))
        asked = self._open.get(header.mn)
        if asked is not None and asked.dialogue is not None:
            segment = piece.payload.lstrip(b"#0123456789")  # not every device sends four digits of length
            asked.dialogue.heard(parse(decoded(segment)[0]), self._clock())

    def tend(self) -> None:
        """Take up new files, begin, repeat, end. Raises OSError, DuhengError: what was to be done comes next time."""
        now = self._clock()
        while self._ended:
            requests.answer(self._service.home, *self._ended[0], ended=True)
            self._files.pop(self._ended.popleft()[0], None)
        self._take_up(now)
        for mn, held in self._held.items():
            if held.asked and mn not in self._open and held.line in self._service.lines:
                self._begin(mn, held, held.asked[0], now)
                held.asked.popleft()
        for mn, asked in list(self._open.items()):
            self._go_on(mn, asked, now)
        for mn, queue in list(self._unconnected.items()):
            while queue and now - queue[0].since > PATIENCE:
                self._end(queue.popleft(), FAILED, "not_connected")
            if not queue:
                del self._unconnected[mn]

    def _first_contact(self, mn: bytes, held: Held) -> Held:
        self._held[mn] = held
        sender = self._service.admission.senders.get(mn)
        contact = sender.device.contact.split() if sender else []
        held.asked.extend(self._own(mn, code, "首次连接") for code in contact)
        held.asked.extend(self._unconnected.pop(mn, ()))
        return held

    def _own(self, mn: bytes, code: str, why: str) -> Asked:
        values = {"SystemTime": "now"} if code == _CLOCK else {}
        return Asked("", Request(mn.decode("latin-1"), code, values, "duheng", why), self._clock())

    def _take_up(self, now: float) -> None:
        for id, path in requests.waiting(self._service.home).items():
            if id in self._files:
                continue
            try:
                request = requests.read(path)
            except (OSError, ValueError) as trouble:
                asked = self._files[id] = Asked(id, Request("", ""), now)
                self._end(asked, FAILED, f"unreadable: {trouble}")
                continue
            asked = self._files[id] = Asked(id, request, now)
            mn = request.mn.encode()
            if requests.result(self._service.home, id) is not None:
                self._end(
                    asked, FAILED, "interrupted"
                )  # by a stop in between: nobody knows what the device did
                continue
            wrong = troubles(request.code, request.values)
            if wrong or mn not in self._service.admission.senders:
                self._end(asked, FAILED, "；".join(wrong) or "unknown_mn")
            elif held := self._held.get(mn):
                held.asked.append(asked)
            else:
                self._unconnected.setdefault(mn, deque()).append(asked)

    def _begin(self, mn: bytes, held: Held, asked: Asked, now: float) -> None:
        sender = self._service.admission.senders.get(mn)
        if sender is None:
            self._end(asked, FAILED, "unknown_mn")
            return
        if wrong := troubles(asked.request.code, asked.request.values, held.version):
            self._end(asked, FAILED, f"该设备的报文为{edition(held.version)}版：" + "；".join(wrong))
            return
        here = datetime.now(BEIJING)
        values = {
            name: f"{here:%Y%m%d%H%M%S}" if value == "now" else value
            for name, value in asked.request.values.items()
        }
        password = "" if sender.device.password == devices.ANY else sender.device.password
        number = f"{here:%Y%m%d%H%M%S}{here.microsecond // 1000:03d}"
        header = {"QN": number, "ST": sender.device.st or held.st, "PW": password, "MN": asked.request.mn}
        asked.dialogue = Dialogue(asked.request.code, values, header, held.version, self._timing)
        if asked.request.code == _PASSWORD:
            self._passwords(asked, former=values[requests.SECRET])
        self._show(asked)  # first: after a crash in between nothing is sent twice
        self._open[mn] = asked
        held.line.answer(asked.dialogue.send(now))

    def _go_on(self, mn: bytes, asked: Asked, now: float) -> None:
        dialogue = asked.dialogue
        assert dialogue is not None
        again = dialogue.due(now)
        if again is not None:
            self._held[mn].line.answer(again)
        if dialogue.state in FINAL:
            if asked.request.code == _PASSWORD:
                done = dialogue.state == DONE
                self._passwords(asked, former="", new=dialogue.values[requests.SECRET] if done else "")
            del self._open[mn]
            self._end(asked, dialogue.state, dialogue.reason)
        elif dialogue.state != asked.shown:
            self._show(asked)

    def _passwords(self, asked: Asked, former: str, new: str = "") -> None:
        """Both passwords are believed until the device has said which one it uses."""
        device = self._service.devices.by_mn[asked.request.mn]
        changed = replace(device, former=former, password=new or device.password)
        devices.add(self._service.home, changed)
        self._service.renew()

    def _end(self, asked: Asked, state: str, reason: str) -> None:
        said = self._said(asked) | {"state": state, "reason": reason, "ended": time.time()}
        if asked.id:
            self._ended.append((asked.id, said))
        self._service.note({"event": "request", **said})

    def _show(self, asked: Asked) -> None:
        assert asked.dialogue is not None
        asked.shown = asked.dialogue.state
        if asked.id:
            requests.answer(self._service.home, asked.id, self._said(asked), ended=False)

    def _said(self, asked: Asked) -> dict[str, Any]:
        request, dialogue = asked.request, asked.dialogue
        year = edition(dialogue.version) if dialogue is not None else "2017"
        order = orders(year).get(request.code)
        said: dict[str, Any] = {
            "mn": request.mn, "code": request.code, "title": order.title if order else "", "values": request.shown,
            "who": request.who, "why": request.why, "since": asked.at, "state": asked.shown,
        }  # fmt: skip
        if dialogue is not None:
            said |= {
                "edition": year, "qn": dialogue.header["QN"], "sends": dialogue.sends, "frames": dialogue.frames,
                **dialogue.said, "found": dialogue.found,
            }  # fmt: skip
        return said
