"""What of a form a city may replace: its relations and reference factors, as of the end of a sheet's period."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date

from duheng.ingest.forms.filled import FormSheet
from duheng.model.parameters import Local, Setting

RELATION = "form_relation"
FACTORS = ("reference_factor_low", "reference_factor_high")
SHARE = "reference_factor_share"


@dataclass(frozen=True)
class Thresholds:
    """The settings in force for one form on a day. number: of the form, as in 205-1."""

    number: str
    on: date
    local: Local

    def relation(self, title: str) -> Setting | None:
        """The setting by which a relation is checked; None where a city does not check it."""
        found = self.local.at(RELATION, self.on, f"{self.number} {title}")
        return found if found is not None and found.value else None

    def factors(self, item: str) -> tuple[Setting, Setting, Setting] | None:
        """Least and largest reference factor of a fuel [tce a unit], and how far beside them is left alone."""
        low, high = (self.local.at(of, self.on, item) for of in FACTORS)
        share = self.local.at(SHARE, self.on)
        return None if low is None or high is None or share is None else (low, high, share)


def thresholds_of(sheet: FormSheet) -> Thresholds:
    """Those at the end of the month that a sheet is of; the newest ones where it does not say."""
    on = date.max
    if sheet.year is not None:
        month = sheet.month or 12
        on = date(sheet.year, month, monthrange(sheet.year, month)[1])
    return Thresholds(str(sheet.form.settings["number"]), on, sheet.local)


def certainty_of(settings: tuple[Setting, ...]) -> str:
    """That of the least certain of some settings."""
    return min((one.certainty for one in settings), key=("memory", "derived", "secondary", "verified").index)


def basis_of(settings: tuple[Setting, ...]) -> str:
    """The citations of those that a city replaced; "" where it replaced none."""
    return "；".join(dict.fromkeys(one.basis for one in settings if one.where))
