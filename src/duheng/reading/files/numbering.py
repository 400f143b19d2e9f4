"""The numbers Word makes by itself (一、 （一） 1.): in no paragraph's text, yet on the printed paper."""

from __future__ import annotations

import re
from xml.etree import ElementTree as Xml

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_COUNTING = ("chineseCounting", "chineseCountingThousand", "taiwaneseCountingThousand", "japaneseCounting",
             "ideographDigital", "chineseLegalSimplified")  # fmt: skip
_LEVELS = 9
_PLACE = re.compile(r"%(\d)")
_DIGITS = "零一二三四五六七八九"
_LEGAL = str.maketrans("零一二三四五六七八九十", "零壹贰叁肆伍陆柒捌玖拾")


class Numbering:
    """Counts the numbered paragraphs in their order. unknown: a form of number was met that is not known."""

    def __init__(self, part: Xml.Element | None, styles: Xml.Element | None) -> None:
        self.unknown = False
        self._levels: dict[tuple[str, int], tuple[str, str, int]] = {}
        self._lists: dict[str, str] = {}
        self._counts: dict[str, list[int]] = {}
        self._styles: dict[str, tuple[str, int]] = {}
        if part is not None:
            self._learn(part)
        if styles is not None:
            self._learn_styles(styles)

    def _learn(self, part: Xml.Element) -> None:
        for abstract in part.findall(f"{_W}abstractNum"):
            for level in abstract.findall(f"{_W}lvl"):
                form, text = _value(level, "numFmt", "decimal"), _value(level, "lvlText", "")
                key = (abstract.get(_W + "abstractNumId", ""), _whole(level.get(_W + "ilvl", "0")))
                self._levels[key] = (form, text, _whole(_value(level, "start", "1")))
        for one in part.findall(f"{_W}num"):
            self._lists[one.get(_W + "numId", "")] = _value(one, "abstractNumId", "")

    def _learn_styles(self, styles: Xml.Element) -> None:
        for style in styles.findall(f"{_W}style"):
            numbered = style.find(f"{_W}pPr/{_W}numPr")
            if numbered is not None:
                found = (_value(numbered, "numId", "0"), _whole(_value(numbered, "ilvl", "0")))
                self._styles[style.get(_W + "styleId", "")] = found

    def number(self, paragraph: Xml.Element) -> str:
        """The number in front of a paragraph, "" where Word makes none."""
        settings = paragraph.find(f"{_W}pPr")
        if settings is None:
            return ""
        numbered = settings.find(f"{_W}numPr")
        if numbered is not None:
            name, level = _value(numbered, "numId", "0"), _whole(_value(numbered, "ilvl", "0"))
        else:
            name, level = self._styles.get(_value(settings, "pStyle", ""), ("0", 0))
        abstract = self._lists.get(name, "")
        known = self._levels.get((abstract, level))
        if known is None:
            return ""
        return self._count(abstract, level, known)

    def _count(self, abstract: str, level: int, known: tuple[str, str, int]) -> str:
        form, text, first = known
        if form in ("bullet", "none"):
            return ""
        counts = self._counts.setdefault(abstract, [0] * _LEVELS)
        counts[level] = counts[level] + 1 if counts[level] else first
        counts[level + 1 :] = [0] * (_LEVELS - level - 1)

        def said(place: re.Match[str]) -> str:
            at = min(int(place.group(1)) - 1, _LEVELS - 1)
            return self._written(counts[max(at, 0)] or 1, self._levels.get((abstract, at), known)[0])

        return _PLACE.sub(said, text)

    def _written(self, count: int, form: str) -> str:
        if form in _COUNTING and count < 100:
            return _chinese(count).translate(_LEGAL if form == "chineseLegalSimplified" else {})
        if form == "lowerLetter" and count <= 26:
            return chr(ord("a") + count - 1)
        if form == "upperLetter" and count <= 26:
            return chr(ord("A") + count - 1)
        if form == "decimalEnclosedCircle" and count <= 20:
            return chr(ord("①") + count - 1)
        self.unknown = self.unknown or not form.startswith("decimal")
        return str(count)


def _chinese(count: int) -> str:
    tens, ones = divmod(count, 10)
    if not tens:
        return _DIGITS[ones]
    return (_DIGITS[tens] if tens > 1 else "") + "十" + (_DIGITS[ones] if ones else "")


def _value(element: Xml.Element, name: str, missing: str) -> str:
    found = element.find(_W + name)
    return missing if found is None else found.get(_W + "val", missing)


def _whole(said: str) -> int:
    return min(int(said), 10_000) if said.isdigit() and len(said) < 8 else 0
