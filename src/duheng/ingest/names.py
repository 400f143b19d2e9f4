"""Names on a sheet -> the glossary and the city: quantities, entities, items, definitions, units.

Every distinct text is looked up once, so that 100,000 rows cost as much as the few hundred names in them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Context, Decimal
from fractions import Fraction
from functools import cached_property
from typing import Generic, TypeVar

from duheng.ingest.cells import CellTrouble, Number, error_trouble, is_error, plain
from duheng.ingest.headers import sum_texts
from duheng.model import glossary
from duheng.model.entities import Entity, Places
from duheng.model.errors import UnitError, nearest
from duheng.model.glossary import Item, Quantity, item_unit
from duheng.model.saying import listed, say
from duheng.model.units import Unit, convert, known_units, parse_unit, ratio

T = TypeVar("T")
# The nearest name costs a comparison with every known one: a column of rubbish gets it only for its first texts.
_MOST_GUESSES = 200
# A number of a cell has at most some dozens of digits and a scale a few: their product is exact in this context.
_EXACT = Context(prec=200)
Scale = CellTrouble | Decimal | tuple[Unit, Unit]


@dataclass
class Index(Generic[T]):
    """Things by each of their names; `find` raises CellTrouble with the nearest name.

    code: of the finding; what: the Chinese word for such a thing; offered: names worth suggesting.
    """

    code: str
    what: str
    names: Mapping[str, T]
    offered: tuple[str, ...] = ()
    troubles: dict[str, CellTrouble] = field(default_factory=dict)

    def find(self, text: str) -> T:
        """The thing of this name, id or alias; blanks within the text do not matter."""
        found = self.names.get(text)
        if found is None:
            found = self.names.get(text.replace(" ", ""))
        if found is None:
            raise self._trouble(text)
        return found

    def _trouble(self, text: str) -> CellTrouble:
        if text in self.troubles:
            return self.troubles[text]
        if is_error(text):
            return error_trouble(text, say("已定义的{what}", what=self.what))
        guess = bool(text) and len(self.troubles) < _MOST_GUESSES
        near = nearest(text[:60], self.offered or self.names, 3) if guess else []
        found = (
            say("未知的{what}“{text}”", what=self.what, text=text[:40])
            if text
            else say("{what}为空", what=self.what)
        )
        remedy = (
            say("请删去合计行：合计由程序计算。")
            if self.code == "entity-unknown" and text.replace(" ", "") in sum_texts()
            else say(
                "请改正，可能是{names}。",
                names=listed("、", (say("“{name}”", name=name) for name in near)),
            )
            if near
            else say("请核对{what}的名称或代码。", what=self.what)
        )
        trouble = CellTrouble(self.code, found, say("已定义的{what}", what=self.what), remedy)
        if len(self.troubles) < 10 * _MOST_GUESSES:
            self.troubles[text] = trouble
        return trouble


def _by_name(things: Iterable[tuple[T, Iterable[str]]]) -> dict[str, T]:
    names: dict[str, T] = {}
    for thing, texts in things:
        for text in filter(None, texts):
            names.setdefault(plain(text), thing)
            names.setdefault(plain(text).replace(" ", ""), thing)
    return names


class Names:
    """All names that sheets of one city may use.

    places: the entities that may be named (in the drill: those of the drill too).
    """

    def __init__(self, places: Places) -> None:
        quantities = glossary.all_quantities().values()
        self.quantities: Index[Quantity] = Index(
            "quantity-unknown",
            "指标",
            _by_name((q, (q.id, q.title, q.title_en)) for q in quantities),
            tuple(q.title for q in quantities) + tuple(q.id for q in quantities),
        )
        self.entities: Index[Entity] = Index(
            "entity-unknown",
            "对象",
            _by_name((e, (e.id, e.name, *e.aliases, e.name_en)) for e in places),
            tuple(e.name for e in places),
        )
        self._items: dict[str, Index[Item]] = {}
        self._units: dict[tuple[str, str, str], Scale] = {}
        self._declared_units: dict[tuple[str, str | None], str] = {}

    @cached_property
    def definitions(self) -> Index[str]:
        """Accounting definitions (口径) by id or title."""
        known = glossary.definitions().values()
        return Index(
            "definition-unknown", "口径", _by_name((d.id, (d.id, d.title, d.title_en)) for d in known)
        )

    def item(self, quantity: Quantity, text: str) -> str | None:
        """The item of the quantity's axis; None for a quantity without one."""
        if quantity.axis is None:
            if text:
                raise CellTrouble(
                    "item-unexpected",
                    say("品种“{text}”", text=text[:40]),
                    say("“{title}”不分品种，应留空", title=quantity),
                    "请清空品种一格，或改用分品种的指标。",
                )
            return None
        if quantity.axis not in self._items:
            items = glossary.axis(quantity.axis).items.values()
            self._items[quantity.axis] = Index(
                "item-unknown",
                "品种",
                _by_name((item, (item.title, item.title_en, *item.aliases)) for item in items),
                tuple(item.title for item in items),
            )
        return self._items[quantity.axis].find(text).title

    def convert(
        self, number: Number, column_unit: str | None, quantity: Quantity, item: str | None
    ) -> tuple[Decimal, str, str]:
        """The value in the declared unit, the statement as printed with its unit, and the declared unit.

        The unit in the cell wins over the unit of its column or row. Raises CellTrouble for no unit, an unknown
        one, or one of another dimension.
        """
        declared = self._declared(quantity, item)
        said = number.unit or column_unit
        if said is None and declared == "1" and quantity.printed_unit == "1":
            said = "1"
        if said is None:
            like = quantity.printed_unit if "<" not in declared else declared
            remedy = "请在单位一格或表头括号内写明单位。"
            raise CellTrouble(
                "unit-missing",
                say("数值 {text} 没有单位", text=number.text),
                say("单位，如{like}", like=like),
                remedy,
            )
        key = (said, declared, quantity.id)
        if key not in self._units:
            self._units[key] = self._scale(plain(said), declared, quantity)
        scale = self._units[key]
        if isinstance(scale, CellTrouble):
            raise scale
        stated = number.text if number.unit or said == "1" else f"{number.text} {said}"
        if isinstance(scale, Decimal):
            return number.value if scale == 1 else _EXACT.multiply(number.value, scale), stated, declared
        return convert(number.value, *scale), stated, declared

    def _declared(self, quantity: Quantity, item: str | None) -> str:
        key = (quantity.id, item)
        if key not in self._declared_units:
            self._declared_units[key] = item_unit(quantity, item)
        return self._declared_units[key]

    def _scale(self, said: str, declared: str, quantity: Quantity) -> Scale:
        """What to multiply by; the two units where that is no finite decimal; or why they do not fit."""
        trouble = self._judge_unit(said, declared, quantity)
        if trouble is not None:
            return trouble
        units = (parse_unit(said), parse_unit(declared))
        factor = convert(Decimal(1), *units)
        return factor if Fraction(factor) == ratio(*units) else units

    def _judge_unit(self, said: str, declared: str, quantity: Quantity) -> CellTrouble | None:
        if is_error(said):
            return error_trouble(said, say("可换算为{declared}的单位", declared=declared))
        target = parse_unit(declared)
        try:
            fits = parse_unit(said).same_dimension(target)
        except UnitError:
            fitting = (name for name, unit in known_units().items() if unit.same_dimension(target))
            near = nearest(said[:40], fitting) if len(self._units) < _MOST_GUESSES else []
            hint = (
                say(
                    "请改正，可能是{names}。",
                    names=listed("、", (say("“{name}”", name=name) for name in near)),
                )
                if near
                else say("请改用{declared}。", declared=declared)
            )
            return CellTrouble(
                "unit-unknown",
                say("未知的单位“{said}”", said=said[:40]),
                say("可换算为{declared}的单位", declared=declared),
                hint,
            )
        if fits:
            return None
        return CellTrouble(
            "unit-unfit",
            say("单位“{said}”与指标“{title}”不符", said=said, title=quantity),
            say("可换算为{declared}的单位", declared=declared),
            "请核对是否填错单位或填错列；折标煤须由程序按参数计算。",
        )
