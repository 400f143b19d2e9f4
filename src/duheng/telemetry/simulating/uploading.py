"""Simulated meters before the platform: register, authenticate, upload, back-fill, as messages over HTTPS or MQTT."""

from __future__ import annotations

import asyncio
import http.client
import json
import secrets
import ssl
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from urllib.parse import urlsplit

from duheng.model.errors import DuhengError
from duheng.telemetry.meters import signing
from duheng.telemetry.meters.messages import MOMENT

from .counters import Meter, Reading, readings
from .schedule import EPOCH
from .sending import Pace

BEIJING = timezone(timedelta(hours=8))
_ITEMS = 200  # of one message
_RETRY = 1.0  # [s]
_TRIES = 60
_TIMEOUT = 30.0  # [s]


@dataclass(slots=True)
class Tally:
    """What became of a meter's messages. refused: by the platform's code."""

    messages: int = 0
    values: int = 0
    accepted: int = 0
    refused: dict[str, int] = field(default_factory=dict)


def messages(meter: Meter, first: int, last: int) -> Iterator[tuple[int, dict[str, Any]]]:
    """Moment of sending [s] and message, without the sender."""
    waiting: list[Reading] = []
    for one in readings(meter, first, last):
        new = waiting and (one.sent != waiting[0].sent or len(waiting) >= _ITEMS)
        if new or any(other.moment == one.moment for other in waiting):
            yield waiting[0].sent, _message(waiting)
            waiting = []
        waiting.append(one)
    if waiting:
        yield waiting[0].sent, _message(waiting)


def _message(some: Sequence[Reading]) -> dict[str, Any]:
    kind = "back-fill" if all(one.late for one in some) else "upload"
    meter = some[0].meter
    return {"message": kind, "enterpriseCode": meter.enterprise, "data": [_item(one) for one in some]}


def _item(one: Reading) -> dict[str, Any]:
    meter = one.meter
    return {
        "dataCode": meter.code,
        "dataValue": one.value,
        "reading": "counter" if meter.counter else "interval",
        "unit": "m3" if meter.has("wrong-unit", one.moment) else meter.unit,
        "inputType": 4,
        "statType": 0,
        "statDate": (EPOCH + timedelta(seconds=one.moment)).strftime(MOMENT),
        "uploadDate": (EPOCH + timedelta(seconds=one.sent)).strftime(MOMENT),
        "scope": 1,
        "valid": 0,
    }


@dataclass
class Client:
    """A gateway at the platform's address. code: its invitation."""

    address: str
    meter: Meter
    code: str
    trust: ssl.SSLContext | None = None
    tally: Tally = field(default_factory=Tally)
    device: str = ""
    _secret: str = ""
    _token: str = ""

    async def run(self, pace: Pace) -> None:
        """Register, and hand in what the meter shows until the end."""
        said = await self._ask(
            {"message": "register", "enterpriseCode": self.meter.enterprise, "invitation": self.code}
        )
        if said["responseCode"] != "0":
            raise DuhengError(
                f"{self.address}：{self.meter.title}未能注册（{said['responseMessage']}）。请核对邀请码。"
            )
        self.device, self._secret = said["deviceId"], said["secretKey"]
        if self.meter.has("wrong-secret", pace.first):
            self._secret = "wrong"  # noqa: S105  # that is the fault
        await self._prove()
        for moment, message in messages(self.meter, pace.first, pace.last):
            await pace.until(moment)
            await self._hand_in({"deviceId": self.device, **message})

    async def _hand_in(self, message: dict[str, Any]) -> None:
        said = await self._ask(message)
        if said["responseCode"] == "signature":  # the token has run out
            await self._prove()
            said = await self._ask(message)
        self.tally.messages += 1
        self.tally.values += len(message["data"])
        if said["responseCode"] == "0":
            self.tally.accepted += said["received"]
        else:
            refused = self.tally.refused
            refused[said["responseCode"]] = refused.get(said["responseCode"], 0) + 1

    async def _prove(self) -> None:
        now, nonce = datetime.now(UTC).astimezone(BEIJING).strftime(MOMENT), secrets.token_hex(8)
        signature = signing.signature(self._secret, signing.proof(self.device, now, nonce))
        proof = {"message": "authenticate", "deviceId": self.device, "time": now, "nonce": nonce}
        said = await self._ask(proof | {"signature": signature})
        self._token = said.get("token", "")

    async def _ask(self, message: Mapping[str, Any]) -> dict[str, Any]:
        """The platform's answer; asked again while it cannot be reached or wants it slower."""
        body = json.dumps(message, ensure_ascii=False).encode()
        for _ in range(_TRIES):
            try:
                said = await asyncio.to_thread(_posted, self.address, body, self._token, self.trust)
            except (OSError, http.client.HTTPException):
                await asyncio.sleep(_RETRY)
                continue
            if said["responseCode"] != "rate":
                return said
            await asyncio.sleep(_RETRY)
        raise DuhengError(f"{self.address}：{_TRIES}次都没有应答。请核对地址，看接收是否在运行。")


def _posted(address: str, body: bytes, token: str, trust: ssl.SSLContext | None) -> dict[str, Any]:
    parts = urlsplit(address)
    place, host = parts.path or "/meters/v1", parts.hostname or ""
    if parts.scheme == "https":
        line: http.client.HTTPConnection = http.client.HTTPSConnection(
            host, parts.port, timeout=_TIMEOUT, context=trust or ssl.create_default_context()
        )
    else:
        line = http.client.HTTPConnection(host, parts.port, timeout=_TIMEOUT)
    try:
        line.request(
            "POST", place, body, {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        )
        said: dict[str, Any] = json.loads(line.getresponse().read())
        return said
    finally:
        line.close()


async def upload(clients: Sequence[Client], pace: Pace) -> None:
    """Let all meters hand in. Raises DuhengError where one cannot register."""
    await asyncio.gather(*(client.run(pace) for client in clients))


def signed(meter: Meter, device: str, secret: str, pace: Pace) -> Iterator[tuple[int, bytes]]:
    """Moment of sending [s] and payload for MQTT: the message as text, signed."""
    key = "wrong" if meter.has("wrong-secret", pace.first) else secret
    for moment, message in messages(meter, pace.first, pace.last):
        body = json.dumps({"deviceId": device, **message}, ensure_ascii=False)
        whole = {"deviceId": device, "signature": signing.signature(key, body), "body": body}
        yield moment, json.dumps(whole, ensure_ascii=False).encode()


def publish(payloads: Sequence[tuple[int, str, bytes]], pace: Pace, put: Callable[[str, bytes], None]) -> int:
    """Publish payloads in order of time: moment [s], topic, payload. put: hands one over and waits for the broker."""
    for moment, topic, payload in sorted(payloads, key=lambda one: one[0]):
        if (wait := pace.wait(moment)) > 0:
            time.sleep(wait)
        put(topic, payload)
    return len(payloads)
