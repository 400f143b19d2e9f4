"""The series of a fleet: the same for a seed, coherent on every level, and readable by the decoder as sent."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import polars as pl
import pytest

from duheng.model.errors import DuhengError, UnknownName
from duheng.telemetry.hj212.decoding import decode
from duheng.telemetry.simulating.counters import ROLLS_AT, readings, replacement
from duheng.telemetry.simulating.fleet import Order, fleet
from duheng.telemetry.simulating.manifest import frames
from duheng.telemetry.simulating.periods import Device, moment, row
from duheng.telemetry.simulating.readings import table
from duheng.telemetry.simulating.sources import KINDS

from .ordering import DAY, FIRST, decoded, ordered, raw

HOUR = 3600
LEVELS = {600: 1e-9, HOUR: 1e-9, DAY: 1e-9}


def all_bytes(**counts: int) -> bytes:
    return b"".join(sent.raw for _, _, sent in frames(ordered(days=0.1, **counts), {}))


def device(kind: str, *faults: str, **counts: int) -> Device:
    return ordered(*faults, **{kind: 1}, **counts).devices[0]


def numbers(of: Device, length: int, factor: str, suffix: str) -> list[float]:
    return [float(row(of, length, time)[factor].values[suffix]) for time in range(FIRST, FIRST + DAY, length)]


def test_the_same_order_gives_the_same_bytes() -> None:
    assert all_bytes(water=2, gas=1) == all_bytes(water=2, gas=1)


def test_another_seed_gives_others() -> None:
    assert all_bytes(water=1, seed=1) != all_bytes(water=1, seed=2)


@pytest.mark.parametrize("kind", KINDS)
def test_every_frame_of_a_sound_device_is_valid(kind: str) -> None:
    assert {one["status"] for one in decoded(device(kind))} == {"ok"}


@pytest.mark.parametrize("kind", KINDS)
def test_no_segment_is_longer_than_the_standard_allows(kind: str) -> None:
    assert max(len(one) - 12 for one in raw(device(kind))) <= 1024


@pytest.mark.parametrize("kind", KINDS)
def test_no_exchange_has_the_number_of_another(kind: str) -> None:
    found = [one["QN"] for one in decoded(device(kind))]
    assert len(found) == len(set(found))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("length", LEVELS)
def test_lowest_mean_and_highest_are_in_order(kind: str, length: int) -> None:
    rows = [row(device(kind), length, time) for time in range(FIRST, FIRST + DAY, length)]
    cells = [cell.values for one in rows for cell in one.values()]
    assert [
        cell for cell in cells if not float(cell["Min"]) <= float(cell["Avg"]) <= float(cell["Max"])
    ] == []


@pytest.mark.parametrize("length", LEVELS)
@pytest.mark.parametrize(
    ("kind", "flow", "factor", "scale"),
    [
        ("water", "w00000", "w01018", 1e-3),
        ("gas", "a00000", "a21026", 1e-6),
        ("gas", "a00000", "a34013", 1e-6),
    ],
)
def test_flow_times_concentration_is_the_amount(
    kind: str, flow: str, factor: str, scale: float, length: int
) -> None:
    of = device(kind)
    volumes, means = numbers(of, length, flow, "Cou"), numbers(of, length, factor, "Avg")
    amounts = numbers(of, length, factor, "Cou")
    # Each number was rounded as a device prints it: half a hundredth of the mean, half a unit of the last digit.
    wrong = [
        (volume, mean, amount)
        for volume, mean, amount in zip(volumes, means, amounts, strict=True)
        if abs(volume * mean * scale - amount) > volume * scale * 0.0051 + mean * scale * 0.0006 + 2e-4
    ]
    assert wrong == []


@pytest.mark.parametrize(("kind", "factor"), [("water", "w21011"), ("gas", "a21002"), ("power", "ep0201")])
def test_the_amounts_of_the_parts_add_up_to_the_whole(kind: str, factor: str) -> None:
    of = device(kind)
    tens, hours, day = (numbers(of, length, factor, "Cou") for length in LEVELS)
    assert sum(tens) == pytest.approx(day[0], abs=1e-6)
    assert sum(hours) == pytest.approx(day[0], abs=1e-6)


@pytest.mark.parametrize("length", LEVELS)
def test_a_mean_at_standard_oxygen_is_that_of_the_formula(length: int) -> None:
    of = device("gas")
    for time in range(FIRST, FIRST + DAY, length):
        found = row(of, length, time)
        oxygen, mean = (float(found[factor].values["Avg"]) for factor in ("a19001", "a21002"))
        if found["a21002"].flag == "N":
            whole = mean * (21 - 6) / (21 - oxygen)
            assert float(found["a21002"].values["ZsAvg"]) == pytest.approx(whole, abs=0.006)


def test_a_real_time_value_lies_in_the_minute_value_of_its_time() -> None:
    of = device("water")
    for time in range(FIRST, FIRST + DAY, 60):
        value = float(moment(of, time)["w01018"].values["Rtd"])
        within = row(of, 600, time // 600 * 600)["w01018"].values
        assert float(within["Min"]) <= value <= float(within["Max"])


def test_a_moment_off_the_grid_has_a_value_too() -> None:
    of = device("gas")
    beside = float(moment(of, FIRST + 60)["a21026"].values["Rtd"])
    assert float(moment(of, FIRST + 61)["a21026"].values["Rtd"]) == pytest.approx(beside, rel=0.2)


def test_days_differ_and_have_a_daily_wave() -> None:
    hours = numbers(device("power"), HOUR, "ep0101", "Avg")
    assert max(hours[9:17]) > 1.2 * min(hours[0:4])


def test_pollutants_of_one_sewage_rise_and_fall_together() -> None:
    one, other = (numbers(device("water"), HOUR, factor, "Avg") for factor in ("w01018", "w21003"))
    assert correlation(one, other) > 0.5


def correlation(one: list[float], other: list[float]) -> float:
    return float(np.corrcoef(one, other)[0, 1])


@pytest.mark.parametrize("kind", ["water", "gas"])
def test_a_stop_is_flagged_and_has_no_amount(kind: str) -> None:
    of = ordered(days=15, **{kind: 1}).devices[0]
    flow = of.source.kind.factors[0].code
    rows = [row(of, 600, time)[flow] for time in range(FIRST, FIRST + 15 * DAY, 600)]
    stopped = {cell.values["Cou"] for cell in rows if cell.flag == "F"}
    assert "0.000" in stopped


def test_the_edition_of_2005_uses_its_own_codes_and_marks() -> None:
    found = decoded(ordered(edition=2005, water=1).devices[0], commands="2061")[1]
    assert (len(found["MN"]), found["Flag"], "011" in found["factors"]) == (14, "1", True)


def test_a_meter_only_grows() -> None:
    for meter in ordered(meter=4, days=3).meters:
        values = [float(one.value) for one in readings(meter, FIRST, FIRST + 3 * DAY)]
        assert meter.counter is False or values == sorted(set(values))


def test_amounts_of_intervals_are_above_zero_and_add_up() -> None:
    meter = ordered(meter=4).meters[3]
    values = [float(one.value) for one in readings(meter, FIRST, FIRST + DAY)]
    assert meter.counter is False
    assert min(values) > 0
    assert sum(values) == pytest.approx(24 * meter.mean, rel=0.3)


def test_a_meter_that_rolls_over_starts_again_at_zero() -> None:
    meter = ordered("roll-over", meter=1).meters[0]
    values = [float(one.value) for one in readings(meter, FIRST, FIRST + DAY)]
    falls = [(before, after) for before, after in pairwise(values) if after < before]
    assert len(falls) == 1
    assert falls[0][0] < ROLLS_AT == meter.rolls_at


def test_a_new_meter_goes_on_where_the_old_one_ended() -> None:
    meter = ordered("replacement", meter=1).meters[0]
    new = replacement(meter)
    assert new is not None
    found = readings(meter, FIRST, FIRST + DAY)
    old = [float(one.value) for one in found if one.moment < new.moment]
    later = [float(one.value) for one in found if one.moment >= new.moment]
    total = new.final - old[0] + later[-1] - new.initial
    assert total == pytest.approx(24 * meter.mean, rel=0.3)


def test_a_corrected_reading_comes_twice_the_right_one_last() -> None:
    meter = ordered("meter-correction", meter=1).meters[0]
    found = readings(meter, FIRST, FIRST + DAY)
    wrong = next(one for one in found if one.wrong)
    right = [one for one in found if one.moment == wrong.moment and not one.wrong]
    assert [one.sent > wrong.sent and one.value != wrong.value for one in right] == [True]


def test_readings_for_the_drill_say_what_the_frames_say() -> None:
    of = ordered(days=0.2, gas=1)
    frame = decoded(of.devices[0], 0.2, "2051")[-1]
    rows = table(of).filter(pl.col("cn") == "2051").sort("time", maintain_order=True).tail(9)
    said = {one["factor"]: (one["avg"], one["zs_avg"], one["flag"]) for one in rows.to_dicts()}
    values = frame["factors"]["a21026"]
    assert said["a21026"] == (float(values["Avg"]), float(values["ZsAvg"]), values["Flag"])
    assert set(said) == set(frame["factors"])


@pytest.mark.parametrize(
    ("order", "said"),
    [
        (Order({"water": 1}, FIRST, FIRST), "结束时间不晚于开始时间"),
        (Order({"water": 1}, FIRST, FIRST + DAY, interval=10), "应为30至3600秒"),
        (Order({"water": 1}, FIRST, FIRST + DAY, minutes=7), "应能整除一小时"),
        (Order({"air": 1}, FIRST, FIRST + DAY, faults=[("capped", 1.0)]), "没有模拟这类设备"),
        (Order({"water": 1}, FIRST, FIRST + DAY, faults=[("capped", 1.5)]), "应大于0、不超过1"),
    ],
)
def test_an_order_that_cannot_be_is_refused(order: Order, said: str) -> None:
    with pytest.raises(DuhengError, match=said):
        fleet(order)


def test_a_fault_that_is_none_is_refused_with_the_nearest() -> None:
    with pytest.raises(UnknownName, match="silence"):
        ordered("silense", water=1)


def test_the_file_of_frames_is_what_the_line_would_carry() -> None:
    assert decode(all_bytes(power=1).split(b"\r\n")[0] + b"\r\n")["ST"] == "80"
