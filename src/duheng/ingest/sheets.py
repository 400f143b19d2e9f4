"""Reading Excel and CSV into facts, with a finding for every cell that cannot be read or should be looked at.

Four layouts are told apart by their texts: the long table (one number a row), the program's own forms, statutory
forms (205-1 and others, cn/forms) and the daily table of air stations. Nothing is written here: `importing` decides
what enters the ledger.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from duheng.ingest import magnitude
from duheng.ingest.air_form import read_air
from duheng.ingest.balance.form_reading import is_balance_form, read_balance_form
from duheng.ingest.cells import CellTrouble, plain
from duheng.ingest.drill.places import places_of
from duheng.ingest.form_head import is_form
from duheng.ingest.forms.entering import enter_form
from duheng.ingest.forms.filled import FormSheet
from duheng.ingest.forms.reading import read_form_sheet
from duheng.ingest.grids import Sheet, read_grids
from duheng.ingest.guards import FileRefused, read_bytes, refuse
from duheng.ingest.headers import find_header, hints, required_roles, role_titles
from duheng.ingest.long_form import read_long
from duheng.ingest.markup import cell_name
from duheng.ingest.names import Names
from duheng.ingest.rows import Notebook, Row, Statement, check_statements, locator, shorten
from duheng.ingest.wide_form import read_form
from duheng.ledger.bulk import uncollected
from duheng.ledger.records import STATUSES, NewFact
from duheng.model.entities import Places
from duheng.model.errors import UnknownName
from duheng.model.findings import Finding
from duheng.model.parameters import Local, Setting
from duheng.model.plan import City
from duheng.model.saying import listed, say

GUIDE_SHEET = "填报说明"


@dataclass(frozen=True)
class Reading:
    """A file as read.

    facts: those of the rows without errors, in file order. findings: errors first. waiting: rows kept out by
    errors. mending: of their sheets, by number, these rows and what they could not be read again without.
    content: the file's bytes, digest their SHA-256. most_times: how far a figure may be from an earlier one.
    """

    file: str
    digest: str
    content: bytes
    kind: str
    facts: tuple[NewFact, ...] = ()
    findings: tuple[Finding, ...] = ()
    waiting: tuple[Row, ...] = ()
    mending: dict[str, dict[int, Sequence[object]]] = field(default_factory=dict)
    most_times: Setting | None = None

    @property
    def failed(self) -> bool:
        """Whether there is an error: then nothing enters the ledger unless the good rows are asked for."""
        return any(finding.severity == "error" for finding in self.findings)


def read_sheets(
    source: Path | str | bytes,
    city: City,
    *,
    name: str | None = None,
    scenario: str = "actual",
    status: str = "reported",
    today: date | None = None,
) -> Reading:
    """Read an .xlsx, .xls or .csv file into facts and findings; a file that is no table gives one finding.

    source: path or content; name: the file's name where only the content is given (an upload).
    scenario, status: of the facts; a file cannot choose them. UnknownName for a status that does not exist.
    today: for "a period that has not begun" (default: the clock's date).
    """
    if status not in STATUSES:
        raise UnknownName(status, STATUSES, "级别")
    with uncollected():
        return _read(source, city, name, scenario, status, today or date.today())


def _read(
    source: Path | str | bytes, city: City, name: str | None, scenario: str, status: str, today: date
) -> Reading:
    path = Path(source) if isinstance(source, str) else source
    file = name or (path.name if isinstance(path, Path) else "上传文件")
    file = file.encode(
        "utf-8", "replace"
    ).decode()  # a name in another encoding can be neither printed nor kept
    content = b""
    try:
        content = read_bytes(path, file)
        kind, sheets = read_grids(content, file, hints())
        book = Notebook(file, status)
        _read_all(sheets, kind, city, scenario, book)
        check_statements(book, city, scenario, today)
    except FileRefused as refused:
        return Reading(file, hashlib.sha256(content).hexdigest(), content, "", findings=(refused.finding,))
    digest = hashlib.sha256(content).hexdigest()
    good, waiting = _parted(book)
    facts = tuple(_fact(row, said, scenario, status) for row in good for said in row.statements)
    mending = {sheet.name: found for sheet in sheets if (found := _mending(sheet, waiting, book))}
    findings = tuple(shorten(book.findings, file))
    most_times = Local(city.parameters, city.code).at(magnitude.PARAMETER, today, magnitude.ITEM)
    return Reading(file, digest, content, kind, facts, findings, waiting, mending, most_times)


def _parted(book: Notebook) -> tuple[list[Row], tuple[Row, ...]]:
    good = [row for row in book.rows if not row.errors]
    return good, tuple(row for row in book.rows if row.errors)


def _mending(sheet: Sheet, waiting: Sequence[Row], book: Notebook) -> dict[int, Sequence[object]]:
    """The rows that wait below the head of their sheet; all rows where they are not read each for itself."""
    numbers = {row.number for row in waiting if row.sheet == sheet.name}
    head = book.first_rows.get(sheet.name, len(sheet.rows))
    return {n: _shown(sheet, n - 1) for n in sorted({*range(1, head + 1), *numbers})} if numbers else {}


def _shown(sheet: Sheet, number: int) -> Sequence[object]:
    """The cells of a row; a share that is formatted as a percentage as it is shown."""
    percents = sheet.marks.percents
    return [
        f"{plain(cell * 100)}%" if (number, column) in percents and isinstance(cell, float | int) else cell
        for column, cell in enumerate(sheet.rows[number])
    ]


def _fact(row: Row, said: Statement, scenario: str, status: str) -> NewFact:
    return NewFact(
        quantity=said.quantity.id,
        entity=said.entity.id,
        item=said.item,
        period=said.period_text,
        scenario=scenario,
        definition=said.definition,
        value=said.value,
        unit=said.unit,
        stated=said.stated,
        status=status,
        confidence="quoted",
        locator=locator(row.sheet, said.cell),
    )


def _read_all(sheets: Sequence[Sheet], kind: str, city: City, scenario: str, book: Notebook) -> None:
    """Every visible sheet by its layout; what is not read is named."""
    if kind == "xls":
        found, remedy = (
            "旧版 .xls 不能检查公式、错误值、百分比格式和隐藏行",
            "请核对数值；最好另存为 .xlsx 后导入。",
        )
        book.note("warning", "", "", CellTrouble("old-format", found, "", remedy))
    places = places_of(city, scenario)
    names = Names(places)
    read, unread = 0, list[Sheet]()
    for sheet in sheets:
        if sheet.name == GUIDE_SHEET and len(sheets) > 1:
            continue
        if sheet.marks.hidden:
            hidden = CellTrouble("sheet-hidden", "隐藏的工作表，未读", "", "如需导入，请取消隐藏。")
            book.note("notice", sheet.name, "", hidden)
        elif any(cell != "" for row in sheet.rows for cell in row):
            if _read_one(sheet, city, places, names, book):
                read += 1
            else:
                unread.append(sheet)
    if not read and not unread:
        _refuse_empty([sheet.name for sheet in sheets if sheet.marks.hidden], book)
    _note_unread(unread, read, book)


def _read_one(sheet: Sheet, city: City, places: Places, names: Names, book: Notebook) -> bool:
    """A sheet by its layout; whether it has one that is known."""
    own = is_form(sheet) or _is_long(sheet)
    statutory = None if own else read_form_sheet(sheet, book.file, Local(city.parameters, city.code))
    _note_marks(sheet, book, statutory.first if isinstance(statutory, FormSheet) else None)
    if is_form(sheet) and is_balance_form(sheet):
        read_balance_form(sheet, city, places, names, book)
    elif is_form(sheet):
        read_form(sheet, city, places, names, book)
    elif isinstance(statutory, FormSheet):
        enter_form(statutory, sheet, names, book)
    elif statutory is not None:
        book.note("error", sheet.name, "A1", statutory)
    else:
        return read_air(sheet, names, book) or read_long(sheet, names, book)
    return True


def _is_long(sheet: Sheet) -> bool:
    """Whether the sheet has all that a long table needs, whatever form its title names."""
    header = find_header(sheet.rows)
    return header is not None and set(required_roles()) <= header.columns.keys()


def _refuse_empty(hidden: list[str], book: Notebook) -> None:
    expected = "至少一个表头和一行数据"
    if hidden:
        found = say("没有可读的数据；工作表“{names}”是隐藏的，没有读", names=listed("”“", hidden))
        raise refuse("sheet-hidden", book.file, found, expected, "如需导入，请取消隐藏。")
    raise refuse(
        "file-no-rows", book.file, "没有可读的数据", expected, "请补上表头，或下载本系统的模板填写。"
    )


def _note_unread(unread: list[Sheet], read: int, book: Notebook) -> None:
    remedy = "请补上表头，或下载本系统的模板填写。"
    expected = say("列名：{names}", names=listed("、", role_titles().values()))
    for sheet in unread:
        trouble = CellTrouble("column-missing", "没有可识别的表头，未读", "" if read else expected, remedy)
        book.note("notice" if read else "error", sheet.name, "A1", trouble)


def _note_marks(sheet: Sheet, book: Notebook, first: int | None) -> None:
    """Hidden rows and columns are read and named; cells merged within the table keep it out.

    first: the first row of the figures, where the layout tells it.
    """
    marks = sheet.marks
    filled = [
        row for row in sorted(marks.hidden_rows) if row < len(sheet.rows) and any(map(plain, sheet.rows[row]))
    ]
    if filled:
        some = len(filled) > 10
        found = say(
            "第 {rows}等 行是隐藏行，照常读取（共 {n} 行）"
            if some
            else "第 {rows} 行是隐藏行，照常读取（共 {n} 行）",
            rows=listed("、", (row + 1 for row in filled[:10])),
            n=len(filled),
        )
        book.note("notice", sheet.name, "", CellTrouble("rows-hidden", found, "", "请取消隐藏核对。"))
    columns = [c for c in sorted(marks.hidden_columns) if c < marks.width]
    if columns:
        found = say(
            "{names} 列是隐藏列，照常读取", names=listed("、", (cell_name(0, c)[:-1] for c in columns))
        )
        book.note("notice", sheet.name, "", CellTrouble("columns-hidden", found, "", "请取消隐藏核对。"))
    if marks.unplaced:
        trouble = CellTrouble(
            "formula",
            say("含有位置不明的{what}", what=marks.unplaced),
            "数值",
            "请全选复制后“选择性粘贴—数值”，再导入。",
        )
        book.note("error", sheet.name, "", trouble)
    _note_merged(sheet, book, first)


def _note_merged(sheet: Sheet, book: Notebook, first: int | None) -> None:
    if first is None:
        header = find_header(sheet.rows)
        first = header.row if header is not None and not is_form(sheet) else 4
    for (top, left), (bottom, right) in sheet.merged:
        if bottom >= first:
            span = f"{cell_name(top, left)}:{cell_name(bottom, right)}"
            trouble = CellTrouble(
                "merged",
                say("{span} 是合并单元格，只有第一格有内容", span=span),
                "每格各自填写",
                "请取消合并，逐格补填后再导入。",
            )
            book.note("error", sheet.name, span, trouble)
