"""Importing sheets: send a file, see what became of those sent before, and what waits for one's own word."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpResponse, HttpResponseRedirect
from django.utils import timezone

from duheng import ledger
from duheng.web import roles, uploads
from duheng.web.errors import BadAddress, WrongKind
from duheng.web.models import Upload
from duheng.web.page import Ask, Page
from duheng.web.pages.submissions import STANDING, SUBMITTED, people
from duheng.web.selection import SCENARIOS


def show(ask: Ask) -> Page | HttpResponse:
    """The form for sending a file; a POST keeps the file and leads to its check."""
    if ask.request.method == "POST":
        roles.demand(ask.user, roles.IMPORT_FACTS)
        return _receive(ask)
    name = ask.user.get_username()
    mine = list(Upload.objects.filter(sent_by=name)[:20]) if ask.user.is_authenticated else []
    waiting = []
    if roles.may(ask.user, roles.ACCEPT_FACTS):
        waiting = list(Upload.objects.filter(settled=SUBMITTED).order_by("id"))
    return Page(
        template="import.html",
        title=ask.words("数据导入"),
        data={
            "accepted": list(uploads.KINDS),
            "limit_bytes": settings.DUHENG_UPLOAD_LIMIT,
            "mine": [_as_json(one) for one in mine],
            "waiting": [_as_json(one) for one in waiting],
        },
        context={
            "kinds": ",".join(uploads.KINDS),
            "limit": settings.DUHENG_UPLOAD_LIMIT,
            "limit_mb": settings.DUHENG_UPLOAD_LIMIT // (1024 * 1024),
            "allowed": roles.may(ask.user, roles.IMPORT_FACTS),
            "mine": mine,
            "waiting": waiting,
            "name": name,
            "people": people([*mine, *waiting]),
            "STANDING": STANDING,
        },
    )


def _receive(ask: Ask) -> HttpResponse:
    sent = ask.request.FILES.get("file")
    if sent is None or isinstance(sent, list):
        raise WrongKind("没有收到文件。请选择一个 Excel 或 CSV 文件后再上传。")
    scenario = ask.request.POST.get("scenario", "actual")
    if scenario not in SCENARIOS:
        raise BadAddress("scenario", scenario, list(SCENARIOS))
    place, digest = uploads.keep(sent)
    kept = Upload.objects.create(
        name=uploads.name_of(sent, 200),
        digest=digest,
        size=sent.size or place.stat().st_size,
        sent_by=ask.user.get_username(),
        sent_at=timezone.now(),
        scenario=scenario,
    )
    ledger.audit(
        kept.sent_by, "upload", kept.name, {"digest": digest, "size": kept.size, "scenario": scenario}
    )
    return HttpResponseRedirect(f"/import/{kept.pk}{ask.selection.context(scenario=scenario)}")


def _as_json(kept: Upload) -> dict[str, object]:
    return {
        "id": kept.pk,
        "file": kept.name,
        "sent_by": kept.sent_by,
        "sent_at": kept.sent_at.isoformat(),
        "scenario": kept.scenario,
        "standing": kept.settled or "draft",
        "ready": kept.ready,
        "waiting": kept.waiting,
        "settled_by": kept.settled_by or None,
        "reason": kept.reason or None,
    }
