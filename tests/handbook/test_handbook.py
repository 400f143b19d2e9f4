"""The handbook holds every quantity, rule, parameter, definition and target, and nothing in it is empty."""

from __future__ import annotations

import re
from collections import Counter
from html.parser import HTMLParser

import pytest

from duheng.assess.handbook import CERTAINTY, handbook, html, markdown
from duheng.assess.handbook_print import Entry, Heading, Link
from duheng.assess.rule_notes import note_of, rule_notes
from duheng.city import default_city_folder, load
from duheng.model import City, Parameters, Rule, all_quantities
from duheng.model.glossary import axes, definitions, kinds
from duheng.rules import RULES


@pytest.fixture(scope="module")
def city() -> City:
    return load(default_city_folder())


@pytest.fixture(scope="module")
def entries(city: City) -> dict[str, Entry]:
    return {block.anchor: block for block in handbook(city) if isinstance(block, Entry)}


def _said(entry: Entry, label: str) -> str:
    found = [v for name, values in entry.stated for v in values if name.startswith(label)]
    return "；".join(v if isinstance(v, str) else f"{v.before}{v.text}{v.after}" for v in found)


def test_every_quantity_stands_in_it(entries: dict[str, Entry]) -> None:
    assert [id for id in all_quantities() if f"quantity-{id}" not in entries] == []


def test_every_rule_stands_in_it_with_each_wordings_formula(entries: dict[str, Entry]) -> None:
    missing = [
        (id, wording.formula())
        for id, made in RULES.items()
        for wording in made.wordings
        if wording.formula() not in _said(entries[f"quantity-{id}"], "算式")
    ]
    assert missing == []


def test_every_wording_has_a_chinese_note_and_no_note_is_left_over() -> None:
    notes = rule_notes()
    assert set(notes) == set(RULES)
    lists = {id: said for id, said in notes.items() if isinstance(said, list)}
    assert [id for id, said in lists.items() if len(said) != len(RULES[id].wordings)] == []
    said = [note_of(made, wording) for made in RULES.values() for wording in made.wordings]
    assert [text for text in said if not re.search("[\u4e00-\u9fff].*。$", text)] == []


def test_every_wording_stands_with_its_text_and_certainty(entries: dict[str, Entry]) -> None:
    missing = [
        (id, wording.cite)
        for id, made in RULES.items()
        for wording in made.wordings
        if f"{wording.cite}（{CERTAINTY[wording.certainty]}）" not in _said(entries[f"quantity-{id}"], "依据")
    ]
    assert missing == []


def test_every_parameter_stands_in_it_with_every_dated_value(city: City, entries: dict[str, Entry]) -> None:
    missing = [
        (one.id, setting)
        for one in city.parameters
        for setting in one.settings
        if not any(
            {f"{setting.value:f}", setting.cite, CERTAINTY[setting.certainty]} <= set(row)
            for row in entries[f"parameter-{one.id}"].rows
        )
    ]
    assert missing == []


def test_every_target_and_duty_of_every_plan_stands_in_it(city: City, entries: dict[str, Entry]) -> None:
    expected = [f"target-{plan.id}-{target.id}" for plan in city.plans for target in plan.targets]
    expected += [f"duty-{plan.id}-{duty.id}" for plan in city.plans for duty in plan.duties]
    assert [anchor for anchor in expected if anchor not in entries] == []


def test_the_plan_of_ziyang_has_its_thirty_targets_in_it(entries: dict[str, Entry]) -> None:
    assert sum(anchor.startswith("target-ziyang-145-") for anchor in entries) == 30


def test_every_target_is_bound_to_an_entry(city: City, entries: dict[str, Entry]) -> None:
    unbound = [t.id for plan in city.plans for t in plan.targets if f"quantity-{t.quantity}" not in entries]
    assert unbound == []


def test_definitions_axes_and_kinds_stand_in_it(entries: dict[str, Entry]) -> None:
    expected = [
        *(f"definition-{id}" for id in definitions()),
        *(f"axis-{id}" for id in axes()),
        *(f"kind-{id}" for id in kinds()),
    ]
    assert [anchor for anchor in expected if anchor not in entries] == []


def test_no_title_is_empty(entries: dict[str, Entry]) -> None:
    assert [anchor for anchor, entry in entries.items() if not entry.title.strip()] == []


def test_every_rule_parameter_definition_target_and_duty_has_a_citation(
    city: City, entries: dict[str, Entry]
) -> None:
    cited = ("target-", "duty-", "definition-")
    empty = [a for a, entry in entries.items() if a.startswith(cited) and not _said(entry, "依据")]
    empty += [id for id in RULES if not _said(entries[f"quantity-{id}"], "依据")]
    empty += [one.id for one in city.parameters for s in one.settings if not s.cite.strip()]
    assert empty == []


def test_every_quantity_has_an_english_title_and_a_unit(entries: dict[str, Entry]) -> None:
    bare = [
        id
        for id in all_quantities()
        if not _said(entries[f"quantity-{id}"], "英文") or not _said(entries[f"quantity-{id}"], "单位")
    ]
    assert bare == []


def test_an_entry_says_where_it_is_used(entries: dict[str, Entry]) -> None:
    assert "分品种能源消费量" in _said(entries["parameter-standard_coal_factor"], "用于规则")
    assert "单位地区生产总值能耗累计降低率" in _said(entries["quantity-energy_intensity"], "用于规则")
    assert "单位地区生产总值能源消耗" in _said(entries["quantity-energy_intensity_decline"], "用于目标")
    assert "市统计局" in _said(entries["quantity-fuel_use"], "报送")


def test_a_formula_is_said_in_words_too(entries: dict[str, Entry]) -> None:
    said = _said(entries["quantity-energy_intensity_decline"], "算式")
    assert "energy_intensity_decline = 1 − now ÷ base" in said
    assert "= 1 − 单位地区生产总值能耗 ÷ 单位地区生产总值能耗〔基期〕" in said


def test_a_plan_of_the_drill_says_so(city: City) -> None:
    drilled = [plan for plan in city.plans if plan.scenario == "drill"]
    assert markdown(city).count("演练数据：") == len(drilled)


def test_inputs_name_their_moment_and_their_total(entries: dict[str, Entry]) -> None:
    assert "基期" in _said(entries["quantity-energy_intensity_decline"], "其中")
    assert "所辖全部污水处理厂之和" in _said(entries["quantity-town_sewage_plants"], "其中")


def test_no_two_entries_share_an_anchor_and_every_link_leads_somewhere(city: City) -> None:
    blocks = handbook(city)
    anchors = Counter(block.anchor for block in blocks if isinstance(block, Entry | Heading))
    links = [
        value.to
        for block in blocks
        if isinstance(block, Entry)
        for _, values in block.lines
        for value in values
        if isinstance(value, Link)
    ]
    assert [anchor for anchor, count in anchors.items() if count > 1] == []
    assert [to for to in links if to not in anchors] == []


def test_without_a_city_it_still_holds_every_rule_and_the_national_parameters() -> None:
    anchors = {block.anchor for block in handbook() if isinstance(block, Entry)}
    assert {f"quantity-{id}" for id in RULES} <= anchors
    assert {f"parameter-{one.id}" for one in Parameters()} <= anchors


def test_markdown_keeps_the_signs_of_units_and_names(city: City) -> None:
    text = markdown(city)
    assert "tce/&lt;fuel>" in text
    assert "编号：energy\\_intensity\\_decline" in text
    assert all(line.count(" | ") == 7 for line in text.splitlines() if "GB/T 2589-2008" in line)


class _Page(HTMLParser):
    """Ids, links, and the stack of open elements of a page."""

    VOID = frozenset({"meta"})

    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.open: list[str] = []
        self.wrong: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        self.ids += [named["id"] or ""] if "id" in named else []
        self.links += [named["href"] or ""] if "href" in named else []
        self.open += [] if tag in self.VOID else [tag]

    def handle_endtag(self, tag: str) -> None:
        if self.open.pop() != tag:
            self.wrong.append(tag)


def test_the_html_page_is_well_formed_and_its_links_lead_within_it(city: City) -> None:
    page = _Page(html(city))
    assert page.wrong == []
    assert page.open == []
    assert [link for link in page.links if link.removeprefix("#") not in page.ids] == []


def test_the_html_page_fetches_nothing(city: City) -> None:
    assert re.findall(r"(?:src=|url\(|@import|https?://)", html(city)) == []


def test_text_of_the_data_cannot_become_markup() -> None:
    assert "tce/&lt;fuel&gt;" in html()
    assert "<fuel>" not in html()


def test_every_rule_stands_under_a_subject() -> None:
    subjects = [block.text for block in handbook() if isinstance(block, Heading) and block.level == 3]
    assert len(subjects) == len(set(subjects))
    assert not any(subject.startswith("duheng.") for subject in subjects)
    assert all(isinstance(all_quantities()[id], Rule) for id in RULES)
