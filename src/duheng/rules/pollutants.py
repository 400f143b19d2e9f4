"""Pollutants: what projects and sewage plants take away (plan section 二, article （十二）)."""

from duheng.model import LAST_YEAR, quantity, rule, total

TREATED_VOLUME = quantity("treated_volume")
INLET_CONCENTRATION = quantity("inlet_concentration")
OUTLET_CONCENTRATION = quantity("outlet_concentration")
PROJECT_REDUCTION = quantity("project_reduction")

GUIDE = "主要污染物总量减排核算技术指南（2022年修订）（条号待核）"


@rule(
    unit="t",
    axis="pollutant",
    title="污水处理厂污染物削减量",
    title_en="Pollutant removed by a sewage plant",
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
    title="污水处理厂新增减排量",
    title_en="Newly added reduction of a sewage plant",
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
