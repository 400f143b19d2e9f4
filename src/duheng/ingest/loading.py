"""A city's public figures, its plans' targets and its drill into the ledger; a second load adds nothing.

On an empty ledger everything is recorded with the date of its source, in ascending order, so that as-of views of the
past hold what was known then. Whatever comes later (a release with more public figures, a drill added to a ledger
already in use) is recorded by the clock, because the past of a ledger never changes.

Scenarios: public figures are `actual`; targets of real plans `target`; facts of the drill `drill`; targets of the
drill's own plans `drill-target`, so that a made-up target can never be read beside the real ones.
"""

from __future__ import annotations

import fcntl
import hashlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import duheng.settings
from duheng import ledger
from duheng.city import default_city_folder
from duheng.city import load as load_folder
from duheng.ingest.drill.facts import drill_batches
from duheng.ingest.drill.places import city_in, is_drill
from duheng.ingest.drill.settings import Settings, settings_of
from duheng.ledger.records import NewFact, NewSource, Receipt, SourceRecord
from duheng.model import glossary
from duheng.model.errors import UnknownName
from duheng.model.glossary import item_unit
from duheng.model.periods import parse
from duheng.model.plan import City, Plan, PublicFact, Target
from duheng.model.rounding import with_unit
from duheng.model.units import convert

BY = "系统装载"
_ZONE = ZoneInfo("Asia/Shanghai")
_MORNING = time(9, tzinfo=_ZONE)
SCENARIOS = ("actual", "target", "drill", "drill-target")
_CELL = ("quantity", "entity", "item", "period", "definition")
Issue = tuple[str, str, date | None]
_opened: dict[str, City] = {}


@dataclass
class Publication:
    """What one source said on one day."""

    day: date
    source: NewSource
    by: str
    facts: list[NewFact] = field(default_factory=list)


def open_city(id: str = "512000", scenario: str = "actual") -> City:
    """The city as a scenario sees it, with the ledger open and its figures loaded: where commands begin.

    Loads the drill too, except on a production installation that does not ask for it. Raises UnknownName for an
    unknown city or scenario, FolderError for a folder with troubles.
    """
    ledger.setup()
    if scenario not in SCENARIOS and not scenario.startswith(("forecast", "option-")):
        raise UnknownName(scenario, SCENARIOS, "情景")
    if id not in _opened:
        _opened[id] = load_folder(default_city_folder(id))
    city = _opened[id]
    load_city(city, drill=is_drill(scenario) or not duheng.settings.PRODUCTION)
    return city_in(city, scenario)


def load_city(city: City, *, drill: bool) -> Receipt:
    """Put the city's public figures and targets, and its drill where wanted, into the ledger; idempotent.

    Returns how many facts were added and how many were there already (only counted where they had to be compared).
    All or nothing: one commit spares a wait for the disk after each of hundreds of sources, and a first load that was
    interrupted begins again.
    """
    settings = settings_of(city) if drill else None
    if _complete(city, settings):
        return Receipt(0, 0, None, None)
    with _alone():
        if _complete(city, settings):
            return Receipt(0, 0, None, None)
        publications = [*_public(city), *_targets(city), *(_drill(city, settings) if settings else ())]
        in_order = sorted(publications, key=lambda one: (one.day, one.source.title))
        with ledger.one_commit():
            return _load(in_order)


def _complete(city: City, settings: Settings | None) -> bool:
    """Whether the ledger holds all that the city states; the drill's last source stands for all of them."""
    known = ledger.sources()
    drilled = settings is None or any(source.digest == _end_mark(settings.digest) for source in known)
    marks = _marks(known)
    return drilled and all(_loaded(one, marks) for one in (*_public(city), *_targets(city)))


def _marks(known: Iterable[SourceRecord]) -> dict[Issue, set[str]]:
    """The digests that a source of a day has had."""
    marks: dict[Issue, set[str]] = {}
    for source in known:
        marks.setdefault(_issue(source), set()).add(source.digest)
    return marks


def _loaded(publication: Publication, marks: dict[Issue, set[str]]) -> bool:
    """Whether the ledger holds the source by its digest; one that was otherwise once, by its figures in force."""
    source = publication.source
    had = marks.get(_issue(source), set())
    return source.digest in had and (len(had) == 1 or not unsaid(publication.facts, source))


def _issue(source: NewSource | SourceRecord) -> Issue:
    return (source.kind, source.title, source.published_on)


@contextmanager
def _alone() -> Iterator[None]:
    """Holds a lock of the installation: two first loads at once would record their sources out of order."""
    home = Path(duheng.settings.DUHENG_HOME)
    home.mkdir(parents=True, exist_ok=True)
    with (home / ".load.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _load(publications: list[Publication]) -> Receipt:
    """Append what is missing: with the dates of the sources while nothing else is in the ledger, else by the clock."""
    known = ledger.sources()
    marks = _marks(known)
    present = {(source.title, source.published_on, source.digest) for source in known}
    keys = [(one.source.title, one.source.published_on, one.source.digest) for one in publications]
    begun = next((n for n, key in enumerate(keys) if key not in present), len(keys))
    if present <= set(keys[:begun]):
        return _together(_append(one, one.facts, dated=True) for one in publications[begun:])
    fresh = [one for one in publications if not one.source.digest or not _loaded(one, marks)]
    return _together(_append(one, unsaid(one.facts, one.source), dated=False) for one in fresh)


def _append(publication: Publication, facts: list[NewFact], *, dated: bool) -> Receipt:
    done = Receipt(0, 0, None, None)
    if facts:
        # A clock that runs behind the drill's last publications must not see facts of the future.
        at = min(datetime.combine(publication.day, _MORNING), datetime.now(_ZONE)) if dated else None
        done = ledger.append(facts, publication.source, publication.by, at)
    rest = len(publication.facts) - len(facts)
    return Receipt(done.added, done.duplicates + rest, done.first_seq, done.last_seq)


def unsaid(facts: Iterable[NewFact], source: NewSource) -> list[NewFact]:
    """The facts that this source has not said before, superseded or not, or says again in place of its own latest ones.

    The ledger alone would take an old file, imported again after a correction, for news and put the wrong figure back.
    What a document or plan of the folder says of a day counts as it stands there now: a slip can be corrected back.
    A source is the same where its digest is; a document or plan of the city's folder also where its title is, and
    a form of the drill where title and date are.
    """
    given = list(facts)
    same = {known.id for known in ledger.sources() if _same(known, source)}
    if not same:
        return given
    said: dict[str, set[tuple[str | None, ...]]] = {}
    for scenario in {fact.scenario for fact in given}:
        frame = ledger.read(scenario)
        rows = frame.filter(frame["source"].is_in(list(same)))
        said[scenario] = set(rows.select(*_CELL, "stated").iter_rows())
    # Of two values for one cell in one document only the last can be in force.
    latest = {_cell(fact): fact for fact in given} if source.kind in ("document", "plan") else {}
    return [
        fact
        for fact in given
        if (*_cell(fact), fact.stated) not in said[fact.scenario]
        and _news(fact, source if latest.get(_cell(fact)) is fact else None, same)
    ]


def _cell(fact: NewFact) -> tuple[str | None, ...]:
    return (fact.quantity, fact.entity, fact.item, fact.period, fact.definition)


def _same(known: SourceRecord, source: NewSource) -> bool:
    if source.digest and known.digest == source.digest:
        return True
    if source.kind in ("document", "plan"):
        return (known.kind, known.title) == (source.kind, source.title)
    return not source.digest and (known.title, known.published_on) == (source.title, source.published_on)


def _news(fact: NewFact, own: NewSource | None, same: set[int]) -> bool:
    """Whether no source of `same` has said it yet, or `own`, a document of the folder, now says it in place of what it
    said and what is in force still."""
    past = ledger.history(fact.quantity, fact.entity, fact.item, fact.period, fact.scenario, fact.definition)
    now = next((one for one in past if one.standing == "effective"), None)
    if (
        own is not None
        and now is not None
        and now.status == fact.status
        and _issue(now.source) == _issue(own)
    ):
        return True
    return not any(
        one.source.id in same
        and (one.value, one.stated, one.status) == (fact.value, fact.stated, fact.status)
        for one in past
    )


def _together(receipts: Iterable[Receipt]) -> Receipt:
    known = list(receipts)
    firsts = [r.first_seq for r in known if r.first_seq is not None]
    lasts = [r.last_seq for r in known if r.last_seq is not None]
    added, duplicates = sum(r.added for r in known), sum(r.duplicates for r in known)
    return Receipt(added, duplicates, min(firsts, default=None), max(lasts, default=None))


# --- public figures -----------------------------------------------------------------------------------------------


def _public(city: City) -> Iterator[Publication]:
    """The city's public figures by source and day."""
    found: dict[tuple[date, str], Publication] = {}
    for fact in city.facts:
        key = (fact.stated_on, fact.source)
        if key not in found:
            found[key] = Publication(
                fact.stated_on, NewSource("document", fact.source, _address(fact.source)), BY
            )
        found[key].facts.append(_public_fact(fact))
    for (day, title), publication in found.items():
        mark = _content_mark(publication.facts)
        publication.source = NewSource("document", title, _address(title), mark, day)
        yield publication


def _address(source: str) -> str:
    return source if source.startswith(("http://", "https://")) else ""


def _content_mark(facts: Iterable[NewFact]) -> str:
    """Hash of what a source says here: a release that says more or other things of it is another mark."""
    text = "\n".join(
        repr((f.scenario, f.quantity, f.entity, f.item, f.period, f.definition, str(f.value), f.stated))
        for f in facts
    )
    return hashlib.sha256(text.encode()).hexdigest()


def _public_fact(fact: PublicFact) -> NewFact:
    unit = item_unit(glossary.quantity(fact.quantity), fact.item)
    return NewFact(
        quantity=fact.quantity,
        entity=fact.entity,
        item=fact.item,
        period=str(parse(fact.period)),
        scenario="actual",
        definition=fact.definition,
        value=convert(fact.value, fact.unit, unit),
        stated=with_unit(f"{fact.value:f}", fact.unit),
        status=fact.status,
        confidence=fact.confidence,
        locator=fact.locator,
        unit=unit,
    )


# --- targets ------------------------------------------------------------------------------------------------------


def _targets(city: City) -> Iterator[Publication]:
    """The targets of every plan, each version with the document that made it."""
    for plan in city.plans:
        versions: dict[tuple[date, str], list[NewFact]] = {}
        for target in plan.targets:
            versions.setdefault((plan.date, f"{plan.title}（{plan.number}）"), []).extend(
                _target(plan, target, target.value)
            )
            for change in target.changes:
                versions.setdefault((change.since, change.document), []).extend(
                    _target(plan, target, change.value)
                )
        for (day, title), facts in versions.items():
            if facts:
                yield Publication(
                    day, NewSource("plan", title, plan.id, _content_mark(facts), day), BY, facts
                )


def _target(plan: Plan, target: Target, value: Decimal | None) -> Iterator[NewFact]:
    if value is None or target.unit is None:
        return
    unit = item_unit(glossary.quantity(target.quantity), target.item)
    span = f" 第{target.characters[0]}～{target.characters[1]}字" if target.characters else ""
    yield NewFact(
        quantity=target.quantity,
        entity=target.entity,
        item=target.item,
        period=str(target.deadline),
        scenario="drill-target" if is_drill(plan.scenario) else "target",
        definition=target.definition,
        value=convert(value, target.unit, unit),
        stated=with_unit(f"{value:f}", target.unit),
        status="audited",
        confidence="derived" if is_drill(plan.scenario) else "quoted",
        locator=f"{target.article}{span}",
        unit=unit,
    )


# --- the drill ----------------------------------------------------------------------------------------------------


def _end_mark(digest: str) -> str:
    """Digest of the drill's last source: where the ledger has it, the whole drill was loaded."""
    return hashlib.sha256(f"{digest} end".encode()).hexdigest()


def _drill(city: City, settings: Settings) -> list[Publication]:
    batches = drill_batches(city, settings)
    last = len(batches) - 1
    return [
        Publication(
            batch.day,
            NewSource(
                "submission", batch.title, "", _end_mark(settings.digest) if number == last else "", batch.day
            ),
            f"{batch.by}（演练）",
            batch.facts,
        )
        for number, batch in enumerate(batches)
    ]
