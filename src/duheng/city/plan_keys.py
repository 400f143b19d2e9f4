"""The keys of plan.yaml and city.yaml."""

from __future__ import annotations

from typing import get_args

from duheng.city.fields import Key
from duheng.model.plan import Direction

TEXT = Key("text", required=True, nullable=False)
OPTIONAL = Key("text")
INTEGER = Key("integer", required=True, nullable=False)
UNITS = Key("texts", nullable=False)
GROUPS = Key("groups", required=True, nullable=False)

SCENARIOS = ("actual", "target", "drill", "forecast")
DIRECTIONS: tuple[str, ...] = get_args(Direction)
EVERY = ("year", "half", "quarter", "month")

CITY = {
    "id": TEXT,
    "name": TEXT,
    "name_en": OPTIONAL,
    "code": TEXT,
    "map": OPTIONAL,
}

PLAN = {
    "id": TEXT,
    "title": TEXT,
    "title_en": OPTIONAL,
    "number": TEXT,
    "issuer": TEXT,
    "date": Key("date", required=True, nullable=False),
    "period": TEXT,
    "base_year": INTEGER,
    "scenario": Key("text", nullable=False, known=SCENARIOS),
    "note": OPTIONAL,
    "articles": GROUPS,
    "targets": GROUPS,
    "duties": GROUPS,
}

ARTICLE = {
    "number": TEXT,
    "title": TEXT,
    "title_en": OPTIONAL,
    "section": OPTIONAL,
    "measures": OPTIONAL,
    "measures_en": OPTIONAL,
    "responsible_units": UNITS,
    "lead_units": UNITS,
    "inherited_units": UNITS,
}

TARGET = {
    "id": TEXT,
    "article": TEXT,
    "title": TEXT,
    "title_en": OPTIONAL,
    "quantity": TEXT,
    "item": OPTIONAL,
    "entity": TEXT,
    "direction": Key("text", required=True, nullable=False, known=DIRECTIONS),
    "value": Key("number", required=True),
    "unit": Key("text", required=True),
    "comparator": OPTIONAL,
    "scope": OPTIONAL,
    "base": Key("integer"),
    "deadline": INTEGER,
    "hedge": OPTIONAL,
    "period": OPTIONAL,
    "implied": Key("yesno", nullable=False),
    "definition": OPTIONAL,
    "set_by": OPTIONAL,
    "units": Key("texts"),
    "characters": Key("span"),
    "note": OPTIONAL,
    "changes": Key("groups", nullable=False),
}

CHANGE = {
    "since": Key("date", required=True, nullable=False),
    "value": Key("number", required=True, nullable=False),
    "document": TEXT,
}

DUTY = {
    "id": TEXT,
    "title": TEXT,
    "title_en": OPTIONAL,
    "quantities": Key("texts", required=True, nullable=False),
    "by": TEXT,
    "kind": OPTIONAL,
    "entity": OPTIONAL,
    "items": UNITS,
    "every": Key("text", nullable=False, known=EVERY),
    "due_months": Key("integer", nullable=False),
    "cite": TEXT,
}
