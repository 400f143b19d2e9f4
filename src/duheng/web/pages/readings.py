"""Plans' documents: send one, review what was read in it, save it as a plan of the city."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect

from duheng.model.errors import DuhengError
from duheng.reading.reading import read_text
from duheng.web import plan_versions, readings, roles, state
from duheng.web.document_marks import pieces
from duheng.web.errors import BadAddress, WrongKind
from duheng.web.models import PlanReading
from duheng.web.page import Ask, Page
from duheng.web.reading_cards import STANDING, Card, cards, filled, item_names, quantity_names
from duheng.web.reading_fields import DIRECTIONS, FIELDS, KINDS
from duheng.web.readings import TARGET, TASK, Entry, Person, Review

ENDINGS = (".txt", ".docx", ".pdf", ".html", ".htm", ".doc", ".wps")
PARTS = {TARGET: "目标", TASK: "任务"}
SHOWN = 200
LONGEST_QUOTE = 2000


def person(ask: Ask) -> Person:
    """Who speaks."""
    name = ask.user.get_username()
    return Person(name, ask.user.get_full_name() or name)


def show(ask: Ask) -> Page | HttpResponse:
    """Documents read and versions saved; a POST sends a document."""
    if ask.request.method == "POST":
        roles.demand(ask.user, roles.REVIEW_PLANS)
        return _receive(ask)
    allowed = roles.may(ask.user, roles.REVIEW_PLANS)
    short = PlanReading.objects.defer("document", "text", "said")
    known = list(short[:SHOWN]) if allowed else []
    saved = plan_versions.choices()
    return Page(
        template="readings.html",
        title=ask.words("规划文件与版本"),
        data={
            "accepted": list(ENDINGS),
            "limit_bytes": settings.DUHENG_UPLOAD_LIMIT,
            "readings": [_line(one) for one in known],
            "versions": [
                {
                    "plan": one.plan,
                    "number": one.number,
                    "title": one.title,
                    "by": one.by,
                    "at": one.at.isoformat(),
                }
                for one in saved
            ],
        },
        context={
            "known": known,
            "saved": saved,
            "allowed": allowed,
            "endings": ",".join(ENDINGS),
            "kinds": ask.words.join(ENDINGS),
            "limit": settings.DUHENG_UPLOAD_LIMIT,
            "limit_mb": settings.DUHENG_UPLOAD_LIMIT // (1024 * 1024),
        },
    )


def _line(one: PlanReading) -> dict[str, Any]:
    return {
        "id": one.pk,
        "file": one.name,
        "digest": one.digest,
        "bytes": one.size,
        "sent_by": one.sent_name,
        "sent_at": one.sent_at.isoformat(),
    }


def _receive(ask: Ask) -> HttpResponse:
    sent = ask.request.FILES.get("file")
    if sent is None or isinstance(sent, list):
        raise WrongKind("没有收到文件。请选择一份文件后再上传。")
    name = "".join(one for one in Path(sent.name or "").name if one.isprintable())
    name = (Path(name).stem[:50] + Path(name).suffix[:8]) or "file"
    who = person(ask)
    try:
        kept, fresh = readings.receive(name, sent.read(), by=who.by, full=who.name)
    except DuhengError as trouble:
        messages.error(ask.request, ask.words(trouble.args[0] if trouble.args else str(trouble)))
        return HttpResponseRedirect(f"/plans/readings{ask.selection.context()}")
    if not fresh:
        text = "这份文件{name}已在{at}读入，没有重复读入；接着核对即可。"
        told = ask.words(text, name=kept.sent_name, at=ask.words.moment(kept.sent_at))
        messages.info(ask.request, told)
    return HttpResponseRedirect(address(ask, kept))


def address(ask: Ask, kept: PlanReading, more: str = "") -> str:
    """The address of a reading's page."""
    return f"/plans/readings/{kept.pk}{ask.selection.context()}{more}"


# --- the review ---


def one(ask: Ask, id: str) -> Page | HttpResponse:
    """The document with everything read in it; a POST accepts what raises no doubt, adds an entry, or saves."""
    kept = readings.find(id)
    roles.demand(ask.user, roles.REVIEW_PLANS)
    if ask.request.method == "POST":
        return _say(ask, kept)
    return review_page(ask, kept, ask.request.GET.get("edit", ""))


def review_page(
    ask: Ask, kept: PlanReading, editing: str = "", typed: Mapping[str, str] | None = None, said: str = ""
) -> Page:
    """The page; `editing`: the entry whose form is open, with what was typed and what is wrong with it."""
    review = readings.review(kept)
    shown = cards(ask, review)
    versions = [one for one in plan_versions.choices() if one.number in _numbers(kept)]
    return Page(
        template="reading.html",
        title=ask.words("核对：{name}", name=review.head.fields["title"] or kept.name),
        data=as_json(review) | {"versions": [one.plan for one in versions]},
        context={
            **form_context(ask, review, shown.get(editing), typed, said),
            "pieces": pieces(review),
            "shown": shown,
            "parts_of": [(PARTS[kind], [shown[one.id] for one in review.of(kind)]) for kind in PARTS],
            "doubts": [shown[one.id] for one in review.of("d")],
            "versions": versions,
            "printed": state.city().plans,
            "number": review.head.fields["number"],
            "PARTS": PARTS,
            "said_of": "",
        },
    )


def _numbers(kept: PlanReading) -> set[int]:
    return set(kept.planversion_set.values_list("pk", flat=True))


def form_context(
    ask: Ask, review: Review, editing: Card | None, typed: Mapping[str, str] | None = None, said: str = ""
) -> dict[str, Any]:
    """What the card of an entry and its form need."""
    return {
        "review": review,
        "kept": review.kept,
        "counts": review.counts(),
        "sure": f"{readings.SURE:.0%}",
        "editing": editing.entry.id if editing else "",
        "filled": typed or (filled(editing.entry) if editing else {}),
        "said": said,
        "quantities": quantity_names(),
        "items": item_names(),
        "STANDING": STANDING,
        "FIELDS": FIELDS,
        "DIRECTIONS": DIRECTIONS,
        "KINDS": KINDS,
        "may_review": roles.may(ask.user, roles.REVIEW_PLANS),
    }


def as_json(review: Review) -> dict[str, Any]:
    """The review as data: the reading's fields, each entry with its standing."""
    kept = review.kept
    return {
        **_line(kept),
        "text": kept.text,
        **review.head.fields,
        "counts": review.counts(),
        "last": review.last,
        "targets": [one.as_json() for one in review.of(TARGET)],
        "tasks": [one.as_json() for one in review.of(TASK)],
        "doubts": [one.as_json() for one in review.of("d")],
    }


def original(ask: Ask, id: str) -> HttpResponse:
    """The document as it was received: for reviewers, and for everybody once a version of it is saved."""
    kept = readings.find(id)
    if not kept.planversion_set.exists():
        roles.demand(ask.user, roles.REVIEW_PLANS)
    answer = HttpResponse(readings.document(kept), content_type="application/octet-stream")
    answer.headers["Content-Disposition"] = (
        f'attachment; filename="duheng-{kept.digest[:12]}{Path(kept.name).suffix}"'
    )
    return answer


# --- words about the whole ---


def _say(ask: Ask, kept: PlanReading) -> HttpResponse:
    word = ask.request.POST.get("word", "")
    done = {"clear": _accept_clear, "add": _add, "save": _save}
    if word not in done:
        raise BadAddress("word", word, list(done))
    try:
        return HttpResponseRedirect(done[word](ask, kept))
    except DuhengError as trouble:
        messages.error(ask.request, ask.words(trouble.args[0] if trouble.args else str(trouble)))
        return HttpResponseRedirect(address(ask, kept))


def _accept_clear(ask: Ask, kept: PlanReading) -> str:
    accepted = readings.accept_clear(kept, person(ask))
    messages.success(ask.request, ask.words("已接受没有疑问的{n}项。", n=accepted))
    return address(ask, kept)


def _save(ask: Ask, kept: PlanReading) -> str:
    form = ask.request.POST
    seen = number(form.get("seen", ""))
    made = plan_versions.save(state.city(), kept, seen, form.get("instead_of", ""), person(ask))
    messages.success(ask.request, ask.words("已保存为规划的第{n}版，看板现在可以按它查看。", n=made.pk))
    return f"/plans/versions/{made.pk}"


def number(typed: str) -> int:
    """A counting number of a form; -1, which nothing ever was, for anything else."""
    return int(typed) if typed.isdecimal() and len(typed) < 16 else -1


def _add(ask: Ask, kept: PlanReading) -> str:
    form = ask.request.POST
    kind = form.get("kind", "")
    if kind not in PARTS:
        raise BadAddress("kind", kind, list(PARTS))
    quote = form.get("quote", "").replace("\r\n", "\n").strip("\n")
    start = place_of(kept.text, quote, form.get("start", ""))
    id = readings.add(kept, kind, beginning(kind, quote, start), person(ask))
    extra = "&" if ask.selection.context() else "?"
    return address(ask, kept, f"{extra}edit={id}#e-{id}")


def place_of(text: str, quote: str, hint: str) -> int:
    """Where the quote stands: at the hint where it stands there, else its only place. DuhengError."""
    if not quote.strip() or len(quote) > LONGEST_QUOTE:
        raise DuhengError("请选中或照抄原文的一句话（不超过2000字）。")
    if number(hint) >= 0 and text.startswith(quote, number(hint)):
        return number(hint)
    at = text.find(quote)
    if at < 0:
        raise DuhengError("原文中没有这段文字。请照原文逐字抄写，标点也要相同。")
    if text.find(quote, at + 1) >= 0:
        raise DuhengError("原文中不止一处有这段文字。请多抄几个字，使它只有一处。")
    return at


def beginning(kind: str, quote: str, start: int) -> dict[str, Any]:
    """The fields a new entry begins with: what the program reads in the quote alone, else nothing but its place."""
    place = {"quote": quote, "start": start, "end": start + len(quote)}
    if kind == TARGET:
        found = readings.read_alone(quote)
        return {**found, **place}
    tasks = read_text(quote).tasks
    empty: dict[str, Any] = {"number": "", "title": "", "section": "", "assignments": [], "open_list": False}
    empty |= dict.fromkeys(("responsible_units", "lead_units", "cooperating_units", "inherited_units"), ())
    return {**empty, **(tasks[0].as_json() if tasks else {}), **place}


def entry_of(review: Review, id: str) -> Entry:
    """The entry with this id. BadAddress."""
    if id not in review.entries:
        raise BadAddress("entry", id, "t1、k1、d1 …")
    return review.entries[id]
