"""Parameters: every value in force with how certain it is and where it is used; and how a city replaces one.

An administrator proposes a setting with its citation, another person with the right to accept does so: the same two
words as for an import. Both stand in the ledger's trail; nothing is overwritten.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect

from duheng.assess.audit import settings as audit
from duheng.assess.books import day_of, end_of_day
from duheng.assess.parameters import (
    ACCEPTED,
    RETURNED,
    WAITING,
    Proposal,
    proposals,
    propose,
    reach,
    readers,
    settle,
    uses,
)
from duheng.model.data import root
from duheng.model.errors import DuhengError, UnknownName
from duheng.model.glossary import axis, item_unit
from duheng.model.parameters import CERTAINTIES, Parameter, Setting
from duheng.web import roles
from duheng.web.boards import books
from duheng.web.errors import BadAddress
from duheng.web.page import Ask, Page
from duheng.web.pages.handbook import CERTAINTY
from duheng.web.reasons import item_title
from duheng.web.tables import Cell, Column, Table

SHOWN = 40
LEAST_REASON, LONGEST_REASON = 2, 1000
STANDING = {WAITING: "待核准", ACCEPTED: "已核准，生效", RETURNED: "已退回"}
OWN = "own"
FAMILIES = {
    "energy": "能源",
    "balance": "能源平衡",
    "carbon": "碳排放",
    "air": "空气",
    "water": "水",
    "soil": "土壤",
    "voc": "挥发性有机物",
    "reduction": "减排核算",
    "tax": "环境保护税",
    "audit": "数据核查",
    "monitoring": "在线监测",
    "price": "电价",
    "forms": "统计报表",
    "own": "本市所设",
}
FILTERS = {**CERTAINTY, OWN: "本市取值"}


def show(ask: Ask) -> Page:
    """All values in force on the day by family; filtered by certainty, family and a word, page by page."""
    certainty, family, word = _asked(ask)
    known = list(books(ask).books.parameters)
    every = [(of, setting) for of in known for setting in _in_force(ask, of)]
    kept = [
        (of, setting)
        for of, setting in every
        if _passes(setting, certainty)
        and family in ("", _family(of))
        and (not word or word.lower() in _searched(ask, of, setting))
    ]
    table = _table(ask, kept)
    waiting = [one for one in _proposals(ask) if one.standing == WAITING] if _may_read(ask) else []
    return Page(
        template="parameters.html",
        title=ask.words("参数"),
        data={
            "certainty": certainty or None,
            "q": word or None,
            "family": family or None,
            "parameters": table.records(),
        },
        context={
            **_paged(ask, table),
            "families": _families(ask, every) if not (certainty or word or family) else [],
            "FAMILIES": FAMILIES,
            "family": family,
            "counts": [
                (id, title, sum(_passes(setting, id) for _, setting in every))
                for id, title in FILTERS.items()
            ],
            "certainty": certainty,
            "word": word,
            "waiting": [(one, _of(ask, one.parameter)) for one in waiting],
        },
        tables=(table,),
    )


def _asked(ask: Ask) -> tuple[str, str, str]:
    """Certainty, family and word of the address, "" for all. BadAddress."""
    asked = {name: ask.request.GET.get(name, "").strip() for name in ("certainty", "family", "q")}
    for name, known in (("certainty", FILTERS), ("family", FAMILIES)):
        if asked[name] not in ("", *known):
            raise BadAddress(name, asked[name], list(known))
    return asked["certainty"], asked["family"], asked["q"][:60]


def _paged(ask: Ask, table: Table) -> dict[str, object]:
    """The rows of the page in the address (`page`, from 1). BadAddress for a page that there is none of."""
    pages = max(1, -(-len(table.rows) // SHOWN))
    asked = ask.request.GET.get("page", "").strip() or "1"
    if not (asked.isascii() and asked.isdigit() and len(asked) < 6 and 1 <= int(asked) <= pages):
        raise BadAddress("page", asked, f"1-{pages}")
    rows = table.rows[(int(asked) - 1) * SHOWN : int(asked) * SHOWN]
    short = Table(table.name, table.title, table.columns, rows, empty=table.empty)
    return {"short": short, "pages": pages, "number": int(asked)}


def _families(
    ask: Ask, every: list[tuple[Parameter, Setting]]
) -> list[tuple[str, str, list[tuple[Parameter, int, int]]]]:
    """Every parameter by family with the number of its values and of those that nobody has verified."""
    found: dict[str, dict[str, list[Setting]]] = {id: {} for id in FAMILIES}
    titled = {of.id: of for of, _ in every}
    for of, setting in every:
        found[_family(of)].setdefault(of.id, []).append(setting)
    return [
        (
            id,
            ask.words(FAMILIES[id]),
            [(titled[of], len(own), sum(s.certainty == "memory" for s in own)) for of, own in known.items()],
        )
        for id, known in found.items()
        if known
    ]


def _family(of: Parameter) -> str:
    return _packaged_families().get(of.id, "own")


@cache
def _packaged_families() -> dict[str, str]:
    """By id the folder of cn/parameters that a parameter stands in."""
    return {path.stem: path.parent.name for path in (root() / "parameters").rglob("*.yaml")}


def one(ask: Ask, id: str) -> Page | HttpResponse:
    """One parameter: its settings, what rests on it, what was proposed; a POST says the next word."""
    of = _of(ask, id)
    posted = ask.request.method == "POST"
    if posted and (done := _say(ask, of)) is not None:
        return done
    rules, targets = uses(of, ask.plan)
    words = ask.words
    told = [one for one in _proposals(ask) if one.parameter == of.id] if _may_read(ask) else []
    table = _settings(ask, of)
    return Page(
        template="parameter.html",
        title=words.title(of),
        data={
            "id": of.id,
            "unit": of.unit,
            "settings": table.records(),
            "rules": [one.id for one in rules],
            "targets": [one.id for one in targets],
            "reach": reach(of.id) or None,
            "proposals": [_as_json(one) for one in told],
        },
        context={
            "parameter": of,
            "family": _family(of),
            "FAMILIES": FAMILIES,
            "unit": words("随品种") if "<" in of.unit else words.unit(of.unit) or "1",
            "note": _told(ask, of.note),
            "rules": rules,
            "reach": words(reach(of.id)),
            "targets": targets,
            "proposals": told,
            "mine": ask.user.get_username(),
            "STANDING": STANDING,
            **_to_choose(ask, of),
        },
        tables=(table,),
        status=422 if posted else 200,  # the form comes back as it was filled in
    )


def _to_choose(ask: Ask, of: Parameter) -> dict[str, object]:
    """What the form of a replacement offers, and who may use it."""
    words = ask.words
    return {
        "choices": [(word, words(word)) for word in of.choices.values()],
        "items": [(item, words.title(item)) for item in axis(of.axis).items.values()] if of.axis else [],
        "typed": ask.request.POST if ask.request.POST.get("word") == "propose" else ask.request.GET,
        "CERTAINTY": {key: CERTAINTY[key] for key in CERTAINTIES},
        "may_propose": roles.may(ask.user, roles.SET_PARAMETERS),
        "may_accept": roles.may(ask.user, roles.ACCEPT_FACTS),
    }


def _may_read(ask: Ask) -> bool:
    """Who may see what is not accepted yet, and who proposed it."""
    return roles.may(ask.user, roles.ACCEPT_FACTS) or roles.may(ask.user, roles.SET_PARAMETERS)


def _proposals(ask: Ask) -> list[Proposal]:
    return proposals(ask.city, ask.selection.scenario, end_of_day(ask.selection.as_of))


def _of(ask: Ask, id: str) -> Parameter:
    return books(ask).books.parameters.get(id)


def _in_force(ask: Ask, of: Parameter) -> Iterator[Setting]:
    """The settings in force in the city on the day, one an item."""
    day = day_of(ask.selection.as_of)
    for item in dict.fromkeys(setting.item for setting in of.settings):
        setting = of.at(day, item, ask.city.code)
        if setting is not None:
            yield setting


def _passes(setting: Setting, certainty: str) -> bool:
    if certainty == OWN:
        return len(setting.where) > len("51")
    return certainty in ("", setting.certainty)


def _searched(ask: Ask, of: Parameter, setting: Setting) -> str:
    texts = (of.id, of.title, of.title_en, setting.item or "", setting.cite, _item(ask, of, setting))
    return " ".join(texts).lower()


def _item(ask: Ask, of: Parameter, setting: Setting) -> str:
    return item_title(ask, of.axis, setting.item) if setting.item else "—"


def _columns(ask: Ask) -> list[Column]:
    words = ask.words
    return [
        Column("item", words("项目"), width=18),
        Column("value", words("数值"), number=True),
        Column("unit", words("单位"), width=14),
        Column("certainty", words("可信程度"), width=10),
        Column("since", words("自"), width=12),
        Column("where", words("适用地区"), width=12),
        Column("cite", words("依据"), width=44),
    ]


def _cells(ask: Ask, of: Parameter, setting: Setting) -> list[Cell]:
    words = ask.words
    place = ask.city.name if setting.where == ask.city.code else setting.where
    doubt = setting.certainty == "memory"
    return [
        Cell(_item(ask, of, setting)),
        Cell(words(of.written(setting.value)), setting.value),
        Cell("—" if of.choices else words.unit(item_unit(of, setting.item)) or "1"),
        Cell(words(CERTAINTY[setting.certainty]), kind="doubt" if doubt else ""),
        Cell(setting.since.isoformat() if setting.since.year > 1900 else "—"),
        Cell(words(place) if place else words("全国")),
        Cell(words.cite(setting.cite)),
    ]


def _table(ask: Ask, kept: list[tuple[Parameter, Setting]]) -> Table:
    """A row for each value, with the rules that read it."""
    words = ask.words
    columns = [
        Column("title", words("名称"), width=34),
        *_columns(ask),
        Column("used", words("用于"), width=30),
    ]
    rows = []
    for of, setting in kept:
        rules = readers().get(of.id, [])
        more = words("等 {n} 条规则", n=len(rules)) if len(rules) > 1 else ""
        where = f"{words.title(rules[0])} {more}".strip() if rules else "—"
        href = f"/parameters/{of.id}{ask.selection.context()}"
        rows.append([Cell(words.title(of), href=href), *_cells(ask, of, setting), Cell(where)])
    return Table("parameters", words("参数"), columns, rows, empty=words("没有符合筛选条件的参数。"))


def _settings(ask: Ask, of: Parameter) -> Table:
    """Every setting of one parameter, those of the city first, with what is noted of it."""
    ordered = sorted(of.settings, key=lambda s: (s.item or "", -len(s.where), s.since))
    words = ask.words
    rows = [[*_cells(ask, of, one), Cell(_noted(ask, of, one) or "—")] for one in ordered]
    columns = [*_columns(ask), Column("note", words("说明"), width=40)]
    return Table(
        "settings", words.title(of), columns, rows, empty=words("还没有取值；由本市设定并写明依据。")
    )


def _noted(ask: Ask, of: Parameter, one: Setting) -> str:
    """What is noted of a value, and where no page reads its item, that."""
    unread = audit.reach(one.item) if of.id == audit.PARAMETER else ""
    return ask.words("；").join(filter(None, (_told(ask, one.note), ask.words(unread))))


def _told(ask: Ask, note: str) -> str:
    """A note in the reader's language; "" where it has none."""
    said = ask.words(note) if note else ""
    return said if ask.words.lang == "zh" or said != note else ""


def _as_json(one: Proposal) -> dict[str, object]:
    return {
        "number": one.number,
        "item": one.setting.item,
        "value": f"{one.setting.value:f}",
        "stated": one.stated,
        "since": one.setting.since.isoformat(),
        "where": one.setting.where,
        "cite": one.setting.cite,
        "certainty": one.setting.certainty,
        "by": one.name,
        "at": one.at.isoformat(),
        "standing": one.standing,
        "settled_by": one.settled_name or None,
        "settled_at": one.settled_at.isoformat() if one.settled_at else None,
        "reason": one.reason or None,
    }


# --- the words ---


def _say(ask: Ask, of: Parameter) -> HttpResponse | None:
    """Propose, accept or return; then back to the parameter. None where a proposal is not accepted as typed."""
    word = ask.request.POST.get("word", "")
    done = {"propose": _propose, "accept": _settle, "return": _settle}
    if word not in done:
        raise BadAddress("word", word, list(done))
    roles.demand(ask.user, roles.SET_PARAMETERS if word == "propose" else roles.ACCEPT_FACTS)
    try:
        messages.success(ask.request, ask.words(done[word](ask, of, word)))
    except (DuhengError, UnknownName) as trouble:
        messages.error(ask.request, ask.words(trouble.args[0] if trouble.args else str(trouble)))
        if word == "propose":
            return None
    return HttpResponseRedirect(f"/parameters/{of.id}{ask.selection.context()}")


def _person(ask: Ask) -> dict[str, str]:
    name = ask.user.get_username()
    return {"by": name, "name": ask.user.get_full_name() or name}


def _propose(ask: Ask, of: Parameter, word: str) -> str:
    written = {
        name: ask.request.POST.get(name, "")
        for name in ("item", "value", "unit", "since", "cite", "certainty")
    }
    propose(ask.city, ask.selection.scenario, of, written, **_person(ask))
    return "已提出，等待另一人核准；核准前各处仍用原值。"


def _settle(ask: Ask, of: Parameter, word: str) -> str:
    asked = ask.request.POST.get("number", "")
    number = int(asked) if asked.isdecimal() and len(asked) < 16 else 0
    reason = ask.request.POST.get("reason", "").strip()[:LONGEST_REASON]
    if word == "return" and len(reason) < LEAST_REASON:
        raise DuhengError("请写明退回的原因。")
    standing = ACCEPTED if word == "accept" else RETURNED
    settle(ask.city, ask.selection.scenario, number, standing, reason=reason, **_person(ask))
    return (
        "已核准，新取值自所写日期起适用；此前的结果按截至日期仍可复现。" if word == "accept" else "已退回。"
    )
