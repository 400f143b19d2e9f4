"""A small made-up city for the tests of assessment: three counties, a zone inside one of them, one plan."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

from duheng import ledger
from duheng.ledger import NewFact, NewSource
from duheng.model.entities import Entity, Places
from duheng.model.parameters import Parameters
from duheng.model.periods import parse
from duheng.model.plan import Article, City, Duty, Plan, Target

CITY, JIA, YI, BING, ZONE, REST = "990000", "990001", "990002", "990003", "9900G1", "990001X"
LATE = date(2026, 7, 1)
COUNTIES = (JIA, YI, BING)
STATISTICS = "市统计局"

ENTITIES = (
    Entity(CITY, "试验市", "city"),
    Entity(JIA, "甲区", "county", CITY),
    Entity(YI, "乙县", "county", CITY),
    Entity(BING, "丙县", "county", CITY),
    Entity(ZONE, "新区", "zone", CITY, JIA),
    Entity(REST, "甲区（不含新区）", "residual", JIA, JIA, residual=True),
)

DUTIES = (
    Duty("energy", "能源消费报表", ("energy",), STATISTICS, kind="county", due_months=6),
    Duty("economy", "生产总值核算", ("gdp",), STATISTICS, kind="county", due_months=3),
    Duty("projects", "减排项目台账", ("key_project_reduction",), "市生态环境局", entity=CITY, due_months=3),
    Duty("farm", "农业投入品", ("fertiliser_use", "pesticide_use"), "市农业农村局", entity=CITY),
    Duty("straw", "秸秆", ("straw_utilised", "straw_collectable"), "市农业农村局", entity=CITY),
    Duty("plants", "污水处理厂台账", ("town_sewage_plants",), "市住房城乡建设局", entity=CITY, due_months=1),
)

INTENSITY = Target(
    "intensity", "二", "单位地区生产总值能耗", "energy_intensity_decline", CITY, "decrease", 2025,
    value=Decimal("14.5"), unit="%", base=2020, definition="full",
)  # fmt: skip
UNSIGNED = replace(INTENSITY, definition="not-stated")
COD = Target(
    "cod", "二", "化学需氧量重点工程减排量", "key_project_reduction", CITY, "complete", 2025,
    value=Decimal(4218), unit="吨", item="化学需氧量",
)  # fmt: skip
STRAW = Target(
    "straw", "（五）", "秸秆综合利用率", "straw_utilisation_rate", CITY, "at_least", 2025,
    value=Decimal(90), unit="%",
)  # fmt: skip
FARM = Target(
    "farm", "（五）", "化肥农药使用量", "fertiliser_pesticide_growth", CITY, "zero_growth", 2025,
    value=Decimal(0), unit="%",
)  # fmt: skip
PLANTS = Target(
    "plants", "（十）", "建制镇污水处理厂", "town_sewage_plants", CITY, "complete", 2025,
    value=Decimal(76), unit="座",
)  # fmt: skip
ASSIGNED = Target(
    "industry", "（五）", "规模以上工业单位增加值能耗", "industrial_energy_intensity_decline", CITY,
    "assigned", 2025, set_by="四川省",
)  # fmt: skip
ARTICLES = (
    Article("二", "主要目标"),
    Article("（五）", "农业", responsible_units=("市农业农村局",), inherited_units=("各县（区）人民政府",)),
    Article("（十）", "设施", responsible_units=("市住房城乡建设局",)),
)


def plan(*targets: Target, duties: Iterable[Duty] = DUTIES) -> Plan:
    """A five-year plan with these targets."""
    return Plan(
        "test-145", "试验市方案", "试府发〔2021〕1号", "试验市人民政府", date(2021, 6, 1), parse("2021-2025"),
        2020, ARTICLES, targets or (INTENSITY,), tuple(duties),
    )  # fmt: skip


def city(*plans: Plan, entities: Iterable[Entity] = ENTITIES) -> City:
    """The city with these plans."""
    return City(
        CITY, "试验市", "Test City", "9900", Path(), Places(entities), plans or (plan(),), Parameters()
    )


def state(
    quantity: str,
    values: Mapping[str, Mapping[int, float | str | Decimal]],
    *,
    item: str | None = None,
    definition: str | None = None,
    scenario: str = "actual",
    status: str = "reported",
    confidence: str = "quoted",
    on: date = LATE,
    title: str = "报表.xlsx",
    locator: str = "表1!C14",
) -> None:
    """Append facts: entity -> period -> value in the declared unit, of a source of that day."""
    facts = [
        NewFact(
            quantity=quantity, entity=entity, period=str(period), value=Decimal(str(value)),
            scenario=scenario, item=item, definition=definition, stated=str(value), status=status,
            confidence=confidence, locator=locator,
        )
        for entity, series in values.items()
        for period, value in series.items()
    ]  # fmt: skip
    moment = datetime(on.year, on.month, on.day, 9, tzinfo=ZoneInfo("Asia/Shanghai"))
    ledger.append(facts, NewSource(kind="document", title=title, published_on=on), "tests", moment)


def economy(
    counties: Iterable[str] = COUNTIES, years: Iterable[int] = range(2020, 2026), on: date = LATE
) -> None:
    """A gross domestic product of 100 亿元 in each county and year."""
    state("gdp", {county: dict.fromkeys(years, 100) for county in counties}, on=on)


def intensity(declines: Mapping[str, Mapping[int, float | str]], on: date = LATE) -> None:
    """Energy that makes the cumulative declines (percent) at a constant product; 100,000 t in 2020."""
    state(
        "energy",
        {
            county: {2020: 100000, **{y: 1000 * (100 - Decimal(str(d))) for y, d in series.items()}}
            for county, series in declines.items()
        },
        on=on,
    )
