"""Constant prices: gross domestic product at the prices of a base year, linked from yearly growth.

A five-year plan is reckoned at the prices of its base year (2020年价格 for 2021-2025, 2025年价格 for 2026-2030).
The price base is the definition (口径) of such a figure: series at different prices never meet in one division. A
target reads the series at the prices of its own plan's base year (`Books.definitions`). Where the statistics office
stated no series at these prices it is linked: the current-price value of the base year, carried on by the published
growth at comparable prices, year by year. A year without growth leaves all later ones unknown.
"""

from collections.abc import Callable
from typing import Any

from duheng.model import in_year, linked, quantity, rule
from duheng.model.glossary import definitions

GDP_CURRENT = quantity("gdp_current")
GDP_GROWTH = quantity("gdp_growth")

PRICE_BASES = tuple(one.id for one in definitions().values() if one.base_year)
CITE = "国家统计局地区生产总值核算指标解释：不变价总量由基年现价总量按可比价增速逐年推算（条号待核）"


def _at_prices_of(base: str) -> Callable[..., Any]:
    """The wording of one price base: its base year stands in the formula, whatever plan asks."""
    start = in_year(int(definitions()[base].base_year))

    def gdp(current=GDP_CURRENT @ start, index=linked(GDP_GROWTH, since=start)):
        """Gross domestic product at the prices of one year: that year's value carried on by the growth since.

        What the statistics office states at these prices counts before this; the two are compared.
        """
        return current * index

    return gdp


gdp = rule(
    unit="亿元",
    title="地区生产总值（可比价）",
    title_en="Gross domestic product at constant prices",
    decimals=2,
    over_time="sum",
    over_place="sum",
    definition=PRICE_BASES[0],
    definitions=PRICE_BASES,
    published=True,
    note="按规划基年价格，价格基期即其口径；普查修订后历年数据以新的一期陈述取代；国家统计局地区生产总值核算。",
    cite=CITE,
    certainty="memory",
)(_at_prices_of(PRICE_BASES[0]))
for _base in PRICE_BASES[1:]:
    gdp.amend(definition=_base, cite=CITE, certainty="memory")(_at_prices_of(_base))
