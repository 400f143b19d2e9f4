"""Farming and villages: inputs, wastes, sewage, pest control (plan article （五）)."""

from duheng.model import LAST_YEAR, greatest, quantity, rule

FERTILISER_USE = quantity("fertiliser_use")
PESTICIDE_USE = quantity("pesticide_use")
VILLAGES = quantity("villages")
VILLAGES_SEWAGE_TREATED = quantity("villages_sewage_treated")
STRAW_COLLECTABLE = quantity("straw_collectable")
STRAW_UTILISED = quantity("straw_utilised")
FERTILISER_APPLIED_NUTRIENT = quantity("fertiliser_applied_nutrient")
FERTILISER_ABSORBED_NUTRIENT = quantity("fertiliser_absorbed_nutrient")
FILM_USED = quantity("film_used")
FILM_RECOVERED = quantity("film_recovered")
MANURE_PRODUCED = quantity("manure_produced")
MANURE_UTILISED = quantity("manure_utilised")
PEST_AREA = quantity("pest_area")
PEST_AREA_GREEN = quantity("pest_area_green")
PEST_AREA_GRAIN = quantity("pest_area_grain")
PEST_AREA_UNIFIED = quantity("pest_area_unified")

# The plan names the rate and its value; no text at hand defines how it is reckoned.
RATIO = "资府发〔2023〕3号（五）；比率的算法（待核）"


@rule(
    unit="1",
    shown="%",
    title="化肥使用量增速",
    title_en="Growth of fertiliser use",
    decimals=2,
    cite="资府发〔2023〕3号（五）",
)
def fertiliser_growth(now=FERTILISER_USE, last=FERTILISER_USE @ LAST_YEAR):
    """Growth of fertiliser use, by nutrient content, over the year before."""
    return now / last - 1


@rule(
    unit="1",
    shown="%",
    title="农药使用量增速",
    title_en="Growth of pesticide use",
    decimals=2,
    cite="资府发〔2023〕3号（五）",
)
def pesticide_growth(now=PESTICIDE_USE, last=PESTICIDE_USE @ LAST_YEAR):
    """Growth of pesticide use over the year before."""
    return now / last - 1


@rule(
    unit="1",
    shown="%",
    title="化肥农药使用量增速（两者较高者）",
    title_en="Growth of fertiliser and pesticide use, the higher of both",
    decimals=2,
    cite="资府发〔2023〕3号（五）",
)
def fertiliser_pesticide_growth(fertiliser=fertiliser_growth, pesticide=pesticide_growth):
    """The higher of the growths of fertiliser and of pesticide use.

    The plan says of both at once that they stay at zero growth. Read here as: neither may grow, and a fall of
    one does not pay for a rise of the other. Tonnes of the two are never added.
    """
    return greatest(fertiliser, pesticide)


@rule(
    unit="1",
    shown="%",
    title="行政村农村生活污水有效治理率",
    title_en="Share of villages with effective sewage treatment",
    decimals=2,
    cite=RATIO,
    certainty="memory",
)
def rural_sewage_effective_rate(treated=VILLAGES_SEWAGE_TREATED, villages=VILLAGES):
    """Share of the administrative villages whose household sewage is effectively treated."""
    return treated / villages


@rule(
    unit="1",
    shown="%",
    title="秸秆综合利用率",
    title_en="Share of straw utilised",
    decimals=2,
    cite=RATIO,
    certainty="memory",
)
def straw_utilisation_rate(utilised=STRAW_UTILISED, collectable=STRAW_COLLECTABLE):
    """Share of the collectable straw that is used as manure, feed, fuel, substrate or raw material."""
    return utilised / collectable


@rule(
    unit="1",
    shown="%",
    title="三大粮食作物化肥利用率",
    title_en="Fertiliser efficiency of the three staple crops",
    decimals=2,
    cite=RATIO,
    certainty="memory",
)
def fertiliser_efficiency(absorbed=FERTILISER_ABSORBED_NUTRIENT, applied=FERTILISER_APPLIED_NUTRIENT):
    """Share of the nutrients applied to rice, wheat and maize that the crop of the season takes up."""
    return absorbed / applied


@rule(
    unit="1",
    shown="%",
    title="废旧农膜回收利用率",
    title_en="Share of farm film recovered",
    decimals=2,
    cite=RATIO,
    certainty="memory",
)
def farm_film_recovery_rate(recovered=FILM_RECOVERED, used=FILM_USED):
    """Share of the farm film used in the period that is recovered."""
    return recovered / used


@rule(
    unit="1",
    shown="%",
    title="畜禽粪污综合利用率",
    title_en="Share of livestock manure utilised",
    decimals=2,
    cite=RATIO,
    certainty="memory",
)
def manure_utilisation_rate(utilised=MANURE_UTILISED, produced=MANURE_PRODUCED):
    """Share of the livestock manure produced in the period that is utilised."""
    return utilised / produced


@rule(
    unit="1",
    shown="%",
    title="主要农作物病虫害绿色防控覆盖率",
    title_en="Coverage of green pest control, main crops",
    decimals=2,
    cite=RATIO,
    certainty="memory",
)
def green_pest_control_rate(green=PEST_AREA_GREEN, protected=PEST_AREA):
    """Share of the protected area of the main crops that is under green pest control."""
    return green / protected


@rule(
    unit="1",
    shown="%",
    title="三大粮食作物病虫害统防统治覆盖率",
    title_en="Coverage of unified pest control, staple crops",
    decimals=2,
    cite=RATIO,
    certainty="memory",
)
def unified_pest_control_rate(unified=PEST_AREA_UNIFIED, protected=PEST_AREA_GRAIN):
    """Share of the protected area of rice, wheat and maize that specialised teams treat together."""
    return unified / protected
