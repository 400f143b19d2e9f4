"""What a cell of a table of indicators says: ≥98, 〔13.5〕, 28以下, 60%~65%, 完成省下达任务."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from duheng.reading.grammar.columns import is_unit, said
from duheng.reading.grammar.measures import number
from duheng.reading.grammar.words import either, verb_kinds, words

_FIGURE = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"


@dataclass(frozen=True)
class Amount:
    """A cell read: value null where another paper holds it (assigned). cumulative: in brackets, over the whole period.

    verb, bound: as printed (下降, ≥, 以上); negative: a sign before the number.
    """

    value: Decimal | None
    most: Decimal | None = None
    unit: str | None = None
    verb: str = ""
    bound: str | None = None
    cumulative: bool = False
    yearly: bool = False
    negative: bool = False


@cache
def _pattern() -> re.Pattern[str]:
    before = either((*words("floors"), *words("caps"), *words("about")))
    after = either((*words("above"), *words("under"), *words("roughly")))
    return re.compile(
        rf"(?P<open>[〔（【])?(?:{either(words('hedges'))}|较?比?(?:19|20)\d\d年|比上年)?(?P<how>累计|年均|每年)?"
        rf"(?P<verb>{either(verb_kinds())})?(?P<before>{before})?(?P<sign>[-+])?(?P<value>{_FIGURE})"
        rf"(?:(?P<own>[^\d～\-—至]{{1,4}})?(?:～|-|—|至)(?P<most>{_FIGURE}))?(?P<unit>[^\d〔〕（）【】]{{1,16}}?)??(?P<after>{after})?"
        rf"(?P<close>[〕）】])?(?P<outside>%)?(?:(?<=[〕）】])\d)?"
    )


def is_nothing(cell: str) -> bool:
    """Whether a cell is left empty, or says so by a sign."""
    return cell in said()["nothing"]


def amount(cell: str) -> Amount | None:
    """The amount of a cell (plain, without blanks); null where it cannot be read."""
    if not re.search(r"\d", cell):
        return Amount(None, bound=cell) if re.search(either(said()["assigned"]), cell) else None
    found = _pattern().fullmatch(cell)
    if found is None or bool(found["open"]) != bool(found["close"]):
        return None
    unit = found["unit"] or found["outside"]
    if (unit and not is_unit(unit)) or (found["own"] and found["own"] != unit):
        return None
    how = found["how"] or ""
    most = number(found["most"]) if found["most"] else None
    bound, cumulative = found["before"] or found["after"], bool(found["open"]) or how == "累计"
    return Amount(
        number(found["value"]), most, unit, found["verb"] or "",
        bound, cumulative, how in ("年均", "每年"), found["sign"] == "-",
    )  # fmt: skip
