"""Pollutants: what projects and sewage plants take away (plan section 二, article （十二）)."""

from duheng.model import LAST_YEAR, least, quantity, rule, total, where

TREATED_VOLUME = quantity("treated_volume")
INLET_CONCENTRATION = quantity("inlet_concentration")
OUTLET_CONCENTRATION = quantity("outlet_concentration")
PROJECT_REDUCTION = quantity("project_reduction")

GUIDE = "主要污染物总量减排核算技术指南（2022年修订）（条号待核）"


@rule(
    unit="t",
    axis="pollutant",
    title="污水处理厂污染物削减量（测算）",
    title_en="Pollutant removed by a sewage plant (estimate)",
    decimals=2,
    over_time="sum",
    over_place="sum",
    cite=GUIDE,
    certainty="memory",
)
def pollutant_removed(volume=TREATED_VOLUME, inlet=INLET_CONCENTRATION, outlet=OUTLET_CONCENTRATION):
    """Mass of a pollutant that a sewage plant takes out of the water in a year, from flow-weighted means."""
    return volume * (inlet - outlet)


@rule(
    unit="t",
    axis="pollutant",
    title="污水处理厂新增减排量（测算）",
    title_en="Newly added reduction of a sewage plant (estimate)",
    decimals=2,
    over_time="sum",
    over_place="sum",
    cite=GUIDE,
    certainty="memory",
)
def new_reduction(now=pollutant_removed, last=pollutant_removed @ LAST_YEAR):
    """Removal of the year beyond the removal of the year before.

    Without figures of the year before it is unknown, never the whole removal. A plant that removes less than
    before has a negative amount, which is deducted.
    """
    return now - last


@rule(
    unit="t",
    axis="pollutant",
    title="重点工程减排量",
    title_en="Reduction by key projects",
    decimals=2,
    over_time="sum",
    over_place="sum",
    cite="资府发〔2023〕3号 二；" + GUIDE,
    certainty="memory",
)
def key_project_reduction(by_project=total(PROJECT_REDUCTION, over="reduction_project")):
    """Reduction newly formed in the year by all registered projects.

    The target is the sum over the years of the plan; a tonne counts in one year and for one project only.
    """
    return by_project


@rule(
    unit="t",
    axis="pollutant",
    title="项目当年减排量（测算）",
    title_en="Reduction of a project in its year of commissioning (estimate)",
    decimals=3,
    over_time="sum",
    over_place="sum",
    cite=GUIDE + "；按运行天数折算为“十二五”以来通行做法（待核）",
    certainty="memory",
)
def first_year_reduction(
    full=quantity("annual_reduction"), days=quantity("operating_days"), year=quantity("year_days")
):
    """Part of a full year's reduction that falls into the year of commissioning, by days in operation.

    Unknown where the days are negative or more than the year has: nobody can tell which of them is wrong.
    """
    return full * days / where(days < 0, 0, where(days > year, 0, year))  # a division by nought is unknown


@rule(
    unit="t",
    axis="pollutant",
    title="项目翘尾减排量（测算）",
    title_en="Reduction carried over from last year (estimate)",
    decimals=3,
    over_time="sum",
    over_place="sum",
    cite=GUIDE + "；按运行天数折算为“十二五”以来通行做法（待核）",
    certainty="memory",
)
def carried_reduction(
    full=quantity("annual_reduction") @ LAST_YEAR, counted=first_year_reduction @ LAST_YEAR
):
    """The rest of a full year's reduction, which falls into the year after commissioning (翘尾)."""
    return full - counted


@rule(
    unit="t",
    axis="pollutant",
    title="项目投运当年可计入减排量（测算）",
    title_en="Countable reduction of a project in its first year (estimate)",
    decimals=3,
    over_time="sum",
    over_place="sum",
    cite="2021年主要污染物总量减排核算技术指南 总则（转引）",
    certainty="secondary",
)
def first_year_estimate(
    own=first_year_reduction,
    offset=quantity("offset_used"),
    cancelled=quantity("cancelled_reduction"),
):
    """The first year's reduction less what served as an offset and what a review cancelled."""
    return own - offset - cancelled


@rule(
    unit="t",
    axis="pollutant",
    title="项目翘尾年可计入减排量（测算）",
    title_en="Countable reduction of a project in the year after (estimate)",
    decimals=3,
    over_time="sum",
    over_place="sum",
    cite="2021年主要污染物总量减排核算技术指南 总则（转引）",
    certainty="secondary",
)
def carried_estimate(
    carried=carried_reduction,
    offset=quantity("offset_used"),
    cancelled=quantity("cancelled_reduction"),
):
    """The reduction carried over from the first year less what served as an offset and what a review cancelled."""
    return carried - offset - cancelled


@rule(
    unit="t",
    axis="pollutant",
    title="废水污染物排放量（监测法）",
    title_en="Emission to water, monitored",
    decimals=3,
    over_time="sum",
    over_place="sum",
    cite="HJ 212-2017 附录D（G=D·C）",
)
def monitored_water_emission(
    volume=quantity("monitored_water"), concentration=quantity("monitored_water_concentration")
):
    """Flow times concentration of one outlet and spell; over a longer period the products are summed, not the means."""
    return volume * concentration


@rule(
    unit="t",
    axis="pollutant",
    title="废气污染物排放量（监测法）",
    title_en="Emission to air, monitored",
    decimals=3,
    over_time="sum",
    over_place="sum",
    cite="HJ 212-2017 D.2.5",
)
def monitored_gas_emission(
    volume=quantity("monitored_gas"), concentration=quantity("monitored_gas_concentration")
):
    """Flow of dry gas at standard state times the measured concentration, not the converted one."""
    return volume * concentration


@rule(
    unit="t",
    axis="pollutant",
    title="废水污染物排放量（手工监测法）",
    title_en="Emission to water, sampled by hand",
    decimals=3,
    over_time="sum",
    over_place="sum",
    cite="排污许可证执行报告 监测法（转引）",
    certainty="secondary",
)
def sampled_water_emission(
    volume=quantity("sampled_water"), concentration=quantity("sampled_water_concentration")
):
    """Flow times the concentration sampled by hand; counts where nothing is monitored automatically."""
    return volume * concentration


@rule(
    unit="t",
    axis="pollutant",
    title="废气污染物排放量（手工监测法）",
    title_en="Emission to air, sampled by hand",
    decimals=3,
    over_time="sum",
    over_place="sum",
    cite="排污许可证执行报告 监测法（转引）",
    certainty="secondary",
)
def sampled_gas_emission(volume=quantity("sampled_gas"), concentration=quantity("sampled_gas_concentration")):
    """Flow of dry gas at standard state times the concentration sampled by hand, not the converted one."""
    return volume * concentration


@rule(
    unit="t",
    axis="pollutant",
    title="污染物产生量（系数法）",
    title_en="Pollutant generated, by coefficient",
    decimals=3,
    over_time="sum",
    over_place="sum",
    cite="排放源统计调查产排污核算方法和系数手册（公告2021年第24号）（条号待核）",
    certainty="memory",
)
def coefficient_generation(amount=quantity("activity"), coefficient=quantity("generation_coefficient")):
    """Generation by the product or material of one section of the process; the sections add up."""
    return amount * coefficient


@rule(
    unit="t",
    axis="pollutant",
    title="污染物排放量（系数法）",
    title_en="Emission by coefficient",
    decimals=3,
    over_time="sum",
    over_place="sum",
    cite="排放源统计调查产排污核算方法和系数手册（公告2021年第24号）（条号待核）",
    certainty="memory",
)
def coefficient_emission(
    generated=coefficient_generation,
    removal=quantity("treatment_removal"),
    running=quantity("treatment_running"),
):
    """What is generated less what the treatment removes while it really runs; it never runs more than always."""
    return generated * (1 - removal * least(running, 1))


@rule(
    unit="t",
    axis="pollutant",
    title="污染物排放量（物料衡算法）",
    title_en="Emission by mass balance",
    decimals=3,
    over_time="sum",
    over_place="sum",
    cite="环境保护税法 第十条（物料衡算）；质量守恒",
    certainty="derived",
)
def balance_emission(
    brought=quantity("balance_input"),
    product=quantity("balance_product"),
    recovered=quantity("balance_recovered"),
):
    """What came in with the materials and neither left with products nor was recovered or disposed of."""
    return brought - product - recovered
