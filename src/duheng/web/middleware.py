"""Around every page: size of what is sent, safety headers, language, and errors in words without a stack trace."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.db.utils import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse, UnreadablePostError
from django.template.loader import render_to_string

from duheng.model.errors import DuhengError, PeriodError, UnknownName
from duheng.model.saying import say
from duheng.web.errors import BadAddress, NotAllowed, NotThere, TooLarge, WrongKind
from duheng.web.selection import SCENARIOS
from duheng.web.words import LANGUAGES, Words, marked

Get = Callable[[HttpRequest], HttpResponse]
log = logging.getLogger("django.duheng")

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "font-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
COOKIE = "duheng_lang"
DRAINED_AT_MOST = 300 * 1024 * 1024
STATUS: dict[type[Exception], int] = {
    BadAddress: 400,
    PeriodError: 400,
    UnknownName: 404,
    NotThere: 404,
    NotAllowed: 403,
    TooLarge: 413,
    WrongKind: 415,
}
TITLES = {
    400: "地址有误",
    403: "没有权限",
    404: "没有此页",
    405: "不支持此操作",
    413: "文件过大",
    415: "文件类型不符",
    422: "不能处理",
    429: "请稍候再试",
    500: "程序出错",
    503: "暂时不能用",
}


def language(request: HttpRequest) -> str:
    """The reader's language: ?lang= of the address, else the cookie, else Chinese. BadAddress for others."""
    asked = request.GET.get("lang")
    if asked is not None and asked not in LANGUAGES:
        raise BadAddress(
            "lang", asked, [say("{key}（{title}）", key=key, title=title) for key, title in LANGUAGES.items()]
        )
    kept = request.COOKIES.get(COOKIE, "zh")
    return asked or (kept if kept in LANGUAGES else "zh")


def limit_size(get_response: Get) -> Get:
    """Refuse a request whose stated length is above the limit before anything of it is kept, and a file that proves
    to be as it is read."""

    def middleware(request: HttpRequest) -> HttpResponse:
        try:
            length = int(request.META.get("CONTENT_LENGTH") or 0)
        except ValueError:
            length = 0
        if length > settings.DUHENG_UPLOAD_LIMIT + 65_536:
            _drain(request, min(length, DRAINED_AT_MOST))
            return _too_large(request)
        return _too_large(request) if _proves_too_large(request) else get_response(request)

    return middleware


def _proves_too_large(request: HttpRequest) -> bool:
    """Read what was sent: the check of the token, which would read it next, can only fail on a file too large."""
    try:
        _ = request.FILES
    except TooLarge:
        with suppress(UnreadablePostError):
            request.read()  # at most what a length may be above the limit; as in `_drain`
        return True
    except UnreadablePostError:  # the sender has gone; whoever asks next finds nothing sent
        return False
    return False


def _too_large(request: HttpRequest) -> HttpResponse:
    response = error_page(request, 413, str(TooLarge(settings.DUHENG_UPLOAD_LIMIT)))
    response["Connection"] = "close"
    return response


def _drain(request: HttpRequest, length: int) -> None:
    # A browser shows our answer only once it has sent everything; the pieces are read and thrown away.
    stream = request.META.get("wsgi.input")
    while stream is not None and length > 0:
        piece = stream.read(min(length, 262_144))
        if not piece:
            return
        length -= len(piece)


def policy(get_response: Get) -> Get:
    """Hosts that are not ours refused; content policy, and the cookie of the chosen language."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request) if _ours(request) else malformed(request)
        response.headers.setdefault("Content-Security-Policy", POLICY)
        response.headers.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
        asked = request.GET.get("lang")
        if asked in LANGUAGES:
            response.set_cookie(
                COOKIE, asked, max_age=31_536_000, samesite="Lax", httponly=True, secure=settings.PRODUCTION
            )
        return response

    return middleware


def _ours(request: HttpRequest) -> bool:
    """Whether the request names a host of this installation; the supervisor asks for /health by the bare address."""
    try:
        return request.path == "/health" or bool(request.get_host())
    except DisallowedHost:
        return False


class SayErrors:
    """Turns errors into pages: what a person can mend says how, what only we can mend says that it is noted."""

    def __init__(self, get_response: Get):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass through; errors come to `process_exception`."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """The page of an error of ours; None leaves the error to Django, which logs it and calls `failed`."""
        if not isinstance(error, DuhengError):
            return None
        status = next((code for kind, code in STATUS.items() if isinstance(error, kind)), 422)
        return error_page(request, status, error.args[0] if error.args else str(error))


def error_page(request: HttpRequest, status: int, text: str) -> HttpResponse:
    """An error as page, or as JSON where the address asks for it."""
    title = TITLES.get(status, "出错")
    if request.path.endswith(".json"):
        return JsonResponse(
            {"error": title, "detail": text}, status=status, json_dumps_params={"ensure_ascii": False}
        )
    asked = (request.GET.get("lang"), request.COOKIES.get(COOKIE))
    lang = next((one for one in asked if one in LANGUAGES), "zh")
    words = Words(lang, _names(lang))
    context = {
        "_": words,
        "status": status,
        "title": words(title),
        "text": words(text),
        **_ways_on(request, status),
    }
    body = render_to_string("error.html", context)
    return HttpResponse(marked(body) if lang == "en" else body, status=status)


def _ways_on(request: HttpRequest, status: int) -> dict[str, Any]:
    """Where to go from an error: the page without what was not accepted, the log-in, the board of the scenario."""
    asked, user = request.GET, getattr(request, "user", None)
    known = {name: asked[name] for name in asked if name == "scenario" and asked[name] in SCENARIOS}
    bare = request.path + (f"?{urlencode(known)}" if known else "")
    stranger = user is not None and not user.is_authenticated
    sent_from = request.path if request.method == "POST" and request.path != "/logout" else ""
    return {
        "back": sent_from,
        "plain": bare if status == 400 and request.method == "GET" and asked.keys() - known.keys() else "",
        "sign_in": request.get_full_path() if status == 403 and stranger and request.method == "GET" else "",
        "drill": known.get("scenario") == "drill",
    }


def _names(lang: str) -> dict[str, str]:
    # The page that says that something broke must not break on a broken city folder.
    from duheng.web import state

    try:
        return state.names(lang)
    except (DuhengError, OSError):
        return {}


def missing(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404."""
    return error_page(request, 404, "没有这个地址。请从首页看板开始，或检查地址是否完整。")


def refused(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403."""
    return error_page(request, 403, "没有权限查看或操作。请先登录，或与管理员联系。")


def malformed(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400."""
    return error_page(request, 400, "请求不完整或不合要求。请返回上一页重试。")


def _unavailable(error: BaseException | None) -> bool:
    """Whether the database cannot be reached now and may be soon: it starts, stops, recovers, is full or locked."""
    if not isinstance(error, OperationalError | InterfaceError):
        return False
    cause = error.__cause__
    if type(cause).__module__.startswith("psycopg"):
        # Classes of PostgreSQL's annex A: 08 connection, 53 resources, 57 operator intervention (57P03: starting up).
        state = getattr(cause, "sqlstate", None)
        return state is None or state[:2] in {"08", "53", "57"}
    return "locked" in str(error)


def failed(request: HttpRequest) -> HttpResponse:
    """500, without stack trace; the trace is in the log. 503 where the database cannot be reached now."""
    if _unavailable(sys.exception()):
        response = error_page(
            request,
            503,
            "数据库此刻不能用（正在启动、恢复或忙）。没有写入任何东西，请过一会儿刷新；若一直如此，请告诉管理员。",
        )
        response["Retry-After"] = "10"
        return response
    return error_page(
        request, 500, "程序出错，已记入日志。数据未受影响，请稍后重试；若仍出现，请把时间和地址告诉管理员。"
    )


def csrf_failed(request: HttpRequest, reason: str = "", **_: Any) -> HttpResponse:
    """403 for a form without its token."""
    return error_page(request, 403, "表单已过期或来源不明，未作任何改动。请刷新页面后重新提交。")
