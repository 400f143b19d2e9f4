"""The checks of a balance: its identities, its subtotals, signs and the size of its statistical difference.

What is in the table is never repaired.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from functools import reduce

import polars as pl

from duheng.engine.columns import over_polars
from duheng.ingest.balance.discrepancy import Checked, Discrepancy
from duheng.ingest.balance.layout import TOTALS, Identity, Layout, layout, row_named
from duheng.ingest.balance.reading import Balance, Table
from duheng.model.errors import UnknownName
from duheng.model.findings import Finding, Severity
from duheng.model.parameters import Local, Setting
from duheng.rules.balance import balance_energy_use, fuel_balance_difference, fuel_total_use

GAPS = ("balance_gap_most", "balance_gap_most_electricity")


def check_balance(balance: Balance, local: Local | None = None, on: date = date.max) -> Checked:
    """Every identity and check of cn/balance over every table of the file, with the limits of a place on a day."""
    known = layout()
    wide = _wide(balance)
    found: list[Discrepancy] = []
    unchecked: list[Finding] = []
    for identity in known.identities:
        _identity(identity, balance, wide, known, found, unchecked)
    _consumption(balance, wide, known, found)
    _subtotals(balance, known, found)
    remarks = _gaps(balance, wide, known, _most(local or Local(), on))
    _signs(balance, known, found)
    order = {_named(table): number for number, table in enumerate(balance.tables)}
    found.sort(key=lambda one: order[one.region, one.year])
    return Checked(tuple(found), tuple(unchecked), tuple(remarks))


def _wide(balance: Balance) -> pl.DataFrame:
    """[table, column, one Float64 column a row of the balance]; the first of a row that stands twice."""
    first = balance.frame.filter(pl.col("row") != "", pl.struct("table", "row").is_first_distinct())
    long = first.unpivot(
        index=["table", "row"], on=balance.columns(), variable_name="column", value_name="value"
    )
    wide = long.pivot(on="row", index=["table", "column"], values="value")
    absent = [row for row in layout().rows if row not in wide.columns]
    return wide.with_columns(pl.lit(None, pl.Float64).alias(row) for row in absent)


def _none(row: str) -> pl.Expr:
    """A row's value; a blank cell is no flow."""
    return pl.col(row).fill_null(0.0)


def _grouped(row: str, known: Layout) -> pl.Expr:
    """A part of a sum; where a table prints only a group (第二产业), the group stands for its parts."""
    groups = {"F2": ("F2g", "F3"), "F4": ("F3g", "F5", "F7")}
    if row not in groups:
        return -pl.col(row).abs().fill_null(0.0) if known.signed(row) else _none(row)
    group, *others = groups[row]
    alone = pl.all_horizontal(pl.col(one).is_null() for one in (row, *others))
    return pl.when(alone).then(_none(group)).otherwise(_none(row))


def _recomputed(identity: Identity, known: Layout) -> pl.Expr:
    if identity.id == "D":
        return over_polars(
            fuel_balance_difference,
            supply=_none("S"),
            transformed=_none("T"),
            lost=_none("L"),
            final=_none("F"),
        )
    # Added in the order of the rows: a difference of exactly the tolerance must not hang on the engine's order.
    parts = [_grouped(row, known) for row in identity.plus]
    return reduce(lambda left, right: left + right, parts)


def tolerance_of(table: Table, terms: int) -> float:
    """The tolerance of a sum printed in a table: the least one, more where its digits are coarse (data).

    Each of the terms, and the sum, may be off by half a unit of the last printed digit.
    """
    stated = layout().settings["tolerance"]
    if table.least is None and table.digits >= stated["fine"]:
        return float(stated["least"])
    least = stated["least"] if table.least is None else table.least
    return float(max(least, round((terms + 1) / 2 * 10.0**-table.digits, 6)))


def _terms(rows: Iterable[str]) -> pl.Expr:
    """How many of the rows hold a number."""
    return pl.sum_horizontal(pl.col(row).is_not_null().cast(pl.Int64) for row in rows).alias("terms")


def _beyond_least(balance: Balance) -> pl.Expr:
    usual = layout().settings["tolerance"]["least"]
    least = min((usual if table.least is None else table.least for table in balance.tables), default=usual)
    beyond: pl.Expr = (pl.col("printed") - pl.col("made")).fill_nan(None).abs() > least
    return beyond


def _identity(
    identity: Identity,
    balance: Balance,
    wide: pl.DataFrame,
    known: Layout,
    found: list[Discrepancy],
    unchecked: list[Finding],
) -> None:
    if identity.printed not in set(balance.frame["row"]):
        return
    failing = wide.select(
        "table", "column", _none(identity.printed).alias("printed"), _recomputed(identity, known).alias("made"),
        _terms([*identity.plus, *identity.minus]),
    ).filter(_beyond_least(balance))  # fmt: skip
    rows = _rows(balance)
    lacking: dict[int, list[str]] = {}
    for number, column, printed, made, terms in failing.rows():
        tolerance = tolerance_of(balance.tables[number], terms)
        if abs(printed - made) <= tolerance:
            continue
        lacking[number] = [row for row in identity.requires if row not in rows[number]]
        if not lacking[number]:
            comment = identity.title + "，不成立" + _hint(identity, printed - made)
            found.append(
                _discrepancy(
                    balance, number, identity.id, column, printed, made, comment, tolerance, identity.severity
                )
            )
    for number, missing in lacking.items():
        if missing:
            unchecked.append(_unchecked(balance, number, identity, missing))


def _hint(identity: Identity, difference: float) -> str:
    return f"（{identity.positive}）" if difference > 0 and identity.positive else ""


def _unchecked(balance: Balance, number: int, identity: Identity, missing: Sequence[str]) -> Finding:
    return Finding(
        "identity-unchecked", "notice", f"{balance.name} {balance.tables[number].name}",
        f"“{identity.title}”未能核对：表中没有{'、'.join(map(row_named, missing))}行", "", "请补充这些行，没有数的留空",
    )  # fmt: skip


def _rows(balance: Balance) -> dict[int, set[str]]:
    listed = balance.frame.group_by("table").agg(pl.col("row").unique())
    return {number: set(rows) for number, rows in listed.rows()}


def _named(table: Table) -> tuple[str, str]:
    """Region and year of a table in the findings; a file of one year has its tables' names alone."""
    return (table.region, table.year) if table.several else (table.name, "")


def _discrepancy(
    balance: Balance,
    number: int,
    identity: str,
    fuel: str,
    printed: float | None,
    made: float | None,
    comment: str,
    tolerance: float,
    severity: Severity,
    certainty: str = "verified",
    bound: str = "",
) -> Discrepancy:
    region, year = _named(balance.tables[number])
    return Discrepancy(
        region,
        identity,
        fuel,
        printed,
        made,
        comment,
        tolerance,
        severity,
        balance.name,
        certainty,
        year,
        bound,
    )


def _consumption(balance: Balance, wide: pl.DataFrame, known: Layout, found: list[Discrepancy]) -> None:
    """Row C: of a fuel with its inputs to transformation, of a subtotal or total net of their output."""
    if "C" not in set(balance.frame["row"]):
        return
    fuels = {column.id for column in known.fuels()}
    transformations = [row.code for row in known.rows.values() if row.part_of == "T"]
    put_in = reduce(
        lambda left, right: left + right,
        (
            _none(row).abs() if known.signed(row) else (-_none(row)).clip(lower_bound=0.0)
            for row in transformations
        ),
    )
    single = over_polars(fuel_total_use, final=_none("F"), lost=_none("L"), put_in=put_in)
    net = over_polars(balance_energy_use, final=_none("F"), lost=_none("L"), transformed=_none("T"))
    failing = wide.select(
        "table", "column", _none("C").alias("printed"), pl.col("C").is_null().alias("blank"),
        pl.when(pl.col("column").is_in(fuels)).then(single).otherwise(net).alias("made"),
        _terms(["F", "L", *transformations]),
    ).filter(_beyond_least(balance))  # fmt: skip
    rows = _rows(balance)
    title = known.settings["checks"]["consumption"]["title"]
    for number, column, printed, blank, made, terms in failing.rows():
        tolerance = tolerance_of(balance.tables[number], terms)
        needed = {"C", "F", "T1", "T2", "T6"} if column in fuels else {"C", "F", "T"}
        skipped = not needed <= rows[number] or (blank and _all_blank(balance, number))
        if not skipped and abs(printed - made) > tolerance:
            found.append(
                _discrepancy(
                    balance, number, "C", column, printed, made, title + "，不成立", tolerance, "error"
                )
            )


def _all_blank(balance: Balance, number: int) -> bool:
    """Whether a table leaves row C empty for the fuels, as the standard coal tables do."""
    fuels = [column.id for column in layout().fuels() if column.id in balance.frame.columns]
    row = balance.frame.filter(pl.col("table") == number, pl.col("row") == "C").select(fuels)
    return all(cell is None for cell in row.row(0)) if row.height else True


def _subtotals(balance: Balance, known: Layout, found: list[Discrepancy]) -> None:
    """Subtotal columns against the sum of their fuels, row by row; row C is not a sum of its fuels."""
    title = known.settings["checks"]["subtotal"]["title"]
    for subtotal in ("coal_total", "petroleum_total"):
        parts = [id for id in known.parts(subtotal) if id in balance.frame.columns]
        if subtotal not in balance.frame.columns or not parts:
            continue
        made = reduce(lambda left, right: left + right, (_none(id) for id in parts))
        frame = balance.frame.filter(~pl.col("row").is_in(["C", ""])).select(
            "table", "row", _none(subtotal).alias("printed"), made.alias("made"), _terms(parts)
        )
        for number, row, printed, total, terms in frame.filter(_beyond_least(balance)).rows():
            tolerance = tolerance_of(balance.tables[number], terms)
            if abs(printed - total) > tolerance:
                comment, id = f"{known.rows[row].title}：{title}，不成立", f"{subtotal}_{row}"
                found.append(
                    _discrepancy(balance, number, id, subtotal, printed, total, comment, tolerance, "error")
                )


def _most(local: Local, on: date) -> tuple[Setting, Setting]:
    """The largest share of a statistical difference, and that of electricity."""
    found = tuple(setting for of in GAPS if (setting := local.at(of, on)) is not None)
    if len(found) != len(GAPS):
        raise UnknownName(on.isoformat(), GAPS, "取值")
    return found[0], found[1]


def _gaps(
    balance: Balance, wide: pl.DataFrame, known: Layout, limits: tuple[Setting, Setting]
) -> list[Discrepancy]:
    """Statistical differences that are large beside the supply or the use."""
    check = known.settings["checks"]["gap"]
    found: list[Discrepancy] = []
    base = pl.max_horizontal(_none("S"), _none("F") + _none("L"), _none("C")).alias("base")
    for number, column, gap, supply in wide.select("table", "column", "D", base).rows():
        if gap is None or supply <= 0 or column in TOTALS:
            continue
        limit = limits[column == "electricity"]
        most = float(limit.value)
        table = balance.tables[number]
        if abs(gap) > max(most * supply, tolerance_of(table, 4)):
            comment = f"{check['title']}为{gap / supply:.2%}，超过{most:.1%}（{limit.basis}）"
            allowed = round(most * supply, 4)
            found.append(
                _discrepancy(
                    balance,
                    number,
                    "D_share",
                    column,
                    gap,
                    None,
                    comment,
                    allowed,
                    "warning",
                    limit.certainty,
                )
            )
    return found


def _signs(balance: Balance, known: Layout, found: list[Discrepancy]) -> None:
    """Flows printed with the wrong sign: a negative stock, a positive export, a negative use."""
    closing = _closing_stock(balance)
    least = known.settings["checks"]["sign"]["least"]
    for line, number, row, *cells in balance.frame.select("line", "table", "row", *balance.columns()).rows():
        expected = _expected_sign(row, known, line in closing)
        for column, cell in zip(balance.columns(), cells, strict=True) if expected else ():
            if cell is not None and cell * expected < -least:
                comment, bound = _wrong_sign(row, expected, known)
                found.append(
                    _discrepancy(
                        balance, number, f"sign_{row}", column, cell, None, comment, 0.0, "error", bound=bound
                    )
                )  # fmt: skip


def _wrong_sign(row: str, expected: int, known: Layout) -> tuple[str, str]:
    """What is wrong and what holds; what the amount should be no other cell says, so none is stated."""
    bound = "不小于0" if expected > 0 else "不大于0"
    if row == "S0":
        return f"年初库存量（行S0）为负，库存应{bound}", bound
    if row == "S9":
        return f"年末库存量（行S9）为正，它是减项，应印为负数（{bound}）", bound
    return f"{known.rows[row].title}（行{row}）：符号与表式相反，应{bound}", bound


def _closing_stock(balance: Balance) -> set[int]:
    """Lines labelled as a closing stock, which is printed negative; a change of stocks has any sign."""
    return {number for number, line in enumerate(balance.lines) if any("年末库存" in cell for cell in line)}


def _expected_sign(row: str, known: Layout, closing: bool) -> int:
    if not row:
        return 0
    if known.rows[row].role == "outflow" or (row == "S9" and closing):
        return -1
    if row in ("S0", "S1", "S1a", "S1b", "S1c", "S1d", "S2", "S3", "S4", "S5", "L", "L1") or row.startswith(
        "F"
    ):
        return 1
    return 0


def findings_of(checked: Checked) -> Iterable[Finding]:
    """All as findings."""
    yield from (one.finding() for one in (*checked.discrepancies, *checked.remarks))
    yield from checked.unchecked
