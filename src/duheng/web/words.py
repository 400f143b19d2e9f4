"""Words in two languages: Chinese is written in the program, English is looked up in `locale/en.yaml`.

The Chinese text is the key, so that a missing translation shows Chinese rather than a code. Titles of quantities,
articles and targets are not here: they carry their own English title.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from functools import lru_cache
from importlib import resources
from typing import Any
from zoneinfo import ZoneInfo

import yaml

LANGUAGES = {"zh": "中文", "en": "English"}
SHANGHAI = ZoneInfo("Asia/Shanghai")


@lru_cache(maxsize=1)
def english() -> Mapping[str, str]:
    """The English catalogue: Chinese text -> English text."""
    text = resources.files("duheng.web").joinpath("locale/en.yaml").read_text(encoding="utf-8")
    return {str(key): str(value) for key, value in yaml.safe_load(text).items()}


class Words:
    """The words of one language; called with a Chinese text and the values of its {places}."""

    def __init__(self, lang: str):
        self.lang = lang

    def __call__(self, text: str, **values: object) -> str:
        said = english().get(text, text) if self.lang == "en" else text
        return said.format(**values) if values else said

    def title(self, thing: Any) -> str:
        """The title of anything that has `title` and perhaps `title_en`."""
        return self._pick(thing, "title")

    def name(self, thing: Any) -> str:
        """The name of anything that has `name` and perhaps `name_en`."""
        return self._pick(thing, "name")

    def _pick(self, thing: Any, field: str) -> str:
        own = getattr(thing, field, None) or ""
        other = getattr(thing, field + "_en", None) or ""
        return str(other if self.lang == "en" and other else own)

    def unit(self, unit: str | None) -> str:
        """A unit as printed: Chinese as it stands, English where the catalogue has it."""
        return "" if unit in (None, "", "1") else self(str(unit))

    def amount(self, value: object, unit: str | None) -> str:
        """A printed number with its unit as Chinese prints it: 14.56%, 4218吨; Latin units stand apart: 12.5 tce."""
        said = self.unit(unit)
        apart = " " if said[:1].isascii() and said[:1].isalnum() else ""
        return f"{value}{apart}{said}"

    def join(self, parts: list[str] | tuple[str, ...]) -> str:
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
