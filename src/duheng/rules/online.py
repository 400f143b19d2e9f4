"""Energy by online metering in standard coal (GB/T 2589-2020): months as the roll-up states them."""

from duheng.model import parameter, quantity, rule, total

STANDARD = "GB/T 2589-2020 式（1）（条号待核）"


@rule(
    unit="tce",
    axis="fuel",
    title="分品种在线监测能耗",
    title_en="Metered energy of a fuel in standard coal",
    decimals=2,
    over_time="sum",
    over_place="sum",
    cite=STANDARD,
    certainty="memory",
)
def online_fuel_energy(use=quantity("online_energy"), factor=parameter("standard_coal_factor")):
    """Metered use of a fuel at its standard coal factor; electricity and heat at their calorific value."""
    return use * factor


@rule(
    unit="tce",
    title="在线监测综合能耗",
    title_en="Metered energy in standard coal",
    decimals=2,
    over_time="sum",
    over_place="sum",
    cite=STANDARD,
    certainty="memory",
)
def online_comprehensive_energy(fuels=total(online_fuel_energy, over="fuel")):
    """All metered fuels together, as bought: what is transformed or recovered inside is not taken off."""
    return fuels
