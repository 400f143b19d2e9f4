"""Every fault leaves the sign by which it is to be found, where the manifest says, and nowhere else."""

from __future__ import annotations

from datetime import datetime

import numpy as np
import polars as pl
import pytest

from duheng.telemetry.hj212.decoding import decode
from duheng.telemetry.hj212.framing import Fragment, Framer
from duheng.telemetry.simulating.faults import FAULTS, Injection
from duheng.telemetry.simulating.fleet import Fleet
from duheng.telemetry.simulating.manifest import manifest, said
from duheng.telemetry.simulating.periods import Device
from duheng.telemetry.simulating.readings import table
from duheng.telemetry.simulating.schedule import seconds, uploads
from duheng.telemetry.simulating.sources import PRODUCTION, TREATMENT

from .ordering import DAY, FIRST, decoded, ordered, raw

DAYS = 3.0


def struck(fault: str, kind: str = "water") -> tuple[Fleet, Device, Injection]:
    fleet = ordered(fault, days=DAYS, **{kind: 1})
    return fleet, fleet.devices[0], fleet.injections[0]


def values(fault: str, kind: str, cn: str = "2051") -> tuple[pl.DataFrame, pl.DataFrame]:
    """Rows of the stretch in which a fault strikes, and of the time beside it."""
    fleet, _, one = struck(fault, kind)
    rows = table(fleet).filter(pl.col("cn") == cn)
    inside = pl.col("time").is_between(moment(one.first), moment(one.last), closed="left")
    return rows.filter(inside), rows.filter(~inside)


def moment(second: int) -> datetime:
    return datetime.fromisoformat(said(second))


def series(rows: pl.DataFrame, factor: str, column: str = "avg") -> np.ndarray:
    return rows.filter(pl.col("factor") == factor).sort("time")[column].to_numpy()


FRAMES = {
    "lower-crc": ("crc_dialect", "hj212"),
    "modbus-crc": ("crc_dialect", "modbus_hi_lo"),
    "modbus-crc-swapped": ("crc_dialect", "modbus_lo_hi"),
    "wrong-length": ("valid_len", False),
    "length-with-crlf": ("valid_len", False),
    "no-crlf": ("valid_crc", True),
    "spaces": ("ST", "32"),
    "long-time": ("valid_crc", True),
    "wrong-password": ("valid_crc", True),
}


@pytest.mark.parametrize("fault", FRAMES)
def test_a_fault_of_the_frame_is_what_the_decoder_sees(fault: str) -> None:
    name, expected = FRAMES[fault]
    assert {one[name] for one in decoded(struck(fault)[1], 0.2)} == {expected}


def test_small_letters_of_the_sum_are_read_and_noted() -> None:
    pieces = Framer().feed(b"".join(raw(struck("lower-crc")[1], 0.2)))
    assert {piece.problems for piece in pieces if not isinstance(piece, Fragment)} >= {("crc_case",)}


def test_a_wrong_sum_is_explained_by_no_rule_and_only_in_its_stretch() -> None:
    _, device, one = struck("bad-crc")
    outside = [up for up in uploads(device, FIRST, FIRST + int(DAYS * DAY)) if not one.on(up.made)]
    frames = decoded(device, DAYS)
    wrong = [frame for frame in frames if not frame["valid_crc"]]
    assert {frame["crc_dialect"] for frame in wrong} == {"none"}
    assert len(frames) - len(wrong) == len(outside)


@pytest.mark.parametrize("fault", ["garbage", "cut"])
def test_fragments_between_frames_lose_no_frame_beside_them(fault: str) -> None:
    frames = list(raw(struck(fault)[1], DAYS))
    whole = [one for one in frames if decode(one)["status"] == "ok"]
    framer = Framer()
    pieces = framer.feed(b"".join(frames)) + framer.close()
    kinds = [isinstance(piece, Fragment) for piece in pieces]
    assert kinds.count(True) > 0
    assert kinds.count(False) >= len(whole)


def test_frames_without_line_breaks_are_parted() -> None:
    sent = list(raw(struck("no-crlf")[1], 0.2))
    assert [piece.raw for piece in Framer().feed(b"".join(sent))] == sent


def test_a_log_in_gbk_is_no_utf_8() -> None:
    log = next(raw(struck("gbk-log")[1], 1, "3020"))
    with pytest.raises(UnicodeDecodeError):
        log.decode("utf-8")
    assert "零点" in log.decode("gb18030")


def test_packets_say_which_they_are() -> None:
    frames = decoded(struck("packets")[1], 0.2, "2061")
    assert {(one["PNUM"], one["PNO"], one["Flag"]) for one in frames} >= {("2", "1", "7"), ("2", "2", "7")}


def test_a_missing_packet_is_the_second() -> None:
    _, device, one = struck("missing-packet")
    frames = decoded(device, DAYS, "2061")
    lost = [frame for frame in frames if frame.get("PNUM") and frame["PNO"] == "1"]
    assert [frame["PNO"] for frame in frames if frame.get("PNUM")] == ["1"] * len(lost)
    assert len(lost) == (one.last - one.first) // 3600


def test_flags_can_be_missing_or_small() -> None:
    missing, small = (
        decoded(struck(name)[1], 0.2, "2061")[0]["factors"] for name in ("missing-flags", "lower-flags")
    )
    assert ["Flag" in cell for cell in missing.values()] == [False] * len(missing)
    assert {cell["Flag"] for cell in small.values()} == {"n"}


def test_an_unknown_factor_stands_beside_the_known() -> None:
    assert "x99901" in decoded(struck("unknown-factors")[1], 0.1)[0]["factors"]


def test_the_lowest_value_can_lie_above_the_mean() -> None:
    cell = decoded(struck("min-over-avg")[1], 0.2, "2061")[0]["factors"]["w01018"]
    assert float(cell["Min"]) > float(cell["Avg"])


@pytest.mark.parametrize(("fault", "flag"), [("device-fault", "D"), ("over-range", "T")])
def test_a_fault_of_the_analyser_is_flagged_in_its_stretch(fault: str, flag: str) -> None:
    inside, outside = values(fault, "gas")
    assert set(inside["flag"]) == {flag}
    assert flag not in set(outside["flag"])


def test_an_understated_amount_is_no_longer_flow_times_concentration() -> None:
    inside, outside = values("less-amount", "water")
    ratios = [
        np.median(
            series(rows, "w01018", "cou") / (series(rows, "w01018") * series(rows, "w00000", "cou") / 1000)
        )
        for rows in (inside, outside)
    ]
    assert ratios == pytest.approx([0.7, 1.0], abs=0.002)


def test_a_drifting_clock_is_ten_minutes_ahead_after_a_day() -> None:
    frames = decoded(struck("drift")[1], 1.01, "2061")
    last = frames[-1]["QN"]
    assert 580 < seconds(datetime.strptime(last[:14], "%Y%m%d%H%M%S")) - (FIRST + DAY) < 680


@pytest.mark.parametrize(("fault", "year"), [("clock-reset", "2000"), ("future", "2027")])
def test_a_wrong_clock_shows_in_the_years(fault: str, year: str) -> None:
    years = {one["QN"][:4] for one in decoded(struck(fault)[1], DAYS)}
    assert years == {year, "2026"}


@pytest.mark.parametrize("fault", ["duplicate", "replay"])
def test_what_is_sent_again_is_the_same_to_the_byte(fault: str) -> None:
    _, device, _ = struck(fault)
    frames = list(raw(device, DAYS))
    again = sum(one.again for one in uploads(device, FIRST, FIRST + int(DAYS * DAY)))
    assert again > 100
    assert len(frames) - len(set(frames)) == again


def test_a_silent_device_sends_nothing_in_its_stretch() -> None:
    _, device, one = struck("silence")
    sent = [up.moment for up in uploads(device, FIRST, FIRST + int(DAYS * DAY))]
    assert [moment for moment in sent if one.on(moment)] == []
    assert [len(sent) > 0, one.last - one.first >= 4 * 3600] == [True, True]


def test_what_is_back_filled_comes_after_the_stretch_newest_first() -> None:
    _, device, one = struck("back-fill")
    sent = list(uploads(device, FIRST, FIRST + int(DAYS * DAY)))
    late = [up.time for up in sent if up.cn == "2061" and up.moment > one.last and one.on(up.time + 3600)]
    assert [up for up in sent if one.on(up.moment)] == []
    assert late[:4] == sorted(late, reverse=True)[:4]
    assert len(late) == (one.last - one.first) // 3600


@pytest.mark.parametrize("kind", ["water", "gas"])
def test_constant_values_have_one_value_only(kind: str) -> None:
    inside, outside = values("constant", kind)
    for factor in struck("constant", kind)[2].factors:
        assert len(set(series(inside, factor))) == 1
        assert len(set(series(outside, factor))) > 20


def test_a_stuck_factor_stands_alone() -> None:
    inside, _ = values("stuck", "air")
    (factor,) = struck("stuck", "air")[2].factors
    others = [name for name in set(inside["factor"]) - {factor} if len(set(series(inside, name))) > 5]
    assert len(set(series(inside, factor))) == 1
    assert len(others) >= 8


@pytest.mark.parametrize(
    ("kind", "factor", "column", "limit"), [("water", "w01018", "avg", 50), ("gas", "a21026", "zs_avg", 35)]
)
def test_capped_values_pile_up_under_the_limit(kind: str, factor: str, column: str, limit: float) -> None:
    found = series(values("capped", kind)[0], factor, column)
    assert max(found) < limit
    assert np.mean(found > 0.9 * limit) > 0.9


def test_over_the_limit_is_over_the_limit() -> None:
    inside, outside = values("over-limit", "water")
    assert np.mean(series(inside, "w21003") > 5.0) > 0.95
    assert max(series(outside, "w21003")) < 5.0


def test_dilution_raises_oxygen_and_lowers_what_is_measured() -> None:
    inside, outside = values("dilution", "gas")
    assert min(series(inside, "a19001")) > 17
    assert np.median(series(inside, "a21026")) < 0.4 * np.median(series(outside, "a21026"))


def test_a_contrary_factor_falls_when_its_fellow_rises() -> None:
    inside, outside = values("contrary", "water", "2061")
    signs = [np.corrcoef(series(rows, "w01018"), series(rows, "w21003"))[0, 1] for rows in (inside, outside)]
    assert signs[0] < -0.6
    assert signs[1] > 0.2


def test_smoothed_values_hardly_move() -> None:
    inside, outside = values("smoothed", "water")
    steps = [np.abs(np.diff(series(rows, "w01018"))).mean() for rows in (inside, outside)]
    assert steps[0] < 0.1 * steps[1]


def test_a_copied_day_is_the_day_before() -> None:
    fleet, _, one = struck("copied-day")
    rows = table(fleet).filter(pl.col("cn") == "2051", pl.col("factor") == "w01018").sort("time")
    copied = rows.filter(pl.col("time").is_between(moment(one.first), moment(one.first + DAY), closed="left"))
    before = rows.filter(pl.col("time").is_between(moment(one.first - DAY), moment(one.first), closed="left"))
    assert copied["avg"].to_list() == before["avg"].to_list()


def test_zero_and_negative_values_come_while_water_flows() -> None:
    zero, negative = (values(name, "water")[0] for name in ("zero", "negative"))
    assert set(series(zero, "w01018")) == {0.0}
    assert max(series(negative, "w01018")) < 0
    assert np.median(series(zero, "w00000", "cou")) > 0


def test_a_wrong_unit_is_a_step_of_a_thousand() -> None:
    inside, outside = values("unit", "gas")
    (factor,) = struck("unit", "gas")[2].factors
    assert np.median(series(inside, factor)) / np.median(series(outside, factor)) == pytest.approx(
        1000, rel=0.3
    )


def test_production_can_run_without_treatment() -> None:
    inside, outside = values("untreated", "power")
    assert max(series(inside, TREATMENT)) < 2 < 100 < np.median(series(inside, PRODUCTION))
    assert np.median(series(outside, TREATMENT)) > 20
    states = {one.partition(b"SB1-RS")[2][:11] for one in raw(struck("untreated", "power")[1], DAYS, "2021")}
    assert states == {b"=1;SB2-RS=1", b"=1;SB2-RS=0"}


def test_faults_of_values_leave_the_rest_coherent() -> None:
    for fault in ("capped", "dilution", "contrary", "copied-day", "unit", "over-limit"):
        inside, _ = values(fault, "water")
        amount = series(inside, "w01018", "cou")
        assert amount == pytest.approx(
            series(inside, "w01018") * series(inside, "w00000", "cou") / 1000, rel=0.003, abs=2e-3
        )


@pytest.mark.parametrize("fault", [name for name, one in FAULTS.items() if one.kinds != ("meter",)])
def test_the_manifest_says_where_a_fault_is(fault: str) -> None:
    kind = FAULTS[fault].kinds[0]
    fleet, device, one = struck(fault, kind)
    (told,) = manifest(fleet, {})["faults"]
    assert (told["fault"], told["mn"], told["from"]) == (fault, device.mn, said(one.first))


def test_a_share_of_the_devices_is_struck_and_always_the_same() -> None:
    from duheng.telemetry.simulating.fleet import Order, fleet

    order = Order({"water": 20}, FIRST, FIRST + DAY, faults=[("silence", 0.25)])
    mns = [one.mn for one in fleet(order).injections]
    assert len(mns) == 5
    assert mns == [one.mn for one in fleet(order).injections]
