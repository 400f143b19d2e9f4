"""What a city decided on the relations of a form holds at the next upload and the next `duheng import`."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from django.test import Client

from duheng.cli.rollup import _city
from tests.forms import conftest
from tests.forms.conftest import Made
from tests.web.test_imports import send
from tests.web.test_parameters import COAL, accepted, run

pytestmark = pytest.mark.slow
Site = Callable[..., Client]
WRONG = {("原煤", "消费量合计"): 810}
form = conftest.form  # the fixture that writes form 205-1


def decide(site: Site, since: str) -> None:
    accepted(site, at="/parameters/form_relation", item="205-1 use", value="不核对", unit="", since=since)


def imported(path: object) -> set[str]:
    told = json.loads(run("import", str(path), "--dry-run", "--json"))
    return {one["code"] for one in told[0]["findings"]}


@pytest.mark.parametrize(("since", "asked"), [("2024-06-30", False), ("2024-07-01", True)])
def test_the_command_and_the_page_check_by_the_relations_of_the_form_s_month(
    site: Site, form: Made, since: str, asked: bool
) -> None:
    path, client = form(WRONG), site("reporter")
    assert "form-use" in imported(path)
    decide(site, since)
    assert ("form-use" in imported(path)) is asked
    shown = client.get(send(client, path.read_bytes(), "能源月报.xlsx")).content.decode()
    assert ("消费量合计=工业生产消费+非工业生产消费" in shown) is asked


def test_until_another_person_accepts_the_relation_is_checked(site: Site, form: Made) -> None:
    written = {**COAL, "item": "205-1 use", "value": "不核对", "unit": "", "since": "2024-01-01"}
    site("administrator").post("/parameters/form_relation", written)
    assert "form-use" in imported(form(WRONG))


def test_the_roll_up_reckons_by_the_values_that_the_city_replaced(site: Site) -> None:
    accepted(site)
    known = _city("512000", "actual").parameters.get("standard_coal_factor").settings
    assert COAL["cite"] in {one.cite for one in known}
