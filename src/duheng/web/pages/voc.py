"""VOC inventories (一厂一策): sums by county for everybody, each enterprise for those who may see it."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from duheng.model.entities import Entity
from duheng.model.glossary import axis, quantity
from duheng.model.rounding import printed
from duheng.model.rule import rests_on
from duheng.model.saying import say
from duheng.web.aggregates import Group, sums_table
from duheng.web.boards import books, unread
from duheng.web.boards import values as values_below
from duheng.web.cells import amount, cell, periods, values, yes
from duheng.web.clauses import articles_of, owing_units
from duheng.web.errors import BadAddress, NotAllowed, NotThere
from duheng.web.page import Ask, Page
from duheng.web.pages.findings import findings_table
from duheng.web.pages.handbook import CERTAINTY
from duheng.web.projects import county_of
from duheng.web.reasons import cell_address
from duheng.web.tables import Cell, Column, Table
from duheng.web.vocs import (
    MATERIAL,
    SOURCE,
    STATION,
    below,
    coefficient_of,
    coefficients,
    components,
    inventoried,
    review,
)

POLLUTANT = "挥发性有机物"
EMISSION, VAPOUR = "enterprise_voc_emission", "station_emission"
CLOSED = "单个企业的数据属保密统计资料，请用有“查阅”权限的账号登录后查看。"

SHOWN = (EMISSION, VAPOUR, "air_liquid_kept", "air_liquid_alarm", "vapour_treatment_kept")
JUDGED = (
    EMISSION, "leak_detection_due", "leak_emission_total", "treatment_due", "destruction_margin",
    "leaking_gas", "leaking_volatile", "leaking_liquid", "closed_use_due",
)  # fmt: skip


def show(ask: Ask) -> Page:
    """Emission by county; with the permission each enterprise and filling station."""
    words, here = ask.words, books(ask)
    years = periods(here, (EMISSION, VAPOUR, "material_use", "voc_capture"), "year")
    year = chosen(ask, "year", years)
    firms = inventoried(ask.city.places) if year else []
    stations = [one for one in ask.city.places if one.kind == STATION] if year else []
    tables = [
        _sums(ask, "counties", words("企业VOCs排放量"), EMISSION, firms, year),
        _sums(ask, "stations", words("加油站、储油库油气排放量"), VAPOUR, stations, year),
    ]
    if ask.sees_confidential and year:
        tables += [_firms(ask, firms, year), _stations(ask, stations, year)]
    asked = rests_on(quantity(EMISSION)) | rests_on(quantity(VAPOUR))
    return Page(
        template="voc.html",
        title=words("挥发性有机物一厂一策"),
        data={"year": year, **{table.name: table.records() for table in tables}},
        context={
            "years": years,
            "year": year,
            "units": owing_units(ask.plan, asked),
            "clauses": words.join(map(words.clause, articles_of(ask.plan, asked, POLLUTANT))),
            "firms": len(firms),
            "stations": len(stations),
        },
        tables=tuple(tables),
        values=values_below(
            ask,
            SHOWN,
            year,
            coefficients(here, firms, year) if ask.sees_confidential else (),
        )
        if year
        else (),
        unread=unread(ask, SHOWN, year) if year else (),
    )


def chosen(ask: Ask, name: str, known: Sequence[str]) -> str:
    """The period that the address asks for, the last known one by default; "" where nothing is known at all."""
    asked = ask.request.GET.get(name, "").strip()
    if asked and asked not in known:
        raise BadAddress(name, asked, list(known))
    return asked or (known[-1] if known else "")


def _sums(ask: Ask, name: str, title: str, of: str, members: Sequence[Entity], year: str) -> Table:
    bound = quantity(of)
    known = values(books(ask), of)
    figures: dict[str, Decimal | None] = {
        one.id: printed(known.get((one.id, None, year)), bound) for one in members
    }

    def address(group: Group) -> str:
        place = group.place.id if group.place else ask.city.id
        return cell_address("why", ask, of, place, year) if of == EMISSION else ""

    return sums_table(ask, name, title, bound.printed_unit, figures, address)


def _firms(ask: Ask, firms: Sequence[Entity], year: str) -> Table:
    words, places = ask.words, ask.city.places
    columns = [
        Column("enterprise", words("企业"), width=24),
        Column("county", words("县（区）"), width=12),
        Column("sources", words("排放环节"), number=True),
        Column("generated", words("产生量（吨）"), number=True),
        Column("emission", words("排放量（吨）"), number=True),
        Column("findings", words("提示"), number=True),
    ]
    rows = []
    for firm in firms:
        sources = below(places, firm.id, SOURCE)
        county = county_of(places, firm)
        made = [values(books(ask), "voc_generated").get((one.id, None, year)) for one in sources]
        known = [value for value in made if value is not None]
        whole = printed(sum(known), quantity("voc_generated")) if len(known) == len(made) else None
        found = review(books(ask), firm, year)
        rows.append(
            [
                Cell(words.name(firm), href=f"/voc/{firm.id}{ask.selection.context()}"),
                Cell(words.name(county) if county else "—"),
                Cell(str(len(sources))),
                amount(ask, whole),
                cell(ask, EMISSION, firm.id, year, absent="未知"),
                Cell(str(len(found)) if found else "—"),
            ]
        )
    return Table("enterprises", words("各企业"), columns, rows, empty=words("尚无数据。"))


def _stations(ask: Ask, stations: Sequence[Entity], year: str) -> Table:
    words = ask.words
    columns = [
        Column("station", words("加油站、储油库"), width=24),
        Column("county", words("县（区）"), width=12),
        Column("throughput", words("油品周转量（吨）"), number=True),
        Column("recovery", words("油气回收效率"), number=True),
        Column("emission", words("油气排放量（吨）"), number=True),
        Column("ratio", words("气液比"), number=True),
        Column("kept", words("气液比合格"), width=10),
        Column("alarm", words("在线监控报警"), width=10),
        Column("treated", words("处理装置合格"), width=10),
    ]
    rows = []
    for one in stations:
        county = county_of(ask.city.places, one)
        rows.append(
            [
                Cell(words.name(one)),
                Cell(words.name(county) if county else "—"),
                cell(ask, "oil_throughput", one.id, year),
                cell(ask, "vapour_recovery", one.id, year),
                cell(ask, VAPOUR, one.id, year, absent="未知"),
                cell(ask, "air_liquid_ratio", one.id, year, absent="未知"),
                yes(ask, "air_liquid_kept", one.id, year),
                yes(ask, "air_liquid_alarm", one.id, year),
                yes(ask, "vapour_treatment_kept", one.id, year),
            ]
        )
    note = words("限值、在线监控报警条件：GB 20952-2020（条号待核）。")
    return Table("pumps", words("各加油站、储油库"), columns, rows, note=note, empty=words("尚无数据。"))


# --- one enterprise ---------------------------------------------------------------------------------------------------


def enterprise(ask: Ask, id: str) -> Page:
    """An enterprise's inventory: capture and treatment, solvent balance, materials, sealing points."""
    if not ask.sees_confidential:
        raise NotAllowed(CLOSED)
    words, here, places = ask.words, books(ask), ask.city.places
    firm = places.get(id)
    if firm is None or firm not in inventoried(places):
        raise NotThere(say("没有编号为“{id}”的VOCs排放企业。请从“挥发性有机物一厂一策”页选择。", id=id[:40]))
    years = periods(here, (EMISSION, "material_use", "voc_capture"), "year")
    year = chosen(ask, "year", years)
    sources = below(places, id, SOURCE)
    tables = (
        _treatment(ask, sources, year),
        _limits(ask, sources, year),
        _balance(ask, sources, year),
        _materials(ask, sources, year),
        _leaks(ask, firm, year),
    )
    found = findings_table(ask, words("核查提示"), review(here, firm, year))
    return Page(
        template="voc_enterprise.html",
        title=words.name(firm),
        data={"enterprise": id, "year": year, **{table.name: table.records() for table in (*tables, found)}},
        context={
            "years": years,
            "year": year,
            "emission": cell(ask, EMISSION, id, year, absent="未知"),
            "due": yes(ask, "leak_detection_due", id, year),
            "points": cell(ask, "sealing_points", id, year),
            "leaks": cell(ask, "leak_emission_total", id, year, absent="未知"),
            "findings": found,
        },
        tables=(*tables, found),
        values=values_below(ask, JUDGED, year, coefficients(here, [firm], year)) if year else (),
        unread=unread(ask, JUDGED, year) if year else (),
    )


def _treatment(ask: Ask, sources: Sequence[Entity], year: str) -> Table:
    words = ask.words
    columns = [
        Column("source", words("排放环节"), width=24),
        Column("collection", words("收集方式"), width=20),
        Column("capture", words("收集率"), number=True),
        Column("capture_coefficient", words("收集系数"), number=True),
        Column("treatment", words("治理工艺"), width=24),
        Column("destruction", words("处理效率"), number=True),
        Column("destruction_coefficient", words("处理系数"), number=True),
        Column("running", words("同步运行率"), number=True),
        Column("emission", words("排放量（吨）"), number=True),
    ]
    rows = [
        [
            _process(ask, one),
            Cell(words.value(str(one.attributes.get("collection") or "—"))),
            cell(ask, "voc_capture", one.id, year),
            _coefficient(ask, one, "收集", year),
            Cell(words.value(str(one.attributes.get("treatment") or "—"))),
            cell(ask, "voc_destruction", one.id, year),
            _coefficient(ask, one, "处理", year),
            cell(ask, "voc_running", one.id, year),
            cell(ask, "voc_emission", one.id, year, absent="未知"),
        ]
        for one in sources
    ]
    note = words("系数出自登记的方案，方案由管理员选定。")
    return Table("treatment", words("收集与治理"), columns, rows, note=note, empty=words("尚无数据。"))


def _limits(ask: Ask, sources: Sequence[Entity], year: str) -> Table:
    words = ask.words
    columns = [
        Column("source", words("排放环节"), width=24),
        Column("rate", words("初始排放速率（kg/h）"), number=True),
        Column("low", words("全部为低VOCs含量物料"), width=14),
        Column("due", words("须处理"), width=8),
        Column("measured", words("实测处理效率"), number=True),
        Column("margin", words("与要求之差（百分点）"), number=True),
    ]
    rows = [
        [
            _process(ask, one),
            cell(ask, "nmhc_initial_rate", one.id, year),
            yes(ask, "low_voc_material", one.id, year),
            yes(ask, "treatment_due", one.id, year),
            cell(ask, "measured_destruction", one.id, year, absent="未知"),
            cell(ask, "destruction_margin", one.id, year, absent="未知", points=True),
        ]
        for one in sources
    ]
    note = words(
        "须处理：初始排放速率达到GB 37822-2019 10.3.2的界限，且物料不全是低VOCs含量的；不须处理的不看差额。"
    )
    return Table("limits", words("对照GB 37822"), columns, rows, note=note, empty=words("尚无数据。"))


def _process(ask: Ask, source: Entity) -> Cell:
    return Cell(ask.words.value(str(source.attributes.get("process") or source.name)))


def _coefficient(ask: Ask, source: Entity, part: str, year: str) -> Cell:
    known = coefficient_of(books(ask), source, part, year) if year else None
    if known is None:
        return Cell.missing(ask.words("方案中没有"))
    certainty = known.setting.certainty
    doubt = "" if certainty == "verified" else ask.words.bracketed(ask.words(CERTAINTY[certainty]))
    href = f"/parameters/{known.parameter.id}{ask.selection.context()}"
    share = (known.share * 100).normalize()
    return Cell(f"{share:f}%{doubt}", share, href=href)


BALANCE = ("voc_in_product", "voc_recovered", "voc_in_waste", "voc_in_water", "voc_generated")


def _balance(ask: Ask, sources: Sequence[Entity], year: str) -> Table:
    words = ask.words
    columns = [
        Column("source", words("排放环节"), width=24),
        Column("brought", words("物料带入（吨）"), number=True),
        *(
            Column(of, f"{words.title(quantity(of))}{words.bracketed(words.unit('t'))}", number=True)
            for of in BALANCE
        ),
    ]
    known = values(books(ask), "material_voc")
    rows = []
    for one in sources:
        parts = [known.get((m.id, None, year)) for m in below(ask.city.places, one.id, MATERIAL)]
        there = [part for part in parts if part is not None]
        whole = printed(sum(there), quantity("material_voc")) if parts and len(there) == len(parts) else None
        rows.append(
            [
                _process(ask, one),
                amount(ask, whole),
                *(cell(ask, of, one.id, year) for of in BALANCE),
            ]
        )
    note = words("溶剂平衡：物料带入减去产品带走、回收、转入固体废物和废水，等于产生量。")
    return Table("balance", words("溶剂平衡"), columns, rows, note=note, empty=words("尚无数据。"))


def _materials(ask: Ask, sources: Sequence[Entity], year: str) -> Table:
    words = ask.words
    columns = [
        Column("source", words("排放环节"), width=24),
        Column("material", words("物料"), width=18),
        Column("use", words("用量（吨）"), number=True),
        Column("share", words("VOCs质量占比"), number=True),
        Column("brought", words("带入VOCs（吨）"), number=True),
        Column("closed", words("须密闭使用"), width=10),
        Column("evidence", words("含量依据"), width=20),
    ]
    rows = []
    for source in sources:
        for one in below(ask.city.places, source.id, MATERIAL):
            rows.append(
                [
                    _process(ask, source),
                    Cell(words.value(str(one.attributes.get("material") or one.name))),
                    cell(ask, "material_use", one.id, year),
                    cell(ask, "voc_share", one.id, year),
                    cell(ask, "material_voc", one.id, year, absent="未知"),
                    yes(ask, "closed_use_due", one.id, year),
                    Cell(words.value(str(one.attributes.get("evidence") or "—"))),
                ]
            )
    note = words("须密闭使用：VOCs质量占比达到GB 37822-2019 7.2的界限。")
    return Table("materials", words("含VOCs物料"), columns, rows, note=note, empty=words("尚无数据。"))


def _leaks(ask: Ask, firm: Entity, year: str) -> Table:
    words = ask.words
    items = axis("leak_component").items
    columns = [
        Column("component", words("密封点"), width=24),
        Column("points", words("检测点数"), number=True),
        Column("value", words("净检测值（ppm）"), number=True),
        Column("rate", words("单点排放速率（kg/h）"), number=True, width=18),
        Column("emission", words("泄漏排放量（kg）"), number=True),
        Column("uninspected", words("未检测点数"), number=True),
        Column("unscreened", words("未检测点排放量（kg）"), number=True, width=18),
    ]
    rows = [
        [
            Cell(words.title(items[item])),
            *(
                cell(ask, of, firm.id, year, item)
                for of in (
                    "leak_points", "screening_value", "leak_rate", "leak_emission", "uninspected_points",
                    "unscreened_emission",
                )
            ),
        ]
        for item in components(books(ask), firm.id, year)
    ]  # fmt: skip
    note = words(
        "检测点用相关方程（1以下为默认零值，50000以上为定值），未检测点用平均系数；系数多未核实，逐项见来历。"
    )
    return Table("leaks", words("泄漏检测与修复"), columns, rows, note=note, empty=words("没有填报密封点。"))
