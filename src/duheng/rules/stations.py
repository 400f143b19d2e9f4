"""Tanks, vapour recovery of filling stations and repair of leaks against what the standards ask (article 九)."""

from duheng.model import parameter, quantity, rule, where

TANKS = "GB 37822-2019 5.2（条号待核）"
STATIONS = "GB 20952-2020（条号待核）"


@rule(
    unit="1",
    title="储罐须控制",
    title_en="Control of a tank due",
    decimals=0,
    cite=TANKS,
    certainty="memory",
)
def tank_control_due(
    volume=quantity("tank_volume"),
    least=parameter("tank_least_volume"),
    pressure=quantity("tank_vapour_pressure"),
    low=parameter("tank_low_pressure"),
    high=parameter("tank_high_pressure"),
):
    """Two where a tank has to be a pressure tank, one where it needs a floating roof or treatment, else nought.

    The stricter limits of key areas are set by the city as values of its own.
    """
    return where(volume < least, 0, 1) * (where(pressure >= low, 1, 0) + where(pressure >= high, 1, 0))


@rule(
    unit="1",
    shown="%",
    title="气液比异常的加油比例",
    title_en="Share of refuels with an irregular ratio",
    decimals=1,
    cite="GB 20952-2020 附录E（条号待核）",
    certainty="memory",
)
def irregular_refuel_share(irregular=quantity("irregular_refuels"), valid=quantity("valid_refuels")):
    """Share of the valid refuels of a day whose ratio lies outside of the alarm's limits."""
    return irregular / valid


@rule(
    unit="1",
    title="气液比在线监控报警",
    title_en="Alarm of the air to liquid ratio",
    decimals=0,
    cite="GB 20952-2020 附录E（条号待核）",
    certainty="memory",
)
def air_liquid_alarm(
    valid=quantity("valid_refuels"),
    least=parameter("alarm_least_refuels"),
    share=irregular_refuel_share,
    limit=parameter("alarm_share"),
):
    """One where of the valid refuels of a day so large a share had a ratio outside of the alarm's limits.

    Too few valid refuels give no alarm.
    """
    return where(valid < least, 0, where(share >= limit, 1, 0))


@rule(
    unit="1",
    title="油气处理装置排放合格",
    title_en="Vapour treatment within its limit",
    decimals=0,
    cite=STATIONS,
    certainty="memory",
)
def vapour_treatment_kept(
    concentration=quantity("vapour_concentration"), limit=parameter("vapour_concentration_limit")
):
    """One where the non-methane hydrocarbons that a station's vapour treatment emits keep the limit."""
    return where(concentration <= limit, 1, 0)


@rule(
    unit="1",
    title="泄漏点逾期未修复",
    title_en="Leak not repaired in time",
    decimals=0,
    cite="GB 37822-2019 8.4（条号待核）",
    certainty="memory",
)
def leak_repair_late(days=quantity("leak_open_days"), limit=parameter("leak_repair_days")):
    """One where a leak has been open for longer than repair may take; a delay that was granted is stated as nought."""
    return where(days > limit, 1, 0)
