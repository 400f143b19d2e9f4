"""Slowing down guesses of passwords: too many failures lock a name or an address for a while."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone

from duheng.web.models import FailedLogin

WINDOW = timedelta(minutes=15)
FAILURES_OF_NAME = 5
FAILURES_OF_ADDRESS = 20


def address_of(request: HttpRequest) -> str:
    """The network address of the reader; behind our own proxy, the one the proxy saw."""
    direct = str(request.META.get("REMOTE_ADDR", "") or "")
    if settings.DUHENG_BEHIND_PROXY:
        forwarded = str(request.META.get("HTTP_X_FORWARDED_FOR", "")).split(",")[-1].strip()
        return (forwarded or direct)[:64]
    return direct[:64]


def locked(name: str, address: str) -> bool:
    """Whether this name at this address, or this address altogether, must wait."""
    recent = FailedLogin.objects.filter(at__gte=timezone.now() - WINDOW)
    if recent.filter(name=name[:150], address=address).count() >= FAILURES_OF_NAME:
        return True
    return recent.filter(address=address).count() >= FAILURES_OF_ADDRESS


def failed(name: str, address: str) -> None:
    """Remember a failure, and forget those of former days."""
    FailedLogin.objects.create(name=name[:150], address=address, at=timezone.now())
    FailedLogin.objects.filter(at__lt=timezone.now() - timedelta(days=1)).delete()


def succeeded(name: str, address: str) -> None:
    """Forget the failures of this name at this address."""
    FailedLogin.objects.filter(name=name[:150], address=address).delete()
