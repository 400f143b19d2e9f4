"""Limits of GB 37822, GB 20952 and GB 20950 for what is checked or measured on the spot (article 九).

One is kept, nought is not. The stricter limits of key areas are set by the city as values of its own.
"""

from duheng.model import parameter, quantity, rule, where

STATIONS = "GB 20952-2020（条号待核）"
DEPOTS = "GB 20950-2020（条号待核）"


@rule(
    unit="1",
    title="动密封点按期检测",
    title_en="Leak check of moving seals in time",
    decimals=0,
    cite="GB 37822-2019 8.3",
    certainty="memory",
)
def leak_check_moving_kept(value=quantity("leak_check_gap_moving"), limit=parameter("leak_check_moving")):
    """One where pumps, compressors, stirrers, valves and their like were checked for leaks often enough."""
    return where(value <= limit, 1, 0)


@rule(
    unit="1",
    title="静密封点按期检测",
    title_en="Leak check of flanges in time",
    decimals=0,
    cite="GB 37822-2019 8.3",
    certainty="memory",
)
def leak_check_fixed_kept(value=quantity("leak_check_gap_fixed"), limit=parameter("leak_check_fixed")):
    """One where flanges, connectors and other seals were checked for leaks often enough."""
    return where(value <= limit, 1, 0)


@rule(
    unit="1",
    title="集气罩控制风速合格",
    title_en="Control velocity of a hood kept",
    decimals=0,
    cite="GB 37822-2019 10.2.2",
    certainty="memory",
)
def hood_velocity_kept(value=quantity("hood_velocity"), limit=parameter("hood_velocity_least")):
    """One where the velocity at the farthest point of emission is high enough for a hood to count as collecting."""
    return where(value >= limit, 1, 0)


@rule(
    unit="1",
    title="废气收集管道泄漏合格",
    title_en="Leak of ducts within its limit",
    decimals=0,
    cite="GB 37822-2019 10.2.3",
    certainty="memory",
)
def duct_leak_kept(value=quantity("duct_leak_reading"), limit=parameter("duct_leak_limit")):
    """One where the ducts that carry collected gas under pressure keep the leak limit."""
    return where(value <= limit, 1, 0)


@rule(
    unit="1",
    title="VOCs排气筒高度合格",
    title_en="Height of a stack for VOCs kept",
    decimals=0,
    cite="GB 37822-2019 10.3.4",
    certainty="memory",
)
def stack_height_kept(value=quantity("voc_stack_height"), limit=parameter("stack_height_least")):
    """One where the stack is high enough; exempt stacks are not stated."""
    return where(value >= limit, 1, 0)


@rule(
    unit="1",
    title="厂区内非甲烷总烃1小时平均合格",
    title_en="Hydrocarbons inside a plant within the limit of an hour",
    decimals=0,
    cite="GB 37822-2019 附录A",
    certainty="secondary",
)
def site_nmhc_hour_kept(value=quantity("site_nmhc_hour"), limit=parameter("site_nmhc_hour_limit")):
    """One where the mean of an hour outside of the workshop keeps the limit."""
    return where(value <= limit, 1, 0)


@rule(
    unit="1",
    title="厂区内非甲烷总烃任意一次合格",
    title_en="Hydrocarbons inside a plant within the limit of one value",
    decimals=0,
    cite="GB 37822-2019 附录A",
    certainty="secondary",
)
def site_nmhc_once_kept(value=quantity("site_nmhc_once"), limit=parameter("site_nmhc_once_limit")):
    """One where any one value outside of the workshop keeps the limit."""
    return where(value <= limit, 1, 0)


@rule(
    unit="1",
    title="加油站液阻合格（18 L/min）",
    title_en="Resistance of a station within its limit at 18 L/min",
    decimals=0,
    cite=STATIONS,
    certainty="memory",
)
def line_resistance_18_kept(value=quantity("line_resistance_18"), limit=parameter("station_resistance_18")):
    """One where the vapour lines keep the greatest pressure at 18 litres of nitrogen a minute."""
    return where(value <= limit, 1, 0)


@rule(
    unit="1",
    title="加油站液阻合格（28 L/min）",
    title_en="Resistance of a station within its limit at 28 L/min",
    decimals=0,
    cite=STATIONS,
    certainty="memory",
)
def line_resistance_28_kept(value=quantity("line_resistance_28"), limit=parameter("station_resistance_28")):
    """One where the vapour lines keep the greatest pressure at 28 litres of nitrogen a minute."""
    return where(value <= limit, 1, 0)


@rule(
    unit="1",
    title="加油站液阻合格（38 L/min）",
    title_en="Resistance of a station within its limit at 38 L/min",
    decimals=0,
    cite=STATIONS,
    certainty="memory",
)
def line_resistance_38_kept(value=quantity("line_resistance_38"), limit=parameter("station_resistance_38")):
    """One where the vapour lines keep the greatest pressure at 38 litres of nitrogen a minute."""
    return where(value <= limit, 1, 0)


@rule(
    unit="1",
    title="加油站油气泄漏合格",
    title_en="Leak of a filling station within its limit",
    decimals=0,
    cite=STATIONS,
    certainty="memory",
)
def station_leak_kept(value=quantity("station_leak_reading"), limit=parameter("station_leak_limit")):
    """One where the seals of the vapour recovery keep the leak limit."""
    return where(value <= limit, 1, 0)


@rule(
    unit="1",
    title="油气企业边界非甲烷总烃合格",
    title_en="Hydrocarbons at the boundary within their limit",
    decimals=0,
    cite=STATIONS,
    certainty="memory",
)
def boundary_nmhc_kept(value=quantity("boundary_nmhc"), limit=parameter("boundary_nmhc_limit")):
    """One where the boundary keeps the limit."""
    return where(value <= limit, 1, 0)


@rule(
    unit="1",
    title="储油库油气处理效率合格",
    title_en="Efficiency of the vapour treatment of a depot kept",
    decimals=0,
    cite=DEPOTS,
    certainty="memory",
)
def depot_efficiency_kept(value=quantity("depot_efficiency"), limit=parameter("depot_efficiency_least")):
    """One where the vapour treatment of a depot is efficient enough."""
    return where(value >= limit, 1, 0)
