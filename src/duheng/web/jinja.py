"""The template environment: strict about names, and static files addressed by their content."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from typing import Any

from django.contrib.messages import get_messages
from django.contrib.staticfiles import finders
from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.templatetags.static import static
from jinja2 import Environment, StrictUndefined
from markupsafe import Markup


def environment(**options: Any) -> Environment:
    """Jinja2 with our functions; an unknown name in a template is an error."""
    made = Environment(**{"autoescape": True, **options, "undefined": StrictUndefined, "lstrip_blocks": True})  # noqa: S701
    made.globals.update(
        {"asset": asset, "csrf": csrf, "messages": get_messages, "amp": amp, "request_query": request_query}
    )
    return made


@lru_cache(maxsize=64)
def asset(name: str) -> str:
    """Address of a static file with a mark of its content, so that it may be kept for a year."""
    place = finders.find(name)
    if not isinstance(place, str):
        raise FileNotFoundError(f"no static file {name}")
    with open(place, "rb") as file:  # noqa: PTH123  (finders give a plain string)
        mark = hashlib.sha256(file.read()).hexdigest()[:12]
    return f"{static(name)}?v={mark}"


def csrf(request: HttpRequest) -> Markup:
    """The hidden field every form that changes something carries."""
    return Markup('<input type="hidden" name="csrfmiddlewaretoken" value="{}">').format(get_token(request))


def amp(query: str, more: str) -> str:
    """A query string with more: "?a=b&more", or "?more" where it was empty."""
    return f"{query}&{more}" if query else f"?{more}"


def request_query(request: HttpRequest, **changes: str) -> str:
    """The address's own query string with changes, without the question mark."""
    asked = request.GET.copy()
    for name, value in changes.items():
        asked[name] = value
    return asked.urlencode()
