"""Requests to a device: what is sent, what may be asked for, and how each exchange ends."""

from __future__ import annotations

import pytest

from duheng.telemetry.hj212 import dialogue as exchange
from duheng.telemetry.hj212.dialogue import Dialogue, orders, troubles
from duheng.telemetry.hj212.segment import Segment, parse

QN = "20160801085857223"
HEADER = {"QN": QN, "ST": "32", "PW": "123456", "MN": "010000A8900016F000169DC0"}
DAY = {"BeginTime": "20160801000000", "EndTime": "20160801235959"}


def answer(code: str, body: str = "", qn: str = QN) -> Segment:
    return parse(f"QN={qn};ST=91;CN={code};PW=123456;MN=010000A8900016F000169DC0;Flag=4;CP=&&{body}&&")


def begun(code: str = "1012", values: dict[str, str] | None = None, version: int = 1) -> Dialogue:
    one = Dialogue(code, values or {}, HEADER, version)
    one.send(0.0)
    return one


def test_a_request_is_sent_as_the_standard_prints_it() -> None:
    one = Dialogue("1062", {"RtdInterval": "30"}, {**HEADER, "PW": "100000"})
    assert one.send(0.0) == (
        b"##0101QN=20160801085857223;ST=32;CN=1062;PW=100000;MN=010000A8900016F000169DC0;Flag=5;"
        b"CP=&&RtdInterval=30&&1C80\r\n"
    )


def test_of_2005_the_flag_says_only_that_an_answer_is_wanted() -> None:
    assert b";Flag=1;CP=" in begun(version=0).frame


@pytest.mark.parametrize(
    ("heard", "state", "reason"),
    [
        (["9011 QnRtn=1"], "accepted", ""),
        (["9011 QnRtn=3"], "refused", ""),
        (["9011 QnRtn=1", "9012 ExeRtn=1"], "done", ""),
        (["9011 QnRtn=1", "9012 ExeRtn=100"], "done", ""),
        (["9011 QnRtn=1", "9012 ExeRtn=4"], "failed", "execution"),
        (["9012 ExeRtn=1"], "done", ""),
        (["9013 "], "done", ""),
        (["9011 "], "refused", ""),
        (["2011 DataTime=20160801000000"], "sent", ""),
    ],
)
def test_how_an_exchange_goes(heard: list[str], state: str, reason: str) -> None:
    one = begun()
    for said in heard:
        code, _, body = said.partition(" ")
        one.heard(answer(code, body), 1.0)
    assert (one.state, one.reason) == (state, reason)


def test_the_answer_to_another_request_is_none_to_this() -> None:
    one = begun()
    assert not one.heard(answer("9012", "ExeRtn=1", qn="20160801085857224"), 1.0)
    assert one.state == "sent"


def test_of_2005_the_number_stands_in_the_body() -> None:
    one = begun(version=0)
    one.heard(parse(f"ST=91;CN=9011;PW=123456;MN=1;Flag=0;CP=&&QN={QN};QnRtn=1&&"), 1.0)
    one.heard(parse(f"ST=91;CN=9012;PW=123456;MN=1;Flag=0;CP=&&QN={QN};ExeRtn=1&&"), 2.0)
    assert (one.state, one.said) == ("done", {"QnRtn": "1", "ExeRtn": "1"})


def test_without_an_answer_the_same_frame_is_sent_three_times_more() -> None:
    one = begun()
    sent = [one.due(moment) for moment in (9.9, 10.0, 19.9, 20.0, 30.0, 39.9, 40.0, 50.0)]
    assert [again == one.frame for again in sent] == [False, True, False, True, True, False, False, False]
    assert (one.state, one.reason, one.sends) == ("failed", "no_answer", 4)


def test_an_accepted_request_is_not_sent_again_and_ends_without_a_result() -> None:
    one = begun()
    one.heard(answer("9011", "QnRtn=1"), 5.0)
    assert one.due(34.9) is None
    assert one.state == "accepted"
    assert one.due(35.0) is None
    assert (one.state, one.reason, one.sends) == ("failed", "no_result", 1)


def test_data_keep_a_history_request_open_and_are_counted_by_their_time() -> None:
    one = begun("2051", DAY)
    one.heard(answer("9011", "QnRtn=1"), 1.0)
    for number, time in enumerate(("20160801001000", "20160801002000", "20160802000000")):
        one.heard(
            answer("2051", f"DataTime={time};w01018-Avg=1", qn=f"2016080109000000{number}"),
            20.0 * (number + 1),
        )
    assert one.frames == 2
    assert one.due(60.0) is None
    assert one.state == "accepted"
    one.heard(answer("9012", "ExeRtn=1"), 61.0)
    assert one.state == "done"


def test_the_answer_with_the_requests_number_gives_its_fields() -> None:
    one = begun("1011")
    one.heard(answer("9011", "QnRtn=1"), 1.0)
    one.heard(answer("1011", "SystemTime=20160801085857"), 2.0)
    one.heard(answer("9012", "ExeRtn=1"), 3.0)
    assert (one.state, one.found) == ("done", {"SystemTime": "20160801085857"})


def test_nothing_is_heard_before_it_is_sent_or_after_it_has_ended() -> None:
    one = Dialogue("1012", {}, HEADER)
    assert not one.heard(answer("9011", "QnRtn=1"), 0.0)
    one.send(0.0)
    one.heard(answer("9012", "ExeRtn=1"), 1.0)
    assert not one.heard(answer("9011", "QnRtn=2"), 2.0)
    assert one.state == exchange.DONE
    assert one.due(1e9) is None


@pytest.mark.parametrize(
    ("code", "values"),
    [
        ("1011", {}),
        ("1012", {"SystemTime": "now"}),
        ("1012", {"PolId": "w01018", "SystemTime": "20160801085857"}),
        ("1000", {"OverTime": "5", "ReCount": "3"}),
        ("1062", {"RtdInterval": "60"}),
        ("1064", {"MinInterval": "10"}),
        ("1072", {"NewPW": "abc123"}),
        ("2011", {}),
        ("2012", {}),
        ("2061", DAY),
        ("3011", {"PolId": "w01018"}),
        ("3016", {"PolId": "w01018", "CstartTime": "000000", "Ctime": "2"}),
        ("3020", {"PolId": "w01018", "InfoId": "i11001"}),
        ("3021", {"PolId": "w01018", "InfoId": "i13004", "i13004-Info": "168.0"}),
    ],
)
def test_what_may_be_asked(code: str, values: dict[str, str]) -> None:
    assert troubles(code, values) == []


@pytest.mark.parametrize(
    ("code", "values", "said"),
    [
        ("9999", {}, "不是平台下发的命令"),
        ("9014", {}, "不是平台下发的命令"),
        ("1012", {}, "SystemTime：没有给出"),
        ("1012", {"SystemTime": "20160231000000"}, "YYYYMMDDhhmmss"),
        ("2051", {"BeginTime": "now", "EndTime": "20160801000000"}, "BeginTime“now”"),
        ("2011", {"RtdInterval": "60"}, "没有这一项"),
        ("1062", {"RtdInterval": "29"}, "整数，30至3600"),
        ("1064", {"MinInterval": "7"}, "应为1、2、3、4、5、6、10、12、15、20、30之一"),
        ("1062", {"RtdInterval": "60,90"}, "RtdInterval“60,90”：应为整数"),
        ("1072", {"NewPW": "1234567"}, "NewPW“1234567”"),
        ("3021", {"PolId": "w01018", "InfoId": "i13004", "i13004-Info": "1;CN=1072"}, "不含分隔符"),
        ("3016", {"PolId": "w01018", "CstartTime": "250000", "Ctime": "2"}, "CstartTime"),
    ],
)
def test_what_may_not_be_asked(code: str, values: dict[str, str], said: str) -> None:
    assert said in "；".join(troubles(code, values))


def test_where_the_editions_differ_that_of_2017_counts() -> None:
    assert (orders()["3013"].title, orders()["3014"].title) == ("启动清洗/反吹", "比对采样")
    assert [orders()[code].notice for code in ("2012", "2022", "2011")] == [True, True, False]


def test_a_span_does_not_end_before_it_begins() -> None:
    begin, end = "20260102000000", "20260101000000"
    assert "晚于" in "".join(troubles("2061", {"BeginTime": begin, "EndTime": end}))
    assert not troubles("2061", {"BeginTime": end, "EndTime": begin})


def test_the_new_password_has_the_name_of_the_edition() -> None:
    assert b"CP=&&PW=abc123&&" in begun("1072", {"NewPW": "abc123"}, version=0).frame
    assert b"CP=&&NewPW=abc123&&" in begun("1072", {"NewPW": "abc123"}, version=1).frame


def test_the_values_of_one_factor_are_one_project() -> None:
    frame = begun("1022", {"011-LowValue": "1", "011-UpValue": "80", "060-UpValue": "8"}, version=0).frame
    assert b"CP=&&011-LowValue=1,011-UpValue=80;060-UpValue=8&&" in frame


@pytest.mark.parametrize(
    ("code", "values", "body"),
    [
        ("1021", {"PolId": "011,060"}, "PolId=011;PolId=060"),
        ("3014", {"PolID": "011", "CTime": "2,8,14"}, "PolID=011,CTime=2,CTime=8,CTime=14"),
    ],
)
def test_a_field_of_2005_may_be_given_several_times(code: str, values: dict[str, str], body: str) -> None:
    assert troubles(code, values, 0) == []
    assert f"CP=&&{body}&&".encode() in begun(code, values, version=0).frame


def test_each_of_several_values_is_judged() -> None:
    assert troubles("3014", {"PolID": "011", "CTime": "2,25"}, 0) == ["CTime“25”：应为整数，1至24"]
    assert troubles("3014", {}, 0)[1:] == ["CTime：没有给出，命令3014（设置设备采样时间周期，2005版）须有"]


@pytest.mark.parametrize(
    ("code", "values", "version", "said"),
    [
        ("3013", {}, 0, ""),
        ("3013", {}, 1, "PolId：没有给出"),
        ("3013", {"PolId": "011"}, 0, "没有这一项"),
        ("3014", {"PolID": "011", "CTime": "2"}, 0, ""),
        ("3014", {"PolID": "011", "CTime": "2"}, 1, "没有给出"),
        ("3014", {"PolId": "w01018"}, 0, "设置设备采样时间周期，2005版"),
        ("1000", {"OverTime": "3600", "ReCount": "3"}, 0, ""),
        ("1000", {"OverTime": "3600", "ReCount": "3"}, 1, "整数，1至99"),
        ("1000", {"OverTime": "3600", "ReCount": "3"}, None, ""),
        ("1001", {"WarnTime": "10"}, 0, ""),
    ],
)
def test_a_command_is_as_the_devices_edition_has_it(
    code: str, values: dict[str, str], version: int | None, said: str
) -> None:
    found = "；".join(troubles(code, values, version))
    assert said in found if said else not found


def test_of_2005_an_answer_without_a_number_answers_what_was_asked() -> None:
    one = begun("1011", version=0)
    one.heard(parse(f"ST=91;CN=9011;PW=123456;MN=1;Flag=0;CP=&&QN={QN};QnRtn=1&&"), 1.0)
    assert one.heard(parse("ST=32;CN=1011;PW=123456;MN=1;CP=&&SystemTime=20160801085857&&"), 2.0)
    assert one.found == {"SystemTime": "20160801085857"}
