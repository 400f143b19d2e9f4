"""Industrial parks: circular transformation (plan article （二）)."""

from duheng.model import quantity, rule, total

PARK_CIRCULAR = quantity("park_circular")
PARK_ELIGIBLE = quantity("park_eligible")


@rule(
    unit="1",
    shown="%",
    title="具备条件的省级园区循环化改造率",
    title_en="Share of eligible provincial parks with circular transformation",
    decimals=2,
    cite="资府发〔2023〕3号（二）",
)
def circular_park_share(
    circular=total(PARK_CIRCULAR, over="industrial_park"),
    eligible=total(PARK_ELIGIBLE, over="industrial_park"),
):
    """Share of the parks fit for it that carried out circular transformation.

    Each park states one for yes and nought for no; a park that has not stated it leaves the share unknown.
    """
    return circular / eligible
