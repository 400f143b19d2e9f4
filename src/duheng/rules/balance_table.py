"""The rows of the regional energy balance (form P303-1): what its heads add up, and any row in standard coal.

Signs are those of the printed table: moved out, exports, closing stock and inputs to transformation are negative. A
row is read in standard coal by putting it in place of `balance_flow`.
"""

from duheng.model import greatest, only, parameter, quantity, rule, total

OPENING_STOCK = quantity("supply_opening_stock")
PRODUCTION = quantity("supply_production")
RECOVERED = quantity("supply_recovered")
MOVED_IN = quantity("supply_moved_in")
IMPORT = quantity("supply_import")
BUNKERS_ABROAD = quantity("supply_bunkers_abroad")
MOVED_OUT = quantity("supply_moved_out")
EXPORT = quantity("supply_export")
BUNKERS_HERE = quantity("supply_bunkers_here")
CLOSING_STOCK = quantity("supply_closing_stock")
POWER = quantity("transformed_power")
HEAT = quantity("transformed_heat")
WASHING = quantity("transformed_washing")
COKING = quantity("transformed_coking")
REFINING = quantity("transformed_refining")
GAS = quantity("transformed_gas")
COKE_AGAIN = quantity("transformed_coke_again")
BRIQUETTES = quantity("transformed_briquettes")
AGRICULTURE = quantity("final_agriculture")
INDUSTRY = quantity("final_industry")
MATERIAL = quantity("industry_material_use")
CONSTRUCTION = quantity("final_construction")
TRANSPORT = quantity("final_transport")
TRADE = quantity("final_trade")
OTHER = quantity("final_other")
URBAN = quantity("final_urban")
RURAL = quantity("final_rural")
LOSS = quantity("fuel_loss")
FLOW = quantity("balance_flow")

YEARBOOK = "中国能源统计年鉴 地区能源平衡表（实物量）编排说明（条号待核）"
INVENTORY = "省级温室气体清单编制指南（试行）能源活动（条号待核）"


@rule(
    unit="<fuel>",
    axis="fuel",
    title="可供本地区消费的能源量",
    title_en="Energy available for consumption",
    decimals=2,
    over_time="sum",
    over_place="sum",
    cite=YEARBOOK,
    certainty="secondary",
)
def fuel_supply(
    opening=OPENING_STOCK,
    production=PRODUCTION,
    recovered=RECOVERED,
    moved_in=MOVED_IN,
    imported=IMPORT,
    abroad=BUNKERS_ABROAD,
    moved_out=MOVED_OUT,
    exported=EXPORT,
    here=BUNKERS_HERE,
    closing=CLOSING_STOCK,
):
    """First part of the balance; what left the region and the closing stock are negative as printed."""
    return (
        opening
        + production
        + recovered
        + moved_in
        + imported
        + abroad
        + moved_out
        + exported
        + here
        + closing
    )


@rule(
    unit="<fuel>",
    axis="fuel",
    title="加工转换投入（－）产出（＋）量",
    title_en="Net output of transformation",
    decimals=2,
    over_time="sum",
    over_place="sum",
    cite=YEARBOOK,
    certainty="secondary",
)
def fuel_transformation(
    power=POWER,
    heat=HEAT,
    washing=WASHING,
    coking=COKING,
    refining=REFINING,
    gas=GAS,
    coke_again=COKE_AGAIN,
    briquettes=BRIQUETTES,
):
    """Second part of the balance: what came out of every transformation less what was put in."""
    return power + heat + washing + coking + refining + gas + coke_again + briquettes


@rule(
    unit="<fuel>",
    axis="fuel",
    title="加工转换投入量",
    title_en="Input to transformation",
    decimals=2,
    over_time="sum",
    over_place="sum",
    cite=YEARBOOK,
    certainty="secondary",
)
def fuel_transformation_input(
    power=POWER,
    heat=HEAT,
    washing=WASHING,
    coking=COKING,
    refining=REFINING,
    gas=GAS,
    coke_again=COKE_AGAIN,
    briquettes=BRIQUETTES,
):
    """What was put into transformations, as a positive number; their output is not set off."""
    return (
        greatest(-power, 0)
        + greatest(-heat, 0)
        + greatest(-washing, 0)
        + greatest(-coking, 0)
        + greatest(-refining, 0)
        + greatest(-gas, 0)
        + greatest(-coke_again, 0)
        + greatest(-briquettes, 0)
    )


@rule(
    unit="<fuel>",
    axis="fuel",
    title="第二产业终端消费",
    title_en="Final use of secondary industry",
    decimals=2,
    over_time="sum",
    over_place="sum",
    cite=YEARBOOK,
    certainty="secondary",
)
def final_secondary(industry=INDUSTRY, construction=CONSTRUCTION):
    """Industry and construction."""
    return industry + construction


@rule(
    unit="<fuel>",
    axis="fuel",
    title="第三产业终端消费",
    title_en="Final use of tertiary industry",
    decimals=2,
    over_time="sum",
    over_place="sum",
    cite=YEARBOOK,
    certainty="secondary",
)
def final_tertiary(transport=TRANSPORT, trade=TRADE, other=OTHER):
    """Transport, trade and other services."""
    return transport + trade + other


@rule(
    unit="<fuel>",
    axis="fuel",
    title="生活消费",
    title_en="Final use of households",
    decimals=2,
    over_time="sum",
    over_place="sum",
    cite=YEARBOOK,
    certainty="secondary",
)
def final_living(urban=URBAN, rural=RURAL):
    """Urban and rural households."""
    return urban + rural


@rule(
    unit="<fuel>",
    axis="fuel",
    title="终端能源消费量",
    title_en="Final use of energy",
    decimals=2,
    over_time="sum",
    over_place="sum",
    cite=YEARBOOK,
    certainty="secondary",
)
def fuel_final_use(
    agriculture=AGRICULTURE,
    secondary=final_secondary,
    tertiary=final_tertiary,
    living=final_living,
):
    """Fourth part of the balance; what industry uses as raw material is within it."""
    return agriculture + secondary + tertiary + living


@rule(
    unit="<fuel>",
    axis="fuel",
    title="分品种消费量（净额）",
    title_en="Use of a fuel, net of transformation output",
    decimals=2,
    over_time="sum",
    over_place="sum",
    cite="中国能源统计年鉴 能源消费总量指标解释（条号待核）",
    certainty="secondary",
)
def apparent_fuel_use(final=fuel_final_use, lost=LOSS, transformed=fuel_transformation):
    """Final use, losses and inputs to transformation less its output.

    Net, so that the fuels can be added up in standard coal: electricity made from coal is counted as coal.
    """
    return final + lost - transformed


@rule(
    unit="<fuel>",
    axis="fuel",
    title="工业燃烧的能源",
    title_en="Fuel burnt by industry",
    decimals=2,
    over_time="sum",
    over_place="sum",
    cite=INVENTORY,
    certainty="memory",
)
def industry_fuel_burnt(final=INDUSTRY, material=MATERIAL, power=POWER, heat=HEAT):
    """Fuel burnt by industry: final use without raw material, with the inputs of power and heating plants."""
    return greatest(final - material - power - heat, 0)


@rule(
    unit="<fuel>",
    axis="fuel",
    title="燃烧的能源",
    title_en="Fuel burnt in all sectors",
    decimals=2,
    over_time="sum",
    over_place="sum",
    cite=INVENTORY,
    certainty="memory",
)
def fuel_burnt(
    agriculture=AGRICULTURE,
    industry=industry_fuel_burnt,
    construction=CONSTRUCTION,
    tertiary=final_tertiary,
    living=final_living,
):
    """Fuel burnt in all sectors: final use without raw material, with what power and heating plants burn."""
    return agriculture + industry + construction + tertiary + living


def _net_import(moved_in, imported, moved_out, exported):
    """What came in from other regions and abroad less what went out, which is negative as printed."""
    return moved_in + imported + moved_out + exported


@rule(
    unit="万kWh",
    title="净调入电量",
    title_en="Net imported electricity",
    decimals=2,
    over_time="sum",
    over_place="sum",
    cite=YEARBOOK,
    certainty="secondary",
)
def imported_electricity(
    moved_in=only(MOVED_IN, "电力"),
    imported=only(IMPORT, "电力"),
    moved_out=only(MOVED_OUT, "电力"),
    exported=only(EXPORT, "电力"),
):
    """Electricity that came in less what went out."""
    return _net_import(moved_in, imported, moved_out, exported)


@rule(
    unit="GJ",
    title="净调入热量",
    title_en="Net imported heat",
    decimals=2,
    over_time="sum",
    over_place="sum",
    cite=YEARBOOK,
    certainty="secondary",
)
def imported_heat(
    moved_in=only(MOVED_IN, "热力"),
    imported=only(IMPORT, "热力"),
    moved_out=only(MOVED_OUT, "热力"),
    exported=only(EXPORT, "热力"),
):
    """Heat that came in less what went out."""
    return _net_import(moved_in, imported, moved_out, exported)


@rule(
    unit="tce",
    axis="fuel",
    title="平衡表项目折标准煤量",
    title_en="A row of the balance in standard coal",
    decimals=2,
    over_time="sum",
    over_place="sum",
    cite="GB/T 2589-2020 式（1）（条号待核）",
    certainty="memory",
)
def flow_energy(use=FLOW, factor=parameter("standard_coal_factor")):
    """A row of the balance, one fuel, in standard coal.

    Electricity and heat by the factor of the chosen basis: calorific (当量), or what was spent to make them (等价).
    """
    return use * factor


@rule(
    unit="tce",
    shown="万tce",
    title="平衡表项目折标准煤量合计",
    title_en="A row of the balance in standard coal, all fuels",
    decimals=2,
    over_time="sum",
    over_place="sum",
    cite="GB/T 2589-2020 式（1）（条号待核）",
    certainty="memory",
)
def flow_total(by_fuel=total(flow_energy, over="fuel")):
    """A row of the balance in standard coal, all fuels together."""
    return by_fuel
