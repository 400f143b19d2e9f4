"""Full-size loads: 100,000 rows in, a million facts verified, saved and brought back, an export, 200 MB of rubbish."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TypeVar

from bench.bench_ledger import facts
from bench.bench_sheets import EXPORT_COLUMNS, EXPORT_ROWS, IMPORT_ROWS, long_csv, long_xlsx
from bench.figures import CHECKOUT, Figure
from bench.serving import free_port, serving
from soak.fuzzing import Defect, peak_memory
from soak.visiting import Answer, Visitor

FACTS, AT_ONCE = 1_000_000, 100_000
RUBBISH = 200 * 1024 * 1024
TODAY = date(2031, 1, 1)
T = TypeVar("T")


def timed(work: Callable[[], T]) -> tuple[float, T]:
    """Seconds of one run, and its result."""
    begin = time.monotonic()
    result = work()
    return time.monotonic() - begin, result


def imported() -> list[Figure]:
    """A hundred thousand rows as CSV; the same as a workbook adds nothing."""
    from duheng.city import default_city_folder, load
    from duheng.ingest.importing import import_file

    city, figures = load(default_city_folder()), []
    for name, content, new in (("月报.csv", long_csv(IMPORT_ROWS), IMPORT_ROWS), ("月报.csv", long_csv(IMPORT_ROWS), 0),
                               ("月报.xlsx", long_xlsx(IMPORT_ROWS), IMPORT_ROWS)):  # fmt: skip
        took, result = timed(lambda: import_file(content, city, name=name, scenario="drill", today=TODAY))  # noqa: B023
        if result.added != new or result.failed:
            raise Defect(
                f"{name}: {result.added} of {IMPORT_ROWS} rows imported, {len(result.findings)} findings"
            )
        again = "" if new else " again: nothing added"
        figures.append(Figure(f"import {IMPORT_ROWS:,} rows of {name[3:]}{again}", took, "s"))
    return figures


def filled(home: Path) -> list[Figure]:
    """A ledger of a million facts: verified, saved, brought back into another folder, verified there."""
    from duheng import ledger

    source = ledger.NewSource("document", "全国.xlsx", digest="d2")
    there = ledger.head().seq
    batches = range(0, FACTS - there, AT_ONCE)
    sizes = [min(AT_ONCE, FACTS - there - first) for first in batches]
    put, _ = timed(
        lambda: [ledger.append(facts(n, at), source, "soak") for at, n in zip(batches, sizes, strict=True)]
    )
    checked, found = timed(ledger.verify)
    saved, head = timed(lambda: ledger.backup(home / "backup.zip"))
    if head.seq != FACTS or found:
        raise Defect(f"{head.seq} facts, {[one.text for one in found[:5]]}")
    back, told = timed(lambda: restored(home))
    same = told == f"{head.seq} {head.hash} 0"
    size = (home / "duheng.sqlite3").stat().st_size / 1e6
    return [
        Figure(f"append until there are {FACTS:,} facts", put, "s"),
        Figure(f"verify {FACTS:,} facts: findings", len(found), "", bound="0", holds=not found),
        Figure(f"verify {FACTS:,} facts", checked, "s"),
        Figure(f"backup of {FACTS:,} facts", saved, "s"),
        Figure(f"restore of {FACTS:,} facts into an empty folder, and verification there", back, "s"),
        Figure("last hash and verification equal after the restore", int(same), "", bound="1", holds=same),
        Figure("size of the ledger's file", size, "MB"),
        Figure("size of the backup", (home / "backup.zip").stat().st_size / 1e6, "MB"),
        Figure("peak memory of the process that did it", peak_memory(), "MB"),
    ]


def restored(home: Path) -> str:
    """Bring the backup back in a process and a home of its own; number and hash of its head, count of findings."""
    code = (
        "import sys; from duheng import ledger; ledger.setup(); head = ledger.restore(sys.argv[1]);"
        "print(head.seq, head.hash, len(ledger.verify()))"
    )
    environment = {**os.environ, "DUHENG_HOME": str(home / "restored")}
    command = [sys.executable, "-c", code, str(home / "backup.zip")]
    return subprocess.run(
        command, env=environment, stdout=subprocess.PIPE, text=True, check=True
    ).stdout.strip()


def exported(home: Path) -> list[Figure]:
    """The streamed export, in a process of its own."""
    code = f"from bench.bench_sheets import export_alone; export_alone({str(home / 'out.xlsx')!r})"
    done = subprocess.run([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, check=True)
    took, megabytes = map(float, done.stdout.split())
    name = f"export {EXPORT_ROWS:,} x {EXPORT_COLUMNS} cells to .xlsx"
    return [
        Figure(name, took, "s", bound="under 15 s", holds=took < 15),
        Figure(f"{name}, peak memory", megabytes, "MB", bound="under 100 MB", holds=megabytes < 100),
    ]


def rubbish(home: Path) -> list[Figure]:
    """200 MB of noise sent to the import page: refused in words, nothing kept, and the next page is there."""
    from duheng.web.checks import DEMO_ACCOUNTS

    port = free_port()
    told = {**os.environ, "PYTHONPATH": str(CHECKOUT / "src"), "DUHENG_HOME": str(home)}
    command = [sys.executable, "-m", "duheng", "serve", "--port", str(port)]
    with serving(command, port, home, told):
        visitor = Visitor(port)
        if not visitor.sign_in("reporter", DEMO_ACCOUNTS["reporter"]):
            raise Defect("reporter cannot sign in")
        took, answer = timed(lambda: _noise(visitor))
        after = visitor.ask("GET", "/import").status
    kept = sum(path.stat().st_size for path in (home / "uploads").rglob("*") if path.is_file())
    said = answer.status == 413 and "文件过大" in answer.body.decode() and after == 200
    return [
        Figure("200 MB of rubbish to the import page, until it is refused in words", took, "s",
               bound="413, the next page answers", holds=said),
        Figure("bytes kept of it", kept, "", bound="0", holds=kept == 0),
    ]  # fmt: skip


def _noise(visitor: Visitor) -> Answer:
    content = random.Random(1).randbytes(RUBBISH)
    return visitor.send("/import", visitor.token("/import"), "垃圾.xlsx", content, scenario="actual")


def main() -> list[Figure]:
    """One ledger for imports and facts, another folder for the server."""
    home = Path(os.environ["DUHENG_HOME"])
    os.environ.update({"DUHENG_DATABASE_URL": "", "DUHENG_ENV": "demo"})
    from duheng import ledger

    ledger.setup()
    (home / "serving").mkdir()
    return [*imported(), *filled(home), *exported(home), *rubbish(home / "serving")]
