"""Leaks of sealing points: correlation, default zero and pegged rates (plan article （九）; LDAR)."""

from duheng.model import parameter, quantity, rule, total, where

GUIDE = "石化行业VOCs污染源排查工作指南（2015）；EPA-453/R-95-017（条号待核）"


@rule(
    unit="kg/(h·个)",
    axis="leak_component",
    title="密封点排放速率",
    title_en="Emission rate of a sealing point",
    decimals=8,
    cite=GUIDE,
    certainty="memory",
)
def leak_rate(
    value=quantity("screening_value"),
    floor=parameter("screening_floor"),
    ceiling=parameter("screening_ceiling"),
    zero=parameter("leak_default_zero"),
    scale=parameter("leak_correlation_scale"),
    exponent=parameter("leak_correlation_exponent"),
    pegged=parameter("leak_pegged"),
):
    """Rate of one point: default zero below 1, pegged from 50 000 umol/mol, by correlation between."""
    below, above = where(value < floor, 1, 0), where(value < ceiling, 0, 1)
    return zero * below + scale * (value / floor) ** exponent * (1 - below - above) + pegged * above


@rule(
    unit="kg",
    axis="leak_component",
    title="密封点泄漏VOCs排放量",
    title_en="Emission from screened points",
    decimals=4,
    over_time="sum",
    over_place="sum",
    cite=GUIDE,
    certainty="memory",
)
def leak_emission(
    rate=leak_rate,
    points=quantity("leak_points"),
    share=quantity("leak_voc_share"),
    hours=quantity("leak_hours"),
):
    """VOCs from the points of one kind with one screening value over the hours it stands for."""
    return rate * points * share * hours


@rule(
    unit="kg",
    axis="leak_component",
    title="未检测密封点VOCs排放量",
    title_en="Emission from points not screened",
    decimals=4,
    over_time="sum",
    over_place="sum",
    cite=GUIDE,
    certainty="memory",
)
def unscreened_emission(
    rate=parameter("leak_average"),
    points=quantity("uninspected_points"),
    share=quantity("leak_voc_share"),
    hours=quantity("leak_hours"),
):
    """VOCs from points that were not screened, by average factors."""
    return rate * points * share * hours


@rule(
    unit="kg",
    title="泄漏VOCs排放量合计",
    title_en="Emission from all screened points",
    decimals=4,
    over_time="sum",
    over_place="sum",
    cite=GUIDE,
    certainty="memory",
)
def leak_emission_total(
    by_component=total(leak_emission, over="leak_component"),
):
    """VOCs from the screened points of all kinds."""
    return by_component


@rule(
    unit="1",
    title="气态VOCs物料密封点泄漏",
    title_en="Leak at a point with gaseous material",
    decimals=0,
    cite="GB 37822-2019 8.2 表1",
    certainty="memory",
)
def leaking_gas(
    reading=quantity("net_reading_gas"),
    limit=parameter("leak_limit_gas"),
):
    """One where the net reading reaches the concentration recognised as a leak."""
    return where(reading >= limit, 1, 0)


@rule(
    unit="1",
    title="挥发性有机液体密封点泄漏",
    title_en="Leak at a point with volatile liquid",
    decimals=0,
    cite="GB 37822-2019 8.2 表1",
    certainty="memory",
)
def leaking_volatile(
    reading=quantity("net_reading_volatile"),
    limit=parameter("leak_limit_volatile"),
):
    """One where the net reading reaches the concentration recognised as a leak."""
    return where(reading >= limit, 1, 0)


@rule(
    unit="1",
    title="其他液态VOCs物料密封点泄漏",
    title_en="Leak at a point with other liquid",
    decimals=0,
    cite="GB 37822-2019 8.2 表1",
    certainty="memory",
)
def leaking_liquid(
    reading=quantity("net_reading_liquid"),
    limit=parameter("leak_limit_liquid"),
):
    """One where the net reading reaches the concentration recognised as a leak."""
    return where(reading >= limit, 1, 0)
