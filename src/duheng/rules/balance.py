"""The regional energy balance: its identities, the value of power and heat, and what published figures imply.

Signs are those of the printed table: inputs to transformation negative, outputs, losses and final use positive.
"""

from duheng.model import CHILDREN, LAST_YEAR, parameter, quantity, rule, total
from duheng.rules.balance_table import (
    LOSS,
    YEARBOOK,
    fuel_final_use,
    fuel_supply,
    fuel_transformation,
    fuel_transformation_input,
)
from duheng.rules.energy import DEFINITIONS, annual_intensity_decline, energy_growth
from duheng.rules.prices import GDP_GROWTH

REPORTED_AMOUNT = quantity("reported_amount")

NOTES = "中国能源统计年鉴 能源消费总量指标解释（条号待核）"
ARITHMETIC = "指标定义的恒等变换"


@rule(
    unit="<fuel>",
    axis="fuel",
    title="能源平衡差额",
    title_en="Statistical difference of the energy balance",
    decimals=2,
    over_time="sum",
    over_place="sum",
    cite=YEARBOOK,
    certainty="secondary",
)
def fuel_balance_difference(
    supply=fuel_supply, transformed=fuel_transformation, lost=LOSS, final=fuel_final_use
):
    """What remains of a fuel after transformation, losses and final use; nought where the table closes."""
    return supply + transformed - lost - final


@rule(
    unit="<fuel>",
    axis="fuel",
    title="分品种消费量合计",
    title_en="Total use of a fuel",
    decimals=2,
    over_time="sum",
    over_place="sum",
    cite=YEARBOOK,
    certainty="secondary",
)
def fuel_total_use(final=fuel_final_use, lost=LOSS, put_in=fuel_transformation_input):
    """Final use, losses and what went into transformation; what came out of it is not set off.

    So the fuels cannot be added up: the electricity would be counted beside the coal it was made from.
    """
    return final + lost + put_in


@rule(
    unit="tce",
    shown="万tce",
    title="能源消费总量（由平衡表）",
    title_en="Energy consumption from the balance",
    decimals=2,
    over_time="sum",
    over_place="sum",
    cite=NOTES,
    certainty="secondary",
)
def balance_energy_use(
    final=quantity("final_energy"),
    lost=quantity("loss_energy"),
    transformed=quantity("transformation_energy"),
):
    """Final use, losses and the loss of transformation, in standard coal.

    The three are on one basis, equivalent or calorific; the result is on the same.
    """
    return final + lost - transformed


@rule(
    unit="tce/万kWh",
    title="电力等价折标准煤系数",
    title_en="Standard coal spent for a unit of electricity",
    decimals=4,
    cite="GB/T 2589-2020 附录A（条号待核）；" + NOTES,
    certainty="memory",
)
def electricity_equal_value(fuel=quantity("thermal_power_fuel"), power=quantity("thermal_power_output")):
    """Standard coal that thermal power plants spent for the electricity they made."""
    return fuel / power


@rule(
    unit="tce/GJ",
    title="热力等价折标准煤系数",
    title_en="Standard coal spent for a unit of heat",
    decimals=5,
    cite="GB/T 2589-2020 附录A（条号待核）；" + NOTES,
    certainty="memory",
)
def heat_equal_value(fuel=quantity("heat_supply_fuel"), heat=quantity("heat_supply_output")):
    """Standard coal that heating plants spent for the heat they made."""
    return fuel / heat


@rule(
    unit="1",
    shown="%",
    title="加工转换效率",
    title_en="Efficiency of transformation",
    decimals=2,
    cite="中国能源统计年鉴 能源加工转换效率指标解释（条号待核）",
    certainty="secondary",
)
def transformation_efficiency(
    out=quantity("transformation_output_energy"), put_in=quantity("transformation_input_energy")
):
    """Energy that came out of a transformation for the energy put into it, electricity at its calorific value."""
    return out / put_in


@rule(
    unit="1",
    shown="%",
    title="功率因数",
    title_en="Power factor",
    decimals=2,
    cite="GB/T 2900.1-2008 有功功率与视在功率之比（条号待核）",
    certainty="memory",
)
def power_factor(
    active=quantity("active_energy"), reactive=quantity("reactive_energy"), ratio=parameter("watt_per_var")
):
    """Active energy of an interval for its apparent energy, both from the meter's readings."""
    return 1 / (1 + (reactive * ratio / active) ** 2) ** 0.5


@rule(
    unit="1",
    shown="%",
    title="单位地区生产总值能耗年度降低率（由增速计算）",
    title_en="Fall of energy intensity, from the two growth rates",
    decimals=2,
    definitions=DEFINITIONS,
    cite="国家统计局单位GDP能耗公报指标解释（条号待核）",
    certainty="memory",
)
def intensity_decline_from_growth(energy=energy_growth, gdp=GDP_GROWTH):
    """Fall of energy intensity within a year that follows from the growth of energy and of the economy."""
    return 1 - (1 + energy) / (1 + gdp)


@rule(
    unit="1",
    shown="%",
    title="累计降低率（逐年连乘）",
    title_en="Cumulative decline, chained from year to year",
    decimals=2,
    definitions=DEFINITIONS,
    cite="国家统计局单位GDP能耗公报指标解释（条号待核）",
    certainty="memory",
)
def chained_intensity_decline(before=quantity("decline_before"), year=annual_intensity_decline):
    """Decline since the base year: that up to last year, carried on by the year's own.

    A year that is missing leaves all later ones unknown; it is never passed over.
    """
    return 1 - (1 - before) * (1 - year)


@rule(
    unit="1",
    shown="%",
    title="经济增速与能源消费增速之差",
    title_en="Economic growth beyond the growth of energy consumption",
    decimals=2,
    definitions=DEFINITIONS,
    cite=ARITHMETIC,
    certainty="derived",
)
def growth_gap(gdp=GDP_GROWTH, energy=energy_growth):
    """By how much the economy grew faster than its energy consumption; percentage points."""
    return gdp - energy


@rule(
    unit="1",
    title="由现值和增速反推的基数",
    title_en="Base value implied by a value and its growth",
    decimals=4,
    cite=ARITHMETIC,
    certainty="derived",
)
def implied_base(now=REPORTED_AMOUNT, growth=quantity("reported_growth")):
    """The earlier value that a published value and its published growth since then imply."""
    return now / (1 + growth)


@rule(
    unit="1",
    shown="%",
    title="同比增速",
    title_en="Growth over the year before",
    decimals=2,
    cite=ARITHMETIC,
    certainty="derived",
)
def year_on_year(now=REPORTED_AMOUNT, last=REPORTED_AMOUNT @ LAST_YEAR):
    """Growth of a published amount over the same period of the year before."""
    return now / last - 1


@rule(
    unit="1",
    shown="%",
    title="比率同比变化",
    title_en="Change of a rate over the year before",
    decimals=2,
    cite=ARITHMETIC,
    certainty="derived",
)
def rate_change(now=quantity("reported_rate"), last=quantity("reported_rate") @ LAST_YEAR):
    """Change of a published rate since the same period of the year before, in percentage points."""
    return now - last


@rule(
    unit="1",
    title="各部分之和",
    title_en="Sum of the parts",
    decimals=4,
    cite=ARITHMETIC,
    certainty="derived",
)
def sum_of_parts(parts=total(quantity("part_amount"), over=CHILDREN)):
    """The published parts added up, to be held against the published whole."""
    return parts


@rule(
    unit="1",
    shown="%",
    title="所占比重",
    title_en="Share of a part in the whole",
    decimals=2,
    cite=ARITHMETIC,
    certainty="derived",
)
def part_share(part=quantity("part_amount"), whole=REPORTED_AMOUNT):
    """A published part for the published whole."""
    return part / whole


@rule(
    unit="人",
    shown="万人",
    title="由总量和人均反推的人数",
    title_en="People implied by an amount and the amount per head",
    decimals=2,
    cite=ARITHMETIC,
    certainty="derived",
)
def implied_people(energy=quantity("public_energy"), each=quantity("public_energy_each")):
    """The number of people without which a published total and the published amount per head contradict."""
    return energy / each
