"""Segments to readings: each stored frame once, refused ones counted, twice the same adds nothing."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import polars as pl
import pytest

from duheng.model.errors import DuhengError
from duheng.telemetry.devices import Device, save
from duheng.telemetry.gathering import gather, saved
from duheng.telemetry.hj212.encoding import frame, framed
from duheng.telemetry.readings.layout import readings
from duheng.telemetry.segments import FRAGMENT, FRAME, METER, packed
from duheng.telemetry.unfit import MOST, OTHERS, Unfit
from duheng.telemetry.verdicts import CRC, GARBAGE, PARTLY, STORED

ARRIVAL = 1_767_225_600_000_000  # 2026-01-01 00:00 UTC


def sent(mn: str, cn: str, time: str, *parts: tuple[str, str]) -> bytes:
    header = {"QN": "20260101080000001", "ST": "31", "CN": cn, "PW": "123456", "MN": mn, "Flag": "5"}
    return frame(header, [[("DataTime", time)] if time else [], list(parts)])[:-2]


def received(home: Path, name: str, *records: tuple[int, int, bytes]) -> None:
    file = home / "telemetry" / "segments" / f"{name}.seg"
    file.parent.mkdir(parents=True, exist_ok=True)
    data = b"".join(
        packed(kind, verdict, ARRIVAL + place, b"10.0.0.1:5000", payload)
        for place, (kind, verdict, payload) in enumerate(records)
    )
    file.write_bytes(data)


def stored(home: Path) -> pl.DataFrame:
    return pl.read_parquet(f"{readings(home)}/**/*.parquet", hive_partitioning=True).sort(
        "mn", "cn", "time", "factor"
    )


@pytest.fixture
def home(tmp_path: Path) -> Path:
    save(tmp_path, [Device("A1", site="plant-1"), Device("B2", label="end")])
    return tmp_path


def test_every_stored_frame_becomes_readings_with_its_place(home: Path) -> None:
    minute = sent(
        "A1", "2051", "20260101075000", ("a21026-Avg", "35.5"), ("a21026-Flag", "N"), ("a00000-Cou", "12")
    )
    hour = sent("B2", "2061", "20260101080000", ("w01018-Avg", "20"), ("w01018-Flag", "d"))
    log = sent("A1", "3020", "20260101080000", ("i11001-Info", "//维护;a=b//"))
    received(
        home,
        "2026-01-01/000000-00000001",
        (FRAME, STORED, minute),
        (FRAME, CRC, minute[:-1] + b"X"),
        (FRAGMENT, GARBAGE, b"GET /"),
        (FRAME, STORED, hour),
        (FRAME, STORED, log),
        (FRAME, STORED, sent("A1", "2011", "", ("w01018-Rtd", "1"))),
    )
    found = gather(home)
    rows = stored(home)
    assert found.rows == rows.height == 3
    assert found.left == {"拒收": 1, "不是监测数据的报文": 1, "没有数据时间的报文": 1}
    assert rows.select("mn", "factor", "avg", "cou", "flag", "site").rows() == [
        ("A1", "a00000", None, 12.0, None, "plant-1"),
        ("A1", "a21026", 35.5, None, "N", "plant-1"),
        ("B2", "w01018", 20.0, None, "D", None),
    ]
    # The hour of a device that labels its periods by their end begins an hour earlier.
    assert rows["time"].to_list()[-1] == datetime(2026, 1, 1, 7)
    assert rows["segment"].unique().to_list() == ["2026-01-01/000000-00000001"]
    assert rows["offset"].to_list()[1] == 0


@pytest.mark.parametrize("regular", [True, False])
def test_levels_of_noise_are_readings(home: Path, regular: bool) -> None:
    hour = sent("A1", "2061", "20260101080000", ("Leq-Data", "51.5"), ("L10-Data", "55"))
    day = sent("A1", "2031", "20260101000000", ("Leq-DayData", "52.5"), ("Leq-NightData", "41"))
    frames = [one if regular else one.replace(b";CP", b" ;CP") for one in (hour, day)]
    if not regular:  # a blank in the header is read one by one; the sums are those of the bytes
        frames = [framed(one[6:-4])[:-2] for one in frames]
    received(home, "2026-01-01/000000-00000001", *((FRAME, STORED, one) for one in frames))
    gather(home)
    assert stored(home).select("cn", "factor", "avg").rows() == [
        ("2031", "Leq-DayData", 52.5),
        ("2031", "Leq-NightData", 41.0),
        ("2061", "L10", 55.0),
        ("2061", "Leq", 51.5),
    ]


def test_items_that_fit_no_column_are_counted_by_device(home: Path) -> None:
    odd = sent(
        "A1",
        "2051",
        "20260101075000",
        ("a21026-Avg", "35.5"),
        ("a21026-Peak", "40"),
        ("LA-Datum", "55.1"),
        ("LA-WeekData", "60"),
        ("a34013-Avg", "----"),
    )
    received(home, "2026-01-01/000000-00000001", (FRAME, STORED, odd), (FRAME, CRC, odd))
    found = gather(home)
    wanted = [
        ("A1", "LA-Datum", 1, "55.1"),
        ("A1", "LA-WeekData", 1, "60"),
        ("A1", "a21026-Peak", 1, "40"),
        ("A1", "a34013-Avg", 1, "----"),
    ]
    assert list(found.unfit.rows()) == wanted
    assert found.left["不成读数的数据项"] == 4
    received(home, "2026-01-01/000100-00000002", (FRAME, STORED, odd))
    gather(home)
    gather(home)  # adds nothing
    assert [count for *_, count, _ in saved(home).unfit.rows()] == [2, 2, 2, 2]
    assert saved(home).left == {
        "拒收": 1,
        "不是监测数据的报文": 0,
        "没有数据时间的报文": 0,
        "不成读数的数据项": 8,
    }


def test_items_of_a_device_are_listed_up_to_a_bound() -> None:
    unfit = Unfit()
    for number in range(MOST + 50):
        unfit.add("A1", f"x{number}-Data", 2, "1")
    assert (len(unfit.by_device["A1"]), unfit.by_device["A1"][OTHERS][0]) == (MOST + 1, 100)
    assert unfit.count == 2 * (MOST + 50)


def test_running_it_again_reads_on_and_adds_nothing(home: Path) -> None:
    first = sent("A1", "2051", "20260101075000", ("a21026-Avg", "1"))
    second = sent("A1", "2051", "20260101080000", ("a21026-Avg", "2"))
    received(home, "2026-01-01/000000-00000001", (FRAME, STORED, first))
    assert gather(home).rows == 1
    assert gather(home).rows == 0
    received(home, "2026-01-01/000100-00000002", (FRAME, STORED, second))
    assert gather(home).rows == 1
    assert stored(home)["avg"].to_list() == [1.0, 2.0]


def test_nothing_received(home: Path) -> None:
    assert gather(home).records == 0


def test_a_spoilt_place_is_said(home: Path) -> None:
    received(
        home,
        "2026-01-01/000000-00000001",
        (FRAME, STORED, sent("A1", "2051", "20260101075000", ("a-Avg", "1"))),
    )
    gather(home)
    (readings(home) / "gathered.json").write_text("{", "utf-8")
    with pytest.raises(DuhengError, match="已损坏"):
        gather(home)


def test_items_of_meters_whose_unit_does_not_fit_are_counted(home: Path) -> None:
    item = '{"dataCode": "0000000001330000", "dataValue": 5, "reading": "interval", "inputType": 4, "statType": 0, "statDate": "2026-01-01 08:00:00", "unit": "%s"}'  # noqa: E501
    items = ", ".join(item % unit for unit in ("t", "kWh"))
    body = f'{{"message": "upload", "deviceId": "G1", "enterpriseCode": "E1", "data": [{items}]}}'
    record = (METER, PARTLY, body.replace("08:00:00", "09:00:00", 1).encode())
    received(home, "2026-01-01/000000-00000001", record)
    found = gather(home)
    assert found.rows == 1
    assert list(found.unfit.rows()) == [("E1-0000000001330000-0", "0000000001330000", 1, "5 t")]
