"""What is said of the glossary's quantities holds in every city."""

from __future__ import annotations

import re

from duheng.model.glossary import all_quantities

UNNAMED_PLAN = re.compile(r"(?<!〕3号)方案(二、)?（[一二三四五六七八九十]+）")


def test_no_note_speaks_of_an_article_of_a_plan_without_naming_the_plan() -> None:
    notes = [one.id for one in all_quantities().values() if UNNAMED_PLAN.search(one.note)]
    assert notes == []
