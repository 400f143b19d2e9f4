"""Names of organs: what is one, where 和 stands between two, and 市 said once for several."""

from __future__ import annotations

import re

from duheng.reading.duties.words import Words, any_of
from duheng.reading.normal import plain

_AND = re.compile("以及|[和及与]")
_BRACKET_AT_END = re.compile(r"[（〔][^（）〔〕]*[）〕]$")
_LONGEST = 30


def is_unit(words: Words, name: str) -> bool:
    """Whether a name is that of an organ or a group of organs."""
    said = _BRACKET_AT_END.sub("", plain(name))
    if not 2 <= len(said) <= _LONGEST or any(one in said for one in words.raw["foreign"]):
        return False
    return bool(words.organ.match(said) or words.group.match(said))


def split(words: Words, name: str) -> list[str]:
    """The names in a piece without 、: 文化和旅游部 is one, 甲局和乙局 are two."""
    found: list[str] = []
    begin = 0
    for sign in _AND.finditer(name):
        left, right = name[begin : sign.start()], name[sign.end() :]
        if left and not _two(words, left, right):
            continue
        found += [left] if left else []
        begin = sign.end()
    return [*found, name[begin:]] if name[begin:] else found


def _two(words: Words, left: str, right: str) -> bool:
    """Whether both sides of an 和 are names of their own."""
    if words.group.match(left) and len(right) > 2 and right[0] == "各":
        return True
    return len(left) > 2 and bool(words.organ.match(left)) and _stands_alone(words, right)


def _stands_alone(words: Words, name: str) -> bool:
    bare = {*words.raw["suffixes"], *words.raw["collective"]}
    return len(name) > 1 and name not in bare and is_unit(words, name)


def joined(words: Words, pieces: list[str]) -> list[str]:
    """Pieces between 、 put together where a list of places makes one name: 各区、县人民政府."""
    found: list[str] = []
    for piece in pieces:
        before = found[-1].rsplit("、", 1)[-1] if found else ""
        if before and words.place.fullmatch(plain(before)) and words.place.match(plain(piece)):
            found[-1] += "、" + piece
        else:
            found.append(piece)
    return found


def shared_level(words: Words, names: list[str]) -> list[str]:
    """The names with the level said once before them: 市甲局、乙局 is 市甲局、市乙局."""
    level = ""
    found: list[str] = []
    for name in names:
        said = plain(name)
        own = words.level.match(said)
        if own:
            level = own.group()
        elif level and _takes_level(words, said):
            name = level + name
        found.append(name)
    return found


def _takes_level(words: Words, name: str) -> bool:
    if not re.search(f"{any_of(words.raw['shared_by'])}$", name) or name.endswith("管委会"):
        return False
    if any(name.startswith(one) for one in words.raw["apart"]):
        return False
    if name.endswith(tuple(words.raw["apart_ends"])):
        return False
    # 某县税务局 has its place in its name; 城市管理局 has not.
    return not re.match(f"[^城]{{1,5}}(?<!城){words.level.pattern}", name)
