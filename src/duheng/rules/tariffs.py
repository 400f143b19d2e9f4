"""Prices of electricity that depend on how much is used: the ladder of aluminium, the tiers of households."""

from duheng.model import ceil, clip, greatest, parameter, quantity, rule, where

ALUMINIUM = "发改价格〔2021〕1239号（条号待核）"
HOUSEHOLDS = (
    "居民生活用电试行阶梯电价的指导意见（发改价格〔2011〕2617号，文号待核）"  # the sizes are each province's
)


@rule(
    unit="元/kWh",
    title="电解铝阶梯电价加价",
    title_en="Surcharge of the aluminium ladder",
    decimals=2,
    cite=ALUMINIUM,
    certainty="secondary",
)
def aluminium_surcharge(
    power=quantity("aluminium_power"),
    standard=parameter("aluminium_power_standard"),
    step=parameter("aluminium_power_step"),
    price=parameter("aluminium_step_surcharge"),
):
    """Surcharge on every kWh of a smelter: so much for each step above the standard, a part of a step as a whole one.

    The relief for renewable power and the increase of what is overdue are not in it.
    """
    return price * ceil(greatest(0, power - standard) / step)


@rule(
    unit="元",
    title="居民月电费",
    title_en="Electricity bill of a household for a month",
    decimals=2,
    cite=HOUSEHOLDS,
    certainty="memory",
)
def household_bill(
    power=quantity("household_power"),
    price=parameter("household_power_price"),
    first=parameter("household_first_tier"),
    second=parameter("household_second_tier"),
    dearer=parameter("household_second_surcharge"),
    dearest=parameter("household_third_surcharge"),
):
    """All at the price, what lies in the second and in the third tier with its surcharge besides.

    Only of a month: the tiers of a year's use would be other ones. Unknown where the use is negative.
    """
    dearer_part, dearest_part = clip(power, first, second) - first, greatest(0, power - second)
    bill = power * price + dearer_part * dearer + dearest_part * dearest
    return bill / where(power < 0, 0, 1)  # a division by nought is unknown
