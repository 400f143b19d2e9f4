"""Write the ledger of this release as SQL text, once per release; later releases must be able to upgrade it.

    python -m tests.ledger.make_release 0.1.0

The file is never written again: it stands for what people have on their disks.
"""

from __future__ import annotations

import os
import sqlite3
import sys
import tempfile
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from duheng.ledger import NewFact, NewSource

HERE = Path(__file__).resolve().parent


def fill() -> None:
    """A few facts of every sort: corrected, outranked, of two scenarios, chained by two algorithms; audit entries."""
    from django.conf import settings

    from duheng import ledger

    first = [_fact("807.5", "2020"), _fact("890.5", "2021"), _fact("9.5", "2021", scenario="drill")]
    ledger.append(first, _paper("2021年统计公报", 2022), "市统计局", datetime(2022, 3, 20, tzinfo=UTC))
    ledger.append(
        [_fact("891.0", "2021", "audited")],
        _paper("2021年核定数", 2022),
        "省统计局",
        datetime(2022, 9, 1, tzinfo=UTC),
    )
    settings.DUHENG_HASH = "sm3"
    ledger.append(
        [_fact("890.50", "2021")],
        _paper("2021年统计公报（更正）", 2023),
        "市统计局",
        datetime(2023, 3, 1, tzinfo=UTC),
    )
    ledger.audit("市统计局", "import", "2021年统计公报", {"added": 3})
    settings.DUHENG_HASH = "sha256"
    ledger.audit("省统计局", "import", "2021年核定数")


def _fact(value: str, year: str, status: str = "reported", scenario: str = "actual") -> NewFact:
    from duheng.ledger import NewFact

    of = ("gdp", "512000", None, year, scenario, "prices-2020")
    return NewFact(*of, Decimal(value), f"{value} 亿元", status, "quoted", "一")


def _paper(title: str, year: int) -> NewSource:
    from duheng.ledger import NewSource

    return NewSource("document", title, "https://example.invalid/", title[:4], date(year, 3, 20))


def bare(made: sqlite3.Connection) -> None:
    """Leave what belongs to the ledger and to Django; the web's own tables are its own tests' business."""
    web = made.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name LIKE 'duheng~_web~_%' ESCAPE '~'"
    ).fetchall()
    for (table,) in web:
        made.execute(f"DROP TABLE {table}")
    made.execute("DELETE FROM django_migrations WHERE app = 'duheng_web'")
    for table in ("auth_group_permissions", "auth_group", "auth_permission", "django_content_type"):
        made.execute(f"DELETE FROM {table}")
    made.commit()


def main(release: str) -> None:
    """Make the ledger in a folder of its own and dump it."""
    target = HERE / f"release-{release}.sql"
    if target.exists():
        sys.exit(f"{target} stands already: a release does not change")
    with tempfile.TemporaryDirectory() as home:
        os.environ |= {
            "DUHENG_HOME": home,
            "DUHENG_DATABASE_URL": "",
            "DJANGO_SETTINGS_MODULE": "duheng.settings",
        }
        from django.db import connections

        from duheng import ledger

        ledger.setup()
        fill()
        connections.close_all()
        with sqlite3.connect(Path(home) / "duheng.sqlite3") as made:
            bare(made)
            target.write_text("\n".join(made.iterdump()) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1])
