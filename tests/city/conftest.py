"""Folders to break: a fresh copy of the made-up second city."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from duheng.city import check
from duheng.model.findings import Finding

SHILI = Path(__file__).parents[1] / "data" / "shili"
Broken = Callable[..., list[Finding]]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of 示例市's folder."""
    return Path(shutil.copytree(SHILI, tmp_path / "shili"))


@pytest.fixture
def broken(folder: Path) -> Broken:
    """Replace a text of one file once, and give the findings."""

    def change(name: str, old: str, new: str) -> list[Finding]:
        path = folder / name
        text = path.read_text("utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), "utf-8")
        return check(folder)

    return change
