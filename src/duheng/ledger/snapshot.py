"""One moment of the whole database, held while others go on writing."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction

BATCH = 5_000


@contextmanager
def snapshot() -> Iterator[None]:
    """Everything read inside sees the database as it is at the first reading; nobody is kept from writing.

    Inside a transaction of the caller it is that transaction's view.
    """
    if connection.in_atomic_block:
        yield
    elif connection.vendor == "sqlite":
        # Not transaction.atomic: that takes the write lock at once (settings: IMMEDIATE).
        with connection.cursor() as cursor:
            cursor.execute("BEGIN DEFERRED")
            try:
                yield
            finally:
                cursor.execute("ROLLBACK")
    else:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            yield


def rows(query: str, values: Sequence[str | int] = ()) -> Iterator[tuple[Any, ...]]:
    """The rows of a query a few thousand at a time: memory stays flat however many there are."""
    with connection.chunked_cursor() as cursor:
        cursor.execute(query, list(values))
        while some := cursor.fetchmany(BATCH):
            yield from some
