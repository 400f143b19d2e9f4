"""The findings inbox: each finding with its standing, from the question to the judgement with its reason.

    open ── ask ──► asked ── answer ──► answered ── confirm ──► confirmed (an error; gone once the figure is mended)
                                             └────── clear ───► cleared   (true after all; open again after a year)

A word is an entry of the ledger's audit trail: append-only, chained, backed up. It stands for exactly the figures it
was said about: where they change, the finding is a new one and open again. Asking again is possible at any time.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import polars as pl

from duheng import ledger
from duheng.assess.audit.report import Flag
from duheng.assess.audit.settings import settings
from duheng.assess.books import Opened
from duheng.assess.evidence import Cell
from duheng.model.errors import DuhengError
from duheng.model.findings import Finding

ACTION = "finding-word"
CLEARED_FOR = timedelta(days=365)  # then the reason has to be given again
STATES = {
    "open": "待询问",
    "asked": "已询问，待答复",
    "answered": "已答复，待判定",
    "confirmed": "确认有误，待更正",
    "cleared": "已排除",
}
WAITING = ("open", "asked", "answered", "confirmed")
# A word: the state it leads to, and from which states.
WORDS = {
    "ask": ("asked", ("open", "answered", "confirmed", "cleared")),
    "answer": ("answered", ("open", "asked")),
    "confirm": ("confirmed", ("answered",)),
    "clear": ("cleared", ("answered",)),
}
KINDS = {
    "definition-foreign": "口径不属于该指标",
    "definition-mismatch": "口径与目标不符",
    "members-whole": "县（区）之和与全市不符",
    "outranked": "未被采用的数",
    "price-base": "价格基期未注明",
    "power-calorific": "电力、热力按当量值",
    "reduction-above-base": "减排量大于基数排放量",
    "reduction-base": "污染源不在基数内",
    "reduction-capacity": "填报减排能力与公式不符",
    "reduction-evidence": "减排项目证据不全",
    "reduction-pollutant": "项目类型不核算该污染物",
    "reduction-stopped": "停运的减排量未扣减",
    "reduction-twice": "一吨算了两次",
    "reduction-type": "减排项目类型不明",
    "reduction-unknown": "减排量未知",
    "stated-computed": "填报值与计算值不符",
    "target-unit": "目标单位不能换算",
    "voc-balance": "VOCs物料不平衡",
    "voc-coefficient": "VOCs收集、处理率与系数不符",
    "voc-hood": "集气罩控制风速不足",
    "voc-share": "VOCs收集、处理率不在0与1之间",
    "voc-stack": "VOCs排口实测与清单不符",
    "voc-treatment": "VOCs处理效率不达标",
    "year-missing": "规划期内缺年份",
}


Figures = list[tuple[Cell, str]]
"""Stated figures, each with the cell it was stated in."""


@dataclass(frozen=True, slots=True)
class Word:
    """What somebody said about a finding: the state it led to, why, by whom and when."""

    number: int
    state: str
    reason: str
    by: str
    name: str
    at: datetime


@dataclass(frozen=True)
class Case:
    """A finding with what was said about it, oldest first. id: of the finding and the figures it stands on.

    stated: the cells in which these figures were stated, as the months of a year.
    """

    id: str
    flag: Flag
    words: tuple[Word, ...]
    state: str
    stated: tuple[Cell, ...]

    @property
    def finding(self) -> Finding:
        """What was found."""
        return self.flag.finding

    @property
    def last(self) -> int:
        """Number of the last word, 0 before the first: what a further word must know of."""
        return self.words[-1].number if self.words else 0

    def may_follow(self, word: str) -> bool:
        """Whether this word can be said now."""
        return self.state in WORDS[word][1]


def kinds() -> dict[str, str]:
    """Code of a finding -> what kind of finding it is, in words."""
    return {**KINDS, **{f"audit-{code}": str(one["title"]) for code, one in settings().items()}}


def cases(opened: Opened, flags: Iterable[Flag]) -> list[Case]:
    """The findings with their standing as of the opening's moment, in the order given; each once."""
    flags = list(flags)
    figures, said = _figures(opened, flags), _said(opened)
    now = opened.moment or datetime.now(UTC)
    found: dict[str, Case] = {}
    for flag in flags:
        id = _id(opened, flag, figures)
        words = tuple(said.get(id, ()))
        stated = tuple(cell for one in flag.cells for cell, _ in figures[one])
        found.setdefault(id, Case(id, flag, words, _standing(words, now), stated))
    return list(found.values())


def _standing(words: Sequence[Word], now: datetime) -> str:
    if not words:
        return "open"
    lapsed = words[-1].state == "cleared" and words[-1].at + CLEARED_FOR < now
    return "open" if lapsed else words[-1].state


def _id(opened: Opened, flag: Flag, figures: Mapping[Cell, Figures]) -> str:
    one = flag.finding
    what: list[object] = [[*_key(cell), " ".join(value for _, value in figures[cell])] for cell in flag.cells]
    what = what or [one.place, one.found]
    content = json.dumps([opened.city.id, opened.scenario, one.code, what], ensure_ascii=False, default=str)
    return hashlib.sha256(content.encode()).hexdigest()[:16]


def _key(cell: Cell) -> tuple[str | None, ...]:
    return (cell.quantity, cell.entity, cell.item, cell.period, cell.definition)


def _figures(opened: Opened, flags: Sequence[Flag]) -> dict[Cell, Figures]:
    """The figures under each cell and where they were stated: of the cell itself, or of the months of its year."""
    asked = {cell for flag in flags for cell in flag.cells}
    facts = opened.books.facts.filter(pl.col("quantity").is_in(list({cell.quantity for cell in asked})))
    stated: dict[tuple[object, ...], Figures] = defaultdict(list)
    for of, entity, item, period, definition, value in facts.select(
        "quantity", "entity", "item", "period", "definition", "value"
    ).iter_rows():
        figure = (Cell(of, entity, item, period, definition), repr(value))
        stated[of, entity, item, period].append(figure)
        if len(period) == 7:
            stated[of, entity, item, period[:4]].append(figure)
    return {c: stated.get((c.quantity, c.entity, c.item, c.period), []) for c in asked}


def _said(opened: Opened) -> dict[str, list[Word]]:
    found: dict[str, list[Word]] = defaultdict(list)
    for entry in reversed(ledger.trail(limit=None, action=ACTION)):
        if opened.moment is None or entry.at <= opened.moment:
            told = json.loads(entry.detail)
            word = Word(entry.seq, told["state"], told["reason"], entry.actor, told["name"], entry.at)
            found[entry.object].append(word)
    return found


def say_word(case: Case, word: str, reason: str, *, by: str, name: str, scenario: str) -> int:
    """Append a word to the trail and return its number. DuhengError where it cannot follow, or by whom it is said.

    Who answered, or reported a figure in question, does not judge it.
    """
    if not case.may_follow(word):
        raise DuhengError("这条提示的状态已改变，没有再作记录。请刷新后重试。")
    if word in ("confirm", "clear") and by in reporters(case, scenario):
        raise DuhengError("填报人、答复人不能判定自己的数据。请由另一位有“审核”权限的人判定。")
    one = case.finding
    detail = {
        "state": WORDS[word][0],
        "reason": reason,
        "name": name,
        "code": one.code,
        "place": str(one.place),
        "found": str(one.found),
        "scenario": scenario,
    }
    return ledger.audit(by, ACTION, case.id, detail)


def reporters(case: Case, scenario: str) -> set[str]:
    """The accounts that answered the finding or sent a figure it questions, be it as a month of its year."""
    found = {word.by for word in case.words if word.state == "answered"}
    for c in case.stated:
        records = ledger.history(c.quantity, c.entity, c.item, c.period, scenario, c.definition)
        # An import keeps both names: sender（reviewer 审核）.
        found |= {one.recorded_by.partition("（")[0] for one in records}
    return found
