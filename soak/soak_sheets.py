"""Damaged sheets into the ledger: each is imported in part, or refused cell by cell, and never ends in a crash."""

from __future__ import annotations

import csv
import io
import os
import random
import tempfile
from collections.abc import Callable, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from bench.figures import Figure
from soak.fuzzing import Defect, Fuzz, peak_memory
from soak.mutation import ODD, bytes_changed, package_changed, text_changed

if TYPE_CHECKING:
    from duheng.model.plan import City

CASES = 4_000
TODAY = date(2026, 11, 22)
ROWS: tuple[tuple[object, ...], ...] = (
    ("指标", "对象", "品种", "时期", "数值", "单位", "口径", "备注"),
    ("分品种能源消费实物量", "雁江区", "原煤", "2023", 470000, "吨", "", ""),
    ("分品种能源消费实物量", "安岳县", "电力", "2023年", 98000.5, "万千瓦时", "", "初步数"),
    ("分品种能源消费实物量", "乐至县", "天然气", "2022", 1.25, "亿立方米", "", ""),
    ("地区生产总值（现价）", "资阳市", "", "2024", 1049.8, "亿元", "", ""),
    ("地区生产总值（现价）", "雁江区", "", "2024年", "405.30", "亿元", "", "公报"),
)
NAMES = (
    "月报.xlsx",
    "月报.csv",
    "月报.xls",
    "月报",
    "月报.txt",
    "月报.docx",
    "../月报.xlsx",
    "月\0报.csv",
    "\udcff.csv",
)


def seeds(city: City) -> list[tuple[str, bytes]]:
    """Files that import as they are: a table as CSV in two encodings and as a workbook, and a form filled in."""
    out = io.StringIO()
    csv.writer(out).writerows(ROWS)
    text = out.getvalue()
    files = [("月报.csv", text.encode()), ("月报.csv", text.encode("gb18030")), ("月报.xlsx", workbook(ROWS))]
    return [*files, ("报表.xlsx", form(city))]


def workbook(rows: Sequence[Sequence[object]], dress: Callable[[Any, Any], None] | None = None) -> bytes:
    """An .xlsx with a sheet of rows and one of notes; `dress` adds to the book and its first sheet."""
    import xlsxwriter

    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    sheet = book.add_worksheet("表1")
    for number, row in enumerate(rows):
        sheet.write_row(number, 0, row)
    if dress is not None:
        dress(book, sheet)
    book.add_worksheet("填报说明").write(0, 0, "填报说明")
    book.close()
    return out.getvalue()


def form(city: City) -> bytes:
    """The form of the city's first duty as the program hands it out, filled in."""
    import openpyxl

    from duheng.ingest.template import make_form, write_template

    plan = city.plans[0]
    empty, filled = io.BytesIO(), io.BytesIO()
    write_template([make_form(city, plan, plan.duties[0])], empty)
    book = openpyxl.load_workbook(empty)
    for sheet in book.worksheets:
        for cell in (cell for row in sheet.iter_rows() for cell in row):
            if cell.value is None and not cell.protection.locked:
                cell.value = 12.5
    book.save(filled)
    return filled.getvalue()


def damaged(files: Sequence[tuple[str, bytes]], seed: int) -> tuple[str, bytes]:
    """The name and content of one case."""
    chance = random.Random(seed)
    name, content = chance.choice(files)
    if chance.random() < 0.05:
        name = chance.choice(NAMES)
    if content.startswith(b"PK"):
        change = chance.choice((bytes_changed, package_changed, package_changed, odd_workbook))
        return name, change(content, chance)
    if chance.random() < 0.5:
        return name, bytes_changed(content, chance)
    encoding = "utf-8" if content.startswith("指标".encode()) else "gb18030"
    return name, text_changed(content.decode(encoding), chance).encode(encoding, "replace")


def odd_workbook(whole: bytes, chance: random.Random) -> bytes:
    """Not the given one: a whole workbook with odd texts, numbers, formulas or dates in some of its cells."""
    rows = [list(row) for row in ROWS]
    for _ in range(chance.randint(1, 5)):
        row = chance.choice(rows)
        odd = (chance.choice(ODD), chance.choice((-1, 0, 1e300, -1e-300, 45000, True, 10**17)))
        row[chance.randrange(len(row))] = chance.choice(odd)

    def dress(book: Any, sheet: Any) -> None:
        at = chance.randrange(len(rows))
        match chance.randrange(6):
            case 0:
                sheet.write_formula(at, 4, "=SUM(E2:E4)", None, 568001.75)
            case 1:
                sheet.write_number(at, 4, 0.145, book.add_format({"num_format": "0.00%"}))
            case 2:
                sheet.merge_range(len(rows) - 1, 0, len(rows) + 1, 3, "合计")
            case 3:
                sheet.set_row(at, None, None, {"hidden": True})
            case 4:
                sheet.write_datetime(at, 3, TODAY, book.add_format({"num_format": "yyyy-mm-dd"}))

    return workbook(rows, dress)


def import_damaged(fuzz: Fuzz, files: Sequence[tuple[str, bytes]], city: City, seed: int) -> None:
    """One case: imported as a whole or not at all, then its good rows; the rest as a list with reasons."""
    from duheng import ledger
    from duheng.ingest.importing import import_file, waiting_rows

    name, content = damaged(files, seed)

    def work() -> bool:
        before = ledger.head().seq
        result = import_file(content, city, name=name, today=TODAY)
        if result.failed and ledger.head().seq != before:
            raise Defect("a file with errors was imported in part")
        if not (result.findings or result.ready):
            raise Defect("nothing read, and not a word about it")
        if result.failed:
            result = import_file(content, city, name=name, today=TODAY, good_rows=True)
        if result.waiting and not waiting_rows(result, "csv"):
            raise Defect("rows wait, and none is listed")
        return not result.failed

    fuzz.tried(f"seed {seed}", work)


def main() -> list[Figure]:
    """All cases on one ledger, verified at the end."""
    with tempfile.TemporaryDirectory(prefix="duheng-sheets-") as folder:
        os.environ.update({"DUHENG_HOME": folder, "DUHENG_DATABASE_URL": "", "DUHENG_ENV": "demo"})
        from duheng import ledger
        from duheng.city import default_city_folder, load

        ledger.setup()
        city = load(default_city_folder())
        files, fuzz = seeds(city), Fuzz("import of sheets")
        for seed in range(CASES):
            import_damaged(fuzz, files, city, seed)
        found = len(ledger.verify())
    return [
        *fuzz.figures(),
        Figure("findings of verify after all these imports", found, "", bound="0", holds=not found),
        Figure("peak memory of these imports", peak_memory(), "MB"),
    ]
