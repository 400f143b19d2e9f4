"""What a reader chose: plan, date, scenario, filters and language, all of it in the address.

Every page reads its selection from the query string and every link writes it back, so that an address can be sent
to a colleague and shows the same. Defaults are left out of addresses.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date
from urllib.parse import urlencode

from duheng.model.saying import say
from duheng.web.errors import BadAddress

SCENARIOS = {"actual": "实际", "drill": "演练"}
LIGHTS = {"1": "一级", "2": "二级", "3": "三级", "none": "未填报", "unjudged": "不作判定"}
# Beside a light, and in full as the NDRC's 晴雨表 words them (gov.cn, 2011-07-29).
LEVELS = {1: "一级 十分严峻", 2: "二级 比较严峻", 3: "三级 基本顺利"}
LEVELS_SAID = {1: "一级 节能形势十分严峻", 2: "二级 节能形势比较严峻", 3: "三级 节能工作进展基本顺利"}


@dataclass(frozen=True)
class Selection:
    """The choices in an address.

    plan: id of the plan ("" = the city's first). as_of: knowledge of the end of that day (None = now).
    article, unit, county, light: filters ("" = all). lang: zh or en, kept in a cookie and not written to links.
    """

    plan: str = ""
    scenario: str = "actual"
    as_of: date | None = None
    article: str = ""
    unit: str = ""
    county: str = ""
    light: str = ""
    lang: str = field(default="zh", compare=True)

    def query(self, **changes: object) -> str:
        """The query string of this selection with changes: "?a=b" or "" when all is default."""
        other = replace(self, **changes)  # type: ignore[arg-type]
        said = {
            item.name: str(getattr(other, item.name))
            for item in fields(self)
            if item.name != "lang" and getattr(other, item.name) not in (item.default, None, "")
        }
        return "?" + urlencode(said) if said else ""

    def context(self, **changes: object) -> str:
        """Like `query`, without the filters: what a link to another page carries along."""
        return self.query(**{"article": "", "unit": "", "county": "", "light": "", **changes})

    @property
    def drill(self) -> bool:
        """Whether the figures are made up for practice."""
        return self.scenario == "drill"

    @property
    def filtered(self) -> bool:
        """Whether any filter is set."""
        return bool(self.article or self.unit or self.county or self.light)


def selection_of(asked: Mapping[str, str], lang: str) -> Selection:
    """The selection in a query string; BadAddress where a value is not accepted.

    Plan, article, unit and county are checked later against the plan, where their names are known.
    """
    return Selection(
        plan=asked.get("plan", "").strip()[:80],
        scenario=_one_of("scenario", asked.get("scenario", "") or "actual", SCENARIOS),
        as_of=_date("as_of", asked.get("as_of", "")),
        article=asked.get("article", "").strip()[:40],
        unit=asked.get("unit", "").strip()[:60],
        county=asked.get("county", "").strip()[:40],
        light=_one_of("light", asked.get("light", ""), {"": "", **LIGHTS}),
        lang=lang,
    )


def _one_of(part: str, found: str, accepted: Mapping[str, str]) -> str:
    found = found.strip()
    if found not in accepted:
        raise BadAddress(
            part,
            found,
            [say("{key}（{title}）", key=key, title=title) for key, title in accepted.items() if key],
        )
    return found


def _date(part: str, found: str) -> date | None:
    found = found.strip()
    if not found:
        return None
    try:
        day = date.fromisoformat(found)
    except ValueError:
        raise BadAddress(part, found, "形如 2024-12-31 的日期，留空表示现在") from None
    if not date(1949, 10, 1) <= day <= date(2100, 12, 31):
        raise BadAddress(part, found, "1949-10-01 至 2100-12-31 之间的日期，留空表示现在")
    return day
