"""A statement of responsibility, as (A牵头，B配合。C，下同不再列出): who leads, who helps, what then holds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from duheng.reading.duties.units import is_unit, joined, shared_level, split
from duheng.reading.duties.words import Words

OPENERS, CLOSERS = "（〔【", "）〕】"
# Longer brackets name no units; the bound keeps reading linear where brackets do not match.
LONGEST = 1500


@dataclass(frozen=True, slots=True)
class Token:
    """kind: name, label, role, joined, open, once (a rule for all that follows) or sign; `text` as printed."""

    kind: str
    text: str
    plain: str


@dataclass(slots=True)
class Group:
    """Units with one role. part: lead, responsible, cooperate or other; role: its word, as 牵头 or 负责落实."""

    part: str
    role: str
    units: list[str]


@dataclass(slots=True)
class Statement:
    """What one statement says. inherited: units for all that follows; first_leads: once, from_here or ""."""

    groups: list[Group] = field(default_factory=list)
    inherited: list[str] = field(default_factory=list)
    first_leads: str = ""
    open_list: bool = False
    labelled: bool = False

    def units(self, part: str = "") -> list[str]:
        """The units of a part, or all of them, in order, each once."""
        named = [unit for one in self.groups if part in ("", one.part) for unit in one.units]
        return list(dict.fromkeys(named))


def closing(plain: str, start: int, end: int) -> int:
    """Place after the bracket that closes the one at `start`; -1 where none does before `end`."""
    depth = 0
    for place in range(start, min(end, start + LONGEST)):
        if plain[place] in OPENERS:
            depth += 1
        elif plain[place] in CLOSERS:
            depth -= 1
            if depth == 0:
                return place + 1
    return -1


def tokens(words: Words, text: str, plain: str, start: int, end: int) -> Iterator[Token]:
    """The tokens of text[start:end], one pass; brackets within a name belong to it."""
    place = begin = start
    while place < end:
        if plain[place] in OPENERS:
            place = max(closing(plain, place, end), place + 1)
            continue
        found = words.token.match(plain, place, end)
        if found and _counts(words, found.lastgroup or "", plain, begin, place, found.end(), end):
            yield from _name(words, text, plain, begin, place)
            yield Token(found.lastgroup or "", found.group(), found.group())
            place = begin = found.end()
        else:
            place += 1
    yield from _name(words, text, plain, begin, end)


def _name(words: Words, text: str, plain: str, start: int, end: int) -> Iterator[Token]:
    """The name between two places; organs with only a blank between them are several."""
    pieces = text[start:end].split()
    if len(pieces) > 1 and all(is_unit(words, one) for one in pieces):
        yield from (Token("name", one, one) for one in pieces)
        return
    name = "".join(text[start:end].split())
    if name:
        yield Token("name", name, plain[start:end].strip())


def _counts(words: Words, kind: str, plain: str, begin: int, place: int, after: int, end: int) -> bool:
    """Whether a word is what it looks like: 组织 in 市委组织部 is no role, 牵头单位 in 各项目牵头单位 no label."""
    if kind == "label":
        return not plain[begin:place].strip()
    if kind == "role":
        if after >= end or plain[after] in "，；。、 " or words.token.match(plain, after, end):
            return True
        strong = any(plain[place:after].endswith(one) for one in words.raw["strong"])
        return strong and is_unit(words, plain[begin:place].strip())
    if kind == "joined":
        # 商 also begins names: 商务部.
        bare = after - place > 1 and not plain[begin:place].strip()
        return bare or is_unit(words, plain[begin:place].strip())
    if kind == "once" and plain[place:after] in words.raw["all_must"]:
        # 商 also begins names: 商务部.
        bare = after - place > 1 and not plain[begin:place].strip()
        return bare or is_unit(words, plain[begin:place].strip())
    return True


def parse(
    words: Words, text: str, plain: str, start: int, end: int, *, listed: bool = False
) -> Statement | None:
    """The statement in text[start:end] (brackets taken off); null where it is none.

    listed: the place itself says that these are units, as the cell of a table does.
    """
    found = Statement(labelled=listed)
    sentences: list[list[Token]] = [[]]
    for token in tokens(words, text, plain, start, end):
        if token.plain == "。":
            sentences.append([])
        else:
            sentences[-1].append(token)
    for sentence in sentences:
        said = "".join(one.plain for one in sentence)
        if first_leads(words, said):
            found.first_leads = "from_here" if "下同" in said or "以下" in said or "各项" in said else "once"
            sentence = _before_first(words, sentence)
        owed, rule = _rule(words, sentence)
        _groups(words, owed, found)
        named = _names(words, rule)
        if not named and not owed and _is_rule(words, sentence):
            named = _last_to_act(words, found)
        found.inherited += named
    _share_level(words, found)
    return found if _is_statement(words, found) else None


def first_leads(words: Words, said: str) -> bool:
    """Whether a sentence says that the unit listed first leads."""
    return any(one in said for one in words.raw["first"]) and any(one in said for one in words.raw["leads"])


def _before_first(words: Words, sentence: list[Token]) -> list[Token]:
    """What stands before the rule in its sentence: 甲局、乙局，列第一位的为牵头单位."""
    at = next(
        index for index, one in enumerate(sentence) if any(said in one.plain for said in words.raw["first"])
    )
    here = sentence[:at]
    while here and here[-1].kind == "sign":
        here.pop()
    return here


def _last_to_act(words: Words, found: Statement) -> list[str]:
    """甲局负责，各县政府负责落实。以下均需落实: the rule means those who carry it out, named last."""
    last = found.groups[-1] if found.groups else None
    return list(last.units) if last and last.role.endswith(words.raw["carried_out"]) else []


def _rule(words: Words, sentence: list[Token]) -> tuple[list[Token], list[Token]]:
    """A sentence cut into what is owed here and what holds for all that follows."""
    if not _is_rule(words, sentence):
        return sentence, []
    first = next(index for index, one in enumerate(sentence) if one.kind == "once")
    here, rest = sentence[:first], sentence[first:]
    if any(one.kind == "name" for one in rest):
        return here, rest
    # The units stand before the rule: those since the last comma or semicolon.
    while here and here[-1].kind == "sign":
        here.pop()
    cut = max((index for index, one in enumerate(here) if one.plain in "，；"), default=-1)
    return here[: cut + 1], here[cut + 1 :]


def _is_rule(words: Words, sentence: list[Token]) -> bool:
    """Whether a sentence says that something holds from here on."""
    said = {one.plain for one in sentence if one.kind == "once"} - {"下同"}
    from_here = said & {*words.raw["from_here"]} and said & {*words.raw["all_must"]}
    return bool(said & {*words.raw["not_repeated"]} or from_here)


def _names(words: Words, sentence: list[Token]) -> list[str]:
    pieces = joined(words, [one.text for one in sentence if one.kind == "name"])
    return [name for piece in pieces for name in split(words, piece)]


def _share_level(words: Words, found: Statement) -> None:
    """市 said once counts for the whole statement, in its order."""
    names = shared_level(words, [unit for one in found.groups for unit in one.units] + found.inherited)
    for group in found.groups:
        group.units, names = names[: len(group.units)], names[len(group.units) :]
    found.inherited = names


def _groups(words: Words, sentence: list[Token], found: Statement) -> None:
    """Read units group by group: a label governs up to the next one, a role ends the group before it."""
    label, waiting = "", list[Token]()
    for token in sentence:
        if token.kind == "label":
            _close(words, found, waiting, label or "responsible", "")
            label = words.part_of_label(token.plain)
            found.labelled, waiting = True, []
        elif token.kind == "role":
            part = words.role_part(token.plain)
            held = label if label in ("lead", "cooperate", "skip") else part
            _close(words, found, waiting, held, words.role_name(token.plain))
            waiting = []
        elif token.kind == "open":
            found.open_list = True
        else:
            waiting.append(token)
    _close(words, found, waiting, label or "responsible", "")


def _close(words: Words, found: Statement, waiting: list[Token], part: str, role: str) -> None:
    names = _names(words, waiting)
    if names and names[0].startswith(words.raw["prose_by"]):
        names[0] = names[0][1:]
    names = [one for one in names if not any(word in one for word in words.raw["not_owed"])]
    if names and part != "skip":
        found.groups += _marked(words, Group(part, role, names))


def _marked(words: Words, group: Group) -> list[Group]:
    """A group with the units that carry their role in brackets, as 甲局（牵头）, set apart."""
    found: list[Group] = []
    rest: list[str] = []
    for name in group.units:
        bare, _, mark = name.rstrip(CLOSERS + ")").replace("(", "（").rpartition("（")
        if bare and mark in words.raw["roles"]["lead"]:
            found.append(Group("lead", mark, [bare]))
        else:
            rest.append(name)
    return [*found, Group(group.part, group.role, rest)] if rest else found


def _is_statement(words: Words, found: Statement) -> bool:
    units = found.units() + found.inherited
    if found.labelled or not units:
        return bool(units) or bool(found.first_leads)
    known = sum(is_unit(words, one) for one in units)
    said = any(one.role for one in found.groups) or bool(found.inherited or found.first_leads)
    return said and is_unit(words, units[0]) and known * 2 > len(units)
