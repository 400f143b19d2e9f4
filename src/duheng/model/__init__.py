"""Nouns, units, periods, rounding and the verbs: all that a rule file imports."""

from .entities import Entity, Places
from .errors import DuhengError, RuleError, UnknownName
from .glossary import Axis, Definition, Item, Kind, Quantity, all_quantities, axis, definition, kind, quantity
from .parameters import Parameter, Parameters, Setting, parameter
from .periods import Period
from .plan import NOT_STATED, Article, Change, City, Duty, Plan, PublicFact, Target
from .references import (
    BASE_YEAR,
    CHILDREN,
    LAST_YEAR,
    MONTHS,
    TARGET,
    At,
    Moment,
    Reference,
    Total,
    Under,
    total,
)
from .rule import Rule, Wording, rule, rules
from .verbs import ceil, clip, greatest, least, ln, where

__all__ = [
    "BASE_YEAR",
    "CHILDREN",
    "LAST_YEAR",
    "MONTHS",
    "NOT_STATED",
    "TARGET",
    "Article",
    "At",
    "Axis",
    "Change",
    "City",
    "Definition",
    "DuhengError",
    "Duty",
    "Entity",
    "Item",
    "Kind",
    "Moment",
    "Parameter",
    "Parameters",
    "Period",
    "Places",
    "Plan",
    "PublicFact",
    "Quantity",
    "Reference",
    "Rule",
    "RuleError",
    "Setting",
    "Target",
    "Total",
    "Under",
    "UnknownName",
    "Wording",
    "all_quantities",
    "axis",
    "ceil",
    "clip",
    "definition",
    "greatest",
    "kind",
    "least",
    "ln",
    "parameter",
    "quantity",
    "rule",
    "rules",
    "total",
    "where",
]
