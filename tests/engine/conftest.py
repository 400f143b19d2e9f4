"""Rules made in a test are forgotten after it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from duheng.model.glossary import _registered


@pytest.fixture
def passing_rules() -> Iterator[None]:
    before = dict(_registered)
    yield
    _registered.clear()
    _registered.update(before)
