"""Energy: consumption in standard coal, intensity of the economy and its decline (plan 二, （八）, （十一）).

Accounting definitions (口径) run through this file; the fourth, with power apportioned to cities, is worded in
`nonfossil`. Each keeps the same base year in both terms, as the
texts ask: what is left out of the current year is left out of the base year too.
"""

from duheng.model import BASE_YEAR, LAST_YEAR, greatest, parameter, quantity, rule, total
from duheng.rules.prices import gdp

FUEL_USE = quantity("fuel_use")
FEEDSTOCK_USE = quantity("feedstock_use")
NONFOSSIL_ENERGY = quantity("nonfossil_energy")
POPULATION = quantity("population")
STANDARD_COAL_FACTOR = parameter("standard_coal_factor")
EQUAL_VALUE_FACTOR = parameter("equal_value_factor")

DEFINITIONS = ("full", "minus-feedstock", "minus-feedstock-nonfossil", "apportioned")


@rule(
    unit="tce",
    axis="fuel",
    title="分品种能源消费量",
    title_en="Energy consumption by fuel",
    decimals=2,
    over_time="sum",
    over_place="sum",
    cite="GB/T 2589-2020 式（1）（条号待核）",
    certainty="memory",
)
def fuel_energy(use=FUEL_USE, factor=STANDARD_COAL_FACTOR):
    """Energy consumed of one kind, in standard coal.

    A measured calorific value has priority over the annex: it is entered as a parameter of the place.
    """
    return use * factor


@rule(
    unit="tce",
    axis="fuel",
    title="分品种地区能源消费量",
    title_en="Energy consumption of a region by fuel",
    decimals=2,
    over_time="sum",
    over_place="sum",
    cite="GB/T 2589-2020 式（1）、附录A（条号待核）",
    certainty="memory",
)
def regional_fuel_energy(use=FUEL_USE, factor=EQUAL_VALUE_FACTOR):
    """Energy consumed of one kind in a region: power and heat at the coal that making them takes.

    Where a place has entered no such factor, the calorific value holds in all its years, and a finding says so.
    """
    return use * factor


@rule(
    unit="tce",
    axis="fuel",
    title="分品种原料用能",
    title_en="Energy used as feedstock, by fuel",
    decimals=2,
    over_time="sum",
    over_place="sum",
    cite="发改环资〔2022〕803号（条号待核）",
    certainty="secondary",
)
def fuel_feedstock(use=FEEDSTOCK_USE, factor=STANDARD_COAL_FACTOR):
    """Energy of one kind that becomes part of a product instead of being burnt, in standard coal."""
    return use * factor


@rule(
    unit="tce",
    shown="万tce",
    title="原料用能",
    title_en="Energy used as feedstock",
    decimals=2,
    over_time="sum",
    over_place="sum",
    cite="发改环资〔2022〕803号（条号待核）",
    certainty="secondary",
)
def feedstock_energy(by_fuel=total(fuel_feedstock, over="fuel")):
    """Energy used as raw material of other products: olefins, aromatics, alcohols, ammonia and the like."""
    return by_fuel


@rule(
    unit="tce",
    shown="万tce",
    title="能源消费总量",
    title_en="Energy consumption",
    decimals=2,
    over_time="sum",
    over_place="sum",
    definition="full",
    definitions=DEFINITIONS,
    cite="GB/T 2589-2020 式（1）（条号待核）",
    certainty="memory",
)
def energy(by_fuel=total(regional_fuel_energy, over="fuel")):
    """Energy consumed in a year, all kinds together.

    Thermal power is counted by the fuel burnt for it, so the electricity among the fuels is primary and net
    imported.
    """
    return by_fuel


@energy.amend(
    definition="minus-feedstock",
    cite="发改环资〔2022〕803号；资府发〔2023〕3号（十一）",
    certainty="secondary",
)
def energy_without_feedstock(full=energy.under("full"), feedstock=feedstock_energy):
    """Energy consumed less what served as raw material; the gross domestic product is not adjusted."""
    return full - feedstock


@energy.amend(
    definition="minus-feedstock-nonfossil", cite="国发〔2024〕12号（条号待核）", certainty="secondary"
)
def energy_fossil_without_feedstock(
    full=energy.under("full"), feedstock=feedstock_energy, nonfossil=NONFOSSIL_ENERGY
):
    """Fossil energy consumed less what served as raw material.

    Assessed so from 2024, but not limited to years from 2024: the base year is reckoned in the same way.
    """
    return full - feedstock - nonfossil


@rule(
    unit="tce/万元",
    title="单位地区生产总值能耗",
    title_en="Energy intensity of gross domestic product",
    decimals=4,
    definitions=DEFINITIONS,
    cite="川府发〔2022〕20号；国家统计局单位GDP能耗公报指标解释（条号待核）",
    certainty="memory",
)
def energy_intensity(energy=energy, gdp=gdp):
    """Energy spent for one unit of gross domestic product at the prices of the plan's base year."""
    return energy / gdp


@rule(
    unit="1",
    shown="%",
    title="单位地区生产总值能耗累计降低率",
    title_en="Fall of energy intensity since the base year",
    decimals=2,
    definitions=DEFINITIONS,
    cite="资府发〔2023〕3号 二",
)
def energy_intensity_decline(now=energy_intensity, base=energy_intensity @ BASE_YEAR):
    """Fall of energy intensity since the base year.

    The yearly rates are never added: 4.0, 4.1, 4.2, 4.5 and 5.0 % together make 19.98 %, not 21.8 %.
    """
    return 1 - now / base


@rule(
    unit="1",
    shown="%",
    title="单位地区生产总值能耗年度降低率",
    title_en="Fall of energy intensity since last year",
    decimals=2,
    definitions=DEFINITIONS,
    cite="资府发〔2023〕3号（十一）；国家统计局单位GDP能耗公报指标解释（条号待核）",
    certainty="memory",
)
def annual_intensity_decline(now=energy_intensity, last=energy_intensity @ LAST_YEAR):
    """Fall of energy intensity since the year before; positive means a fall."""
    return 1 - now / last


@rule(
    unit="1",
    shown="%",
    title="能源消费增速",
    title_en="Growth of energy consumption",
    decimals=2,
    definitions=DEFINITIONS,
    cite="国家统计局单位GDP能耗公报指标解释（条号待核）",
    certainty="memory",
)
def energy_growth(now=energy, last=energy @ LAST_YEAR):
    """Growth of energy consumption over the year before."""
    return now / last - 1


@rule(
    unit="1",
    shown="%",
    title="地区生产总值可比增速（由总量计算）",
    title_en="Real growth of gross domestic product, from the amounts",
    decimals=2,
    cite="国家统计局地区生产总值核算指标解释（条号待核）",
    certainty="memory",
)
def gdp_real_growth(now=gdp, last=gdp @ LAST_YEAR):
    """Growth of gross domestic product over the year before, both at the prices of the base year.

    The published rate is a quantity of its own (gdp_growth); the two are compared, never mixed.
    """
    return now / last - 1


@rule(
    unit="1",
    title="能源消费弹性系数",
    title_en="Elasticity of energy consumption",
    decimals=2,
    definitions=DEFINITIONS,
    cite="中国能源统计年鉴 能源消费弹性系数指标解释（条号待核）",
    certainty="memory",
)
def energy_elasticity(energy=energy_growth, gdp=gdp_real_growth):
    """Growth of energy consumption for each percent of economic growth.

    Undefined where the economy did not grow: the divisor is then nought, and a division by nought is unknown.
    """
    return energy / greatest(gdp, 0)


@rule(
    unit="1",
    shown="%",
    title="由能耗增速和能耗强度降低率反推的经济增速",
    title_en="Economic growth implied by energy growth and intensity decline",
    decimals=2,
    definitions=DEFINITIONS,
    cite="单位GDP能耗定义的恒等式 (1+能耗增速)=(1+经济增速)(1-降低率)",
    certainty="derived",
)
def implied_gdp_growth(energy=energy_growth, decline=annual_intensity_decline):
    """Economic growth without which a published energy growth and a published decline contradict."""
    return (1 + energy) / (1 - decline) - 1


@rule(
    unit="1",
    shown="%",
    title="非化石能源消费占比",
    title_en="Share of non-fossil energy in consumption",
    decimals=2,
    definition="full",
    definitions=("full", "apportioned"),
    cite="资府发〔2023〕3号（八）",
)
def non_fossil_share(nonfossil=NONFOSSIL_ENERGY, energy=energy.under("full")):
    """Share of non-fossil energy in all energy consumed, nothing deducted from the divisor.

    Both are on the coal-equivalent basis of power generation (发电煤耗法).
    """
    return nonfossil / energy


@rule(
    unit="tce/人",
    title="人均能源消费量",
    title_en="Energy consumption per resident",
    decimals=2,
    cite="中国能源统计年鉴 人均能源消费量指标解释（条号待核）",
    certainty="memory",
)
def energy_per_head(energy=energy, population=POPULATION):
    """Energy consumed for each resident counted at the end of the period."""
    return energy / population
