"""A Chinese sentence that remembers how it was made, so that it can be said in another language later.

    say("应有{expected}项，已知{known}项", expected=3, known=2)      # == "应有3项，已知2项"
    listed("；", [say(...), say(...)])                              # the sentences joined

A `Saying` is a `str`, its Chinese text: everything that prints, compares or stores it stays as it is. Whoever speaks
another language asks it for template and values (`duheng.web.words`); templates are looked up in one catalogue.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping


class Saying(str):
    """A finished Chinese text with what it was made of.

    template: the text with {places}, or what stands between the parts. values: what stands in the places.
    parts: the texts of a list; () where it is none.
    """

    template: str
    values: Mapping[str, object]
    parts: tuple[object, ...]

    @classmethod
    def made(
        cls, text: str, template: str, values: Mapping[str, object], parts: tuple[object, ...] = ()
    ) -> Saying:
        """The text with its origin."""
        said = cls(text)
        said.template, said.values, said.parts = template, values, parts
        return said


def say(template: str, **values: object) -> Saying:
    """A sentence with its values: texts, numbers, or things with a Chinese `title` or `name`.

    KeyError where a place has no value.
    """
    return Saying.made(
        template.format(**{name: chinese(value) for name, value in values.items()}), template, values
    )


def listed(between: str, parts: Iterable[object]) -> Saying:
    """Texts and things as a list; `between` separates them."""
    kept = tuple(parts)
    return Saying.made(between.join(map(chinese, kept)), between, {}, kept)


def chinese(value: object) -> str:
    """How a value stands in a Chinese sentence."""
    if isinstance(value, str):
        return value
    return str(getattr(value, "title", None) or getattr(value, "name", None) or value)
