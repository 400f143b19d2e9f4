"""Any form whose figures are worked out and printed as people do has no finding; arithmetic knows its own rounding."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from hypothesis import given
from hypothesis import strategies as st

from duheng.ingest.forms.checking import check_forms
from duheng.ingest.forms.filled import FormSheet
from duheng.ingest.forms.formula import Figure, evaluate, rounding
from duheng.ingest.forms.layout import form
from duheng.ingest.forms.reading import read_form_sheet
from duheng.ingest.forms.report import left_open, oddities
from duheng.ingest.grids import Sheet
from duheng.ingest.markup import Marks, cell_name
from tests.forms.examples import TABLES, Table, table

AMOUNTS = st.integers(0, 10**7)
JUNK = st.one_of(
    st.text(max_size=12), st.floats(), st.integers(), st.dates(), st.booleans(),
    st.sampled_from(["合计", "原煤", "消费量", "0", "1e30", "9" * 20, "2023年5月至2024年1月", "100%", "#REF!"]),
)  # fmt: skip
PLACES = st.integers(0, 4)


def printed(value: Decimal, places: int) -> str:
    """The value as a form prints it, to a number of decimals."""
    return str(value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP))


def findings(number: str, rows: Table) -> list[object]:
    title, (header, *_) = TABLES[number]
    made: Table = [[title], ["单位名称：某单位", "2023年"], header, *rows]
    found = read_form_sheet(Sheet("", made, Marks(height=len(made))))
    assert isinstance(found, FormSheet)
    return [*check_forms([found]), *found.troubles]


@given(
    st.lists(st.tuples(AMOUNTS, AMOUNTS, AMOUNTS, AMOUNTS, AMOUNTS), min_size=1, max_size=3), PLACES, PLACES
)
def test_a_structure_of_use_that_is_worked_out_has_no_finding(
    figures: list[tuple[int, ...]], places: int, decimals: int
) -> None:
    rows: Table = []
    total = Decimal(0)
    names = [("原煤", "吨", "0.7143"), ("柴油", "吨", "1.4571"), ("电力", "万千瓦时", "1.229")]
    for (name, unit, factor), amounts in zip(names, figures, strict=False):
        opening, industrial, other, closing, more = (Decimal(one).scaleb(-places) for one in amounts)
        use = industrial + other
        feedstock, transport = min(more, industrial), min(more, use)
        bought = use + closing - opening
        if bought < 0:
            opening, bought = Decimal(0), use + closing
        coal = Decimal(printed(use * Decimal(factor), decimals))
        total += coal
        shown = [printed(one, places) for one in (opening, bought)]
        parts = [printed(one, places) for one in (use, industrial, feedstock, other, transport, closing)]
        rows.append([name, unit, *shown, "", *parts, factor, str(coal)])
    rows.append(["合计", "吨标准煤", *[""] * 10, str(total)])
    assert findings("表2", rows) == []


@given(AMOUNTS, AMOUNTS, st.integers(1, 10**6), st.integers(1, 10**6), PLACES, PLACES)
def test_a_saving_that_is_worked_out_has_no_finding(
    base: int, now: int, output: int, target: int, places: int, decimals: int
) -> None:
    before, after = (Decimal(one).scaleb(-places) for one in (base, now))
    saving = Decimal(printed((before - after) * output, decimals))
    share = printed(saving / target * 100, decimals) + "%"
    row: list[object] = [
        "水泥",
        printed(before, places),
        printed(after, places),
        str(output),
        str(saving),
        str(target),
        share,
    ]
    assert findings("表6", [row]) == []


@given(AMOUNTS, st.integers(1, 10**6), PLACES)
def test_a_quotient_that_is_worked_out_has_no_finding(upper: int, lower: int, decimals: int) -> None:
    now = printed(Decimal(upper) / lower, decimals)
    assert (
        findings("表4", [["吨钢综合能耗", "吨标准煤/吨", "01", str(upper), str(lower), now, "", "", ""]])
        == []
    )


@given(st.integers(1, 10**6), st.integers(1, 10**6), st.integers(1, 10**6))
def test_a_public_institution_that_fills_in_both_has_no_finding(amount: int, cost: int, last: int) -> None:
    row: list[object] = ["电", "", "千瓦时", str(amount), str(cost), str(last), ""]
    assert findings("公共机构2表", [row]) == []


@given(st.decimals(-1000, 1000, places=2), st.decimals(-1000, 1000, places=2), st.decimals(1, 1000, places=2))
def test_a_formula_is_never_further_off_than_it_says(a: Decimal, b: Decimal, c: Decimal) -> None:
    exact = {"a": a, "b": b, "c": c}
    shown = {name: Decimal(printed(one, 1)) for name, one in exact.items()}
    made = evaluate("(a - b) / c * a", lambda name: Figure(shown[name], rounding([shown[name]])))
    assert made is None or abs(made.value - (a - b) / c * a) <= made.error + Decimal("1e-15")


@given(st.sampled_from(["表2", "表2-1", "表3", "表4", "表6", "表7", "表8", "表10", "公共机构2表"]), st.data())
def test_a_number_below_the_header_is_placed_or_named(number: str, data: st.DataObject) -> None:
    made = table(number)
    row = data.draw(st.integers(3, len(made) + 1))
    header = [form(number).column(str(one)) for one in made[2]] + ["", ""]
    # A title or unit without a figure states nothing: it may stand below the table.
    stating = [one for one, id in enumerate(header) if id not in (form(number).key, "unit", "code")]
    column = data.draw(st.sampled_from(stating))
    value = data.draw(st.sampled_from(["123456.789", "-3", "约三", "7吨", "1,2"]))
    made += [[] for _ in range(row + 1 - len(made))]
    made[row] += [""] * (column + 1 - len(made[row]))
    made[row][column] = value
    found = read_form_sheet(Sheet("", made, Marks(height=len(made))))
    assert isinstance(found, FormSheet)
    cell, letter = cell_name(row, column), cell_name(0, column)[:-1]
    placed = {filled.cell for line in found.lines for filled in line.cells.values()}
    placed |= {at for line in found.lines for _, at in line.texts.values()}
    keys = {line.number for line in found.lines if line.row.title == value}
    named = {(trouble.code, at) for _, at, trouble in found.troubles}
    rows_named = {at for code, at in named if code.startswith("row-")}
    columns_named = {at.rstrip("0123456789") for code, at in named if code == "column-unknown"}
    about_row = any(at.lstrip("ABCDEFGHIJKLMNOP") == str(row + 1) for at in rows_named)
    assert (
        cell in placed
        or row in keys
        or cell in {at for _, at in named}
        or about_row
        or letter in columns_named
    )


@given(
    st.sampled_from(["表1", *TABLES]),
    st.lists(st.tuples(st.integers(0, 9), st.integers(0, 13), JUNK), max_size=8),
)
def test_no_content_of_a_form_breaks_the_reading(number: str, changes: list[tuple[int, int, object]]) -> None:
    made = table(number)
    for row, column, value in changes:
        made += [[] for _ in range(row + 1 - len(made))]
        made[row] += [""] * (column + 1 - len(made[row]))
        made[row][column] = value
    found = read_form_sheet(Sheet("", made, Marks(height=len(made))))
    if isinstance(found, FormSheet):
        assert all(one.finding("a.csv").text for one in check_forms([found]))
        assert all(one.text for one in [*oddities(found, "a.csv"), *left_open(found, "a.csv")])
