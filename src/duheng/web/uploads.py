"""Receiving files: small, counted while they arrive, looked into before they are believed.

A file is written to a temporary file in pieces, never held in memory whole; one byte above the limit ends it.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.core.files import File
from django.core.files.uploadhandler import TemporaryFileUploadHandler

from duheng.model.saying import listed, say
from duheng.web.errors import TooLarge, WrongKind
from duheng.web.store import home

KINDS = {
    ".xlsx": (b"PK\x03\x04",),
    ".xls": (b"\xd0\xcf\x11\xe0",),
    ".csv": (),
}
"""Accepted endings and how such a file begins; CSV begins with any text."""


class LimitedFile(TemporaryFileUploadHandler):
    """Writes to disk and stops at the limit, whatever the sender said the length would be."""

    def __init__(self, request: Any = None):
        super().__init__(request)
        self.received = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Count over all files of the request, then write."""
        self.received += len(raw_data)
        if self.received > settings.DUHENG_UPLOAD_LIMIT:
            self.file.close()
            raise TooLarge(settings.DUHENG_UPLOAD_LIMIT)
        super().receive_data_chunk(raw_data, start)


def keep(file: File[bytes]) -> tuple[Path, str]:
    """Check what the file is and keep it under its digest: (path, SHA-256).

    WrongKind where the ending is not accepted or the content is not what the ending says.
    """
    ending = Path(file.name or "").suffix.lower()
    _sniff(file, ending)
    digest = hashlib.sha256()
    for chunk in file.chunks():
        digest.update(chunk)
    name = digest.hexdigest()
    place = place_of(name, ending)
    place.parent.mkdir(parents=True, exist_ok=True)
    fresh = place.with_name(f".{place.name}.{uuid4().hex}")  # two may send the same file at once
    try:
        with fresh.open("wb") as out:
            for chunk in file.chunks():
                out.write(chunk)
        fresh.replace(place)
    finally:
        fresh.unlink(missing_ok=True)
    return place, name


def name_of(file: File[bytes], longest: int) -> str:
    """The file's name as it fits, with its ending, by which the file is found and read again."""
    name = Path(file.name or "")
    return name.stem[: longest - len(name.suffix)] + name.suffix


def place_of(digest: str, ending: str) -> Path:
    """Where an uploaded file with this digest lies."""
    if len(digest) != 64 or not digest.isalnum() or ending not in KINDS:
        raise WrongKind(say("没有这样的文件：{digest}{ending}。", digest=digest[:12], ending=ending[:8]))
    return home() / "uploads" / f"{digest}{ending}"


def _sniff(file: File[bytes], ending: str) -> None:
    name = Path(file.name or "").name[:80]
    if ending not in KINDS:
        raise WrongKind(
            say(
                "“{name}”不能导入：只接受 {names} 文件。请另存为 Excel 或 CSV 后再上传。",
                name=name,
                names=listed("、", KINDS),
            )
        )
    file.seek(0)
    head = file.read(4096)
    file.seek(0)
    if not head:
        raise WrongKind(say("“{name}”是空文件。请核对后重新上传。", name=name))
    begins = KINDS[ending]
    if begins and not head.startswith(begins):
        raise WrongKind(
            say(
                "“{name}”的内容不是 {ending} 文件（可能只改了扩展名）。请用 Excel 或 WPS 打开后另存。",
                name=name,
                ending=ending,
            )
        )
    if not begins and b"\x00" in head and not head.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise WrongKind(
            say("“{name}”的内容不是文本（CSV）。请用 Excel 或 WPS 另存为 CSV 后再上传。", name=name)
        )
