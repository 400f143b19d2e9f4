"""Which form a sheet holds: by number or title above the table, else by its columns; also the forms that are not read.

cn/forms/list.csv names the forms whose layout is not at hand: they are known by number or title and refused in words.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import PurePath

from duheng.ingest.cells import CellTrouble, plain
from duheng.ingest.forms.layout import Form, forms, told, whole
from duheng.ingest.forms.pairs import pairs_of
from duheng.ingest.forms.vocabulary import HEADED, NUMBER, NUMBERED, TABLE, bare_number_of_form
from duheng.ingest.grids import Sheet
from duheng.model.data import read_rows, root
from duheng.model.saying import listed, say

SEARCHED, HEADER_ROWS = 30, 4
# Above a table stand its title, who fills it in, when, its number: few cells in a row, none of them long.
_HEAD_ROWS, _HEAD_CELLS, _LONGEST = 10, 6, 60
_FEW = 3
_CONTAINED = 6  # a title shorter than this is known only where it stands alone


@dataclass(frozen=True)
class Listed:
    """A form of the list. read: `balance` where another reader takes it, else nothing."""

    number: str
    title: str
    titles: tuple[str, ...]
    frequency: str
    read: str
    certainty: str

    @property
    def name(self) -> str:
        """`205-2 能源购进、消费与库存附表`."""
        return f"{self.number} {self.title}".strip()


@dataclass(frozen=True)
class Placed:
    """Where a form's table lies: columns by id, the first row of its header, the first of its figures.

    No columns: its titles stand beside their content. year: with which headings begin; 0 where none does.
    """

    columns: dict[str, int]
    top: int
    first: int
    year: int = 0


@cache
def listed_forms() -> tuple[Listed, ...]:
    """The forms of cn/forms/list.csv."""
    return tuple(
        Listed(
            row["number"], row["title"], (row["title"], *filter(None, row["aliases"].split("|"))),
            row["frequency"], row["read"], row["certainty"],
        )
        for row in read_rows(root() / "forms" / "list.csv")
    )  # fmt: skip


def recognise(sheet: Sheet, file: str = "") -> tuple[Form, Placed] | CellTrouble | None:
    """The form of a sheet with its place; why a form that is named there is not read; None where there is none.

    file: the file's name, which names a sheet that has no name of its own.
    """
    named = _named(sheet, file)
    if isinstance(named, Listed):
        return None if named.read else _unread(named)
    if named is not None:
        placed = _pairs(sheet, named) or find_header(sheet, named) or find_header(sheet, named, named=True)
        return (named, placed) if placed is not None else _headless(named)
    found = [
        (one, placed)
        for one in forms()
        if one.settings.get("alone") and (placed := find_header(sheet, one)) is not None
    ]
    return max(found, key=lambda pair: len(pair[1].columns), default=None)


def _named(sheet: Sheet, file: str) -> Form | Listed | None:
    """The form that number or longest title in the head name."""
    best: tuple[int, Form | Listed | None] = (0, None)
    for text in _heads(sheet, file):
        number = NUMBER.search(text.upper())
        alone = number and bare_number_of_form(text) == number[1]
        by_number = _numbered(number[1]) if number and (alone or NUMBERED.search(text)) else None
        if by_number is not None:
            return by_number
        bare, full = TABLE.sub("", told(text)) or told(text), whole(text)
        for title, one in _titled().items():
            fits = bare == title or (len(title) >= _CONTAINED and (title in bare or title in full))
            if fits and len(title) > best[0]:
                best = (len(title), one)
    return best[1]


def _heads(sheet: Sheet, file: str) -> Iterator[str]:
    yield sheet.name or PurePath(file).stem
    for row in sheet.rows[:_HEAD_ROWS]:
        texts = [text for text in map(plain, row) if text]
        if len(texts) <= _HEAD_CELLS:
            yield from (text for text in texts if len(text) <= _LONGEST)


@cache
def _titled() -> dict[str, Form | Listed]:
    """Forms by each of their titles, with and without what stands in brackets; those that are read win."""
    found: dict[str, Form | Listed] = {}
    for one in listed_forms():
        for title in one.titles:
            bare = told(title)
            before = found.get(bare)
            if isinstance(before, Listed) and before.number != one.number:
                found[bare] = replace(before, number=f"{before.number}、{one.number}", title=bare)
            else:
                found[bare] = one
    found.update((whole(title), one) for one in listed_forms() for title in one.titles if "(" in whole(title))
    for form in forms():
        for title in (form.settings["title"], *form.settings.get("titles", ())):
            found[told(title)] = form
    return found


def _numbered(number: str) -> Form | Listed | None:
    read = next((one for one in forms() if one.settings["number"] == number), None)
    return read or next((one for one in listed_forms() if one.number == number), None)


def _unread(form: Listed) -> CellTrouble:
    found = say("是{form}，本系统没有这张表的表式，未读", form=form.name)
    remedy = "请把其中需要的数改填本系统的模板（duheng template）；取得现行制度的表式后可补充到 cn/forms。"
    return CellTrouble("form-unread", found, say("能读的表：{forms}", forms=readable()), remedy)


def readable() -> str:
    """The forms that are read, as a list."""
    families: dict[str, list[str]] = {}
    for form in forms():
        families.setdefault(form.settings.get("family", ""), []).append(str(form.settings["number"]))
    balances = [one.number for one in listed_forms() if one.read == "balance"]
    named = (f"{family} {'、'.join(numbers)}".strip() for family, numbers in families.items())
    return listed("；", [*named, "、".join(balances)])


def _headless(form: Form) -> CellTrouble:
    needed = [form.titles[id] for id in dict.fromkeys([form.key, *form.settings["needs"]])]
    found = say("是{form}，没有找到它的表头，未读", form=form.name)
    expected = say("表头一行有{columns}等栏", columns=listed("、", needed))
    return CellTrouble("form-header", found, expected, "请核对栏名，一栏一列")


def _pairs(sheet: Sheet, form: Form) -> Placed | None:
    """The place of a form whose titles stand beside their content, where it is one and enough of it is there."""
    if form.settings.get("layout") != "pairs":
        return None
    titles = {one.column for one in pairs_of(sheet, form) if one.column}
    return Placed({}, 0, 0) if len(titles) >= form.settings["least_columns"] else None


def find_header(sheet: Sheet, form: Form, named: bool = False) -> Placed | None:
    """Where the form's header stands, which may be several rows high; None where it is not there.

    named: the sheet says which form it is, so that a few of its columns are enough.
    """
    needed = {form.key} if named else {form.key, *form.settings["needs"]}
    least = min(_FEW, form.settings["least_columns"]) if named else form.settings["least_columns"]
    for top in range(min(SEARCHED, len(sheet.rows))):
        columns, last = _columns(sheet, form, top)
        figures = not form.figures or set(form.figures) & columns.keys()
        if needed <= columns.keys() and len(columns) >= least and figures:
            year = max(map(_newest, sheet.rows[top : last + 1])) if "carry" in form.settings else 0
            return Placed(columns, top, _below_codes(sheet, columns[form.key], last + 1), year)
    return None


def _columns(sheet: Sheet, form: Form, top: int) -> tuple[dict[str, int], int]:
    """Columns named from a row on, with the last row that names one; nothing where the row has not the key's name.

    Of a group's name and a column's own below it, the lower counts.
    """
    columns: dict[str, int] = {}
    last = top
    for offset, row in enumerate(sheet.rows[top : top + HEADER_ROWS]):
        taken = {place: id for id, place in columns.items()}
        newest = _newest(row)
        for place, cell in enumerate(row):
            id = _column(form, cell, newest) if isinstance(cell, str) and cell.strip() else None
            if id is None or id in columns or taken.get(place) == form.key:
                continue
            if place in taken:
                del columns[taken[place]]
            columns[id] = place
            taken[place] = id
            last = top + offset
        if form.key not in columns:
            return {}, top
    return columns, last


def _newest(row: list[object]) -> int:
    """The latest year that a heading begins with; 0 where none does."""
    years = (HEADED.match(plain(cell)) for cell in row if isinstance(cell, str))
    return max((int(one[1]) for one in years if one), default=0)


def _column(form: Form, cell: str, newest: int) -> str | None:
    """The column of a heading; `2023年费用` beside `2022年费用` is the cost and last year's cost."""
    id = form.column(cell)
    dated = HEADED.match(plain(cell)) if id is None and "carry" in form.settings else None
    if dated is None:
        return id
    of = form.column(dated[2]) if dated[2] else form.settings["carry"]["last"]
    before = {now: last for last, now in form.settings["carry"].items()}
    return of if int(dated[1]) == newest else before.get(of or "") if int(dated[1]) == newest - 1 else None


def _below_codes(sheet: Sheet, key: int, first: int) -> int:
    """The row below the one that numbers the columns (甲 乙 丙 1 2 3), where there is one."""
    if first < len(sheet.rows):
        row = sheet.rows[first]
        if key < len(row) and plain(row[key]) == "甲":
            return first + 1
    return first
