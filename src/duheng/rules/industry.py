"""Industry above designated size: energy and water spent for its value added (plan article （一）)."""

from duheng.model import BASE_YEAR, LAST_YEAR, quantity, rule

INDUSTRIAL_ENERGY = quantity("industrial_energy")
INDUSTRIAL_VALUE_ADDED = quantity("industrial_value_added")
INDUSTRIAL_WATER = quantity("industrial_water")


@rule(
    unit="tce/万元",
    title="规模以上工业单位增加值能耗",
    title_en="Energy for a unit of industrial value added",
    decimals=4,
    cite="资府发〔2023〕3号（一）；国家统计局规模以上工业单位增加值能耗指标解释（条号待核）",
    certainty="memory",
)
def industrial_energy_intensity(energy=INDUSTRIAL_ENERGY, value_added=INDUSTRIAL_VALUE_ADDED):
    """Energy spent for one unit of value added at the prices of the base year.

    Electricity counts at its calorific value.
    """
    return energy / value_added


@rule(
    unit="1",
    shown="%",
    title="规模以上工业单位增加值能耗累计降低率",
    title_en="Fall of industrial energy intensity since the base year",
    decimals=2,
    cite="资府发〔2023〕3号（一）",
)
def industrial_energy_intensity_decline(
    now=industrial_energy_intensity, base=industrial_energy_intensity @ BASE_YEAR
):
    """Fall of the energy spent for industrial value added since the base year."""
    return 1 - now / base


@rule(
    unit="1",
    shown="%",
    title="规模以上工业单位增加值能耗年度降低率",
    title_en="Fall of industrial energy intensity since last year",
    decimals=2,
    cite="国家统计局规模以上工业单位增加值能耗指标解释（条号待核）",
    certainty="memory",
)
def annual_industrial_intensity_decline(
    now=industrial_energy_intensity, last=industrial_energy_intensity @ LAST_YEAR
):
    """Fall of the energy spent for industrial value added since the year before; positive means a fall."""
    return 1 - now / last


@rule(
    unit="m3/万元",
    title="万元工业增加值用水量",
    title_en="Water for ten thousand yuan of industrial value added",
    decimals=2,
    cite="资府发〔2023〕3号（一）；水资源公报指标解释（条号待核）",
    certainty="memory",
)
def industrial_water_intensity(water=INDUSTRIAL_WATER, value_added=INDUSTRIAL_VALUE_ADDED):
    """New water taken for one unit of industrial value added at the prices of the base year.

    Reuse inside an enterprise and hydropower in the stream do not count; once-through cooling does.
    """
    return water / value_added


@rule(
    unit="1",
    shown="%",
    title="万元工业增加值用水量累计降低率",
    title_en="Fall of industrial water intensity since the base year",
    decimals=2,
    cite="资府发〔2023〕3号（一）",
)
def industrial_water_intensity_decline(
    now=industrial_water_intensity, base=industrial_water_intensity @ BASE_YEAR
):
    """Fall of the water taken for industrial value added since the base year."""
    return 1 - now / base
