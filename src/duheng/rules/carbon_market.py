"""Scope 2 of who claims contracted green power: market-based, beside the location-based one and never added to it."""

from duheng.model import greatest, parameter, quantity, rule, where
from duheng.rules.carbon import GUIDE, PURCHASED_ELECTRICITY, heat_emission

FACTORS = "生态环境部、国家统计局年度电力二氧化碳排放因子公告（不包括市场化交易的非化石能源电量，条号待核）"
GREEN_POWER = quantity("contracted_green_power")
RESIDUAL_FACTOR = parameter("residual_emission_factor")


@rule(
    unit="tCO2",
    title="净购入电力排放量（基于市场）",
    title_en="Carbon dioxide of net purchased electricity, market-based",
    decimals=2,
    over_time="sum",
    over_place="sum",
    cite=FACTORS,
    certainty="secondary",
)
def market_electricity_emission(use=PURCHASED_ELECTRICITY, green=GREEN_POWER, factor=RESIDUAL_FACTOR):
    """Carbon dioxide of net purchased electricity where contracted green power is claimed to have none.

    What is left is read by the factor of electricity without traded non-fossil power: by the average one the same
    green power would count twice. Unknown where more green power is claimed than electricity was bought.
    """
    rest = (use - green) * factor
    return rest / where(green > greatest(use, 0), 0, 1)  # a division by nought is unknown


@rule(
    unit="tCO2",
    title="净购入电力和热力排放量（基于市场）",
    title_en="Scope 2 carbon dioxide, market-based",
    decimals=2,
    over_time="sum",
    over_place="sum",
    cite=GUIDE,
    certainty="memory",
)
def market_purchased_emission(electricity=market_electricity_emission, heat=heat_emission):
    """Scope 2 with contracted green power claimed; stands beside the location-based one and is never added to it."""
    return electricity + heat
