"""Imported files, kept verbatim under the hash of their content: DUHENG_HOME/documents/<SHA-256>."""

from __future__ import annotations

import os
from pathlib import Path
from uuid import uuid4

import duheng.settings
from duheng.model.errors import UnreadableSource
from duheng.model.saying import say

FOLDER = "documents"


def folder() -> Path:
    """The folder of the documents; made when absent."""
    place = Path(duheng.settings.DUHENG_HOME) / FOLDER
    place.mkdir(parents=True, exist_ok=True)
    return place


def store_document(content: bytes, digest: str) -> str:
    """Keep the content under its digest and return its address within DUHENG_HOME; a second time it is left alone.

    It is on disk, whole, when this returns: a fact never cites a document that is not there.
    """
    place = folder() / digest
    if not place.is_file():
        fresh = place.with_name(f".{digest}.{uuid4().hex}")  # two threads may keep the same content at once
        try:
            with fresh.open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            fresh.replace(place)
        finally:
            fresh.unlink(missing_ok=True)
    return f"{FOLDER}/{digest}"


def read_document(digest: str) -> bytes:
    """The content of a kept document. UnreadableSource where there is none of that digest."""
    if len(digest) != 64 or not set(digest) <= set("0123456789abcdef"):
        raise UnreadableSource(say("文件编号“{digest}”不是 SHA-256 摘要。", digest=digest[:70]))
    place = folder() / digest
    if not place.is_file():
        raise UnreadableSource(
            say(
                "没有摘要为 {digest}… 的文件：它未在本机导入，或已从 {folder} 移走。请从备份恢复。",
                digest=digest[:12],
                folder=FOLDER,
            )
        )
    return place.read_bytes()
