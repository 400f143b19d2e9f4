"""Bulk work without the collector of cyclic garbage: a hundred thousand plain records hold no cycles to find."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def uncollected() -> Iterator[None]:
    """Within it the collector rests: walking over all records again and again costs as much as making them.

    Nested and in several threads at once it only ever rests too little: whoever put it to sleep wakes it.
    """
    awake = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if awake:
            gc.enable()
