"""The numbers of validity and substitution: read from cn/monitoring, each with its citation and certainty."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from duheng.model.data import read_yaml, root
from duheng.model.errors import FolderError
from duheng.model.parameters import CERTAINTIES


@dataclass(frozen=True)
class Cited:
    """A number or list of the rules and the text it comes from."""

    value: Any
    cite: str
    certainty: str


@dataclass(frozen=True)
class Stand:
    """Which emission stands in: the greatest of the last `of` valid hours, for gaps up to `hours` (None: any)."""

    least: float
    below: float
    hours: int | None
    of: int


@dataclass(frozen=True)
class Rules:
    """All of it. numbers: by section and name (`hour.minutes`); gas: of other invalid hours, the first that fits."""

    numbers: Mapping[str, Cited]
    gas: tuple[Stand, ...]

    def __getitem__(self, name: str) -> Any:
        return self.numbers[name].value


@cache
def rules() -> Rules:
    """The packaged rules. Raises FolderError with every trouble."""
    folder = root() / "monitoring"
    read, troubles = read_yaml(folder / "validity.yaml"), []
    numbers: dict[str, Cited] = {}
    for section, entries in read.items():
        for name, entry in entries.items():
            if set(entry) != {"value", "cite", "certainty"} or entry["certainty"] not in CERTAINTIES:
                troubles.append(f"validity.yaml {section}.{name}：应有 value、cite、certainty 三项")
            else:
                numbers[f"{section}.{name}"] = Cited(**entry)
    if troubles:
        raise FolderError(troubles)
    table = read_yaml(folder / "substitution.yaml")["gas"]
    gas = [
        Stand(row["rate"][0], row["rate"][1], row["hours"], row["of"])
        for row in table
        if row["before"] == "失效"
    ]
    return Rules(numbers, tuple(gas))
