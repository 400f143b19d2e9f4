"""The logger's dialogue: acknowledgements, resends, requests of the platform, as both editions order them."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from duheng.telemetry.hj212 import encoding
from duheng.telemetry.hj212.answers import answer
from duheng.telemetry.hj212.decoding import decode
from duheng.telemetry.hj212.segment import decoded as text_of
from duheng.telemetry.hj212.segment import parse
from duheng.telemetry.simulating.frames import made
from duheng.telemetry.simulating.logger import Logger
from duheng.telemetry.simulating.periods import Device
from duheng.telemetry.simulating.schedule import Upload, seconds, stamp, uploads

from .ordering import DAY, FIRST, ordered

NOW = FIRST + DAY
QN = "20260303000001001"


def logger(*faults: str, **counts: int) -> Logger:
    return Logger(ordered(*faults, **(counts or {"water": 1})).devices[0])


def ask(of: Logger, cn: str, **body: str) -> list[bytes]:
    """Let the platform ask; what the logger says to it."""
    source = of.device.source
    head = {"QN": QN, "ST": source.kind.st, "CN": cn, "PW": source.password, "MN": source.mn, "Flag": "5"}
    changed = {name: body.pop(name) for name in ("PW", "MN") if name in body}
    return of.heard(encoding.frame(head | changed, [[pair] for pair in body.items()]), NOW, 0.0)


def said(frames: list[bytes]) -> list[tuple[str, str]]:
    """Command and result of each frame."""
    found = []
    for one in frames:
        segment = parse(text_of(one[6:-6])[0])
        result = segment.values("QnRtn") or segment.values("ExeRtn") or [""]
        found.append((segment.header["CN"], str(result[0])))
    return found


def acknowledgement(frame: bytes) -> bytes:
    found = answer(parse(text_of(frame[6:-6])[0]))
    assert found is not None
    return found


def sent(of: Logger, wall: float = 0.0) -> bytes:
    (frame,) = of.upload(Upload(NOW, "2011", NOW, NOW), wall)
    return frame


@pytest.mark.parametrize("edition", [2017, 2005])
def test_an_acknowledged_frame_is_not_sent_again(edition: int) -> None:
    of = logger(water=1, edition=edition)
    frame = sent(of)
    assert of.heard(acknowledgement(frame), NOW, 1.0) == []
    assert (of.outstanding, of.late(100.0), of.tally.acknowledged) == (0, [], 1)


def test_an_unanswered_frame_is_sent_again_three_times_the_same() -> None:
    of = logger()
    frame = sent(of)
    again = [of.late(wall) for wall in (9.0, 10.0, 20.0, 30.0, 40.0)]
    assert again == [[], [frame], [frame], [frame], []]
    assert (of.outstanding, of.tally.given_up) == (0, 1)


def test_what_was_open_when_the_line_broke_is_owed() -> None:
    of = logger()
    frame = sent(of)
    of.connected()
    assert [one.raw for one in of.owed] == [frame]


def test_a_deaf_logger_does_not_hear_the_answer() -> None:
    of = logger("deaf", water=1)
    frame = sent(of)
    of.heard(acknowledgement(frame), NOW, 1.0)
    assert of.late(10.0) == [frame]


def test_an_answer_in_pieces_is_one() -> None:
    of = logger()
    for byte in acknowledgement(sent(of)):
        of.heard(bytes([byte]), NOW, 1.0)
    assert of.outstanding == 0


def test_what_is_no_answer_is_counted_and_does_no_harm() -> None:
    of = logger()
    frame = sent(of)
    of.heard(b"##12x4hello" + acknowledgement(frame), NOW, 1.0)
    assert (of.outstanding, of.misheard > 0) == (0, True)


def test_the_clock_is_read_and_set() -> None:
    of = logger("drift", water=1)
    of.device = replace(
        of.device, injections=tuple(replace(one, last=NOW + DAY) for one in of.device.injections)
    )
    read = ask(of, "1011")
    assert said(read) == [("9011", "1"), ("1011", ""), ("9012", "1")]
    assert f"SystemTime={stamp(NOW + 600)}".encode() in read[1]
    assert QN.encode() in read[1]
    assert said(ask(of, "1012", SystemTime=stamp(NOW))) == [("9011", "1"), ("9012", "1")]
    assert f"SystemTime={stamp(NOW)}".encode() in ask(of, "1011")[1]


def test_history_is_what_was_sent_at_its_time() -> None:
    of = logger(gas=1)
    body = {"BeginTime": stamp(FIRST), "EndTime": stamp(FIRST + 5 * 3600)}
    frames = ask(of, "2061", **body)
    assert said([frames[0], frames[-1]]) == [("9011", "1"), ("9012", "1")]
    before = {up.time: made(of.device, up)[0].raw for up in uploads(of.device, FIRST, NOW) if up.cn == "2061"}
    cells = [decode(one)["factors"] for one in frames[1:-1]]
    assert cells == [decode(before[FIRST + hour * 3600])["factors"] for hour in range(6)]
    assert len({decode(one)["QN"] for one in frames[1:-1]} - {QN}) == 6


def test_of_history_the_comma_of_the_standards_examples_is_understood() -> None:
    of = logger()
    source = of.device.source
    head = {"QN": QN, "ST": "32", "CN": "2031", "PW": source.password, "MN": source.mn, "Flag": "5"}
    part = [("BeginTime", stamp(FIRST)), ("EndTime", stamp(FIRST))]
    assert len(of.heard(encoding.frame(head, [part]), NOW + DAY, 0.0)) == 3


def test_there_is_no_history_of_the_future_nor_of_silence() -> None:
    of = logger("silence", water=1)
    (one,) = of.device.injections
    quiet = {"BeginTime": stamp(one.first), "EndTime": stamp(one.last - 3601)}
    ahead = {"BeginTime": stamp(NOW), "EndTime": stamp(NOW + DAY)}
    assert [said(ask(of, "2061", **body))[-1] for body in (quiet, ahead)] == [("9012", "100")] * 2


@pytest.mark.parametrize(
    ("cn", "body", "found"),
    [
        ("2051", {"BeginTime": "20260302000000"}, ("9012", "3")),
        ("2061", {"BeginTime": "x", "EndTime": "y"}, ("9012", "3")),
        ("1012", {"SystemTime": "yesterday"}, ("9012", "3")),
        ("1062", {"RtdInterval": "5"}, ("9012", "3")),
        ("1064", {"MinInterval": "7"}, ("9012", "3")),
        ("1000", {"OverTime": "no"}, ("9012", "3")),
        ("1072", {"NewPW": "much too long"}, ("9012", "3")),
        ("2071", {}, ("9011", "8")),
        ("3011", {}, ("9012", "3")),
        ("3021", {"PolId": "w01018", "InfoId": "i13004"}, ("9012", "3")),
        ("3020", {"PolId": "w01018", "InfoId": "i99999"}, ("9012", "100")),
        ("3011", {"PolId": "w01018"}, ("9012", "1")),
        ("1999", {}, ("9011", "8")),
        ("1011", {"PW": "wrong"}, ("9011", "3")),
        ("1011", {"MN": "another"}, ("9011", "4")),
    ],
)
def test_a_request_gets_the_result_the_standard_has_for_it(
    cn: str, body: dict[str, str], found: tuple[str, str]
) -> None:
    assert said(ask(logger(), cn, **body))[-1] == found


def test_intervals_waits_and_password_are_set() -> None:
    of = logger()
    for cn, body in (
        ("1062", {"RtdInterval": "30"}),
        ("1064", {"MinInterval": "5"}),
        ("1000", {"OverTime": "5", "ReCount": "2"}),
        ("1072", {"NewPW": "abc123"}),
    ):
        assert said(ask(of, cn, **body))[-1] == ("9012", "1")
    assert (of.device.interval, of.device.minutes, of.patience, of.tries) == (30, 5, 5.0, 2)
    assert b"PW=abc123" in sent(of)
    times = [up.moment - FIRST for up in uploads(of.device, FIRST, FIRST + 300) if up.cn == "2011"]
    assert times == list(range(0, 300, 30))


def test_real_time_data_stop_on_notice_and_begin_on_request() -> None:
    of = logger()
    assert said(ask(of, "2012")) == [("9013", "")]
    assert of.upload(Upload(NOW, "2011", NOW, NOW), 0.0) == []
    assert said(ask(of, "2011")) == [("9011", "1"), ("9012", "1")]
    assert sent(of)


def test_answers_of_2005_say_in_cp_what_they_answer() -> None:
    (first, *_) = ask(logger(water=1, edition=2005), "1011")
    assert f"CP=&&QN={QN};QnRtn=1&&".encode() in first


def test_identity_and_states_of_an_analyser_are_told() -> None:
    of = logger()
    assert b"w01018-SN=SN" in ask(of, "3019", PolId="w01018")[1]
    assert b"i12001-Info=0" in ask(of, "3020", PolId="w01018", InfoId="i12001")[1]


def test_the_sampling_cycle_and_a_parameter_are_set_and_read() -> None:
    of = logger()
    one = {"PolId": "w01018"}
    assert b"CstartTime=000000;Ctime=2" in ask(of, "3017", **one)[1]
    ask(of, "3016", **one, CstartTime="013000", Ctime="4")
    assert b"CstartTime=013000;Ctime=4" in ask(of, "3017", **one)[1]
    ask(of, "3021", **one, InfoId="i13004", **{"i13004-Info": "120.0"})
    assert b"i13004-Info=120.0" in ask(of, "3020", **one, InfoId="i13004")[1]
    assert b"Stime=30" in ask(of, "3018", **one)[1]
    assert b"VaseNo=1" in ask(of, "3015")[1]


def test_the_commands_that_only_2005_has() -> None:
    of = logger(water=1, edition=2005)
    ask(of, "1022", **{"011-LowValue": "1", "011-UpValue": "80"})
    assert b"011-LowValue=1;011-UpValue=80" in ask(of, "1021", PolId="011")[1]
    ask(of, "1042", ReportTime="0830")
    assert b"ReportTime=0830" in ask(of, "1041")[1]
    assert said(ask(of, "2071"))[-1] == ("9012", "100")
    assert said(ask(of, "3013"))[-1] == ("9012", "1")
    assert said(ask(of, "3016", PolId="011"))[-1] == ("9011", "8")


def test_the_moment_of_a_day_is_that_of_beijing() -> None:
    assert stamp(seconds(datetime(2026, 1, 2, 3, 4, 5))) == "20260102030405"


def test_a_device_without_faults_is_the_same_with_its_days_kept() -> None:
    device = ordered(water=1).devices[0]
    copy = Device(device.source, device.injections, device.interval, device.minutes, device.edition)
    first, second = (next(uploads(one, FIRST, NOW)) for one in (device, copy))
    assert made(device, first) == made(copy, second)
