"""One file on its way into the ledger: looked at by its sender, handed in, accepted or returned by another person.

Nothing of it is in the ledger before the second person's word, and nobody is that second person for himself. Whoever
works at the shell of the machine room imports directly: `duheng import`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

from django.contrib import messages
from django.contrib.auth.models import User
from django.db import transaction
from django.http import HttpResponse, HttpResponseRedirect
from django.utils import timezone

from duheng import ledger
from duheng.assess.parameters import in_force
from duheng.ingest.comparing import Change, compare
from duheng.ingest.importing import ImportResult, enter, judged, waiting_rows
from duheng.ingest.sheets import Reading, read_sheets
from duheng.model.glossary import quantity
from duheng.model.saying import say
from duheng.web import roles, uploads
from duheng.web.errors import BadAddress, NotAllowed, NotThere
from duheng.web.models import Upload
from duheng.web.page import TYPES, Ask, Page
from duheng.web.pages.findings import findings_table
from duheng.web.tables import Cell, Column, Table

SHOWN = 300
LEAST_REASON, LONGEST_REASON = 2, 1000
DRAFT, SUBMITTED, ACCEPTED, RETURNED, DISCARDED, CONFIRMED = (
    "", "submitted", "accepted", "returned", "discarded", "confirmed",
)  # fmt: skip
STANDING = {
    DRAFT: "待提交",
    SUBMITTED: "待审核",
    ACCEPTED: "已审核导入",
    RETURNED: "已退回",
    DISCARDED: "已放弃",
    CONFIRMED: "已导入",
}
EFFECTS = {"new": "首次填报", "same": "相同", "changed": "更正", "outranked": "现有数级别更高，不取代"}


def show(ask: Ask, id: str) -> Page | HttpResponse:
    """What the file holds, what it would change, and every finding by cell; a POST says the next word."""
    kept, place = _upload(ask, id)
    if ask.request.method == "POST":
        return _say(ask, kept, place)
    reading = _read(ask, kept, place)
    result, words = judged(reading, kept.scenario), ask.words
    every = findings_table(ask, kept.name, result.findings)
    # Of a file that was settled: what it met then. By now its own figures are the present ones.
    changes = compare(reading.facts, kept.scenario, kept.settled_at)
    counts = {effect: sum(one.effect == effect for one in changes) for effect in EFFECTS}
    difference = _changes_table(ask, changes, settled=kept.settled_at is not None)
    own = kept.sent_by == ask.user.get_username()
    return Page(
        template="submission.html",
        title=words("核对：{name}", name=kept.name),
        data={**result.as_json(), "standing": kept.settled or "draft", "effects": counts},
        context={
            "kept": kept,
            "result": result,
            "findings": _short(every),
            "changes": _short(difference),
            "counts": counts,
            "EFFECTS": EFFECTS,
            "STANDING": STANDING,
            "people": people([kept]),
            "own": own,
            "may_accept": not own and roles.may(ask.user, roles.ACCEPT_FACTS),
            "shown": SHOWN,
        },
        tables=(difference, every),
    )


def _short(table: Table) -> Table:
    """The beginning of a table; the whole of it is exported."""
    return Table(table.name, table.title, table.columns, table.rows[:SHOWN], empty=table.empty)


def people(of: Iterable[Upload]) -> dict[str, str]:
    """Account -> the person's name, for whoever sent or settled one of these."""
    names = {name for one in of for name in (one.sent_by, one.settled_by) if name}
    return {
        user.username: user.get_full_name() or user.username
        for user in User.objects.filter(username__in=names)
    }


def _upload(ask: Ask, id: str) -> tuple[Upload, Path]:
    roles.demand(ask.user, roles.IMPORT_FACTS)
    found = Upload.objects.filter(pk=int(id)).first() if id.isdecimal() and len(id) < 16 else None
    if found is None or (
        found.sent_by != ask.user.get_username() and not roles.may(ask.user, roles.ACCEPT_FACTS)
    ):
        raise NotThere("没有这次上传，或不是您上传的。请从“数据导入”重新开始。")
    place = uploads.place_of(found.digest, Path(found.name).suffix.lower())
    if not place.is_file():
        raise NotThere(say("“{name}”已不在暂存处。请重新上传。", name=found.name))
    return found, place


def _read(ask: Ask, kept: Upload, place: Path) -> Reading:
    """The file by the parameters in force: a relation or reference factor that the city replaced counts at once."""
    city = replace(ask.city, parameters=in_force(ask.city, kept.scenario))
    return read_sheets(place, city, scenario=kept.scenario, name=kept.name)


def _changes_table(ask: Ask, changes: Iterable[Change], settled: bool) -> Table:
    """Each fact to come beside the present one, in the order of the file."""
    words = ask.words
    columns = [
        Column("entity", words("对象"), width=22),
        Column("quantity", words("指标"), width=28),
        Column("item", words("品种")),
        Column("period", words("时期")),
        Column("stated", words("报送数"), number=True, width=18),
        Column("present", words("当时的数") if settled else words("现有数"), number=True, width=18),
        Column("difference", words("相差"), number=True),
        Column("effect", words("导入后"), width=24),
        Column("place", words("位置")),
    ]
    return Table(
        "changes",
        words("与当时的数对照") if settled else words("与现有数对照"),
        columns,
        [_change_row(ask, one) for one in changes],
        empty=words("文件里没有可导入的数据。"),
    )


def _change_row(ask: Ask, one: Change) -> list[Cell]:
    words, fact = ask.words, one.fact
    entity = ask.city.places.get(fact.entity)
    present = Cell.missing(words("未填报"))
    if one.present is not None:
        status = words(ledger.STATUS_TITLES[one.present_status or "reported"])
        present = Cell(f"{one.present}{words.bracketed(status)}")
    difference = f"{one.difference.normalize():f}" if one.difference is not None else "—"
    return [
        Cell(words.name(entity) if entity is not None else fact.entity),
        Cell(words.title(quantity(fact.quantity))),
        Cell(words.value(fact.item or "—")),
        Cell(fact.period),
        Cell(fact.stated),
        present,
        Cell(difference),
        Cell(words(EFFECTS[one.effect]), css="keep"),
        Cell(fact.locator),
    ]


# --- the words --------------------------------------------------------------------------------------------------------


def _say(ask: Ask, kept: Upload, place: Path) -> HttpResponse:
    """Do what a button says, if this person may and the file still stands where the button was shown."""
    word = ask.request.POST.get("word", "")
    done = {"submit": _submit, "discard": _discard, "accept": _accept, "return": _return}
    if word not in done:
        raise BadAddress("word", word, list(done))
    own = kept.sent_by == ask.user.get_username()
    if word in ("accept", "return"):
        roles.demand(ask.user, roles.ACCEPT_FACTS)
        if own:
            raise NotAllowed("自己报送的数据须由另一人审核。请由另一位有“审核”权限的人处理。")
    elif not own:
        raise NotAllowed("只有报送人可以提交或放弃自己的文件。请改为审核或退回。")
    back = HttpResponseRedirect(f"/import{ask.selection.context(scenario=kept.scenario)}")
    here = HttpResponseRedirect(f"/import/{kept.pk}{ask.selection.context(scenario=kept.scenario)}")
    wanted = {"submit": (DRAFT,), "discard": (DRAFT, SUBMITTED)}.get(word, (SUBMITTED,))
    if kept.settled not in wanted:
        messages.warning(ask.request, ask.words("这次上传已处理过，没有再作改动。"))
        return here
    return back if done[word](ask, kept, place) else here


def _settle(kept: Upload, how: str, **more: object) -> bool:
    """Move the file on, unless somebody else has just done so."""
    return bool(Upload.objects.filter(pk=kept.pk, settled=kept.settled).update(settled=how, **more))


def _submit(ask: Ask, kept: Upload, place: Path) -> bool:
    result = judged(_read(ask, kept, place), kept.scenario)
    good_rows = ask.request.POST.get("rows") == "good"
    if not result.ready or (result.failed and not good_rows):
        messages.error(ask.request, ask.words("文件有错误，没有提交。请改正后重新上传，或只提交无误的行。"))
        return False
    counts = {"ready": result.ready, "waiting": len(result.waiting)}
    if _settle(kept, SUBMITTED, good_rows=good_rows, **counts):
        ledger.audit(kept.sent_by, "submit", kept.name, {"digest": kept.digest, **counts})
        messages.success(ask.request, ask.words("已提交，等待另一人审核；审核通过前不会写入账本。"))
    return True


def _discard(ask: Ask, kept: Upload, place: Path) -> bool:
    if _settle(kept, DISCARDED):
        ledger.audit(kept.sent_by, "discard", kept.name, {"digest": kept.digest})
        messages.info(ask.request, ask.words("已放弃，未导入任何数据。"))
    return True


def _word_of(ask: Ask) -> dict[str, object]:
    return {"settled_by": ask.user.get_username(), "settled_at": timezone.now()}


def _return(ask: Ask, kept: Upload, place: Path) -> bool:
    reason = ask.request.POST.get("reason", "").strip()[:LONGEST_REASON]
    if len(reason) < LEAST_REASON:
        messages.error(ask.request, ask.words("请写明退回的原因，报送人才知道改什么。"))
        return False
    if _settle(kept, RETURNED, reason=reason, **_word_of(ask)):
        detail = {"digest": kept.digest, "sent_by": kept.sent_by, "reason": reason}
        ledger.audit(ask.user.get_username(), "return", kept.name, detail)
        messages.success(ask.request, ask.words("已退回给报送人，未导入任何数据。"))
    return True


def _accept(ask: Ask, kept: Upload, place: Path) -> bool:
    """Into the ledger, with both names; all of it or, where anything goes wrong, nothing."""
    reading = _read(ask, kept, place)
    reviewer = ask.user.get_username()
    with transaction.atomic():
        # First the claim: of two people who accept at once, or one who accepts what is being withdrawn, one is late.
        if not _settle(kept, ACCEPTED, **_word_of(ask)):
            return True
        result = enter(
            reading,
            kept.scenario,
            by=say("{sender}（{reviewer} 审核）", sender=kept.sent_by, reviewer=reviewer),
            good_rows=kept.good_rows,
        )
        if result.receipt is None:
            transaction.set_rollback(True)
        else:
            ledger.audit(reviewer, "accept", kept.name, {"digest": kept.digest, "sent_by": kept.sent_by})
    _report(ask, result)
    return result.receipt is not None


def _report(ask: Ask, result: ImportResult) -> None:
    if result.receipt is None:
        messages.error(ask.request, ask.words("文件现在有错误，未导入任何数据。请退回给报送人。"))
        return
    text = ask.words(
        "已导入：新增 {added} 条，重复 {duplicates} 条，待改 {waiting} 行。回执号 {number}。",
        added=result.added,
        duplicates=result.duplicates,
        waiting=len(result.waiting),
        number=result.number or "—",
    )
    messages.success(ask.request, text)


def waiting(ask: Ask, id: str) -> HttpResponse:
    """The rows that wait, with reasons, as a workbook to be mended and sent again."""
    kept, place = _upload(ask, id)
    result = judged(_read(ask, kept, place), kept.scenario)
    response = HttpResponse(
        waiting_rows(result, words=ask.words, told=ask.words.finding), content_type=TYPES["xlsx"]
    )
    name = quote(f"{Path(kept.name).stem}-{ask.words('待改正')}.xlsx")
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{name}"
    return response
