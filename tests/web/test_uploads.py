"""Receiving files: kept whole under their digest, also where two send the same one at once."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.core.files.base import ContentFile

from duheng.ingest import documents
from duheng.web import uploads

CONTENT = "指标,对象\n".encode() * 200_000
SENDERS = 4


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever writes a file puts it in its place only once all others have written theirs."""
    together, replace = threading.Barrier(SENDERS), Path.replace

    def late(self: Path, target: Path) -> Path:
        together.wait(60)
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", late)


@pytest.mark.usefixtures("at_once")
def test_a_file_that_several_send_at_once_is_kept_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploads, "home", lambda: tmp_path)
    with ThreadPoolExecutor(SENDERS) as senders:
        kept = {*senders.map(lambda _: uploads.keep(ContentFile(CONTENT, "a.csv")), range(SENDERS))}
    ((place, _),) = kept
    assert [*place.parent.iterdir()] == [place]
    assert place.read_bytes() == CONTENT


@pytest.mark.usefixtures("at_once")
def test_a_document_that_several_keep_at_once_is_kept_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(documents, "folder", lambda: tmp_path)
    with ThreadPoolExecutor(SENDERS) as senders:
        kept = {*senders.map(lambda _: documents.store_document(CONTENT, "a" * 64), range(SENDERS))}
    assert kept == {f"documents/{'a' * 64}"}
    assert [one.read_bytes() for one in tmp_path.iterdir()] == [CONTENT]
