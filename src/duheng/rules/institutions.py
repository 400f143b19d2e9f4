"""Public institutions and organs: energy, water, carbon, certified saving (plan article （六）).

The value of a city is the ratio of its totals, never the mean of ratios. The plan names no base year for the
four declines; 2020 is used, the last year of the plan before, as the national survey compares its periods.
"""

from duheng.model import BASE_YEAR, quantity, rule

ORGANS = quantity("organs")
ORGANS_SAVING = quantity("organs_saving")
ORGANS_WATER_SAVING = quantity("organs_water_saving")
INSTITUTIONS = quantity("institutions")
INSTITUTIONS_WATER_SAVING = quantity("institutions_water_saving")
PUBLIC_ENERGY = quantity("public_energy")
PUBLIC_AREA = quantity("public_area")
PUBLIC_PEOPLE = quantity("public_people")
PUBLIC_WATER = quantity("public_water")
PUBLIC_CARBON = quantity("public_carbon")

PLAN = "资府发〔2023〕3号（六）"
SURVEY = "公共机构能源资源消费统计调查制度（条号待核）"


@rule(
    unit="1",
    shown="%",
    title="节约型机关建成率",
    title_en="Share of resource-saving organs",
    decimals=2,
    cite=PLAN,
)
def saving_organ_share(saving=ORGANS_SAVING, organs=ORGANS):
    """Share of the party and government organs at all levels certified as resource-saving."""
    return saving / organs


@rule(
    unit="1",
    shown="%",
    title="党政机关节水型机关建成率",
    title_en="Share of water-saving organs",
    decimals=2,
    cite=PLAN,
)
def water_saving_organ_share(saving=ORGANS_WATER_SAVING, organs=ORGANS):
    """Share of the party and government organs at all levels certified as water-saving."""
    return saving / organs


@rule(
    unit="1",
    shown="%",
    title="企（事）业单位节水型单位建成率",
    title_en="Share of water-saving enterprises and service units",
    decimals=2,
    cite=PLAN,
)
def water_saving_institution_share(saving=INSTITUTIONS_WATER_SAVING, institutions=INSTITUTIONS):
    """Share of the enterprises and public service units at all levels certified as water-saving."""
    return saving / institutions


@rule(
    unit="kgce/m2",
    title="公共机构单位建筑面积能耗",
    title_en="Energy of public institutions per floor area",
    decimals=2,
    cite=SURVEY,
    certainty="secondary",
)
def public_energy_per_area(energy=PUBLIC_ENERGY, area=PUBLIC_AREA):
    """Energy of public institutions for each square metre used, without housing and dormitories."""
    return energy / area


@rule(
    unit="kgce/人",
    title="公共机构人均综合能耗",
    title_en="Energy of public institutions per head",
    decimals=2,
    cite=SURVEY,
    certainty="secondary",
)
def public_energy_per_head(energy=PUBLIC_ENERGY, people=PUBLIC_PEOPLE):
    """Energy of public institutions for each person actually using them."""
    return energy / people


@rule(
    unit="m3/人",
    title="公共机构人均水耗",
    title_en="Water of public institutions per head",
    decimals=2,
    cite=SURVEY,
    certainty="secondary",
)
def public_water_per_head(water=PUBLIC_WATER, people=PUBLIC_PEOPLE):
    """Water of public institutions for each person actually using them."""
    return water / people


@rule(
    unit="m3/m2",
    title="公共机构单位建筑面积水耗",
    title_en="Water of public institutions per floor area",
    decimals=2,
    cite=SURVEY,
    certainty="secondary",
)
def public_water_per_area(water=PUBLIC_WATER, area=PUBLIC_AREA):
    """Water of public institutions for each square metre used."""
    return water / area


@rule(
    unit="kgCO2/m2",
    title="公共机构单位建筑面积碳排放",
    title_en="Carbon dioxide of public institutions per floor area",
    decimals=2,
    cite=SURVEY,
    certainty="secondary",
)
def public_carbon_per_area(carbon=PUBLIC_CARBON, area=PUBLIC_AREA):
    """Carbon dioxide of public institutions for each square metre used."""
    return carbon / area


@rule(
    unit="1",
    shown="%",
    title="公共机构单位建筑面积能耗降低率",
    title_en="Fall of public energy per floor area since the base year",
    decimals=2,
    cite=PLAN,
)
def public_energy_per_area_decline(now=public_energy_per_area, base=public_energy_per_area @ BASE_YEAR):
    """Fall of the energy for each square metre of public institutions since the base year."""
    return 1 - now / base


@rule(
    unit="1",
    shown="%",
    title="公共机构人均综合能耗降低率",
    title_en="Fall of public energy per head since the base year",
    decimals=2,
    cite=PLAN,
)
def public_energy_per_head_decline(now=public_energy_per_head, base=public_energy_per_head @ BASE_YEAR):
    """Fall of the energy for each user of public institutions since the base year."""
    return 1 - now / base


@rule(
    unit="1",
    shown="%",
    title="公共机构人均水耗降低率",
    title_en="Fall of public water per head since the base year",
    decimals=2,
    cite=PLAN,
)
def public_water_per_head_decline(now=public_water_per_head, base=public_water_per_head @ BASE_YEAR):
    """Fall of the water for each user of public institutions since the base year."""
    return 1 - now / base


@rule(
    unit="1",
    shown="%",
    title="公共机构单位建筑面积碳排放降低率",
    title_en="Fall of public carbon dioxide per floor area since the base year",
    decimals=2,
    cite=PLAN,
)
def public_carbon_per_area_decline(now=public_carbon_per_area, base=public_carbon_per_area @ BASE_YEAR):
    """Fall of the carbon dioxide for each square metre of public institutions since the base year."""
    return 1 - now / base
