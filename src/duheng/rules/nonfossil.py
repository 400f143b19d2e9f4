"""Non-fossil power as it is determined for a province and apportioned to its cities (发改能源〔2026〕622号).

Three kinds of evidence: physical (own use, direct connection, production), trade (power contracts, green
certificates) and, for the rest of what is taken from the grid, apportioning by one factor of the province. The
provincial energy authority determines the figures of a city; what it states counts, and what it has not stated yet is
estimated here. The copy read is not the official print, so every rule is marked 转引.

The accounting definition `apportioned` is that of minus-feedstock-nonfossil with this non-fossil energy in the place
of the one the city states; the base year is reckoned in the same way.
"""

from duheng.model import quantity, rule, where
from duheng.rules.balance import electricity_equal_value
from duheng.rules.energy import energy, feedstock_energy, non_fossil_share

GUIDE = "发改能源〔2026〕622号（条号待核）"
PHYSICAL = quantity("nonfossil_power_physical")
TRADED = quantity("nonfossil_power_traded")
CERTIFIED = quantity("nonfossil_power_certified")


@rule(
    unit="万kWh",
    title="省级非化石能源电力消费量",
    title_en="Non-fossil power of a province",
    decimals=2,
    over_time="sum",
    published=True,
    cite=GUIDE,
    certainty="secondary",
)
def province_nonfossil_power(
    generation=quantity("nonfossil_generation"),
    traded=quantity("interprovincial_traded"),
    certified=quantity("interprovincial_certified"),
    apportioned=quantity("interprovincial_apportioned"),
):
    """Non-fossil generation of the province and what came in from other provinces, less what went out.

    Losses of the lines between provinces belong to the seller. The provincial authority states the result.
    """
    return generation + traded + certified + apportioned


@rule(
    unit="1",
    title="省级非化石能源电力分摊系数（测算）",
    title_en="Factor by which a province's non-fossil power is apportioned (estimate)",
    decimals=4,
    cite=GUIDE + "；受入为正、送出为负系按“受入（送出）”字面理解",
    certainty="secondary",
)
def province_apportioning_factor(
    determined=province_nonfossil_power,
    physical=PHYSICAL,
    traded=TRADED,
    certified=CERTIFIED,
    generation=quantity("nonfossil_generation"),
    fossil=quantity("fossil_power_on_grid"),
    received=quantity("net_received_power"),
):
    """Share of non-fossil power in what is left of a province's grid after physical and traded evidence.

    The factor that its cities use is the one the provincial authority states (apportioning_factor).
    """
    evidenced = physical + traded + certified
    return (determined - evidenced) / (generation - evidenced + fossil + received)


@rule(
    unit="万kWh",
    title="下网电量扣除交易和绿证认定后的余量",
    title_en="Power from the grid beyond trade and certificates",
    decimals=2,
    over_time="sum",
    over_place="sum",
    cite=GUIDE,
    certainty="secondary",
)
def grid_power_left(offtake=quantity("grid_offtake"), traded=TRADED, certified=CERTIFIED):
    """What a city takes from the grid less its traded and certified power. Charging a storage counts as taking.

    Below nought the statement does not balance: trade and certificates together may not exceed what is taken.
    """
    # Decimals that balance do not in binary: a difference of them is never exactly nought.
    return where(traded + certified == offtake, 0, offtake - traded - certified)


@rule(
    unit="万kWh",
    title="分摊认定的非化石能源电力",
    title_en="Non-fossil power apportioned",
    decimals=2,
    over_time="sum",
    over_place="sum",
    published=True,
    cite=GUIDE,
    certainty="secondary",
)
def apportioned_power(left=grid_power_left, factor=quantity("apportioning_factor")):
    """What a city takes from the grid beyond its traded and certified power, times the province's factor.

    Trade, certificates and this together may not exceed what is taken. Unknown where they would, or where it would be
    negative: more is traded and certified than taken, or the factor is no share; nobody can tell which number is wrong.
    """
    share = where(factor < 0, 0, where(factor > 1, 0, 1))
    return left * factor / where(left < 0, 0, share)  # a division by nought is unknown


@rule(
    unit="万kWh",
    title="市级非化石能源电力消费量",
    title_en="Non-fossil power of a city",
    decimals=2,
    over_time="sum",
    over_place="sum",
    published=True,
    cite=GUIDE,
    certainty="secondary",
)
def nonfossil_power(physical=PHYSICAL, traded=TRADED, certified=CERTIFIED, apportioned=apportioned_power):
    """Non-fossil power of a city by all three kinds of evidence."""
    return physical + traded + certified + apportioned


@rule(
    unit="tce",
    shown="万tce",
    title="认定的非化石能源消费量",
    title_en="Non-fossil energy as determined",
    decimals=2,
    over_time="sum",
    over_place="sum",
    published=True,
    cite=GUIDE + "；电力按发电煤耗法折算（条号待核）",
    certainty="secondary",
)
def determined_nonfossil_energy(
    power=nonfossil_power, factor=electricity_equal_value, other=quantity("nonfossil_other_energy")
):
    """Non-fossil power at the coal that thermal plants spend for it, and what is used without becoming power."""
    return power * factor + other


@energy.amend(definition="apportioned", cite="国发〔2024〕12号；" + GUIDE, certainty="secondary")
def energy_without_determined(
    full=energy.under("full"), feedstock=feedstock_energy, nonfossil=determined_nonfossil_energy
):
    """Energy consumed less feedstock and less the non-fossil energy determined for the city."""
    return full - feedstock - nonfossil


@non_fossil_share.amend(definition="apportioned", cite=GUIDE, certainty="secondary")
def determined_share(nonfossil=determined_nonfossil_energy, energy=energy.under("full")):
    """Share of the non-fossil energy determined for the city in all energy consumed."""
    return nonfossil / energy
