"""The Django application: its checks, and the groups made whenever tables are."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class WebConfig(AppConfig):
    """Pages, accounts and uploads."""

    name = "duheng.web"
    label = "duheng_web"
    verbose_name = "度衡网页"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the system checks and the making of groups."""
        from duheng.web import checks  # noqa: F401  (registers itself)

        post_migrate.connect(_make_groups, sender=self)


def _make_groups(sender: Any, using: str = "default", **_: Any) -> None:
    from django.contrib.auth.management import create_permissions

    from duheng.web.roles import make_groups

    create_permissions(sender, verbosity=0, using=using)
    make_groups(using)
