"""Adds rows to a register of a city's folder: all of them, or none where the folder would no longer be in order."""

from __future__ import annotations

import csv
import fcntl
import io
import os
import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from duheng.city.entities import REGISTER_COLUMNS, REGISTERS
from duheng.city.folder import check
from duheng.model.data import read_rows
from duheng.model.errors import UnknownName
from duheng.model.findings import Finding
from duheng.model.glossary import kinds


def registers() -> dict[str, str]:
    """The kinds that are kept in registers, with their titles; the others stand in entities.csv."""
    return {kind.id: kind.title for kind in kinds().values() if kind.attributes}


def named(text: str) -> str:
    """The kind of this id or title. Raises UnknownName with the names of those that have a register."""
    for id, title in registers().items():
        if text.strip() in (id, title):
            return id
    raise UnknownName(text, [name for both in registers().items() for name in both], "名录类别")


def columns(kind: str) -> tuple[str, ...]:
    """The columns of a kind's register."""
    return (*REGISTER_COLUMNS, *kinds()[kind].attributes)


def register(
    folder: Path, kind: str, rows: Mapping[str, Mapping[str, str]], *, write: bool
) -> tuple[int, int, list[Finding]]:
    """Put rows into the register of a kind: a known id is replaced, a new one added.

    rows: by where each stands, as findings name it, the cells by column id. Returns how many are new, how many
    replace others, and what is wrong with the rows or with the folder as it would be; nothing is written then, nor
    where `write` is false. Raises UnknownName for a kind without a register, OSError where the folder cannot be
    written.
    """
    names = columns(kind := named(kind))
    path = folder / REGISTERS / f"{kind}.csv"
    if twice := _twice(rows):
        return 0, 0, twice
    with _alone(folder):
        return _put(folder, path, names, rows, write)


def _twice(rows: Mapping[str, Mapping[str, str]]) -> list[Finding]:
    """A finding for each id that is on several rows."""
    places: dict[str, list[str]] = {}
    for place, row in rows.items():
        places.setdefault(row.get("id", ""), []).append(place)
    remedy = "只留一行，或改正编号"
    return [
        Finding("repeated-id", "error", "、".join(at), f"编号“{id}”在表中不止一行", "每个编号一行", remedy)
        for id, at in places.items()
        if id and len(at) > 1
    ]


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Nobody else puts rows into this folder meanwhile, so that none are lost."""
    held = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield
    finally:
        os.close(held)


def _put(
    folder: Path, path: Path, names: Sequence[str], rows: Mapping[str, Mapping[str, str]], write: bool
) -> tuple[int, int, list[Finding]]:
    known = {row["id"]: row for row in read_rows(path)} if path.is_file() else {}
    fresh = {row["id"]: row for row in rows.values()}
    merged = {**known, **fresh}
    text = _text(names, list(merged.values()))
    with tempfile.TemporaryDirectory(prefix="duheng-register-") as home:
        trial = Path(home) / folder.name
        shutil.copytree(folder, trial)
        (trial / REGISTERS).mkdir(exist_ok=True)
        (trial / REGISTERS / path.name).write_text(text, "utf-8")
        before = {finding.text for finding in check(folder)}
        wrong = [one for one in check(trial) if one.severity == "error" and one.text not in before]
    at = {row["id"]: place for place, row in rows.items()}
    lines = [at.get(id, "") for id, row in merged.items() for _ in range(_text(names, [row]).count("\n") - 1)]
    wrong = [_placed(one, path.name, lines) for one in wrong]
    if write and not wrong:
        path.parent.mkdir(exist_ok=True)
        whole = folder / f".{path.name}.part"  # whoever reads meanwhile sees the old register or the new one
        whole.write_text(text, "utf-8")
        whole.replace(path)
    return len(fresh.keys() - known.keys()), len(fresh.keys() & known.keys()), wrong


def _placed(finding: Finding, register: str, lines: Sequence[str]) -> Finding:
    """The finding with the rows of the sheet in place of those of the register that was never written.

    lines: of the register below its header, where each stands in the sheet; "" for what was there before.
    """

    def sheet(line: re.Match[str]) -> str:
        return lines[int(line[1]) - 2] or line[0]

    def said(text: str) -> str:
        return re.sub(rf"registers/{re.escape(register)} 第(\d+)行", sheet, text)

    return replace(
        finding, place=said(finding.place), found=said(finding.found), expected=said(finding.expected)
    )


def _text(names: Sequence[str], rows: Sequence[Mapping[str, str]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(names)
    writer.writerows([row.get(name, "") or "" for name in names] for row in rows)
    return out.getvalue()
