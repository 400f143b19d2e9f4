"""devices.csv: who may send, and what is wrong with its lines."""

from __future__ import annotations

import errno
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from typer.testing import CliRunner

from duheng import settings
from duheng.cli import app
from duheng.cli.refusals import file_refused
from duheng.model.errors import DuhengError, UnknownName
from duheng.telemetry import devices
from duheng.telemetry.devices import Device


def written(home: Path, *lines: str) -> devices.Devices:
    devices.path(home).parent.mkdir(parents=True, exist_ok=True)
    devices.path(home).write_text(
        "\n".join(("mn,password,crc,label,networks", *lines)) + "\n", encoding="utf-8"
    )
    return devices.load(home)


def test_what_is_added_comes_back_and_only_the_owner_may_read_it(tmp_path: Path) -> None:
    device = Device(
        "88888880000001", "总排口", "sewage", "site", "32", "123456", "", "modbus_hi_lo", "end", "10.0.0.0/8"
    )
    assert devices.add(tmp_path, device)
    assert not devices.add(tmp_path, device)
    assert devices.load(tmp_path).by_mn == {"88888880000001": device}
    assert devices.path(tmp_path).stat().st_mode & 0o777 == 0o600
    devices.remove(tmp_path, device.mn)
    assert devices.load(tmp_path).by_mn == {}


def test_without_a_file_nobody_may_send(tmp_path: Path) -> None:
    assert devices.load(tmp_path) == devices.Devices()


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (",123456,lower,start,", "MN“”，应为设备标识"),
        ("A;B,123456,lower,start,", "MN“A;B”"),
        ("A,123456,crc16,start,", "crc“crc16”，应为strict、lower"),
        ("A,123456,lower,middle,", "label“middle”，应为start、end"),
        ("A,123456,lower,start,10.1.2.3/8", "networks“10.1.2.3/8”"),
        ("GOOD,1,lower,start,", "MN GOOD重复"),
    ],
)
def test_a_wrong_line_is_said_and_its_device_may_not_send(tmp_path: Path, line: str, said: str) -> None:
    found = written(tmp_path, "GOOD,123456,lower,start,", line)
    assert list(found.by_mn) == ["GOOD"]
    assert found.by_mn["GOOD"].password == "123456"
    (finding,) = found.findings
    assert finding.text.startswith("devices.csv第3行：")
    assert said in finding.text
    with pytest.raises(DuhengError, match="没有写入"):
        devices.add(tmp_path, Device("NEW"))


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"", b"password\n1\n", b'mn,title\n"A\n'])
def test_a_file_of_another_kind_is_said(tmp_path: Path, content: bytes) -> None:
    written(tmp_path)
    devices.path(tmp_path).write_bytes(content)
    assert devices.load(tmp_path).by_mn == {}
    assert len(devices.load(tmp_path).findings) == 1


def test_a_device_that_is_not_there_cannot_be_removed(tmp_path: Path) -> None:
    with pytest.raises(UnknownName, match="设备"):
        devices.remove(tmp_path, "A")


@pytest.mark.parametrize(
    ("address", "inside"),
    [
        ("10.1.2.3", True),
        ("::ffff:10.1.2.3", True),
        ("11.1.2.3", False),
        ("2001:db8::5%eth0", True),
        ("", False),
    ],
)
def test_addresses_of_both_kinds_lie_in_networks(address: str, inside: bool) -> None:
    assert Device("A", networks="10.0.0.0/8 2001:db8::/32").may_send_from(address) == inside


def test_old_and_new_password_while_it_is_being_changed() -> None:
    changing = Device("A", password="new", former="old")
    assert [changing.admits(text) for text in (b"new", b"old", b"", b"NEW")] == [True, True, False, False]
    assert not Device("A", password="new").admits(b"")


def test_an_empty_password_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "DUHENG_HOME", tmp_path)
    for typed, said in (("\n", True), ("123456\n", False)):
        done = CliRunner().invoke(app, ["devices", "add", "A1"], input=typed)
        assert done.exit_code == 0
        assert ("密码为空，A1的报文须不带PW或PW为空才收" in done.stderr) is said
    assert devices.load(tmp_path).by_mn["A1"].password == "123456"


def test_several_who_add_at_once_lose_none(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        new = list(pool.map(lambda number: devices.add(tmp_path, Device(f"A{number}")), range(40)))
    assert all(new)
    assert set(devices.load(tmp_path).by_mn) == {f"A{number}" for number in range(40)}
    assert not devices.add(tmp_path, Device("A7", title="again"))


def test_many_are_added_all_or_none(tmp_path: Path) -> None:
    with pytest.raises(DuhengError, match="crc"):
        devices.add_all(tmp_path, [Device("A1"), Device("A2", crc="none")])
    assert not devices.load(tmp_path).by_mn
    assert devices.add_all(tmp_path, [Device("A1"), Device("A2")]) == ["A1", "A2"]


@pytest.mark.parametrize(("code", "said"), [("9999", "不是平台下发的命令"), ("1062", "没有给出")])
def test_a_first_contact_is_a_command_that_can_be_sent(code: str, said: str) -> None:
    assert said in devices.trouble_of_entry(Device("M1", contact=f"1012 {code}"))
    assert not devices.trouble_of_entry(Device("M1", contact="1012 2011 2012 1011"))


def test_a_place_that_is_taken_is_no_file_that_cannot_be_read() -> None:
    said = file_refused(
        OSError(errno.EADDRINUSE, "error while attempting to bind on address ('127.0.0.1', 9212): x")
    )
    assert said == "不能监听127.0.0.1的9212端口：已被别的程序占用。请换一个端口，或先停止那个程序。"
    assert "--host" in file_refused(OSError(errno.EADDRNOTAVAIL, "none"))


@pytest.mark.parametrize(
    ("st", "wrong"), [("32", False), ("A0", False), ("", False), ("3x2", True), ("3", True)]
)
def test_a_system_type_has_two_signs(st: str, wrong: bool) -> None:
    assert ("应为两位系统编码" in devices.trouble_of_entry(Device("M1", st=st))) == wrong
