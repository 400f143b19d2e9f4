"""First pages kept on disk: what was damaged there is made anew."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path

import pytest

from duheng.web import lasting_pages
from duheng.web.lasting_pages import Kept

BODY = "页".encode() * 400
KEY = ("/", 1)


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file of a page that was kept."""
    monkeypatch.setattr(lasting_pages, "home", lambda: tmp_path)
    lasting_pages.write(KEY, Kept(BODY, gzip.compress(BODY, mtime=0), "", "html", 200, "board.html"))
    (kept,) = (tmp_path / "cache" / "pages").iterdir()
    return kept


def test_a_kept_page_is_found_again(file: Path) -> None:
    found = lasting_pages.read(KEY)
    assert found is not None
    assert found.body == BODY


@pytest.mark.parametrize(
    "damaged",
    [
        pytest.param(lambda whole: b"", id="empty"),
        pytest.param(lambda whole: whole[:-9], id="cut"),
        pytest.param(lambda whole: whole[:10] + b"\xff" * 8 + whole[18:], id="overwritten"),
    ],
)
def test_a_damaged_page_is_as_none(file: Path, damaged: Callable[[bytes], bytes]) -> None:
    file.write_bytes(damaged(file.read_bytes()))
    assert lasting_pages.read(KEY) is None
