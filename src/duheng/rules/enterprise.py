"""Comprehensive energy consumption of an enterprise by GB/T 2589-2020, and power and heat at their two values.

Energy is counted where it is bought or recovered and consumed: what is sold is taken off, and what is made inside of
energy already counted (steam, power, compressed air) is not counted again. Of both editions only copies were at hand.
"""

from duheng.model import parameter, quantity, rule, total, where
from duheng.rules.balance import electricity_equal_value, heat_equal_value
from duheng.rules.energy import fuel_energy

STANDARD = "GB/T 2589-2020（条号待核）"
POWER = quantity("purchased_electricity")
HEAT = quantity("purchased_heat")
POWER_VALUE = parameter("electricity_calorific_value")
HEAT_VALUE = parameter("heat_calorific_value")


@rule(
    unit="tce",
    axis="working_medium",
    title="分品种耗能工质折标准煤",
    title_en="Working media in standard coal",
    decimals=2,
    over_time="sum",
    over_place="sum",
    cite="GB/T 2589-2020 附录B（条号待核）",
    certainty="memory",
)
def medium_energy(use=quantity("medium_use"), factor=parameter("working_medium_factor")):
    """A working medium bought (water, compressed air, oxygen ...) at the energy that its making takes."""
    return use * factor


@rule(
    unit="tce",
    title="企业综合能源消费量（当量值）",
    title_en="Comprehensive energy consumption, calorific",
    decimals=2,
    over_time="sum",
    over_place="sum",
    cite="GB/T 2589-2020 式（1）（条号待核）；能源统计报表制度205-1表指标解释（条号待核）",
    certainty="memory",
)
def comprehensive_energy(
    fuels=total(fuel_energy, over="fuel"),
    media=total(medium_energy, over="working_medium"),
    made=quantity("transformation_output_energy"),
    recovered=quantity("recovered_energy"),
):
    """Energy and working media put in, less what transformation gave out and what was recovered and used again.

    Electricity and heat among the fuels are at their calorific value.
    """
    return fuels + media - made - recovered


@rule(
    unit="tce",
    title="企业综合能源消费量（等价值）",
    title_en="Comprehensive energy consumption, equal value",
    decimals=2,
    over_time="sum",
    over_place="sum",
    cite="GB/T 2589-2020 附录A（条号待核）",
    certainty="memory",
)
def comprehensive_energy_equal(
    calorific=comprehensive_energy,
    power=POWER,
    power_equal=electricity_equal_value,
    power_calorific=POWER_VALUE,
    heat=HEAT,
    heat_equal=heat_equal_value,
    heat_calorific=HEAT_VALUE,
):
    """The same with bought power and heat at the coal that was spent to make them, instead of what they hold."""
    return calorific + power * (power_equal - power_calorific) + heat * (heat_equal - heat_calorific)


@rule(
    unit="tce/万元",
    title="单位产值综合能耗",
    title_en="Comprehensive energy per output value",
    decimals=4,
    cite=STANDARD,
    certainty="memory",
)
def energy_per_output(energy=comprehensive_energy, output=quantity("output_value")):
    """Comprehensive energy for a unit of output value or value added; comparable prices where years are compared."""
    return energy / output


@rule(
    unit="kgce/t",
    title="单位产品综合能耗",
    title_en="Comprehensive energy per product",
    decimals=2,
    cite=STANDARD,
    certainty="memory",
)
def energy_per_product(energy=quantity("product_energy"), output=quantity("product_output")):
    """Comprehensive energy of one product for its output; energy is that of the product alone."""
    return energy / output


@rule(
    unit="tce/<fuel>",
    axis="fuel",
    title="实测折标准煤系数",
    title_en="Standard coal factor as measured",
    decimals=4,
    cite="GB/T 2589-2020 附录A（实测收基低位发热量优先，条号待核）",
    certainty="memory",
)
def measured_coal_factor(heat=quantity("measured_calorific_value"), standard=parameter("standard_coal_heat")):
    """The factor of a fuel by its measured calorific value as received, which has priority over the annex.

    It is used once a person enters it as the place's own parameter, with the test report as its citation.
    """
    return heat / standard


@rule(
    unit="1",
    title="能效水平",
    title_en="Level of energy efficiency",
    decimals=0,
    cite="发改产业〔2023〕723号（数值凭记忆，由用户按原文填写）",
    certainty="memory",
)
def efficiency_level(
    energy=energy_per_product,
    benchmark=quantity("energy_benchmark"),
    baseline=quantity("energy_baseline"),
):
    """One at the benchmark or better, two at the baseline or better, three behind it; lower is better, also below 0."""
    return 3 - where(energy <= benchmark, 1, 0) - where(energy <= baseline, 1, 0)
