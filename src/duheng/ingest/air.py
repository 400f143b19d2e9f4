"""Air quality index of a table of stations: `duheng aqi IN.csv`.

The table has the columns of the national monitoring centre: a time (`snapshot`) and one column an item, hourly
(`pm2_5_1h` ...) or daily (`pm2_5_24h` ...). Four columns are added at its end: aqi, quality, primary, note.
All other cells pass through as they were written. The arithmetic is that of the rules, read over columns.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Literal

import polars as pl

from duheng.engine.columns import PolarsColumns
from duheng.ingest.air_cells import PROBLEM, Sheet, checked, read_sheet
from duheng.ingest.air_index import Item, end_of_table, index_columns, printed
from duheng.ingest.air_units import UNIT_ROW, converted, headed, unit_row
from duheng.model.errors import RuleError, UnreadableSource
from duheng.model.findings import Finding
from duheng.model.saying import listed, say
from duheng.rules.air import EDITIONS, air_quality_index

ADDED = ("aqi", "quality", "primary", "note")
TIMES = ("snapshot", "time", "date", "时间", "日期")
HOUR_COLUMNS = {"hour", "小时", "时", "时刻"}  # of a table that has day and hour apart
_HOUR = r"\d[\sT]+\d{1,2}|时"
_DAY = r"^\s*(\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2})"
Kind = Literal["hourly", "daily"]


_PM10 = "颗粒物（PM10）24小时平均"
_PM25 = "细颗粒物（PM2.5）24小时平均"
# The order is that in which the centre prints several primaries: PM10, PM2.5, ozone are seen in its data.
# An hourly PM mean is judged by the daily limits: HJ 633-2026 4.2.3, and the centre's practice before it.
HOURLY = (
    Item("so2_1h", "二氧化硫1小时平均", "so2", "二氧化硫"),
    Item("no2_1h", "二氧化氮1小时平均", "no2", "二氧化氮"),
    Item("pm10_1h", _PM10, "pm10", "颗粒物(PM10)"),
    Item("pm2_5_1h", _PM25, "pm25", "细颗粒物(PM2.5)"),
    Item("co_1h_mg", "一氧化碳1小时平均", "co", "一氧化碳", 1),
    Item("o3_1h", "臭氧1小时平均", "ozone", "臭氧1小时"),
)
DAILY = (
    Item("so2_24h", "二氧化硫24小时平均", "so2", "二氧化硫"),
    Item("no2_24h", "二氧化氮24小时平均", "no2", "二氧化氮"),
    Item("pm10_24h", _PM10, "pm10", "颗粒物(PM10)"),
    Item("pm2_5_24h", _PM25, "pm25", "细颗粒物(PM2.5)"),
    Item("co_24h_mg", "一氧化碳24小时平均", "co", "一氧化碳", 1),
    Item("o3_8h_24h", "臭氧日最大8小时平均", "ozone", "臭氧8小时"),
)
# Where a value lies above the table (HJ 633-2012 表1 notes), this column stands in for it.
INSTEAD = {
    "so2_1h": Item("so2_24h", "二氧化硫24小时平均", "so2", "二氧化硫"),
    "o3_8h_24h": Item("o3_1h_24h", "臭氧1小时平均", "ozone", "臭氧1小时"),
}
# HJ 633-2012: the greatest hourly ozone of the day is an item of its own in a daily report.
OZONE_OF_DAY = INSTEAD["o3_8h_24h"]


_KNOWN = {*TIMES, *(item.column for item in (*HOURLY, *DAILY, *INSTEAD.values()))}


class Monitored(PolarsColumns):
    """The reading in which what is not monitored is no part of a greatest value (HJ 633-2026 5.3.1)."""

    def apply(self, verb: str, *operands: pl.Expr) -> pl.Expr:
        return pl.max_horizontal(operands) if verb == "greatest" else super().apply(verb, *operands)


@dataclass(frozen=True)
class Indexed:
    """The table with aqi, quality, primary and note added, all as text, and what was wrong with the input."""

    frame: pl.DataFrame
    findings: tuple[Finding, ...]
    kind: Kind

    def csv(self) -> str:
        """The table as CSV text."""
        return self.frame.write_csv()


def index_table(path: Path, *, edition: str | None = None, kind: Kind | None = None) -> Indexed:
    """Air quality index of every row of a file.

    edition: "2012" or "2026" of HJ 633; without it the one in force on the row's date. kind: without it hourly,
    unless the table has daily columns only. Raises UnreadableSource where the table cannot be read at all.
    """
    given = _own_names_free(read_sheet(path))
    sheet, in_header = headed(given, _KNOWN)
    kind = kind or _kind(sheet.frame.columns)
    items = HOURLY if kind == "hourly" else DAILY
    missing = [item.column for item in items if item.column not in sheet.frame.columns]
    findings = [*sheet.findings, *_late_header(sheet), *(_no_column(sheet, column) for column in missing)]
    read = {
        one.column: "mg/m3" if one.decimals else "μg/m3"
        for item in items
        for one in (item, INSTEAD.get(item.column))
        if one is not None and one.column in sheet.frame.columns
    }
    units = unit_row(sheet, read)
    rows = replace(sheet, frame=sheet.frame[1:], lines=sheet.lines_from(1)) if units else sheet
    present = [item.column for item in items if item.column not in missing]
    cells, wrong = checked(rows, list(read), present)
    above = {name: unit for name, unit in in_header.items() if name in read and name not in units}
    cells, refused, of_units = converted(cells, sheet, {**units, **above}, read, units)
    if lost := [column for column in refused if column in present]:
        cells = cells.with_columns(_told(PROBLEM, pl.lit(f"{'、'.join(lost)} 的单位不能换算，不出指数")))
    editions, dated = _editions(rows, edition)
    findings += [*of_units, *wrong, *dated, *_of_hours(rows, kind), *_beyond(cells, sheet.name, items)]
    result = _indexed(cells.with_columns(editions), items, missing, kind)
    if units:
        said = dict.fromkeys(ADDED[:3]) | {"note": UNIT_ROW}
        result = pl.concat([pl.DataFrame([said], dict.fromkeys(ADDED, pl.String)), result])
    findings += _of_order(sheet, result["primary"])
    return Indexed(given.frame.hstack(result), tuple(findings), kind)


# Those whose order is seen in the centre's own data; where others stand beside them the order is a choice.
ORDER_SEEN = {"颗粒物(PM10)", "细颗粒物(PM2.5)", "臭氧1小时", "臭氧8小时"}
PRIMARY_ORDER = (
    "并列首要污染物依次为二氧化硫、二氧化氮、PM10、PM2.5、一氧化碳、臭氧；"
    "其中只有 PM10、PM2.5、臭氧的先后见于总站数据，其余待核"
)


def _of_order(sheet: Sheet, primary: pl.Series) -> list[Finding]:
    """A notice where several primaries stand in an order that the centre's data does not show."""
    several = primary.filter(primary.str.contains(",", literal=True).fill_null(False)).unique()
    chosen = [text for text in several.sort() if set(text.split(",")) - ORDER_SEEN]
    if not chosen:
        return []
    return [Finding("air.primary-order", "notice", f"{sheet.name} primary", chosen[0], "", PRIMARY_ORDER)]


def _told(column: str, more: pl.Expr) -> pl.Expr:
    """A column of texts with one more said in every row."""
    return pl.concat_str([pl.col(column), more], separator="；", ignore_nulls=True).alias(column)


def indices(numbers: pl.DataFrame, edition: str, kind: Kind = "hourly") -> pl.DataFrame:
    """aqi, quality, primary and note of concentrations held as numbers, all in one edition of HJ 633.

    numbers: Float64 columns of the layout [μg/m3, co mg/m3], null where not monitored.
    """
    items = HOURLY if kind == "hourly" else DAILY
    blank = pl.lit(None, pl.String).alias(PROBLEM)
    return _of_edition(numbers.with_columns(blank), items, edition, kind)


def _own_names_free(sheet: Sheet) -> Sheet:
    """The sheet with its own columns aqi, quality ... under other names, so that none is overwritten."""
    renamed = {name: f"{name}_in" for name in ADDED if name in sheet.frame.columns}
    if twice := [new for new in renamed.values() if new in sheet.frame.columns]:
        raise UnreadableSource(f"{sheet.name} 第1行：已有列 {'、'.join(twice)}；请改名后再算，以免覆盖")
    notices = [
        Finding("air.renamed", "notice", f"{sheet.name} 第1行", f"原有的列 {old} 已改名为 {new} 输出", "", "")
        for old, new in renamed.items()
    ]
    return replace(sheet, frame=sheet.frame.rename(renamed), findings=(*sheet.findings, *notices))


def _kind(columns: Sequence[str]) -> Kind:
    """Daily only where most hourly columns are not there: one that is missing must not make it another index."""
    hourly = sum(item.column in columns for item in HOURLY)
    daily = sum(item.column in columns for item in DAILY)
    return "daily" if daily > hourly and 2 * hourly < len(HOURLY) else "hourly"


def _beyond(cells: pl.DataFrame, name: str, items: Sequence[Item]) -> Iterator[Finding]:
    """A warning for each column with values above the end of its table: micrograms among milligrams, a lost point."""
    for item in items:
        top = end_of_table(item)
        if top is None or item.column not in cells.columns:
            continue
        above = cells[item.column].filter(cells[item.column] > float(top)).to_list()
        if above:
            unit = "mg/m3" if item.decimals else "μg/m3"
            found = say(
                "{n}行高于表中最高限值（最高{most} {unit}）",
                n=len(above),
                most=f"{max(above):.15g}",
                unit=unit,
            )
            expected = say("不高于{top} {unit}", top=f"{top:f}", unit=unit)
            remedy = "指数到顶，不再升高；请核对单位和数值"
            yield Finding("air.beyond", "warning", f"{name} {item.column}", found, expected, remedy)


def _of_hours(sheet: Sheet, kind: Kind) -> list[Finding]:
    """A warning where hourly columns carry days without an hour: daily means would be judged as hourly ones."""
    column = next((name for name in TIMES if name in sheet.frame.columns), None)
    if kind != "hourly" or column is None or HOUR_COLUMNS & {name.lower() for name in sheet.frame.columns}:
        return []
    texts = sheet.frame[column].drop_nulls()
    bare = texts.filter(texts.str.contains(_DAY) & ~texts.str.contains(_HOUR))
    if not len(bare):
        return []
    return [
        Finding(
            "air.no-hour",
            "warning",
            f"{sheet.name} {column}",
            say("{n}行只有日期、没有小时（如 {text}）", n=len(bare), text=bare[0]),
            "小时均值各行的时间，如 2026-03-01T08:00:00",
            "如为日均值，请把列名改为 pm2_5_24h 等日均列；本次按小时均值计算",
        )
    ]


def _late_header(sheet: Sheet) -> Iterator[Finding]:
    """Where the names of the columns stand in a later row: a title above them was read as the header."""
    if _KNOWN & set(sheet.frame.columns):
        return
    for place, cells in enumerate(sheet.frame.head(8).iter_rows()):
        if len(_KNOWN & {(cell or "").strip().lower() for cell in cells}) > 1:
            where = f"{sheet.name} 第{sheet.line(place)}行"
            yield Finding(
                "air.late-header", "error", where, "列名在这一行", "列名在第1行", "请删去列名以上的各行"
            )
            return


def _no_column(sheet: Sheet, column: str) -> Finding:
    near = "单位为毫克每立方米" if column.startswith("co_") else "单位为微克每立方米"
    plain = _bare(column)
    alike = [name for name in sheet.frame.columns if _bare(name)[: len(plain)] == plain]
    rename = f"请把列 {alike[0]} 改名为 {column}（单位见左）。" if alike else ""
    pollutant = _bare(re.split(r"_\d+h", column)[0])  # which mean a bare PM2.5 is, only its author knows
    if not alike and (bare := [name for name in sheet.frame.columns if _bare(name) == pollutant]):
        rename = f"如列 {bare[0]} 就是这一项，请改名为 {column}（单位见左）。"
    return Finding(
        "air.no-column",
        "error",
        f"{sheet.name} 第1行",
        f"没有列 {column}",
        f"须有列 {column}（{near}）",
        f"{rename}请补上该列；没有监测的格留空。本次各行不出指数",
    )


def _bare(name: str) -> str:
    """A column's name without what people write differently: PM2.5_1h and pm2_5_1h are alike."""
    return re.sub(r"[^a-z0-9]", "", name.lower()).removesuffix("mg").replace("ozone", "o3")


def _editions(sheet: Sheet, edition: str | None) -> tuple[pl.Series, list[Finding]]:
    """Edition of every row, null where its date is unknown or before every edition, and what was found."""
    height = sheet.frame.height
    if edition is not None:
        if edition not in EDITIONS:
            raise RuleError(f"没有 {edition} 版；可用的有：{'、'.join(EDITIONS)}")
        return pl.repeat(edition, height, eager=True).alias("edition"), []
    column = next((name for name in TIMES if name in sheet.frame.columns), None)
    if column is None:
        none = pl.repeat(None, height, dtype=pl.String, eager=True).alias("edition")
        place, found = f"{sheet.name} 第1行", "没有时间列"
        remedy = "请补上该列，或用 --edition 指定版本"
        return none, [Finding("air.no-time", "error", place, found, f"须有列 {TIMES[0]}", remedy)]
    texts = sheet.frame[column]
    spellings = texts.unique()
    days = (
        spellings.str.normalize("NFKC")
        .str.replace(r"^\s*(\d{4})(\d{2})(\d{2})(?:\D.*|\d{2}|\d{4}|\d{6})?$", "${1}-${2}-${3}")
        .str.extract(_DAY)
        .str.replace_all("[/.年月]", "-")
        .str.to_date("%Y-%m-%d", strict=False)
    )
    known = pl.DataFrame({"text": spellings, "edition": [_in_force(day) for day in days]})
    found_editions = pl.DataFrame({"text": texts}).join(
        known, on="text", how="left", maintain_order="left", nulls_equal=True
    )["edition"]
    first = min(EDITIONS.values())
    findings = [
        Finding(
            "air.date",
            "error",
            f"{sheet.name} 第{sheet.line(row)}行 {column}",
            texts[row] or "空格",
            f"应不早于{first}，如 2026-03-01T08:00:00",
            "请改正日期，或用 --edition 指定版本",
        )
        for row in found_editions.is_null().arg_true()
    ]
    return found_editions, [*findings, *_mixed(sheet, column, found_editions)]


def _mixed(sheet: Sheet, column: str, editions: pl.Series) -> list[Finding]:
    """A notice where the rows fall under more than one edition: their indices cannot be compared as they stand."""
    counted = editions.drop_nulls().value_counts(name="n").sort("edition")
    if counted.height < 2:
        return []
    parts = [say("{n}行按 HJ 633-{edition}", n=n, edition=edition) for edition, n in counted.iter_rows()]
    remedy = "前后两版的指数不可直接比较；要同一口径请加 --edition"
    return [Finding("air.two-editions", "notice", f"{sheet.name} {column}", listed("，", parts), "", remedy)]


def _in_force(day: date | None) -> str | None:
    """The edition in force on a day."""
    begun = [name for name, since in EDITIONS.items() if day is not None and since <= day]
    return max(begun, key=EDITIONS.__getitem__, default=None)


def _indexed(cells: pl.DataFrame, items: Sequence[Item], missing: Sequence[str], kind: Kind) -> pl.DataFrame:
    if missing:
        empty = pl.lit(None, pl.String)
        note = pl.concat_str(
            [pl.lit(f"缺列 {'、'.join(missing)}，不出指数"), PROBLEM], separator="；", ignore_nulls=True
        )
        return cells.select(*(empty.alias(name) for name in ADDED[:3]), note=note)
    found = cells["edition"].unique(maintain_order=True).to_list()
    if len(found) <= 1:
        return _of_edition(cells, items, found[0] if found else None, kind)
    parts = [
        _of_edition(rows, items, edition, kind).hstack([rows["row"]])
        for edition in found
        for rows in [cells.with_row_index("row").filter(pl.col("edition").eq_missing(pl.lit(edition)))]
    ]
    return pl.concat(parts).sort("row").drop("row")


def _of_edition(cells: pl.DataFrame, items: Sequence[Item], edition: str | None, kind: Kind) -> pl.DataFrame:
    """The four columns of rows that follow one edition; null edition: no result."""
    if edition is None:
        note = pl.concat_str(
            [pl.lit("日期无法识别，或当日没有适用的版本"), PROBLEM], separator="；", ignore_nulls=True
        )
        empty = pl.lit(None, pl.String)
        return cells.select(*(empty.alias(name) for name in ADDED[:3]), note=note)
    counted = list(items)
    if kind == "daily" and edition == "2012" and OZONE_OF_DAY.column in cells.columns:
        counted.append(OZONE_OF_DAY)
    instead = [o for item in items if (o := _instead(item, edition, cells.columns)) is not None]
    single = index_columns(cells, [*counted, *instead], edition).with_columns(cells[PROBLEM])
    for other in instead:  # where a value lies above the table
        first = next(item.column for item in items if INSTEAD.get(item.column) == other)
        stand_in = pl.when(pl.lit(cells[first].is_not_null())).then(pl.col(other.column))
        single = single.with_columns(pl.coalesce(first, stand_in))
    arguments = {
        item.argument: pl.max_horizontal(c.column for c in counted if c.argument == item.argument)
        for item in items
    }
    greatest = air_quality_index.wordings[0].result(Monitored(), arguments)
    partial = pl.any_horizontal(value.is_null() for value in arguments.values())
    single = single.with_columns(greatest.alias("aqi"), partial.alias("partial"))
    if not single["partial"].any() and not single[PROBLEM].count():
        return printed(single, counted).with_columns(note=pl.lit(None, pl.String))
    # From here on a row may lack an item: which, and whether the rest may stand for it, is said in the note.
    # An item above its table holds the row back, unless another column of its pollutant has an index.
    lost = single.select(arguments[item.argument].is_null().alias(item.column) for item in items)
    above = {item.column: cells[item.column].is_not_null() & lost[item.column] for item in items}
    held = pl.lit(pl.DataFrame(above).select(pl.any_horizontal(pl.all())).to_series())
    if edition != "2012":
        held = held | (pl.col("partial") & (pl.col("aqi") <= 100))
    held = held | pl.col(PROBLEM).is_not_null()
    single = single.with_columns(aqi=pl.when(~held).then(pl.col("aqi")))
    note = _note(cells, items, pl.DataFrame(above), edition)
    return printed(single, counted).with_columns(note=single.select(note).to_series())


def _note(cells: pl.DataFrame, items: Sequence[Item], above: pl.DataFrame, edition: str) -> pl.Expr:
    """Why a row has no index, or by which items it was reckoned without."""
    absent = [pl.when(pl.lit(cells[item.column].is_null())).then(pl.lit(item.column)) for item in items]
    lacking = pl.concat_str(absent, separator="、", ignore_nulls=True)
    beyond = [
        pl.when(pl.lit(above[item.column])).then(pl.lit(f"{item.column} 高于表中最高限值，又没有可代替的值"))
        for item in items
    ]
    all_absent = pl.lit(
        cells.select(pl.all_horizontal(pl.col(i.column).is_null() for i in items)).to_series()
    )
    outcome = (
        pl.when(all_absent)
        .then(pl.lit("，不出指数"))
        .when(pl.col("aqi").is_not_null())
        .then(pl.lit("，按其余项目计算"))
        .when(pl.col(PROBLEM).is_null() & (pl.lit(edition) != "2012"))
        .then(pl.lit("，其余项目的指数不大于100，不发布（HJ 633-2026 5.3.1）"))
        .otherwise(pl.lit("，不出指数"))
    )
    missing = pl.when((lacking != "") & pl.col(PROBLEM).is_null()).then(
        pl.concat_str(pl.lit("缺 "), lacking, outcome)
    )
    note = pl.concat_str([missing, *beyond, pl.col(PROBLEM)], separator="；", ignore_nulls=True)
    return pl.when(note != "").then(note)


def _instead(item: Item, edition: str, columns: Sequence[str]) -> Item | None:
    """What stands in for an hourly value above the table; the daily ozone is counted as an item anyhow."""
    other = INSTEAD.get(item.column)
    if other is None or edition != "2012" or other is OZONE_OF_DAY or other.column not in columns:
        return None
    return other
