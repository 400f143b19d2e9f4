"""Plans saved from reviewed readings: written as a city folder, kept in the database, loaded like a packaged plan."""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from duheng import ledger
from duheng.city import load
from duheng.ingest.drill.places import city_in
from duheng.model.entities import Entity
from duheng.model.errors import DuhengError, FolderError
from duheng.model.plan import City, Plan, Target
from duheng.model.saying import listed, say
from duheng.reading import records
from duheng.reading.binding import Binding
from duheng.reading.folder import Reviewed, write_folder
from duheng.reading.normal import plain
from duheng.reading.outline import outline
from duheng.reading.reading import Reading
from duheng.web.errors import NotThere
from duheng.web.models import PlanReading, PlanVersion
from duheng.web.reading_fields import FIELDS
from duheng.web.readings import HEADS, NEEDED, OPEN, TARGET, TASK, Entry, Overtaken, Person, Review, review

ACTION = "save-plan"
MARK = "-v"


# --- saving ---


def save(city: City, kept: PlanReading, seen: int, instead_of: str, person: Person) -> PlanVersion:
    """Save the reading as it stands as a plan of the city.

    seen: number of the newest word that was looked at. Raises Overtaken where there is a newer one, DuhengError where
    an entry is undecided or the plan would not load.
    """
    said = review(kept)
    if said.last != seen:
        raise Overtaken("打开这一页以后又有人作了决定，没有保存。请看过新的决定后再保存。")
    _check(city, said, instead_of)
    number = 1 + (PlanVersion.objects.order_by("-pk").values_list("pk", flat=True).first() or 0)
    start = str(said.head.fields["period"] or "").partition("-")[0]
    plan = f"{city.id}-{start}{MARK}{number}"
    files = written(city, said, plan)
    text = json.dumps(files, ensure_ascii=False)
    try:
        with transaction.atomic():
            made = PlanVersion.objects.create(
                reading=kept, plan=plan, instead_of=instead_of, title=said.head.fields["title"][:400], files=text,
                digest=hashlib.sha256(text.encode()).hexdigest(), upto=said.last, by=person.by, name=person.name,
                at=timezone.now(),
            )  # fmt: skip
            told = {"reading": kept.pk, "document": kept.digest, "files": made.digest, "upto": said.last}
            ledger.audit(person.by, ACTION, plan, {**told, "instead_of": instead_of, "name": person.name})
    except IntegrityError:
        raise Overtaken("刚刚有人保存了另一个版本，没有重复保存。请刷新后再看。") from None
    return made


def _check(city: City, said: Review, instead_of: str) -> None:
    undecided = said.counts()[OPEN]
    if undecided:
        raise DuhengError(say("还有{n}项目标或任务没有定：请逐项接受、改或不要，再保存。", n=undecided))
    if not any(one.kept for one in said.listed()):
        raise DuhengError("没有一项接受的目标或任务，不能保存为规划。")
    head = said.head.fields
    missing = [FIELDS["period_of" if key == "period" else key] for key in NEEDED if not head[key]]
    if missing:
        raise DuhengError(say("请补上{missing}，再保存为规划。", missing=listed("、", missing)))
    if instead_of and city.plan(instead_of) is None:
        raise DuhengError("没有所选的原方案。请重新选择。")


def written(city: City, said: Review, plan: str) -> dict[str, str]:
    """The files of the folder, name to text, proved to load. DuhengError naming what a plan cannot hold."""
    targets = [one for one in said.of(TARGET) if one.kept]
    tasks = [one for one in said.of(TASK) if one.kept]
    reading = _reading(said, targets, tasks)
    home = {"id": city.id, "name": city.name, "code": city.code}
    reviewed = Reviewed(home, plan, [_binding(one) for one in targets])
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "plan"
        write_folder(reading, folder, reviewed)
        try:
            load(folder)
        except FolderError as trouble:
            told = "；".join(str(one) for one in trouble.troubles[:5])
            raise DuhengError(say("还不能成为规划：{listed}", listed=told)) from trouble
        return {file.name: file.read_text("utf-8") for file in sorted(folder.iterdir())}


def _reading(said: Review, targets: list[Entry], tasks: list[Entry]) -> Reading:
    text = said.kept.text
    head: Mapping[str, Any] = said.head.fields
    first, _, last = str(head["period"] or "").partition("-")
    told = {name: head[name] for name in HEADS if name != "period"}
    built = replace(
        outline(text, plain(text)), **told, period=(int(first), int(last)) if first and last else None
    )
    return Reading(
        text,
        built,
        [_record(records.Target, one.fields) for one in targets],
        [_record(records.Task, one.fields) for one in tasks],
        [],
        [],
    )


def _record(kind: Any, said: Mapping[str, Any]) -> Any:
    names = {one.name for one in fields(kind)}
    numbers = ("value", "value_max", "base_value")
    return kind(
        **{
            name: Decimal(str(value)) if name in numbers and value is not None else value
            for name, value in said.items()
            if name in names
        }
    )


def _binding(one: Entry) -> Binding | None:
    id = one.fields.get("quantity")
    return Binding(id, one.fields.get("item"), one.fields.get("confidence") or 1.0) if id else None


# --- reading back ---


@dataclass(frozen=True)
class Choice:
    """A saved version as a choice: id of its plan, its title, number, day and who saved it."""

    plan: str
    title: str
    number: int
    by: str
    at: Any


def choices() -> list[Choice]:
    """All saved versions, newest first."""
    rows = PlanVersion.objects.values_list("plan", "title", "pk", "name", "at")
    return [Choice(*row) for row in rows]


def find(number: str) -> PlanVersion:
    """The version of this number. NotThere."""
    numeral = number.isascii() and number.isdecimal() and len(number) < 16
    found = (
        PlanVersion.objects.select_related("reading")
        .defer("reading__document")
        .filter(pk=int(number))
        .first()
        if numeral
        else None
    )
    if found is None:
        raise NotThere("没有这个规划版本。请从“规划文件”页进入。")
    return found


def saved(id: str) -> PlanVersion | None:
    """The version whose plan has this id, without document and text; None where there is none."""
    if MARK not in id:
        return None
    known = PlanVersion.objects.select_related("reading")
    return known.defer("reading__document", "reading__text", "reading__said").filter(plan=id).first()


def city_with(city: City, scenario: str, id: str) -> City | None:
    """The city with this version in place of the plan it is a version of; None where there is no such version."""
    found = saved(id)
    return None if found is None else city_in(_joined(city, found.digest, found.pk), scenario)


_kept: dict[tuple[int, str, int], tuple[City, City]] = {}


def _joined(city: City, digest: str, number: int) -> City:
    """The same object each time: what is remembered of a city hangs on it."""
    key = (id(city), digest, number)
    known = _kept.get(key)
    if known is None or known[0] is not city:
        if len(_kept) >= 32:
            _kept.pop(next(iter(_kept)))
        known = _kept[key] = (city, _made(city, PlanVersion.objects.get(pk=number)))
    return known[1]


def _made(city: City, version: PlanVersion) -> City:
    read = _loaded(version.files)
    before = city.plan(version.instead_of)
    plan = read.plans[0]
    if before is not None:  # who states what is not printed in the document
        plan = replace(plan, duties=before.duties, targets=_named(plan, before))
    units = _units(city, version.plan, read)
    others = tuple(one for one in city.plans if one.id != version.instead_of)
    return replace(city, places=city.places.joined(units), plans=(*others, plan))


def _units(city: City, plan: str, read: City) -> list[Entity]:
    """The departments the document names: the city's own with the names it prints, strangers under ids of their own."""
    known = {one.name: one for one in city.places if one.kind == "department"}
    alias = {name for one in known.values() for name in one.aliases}
    found = []
    for one in read.places:
        if one.kind != "department" or one.name in alias:
            continue
        own = known.get(one.name)
        if own is None:
            found.append(replace(one, id=f"{plan}-{one.id}", parent=city.id))
        elif more := [name for name in one.aliases if name not in own.aliases]:
            found.append(replace(own, aliases=(*own.aliases, *more)))
    return found


def _named(plan: Plan, before: Plan) -> tuple[Target, ...]:
    """The targets under the ids they had before, where one target of each plan asks the same of the same quantity."""

    def asked(one: Target) -> tuple[object, ...]:
        return (one.quantity, one.item, one.entity, one.deadline, one.scope)

    def single(targets: tuple[Target, ...]) -> dict[tuple[object, ...], Target]:
        keys = [asked(one) for one in targets]
        return {key: one for key, one in zip(keys, targets, strict=True) if keys.count(key) == 1}

    old, new = single(before.targets), single(plan.targets)
    twins = {new[key].id: old[key] for key in new.keys() & old.keys()}
    return tuple(
        replace(one, id=twins[one.id].id, title_en=twins[one.id].title_en) if one.id in twins else one
        for one in plan.targets
    )


@lru_cache(maxsize=32)
def _loaded(files: str) -> City:
    with tempfile.TemporaryDirectory() as place:
        for name, text in json.loads(files).items():
            (Path(place) / Path(name).name).write_text(text, "utf-8")
        return load(Path(place))


def home(plan: Plan) -> str:
    """The address of the page that shows the saved document; "" of a packaged plan."""
    found = saved(plan.id)
    return f"/plans/versions/{found.pk}" if found else ""


def sentences(plan: Plan) -> Callable[[Target], str]:
    """What gives the words of the saved document above each target of the plan; "" of a packaged plan, kept without."""
    found = saved(plan.id)
    text = found.reading.text if found else ""
    return lambda target: text[slice(*target.characters)] if target.characters else ""


def clause(plan: Plan, target: Target) -> tuple[str, str] | None:
    """The words of the saved document above a target and the address of its page; None for a packaged plan."""
    found = saved(plan.id)
    if found is None or target.characters is None:
        return None
    start, end = target.characters
    return found.reading.text[start:end], f"/plans/versions/{found.pk}?place={start}#at-{start}"
