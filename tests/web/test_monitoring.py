"""Monitoring: empty until devices are registered, alive with the drill's; alarms from opening to closing."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from duheng import ledger
from duheng.telemetry import devices
from duheng.telemetry.devices import Device
from duheng.telemetry.gathering import gather
from duheng.telemetry.hj212 import encoding
from duheng.telemetry.meters import gateways
from duheng.telemetry.segments import FRAME, METER, Writer, packed
from duheng.telemetry.verdicts import LATE, MESSAGE, STORED
from duheng.telemetry.watching.drill import lay_out
from duheng.telemetry.watching.live import now
from duheng.telemetry.watching.running import watch
from duheng.telemetry.watching.signs import Sign
from duheng.web import alarms, state
from duheng.web.models import Alarm
from duheng.web.monitoring import scenarios
from duheng.web.pages import alarms as alarms_page

Site = Callable[..., Client]
DRILL = "?scenario=drill"
PAGES = ("/monitor", "/monitor/alarms", "/monitor/receipts", "/monitor/wall")


@pytest.fixture(scope="module")
def laid(tmp_path_factory: pytest.TempPathFactory, django_db_blocker: DjangoDbBlocker) -> Path:
    """A folder with the drill's devices and their last three days."""
    home = tmp_path_factory.mktemp("laid")
    with django_db_blocker.unblock():
        lay_out(home, state.city("drill").places, now(), days=3)
    return home


@pytest.fixture
def monitored(changing: Site, laid: Path) -> Site:
    """The site with the drill's devices, archived and watched; of today and the day before."""
    home = Path(settings.DUHENG_HOME)
    shutil.copytree(laid / "telemetry", home / "telemetry")
    gather(home)
    known = devices.load(home).by_mn
    found = watch(home, now().date() - timedelta(days=1), now().date(), now())
    alarms.take_in(found.signs, known, scenarios(known.values()))
    return changing


@pytest.fixture
def opened(changing: Site) -> Alarm:
    """One alarm of the drill, opened by a sign."""
    sign = Sign(
        "stuck", "M1", "w01018", datetime(2026, 3, 1, 8), datetime(2026, 3, 1, 16), "停住", "会动", 8, 6
    )
    alarms.take_in([sign], {"M1": Device("M1", "甲排口")}, {"M1": "drill"})
    return Alarm.objects.get()


@pytest.mark.parametrize("path", PAGES)
def test_without_devices_a_page_says_what_to_do(site: Site, path: str) -> None:
    text = site("viewer").get(path).content.decode()
    assert "duheng receive" in text or "没有报警" in text or "还没有登记的现场机" in text


@pytest.mark.parametrize("path", [*PAGES[1:], "/monitor/device/M1", "/monitor/enterprise/E1"])
def test_without_account_single_devices_are_withheld(changing: Site, path: str) -> None:
    assert changing().get(path).status_code == 403


def test_without_account_the_first_page_says_that_one_must_sign_in(changing: Site) -> None:
    assert changing().get("/monitor.json").json() == {"devices": None}


@pytest.mark.parametrize("path", PAGES)
def test_every_page_is_alive_in_the_drill(monitored: Site, path: str) -> None:
    response = monitored("viewer").get(path + DRILL)
    assert response.status_code == 200
    assert "模拟" in response.content.decode()


def test_made_up_devices_are_not_among_the_real_ones(monitored: Site) -> None:
    told = monitored("viewer").get("/monitor.json").json()
    assert told["summary"]["devices"] == 0
    assert monitored("viewer").get("/monitor/receipts.json").json()["knocking"] == []


@pytest.mark.parametrize("path", ["/monitor", "/monitor/wall"])
def test_devices_outside_every_county_are_told_by_the_lights(changing: Site, path: str) -> None:
    home = Path(settings.DUHENG_HOME)
    devices.save(home, [Device("M1", "某厂排口", "某厂"), Device("M2", "乐至排口", "512022")])
    text = changing("viewer").get(path).content.decode()
    assert "1台设备的主体不在名册中，不计入县（区）监测灯和分布图：某厂排口。" in text


def test_the_pages_of_device_and_enterprise_show_values_charts_and_facilities(monitored: Site) -> None:
    client = monitored("viewer")
    told = client.get(f"/monitor.json{DRILL}").json()["devices"]
    mn = next(one["mn"] for one in told if "用电" in one["device"] and one["state"] != "缺失")
    page = client.get(f"/monitor/device/{mn}{DRILL}").content.decode()
    assert "设施状态" in page
    assert page.count('<figure class="chart">') == 2
    entity = devices.load(Path(settings.DUHENG_HOME)).by_mn[mn].entity
    assert "治理设施" in client.get(f"/monitor/enterprise/{entity}{DRILL}").content.decode()


def test_history_alone_is_shown_with_its_arrival_and_the_time_of_its_data(monitored: Site) -> None:
    home = Path(settings.DUHENG_HOME)
    devices.add(home, Device("M7", "模拟 只补传", "drill-E05"))
    came, old = now() - timedelta(minutes=3), datetime(2025, 1, 5, 8)
    header = {"QN": "20250105080000001", "ST": "32", "CN": "2011", "PW": "1", "MN": "M7", "Flag": "5"}
    parts = [[("DataTime", f"{old:%Y%m%d%H%M%S}")], [("w01018-Rtd", "20"), ("LA-Datum", "55.1")]]
    done = threading.Event()
    with closing(Writer(home / "telemetry" / "segments")) as writer:
        arrival = int((came - timedelta(hours=8)).replace(tzinfo=UTC).timestamp() * 1e6)
        writer.put([packed(FRAME, LATE, arrival, b"192.0.2.1:9", encoding.frame(header, parts))], done.set)
        assert done.wait(20)
    gather(home)
    client = monitored("viewer")
    told = client.get(f"/monitor/device/M7.json{DRILL}").json()
    assert told["heard"][:16] == f"{came:%Y-%m-%d %H:%M}"
    assert told["newest"][:16] == "2025-01-05 08:00"
    assert (told["state"], told["cause"]) == ("silent", "old")
    assert [(one["item"], one["count"], one["last"]) for one in told["unfit"]] == [("LA-Datum", "1", "55.1")]
    left = client.get(f"/monitor/receipts.json{DRILL}").json()["unfit"]
    assert ("模拟 只补传", "LA-Datum") in [(one["device"], one["item"]) for one in left]
    page = client.get(f"/monitor/device/M7{DRILL}").content.decode()
    assert f"最近到达 {came:%Y-%m-%d %H:%M:%S}" in page
    assert "数据时间 2025-01-05 08:00:00" in page


def test_a_live_page_looks_again_by_itself_until_told_not_to(monitored: Site) -> None:
    client = monitored("viewer")
    assert 'hx-trigger="every 10s"' in client.get(f"/monitor{DRILL}").content.decode()
    assert "hx-trigger" not in client.get(f"/monitor{DRILL}&still=1").content.decode()


def test_received_is_stored_and_refused(monitored: Site) -> None:
    told = monitored("viewer").get(f"/monitor/receipts.json{DRILL}").json()
    assert told["received"] == told["stored"] + told["refused"] > 0
    assert sum(int(row["received"]) for row in told["hours"]) == told["received"]
    known = devices.load(Path(settings.DUHENG_HOME)).by_mn
    assert known.keys() & {row["mn"] for row in told["hours"]}  # titles may be alike


def test_messages_of_the_drill_s_meters_are_in_its_balance(monitored: Site) -> None:
    home = Path(settings.DUHENG_HOME)
    gateway = gateways.Gateway("S0001", "模拟 电表", "S0001")
    enrolled = gateways.enrol(home, "S0001", gateways.invite(home, gateway, now().date()), now().date())
    assert enrolled is not None
    address, client = f"/monitor/receipts.json{DRILL}", monitored("viewer")
    before = client.get(address).json()
    arrival, done = int(timezone.now().timestamp() * 1e6), threading.Event()
    body = f'{{"message": "heartbeat", "deviceId": "{enrolled.device}"}}'.encode()
    with closing(Writer(home / "telemetry" / "segments")) as writer:
        records = [packed(METER, STORED, arrival, b"127.0.0.1:9", body)] * 2
        writer.put([*records, packed(METER, MESSAGE, arrival, b"127.0.0.1:9", b"{}")], done.set)
        assert done.wait(20)
    told = client.get(address).json()
    assert told["received"] == before["received"] + 2
    assert told["received"] == told["stored"] + told["refused"]
    everything = told["everything"]
    assert everything["received"] == before["everything"]["received"] + 3  # who sent {} is not known
    assert everything["received"] == everything["stored"] + everything["refused"]
    kinds = {one["kind"]: one for one in told["kinds"]}
    assert [kinds["表计报文（HTTPS）"][key] for key in ("received", "everything")] == ["2", "3"]
    assert "两种情景合计" in client.get(f"/monitor/receipts{DRILL}").content.decode()


def test_who_knocks_is_registered_by_an_administrator_and_the_entry_is_kept(monitored: Site) -> None:
    stranger = monitored("viewer").get(f"/monitor/receipts.json{DRILL}").json()["knocking"][0]["mn"]
    sent = {"mn": stranger, "title": "新设备", "entity": "drill-E05"}
    assert monitored("reviewer").post(f"/monitor/receipts{DRILL}", sent).status_code == 403
    said = monitored("administrator").post(f"/monitor/receipts{DRILL}", sent, follow=True).content.decode()
    device = devices.load(Path(settings.DUHENG_HOME)).by_mn[stranger]
    assert (device.title, device.entity) == ("新设备", "drill-E05")
    assert f"只显示这一次）：{device.password}" in said
    entry = ledger.trail(limit=1)[0]
    assert (entry.action, entry.object) == ("device-add", stranger)
    assert device.password not in entry.detail


def test_an_alarm_goes_from_opening_to_closing_and_every_step_is_kept(opened: Alarm, changing: Site) -> None:
    place, client = f"/monitor/alarms/{opened.id}{DRILL}", changing("reviewer")
    assert changing("viewer").post(place, {"word": "acknowledge"}).status_code == 403
    early = client.post(place, {"word": "close", "closing": "mended", "reason": "更换蠕动泵管"}, follow=True)
    assert "请先确认，再记事或关闭" in early.content.decode()
    client.post(place, {"word": "acknowledge"})
    client.post(place, {"word": "close", "closing": "mended"})  # without a reason: refused
    client.post(place, {"word": "close", "closing": "mended", "reason": "更换蠕动泵管"})
    client.post(place, {"word": "note", "reason": "再说一句"})  # after the closing: refused
    told = client.get(f"/monitor/alarms/{opened.id}.json{DRILL}").json()
    assert told["state"] == "closed"
    assert told["opened_at"].endswith("+08:00")
    assert [one["word"] for one in told["words"]] == ["发出报警", "确认", "关闭"]
    assert told["words"][-1]["reason"] == "已修复：更换蠕动泵管"
    assert [one.action for one in ledger.trail(limit=2)] == ["alarm-close", "alarm-acknowledge"]


def test_the_export_holds_every_alarm_and_the_page_says_how_many_it_does_not_show(
    opened: Alarm, changing: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    start = datetime(2026, 3, 2, 8)
    signs = [
        Sign("stuck", f"M{n}", "w01018", start, start + timedelta(hours=8), f"停住{n}", "会动", 8, 6)
        for n in (2, 3)
    ]
    alarms.take_in(
        signs, {one.mn: Device(one.mn, "乙排口") for one in signs}, {one.mn: "drill" for one in signs}
    )
    monkeypatch.setattr(alarms_page, "SHOWN", 1)
    client = changing("viewer")
    page = client.get(f"/monitor/alarms{DRILL}").content.decode()
    assert "还有 2 条，请用筛选缩小范围" in page
    assert page.count("停住") == 1
    assert client.get(f"/monitor/alarms.csv{DRILL}").content.decode().count("停住") == 3


def test_closed_alarms_are_listed_only_when_asked_for(opened: Alarm, changing: Site) -> None:
    client = changing("reviewer")
    for sent in ({"word": "acknowledge"}, {"word": "close", "closing": "false", "reason": "仪器检定中"}):
        client.post(f"/monitor/alarms/{opened.id}{DRILL}", sent)
    found = {
        state: client.get(f"/monitor/alarms.json{DRILL}&state={state}").json()["alarms"]
        for state in ("", "closed")
    }
    assert [len(found[state]) for state in ("", "closed")] == [0, 1]
    assert "已关闭 <strong>1</strong>" in client.get(f"/monitor/alarms{DRILL}").content.decode()


def test_nothing_of_an_alarm_can_be_changed_or_deleted(opened: Alarm) -> None:
    for statement in ("UPDATE duheng_web_alarm SET rule = 'x'", "DELETE FROM duheng_web_alarm"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    assert Alarm.objects.get().rule == "stuck"


def sign(first: int, last: int) -> Sign:
    start = datetime(2026, 3, 1)
    return Sign(
        "stuck",
        "M1",
        "w01018",
        start + timedelta(hours=first),
        start + timedelta(hours=last),
        "停住",
        "会动",
        8,
        6,
    )


def taken(one: Sign) -> int:
    return alarms.take_in([one], {"M1": Device("M1", "甲排口")}, {"M1": "drill"})


def test_a_sign_that_goes_on_is_noted_and_opens_no_second_alarm(opened: Alarm) -> None:
    assert taken(sign(8, 30)) == 0
    (one,) = alarms.standings("drill")
    assert [word.word for word in one.words] == ["goes-on"]
    assert alarms.local(one.until) == datetime(2026, 3, 2, 6)


def test_a_sign_that_goes_on_after_the_closing_opens_another_alarm(opened: Alarm) -> None:
    for word in ("acknowledge", "close"):
        one = alarms.standing("drill", opened.id)
        assert one is not None
        alarms.say_word(one, word, "误报：仪器检定", by="reviewer", name="")
    assert taken(sign(8, 16)) == 0
    later = alarms.local(timezone.now()) + timedelta(hours=1) - datetime(2026, 3, 1)
    assert taken(sign(8, int(later.total_seconds() // 3600) + 1)) == 1


def test_what_nobody_acknowledges_goes_up_once_a_step(opened: Alarm) -> None:
    raised = [alarms.escalate(opened.opened_at + timedelta(hours=hours)) for hours in (3, 5, 5, 30)]
    assert raised == [0, 1, 0, 1]
    one = alarms.standing("drill", opened.id)
    assert one is not None
    assert one.raised_to == "市生态环境部门"


def test_what_is_acknowledged_does_not_go_up(opened: Alarm) -> None:
    one = alarms.standing("drill", opened.id)
    assert one is not None
    alarms.say_word(one, "acknowledge", "", by="reviewer", name="")
    assert alarms.escalate(opened.opened_at + timedelta(hours=100)) == 0


def test_an_alarm_is_said_in_english_too(opened: Alarm, changing: Site) -> None:
    page = changing("viewer").get(f"/monitor/alarms/{opened.id}{DRILL}&lang=en").content.decode()
    assert "a clue, no verdict" in page
