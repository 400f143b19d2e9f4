"""One entry under review: its card, its form, and a person's word about it.

A script is answered with the card alone, a plain form with the page; what was typed is never lost to a refusal.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse, HttpResponseRedirect

from duheng.web import readings, roles
from duheng.web.errors import BadAddress
from duheng.web.models import PlanReading
from duheng.web.page import Ask, Page
from duheng.web.pages.readings import address, entry_of, form_context, number, person, review_page
from duheng.web.reading_cards import card
from duheng.web.reading_fields import typed as typed_fields
from duheng.web.readings import DOUBT, Overtaken

WORDS = ("accept", "edit", "reject")
OF_DOUBTS = ("accept", "reopen")


def one(ask: Ask, id: str, entry: str) -> Page | HttpResponse:
    """The card of an entry, with its form where ?edit= is set; a POST says a word about it."""
    roles.demand(ask.user, roles.REVIEW_PLANS)
    kept = readings.find(id)
    entry_of(readings.review(kept), entry)
    if ask.request.method == "POST":
        return _say(ask, kept, entry)
    editing = bool(ask.request.GET.get("edit"))
    if not _scripted(ask):
        extra = "&" if ask.selection.context() else "?"
        return HttpResponseRedirect(
            address(ask, kept, f"{extra}edit={entry}#e-{entry}" if editing else f"#e-{entry}")
        )
    return _card(ask, kept, entry, editing)


def _scripted(ask: Ask) -> bool:
    return ask.request.headers.get("HX-Request") == "true"


def _card(
    ask: Ask,
    kept: PlanReading,
    entry: str,
    editing: bool = False,
    typed: Mapping[str, str] | None = None,
    said: str = "",
) -> Page:
    review = readings.review(kept)
    shown = card(ask, review, entry_of(review, entry))
    return Page(
        template="reading_entry.html",
        title=shown.title,
        data=shown.entry.as_json(),
        context={
            **form_context(ask, review, shown if editing else None, typed, said),
            "one": shown,
            "said_of": entry,
        },
    )


def _say(ask: Ask, kept: PlanReading, entry: str) -> Page | HttpResponse:
    form = {name: str(value) for name, value in ask.request.POST.items()}
    word, seen = form.get("word", ""), form.get("seen", "")
    known = OF_DOUBTS if entry[0] == DOUBT else WORDS
    if word not in known:
        raise BadAddress("word", word, known)
    fields: dict[str, Any] | None = None
    troubles: list[str] = []
    if word == "edit":
        fields, troubles = typed_fields(entry[0], form, entry_of(readings.review(kept), entry).fields)
    if not troubles:
        try:
            readings.decide(kept, entry, word, number(seen), person(ask), fields)
        except Overtaken as trouble:
            troubles = [trouble.args[0]]
    return _answered(ask, kept, entry, form if word == "edit" else None, troubles)


def _answered(
    ask: Ask, kept: PlanReading, entry: str, form: Mapping[str, str] | None, troubles: list[str]
) -> Page | HttpResponse:
    said = " ".join(ask.words(one) for one in troubles)
    editing = bool(troubles) and form is not None
    if _scripted(ask):
        return _card(ask, kept, entry, editing, form if editing else None, said)
    if troubles:
        page = review_page(ask, kept, entry if editing else "", form if editing else None, said)
        return Page(page.template, page.title, page.data, {**page.context, "said_of": entry}, status=409)
    return HttpResponseRedirect(address(ask, kept, f"#e-{entry}"))
