"""What is in force at a place of the text, and how a target is made of it."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from duheng.reading.grammar.clauses import Clause
from duheng.reading.grammar.deadlines import When
from duheng.reading.grammar.heads import Head, clean, scoped
from duheng.reading.grammar.measures import Measure
from duheng.reading.grammar.words import pattern
from duheng.reading.records import Target


@dataclass
class State:
    """Carried from clause to clause within a paragraph; `subjects` are the last indicators named."""

    when: When = field(default_factory=When)
    region: str | None = None
    subjects: list[Head] = field(default_factory=list)
    kind: str = ""  # of the last predicate that was a noun (下降幅度)
    verb: str = ""  # the last work verb
    per: str = ""  # the body a series of indicators is about
    base: tuple[Decimal, str | None, int | None] | None = None
    past: bool = False


@dataclass(frozen=True)
class Passage:
    """A clause at hand: the text, its plain form, the same with brackets and names set aside."""

    text: str
    plain: str
    masked: str
    clause: Clause

    def words(self, start: int, end: int) -> str:
        """The text between two places as printed, without blanks."""
        return "".join(self.text[start:end].split())

    def hedge(self, until: int, since: int | None = None) -> str | None:
        """The hedge said in the clause before a place: how firm the target is."""
        match = pattern("hedge").search(self.masked, self.clause.start if since is None else since, until)
        return self.words(*match.span()) if match else None


def target(
    passage: Passage, state: State, when: When, head: Head, span: tuple[int, int], direction: str, **more: Any
) -> Target:
    """A target of the passage: the quote is the clause from its time or head to the last value."""
    start, end = span
    while end > start and passage.text[end - 1] in " \n\t，,、":
        end -= 1
    more.setdefault("period", when.period)
    more.setdefault("hedge", passage.hedge(end))
    return Target(
        indicator=head.name,
        quote=passage.text[start:end],
        start=start,
        end=end,
        direction=direction,
        scope=head.scope,
        deadline=when.deadline,
        **more,
    )


def heads_of(state: State, names: list[str]) -> list[Head]:
    """Names with their scope; a region said once governs the sentence, and stays in force for those that follow."""
    heads = []
    for name in names:
        head = scoped(clean(name))
        if head.scope and pattern("region").fullmatch(head.scope):
            state.region = head.scope
        elif head.scope is None and state.region and not head.name.startswith("万元"):
            head = Head(head.name, state.region)
        heads.append(head)
    return heads


def valued(measure: Measure) -> dict[str, Any]:
    """The printed value of a measure as fields of a target."""
    return {"value": measure.value, "value_max": measure.most, "unit": measure.unit}
