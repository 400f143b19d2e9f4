"""Sheets: 100,000 rows into the ledger, 85,000 x 20 cells out of it, the drill generated and loaded."""

from __future__ import annotations

import csv
import io
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

from bench.figures import Figure

IMPORT_ROWS = 100_000
EXPORT_ROWS, EXPORT_COLUMNS = 85_000, 20
_FUELS = ("原煤", "焦炭", "汽油", "煤油", "柴油", "燃料油", "液化石油气", "天然气", "热力", "电力")
_UNITS = {"天然气": "万立方米", "热力": "百万千焦", "电力": "万千瓦时"}


def rows(count: int) -> Iterator[list[str]]:
    """A long table of fuels by place and month, every cell another one."""
    places = [f"演练企业{number:02}" for number in range(1, 61)]
    made = 0
    for year in range(2011, 2031):
        for month in range(1, 13):
            for place in places:
                for fuel in _FUELS:
                    if made == count:
                        return
                    made += 1
                    value = f"{100 + made % 977}.{made % 100:02}"
                    yield [
                        "分品种能源消费实物量",
                        place,
                        fuel,
                        f"{year}年{month}月",
                        value,
                        _UNITS.get(fuel, "吨"),
                        "",
                    ]


def long_csv(count: int) -> bytes:
    """The table as CSV in GBK, as offices save it."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["指标", "对象", "品种", "时期", "数值", "单位", "备注"])
    writer.writerows(rows(count))
    return out.getvalue().encode("gb18030")


def long_xlsx(count: int) -> bytes:
    """The table as a workbook."""
    import xlsxwriter

    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"constant_memory": True})
    sheet = book.add_worksheet("表1")
    sheet.write_row(0, 0, ["指标", "对象", "品种", "时期", "数值", "单位", "备注"])
    for number, row in enumerate(rows(count), start=1):
        sheet.write_row(number, 0, row[:4])
        sheet.write_number(number, 4, float(row[4]))
        sheet.write_string(number, 5, row[5])
    book.close()
    return out.getvalue()


def main() -> list[Figure]:
    """The figures of import, export and drill, each in a fresh installation of its own."""
    with tempfile.TemporaryDirectory() as home:
        os.environ["DUHENG_HOME"] = home
        os.environ.pop("DUHENG_DATABASE_URL", None)
        return [*_import_figures(), *_drill_figures(), *_export_figures(Path(home))]


def _timed(work: Callable[[], object]) -> tuple[float, object]:
    begin = time.perf_counter()
    result = work()
    return time.perf_counter() - begin, result


def _import_figures() -> list[Figure]:
    from duheng import ledger
    from duheng.city import default_city_folder, load
    from duheng.ingest.importing import ImportResult, import_file
    from duheng.ingest.sheets import read_sheets

    ledger.setup()
    city = load(default_city_folder())
    figures = []
    for name, content in (("月报.csv", long_csv(IMPORT_ROWS)), ("月报.xlsx", long_xlsx(IMPORT_ROWS))):
        kind = name.rsplit(".", 1)[1]
        today = date(2031, 1, 1)
        read, _ = _timed(lambda: read_sheets(content, city, name=name, scenario="drill", today=today))  # noqa: B023
        took, result = _timed(lambda: import_file(content, city, name=name, scenario="drill", today=today))  # noqa: B023
        assert isinstance(result, ImportResult)
        if result.added != IMPORT_ROWS:
            raise SystemExit(f"{name}: {result.added} of {IMPORT_ROWS} rows imported")
        what = f"import {IMPORT_ROWS:,} rows of .{kind} (reading alone {read:.1f} s)"
        figures.append(Figure(what, took, "s", bound="under 10 s", holds=took < 10))
    return figures


def _drill_figures() -> list[Figure]:
    from duheng.city import default_city_folder, load
    from duheng.ingest.drill.facts import drill_batches
    from duheng.ingest.drill.settings import settings_of

    city = load(default_city_folder())
    settings = settings_of(city)
    assert settings is not None
    begin = time.perf_counter()
    batches = drill_batches(city, settings)
    took = time.perf_counter() - begin
    count = sum(len(batch.facts) for batch in batches)
    return [Figure(f"generate the drill ({count:,} facts)", took, "s"), _first_load()]


def _first_load() -> Figure:
    """The first load of city and drill on an empty ledger, in a process and a home of its own."""
    code = (
        "import time; from duheng import ledger; from duheng.city import default_city_folder, load;"
        "from duheng.ingest.loading import load_city; ledger.setup(); c = load(default_city_folder());"
        "t = time.perf_counter(); r = load_city(c, drill=True); print(time.perf_counter() - t, r.added)"
    )
    with tempfile.TemporaryDirectory() as home:
        environment = {**os.environ, "DUHENG_HOME": home}
        done = subprocess.run(
            [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
        )
    took, added = done.stdout.split()
    name = f"first load of city and drill ({int(added):,} facts)"
    return Figure(name, float(took), "s", bound="under 10 s", holds=float(took) < 10)


def _export_figures(home: Path) -> list[Figure]:
    """Time and peak memory of a streamed export, in a process of its own."""
    code = f"from bench.bench_sheets import export_alone; export_alone({str(home / 'out.xlsx')!r})"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=dict(os.environ)
    )
    took, megabytes = map(float, done.stdout.split())
    name = f"export {EXPORT_ROWS:,} x {EXPORT_COLUMNS} cells to .xlsx"
    return [
        Figure(name, took, "s", bound="under 15 s", holds=took < 15),
        Figure(
            f"{name}, peak memory of the process",
            megabytes,
            "MB",
            bound="under 100 MB",
            holds=megabytes < 100,
        ),
    ]


def export_alone(out: str) -> None:
    """Write the export and print seconds and peak memory [MB]."""
    from duheng.ingest.export import write_table

    def cells() -> Iterator[list[object]]:
        for number in range(EXPORT_ROWS):
            yield [
                f"对象{number}",
                "原煤",
                *(number * 1.5 + column for column in range(EXPORT_COLUMNS - 3)),
                "吨",
            ]

    columns = [f"列{number}" for number in range(EXPORT_COLUMNS)]
    begin = time.perf_counter()
    write_table(cells(), columns, Path(out), title="导出", scenario="actual", format="xlsx")
    took = time.perf_counter() - begin
    # Not getrusage: its peak counts what the process that started this one held.
    status = Path("/proc/self/status").read_text()
    peak = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM"))
    print(took, peak / 1024)
