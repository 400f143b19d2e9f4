"""The grid a rule is computed on: every cell that facts can reach, in integer codes, one key frame an axis."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import polars as pl

from duheng.model import glossary
from duheng.model.periods import Period, parse
from duheng.model.references import Moment

from .books import ENTITY, ITEM, PERIOD, Books

LARGER: tuple[str, ...] = ("quarter", "half", "year")


@dataclass(frozen=True, eq=False)
class Keys:
    """Cells of one axis: columns entity, (item), period as codes, unique rows; `names` are these columns."""

    axis: str | None
    frame: pl.DataFrame

    @property
    def names(self) -> list[str]:
        return self.frame.columns


class Grid:
    """All keys of the books; stated cells, closed upwards over time and places."""

    def __init__(self, books: Books) -> None:
        self.books = books
        self._keys: dict[str | None, Keys] = {}
        self._decoded: dict[str | None, pl.DataFrame] = {}
        self._indices: dict[tuple[str, str | None], pl.Series] = {}
        self._item_rows: dict[str | None, dict[str, pl.Series]] = {}

    @cached_property
    def entities(self) -> list[str]:
        """Entity ids by code: those stated, those that contain them, residuals beside them."""
        stated, places = self.books.stated[ENTITY], self.books.places
        reached = dict.fromkeys(stated)
        if len(places):
            above = {a.id: None for id in stated for a in places.ancestors(id)}
            reached.update(above)
            reached.update({c.id: None for id in above for c in places.children(id) if c.residual})
        return list(reached)

    @cached_property
    def periods(self) -> list[str]:
        """Period texts by code: those stated and the larger ones that contain them."""
        larger = [str(p) for stated in self.books.periods.values() for p in containing(stated)]
        return list(dict.fromkeys([*self.books.stated[PERIOD], *larger]))

    @property
    def items(self) -> list[str]:
        """Item titles by code."""
        return self.books.stated[ITEM]

    @cached_property
    def dates(self) -> list[Period]:
        """The periods by code."""
        return [parse(text) for text in self.periods]

    def code(self, kind: str) -> dict[str, int]:
        """Text -> code of entities or periods."""
        if kind not in self._codes:
            texts = self.entities if kind == ENTITY else self.periods
            self._codes[kind] = {text: code for code, text in enumerate(texts)}
        return self._codes[kind]

    @cached_property
    def _codes(self) -> dict[str, dict[str, int]]:
        return {}

    def keys(self, axis: str | None) -> Keys:
        """The cells of an axis."""
        if axis not in self._keys:
            self._keys[axis] = Keys(axis, self._closed(self._stated(axis)))
        return self._keys[axis]

    def _stated(self, axis: str | None) -> pl.DataFrame:
        known = glossary.all_quantities()
        names = [ENTITY, PERIOD] if axis is None else [ENTITY, ITEM, PERIOD]
        distinct: list[pl.DataFrame] = [pl.DataFrame(schema=dict.fromkeys(names, pl.UInt32))]
        for id, frame in self.books.coded.items():
            if axis is None or (id in known and known[id].axis == axis):
                cells = frame.select(names)
                if not cells.equals(distinct[-1]):  # most quantities are stated for the same cells
                    distinct.append(cells)
        return pl.concat(distinct).drop_nulls().unique(maintain_order=True)

    def _closed(self, stated: pl.DataFrame) -> pl.DataFrame:
        frame = stated
        for name, pairs in ((PERIOD, self._above_periods), (ENTITY, self._above_entities)):
            if pairs.height:
                lifted = (
                    frame.join(pairs, on=name).with_columns(pl.col("above").alias(name)).select(frame.columns)
                )
                frame = pl.concat([frame, lifted]).unique(maintain_order=True)
        return frame

    @cached_property
    def _above_periods(self) -> pl.DataFrame:
        code = self.code(PERIOD)
        rows = [
            (code[text], code[str(above)])
            for text, period in self.books.periods.items()
            for above in containing(period)
        ]
        return pairs_frame(rows, PERIOD, "above")

    @cached_property
    def _above_entities(self) -> pl.DataFrame:
        places, code = self.books.places, self.code(ENTITY)
        rows = [(code[id], code[a.id]) for id in self.entities if id in places for a in places.ancestors(id)]
        # A residual is reached wherever its statistical parent is.
        rows += [(code[r.contained_in or ""], code[r.id]) for r in self.residuals]
        rows += [
            (low, code[r.id])
            for r in self.residuals
            for low, high in rows
            if high == code[r.contained_in or ""]
        ]
        return pairs_frame(list(dict.fromkeys(rows)), ENTITY, "above")

    @cached_property
    def residuals(self) -> list:  # type: ignore[type-arg]
        """Residual entities in the grid whose parent is in it too."""
        found = [self.books.places.get(id) for id in self.entities]
        return [e for e in found if e and e.residual and e.contained_in in self.code(ENTITY)]

    def base_rows(self, keys: Keys) -> pl.Series:
        """Row in the axis-free keys of each row of these keys."""
        return self._index("base", keys, self.keys(None).frame, [ENTITY, PERIOD], keys.frame)

    def item_rows(self, keys: Keys) -> dict[str, pl.Series]:
        """Per item of these keys, the row of each axis-free cell; null where that item has no such cell."""
        if keys.axis not in self._item_rows:
            base = self.keys(None).frame
            numbered = keys.frame.with_row_index("row").partition_by(ITEM, as_dict=True, include_key=False)
            self._item_rows[keys.axis] = {
                self.items[int(str(code[0]))]: base.join(
                    rows, on=[ENTITY, PERIOD], how="left", maintain_order="left"
                )["row"]
                for code, rows in numbered.items()
            }
        return self._item_rows[keys.axis]

    def moved_rows(self, keys: Keys, moment: Moment) -> pl.Series:
        """Row of the same cell at another moment; null where the books do not reach it."""
        code = self.code(PERIOD)
        moved = [
            moment.of(period, self.books.base_year) if period.kind != "plan" else None
            for period in self.dates
        ]
        there = [code.get(str(period)) if period else None for period in moved]
        mapping = pl.DataFrame(
            {PERIOD: range(len(there)), "there": there}, {PERIOD: pl.UInt32, "there": pl.UInt32}
        )
        looked_up = keys.frame.join(mapping, on=PERIOD, how="left", maintain_order="left")
        looked_up = looked_up.with_columns(pl.col("there").alias(PERIOD)).select(keys.names)
        return self._index(moment.id, keys, keys.frame, keys.names, looked_up)

    def _index(
        self, name: str, keys: Keys, within: pl.DataFrame, on: Sequence[str], of: pl.DataFrame
    ) -> pl.Series:
        if (name, keys.axis) not in self._indices:
            numbered = within.select(on).with_row_index("row")
            found = of.select(on).join(numbered, on=list(on), how="left", maintain_order="left")
            self._indices[name, keys.axis] = found["row"]
        return self._indices[name, keys.axis]

    def decoded(self, keys: Keys) -> pl.DataFrame:
        """The keys as texts."""
        if keys.axis not in self._decoded:
            texts = {ENTITY: self.entities, ITEM: self.items, PERIOD: self.periods}
            self._decoded[keys.axis] = keys.frame.select(
                pl.Series(name, texts[name], pl.String).gather(keys.frame[name]) for name in keys.names
            )
        return self._decoded[keys.axis]


def containing(period: Period) -> list[Period]:
    """The quarter, half and year that contain a smaller period."""
    return [
        above
        for kind in LARGER
        if (above := period.within(kind)) and above != period  # type: ignore[arg-type]
    ]


def pairs_frame(rows: list[tuple[int, int]], first: str, second: str) -> pl.DataFrame:
    """Two columns of codes."""
    return pl.DataFrame(rows, {first: pl.UInt32, second: pl.UInt32}, orient="row")
