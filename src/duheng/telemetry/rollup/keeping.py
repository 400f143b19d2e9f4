"""Which series are kept as readings and enter no sum: pH, temperature, what stations of the environment measure."""

from __future__ import annotations

from collections.abc import Iterable

from duheng.telemetry.hj212.codes import factors
from duheng.telemetry.rollup.engines import Engine
from duheng.telemetry.rollup.points import UNITS
from duheng.telemetry.rollup.tables import READINGS

Series = tuple[str, str]  # mn, factor
# System types (cn/hj212/st.csv) that discharge nothing: quality of the environment, noise, vibration, radiation,
# electromagnetic fields, power monitors, processes within a plant.
_NO_LOAD = frozenset(
    ("21", "22", "23", "24", "25", "26", "27", "36", "37", "38", "41", "44", "51", "52", "80")
)
_METERS = ("counter", "interval")
_FLOWS = frozenset({"L/s", "m3/s", *(UNITS[kind] for kind in ("gas_flow", "water_flow"))})


def divided(engine: Engine, series: Iterable[Series]) -> tuple[tuple[Series, ...], tuple[Series, ...]]:
    """Of the series of the engine's `readings` those that may be listed as points, and those only kept; in order."""
    wanted = set(series)
    if not wanted:
        return (), ()
    asked = READINGS.filter(READINGS.mn.isin(sorted({mn for mn, _ in wanted})))
    cells = engine.fetch(asked.select("mn", "factor", "st", "cn").distinct()).iter_rows()
    summed = {(mn, factor) for mn, factor, st, cn in cells if cn in _METERS or _may_be_summed(factor, st)}
    return tuple(sorted(wanted & summed)), tuple(sorted(wanted - summed))


def _may_be_summed(factor: str, system: str | None) -> bool:
    """Whether a kind of point may suit. A factor that the code tables do not know may be anything."""
    if system in _NO_LOAD:
        return False
    known = factors().get(factor)
    return known is None or bool(known.unit_total) or known.unit in _FLOWS
