"""A module for `bench.run` that never ends."""

from __future__ import annotations

import threading

from bench.figures import Figure


def main() -> list[Figure]:
    """Waits for ever."""
    threading.Event().wait()
    return []
