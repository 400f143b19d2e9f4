"""Facts of the drill, gathered into batches: one source a department, period and day of publication."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from duheng.ingest.drill.settings import Settings
from duheng.ingest.markup import cell_name
from duheng.ledger.records import NewFact
from duheng.model import glossary
from duheng.model.glossary import item_unit
from duheng.model.periods import Period, parse
from duheng.model.plan import City, Duty

PREFIX = "演练·"
_STATISTICS = "市统计局"
_ENVIRONMENT = "市生态环境局"
_COLUMNS = 12


@dataclass
class Batch:
    """What one department published on one day of one period: a workbook, a sheet for each form."""

    day: date
    by: str
    title: str
    facts: list[NewFact] = field(default_factory=list)


class Press:
    """Collects statements into batches and dates each by its duty: when the form was due."""

    def __init__(self, city: City, settings: Settings) -> None:
        self.city, self.settings = city, settings
        self.batches: dict[tuple[date, str, str], Batch] = {}
        self.duties: Mapping[str, Duty] = {duty.id: duty for duty in reversed(city.duties())}
        self._units: dict[tuple[str, str | None], str] = {}
        self._places: dict[tuple[str, str], int] = {}

    def day(self, duty: Duty | None, period: Period) -> date:
        """Day of publication: when the form was due; monthly forms of early years came in a yearly compilation."""
        if period.kind == "month" and period.year <= self.settings.data["yearly_compilations"]:
            return date(period.year + 1, 1, 31)
        months = duty.due_months if duty else 1 if period.kind == "month" else 6
        return period.due(months)

    def say(
        self,
        form: str,
        quantity: str,
        entity: str,
        period: str,
        value: Decimal,
        item: str | None = None,
        status: str = "reported",
        day: date | None = None,
        note: str = "",
        by: str = _STATISTICS,
        within: str = "",
    ) -> None:
        """One statement. form: a duty's id, or the title of a form no duty asks for, which `by` sends in.

        within: the period of the publication, where it says parts of it (the days of a month).
        """
        duty = self.duties.get(form)
        when = parse(within or period)
        batch = self._batch(day or self.day(duty, when), duty.by if duty else by, when, note)
        unit = self._unit(quantity, item)
        sheet = duty.title if duty else form
        place = self._places[batch.title, sheet] = self._places.get((batch.title, sheet), -1) + 1
        batch.facts.append(
            NewFact(
                quantity=quantity,
                entity=entity,
                item=item,
                period=period,
                scenario="drill",
                definition=glossary.quantity(quantity).at_prices_of(self.settings.base_year),
                value=value,
                unit=unit,
                stated=f"{value} {unit}" if unit != "1" else str(value),
                status=status,
                confidence="derived",
                locator=f"{sheet}!{cell_name(6 + place // _COLUMNS, 3 + place % _COLUMNS)}",
            )
        )

    def _batch(self, published: date, by: str, when: Period, note: str) -> Batch:
        """The publication of this day in which one office says a period."""
        yearly = when.kind == "month" and published == date(when.year + 1, 1, 31)
        title = f"{PREFIX}{by} {f'{when.year}年月报汇编' if yearly else when.title}{note}"
        return self.batches.setdefault((published, by, title), Batch(published, by, title))

    def environment(
        self,
        form: str,
        quantity: str,
        entity: str,
        period: str,
        value: Decimal,
        item: str | None = None,
        day: date | None = None,
    ) -> None:
        """One statement in a form that the environment bureau sends in without a duty of the plan."""
        self.say(form, quantity, entity, period, value, item, day=day, by=_ENVIRONMENT)

    def _unit(self, quantity: str, item: str | None) -> str:
        key = (quantity, item)
        if key not in self._units:
            self._units[key] = item_unit(glossary.quantity(quantity), item)
        return self._units[key]

    def ordered(self) -> list[Batch]:
        """The batches by day, then title."""
        return [self.batches[key] for key in sorted(self.batches)]
