"""A restore puts another SQLite file in the place of the old one, which is moved aside.

A server that runs on would go on with the file that it has open: what people report meanwhile would be written into the
one set aside, and no page would show it. So every request first looks whether its file is still the one of that name.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.db import connections

_ATTRIBUTE = "duheng_file"


def remember(connection: Any, **_: object) -> None:
    """Note which file a new connection has opened."""
    setattr(connection, _ATTRIBUTE, _file(connection))


def leave(**_: object) -> None:
    """Close the connections whose file is not the one of that name any more."""
    for connection in connections.all(initialized_only=True):
        if connection.connection is not None and getattr(connection, _ATTRIBUTE, None) != _file(connection):
            connection.close()


def _file(connection: Any) -> tuple[int, int] | None:
    """Device and number of the file; None for a database of another kind, and while a restore moves it."""
    try:
        found = Path(str(connection.settings_dict["NAME"])).stat() if connection.vendor == "sqlite" else None
    except OSError:
        return None
    return (found.st_dev, found.st_ino) if found else None
