"""Append-only in the database itself: triggers that refuse every change of facts, sources and audit entries.

`install` is idempotent. Every migration that rebuilds one of the tables must call it again, because SQLite drops
a table's triggers together with the table; a test and `verify` watch over that.
"""

from collections.abc import Iterable

from django.db.backends.base.base import BaseDatabaseWrapper

TABLES = {"ledger_source": "id", "ledger_fact": "seq", "ledger_audit": "seq"}
REFUSAL = "账本只增不改：事实、来源和审计记录不得修改或删除；更正请另记一条新事实。"


def _sqlite(table: str, taken: str, refusal: str) -> list[str]:
    refuse = f"SELECT RAISE(ABORT, '{refusal}');"
    # INSERT OR REPLACE deletes the old row without firing the delete trigger, so the insert itself must be refused.
    return [
        f"DROP TRIGGER IF EXISTS {table}_update",
        f"DROP TRIGGER IF EXISTS {table}_delete",
        f"DROP TRIGGER IF EXISTS {table}_insert",
        f"CREATE TRIGGER {table}_update BEFORE UPDATE ON {table} BEGIN {refuse} END",
        f"CREATE TRIGGER {table}_delete BEFORE DELETE ON {table} BEGIN {refuse} END",
        f"CREATE TRIGGER {table}_insert BEFORE INSERT ON {table} WHEN {taken} BEGIN {refuse} END",
    ]


def _postgresql(table: str, refusal: str) -> list[str]:
    call = f"EXECUTE FUNCTION ledger_refuse('{refusal}')"
    return [
        "CREATE OR REPLACE FUNCTION ledger_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '%', COALESCE(TG_ARGV[0], '{REFUSAL}'); END $$",
        f"DROP TRIGGER IF EXISTS {table}_change ON {table}",
        f"DROP TRIGGER IF EXISTS {table}_truncate ON {table}",
        f"CREATE TRIGGER {table}_change BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW {call}",
        f"CREATE TRIGGER {table}_truncate BEFORE TRUNCATE ON {table} FOR EACH STATEMENT {call}",
    ]


def _refuse(connection: BaseDatabaseWrapper, table: str, taken: str, refusal: str) -> None:
    sqlite = connection.vendor == "sqlite"
    with connection.cursor() as cursor:
        for statement in _sqlite(table, taken, refusal) if sqlite else _postgresql(table, refusal):
            # Without parameters: a % in the statement stands for itself.
            cursor.execute(statement)


def install(connection: BaseDatabaseWrapper) -> None:
    """Put the triggers onto the three tables, replacing what is there."""
    for table, key in TABLES.items():
        latest = f"NEW.{key} <= (SELECT max({key}) FROM {table})"
        taken = f"{latest} OR EXISTS (SELECT 1 FROM {table} WHERE hash = NEW.hash)"
        _refuse(connection, table, taken, REFUSAL)


def refuse_changes(connection: BaseDatabaseWrapper, tables: Iterable[str], refusal: str) -> None:
    """Make other tables with the key `id` append-only in the same way; refusal: what is said to who tries."""
    for table in tables:
        _refuse(connection, table, f"EXISTS (SELECT 1 FROM {table} WHERE id = NEW.id)", refusal)


def missing(connection: BaseDatabaseWrapper) -> list[str]:
    """Names of the triggers that should be there, switched on, and are not."""
    if connection.vendor == "sqlite":
        query = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        endings = ["update", "delete", "insert"]
    else:
        query = "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled IN ('O', 'A')"
        endings = ["change", "truncate"]
    with connection.cursor() as cursor:
        cursor.execute(query)
        there = {row[0] for row in cursor.fetchall()}
    return [name for table in TABLES for ending in endings if (name := f"{table}_{ending}") not in there]


def protected(connection: BaseDatabaseWrapper) -> set[str]:
    """The tables, ours and others', whose rows a trigger may refuse to delete."""
    if connection.vendor == "sqlite":
        query = (
            "SELECT tbl_name FROM sqlite_master WHERE type = 'trigger' AND upper(sql) LIKE '%BEFORE DELETE%'"
        )
    else:
        # Bit 3 of tgtype: fires on DELETE.
        query = (
            "SELECT DISTINCT c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid "
            "WHERE NOT t.tgisinternal AND t.tgtype & 8 <> 0"
        )
    with connection.cursor() as cursor:
        cursor.execute(query)
        return {row[0] for row in cursor.fetchall()}
