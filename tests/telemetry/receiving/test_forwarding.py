"""Handing on to an upper platform: byte for byte or under our own name, through outages, without harm to the rest."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
import yaml

from duheng.model.errors import DuhengError
from duheng.telemetry.hj212.answers import answer
from duheng.telemetry.hj212.encoding import framed
from duheng.telemetry.hj212.framing import Frame, Framer
from duheng.telemetry.hj212.segment import parse
from duheng.telemetry.receiving import forwarding
from duheng.telemetry.receiving.forwarding import Target, outgoing
from duheng.telemetry.segments import FRAGMENT, FRAME, Record

from .running import MN, PATIENCE, Receiver, answers, frame, receiving, until


class Upper:
    """An upper platform: keeps what comes and acknowledges it, unless told not to."""

    def __init__(self, port: int = 0) -> None:
        self.listening = socket.create_server(("127.0.0.1", port))
        self.port = int(self.listening.getsockname()[1])
        self.got: list[bytes] = []
        self.deaf_to: set[str] = set()
        self.lines: list[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                line, _ = self.listening.accept()
                line.settimeout(PATIENCE)
                self.lines.append(line)
                threading.Thread(target=self._serve, args=(line,), daemon=True).start()

    def _serve(self, line: socket.socket) -> None:
        framer = Framer()
        with line, suppress(OSError):
            while data := line.recv(65_536):
                for piece in framer.feed(data):
                    assert isinstance(piece, Frame)
                    asked = parse(piece.segment.decode())
                    self.got.append(piece.raw)
                    said = answer(asked)
                    if said and asked.header["QN"] not in self.deaf_to:
                        line.sendall(said)

    def close(self) -> None:
        self.listening.shutdown(socket.SHUT_RDWR)  # closing alone leaves the thread in accept
        self.listening.close()
        for line in self.lines:
            with suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)


@contextmanager
def upper(port: int = 0) -> Iterator[Upper]:
    one = Upper(port)
    try:
        yield one
    finally:
        with suppress(OSError):
            one.close()


def targets(home: Path, *given: dict[str, object]) -> Path:
    path = home / "telemetry" / "forward.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(yaml.safe_dump(list(given)), encoding="utf-8")
    return path


def to(port: int, **more: object) -> dict[str, object]:
    return {"name": "province", "host": "127.0.0.1", "port": port, "answer": 2.0, **more}


def send(receiver: Receiver, *frames: bytes) -> None:
    with receiver.connect() as line:
        line.sendall(b"".join(frames))
        assert len(answers(line, len(frames))) == len(frames)


def test_what_is_stored_goes_on_byte_for_byte(tmp_path: Path) -> None:
    with upper() as province:
        targets(tmp_path, to(province.port))
        with receiving(tmp_path) as receiver:
            send(receiver, frame(1), frame(1), frame(2))
            until(lambda: len(province.got) == 2)
            send(receiver, frame(3))
            until(lambda: len(province.got) == 3)
            until(lambda: receiver.state()["forwarding"]["province"]["acknowledged"] == 3)
    assert province.got == [frame(number)[:-2] for number in (1, 2, 3)]


def test_after_an_outage_and_a_restart_it_goes_on_where_it_was(tmp_path: Path) -> None:
    with upper() as province:
        targets(tmp_path, to(province.port))
        with receiving(tmp_path) as receiver:
            send(receiver, frame(1))
            until(lambda: receiver.state()["forwarding"]["province"]["acknowledged"] == 1)
            port = province.port
            province.close()
            send(receiver, *(frame(number) for number in range(2, 300)))
            until(lambda: receiver.state()["forwarding"]["province"]["trouble"])
            receiver.kill()
    with upper(port) as again, receiving(tmp_path):
        until(lambda: len(set(again.got)) == 298)
    assert set(again.got) == {frame(number)[:-2] for number in range(2, 300)}


def test_what_the_target_never_acknowledges_is_noted_and_passed_over(tmp_path: Path) -> None:
    with upper() as province:
        province.deaf_to.add(frame(2)[9:26].decode())
        targets(tmp_path, to(province.port, answer=0.3))
        with receiving(tmp_path) as receiver:
            send(receiver, *(frame(number) for number in range(1, 5)))
            until(lambda: receiver.state()["forwarding"]["province"]["given_up"] == 1)
            until(lambda: any(note["event"] == "not_forwarded" for note in receiver.notes()))
    assert province.got.count(frame(2)[:-2]) == 4
    assert province.got.count(frame(3)[:-2]) == 1


def test_two_targets_do_not_wait_for_each_other(tmp_path: Path) -> None:
    with upper() as province, socket.create_server(("127.0.0.1", 0)) as silent:
        away = {**to(silent.getsockname()[1]), "name": "away"}
        targets(tmp_path, away, to(province.port))
        with receiving(tmp_path) as receiver:
            send(receiver, *(frame(number) for number in range(50)))
            until(lambda: len(province.got) == 50)
            send(receiver, frame(60))


def stored(payload: bytes, kind: int = FRAME, verdict: int = 0) -> Record:
    return Record("a", 0, 1, kind, verdict, 0, "", payload)


def test_under_our_own_name_and_password_the_body_stays(tmp_path: Path) -> None:
    target = Target("a", "h", 1, {MN: "4420000000"}, password="secret")
    one = outgoing(target, stored(frame(1, Flag="4")[:-2]))
    assert one is not None
    (piece,) = Framer().feed(one.data)
    assert isinstance(piece, Frame)
    assert piece.problems == ()
    said, before = parse(piece.segment.decode()), parse(frame(1)[6:-6].decode())
    assert said.items == before.items
    assert said.header == {**before.header, "MN": "4420000000", "PW": "secret", "Flag": "5"}
    assert (one.key, one.wanted) == (("4420000000", before.header["QN"]), True)


@pytest.mark.parametrize("password", ["", "secret"])
def test_a_frame_without_number_is_not_waited_for(password: str) -> None:
    segment = f"ST=32;CN=2011;PW=123456;MN={MN};Flag=1;CP=&&DataTime=20260101000000;011-Rtd=3&&"
    one = outgoing(Target("a", "h", 1, password=password), stored(framed(segment.encode())[:-2]))
    assert one is not None
    assert not one.wanted
    if password:
        assert b"Flag=0;" in one.data  # a platform could not say which frame its answer means


@pytest.mark.parametrize(
    ("target", "record", "wanted"),
    [
        (Target("a", "h", 1), stored(frame()[:-2]), True),
        (Target("a", "h", 1, {MN: MN}), stored(frame()[:-2]), True),
        (Target("a", "h", 1, {"other": "other"}), stored(frame()[:-2]), False),
        (Target("a", "h", 1, commands=("2061",)), stored(frame()[:-2]), False),
        (Target("a", "h", 1), stored(frame(CN="9012")[:-2]), False),
        (Target("a", "h", 1), stored(frame(CN="1013")[:-2]), False),
        (Target("a", "h", 1), stored(frame(CN="3020")[:-2]), True),
        (Target("a", "h", 1), stored(frame()[:-2], verdict=1), False),
        (Target("a", "h", 1), stored(frame()[:-2], verdict=2), True),
        (Target("a", "h", 1), stored(frame()[:-2], verdict=131), False),
        (Target("a", "h", 1), stored(b"noise", kind=FRAGMENT, verdict=128), False),
    ],
)
def test_what_is_handed_on(target: Target, record: Record, wanted: bool) -> None:
    assert (outgoing(target, record) is not None) == wanted


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("name: x", "应为上级平台的列表"),
        ("- {name: x}", "应有name、host、port"),
        ("- {name: x, host: h, port: 0}", "port应为1至65535"),
        ("- {name: ../x, host: h, port: 1}", "name应为字母数字"),
        ("- {name: x, host: h, port: 1, password: 123456}", "加引号"),
        ("- {name: x, host: h, port: 1}\n- {name: x, host: h, port: 2}", "name重复"),
        ("- 5", "应有name、host、port"),
        ("[", "不是YAML"),
    ],
)
def test_a_wrong_list_of_targets_is_said(tmp_path: Path, text: str, said: str) -> None:
    targets(tmp_path).write_text(text, encoding="utf-8")
    with pytest.raises(DuhengError, match=said):
        forwarding.load(tmp_path)


def test_the_place_is_kept_as_json(tmp_path: Path) -> None:
    place = tmp_path / "telemetry/forwarding/province.json"
    with upper() as province:
        targets(tmp_path, to(province.port, start="first", devices=[MN], commands=["2051"]))
        with receiving(tmp_path) as receiver:
            send(receiver, frame(1))
            # Not once the frame has come: the place moves when its answer has gone back.
            until(lambda: json.loads(place.read_text())["segment"] if place.exists() else "")
            receiver.stop()
    assert json.loads(place.read_text())["segment"] == receiver.records()[-1].segment
