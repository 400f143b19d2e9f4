"""A slice of the fuzzing of `make soak`: damaged sheets, folders and tables."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django import DjangoDbBlocker

from duheng import ledger
from duheng.city import default_city_folder, load
from duheng.model.errors import DuhengError
from soak import mutation, soak_commands, soak_sheets
from soak.fuzzing import Defect, Fuzz
from tests.ledger.conftest import connected


@pytest.fixture
def fresh(tmp_path: Path, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """An empty ledger to import into."""
    with django_db_blocker.unblock(), connected("", tmp_path):
        ledger.setup()
        yield


@pytest.mark.usefixtures("fresh")
def test_damaged_sheets_are_imported_in_part_or_refused_in_words() -> None:
    city, fuzz = load(default_city_folder()), Fuzz("sheets")
    files = soak_sheets.seeds(city)
    for seed in range(1_000_000, 1_000_150):
        soak_sheets.import_damaged(fuzz, files, city, seed)
    assert fuzz.defects == []
    assert min(fuzz.accepted, fuzz.refused) > 5
    assert ledger.verify() == []


def test_damaged_folders_are_checked_to_the_end(tmp_path: Path) -> None:
    fuzz = Fuzz("folders")
    for seed in range(1_000_000, 1_000_040):
        soak_commands.check_damaged(fuzz, tmp_path / "city", seed)
    assert fuzz.defects == []
    assert fuzz.accepted
    assert fuzz.refused


def test_damaged_tables_are_computed_or_refused(tmp_path: Path) -> None:
    fuzz = Fuzz("tables")
    for seed in range(1_000_000, 1_000_080):
        soak_commands.compute_damaged(fuzz, tmp_path / "表.csv", seed)
    assert fuzz.defects == []
    assert fuzz.accepted
    assert fuzz.refused


def test_damage_depends_on_the_seed_alone() -> None:
    text = "指标,对象,数值\n地区生产总值,资阳市,1049.8\n" * 5
    for change in (mutation.text_changed, lambda one, chance: mutation.bytes_changed(one.encode(), chance)):
        assert change(text, random.Random(7)) == change(text, random.Random(7)) != text


def test_a_crash_is_a_defect_and_a_refusal_in_words_is_none() -> None:
    def crash() -> bool:
        raise KeyError("gone")

    def refuse() -> bool:
        raise DuhengError("请改正")

    def mumble() -> bool:
        raise DuhengError("bad input")

    fuzz = Fuzz("itself")
    for case, work in (("crash", crash), ("refuse", refuse), ("mumble", mumble), ("fine", lambda: True)):
        fuzz.tried(case, work)
    assert (fuzz.accepted, fuzz.refused) == (1, 3)
    assert [defect.split(":")[0] for defect in fuzz.defects] == ["crash", "mumble"]
    assert [figure.holds for figure in fuzz.figures()] == [False, None]
    assert issubclass(Defect, AssertionError)
