"""Messages of energy meters before a real receiver: registered, signed, stored before answered, read once."""

from __future__ import annotations

import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from duheng.model.errors import DuhengError
from duheng.telemetry import verdicts
from duheng.telemetry.gathering import gather
from duheng.telemetry.meters import gateways
from duheng.telemetry.readings.layout import readings
from duheng.telemetry.receipts import receipts
from duheng.telemetry.segments import METER

from .meters_client import CODE, ENTERPRISE, Gateway, item, now
from .receiving.running import Receiver, hung_up, receiving, started, until

pytestmark = pytest.mark.slow
TODAY = date(2026, 1, 5)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path


@pytest.fixture
def receiver(home: Path) -> Iterator[Receiver]:
    with receiving(home, http=0) as running:
        yield running


def invited(home: Path, **changed: str) -> str:
    return gateways.invite(home, gateways.Gateway(ENTERPRISE, site="S1", **changed), date.today())


@pytest.fixture
def gateway(receiver: Receiver, home: Path) -> Gateway:
    """One that is registered and has authenticated."""
    made = Gateway(receiver.ports["http"])
    assert made.register(invited(home))[0] == 200
    assert made.authenticate()[0] == 200
    return made


def kept(receiver: Receiver) -> list[tuple[int, bytes]]:
    return [(one.verdict, one.payload) for one in receiver.records() if one.kind == METER]


def stored(home: Path) -> list[dict[str, object]]:
    gather(home)
    found = pl.read_parquet(str(readings(home) / "**/*.parquet"), hive_partitioning=True)
    return found.sort("time", "arrival").to_dicts()


def test_what_is_uploaded_is_read(receiver: Receiver, gateway: Gateway, home: Path) -> None:
    when = now()
    status, said = gateway.post(gateway.message(item(1234.5, statDate=when)))
    assert (status, said["responseCode"], said["received"]) == (200, "0", 1)
    receiver.stop()
    (row,) = stored(home)
    wanted = {
        "mn": f"{ENTERPRISE}-{CODE}-0",
        "cn": "counter",
        "rtd": 1234.5,
        "flag": "N",
        "site": "S1",
        "factor": CODE,
    }
    assert {name: row[name] for name in wanted} == wanted
    assert f"{row['time']:%Y-%m-%d %H:%M:%S}" == when


def test_amounts_days_hand_entries_and_invalid_values_are_told_apart(
    receiver: Receiver, gateway: Gateway, home: Path
) -> None:
    day = now()[:10] + " 00:00:00"
    some = [
        item(25, reading="interval"),
        item(800, reading=None, statType=1, statDate=day, inputType=5),
        item(801, reading="interval", statType=2, statDate=day[:8] + "01 00:00:00", valid=1),
    ]
    assert gateway.post(gateway.message(*some))[0] == 200
    receiver.stop()
    found = {str(row["mn"])[-1]: (row["cn"], row["cou"], row["flag"]) for row in stored(home)}
    assert found == {"0": ("interval", 25, "N"), "1": ("interval", 800, "S"), "2": ("interval", 801, "D")}


def test_an_answer_means_that_it_is_on_the_disk(receiver: Receiver, gateway: Gateway) -> None:
    for number in range(5):
        assert gateway.post(gateway.message(item(number)))[0] == 200
    receiver.kill()
    uploads = [payload for _, payload in kept(receiver) if b'"upload"' in payload]
    assert len(uploads) == 5


def test_the_same_message_again_is_acknowledged_and_counts_once(
    receiver: Receiver, gateway: Gateway, home: Path
) -> None:
    message = gateway.message(item(7))
    answers = [gateway.post(message) for _ in range(3)]
    assert {(status, said["received"]) for status, said in answers} == {(200, 1)}
    receiver.stop()
    assert [verdict for verdict, payload in kept(receiver) if b'"upload"' in payload] == [
        verdicts.STORED, verdicts.DUPLICATE, verdicts.DUPLICATE,
    ]  # fmt: skip
    found = pl.DataFrame(stored(home))
    assert found.unique(("mn", "cn", "factor", "time", "rtd")).height == 1


def test_of_a_correction_both_versions_stand(receiver: Receiver, gateway: Gateway, home: Path) -> None:
    when = now()
    for value in (100, 90):
        assert gateway.post(gateway.message(item(value, statDate=when)))[0] == 200
    receiver.stop()
    assert [row["rtd"] for row in stored(home)] == [100, 90]


def test_a_back_fill_is_marked_late(receiver: Receiver, gateway: Gateway) -> None:
    message = gateway.message(item(statDate="2026-01-01 00:15:00"), kind="back-fill")
    assert gateway.post(message)[0] == 200
    assert kept(receiver)[-1][0] == verdicts.LATE


def test_a_heartbeat_gets_the_time(gateway: Gateway) -> None:
    status, said = gateway.post({"message": "heartbeat", "deviceId": gateway.device})
    assert (status, said["serverTime"][:13]) == (200, now()[:13])


def test_one_value_in_a_wrong_unit_does_not_hold_up_the_others(
    receiver: Receiver, gateway: Gateway, home: Path
) -> None:
    other = CODE[:15] + "1"
    status, said = gateway.post(gateway.message(item(1), item(2, dataCode=other, unit="m3")))
    assert (status, said["received"], said["refused"][0]["item"]) == (200, 1, 2)
    assert "应为“kWh”" in said["refused"][0]["reason"]
    receiver.stop()
    assert kept(receiver)[-1][0] == verdicts.PARTLY
    assert [row["rtd"] for row in stored(home)] == [1]


def test_every_refusal_is_in_chinese_kept_and_counted(
    receiver: Receiver, gateway: Gateway, home: Path
) -> None:
    good = gateway.message(item())
    cases: list[tuple[object, int, str, str]] = [
        (b"{not json", 400, "message", "不是JSON"),
        ({"message": "upload"}, 400, "message", "缺少deviceId"),
        (gateway.message(item(statDate="2026/1/1")), 400, "message", "应为yyyy-MM-dd HH:mm:ss"),
        (gateway.message(item(dataCode="33")), 400, "message", "应为16位"),
        (gateway.message(item("1_000")), 400, "message", "dataValue“1_000”，应为数"),
        (gateway.message(item("１２")), 400, "message", "应为数"),
        (gateway.message(item([True])), 400, "message", "dataValue“[true]”"),
        (gateway.message(item(1)) | {"data": [5]}, 400, "message", "data 第1项不是对象"),
        (gateway.message(item(reading=None)), 400, "message", "第1项 实时数据（statType 0）没有reading"),
        (gateway.message(item(statType=1)), 400, "message", "第1项 日、月、年数据不能是表码"),
        (gateway.message(item(1), item(1)), 400, "message", "无从判断"),
        (gateway.message(item(unit="MWh")), 422, "unit", "应为“kWh”"),
        (good | {"enterpriseCode": "ANOTHER"}, 403, "enterprise", "不是该采集端登记的企业"),
        (good | {"deviceId": "G0000"}, 401, "unknown_mn", "未登记"),
    ]
    for body, status, code, said in cases:
        found = gateway.post(body)
        assert (found[0], found[1]["responseCode"]) == (status, code)
        assert said in found[1]["responseMessage"]
    receiver.stop()
    counted = receipts(home)
    wanted = {"message": 11, "unit": 1, "enterprise": 1, "unknown_mn": 1}
    refused = counted.filter(~pl.col("stored")).group_by("verdict").agg(pl.col("frames").sum())
    assert dict(refused.iter_rows()) == wanted
    assert counted["frames"].sum() == len(kept(receiver)) == 16


@pytest.mark.parametrize("token", ["", "nonsense", "G1.99999999999.00", "G1..", "."])
def test_without_its_token_nothing_is_taken(gateway: Gateway, token: str) -> None:
    gateway.token = token
    status, said = gateway.post(gateway.message(item()))
    assert (status, said["responseCode"]) == (401, "signature")


def test_a_token_of_another_gateway_is_none(receiver: Receiver, gateway: Gateway, home: Path) -> None:
    other = Gateway(receiver.ports["http"])
    other.register(invited(home))
    other.authenticate()
    other.device = gateway.device
    assert other.post(other.message(item()))[0] == 401


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"signature": "0" * 64}, "签名错误"),
        ({"deviceId": "G0"}, "签名错误"),
        ({"time": "2026-01-01 00:00:00"}, "先校时"),
    ],
)
def test_who_cannot_prove_itself_gets_no_token(gateway: Gateway, changed: dict[str, str], said: str) -> None:
    status, answer = gateway.authenticate("another nonce", **changed)
    assert (status, "token" in answer) == (401, False)
    assert said in answer["responseMessage"]


def test_a_proof_serves_once(gateway: Gateway) -> None:
    assert gateway.authenticate()[0] == 401
    assert gateway.authenticate("another one")[0] == 200


def test_an_invitation_serves_until_the_gateway_has_authenticated(receiver: Receiver, home: Path) -> None:
    code = invited(home)
    lost, again = (Gateway(receiver.ports["http"]) for _ in range(2))
    assert lost.register(code)[0] == again.register(code)[0] == 200
    assert lost.device == again.device
    assert again.authenticate()[0] == 200
    assert again.register(code)[0] == 401


def test_a_wrong_or_old_invitation_is_refused(receiver: Receiver, home: Path) -> None:
    code = gateways.invite(home, gateways.Gateway(ENTERPRISE), TODAY, days=1)
    for one in (code, "guess"):
        assert Gateway(receiver.ports["http"]).register(one)[0] == 401


def test_a_revoked_gateway_is_shut_out_at_once(gateway: Gateway, home: Path) -> None:
    gateways.revoke(home, gateway.device)
    until(lambda: gateway.post(gateway.message(item()))[0] == 401)


def test_a_gateway_sends_from_its_networks_only(receiver: Receiver, home: Path) -> None:
    made = Gateway(receiver.ports["http"])
    status, said = made.register(invited(home, networks="10.0.0.0/8"))
    assert (status, said["responseCode"]) == (403, "network")


def test_too_large_wrong_place_and_wrong_method_are_refused(gateway: Gateway) -> None:
    assert gateway.post({}, path="/elsewhere")[0] == 404
    assert gateway.post({}, method="GET")[0] == 405
    status, said = gateway.post(b" " * 1_100_000)
    assert (status, said["responseCode"]) == (413, "too_long")


def raw(receiver: Receiver, data: bytes) -> bytes:
    with socket.create_connection(("127.0.0.1", receiver.ports["http"]), 60) as line:
        line.sendall(data)
        line.settimeout(60)
        got = b""
        while more := line.recv(65536):
            got += more
        return got


def test_what_is_no_http_gets_an_answer_and_the_end(receiver: Receiver) -> None:
    assert raw(receiver, b"##0010hello\r\n\r\n").startswith(b"HTTP/1.1 400")


def test_an_endless_head_is_cut_off(receiver: Receiver) -> None:
    assert raw(receiver, b"POST /meters/v1 HTTP/1.1\r\nX: " + b"a" * 40_000).startswith(b"HTTP/1.1 431")


def test_a_thousand_requests_in_one_breath_are_answered_one_by_one(receiver: Receiver) -> None:
    one = b"POST /meters/v1 HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}"
    last = one.replace(b"Host: x", b"Host: x\r\nConnection: close")
    got = raw(receiver, one * 999 + last)
    assert got.count(b"HTTP/1.1 ") == 1000
    assert got.count(b"HTTP/1.1 400") >= 500
    assert got.count(b"HTTP/1.1 429") > 0


IMPATIENT = """
import json, sys
from pathlib import Path
from duheng.telemetry.receiving import http, serving
http._UNFINISHED, http._SLOWEST, http._IDLE = 1.0, 3.0, 2.0
settings = serving.Settings(Path(sys.argv[1]), "127.0.0.1", http=0)
serving.run(settings, lambda ports: print(json.dumps(ports), flush=True))
"""


def test_who_does_not_go_on_drips_or_says_nothing_is_sent_away(home: Path) -> None:
    head = b"POST /meters/v1 HTTP/1.1\r\nHost: x\r\nContent-Length: 900\r\n\r\n"
    with started(home, IMPATIENT, str(home)) as running:
        lines = [socket.create_connection(("127.0.0.1", running.ports["http"]), 60) for _ in range(3)]
        silent, stuck, dripping = lines
        stuck.sendall(head)
        dripping.sendall(head)
        until(lambda: drips(dripping))
        assert [hung_up(line) for line in (silent, stuck)] == [True, True]
        until(lambda: sum(running.state()["counts"]["closed"].values()) == 3)
        assert running.state()["counts"]["closed"] == {"unfinished": 2, "idle": 1}
        for line in lines:
            line.close()


def drips(line: socket.socket) -> bool:
    """A byte more, a while later; whether the receiver has ended the line."""
    time.sleep(0.2)
    try:
        line.sendall(b" ")
    except OSError:
        return True
    return False


def test_messages_over_tls(home: Path, tmp_path: Path) -> None:
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=localhost"]
    named: list[str | Path] = ["-addext", "subjectAltName=DNS:localhost", "-keyout", key, "-out", certificate]
    subprocess.run([*command, *named], check=True, capture_output=True)
    with receiving(home, http=0, certificate=str(certificate), key=str(key)) as running:
        made = Gateway(running.ports["http"], trust=ssl.create_default_context(cafile=certificate))
        assert made.register(invited(home))[0] == 200
        assert made.authenticate()[0] == 200
        assert made.post(made.message(item()))[0] == 200


def test_secrets_do_not_go_over_an_open_line() -> None:
    from duheng.telemetry.receiving.http import check_secrecy

    with pytest.raises(DuhengError, match="没有加密"):
        check_secrecy("0.0.0.0", None)
