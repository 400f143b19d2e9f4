"""A document read: the targets, the tasks, and what a person should look at."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from duheng.reading import duties, grammar
from duheng.reading.files import Progress, Table, Text, read_file
from duheng.reading.normal import plain
from duheng.reading.outline import Outline, outline
from duheng.reading.records import Doubt, Target, Task
from duheng.reading.tables import all_tables


@dataclass(frozen=True, slots=True)
class Reading:
    """What a document says: `text[start:end] == quote` for every target and task; doubts in the order of the text."""

    text: str
    outline: Outline = field(repr=False)
    targets: list[Target]
    tasks: list[Task]
    doubts: list[Doubt]
    tables: list[Table] = field(repr=False)

    def as_json(self) -> dict[str, Any]:
        """The contract of `duheng read --json`; date is ISO, period "2021-2025", null where not said."""
        known = self.outline
        return {
            "text": self.text,
            "title": known.title,
            "issuer": known.issuer,
            "number": known.number,
            "date": known.date,
            "period": f"{known.period[0]}-{known.period[1]}" if known.period else None,
            "targets": [one.as_json() for one in self.targets],
            "tasks": [one.as_json() for one in self.tasks],
            "doubts": [one.as_json() for one in self.doubts],
        }


def read(path: Path, progress: Progress | None = None) -> Reading:
    """The reading of a file; progress(done, all) is called page by page where there are pages.

    Raises UnreadableSource where it is no document that can be read.
    """
    return _reading(read_file(path, progress))


def read_text(text: str) -> Reading:
    """The reading of a text at hand."""
    return _reading(Text(text))


def _reading(source: Text) -> Reading:
    matched = plain(source.text)
    built = outline(source.text, matched)
    cells = all_tables(matched, built, [table.rows for table in source.tables])
    targets, about_targets = grammar.targets(source.text, matched, built, cells)
    tasks, about_tasks = duties.tasks(source.text, matched, built, cells)
    doubts = sorted([*source.doubts, *about_targets, *about_tasks], key=lambda one: (one.start, one.end))
    return Reading(source.text, built, targets, tasks, doubts, source.tables)
