"""What a file of statutory forms comes to: for `duheng check-data` a list, for an import findings and facts."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from duheng.ingest.balance.discrepancy import COLUMNS
from duheng.ingest.balance.output import write
from duheng.ingest.cells import CellTrouble
from duheng.ingest.forms.checking import Mismatch, check_forms
from duheng.ingest.forms.filled import FormSheet
from duheng.ingest.forms.reading import form_hints, read_form_sheet
from duheng.ingest.forms.telling import unchecked, worked_out
from duheng.ingest.grids import read_grids
from duheng.ingest.guards import read_bytes
from duheng.ingest.rows import locator
from duheng.model.findings import Finding
from duheng.model.saying import say


@dataclass(frozen=True)
class CheckedForms:
    """The forms of a file. names: of those read; mismatches: relations that do not hold; odd: what could not be read
    or placed; open: relations this file cannot show to hold, and figures worked out from it."""

    file: str
    names: tuple[str, ...]
    mismatches: tuple[Mismatch, ...]
    odd: tuple[Finding, ...]
    open: tuple[Finding, ...]


def checked_forms(path: Path) -> CheckedForms | None:
    """The forms of a .csv, .xls or .xlsx file, checked; None where it holds none, not even one that is not read."""
    _, sheets = read_grids(read_bytes(path, path.name), path.name, form_hints())
    found = [(sheet, read_form_sheet(sheet, path.name)) for sheet in sheets]
    if all(one is None for _, one in found):
        return None
    forms = [one for _, one in found if isinstance(one, FormSheet)]
    mismatches = check_forms(forms)
    odd = [one for form in forms for one in oddities(form, path.name)]
    left = [one for form in forms for one in left_open(form, path.name)]
    for sheet, one in found:
        if isinstance(one, CellTrouble):
            odd.append(unread_form(one, path.name, sheet.name))
        elif one is None and any(cell not in ("", None) for row in sheet.rows for cell in row):
            place = f"{path.name} {sheet.name}".strip()
            remedy = "能源平衡表请单独存为一个文件核对"
            left.append(Finding("sheet-unread", "notice", place, "不是本命令能读的统计表，未读", "", remedy))
    names = dict.fromkeys(form.form.name for form in forms)
    return CheckedForms(path.name, tuple(names), tuple(mismatches), tuple(odd), tuple(left))


def unread_form(trouble: CellTrouble, file: str, sheet: str) -> Finding:
    """Why a form that the sheet names is not read."""
    place = f"{file} {locator(sheet, 'A1')}"
    return Finding(trouble.code, "error", place, trouble.found, trouble.expected, trouble.remedy)


def left_open(form: FormSheet, file: str) -> list[Finding]:
    """The relations that this form cannot show to hold, and figures worked out from it, as notices."""
    place, owner = f"{file} {form.sheet}".strip(), form.reporter or None
    return [
        *(
            Finding(
                "relation-unchecked", "notice", place, say("未能核对：{check}", check=check), "", "", owner
            )
            for check in unchecked(form)
        ),
        *(
            Finding("form-figure", "notice", f"{file} {locator(form.sheet, cell)}", told, "", "")
            for cell, told in worked_out(form)
        ),
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
    write(out, rows, COLUMNS, f"{'、'.join(checked.names) or '统计表'} 核对结果", {})
