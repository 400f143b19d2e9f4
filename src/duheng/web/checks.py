"""System checks: a production start refuses what is fine only for practice.

Secret, host names and debugging are refused by `duheng.settings` itself; demo accounts need the database.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register

DEMO_ACCOUNTS = {
    "viewer": "查阅演示-2023",
    "reporter": "填报演示-2023",
    "reviewer": "审核演示-2023",
    "admin": "管理演示-2023",
}
"""Name and password of the accounts of practice, printed at a demo start and refused in production."""

DEMO_ROLES = {"viewer": "viewer", "reporter": "reporter", "reviewer": "reviewer", "admin": "administrator"}


@register(Tags.security)
def cookies_need_tls(app_configs: Any, **_: Any) -> list[CheckMessage]:
    """An error where a production start would send the session cookie in the clear."""
    if not settings.PRODUCTION or (settings.SESSION_COOKIE_SECURE and settings.CSRF_COOKIE_SECURE):
        return []
    return [
        Error(
            "生产环境的登录凭据只能经 HTTPS 传送。", hint="不要关闭 SESSION_COOKIE_SECURE。", id="duheng.E001"
        )
    ]


@register(Tags.database)
def no_demo_accounts(app_configs: Any, databases: Any = None, **_: Any) -> list[CheckMessage]:
    """An error for every demo account that still opens with its printed password in production."""
    if not settings.PRODUCTION or not databases:
        return []
    names = demo_accounts_left()
    if not names:
        return []
    return [
        Error(
            f"生产环境不得保留演示账号：{'、'.join(names)} 仍可用公开的演示密码登录。",
            hint="duheng account remove 名称，或为其另设密码：duheng account password 名称。",
            id="duheng.E002",
        )
    ]


def demo_accounts_left() -> list[str]:
    """Names of demo accounts that still open with their printed password; needs the database's tables."""
    from django.contrib.auth.models import User

    left = []
    for name, password in DEMO_ACCOUNTS.items():
        user = User.objects.filter(username=name, is_active=True).first()
        if user is not None and user.check_password(password):
            left.append(name)
    return left
