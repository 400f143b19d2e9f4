"""The present: what has just come is there before it is archived, and once only after; rates never count a gap."""

from __future__ import annotations

import threading
from contextlib import closing
from datetime import UTC, timedelta
from pathlib import Path

import polars as pl
import pytest

from duheng.rules.readings import capture_rate, data_completeness
from duheng.telemetry import devices
from duheng.telemetry.devices import Device
from duheng.telemetry.gathering import gather
from duheng.telemetry.hj212 import encoding
from duheng.telemetry.segments import FRAME, Writer, packed
from duheng.telemetry.watching.live import Live, now
from duheng.telemetry.watching.rates import first_heard, low, rates
from duheng.telemetry.watching.taking import current
from duheng.web.monitoring import CAUSES, _judged
from tests.telemetry.watching.series import HOUR, START, Outlet, hours

MN = "010000A8900016F000169DC0"
OUTLET = Outlet("water", 1)
END = START + timedelta(days=3)


def received(home: Path, value: float, minutes_ago: int, days_late: int = 0) -> None:
    """A frame of real-time data, stored as the receiver does. days_late: how old its data were when it came."""
    came = now() - timedelta(minutes=minutes_ago)
    at = came - timedelta(days=days_late)
    header = {"QN": f"{at:%Y%m%d%H%M%S}000", "ST": "32", "CN": "2011", "PW": "123456", "MN": MN, "Flag": "5"}
    parts = [[("DataTime", f"{at:%Y%m%d%H%M%S}")], [("w01018-Rtd", f"{value}"), ("w01018-Flag", "N")]]
    arrival = int((came.replace(tzinfo=UTC) - timedelta(hours=8)).timestamp() * 1e6)
    done = threading.Event()
    with closing(Writer(home / "telemetry" / "segments")) as writer:
        writer.put([packed(FRAME, 0, arrival, b"192.0.2.1:9", encoding.frame(header, parts))], done.set)
        assert done.wait(20)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("duheng.telemetry.watching.live.EVERY", 0.0)  # every look is a look at the disk
    devices.save(tmp_path, [Device(MN, "甲厂排口")])
    return tmp_path


def seen(present: Live) -> list[float]:
    present.look()
    return present.newest["value"].to_list()


def test_data_of_the_future_hide_nothing_and_are_told(home: Path) -> None:
    present = Live(home)
    received(home, 21.5, 9)
    received(home, 99999.0, 8, days_late=-100)
    assert seen(present) == [21.5]
    assert set(present.ahead) == {MN}
    assert present.day(MN)["value"].to_list() == [21.5]
    gather(home)
    assert seen(Live(home)) == [21.5]


def test_a_device_that_sends_only_data_of_the_future_is_told_to_set_its_clock(home: Path) -> None:
    present = Live(home)
    received(home, 5.0, 8, days_late=-100)
    assert seen(present) == []
    judged = _judged([], present.heard[MN], present.ahead[MN], 0)
    assert (judged[0], CAUSES[judged[1]]) == ("silent", "只收到将来的数据，请校时")


def test_what_has_just_come_is_seen_before_and_after_it_is_archived(home: Path) -> None:
    present = Live(home)
    received(home, 21.5, 9)
    assert seen(present) == [21.5]
    gather(home)
    assert seen(present) == [21.5]
    received(home, 23.5, 3)
    assert seen(present) == [23.5]
    assert present.day(MN)["value"].to_list() == [21.5, 23.5]


def test_another_process_may_have_archived_what_we_never_saw(home: Path) -> None:
    present = Live(home)
    assert seen(present) == []
    received(home, 21.5, 9)
    gather(home)
    assert seen(present) == [21.5]


def test_what_has_just_come_tells_when_a_device_was_heard(home: Path) -> None:
    received(home, 21.5, 9)
    present = Live(home)
    seen(present)
    assert timedelta(minutes=8) < now() - present.heard[MN] < timedelta(minutes=11)


def test_history_is_heard_when_it_arrives_and_keeps_its_own_time(home: Path) -> None:
    """Data of 300 days ago that came just now, archived: the arrival and the time of the data are two things."""
    received(home, 21.5, 9, days_late=300)
    gather(home)
    for _ in range(2):  # another process finds it as the one that looked on
        present = Live(home)
        assert seen(present) == [21.5]
        assert timedelta(minutes=8) < now() - present.heard[MN] < timedelta(minutes=11)
        assert timedelta(days=299) < now() - present.newest["time"][0] < timedelta(days=301)
    received(home, 22.5, 5, days_late=280)
    gather(home)  # by another process: what was looked at does not hold it
    assert seen(present) == [22.5]
    assert now() - present.heard[MN] < timedelta(minutes=6)


def shares(rows: pl.DataFrame, *mns: str) -> pl.DataFrame:
    return rates(current(rows), mns or (OUTLET.mn,), START.date(), (END - HOUR).date(), END)


def test_half_a_day_without_data_is_half_a_rate() -> None:
    rows = hours(OUTLET, days=3).filter(~pl.col("time").is_between(START + 12 * HOUR, START + 23 * HOUR))
    found = shares(rows)
    assert found["transmission"].to_list() == [0.5, 1.0, 1.0]
    assert [(one.rule, one.start) for one in low(found)] == [("transmission", START)]


def test_nothing_is_due_before_a_device_was_first_heard(home: Path) -> None:
    """It connects on the third day at noon and hands in the first day: no share of the first two, half of the third."""
    came = END - 12 * HOUR
    rows = hours(OUTLET, days=3).filter(
        (pl.col("time") < START + 24 * HOUR) | (pl.col("time") >= came - HOUR)
    )
    rows = rows.with_columns(arrival=pl.max_horizontal("arrival", pl.lit(came - 8 * HOUR)))
    begun = first_heard(home, current(rows), START.date())
    assert begun == {OUTLET.mn: came}
    found = rates(current(rows), [OUTLET.mn], START.date(), (END - HOUR).date(), END, begun)
    assert found["expected"].to_list() == [None, None, 60]
    assert found["received"].to_list() == [120, None, 65]
    assert found["transmission"].to_list() == [None, None, 1.0]
    assert low(found) == []
    assert [one.start for one in low(shares(rows))] == [START + 24 * HOUR, START + 48 * HOUR]


def test_a_device_that_sent_anything_before_owes_its_readings(home: Path) -> None:
    received(home, 21.5, 5 * 24 * 60)
    rows = hours(OUTLET, days=1, start=now().replace(microsecond=0) - timedelta(days=1))
    rows = rows.with_columns(mn=pl.lit(MN))
    first = now().date() - timedelta(days=3)
    assert first_heard(home, current(rows), first) == {}


def test_a_standstill_takes_nothing_from_validity_and_a_fault_does() -> None:
    first = pl.col("time") < START + 6 * HOUR
    rows = hours(OUTLET, days=3)
    stopped = shares(rows.with_columns(flag=pl.when(first).then(pl.lit("F")).otherwise("flag")))
    assert stopped["validity"].to_list() == [1.0, 1.0, 1.0]
    broken = shares(rows.with_columns(flag=pl.when(first).then(pl.lit("D")).otherwise("flag")))
    assert broken["validity"].to_list() == [0.75, 1.0, 1.0]


def test_a_device_that_never_sent_has_no_rate_rather_than_none_received() -> None:
    found = shares(hours(OUTLET, days=3), OUTLET.mn, "M9").filter(pl.col("mn") == "M9")
    assert found["received"].to_list() == [None, None, None]
    assert found["effective"].to_list() == [None, None, None]


def test_a_day_without_anything_is_there_with_nothing_received() -> None:
    rows = hours(OUTLET, days=3).filter(pl.col("time").dt.date() != (START + timedelta(days=1)).date())
    assert shares(rows)["received"].to_list() == [120, 0, 120]


def test_the_rates_are_those_of_the_rules() -> None:
    time = pl.col("time")
    flags = pl.when(time < START + 6 * HOUR).then(pl.lit("D")).when(time < START + 9 * HOUR).then(pl.lit("F"))
    rows = hours(OUTLET, days=3).with_columns(flag=flags.otherwise("flag"))
    rows = rows.filter(~time.is_between(START + 12 * HOUR, START + 15 * HOUR))
    found = shares(rows).rows(named=True)
    assert (found[0]["transmission"], found[0]["validity"]) == (20 / 24, 11 / 17)
    for row in found:
        lost = row["received"] - row["stopped"] - row["valid"]
        due = data_completeness.number(received=row["received"], expected=row["expected"])
        good = capture_rate.number(hours=row["received"], invalid=lost, stopped=row["stopped"])
        assert (row["transmission"], row["validity"]) == (due, good)


def test_a_device_not_heard_of_is_not_said_never_to_have_sent() -> None:
    """The look goes back thirty days: more is not known, and more is not said."""
    assert CAUSES["never"] == "近30天无数据"
