"""Every test of assessment has the ledger's tables; what it appends is rolled back."""

from __future__ import annotations

import pytest

from duheng import ledger


@pytest.fixture
def books(db: None) -> None:
    """An open ledger."""
    ledger.setup()
