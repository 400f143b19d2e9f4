"""Sheets for reduction projects: their register, and what each must state for a year, by the formula of its type.

The sheet of a year is a long table: filled in, it is imported like any other.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import IO

from duheng.ingest.cells import plain
from duheng.ingest.export import Tab, write_table, write_workbook
from duheng.ingest.grids import read_grids
from duheng.ingest.headers import role_titles
from duheng.ingest.reductions import ProjectType, end_of, project_type, project_types
from duheng.model.entities import Entity
from duheng.model.errors import DuhengError, UnknownName
from duheng.model.glossary import Quantity, item_unit, kinds, quantity
from duheng.model.parameters import Local
from duheng.model.plan import City
from duheng.model.saying import listed, say

KIND = "reduction_project"
DRILL = "drill-"  # how the ids of what is made up for practice begin
_ROLES = ("quantity", "entity", "item", "period", "value", "unit", "note")
_REGISTER = {
    "id": "编号", "name": "名称", "parent": "所在县（区）代码", "since": "起算日期", "until": "终止日期",
    "source": "来源", "confidence": "可信度",
}  # fmt: skip
# What a full year gives, when it ran, what is taken off: in the first year and in the one after.
_FIRST = ("annual_reduction", "operating_days", "year_days", "offset_used", "cancelled_reduction")
_NEXT = ("operating_days", "offset_used", "cancelled_reduction")
_YES_NO = {"是": "yes", "否": "no"}
Row = tuple[str, str, str, str, object, str, str]


def register_titles(kind: str = KIND) -> dict[str, str]:
    """Column of the register -> its Chinese title, in the order of the file."""
    return {**_REGISTER, **{name: one.title for name, one in kinds()[kind].attributes.items()}}


def register_sheet(city: City, scenario: str, on: date, out: IO[bytes]) -> None:
    """The register as it stands, to be added to; a second sheet lists the types with formula and evidence.

    on: the day whose evidence is asked for, by the city's parameters.
    """
    here = Local(city.parameters, city.code)
    titles = register_titles()
    known = [one for one in city.places if one.kind == KIND]
    rows = ([_register_cell(one, name) for name in titles] for one in known)
    types = (
        (
            one.id,
            one.title,
            "、".join(one.pollutants),
            one.rule.wordings[0].formula(),
            "、".join(asked),
            "；".join(dict.fromkeys(setting.basis for setting in asked.values())),
        )
        for one in project_types().values()
        for asked in [one.evidence(on, here)]
    )
    tabs = [
        Tab("项目名录", list(titles.values()), rows),
        Tab(
            "项目类型",
            ["编号", "类型", "污染物", "算式", "佐证材料", "佐证清单依据"],
            types,
            [8, 34, 22, 44, 60, 40],
        ),
    ]
    about = {
        "说明": "项目类型填编号；日期写作2024-06-01；是否类填是或否；起算日期为开始计入减排量的日期，未投运的填计划日期"
    }
    write_workbook(tabs, out, scenario=scenario, about=about)


def _register_cell(project: Entity, name: str) -> object:
    if name in _REGISTER:
        value = getattr(project, name)
    else:
        value = project.attributes.get(name)
        if kinds()[KIND].attributes[name].type == "yesno" and value is not None:
            return "是" if value in (True, "yes") else "否"
    return value.isoformat() if isinstance(value, date) else value


def year_sheet(city: City, year: int, scenario: str, out: IO[bytes]) -> int:
    """What the projects of a year and of the year before must state for it; returns the number of rows."""
    titles = role_titles()
    here = Local(city.parameters, city.code)
    rows = [row for one in city.places if one.kind == KIND for row in _of_project(one, year, here)]
    about = {
        "时期": str(year),
        "说明": "只填“数值”一列；未掌握的留空，确为零填0；佐证材料已归档填1、查无填0；填好后从“数据导入”上传",
    }
    return write_table(
        rows,
        [titles[role] for role in _ROLES],
        out,
        title="减排项目测算参数和佐证材料",
        scenario=scenario,
        about=about,
    )


def _of_project(project: Entity, year: int, local: Local) -> Iterator[Row]:
    started = project.attributes.get("commissioned_on") or project.since
    try:
        kind = project_type(str(project.attributes.get("project_type") or ""))
    except UnknownName:
        return
    if not isinstance(started, date):
        return
    if started.year == year:
        for reference in kind.rule.wordings[0].inputs.values():
            if reference.id not in _FIRST:
                yield from _rows(project, kind, reference.id, year, None, kind.title)
        for id in _FIRST:
            days = 365 + calendar.isleap(year) if id == "year_days" else None
            yield from _rows(project, kind, id, year, days, "投运年")
        for document in kind.evidence(end_of(year), local):
            yield _row(project, quantity("project_evidence"), document, year, None, "已归档1，查无0")
    elif started.year == year - 1:
        for id in _NEXT:
            yield from _rows(project, kind, id, year, None, "翘尾年")


def _rows(project: Entity, kind: ProjectType, id: str, year: int, value: object, note: str) -> Iterator[Row]:
    of = quantity(id)
    for item in kind.pollutants if of.axis else (None,):
        yield _row(project, of, item, year, value, note)


def _row(project: Entity, of: Quantity, item: str | None, year: int, value: object, note: str) -> Row:
    unit = of.printed_unit if "<" not in of.unit else item_unit(of, item)
    return (of.title, project.name, item or "", str(year), value, "" if unit == "1" else unit, note)


def register_rows(kind: str, file: Path, name: str = "") -> dict[str, dict[str, str]]:
    """The rows of a register sheet: where each stands -> its cells by column id.

    name: what the file is called, where it lies under another name. Raises FileRefused; DuhengError where there is no
    such header or row, or the sheet holds projects of the drill.
    """
    name = name or file.name
    titles = register_titles(kind)
    known = {**{plain(title): id for id, title in titles.items()}, **{id: id for id in titles}}
    _, sheets = read_grids(file.read_bytes(), name, frozenset(known))
    for sheet in sheets:
        for number, row in enumerate(sheet.rows[:40]):
            header = [known.get(plain(cell), "") for cell in row]
            if {"id", "name", "parent"} <= set(header):
                found = {
                    f"{name} {sheet.name}".strip() + f" 第{n}行": cells
                    for n, below in enumerate(sheet.rows[number + 1 :], number + 2)
                    if (cells := _cells(header, below))
                }
                _refuse(name, list(found.values()))
                return found
    wanted = "、".join(titles[id] for id in ("id", "name", "parent"))
    raise DuhengError(
        say("{name}：没有找到表头，应有列：{wanted}。请用名录样表填写。", name=name, wanted=wanted)
    )


def _refuse(name: str, rows: Sequence[dict[str, str]]) -> None:
    if not rows:
        raise DuhengError(say("{name}：表头之下没有一行。请填写后再来。", name=name))
    drill = [row["id"] for row in rows if row["id"].startswith(DRILL)]
    if drill:
        text = "{name}：{ids}是演练项目，不能写入城市文件夹。请用情景为“实际”的名录样表填写。"
        raise DuhengError(say(text, name=name, ids=listed("、", drill[:5])))


def _cells(header: list[str], row: Sequence[object]) -> dict[str, str]:
    cells = {name: plain(cell) for name, cell in zip(header, row, strict=False) if name}
    return {} if not any(cells.values()) else {name: _YES_NO.get(text, text) for name, text in cells.items()}
