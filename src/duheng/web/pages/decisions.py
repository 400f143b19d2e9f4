"""Signing a definition (口径) for a target whose plan names none."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse, HttpResponseRedirect
from django.utils import timezone

from duheng import ledger
from duheng.model.glossary import definition, quantity
from duheng.model.plan import NOT_STATED
from duheng.web import roles
from duheng.web.errors import BadAddress, NotThere
from duheng.web.models import Decision
from duheng.web.page import Ask

LEAST_REASON = 4


def sign(ask: Ask, id: str) -> HttpResponse:
    """Append a decision and its audit entry, both or neither; then back to the target."""
    roles.demand(ask.user, roles.SIGN_DECISION)
    target = ask.plan.target(id)
    if target is None:
        raise NotThere(f"没有编号为“{id[:60]}”的目标。")
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
    if len(reason) < LEAST_REASON:
        messages.error(ask.request, ask.words("请写明选定该口径的理由或文件依据。"))
        return back
    with transaction.atomic():
        made = Decision.objects.create(
            city=settings.DUHENG_CITY,
            plan=ask.plan.id,
            target=target.id,
            definition=chosen,
            reason=reason[:1000],
            signed_by=ask.user.get_username(),
            signed_name=ask.user.get_full_name() or ask.user.get_username(),
            signed_at=timezone.now(),
        )
        detail = {"plan": ask.plan.id, "definition": chosen, "reason": made.reason}
        ledger.audit(made.signed_by, "sign-definition", target.id, detail)
    messages.success(ask.request, ask.words("已签署：{title}。", title=ask.words.title(definition(chosen))))
    return back
