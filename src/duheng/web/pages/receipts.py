"""The receipts balance: received = stored + refused with reasons, by device and hour; who knocks; registering it.

The page never shows a password: a new one is shown once, to the administrator who registers the device.
"""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any

import polars as pl
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect

from duheng import ledger
from duheng.model.errors import DuhengError
from duheng.telemetry import devices, gathering
from duheng.telemetry.devices import Device
from duheng.telemetry.meters import gateways
from duheng.telemetry.receipts import OTHERS, receipts
from duheng.telemetry.receiving import state as receiver
from duheng.telemetry.verdicts import VERDICTS
from duheng.telemetry.watching.live import now
from duheng.telemetry.watching.signs import device_title
from duheng.web import roles
from duheng.web.errors import BadAddress
from duheng.web.monitoring import device_href, scenarios
from duheng.web.page import Ask, Page
from duheng.web.store import home
from duheng.web.tables import Cell, Column, Table
from duheng.web.words import SHANGHAI

SHOWN = 600
MADE_UP = "192.0.2."
QUIET = timedelta(seconds=30)  # after which the receiver's last word is an old one
KINDS = {
    "frame": "HJ 212报文",
    "fragment": "不成报文的字节",
    "meter": "表计报文（HTTPS）",
    "mqtt": "表计报文（MQTT）",
    "counted": "拒收过多，只计数、未留原文",
}
TITLES = {one.name: one.title for one in VERDICTS.values()}


def show(ask: Ask) -> Page | HttpResponse:
    """The balance of a day; an administrator registers who knocks."""
    roles.demand(ask.user, roles.SEE_CONFIDENTIAL)
    if ask.request.method == "POST":
        return _enrol(ask)
    words, day = ask.words, _day(ask)
    known = devices.load(home())
    everything = receipts(home()).filter(pl.col("hour").dt.date() == day)
    mine = _of_scenario(ask, everything, {**_gateways(), **known.by_mn})
    strange = _strangers(mine, known.by_mn)
    told = Receiver.asked()
    tables = _tables(ask, mine, everything, known.by_mn)
    sums, in_all = _sums(mine), _sums(everything)
    return Page(
        "receipts.html",
        words("收讫平衡"),
        {
            "day": day,
            **sums,
            "everything": in_all,
            "receiver": {**asdict(told), "difference": told.difference},
            **{table.name: table.records() for table in tables},
        },
        {
            "day": day,
            **sums,
            "in_all": in_all,
            "told": told,
            "strange": strange["mn"].to_list(),
            "judged": told.judged,
            "findings": known.findings,
            "places": _places(ask),
            "may_enrol": roles.may(ask.user, roles.MANAGE_DEVICES),
        },
        tables=tables,
    )


def _tables(
    ask: Ask, mine: pl.DataFrame, everything: pl.DataFrame, by_mn: Mapping[str, Device]
) -> tuple[Table, ...]:
    senders = {**_gateways(), **by_mn}
    return (
        kinds_table(ask, mine, everything),
        hours_table(ask, mine, senders, by_mn),
        reasons_table(ask, mine),
        knocks_table(ask, _strangers(mine, senders)),
        unfit_table(ask, {**senders, **_series()}),
    )


def _sums(found: pl.DataFrame) -> dict[str, int]:
    """received, stored, refused."""
    received, stored = int(found["frames"].sum()), int(found.filter("stored")["frames"].sum())
    return {"received": received, "stored": stored, "refused": received - stored}


def _gateways() -> dict[str, Device]:
    """The gateways of meters by what their messages name them."""
    return {
        one.device: Device(one.device, one.title or one.enterprise, one.entity)
        for one in gateways.load(home())
        if one.device
    }


def _series() -> dict[str, Device]:
    """The gateways of meters by the enterprise that the series of their readings are named by."""
    return {one.enterprise: Device(one.enterprise, one.title, one.entity) for one in gateways.load(home())}


def _of_scenario(ask: Ask, found: pl.DataFrame, known: Mapping[str, Device]) -> pl.DataFrame:
    """The rows of the scenario's devices and gateways, and of strangers.

    A stranger belongs to the drill where it came from the network that only examples have (RFC 5737).
    """
    mine = list(scenarios(known.values(), ask.selection.scenario))
    strange = ~pl.col("mn").is_in(list(known))
    made_up = pl.col("peer").str.starts_with(MADE_UP)
    return found.filter(pl.col("mn").is_in(mine) | (strange & (made_up == ask.selection.drill)))


@dataclass(frozen=True)
class Receiver:
    """What the receiver says of itself since its start: whether it runs, when it said so, its counts, its trouble."""

    running: bool
    at: datetime | None
    connections: int
    received: int
    stored: int
    refused: int
    trouble: str

    @classmethod
    def asked(cls) -> Receiver:
        """What it said last. Raises OSError."""
        said = receiver.read(home())
        at, counts = said.get("at"), said.get("counts", {})
        return cls(
            bool(said.get("running")),
            datetime.fromtimestamp(at, SHANGHAI) if at else None,
            int(said.get("connections", 0)),
            int(counts.get("received", 0)),
            int(counts.get("stored", 0)),
            int(counts.get("refused", 0)),
            str(said.get("store", {}).get("trouble", "")),
        )

    @property
    def difference(self) -> int:
        """Received less stored less refused; nought where it keeps its books."""
        return self.received - self.stored - self.refused

    @property
    def judged(self) -> tuple[int, str]:
        """Light and word."""
        if self.at is None:
            return 0, "接收端从未运行"
        if self.trouble:
            return 1, "接收端不能写入磁盘，已停止应答"
        if self.difference:
            return 1, "不平衡，请核对段文件"
        if not self.running or datetime.now(SHANGHAI) - self.at > QUIET:
            return 2, "接收端没有运行"
        return 3, "平衡：收到的都已入段或有拒收原因"


def _strangers(found: pl.DataFrame, known: Mapping[str, Device]) -> pl.DataFrame:
    """Unregistered devices that sent on the day: mn, frames, first, last, peer; the busiest first."""
    strange = pl.col("verdict") == "unknown_mn"
    return (
        found.filter(strange, ~pl.col("mn").is_in([*known, "", OTHERS]))
        .sort("last")
        .group_by("mn")
        .agg(pl.sum("frames"), pl.min("first"), pl.max("last"), pl.last("peer"))
        .sort("frames", "mn", descending=[True, False])
    )


def _day(ask: Ask) -> date:
    asked = ask.request.GET.get("day", "")
    if not asked:
        return now().date()
    try:
        return date.fromisoformat(asked)
    except ValueError:
        raise BadAddress("day", asked, "形如 2026-01-31 的日期") from None


def kinds_table(ask: Ask, mine: pl.DataFrame, everything: pl.DataFrame) -> Table:
    """Received, stored, refused by kind: of this scenario, and received of all."""
    words = ask.words
    columns = [
        Column("kind", words("种类"), width=30),
        Column("received", words("收到"), number=True),
        Column("stored", words("已存"), number=True),
        Column("refused", words("拒收"), number=True),
        Column("everything", words("两种情景合计收到"), number=True),
    ]
    met = [name for name in KINDS if everything.filter(kind=name).height]
    rows = []
    for name in [*met, *sorted(set(everything["kind"]) - set(KINDS))]:
        counts = (*_sums(mine.filter(kind=name)).values(), _sums(everything.filter(kind=name))["received"])
        rows.append([Cell(words(KINDS.get(name, name))), *(Cell(str(n)) for n in counts)])
    note = words("平衡计入收到的一切。读不出设备标识的（如表计注册报文）按来源地址归入情景。")
    return Table("kinds", words("各类来源"), columns, rows, note, words("这一天没有收到任何报文。"))


def hours_table(
    ask: Ask, found: pl.DataFrame, senders: Mapping[str, Device], by_mn: Mapping[str, Device]
) -> Table:
    """Received, stored, refused by sender and hour, newest hour first. by_mn: those that have a page."""
    words = ask.words
    columns = [
        Column("hour", words("到达时段"), width=16),
        Column("device", words("设备"), width=30),
        Column("received", words("收到"), number=True),
        Column("stored", words("已存"), number=True),
        Column("refused", words("拒收"), number=True),
        Column("reasons", words("拒收原因"), width=50),
        Column("mn", words("设备标识MN"), width=30),
    ]
    sums = found.group_by("hour", "mn").agg(
        received=pl.sum("frames"),
        stored=pl.col("frames").filter("stored").sum(),
        why=pl.struct("verdict", "frames").filter(~pl.col("stored")),
    )
    rows = []
    for row in sums.sort("hour", "mn", descending=[True, False]).head(SHOWN).iter_rows(named=True):
        why = words.join(f"{words(TITLES[name])} {count}" for name, count in _reasons(row["why"]).items())
        href = device_href(ask, row["mn"]) if row["mn"] in by_mn else ""
        rows.append(
            [
                Cell(f"{row['hour']:%m-%d %H}:00"),
                Cell(_title(ask, senders, row["mn"]), href=href),
                *(Cell(str(n)) for n in (row["received"], row["stored"], row["received"] - row["stored"])),
                Cell(why or "—"),
                Cell("—" if row["mn"] in ("", OTHERS) else row["mn"]),
            ]
        )
    note = (
        words("还有 {n} 行，请用命令 duheng receive --receipts 查看。", n=sums.height - SHOWN)
        if sums.height > SHOWN
        else ""
    )
    return Table("hours", words("各设备各小时收讫"), columns, rows, note, words("这一天没有收到任何报文。"))


def _reasons(why: Sequence[Mapping[str, Any]]) -> Counter[str]:
    """How many by verdict, over all kinds."""
    found: Counter[str] = Counter()
    for one in why:
        found[one["verdict"]] += one["frames"]
    return found


def _title(ask: Ask, by_mn: Mapping[str, Device], mn: str) -> str:
    if mn == OTHERS:
        return ask.words("其余未登记的设备")
    return device_title(by_mn, mn) if mn else ask.words("读不出设备标识")


def reasons_table(ask: Ask, found: pl.DataFrame) -> Table:
    """How often each decision was made."""
    words = ask.words
    columns = [Column("verdict", words("判定"), width=40), Column("count", words("报文数"), number=True)]
    sums = (
        found.group_by("verdict", "stored")
        .agg(pl.sum("frames"))
        .sort("stored", "verdict", descending=[True, False])
    )
    rows = [[Cell(words(TITLES[name])), Cell(str(count))] for name, _, count in sums.iter_rows()]
    return Table("verdicts", words("判定"), columns, rows, empty=words("这一天没有收到任何报文。"))


def knocks_table(ask: Ask, strange: pl.DataFrame) -> Table:
    """Unregistered devices that sent."""
    words = ask.words
    columns = [
        Column("mn", words("设备标识MN"), width=30),
        Column("count", words("报文数"), number=True),
        Column("first", words("首次"), width=18),
        Column("last", words("最近"), width=18),
        Column("peer", words("来源地址"), width=24),
    ]
    rows = [
        [
            Cell(row["mn"]),
            Cell(str(row["frames"])),
            Cell(words.moment(row["first"])),
            Cell(words.moment(row["last"])),
            Cell(row["peer"]),
        ]
        for row in strange.iter_rows(named=True)
    ]
    return Table("knocking", words("谁在敲门"), columns, rows, empty=words("没有未登记的设备在发送。"))


def unfit_table(ask: Ask, senders: Mapping[str, Device], mn: str = "") -> Table:
    """Items of stored messages that became no reading, since the archive began: of a scenario, or of one device."""
    words, found = ask.words, gathering.saved(home())
    columns = [
        Column("device", words("设备"), width=30),
        Column("item", words("数据项"), width=24),
        Column("count", words("次数"), number=True),
        Column("last", words("最近一次的值"), width=24),
    ]
    mine = scenarios(senders.values(), ask.selection.scenario)
    rows = []
    for own, item, count, last in found.unfit.rows():
        sender = own if own in senders else own.rsplit("-", 2)[0]  # of a meter: enterprise-code-period
        if own == mn or (not mn and (sender in mine or (sender not in senders and not ask.selection.drill))):
            title = _title(ask, senders, sender)
            rows.append(
                [Cell(title), Cell(item or words("没有等号的文字")), Cell(str(count)), Cell(last or "—")]
            )
    said = words.join(f"{words(reason)} {count}" for reason, count in found.left.items() if count)
    note = words("报文已存，这些数据项没有对应的列或不是数，不成读数；原文在段文件里。自建档以来累计。")
    if said and not mn:
        note += words("全部设备未成读数的：{said}。", said=said)
    return Table("unfit", words("未归入读数的数据项"), columns, rows, note, words("没有这样的数据项。"))


def _places(ask: Ask) -> list[tuple[str, str]]:
    kinds = ("enterprise", "sewage_plant", "outlet", "air_station", "industrial_park")
    found = [(one.id, ask.words.name(one)) for one in ask.city.places if one.kind in kinds]
    return sorted(found, key=lambda one: one[1])


def _enrol(ask: Ask) -> HttpResponse:
    """Register a device that knocks; its password stays what it sends where the administrator so chooses."""
    roles.demand(ask.user, roles.MANAGE_DEVICES)
    words, sent = ask.words, ask.request.POST
    mn, entity = sent.get("mn", "").strip(), sent.get("entity", "").strip()
    back = HttpResponseRedirect(f"/monitor/receipts{ask.selection.context()}")
    if entity and entity not in ask.city.places:
        raise BadAddress("entity", entity, "名册中的主体编号")
    password = sent.get("password", "").strip() or (devices.ANY if sent.get("any") else "")
    shown = ""
    if not password:
        password = shown = f"{secrets.randbelow(1_000_000):06d}"
    device = Device(
        mn, sent.get("title", "").strip()[:100], entity, entity, sent.get("st", "").strip(), password
    )
    try:
        new = devices.add(home(), device)
    except DuhengError as refused:
        messages.error(ask.request, words(str(refused)))
        return back
    detail = {
        "title": device.title,
        "entity": entity,
        "st": device.st,
        "any_password": password == devices.ANY,
    }
    ledger.audit(ask.user.get_username(), "device-add" if new else "device-replace", mn, detail)
    said = words("已登记 {mn}。接收端会在一秒内启用，不需重启。", mn=mn)
    if shown:
        said += " " + words("设备密码（只显示这一次）：{password}", password=shown)
    messages.success(ask.request, said)
    return back
