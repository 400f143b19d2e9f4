"""The accounting definitions side by side: what each step changes for a place and a year."""

from __future__ import annotations

from decimal import Decimal

from duheng.assess.bridge import BRIDGED, Bridge, Figure, Line, bridge
from duheng.assess.evidence import reasons
from duheng.assess.why import CERTAINTY
from duheng.web import state
from duheng.web.access import Closed, confidential
from duheng.web.boards import books, unread, values
from duheng.web.counties import place_options
from duheng.web.errors import NotAllowed
from duheng.web.naming import place_named
from duheng.web.page import Ask, Page
from duheng.web.reasons import CLOSED_TEXT, place_address
from duheng.web.tables import Cell, Column, Table


def chosen(ask: Ask) -> Page:
    """The bridge of the place and year in the address; of the whole city and the last full year of the plan."""
    last = min(ask.plan.period.end.year, state.today().year - 1)
    year = ask.request.GET.get("year", "").strip() or str(max(last, ask.plan.base_year))
    return show(ask, ask.request.GET.get("place", "").strip() or ask.city.id, year)


def show(ask: Ask, entity: str, period: str) -> Page:
    """The bridge of a place: a row for each definition, every figure with a link to its reasons."""
    place = place_named(ask, entity)
    if confidential(place) and not ask.sees_confidential:
        raise NotAllowed("单个企业的数据属保密统计资料，请用有“查阅”权限的账号登录后查看。")
    found = bridge(books(ask), place.id, period)
    words = ask.words
    closed = _Shut(ask, found)
    return Page(
        template="bridge.html",
        title=words("口径对照"),
        data=_data(found, closed),
        context={
            "found": found,
            "place": words.name(place),
            "owed": [one.text for one in found.missing if one.by is not None],
            "unowned": [one.text for one in found.missing if one.by is None],
            "CERTAINTY": CERTAINTY,
            "SHOWN": 60,
            "places": [(ask.city.id, words.name(ask.city)), *place_options(ask)],
            "years": [str(year) for year in range(ask.plan.base_year + 1, ask.plan.period.end.year + 1)],
        },
        tables=(_table(ask, found, closed),),
        values=values(ask, BRIDGED, str(found.period)),
        unread=unread(ask, BRIDGED, str(found.period)),
    )


class _Shut:
    """Which figures this reader may not see: those that rest on fewer than three enterprises."""

    def __init__(self, ask: Ask, found: Bridge) -> None:
        self.open = ask.sees_confidential
        self.closed = Closed(ask.city.places, ask.selection.as_of)
        self.opened = found.opened

    def __call__(self, *figures: Figure | None) -> bool:
        """Whether any of them must not be shown."""
        return not self.open and any(one and self.closed(reasons(self.opened, one.cell)) for one in figures)


def _data(found: Bridge, shut: _Shut) -> dict[str, object]:
    told = found.as_json()
    above: Line | None = None
    for line, said in zip(found.lines, told["lines"], strict=True):
        for name in ("deducted", "deducted_base", "energy", "energy_base", "intensity", "decline"):
            if shut(getattr(line, name)):
                said[name] |= {"value": None, "confidential": True}
        for name in ("energy", "decline"):
            if above and shut(getattr(line, name), getattr(above, name)):
                said[f"{name}_change"] = None
        above = line
    return told


def _table(ask: Ask, found: Bridge, shut: _Shut) -> Table:
    words, year, base = ask.words, str(found.period), str(found.base)
    columns = [
        Column("definition", words("口径"), width=34),
        Column("deducted", words("{year} 本步扣除", year=year), number=True, width=16),
        Column("energy", words("{year} 能源消费量", year=year), number=True, width=16),
        Column("energy_change", words("较上一口径"), number=True, width=14),
        Column("deducted_base", words("{year} 本步扣除", year=base), number=True, width=16),
        Column("energy_base", words("{year} 能源消费量", year=base), number=True, width=16),
        Column("intensity", words("单位GDP能耗"), number=True, width=16),
        Column("decline", words("累计降低率"), number=True, width=14),
        Column("decline_change", words("较上一口径（百分点）"), number=True, width=16),
        Column("cite", words("依据"), width=40),
    ]
    rows = []
    for number, line in enumerate(found.lines):
        above = found.lines[number - 1] if number else None
        rows.append(
            [
                Cell(words.title(line.definition), href=f"#definition-{line.definition.id}"),
                _cell(ask, line.deducted, shut),
                _cell(ask, line.energy, shut),
                _change(ask, line.energy_change, (line.energy, above.energy) if above else (), shut),
                _cell(ask, line.deducted_base, shut),
                _cell(ask, line.energy_base, shut),
                _cell(ask, line.intensity, shut),
                _cell(ask, line.decline, shut),
                _change(ask, line.decline_change, (line.decline, above.decline) if above else (), shut),
                Cell(words.cite(line.cite)),
            ]
        )
    return Table("bridge", f"{words('口径对照')} {words.name(found.entity)} {year}", columns, rows)


def _cell(ask: Ask, figure: Figure | None, shut: _Shut) -> Cell:
    if figure is None:
        return Cell("—")
    words, cell = ask.words, figure.cell
    if shut(figure):
        return Cell.missing(words(CLOSED_TEXT))
    href = place_address("why", ask, cell)
    if figure.value is None:
        return Cell.missing(words("未知"), href)
    return Cell(words.amount(figure.value, figure.unit), figure.value, href=href)


def _change(ask: Ask, change: Decimal | None, of: tuple[Figure, ...], shut: _Shut) -> Cell:
    if not of:
        return Cell("—")
    if shut(*of):
        return Cell.missing(ask.words(CLOSED_TEXT))
    if change is None:
        return Cell.missing(ask.words("未知"))
    return Cell(f"{change:+f}", change)
