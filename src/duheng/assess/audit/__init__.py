"""Data quality (真、准、全): tests of series and cross-checks of figures, each a finding with its tolerance.

What is wrong by a rule comes first (crossing), what is merely unlikely second; a test gives reasons, not verdicts.
"""

from duheng.assess.audit.changes import Change, pettitt, pettitt_p
from duheng.assess.audit.crossing import (
    balance,
    completeness,
    daily_against_month,
    growth_identity,
    opposite_signs,
    peer_ratio,
)
from duheng.assess.audit.digits import FirstDigits, LastDigits, first_digits, last_digits
from duheng.assess.audit.outliers import alarm_threshold, hampel, modified_z, outliers, plain_z
from duheng.assess.audit.regression import Fit, biweight
from duheng.assess.audit.repeats import Copy, Run, duplicated, replayed, scaled_copy, stuck
from duheng.assess.audit.report import Flag, flag
from duheng.assess.audit.seasonal import (
    Season,
    season_of,
    seasonal_outliers,
    seasonal_scores,
    seasonal_threshold,
)
from duheng.assess.audit.shapes import Strange, strangest

__all__ = [
    "Change",
    "Copy",
    "FirstDigits",
    "Fit",
    "Flag",
    "LastDigits",
    "Run",
    "Season",
    "Strange",
    "alarm_threshold",
    "balance",
    "biweight",
    "completeness",
    "daily_against_month",
    "duplicated",
    "first_digits",
    "flag",
    "growth_identity",
    "hampel",
    "last_digits",
    "modified_z",
    "opposite_signs",
    "outliers",
    "peer_ratio",
    "pettitt",
    "pettitt_p",
    "plain_z",
    "replayed",
    "scaled_copy",
    "season_of",
    "seasonal_outliers",
    "seasonal_scores",
    "seasonal_threshold",
    "strangest",
    "stuck",
]
