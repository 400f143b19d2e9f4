"""Rules made in a test are forgotten after it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from duheng.model.glossary import _registered
from duheng.model.rule import _rules


@pytest.fixture
def passing_rules() -> Iterator[None]:
    rules, quantities = dict(_rules), dict(_registered)
    yield
    for registry, before in ((_rules, rules), (_registered, quantities)):
        registry.clear()
        registry.update(before)  # type: ignore[arg-type]
