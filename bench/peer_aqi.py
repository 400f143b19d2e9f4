"""The yardstick's side of bench_air: python-aqi by its Chinese algorithm. Runs in .venv-bench only.

peer_aqi.py FILE.csv  ->  one line of JSON: rows, seconds of each run, and its index of every row
"""

from __future__ import annotations

import csv
import json
import sys
import time
from pathlib import Path

import aqi  # type: ignore[import-not-found]
from aqi.constants import POLLUTANT_CO_1H  # type: ignore[import-not-found]

COLUMNS = {
    "pm2_5_1h": aqi.POLLUTANT_PM25,
    "pm10_1h": aqi.POLLUTANT_PM10,
    "so2_1h": aqi.POLLUTANT_SO2_1H,
    "no2_1h": aqi.POLLUTANT_NO2_1H,
    "co_1h_mg": POLLUTANT_CO_1H,
    "o3_1h": aqi.POLLUTANT_O3_1H,
}
RUNS = 3


def main() -> None:
    """Its fastest way for a whole table: one call a row, the cells as the texts it wants."""
    with Path(sys.argv[1]).open(encoding="utf-8", newline="") as file:
        rows = [[(COLUMNS[name], row[name]) for name in COLUMNS] for row in csv.DictReader(file)]
    taken = []
    for _ in range(RUNS):
        begin = time.perf_counter()
        found = [int(aqi.to_aqi(row, algo=aqi.ALGO_MEP)) for row in rows]
        taken.append(time.perf_counter() - begin)
    print(json.dumps({"rows": len(rows), "seconds": taken, "found": found}))


if __name__ == "__main__":
    main()
