"""Environmental infrastructure of towns: sewage plants, household waste, sludge (plan article （十）)."""

from duheng.model import quantity, rule, total

PLANT_IN_SERVICE = quantity("plant_in_service")
WASTE_GENERATED = quantity("waste_generated")
WASTE_TREATED = quantity("waste_treated")
SLUDGE_GENERATED = quantity("sludge_generated")
SLUDGE_DISPOSED = quantity("sludge_disposed")

# The plan names the rate and its value; no text at hand defines how it is reckoned.
RATIO = "资府发〔2023〕3号（十）；比率的算法（待核）"


@rule(
    unit="座",
    title="累计建成建制镇污水处理厂",
    title_en="Town sewage plants built",
    decimals=0,
    over_time="last",
    over_place="sum",
    cite="资府发〔2023〕3号（十）",
)
def town_sewage_plants(in_service=total(PLANT_IN_SERVICE, over="sewage_plant")):
    """Sewage plants of towns in service at the end of the period, whenever they were built."""
    return in_service


@rule(
    unit="1",
    shown="%",
    title="生活垃圾处理率",
    title_en="Share of household waste treated",
    decimals=2,
    cite=RATIO,
    certainty="memory",
)
def waste_treatment_rate(treated=WASTE_TREATED, generated=WASTE_GENERATED):
    """Share of the household waste that is treated.

    What is collected stands for what arises where the latter is not measured.
    """
    return treated / generated


@rule(
    unit="1",
    shown="%",
    title="城市污泥无害化处置率",
    title_en="Share of urban sludge disposed of safely",
    decimals=2,
    cite=RATIO,
    certainty="memory",
)
def sludge_disposal_rate(disposed=SLUDGE_DISPOSED, generated=SLUDGE_GENERATED):
    """Share of the sludge of urban sewage plants that is disposed of without harm."""
    return disposed / generated
