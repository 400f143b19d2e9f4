"""A sign: what is odd about a device's data, in words for whoever can mend it. A reason to ask, never a verdict."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import polars as pl

from duheng.model.findings import Finding
from duheng.model.saying import Saying, listed, say
from duheng.telemetry.devices import Device
from duheng.telemetry.hj212.codes import factors
from duheng.telemetry.watching.settings import of

# Of power monitoring there are no national codes (ST=80 is an extension of the provinces); these are the simulator's.
POWER = {"ep0101": "生产设施用电", "ep0201": "治理设施用电"}
SURE = {"rule": "违反规则或限值，数据属实即成立", "clue": "线索，不是结论"}
WHO = {"operator": "排污单位（运维单位）", "bureau": "生态环境部门"}


@dataclass(frozen=True)
class Sign:
    """rule: code in watching.yaml. mn, factor: the series, factor "" for the device as a whole.

    start, end: the period in question (Beijing; end after its last moment). found, expected: Chinese phrases.
    statistic, limit: what was measured and what it passes, in the rule's own terms.
    """

    rule: str
    mn: str
    factor: str
    start: datetime
    end: datetime
    found: str
    expected: str
    statistic: float
    limit: float

    @property
    def title(self) -> str:
        """What kind of sign it is."""
        return str(of(self.rule)["title"])

    @property
    def sure(self) -> str:
        """How sure it is, in words."""
        return SURE[of(self.rule)["sure"]]

    def finding(self, devices: Mapping[str, Device]) -> Finding:
        """The sign as a finding that names the device, the factor and the period."""
        about = of(self.rule)
        place = listed(
            " ", (device_title(devices, self.mn), factor_title(self.factor), period(self.start, self.end))
        )
        found = say("{title}：{found}", title=self.title, found=self.found)
        return Finding(
            f"watch-{self.rule}",
            about["severity"],
            place,
            found,
            self.expected,
            about["remedy"],
            WHO[about["who"]],
        )


def made(
    rule: str,
    rows: pl.DataFrame,
    found: Callable[[dict[str, Any]], str],
    expected: str,
    statistic: str,
    limit: float,
) -> list[Sign]:
    """A sign for each row of mn, factor, start, end and whatever `found` says; statistic: the column that passes."""
    return [
        Sign(
            rule,
            row["mn"],
            row["factor"],
            row["start"],
            row["end"],
            found(row),
            expected,
            float(row[statistic]),
            limit,
        )
        for row in rows.iter_rows(named=True)
    ]


def device_title(devices: Mapping[str, Device], mn: str) -> str:
    """What a device is called, its MN where it has no title."""
    known = devices.get(mn)
    return known.title if known and known.title else mn


def factor_title(code: str) -> str:
    """Title of a factor, its code where it is not in the tables; what is said of the whole device for ""."""
    if not code:
        return "整机"
    known = factors().get(code)
    return known.title if known else POWER.get(code, code)


def period(start: datetime, end: datetime) -> Saying:
    """A period in words; the second day only where it is another one."""
    last = f"{end:%H:%M}" if start.date() == end.date() else f"{end:%Y-%m-%d %H:%M}"
    return say("{start}至{end}", start=f"{start:%Y-%m-%d %H:%M}", end=last)
