"""How a row becomes a hash. This page is the format; changing it needs a new algorithm name.

A row is written as one JSON object: keys sorted, no blanks, UTF-8 with nothing escaped that JSON does not require,
every value a string but `seq`, an integer. The hash is the hexadecimal digest of those bytes under the algorithm
that the row itself names (`sha256`, or `sm3`: GB/T 32905-2016). `previous` is the hash of the row before, empty for
the first one; in a fact, `source` is the hash of its source, which covers the source's digest. `hash` itself is left
out, and so is the number of a source's row, which only joins the tables.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache, partial
from json.encoder import encode_basestring as quoted

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

# hashlib.new looks the name up each time, which costs as much as hashing the row.
_HASHES: dict[str, Callable[[bytes], "hashlib._Hash"]] = {
    "sha256": hashlib.sha256,
    "sm3": partial(hashlib.new, "sm3"),
}


@lru_cache
def _template(keys: tuple[str, ...]) -> str:
    return "{" + ",".join(f'"{key}":%s' for key in keys) + "}"


def canonical(keys: tuple[str, ...], row: Sequence[object]) -> str:
    """The JSON text of a row: what `json.dumps` would write, in half its time."""
    return _template(keys) % tuple([quoted(one) if isinstance(one, str) else str(one) for one in row])


def link(keys: tuple[str, ...], row: Sequence[object]) -> str:
    """The hash of a row; `keys` is one of SOURCE, FACT, AUDIT and `row` its values in that (sorted) order.

    DuhengError where the row names an algorithm that is none.
    """
    name = str(row[keys.index("algorithm")])
    if name not in _HASHES:
        raise DuhengError(f"校验算法 {name!r} 不存在，应为{'、'.join(_HASHES)}之一。")
    return _HASHES[name](canonical(keys, row).encode()).hexdigest()


def linker(keys: tuple[str, ...], fixed: Mapping[str, str]) -> Callable[..., str]:
    """`link` for many rows that share some values: called with the others, in the order of `keys`.

    fixed: the shared values, `algorithm` among them; they are written once.
    """
    digest = _HASHES[fixed["algorithm"]]
    parts = [quoted(fixed[key]).replace("%", "%%") if key in fixed else "%s" for key in keys]
    template = _template(keys) % tuple(parts)

    def linked(*row: object) -> str:
        text = template % tuple([quoted(one) if one.__class__ is str else one for one in row])
        return digest(text.encode()).hexdigest()

    return linked


def algorithm(name: str) -> str:
    """`name` where this machine can compute it; DuhengError otherwise."""
    if name not in _HASHES:
        raise DuhengError(f"DUHENG_HASH 为 {name!r}，只能是 sha256 或 sm3；请改正该设置。")
    if name not in hashlib.algorithms_available:
        raise DuhengError(
            f"本机的 OpenSSL 不提供 {name}；请改用 DUHENG_HASH=sha256，或安装带国密算法的 OpenSSL。"
        )
    return name
