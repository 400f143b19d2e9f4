"""A table of stations, written and indexed."""

from __future__ import annotations

from pathlib import Path

import pytest

from duheng.ingest.air import Indexed, index_table

from .sheets import HEADER, Sheet


@pytest.fixture
def sheet(tmp_path: Path) -> Sheet:
    def write(*rows: str, header: str = HEADER, encoding: str = "utf-8", **options: str) -> Indexed:
        path = tmp_path / "站点.csv"
        path.write_text("\n".join([header, *rows]) + "\n", encoding)
        return index_table(path, **options)  # type: ignore[arg-type]

    return write
