"""Meters by MQTT: we are a client of a broker; a message is acknowledged to it once it is durable here.

A payload is {"deviceId", "signature", "body"}: the body is a message as over HTTPS, as text, signed with the gateway's
secret. The session is lasting: what the broker could not hand
over while we were away, or saw unacknowledged, comes again.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion

from duheng.model.errors import DuhengError

from .. import certificates, verdicts
from ..meters.judging import Judge
from ..segments import MQTT
from .service import Service
from .session import Received

PASSWORD_FILE = "DUHENG_MQTT_PASSWORD_FILE"  # noqa: S105  # the name of a variable
LONGEST = 1_048_576  # of a payload [byte]
_KEEPALIVE = 60  # [s]
_PORTS = {"mqtt": 1883, "mqtts": 8883}


@dataclass(frozen=True, slots=True)
class Broker:
    """Where meters are read from. topic: what is subscribed to, `+` and `#` allowed. ca: of its certificate."""

    host: str
    port: int
    topic: str
    user: str = ""
    password: str = ""
    tls: bool = True
    ca: Path | None = None
    client: str = "duheng"  # the session's name at the broker: one receiver of that name at a time


def broker(text: str, ca: Path | None = None) -> Broker:
    """mqtts://[user@]host[:port]/topic; the password stands in the file named by PASSWORD_FILE. Raises DuhengError."""
    try:
        parts = urlsplit(text)
        port = parts.port or _PORTS[parts.scheme]
    except (ValueError, KeyError):
        raise _unreadable(text) from None
    topic = unquote(parts.path.lstrip("/")) + (f"#{parts.fragment}" if text.rstrip().endswith("#") else "")
    if not parts.hostname or not topic:
        raise _unreadable(text)
    if parts.password:
        raise DuhengError(f"--mqtt：不要把密码写在命令行里。请写入文件，并用环境变量{PASSWORD_FILE}指明。")
    tls = parts.scheme == "mqtts"
    if parts.username and not tls and parts.hostname not in ("127.0.0.1", "::1", "localhost"):
        raise DuhengError("--mqtt：mqtt://不加密，密码会泄露。请用mqtts://。")
    return Broker(parts.hostname, port, topic, unquote(parts.username or ""), _password(), tls, ca)


def _unreadable(text: str) -> DuhengError:
    return DuhengError(f"--mqtt {text}：应如mqtts://用户@主机:8883/duheng/meters/#。")


def _password() -> str:
    file = os.environ.get(PASSWORD_FILE, "")
    return Path(file).read_text(encoding="utf-8").strip() if file else ""


class _Delivery:
    """A message that waits to be durable: the service's idea of a line, one for each message."""

    def __init__(self, source: Source, message: paho.MQTTMessage) -> None:
        self._source, self._message = source, message
        self.address = "mqtt"
        self.unsaved = 0

    def answer(self, data: bytes) -> None:
        """It is durable: the broker may forget it."""
        self._source.acknowledge(self._message)

    def hold(self, held: bool) -> None:
        """The broker hands over a few messages at a time and waits for them by itself."""

    def tend(self, now: float) -> None:
        """Nothing is due."""

    def leave(self) -> None:
        """The source ends as a whole."""


class Source:
    """The client. It connects by itself again and again; what is wrong is said once on standard error."""

    def __init__(self, service: Service, judge: Judge, broker: Broker) -> None:
        self._service, self._judge, self._broker = service, judge, broker
        self._loop = asyncio.get_running_loop()
        self._said = ""
        self.connected = False
        self._client = paho.Client(
            CallbackAPIVersion.VERSION2, client_id=broker.client, clean_session=False, manual_ack=True
        )
        if broker.user:
            self._client.username_pw_set(broker.user, broker.password or None)
        if broker.tls:
            self._client.tls_set_context(certificates.trusting("--mqtt-ca", broker.ca))
        self._client.on_connect = self._on_connect
        self._client.on_connect_fail = lambda *_: self._say("连接不上，稍后再试")
        self._client.on_disconnect = self._on_disconnect
        self._client.on_message = lambda _client, _data, message: self._from_thread(message)
        self._client.reconnect_delay_set(1, 60)
        self._client.connect_async(broker.host, broker.port, keepalive=_KEEPALIVE)
        self._client.loop_start()

    def acknowledge(self, message: paho.MQTTMessage) -> None:
        """Tell the broker that it may forget a message."""
        self._client.ack(message.mid, message.qos)

    def close(self) -> None:
        """Leave the broker; it keeps what comes meanwhile."""
        self._client.disconnect()
        self._client.loop_stop()

    def _on_connect(
        self, client: paho.Client, _data: Any, _flags: Any, reason: Any, _properties: Any
    ) -> None:
        if reason.is_failure:
            self._say(f"被拒绝（{reason}），请核对用户和密码")
            return
        self.connected, self._said = True, ""
        client.subscribe(self._broker.topic, qos=1)

    def _on_disconnect(
        self, _client: paho.Client, _data: Any, _flags: Any, reason: Any, _properties: Any
    ) -> None:
        self.connected = False
        if reason.is_failure:
            self._say(f"连接中断（{reason}），自动重连")

    def _say(self, what: str) -> None:
        if what != self._said:
            self._said = what
            print(f"MQTT {self._broker.host}:{self._broker.port}：{what}。", file=sys.stderr, flush=True)

    def _from_thread(self, message: paho.MQTTMessage) -> None:
        self._loop.call_soon_threadsafe(self._take, message)

    def _take(self, message: paho.MQTTMessage) -> None:
        payload, peer = bytes(message.payload), message.topic.encode()[:512]
        verdict = self._verdict(payload)
        delivery = _Delivery(self, message)
        stored = verdict < verdicts.REFUSED
        if len(payload) > LONGEST:
            payload = payload[:4096]
        self._service.take(
            delivery, peer, [Received(MQTT, verdict, payload, answer=b"ack" if stored else None)]
        )
        if not stored:
            # The broker would hand it over for ever; what was refused is kept and counted here.
            self.acknowledge(message)

    def _verdict(self, payload: bytes) -> int:
        if len(payload) > LONGEST:
            return verdicts.TOO_LONG
        try:
            said = json.loads(payload)
            device, signature, body = (str(said[name]) for name in ("deviceId", "signature", "body"))
        except (ValueError, KeyError, TypeError, RecursionError):
            return verdicts.MESSAGE
        return self._judge.signed(body, device, signature).verdict
