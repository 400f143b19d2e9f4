"""Importing sheets: send, look at every finding, confirm; nothing enters the ledger before the second word."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.utils import timezone

from duheng import ledger
from duheng.ingest.importing import ImportResult, import_file, waiting_rows
from duheng.web import roles, uploads
from duheng.web.errors import BadAddress, NotThere, WrongKind
from duheng.web.models import Upload
from duheng.web.page import TYPES, Ask, Page
from duheng.web.pages.findings import rows_of_findings
from duheng.web.selection import SCENARIOS
from duheng.web.tables import Column, Table

SHOWN = 300
CONFIRMED, DISCARDED = "confirmed", "discarded"


def show(ask: Ask) -> Page | HttpResponse:
    """The form for sending a file; a POST keeps the file and leads to its check."""
    if ask.request.method == "POST":
        roles.demand(ask.user, roles.IMPORT_FACTS)
        return _receive(ask)
    mine = (
        list(Upload.objects.filter(sent_by=ask.user.get_username())[:20]) if ask.user.is_authenticated else []
    )
    return Page(
        template="import.html",
        title=ask.words("数据导入"),
        data={"accepted": list(uploads.KINDS), "limit_bytes": settings.DUHENG_UPLOAD_LIMIT},
        context={
            "kinds": ",".join(uploads.KINDS),
            "limit": settings.DUHENG_UPLOAD_LIMIT,
            "limit_mb": settings.DUHENG_UPLOAD_LIMIT // (1024 * 1024),
            "allowed": roles.may(ask.user, roles.IMPORT_FACTS),
            "mine": mine,
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
        name=Path(sent.name or "").name[:200],
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


def _upload(ask: Ask, id: str) -> tuple[Upload, Path]:
    roles.demand(ask.user, roles.IMPORT_FACTS)
    found = Upload.objects.filter(pk=int(id)).first() if id.isdigit() and len(id) < 16 else None
    if found is None or (
        found.sent_by != ask.user.get_username() and not roles.may(ask.user, roles.SIGN_DECISION)
    ):
        raise NotThere("没有这次上传，或不是您上传的。请从“数据导入”重新开始。")
    place = uploads.place_of(found.digest, Path(found.name).suffix.lower())
    if not place.is_file():
        raise NotThere(f"“{found.name}”已不在暂存处。请重新上传。")
    return found, place


def check(ask: Ask, id: str) -> Page | HttpResponse:
    """What the file holds and every finding by cell; a POST confirms or discards."""
    kept, place = _upload(ask, id)
    if ask.request.method == "POST":
        return _decide(ask, kept, place)
    result = _run(ask, kept, place, dry_run=True)
    words = ask.words
    columns = [
        Column("severity", words("程度"), width=8),
        Column("place", words("位置"), width=34),
        Column("found", words("发现"), width=44),
        Column("expected", words("应为"), width=34),
        Column("remedy", words("处理"), width=34),
        Column("owner", words("责任单位"), width=18),
    ]
    table = Table(
        "findings", kept.name, columns, rows_of_findings(ask, result.findings), empty=words("没有发现问题。")
    )
    short = Table("findings", kept.name, columns, table.rows[:SHOWN], empty=table.empty)
    return Page(
        template="import_check.html",
        title=words("核对：{name}", name=kept.name),
        data=result.as_json(),
        context={"kept": kept, "result": result, "short": short, "more": max(0, len(table.rows) - SHOWN)},
        tables=(table,),
    )


def _run(ask: Ask, kept: Upload, place: Path, **how: Any) -> ImportResult:
    return import_file(
        place, ask.city, scenario=kept.scenario, by=ask.user.get_username(), name=kept.name, **how
    )


def _decide(ask: Ask, kept: Upload, place: Path) -> HttpResponse:
    back = HttpResponseRedirect(f"/import{ask.selection.context(scenario=kept.scenario)}")
    if kept.settled:
        messages.warning(ask.request, ask.words("这次上传已处理过，没有重复导入。"))
        return back
    if ask.request.POST.get("word") == "discard":
        _settle(kept, DISCARDED)
        ledger.audit(ask.user.get_username(), "discard", kept.name, {"digest": kept.digest})
        messages.info(ask.request, ask.words("已放弃，未导入任何数据。"))
        return back
    result = _run(ask, kept, place, good_rows=ask.request.POST.get("rows") == "good")
    if result.receipt is None:
        messages.error(
            ask.request, ask.words("文件有错误，未导入任何数据。请改正后重新上传，或只导入无误的行。")
        )
        return HttpResponseRedirect(f"/import/{kept.pk}{ask.selection.context(scenario=kept.scenario)}")
    _settle(kept, CONFIRMED)
    text = ask.words(
        "已导入：新增 {added} 条，重复 {duplicates} 条，待改 {waiting} 行。回执号 {number}。",
        added=result.added,
        duplicates=result.duplicates,
        waiting=len(result.waiting),
        number=result.number or "—",
    )
    messages.success(ask.request, text)
    return back


def _settle(kept: Upload, how: str) -> None:
    kept.settled = how
    kept.save(update_fields=["settled"])


def waiting(ask: Ask, id: str) -> HttpResponse:
    """The rows that wait, with reasons, as a workbook to be mended and sent again."""
    kept, place = _upload(ask, id)
    result = _run(ask, kept, place, dry_run=True, good_rows=True)
    response = HttpResponse(waiting_rows(result), content_type=TYPES["xlsx"])
    name = quote(f"{Path(kept.name).stem}-待改正.xlsx")
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{name}"
    return response
