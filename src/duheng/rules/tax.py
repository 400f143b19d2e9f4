"""Environmental protection tax: equivalents, amounts, reductions, penal base.

Which pollutants of an outlet are taxed (the first three or five by equivalents) is a choice among items, made where
the return is drawn up (duheng.ingest.tax); here each pollutant says by `counted` whether it was chosen.
"""

from duheng.model import ceil, clip, greatest, least, parameter, quantity, rule, total, where

ON_GENERATED = quantity("tax_on_generated")
LAW = "环境保护税法（2018修正）"
DECREE = "环境保护税法实施条例"


@rule(
    unit="kg",
    axis="tax_air",
    title="大气污染物计税排放量",
    title_en="Taxable amount of an air pollutant",
    decimals=2,
    over_time="sum",
    over_place="sum",
    cite=f"{LAW} 第七条、第十条；{DECREE} 第七条",
)
def air_taxable_amount(
    emitted=quantity("air_tax_emission"), generated=quantity("air_tax_generated"), penal=ON_GENERATED
):
    """Amount emitted, or the amount generated where the law takes that: falsified data, hidden pipes and the like."""
    return emitted * (1 - penal) + generated * penal


@rule(
    unit="kg",
    axis="tax_water",
    title="水污染物计税排放量",
    title_en="Taxable amount of a water pollutant",
    decimals=2,
    over_time="sum",
    over_place="sum",
    cite=f"{LAW} 第七条、第十条；{DECREE} 第七条",
)
def water_taxable_amount(
    emitted=quantity("water_tax_emission"), generated=quantity("water_tax_generated"), penal=ON_GENERATED
):
    """Amount emitted, or the amount generated where the law takes that: falsified data, hidden pipes and the like."""
    return emitted * (1 - penal) + generated * penal


@rule(
    unit="污染当量",
    axis="tax_air",
    title="大气污染物污染当量数",
    title_en="Pollution equivalents of an air pollutant",
    decimals=2,
    over_time="sum",
    over_place="sum",
    cite=f"{LAW} 第八条",
)
def air_equivalents(amount=air_taxable_amount, value=parameter("air_equivalent_value")):
    """Amount of a pollutant measured by the harm of one equivalent of it."""
    return amount / value


@rule(
    unit="污染当量",
    axis="tax_water",
    title="水污染物污染当量数",
    title_en="Pollution equivalents of a water pollutant",
    decimals=2,
    over_time="sum",
    over_place="sum",
    cite=f"{LAW} 第八条",
)
def water_equivalents(amount=water_taxable_amount, value=parameter("water_equivalent_value")):
    """Amount of a pollutant measured by the harm of one equivalent of it."""
    return amount / value


@rule(
    unit="污染当量",
    axis="tax_special",
    title="pH、色度、大肠菌群、余氯与特征值污染当量数",
    title_en="Pollution equivalents by water or by characteristic units",
    decimals=2,
    over_time="sum",
    over_place="sum",
    cite=f"{LAW} 第八条、附表二",
    certainty="memory",
)
def special_equivalents(amount=quantity("tax_special_amount"), value=parameter("special_equivalent_value")):
    """Waste water, water times its excess colour, heads or beds measured by the units of one equivalent."""
    return amount / value


@rule(
    unit="1",
    axis="tax_air",
    title="大气污染物应缴比例",
    title_en="Share of the tax due for an air pollutant",
    decimals=2,
    cite=f"{LAW} 第十三条；{DECREE} 第十条",
)
def air_payable_share(
    concentration=quantity("air_tax_concentration"),
    limit=quantity("air_tax_limit"),
    exceedances=quantity("air_tax_exceedances"),
):
    """Half below half the limit, three quarters below 70 % of it, otherwise all; all where any mean exceeded it.

    Exactly 30 % or 50 % below is not yet below: docs/decisions/009.
    """
    clean = where(concentration < limit * 0.5, 0.5, where(concentration < limit * 0.7, 0.75, 1))
    return greatest(clean, where(exceedances > 0, 1, 0))


@rule(
    unit="1",
    axis="tax_water",
    title="水污染物应缴比例",
    title_en="Share of the tax due for a water pollutant",
    decimals=2,
    cite=f"{LAW} 第十三条；{DECREE} 第十条",
)
def water_payable_share(
    concentration=quantity("water_tax_concentration"),
    limit=quantity("water_tax_limit"),
    exceedances=quantity("water_tax_exceedances"),
):
    """Half below half the limit, three quarters below 70 % of it, otherwise all; all where any mean exceeded it.

    Exactly 30 % or 50 % below is not yet below: docs/decisions/009.
    """
    clean = where(concentration < limit * 0.5, 0.5, where(concentration < limit * 0.7, 0.75, 1))
    return greatest(clean, where(exceedances > 0, 1, 0))


@rule(
    unit="元",
    axis="tax_air",
    title="大气污染物应纳税额",
    title_en="Tax due for an air pollutant",
    decimals=2,
    over_time="sum",
    over_place="sum",
    cite=f"{LAW} 第九条、第十一条、第十三条",
)
def air_tax(
    equivalents=air_equivalents,
    counted=quantity("air_tax_counted"),
    rate=parameter("air_tax_rate"),
    share=air_payable_share,
):
    """Tax on one pollutant of one outlet and month; nothing where it is not among the first three."""
    return equivalents * counted * rate * share


@rule(
    unit="元",
    axis="tax_water",
    title="水污染物应纳税额",
    title_en="Tax due for a water pollutant",
    decimals=2,
    over_time="sum",
    over_place="sum",
    cite=f"{LAW} 第九条、第十一条、第十三条",
)
def water_tax(
    equivalents=water_equivalents,
    counted=quantity("water_tax_counted"),
    rate=parameter("water_tax_rate"),
    share=water_payable_share,
):
    """Tax on one pollutant of one outlet and month; nothing where it is not among the first five or three."""
    return equivalents * counted * rate * share


@rule(
    unit="元",
    axis="tax_special",
    title="按特征值计算的应纳税额",
    title_en="Tax due by water or characteristic units",
    decimals=2,
    over_time="sum",
    over_place="sum",
    cite=f"{LAW} 第十一条、附表二",
    certainty="memory",
)
def special_tax(
    equivalents=special_equivalents,
    counted=quantity("special_tax_counted"),
    rate=parameter("water_tax_rate"),
):
    """Tax on what is measured by water or by heads and beds, at the rate of water pollutants."""
    return equivalents * counted * rate


@rule(
    unit="t",
    axis="tax_waste",
    title="固体废物计税排放量",
    title_en="Taxable amount of solid waste",
    decimals=2,
    over_time="sum",
    over_place="sum",
    cite=f"{DECREE} 第五条",
)
def waste_taxable_amount(
    generated=quantity("tax_waste_generated"),
    stored=quantity("tax_waste_stored"),
    disposed=quantity("tax_waste_disposed"),
    used=quantity("tax_waste_used"),
):
    """The waste that is neither stored, disposed of nor used as the standards ask.

    Below nought the statement does not balance: waste of earlier months was counted in, or a number is wrong.
    """
    # Decimals that balance do not in binary: a difference of them is never exactly nought.
    return where(stored + disposed + used == generated, 0, generated - stored - disposed - used)


@rule(
    unit="元",
    axis="tax_waste",
    title="固体废物应纳税额",
    title_en="Tax due for solid waste",
    decimals=2,
    over_time="sum",
    over_place="sum",
    cite=f"{LAW} 第十一条；{DECREE} 第五条",
)
def waste_tax(amount=waste_taxable_amount, rate=parameter("waste_tax_rate")):
    """Tax on the waste left; unknown where more has gone than came up, as nobody can tell which number is wrong."""
    return amount * rate / where(amount < 0, 0, 1)  # a division by nought is unknown


@rule(
    unit="元/月",
    title="工业噪声应纳税额",
    title_en="Tax due for industrial noise",
    decimals=2,
    over_place="sum",
    cite=f"{LAW} 附表一（条号待核）",
    certainty="secondary",
)
def noise_tax(
    exceedance=quantity("noise_exceedance"),
    far=quantity("noise_far_places"),
    short=quantity("noise_short_month"),
    base=parameter("noise_tax_base"),
    step=parameter("noise_step"),
):
    """Tax of a month on the highest exceedance of a site, for the day or for the night.

    The exceedance is rounded to whole dB before it is stated; one with decimals is refused where it is read in.
    Doubled with each of the six steps and once more where two places over 100 m of boundary exceed; halved where
    fewer than 15 days of the month did. Day and night are two entries that add up.
    """
    level = clip(ceil(exceedance / step), 1, 6)
    return where(exceedance > 0, base * 2 ** (level - 1) * (1 + far) * (1 - 0.5 * short), 0)


@rule(
    unit="元",
    title="专用设备投资抵免额",
    title_en="Credit for special equipment",
    decimals=2,
    cite="企业所得税法实施条例 第一百条",
    certainty="secondary",
)
def equipment_credit(price=quantity("equipment_price"), share=parameter("equipment_credit_share")):
    """Income tax that the purchase of equipment for the environment, energy or water saving may set off."""
    return price * share


@rule(
    unit="元",
    title="当年抵免额",
    title_en="Credit used in the year",
    decimals=2,
    over_time="sum",
    cite="企业所得税法实施条例 第一百条",
    certainty="secondary",
)
def equipment_credit_used(
    credit=equipment_credit, before=quantity("equipment_credit_before"), due=quantity("income_tax_due")
):
    """Credit set off in one of the six years: what is left of it, as far as the year's tax reaches."""
    return greatest(least(credit - before, due), 0)


@rule(
    unit="元",
    title="大气污染物环境保护税",
    title_en="Environmental protection tax on air pollutants",
    decimals=2,
    over_time="sum",
    over_place="sum",
    cite=f"{LAW} 第九条、第十一条",
)
def air_tax_total(by_pollutant=total(air_tax, over="tax_air")):
    """Tax on all air pollutants of an outlet; unknown where one that belongs to it is."""
    return by_pollutant


@rule(
    unit="元",
    title="水污染物环境保护税",
    title_en="Environmental protection tax on water pollutants",
    decimals=2,
    over_time="sum",
    over_place="sum",
    cite=f"{LAW} 第九条、第十一条",
)
def water_tax_total(by_pollutant=total(water_tax, over="tax_water")):
    """Tax on all water pollutants of an outlet; unknown where one that belongs to it is."""
    return by_pollutant
