"""How a row becomes a hash. This page is the format; changing it needs a new algorithm name.

A row is written as one JSON object: keys sorted, no blanks, UTF-8 with nothing escaped that JSON does not require,
every value a string but `seq`, an integer. The hash is the hexadecimal digest of those bytes under the algorithm
that the row itself names (`sha256`, or `sm3`: GB/T 32905-2016). `previous` is the hash of the row before, empty for
the first one; in a fact, `source` is the hash of its source, which covers the source's digest. `hash` itself is left
out, and so is the number of a source's row, which only joins the tables.
"""

import hashlib
import json
from collections.abc import Sequence

from duheng.model.errors import DuhengError

SOURCE = ("address", "algorithm", "digest", "kind", "published_on", "title")
FACT = (
    "algorithm",
    "confidence",
    "definition",
    "entity",
    "item",
    "locator",
    "period",
    "previous",
    "quantity",
    "recorded_at",
    "recorded_by",
    "scenario",
    "seq",
    "source",
    "stated",
    "status",
    "supersedes",
    "unit",
    "value",
)
AUDIT = ("action", "actor", "algorithm", "at", "detail", "object", "previous", "seq")

# One encoder for all rows: building it anew for each costs as much as the hash.
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), check_circular=False).encode


def link(keys: Sequence[str], row: Sequence[object]) -> str:
    """The hash of a row; `keys` is one of SOURCE, FACT, AUDIT and `row` its values in that (sorted) order."""
    columns = dict(zip(keys, row, strict=True))
    return hashlib.new(str(columns["algorithm"]), _encode(columns).encode()).hexdigest()


def algorithm(name: str) -> str:
    """`name` where this machine can compute it; DuhengError otherwise."""
    if name not in ("sha256", "sm3"):
        raise DuhengError(f"DUHENG_HASH 为 {name!r}，只能是 sha256 或 sm3；请改正该设置。")
    if name not in hashlib.algorithms_available:
        raise DuhengError(
            f"本机的 OpenSSL 不提供 {name}；请改用 DUHENG_HASH=sha256，或安装带国密算法的 OpenSSL。"
        )
    return name
