"""Methods that work out each answer once."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

Owner = TypeVar("Owner")
Answer = TypeVar("Answer")
Given = ParamSpec("Given")


def once(method: Callable[Concatenate[Owner, Given], Answer]) -> Callable[Concatenate[Owner, Given], Answer]:
    """The method, its answer kept in the object for each set of (positional, hashable) arguments."""
    place = f"_once_{method.__name__}"

    @wraps(method)
    def kept(self: Owner, /, *given: Given.args, **named: Given.kwargs) -> Answer:
        answers: dict[object, Answer] = self.__dict__.setdefault(place, {})
        if given not in answers:
            answers[given] = method(self, *given, **named)
        return answers[given]

    return kept
