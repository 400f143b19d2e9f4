"""Verification: every hash computed anew, every link followed, every head compared.

Found and named: rows changed, removed, inserted, renumbered or put in another order; a row replaced together with its
own hash; a source changed or removed; an end cut off, as far as a head remembers it; triggers taken away.

Not found, because no key is secret: a chain rewritten from some row to its very end, or cut off, together with both
heads (the table's and the file's in DUHENG_HOME). The remedy is `known`: a hash once printed, sent or signed (a
backup's manifest, a report) must still be a link of the chain, and it vouches for everything before it.
"""

from collections.abc import Iterable, Iterator, Mapping

from django.db import connection

from duheng.ledger import chain, heads, triggers
from duheng.ledger.links import REMEDY, Chain, Walk, walk
from duheng.ledger.snapshot import rows, snapshot
from duheng.model.errors import DuhengError
from duheng.model.findings import Finding

MOST_NAMED = 200

FACTS = Chain(
    heads.FACT,
    chain.FACT,
    "SELECT hash, algorithm, confidence, definition, entity, item, locator, period, previous, quantity, recorded_at, "
    "recorded_by, scenario, seq, source_id, stated, status, supersedes, unit, value FROM ledger_fact ORDER BY seq",
    "事实",
    ("quantity", "entity", "item", "period"),
)
AUDIT = Chain(
    heads.AUDIT,
    chain.AUDIT,
    "SELECT hash, action, actor, algorithm, at, detail, object, previous, seq FROM ledger_audit ORDER BY seq",
    "审计记录",
    ("at", "actor", "action", "object"),
)


def verify(known: Iterable[str] = ()) -> list[Finding]:
    """What is wrong with the ledger, by place; empty where it is whole.

    known: hashes noted elsewhere that must be links of the chain of facts. A row is named by number, cell and id;
    which of its columns was changed cannot be told. At most 200 findings are listed, a last one counts the rest.
    Sees one moment of the ledger while others write; memory does not grow with it.
    """
    # The file before the snapshot: it never runs ahead of the database, but a writer may move both meanwhile.
    outside, trouble = _noted()
    return trouble + inspect(outside, known)


def inspect(outside: Mapping[str, heads.Head], known: Iterable[str] = ()) -> list[Finding]:
    """The same with the heads noted outside of the database given, by chain."""
    wanted = {link.strip().lower() for link in known}
    named: list[Finding] = []
    more = 0
    with snapshot():
        for finding in _findings(wanted, outside):
            if len(named) < MOST_NAMED:
                named.append(finding)
            else:
                more += 1
    if more:
        named.append(Finding("more", "error", "账本", f"另有 {more} 处问题未逐一列出", "", REMEDY))
    return named


def _noted() -> tuple[dict[str, heads.Head], list[Finding]]:
    """The heads noted outside of the database, by chain."""
    try:
        return heads.noted(heads.current().ledger), []
    except DuhengError as trouble:
        return {}, [
            Finding(
                "head-file",
                "error",
                "账本链首",
                str(trouble),
                "",
                "请查明缘由；链首文件可以删除，下次记账时重建",
            )
        ]


def _findings(wanted: set[str], outside: Mapping[str, heads.Head]) -> Iterator[Finding]:
    for name in triggers.missing(connection):
        found, remedy = (
            "不存在或已停用，账本失去只增不改的保护",
            "请查明何人删除，并从备份恢复（duheng restore）",
        )
        yield Finding("trigger-missing", "error", f"数据库触发器 {name}", found, "", remedy)
    sources: dict[int, str] = {}
    yield from _sources(sources)
    yield from _chain(Walk(FACTS, sources, left=wanted), outside)
    yield from _chain(Walk(AUDIT, sources), outside)


def _sources(links: dict[int, str]) -> Iterator[Finding]:
    """Fills in the hash of every source by number; findings on those whose content does not fit it."""
    for id, link, *row in rows(f"SELECT id, hash, {', '.join(chain.SOURCE)} FROM ledger_source ORDER BY id"):
        links[id] = link
        try:
            fits = chain.link(chain.SOURCE, row) == link
        except DuhengError:  # an algorithm that does not exist
            fits = False
        if not fits:
            place = f"账本来源第 {id} 号（{row[chain.SOURCE.index('title')]}，{link[:12]}）"
            yield Finding("source-tampered", "error", place, "内容与其校验值不符，已被改动", "", REMEDY)


def _chain(state: Walk, outside: Mapping[str, heads.Head]) -> Iterator[Finding]:
    """Findings on one chain: its rows, its two heads, and the hashes it must contain."""
    title, name = state.which.title, state.which.name
    marks = [outside[name]] if name in outside else []
    try:
        head = heads.current(name)
    except DuhengError as trouble:
        yield Finding("head", "error", f"账本{title}", str(trouble), "", REMEDY)
    else:
        marks = [head] + [mark for mark in marks if mark != head]
    state.wanted = {mark.seq for mark in marks}
    yield from walk(state)
    for mark in marks:
        yield from _against(state, mark)
    if marks and state.seq > marks[0].seq:
        found = f"链首记为第 {marks[0].seq} 条，表中却有第 {state.seq} 条"
        yield Finding("head", "error", f"账本{title}", found, "两者一致", REMEDY)
    for link in sorted(state.left):
        yield Finding("not-in-chain", "error", f"校验值 {link}", "不在账本的链上", "账本曾有的一环", REMEDY)


def _against(state: Walk, mark: heads.Head) -> Iterator[Finding]:
    """The chain against one head: its end cut off, or another row in the place of the one noted."""
    title = state.which.title
    if mark.seq > state.seq:
        place = state.which.span(state.seq + 1, mark.seq)
        expected = f"末条为第 {mark.seq} 条（{mark.hash[:12]}）"
        yield Finding("truncated", "error", place, "末尾被截去", expected, REMEDY)
    elif mark.seq in state.seen and state.seen[mark.seq] != mark.hash:
        found = f"校验值为 {state.seen[mark.seq][:12]}，与链首所记不符"
        yield Finding("head", "error", f"账本{title}第 {mark.seq} 条", found, mark.hash[:12], REMEDY)
