"""Appending facts: one transaction, one writer at a time, each fact chained to the one before."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from itertools import islice
from operator import itemgetter
from typing import Any, cast

from django.conf import settings
from django.db import connection, transaction

from duheng.ledger import chain, heads, moments
from duheng.ledger.bulk import uncollected
from duheng.ledger.records import KINDS, STATUSES, NewFact, NewSource, Receipt
from duheng.model.errors import DuhengError, PeriodError
from duheng.model.periods import parse

# Columns of ledger_fact in the order in which they are inserted.
COLUMNS = ("seq", "hash", "previous", "algorithm", "scenario", "quantity", "entity", "item", "period", "definition",
           "value", "unit", "stated", "status", "confidence", "source_id", "locator", "recorded_at", "recorded_by",
           "supersedes")  # fmt: skip
SOURCE_COLUMNS = ("id", "hash", *chain.SOURCE)
CELL = ("scenario", "quantity", "entity", "period", "item", "definition")
# PostgreSQL refuses an index entry of more than 2,700 bytes: six names of 120 Chinese characters stay below.
LONGEST_NAME = 120
ASKED_AT_ONCE = 500
# Before and after the point: what is longer is a slip of the keyboard, and 1E+999999 would fill the disk.
MOST_DIGITS = 60
# Within half of them both before and after the point, the exact count need not be taken.
SURE_DIGITS = MOST_DIGITS // 2

Cell = tuple[str, str, str, str, str, str]
# hash, value, stated, digest and title of the source
Live = tuple[str, Decimal, str, str, str]


@contextmanager
def one_commit() -> Iterator[None]:
    """Appends within it reach the disk together, all or none; what they return holds once it has ended."""
    with uncollected(), transaction.atomic():
        yield


def append(
    facts: Iterable[NewFact], source: NewSource, by: str, recorded_at: datetime | None = None
) -> Receipt:
    """Add facts of one source, all or none; when it returns they are on disk.

    A fact that says what the live fact of its cell and status says already (same value, same wording, and a source
    of the same digest or title) is a duplicate and adds nothing. Any other supersedes that live fact.
    by: who records it. recorded_at: the clock where None, but never before the newest fact.
    DuhengError for a malformed fact or source, and for a `recorded_at` before the newest fact; nothing is added then.
    """
    with uncollected():
        return _append(list(facts), source, by, recorded_at)


def _append(facts: Sequence[NewFact], source: NewSource, by: str, recorded_at: datetime | None) -> Receipt:
    new = list(zip(_checked(facts), facts, strict=True))
    _check_source(source, by)
    algorithm = chain.algorithm(settings.DUHENG_HASH)
    with transaction.atomic():
        head = heads.locked(heads.FACT)
        at = moments.text_of(_moment(recorded_at, head))
        live = _live(dict.fromkeys(cell for cell, _ in new)) if head.seq else {}
        fresh = list(_superseding(new, source, live))
        if not fresh:
            return Receipt(0, len(new), None, None)
        source_id, source_hash = _source(source, algorithm)
        rows = _chained(fresh, head, (algorithm, source_hash, source_id, at, by))
        insert("ledger_fact", COLUMNS, rows)
        heads.advance(head, rows[-1][0], rows[-1][1])
    return Receipt(len(rows), len(new) - len(rows), head.seq + 1, head.seq + len(rows))


def _cell(fact: NewFact) -> Cell:
    return (fact.scenario, fact.quantity, fact.entity, fact.period, fact.item or "", fact.definition or "")


@lru_cache(4096)
def _canonical(period: str) -> bool:
    try:
        return str(parse(period)) == period
    except PeriodError:
        return False


def _checked(facts: Sequence[NewFact]) -> list[Cell]:
    """The facts' cells; DuhengError for what could not be found again, or not be written on every database."""
    cells = [_cell(fact) for fact in facts]
    texts = [text for fact in facts for text in (fact.stated, fact.locator, fact.confidence, fact.unit)]
    # All texts at once: only where one of them is not writable must it be searched for.
    writable = _writable("".join(texts)) and all(_writable("".join(cell)) for cell in cells)
    for cell, fact in zip(cells, facts, strict=True):
        if not (writable and _sound(cell, fact)):
            _refuse(cell, fact)
    return cells


def _sound(cell: Cell, fact: NewFact) -> bool:
    """Whether a fact is well formed beyond doubt; anything else is looked into by `_refuse`."""
    value = fact.value
    return (
        all(cell[:4])
        and len(max(cell, key=len)) <= LONGEST_NAME
        and fact.status in STATUSES
        and _canonical(fact.period)
        and value.__class__ is Decimal
        and value.is_finite()
        and -SURE_DIGITS < value.adjusted() < SURE_DIGITS
        and len(str(value)) < SURE_DIGITS
    )


def _refuse(cell: Cell, fact: NewFact) -> None:
    """DuhengError with what is wrong with a fact, if anything is."""
    place = f"{fact.quantity} {fact.entity} {fact.item or ''} {fact.period}"
    if not (fact.quantity and fact.entity and fact.scenario):
        raise DuhengError(f"{place}：事实须写明指标、对象和情景，有一项为空。请补全。")
    if max(map(len, cell)) > LONGEST_NAME:
        raise DuhengError(f"{place}：名称超过{LONGEST_NAME}个字符。请用代码或简称。")
    if not _canonical(fact.period):
        raise DuhengError(f"{place}：时期写法不规范，应为 2023、2023H1、2023Q1、2023-01 之类。请改写。")
    value: object = fact.value  # typed, but rows of a sheet come from code that is not always checked
    if not (isinstance(value, Decimal) and value.is_finite()):
        raise DuhengError(f"{place}：数值 {value!r} 不是有限的十进制数。缺数不得记为事实，请删去该行。")
    if fact.status not in STATUSES:
        raise DuhengError(f"{place}：状态 {fact.status!r} 应为{'、'.join(STATUSES)}之一。")
    if not MOST_DIGITS > value.adjusted() >= int(value.as_tuple().exponent) > -MOST_DIGITS:
        raise DuhengError(f"{place}：数值 {value} 超出 {MOST_DIGITS} 位。请核对单位与小数点。")
    if not _writable("".join((*cell, fact.stated, fact.locator, fact.confidence, fact.unit))):
        raise DuhengError(f"{place}：文字中含有无法保存的字符（U+0000 或不成对的代理码）。请删去。")


def _writable(text: str) -> bool:
    """Whether every database can hold the text: neither U+0000 nor half a surrogate pair (an undecodable file name)."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return "\0" not in text


def _check_source(source: NewSource, by: str) -> None:
    if source.kind not in KINDS:
        raise DuhengError(f"来源“{source.title}”：类别 {source.kind!r} 应为{'、'.join(KINDS)}之一。")
    if not source.title.strip():
        raise DuhengError("来源没有名称：每个数都须有出处。请写明文件或提交单的名称。")
    if not by.strip():
        raise DuhengError(f"来源“{source.title}”：没有写明由谁记录。请给出记录人。")
    if not _writable(source.title + source.address + source.digest + by):
        raise DuhengError("来源的文字中含有无法保存的字符（U+0000 或不成对的代理码）。请改名后再试。")


def _moment(given: datetime | None, head: heads.Head) -> datetime:
    """When the ledger learned it: never before the newest fact, so that an as-of view never changes afterwards."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT recorded_at FROM ledger_fact WHERE seq = %s", [head.seq])
        row = cursor.fetchone()
    newest = moments.moment_of(row[0]) if row else None
    if given is None:
        return max(moments.now(), newest) if newest else moments.now()
    given = moments.until(given)
    if newest and given < newest:
        local = [moment.astimezone(moments.LOCAL).isoformat(" ", "seconds") for moment in (given, newest)]
        raise DuhengError(
            f"记录时间 {local[0]} 早于账本中最新一条的记录时间 {local[1]}：过去的账面不得改变。请按时间先后记入。"
        )
    return given


def _live(cells: Iterable[Cell]) -> dict[tuple[Cell, str], Live]:
    """The newest fact of every cell and status among the cells asked for."""
    found: dict[tuple[Cell, str], Live] = {}
    asked = iter(cells)
    query = (
        f"WITH asked (place, {', '.join(CELL)}) AS (VALUES %s) "
        "SELECT asked.place, f.status, f.seq, f.hash, f.value, f.stated, f.source_id FROM asked "
        f"JOIN ledger_fact f ON {' AND '.join(f'f.{name} = asked.{name}' for name in CELL)}"
    )
    sources: dict[int, tuple[str, str]] = {}
    with connection.cursor() as cursor:
        while some := list(islice(asked, ASKED_AT_ONCE)):
            marks = ", ".join(f"({place}, %s, %s, %s, %s, %s, %s)" for place in range(len(some)))
            cursor.execute(query % marks, [name for cell in some for name in cell])
            # Sorted here: asked to sort, SQLite would walk through the whole table by number instead.
            rows = sorted(cursor.fetchall(), key=itemgetter(2))
            if unknown := {row[6] for row in rows} - sources.keys():
                marks = ", ".join(["%s"] * len(unknown))
                cursor.execute(
                    f"SELECT id, digest, title FROM ledger_source WHERE id IN ({marks})", list(unknown)
                )
                sources |= {id: (digest, title) for id, digest, title in cursor.fetchall()}
            for row in rows:
                found[some[row[0]], row[1]] = (row[3], Decimal(row[4]), row[5], *sources[row[6]])
    return found


def _superseding(
    facts: Iterable[tuple[Cell, NewFact]], source: NewSource, live: dict[tuple[Cell, str], Live]
) -> Iterator[tuple[NewFact, str | int]]:
    """Facts that say something new, with what they supersede: a hash, or the place in this batch of an earlier one."""
    here: dict[tuple[Cell, str], tuple[int, Decimal, str]] = {}
    count = 0
    for cell, fact in facts:
        key = (cell, fact.status)
        if earlier := here.get(key):
            if earlier[1:] == (fact.value, fact.stated):
                continue
            yield fact, earlier[0]
        elif before := live.get(key):
            same_source = before[4] == source.title or (before[3] and before[3] == source.digest)
            if before[1:3] == (fact.value, fact.stated) and same_source:
                continue
            yield fact, before[0]
        else:
            yield fact, ""
        here[key] = (count, fact.value, fact.stated)
        count += 1


def _source(source: NewSource, algorithm: str) -> tuple[int, str]:
    """Number and hash of the source, added where the ledger does not hold it yet."""
    published = source.published_on.isoformat() if source.published_on else ""
    row = (source.address, algorithm, source.digest, source.kind, published, source.title)
    link = chain.link(chain.SOURCE, row)
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM ledger_source WHERE hash = %s", [link])
        if known := cursor.fetchone():
            return int(known[0]), link
        cursor.execute("SELECT coalesce(max(id), 0) + 1 FROM ledger_source")
        number = int(cursor.fetchone()[0])
    insert("ledger_source", SOURCE_COLUMNS, [(number, link, *row)])
    return number, link


def _chained(
    fresh: Sequence[tuple[NewFact, str | int]], head: heads.Head, common: tuple[str, str, int, str, str]
) -> list[tuple[Any, ...]]:
    """Rows in the order of COLUMNS; common: algorithm, hash and number of the source, recorded_at, recorded_by."""
    algorithm, source_hash, source_id, at, by = common
    fixed = {"algorithm": algorithm, "recorded_at": at, "recorded_by": by, "source": source_hash}
    linked = chain.linker(chain.FACT, fixed)
    rows: list[tuple[Any, ...]] = []
    links: list[str] = []
    previous = head.hash
    for seq, (fact, before) in enumerate(fresh, head.seq + 1):
        supersedes = links[before] if isinstance(before, int) else before
        value, item, definition = format(fact.value, "f"), fact.item or "", fact.definition or ""
        link = linked(
            fact.confidence, definition, fact.entity, item, fact.locator, fact.period, previous, fact.quantity,
            fact.scenario, seq, fact.stated, fact.status, supersedes, fact.unit, value,
        )  # fmt: skip
        rows.append((
            seq, link, previous, algorithm, fact.scenario, fact.quantity, fact.entity, item, fact.period, definition,
            value, fact.unit, fact.stated, fact.status, fact.confidence, source_id, fact.locator, at, by, supersedes,
        ))  # fmt: skip
        links.append(link)
        previous = link
    return rows


def insert(table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Insert rows by the fastest way the database has; table and columns are our own names."""
    names = ", ".join(columns)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
        else:
            marks = ", ".join(["%s"] * len(columns))
            # An iterator is taken row by row, whatever the stub says.
            cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", cast(Any, rows))
