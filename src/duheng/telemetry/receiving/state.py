"""How the receiver is, for whoever asks: DUHENG_HOME/telemetry/receive.json, written in place every few seconds.

The file has its size from the beginning: a full disk, which is when it is needed most, does not stop it.
"""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import Any

_SIZE = 16_384


def path(home: Path) -> Path:
    """The file of a DUHENG_HOME."""
    return home / "telemetry" / "receive.json"


def write(home: Path, state: dict[str, Any]) -> None:
    """Replace what stands there. What does not fit is left out from the end. Raises OSError."""
    text = json.dumps(state, ensure_ascii=False, indent=1).encode()
    while len(text) > _SIZE and state:
        state = dict(list(state.items())[:-1])
        text = json.dumps(state, ensure_ascii=False, indent=1).encode()
    handle = os.open(path(home), os.O_WRONLY | os.O_CREAT, 0o600)
    try:
        os.pwrite(handle, text.ljust(_SIZE), 0)
    finally:
        os.close(handle)


def read(home: Path) -> dict[str, Any]:
    """What it last said; empty where it never ran. Raises OSError."""
    for _ in range(5):
        try:
            found: dict[str, Any] = json.loads(path(home).read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}
        except ValueError:  # read while it was being written
            time.sleep(0.01)
        else:
            return found
    return {}
