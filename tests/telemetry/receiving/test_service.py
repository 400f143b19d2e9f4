"""The service as a listener of another kind uses it."""

from __future__ import annotations

import asyncio
from pathlib import Path

from duheng.telemetry import devices, verdicts
from duheng.telemetry.devices import Device
from duheng.telemetry.receiving.limits import Limits
from duheng.telemetry.receiving.service import Service
from duheng.telemetry.segments import METER, NOTE, read


def test_a_message_is_durable_when_store_returns(tmp_path: Path) -> None:
    async def both() -> None:
        service = Service(tmp_path, Limits())
        await asyncio.gather(
            service.store(METER, verdicts.STORED, "192.0.2.1:5", b'{"a": 1}'),
            service.store(METER, verdicts.PASSWORD, "192.0.2.1:5", b"{}"),
        )
        found = [one for one in read(tmp_path / "telemetry/segments") if one.kind != NOTE]
        assert [(one.verdict, one.peer, one.payload) for one in found] == [
            (verdicts.STORED, "192.0.2.1:5", b'{"a": 1}'),
            (verdicts.PASSWORD, "192.0.2.1:5", b"{}"),
        ]
        assert (service.counts.received, service.counts.stored, service.counts.refused) == (2, 1, 1)
        service.close()

    asyncio.run(both())


def test_a_broken_file_of_devices_shuts_nobody_out_and_is_said(tmp_path: Path) -> None:
    async def spoil() -> None:
        devices.save(tmp_path, [Device("A", password="1")])
        service = Service(tmp_path, Limits())
        devices.path(tmp_path).write_bytes("mn,title\nA,排口\n".encode("gb18030"))
        service.tend()
        assert list(service.devices.by_mn) == ["A"]
        assert "UTF-8" in service.devices.findings[0].text
        devices.save(tmp_path, [])
        service.tend()
        assert list(service.devices.by_mn) == []
        service.close()

    asyncio.run(spoil())


def test_who_no_longer_waits_is_not_missed(tmp_path: Path) -> None:
    async def leave() -> None:
        service = Service(tmp_path, Limits())
        waiting = asyncio.create_task(service.store(METER, verdicts.STORED, "", b"{}"))
        await asyncio.sleep(0)
        waiting.cancel()
        await asyncio.wait([waiting])
        service.close()
        await asyncio.sleep(0)

    asyncio.run(leave())
    assert [one.payload for one in read(tmp_path / "telemetry/segments") if one.kind == METER] == [b"{}"]
