"""Tables of stations as tests write them."""

from __future__ import annotations

from collections.abc import Callable

from duheng.ingest.air import Indexed

Sheet = Callable[..., Indexed]
HEADER = "snapshot,station_code,pm2_5_1h,pm10_1h,so2_1h,no2_1h,co_1h_mg,o3_1h"
DAY_HEADER = "date,pm2_5_24h,pm10_24h,so2_24h,no2_24h,co_24h_mg,o3_8h_24h"


def results(made: Indexed) -> list[tuple[str | None, ...]]:
    return made.frame.select("aqi", "quality", "primary", "note").rows()


def codes(made: Indexed) -> list[str]:
    return [finding.code for finding in made.findings]
