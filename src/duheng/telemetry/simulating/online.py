"""A fleet on all its lines at once: HJ 212 over TCP, meters over HTTPS or MQTT."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion

from duheng.model.errors import DuhengError
from duheng.telemetry.meters import gateways
from duheng.telemetry.receiving.mqtt import Broker, broker

from .counters import Meter
from .fleet import Fleet
from .logger import Logger
from .manifest import Counts, told
from .sending import Line, Pace, send
from .uploading import Client, publish, signed, upload

_PATIENCE = 60.0  # [s] for the broker to take a payload


@dataclass(frozen=True, slots=True)
class Online:
    """Where to: line of HJ 212, address of HTTPS, that of MQTT; each empty where not wanted.

    home: DUHENG_HOME of the receiver, in which gateways are invited. trust, ca: for the platform's certificates.
    """

    home: Path
    pace: Pace
    line: Line | None = None
    http: str = ""
    mqtt: str = ""
    trust: ssl.SSLContext | None = None
    ca: Path | None = None


async def run(fleet: Fleet, to: Online) -> Counts:
    """Let the fleet send; what became of it by device and meter. Raises DuhengError, OSError."""
    clients = [
        Client(to.http, meter, _invited(to.home, meter), to.trust) for meter in fleet.meters if to.http
    ]
    loggers, _, published = await asyncio.gather(
        _send(fleet, to.line),
        upload(clients, to.pace),
        asyncio.to_thread(_publish, fleet.meters if to.mqtt else (), to),
    )
    counts = told(loggers)
    for client in clients:
        said = asdict(client.tally)
        refused = {f"refused {code}": count for code, count in said.pop("refused").items()}
        counts[client.meter.mn] = {**said, **refused}
    return counts | published


async def _send(fleet: Fleet, line: Line | None) -> list[Logger]:
    return await send(fleet.devices, line) if line else []


def _invited(home: Path, meter: Meter) -> str:
    gateway = gateways.Gateway(meter.enterprise, meter.title, meter.entity, meter.site)
    return gateways.invite(home, gateway, date.today())


def _publish(meters: Sequence[Meter], to: Online) -> Counts:
    counts: Counts = {}
    if not meters:
        return counts
    place = broker(to.mqtt, to.ca)
    payloads: list[tuple[int, str, bytes]] = []
    for meter in meters:
        known = gateways.enrol(to.home, meter.enterprise, _invited(to.home, meter), date.today())
        assert known is not None
        gateways.settled(to.home, known.device)
        topic = place.topic.rstrip("#+/") + f"/{known.device}"
        some = [
            (moment, topic, payload) for moment, payload in signed(meter, known.device, known.secret, to.pace)
        ]
        counts[meter.mn] = {"messages": len(some)}
        payloads += some
    client = _connected(place)
    try:
        publish(payloads, to.pace, lambda topic, payload: _put(client, topic, payload))
    finally:
        client.disconnect()
        client.loop_stop()
    return counts


def _connected(place: Broker) -> paho.Client:
    client = paho.Client(CallbackAPIVersion.VERSION2)
    if place.user:
        client.username_pw_set(place.user, place.password or None)
    if place.tls:
        client.tls_set_context(ssl.create_default_context(cafile=str(place.ca) if place.ca else None))
    client.connect(place.host, place.port)
    client.loop_start()
    return client


def _put(client: paho.Client, topic: str, payload: bytes) -> None:
    sent = client.publish(topic, payload, qos=1)
    sent.wait_for_publish(_PATIENCE)
    if not sent.is_published():
        raise DuhengError(f"MQTT：{topic}在{_PATIENCE:.0f}秒内没有被服务器接受。请核对--mqtt和用户权限。")
