"""Where the web keeps its own files: the folder DUHENG_HOME of the settings."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings


def home() -> Path:
    """The folder for documents, uploads and caches."""
    return Path(settings.DUHENG_HOME)
