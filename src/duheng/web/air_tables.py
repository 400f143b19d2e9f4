"""Headline figures and tables of the calendar of the air's quality."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import polars as pl

from duheng.ingest.air import ORDER_SEEN, PRIMARY_ORDER
from duheng.ingest.air_days import DIGITS, ITEMS, NAMES
from duheng.ingest.air_periods import PERCENTILES
from duheng.model.glossary import axis, quantity
from duheng.model.periods import parse
from duheng.model.rounding import judge, shown
from duheng.rules.air import EDITIONS
from duheng.web.air_days import Air, published
from duheng.web.boards import local
from duheng.web.page import Ask
from duheng.web.reasons import cell_address
from duheng.web.tables import Cell, Column, Table

DOUBT_OF_RULES = "沙尘日扣除、百分位数和数据有效性各条的条号待核（HJ 663-2013 原文不在手）。"
ESTIMATED_INDEX = (
    "2026年3月1日起综合指数应按 HJ 663-2026 加权，其权重没有可靠出处；"
    "本页仍按六项等权合计、限值按 GB 3095-2026，是估计值。"
)
# What the calendar is reckoned with: rules, and the validity of data, which stands outside of them.
RULES = ("air_individual_index", "air_limit_met", "composite_air_index")
VALIDITY = (
    "air_limit_class2", "valid_days_year", "valid_days_month", "valid_days_february", "valid_station_share",
)  # fmt: skip
MEANS = "本地浓度为各点位有效日均值的平均，须有75%以上的点位有效；指数由平均浓度得出，不取各点位指数的平均。"


@dataclass(frozen=True)
class Limits:
    """What an item of a period is judged by, in words."""

    needed: int
    text: str
    cite: str


def limits_of(ask: Ask, name: str, period: str) -> Limits:
    """The class II limits and the valid days needed at the end of a year or month."""
    end = parse(period).end
    month = len(period) > len("2025")
    valid = (
        "valid_days_year" if not month else "valid_days_february" if end.month == 2 else "valid_days_month"
    )
    titles = [ITEMS[name]] if name in ("co", "ozone") else [ITEMS[name].replace("24小时", "年"), ITEMS[name]]
    here = local(ask)
    found = [one for title in titles if (one := here.at("air_limit_class2", end, title)) is not None]
    needed = here.at(valid, end)
    doubt = any(setting.certainty != "verified" for setting in found)
    cite = ask.words.cite(found[-1].cite) if found else ""
    return Limits(
        int(needed.value) if needed else 0,
        ask.words("；").join(f"{setting.value.normalize():f}" for setting in found),
        cite + (ask.words.bracketed(ask.words("未核实")) if doubt else ""),
    )


def figures(ask: Ask, air: Air) -> list[tuple[str, str, str]]:
    """Title, value ("" where unknown) and what stands below it of the headline figures."""
    words, whole = ask.words, air.whole()
    known = air.known
    good = int((known["aqi"] <= 100).sum())
    count = whole.get("air_days") or 0
    without = f"{int(whole.get('good_air_days', 0))} ÷ {count}" if count else words("没有可评价的日子")
    index = whole.get("composite_air_index")
    return [
        (
            words("优良天数率（扣除沙尘日）"),
            percent(whole.get("good_air_day_rate") if count else None),
            without,
        ),
        (
            words("优良天数率（含沙尘日）"),
            percent(good / known.height if known.height else None),
            f"{good} ÷ {known.height}" if known.height else words("没有可评价的日子"),
        ),
        (
            words("重污染天数"),
            str(int(whole["heavy_pollution_days"])) if count else "",
            words("AQI 大于 200，扣除沙尘日 {n} 天", n=whole.get("dust_days", 0)) if count else "",
        ),
        (
            words("环境空气质量综合指数"),
            text_of(index, 2),
            words("估计，权重待核")
            if index is not None and estimated(air)
            else _why_no_index(ask, air, whole),
        ),
        (
            words("有效天数"),
            str(known.height) if known.height else "",
            words("缺数据 {n} 天", n=missing(air)),
        ),
    ]


def percent(share: object) -> str:
    value = judge(float(share) * 100, 1) if isinstance(share, float | int) else None
    return "" if value is None else f"{value}%"


def text_of(value: object, digits: int) -> str:
    found = judge(float(value), digits) if isinstance(value, float | int) else None
    return "" if found is None else str(found)


def estimated(air: Air) -> bool:
    return (air.year, air.month or 12) >= (EDITIONS["2026"].year, EDITIONS["2026"].month)


def _why_no_index(ask: Ask, air: Air, whole: Mapping[str, Any]) -> str:
    if whole.get("composite_air_index") is not None:
        return ask.words("六项与二级限值之比的和")
    return ask.words("六项中有项目有效天数不足，不出指数")


def _gap(ask: Ask) -> Cell:
    return Cell.missing(ask.words("未填报"))


def _number(ask: Ask, value: object, digits: int) -> Cell:
    text = text_of(value, digits)
    return Cell(text, Decimal(text)) if text else Cell.missing(ask.words("天数不足"))


def _count(value: float) -> Cell:
    return Cell(str(int(value)), Decimal(int(value)))


def months_table(ask: Ask, air: Air) -> Table:
    """The months of the year: days, rate, index and means; none where the page shows one month."""
    words = ask.words
    columns = [
        Column("month", words("月份")),
        Column("valid", words("有效天数"), number=True),
        Column("good", words("优良天数"), number=True),
        Column("rate", words("优良率"), number=True),
        Column("heavy", words("重污染"), number=True),
        Column("dust", words("扣除沙尘日"), number=True),
        Column("index", words("综合指数"), number=True),
        *(Column(name, symbol(ask, name), number=True) for name in NAMES),
    ]
    found = air.months()
    rows = []
    for period, row in sorted(found.items()):
        href = f"/air{ask.query(month=str(int(period[5:])), year=period[:4])}"
        judged = [_number(ask, row[f"{name}_{_kind(name)}"], DIGITS[name]) for name in NAMES]
        rows.append(
            [
                Cell(period, href=href),
                _count(row["air_days"]),
                _count(row["good_air_days"]),
                Cell(percent(row["good_air_day_rate"])),
                _count(row["heavy_pollution_days"]),
                _count(row["dust_days"]),
                _number(ask, row["composite_air_index"], 2),
                *judged,
            ]
        )
    note = words("一氧化碳为第95百分位数（mg/m³），臭氧为日最大8小时第90百分位数，其余为平均浓度（μg/m³）。")
    return Table("months", words("各月"), columns, rows, note=note, empty=words("没有日数据"))


def _kind(name: str) -> str:
    return "percentile" if name in ("co", "ozone") else "mean"


def symbol(ask: Ask, name: str) -> str:
    return {"so2": "SO₂", "no2": "NO₂", "pm10": "PM10", "pm25": "PM2.5", "co": "CO", "ozone": "O₃-8h"}[name]


def items_table(ask: Ask, air: Air) -> Table:
    """The six pollutants of the span: validity, mean, percentile, limits met or not."""
    words, whole = ask.words, air.whole()
    columns = [
        Column("item", words("项目"), width=24),
        Column("days", words("有效天数/所需"), width=14),
        Column("mean", words("平均浓度"), number=True),
        Column("percentile", words("百分位数"), number=True),
        Column("share", words("百分位")),
        Column("limit", words("二级限值（年平均；24小时或8小时）"), width=30),
        Column("met", words("达标")),
        Column("cite", words("依据"), width=40),
    ]
    rows = []
    for name in NAMES if whole else ():
        limit = limits_of(ask, name, air.period)
        met = whole[f"{name}_met"]
        rows.append(
            [
                Cell(item_title(ask, name)),
                Cell(_valid(ask, whole, name, limit.needed)),
                _number(ask, whole[f"{name}_mean"], DIGITS[name]),
                _number(ask, whole[f"{name}_percentile"], DIGITS[name]),
                Cell(f"{PERCENTILES[name] * 100:.0f}"),
                Cell(limit.text),
                Cell.missing(words("天数不足")) if met is None else Cell(words("达标" if met else "超标")),
                Cell(limit.cite),
            ]
        )
    note = words(
        "一氧化碳、臭氧按百分位数，其余按平均浓度判定；限值按 GB 3095 在期末适用的版本。"
        "年评价的项目须平均浓度和百分位数都达标，月评价只比较其一。"
    )
    return Table("items", words("六项污染物"), columns, rows, note=note)


def _valid(ask: Ask, whole: Mapping[str, Any], name: str, needed: int) -> str:
    """Valid days of those needed, and the months of a year that have too few of them."""
    days, short = f"{whole[f'{name}_days']}/{needed}", whole[f"{name}_short"]
    if not short:
        return days
    return ask.words(
        "{days}；不足的月份：{months}", days=days, months=ask.words.join(str(one) for one in short)
    )


def item_title(ask: Ask, name: str) -> str:
    known = axis("air_pollutant").items[ITEMS[name]]
    return ask.words.title(known) + ask.words.bracketed("mg/m³" if name == "co" else "μg/m³")


def editions_table(ask: Ask, air: Air) -> Table:
    """The same days under each edition: a target set under one is judged under the same."""
    words = ask.words
    columns = [
        Column("edition", words("口径"), width=30),
        Column("good", words("优良天数"), number=True),
        Column("valid", words("有效天数"), number=True),
        Column("rate", words("优良率"), number=True),
        Column("heavy", words("重污染"), number=True),
    ]
    said = {
        "": words("各日适用的版本"),
        "2012": words("全部按 HJ 633-2012"),
        "2026": words("全部按 HJ 633-2026"),
    }
    rows = []
    for edition, name in said.items():
        row = air.whole(edition)
        if row.get("air_days"):
            numbers = [_count(row[key]) for key in ("good_air_days", "air_days")]
            heavy = _count(row["heavy_pollution_days"])
            rows.append([Cell(name), *numbers, Cell(percent(row["good_air_day_rate"])), heavy])
    note = words(
        "HJ 633-2026 自2026年3月1日施行，此前的日子不改算；“十四五”目标按制定时的版本评价，用哪一版由考核单位定。"
    )
    return Table("editions", words("按版本比较"), columns, rows, note=note)


def published_table(ask: Ask, air: Air) -> Table:
    """What was stated of the place in the year, beside what the days come to."""
    words = ask.words
    columns = [
        Column("quantity", words("指标"), width=30),
        Column("period", words("时期")),
        Column("value", words("填报（公布）值"), number=True),
        Column("counted", words("由日数据得出"), number=True),
    ]
    found = {**air.months(), str(air.year): air.whole() if air.month is None else {}}
    rows = []
    for fact in published(ask, air.place).iter_rows(named=True):
        if not fact["period"].startswith(air.period):
            continue
        bound = quantity(fact["quantity"])
        value = shown(fact["value"], bound) or ""
        counted = found.get(fact["period"], {}).get(bound.id)
        text = (
            text_of(counted, bound.decimals)
            if bound.id in ("good_air_days", "air_days", "heavy_pollution_days")
            else ""
        )
        rows.append(
            [
                Cell(words.title(bound)),
                Cell(fact["period"]),
                Cell(value, href=cell_address("why", ask, bound.id, air.place.id, fact["period"])),
                Cell(text or "—", css="" if text in ("", value.rstrip("天")) else "differs"),
            ]
        )
    return Table("published", words("填报（公布）的数"), columns, rows)


def missing(air: Air) -> int:
    """Days that are over and have no index."""
    over = air.days.filter(pl.col("date") <= air.over)
    return int(over["aqi"].null_count())


def days_table(ask: Ask, air: Air) -> Table:
    """Every day of the span that is over, and today once something is stated of it, with concentrations and result."""
    words = ask.words
    columns = [
        Column("date", words("日期"), width=12),
        *(Column(name, symbol(ask, name), number=True, width=8) for name in NAMES),
        Column("aqi", "AQI", number=True, width=8),
        Column("quality", words("级别"), width=12),
        Column("primary", words("首要污染物"), width=26),
        Column("note", words("说明"), width=30),
    ]
    today = (pl.col("date") == air.today) & pl.col("entity").is_not_null()
    told = air.days.filter((pl.col("date") <= air.over) | today)
    rows = [_day_row(ask, air, row) for row in told.iter_rows(named=True)]
    return Table("days", words("逐日数据"), columns, rows, empty=words("没有日数据"))


def _day_row(ask: Ask, air: Air, row: Mapping[str, Any]) -> list[Cell]:
    words = ask.words
    cells = [Cell(str(row["date"]), href=f"/air/{air.place.id}/{row['date']}{ask.selection.context()}")]
    for name in NAMES:
        text = text_of(row[name], DIGITS[name])
        cells.append(Cell(text, Decimal(text)) if text else _gap(ask))
    known = row["aqi"] is not None
    lacking = [] if row["entity"] is None else [symbol(ask, name) for name in row["lacking"]]
    notes = [words("沙尘日")] if row["dust"] else []
    notes += [words("缺 {items}", items=words.join(lacking))] if lacking else []
    return [
        *cells,
        _count(row["aqi"]) if known else _gap(ask),
        Cell(words(row["quality"])) if known else _gap(ask),
        Cell(primaries(ask, row["primary"])),
        Cell(words("；").join(notes)),
    ]


def primaries(ask: Ask, text: str | None) -> str:
    """The primary pollutants in the reader's language; — for none."""
    return ask.words.join(ask.words(one) for one in text.split(",")) if text else "—"


def notes(ask: Ask, air: Air) -> list[str]:
    words = ask.words
    texts = [text.split(",") for text in air.days["primary"].drop_nulls().unique()]
    several = [names for names in texts if len(names) > 1 and set(names) - ORDER_SEEN]
    said = [words(DOUBT_OF_RULES)]
    if estimated(air):
        said.append(words(ESTIMATED_INDEX))
    if several:
        said.append(words(PRIMARY_ORDER))
    if len(air.stations) > 1:
        said.append(words(MEANS))
    return said
