"""Reductions of key projects, one rule for each type of project (plan section 二).

The equations are mass balances; the text of the guide of 2022 with its caps and default coefficients was not at hand.
So every result is an estimate (测算) until the province has audited it, and stands beside the audited figure
(`project_reduction`), never in
its place. The types: cn/reduction/types.yaml; their evidence and which of them count one tonne: parameters.
"""

from duheng.model import quantity, rule

GUIDE = "主要污染物总量减排核算技术指南（2022年修订）（原文待核）；质量守恒"
INLET = quantity("inlet_concentration")
OUTLET = quantity("outlet_concentration")
BEFORE = quantity("concentration_before")
AFTER = quantity("concentration_after")
REMOVAL_BEFORE = quantity("removal_before")
REMOVAL_AFTER = quantity("removal_after")


@rule(
    unit="t",
    axis="pollutant",
    title="关停退出减排量（测算）",
    title_en="Reduction by closure (estimate)",
    decimals=3,
    over_time="sum",
    over_place="sum",
    cite=GUIDE,
    certainty="memory",
)
def closure_reduction(base=quantity("base_emission")):
    """Emission of a source in its last full year, all of which ends; only sources within the accepted base have one."""
    return base


@rule(
    unit="t",
    axis="pollutant",
    title="工业污染深度治理减排量（测算）",
    title_en="Reduction by deep treatment of industrial waste water (estimate)",
    decimals=3,
    over_time="sum",
    over_place="sum",
    cite=GUIDE,
    certainty="memory",
)
def industrial_water_reduction(q0=quantity("water_before"), c0=BEFORE, q1=quantity("water_after"), c1=AFTER):
    """Load before less load after. What goes to a sewage plant counts at the outlet of that plant."""
    return q0 * c0 - q1 * c1


@rule(
    unit="t",
    axis="pollutant",
    title="污水处理厂新（扩）建减排量（测算）",
    title_en="Reduction by new sewage capacity (estimate)",
    decimals=3,
    over_time="sum",
    over_place="sum",
    cite=GUIDE,
    certainty="memory",
)
def sewage_extension_reduction(added=quantity("added_volume"), inlet=INLET, outlet=OUTLET):
    """Load taken out of the water that is newly treated; the industrial share is handled apart."""
    return added * (inlet - outlet)


@rule(
    unit="t",
    axis="pollutant",
    title="污水处理厂提标改造减排量（测算）",
    title_en="Reduction by upgrading a sewage plant (estimate)",
    decimals=3,
    over_time="sum",
    over_place="sum",
    cite=GUIDE,
    certainty="memory",
)
def sewage_upgrade_reduction(volume=quantity("treated_volume"), before=BEFORE, after=AFTER):
    """Fall of the outlet concentration over the water treated after the upgrade."""
    return volume * (before - after)


@rule(
    unit="t",
    axis="pollutant",
    title="管网建设与混错接改造减排量（测算）",
    title_en="Reduction by sewers (estimate)",
    decimals=3,
    over_time="sum",
    over_place="sum",
    cite=GUIDE,
    certainty="memory",
)
def sewer_reduction(
    volume=quantity("treated_volume"),
    inlet=INLET,
    outlet=OUTLET,
    before_volume=quantity("treated_before"),
    before_inlet=quantity("inlet_before"),
    before_outlet=quantity("outlet_before"),
):
    """Rise of the load that the plant takes out once the sewers reach it; not beside an extension of the same plant."""
    return volume * (inlet - outlet) - before_volume * (before_inlet - before_outlet)


@rule(
    unit="t",
    axis="pollutant",
    title="再生水循环利用减排量（测算）",
    title_en="Reduction by reuse of water (estimate)",
    decimals=3,
    over_time="sum",
    over_place="sum",
    cite=GUIDE,
    certainty="memory",
)
def reuse_reduction(reused=quantity("reused_volume"), outlet=OUTLET):
    """Load that is no longer discharged because the water is reused; the increment only."""
    return reused * outlet


@rule(
    unit="t",
    axis="pollutant",
    title="规模化畜禽养殖减排量（测算）",
    title_en="Reduction in large livestock farms (estimate)",
    decimals=3,
    over_time="sum",
    over_place="sum",
    cite=GUIDE,
    certainty="memory",
)
def livestock_reduction(
    heads=quantity("herd"), each=quantity("herd_generation"), before=REMOVAL_BEFORE, after=REMOVAL_AFTER
):
    """Rise of the share removed or used of what one kind of animal generates; each kind is an entry of its own."""
    return heads * each * (after - before)


@rule(
    unit="t",
    axis="pollutant",
    title="农村生活污水治理减排量（测算）",
    title_en="Reduction by rural sewage treatment (estimate)",
    decimals=3,
    over_time="sum",
    over_place="sum",
    cite=GUIDE,
    certainty="memory",
)
def rural_sewage_reduction(
    persons=quantity("persons_served"),
    each=quantity("person_generation"),
    days=quantity("year_days"),
    lost=quantity("uncollected_share"),
    removal=REMOVAL_AFTER,
):
    """What the persons served generate in a full year, as far as it is collected and removed."""
    return persons * each * days * (1 - lost) * removal


@rule(
    unit="t",
    axis="pollutant",
    title="农村生活污水治理减排量（水量法）（测算）",
    title_en="Reduction by rural sewage treatment, by volume (estimate)",
    decimals=3,
    over_time="sum",
    over_place="sum",
    cite=GUIDE,
    certainty="memory",
)
def rural_sewage_volume_reduction(volume=quantity("treated_volume"), inlet=INLET, outlet=OUTLET):
    """Load taken out of the water that a plant with metered inflow treats in a full year."""
    return volume * (inlet - outlet)


@rule(
    unit="t",
    axis="pollutant",
    title="生活垃圾渗滤液处理减排量（测算）",
    title_en="Reduction by treatment of leachate (estimate)",
    decimals=3,
    over_time="sum",
    over_place="sum",
    cite=GUIDE,
    certainty="memory",
)
def leachate_reduction(volume=quantity("treated_volume"), inlet=INLET, outlet=OUTLET):
    """Load taken out of the leachate."""
    return volume * (inlet - outlet)


@rule(
    unit="t",
    axis="pollutant",
    title="脱硝与超低排放改造减排量（测算）",
    title_en="Reduction by cleaning flue gas (estimate)",
    decimals=3,
    over_time="sum",
    over_place="sum",
    cite=GUIDE,
    certainty="memory",
)
def flue_gas_reduction(
    v0=quantity("gas_before"),
    c0=quantity("gas_concentration_before"),
    v1=quantity("gas_after"),
    c1=quantity("gas_concentration_after"),
):
    """Load of the gas before less after, both measured, not converted to the reference oxygen."""
    return v0 * c0 - v1 * c1


@rule(
    unit="t",
    axis="pollutant",
    title="锅炉与窑炉治理减排量（系数法）（测算）",
    title_en="Reduction in boilers and kilns by factors (estimate)",
    decimals=3,
    over_time="sum",
    over_place="sum",
    cite=GUIDE,
    certainty="memory",
)
def combustion_reduction(
    amount=quantity("activity"),
    f0=quantity("factor_before"),
    n0=REMOVAL_BEFORE,
    f1=quantity("factor_after"),
    n1=REMOVAL_AFTER,
):
    """Fall of the emission for the same activity, by factors and removal."""
    return amount * (f0 * (1 - n0) - f1 * (1 - n1))


@rule(
    unit="t",
    axis="pollutant",
    title="重点行业超低排放改造减排量（测算）",
    title_en="Reduction by ultra-low emission of an industry (estimate)",
    decimals=3,
    over_time="sum",
    over_place="sum",
    cite=GUIDE,
    certainty="memory",
)
def performance_reduction(
    amount=quantity("activity"), f0=quantity("factor_before"), f1=quantity("factor_after")
):
    """Fall of the emission for a tonne of product over the output; each process is an entry of its own."""
    return amount * (f0 - f1)


@rule(
    unit="t",
    axis="pollutant",
    title="燃煤替代减排量（测算）",
    title_en="Reduction by replacing coal (estimate)",
    decimals=3,
    over_time="sum",
    over_place="sum",
    cite=GUIDE,
    certainty="memory",
)
def coal_replacement_reduction(
    coal=quantity("coal_replaced"),
    coal_factor=quantity("coal_factor"),
    gas=quantity("gas_replacing"),
    gas_factor=quantity("gas_factor"),
):
    """Emission of the coal that is no longer burnt less that of the gas burnt for it."""
    return coal * coal_factor - gas * gas_factor


@rule(
    unit="t",
    axis="pollutant",
    title="老旧车辆与机械淘汰减排量（测算）",
    title_en="Reduction by retiring vehicles (estimate)",
    decimals=3,
    over_time="sum",
    over_place="sum",
    cite=GUIDE,
    certainty="memory",
)
def vehicle_reduction(
    number=quantity("vehicles_retired"),
    each=quantity("vehicle_factor"),
    distance=quantity("vehicle_distance"),
):
    """Emission of the vehicles taken out of the register, of one type and stage."""
    return number * each * distance


@rule(
    unit="t",
    title="含VOCs产品源头替代减排量（测算）",
    title_en="Reduction by products with less VOCs (estimate)",
    decimals=3,
    over_time="sum",
    over_place="sum",
    cite=GUIDE,
    certainty="memory",
)
def substitution_reduction(
    m0=quantity("material_before"),
    w0=quantity("voc_share_before"),
    m1=quantity("material_after"),
    w1=quantity("voc_share_after"),
    capture=quantity("capture_after"),
    destruction=quantity("destruction_after"),
):
    """Fall of the VOCs in the material, as far as they would not have been captured and destroyed."""
    return (m0 * w0 - m1 * w1) * (1 - capture * destruction)


@rule(
    unit="t",
    title="VOCs收集与末端治理减排量（测算）",
    title_en="Reduction by capture and treatment of VOCs (estimate)",
    decimals=3,
    over_time="sum",
    over_place="sum",
    cite=GUIDE,
    certainty="memory",
)
def voc_treatment_reduction(
    made=quantity("voc_generation"),
    c0=quantity("capture_before"),
    d0=quantity("destruction_before"),
    s0=quantity("running_before"),
    c1=quantity("capture_after"),
    d1=quantity("destruction_after"),
    s1=quantity("running_after"),
):
    """Rise of the share of the VOCs generated that is captured, destroyed while running."""
    return made * (c1 * d1 * s1 - c0 * d0 * s0)


@rule(
    unit="t",
    title="油品储运销油气回收减排量（测算）",
    title_en="Reduction by recovery of oil vapour (estimate)",
    decimals=3,
    over_time="sum",
    over_place="sum",
    cite=GUIDE,
    certainty="memory",
)
def oil_vapour_reduction(
    throughput=quantity("oil_throughput"),
    each=quantity("oil_factor"),
    before=quantity("oil_recovery_before"),
    after=quantity("oil_recovery_after"),
):
    """Rise of the share of the vapour that is recovered."""
    return throughput * each * (after - before)


@rule(
    unit="t",
    axis="pollutant",
    title="泄漏、储罐与废水逸散治理减排量（测算）",
    title_en="Reduction of fugitive emission (estimate)",
    decimals=3,
    over_time="sum",
    over_place="sum",
    cite=GUIDE,
    certainty="memory",
)
def fugitive_reduction(before=quantity("emission_before"), after=quantity("emission_after")):
    """Emission before less after, both reckoned by the same method."""
    return before - after
