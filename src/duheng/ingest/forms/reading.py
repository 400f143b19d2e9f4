"""A statutory form as it lies in a sheet: columns and rows placed by their titles, every oddity a finding."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from duheng.ingest.cells import CellTrouble, bare_number, plain, split_unit
from duheng.ingest.forms.content import ANY, Filled, read_filled
from duheng.ingest.forms.filled import FormSheet, Line, fold_costs, look_at_lines
from duheng.ingest.forms.layout import DATES, Form, FormRow, forms, told, whole
from duheng.ingest.forms.pairs import pairs_of
from duheng.ingest.forms.recognising import SEARCHED, Placed, recognise
from duheng.ingest.forms.vocabulary import (
    DAY,
    MARGIN,
    MONTHS,
    NUMBERING,
    PART,
    PARTS,
    REPORTER,
    SINCE_JANUARY,
    TOTALS,
    YEAR,
)  # fmt: skip
from duheng.ingest.grids import Sheet
from duheng.ingest.markup import cell_name
from duheng.model.errors import UnitError
from duheng.model.findings import Severity
from duheng.model.parameters import Local
from duheng.model.saying import listed, say
from duheng.model.units import parse_unit, ratio


def form_hints() -> frozenset[str]:
    """Titles by which the delimiter of a CSV is told."""
    return frozenset(title for form in forms() for title in form.titles.values())


def read_form_sheet(
    sheet: Sheet, file: str = "", local: Local | None = None
) -> FormSheet | CellTrouble | None:
    """The form in a sheet; why a form named there is not read; None where the sheet is none.

    file: the file's name, which stands for the name of the sheet in a CSV. local: the parameters in use where it is
    read, which say what relations and limits hold; those of the nation where None.
    """
    found = recognise(sheet, file)
    if found is None or isinstance(found, CellTrouble):
        return found
    form, placed = found
    made = FormSheet(form, sheet.name, *_head(sheet, placed.top if placed.columns else SEARCHED, form))
    made.local = local or Local()
    made.columns = frozenset(placed.columns)
    _agree_on_year(made, placed)
    made.first = placed.first if placed.columns else len(sheet.rows)
    reader = _Reader(sheet, form, placed, made)
    if placed.columns:
        reader.look_at_columns()
        for number in range(placed.first, len(sheet.rows)):
            reader.read_line(number)
    else:
        reader.read_pairs()
    if not made.lines:
        trouble = CellTrouble("form-empty", "表头以下没有可核对的行", "至少一行", "请填写后再核对")
        reader.trouble("warning", cell_name(placed.first, 0), trouble)
    fold_costs(made)
    look_at_lines(made)
    return made


def _agree_on_year(made: FormSheet, placed: Placed) -> None:
    """The year of the headings where the head names none; none at all where the two differ."""
    if placed.year and made.year is None:
        made.year, made.month = placed.year, 12
    elif placed.year and made.year != placed.year:
        found = say("表头写明{year}年，栏名写明{other}年", year=made.year, other=placed.year)
        trouble = CellTrouble("year-differs", found, "同一年", "请核对报告期和栏名")
        made.troubles.append(("error", cell_name(placed.top, 0), trouble))
        made.year = made.month = None


def _head(sheet: Sheet, top: int, form: Form) -> tuple[str, int | None, int | None]:
    reporter = ""
    heads: list[str] = []
    for row in sheet.rows[:top]:
        texts = [plain(cell) for cell in row]
        for place, text in enumerate(texts):
            name = REPORTER.match(text)
            if name and not reporter:
                reporter = name[1].strip() or next((one for one in texts[place + 1 :] if one), "")
            if not DAY.search(text) and not (place and DAY.search(texts[place - 1])):
                heads.append(text)
    return reporter, *_period(heads, form.settings.get("period") == "year")


def _period(heads: list[str], yearly: bool) -> tuple[int | None, int | None]:
    """Year and last month of what the form is about; a form of a year names the year, others the month."""
    named = [one for text in heads if (one := (SINCE_JANUARY if yearly else MONTHS).search(text))]
    months = [(int(one[1]), int(one[2])) for one in named if 1 <= int(one[2]) <= 12]
    if months or not yearly:
        return months[-1] if months else (None, None)
    part = next((found for text in heads if (found := PART.search(text))), None)
    if part:
        return int(part[1]), PARTS.get(part[2])
    year = next((found for text in heads if (found := YEAR.search(text))), None)
    return (int(year[1] or year[2]), 12) if year else (None, None)


class _Reader:
    """Reads one sheet into a FormSheet."""

    def __init__(self, sheet: Sheet, form: Form, placed: Placed, found: FormSheet) -> None:
        self.sheet, self.form, self.found = sheet, form, found
        self.columns, self.top, self.first = placed.columns, placed.top, placed.first
        self.seen: dict[str, int] = {}

    def text(self, row: int, column: int) -> str:
        """The cell's text; "" beyond the end of the row."""
        cells = self.sheet.rows[row]
        return plain(cells[column]) if column < len(cells) else ""

    def trouble(self, severity: Severity, cell: str, trouble: CellTrouble) -> None:
        """Keep an oddity."""
        self.found.troubles.append((severity, cell, trouble))

    def look_at_columns(self) -> None:
        """Units of the headings; columns that the form has not, and those of the form that are not there."""
        for id, column in self.columns.items():
            heads = [self.text(row, column) for row in range(self.top, self.first)]
            self.found.units[id] = next((unit for head in heads if (unit := split_unit(head)[1])), "")
        self._unknown_columns()
        lacking = [self.form.titles[id] for id in self._expected() if id not in self.columns]
        if lacking:
            trouble = CellTrouble(
                "column-lacking", say("表中没有{columns}栏", columns=listed("、", lacking)), "",
                "有关的审核关系未核对；请补充这些栏",
            )  # fmt: skip
            self.trouble("notice", cell_name(max(0, self.first - 1), 0), trouble)

    def _expected(self) -> list[str]:
        optional = self.form.settings.get("optional", ())
        return [id for id in self.form.figures if id not in optional]

    def _unknown_columns(self) -> None:
        width = max((len(row) for row in self.sheet.rows), default=0)
        for column in sorted(set(range(width)) - set(self.columns.values())):
            if not any(self.text(n, column) for n in range(self.first, len(self.sheet.rows))):
                continue
            titles = [self.text(n, column) for n in range(self.top, self.first)]
            title = next((text for text in reversed(titles) if text), "")
            if whole(title) in NUMBERING:
                continue
            trouble = CellTrouble(
                "column-unknown", say("未知的栏“{title}”，未核对", title=title[:40]),
                say("{form}的栏", form=self.form.name), "请核对栏名",
            )  # fmt: skip
            self.trouble("notice", cell_name(self.top, column), trouble)

    def read_line(self, number: int) -> None:
        """A row below the header: placed by title or code, or an oddity."""
        title = self.text(number, self.columns[self.form.key])
        code = self.text(number, self.columns["code"]) if "code" in self.columns else ""
        filled = {
            id: column
            for id, column in self.columns.items()
            if self.form.kinds[id].kind not in ("key", "code", "unit", "passed") and self.text(number, column)
        }
        if (not title and not code and not filled) or self._margin(number):
            return
        cell = cell_name(number, self.columns[self.form.key])
        if not title:
            beside = (self.text(number, column) for column in self.columns.values())
            title = next((text for text in beside if told(text) in TOTALS), "")
        row = self._row(title, code)
        if row is None:
            if filled:
                self.trouble("warning", cell, self._unknown_row(title))
            return
        if self.form.rows and code and row.code and self.form.by_code(code) is not row:
            self.trouble("warning", cell_name(number, self.columns["code"]), _other_code(title, code, row))
        if self._repeated(row, number, bool(filled), cell):
            return
        line = Line(row, number)
        if code and not self.form.rows:
            line.texts["code"] = (code, cell_name(number, self.columns["code"]))
        self._unit(line, title)
        for id, column in filled.items():
            self._read(line, id, (number, column), self.sheet.rows[number][column])
        self.found.lines.append(line)

    def read_pairs(self) -> None:
        """The only line of a form whose titles stand beside their content."""
        pairs = pairs_of(self.sheet, self.form)
        name = next((plain(one.content) for one in pairs if one.column == self.form.key), "")
        line = Line(FormRow("", name or self.form.settings["title"]), pairs[0].cell[0])
        self.found.reporter = self.found.reporter or name
        self.found.columns = frozenset(one.column for one in pairs)
        for one in pairs:
            if one.column and self.form.kinds[one.column].kind != "key":
                self.found.units[one.column] = split_unit(one.title)[1] or ""
                self._read(line, one.column, one.cell, one.content)
            elif not one.column:
                trouble = CellTrouble(
                    "column-unknown", say("未知的栏“{title}”，未核对", title=one.title[:40]),
                    say("{form}的栏", form=self.form.name), "请核对栏名",
                )  # fmt: skip
                self.trouble("notice", cell_name(*one.title_cell), trouble)
        self.found.lines.append(line)

    def _margin(self, number: int) -> bool:
        """Whether a row is what stands below a table: who filled it in, a note, no figures."""
        texts = [text for text in map(plain, self.sheet.rows[number]) if text]
        figures = any(bare_number(text) is not None for text in texts)
        return bool(texts) and texts[0].startswith(MARGIN) and not figures

    def _row(self, title: str, code: str) -> FormRow | None:
        if self.form.rows:
            return self.form.row(title) or self.form.by_code(code)
        return FormRow("", title) if title else None

    def _unknown_row(self, title: str) -> CellTrouble:
        if not self.form.rows:
            found = say("这一行没有填{column}，未核对", column=self.form.titles[self.form.key])
            return CellTrouble("row-unnamed", found, "", "请填写")
        if not self.form.settings.get("of_fuels"):
            found = say("未知的指标“{title}”，未核对", title=title[:40])
            expected = say("{form}的指标", form=self.form.name)
            return CellTrouble("row-unknown", found, expected, "请核对指标名称和代码")
        found = say("未知的能源品种“{title}”，未核对", title=title[:40])
        expected = say("{form}的品种", form=self.form.name)
        return CellTrouble("row-unknown", found, expected, "请核对品种名称和代码")

    def _repeated(self, row: FormRow, number: int, filled: bool, cell: str) -> bool:
        """Whether the row stands there already; a form whose rows are free may name one thing several times."""
        key = row.code or row.title
        if key in self.seen and filled and (self.form.rows or self.form.settings.get("unique")):
            found = say("“{title}”已在第{n}行", title=row.title, n=self.seen[key] + 1)
            expected = "每个品种一行" if self.form.settings.get("of_fuels") else "每项一行"
            self.trouble("error", cell, CellTrouble("row-twice", found, expected, "请只留一行"))
            return True
        self.seen[key] = number
        return False

    def _unit(self, line: Line, title: str) -> None:
        """The unit printed in its column, in the brackets of title or heading, else the form's own."""
        said = self.text(line.number, self.columns["unit"]) if "unit" in self.columns else ""
        column = "unit" if said else self.form.key
        if not said and not self.form.settings.get("of_fuels"):
            printed = (split_unit(title)[1] or "", self.found.units.get("amount", ""))
            said = next((unit for unit in printed if _is_unit(unit)), "")
        line.unit, line.base, line.stated = said or line.row.unit, line.row.unit, bool(said)
        if said and not line.row.unit and not _is_unit(said):
            found = say("“{title}”的计量单位“{unit}”不能识别", title=line.row.title, unit=said[:20])
            trouble = CellTrouble("unit-unknown", found, "规范的计量单位，如 千克标准煤/吨", "请核对计量单位")
            self.trouble("warning", cell_name(line.number, self.columns[column]), trouble)
        if not said or not line.row.unit:
            return
        for unit in line.row.units or (line.row.unit,):
            try:
                line.scale, line.base = ratio(parse_unit(said), parse_unit(unit)), unit
                return
            except UnitError:
                line.scale = None
        declared = listed("、", line.row.units or (line.row.unit,))
        trouble = CellTrouble(
            "unit-wrong", say("“{title}”的计量单位为“{unit}”", title=line.row.title, unit=said[:20]),
            say("可换算为{declared}的单位", declared=declared), "请核对计量单位",
        )  # fmt: skip
        # A unit that is from memory itself does not refuse the one that is printed: it only asks.
        sure = line.row.certainty != "memory" or self.form.settings.get("of_fuels")
        self.trouble("error" if sure else "warning", cell_name(line.number, self.columns[column]), trouble)

    def _read(self, line: Line, id: str, place: tuple[int, int], value: object) -> None:
        """One cell: a number, a date or a text, as its column has it."""
        cell = cell_name(*place)
        kind = "choice" if line.row.choices and id != "cost" else self.form.kinds[id].kind
        try:
            made = read_filled(kind, value, cell, line.row.choices, self._unit_of(line, id))
        except CellTrouble as unreadable:
            self.trouble("error", cell, unreadable)
            line.texts[id] = (plain(value), cell)
            return
        if isinstance(made, str):
            line.texts[id] = (made, cell)
        elif kind in DATES:
            line.cells.update(made)
        elif made:
            filled = self._in_column(id, made["value"])
            self._bounded(line, id, filled)
            line.cells[id] = filled
            line.stated = line.stated or (kind == "amount" and made["value"].named)

    def _unit_of(self, line: Line, id: str) -> str:
        """The unit in which a figure stands: of its row, of its heading, of its column; "" where it is not known."""
        column = self.form.kinds[id]
        if column.kind == "amount":
            return line.unit
        heading = self.found.units.get(id, "")
        return heading if _is_unit(heading) else column.unit

    def _in_column(self, id: str, filled: Filled) -> Filled:
        """The figure in the unit of its column, where its heading has another; a unit that fits nothing is said."""
        unit, heading = self.form.kinds[id].unit, self.found.units.get(id, "")
        if filled.loose:
            found = say("数值“{text}”带有单位，表中没有本栏的单位可比", text=filled.text)
            self.trouble(
                "warning", filled.cell, CellTrouble("unit-loose", found, "", "请在栏名中写明单位，格内只填数")
            )
        if not unit or unit == ANY or not _is_unit(heading):
            return filled
        try:
            scale = ratio(parse_unit(heading), parse_unit(unit))
        except UnitError:
            found = say("“{column}”的单位为“{unit}”", column=self.form.titles[id], unit=heading)
            expected = say("可换算为{declared}的单位", declared=unit)
            self.trouble("warning", filled.cell, CellTrouble("unit-wrong", found, expected, "请核对计量单位"))
            return filled
        return replace(filled, value=filled.value * scale.numerator / scale.denominator)

    def _bounded(self, line: Line, id: str, filled: Filled) -> None:
        """Findings for a number below nought or beyond the bounds of its column."""
        column = self.form.kinds[id]
        said = say("“{title}”{column}为{value}", title=line.row.title, column=column.title, value=filled.text)
        if filled.value < 0 and column.kind not in ("signed", "percent"):
            trouble = CellTrouble("negative", said, "不小于0的数", "请核对数值和符号")
            self.trouble("error", filled.cell, trouble)
        elif column.kind == "whole" and filled.value != filled.value.to_integral_value():
            self.trouble("error", filled.cell, CellTrouble("not-whole", said, "整数", "请核对数值"))
        elif column.most is not None and filled.value > Decimal(str(column.most)):
            expected = say("不超过{most}（未核实）", most=f"{column.most:g}")
            self.trouble("warning", filled.cell, CellTrouble("beyond", said, expected, "请核对数值和单位"))
        elif column.least is not None and filled.value < Decimal(str(column.least)):
            expected = say("不小于{least}（未核实）", least=f"{column.least:g}")
            self.trouble("warning", filled.cell, CellTrouble("beyond", said, expected, "请核对数值和单位"))


def _is_unit(text: str) -> bool:
    try:
        parse_unit(text)
    except UnitError:
        return False
    return bool(text)


def _other_code(title: str, code: str, row: FormRow) -> CellTrouble:
    found = say("“{title}”的代码为{code}", title=title, code=code)
    expected = say("{code}（凭记忆，未核实）", code=row.code) if row.certainty == "memory" else row.code
    return CellTrouble(
        "row-code", found, expected, "请核对代码与品种" if row.item else "请核对指标名称和代码"
    )
