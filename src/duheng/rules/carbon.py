"""Carbon dioxide from burning fuels."""

from duheng.model import parameter, quantity, rule

FUEL_USE = quantity("fuel_use")
NET_CALORIFIC_VALUE = parameter("net_calorific_value")
CARBON_CONTENT = parameter("carbon_content")
OXIDATION_RATE = parameter("oxidation_rate")
CO2_PER_CARBON = parameter("co2_per_carbon")


@rule(
    unit="GJ",
    axis="fuel",
    title="分品种燃料热量",
    title_en="Heat of fuels burnt",
    decimals=2,
    over_time="sum",
    over_place="sum",
    cite="GB/T 32151.1-2015 5.2.2（条号待核）",
    certainty="memory",
)
def fuel_heat(use=FUEL_USE, heat=NET_CALORIFIC_VALUE):
    """Heat of a fuel burnt, on the net basis."""
    return use * heat


@rule(
    unit="tCO2",
    axis="fuel",
    title="化石燃料燃烧排放量",
    title_en="Carbon dioxide from burning fuels",
    decimals=2,
    over_time="sum",
    over_place="sum",
    cite="GB/T 32151.1-2015 5.2.2（条号待核）",
    certainty="memory",
)
def combustion_emission(heat=fuel_heat, carbon=CARBON_CONTENT, oxidised=OXIDATION_RATE, ratio=CO2_PER_CARBON):
    """Carbon dioxide from burning a fuel.

    Feedstock is not burnt: its energy has to be left out of the use stated for this rule. A fuel without a
    factor of the chosen set stays unknown; sets of different guides are never mixed.
    """
    return heat * carbon * oxidised * ratio
