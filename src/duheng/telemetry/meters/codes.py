"""The dictionary of data codes: 16 digits, each stretch with a meaning of its own; a city imports its own upon ours.

    cn/monitoring/energy_codes.csv               what is known so far: few values, most to be confirmed
    DUHENG_HOME/telemetry/energy_codes.csv       imported; the same field and code replaces ours

Columns: position, length (of the stretch), field, code, title, unit, source, certainty.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from duheng.model import data
from duheng.model.errors import DuhengError

COLUMNS = ("position", "length", "field", "code", "title", "unit", "source", "certainty")
FIELDS = {
    "process": (1, 2), "unit_process": (3, 2), "equipment_type": (5, 2), "equipment": (7, 2), "data_type": (9, 2),
    "item": (11, 4), "use": (15, 2),
}  # fmt: skip
LENGTH = 16
ITEM = "item"


@dataclass(frozen=True, slots=True)
class Entry:
    """A code of one field. unit: in which amounts are sent, empty where the dictionary does not say."""

    field: str
    code: str
    title: str
    unit: str
    source: str
    certainty: str


@dataclass(frozen=True)
class Dictionary:
    """The codes known."""

    entries: Sequence[Entry]

    @cached_property
    def _known(self) -> Mapping[tuple[str, str], Entry]:
        return {(entry.field, entry.code): entry for entry in self.entries}

    def parts(self, code: str) -> Mapping[str, Entry | None]:
        """What each field of a data code says; None where it is not in the dictionary."""
        return {
            field: self._known.get((field, code[start - 1 : start - 1 + length]))
            for field, (start, length) in FIELDS.items()
        }

    def unit(self, code: str) -> str:
        """The unit of a data code; empty where the dictionary does not say."""
        item = self.parts(code)[ITEM]
        return item.unit if item else ""

    def title(self, code: str) -> str:
        """What a data code is, as far as known: the item, else its digits."""
        item = self.parts(code)[ITEM]
        return item.title if item else code


def path(home: Path) -> Path:
    """The file of the imported codes."""
    return home / "telemetry" / "energy_codes.csv"


def load(home: Path) -> Dictionary:
    """Ours and the imported. Raises DuhengError for a file with troubles, OSError."""
    entries = _entries(data.root() / "monitoring" / "energy_codes.csv")
    if path(home).exists():
        entries += _entries(path(home))
    return Dictionary(entries)


def imported(home: Path, file: Path) -> int:
    """Take over a dictionary, in place of the one imported before; how many codes. Raises DuhengError, OSError."""
    entries = _entries(file)
    table = io.StringIO()
    rows = csv.writer(table, lineterminator="\n")
    rows.writerow(COLUMNS)
    for one in entries:
        rows.writerow(
            (*FIELDS[one.field], one.field, one.code, one.title, one.unit, one.source, one.certainty)
        )
    path(home).parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    unfinished = path(home).with_suffix(".part")
    unfinished.write_text(table.getvalue(), encoding="utf-8")
    unfinished.replace(path(home))
    return len(entries)


def _entries(file: Path) -> list[Entry]:
    try:
        rows = list(csv.DictReader(io.StringIO(file.read_text(encoding="utf-8-sig")), strict=True))
    except (UnicodeDecodeError, csv.Error) as trouble:
        raise DuhengError(f"{file}：不是UTF-8的CSV（{trouble}）。请另存为UTF-8的CSV。") from trouble
    found: list[Entry] = []
    troubles: list[str] = []
    for line, row in enumerate(rows, 2):
        values = {name: (row.get(name) or "").strip() for name in COLUMNS}
        if wrong := _trouble(values):
            troubles.append(f"{file.name}第{line}行：{wrong}")
        else:
            found.append(Entry(*(values[name] for name in COLUMNS[2:])))
    if not rows:
        troubles.append(f"{file.name}：没有数据行，表头应为{','.join(COLUMNS)}")
    if troubles:
        raise DuhengError("\n".join(troubles) + "\n没有导入。请改正后重来。")
    return found


def _trouble(values: Mapping[str, str]) -> str:
    field = values["field"]
    if field not in FIELDS:
        return f"field“{field}”，应为{'、'.join(FIELDS)}之一"
    start, length = FIELDS[field]
    if (values["position"], values["length"]) != (str(start), str(length)):
        return f"{field}在第{values['position']}位起{values['length']}位，应为第{start}位起{length}位"
    if len(values["code"]) != length or not values["code"].isalnum():
        return f"code“{values['code']}”，应为{length}位"
    return "" if values["title"] else "没有title"
