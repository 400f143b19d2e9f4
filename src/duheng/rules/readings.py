"""Values of continuous monitoring brought to other units and states, and the share of them that counts."""

from duheng.model import parameter, quantity, rule

GAS = "HJ 212-2017 附录D（条号待核）"


@rule(
    unit="mg/m3",
    title="体积浓度换算的质量浓度",
    title_en="Mass concentration from a share of the volume",
    decimals=3,
    cite=GAS,
    certainty="secondary",
)
def mass_concentration(
    share=quantity("gas_volume_share"),
    molar=quantity("gas_molar_mass"),
    volume=parameter("molar_volume"),
):
    """Mass in a cubic metre at standard state of a gas that the analyser gives in umol/mol."""
    return share * molar / volume


@rule(
    unit="mg/m3",
    title="标准状态浓度",
    title_en="Concentration at standard state",
    decimals=3,
    cite=GAS,
    certainty="secondary",
)
def standard_concentration(
    measured=quantity("working_concentration"),
    temperature=quantity("flue_temperature"),
    ambient=quantity("ambient_pressure"),
    gauge=quantity("flue_gauge_pressure"),
    cold=parameter("standard_temperature"),
    pressure=parameter("standard_pressure"),
):
    """Concentration in the flue's own state brought to 273 K and 101 325 Pa; moisture is not taken off."""
    return measured * pressure / (ambient + gauge) * temperature / cold


@rule(
    unit="1",
    shown="%",
    title="季度有效数据捕集率",
    title_en="Capture rate of valid data in a quarter",
    decimals=2,
    cite="HJ 75-2017（条号待核）",
    certainty="memory",
)
def capture_rate(
    hours=quantity("quarter_hours"), invalid=quantity("invalid_hours"), stopped=quantity("stopped_hours")
):
    """Share of the hours in which the source ran whose data are valid.

    Watching reads the same formula over the values that a device sent in a day (telemetry.watching.rates).
    """
    return (hours - invalid - stopped) / (hours - stopped)


@rule(
    unit="1",
    shown="%",
    title="在线数据完整率",
    title_en="Completeness of online data",
    decimals=2,
    cite="重点用能单位能耗在线监测数据质量要求（转引）",
    certainty="secondary",
)
def data_completeness(received=quantity("readings_received"), expected=quantity("readings_expected")):
    """Share of the readings expected that were received.

    Watching reads it over a device's day; there more than were expected count as all.
    """
    return received / expected
