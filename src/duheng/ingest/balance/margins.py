"""What of a printed form is no row of the balance: the row that numbers its columns, the signatures and notes below."""

from __future__ import annotations

from duheng.ingest.balance.layout import Layout, plain
from duheng.model.findings import Finding
from duheng.model.saying import listed, say

Lines = list[tuple[int, list[str]]]
_LETTERS = ("甲", "乙", "丙", "丁")


def without_margins(body: Lines, name: str, known: Layout) -> tuple[Lines, list[Finding]]:
    """The rows of data with their numbers, and a notice of those left out.

    Only the first row may number the columns (甲 1 2 3 ...); only rows at the end may be signatures and notes.
    """
    first = 1 if body and _numbers_columns(body[0][1]) else 0
    end = len(body)
    while end > first and _is_foot(body[end - 1][1], known.settings["foot"]):
        end -= 1
    left = [*body[:first], *body[end:]]
    if not left:
        return body, []
    told = listed("、", [str(number) for number, _ in left])
    found = say("第{rows}行是表头的栏号或表末的签字、说明", rows=told)
    return body[first:end], [Finding("row-margin", "notice", name, found, "", "不是数据，没有折算和核对")]


def _numbers_columns(row: list[str]) -> bool:
    said = [cell for cell in map(plain, row) if cell]
    letters = sum(cell in _LETTERS for cell in said)
    return 0 < letters < len(said) and said[letters:] == [str(n) for n in range(1, len(said) - letters + 1)]


def _is_foot(row: list[str], words: list[str]) -> bool:
    first = plain(next(cell for cell in row if cell))
    return any(first == plain(word) or first.startswith((f"{word}:", f"{word}：")) for word in words)
