"""Transport: clean vehicles in city bus fleets (plan article （四）)."""

from duheng.model import quantity, rule

NEW_BUSES = quantity("new_buses")
NEW_CLEAN_BUSES = quantity("new_clean_buses")


@rule(
    unit="1",
    shown="%",
    title="新增和更新的城区公交车中新能源和清洁能源车辆占比",
    title_en="Share of clean vehicles among new urban buses",
    decimals=2,
    cite="资府发〔2023〕3号（四）",
)
def clean_bus_share(clean=NEW_CLEAN_BUSES, every=NEW_BUSES):
    """Share of new-energy and clean-energy vehicles among the urban buses added or renewed in the period.

    Unknown in a period without new buses: a share of nothing is neither met nor missed.
    """
    return clean / every
