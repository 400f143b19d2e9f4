"""Single facts and sources: by id, and all vintages of a cell."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import connection

from duheng.ledger import moments
from duheng.ledger.records import STATUSES, FactRecord, SourceRecord
from duheng.model.errors import DuhengError, UnknownName

_SOURCE = ("id", "hash", "kind", "title", "address", "digest", "published_on")
_FACT = ("seq", "hash", "previous", "algorithm", "scenario", "quantity", "entity", "item", "period", "definition",
         "value", "unit", "stated", "status", "confidence", "locator", "recorded_at", "recorded_by",
         "supersedes")  # fmt: skip
_SELECT = (
    f"SELECT f.{', f.'.join(_FACT)}, s.{', s.'.join(_SOURCE)} "
    "FROM ledger_fact f JOIN ledger_source s ON s.id = f.source_id "
)
SHORTEST_ID = 6


def source(id: int) -> SourceRecord:
    """The source of that number; UnknownName where there is none."""
    rows = _sources("WHERE id = %s", [int(id)])
    if not rows:
        raise UnknownName(f"来源 {id}")
    return rows[0]


def sources() -> list[SourceRecord]:
    """All sources, in the order in which they came."""
    return _sources("ORDER BY id", [])


def fact(id: str) -> FactRecord:
    """The fact of that id (its hash), or whose id alone begins so (at least 6 characters).

    UnknownName where there is none, DuhengError where several begin so.
    """
    text = id.strip().lower()
    if len(text) < SHORTEST_ID or not set(text) <= set("0123456789abcdef"):
        raise UnknownName(f"事实 {id}")
    # `g` follows every hexadecimal digit, so this is a range of the index.
    rows = _rows("WHERE f.hash >= %s AND f.hash < %s ORDER BY f.seq LIMIT 2", [text, text + "g"])
    if not rows:
        raise UnknownName(f"事实 {id}")
    if len(rows) > 1:
        raise DuhengError(f"有多条事实的编号以 {text} 开头；请多给几位。")
    cell: dict[str, Any] = dict(zip(_FACT, rows[0], strict=False))
    vintages = history(
        cell["quantity"], cell["entity"], cell["item"], cell["period"], cell["scenario"], cell["definition"]
    )
    return next(one for one in vintages if one.id == cell["hash"])


def history(
    quantity: str,
    entity: str,
    item: str | None,
    period: str,
    scenario: str,
    definition: str | None,
    as_of: date | datetime | None = None,
) -> list[FactRecord]:
    """All facts ever stated about a cell, newest first, each with its source and its standing.

    as_of: what the ledger knew then, in the standing it had then (a date: at the end of that day; None: now).
    """
    known, until = (
        ("", []) if as_of is None else ("AND f.recorded_at <= %s ", [moments.text_of(moments.until(as_of))])
    )
    rows = _rows(
        "WHERE f.scenario = %s AND f.quantity = %s AND f.entity = %s AND f.period = %s AND f.item = %s "
        f"AND f.definition = %s {known}ORDER BY f.seq DESC",
        [scenario, quantity, entity, period, item or "", definition or "", *until],
    )
    superseded = {row[_FACT.index("supersedes")] for row in rows}
    live = [row for row in rows if row[1] not in superseded]
    best = min((STATUSES.index(row[_FACT.index("status")]) for row in live), default=0)
    return [_record(row, superseded, STATUSES[best]) for row in rows]


def _record(row: Sequence[Any], superseded: set[str], best: str) -> FactRecord:
    columns: dict[str, Any] = dict(zip(_FACT, row, strict=False))
    id = columns.pop("hash")
    if id in superseded:
        standing = "superseded"
    else:
        standing = "effective" if columns["status"] == best else "outranked"
    for optional in ("item", "definition", "supersedes"):
        columns[optional] = columns[optional] or None
    columns["value"] = Decimal(columns["value"])
    columns["recorded_at"] = moments.moment_of(columns["recorded_at"])
    return FactRecord(id=id, source=_source_record(row[len(_FACT) :]), standing=standing, **columns)


def _source_record(row: Sequence[Any]) -> SourceRecord:
    columns: dict[str, Any] = dict(zip(_SOURCE, row, strict=True))
    published = columns.pop("published_on")
    return SourceRecord(**columns, published_on=date.fromisoformat(published) if published else None)


def _rows(where: str, values: list[str | int]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(_SELECT + where, values)
        return list(cursor.fetchall())


def _sources(where: str, values: list[str | int]) -> list[SourceRecord]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(_SOURCE)} FROM ledger_source {where}", values)
        return [_source_record(row) for row in cursor.fetchall()]
