"""What is in force at a place of the text, and how a target is made of it."""

from dataclasses import dataclass, field
from typing import Any

from duheng.reading.grammar.clauses import Clause
from duheng.reading.grammar.deadlines import When
from duheng.reading.grammar.heads import Head, clean, scoped
from duheng.reading.grammar.measures import Measure
from duheng.reading.grammar.words import pattern
from duheng.reading.records import Doubt, Target


@dataclass
class State:
    """Carried from clause to clause within a paragraph; `subjects` are the last indicators named."""

    when: When = field(default_factory=When)
    region: str | None = None
    subjects: list[Head] = field(default_factory=list)
    change: tuple[str, int | None, str | None] | None = None  # the last fall or rise: kind, base year, unit
    kind: str = ""  # of the last predicate that was a noun (下降幅度)
    verb: str | None = None  # the last work verb; "" where the work was a noun (人工造林)
    per: str = ""  # the body a series of indicators is about
    base: Measure | None = None  # the value that the next ones are measured against, and its year
    base_year: int | None = None
    risen_from: Measure | None = None  # 由2025年的33%提高到……: the value the next one starts from
    listed: list[When] = field(default_factory=list)  # 到2030年、2035年: times that values are dealt to
    per_scope: str | None = None
    condition: str | None = None  # said in the sentence: what follows holds only if
    past: bool = False
    recent: list[Target] = field(default_factory=list)  # what the sentence has stated so far
    wholes: list[Target] = field(
        default_factory=list
    )  # the same, where it goes on to name parts of it (其中)
    against: int | None = None  # the year that the changes of the sentence are measured against
    doubts: list[Doubt] = field(default_factory=list)


@dataclass(frozen=True)
class Passage:
    """A clause at hand: the text, its plain form, the same with brackets and names set aside."""

    text: str
    plain: str
    masked: str
    clause: Clause

    def words(self, start: int, end: int) -> str:
        """The plain text between two places, without blanks."""
        return "".join(self.plain[start:end].split())

    def printed(self, name: str) -> str:
        """A name put together of plain words, in the characters the text prints them in."""
        since = max(0, self.clause.start - 400)
        near, out = self.plain[since : self.clause.end], []
        if near == self.text[since : self.clause.end]:
            return name
        while name:
            size = next((n for n in range(len(name), 0, -1) if name[:n] in near), 0)
            at = since + near.rfind(name[:size])
            out.append(self.text[at : at + size] if size else name[0])
            name = name[size or 1 :]
        return "".join(out)

    def hedge(self, until: int, since: int | None = None) -> str | None:
        """The hedge said in the clause before a place: how firm the target is."""
        match = pattern("hedge").search(self.masked, self.clause.start if since is None else since, until)
        return self.words(*match.span()) if match else None


def target(
    passage: Passage, state: State, when: When, head: Head, span: tuple[int, int], direction: str, **more: Any
) -> Target:
    """A target of the passage: the quote is the clause from its time or head to the last value."""
    start, end = span
    at = passage.plain.rfind("（", start, end) if passage.plain[end - 1] == "）" else end
    bracket = pattern("condition_bracket").match(passage.plain, at) if at >= start else None
    condition = passage.text[bracket.start() + 1 : bracket.end() - 1] if bracket else state.condition
    while end > start and passage.text[end - 1] in " \n\t，,、和及与":
        end -= 1
    more.setdefault("period", when.period)
    more.setdefault("hedge", passage.hedge(end))
    return Target(
        indicator=passage.printed(head.name),
        quote=passage.text[start:end],
        start=start,
        end=end,
        direction=direction,
        scope=passage.printed(head.scope) if head.scope else None,
        deadline=when.deadline,
        condition=condition,
        **more,
    )


def heads_of(state: State, names: list[str]) -> list[Head]:
    """Names with their scope; a region said once governs the sentence, and stays in force for those that follow."""
    heads = []
    for name in names:
        head = scoped(clean(name))
        if head.scope and pattern("region").fullmatch(head.scope):
            state.region = head.scope
        elif head.scope is None and state.region:
            head = Head(head.name, state.region)
        heads.append(head)
    return heads


def valued(passage: Passage, measure: Measure) -> dict[str, Any]:
    """The printed value of a measure as fields of a target."""
    printed = measure.unit is not None and measure.unit_at is not None
    unit = "".join(passage.text[measure.unit_at : measure.end].split()) if printed else measure.unit
    return {"value": measure.value, "value_max": measure.most, "unit": unit}
