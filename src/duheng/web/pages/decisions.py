"""Signing a definition (口径) for a target whose plan names none."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect

from duheng.assess.choices import sign as sign_choice
from duheng.model.glossary import definition, quantity
from duheng.model.plan import NOT_STATED
from duheng.model.saying import say
from duheng.web import roles, state
from duheng.web.errors import BadAddress, NotThere
from duheng.web.page import Ask

LEAST_REASON = 4
LONGEST_REASON = 1000


def sign(ask: Ask, id: str) -> HttpResponse:
    """Append the choice to the ledger's trail; then back to the target."""
    roles.demand(ask.user, roles.SIGN_DECISION)
    target = ask.plan.target(id)
    if target is None:
        raise NotThere(say("没有编号为“{id}”的目标。", id=id[:60]))
    back = HttpResponseRedirect(f"/target/{target.id}{ask.selection.context()}")
    if ask.request.method != "POST":
        return back
    bound = quantity(target.quantity)
    if target.definition != NOT_STATED or not bound.definitions:
        messages.error(ask.request, ask.words("方案已写明口径，无需选定。"))
        return back
    chosen, reason = ask.request.POST.get("definition", ""), ask.request.POST.get("reason", "").strip()
    if chosen not in bound.definitions:
        raise BadAddress("definition", chosen, bound.definitions)
    if not definition(chosen).in_force(state.today()):
        messages.error(ask.request, ask.words("该口径尚未施行，不能选定。"))
        return back
    if len(reason) < LEAST_REASON:
        messages.error(ask.request, ask.words("请写明选定该口径的理由或文件依据。"))
        return back
    sign_choice(
        ask.city,
        ask.plan,
        target.id,
        chosen,
        reason[:LONGEST_REASON],
        signed_by=ask.user.get_username(),
        signed_name=ask.user.get_full_name() or ask.user.get_username(),
    )
    messages.success(ask.request, ask.words("已签署：{title}。", title=ask.words.title(definition(chosen))))
    return back
