"""Reading facts as tables: the effective one of each cell, as of any moment.

Facts never change, so a process keeps those of a scenario that it has read once and fetches only what came since.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable
from datetime import date, datetime

import polars as pl
from django.db import connection

from duheng.ledger import heads, moments
from duheng.ledger.records import STATUSES

# Column of the frame: expression on ledger_fact.
FETCHED = {
    "seq": pl.Int64,
    "fact": pl.String,
    "quantity": pl.String,
    "entity": pl.String,
    "item": pl.String,
    "period": pl.String,
    "definition": pl.String,
    "value": pl.String,
    "unit": pl.String,
    "stated": pl.String,
    "status": pl.String,
    "confidence": pl.String,
    "source": pl.Int64,
    "locator": pl.String,
    "recorded_at": pl.String,
    "supersedes": pl.String,
}
READ = ("quantity", "entity", "item", "period", "definition", "value", "fact", "status", "confidence", "source",
        "locator", "recorded_at", "stated", "seq", "unit")  # fmt: skip
CELL = ("quantity", "entity", "item", "period", "definition")
KEPT_RESULTS = 8

_lock = threading.Lock()
_known: dict[tuple[str, str], pl.DataFrame] = {}
_results: OrderedDict[tuple[object, ...], pl.DataFrame] = OrderedDict()


def read(scenario: str, as_of: date | datetime | None = None, upto: int | None = None) -> pl.DataFrame:
    """The effective fact of every cell of a scenario: highest status, then newest (L2).

    as_of: what the ledger knew then (a date: at the end of that day in Asia/Shanghai; None: everything).
    upto: only the facts up to this number. Returns one row a cell, in the order of recording:
    quantity, entity, item, period, definition, value [declared unit], fact (id), status, confidence, source (its
    number), locator, recorded_at (UTC), stated, seq, unit. A null item or definition means there is none.
    """
    return _kept("read", scenario, as_of, upto, lambda facts: _effective(_live(facts)).select(READ))


def losers(scenario: str, as_of: date | datetime | None = None) -> pl.DataFrame:
    """What is known of a cell but outranked by a fact of higher status (L2: losers stay visible).

    Facts merely superseded by a newer one of the same status are not among them. Columns of `read`, and of the
    winner: winner (id), winner_value, winner_status.
    """
    return _kept("losers", scenario, as_of, None, _outranked)


def _kept(
    what: str,
    scenario: str,
    as_of: date | datetime | None,
    upto: int | None,
    work: Callable[[pl.DataFrame], pl.DataFrame],
) -> pl.DataFrame:
    """`work` on the facts known then; the newest few results are kept, for pages ask the same again and again."""
    head = heads.current()
    until = moments.until(as_of) if as_of is not None else None
    key = (what, scenario, until, upto, head.ledger, head.hash)
    with _lock:
        if (result := _results.get(key)) is not None:
            _results.move_to_end(key)
            return result
        facts = _facts(scenario, head.ledger)
        if until is not None:
            facts = facts.filter(pl.col("recorded_at") <= until)
        if upto is not None:
            facts = facts.filter(pl.col("seq") <= upto)
        result = _results[key] = work(facts)
        while len(_results) > KEPT_RESULTS:
            _results.popitem(last=False)
    return result


def forget() -> None:
    """Drop what this process remembers of the facts; the next reading fetches them anew."""
    with _lock:
        _known.clear()
        _results.clear()


def _live(facts: pl.DataFrame) -> pl.DataFrame:
    """Facts not superseded by one of the same cell and status."""
    superseded = facts.lazy().filter(pl.col("supersedes") != "").select("supersedes")
    return (
        facts.lazy()
        .join(superseded, left_on="fact", right_on="supersedes", how="anti", maintain_order="left")
        .collect()
    )


def _effective(live: pl.DataFrame) -> pl.DataFrame:
    """The live fact of highest status in each cell."""
    if live["status"].n_unique() <= 1:
        return live
    ranked = live.lazy().with_columns(rank=pl.col("status").cast(pl.Enum(STATUSES)).to_physical())
    best = pl.col("rank") == pl.col("rank").min().over(CELL)
    return ranked.filter(best).drop("rank").collect()


def _outranked(facts: pl.DataFrame) -> pl.DataFrame:
    live = _live(facts)
    winners = _effective(live)
    won = winners.select(*CELL, winner="fact", winner_value="value", winner_status="status")
    lost = live.join(winners.select("fact"), on="fact", how="anti", maintain_order="left")
    return lost.select(READ).join(won, on=CELL, how="left", nulls_equal=True, maintain_order="left")


def _facts(scenario: str, ledger: str) -> pl.DataFrame:
    """Every fact of a scenario by number, from what this process has read before and what came since."""
    known = _known.get((ledger, scenario))
    if known is not None and not known.is_empty() and not _still_there(known):
        known = None
    last = known["seq"][-1] if known is not None and not known.is_empty() else 0
    fresh = _fetched(scenario, last)
    if known is not None and fresh.is_empty():
        return known
    facts = fresh if known is None else pl.concat([known, fresh], rechunk=True)
    _known[ledger, scenario] = facts
    return facts


def _still_there(known: pl.DataFrame) -> bool:
    """False after a rolled-back transaction or a restore: what was read then never came to be."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT hash FROM ledger_fact WHERE seq = %s", [int(known["seq"][-1])])
        row = cursor.fetchone()
    return row is not None and row[0] == known["fact"][-1]


def _fetched(scenario: str, after: int) -> pl.DataFrame:
    """Facts of a scenario with a higher number than `after`."""
    names = {"fact": "hash", "source": "source_id"}
    columns = ", ".join(names.get(name, name) for name in FETCHED)
    parts = [pl.DataFrame(schema=FETCHED)]
    # `|| ''` keeps the index of cells out of it: its order is not that of the numbers, and sorting costs more.
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {columns} FROM ledger_fact WHERE scenario || '' = %s AND seq > %s ORDER BY seq",
            [scenario, after],
        )
        while rows := cursor.fetchmany(100_000):
            series = zip(FETCHED.items(), zip(*rows, strict=True), strict=True)
            parts.append(pl.DataFrame([pl.Series(name, values, kind) for (name, kind), values in series]))
    absent = [pl.when(pl.col(name) != "").then(pl.col(name)).alias(name) for name in ("item", "definition")]
    return pl.concat(parts, rechunk=True).with_columns(
        *absent,
        pl.col("value").cast(pl.Float64),
        pl.col("recorded_at").str.to_datetime("%Y-%m-%dT%H:%M:%S%.6fZ", time_unit="us", time_zone="UTC"),
    )
