"""Nouns, units, periods, rounding and the verbs: all that a rule file imports."""

from .entities import Entity, Places
from .errors import DuhengError, RuleError, UnknownName
from .glossary import (
    Axis,
    Definition,
    Item,
    Kind,
    Quantity,
    all_quantities,
    axis,
    definition,
    kind,
    only,
    quantity,
)
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
    Linked,
    Moment,
    Only,
    Reference,
    Total,
    Under,
    in_year,
    linked,
    total,
)
from .rule import Rule, Wording, rule, rules
from .verbs import ceil, clip, greatest, least, ln, where
