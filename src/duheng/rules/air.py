"""Ambient air: index, class, daily evaluation, composite index, good days (plan article （七）).

Two editions of HJ 633 and of GB 3095 run through this file, each in force by date; an earlier day is never
reckoned again by a later edition.
"""

from datetime import date

from duheng.model import ceil, clip, greatest, parameter, quantity, rule, where

AIR_CONCENTRATION = quantity("air_concentration")
AT_50 = parameter("aqi_breakpoint_50")
AT_100 = parameter("aqi_breakpoint_100")
AT_150 = parameter("aqi_breakpoint_150")
AT_200 = parameter("aqi_breakpoint_200")
AT_300 = parameter("aqi_breakpoint_300")
AT_400 = parameter("aqi_breakpoint_400")
AT_500 = parameter("aqi_breakpoint_500")

# In force from; the command's --edition names them.
EDITIONS = {"2012": date(2016, 1, 1), "2026": date(2026, 3, 1)}
CLASSES = ("优", "良", "轻度污染", "中度污染", "重度污染", "严重污染")

# A float carries noise: 1.1 mg/m3 of carbon monoxide would have 11.000000000000002, and so an index of 12.
NOISE = 1e-9


def _rise(concentration, low, high, span):
    """What one bracket of the table adds to the index; nothing where the table has no such bracket."""
    return where(high > low, clip(span * (concentration - low) / (high - low), 0, span), 0)


@rule(
    unit="1",
    axis="air_pollutant",
    title="空气质量分指数",
    title_en="Individual air quality index",
    decimals=0,
    since=EDITIONS["2012"],
    cite="HJ 633-2012 式（1）、表1（条号待核）",
    certainty="secondary",
)
def air_individual_index(
    concentration=AIR_CONCENTRATION,
    at50=AT_50,
    at100=AT_100,
    at150=AT_150,
    at200=AT_200,
    at300=AT_300,
    at400=AT_400,
    at500=AT_500,
):
    """Index of one pollutant: linear between the limits of the table, rounded up to a whole number.

    Above the last limit it stays at 500. An hourly sulphur dioxide or an eight-hour ozone above 800 has no
    index in this edition: the daily or the hourly value stands in for it. No index means unknown.
    """
    index = (
        clip(50 * concentration / at50, 0, 50)
        + _rise(concentration, at50, at100, 50)
        + _rise(concentration, at100, at150, 50)
        + _rise(concentration, at150, at200, 50)
        + _rise(concentration, at200, at300, 100)
        + _rise(concentration, at300, at400, 100)
        + _rise(concentration, at400, at500, 100)
    )
    in_table = where(concentration > at500, where(at500 > at400, 1, 0), 1)
    return ceil(index - NOISE) / in_table


@air_individual_index.amend(
    since=EDITIONS["2026"],
    cite="HJ 633-2026 4.2.4、4.2.6、表3",
    rounded={"concentration": {"μg/m3": 0, "mg/m3": 1}},
)
def air_individual_index_2026(
    concentration=AIR_CONCENTRATION,
    at50=AT_50,
    at100=AT_100,
    at150=AT_150,
    at200=AT_200,
    at300=AT_300,
    at400=AT_400,
    at500=AT_500,
):
    """Index of one pollutant: linear between the limits of the table, rounded up to a whole number.

    The concentration comes to the formula rounded by GB/T 8170 to whole μg/m3, carbon monoxide to a tenth of mg/m3. An
    hourly sulphur dioxide above 800 has an index of 200, an eight-hour ozone above 800 one of 300.
    """
    index = (
        clip(50 * concentration / at50, 0, 50)
        + _rise(concentration, at50, at100, 50)
        + _rise(concentration, at100, at150, 50)
        + _rise(concentration, at150, at200, 50)
        + _rise(concentration, at200, at300, 100)
        + _rise(concentration, at300, at400, 100)
        + _rise(concentration, at400, at500, 100)
    )
    return ceil(index - NOISE)


@rule(
    unit="1",
    title="空气质量指数（AQI）",
    title_en="Air quality index (AQI)",
    decimals=0,
    cite="HJ 633-2012（条号待核）；HJ 633-2026 4.2",
    certainty="secondary",
)
def air_quality_index(
    so2=quantity("so2_index"),
    no2=quantity("no2_index"),
    pm10=quantity("pm10_index"),
    pm25=quantity("pm25_index"),
    co=quantity("co_index"),
    ozone=quantity("ozone_index"),
):
    """The greatest of the individual indices.

    Of a city it is taken from the means of its stations, never as a mean of the stations' indices.
    """
    return greatest(so2, no2, pm10, pm25, co, ozone)


@rule(
    unit="1",
    title="空气质量指数级别（1优、2良、3轻度、4中度、5重度、6严重污染）",
    title_en="Level of the air quality index, 1 excellent to 6 severely polluted",
    decimals=0,
    cite="HJ 633-2012 表2；HJ 633-2026 表1",
)
def air_quality_level(index=air_quality_index):
    """Level of the air quality index, from 1 (excellent) to 6 (severely polluted)."""
    return (
        1
        + where(index > 50, 1, 0)
        + where(index > 100, 1, 0)
        + where(index > 150, 1, 0)
        + where(index > 200, 1, 0)
        + where(index > 300, 1, 0)
    )


@rule(
    unit="1",
    title="优良天（是为1，否为0）",
    title_en="Whether a day is good",
    decimals=0,
    cite="HJ 633-2012 表2；HJ 633-2026 表1",
)
def good_air_day(index=air_quality_index):
    """One for a day whose index is at most 100, else nought."""
    return where(index <= 100, 1, 0)


@rule(
    unit="1",
    title="重污染天（是为1，否为0）",
    title_en="Whether a day is heavily polluted",
    decimals=0,
    cite="HJ 633-2012 表2；HJ 633-2026 表1",
)
def heavy_pollution_day(index=air_quality_index):
    """One for a day whose index is above 200, else nought."""
    return where(index > 200, 1, 0)


@rule(
    unit="天",
    title="计入评价的空气质量天数",
    title_en="Days of air monitoring that count",
    decimals=0,
    cite="受沙尘天气过程影响城市空气质量评价补充规定（条号待核）",
    certainty="memory",
)
def assessed_air_days(monitored=quantity("monitored_air_days"), dust=quantity("dust_days")):
    """Days with a valid air quality index, less those that a sand-dust process spoiled."""
    return monitored - dust


@rule(
    unit="1",
    shown="%",
    title="空气质量优良天数率",
    title_en="Share of days with good air",
    decimals=1,
    cite="HJ 663-2013（条号待核）",
    certainty="memory",
)
def good_air_day_rate(good=quantity("good_air_days"), days=quantity("air_days")):
    """Share of the valid days, sand-dust days left out, on which the index is at most 100.

    A change of edition of HJ 633 changes the rate; a target set under one is judged under the same.
    """
    return good / days


@rule(
    unit="1",
    shown="%",
    title="重污染天数比例",
    title_en="Share of days of heavy pollution",
    decimals=1,
    cite="资府发〔2023〕3号（七）；HJ 663-2013（条号待核）",
    certainty="memory",
)
def heavy_pollution_share(heavy=quantity("heavy_pollution_days"), days=quantity("air_days")):
    """Share of the valid days, sand-dust days left out, on which the index is above 200."""
    return heavy / days


@rule(
    unit="1",
    axis="air_pollutant",
    title="单项污染指数（二级）",
    title_en="Concentration as a multiple of the class II limit",
    decimals=2,
    cite="GB 3095 表1、表2；HJ 663-2013（条号待核）",
    certainty="memory",
)
def air_limit_ratio(concentration=AIR_CONCENTRATION, limit=parameter("air_limit_class2")):
    """Concentration as a multiple of the class II limit in force."""
    return concentration / limit


@rule(
    unit="1",
    axis="air_pollutant",
    title="超标倍数（二级）",
    title_en="Excess over the class II limit",
    decimals=2,
    cite="HJ 663-2013（条号待核）",
    certainty="memory",
)
def air_excess(ratio=air_limit_ratio):
    """How many times the limit a concentration lies above it; nought where it meets the limit."""
    return greatest(ratio - 1, 0)


@rule(
    unit="1",
    axis="air_pollutant",
    title="达标（二级；是为1，否为0）",
    title_en="Whether the class II limit is met",
    decimals=0,
    cite="GB 3095 表1、表2；HJ 663-2013（条号待核）",
    certainty="memory",
)
def air_limit_met(concentration=AIR_CONCENTRATION, limit=parameter("air_limit_class2")):
    """One where a concentration meets the class II limit in force, else nought.

    An item of a year meets it only if its mean and its percentile both do, a city only if all six items do.
    """
    return where(concentration <= limit, 1, 0)


@rule(
    unit="1",
    title="环境空气质量综合指数（由浓度计算）",
    title_en="Composite index of ambient air quality, from the concentrations",
    decimals=2,
    cite="城市环境空气质量排名技术规定；HJ 663-2013（条号待核）",
    certainty="memory",
)
def composite_air_index(
    so2=quantity("so2_mean"),
    no2=quantity("no2_mean"),
    pm10=quantity("pm10_mean"),
    pm25=quantity("pm25"),
    co=quantity("co_assessed"),
    ozone=quantity("ozone"),
    so2_limit=parameter("index_limit_so2"),
    no2_limit=parameter("index_limit_no2"),
    pm10_limit=parameter("index_limit_pm10"),
    pm25_limit=parameter("index_limit_pm25"),
    co_limit=parameter("index_limit_co"),
    ozone_limit=parameter("index_limit_ozone"),
):
    """Sum of the six pollutants' multiples of their class II limits, all of equal weight.

    Carbon monoxide is the 95th percentile of the daily means, ozone the 90th of the daily greatest eight-hour
    means. The weights of HJ 663-2026 are not at hand: from March 2026 the result is an estimate.
    """
    return (
        so2 / so2_limit
        + no2 / no2_limit
        + pm10 / pm10_limit
        + pm25 / pm25_limit
        + co / co_limit
        + ozone / ozone_limit
    )
