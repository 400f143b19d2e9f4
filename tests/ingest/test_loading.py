"""Loading a city: idempotent, dated by its sources, never touching what people have corrected."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from duheng import ledger
from duheng.ingest.importing import import_file
from duheng.ingest.loading import load_city, open_city
from duheng.model.errors import UnknownName
from duheng.model.plan import City, Target
from tests.ingest.conftest import TODAY, workbook

SHANGHAI = ZoneInfo("Asia/Shanghai")


def test_a_second_load_adds_nothing(home: Path, city: City) -> None:
    first, second = load_city(city, drill=False), load_city(city, drill=False)
    assert (
        first.added == len(city.facts) + sum(t.value is not None for p in city.plans for t in p.targets) + 1
    )
    assert (second.added, second.first_seq) == (0, None)


def test_public_figures_carry_source_confidence_and_statement(home: Path, city: City) -> None:
    load_city(city, drill=False)
    (record,) = ledger.history("population", "512000", None, "2020", "actual", None)
    assert (record.value, record.stated, record.confidence) == (Decimal("230.9"), "230.9 万人", "quoted")
    assert record.source.kind == "document"


def test_targets_are_facts_of_their_own_scenario_and_cite_the_article(home: Path, city: City) -> None:
    load_city(city, drill=False)
    (record,) = ledger.history("energy_intensity_decline", "512000", None, "2025", "target", "not-stated")
    assert (record.value, record.stated, record.source.kind) == (Decimal("0.145"), "14.5%", "plan")
    assert record.locator.startswith("二 第707～741字")
    assert "资府发〔2023〕3号" in record.source.title


def test_targets_without_a_number_are_not_stated(home: Path, city: City) -> None:
    load_city(city, drill=False)
    quantities = set(ledger.read("target")["quantity"])
    assert "industrial_energy_intensity_decline" not in quantities


def test_a_first_load_is_dated_by_the_sources_in_order(home: Path, city: City) -> None:
    load_city(city, drill=False)
    recorded = ledger.read("target")["recorded_at"].to_list()
    assert {moment.astimezone(SHANGHAI).date() for moment in recorded} == {date(2023, 1, 29)}
    assert ledger.read("target", as_of=date(2023, 1, 28)).is_empty()
    assert not ledger.verify()


def test_what_comes_later_is_recorded_by_the_clock(home: Path, city: City) -> None:
    begin = datetime.now(SHANGHAI)
    load_city(replace(city, facts=city.facts[:5]), drill=False)
    load_city(city, drill=False)
    last = ledger.read("actual").sort("seq")["recorded_at"][-1]
    assert last >= begin
    assert ledger.read("actual").height == len(city.facts)


def test_a_release_that_adds_a_figure_adds_only_that(home: Path, city: City) -> None:
    load_city(city, drill=False)
    more = replace(city.facts[0], period="2015", value=Decimal("1"))
    assert load_city(replace(city, facts=(*city.facts, more)), drill=False).added == 1


def test_a_release_does_not_undo_a_correction(home: Path, city: City) -> None:
    load_city(city, drill=False)
    fact = city.facts[0]
    rows = [("指标", "对象", "时期", "数值", "单位"), (fact.quantity, fact.entity, fact.period, 1, fact.unit)]
    assert import_file(workbook(rows), city, name="更正.xlsx", today=TODAY).added == 1
    more = replace(fact, period="2015", value=Decimal("2"))
    load_city(replace(city, facts=(*city.facts, more)), drill=False)
    assert ledger.history(fact.quantity, fact.entity, None, fact.period, "actual", None)[0].value == 1


def _stating(city: City, value: str) -> City:
    return replace(city, facts=(replace(city.facts[0], value=Decimal(value)), *city.facts[1:]))


def test_a_slip_in_a_figure_of_the_folder_is_corrected_back(home: Path, city: City) -> None:
    fact = city.facts[0]
    added = [load_city(_stating(city, value), drill=False).added for value in ("4054.1", "4060.5", "4054.1")]
    past = ledger.history(fact.quantity, fact.entity, None, fact.period, "actual", fact.definition)
    assert added[1:] == [1, 1]
    assert [one.stated.split()[0] for one in past] == ["4054.1", "4060.5", "4054.1"]
    assert past[0].standing == "effective"
    assert load_city(_stating(city, "4054.1"), drill=False).added == 0


def test_a_slip_corrected_back_does_not_undo_a_persons_correction(home: Path, city: City) -> None:
    fact = city.facts[0]
    rows = [("指标", "对象", "时期", "数值", "单位"), (fact.quantity, fact.entity, fact.period, 1, fact.unit)]
    load_city(_stating(city, "4054.1"), drill=False)
    load_city(_stating(city, "4060.5"), drill=False)
    assert import_file(workbook(rows), city, name="更正.xlsx", today=TODAY).added == 1
    assert load_city(_stating(city, "4054.1"), drill=False).added == 0
    assert ledger.history(fact.quantity, fact.entity, None, fact.period, "actual", None)[0].value == 1


def test_two_values_of_one_document_for_one_cell_are_loaded_once(home: Path, city: City) -> None:
    other = replace(city.facts[0], value=Decimal("4060.5"), place="")
    both = replace(city, facts=(*_stating(city, "4054.1").facts, other))
    load_city(_stating(city, "1"), drill=False)
    assert load_city(both, drill=False).added == 2
    assert load_city(both, drill=False).added == 0


def test_a_target_changed_midway_keeps_both_versions(home: Path, city: City) -> None:
    from duheng.model.plan import Change

    plan = city.plans[0]
    target: Target = replace(
        plan.targets[0], changes=(Change(date(2024, 6, 1), Decimal("13.5"), "调整通知"),)
    )
    changed = replace(city, plans=(replace(plan, targets=(target,)),), facts=())
    load_city(changed, drill=False)
    vintages = ledger.history(target.quantity, target.entity, None, "2025", "target", target.definition)
    assert vintages[0].source.title == "调整通知"
    assert [one.stated for one in vintages] == ["13.5%", "14.5%"]


def test_a_city_is_opened_by_its_code_and_scenario(home: Path) -> None:
    assert open_city("512000", "actual").id == "512000"
    with pytest.raises(UnknownName):
        open_city("999999")
    with pytest.raises(UnknownName):
        open_city("512000", "wishes")


def test_an_interrupted_first_load_leaves_nothing_and_begins_again_with_the_dates_of_its_sources(
    home: Path, city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    append, calls = ledger.append, iter(range(1000))

    def dying(*words: object, **options: object) -> object:
        if next(calls) == 3:
            raise KeyboardInterrupt
        return append(*words, **options)  # type: ignore[arg-type]

    with monkeypatch.context() as patch:
        patch.setattr(ledger, "append", dying)
        with pytest.raises(KeyboardInterrupt):
            load_city(city, drill=False)
    assert (ledger.sources(), ledger.head().seq) == ([], 0)
    load_city(city, drill=False)
    assert ledger.read("actual").height == len(city.facts)
    assert ledger.read("target", as_of=date(2023, 1, 29)).height > 20
