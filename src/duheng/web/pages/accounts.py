"""Signing in and out, one's own password, accounts for administrators, the audit trail."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth import authenticate, login, logout, update_session_auth_hash
from django.contrib.auth.models import User
from django.http import HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme

from duheng import ledger
from duheng.model.saying import listed, say
from duheng.web import roles, throttle
from duheng.web.actions import ACTIONS
from duheng.web.errors import NotThere
from duheng.web.page import Ask, Page
from duheng.web.pages.trail_words import in_words, object_in_words
from duheng.web.passwords import weaknesses
from duheng.web.tables import Cell, Column, Table

WRONG = "用户名或密码不对，请核对后重试。"
WAIT = "失败次数过多，请 15 分钟后再试，或与管理员联系。"


def sign_in(ask: Ask) -> Page | HttpResponse:
    """The log-in form; too many failures make a name or an address wait."""
    request = ask.request
    after = request.POST.get("next") or request.GET.get("next") or "/"
    if not url_has_allowed_host_and_scheme(after, {request.get_host()}, request.is_secure()):
        after = "/"
    trouble, status = "", 200
    if request.method == "POST":
        name, address = request.POST.get("username", "")[:150], throttle.address_of(request)
        if throttle.locked(name, address):
            trouble, status = WAIT, 429
            ledger.audit(name or "?", "login-locked", address, "")
        else:
            user = authenticate(request, username=name, password=request.POST.get("password", "")[:4096])
            if user is not None:
                throttle.succeeded(name, address)
                login(request, user)
                ledger.audit(user.get_username(), "login", address, "")
                return HttpResponseRedirect(after)
            throttle.failed(name, address)
            ledger.audit(name or "?", "login-failed", address, "")
            trouble, status = WRONG, 403
    return Page(
        "login.html",
        ask.words("登录"),
        {"error": trouble or None},
        {"trouble": ask.words(trouble) if trouble else "", "after": after},
        status=status,
    )


def sign_out(ask: Ask) -> HttpResponse:
    """End the session; only by a form, so that no link or picture can do it."""
    if ask.request.method == "POST" and ask.user.is_authenticated:
        ledger.audit(ask.user.get_username(), "logout", throttle.address_of(ask.request), "")
        logout(ask.request)
    return HttpResponseRedirect("/")


def own(ask: Ask) -> Page | HttpResponse:
    """One's own account: role and password."""
    if not ask.user.is_authenticated:
        return HttpResponseRedirect("/login?next=/account")
    troubles: list[str] = []
    if ask.request.method == "POST":
        troubles = _change_password(ask)
        if not troubles:
            messages.success(ask.request, ask.words("密码已修改。"))
            return HttpResponseRedirect("/account")
    role = roles.role_of(ask.user)
    data = {"username": ask.user.get_username(), "role": role.name if role else None}
    return Page(
        "account.html", ask.words("我的账号"), data, {"troubles": troubles}, status=422 if troubles else 200
    )


def _change_password(ask: Ask) -> list[str]:
    sent = ask.request.POST
    if not ask.user.check_password(sent.get("old", "")):
        return [ask.words("原密码不对。")]
    if sent.get("new", "") != sent.get("again", ""):
        return [ask.words("两次输入的新密码不一致。")]
    if troubles := weaknesses(sent.get("new", ""), ask.user):
        return [ask.words(text) for text in troubles]
    ask.user.set_password(sent["new"])
    ask.user.save(update_fields=["password"])  # all else may have been changed meanwhile
    update_session_auth_hash(ask.request, ask.user)
    ledger.audit(ask.user.get_username(), "password", ask.user.get_username(), "")
    return []


def manage(ask: Ask) -> Page | HttpResponse:
    """All accounts; an administrator adds one, changes a role, stops or resumes one."""
    roles.demand(ask.user, roles.MANAGE_ACCOUNTS)
    troubles: list[str] = []
    if ask.request.method == "POST":
        troubles = _change_account(ask)
        if not troubles:
            return HttpResponseRedirect("/accounts")
    users = list(User.objects.prefetch_related("groups").order_by("username"))
    words = ask.words
    columns = [
        Column("username", words("用户名")),
        Column("name", words("姓名")),
        Column("role", words("角色")),
        Column("active", words("状态")),
        Column("last_login", words("上次登录")),
    ]
    rows = []
    for user in users:
        role = roles.role_of(user)
        rows.append(
            [
                Cell(user.username),
                Cell(words(user.get_full_name()) or "—"),
                Cell(words(role.title) if role else "—"),
                Cell(words("可用") if user.is_active else words("停用")),
                Cell(words.moment(user.last_login)),
            ]
        )
    table = Table("accounts", words("账号"), columns, rows)
    return Page(
        "accounts.html",
        words("账号管理"),
        {"accounts": table.records()},
        {"troubles": troubles, "users": users, "ROLES": roles.ROLES, **_typed(ask)},
        tables=(table,),
        status=422 if troubles else 200,
    )


def _typed(ask: Ask) -> dict[str, dict[str, str]]:
    """What was typed into a form that was refused, all but the password; nothing for the other form."""
    sent = ask.request.POST
    typed = {name: sent.get(name, "") for name in ("username", "fullname", "role")} if sent else {}
    adding = sent.get("word") == "add"
    return {"added": typed if adding else {}, "changed": {} if adding else typed}


def _change_account(ask: Ask) -> list[str]:
    sent = ask.request.POST
    name = sent.get("username", "").strip()
    word = sent.get("word", "")
    if word == "add":
        made = add(
            ask.user.get_username(),
            name,
            sent.get("password", ""),
            sent.get("role", ""),
            sent.get("fullname", ""),
        )
        return [ask.words(trouble) for trouble in made]
    user = User.objects.filter(username=name).first()
    if user is None:
        raise NotThere(say("没有名为“{name}”的账号。", name=name[:60]))
    if user == ask.user:
        return [ask.words("不能改动自己的角色或停用自己。")]
    if word == "role":
        if sent.get("role") not in {role.name for role in roles.ROLES}:
            return [ask.words("没有这个角色。")]
        roles.give(user, sent["role"])
    elif word in ("stop", "resume"):
        user.is_active = word == "resume"
        user.save(update_fields=["is_active"])
    else:
        return [ask.words("没有这种操作。")]
    ledger.audit(
        ask.user.get_username(), f"account-{word}", name, sent.get("role", "") if word == "role" else ""
    )
    return []


def add(actor: str, name: str, password: str, role: str, fullname: str = "") -> list[str]:
    """Make an account with one role and an audit entry; returns what is wrong, [] when made."""
    if not name or len(name) > 150 or not name.replace(".", "").replace("-", "").replace("_", "").isalnum():
        return ["用户名只能用文字、数字和 . - _，不超过 150 个字符。"]
    if User.objects.filter(username=name).exists():
        return [say("已有名为“{name}”的账号。", name=name)]
    if role not in {known.name for known in roles.ROLES}:
        known = listed("、", (say("{key}（{title}）", key=one.name, title=one.title) for one in roles.ROLES))
        return [say("角色“{role}”：应为{known}之一。", role=role[:60], known=known)]
    user = User(username=name, first_name=fullname[:150])
    if troubles := weaknesses(password, user):
        return troubles
    user.set_password(password)
    user.save()
    roles.give(user, role)
    ledger.audit(actor, "account-add", name, role)
    return []


def trail(ask: Ask) -> Page:
    """The audit trail, newest first; ?before= turns the page."""
    roles.demand(ask.user, roles.READ_AUDIT)
    asked = ask.request.GET.get("before", "")
    before = int(asked) if asked.isdecimal() and len(asked) < 18 else None
    entries = ledger.trail(200, before)
    words = ask.words
    columns = [
        Column("seq", words("序号"), number=True),
        Column("at", words("时间"), width=18),
        Column("actor", words("操作人")),
        Column("action", words("操作")),
        Column("object", words("对象"), width=30),
        Column("detail", words("内容"), width=50),
    ]
    rows = [
        [
            Cell(str(one.seq)),
            Cell(words.moment(one.at)),
            Cell(one.actor),
            Cell(words(ACTIONS.get(one.action, one.action))),
            Cell(object_in_words(ask, one)),
            Cell(in_words(ask, one) or "—"),
        ]
        for one in entries
    ]
    note = words("摘要、链首只印前16位；.json 另有逐字的内容和对象编号。")
    table = Table("audit", words("操作日志"), columns, rows, note, words("还没有操作记录。"))
    written = [{"object_id": one.object, "written": one.detail} for one in entries]
    return Page(
        "audit.html",
        words("操作日志"),
        {"entries": [record | kept for record, kept in zip(table.records(), written, strict=True)]},
        {"last": entries[-1].seq if entries else None},
        tables=(table,),
    )
