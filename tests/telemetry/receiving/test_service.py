"""The service as a listener of another kind uses it."""

from __future__ import annotations

import asyncio
from pathlib import Path

from duheng.telemetry import verdicts
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
