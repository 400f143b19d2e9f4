"""Every packaged value is read where the ledger stands, through what a city replaced, or its page says who reads it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path

import pytest

import duheng
import duheng.rules  # every rule registers what it reads
from duheng.assess.audit import settings
from duheng.assess.parameters import COMMANDS_ONLY, UNREAD, reach, readers
from duheng.city.bases import bases
from duheng.model.parameters import packaged

SOURCE = Path(duheng.__file__).parent
# Outside of the rules: where a parameter is looked up in the parameters in use at a place.
READ_IN = {
    "audit_threshold": "assess/audit/settings.py",
    "balance_gap_most*": "ingest/balance/checking.py",
    "transformation_efficiency_*": "ingest/balance/published.py",
    "capacity_tolerance": "ingest/reductions.py",
    "exclusive_project_types": "ingest/reductions.py",
    "evidence_*": "ingest/reductions.py",
    "form_relation": "ingest/forms/thresholds.py",
    "reference_factor_*": "ingest/forms/thresholds.py",
    "special_taxed_above": "ingest/tax/selection.py",
    "stack_ratio_*": "ingest/voc.py",
    "voc_collection_*": "ingest/voc.py",
    "voc_treatment_*": "ingest/voc.py",
    "valid_days_*": "ingest/air_periods.py",
    "valid_station_share": "ingest/air_days.py",
}
# What may ask for a packaged value whatever a city replaced, and why.
PACKAGED_BY_DESIGN = {
    "city/folder.py": "reads the folder's settings onto the packaged ones",
    "ingest/drill/places.py": "reads the drill's settings onto those of the city",
    "ingest/balance/factors.py": "duheng balance without a factor file, no ledger",
    "ingest/carbon/factor_file.py": "44/12 for a file of factors, no ledger",
    "ingest/carbon/factors.py": "duheng carbon --set, no ledger",
    "ingest/carbon/own_sets.py": "title and unit of the factor of a city's own set, whose values are in its file",
}
READERS = {"at", "get", "own", "chosen", "parameters"}


def in_a_basis() -> set[str]:
    return {instead for basis in bases().values() for instead in basis.instead.values()}


@pytest.mark.parametrize("id", sorted(packaged()))
def test_every_parameter_is_read_by_a_rule_a_basis_a_named_module_or_its_page_says_so(id: str) -> None:
    by_rules = id in readers() or id in in_a_basis()
    modules = [(pattern, file) for pattern, file in READ_IN.items() if fnmatch(id, pattern)]
    assert (by_rules or bool(modules)) is (reach(id) == "")
    for pattern, file in modules:
        text = (SOURCE / file).read_text("utf-8")
        assert pattern.rstrip("_*") in text
        assert any(f".{reader}" in text for reader in READERS)


def test_what_is_said_to_be_unread_is_there_and_unread() -> None:
    said = {*COMMANDS_ONLY, *UNREAD}
    assert said <= set(packaged())
    assert said & (set(readers()) | in_a_basis()) == set()


# What measures by the thresholds of each check that nothing asks by.
MEASURES = {
    "hampel": "hampel", "balance": "balance", "growth": "growth_identity", "completeness": "completeness",
    "daily_monthly": "daily_against_month",
}  # fmt: skip


def test_thresholds_that_no_page_asks_by_say_so_and_no_other_do() -> None:
    assert set(MEASURES) == set(settings.UNASKED)
    asking = "".join(
        (SOURCE / "assess" / "audit" / f"{name}.py").read_text("utf-8")
        for name in ("groups", "pairs", "series", "yearly")
    )
    imported = {name.strip() for line in asking.splitlines() if "import" in line for name in line.split(",")}
    for code, function in MEASURES.items():
        assert not any(name.split()[-1] == function for name in imported)
        assert f'number("{code}"' not in asking
        assert all(settings.reach(item) for item in settings.items(code))
    others = {one.item for one in packaged()[settings.PARAMETER].settings}
    others -= {item for code in MEASURES for item in settings.items(code)}
    assert {settings.reach(item) for item in others} == {""}


def calls(tree: ast.AST) -> Iterator[str]:
    """Calls that give packaged values: parameter(...), packaged(), and a bare Local() that is no fallback."""
    fallbacks = {
        id(one) for node in ast.walk(tree) if isinstance(node, ast.BoolOp) for one in node.values[1:]
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            bare = (
                node.func.id == "Local" and not node.args and not node.keywords and id(node) not in fallbacks
            )
            if node.func.id in ("parameter", "packaged") or bare:
                yield node.func.id


def test_no_other_module_reads_packaged_values_past_what_a_city_replaced() -> None:
    found = set()
    for path in SOURCE.rglob("*.py"):
        name = path.relative_to(SOURCE).as_posix()
        if not name.startswith(("model/", "rules/")) and [*calls(ast.parse(path.read_text("utf-8")))]:
            found.add(name)
    assert found == set(PACKAGED_BY_DESIGN)
