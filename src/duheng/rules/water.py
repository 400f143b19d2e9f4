"""Surface water: class of an item, share of good sections, black and odorous bodies (plan article （十）)."""

from duheng.model import parameter, quantity, rule, where

WATER_CONCENTRATION = quantity("water_concentration")
CLASSES = ("Ⅰ类", "Ⅱ类", "Ⅲ类", "Ⅳ类", "Ⅴ类", "劣Ⅴ类")
# 环办〔2011〕22号: listed apart, no part of the evaluation by 21 items.
LISTED_APART = ("总氮（湖库）", "粪大肠菌群")
BLACK_ODOUR = "城市黑臭水体整治工作指南（2015）表2（表列值待核）"


def _fails(concentration, limit, reversed):
    """One where a concentration does not keep the limit of a class; a limit of oxygen is kept from above."""
    above = where(concentration > limit, 1, 0)
    below = where(concentration < limit, 1, 0)
    return where(reversed > 0, below, above)


@rule(
    unit="1",
    axis="water_item",
    title="地表水单项水质类别（1至5为Ⅰ至Ⅴ类，6为劣Ⅴ类）",
    title_en="Class of one item of surface water, 1 to 5, 6 beyond class V",
    decimals=0,
    cite="GB 3838-2002 5.1、表1（表列值待核）",
    certainty="memory",
)
def water_item_class(
    concentration=WATER_CONCENTRATION,
    limit1=parameter("water_limit_1"),
    limit2=parameter("water_limit_2"),
    limit3=parameter("water_limit_3"),
    limit4=parameter("water_limit_4"),
    limit5=parameter("water_limit_5"),
    reversed=parameter("water_reversed"),
):
    """Class of one item: the best class whose limit it keeps, 6 where it keeps none.

    The class of a section is that of its worst item. Where two classes have the same limit the better one holds.
    """
    return (
        1
        + _fails(concentration, limit1, reversed)
        + _fails(concentration, limit2, reversed)
        + _fails(concentration, limit3, reversed)
        + _fails(concentration, limit4, reversed)
        + _fails(concentration, limit5, reversed)
    )


@rule(
    unit="1",
    title="pH水质类别（在6至9之间为1，否则为6）",
    title_en="Class of the pH value, 1 within 6 to 9, else 6",
    decimals=0,
    cite="GB 3838-2002 表1（表列值待核）",
    certainty="memory",
)
def water_ph_class(ph=quantity("water_ph")):
    """Class of the pH value: all five classes ask for 6 to 9, so outside of it none is kept."""
    return where(ph < 6, 6, where(ph > 9, 6, 1))


@rule(
    unit="1",
    axis="water_item",
    title="超Ⅲ类标准倍数",
    title_en="Excess over the class III limit",
    decimals=2,
    cite="环办〔2011〕22号（条号待核）",
    certainty="memory",
)
def water_excess(
    concentration=WATER_CONCENTRATION, limit=parameter("water_limit_3"), reversed=parameter("water_reversed")
):
    """How many times the class III limit a concentration lies above it; negative where it is below.

    Dissolved oxygen has none: its limit is a lower one.
    """
    return (concentration - limit) / (limit * (1 - reversed))


@rule(
    unit="1",
    shown="%",
    title="地表水断面优良率",
    title_en="Share of surface-water sections in class III or better",
    decimals=1,
    cite="环办〔2011〕22号（条号待核）",
    certainty="memory",
)
def good_section_rate(good=quantity("good_sections"), sections=quantity("assessed_sections")):
    """Share of the assessed sections whose class is III or better."""
    return good / sections


@rule(
    unit="1",
    title="黑臭程度（0无、1轻度、2重度）",
    title_en="Degree of black and odorous water, 0 none, 1 light, 2 heavy",
    decimals=0,
    cite=BLACK_ODOUR,
    certainty="secondary",
)
def black_odour_degree(
    transparency=quantity("water_transparency"),
    depth=quantity("water_depth"),
    oxygen=quantity("water_oxygen"),
    redox=quantity("redox_potential"),
    ammonia=quantity("water_ammonia"),
    clear=parameter("black_odour_transparency_light"),
    murky=parameter("black_odour_transparency_heavy"),
    shallow=parameter("black_odour_shallow"),
    share=parameter("black_odour_depth_share"),
    oxygen_light=parameter("black_odour_oxygen_light"),
    oxygen_heavy=parameter("black_odour_oxygen_heavy"),
    redox_light=parameter("black_odour_redox_light"),
    redox_heavy=parameter("black_odour_redox_heavy"),
    ammonia_light=parameter("black_odour_ammonia_light"),
    ammonia_heavy=parameter("black_odour_ammonia_heavy"),
):
    """Degree at one point and time, by the worst of four indicators; any one is enough.

    Both ends of a printed range belong to it. In water shallower than 25 cm the transparency is compared with
    40 % of the depth; for heavy the text gives no such share, so transparency alone never makes it heavy there.
    """
    deep = where(depth < shallow, 0, 1)
    light = (
        where(transparency <= deep * clear + (1 - deep) * share * depth, 1, 0)
        + where(oxygen <= oxygen_light, 1, 0)
        + where(redox <= redox_light, 1, 0)
        + where(ammonia >= ammonia_light, 1, 0)
    )
    heavy = (
        deep * where(transparency < murky, 1, 0)
        + where(oxygen < oxygen_heavy, 1, 0)
        + where(redox < redox_heavy, 1, 0)
        + where(ammonia > ammonia_heavy, 1, 0)
    )
    return where(heavy > 0, 2, where(light > 0, 1, 0))


@rule(
    unit="1",
    shown="%",
    title="黑臭水体消除比例",
    title_en="Share of black and odorous water bodies eliminated",
    decimals=1,
    cite="资府发〔2023〕3号（十）；比率的算法（待核）",
    certainty="memory",
)
def black_odour_elimination_rate(
    eliminated=quantity("black_odour_eliminated"), listed=quantity("black_odour_bodies")
):
    """Share of the registered black and odorous water bodies that are no longer so."""
    return eliminated / listed


@rule(
    unit="mg/L",
    title="饱和溶解氧浓度",
    title_en="Concentration of dissolved oxygen at saturation",
    decimals=2,
    cite="HJ 2.3-2018 附录D（条号待核）",
    certainty="memory",
)
def oxygen_saturation(temperature=quantity("water_temperature"), scale=parameter("oxygen_saturation_scale")):
    """Oxygen that fresh water holds at a temperature in degrees Celsius; salt water has another formula."""
    return scale / (31.6 + temperature)


@rule(
    unit="m3",
    title="海绵设施设计调蓄容积",
    title_en="Design storage of a sponge-city area",
    decimals=0,
    over_place="sum",
    cite="海绵城市建设评价标准 GB/T 51345-2018（条号待核）",
    certainty="memory",
)
def sponge_storage(
    rainfall=quantity("design_rainfall"), runoff=quantity("runoff_coefficient"), area=quantity("sponge_area")
):
    """Volume that the design rainfall brings off an area: depth by coefficient of runoff by area."""
    return rainfall * runoff * area
