"""The accounting definition (口径) of the rows of a plain table: each is computed by itself, none compared (L8)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace

from duheng.ingest.plain_table import DEFINITION, Sheet
from duheng.model import Rule
from duheng.model.errors import DefinitionMismatch
from duheng.model.findings import Finding
from duheng.model.glossary import definition, definitions
from duheng.model.references import At, Linked, Total


def by_definition(
    rule: Rule, sheet: Sheet, asked: str | None, findings: list[Finding]
) -> list[tuple[str | None, Sheet]]:
    """The table's rows by the definition that they state; a row that states none is under the asked one.

    Raises DefinitionMismatch where rows that the rule compares or adds are under different ones.
    """
    if DEFINITION not in sheet.header:
        return [(asked, sheet)]
    if not rule.definitions:
        place = f"{sheet.name} 第{sheet.header.index(DEFINITION) + 1}列"
        remedy = "该指标不分口径，请核对各行的数能否放在一起"
        findings.append(Finding("table.definition", "notice", place, "口径列没有用到", "", remedy))
        return [(asked, sheet)]
    rows: dict[str | None, list[tuple[int, list[str]]]] = defaultdict(list)
    for row, text in zip(sheet.rows, sheet.column(DEFINITION), strict=True):
        meant = _meant(rule, text, asked)
        if meant is None:
            titles = "、".join(f"{definition(id).title}（{id}）" for id in rule.definitions)
            place, remedy = f"{sheet.name} 第{row[0]}行 {DEFINITION}", "请核对；这一行没有用到"
            findings.append(Finding("table.definition", "error", place, text, f"{titles}之一", remedy))
            continue
        rows[meant].append(row)
    if asked is not None and (others := [one for one in rows if one != asked]):
        _refuse(sheet.name, others[0], asked)
    parts = [(meant, replace(sheet, rows=some)) for meant, some in rows.items()]
    _comparable(rule, sheet.name, parts)
    return parts or [(asked, replace(sheet, rows=[]))]


def _meant(rule: Rule, text: str, asked: str | None) -> str | None:
    """The id of a definition named by its id or title; None where the rule has no such one."""
    name = text.strip()
    if not name:
        return asked or rule.definitions[0]
    return next((id for id in rule.definitions if name in (id, *_names(id))), None)


def _names(id: str) -> Iterator[str]:
    """The title, also without what stands in its brackets."""
    title = definitions()[id].title
    yield from (title, title.partition("（")[0])


def _comparable(rule: Rule, name: str, parts: list[tuple[str | None, Sheet]]) -> None:
    """Each definition has to hold all that the rule looks back to or adds up, or the rest would be of another."""
    together = [one for one in rule.below() if isinstance(one, (At, Linked, Total))]
    if len(parts) < 2 or not together:
        return
    whole = any(isinstance(one, Total) and one.over not in (one.of.axis, "months") for one in together)
    for n, (meant, part) in enumerate(parts):
        for other, more in parts[:n]:
            mine, theirs = _series(part, whole), _series(more, whole)
            if any(mine[key] != theirs[key] for key in mine.keys() & theirs.keys()):
                _refuse(name, meant, other)


def _series(sheet: Sheet, whole: bool) -> dict[str, set[tuple[str, ...]]]:
    """What is stated of each entity, or of all where they are added up."""
    columns = [sheet.column(key) if key in sheet.header else [""] * len(sheet.rows)
               for key in ("entity", "item", "period")]  # fmt: skip
    found: dict[str, set[tuple[str, ...]]] = defaultdict(set)
    for entity, item, period in zip(*columns, strict=True):
        found["" if whole else entity.strip()].add((entity.strip(), item.strip(), period.strip()))
    return found


def _refuse(name: str, have: str | None, asked: str | None) -> None:
    titles = [definition(id).title if id else "" for id in (have, asked)]
    raise DefinitionMismatch(
        f"{name} 的数据口径有“{titles[0]}”，应按口径“{titles[1]}”比较，口径不同不能比较。"
        "请按同一口径填报，或分成几份表。"
    )
