"""Progress of a target against time: formulas over plain inputs (plan articles （十一） and （二十）).

Two official formulas exist and are not mixed: the progress of a cumulative target while the plan runs is
logarithmic, the final result is linear.
"""

from duheng.model import BASE_YEAR, greatest, ln, quantity, rule
from duheng.rules.energy import energy, energy_intensity
from duheng.rules.prices import gdp

CUMULATIVE_DECLINE = quantity("cumulative_decline")
CUMULATIVE_TARGET = quantity("cumulative_target")
ACTUAL_VALUE = quantity("actual_value")
TARGET_VALUE = quantity("target_value")
YEARS_TOTAL = quantity("years_total")
YEARS_ELAPSED = quantity("years_elapsed")

EVALUATION_2009 = "国家发展改革委、国家统计局2009年节能目标完成情况公告（转述，原文待核）"
PATH = "国家统计局单位GDP能耗公报指标解释（条号待核）"


@rule(
    unit="1",
    shown="%",
    title="累计目标完成进度（对数）",
    title_en="Logarithmic progress of a cumulative target",
    decimals=2,
    cite=EVALUATION_2009,
    certainty="secondary",
)
def log_progress(actual=CUMULATIVE_DECLINE, target=CUMULATIVE_TARGET):
    """Share of a cumulative decline that is done, each equal yearly rate counting the same.

    Tianjin fell by 20.07 % of 20 % by 2009 and was credited with 100.39 %; the plain ratio would be 100.35 %.
    """
    return ln(1 - actual) / ln(1 - target)


@rule(
    unit="1",
    shown="%",
    title="目标完成率（线性）",
    title_en="Linear progress of a target",
    decimals=2,
    cite="国家发展改革委、国家统计局2011年第9号公告（转述，原文待核）",
    certainty="secondary",
)
def linear_progress(actual=ACTUAL_VALUE, target=TARGET_VALUE):
    """Share of a target that is reached: amounts, counts, rates, and the final result of a closed plan."""
    return actual / target


@rule(
    unit="1",
    shown="%",
    title="超额完成率",
    title_en="Over-achievement",
    decimals=2,
    cite="国家发展改革委、国家统计局2011年第9号公告（转述，原文待核）",
    certainty="secondary",
)
def overachievement(actual=ACTUAL_VALUE, target=TARGET_VALUE):
    """How far the final result goes beyond the target, as a share of the target; linear."""
    return actual / target - 1


@rule(
    unit="1",
    shown="%",
    title="差距占目标的比例",
    title_en="Gap as a share of the target",
    decimals=1,
    cite="国家发展改革委2021年一季度各地区能耗双控目标完成情况晴雨表（转述，原文待核）",
    certainty="secondary",
)
def gap_ratio(actual=ACTUAL_VALUE, target=TARGET_VALUE):
    """What is short of the target, as a share of it; above one where the value moved the wrong way."""
    return (target - actual) / target


@rule(
    unit="1",
    shown="%",
    title="均等年度降低率",
    title_en="Even yearly rate of a cumulative target",
    decimals=2,
    cite=PATH,
    certainty="memory",
)
def even_annual_rate(target=CUMULATIVE_TARGET, years=YEARS_TOTAL):
    """The yearly decline that, the same every year, makes up the cumulative target."""
    return 1 - (1 - target) ** (1 / years)


@rule(
    unit="1",
    shown="%",
    title="累计降低率进度要求",
    title_en="Required path of a cumulative target",
    decimals=2,
    cite=PATH,
    certainty="memory",
)
def path_decline(target=CUMULATIVE_TARGET, years=YEARS_TOTAL, elapsed=YEARS_ELAPSED):
    """The cumulative decline due after some of the years, at even yearly rates."""
    return 1 - (1 - target) ** (elapsed / years)


@rule(
    unit="1",
    shown="%",
    title="剩余年份所需年均降低率",
    title_en="Yearly rate required for the rest",
    decimals=2,
    cite=PATH,
    certainty="memory",
)
def required_annual_rate(
    actual=CUMULATIVE_DECLINE, target=CUMULATIVE_TARGET, years=YEARS_TOTAL, elapsed=YEARS_ELAPSED
):
    """The even yearly decline with which the remaining years still reach the target; unknown once over."""
    return 1 - ((1 - target) / (1 - actual)) ** (1 / greatest(years - elapsed, 0))


@rule(
    unit="tce",
    shown="万tce",
    title="目标允许的能源消费量",
    title_en="Energy allowed by the target",
    decimals=2,
    cite="单位GDP能耗定义的恒等式 能耗=基年能耗×经济增长倍数×(1-降低率)",
    certainty="derived",
)
def allowed_energy(base=energy @ BASE_YEAR, now=gdp, then=gdp @ BASE_YEAR, target=CUMULATIVE_TARGET):
    """Energy that may be consumed at this output if the cumulative decline is just reached."""
    return base * (now / then) * (1 - target)


@rule(
    unit="tce/万元",
    title="目标允许的单位地区生产总值能耗",
    title_en="Energy intensity allowed by the target",
    decimals=4,
    cite="单位GDP能耗定义的恒等式 能耗强度=基年能耗强度×(1-降低率)",
    certainty="derived",
)
def allowed_intensity(base=energy_intensity @ BASE_YEAR, target=CUMULATIVE_TARGET):
    """Energy intensity at which the cumulative decline is just reached."""
    return base * (1 - target)
