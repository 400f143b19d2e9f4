"""Rows of a sheet that stated something, and the checks that every statement passes whatever the layout."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from duheng.ingest.cells import CellTrouble
from duheng.ingest.guards import limits
from duheng.ingest.plain_cells import asked_whole
from duheng.model.entities import Entity
from duheng.model.findings import Finding, Severity
from duheng.model.glossary import Quantity, definition
from duheng.model.periods import Period
from duheng.model.plan import City
from duheng.model.saying import listed, say

Key = tuple[str, str, str | None, str, str | None]


@dataclass(slots=True)
class Statement:
    """One number of a sheet: what it says of whom, in the declared unit and as printed, and where it stands."""

    quantity: Quantity
    entity: Entity
    item: str | None
    period: Period
    period_text: str
    definition: str | None
    value: Decimal
    stated: str
    unit: str
    cell: str

    @property
    def key(self) -> Key:
        """What may be stated only once in a file."""
        return (self.quantity.id, self.entity.id, self.item, self.period_text, self.definition)


@dataclass(slots=True)
class Row:
    """One row of a sheet as read: its cells, its statements, the errors that keep it out, and who can mend them.

    period_cell: where the row itself says its period; "" where its sheet does.
    """

    sheet: str
    number: int
    cells: Sequence[object]
    statements: list[Statement] = field(default_factory=list)
    errors: list[Finding] = field(default_factory=list)
    owner: str | None = None
    period_cell: str = ""


@dataclass
class Notebook:
    """What a reading of one file has come to so far: rows and findings, with the places of both.

    file: its name. status: of the facts, chosen by the person who imports. first_rows: of the sheets whose rows can be
    read each for itself, the index of the first one. owner: the unit that can mend a finding, where the form names one.
    """

    file: str
    status: str = "reported"
    rows: list[Row] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    first_rows: dict[str, int] = field(default_factory=dict)
    owner: str | None = None

    def place(self, sheet: str, cell: str = "") -> str:
        """File, sheet and cell as findings name them: `月报.xlsx 表1!C14`."""
        return f"{self.file} {locator(sheet, cell)}".strip()

    def note(
        self, severity: Severity, sheet: str, cell: str, trouble: CellTrouble, row: Row | None = None
    ) -> None:
        """Keep a finding; an error of a row also keeps that row out."""
        finding = Finding(
            trouble.code,
            severity,
            self.place(sheet, cell),
            trouble.found,
            trouble.expected,
            trouble.remedy,
            (row.owner if row is not None else None) or self.owner,
        )
        self.findings.append(finding)
        if severity == "error" and row is not None:
            row.errors.append(finding)


def locator(sheet: str, cell: str) -> str:
    """Sheet and cell within a file: `表1!C14`; only the cell where the file has no sheets (CSV)."""
    return f"{sheet}!{cell}" if sheet and cell else sheet or cell


def check_statements(book: Notebook, city: City, scenario: str, today: date) -> None:
    """The checks of all statements of a file, in place: range, sign, period, validity, two values for one cell."""
    judge_period = _period_judge(city, scenario, today)
    known: dict[str, CellTrouble | None] = {}
    for row in book.rows:
        for said in row.statements:
            if said.value < 0 or said.quantity.printed_unit == "%" or said.quantity.whole:
                _check_range(said, row, book)
            if said.definition is None and said.quantity.definitions and said.quantity.priced:
                _price_base(said, row, book, city, scenario)
            if said.period_text not in known:
                known[said.period_text] = judge_period(said.period)
            if (trouble := known[said.period_text]) is not None:
                book.note("error", row.sheet, row.period_cell or said.cell, trouble, row)
            if said.entity.since is not None or said.entity.until is not None:
                _check_validity(said, row, book)
    _twice(book)


def _check_range(said: Statement, row: Row, book: Notebook) -> None:
    quantity = said.quantity
    # A quantity that adds over places is an amount of something; none of the declared ones can be negative.
    if said.value < 0 and quantity.over_place == "sum" and not quantity.signed:
        found = say("“{title}”为负数 {stated}", title=quantity, stated=said.stated)
        remedy = "请核对数值；更正以往数字请重报该期全数。"
        book.note("error", row.sheet, said.cell, CellTrouble("negative", found, "不小于0的数", remedy), row)
    elif quantity.whole and said.value != said.value.to_integral_value():
        found = say("“{title}”为 {stated}", title=quantity, stated=said.stated)
        trouble = CellTrouble("not-whole", found, *asked_whole(said.value))
        book.note("error", row.sheet, said.cell, trouble, row)
    elif quantity.printed_unit == "%" and not -1 <= said.value <= 1:
        found = say("“{title}”为 {stated}", title=quantity, stated=said.stated)
        remedy = "请核对是否多填了两位，或单位应为“1”。"
        trouble = CellTrouble("over-100", found, "不超过100%的比率", remedy)
        book.note("warning", row.sheet, said.cell, trouble, row)


def _price_base(said: Statement, row: Row, book: Notebook, city: City, scenario: str) -> None:
    """A figure at constant prices without its price base: that of the plan it falls into, where there is only one."""
    plans = [plan for plan in city.plans if plan.scenario in ("actual", scenario)]
    around = [plan for plan in plans if plan.base_year <= said.period.year <= plan.period.end.year]
    bases = dict.fromkeys(said.quantity.at_prices_of(plan.base_year) for plan in around)
    known = [definition(base) for base in bases if base]
    if len(known) == 1:
        said.definition = known[0].id
    elif known:
        found = say("“{quantity}”未注明价格基期（口径）", quantity=said.quantity)
        expected, remedy = listed("、", known), "请在“口径”列写明按哪一年的价格。"
        book.note("error", row.sheet, said.cell, CellTrouble("price-base", found, expected, remedy), row)


def _check_validity(said: Statement, row: Row, book: Notebook) -> None:
    entity = said.entity
    if not entity.valid(said.period.start, said.period.end):
        found = say(
            "“{name}”在{period}不存在（{since} 至 {until}）",
            name=entity,
            period=said.period,
            since=entity.since or "…",
            until=entity.until or "…",
        )
        trouble = CellTrouble("entity-not-valid", found, "存在的对象", "请核对对象和时期。")
        book.note("warning", row.sheet, said.cell, trouble, row)


def _period_judge(city: City, scenario: str, today: date) -> Callable[[Period], CellTrouble | None]:
    """Outside the city's plans is an error; some years before the first base year pass as history."""
    bases = [plan.base_year for plan in city.plans]
    first = min(bases) - limits()["history_years"] if bases else None
    last = max((plan.period.end for plan in city.plans), default=None)

    def judge(period: Period) -> CellTrouble | None:
        if first is not None and last is not None and (period.start.year < first or period.end > last):
            found = say("时期 {period} 在方案之外", period=str(period))
            expected = say("{first}年至{last}年之间的时期", first=first, last=last.year)
            return CellTrouble("period-outside", found, expected, "请核对时期。")
        if scenario == "actual" and period.start > today:
            found = say("时期 {period} 尚未开始", period=str(period))
            remedy = "实际数须在期末以后填报；预测请另选情景。"
            return CellTrouble("period-future", found, say("{today} 以前的时期", today=today), remedy)
        return None

    return judge


def _twice(book: Notebook) -> None:
    """The same value twice counts once, with a warning; two different values keep all of their rows out."""
    keys = [said.key for row in book.rows for said in row.statements]
    if len(set(keys)) == len(keys):
        return
    stated: dict[Key, list[tuple[Row, Statement]]] = {}
    for row in book.rows:
        for said in row.statements:
            stated.setdefault(said.key, []).append((row, said))
    same = []
    for group in stated.values():
        if len({said.value for _, said in group}) > 1:
            _differing(group, book)
        else:
            same.append(group)
    # Only now is it known which rows enter: a value counts where it stands in one of them.
    for group in same:
        _repeated(sorted(group, key=lambda one: bool(one[0].errors)), book)


def _differing(group: Sequence[tuple[Row, Statement]], book: Notebook) -> None:
    first = group[0]
    second = next(one for one in group if one[1].value != first[1].value)
    for row, said in group:
        other_row, other = second if said.value == first[1].value else first
        found = say(
            "同一对象同一时期有两个数：{one}，{place} 为 {other}",
            one=said.stated,
            place=locator(other_row.sheet, other.cell),
            other=other.stated,
        )
        trouble = CellTrouble("stated-differently", found, "一个数", "请核对后只留一个。")
        book.note("error", row.sheet, said.cell, trouble, row)


def _repeated(group: Sequence[tuple[Row, Statement]], book: Notebook) -> None:
    (first_row, first), *others = group
    where = locator(first_row.sheet, first.cell)
    for row, said in others:
        found = say("与 {where} 重复（同为 {stated}）", where=where, stated=said.stated)
        trouble = CellTrouble("stated-twice", found, "同一数只填一次", "只计一次；请删去其中一行。")
        book.note("warning", row.sheet, said.cell, trouble)
        row.statements = [one for one in row.statements if one is not said]


def shorten(findings: list[Finding], file: str) -> list[Finding]:
    """At most the declared number of findings, errors first; the rest is counted in a last one."""
    order = {"error": 0, "warning": 1, "notice": 2}
    ranked = sorted(findings, key=lambda finding: order[finding.severity])
    most = limits()["findings"]
    if len(ranked) <= most:
        return ranked
    rest = ranked[most:]
    worst = rest[0].severity
    more = Finding(
        "more",
        worst,
        file,
        say("另有 {n} 处问题未逐条列出", n=len(rest)),
        "",
        "请先改正已列出的问题，再重新导入。",
    )
    return [*ranked[:most], more]
