"""The register of reduction projects: a filled-in sheet is checked and put into the city's folder, whole or not at all.

The same way as `duheng register`; the pages read the register again once it was changed.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect

from duheng import ledger
from duheng.city.registering import register
from duheng.ingest.project_forms import KIND, register_rows
from duheng.model.errors import DuhengError
from duheng.model.findings import Finding
from duheng.web import roles, state, uploads
from duheng.web.errors import BadAddress, WrongKind
from duheng.web.page import Ask, Page

ACTION = "register-projects"
WORDS = ("check", "write")


def show(ask: Ask) -> Page | HttpResponse:
    """The form; a POST checks the sheet, and writes it where asked to and nothing is wrong."""
    if ask.request.method == "POST":
        roles.demand(ask.user, roles.SET_PARAMETERS)
        return _receive(ask)
    return _page(ask)


def _page(ask: Ask, wrong: Sequence[Finding] = (), said: str = "") -> Page:
    return Page(
        template="register.html",
        title=ask.words("项目名录"),
        data={"findings": [one.text for one in wrong]},
        context={
            "wrong": wrong,
            "said": said,
            "allowed": roles.may(ask.user, roles.SET_PARAMETERS),
            "kinds": ",".join(uploads.KINDS),
            "limit": settings.DUHENG_UPLOAD_LIMIT,
            "limit_mb": settings.DUHENG_UPLOAD_LIMIT // (1024 * 1024),
        },
    )


def _receive(ask: Ask) -> Page | HttpResponse:
    word, sent = ask.request.POST.get("word", ""), ask.request.FILES.get("file")
    if word not in WORDS:
        raise BadAddress("word", word, list(WORDS))
    if sent is None or isinstance(sent, list):
        raise WrongKind("没有收到文件。请选择一份文件后再上传。")
    place, digest = uploads.keep(sent)
    name = Path(sent.name or "").name[:80]
    try:
        rows = register_rows(KIND, place, name)
        new, replaced, wrong = register(state.city().folder, KIND, rows, write=word == "write")
    except DuhengError as trouble:
        return _page(ask, said=ask.words(trouble.args[0] if trouble.args else str(trouble)))
    except OSError:
        text = "城市文件夹不可写，没有写入。请由系统管理员在服务器上运行 duheng register 写入。"
        return _page(ask, said=ask.words(text))
    if wrong:
        text = "没有写入：{n}处错误，改正后重来。"
        return _page(ask, wrong, ask.words(text, n=len(wrong)))
    if word == "check":
        text = "核对无误：将新增{new}项，替换{replaced}项。还没有写入。"
        messages.info(ask.request, ask.words(text, new=new, replaced=replaced))
        return HttpResponseRedirect(f"/projects/register{ask.selection.context()}")
    told = {
        "file": name,
        "digest": digest,
        "added": new,
        "replaced": replaced,
        "ids": [one["id"] for one in rows.values()],
    }
    ledger.audit(ask.user.get_username(), ACTION, KIND, told)
    messages.success(
        ask.request, ask.words("已写入名录：新增{new}项，替换{replaced}项。", new=new, replaced=replaced)
    )
    return HttpResponseRedirect(f"/projects{ask.selection.context()}")
