"""The kinds of doubt: one list, and every kind that the reading uses stands in it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import duheng.reading
from duheng.reading.doubts import kind, kinds
from duheng.reading.files.composing import _SAID
from duheng.reading.records import Doubt

_CHINESE = re.compile("[\u4e00-\u9fff]")


def used() -> Iterator[str]:
    """The literal kinds: of Doubt(kind, ...), of _doubt(..., kind, ...), of a remark ("kind", "中文"), `_SAID`."""
    for file in Path(duheng.reading.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("Doubt", "_doubt"):
                names = [one.value for one in node.args if isinstance(one, ast.Constant)]
                yield from (str(one) for one in names if re.fullmatch("[a-z_-]+", str(one)))
            elif file.parent.name == "files" and isinstance(node, ast.Tuple) and len(node.elts) == 2:
                name, message = node.elts
                said = len(_CHINESE.findall(ast.unparse(message))) > 8
                if said and isinstance(name, ast.Constant) and isinstance(name.value, str):
                    yield str(name.value)
    yield from _SAID


def test_every_kind_used_is_listed_and_every_kind_listed_is_used() -> None:
    assert set(used()) == set(kinds())


@pytest.mark.parametrize("name", kinds())
def test_a_kind_says_what_it_is_and_what_to_do(name: str) -> None:
    one = kind(name)
    assert re.fullmatch("[a-z]+(?:_[a-z]+)*", name)
    assert 4 <= len(one.title) <= 16
    assert one.remedy.startswith("请")
    assert not one.remedy.endswith("。")


def test_the_json_of_a_doubt_says_title_and_remedy() -> None:
    said = Doubt("no_unit", "（一）甲：未写明责任单位。", 3, 9).as_json()
    assert said == {
        "kind": "no_unit", "title": "未写明责任单位", "message": "（一）甲：未写明责任单位。",
        "remedy": kind("no_unit").remedy, "start": 3, "end": 9,
    }  # fmt: skip


def test_a_kind_that_is_not_listed_is_an_error() -> None:
    with pytest.raises(KeyError):
        Doubt("no-unit", "", 0, 0).as_json()
