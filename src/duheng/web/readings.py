"""A plan's document under review: its entries as they stand after every word said about them.

What the program read is kept as it was read; each word of a person is one row more (`ReadingDecision`). A word names
the step it answers: two people who answer the same state cannot both be heard, and the later one is told so.
"""

from __future__ import annotations

import base64
import hashlib
import json
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from dataclasses import fields as dataclass_fields
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

import duheng.rules  # noqa: F401  computed quantities join the glossary when the rules load
from duheng import __version__, ledger
from duheng.model.errors import DuhengError
from duheng.model.saying import say
from duheng.reading.binding import bind
from duheng.reading.doubts import kinds
from duheng.reading.reading import read, read_text
from duheng.reading.records import Target
from duheng.web.errors import NotThere
from duheng.web.models import PlanReading, ReadingDecision

OPEN, ACCEPTED, EDITED, REJECTED = "open", "accepted", "edited", "rejected"
WORDS = {"add": OPEN, "accept": ACCEPTED, "edit": EDITED, "reject": REJECTED, "reopen": OPEN}
TARGET, TASK, DOUBT, HEAD = "t", "k", "d", "h"
NEEDED = ("title", "date", "period")
HEADS = ("title", "issuer", "number", "date", "period")
NO_QUANTITY = {"quantity": None, "item": None, "confidence": None}
SURE = 0.7
"""A proposed quantity whose name is less alike than this wants a look of its own."""


class Overtaken(DuhengError):
    """Somebody else said a word about the entry since it was shown; nothing was changed."""


@dataclass(frozen=True)
class Entry:
    """A target, task, doubt or the head of the document, as it stands.

    fields: as in the annotations, of a target also quantity, item and confidence (null once a person chose). step: how
    many words were said. by, at: of the last one. doubts: ids of the doubts that lie over it.
    """

    id: str
    fields: Mapping[str, Any]
    read: Mapping[str, Any] | None
    standing: str = OPEN
    step: int = 0
    by: str = ""
    name: str = ""
    at: datetime | None = None
    doubts: tuple[str, ...] = ()

    @property
    def kind(self) -> str:
        """t target, k task, d doubt, h head."""
        return self.id[0]

    @property
    def start(self) -> int:
        """Where it begins in the text; 0 for the head."""
        return int(self.fields.get("start", 0))

    @property
    def kept(self) -> bool:
        """Whether it goes into the plan."""
        return self.standing in (ACCEPTED, EDITED)

    @property
    def unsure(self) -> bool:
        """Whether its proposed quantity is far from its name, or missing, and nobody has said a word yet."""
        if self.kind != TARGET or self.standing != OPEN:
            return False
        sure = self.fields.get("confidence")
        return not self.fields.get("quantity") or (sure is not None and sure < SURE)

    @property
    def doubtful(self) -> bool:
        """Whether it wants a look of its own before it is accepted; a head without what a plan needs does."""
        if self.kind == HEAD:
            return not all(self.fields[name] for name in NEEDED)
        return bool(self.doubts) or self.unsure or self.read is None

    def as_json(self) -> dict[str, Any]:
        """The entry with its standing."""
        return {
            **self.fields,
            "id": self.id,
            "standing": self.standing,
            "words": self.step,
            "by": self.name or None,
            "at": self.at.isoformat() if self.at else None,
            "doubts": list(self.doubts),
        }


@dataclass(frozen=True)
class Review:
    """A reading with all its entries; last: number of the newest word (0: none)."""

    kept: PlanReading
    entries: Mapping[str, Entry]
    last: int

    def of(self, kind: str) -> list[Entry]:
        """The entries of a kind in the order of the text."""
        found = [one for one in self.entries.values() if one.kind == kind]
        return sorted(found, key=_order)

    @property
    def head(self) -> Entry:
        """The document's title, issuer, number, date and period."""
        return self.entries[HEAD]

    def listed(self) -> list[Entry]:
        """Targets and tasks."""
        return [*self.of(TARGET), *self.of(TASK)]

    def counts(self) -> dict[str, int]:
        """How many targets and tasks stand where; doubts nobody has settled; those that wait, without and with."""
        listed = self.listed()
        counts = {
            standing: sum(one.standing == standing for one in listed) for standing in (*WORDS.values(),)
        }
        doubts = sum(one.standing == OPEN for one in self.of(DOUBT))
        clear = sum(one.standing == OPEN and not one.doubtful for one in listed)
        return {
            **counts,
            "all": len(listed),
            "doubts": doubts,
            "without_doubt": clear,
            "to_see": counts[OPEN] - clear,
        }


def _order(one: Entry) -> tuple[int, ...]:
    """Doubts by weight, everything by its place in the text."""
    known = kinds().get(str(one.fields["kind"])) if one.kind == DOUBT else None
    return known.rank if known else 0, one.fields["start"], one.fields["end"], int(one.id[1:])


# --- receiving ---


def receive(name: str, content: bytes, *, by: str, full: str) -> tuple[PlanReading, bool]:
    """Read a document and keep it; (the reading, whether it is new). UnreadableSource where it cannot be read."""
    digest = hashlib.sha256(content).hexdigest()
    known = PlanReading.objects.filter(digest=digest, release=__version__).first()
    if known is not None:
        return known, False
    said, text = _said(name, content)
    try:
        with transaction.atomic():
            made = PlanReading.objects.create(
                name=name, digest=digest, release=__version__, size=len(content), sent_by=by, sent_name=full,
                sent_at=timezone.now(), document=base64.b64encode(content).decode(), text=text,
                said=json.dumps(said, ensure_ascii=False),
            )  # fmt: skip
            counts = {part: len(said[part]) for part in ("targets", "tasks", "doubts")}
            ledger.audit(by, "read-plan", name, {"reading": made.pk, "digest": digest, **counts})
    except IntegrityError:  # another process received the same file meanwhile
        return PlanReading.objects.get(digest=digest, release=__version__), False
    return made, True


def _said(name: str, content: bytes) -> tuple[dict[str, Any], str]:
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / name
        place.write_bytes(content)
        found = read(place)
    said = found.as_json()
    # Signs that PostgreSQL cannot hold, each by one sign: every place in the text stays where it is.
    text = said.pop("text").replace("\0", "\ufffd").encode("utf-8", "replace").decode()
    said["bindings"] = [asdict(one) if (one := bind(target)) else None for target in found.targets]
    return said, text


def read_alone(quote: str) -> dict[str, Any]:
    """The fields of a target in a quote by itself: what the program reads there, with the proposed quantity."""
    found = read_text(quote).targets
    if not found:
        empty: dict[str, Any] = {one.name: None for one in dataclass_fields(Target)}
        empty |= {"indicator": "", "direction": "reach", "implied": False, "table": False}
        return {**empty, **NO_QUANTITY}
    bound = bind(found[0])
    return {**found[0].as_json(), **(asdict(bound) if bound else NO_QUANTITY)}


def document(kept: PlanReading) -> bytes:
    """The document as it was received."""
    return base64.b64decode(kept.document)


# --- as it stands ---


def find(id: str) -> PlanReading:
    """The reading with this number, without its document. NotThere."""
    found = PlanReading.objects.defer("document").filter(pk=int(id)).first() if _numeral(id) else None
    if found is None:
        raise NotThere("没有这份读入的文件。请从“规划文件”页进入。")
    return found


def _numeral(id: str) -> bool:
    return id.isascii() and id.isdecimal() and len(id) < 16


def review(kept: PlanReading, upto: int | None = None) -> Review:
    """The reading with the words said about it, those up to a number only where one is given."""
    said = json.loads(kept.said)
    entries = {one.id: one for one in _read(said)}
    words = ReadingDecision.objects.filter(reading=kept)
    last = 0
    for word in words if upto is None else words.filter(pk__lte=upto):
        entries[word.entry] = _after(entries.get(word.entry), word)
        last = word.pk
    doubts = [one for one in entries.values() if one.kind == DOUBT]
    return Review(kept, {id: _doubted(one, doubts) for id, one in entries.items()}, last)


def _read(said: Mapping[str, Any]) -> Iterator[Entry]:
    head = {name: said[name] for name in HEADS}
    yield Entry(HEAD, head, head)
    for number, (target, bound) in enumerate(zip(said["targets"], said["bindings"], strict=True), 1):
        fields = {**target, **(bound or NO_QUANTITY)}
        yield Entry(f"{TARGET}{number}", fields, fields)
    for kind, part in ((TASK, "tasks"), (DOUBT, "doubts")):
        for number, fields in enumerate(said[part], 1):
            yield Entry(f"{kind}{number}", fields, fields)


def _after(before: Entry | None, word: ReadingDecision) -> Entry:
    fields = json.loads(word.fields) if word.fields else (before.fields if before else {})
    read = before.read if before else None
    return Entry(word.entry, fields, read, WORDS[word.word], word.step, word.by, word.name, word.at)


def _doubted(one: Entry, doubts: list[Entry]) -> Entry:
    """With the doubts that are not settled and touch it; one about the whole document touches nothing."""
    if one.kind not in (TARGET, TASK):
        return one
    start, end = one.fields["start"], one.fields["end"]
    touching = [
        doubt.id
        for doubt in doubts
        if doubt.standing == OPEN
        and doubt.fields["end"] > doubt.fields["start"]
        and _touches(doubt, one, start, end)
    ]
    return replace(one, doubts=tuple(touching))


def _touches(doubt: Entry, one: Entry, start: int, end: int) -> bool:
    if one.kind == TASK:  # a task is a long stretch: only a doubt about the whole of it is its own
        return bool(doubt.fields["start"] == start)
    return bool(doubt.fields["start"] < end and doubt.fields["end"] > start)


# --- words ---


@dataclass(frozen=True)
class Person:
    """Who speaks: account and name."""

    by: str
    name: str


def decide(
    kept: PlanReading, id: str, word: str, seen: int, person: Person, fields: Mapping[str, Any] | None = None
) -> None:
    """Add a word about an entry whose state after `seen` words was looked at. Overtaken where there are more."""
    said = json.dumps(fields, ensure_ascii=False) if fields is not None else ""
    try:
        with transaction.atomic():
            newest = ReadingDecision.objects.filter(reading=kept, entry=id).order_by("-step").first()
            if (newest.step if newest else 0) != seen:
                raise _overtaken(newest)
            _append(kept, id, word, seen + 1, person, said)
            ledger.audit(
                person.by, f"plan-{word}", f"{kept.pk}/{id}", {"file": kept.name, "name": person.name}
            )
    except IntegrityError:
        raise _overtaken(ReadingDecision.objects.filter(reading=kept, entry=id).last()) from None


def _append(kept: PlanReading, id: str, word: str, step: int, person: Person, said: str = "") -> None:
    ReadingDecision.objects.create(
        reading=kept, entry=id, step=step, word=word, fields=said, by=person.by, name=person.name,
        at=timezone.now(),
    )  # fmt: skip


def _overtaken(newest: ReadingDecision | None) -> Overtaken:
    name = newest.name if newest else ""
    text = "{name}刚刚处理过这一条，您的决定没有记入，对方的也没有丢。请看现在的内容，再作决定。"
    return Overtaken(say(text, name=name))


def add(kept: PlanReading, kind: str, fields: Mapping[str, Any], person: Person) -> str:
    """Add an entry that the program did not read; its id."""
    said = review(kept)
    number = 1 + max((int(one.id[1:]) for one in said.of(kind)), default=0)
    decide(kept, f"{kind}{number}", "add", 0, person, fields)
    return f"{kind}{number}"


def accept_clear(kept: PlanReading, person: Person) -> int:
    """Accept every target and task nobody has decided and nothing is doubtful of; how many. Overtaken at a race."""
    clear = [one for one in review(kept).listed() if one.standing == OPEN and not one.doubtful]
    try:
        with transaction.atomic():
            for one in clear:
                _append(kept, one.id, "accept", one.step + 1, person)
            if clear:
                told = {"file": kept.name, "entries": [one.id for one in clear], "name": person.name}
                ledger.audit(person.by, "plan-accept-clear", str(kept.pk), told)
    except IntegrityError:
        raise _overtaken(ReadingDecision.objects.filter(reading=kept).last()) from None
    return len(clear)
