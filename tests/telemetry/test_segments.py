"""Segments: what is durable is read back in order, whatever the disk, the clock or a crash did."""

from __future__ import annotations

import os
import random
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from duheng.telemetry import segments
from duheng.telemetry.segments import DAMAGED, FRAME, AlreadyOpen, Writer, packed, read

NOON = 1_767_240_000.0  # 2026-01-01 12:00 in Beijing


def stored(writer: Writer, *payloads: bytes) -> None:
    """Put them and wait until they are durable."""
    done = threading.Event()
    writer.put([packed(FRAME, 0, 1, b"192.0.2.1", payload) for payload in payloads], done.set)
    assert done.wait(20)


def payloads(folder: Path) -> list[bytes]:
    return [record.payload for record in read(folder)]


@pytest.fixture
def writer(tmp_path: Path) -> Iterator[Writer]:
    with closing(Writer(tmp_path, clock=lambda: NOON)) as one:
        yield one


def newest(folder: Path) -> Path:
    return folder / f"{segments.names(folder)[-1]}.seg"


def test_a_record_comes_back_as_it_was_put(writer: Writer) -> None:
    done = threading.Event()
    writer.put([packed(FRAME, 7, 1_767_240_000_123_456, b"[2001:db8::1]:9", b"##\r\n\x00")], done.set)
    assert done.wait(20)
    (record,) = read(writer.folder)
    assert record[3:] == (FRAME, 7, 1_767_240_000_123_456, "[2001:db8::1]:9", b"##\r\n\x00")
    assert record.segment == "2026-01-01/120000-00000001"


def test_reading_goes_on_from_where_it_ended(writer: Writer) -> None:
    stored(writer, b"a", b"b")
    first, second = read(writer.folder)
    stored(writer, b"c")
    assert [one.payload for one in read(writer.folder, first.segment, first.end)] == [b"b", b"c"]
    assert [one.payload for one in read(writer.folder, second.segment, second.end)] == [b"c"]


def test_many_batches_share_one_sync(writer: Writer) -> None:
    left = threading.Semaphore(0)
    for number in range(2000):
        writer.put([packed(FRAME, 0, 0, b"", b"%d" % number)], left.release)
    assert all(left.acquire(timeout=20) for _ in range(2000))
    assert payloads(writer.folder) == [b"%d" % number for number in range(2000)]
    assert writer.state.records == 2000
    assert writer.state.syncs < 1000
    assert writer.state.waiting == 0


def test_a_full_segment_is_followed_by_another(tmp_path: Path) -> None:
    with closing(Writer(tmp_path, longest=100)) as writer:
        for number in range(10):
            stored(writer, b"%d" % number * 60)
    assert len(segments.names(tmp_path)) == 5
    assert payloads(tmp_path) == [b"%d" % number * 60 for number in range(10)]


def test_order_is_that_of_writing_when_the_clock_jumps_back(tmp_path: Path) -> None:
    times = [NOON, NOON + 90_000, 0.0, NOON]
    with closing(Writer(tmp_path, clock=lambda: times[0])) as writer:
        for payload in (b"first", b"next day", b"1970", b"today"):
            stored(writer, payload)
            times.pop(0) if len(times) > 1 else None
    assert payloads(tmp_path) == [b"first", b"next day", b"1970", b"today"]
    assert [name[:10] for name in segments.names(tmp_path)] == [
        "2026-01-01",
        "2026-01-02",
        "1970-01-01",
        "2026-01-01",
    ]


def test_numbers_go_on_after_a_restart(tmp_path: Path) -> None:
    for payload in (b"before", b"after"):
        with closing(Writer(tmp_path, clock=lambda: NOON)) as writer:
            stored(writer, payload)
    assert [name[-8:] for name in segments.names(tmp_path)] == ["00000001", "00000002"]


@pytest.mark.parametrize("cut", range(1, 40))
def test_a_torn_tail_is_kept_and_cut_off(tmp_path: Path, cut: int) -> None:
    with closing(Writer(tmp_path)) as writer:
        stored(writer, b"whole", b"torn by the crash")
    path = newest(tmp_path)
    whole = path.read_bytes()
    path.write_bytes(whole[:-cut])
    with closing(Writer(tmp_path)) as writer:
        assert writer.torn is not None
        stored(writer, b"new")
    end = 22 + len("192.0.2.1whole")
    assert writer.torn.kept.read_bytes() == whole[end:-cut]
    assert path.read_bytes() == whole[:end]
    assert payloads(tmp_path) == [b"whole", b"new"]


def test_a_whole_end_is_not_torn(tmp_path: Path) -> None:
    with closing(Writer(tmp_path)) as writer:
        stored(writer, b"whole")
    assert segments.set_torn_aside(tmp_path) is None


def test_damage_in_the_middle_is_shown_and_the_rest_read(tmp_path: Path) -> None:
    with closing(Writer(tmp_path)) as writer:
        stored(writer, b"before", b"damaged", b"after")
    path = newest(tmp_path)
    path.write_bytes(path.read_bytes().replace(b"damaged", b"dXmaged"))
    before, damaged, after = read(tmp_path)
    assert (before.payload, after.payload) == (b"before", b"after")
    assert damaged.kind == DAMAGED
    assert damaged.payload.endswith(b"dXmaged")


def test_whatever_the_bytes_reading_ends_and_loses_none(tmp_path: Path) -> None:
    chance = random.Random(5)
    with closing(Writer(tmp_path)) as writer:
        stored(writer, *(chance.randbytes(chance.randrange(60)) for _ in range(40)))
    path = newest(tmp_path)
    whole = path.read_bytes()
    (tmp_path / "2999-01-01").mkdir()
    (tmp_path / "2999-01-01/000000-00000009.seg").write_bytes(b"")
    for _ in range(200):
        broken = bytearray(whole)
        for _ in range(chance.randrange(1, 5)):
            broken[chance.randrange(len(broken))] = chance.randrange(256)
        path.write_bytes(broken)
        places = [(record.offset, record.end) for record in read(tmp_path)]
        assert [start for start, _ in places] == [0, *(end for _, end in places[:-1])]
        assert places[-1][1] == len(whole)


def test_only_one_may_write(writer: Writer) -> None:
    with pytest.raises(AlreadyOpen, match="应只有一个"):
        Writer(writer.folder)


def refusing(monkeypatch: pytest.MonkeyPatch, name: str) -> Callable[[], None]:
    """The disk refuses `name` to the writer until the returned function is called."""
    full = OSError(28, "No space left on device")
    right, refused = getattr(os, name), [True]

    def call(*given: int) -> int:
        if refused and threading.current_thread().name == "segments":
            raise full
        return int(right(*given) or 0)

    monkeypatch.setattr(os, name, call)
    return refused.clear


@pytest.mark.parametrize("call", ["write", "fdatasync", "ftruncate"])
def test_nothing_is_durable_while_the_disk_is_full_and_all_of_it_afterwards(
    writer: Writer, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    stored(writer, b"before")
    let_go = [refusing(monkeypatch, name) for name in {"fdatasync", call}]
    done = threading.Event()
    writer.put([packed(FRAME, 0, 0, b"", b"meanwhile")], done.set)
    assert not done.wait(0.7)
    assert "No space left" in writer.state.trouble
    assert writer.state.waiting > 0
    for one in let_go:
        one()
    assert done.wait(20)
    assert writer.state.trouble == ""
    assert [record.payload for record in read(writer.folder) if record.kind == FRAME][-1] == b"meanwhile"


def test_what_the_disk_never_took_is_given_up_at_the_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer = Writer(tmp_path)
    refusing(monkeypatch, "write")
    done = threading.Event()
    writer.put([packed(FRAME, 0, 0, b"", b"lost")], done.set)
    writer.close()
    assert not done.is_set()
    assert payloads(tmp_path) == []
