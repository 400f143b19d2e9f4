"""Meters by MQTT, with a real broker: acknowledged once durable, handed over again when it was not."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import paho.mqtt.client as paho
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from duheng.model.errors import DuhengError
from duheng.telemetry import verdicts
from duheng.telemetry.gathering import gather
from duheng.telemetry.meters import gateways
from duheng.telemetry.receiving.mqtt import broker
from duheng.telemetry.segments import MQTT, Record

from .meters_client import ENTERPRISE, Gateway, item
from .receiving.running import PATIENCE, Receiver, started, until

MOSQUITTO = shutil.which("mosquitto") or shutil.which("mosquitto", path="/usr/sbin")
needed = pytest.mark.skipif(
    MOSQUITTO is None,
    reason="没有mosquitto，MQTT未试验（apt-get install mosquitto）：scripts/system-packages装它",
)
TOPIC = "duheng/meters/one"


@contextmanager
def serving(folder: Path, port: int) -> Iterator[None]:
    """A broker that keeps what it has over a restart."""
    assert MOSQUITTO is not None
    settings = folder / "mosquitto.conf"
    settings.write_text(
        f"listener {port} 127.0.0.1\nallow_anonymous true\npersistence true\npersistence_location {folder}/\n"
        f"autosave_interval 1\nuser {Path('/').owner()}\n",
        encoding="utf-8",
    )
    with subprocess.Popen([MOSQUITTO, "-c", settings], stderr=subprocess.DEVNULL) as process:
        try:
            until(lambda: open_at(port))
            yield
        finally:
            process.terminate()


def open_at(port: int) -> bool:
    with socket.socket() as line:
        return line.connect_ex(("127.0.0.1", port)) == 0


@pytest.fixture
def port() -> int:
    with socket.socket() as line:
        line.bind(("127.0.0.1", 0))
        return int(line.getsockname()[1])


@pytest.fixture
def gateway(tmp_path: Path) -> Gateway:
    code = gateways.invite(tmp_path, gateways.Gateway(ENTERPRISE), date.today())
    one = gateways.enrol(tmp_path, ENTERPRISE, code, date.today())
    assert one is not None
    return Gateway(0, device=one.device, secret=one.secret)


def wrapped(gateway: Gateway, message: dict[str, Any], **changed: str) -> bytes:
    body = json.dumps(message, ensure_ascii=False)
    whole = {"deviceId": gateway.device, "signature": gateway.signature(body), "body": body}
    return json.dumps(whole | changed).encode()


def published(port: int, *payloads: bytes) -> None:
    client = paho.Client(CallbackAPIVersion.VERSION2)
    client.connect("127.0.0.1", port)
    client.loop_start()
    for payload in payloads:
        client.publish(TOPIC, payload, qos=1).wait_for_publish(PATIENCE)
    client.disconnect()
    client.loop_stop()


START = """
import json, sys
from pathlib import Path
from duheng.telemetry.receiving import serving
from duheng.telemetry.receiving.mqtt import Broker
home, port = Path(sys.argv[1]), int(sys.argv[2])
source = Broker("127.0.0.1", port, "duheng/meters/#", tls=False)
serving.run(serving.Settings(home, "127.0.0.1", 0, mqtt=source), lambda ports: print(json.dumps(ports), flush=True))
"""


@contextmanager
def listening(home: Path, port: int) -> Iterator[Receiver]:
    """A receiver that reads from the broker."""
    with started(home, START, str(home), str(port)) as running:
        yield running


def messages(receiver: Receiver) -> list[Record]:
    return [one for one in receiver.records() if one.kind == MQTT]


@needed
def test_what_is_published_is_read(tmp_path: Path, port: int, gateway: Gateway) -> None:
    with serving(tmp_path, port), listening(tmp_path, port) as receiver:
        until(lambda: subscribed(tmp_path, port, gateway, receiver))
        published(port, wrapped(gateway, gateway.message(item(42))))
        until(
            lambda: any(
                b"upload" in one.payload and one.verdict == verdicts.STORED for one in messages(receiver)
            )
        )
        receiver.stop()
    assert {one.peer for one in messages(receiver)} == {TOPIC}
    assert gather(tmp_path).rows == 1


def subscribed(home: Path, port: int, gateway: Gateway, receiver: Receiver) -> bool:
    """Whether a heartbeat arrives: the subscription stands."""
    published(port, wrapped(gateway, {"message": "heartbeat", "deviceId": gateway.device}))
    return bool(messages(receiver))


@needed
def test_what_cannot_be_believed_is_kept_as_refused_and_not_handed_over_again(
    tmp_path: Path, port: int, gateway: Gateway
) -> None:
    bad = [
        b"no json",
        b"[]",
        wrapped(gateway, gateway.message(item()), signature="0" * 64),
        wrapped(gateway, gateway.message(item()), deviceId="G0"),
        wrapped(gateway, gateway.message(item(unit="m3"))),
    ]
    with serving(tmp_path, port):
        with listening(tmp_path, port) as receiver:
            until(lambda: subscribed(tmp_path, port, gateway, receiver))
            published(port, *bad)
            until(lambda: len(refused(receiver)) == 5)
            receiver.stop()
        with listening(tmp_path, port) as again:
            until(lambda: subscribed(tmp_path, port, gateway, again))
            again.stop()
    wanted = [verdicts.MESSAGE, verdicts.MESSAGE, verdicts.SIGNATURE, verdicts.UNKNOWN_MN, verdicts.UNIT]
    assert refused(again) == wanted


def refused(receiver: Receiver) -> list[int]:
    return [one.verdict for one in messages(receiver) if one.verdict >= verdicts.REFUSED]


@needed
def test_what_comes_while_the_receiver_is_dead_is_not_lost(
    tmp_path: Path, port: int, gateway: Gateway
) -> None:
    with serving(tmp_path, port):
        with listening(tmp_path, port) as receiver:
            until(lambda: subscribed(tmp_path, port, gateway, receiver))
            receiver.kill()
        published(port, *[wrapped(gateway, gateway.message(item(number))) for number in range(300)])
        with listening(tmp_path, port) as again:
            until(lambda: len({one.payload for one in messages(again) if b"upload" in one.payload}) == 300)
            again.stop()
    assert {one.verdict for one in messages(again)} <= {verdicts.STORED, verdicts.DUPLICATE}


def test_an_address_of_a_broker_is_read() -> None:
    found = broker("mqtts://duheng@broker.example/duheng/meters/#", None)
    assert (found.host, found.port, found.topic, found.user, found.tls) == (
        "broker.example", 8883, "duheng/meters/#", "duheng", True,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("broker.example", "应如mqtts"),
        ("http://broker.example/x", "应如mqtts"),
        ("mqtts://broker.example", "应如mqtts"),
        ("mqtts://broker.example:port/x", "应如mqtts"),
        ("mqtts://u:secret@broker.example/x", "不要把密码写在命令行里"),
        ("mqtt://u@broker.example/x", "密码会泄露"),
    ],
)
def test_a_broker_that_cannot_be_is_refused(text: str, said: str) -> None:
    with pytest.raises(DuhengError, match=said):
        broker(text, None)
