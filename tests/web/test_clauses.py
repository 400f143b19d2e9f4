"""Which articles of a plan stand above a page's quantities, and who has to state them."""

from __future__ import annotations

from datetime import date

from duheng.model.periods import parse
from duheng.model.plan import Article, Duty, Plan, Target
from duheng.web.clauses import articles_of, owing_units

PLAN = Plan(
    "other", "另一方案", "另府发〔2022〕1号", "另市人民政府", date(2022, 1, 1), parse("2021-2025"), 2020,
    articles=(
        Article("二", "主要目标"),
        Article("（三）", "挥发性有机物综合整治"),
        Article("（九）", "资源循环利用", responsible_units=("市商务局",)),
        Article("（十）", "统计监测"),
    ),
    targets=(
        Target("voc", "二", "VOCs减排量", "key_project_reduction", "1", "complete", 2025, item="挥发性有机物"),
    ),
    duties=(Duty("area", "建筑面积", ("public_area",), "市机关事务局", entity="1", cite="（九）、（十）"),),
)  # fmt: skip


def test_an_article_is_found_by_the_duty_for_the_quantity() -> None:
    assert articles_of(PLAN, {"public_area"}) == ["（九）", "（十）"]


def test_an_article_is_found_by_the_item_that_its_target_or_title_names() -> None:
    assert articles_of(PLAN, {"material_use"}, "挥发性有机物") == ["二", "（三）"]


def test_a_plan_without_a_word_of_the_quantity_has_no_article_for_it() -> None:
    assert articles_of(PLAN, {"material_use"}) == []


def test_only_a_duty_makes_a_unit_owe_a_quantity() -> None:
    assert owing_units(PLAN, {"public_area"}) == ["市机关事务局"]
    assert owing_units(PLAN, {"material_use"}) == []
