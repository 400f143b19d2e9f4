"""What a text says twice: owed once where both say the same, a doubt where they do not."""

from duheng.reading.records import Doubt, Target

# Ways to state a level: at least 88 % and reach 90 % speak of the same thing.
LEVELS = frozenset({"decrease_to", "increase_to", "reach", "maintain", "at_least", "at_most"})


def said_once(found: list[Target]) -> list[Target]:
    """A paragraph that says a thing twice owes it once."""
    seen: dict[tuple[object, ...], int] = {}
    kept = []
    for one in found:
        key = (one.indicator, one.scope, one.value, one.unit, one.deadline, one.direction)
        if seen.setdefault(key, one.start) == one.start:
            kept.append(one)
    return kept


def two_values(found: list[Target]) -> list[Doubt]:
    """Where a document states one indicator for one year in two values: which of them holds?"""
    first: dict[tuple[object, ...], Target] = {}
    doubts = []
    for one in found:
        if one.value is None or one.period == "每年":
            continue
        key = (
            one.indicator,
            one.scope,
            one.unit,
            "level" if one.direction in LEVELS else one.direction,
            one.deadline,
            one.change_from,
            one.period,
            one.hedge,
        )
        other = first.setdefault(key, one)
        if other.value != one.value and other.start != one.start:
            message = f"“{one.indicator}”有两个数值：{other.value}和{one.value}"
            doubts.append(Doubt("two_values", message, one.start, one.end))
    return doubts
