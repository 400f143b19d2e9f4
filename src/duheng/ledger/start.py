"""Making the ledger ready: Django's set-up and the tables, once per process."""

import fcntl
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import django
from django.apps import apps

from duheng.model.errors import DuhengError

_ready: set[tuple[str, str, str]] = set()
_starting = threading.RLock()


def setup() -> None:
    """Set Django up and bring the database to this release's tables; cheap when that is done.

    Before an existing SQLite ledger is changed by an upgrade it is copied to `DUHENG_HOME/backups`.
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "duheng.settings")
    if not apps.ready:
        django.setup(set_prefix=False)
    with _starting:
        key = _database()
        if key not in _ready:
            with _alone():
                _migrate()
            _ready.add(key)


def exists() -> bool:
    """Whether there is a ledger to read; unlike `setup` it makes none."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "duheng.settings")
    if not apps.ready:
        django.setup(set_prefix=False)
    from django.db import connection

    return connection.vendor != "sqlite" or Path(str(connection.settings_dict["NAME"])).is_file()


def demand() -> None:
    """DuhengError where there is no ledger: one made on the spot would be whole, and its backup worth nothing."""
    if not exists():
        from django.conf import settings

        raise DuhengError(
            f"{settings.DUHENG_HOME} 中没有账本，没有可校验、可备份的数据。请核对 DUHENG_HOME 和 DUHENG_DATABASE_URL："
            "服务所用的取值在它的环境文件中，命令行须用同样的取值。"
        )


def _database() -> tuple[str, str, str]:
    from django.db import connection

    described = connection.settings_dict
    return str(described["NAME"]), str(described["HOST"]), str(described["PORT"])


@contextmanager
def _alone() -> Iterator[None]:
    """Holds a lock on the installation's folder: two first starts at once would both create the tables."""
    from django.conf import settings

    home = Path(settings.DUHENG_HOME)
    home.mkdir(parents=True, exist_ok=True)
    with (home / ".setup.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _migrate() -> None:
    from django.core.management import call_command
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    applied = executor.loader.applied_migrations
    if not executor.migration_plan(executor.loader.graph.leaf_nodes()):
        return
    if any(app == "ledger" for app, _ in applied) and connection.vendor == "sqlite":
        _copy_aside()
    call_command("migrate", verbosity=0, interactive=False)


def _copy_aside() -> None:
    import sqlite3
    from datetime import datetime

    from django.conf import settings
    from django.db import connection

    folder = Path(settings.DUHENG_HOME) / "backups"
    folder.mkdir(parents=True, exist_ok=True)
    stamp = datetime.now().astimezone().strftime("%Y%m%dT%H%M%S")
    connection.ensure_connection()
    copy = sqlite3.connect(folder / f"before-upgrade-{stamp}.sqlite3")
    try:
        connection.connection.backup(copy)
    finally:
        copy.close()


def forget() -> None:
    """Let the next `setup` look at the database again: the file behind it has been exchanged."""
    _ready.clear()
