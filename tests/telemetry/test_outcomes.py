"""What became of a request, in words: what happened, when in Beijing, what to do."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from duheng import settings
from duheng.cli import app
from duheng.telemetry import devices
from duheng.telemetry.devices import Device
from duheng.telemetry.outcomes import worded
from duheng.telemetry.receiving import state

MN = "010000A8900016F000169DC0"


@pytest.mark.parametrize(
    ("said", "happened", "remedy"),
    [
        ({"state": "failed", "reason": "no_answer", "sends": 4}, "没有应答，已按标准重发，共发4次", "密码"),
        ({"state": "failed", "reason": "no_result", "QnRtn": "1"}, "QnRtn=1（准备执行请求）", "核对"),
        ({"state": "failed", "reason": "unknown_mn"}, "设备未登记", "duheng devices add"),
        ({"state": "failed", "reason": "not_connected"}, "24小时内没有连接", "网络"),
        ({"state": "failed", "reason": "interrupted"}, "不知道设备做了什么", "clock-read"),
        ({"state": "failed", "reason": "execution", "ExeRtn": "5"}, "ExeRtn=5（系统繁忙不能执行）", "处理"),
        ({"state": "failed", "reason": "unreadable: 应为对象"}, "请求文件不能读（应为对象）", "第7节"),
        ({"state": "failed", "reason": "PolId：没有给出"}, "PolId：没有给出", "改正"),
        ({"state": "refused", "QnRtn": "8"}, "拒绝执行；请求应答QnRtn=8（CN 错误）", "不支持"),
        ({"state": "refused", "QnRtn": "77"}, "QnRtn=77（标准中没有）", "设置"),
        ({"state": "accepted", "QnRtn": "1"}, "正在执行", "稍后"),
    ],
)
def test_each_end_is_said_with_what_to_do(
    tmp_path: Path, said: dict[str, Any], happened: str, remedy: str
) -> None:
    found = worded(tmp_path, "1", said, MN)
    assert happened in found["said"]
    assert remedy in found["next"]
    assert said.items() <= found.items()


def test_times_are_those_of_beijing_beside_the_machines(tmp_path: Path) -> None:
    said = {
        "state": "done",
        "QnRtn": "1",
        "ExeRtn": "1",
        "frames": 3,
        "since": 1767196800.5,
        "ended": 1767196801,
    }
    found = worded(tmp_path, "1", said, MN)
    assert (found["asked"], found["finished"]) == (
        "2026-01-01 00:00:00（北京时间）",
        "2026-01-01 00:00:01（北京时间）",
    )
    assert found["since"] == 1767196800.5
    assert "执行成功" in found["said"]
    assert "数据报文3个" in found["said"]
    assert "next" not in found


def test_why_nothing_has_become_of_it(tmp_path: Path) -> None:
    (tmp_path / "telemetry").mkdir()
    assert "接收程序没有在" in worded(tmp_path, "1", None, MN)["said"]
    state.write(tmp_path, {"running": True, "at": time.time()})
    assert "设备未登记" in worded(tmp_path, "1", None, MN)["said"]
    devices.save(tmp_path, [Device(MN)])
    found = worded(tmp_path, "1", None, MN)
    assert f"设备{MN}没有连接" in found["said"]
    assert "命令保留24小时" in found["next"]
    assert found["state"] == "queued"


def test_the_command_says_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "DUHENG_HOME", tmp_path)
    done = CliRunner().invoke(app, ["request", MN, "clock-read", "--wait", "0"])
    assert "尚未下发" in json.loads(done.stdout)["said"]
    for values in (["PolId=a", "PolId=b"], ["PolId"]):
        twice = CliRunner().invoke(app, ["request", MN, "3011", *values, "--wait", "0"])
        assert twice.exit_code != 0
