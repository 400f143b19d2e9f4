"""`duheng receive` over real sockets: nothing is answered before it is on the disk, and nobody harms the others."""

from __future__ import annotations

import os
import resource
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from duheng.telemetry import devices, verdicts
from duheng.telemetry.devices import Device
from duheng.telemetry.segments import FRAGMENT, FRAME, read

from .running import MN, PATIENCE, Receiver, answers, frame, hung_up, receiving, until


@pytest.fixture
def receiver(tmp_path: Path) -> Iterator[Receiver]:
    with receiving(tmp_path) as one:
        yield one


def works(receiver: Receiver, number: int = 5000) -> bool:
    """Whether a well-behaved device gets its answer."""
    with receiver.connect() as line:
        line.sendall(frame(number))
        return b"CN=9014" in answers(line, 1)[0]


def test_the_program_says_where_it_listens_and_stops_when_told(tmp_path: Path) -> None:
    environment = {**os.environ, "DUHENG_HOME": str(tmp_path)}
    duheng = [sys.executable, "-m", "duheng"]
    added = [*duheng, "devices", "add", MN, "--title", "总排口", "--entity", "sewage", "--st", "31"]
    subprocess.run(added, input="123456\n", text=True, env=environment, check=True, stdout=subprocess.DEVNULL)
    command = [*duheng, "receive", "--hj212", "0", "--host", "127.0.0.1"]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        name, port = process.stdout.readline().split()
        assert name == "hj212"
        assert works(Receiver(tmp_path, int(port), process))
        process.terminate()
        assert process.wait(PATIENCE) == 0
    listed = subprocess.run([*duheng, "devices", "list"], env=environment, capture_output=True, text=True)
    assert MN in listed.stdout
    assert "123456" not in listed.stdout


def test_what_is_answered_is_already_on_the_disk(receiver: Receiver) -> None:
    with receiver.connect() as line:
        for number in range(20):
            line.sendall(frame(number))
            assert answers(line, 1)
            assert receiver.frames()[-1] == frame(number)


def test_frames_come_through_however_they_are_cut_and_joined(receiver: Receiver) -> None:
    stream = b"".join(frame(number) for number in range(50))
    with receiver.connect() as line:
        for place in range(0, len(stream), 37):
            line.sendall(stream[place : place + 37])
        got = answers(line, 50)
    assert [one[9:26].decode() for one in got] == [frame(number)[9:26].decode() for number in range(50)]
    assert receiver.frames() == [frame(number) for number in range(50)]


def test_what_is_refused_is_kept_with_its_reason_and_not_answered(receiver: Receiver) -> None:
    with receiver.connect() as line:
        line.sendall(
            frame(1, mn="stranger")
            + frame(2, PW="wrong")
            + frame(3)[:-6]
            + b"0000\r\n"
            + b"\x00\x01"
            + frame(4)
        )
        (only,) = answers(line, 1)
    assert b"QN=20260101000004004" in only
    found = [(record.kind, verdicts.verdict(record.verdict).name) for record in receiver.records()]
    assert found == [
        (FRAME, "unknown_mn"), (FRAME, "password"), (FRAME, "crc"), (FRAGMENT, "garbage"), (FRAME, "late"),
    ]  # fmt: skip


def test_a_device_added_while_it_runs_may_send(receiver: Receiver) -> None:
    devices.add(receiver.home, Device("newcomer", password="123456"))
    with receiver.connect() as line:
        line.settimeout(1)
        for number in range(60):
            line.sendall(frame(number, mn="newcomer"))
            try:
                assert b"MN=newcomer" in line.recv(1000)
                return
            except TimeoutError:
                continue
    raise AssertionError("it was never let in")


def test_a_message_in_packets_is_stored_and_what_is_missing_noted(tmp_path: Path) -> None:
    with receiving(tmp_path, limits={"packets": 0.5}) as receiver, receiver.connect() as line:
        for place in (1, 3, 4):
            line.sendall(frame(0, Flag="7", PNUM="5", PNO=str(place)))
            assert answers(line, 1)
        line.sendall(frame(9, Flag="7", PNUM="1", PNO="1"))
        assert answers(line, 1)
        until(lambda: any(note["event"] == "packets" for note in receiver.notes()))
        (note,) = (note for note in receiver.notes() if note["event"] == "packets")
    assert note == {
        "event": "packets",
        "mn": MN,
        "cn": "2051",
        "time": "20260101000000",
        "pnum": 5,
        "pno": [2, 5],
    }


def test_a_full_disk_stops_the_answers_until_there_is_room(receiver: Receiver) -> None:
    assert works(receiver, 1)
    room = resource.prlimit(receiver.process.pid, resource.RLIMIT_FSIZE, (32_768, resource.RLIM_INFINITY))
    burst = [frame(number) for number in range(100, 400)]
    with receiver.connect() as line:
        line.sendall(b"".join(burst))
        until(lambda: receiver.state()["store"]["trouble"])
        line.settimeout(1)
        with pytest.raises(TimeoutError):
            line.recv(100)
        assert burst[0] not in receiver.frames()[1:] or burst[-1] not in receiver.frames()
        resource.prlimit(receiver.process.pid, resource.RLIMIT_FSIZE, room)
        assert len(answers(line, 300)) == 300
    until(lambda: not receiver.state()["store"]["trouble"])
    assert receiver.frames() == [frame(1), *burst]


def test_who_waited_for_the_disk_is_not_sent_away_for_its_silence(tmp_path: Path) -> None:
    limits = {"queue": 10_000, "silent": 2.0, "first_frame": 2.0, "unfinished": 2.0, "idle": 2.0}
    with (
        receiving(tmp_path, limits=limits) as receiver,
        receiver.connect() as line,
        receiver.connect() as late,
    ):
        limit = resource.RLIMIT_FSIZE
        room = resource.prlimit(receiver.process.pid, limit, (32_768, resource.RLIM_INFINITY))
        late.sendall(frame(0)[:50])
        line.sendall(b"".join(frame(number) for number in range(100, 400)))
        until(lambda: receiver.state()["held"])
        time.sleep(4)
        late.sendall(frame(0)[50:])
        resource.prlimit(receiver.process.pid, limit, room)
        assert answers(late, 1)
        assert len(answers(line, 300)) == 300


def test_tls_with_our_certificate(tmp_path: Path) -> None:
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=localhost"]
    subprocess.run([*made, "-keyout", key, "-out", certificate], check=True, capture_output=True)
    files = {"certificate": str(certificate), "key": str(key)}
    with receiving(tmp_path / "home", **files) as receiver, receiver.connect() as plain:
        context = ssl.create_default_context(cafile=certificate)
        context.check_hostname = False
        with context.wrap_socket(plain) as line:
            line.sendall(frame())
            assert b"CN=9014" in answers(line, 1)[0]


def test_asyncios_own_loop_serves_where_there_is_no_other(tmp_path: Path) -> None:
    with receiving(tmp_path, plain=True) as receiver:
        assert works(receiver)
        receiver.stop()


def test_who_is_not_on_the_list_does_not_connect(tmp_path: Path) -> None:
    duheng = [
        sys.executable,
        "-m",
        "duheng",
        "receive",
        "--hj212",
        "0",
        "--host",
        "127.0.0.1",
        "--allow",
        "192.0.2.0/24",
    ]
    environment = {**os.environ, "DUHENG_HOME": str(tmp_path)}
    with subprocess.Popen(duheng, env=environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        one = Receiver(tmp_path, int(process.stdout.readline().split()[1]), process)
        with one.connect() as line:
            assert hung_up(line)
        one.stop()
        assert one.state()["counts"]["closed"] == {"network": 1}


def test_one_address_gets_only_so_many_connections(tmp_path: Path) -> None:
    with receiving(tmp_path, limits={"per_address": 3}) as receiver:
        lines = [receiver.connect() for _ in range(3)]
        with receiver.connect() as fourth:
            assert hung_up(fourth)
        lines.pop().close()
        until(lambda: works_once(receiver))
        for line in lines:
            line.close()


def works_once(receiver: Receiver) -> bool:
    """Whether a connection is let in now."""
    with receiver.connect() as line:
        try:
            line.sendall(frame())
            return bool(line.recv(1000))
        except ConnectionError:
            return False


def test_who_sends_no_frame_or_no_more_is_sent_away(tmp_path: Path) -> None:
    limits = {"silent": 2.0, "first_frame": 1.0, "idle": 2.0, "unfinished": 0.5}
    with receiving(tmp_path, limits=limits) as receiver:
        with receiver.connect() as silent, receiver.connect() as slow, receiver.connect() as served:
            served.sendall(frame())
            assert answers(served, 1)
            slow.sendall(frame()[:50])
            assert all(hung_up(line) for line in (silent, slow, served))
        receiver.stop()
        assert receiver.state()["counts"]["closed"] == {"silent": 1, "first_frame": 1, "idle": 1}
        assert [r.payload for r in receiver.records() if r.kind == FRAGMENT] == [frame()[:50]]


def test_who_has_nothing_to_send_yet_may_wait(tmp_path: Path) -> None:
    with receiving(tmp_path, limits={"first_frame": 0.5}) as receiver, receiver.connect() as line:
        line.settimeout(3)
        with pytest.raises(TimeoutError):
            line.recv(1)
        line.sendall(frame())
        assert answers(line, 1)


def test_ten_megabytes_of_one_frame_end_the_connection_and_memory_stays(receiver: Receiver) -> None:
    assert works(receiver, 1)
    before = resident(receiver)
    with receiver.connect() as line:
        try:
            for _ in range(160):
                line.sendall(b"##9999" + b"QN=1;CP=&&" + b"x" * 65_520)
        except ConnectionError:
            pass
        assert hung_up(line)
    assert works(receiver, 2)
    assert resident(receiver) - before < 20_000_000
    assert sum(len(record.payload) for record in receiver.records()) < 5_000_000


def resident(receiver: Receiver) -> int:
    """Memory of the process [byte]."""
    pages = Path(f"/proc/{receiver.process.pid}/statm").read_text().split()[1]
    return int(pages) * os.sysconf("SC_PAGE_SIZE")


def test_strangers_are_kept_up_to_a_bound_and_counted_beyond(tmp_path: Path) -> None:
    with receiving(tmp_path, limits={"kept": 2000, "refused": 30}) as receiver:
        with receiver.connect() as line:
            with suppress(ConnectionError):
                line.sendall(b"".join(frame(number, mn="stranger") for number in range(100)))
            assert hung_up(line)
        receiver.stop()
        kept = receiver.records()
        unkept = [note for note in receiver.notes() if note["event"] == "unkept"]
        counts = receiver.state()["counts"]
    assert sum(len(record.payload) for record in kept) <= 2000
    assert (
        len(kept) + sum(note["verdicts"][str(verdicts.UNKNOWN_MN)][0] for note in unkept) == counts["refused"]
    )
    assert counts["refused"] == 100


def test_a_flood_that_takes_no_answers_leaves_the_others_served(receiver: Receiver) -> None:
    """The flood is held back by its own unread answers and its own unsaved frames, the receiver's memory is not."""
    flood = b"".join(frame(number) for number in range(2000))
    line = receiver.connect()
    line.setblocking(False)
    end = time.monotonic() + 3
    while time.monotonic() < end:
        try:
            line.send(flood)
        except BlockingIOError:
            time.sleep(0.01)
    assert works(receiver)
    assert resident(receiver) < 200_000_000
    line.close()
    assert works(receiver, 5001)


def test_half_open_connections_hold_nobody_up(receiver: Receiver) -> None:
    lines = [receiver.connect() for _ in range(300)]
    for line in lines[::2]:
        line.sendall(frame()[:40])
    for line in lines[::3]:  # gone without a word
        line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")
        line.close()
    assert works(receiver)
    for line in lines:
        line.close()
    until(lambda: receiver.state()["connections"] == 0)


def test_it_says_when_its_port_is_taken_or_another_writes(receiver: Receiver) -> None:
    environment = {**os.environ, "DUHENG_HOME": str(receiver.home)}
    command = [sys.executable, "-m", "duheng", "receive", "--host", "127.0.0.1", "--hj212", "0"]
    second = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert second.returncode == 2
    assert "另一个duheng receive正在写入" in second.stderr
    environment["DUHENG_HOME"] = str(receiver.home / "other")
    third = subprocess.run(
        [*command[:-1], str(receiver.port)], env=environment, capture_output=True, text=True
    )
    assert third.returncode == 2
    assert "Traceback" not in third.stderr
    assert list(read(receiver.home / "other" / "telemetry" / "segments"))[-1].payload == b'{"event": "stop"}'
