"""Adds rows to a register of a city's folder: all of them, or none where the folder would no longer be in order."""

from __future__ import annotations

import csv
import io
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from duheng.city.entities import REGISTER_COLUMNS, REGISTERS
from duheng.city.folder import check
from duheng.model.data import read_rows
from duheng.model.errors import UnknownName
from duheng.model.findings import Finding
from duheng.model.glossary import kinds


def columns(kind: str) -> tuple[str, ...]:
    """The columns of a kind's register. Raises UnknownName for a kind that has none."""
    if kind not in kinds():
        raise UnknownName(kind, kinds(), "名录类别")
    return (*REGISTER_COLUMNS, *kinds()[kind].attributes)


def register(
    folder: Path, kind: str, rows: Sequence[Mapping[str, str]], *, write: bool
) -> tuple[int, int, list[Finding]]:
    """Put rows into the register of a kind: a known id is replaced, a new one added.

    rows: cells by column id. Returns how many are new, how many replace others, and what is wrong with the folder
    as it would be; nothing is written then, nor where `write` is false.
    """
    names = columns(kind)
    path = folder / REGISTERS / f"{kind}.csv"
    known = {row["id"]: row for row in read_rows(path)} if path.is_file() else {}
    fresh = {row["id"]: row for row in rows}
    merged = {**known, **fresh}
    text = _text(names, list(merged.values()))
    with tempfile.TemporaryDirectory(prefix="duheng-register-") as home:
        trial = Path(home) / folder.name
        shutil.copytree(folder, trial)
        (trial / REGISTERS).mkdir(exist_ok=True)
        (trial / REGISTERS / path.name).write_text(text, "utf-8")
        before = {finding.text for finding in check(folder)}
        wrong = [one for one in check(trial) if one.severity == "error" and one.text not in before]
    if write and not wrong:
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, "utf-8")
    return len(fresh.keys() - known.keys()), len(fresh.keys() & known.keys()), wrong


def _text(names: Sequence[str], rows: Sequence[Mapping[str, str]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(names)
    writer.writerows([row.get(name, "") or "" for name in names] for row in rows)
    return out.getvalue()
