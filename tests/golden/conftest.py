"""Golden cases state facts in a ledger of their own; what they append is rolled back."""

from __future__ import annotations

import pytest

from duheng import ledger


@pytest.fixture
def books(db: None) -> None:
    """An open ledger."""
    ledger.setup()
