"""Words in two languages: Chinese is written in the program, English is looked up in `locale/en.yaml`.

The Chinese text is the key, so that a missing translation shows Chinese rather than a code. Sentences that other
layers make (findings, yardsticks, notes of the engine, errors) come as `Saying`s, which know their template and values:
they are put together again from the English template. Titles of quantities, articles and targets and names of places
and units are not here: data carry their own English (`names_in`). What then is still Chinese is a name that has no
English; on an English page it is set as Chinese (`marked`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from functools import lru_cache
from importlib import resources
from typing import Any
from zoneinfo import ZoneInfo

import yaml

from duheng.model import glossary
from duheng.model.findings import Finding
from duheng.model.periods import Period, parse
from duheng.model.plan import City
from duheng.model.saying import Saying
from duheng.model.units import known_units

LANGUAGES = {"zh": "中文", "en": "English"}
SHANGHAI = ZoneInfo("Asia/Shanghai")
HAN = "\u2e80-\u2fdf\u3001-\u303f\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff00-\uffef"
_RUN = re.compile(rf"[{HAN}]+(?:[\w.·—～-]*[{HAN}]+)*")
_NUMERAL = re.compile("[一二三四五六七八九]?十?[一二三四五六七八九]?(?<=.)")
_ONES = "〇一二三四五六七八九"
_BRACKETS = re.compile("（([^（）]*)）")
_VERBS = ("最大", "最小", "进位取整", "否则", "若", "则")
_UNITS = re.compile(rf"[{HAN}]+")
_TAG = re.compile(r"(<[^>]*>)")
_NO_TAGS_WITHIN = ("<title", "<option", "<textarea", "<text", "<tspan")


@lru_cache(maxsize=1)
def english() -> Mapping[str, str]:
    """The English catalogue: Chinese text -> English text."""
    text = resources.files("duheng.web").joinpath("locale/en.yaml").read_text(encoding="utf-8")
    return {str(key): str(value) for key, value in yaml.safe_load(text).items()}


def names_in(city: City) -> dict[str, str]:
    """What data call in English: Chinese title or name -> English, of all that has both."""
    titled: list[Any] = [*glossary.all_quantities().values(), *glossary.definitions().values()]
    titled += [*glossary.kinds().values(), *city.parameters]
    titled += [item for axis in glossary.axes() for item in glossary.axis(axis).items.values()]
    for plan in city.plans:
        titled += [plan, *plan.articles, *plan.targets, *plan.duties]
    found = {one.title: one.title_en for one in titled if one.title_en}
    return {**found, **{place.name: place.name_en for place in city.places if place.name_en}}


def marked(html: str) -> str:
    """An English page with every run of Chinese set as Chinese (lang=zh-CN), for voices and fonts."""
    parts = _TAG.split(html)
    for at in range(2, len(parts), 2):
        if _RUN.search(parts[at]) is None or " lang=" in parts[at - 1]:
            continue
        if parts[at - 1].startswith(_NO_TAGS_WITHIN):
            head, space, rest = parts[at - 1].partition(" ")
            parts[at - 1] = f'{head} lang="zh-CN" {rest}' if space else head.replace(">", ' lang="zh-CN">')
        else:
            parts[at] = _RUN.sub(r'<span lang="zh-CN">\g<0></span>', parts[at])
    return "".join(parts)


# Written in Chinese in official texts and tables; others (mg/L, μg/m3, dB) stay as the standards print them.
_WRITTEN_OUT = ("tce", "kgce", "t", "kg", "kWh", "m2", "m3", "km2", "tCO2", "kgCO2")


@lru_cache(maxsize=1)
def _written_out() -> Mapping[str, str]:
    chinese = {unit: name for name, unit in reversed([*known_units().items()]) if _RUN.fullmatch(name)}
    units = {name: known_units().get(name) for name in _WRITTEN_OUT}
    return {name: chinese[unit] for name, unit in units.items() if unit in chinese}


@lru_cache(maxsize=512)
def chinese_unit(unit: str) -> str:
    """万tce -> 万吨标准煤, tce/万元 -> 吨标准煤/万元; unchanged where a part has no Chinese of its own (mg/L)."""
    known = _written_out()
    parts = re.findall(r"[A-Za-zμ]+\d?", unit)
    if not parts or any(part not in known for part in parts):
        return unit
    return re.sub(r"[A-Za-zμ]+\d?", lambda part: known[part[0]], unit)


class Words:
    """The words of one language; called with a Chinese text and the values of its {places}, or with a `Saying`.

    names: what data call in English (`names_in`).
    """

    def __init__(self, lang: str, names: Mapping[str, str] | None = None):
        self.lang = lang
        self.names = names or {}

    def __call__(self, text: str, **values: object) -> str:
        if self.lang != "en":
            return text.format(**values) if values else str(text)
        if isinstance(text, Saying):
            if text.parts:
                return self._template(text.template).join(map(self.value, text.parts))
            return self._template(text.template).format(**self._values(text.values))
        said = self._template(text)
        return said.format(**self._values(values)) if values else said

    def _template(self, text: str) -> str:
        known = english().get(text)
        return self.names.get(text, text) if known is None else known

    def _values(self, values: Mapping[str, object]) -> dict[str, str]:
        return {name: self.value(value) for name, value in values.items()}

    def value(self, value: object) -> str:
        """A text, number, period or thing as it stands in a sentence of this language."""
        if isinstance(value, str):
            return self(value)
        if isinstance(value, Period):
            return str(value)
        return self.title(value) or self.name(value) or str(value)

    def finding(self, one: Finding) -> str:
        """A finding in one sentence."""
        if self.lang != "en":
            return one.text
        found = f"{self(one.place)}: {self(one.found).rstrip('.')}"
        if one.expected:
            found += f"; expected: {self(one.expected).rstrip('.')}"
        remedy = self(one.remedy).rstrip(".")
        if one.owner:
            remedy = f"{self(one.owner)}: {remedy or 'please check'}"
        return f"{found}. {remedy}." if remedy else f"{found}."

    def clause(self, number: str) -> str:
        """The number of an article or part of a plan: （十一）, or Article 11; 二, or Part 2."""
        plain = number.strip("（）")
        if self.lang != "en" or not _NUMERAL.fullmatch(plain):
            return number
        tens, ten, ones = plain.rpartition("十")
        value = (_ONES.index(tens) or 1) * 10 * bool(ten) + _ONES.index(ones)
        return f"Part {value}" if plain == number else f"Article {value}"

    def cite(self, text: str) -> str:
        """A citation: document titles as printed, what is said of them in the reader's language."""
        if self.lang != "en":
            return text
        parts = (_BRACKETS.sub(self._within, self(part)) for part in self(text).split("；"))
        return " ".join(self("；").join(parts).replace("、", self("、")).split())

    def _within(self, found: re.Match[str]) -> str:
        clause = self.clause(found[0])
        if clause != found[0]:
            return f" {clause}"
        parts = found[1].split("，")
        return self.bracketed(self.join(map(self, parts))) if english().keys() & parts else found[0]

    def formula(self, text: str) -> str:
        """A formula; its verbs are Chinese words."""
        if self.lang != "en":
            return text
        for chinese in _VERBS:
            text = text.replace(chinese, self(chinese))
        return text

    def bracketed(self, text: str) -> str:
        """（...）, or (...) after a blank; "" for nothing."""
        return f"{self('（')}{text}{self('）')}" if text else ""

    def title(self, thing: Any) -> str:
        """The title of anything that has `title` and perhaps `title_en`."""
        return self.pick(thing, "title")

    def name(self, thing: Any) -> str:
        """The name of anything that has `name` and perhaps `name_en`."""
        return self.pick(thing, "name")

    def pick(self, thing: Any, field: str) -> str:
        """Any text of a thing that has an English twin, as `measures` and `measures_en`."""
        own = getattr(thing, field, None) or ""
        other = getattr(thing, field + "_en", None) or ""
        return str(other if self.lang == "en" and other else own)

    def unit(self, unit: str | None) -> str:
        """A unit as printed: in Chinese the way official tables write it, in English by its parts where need be."""
        if unit in (None, "", "1"):
            return ""
        if self.lang != "en":
            return chinese_unit(str(unit))
        if str(unit) in english():
            return english()[str(unit)]
        said = _UNITS.sub(lambda one: english().get(one[0], one[0]).removeprefix("×"), str(unit))
        return f"×{said}" if said.startswith("10") else said

    def amount(self, value: object, unit: str | None) -> str:
        """A printed number with its unit as Chinese prints it: 14.56%, 4218吨; Latin units stand apart: 12.5 tce."""
        said = self.unit(unit)
        apart = " " if said[:1].isascii() and said[:1].isalnum() else ""
        return f"{value}{apart}{said}"

    def span(self, time: str) -> str:
        """A period as text; of several years with the long dash of official texts: 2021—2025."""
        years = re.fullmatch(r"(\d{4})-(\d{4})", time)
        return self.between(years[1], years[2]) if years else time

    def period(self, text: str) -> str:
        """A period in words: 2026年一季度, or in English as it is written, 2026Q1."""
        return text if self.lang == "en" else parse(text).title

    def between(self, first: str, last: str) -> str:
        """From the first to the last, with the long dash of the language: 2021—2025, 2021–2025."""
        return f"{first}{'–' if self.lang == 'en' else '—'}{last}"

    def stated(self, text: str) -> str:
        """A number as stated, with the unit as printed: 12.5 tce/万m3 is 12.5吨标准煤/万立方米."""
        value, _, unit = text.partition(" ")
        return self.amount(value, unit)

    def join(self, parts: Iterable[str]) -> str:
        """A list in a sentence: 甲、乙 or A, B."""
        return (", " if self.lang == "en" else "、").join(parts)

    def day(self, value: date | datetime | None) -> str:
        """A date as tables print it, 2023-01-29; date-times in the time of Shanghai."""
        if value is None:
            return "—"
        if isinstance(value, datetime):
            value = value.astimezone(SHANGHAI).date() if value.tzinfo else value.date()
        return value.isoformat()

    def moment(self, value: datetime | None) -> str:
        """A date and time of day in Shanghai, 2023-01-29 08:30."""
        if value is None:
            return "—"
        return value.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")
