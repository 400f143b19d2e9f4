"""Requests of the platform to a device: sent, accepted by 9011, data, ended by 9012; or a notification and its 9013.

Without clock and sockets: time comes in with each call, frames go in and out. HJ 212-2017 6.6 and table 1: ten seconds
for an answer, three resends of the same frame with the same QN. Data frames carry their own QN and are told by what
was asked for.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache

from duheng.model import data

from . import codes, encoding
from .segment import Segment

# States. The last four are final.
QUEUED, SENT, ACCEPTED, DONE, REFUSED, FAILED = "queued", "sent", "accepted", "done", "refused", "failed"
FINAL = (DONE, REFUSED, FAILED)
READY, SUCCESS, NO_DATA = "1", "1", "100"  # QnRtn; ExeRtn

EDITIONS = ("2005", "2017", "2025")  # by Segment.version
# Names of CP fields that an edition has otherwise than HJ 212-2017 (HJ/T 212-2005 6.5: the new password is PW).
_FORMER = {("1072", "NewPW"): "PW"}

_TIME = re.compile(r"\d{14}")
_CHOICES = {  # whole numbers allowed (HJ 212-2017 table 4)
    "RtdInterval": range(30, 3601),
    "MinInterval": (1, 2, 3, 4, 5, 6, 10, 12, 15, 20, 30),
    "OverTime": range(1, 100),
    "ReCount": range(1, 100),
    "VaseNo": range(1, 100),
    "Ctime": range(1, 25),
    "CTime": range(1, 25),
}
_CHOICES_2005 = {"OverTime": range(1, 86_401)}  # five digits, up to a day
_PATTERNS = {
    "CstartTime": re.compile(r"([01]\d|2[0-3])[0-5]\d[0-5]\d"),
    "NewPW": re.compile(r"[0-9A-Za-z]{1,6}"),
    "PolId": re.compile(r"[0-9A-Za-z]{1,6}"),
    "InfoId": re.compile(r"[0-9A-Za-z]{1,6}"),
}
_TIMES = ("SystemTime", "BeginTime", "EndTime")
_OTHER = re.compile(r"[^;,=&\r\n]{1,800}")


@dataclass(frozen=True, slots=True)
class Order:
    """A command the platform may give. needed, possible: names of its CP fields; `NNNNN` and `xxx` stand for any.

    editions: the years that have it as it stands here. repeated: fields that may be given several times, their values
    then separated by commas in the request.
    """

    code: str
    title: str
    notice: bool
    needed: tuple[str, ...]
    possible: tuple[str, ...]
    editions: tuple[str, ...] = ()
    repeated: frozenset[str] = frozenset()

    def told(self, name: str, value: str) -> list[str]:
        """The values of a field, each to be sent under its name."""
        return value.split(",") if name in self.repeated else [value]


def edition(version: int) -> str:
    """The year of an edition by Segment.version; a later one than is known here counts as the last."""
    return EDITIONS[min(version, len(EDITIONS) - 1)]


@lru_cache(maxsize=4)
def orders(year: str = "2017") -> Mapping[str, Order]:
    """The commands by code, from `cn/hj212/commands.csv`; where the editions differ that of `year`, then of 2017."""
    found: dict[str, Order] = {}
    rows = data.read_rows(data.root() / "hj212" / "commands.csv")
    for row in sorted(rows, key=lambda one: (one[f"in_{year}"] != "1", one["in_2017"] != "1")):
        if row["direction"] != "host->field" or row["kind"] not in (codes.REQUEST, codes.NOTIFY):
            continue
        needed, possible, repeated = _fields(row["cp_fields"])
        years = tuple(one for one in EDITIONS if row[f"in_{one}"] == "1")
        order = Order(
            row["cn"], row["name_zh"], row["kind"] == codes.NOTIFY, needed, possible, years, repeated
        )
        found.setdefault(order.code, order)
    return found


def _fields(text: str) -> tuple[tuple[str, ...], tuple[str, ...], frozenset[str]]:
    """Names outside brackets, all names, and those that stand there twice or are called repeated."""
    needed: dict[str, None] = {}
    possible: dict[str, None] = {}
    repeated, depth = set(re.findall(r"([\w-]+)\s*\(repeated\)", text)), 0
    for sign in re.findall(r"[\[\]]|[\w-]+", re.sub(r"\(.*?\)", "", text)):
        if sign in "[]":
            depth += 1 if sign == "[" else -1
            continue
        if sign in possible:
            repeated.add(sign)
        possible[sign] = None
        if depth == 0:
            needed[sign] = None
    return tuple(needed), tuple(possible), frozenset(repeated)


def troubles(code: str, values: Mapping[str, str], version: int | None = None) -> list[str]:
    """What is wrong with a request, in Chinese; empty where it may be sent. SystemTime may be `now`.

    version: of the device, as Segment.version; None where it is not known yet: what any edition has is right then.
    """
    if version is None:
        found = {year: _troubles(code, values, year) for year in EDITIONS}
        return [] if not all(found.values()) else found["2017"]
    return _troubles(code, values, edition(version))


def _troubles(code: str, values: Mapping[str, str], year: str) -> list[str]:
    order = orders(year).get(code)
    if order is None:
        return [f"命令“{code}”：不是平台下发的命令，应为{'、'.join(sorted(orders()))}之一"]
    named = f"{order.title}，{year}版" if year != "2017" and year in order.editions else order.title
    found = [
        f"{name}：没有给出，命令{code}（{named}）须有" for name in order.needed if not _given(name, values)
    ]
    for name, value in values.items():
        if not any(_names(one, name) for one in order.possible):
            known = "、".join(order.possible) or "（无）"
            found.append(f"{name}：命令{code}（{named}）没有这一项，应为{known}")
            continue
        for one in order.told(name, value):
            if expected := _unlike(name, one, year):
                found.append(f"{name}“{one}”：应为{expected}")
    begin, end = values.get("BeginTime", ""), values.get("EndTime", "")
    if not found and begin and end and begin > end:
        found.append(f"BeginTime“{begin}”晚于EndTime“{end}”：应不晚于它")
    return found


def _names(pattern: str, name: str) -> bool:
    """Whether a name is the one of the table, or one that its `xxx` or `NNNNN` stands for."""
    return bool(re.fullmatch(re.escape(pattern).replace("xxx", r"\w+").replace("NNNNN", r"\w{5}"), name))


def _given(pattern: str, values: Mapping[str, str]) -> bool:
    return any(_names(pattern, name) for name in values)


def _unlike(name: str, value: str, year: str) -> str:
    """What a value should be, empty where it is."""
    if name in _TIMES:
        return "" if value == "now" and name == "SystemTime" else _no_time(value)
    own = _CHOICES_2005 if year == "2005" else {}
    if (choices := own.get(name) or _CHOICES.get(name)) is not None:
        right = value.isascii() and value.isdigit() and int(value) in choices
        if right:
            return ""
        span = isinstance(choices, range)
        return f"整数，{min(choices)}至{max(choices)}" if span else f"{'、'.join(map(str, choices))}之一"
    pattern = _PATTERNS.get(name, _OTHER)
    return "" if pattern.fullmatch(value) else "不含分隔符、长度在限内的文字"


def _no_time(value: str) -> str:
    try:
        datetime.strptime(value if _TIME.fullmatch(value) else "", "%Y%m%d%H%M%S")  # noqa: DTZ007  # only read
    except ValueError:
        return "YYYYMMDDhhmmss的时间"
    return ""


@dataclass(frozen=True, slots=True)
class Timing:
    """answer: for 9011 or 9013; result: for 9012 after 9011 or after the last data [s]; sends: the first included."""

    answer: float = 10.0
    result: float = 30.0
    sends: int = 4


@dataclass(slots=True)
class Dialogue:
    """One request and what became of it.

    header: QN, ST, PW, MN of the device; version as Segment.version. frames: of data that came; found: the fields of
    an answer that carries the request's QN; said: QnRtn and ExeRtn as sent; reason: why it failed.
    """

    code: str
    values: Mapping[str, str]
    header: Mapping[str, str]
    version: int = 1
    timing: Timing = Timing()
    state: str = QUEUED
    reason: str = ""
    sends: int = 0
    frames: int = 0
    deadline: float = 0.0
    said: dict[str, str] = field(default_factory=dict)
    found: dict[str, str] = field(default_factory=dict)

    @property
    def frame(self) -> bytes:
        """What is sent, the same each time. 2005 says neither version nor packets in Flag."""
        fields = {**self.header, "CN": self.code, "Flag": str(self.version << 2 | 1)}
        return encoding.frame(fields, _parts(self.code, self.values, edition(self.version)))

    def send(self, now: float) -> bytes:
        """Begin, or repeat."""
        self.state, self.sends = SENT, self.sends + 1
        self.deadline = now + self.timing.answer
        return self.frame

    def due(self, now: float) -> bytes | None:
        """The frame again where an answer does not come; ends the dialogue after the last."""
        if self.state in (QUEUED, *FINAL) or now < self.deadline:
            return None
        if self.state == SENT and self.sends < self.timing.sends:
            return self.send(now)
        self.state = FAILED
        self.reason = "no_answer" if not self.said else "no_result"
        return None

    def heard(self, segment: Segment, now: float) -> bool:
        """A frame of this device has come; whether it belongs to this request."""
        if self.state in (QUEUED, *FINAL):
            return False
        code = segment.header.get("CN", "")
        stated = segment.header.get("QN") or (segment.values("QN") or [""])[0]
        if code in ("9011", "9012", "9013"):
            if stated not in (self.header["QN"], "", None):
                return False
            self._answered(code, segment, now)
            return True
        # Of 2005 an answer may be without a number; what is read or done on request comes for no other reason.
        answers = stated == self.header["QN"] or (not stated and code[:1] in ("1", "3"))
        if code != self.code or not (answers or self._within(segment)):
            return False
        self.frames += 1
        if answers:
            self.found.update({item.name: item.value or "" for item in segment.items or ()})
        if self.state == ACCEPTED:
            self.deadline = now + self.timing.result
        return True

    def _answered(self, code: str, segment: Segment, now: float) -> None:
        if code == "9013":
            self.state = DONE
        elif code == "9011":
            said = self.said["QnRtn"] = (segment.values("QnRtn") or [""])[0] or ""
            self.state = ACCEPTED if said == READY else REFUSED
            self.deadline = now + self.timing.result
        else:
            said = self.said["ExeRtn"] = (segment.values("ExeRtn") or [""])[0] or ""
            self.state = DONE if said in (SUCCESS, NO_DATA) else FAILED
            self.reason = "" if self.state == DONE else "execution"

    def _within(self, segment: Segment) -> bool:
        """Whether the data lie in the span that was asked for."""
        begin, end = self.values.get("BeginTime"), self.values.get("EndTime")
        time = (segment.values("DataTime") or [""])[0] or ""
        return bool(begin and end and begin[:14] <= time[:14] <= end[:14])


def _parts(code: str, values: Mapping[str, str], year: str) -> list[list[tuple[str, str]]]:
    """CP as the edition writes it: the values of one factor are one project.

    A pollutant given several times is a project each time; times that may be repeated belong to the one before.
    """
    order = orders(year)[code]
    parts: dict[str, list[tuple[str, str]]] = {}
    for name, value in values.items():
        told = _FORMER.get((code, name), name) if year == "2005" else name
        factor, dash, _ = name.partition("-")
        for number, one in enumerate(order.told(name, value)):
            key = factor if dash else f"{name}={number}"
            if name in order.repeated and name != order.possible[0] and parts:
                key = next(reversed(parts))
            parts.setdefault(key, []).append((told, one))
    return list(parts.values())
