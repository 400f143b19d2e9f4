"""Soil of construction land against the risk values in force; the values are data, none of them checked yet."""

from duheng.model import parameter, quantity, rule

SOIL_CONCENTRATION = quantity("soil_concentration")
SENSITIVE_LAND = quantity("sensitive_land")
RISK_VALUES = "GB 36600-2018 表1（表列值待核）"


@rule(
    unit="1",
    axis="soil_item",
    title="土壤含量与风险筛选值之比",
    title_en="Content of soil as a multiple of the screening value",
    decimals=2,
    cite=RISK_VALUES,
    certainty="memory",
)
def soil_screening_ratio(
    content=SOIL_CONCENTRATION,
    sensitive=SENSITIVE_LAND,
    first=parameter("soil_screening_1"),
    second=parameter("soil_screening_2"),
):
    """Content as a multiple of the screening value of the land's class; up to 1 the risk is commonly negligible."""
    return content / (sensitive * first + (1 - sensitive) * second)


@rule(
    unit="1",
    axis="soil_item",
    title="土壤含量与风险管制值之比",
    title_en="Content of soil as a multiple of the intervention value",
    decimals=2,
    cite=RISK_VALUES,
    certainty="memory",
)
def soil_intervention_ratio(
    content=SOIL_CONCENTRATION,
    sensitive=SENSITIVE_LAND,
    first=parameter("soil_intervention_1"),
    second=parameter("soil_intervention_2"),
):
    """Content as a multiple of the intervention value of the land's class; above 1 measures are commonly due."""
    return content / (sensitive * first + (1 - sensitive) * second)
