"""What a description of a form in cn/forms may contain; anything else is refused when it is loaded."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from duheng.ingest.forms.formula import names
from duheng.model.errors import RuleError
from duheng.model.parameters import CERTAINTIES

COLUMN_KINDS = frozenset(
    {
        "key", "code", "unit", "text", "yesno", "credit_code", "passed", "start", "end", "span", "amount", "money",
        "number", "signed", "percent", "whole", "exact",
    }
)  # fmt: skip
SETTINGS = frozenset(
    {
        "number", "title", "titles", "family", "cite", "source", "certainty", "period", "kind", "alone", "layout",
        "needs", "least_columns", "optional", "filled", "goes_with", "unique", "of_fuels", "assumes_units",
        "tells_blanks", "columns", "rows", "enters", "derived", "defaults", "constants", "carry", "checks", "totals",
        "factors", "steady", "overall", "told", "elsewhere",
    }
)  # fmt: skip
CHECK = frozenset(
    {
        "id", "title", "left", "relation", "right", "rest", "rows", "scales", "scaled", "exact", "share", "severity",
        "cite", "certainty",
    }
)  # fmt: skip
_REQUIRED = ("number", "title", "cite", "certainty", "needs", "least_columns")
_COAL = "coal"


def verify(settings: Mapping[str, Any], kinds: Mapping[str, str]) -> None:
    """Raises RuleError with every trouble of a form. kinds: of its columns, by id."""
    troubles = [*_keys(settings), *_columns(settings, kinds), *_relations(settings, kinds)]
    if troubles:
        raise RuleError(f"cn/forms {settings.get('number', '')}：{'；'.join(troubles)}")


def _keys(settings: Mapping[str, Any]) -> Iterator[str]:
    yield from (f"缺少“{key}”" for key in _REQUIRED if key not in settings)
    yield from (f"未知的设定“{key}”" for key in settings if key not in SETTINGS)
    for check in settings.get("checks", ()):
        yield from (f"{check.get('id')}：未知的设定“{key}”" for key in check if key not in CHECK)
    for group in ("checks", "totals", "overall"):
        for check in settings.get(group, ()):
            if check.get("certainty") not in CERTAINTIES:
                yield f"{check.get('id')}：可信程度“{check.get('certainty')}”应为{'、'.join(CERTAINTIES)}之一"


def _columns(settings: Mapping[str, Any], kinds: Mapping[str, str]) -> Iterator[str]:
    yield from (f"{id}：未知的栏类“{kind}”" for id, kind in kinds.items() if kind not in COLUMN_KINDS)
    if list(kinds.values()).count("key") != 1:
        yield "应有一栏（只有一栏）为 key"
    for key in ("needs", "optional", "filled", "goes_with", "enters", "carry"):
        yield from (f"{key}：没有栏“{id}”" for id in settings.get(key, ()) if id not in kinds)


def _relations(settings: Mapping[str, Any], kinds: Mapping[str, str]) -> Iterator[str]:
    known = {
        *kinds,
        _COAL,
        *settings.get("derived", ()),
        *settings.get("constants", ()),
        *settings.get("defaults", ()),
    }
    if "span" in kinds.values():
        known |= {"start", "end"}
    for group in ("checks", "overall", "totals", "told"):
        for check in settings.get(group, ()):
            for side in ("left", "right", "of", "last"):
                used = _used(check.get(side, ()))
                yield from (f"{check['id']}：没有栏“{name}”" for name in used if name not in known)


def _used(side: str | Iterable[str]) -> Iterable[str]:
    return names(side) if isinstance(side, str) else [name.lstrip("-") for name in side]
