"""entities.csv and the registers: read into model.Places, with every trouble in them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

from duheng.city import unknown
from duheng.city.fields import day, number
from duheng.city.report import Report, brief
from duheng.city.sheets import Row, read_rows
from duheng.model.entities import Entity, Places
from duheng.model.glossary import Attribute, kinds

ENTITY_COLUMNS = (
    "id",
    "name",
    "name_en",
    "kind",
    "parent",
    "statistical_parent",
    "residual",
    "since",
    "until",
    "aliases",
    "source",
    "confidence",
)
REGISTER_COLUMNS = ("id", "name", "parent", "since", "until", "source", "confidence")
CONFIDENCES = ("quoted", "derived", "memory")
REGISTERS = "registers"
SAMPLE = "样例"
ID = re.compile(r"[\w.-]+")
_YES_NO = {"yes": True, "no": False, "是": True, "否": False, "": False}


@dataclass(frozen=True)
class _Read:
    entity: Entity
    row: Row


def read_places(folder: Path, report: Report, city: str | None = None) -> Places:
    """All entities of a city's folder: those of entities.csv, then those of the registers by kind. city: its id."""
    found = list(_entities(folder / "entities.csv", report))
    registers = folder / REGISTERS
    for path in sorted(registers.glob("*")) if registers.is_dir() else ():
        if path.suffix != ".csv":
            report.add(
                "unknown-file",
                report.name(path),
                "不是.csv文件",
                "每类台账一个.csv文件",
                "移走或改名",
                "warning",
            )
        elif path.stem not in kinds():
            unknown.kind(report, report.name(path), path.stem)
        else:
            found += _register(path, report)
    _check_ids(found, report)
    _check_parents(found, report)
    _note_samples(found, report)
    return Places((read.entity for read in found), city)


def _note_samples(found: list[_Read], report: Report) -> None:
    """What `duheng init` wrote as an example and nobody has rewritten: it would count like a real county."""
    left = [read for read in found if read.entity.source.startswith(SAMPLE)]
    if left:
        names = "、".join(read.entity.name for read in left[:3])
        report.add(
            "sample",
            left[0].row.place("source"),
            f"{len(left)}行仍是样例（{names}{'等' if len(left) > 3 else ''}）",
            "本市的内容",
            "改成本市的名称和区划代码，并在source写明出处",
            "notice",
        )


def _entities(path: Path, report: Report) -> Iterable[_Read]:
    for row in read_rows(path, report, ENTITY_COLUMNS, ("id", "name", "kind")):
        if row["kind"] and row["kind"] not in kinds():
            unknown.kind(report, row.place("kind"), row["kind"])
        entity = _entity(row, row["kind"], report)
        if entity.residual and not entity.statistical_parent:
            report.add(
                "residual",
                row.place("statistical_parent"),
                "是空的",
                "所扣除的上级（residual为yes时必填）",
                "补上统计上级",
            )
        if (entity.kind == "residual") != entity.residual:
            report.add(
                "residual",
                row.place("residual"),
                f"是“{row['residual']}”，而kind是{row['kind']}",
                "kind为residual的行写yes，其他行留空",
                "改正kind或residual，否则余额会重复计入合计",
            )
        if entity.kind == "department" and entity.confidence == "derived":
            report.add(
                "unmatched-unit",
                row.place("name"),
                f"单位“{entity.name}”是从规划文字中读出的，没有对应到部门名录",
                "名录中的部门，或核对过的单位",
                "如是某部门的别名，请写进它的aliases并删去本行；否则核对后把confidence改为quoted",
                "warning",
            )
        yield _Read(entity, row)


def _register(path: Path, report: Report) -> Iterable[_Read]:
    schema = kinds()[path.stem].attributes
    for row in read_rows(path, report, (*REGISTER_COLUMNS, *schema), ("id", "name", "parent")):
        attributes = {
            name: _attribute(row, name, column, report) for name, column in schema.items() if row[name]
        }
        yield _Read(_entity(row, path.stem, report, attributes), row)


def _entity(row: Row, kind: str, report: Report, attributes: dict[str, object] | None = None) -> Entity:
    since, until = _date(row, "since", report), _date(row, "until", report)
    if since and until and until < since:
        report.add("dates", row.place("until"), f"{until}早于since", f"不早于{since}", "核对起止日期")
    if row["residual"] not in _YES_NO:
        report.add("type", row.place("residual"), f"是“{row['residual']}”", "yes或空", "改正该值")
    if row["confidence"] and row["confidence"] not in CONFIDENCES:
        report.unknown("unknown-word", row.place("confidence"), "取值", row["confidence"], CONFIDENCES)
    return Entity(
        id=row["id"],
        name=row["name"],
        kind=kind,
        parent=row["parent"] or None,
        statistical_parent=row["statistical_parent"] or None,
        name_en=row["name_en"],
        residual=_YES_NO.get(row["residual"], False),
        since=since,
        until=until,
        aliases=tuple(alias.strip() for alias in row["aliases"].split("|") if alias.strip()),
        source=row["source"],
        confidence=row["confidence"],
        attributes=attributes or {},
    )


def _attribute(row: Row, name: str, column: Attribute, report: Report) -> object:
    text = row[name]
    match column.type:
        case "number":
            value: Decimal | date | bool | None = number(text)
            expected = f"数字（{column.unit}）" if column.unit else "数字"
        case "date":
            value, expected = day(text), "日期，如2023-01-29"
        case "yesno":
            value, expected = _YES_NO.get(text), "yes或no"
        case _:
            return text
    if value is None:
        report.add("type", row.place(name), f"{column.title}是“{text}”", expected, "改正该值，未知则留空")
    return value


def _date(row: Row, column: str, report: Report) -> date | None:
    if not row[column]:
        return None
    value = day(row[column])
    if value is None:
        report.add(
            "date", row.place(column), f"是“{row[column]}”", "日期，如2023-01-29", "改正该日期，未知则留空"
        )
    return value


def _check_ids(found: list[_Read], report: Report) -> None:
    """Ids are unique; a name or alias means one entity, else a sheet could be read in two ways."""
    ids: dict[str, Row] = {}
    names: dict[str, _Read] = {}
    for read in found:
        if read.entity.id and not ID.fullmatch(read.entity.id):
            report.add(
                "id",
                read.row.place("id"),
                f"编号“{brief(read.entity.id)}”",
                "只含文字、数字和 _ - . 的编号（它是网址的一部分）",
                "改正编号；区划代码被Excel写成科学计数的，把该列设为文本后重写",
            )
        first = ids.setdefault(read.entity.id, read.row)
        if first is not read.row:
            report.add(
                "repeated-id",
                read.row.place("id"),
                f"编号“{read.entity.id}”重复",
                f"唯一（前一处在{first.place()}）",
                "改用另一编号",
            )
        for name in {read.entity.name, *read.entity.aliases} - {""}:
            other = names.setdefault(name, read)
            # Towns of different counties may share a name; they are told apart by id.
            if other is not read and "town" not in (other.entity.kind, read.entity.kind):
                report.add(
                    "repeated-name",
                    read.row.place("name"),
                    f"名称“{name}”已用于{other.row.place()}",
                    "各实体的名称和别名互不相同",
                    "改名或去掉别名",
                )


def _check_parents(found: list[_Read], report: Report) -> None:
    ids = {read.entity.id: read.entity for read in found if read.entity.id}
    for read in found:
        for column in ("parent", "statistical_parent"):
            parent = read.row[column]
            if parent and parent not in ids:
                report.unknown("unknown-entity", read.row.place(column), "上级编号", parent, ids)
        chain: list[str] = []
        at: Entity | None = read.entity
        while at is not None and at.id not in chain:
            chain.append(at.id)
            at = ids.get(at.contained_in or "")
        if at is not None and at is read.entity:
            report.add(
                "parent-cycle",
                read.row.place("parent"),
                f"上级循环：{'→'.join([*chain, at.id])}",
                "一棵树",
                "改正上级编号",
            )
