"""Buildings: green standards and renewable energy in towns (plan article （三）)."""

from duheng.model import quantity, rule

NEW_BUILDING_AREA = quantity("new_building_area")
NEW_GREEN_BUILDING_AREA = quantity("new_green_building_area")
BUILDING_ENERGY_USE = quantity("building_energy_use")
BUILDING_RENEWABLE_USE = quantity("building_renewable_use")

# The plan names the rate and its value; no text at hand defines how it is reckoned.
RATIO = "资府发〔2023〕3号（三）；比率的算法（待核）"


@rule(
    unit="1",
    shown="%",
    title="城镇新建建筑中绿色建筑占比",
    title_en="Share of green buildings in new urban building area",
    decimals=2,
    cite="资府发〔2023〕3号（三）",
)
def green_building_share(green=NEW_GREEN_BUILDING_AREA, every=NEW_BUILDING_AREA):
    """Share, by floor area, of the urban buildings completed in the period that follow the green standard."""
    return green / every


@rule(
    unit="1",
    shown="%",
    title="城镇建筑可再生能源替代率",
    title_en="Renewable substitution in urban buildings",
    decimals=2,
    cite=RATIO,
    certainty="memory",
)
def building_renewable_substitution(renewable=BUILDING_RENEWABLE_USE, energy=BUILDING_ENERGY_USE):
    """Share of the energy for running urban buildings that renewable sources replace."""
    return renewable / energy
