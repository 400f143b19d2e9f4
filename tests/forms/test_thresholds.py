"""Reference factors and relations of the forms are a city's to replace: from a day on, cited, and it shows."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from duheng.city import default_city_folder, load
from duheng.ingest.forms.checking import check_forms
from duheng.ingest.forms.filled import FormSheet
from duheng.ingest.forms.layout import form, forms
from duheng.ingest.forms.reading import form_hints, read_form_sheet
from duheng.ingest.forms.telling import unchecked
from duheng.ingest.forms.thresholds import FACTORS, RELATION
from duheng.ingest.grids import read_grids
from duheng.ingest.sheets import read_sheets
from duheng.model.entities import Entity, Places
from duheng.model.glossary import axis, item_unit
from duheng.model.parameters import Local, Parameters, Setting, packaged
from duheng.model.units import parse_unit, ratio
from tests.forms.conftest import Made
from tests.forms.examples import Cells, book, table

CITE = "川统函〔2024〕6号"
STOCK = "205-1 年初库存+购进-消费-（调出、损耗）=期末库存"
USE = "205-1 消费量合计=工业生产消费+非工业生产消费"
JUNE, JULY = date(2024, 6, 30), date(2024, 7, 1)  # the sheets are of January to June 2024


def decided(of: str, item: str | None, value: str, since: date, certainty: str = "verified") -> Parameters:
    known = packaged()[of]
    own = Setting(since, Decimal(value), CITE, certainty, "5120", item)
    return Parameters({of: replace(known, settings=(*known.settings, own))})


def found(path: object, parameters: Parameters, check: str) -> list[tuple[str, str, str]]:
    """Severity, certainty and text of what a check finds in the file."""
    _, sheets = read_grids(path.read_bytes(), "能源月报.xlsx", form_hints())  # type: ignore[attr-defined]
    read = [read_form_sheet(sheet, local=Local(parameters, "512000")) for sheet in sheets]
    mismatches = check_forms([one for one in read if isinstance(one, FormSheet)])
    kept = [one for one in mismatches if one.check == check]
    return [(one.severity, one.certainty, one.finding("能源月报.xlsx").text + one.comment) for one in kept]


def test_every_relation_can_be_decided_on_and_says_how_sure_it_is_as_the_form_does() -> None:
    said: dict[str, str] = {}
    for one in forms():
        extra = [check for group in ("factors", "totals", "overall", "steady") for check in one.listed(group)]
        number = one.settings["number"]
        said |= {f"{number} {relation.title}": relation.certainty for relation in one.relations}
        said |= {f"{number} {check['title']}": check["certainty"] for check in extra}
    assert said == {one.item: one.certainty for one in packaged()[RELATION].settings}
    assert set(axis(RELATION).items) == set(said)


def test_every_reference_factor_is_in_the_unit_of_its_row() -> None:
    rows = {row.item: row for row in form("205-1").rows.values() if row.item}
    for of in map(packaged().get, FACTORS):
        assert of is not None
        assert {one.item for one in of.settings} == set(rows) - {"电力"}
        for item in (one.item for one in of.settings):
            unit = parse_unit(item_unit(of, item).removeprefix("tce/"))
            assert ratio(unit, parse_unit(rows[str(item)].unit)) == 1


@pytest.mark.parametrize(("since", "asked"), [(JUNE, False), (JULY, True)])
def test_a_relation_is_switched_off_from_the_sheets_of_a_month_on(
    form: Made, since: date, asked: bool
) -> None:
    path = form({("原煤", "期末库存量"): 260})
    assert bool(found(path, decided(RELATION, STOCK, "0", since), "stock")) is asked


@pytest.mark.parametrize(("since", "severity"), [(JUNE, "error"), (JULY, "warning")])
def test_a_relation_that_a_city_verified_is_an_error_and_names_the_text(
    form: Made, since: date, severity: str
) -> None:
    path = form({("原煤", "期末库存量"): 260})
    ((level, _, text),) = found(path, decided(RELATION, STOCK, "1", since), "stock")
    assert level == severity
    assert (CITE in text) is (severity == "error")
    assert ("未核实" in text) is (severity == "warning")


@pytest.mark.parametrize(("since", "asked"), [(JUNE, False), (JULY, True)])
def test_a_replaced_reference_factor_counts_from_its_month_on(form: Made, since: date, asked: bool) -> None:
    path = form({("原煤", "采用折标系数"): 1.2})
    assert bool(found(path, decided("reference_factor_high", "原煤", "1.2", since), "factor")) is asked


def test_a_narrower_share_asks_about_more_and_names_its_text(form: Made) -> None:
    path = form({("原煤", "采用折标系数"): 0.8})
    assert found(path, Parameters(), "factor") == []
    ((_, certainty, text),) = found(path, decided("reference_factor_share", None, "0.05", JUNE), "factor")
    assert certainty == "memory"  # the reference itself still is
    assert CITE in text


def test_a_fuel_without_a_reference_is_not_asked_about(form: Made) -> None:
    assert found(form({("电力", "采用折标系数"): 9.9}), Parameters(), "factor") == []


def test_a_relation_that_is_switched_off_is_not_said_to_be_left_open(form: Made) -> None:
    total = "205-1 能源合计=Σ各品种消费×采用折标系数（小类不重复）"
    _, sheets = read_grids(form({("柴油", "采用折标系数"): ""}).read_bytes(), "能源月报.xlsx", form_hints())
    said = []
    for known in (Parameters(), decided(RELATION, total, "0", JUNE)):
        sheet = read_form_sheet(sheets[0], local=Local(known, "512000"))
        assert isinstance(sheet, FormSheet)
        said.append(any("柴油没有采用折标系数" in one for one in unchecked(sheet)))
    assert said == [True, False]


def test_an_import_reads_the_form_by_what_the_city_decided(form: Made) -> None:
    city = load(default_city_folder("512000"))
    firm = Entity("E-205", "演练水泥厂", "enterprise", "512021")
    city = replace(city, places=Places([*city.places, firm]))
    path = form({("原煤", "消费量合计"): 810})
    before = read_sheets(path, city, today=date(2025, 3, 1))
    off = decided(RELATION, USE, "0", JUNE)
    after = read_sheets(path, replace(city, parameters=off), today=date(2025, 3, 1))
    assert "form-use" in {one.code for one in before.findings}
    assert "form-use" not in {one.code for one in after.findings}
    assert len(after.facts) > len(before.facts)


def sheet_of(number: str, changes: Cells, parameters: Parameters, folder: Path) -> list[str]:
    """What the checks find in the example of a form, in words."""
    path = book(folder / "报表.xlsx", {"报表": table(number, changes)})
    _, sheets = read_grids(path.read_bytes(), path.name, form_hints())
    read = [read_form_sheet(sheet, local=Local(parameters, "512000")) for sheet in sheets]
    mismatches = check_forms([one for one in read if isinstance(one, FormSheet)])
    return [one.finding(path.name).text for one in mismatches]


def test_a_relation_of_any_form_is_switched_off(tmp_path: Path) -> None:
    off = decided(RELATION, "表2 折标煤=消费量合计×折标系数", "0", date(2020, 1, 1))
    wrong: Cells = {("柴油", "折标煤"): 56.63}
    before = sheet_of("表2", wrong, Parameters(), tmp_path)
    after = sheet_of("表2", wrong, off, tmp_path)
    assert len(before) == len(after) + 1
    assert not any("折标煤=消费量合计" in one for one in after)


def test_a_replaced_limit_of_a_change_decides_and_is_named(tmp_path: Path) -> None:
    item = "用能人数或建筑面积变动大 最大变化"
    changed: Cells = {("用能人数", "数量"): 276}
    (before,) = sheet_of("公共机构1表", changed, Parameters(), tmp_path)
    assert CITE not in before
    wider = decided("audit_threshold", item, "0.5", date(2020, 1, 1))
    assert sheet_of("公共机构1表", changed, wider, tmp_path) == []
    (narrower,) = sheet_of(
        "公共机构1表", changed, decided("audit_threshold", item, "0.01", date(2020, 1, 1)), tmp_path
    )
    assert CITE in narrower
