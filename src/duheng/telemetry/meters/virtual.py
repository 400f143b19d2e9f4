"""Virtual meters: a sum of meters, each with a number before it; anything else is refused with its place.

    总表 - 二号车间 + 0.5 * (三号车间 - 备用)

Read by a grammar of numbers, meters and + - * / ( ); nothing is ever evaluated as a program. A product of two meters
and a division by one have no meaning as an amount and are refused too.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from duheng.model.errors import DuhengError
from duheng.model.saying import say

# A meter is named by its number, in letters, digits, dots and hyphens between quotes or as a plain word.
_TOKEN = re.compile(
    r"\s*(?:(?P<number>\d+(?:\.\d+)?)(?![\w])|(?P<name>\w+)|\[(?P<quoted>[^\[\]]+)\]|(?P<sign>[-+*/()]))"
)
LONGEST = 2000
DEEPEST = 50

# Coefficient by meter; a plain number stands under "".
Linear = dict[str, float]


class FormulaError(DuhengError):
    """A formula of a virtual meter that is no sum of meters; place: character from 1."""

    def __init__(self, formula: str, place: int, found: str, expected: str) -> None:
        self.place = place
        shown = formula if len(formula) <= 80 else formula[:80] + "……"
        super().__init__(
            say(
                "虚拟表公式“{formula}”第{place}个字符：{found}，应为{expected}。请改正公式。",
                formula=shown, place=place, found=found, expected=expected,
            )
        )  # fmt: skip


@dataclass(frozen=True)
class Formula:
    """A checked formula: coefficients by meter."""

    text: str
    parts: Mapping[str, float]


def read_formula(text: str, meters: Collection[str]) -> Formula:
    """The formula in these meters. Raises FormulaError with the place of the first thing that is out of place."""
    if len(text) > LONGEST:
        raise FormulaError(text, LONGEST + 1, "公式过长", say("不超过{n}个字符", n=LONGEST))
    reader = _Reader(text, frozenset(meters))
    parts = reader.sum(0)
    if reader.kind != "end":
        raise reader.refused("运算符或结尾")
    constant = parts.pop("", 0.0)
    if constant or not parts:
        raise FormulaError(text, 1, "公式含有单独的数，或不含任何表计", "表计之和")
    return Formula(text, parts)


class _Reader:
    """The formula and where one stands in it: kind and text of the next token, place of its first character."""

    def __init__(self, text: str, meters: frozenset[str]) -> None:
        self.whole, self.meters, self.at = text, meters, 0
        self.kind, self.text, self.place = "", "", 0
        self.next()

    def next(self) -> None:
        if not self.whole[self.at :].strip():
            self.kind, self.text, self.place = "end", "", len(self.whole) + 1
            return
        blank = len(self.whole[self.at :]) - len(self.whole[self.at :].lstrip())
        self.place = self.at + blank + 1
        match = _TOKEN.match(self.whole, self.at)
        if match is None:
            self.kind, self.text = "foreign", self.whole[self.place - 1]
            raise self.refused("数、表计或运算符")
        self.at = match.end()
        self.kind = match.lastgroup or ""
        self.text = match[self.kind]
        if self.kind in ("name", "quoted") and self.text not in self.meters:
            raise self.refused("已登记的表计")

    def refused(self, expected: str) -> FormulaError:
        found = say("“{text}”", text=self.text) if self.text else "公式到此结束"
        return FormulaError(self.whole, self.place, found, expected)

    def sum(self, depth: int) -> Linear:
        total = self.product(depth)
        while self.kind == "sign" and self.text in "+-":
            sign = 1.0 if self.text == "+" else -1.0
            self.next()
            for meter, factor in self.product(depth).items():
                total[meter] = total.get(meter, 0.0) + sign * factor
        return total

    def product(self, depth: int) -> Linear:
        value = self.single(depth)
        while self.kind == "sign" and self.text in "*/":
            operator, place = self.text, self.place
            self.next()
            other = self.single(depth)
            if operator == "/":
                if set(other) - {""} or not other.get("", 0.0):
                    raise FormulaError(self.whole, place, "除以表计或零", "除以一个不为零的数")
                other = {"": 1.0 / other[""]}
            if set(value) - {""} and set(other) - {""}:
                raise FormulaError(self.whole, place, "两个表计相乘", "表计与数相乘")
            factors, scaled = (other, value) if set(value) - {""} else (value, other)
            value = {meter: factor * factors.get("", 0.0) for meter, factor in scaled.items()}
        return value

    def single(self, depth: int) -> Linear:
        if depth > DEEPEST:
            raise self.refused(say("不超过{n}层括号", n=DEEPEST))
        kind, text = self.kind, self.text
        if kind == "number":
            self.next()
            return {"": float(text)}
        if kind in ("name", "quoted"):
            self.next()
            return {text: 1.0}
        if kind == "sign" and text in "+-":
            self.next()
            sign = 1.0 if text == "+" else -1.0
            return {meter: sign * factor for meter, factor in self.single(depth + 1).items()}
        if kind == "sign" and text == "(":
            self.next()
            inner = self.sum(depth + 1)
            if (self.kind, self.text) != ("sign", ")"):
                raise self.refused("“)”")
            self.next()
            return inner
        raise self.refused("数、表计或“(”")
