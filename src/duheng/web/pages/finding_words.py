"""A word about a finding: the question, the answer, the judgement. Said once, kept for good."""

from __future__ import annotations

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse, HttpResponseRedirect

from duheng.assess.inbox import WORDS, say_word
from duheng.model.errors import DuhengError
from duheng.web import roles
from duheng.web.errors import BadAddress
from duheng.web.page import Ask
from duheng.web.pages.findings import case_of

NEEDED = {
    "ask": roles.ACCEPT_FACTS,
    "answer": roles.IMPORT_FACTS,
    "confirm": roles.ACCEPT_FACTS,
    "clear": roles.ACCEPT_FACTS,
}
LEAST_REASON, LONGEST_REASON = 4, 1000


def say(ask: Ask, id: str) -> HttpResponse:
    """Append the word to the ledger's trail; then back to the finding."""
    back = HttpResponseRedirect(f"/findings/{id}{ask.selection.context()}")
    if ask.request.method != "POST":
        return back
    word, reason = ask.request.POST.get("word", ""), ask.request.POST.get("reason", "").strip()
    if word not in WORDS:
        raise BadAddress("word", word, list(WORDS))
    roles.demand(ask.user, NEEDED[word])
    if len(reason) < LEAST_REASON:
        messages.error(ask.request, ask.words("请写明理由，对方才知道依据。"))
        return back
    name = ask.user.get_full_name() or ask.user.get_username()
    try:
        with transaction.atomic():
            case = case_of(ask, id)
            number = say_word(
                case,
                word,
                reason[:LONGEST_REASON],
                by=ask.user.get_username(),
                name=name,
                scenario=ask.selection.scenario,
            )
            # The trail is locked from our entry on: whoever spoke between our look and our word came first.
            between = [one for one in case_of(ask, id).words if case.last < one.number < number]
            if between:
                raise DuhengError("这条提示的状态已改变，没有再作记录。请刷新后重试。")
    except DuhengError as refused:
        messages.error(ask.request, ask.words(str(refused)))
        return back
    messages.success(ask.request, ask.words("已记录；记录不能修改或删除。"))
    return back
