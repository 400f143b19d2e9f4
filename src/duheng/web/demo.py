"""A start for practice: the accounts whose passwords are printed, one for each role."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from django.contrib.auth.models import User

from duheng.web import roles
from duheng.web.checks import DEMO_ACCOUNTS, DEMO_ROLES
from duheng.web.errors import NotAllowed
from duheng.web.store import home

NAMES = {"viewer": "演示查阅员", "reporter": "演示填报员", "reviewer": "演示审核员", "admin": "演示管理员"}


def make_accounts(production: bool) -> list[tuple[str, str, str]]:
    """Make the demo accounts that are not there yet; (name, password, role's title) of those that open with them.

    NotAllowed in production.
    """
    if production:
        raise NotAllowed("生产环境不建立演示账号。请用 duheng account add 建立正式账号。")
    marks = _marks()
    told, known = [], dict(marks)
    for name, password in DEMO_ACCOUNTS.items():
        user = User.objects.filter(username=name).first()
        if user is None:
            user = User.objects.create_user(name, password=password, first_name=NAMES[name])
            roles.give(user, DEMO_ROLES[name])
        opens = marks.get(name) == _mark(user) or user.check_password(password)
        if user.is_active and opens:
            known[name] = _mark(user)
            title = next(role.title for role in roles.ROLES if role.name == DEMO_ROLES[name])
            told.append((name, password, title))
    if known != marks:
        _file().write_text(json.dumps(known), encoding="utf-8")
    return told


# Trying four passwords costs a second of every start; a mark of the stored hash says that it is still the same.


def _file() -> Path:
    return home() / "cache" / "demo-accounts.json"


def _mark(user: User) -> str:
    return hashlib.sha256(user.password.encode()).hexdigest()


def _marks() -> dict[str, str]:
    place = _file()
    place.parent.mkdir(parents=True, exist_ok=True)
    try:
        told: dict[str, str] = json.loads(place.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return told
