"""Data quality (真、准、全): tests of series and cross-checks of figures, each a finding with its tolerance.

What is wrong by a rule comes first (crossing), what is merely unlikely second; a test gives reasons, not verdicts.
"""

from duheng.ingest.audit.changes import Change, pettitt, pettitt_p
from duheng.ingest.audit.crossing import (
    balance,
    completeness,
    daily_against_month,
    growth_identity,
    opposite_signs,
    peer_ratio,
)
from duheng.ingest.audit.digits import FirstDigits, LastDigits, first_digits, last_digits
from duheng.ingest.audit.outliers import alarm_threshold, hampel, modified_z, outliers, plain_z
from duheng.ingest.audit.repeats import Copy, Run, duplicated, replayed, scaled_copy, stuck
from duheng.ingest.audit.report import Flag, audit_series, windowed

__all__ = [
    "Change",
    "Copy",
    "FirstDigits",
    "Flag",
    "LastDigits",
    "Run",
    "alarm_threshold",
    "audit_series",
    "balance",
    "completeness",
    "daily_against_month",
    "duplicated",
    "first_digits",
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
    "stuck",
    "windowed",
]
