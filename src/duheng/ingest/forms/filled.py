"""A statutory form as filled in: its lines with their figures, and what the lines are to each other."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from fractions import Fraction

from duheng.ingest.cells import CellTrouble
from duheng.ingest.forms.content import Filled
from duheng.ingest.forms.layout import Form, FormRow, told
from duheng.ingest.forms.vocabulary import TOTALS
from duheng.ingest.markup import cell_name
from duheng.model.findings import Severity
from duheng.model.parameters import Local
from duheng.model.saying import listed, say


@dataclass
class Line:
    """A row of the form as filled in. scale: from the unit printed to the form's; None where they do not fit.

    unit: as printed, else the form's own; base: that of the form's units which it is of; stated: whether it is
    printed. texts: what is filled in that is no number.
    """

    row: FormRow
    number: int
    cells: dict[str, Filled] = field(default_factory=dict)
    scale: Fraction | None = Fraction(1)
    unit: str = ""
    base: str = ""
    stated: bool = False
    texts: dict[str, tuple[str, str]] = field(default_factory=dict)

    @property
    def total(self) -> bool:
        """Whether it is a row of totals of a form whose rows are free."""
        return not self.row.code and told(self.row.title) in TOTALS


@dataclass
class FormSheet:
    """A sheet that holds a form: who filled it in, for January to which month, its lines, and what was odd.

    local: the parameters in use where it is read. units: what stands in brackets in the headings, by column. first:
    the row in which the figures begin.
    troubles: (severity, cell, trouble) of what could not be read or placed.
    """

    form: Form
    sheet: str
    reporter: str
    year: int | None
    month: int | None
    local: Local = field(default_factory=Local)
    lines: list[Line] = field(default_factory=list)
    units: dict[str, str] = field(default_factory=dict)
    first: int = 0
    columns: frozenset[str] = frozenset()
    troubles: list[tuple[Severity, str, CellTrouble]] = field(default_factory=list)

    def line(self, name: str) -> Line | None:
        """The line with this code or title."""
        return next((line for line in self.lines if name in (line.row.code, line.row.title)), None)


# In a row of a cost its figure stands in the column of figures or in that of costs.
_COSTS = (
    ("amount", "cost"), ("cost", "cost"), ("last", "last_cost"), ("last_cost", "last_cost"), ("base", "base_cost"),
    ("base_cost", "base_cost"),
)  # fmt: skip


def fold_costs(found: FormSheet) -> None:
    """A row that states what another costs becomes the cost of that row."""
    for line in [one for one in found.lines if one.row.cost_of]:
        of = found.line(line.row.cost_of)
        if of is None:
            of = Line(found.form.rows[told(line.row.cost_of)], line.number)
            found.lines.append(of)
        found.lines.remove(line)
        for id, cost in _COSTS:
            stated = line.cells.get(id)
            if stated is None or line.scale is None:
                continue
            if cost in of.cells:
                said = say("“{title}”的费用已在{cell}", title=of.row.title, cell=of.cells[cost].cell)
                trouble = CellTrouble("row-twice", said, "费用只填一处", "请只留一处")
                found.troubles.append(("error", stated.cell, trouble))
                continue
            of.cells[cost] = replace(
                stated, value=stated.value * line.scale.numerator / line.scale.denominator
            )


def look_at_lines(found: FormSheet) -> None:
    """Blank columns that every line should fill, and figures that stand without what they belong to."""
    form, settings = found.form, found.form.settings
    for line in found.lines:
        blank = [id for id in settings.get("filled", ()) if not {id} & {*line.cells, *line.texts}]
        blank = [id for id in blank if id in found.columns and not line.total]
        if blank:
            columns = listed("、", [form.titles[id] for id in blank])
            said = say("“{title}”没有填{columns}", title=line.row.title, columns=columns)
            trouble = CellTrouble("blank", said, "", "请填写；未掌握的请说明")
            found.troubles.append(("notice", cell_name(line.number, 0), trouble))
        for given, needed in settings.get("goes_with", {}).items():
            stated, other = line.cells.get(given), line.cells.get(needed)
            if stated is not None and stated.value > 0 and (other is None or not other.value):
                said = say(
                    "“{title}”有{given}{value}，没有{needed}", title=line.row.title, given=form.titles[given],
                    value=stated.text, needed=form.titles[needed],
                )  # fmt: skip
                trouble = CellTrouble("amount-missing", said, "两栏都填（凭记忆，未核实）", "请核对两栏")
                found.troubles.append(("warning", stated.cell, trouble))
