"""The grounds on which a reduction of the tax is claimed (环境保护税法 art. 13), and what may be wrong with them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from duheng.model.findings import Severity
from duheng.model.saying import say


@dataclass(frozen=True)
class Grounds:
    """What a row states of concentration and limit [mg/m3, mg/L] and of exceedances; None where it is not stated."""

    concentration: Decimal | None
    limit: Decimal | None
    exceedances: int | None

    @property
    def impossible(self) -> bool:
        """Whether one of them is a number that it cannot be."""
        least = [one for one in (self.concentration, self.exceedances) if one is not None]
        return any(one < 0 for one in least) or (self.limit is not None and self.limit <= 0)

    def troubles(self) -> Iterator[tuple[str, str, str, Severity]]:
        """What was found, what was expected, what to do, and how bad it is. None of it grants a reduction."""
        stated = (self.concentration, self.limit, self.exceedances)
        if self.impossible:
            named = zip(("concentration", "limit", "exceedances"), stated, strict=True)
            found = say(
                "浓度{concentration}、限值{limit}、超标次数{exceedances}不能成立",
                **{name: "—" if one is None else str(one) for name, one in named},
            )
            yield found, "浓度、超标次数不小于0，限值大于0", "按没有减征计，请核对", "error"
        elif any(one is not None for one in stated) and None in stated:
            remedy = "三项不全不减征，请补齐或都不填"
            yield "减征所需的浓度、限值、超标次数不全", "三项都填", remedy, "warning"
        elif self.exceedances == 0 and (self.concentration or 0) > (self.limit or 0):
            found = say("浓度{one}高于限值{limit}，超标次数却为0", one=self.concentration, limit=self.limit)
            yield found, "相符的浓度和超标次数", "按没有减征计，请核对", "warning"
