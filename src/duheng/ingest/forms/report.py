"""What a file of statutory forms comes to: for `duheng check-data` a list, for an import findings and facts."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from duheng.ingest.balance.discrepancy import COLUMNS
from duheng.ingest.balance.output import write
from duheng.ingest.forms.checking import Mismatch, check_forms, unchecked
from duheng.ingest.forms.layout import form_205_1
from duheng.ingest.forms.reading import FormSheet, form_hints, read_form_sheet
from duheng.ingest.grids import read_grids
from duheng.ingest.guards import read_bytes
from duheng.ingest.rows import locator
from duheng.model.findings import Finding
from duheng.model.parameters import Local
from duheng.model.saying import say


@dataclass(frozen=True)
class CheckedForms:
    """The forms of a file. mismatches: relations that do not hold; odd: what could not be read or placed;
    open: relations this file cannot show to hold."""

    file: str
    mismatches: tuple[Mismatch, ...]
    odd: tuple[Finding, ...]
    open: tuple[Finding, ...]


def checked_forms(path: Path) -> CheckedForms | None:
    """The forms of a .csv, .xls or .xlsx file, checked; None where it holds none."""
    _, sheets = read_grids(read_bytes(path, path.name), path.name, form_hints())
    forms = [found for sheet in sheets if (found := read_form_sheet(sheet)) is not None]
    if not forms:
        return None
    odd = [one for form in forms for one in oddities(form, path.name)]
    left = [one for form in forms for one in left_open(form, path.name)]
    return CheckedForms(path.name, tuple(check_forms(forms)), tuple(odd), tuple(left))


def left_open(form: FormSheet, file: str, local: Local | None = None) -> list[Finding]:
    """The relations that this form cannot show to hold, as notices."""
    place, owner = f"{file} {form.sheet}".strip(), form.reporter or None
    return [
        Finding("relation-unchecked", "notice", place, say("未能核对：{check}", check=check), "", "", owner)
        for check in unchecked(form, local)
    ]


def oddities(form: FormSheet, file: str) -> list[Finding]:
    """What could not be read or placed in a form, as findings."""
    return [
        Finding(
            trouble.code, severity, f"{file} {locator(form.sheet, cell)}", trouble.found, trouble.expected,
            trouble.remedy, form.reporter or None,
        )
        for severity, cell, trouble in form.troubles
    ]  # fmt: skip


def write_forms(checked: CheckedForms, out: Path) -> None:
    """The findings list in the layout of a balance's: region is who filled the form in, source names the cell."""
    rows: list[tuple[object, ...]] = []
    for one in checked.mismatches:
        place = f"{checked.file} {locator(one.sheet.sheet, one.cell)}"
        numbers = [float(number) for number in (one.found, one.expected, one.found - one.expected)]
        who = one.sheet.reporter or one.sheet.sheet
        rows.append(
            (who, one.check, one.fuel, *numbers, one.comment, place, one.certainty, float(one.tolerance))
        )
    for odd in (*checked.odd, *checked.open):
        rows.append((odd.owner or "", odd.code, "", None, None, None, odd.text, odd.place, "computed", None))
    write(out, rows, COLUMNS, f"{form_205_1().name} 核对结果", {})
