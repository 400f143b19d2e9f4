"""One explanation for each article that has targets, as a person approved it; a change must be approved again.

    DUHENG_APPROVE=1 .venv/bin/python -m pytest tests/golden/test_explanations.py

writes the files anew; the difference is then read and committed with the change that made it.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import transaction
from pytest_django import DjangoDbBlocker

from duheng.assess.books import Opened, default_plan, opened
from duheng.assess.why import why
from duheng.cli.explain import lines
from duheng.ingest.loading import open_city

APPROVED = Path(__file__).parent / "explanations"
SCORES = {
    "二-energy_intensity_decline": ("energy_intensity_decline", "2025", None),
    "二-key_project_reduction": ("key_project_reduction", "2024", "挥发性有机物"),
    "（一）-industrial_water_intensity_decline": ("industrial_water_intensity_decline", "2025", None),
    "（二）-circular_park_share": ("circular_park_share", "2025", None),
    "（三）-green_building_share": ("green_building_share", "2025", None),
    "（四）-clean_bus_share": ("clean_bus_share", "2025", None),
    "（五）-fertiliser_pesticide_growth": ("fertiliser_pesticide_growth", "2025", None),
    "（五）-rural_sewage_effective_rate": ("rural_sewage_effective_rate", "2025", None),
    "（六）-public_energy_per_area_decline": ("public_energy_per_area_decline", "2025", None),
    "（八）-non_fossil_share": ("non_fossil_share", "2025", None),
    "（十）-town_sewage_plants": ("town_sewage_plants", "2025", None),
}
LONGEST = 60

# The mark makes pytest-django lay out the database before the module's fixture fills it.
pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def drill(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Opened]:
    """The drill of Ziyang, loaded once for these tests and rolled back."""
    with django_db_blocker.unblock(), transaction.atomic():
        city = open_city("512000", "drill")
        yield opened(city, default_plan(city, "drill"), "drill")
        transaction.set_rollback(True)


def explained(drill: Opened, name: str) -> str:
    """The explanation as the command prints it, its first lines; the ids of facts are left out."""
    quantity, period, item = SCORES[name]
    shown = list(lines(why(drill, quantity, "资阳市", period, item=item)))
    more = [f"…… 另有 {len(shown) - LONGEST} 行"] if len(shown) > LONGEST else []
    return re.sub(r"事实 [0-9a-f]{8}", "事实 ********", "\n".join([*shown[:LONGEST], *more])) + "\n"


@pytest.mark.parametrize("name", SCORES)
def test_the_explanation_is_the_approved_one(drill: Opened, name: str) -> None:
    path = APPROVED / f"{name}.txt"
    text = explained(drill, name)
    if os.environ.get("DUHENG_APPROVE"):
        path.write_text(text, "utf-8")
    assert text == path.read_text("utf-8")
