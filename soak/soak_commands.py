"""Damaged folders through `duheng check`, damaged tables through `duheng compute`: findings or words, never a crash."""

from __future__ import annotations

import contextlib
import csv
import io
import math
import os
import random
import shutil
import tempfile
from pathlib import Path

from bench.figures import CHECKOUT, Figure
from duheng.model.errors import DuhengError
from soak.fuzzing import Defect, Fuzz
from soak.mutation import ODD, bytes_changed, text_changed

FOLDERS, TABLES = 1_000, 2_000
CITIES = (CHECKOUT / "tests" / "data" / "shili", CHECKOUT / "cn" / "51" / "5120")
KINDS = (".yaml", ".csv", ".geojson")
MANY_ROWS = 40


def command(*words: str) -> tuple[int, str]:
    """Exit code and standard output of the command line tool, called in this process; errors come as raised."""
    from duheng.cli import app

    said = io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(io.StringIO()):
        code = app([*words], standalone_mode=False)
    return int(code or 0), said.getvalue()


def damage_folder(folder: Path, chance: random.Random) -> None:
    """One file damaged as text or bytes, emptied, removed, or put in the place of another."""
    files = sorted(path for path in folder.rglob("*") if path.suffix in KINDS and path.is_file())
    path, other = chance.choice(files), chance.choice(files)
    match chance.randrange(12):
        case 0:
            path.unlink()
        case 1:
            shutil.copy(other, path) if other != path else path.write_bytes(b"")
        case 2:
            path.unlink()
            path.mkdir()
        case 3 | 4 | 5:
            path.write_bytes(bytes_changed(path.read_bytes(), chance))
        case _:
            text = text_changed(path.read_text("utf-8"), chance)
            path.write_text(text, "utf-8", errors="replace")


def check_damaged(fuzz: Fuzz, folder: Path, seed: int) -> None:
    """One folder: the check names what is wrong, and what it lets pass can be loaded."""
    from duheng.city import load

    chance = random.Random(seed)
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(chance.choice(CITIES), folder)
    damage_folder(folder, chance)

    def work() -> bool:
        try:
            code, said = command("check", str(folder), "--json")
        except DuhengError as trouble:
            raise Defect("one trouble hides all the others") from trouble
        if code not in (0, 1):
            raise Defect(f"exit code {code}: {said[:200]}")
        if '"severity": "error"' not in said and code == 0:
            load(folder)
        return code == 0

    fuzz.tried(f"folder, seed {seed}", work)


def table_of(rule: object, chance: random.Random) -> str:
    """A table that the rule can compute: its keys, its inputs, a few entities, items and periods."""
    from duheng.ingest.plain import inputs_of
    from duheng.model import Rule
    from duheng.model.glossary import axis

    assert isinstance(rule, Rule)
    inputs = inputs_of(rule)
    axes = sorted({quantity.axis for quantity in inputs.values() if quantity.axis})
    items = sorted(axis(axes[0]).items)[:3] if axes else [""]
    columns = ["entity", "item", "period", *inputs]
    rows = [
        [place, item, period, *(f"{chance.uniform(0, 1000):.2f}" for _ in inputs)]
        for place in ("甲县", "乙县")
        for item in items
        for period in ("2020", "2022", "2023")
    ]
    return "\n".join(",".join(row) for row in [columns, *rows]) + "\n"


def compute_damaged(fuzz: Fuzz, path: Path, seed: int) -> None:
    """One table for one rule: a row for a row, or words."""
    from duheng.rules import RULES

    chance = random.Random(seed)
    rule = RULES[chance.choice(sorted(RULES))]
    text = table_of(rule, chance)
    if chance.random() < 0.6:
        path.write_text(text_changed(text, chance, (*ODD, rule.id, "吨", "万元")), "utf-8", errors="replace")
    else:
        path.write_bytes(bytes_changed(text.encode(chance.choice(("utf-8", "gb18030"))), chance))

    def work() -> bool:
        code, said = command("compute", rule.id, str(path))
        if code not in (0, 1):
            raise Defect(f"exit code {code}: {said[:200]}")
        for row in list(csv.reader(io.StringIO(said)))[1:]:
            if row[-1] and not math.isfinite(float(row[-1])):
                raise Defect(f"a number that is none: {row}")
        return code == 0

    fuzz.tried(f"table for {rule.id}, seed {seed}", work)


def main() -> list[Figure]:
    """All cases, in one process."""
    with tempfile.TemporaryDirectory(prefix="duheng-commands-") as folder:
        os.environ.update({"DUHENG_HOME": folder, "DUHENG_DATABASE_URL": "", "DUHENG_ENV": "demo"})
        folders, tables = Fuzz("duheng check"), Fuzz("duheng compute")
        for seed in range(FOLDERS):
            check_damaged(folders, Path(folder) / "city", seed)
        for seed in range(TABLES):
            compute_damaged(tables, Path(folder) / "表.csv", seed)
    return [*folders.figures(), *tables.figures()]
