"""What became of a request to a device, in words: what happened, when by the clock of Beijing, what to do next.

The result of a request (`requests.result`) keeps codes and seconds since 1970 for programs; this says the same to
people.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from duheng.model import data

from . import devices
from .hj212.dialogue import orders
from .receiving import state as receiver

BEIJING = timezone(timedelta(hours=8))
SILENT = 30.0  # [s] after which the receiver's last word is an old one

_STATES = {
    "queued": "等待下发",
    "sent": "已下发，等待现场机应答",
    "accepted": "现场机已接受，正在执行",
    "done": "执行成功",
    "refused": "现场机拒绝执行",
    "failed": "没有完成",
}
# Reason of `desk` and `dialogue`: what happened, what to do.
_REASONS = {
    "no_answer": (
        "现场机没有应答，已按标准重发",
        "请核对该设备是否支持这条命令、登记的密码（PW）和系统编码（ST）是否与设备一致，再重新下发",
    ),
    "no_result": (
        "现场机接受了请求，但没有报告执行结果",
        "设备可能已经执行：请先读取（如clock-read、interval-read）核对，再决定是否重新下发",
    ),
    "unknown_mn": (
        "设备未登记",
        "请核对MN（duheng devices list），或先登记：duheng devices add MN；未登记却在上传的见duheng devices knocking",
    ),
    "not_connected": ("设备在24小时内没有连接，命令已作废", "请检查设备的网络和上传地址，连上后重新下发"),
    "interrupted": (
        "接收程序在下发之后、得到结果之前停止，不知道设备做了什么",
        "请先读取（如clock-read、interval-read）核对设备的现状，再决定是否重新下发",
    ),
    "execution": ("现场机执行失败", "请按执行结果处理后重新下发"),
}
_REMEDIES = {  # of QnRtn
    "3": "请核对登记的密码与设备的一致（duheng devices add MN 重新登记）",
    "4": "请核对设备中设置的MN",
    "5": "请核对登记的系统编码（--st）",
    "8": "设备不支持这条命令，请改用设备支持的命令或在现场操作",
}
_WAIT = "命令保留24小时，设备连上后自动下发；结果届时写在{file}"


def worded(home: Path, id: str, said: Mapping[str, Any] | None, mn: str) -> dict[str, Any]:
    """The result with words before it.

    Columns added: said (what happened), next (what to do; absent where nothing is), asked, ended (Beijing time). said
    is None where the receiver has written nothing. Raises OSError.
    """
    happened, remedy = _waiting(home, id, mn) if said is None else _happened(said)
    found: dict[str, Any] = {"id": id, "said": happened}
    if remedy:
        found["next"] = remedy
    for name, key in (("asked", "since"), ("finished", "ended")):
        if said and isinstance(said.get(key), int | float):
            found[name] = local(said[key])
    return found | dict(said or {"state": "queued"})


def local(moment: float) -> str:
    """Seconds since 1970 as Beijing time."""
    return f"{datetime.fromtimestamp(moment, UTC).astimezone(BEIJING):%Y-%m-%d %H:%M:%S}（北京时间）"


def _waiting(home: Path, id: str, mn: str) -> tuple[str, str]:
    """Why nothing has become of a request so far."""
    file = home / "telemetry" / "requests" / f"{id}.result.json"
    now, wait = receiver.read(home), _WAIT.format(file=file)
    if not now.get("running") or time.time() - float(now.get("at", 0)) > SILENT:
        remedy = "请启动duheng receive --hj212 端口（DUHENG_HOME相同）。" + wait
        return f"尚未下发：接收程序没有在{home}上运行", remedy
    if mn not in devices.load(home).by_mn:
        return "尚未下发：" + _REASONS["unknown_mn"][0], _REASONS["unknown_mn"][1]
    return (
        f"尚未下发：设备{mn}没有连接，或接收程序启动以来没有收到它的报文，或它前面还有命令",
        "请检查设备的网络和上传地址。" + wait,
    )


def _happened(said: Mapping[str, Any]) -> tuple[str, str]:
    state, reason = str(said.get("state", "")), str(said.get("reason", ""))
    happened, remedy = _STATES.get(state, state), ""
    if state == "failed":
        kind, _, detail = reason.partition(": ")
        if kind == "unreadable":
            happened = f"请求文件不能读（{detail}）"
            remedy = "请按docs/operation.md第7节改写后重新放入"
        else:  # what `troubles` says is Chinese already
            happened, remedy = _REASONS.get(reason, (reason, "请改正后重新下发"))
        if reason == "no_answer":
            happened += f"，共发{said.get('sends', 0)}次"
    for field in ("QnRtn", "ExeRtn"):
        if code := str(said.get(field, "")):
            happened += f"；{_RETURNS[field]}{field}={code}（{_meaning(field, code)}）"
    happened += _foreign(str(said.get("code", "")), str(said.get("edition", "")))
    if state == "refused":
        remedy = _REMEDIES.get(str(said.get("QnRtn", "")), "请核对设备的状态和设置后重新下发")
    elif state in ("sent", "accepted"):
        remedy = "还没有结果：请稍后看结果文件，或以更长的--wait重新等待"
    elif state == "done" and said.get("frames"):
        happened += f"；收到数据报文{said['frames']}个"
    return happened, remedy


def _foreign(code: str, year: str) -> str:
    """That the edition of the device does not have the command. Of 2025 nobody here has the text."""
    order = orders(year).get(code) if year in ("2005", "2017") else None
    if order is None or year in order.editions:
        return ""
    return f"；命令{code}（{order.title}）不在该设备所用的{year}版中，只见于{'、'.join(order.editions)}版"


_RETURNS = {"QnRtn": "请求应答", "ExeRtn": "执行结果"}


def _meaning(kind: str, code: str) -> str:
    rows = data.read_rows(data.root() / "hj212" / "flags.csv")
    return next((row["name_zh"] for row in rows if (row["kind"], row["code"]) == (kind, code)), "标准中没有")
