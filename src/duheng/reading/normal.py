"""The text as it is matched: one form for each sign, the same length as the text, so that places stay true.

Nothing here is shown to anybody: quotes are cut from the text itself.
"""

from __future__ import annotations

import re
from functools import lru_cache

from duheng.model import data

# Chinese punctuation for what separates, ASCII for what belongs to a number.
_PUNCTUATION = {
    ",": "，", ":": "：", ";": "；", "(": "（", ")": "）", "!": "！", "?": "？",
    "﹐": "，", "﹑": "、", "﹔": "；", "﹕": "：", "∶": "：",
    "﹙": "（", "﹚": "）", "﹪": "%", "٪": "%", "[": "〔", "]": "〕", "［": "〔", "］": "〕", "﹝": "〔", "﹞": "〕",
    "「": "“", "」": "”", "『": "‘", "』": "’", "｡": "。", "､": "、", "﹒": ".", "．": ".",
    "–": "-", "‒": "-", "−": "-",
    "－": "-", "﹣": "-", "‐": "-", "‑": "-", "―": "—", "─": "—", "~": "～", "〜": "～", "∼": "～", "˜": "～",
    "\r": "\n", "\x0b": "\n", "\x0c": "\n", "\x85": "\n", "\u2028": "\n", "\u2029": "\n",
}  # fmt: skip
_SPACES = "\x00\x1c\x1d\x1e\x1f\xa0\u1680\u200b\u200c\u200d\u2060\u202f\u205f\u3000\ufeff" + "".join(
    map(chr, range(0x2000, 0x200B))
)
_KEPT_FULL_WIDTH = "，：；（）！？～"
# A comma before exactly three digits groups thousands; a full stop between digits is a decimal point badly copied.
_THOUSANDS = re.compile(r"(?<=\d)，(?=\d{3}(?!\d))")
_POINT = re.compile(r"(?<=\d)。(?=\d)")


@lru_cache(maxsize=1)
def _signs() -> dict[int, str]:
    signs = {chr(code): chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}
    signs = {full: half for full, half in signs.items() if full not in _KEPT_FULL_WIDTH}
    signs |= {
        row["traditional"]: row["simplified"]
        for row in data.read_rows(data.root() / "reading" / "traditional.csv")
    }
    signs |= dict.fromkeys(_SPACES, " ") | _PUNCTUATION
    return {ord(sign): plain for sign, plain in signs.items()}


def plain(text: str) -> str:
    """`text` for matching, code point by code point: `len(plain(text)) == len(text)`.

    Simplified characters; ， ： ； （ ） ！ ？ 〔 〕 “ ” in Chinese form; digits, letters, % . / + in ASCII;
    - for every short dash, — for the long one, ～ for every tilde; one kind of space, line ends as \\n, tabs kept.
    9。7 becomes 9.7, and 1，234 becomes 1,234.
    """
    said = text.translate(_signs())
    return _THOUSANDS.sub(",", _POINT.sub(".", said))
