"""Carbon dioxide of fuels and electricity, intensity of the economy and its decline (plan 二, （十一）).

Factors come in sets, one guide each, and a set is used whole: the packaged parameters are the defaults of the
enterprise guides; another set takes their place with all its values or not at all (ingest.carbon.set_parameters).
"""

from duheng.model import BASE_YEAR, LAST_YEAR, ln, parameter, quantity, rule, total, where
from duheng.rules.balance_table import imported_electricity, imported_heat
from duheng.rules.energy import energy
from duheng.rules.prices import gdp

GUIDE = "企业温室气体排放核算方法与报告指南（发改办气候〔2013〕2526号等，条号待核）"
ASSESSMENT = "省级人民政府控制温室气体排放目标责任考核办法（条号待核）"
LMDI = "对数平均迪氏指数分解（LMDI，恒等分解，无残差）"

FUEL_USE = quantity("fuel_use")
NET_CALORIFIC_VALUE = parameter("net_calorific_value")
CARBON_CONTENT = parameter("carbon_content")
OXIDATION_RATE = parameter("oxidation_rate")
CO2_PER_CARBON = parameter("co2_per_carbon")
FUEL_CO2_FACTOR = parameter("fuel_co2_factor")
PURCHASED_ELECTRICITY = quantity("purchased_electricity")
PURCHASED_HEAT = quantity("purchased_heat")
PROCESS_EMISSION = quantity("process_emission")
CO2_RECOVERED = quantity("co2_recovered")
FOSSIL_ENERGY = quantity("fossil_energy")
GRID_FACTOR = parameter("grid_emission_factor")
HEAT_FACTOR = parameter("heat_emission_factor")
FOSSIL_CO2_FACTOR = parameter("fossil_co2_factor")


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


@rule(
    unit="tCO2",
    axis="fuel",
    title="化石燃料燃烧排放量（综合因子）",
    title_en="Carbon dioxide from burning fuels, by one factor",
    decimals=2,
    over_time="sum",
    over_place="sum",
    cite="省级温室气体清单编制指南（试行）（条号待核）",
    certainty="memory",
)
def emission_by_factor(use=FUEL_USE, factor=FUEL_CO2_FACTOR):
    """Carbon dioxide from burning a fuel, by a factor for each physical unit of it.

    The factor holds calorific value, carbon content and oxidation of one source; there is none without a source
    that somebody has named, and it is never completed from another set.
    """
    return use * factor


@rule(
    unit="tCO2",
    shown="万tCO2",
    title="能源燃烧二氧化碳排放量",
    title_en="Carbon dioxide from burning fuels, all fuels",
    decimals=4,
    over_time="sum",
    over_place="sum",
    cite="GB/T 32151.1-2015 5.2.2（条号待核）",
    certainty="memory",
)
def energy_emission(by_fuel=total(combustion_emission, over="fuel")):
    """Carbon dioxide from burning all fuels stated: scope 1 of energy.

    Fuel that becomes part of a product is left out of the use, not of the factor.
    """
    return by_fuel


@rule(
    unit="tCO2",
    title="净购入电力排放量",
    title_en="Carbon dioxide of net purchased electricity",
    decimals=2,
    over_time="sum",
    over_place="sum",
    cite=GUIDE,
    certainty="memory",
)
def electricity_emission(use=PURCHASED_ELECTRICITY, factor=GRID_FACTOR):
    """Carbon dioxide of net purchased electricity by the average factor of the place (location-based).

    A year without a published factor uses the latest one and is provisional. Traded green electricity is not taken
    off here: `market_electricity_emission` does, with a factor of its own.
    """
    return use * factor


@rule(
    unit="tCO2",
    title="净购入热力排放量",
    title_en="Carbon dioxide of net purchased heat",
    decimals=2,
    over_time="sum",
    over_place="sum",
    cite=GUIDE,
    certainty="memory",
)
def heat_emission(use=PURCHASED_HEAT, factor=HEAT_FACTOR):
    """Carbon dioxide of net purchased heat."""
    return use * factor


@rule(
    unit="tCO2",
    title="净购入电力和热力排放量",
    title_en="Scope 2 carbon dioxide",
    decimals=2,
    over_time="sum",
    over_place="sum",
    cite=GUIDE,
    certainty="memory",
)
def purchased_emission(electricity=electricity_emission, heat=heat_emission):
    """Indirect emission of net purchased electricity and heat: scope 2.

    Who buys no heat states nought; what is not stated is not taken for nought.
    """
    return electricity + heat


@rule(
    unit="tCO2",
    title="企业（单位）二氧化碳排放总量",
    title_en="Carbon dioxide of an organisation",
    decimals=2,
    over_time="sum",
    over_place="sum",
    cite=GUIDE,
    certainty="memory",
)
def organisation_emission(
    burnt=energy_emission, process=PROCESS_EMISSION, recovered=CO2_RECOVERED, bought=purchased_emission
):
    """Carbon dioxide of an organisation: burnt, from processes, less recovered, plus purchased."""
    return burnt + process - recovered + bought


@rule(
    unit="tCO2",
    title="净调入电力排放量",
    title_en="Carbon dioxide of net imported electricity",
    decimals=2,
    over_time="sum",
    over_place="sum",
    cite=ASSESSMENT,
    certainty="memory",
)
def imported_emission(imported=imported_electricity, factor=GRID_FACTOR):
    """Carbon dioxide of the electricity that a region takes in from the grid beyond its own generation.

    A region that sends out more than it takes in has a deduction.
    """
    return imported * factor


@rule(
    unit="tCO2",
    title="净调入热力排放量",
    title_en="Carbon dioxide of net imported heat",
    decimals=2,
    over_time="sum",
    over_place="sum",
    cite=GUIDE,
    certainty="memory",
)
def imported_heat_emission(imported=imported_heat, factor=HEAT_FACTOR):
    """Carbon dioxide of the heat that a region takes in; the assessment of regions leaves it out."""
    return imported * factor


@rule(
    unit="tCO2",
    shown="万tCO2",
    title="地区能源活动二氧化碳排放量",
    title_en="Energy-related carbon dioxide of a region",
    decimals=4,
    over_time="sum",
    over_place="sum",
    cite=ASSESSMENT,
    certainty="memory",
)
def regional_emission(burnt=energy_emission, imported=imported_emission):
    """Energy-related carbon dioxide of a region: fossil fuels burnt and net imported electricity."""
    return burnt + imported


@rule(
    unit="tCO2",
    axis="fossil",
    title="化石能源二氧化碳排放量（简化因子）",
    title_en="Carbon dioxide of fossil energy, simplified factors",
    decimals=2,
    over_time="sum",
    over_place="sum",
    cite=ASSESSMENT,
    certainty="memory",
)
def fossil_emission(use=FOSSIL_ENERGY, factor=FOSSIL_CO2_FACTOR):
    """Carbon dioxide of coal, oil and gas by simplified factors for a tonne of standard coal.

    Where the superior authority has issued its own factors, they are entered as those of the place.
    """
    return use * factor


@rule(
    unit="tCO2",
    shown="万tCO2",
    title="地区能源活动二氧化碳排放量（简化核算）",
    title_en="Energy-related carbon dioxide of a region, simplified",
    decimals=4,
    over_time="sum",
    over_place="sum",
    cite=ASSESSMENT,
    certainty="memory",
)
def assessed_emission(fossil=total(fossil_emission, over="fossil"), imported=imported_emission):
    """Energy-related carbon dioxide of a region by the simplified factors; never mixed with that by fuel."""
    return fossil + imported


@rule(
    unit="tCO2/万元",
    title="单位地区生产总值二氧化碳排放",
    title_en="Carbon intensity of gross domestic product",
    decimals=4,
    cite=ASSESSMENT,
    certainty="memory",
)
def carbon_intensity(emission=regional_emission, gdp=gdp):
    """Carbon dioxide for one unit of gross domestic product at the prices of the base year."""
    return emission / gdp


@rule(
    unit="1",
    shown="%",
    title="单位地区生产总值二氧化碳排放累计降低率",
    title_en="Fall of carbon intensity since the base year",
    decimals=2,
    cite=ASSESSMENT,
    certainty="memory",
)
def carbon_intensity_decline(now=carbon_intensity, base=carbon_intensity @ BASE_YEAR):
    """Fall of carbon intensity since the base year; yearly rates are never added."""
    return 1 - now / base


@rule(
    unit="1",
    shown="%",
    title="单位地区生产总值二氧化碳排放年度降低率",
    title_en="Fall of carbon intensity since last year",
    decimals=2,
    cite=ASSESSMENT,
    certainty="memory",
)
def annual_carbon_intensity_decline(now=carbon_intensity, last=carbon_intensity @ LAST_YEAR):
    """Fall of carbon intensity since the year before; positive means a fall."""
    return 1 - now / last


@rule(
    unit="tCO2",
    shown="万tCO2",
    title="排放量对数平均（与基期）",
    title_en="Logarithmic mean of the emissions",
    decimals=4,
    cite=LMDI,
    certainty="derived",
)
def mean_emission(now=regional_emission, base=regional_emission @ BASE_YEAR):
    """Logarithmic mean of the emissions of this year and of the base year: the weight of every effect below."""
    return where(now == base, now, (now - base) / ln(now / base))


@rule(
    unit="tCO2",
    shown="万tCO2",
    title="碳排放变化的经济增长效应",
    title_en="Effect of growth on carbon dioxide",
    decimals=4,
    cite=LMDI,
    certainty="derived",
)
def growth_effect(mean=mean_emission, now=gdp, base=gdp @ BASE_YEAR):
    """Change of emission since the base year that comes from economic growth."""
    return mean * ln(now / base)


@rule(
    unit="tCO2",
    shown="万tCO2",
    title="碳排放变化的能耗强度效应",
    title_en="Effect of energy intensity on carbon dioxide",
    decimals=4,
    cite=LMDI,
    certainty="derived",
)
def intensity_effect(
    mean=mean_emission,
    now=energy.under("full"),
    base=energy.under("full") @ BASE_YEAR,
    gdp=gdp,
    gdp_base=gdp @ BASE_YEAR,
):
    """Change of emission since the base year that comes from energy intensity."""
    return mean * ln(now / gdp / (base / gdp_base))


@rule(
    unit="tCO2",
    shown="万tCO2",
    title="碳排放变化的能源结构效应",
    title_en="Effect of the energy structure on carbon dioxide",
    decimals=4,
    cite=LMDI,
    certainty="derived",
)
def structure_effect(
    mean=mean_emission,
    now=regional_emission,
    base=regional_emission @ BASE_YEAR,
    energy=energy.under("full"),
    energy_base=energy.under("full") @ BASE_YEAR,
):
    """Change of emission since the base year that comes from the carbon in a unit of energy.

    The three effects together are the whole change, nothing is left over.
    """
    return mean * ln(now / energy / (base / energy_base))
