"""Process carbon dioxide of cement, lime and gas purification, and carbon traced through grid and product."""

from duheng.model import parameter, quantity, rule
from duheng.rules.carbon import GUIDE, organisation_emission

CLINKER_OUTPUT = quantity("clinker_output")
CLINKER_CAO = quantity("clinker_cao")
CLINKER_MGO = quantity("clinker_mgo")
CLINKER_OTHER_CAO = quantity("clinker_other_cao")
CLINKER_OTHER_MGO = quantity("clinker_other_mgo")
CARBONATE_USE = quantity("carbonate_use")
CARBONATE_PURITY = quantity("carbonate_purity")
GAS_TREATED = quantity("gas_treated")
GAS_TREATED_CO2 = quantity("gas_treated_co2")
GAS_DELIVERED = quantity("gas_delivered")
GAS_DELIVERED_CO2 = quantity("gas_delivered_co2")
PRODUCT_OUTPUT = quantity("product_output")
PRODUCT_SHARE = quantity("product_share")
NODE_INFLOW = quantity("node_inflow")
NODE_INFLOW_EMISSION = quantity("node_inflow_emission")
NODE_GENERATION = quantity("node_generation")
NODE_GENERATION_EMISSION = quantity("node_generation_emission")
NODE_LOAD = quantity("node_load")
CO2_PER_CAO = parameter("co2_per_cao")
CO2_PER_MGO = parameter("co2_per_mgo")
CLINKER_CO2_FACTOR = parameter("clinker_co2_factor")
CARBONATE_CO2_FACTOR = parameter("carbonate_co2_factor")
CO2_DENSITY = parameter("co2_density")

CEMENT = "水泥生产企业温室气体排放核算方法与报告指南（条号待核）"
FLOW = "电力系统碳排放流按比例分摊（Kang 等，IEEE Trans. Smart Grid 2015）"


@rule(
    unit="tCO2",
    title="水泥熟料生产过程排放量",
    title_en="Process carbon dioxide of clinker, by composition",
    decimals=2,
    over_time="sum",
    over_place="sum",
    cite=CEMENT,
    certainty="memory",
)
def clinker_emission(
    clinker=CLINKER_OUTPUT,
    cao=CLINKER_CAO,
    mgo=CLINKER_MGO,
    other_cao=CLINKER_OTHER_CAO,
    other_mgo=CLINKER_OTHER_MGO,
    per_cao=CO2_PER_CAO,
    per_mgo=CO2_PER_MGO,
):
    """Carbon dioxide from the carbonates of the raw meal of clinker, by its measured oxides."""
    return clinker * ((cao - other_cao) * per_cao + (mgo - other_mgo) * per_mgo)


@rule(
    unit="tCO2",
    title="水泥熟料生产过程排放量（缺省因子）",
    title_en="Process carbon dioxide of clinker, by the default factor",
    decimals=2,
    over_time="sum",
    over_place="sum",
    cite="省级温室气体清单编制指南（试行）（条号待核）",
    certainty="memory",
)
def clinker_default_emission(clinker=CLINKER_OUTPUT, factor=CLINKER_CO2_FACTOR):
    """Process carbon dioxide of clinker by the default factor, where its composition is not measured."""
    return clinker * factor


@rule(
    unit="tCO2",
    axis="carbonate",
    title="碳酸盐分解排放量",
    title_en="Carbon dioxide of decomposed carbonates",
    decimals=2,
    over_time="sum",
    over_place="sum",
    cite=GUIDE,
    certainty="memory",
)
def carbonate_emission(use=CARBONATE_USE, purity=CARBONATE_PURITY, factor=CARBONATE_CO2_FACTOR):
    """Carbon dioxide from a carbonate that is wholly decomposed: lime, glass, desulphurisation."""
    return use * purity * factor


@rule(
    unit="tCO2",
    title="天然气净化酸气二氧化碳排放量",
    title_en="Carbon dioxide vented by gas purification",
    decimals=2,
    over_time="sum",
    over_place="sum",
    cite="石油和天然气生产企业温室气体排放核算方法与报告指南（条号待核）",
    certainty="memory",
)
def acid_gas_emission(
    entering=GAS_TREATED,
    entering_co2=GAS_TREATED_CO2,
    leaving=GAS_DELIVERED,
    leaving_co2=GAS_DELIVERED_CO2,
    density=CO2_DENSITY,
):
    """Carbon dioxide that a gas purification plant takes out of the gas and vents."""
    return (entering * entering_co2 - leaving * leaving_co2) * density


@rule(
    unit="tCO2/t",
    title="单位产品二氧化碳排放",
    title_en="Carbon dioxide for a unit of product",
    decimals=5,
    cite="按比例分摊的产品碳排放核算方法（出处待核）",
    certainty="memory",
)
def product_carbon_intensity(emission=organisation_emission, share=PRODUCT_SHARE, output=PRODUCT_OUTPUT):
    """Carbon dioxide allotted to a tonne of a product; what allots it is stated with the share."""
    return emission * share / output


@rule(
    unit="kgCO2/kWh",
    title="电网节点碳强度",
    title_en="Carbon intensity of a node of the grid",
    decimals=6,
    cite=FLOW,
    certainty="memory",
)
def node_carbon_intensity(
    inflow=NODE_INFLOW,
    inflow_emission=NODE_INFLOW_EMISSION,
    generation=NODE_GENERATION,
    generation_emission=NODE_GENERATION_EMISSION,
):
    """Carbon dioxide in a unit of electricity leaving a node: all that leaves it has the mixture of what entered.

    A node through which nothing flows has none.
    """
    return (inflow_emission + generation_emission) / (inflow + generation)


@rule(
    unit="tCO2",
    title="电网节点负荷排放量",
    title_en="Carbon dioxide of the load of a node",
    decimals=4,
    over_time="sum",
    over_place="sum",
    cite=FLOW,
    certainty="memory",
)
def node_load_emission(load=NODE_LOAD, intensity=node_carbon_intensity):
    """Carbon dioxide that the load of a node answers for."""
    return load * intensity
