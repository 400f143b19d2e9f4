"""What is believed of a gateway, at a clock that stands: guesses, floods, tokens, values; its file, its codes."""

from __future__ import annotations

import json
import time
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner

from duheng import settings
from duheng.cli import app
from duheng.model.errors import DuhengError, UnknownName
from duheng.telemetry import verdicts
from duheng.telemetry.meters import codes, gateways, signing
from duheng.telemetry.meters.judging import BURST, FAILURES, Judge
from duheng.telemetry.meters.messages import MessageError, Upload, read

from .meters_client import CODE, ENTERPRISE, Gateway, item


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path


def invited(home: Path, **changed: str) -> str:
    return gateways.invite(home, gateways.Gateway(ENTERPRISE, site="S1", **changed), date.today())


class Clock:
    """A clock that stands until it is set."""

    def __init__(self) -> None:
        self.now = time.time()

    def __call__(self) -> float:
        return self.now


def known(home: Path, clock: Clock) -> tuple[Judge, gateways.Gateway, str]:
    code = invited(home)
    one = gateways.enrol(home, ENTERPRISE, code, date.today())
    assert one is not None
    return Judge(home, clock), one, signing.token(one.device, one.secret, clock.now)


def test_guessing_is_made_slow_and_holds_up_nobody_else(home: Path) -> None:
    clock = Clock()
    judge, one, token = known(home, clock)
    beat = b'{"message": "heartbeat", "deviceId": "%b"}' % one.device.encode()
    verdict = [judge.judge(beat, "wrong", "10.0.0.1").verdict for _ in range(int(FAILURES) + 5)]
    assert verdict == [verdicts.SIGNATURE] * int(FAILURES) + [verdicts.RATE] * 5
    assert judge.judge(beat, token, "10.0.0.1").stored
    clock.now += 60
    assert judge.judge(beat, "wrong", "10.0.0.1").verdict == verdicts.SIGNATURE


def test_a_gateway_that_floods_is_slowed(home: Path) -> None:
    clock = Clock()
    judge, one, token = known(home, clock)
    beat = b'{"message": "heartbeat", "deviceId": "%b"}' % one.device.encode()
    found = [judge.judge(beat, token, "10.0.0.1").stored for _ in range(int(BURST) + 1)]
    assert found == [True] * int(BURST) + [False]
    clock.now += 1
    assert judge.judge(beat, token, "10.0.0.1").stored


def test_a_token_runs_out(home: Path) -> None:
    clock = Clock()
    judge, one, token = known(home, clock)
    beat = b'{"message": "heartbeat", "deviceId": "%b"}' % one.device.encode()
    clock.now += signing.LASTING
    assert judge.judge(beat, token, "10.0.0.1").verdict == verdicts.SIGNATURE


def test_values_of_the_future_are_marked(home: Path) -> None:
    clock = Clock()
    judge, one, token = known(home, clock)
    client = Gateway(0, device=one.device)
    for part in ({}, {"statType": 3, "reading": "interval"}):
        body = json.dumps(client.message(item(statDate="2099-01-01 00:00:00", **part))).encode()
        found = judge.judge(body, token, "10.0.0.1")
        assert found.verdict == verdicts.FUTURE
        (marked,) = json.loads(found.reply)["marked"]
        assert (marked["item"], "在将来" in marked["reason"]) == (1, True)


def test_codes_that_the_dictionary_does_not_have_are_marked(home: Path) -> None:
    judge, one, token = known(home, Clock())
    client = Gateway(0, device=one.device)
    other = "9" * 16
    body = json.dumps(client.message(item(1), item(2, dataCode=other, unit="t"))).encode()
    found = judge.judge(body, token, "10.0.0.1")
    said = json.loads(found.reply)
    assert (found.verdict, said["received"]) == (verdicts.UNKNOWN_CODE, 2)
    assert said["marked"] == [
        {"item": 2, "reason": f"{other}的能源品种“9999”（第11至14位）不在编码字典中，单位未核对"}
    ]


def test_numbers_keep_their_digits() -> None:
    body = json.dumps(Gateway(0, device="G1").message(item("123456789.123456789"))).encode()
    message = read(body)
    assert isinstance(message, Upload)
    assert str(message.data[0].dataValue) == "123456789.123456789"


@pytest.mark.parametrize("value", ["NaN", "Infinity", "", "十", None, True, [1], 10**16])
def test_what_is_no_number_is_no_value(value: object) -> None:
    one = item() | {"dataValue": value}
    with pytest.raises(MessageError, match="dataValue"):
        read(json.dumps(Gateway(0, device="G1").message(one)).encode())


def test_nested_without_end_is_refused() -> None:
    with pytest.raises(MessageError):
        read(b'{"message":' + b"[" * 100_000)


def test_the_gateways_file_is_its_owners_alone(home: Path) -> None:
    invited(home)
    assert gateways.path(home).stat().st_mode & 0o777 == 0o600


def test_a_gateway_that_is_not_there_cannot_be_revoked(home: Path) -> None:
    with pytest.raises(UnknownName, match="采集端"):
        gateways.revoke(home, "G1")


def test_a_dictionary_is_imported_over_ours(home: Path, tmp_path: Path) -> None:
    file = tmp_path / "codes.csv"
    file.write_text(
        ",".join(codes.COLUMNS) + "\n11,4,item,1501,天然气,m3,本省字典,confirmed\n", encoding="utf-8"
    )
    assert codes.imported(home, file) == 1
    known_codes = codes.load(home)
    gas = CODE[:10] + "1501" + CODE[14:]
    assert (known_codes.unit(gas), known_codes.title(gas)) == ("m3", "天然气")
    assert known_codes.unit(CODE) == "kWh"


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("11,4,item,15,天然气,m3,x,y", "应为4位"),
        ("1,4,item,1501,天然气,m3,x,y", "应为第11位起4位"),
        ("11,4,thing,1501,天然气,m3,x,y", "field“thing”"),
        ("11,4,item,1501,,m3,x,y", "没有title"),
    ],
)
def test_a_dictionary_with_troubles_is_not_imported(home: Path, tmp_path: Path, line: str, said: str) -> None:
    file = tmp_path / "codes.csv"
    file.write_text(f"{','.join(codes.COLUMNS)}\n{line}\n", encoding="utf-8")
    with pytest.raises(DuhengError, match=said):
        codes.imported(home, file)
    assert not codes.path(home).exists()


def test_the_command_invites_lists_and_revokes(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "DUHENG_HOME", home)
    run = CliRunner().invoke
    told = run(app, ["meters", "invite", ENTERPRISE, "--title", "某厂"])
    assert told.exit_code == 0, told.output
    code = told.output.split()[1]
    one = gateways.enrol(home, ENTERPRISE, code, date.today())
    assert one is not None
    listed = run(app, ["meters", "list"]).output
    assert one.device in listed
    assert one.secret not in listed
    assert run(app, ["meters", "revoke", one.device]).exit_code == 0
    assert gateways.load(home) == []
    assert "电力" in run(app, ["meters", "codes"]).output
