"""The rates that a province sets (环境保护税法 art. 6, 9): the one in force, and whose it is."""

from __future__ import annotations

from collections.abc import Iterable

from duheng.model import Parameters, Rule
from duheng.model.errors import DuhengError
from duheng.model.parameters import Setting
from duheng.model.periods import Period
from duheng.model.saying import say


def rate(rule: Rule, month: Period, code: str, parameters: Parameters) -> Setting:
    """The rate of a tax in a month at a place. Raises DuhengError where the place has none."""
    reference = rule.wordings[0].inputs["rate"]
    setting = parameters.get(reference.id).at(month.end, None, code)
    if setting is None:
        said = "{code}在{month}没有适用税额；请在城市文件夹的parameters中加载本省的决定"
        raise DuhengError(say(said, code=code, month=str(month)))
    return setting


def told(used: Iterable[tuple[Rule, Period]], code: str, parameters: Parameters) -> tuple[str, ...]:
    """Each rate in use once, with the text that sets it."""
    texts = []
    for rule, month in used:
        of, setting = parameters.get(rule.wordings[0].inputs["rate"].id), rate(rule, month, code, parameters)
        texts.append(f"{of.title}{setting.value:f}{of.unit}（{setting.basis}）")
    return tuple(dict.fromkeys(texts))
