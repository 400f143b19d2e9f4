"""Backup and restore: one file for both databases, made while others write, checked before it counts."""

from __future__ import annotations

import json
import random
import re
import stat
import threading
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.core.signals import request_started
from django.db import connections

from duheng import ledger
from duheng.model.errors import DuhengError, UnreadableSource
from soak import writers
from tests.ledger.conftest import BOTH, connected, document, new, rows_of, tamper
from tests.ledger.test_many_writers import environment

Place = Callable[[str], tuple[str, Path]]
both = pytest.mark.parametrize("database", BOTH, indirect=True)


@pytest.fixture
def kept(database: tuple[str, Path], tmp_path: Path) -> Path:
    """A backup of a ledger with facts, audit entries, accounts and a document."""
    ledger.append([new(str(year), period=str(year)) for year in range(2011, 2021)], document(), "甲")
    ledger.append([new("5", period="2011")], document("更正.xlsx", "d2"), "乙")
    ledger.audit("甲", "import", "能源平衡表2023.xlsx", "“引号”\n")
    reporter = User.objects.create_user("张三", password="correct horse battery staple")
    reporter.groups.add(Group.objects.create(name="填报人"))
    reporter.user_permissions.add(Permission.objects.order_by("pk")[0])
    (database[1] / "documents" / "ab").mkdir(parents=True)
    (database[1] / "documents" / "ab" / "能源平衡表2023.xlsx").write_bytes(b"\x00\xff 420.1")
    file = tmp_path / "backups" / "duheng.zip"
    assert ledger.backup(file) == ledger.head()
    return file


def everything() -> list[list[tuple[object, ...]]]:
    """All rows of the append-only tables."""
    found = []
    with connections["default"].cursor() as cursor:
        for table, key in (("ledger_source", "id"), ("ledger_fact", "seq"), ("ledger_audit", "seq")):
            cursor.execute(f"SELECT hash, algorithm FROM {table} ORDER BY {key}")
            found.append(cursor.fetchall())
    return found


@both
@pytest.mark.parametrize("target", BOTH)
def test_a_backup_of_either_database_restores_into_either(kept: Path, place: Place, target: str) -> None:
    before, head = everything(), ledger.head()
    url, home = place(target)
    with connected(url, home):
        ledger.setup()
        User.objects.create_user("demo", password="of a first start")
        assert ledger.restore(kept) == ledger.head() == head
        assert everything() == before
        assert ledger.verify([head.hash]) == []
        assert ledger.trail()[0].detail == "“引号”\n"
        (account,) = User.objects.all()
        assert account.check_password("correct horse battery staple")
        assert [group.name for group in account.groups.all()] == ["填报人"]
        assert account.user_permissions.count() == 1
        assert (home / "documents/ab/能源平衡表2023.xlsx").read_bytes() == b"\x00\xff 420.1"
        User.objects.create_user("李四")
        assert ledger.append([new("6", period="2011")], document(), "甲").first_seq == 12
        assert ledger.verify() == []


@both
def test_a_backup_made_while_others_write_is_one_moment_of_a_whole_chain(
    database: tuple[str, Path], place: Place, tmp_path: Path
) -> None:
    others = [writers.writer(environment(database)) for _ in range(2)]
    try:
        writers.begin(others, seed=1)
        heads = [ledger.backup(tmp_path / f"{n}.zip") for n in range(3)]
    finally:
        writers.end(others)
    assert heads[0].seq < heads[2].seq < ledger.head().seq
    for n, head in enumerate(heads):
        with connected(*place("sqlite")):
            ledger.setup()
            assert ledger.restore(tmp_path / f"{n}.zip") == head
            assert writers.damage([]) == {"findings": 0, "lost": 0, "torn": 0}


def test_a_backup_is_for_its_owners_eyes_and_overwrites_nothing(kept: Path) -> None:
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    before = kept.read_bytes()
    with pytest.raises(DuhengError, match="已存在"):
        ledger.backup(kept)
    assert kept.read_bytes() == before
    assert [one.name for one in kept.parent.iterdir()] == ["duheng.zip"]


def test_a_backup_holds_neither_sessions_nor_the_secret(kept: Path, database: tuple[str, Path]) -> None:
    with zipfile.ZipFile(kept) as archive:
        names = archive.namelist()
    assert "tables/ledger_fact.jsonl" in names
    assert not [name for name in names if "session" in name or "secret" in name]


def test_a_backup_that_cannot_be_written_says_so_and_leaves_nothing(
    database: tuple[str, Path], tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(DuhengError, match="未能写入"):
        ledger.backup(tmp_path / "file" / "backup.zip")


@both
def test_restoring_into_a_ledger_with_facts_is_refused_and_changes_nothing(kept: Path) -> None:
    head = ledger.head()
    with pytest.raises(DuhengError, match="空库"):
        ledger.restore(kept)
    assert ledger.head() == head


@both
def test_rows_of_another_table_that_may_not_be_deleted_count_as_well(kept: Path, place: Place) -> None:
    with connected(*place(connections["default"].vendor)):
        ledger.setup()
        Group.objects.create(name="不得删除")
        with connections["default"].cursor() as cursor:
            if connections["default"].vendor == "sqlite":
                refuse = "BEGIN SELECT RAISE(ABORT, 'no'); END"
                cursor.execute(f"CREATE TRIGGER keep BEFORE DELETE ON auth_group {refuse}")
            else:
                cursor.execute(
                    "CREATE TRIGGER keep BEFORE DELETE ON auth_group FOR EACH ROW EXECUTE FUNCTION ledger_refuse()"
                )
        with pytest.raises(DuhengError, match="空库"):
            ledger.restore(kept)


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_force_does_not_empty_a_postgresql_database(kept: Path) -> None:
    with pytest.raises(DuhengError, match="新建一个空库"):
        ledger.restore(kept, force=True)


def test_force_moves_the_old_file_aside_and_begins_a_new_one(kept: Path, database: tuple[str, Path]) -> None:
    ledger.append([new("7", period="2021")], document("后来.xlsx", "d3"), "甲")
    assert ledger.restore(kept, force=True).seq == 11
    assert ledger.verify() == []
    (aside,) = database[1].glob("duheng.before-restore-*.sqlite3")
    assert rows_of(aside, "SELECT max(seq) FROM ledger_fact") == [(12,)]
    assert ledger.read("actual").height == 10


def test_a_server_that_runs_on_leaves_the_file_that_was_moved_aside(
    kept: Path, database: tuple[str, Path]
) -> None:
    """Else what people report after a restore went into the old file, for as long as a connection lives."""
    ledger.append([new("9", period="2021")], document(), "甲")
    inside = threading.Event()
    seen: list[int] = []

    def serve() -> None:
        seen.append(ledger.head().seq)
        inside.set()
        restored.wait()
        request_started.send(None)
        seen.append(ledger.head().seq)
        connections.close_all()

    restored = threading.Event()
    server = threading.Thread(target=serve)
    server.start()
    inside.wait()
    ledger.restore(kept, force=True)
    restored.set()
    server.join()
    assert seen == [12, 11]


def test_a_restore_by_force_that_fails_leaves_the_old_file_in_place(
    kept: Path, database: tuple[str, Path]
) -> None:
    head = ledger.head()
    tamper("UPDATE ledger_fact SET value = '1' WHERE seq = 3")
    ledger.backup(kept.with_name("tampered.zip"))
    tamper("UPDATE ledger_fact SET value = '2013' WHERE seq = 3")
    with pytest.raises(UnreadableSource, match="第 3 条"):
        ledger.restore(kept.with_name("tampered.zip"), force=True)
    assert ledger.head() == head
    assert ledger.verify() == []
    assert sorted(one.name for one in database[1].glob("*.sqlite3*") if "-" not in one.name) == [
        "duheng.sqlite3"
    ]


def altered(kept: Path, change: Callable[[str, bytes], bytes]) -> Path:
    """A copy of the archive with its parts changed."""
    target = kept.with_name("altered.zip")
    with zipfile.ZipFile(kept) as archive, zipfile.ZipFile(target, "w") as copy:
        for name in archive.namelist():
            copy.writestr(name, change(name, archive.read(name)))
    return target


def refused(file: Path, place: Place, says: str) -> None:
    """The file is refused by a new ledger, which stays empty."""
    with connected(*place("sqlite")):
        ledger.setup()
        with pytest.raises(UnreadableSource, match=says):
            ledger.restore(file)
        assert ledger.head().seq == 0
        assert ledger.verify() == []


def test_a_damaged_part_is_named_and_nothing_is_restored(kept: Path, place: Place) -> None:
    refused(
        altered(kept, lambda name, part: part[:-40] if "fact" in name else part), place, "ledger_fact.jsonl"
    )


def test_a_backup_whose_facts_were_changed_with_the_manifest_does_not_verify(
    kept: Path, place: Place
) -> None:
    import hashlib

    def change(name: str, part: bytes) -> bytes:
        if name == "tables/ledger_fact.jsonl":
            return part.replace(b'"2015"', b'"9999"', 1)
        if name == "manifest.json":
            manifest = json.loads(part)
            with zipfile.ZipFile(kept) as archive:
                facts = archive.read("tables/ledger_fact.jsonl").replace(b'"2015"', b'"9999"', 1)
            manifest["tables"]["ledger_fact"]["sha256"] = hashlib.sha256(facts).hexdigest()
            return json.dumps(manifest).encode()
        return part

    refused(altered(kept, change), place, "未通过校验")


def test_a_backup_of_an_unknown_format_or_with_unknown_columns_is_refused(kept: Path, place: Place) -> None:
    def manifest(text: bytes, by: bytes) -> Callable[[str, bytes], bytes]:
        return lambda name, part: part.replace(text, by) if name == "manifest.json" else part

    refused(altered(kept, manifest(b'"format": 1', b'"format": 2')), place, "格式")
    refused(altered(kept, manifest(b'"stated"', b'"spoken"')), place, "spoken")
    refused(altered(kept, manifest(b'"heads": {', b'"heads": {"other": [1, "x"],')), place, "链首")


def test_a_file_that_is_no_backup_is_refused(kept: Path, place: Place, tmp_path: Path) -> None:
    rubbish = tmp_path / "rubbish.zip"
    rubbish.write_bytes(b"PK\x03\x04 rubbish")
    refused(rubbish, place, "无法作为备份读取")
    refused(tmp_path / "absent.zip", place, "无法作为备份读取")
    with zipfile.ZipFile(tmp_path / "other.zip", "w") as archive:
        archive.writestr("hello.txt", "hello")
    refused(tmp_path / "other.zip", place, "manifest.json")


def test_a_file_name_that_leads_out_of_the_folder_is_not_written(kept: Path, place: Place) -> None:
    import hashlib

    evil = altered(kept, lambda name, part: part)
    with zipfile.ZipFile(evil) as archive:
        manifest = json.loads(archive.read("manifest.json"))
    manifest["files"]["documents/../../evil"] = hashlib.sha256(b"evil").hexdigest()
    with zipfile.ZipFile(kept) as archive, zipfile.ZipFile(evil, "w") as copy:
        for name in archive.namelist():
            copy.writestr(name, archive.read(name) if name != "manifest.json" else json.dumps(manifest))
        copy.writestr("documents/../../evil", "evil")
    refused(evil, place, "之外")


def test_a_backup_of_a_tampered_ledger_does_not_restore_unseen(kept: Path, place: Place) -> None:
    tamper("UPDATE ledger_fact SET value = '1' WHERE seq = 3")
    file = kept.with_name("tampered.zip")
    ledger.backup(file)
    refused(file, place, "第 3 条")


def test_a_backup_cut_off_or_changed_anywhere_is_refused_in_words_and_changes_nothing(
    kept: Path, place: Place, tmp_path: Path
) -> None:
    whole, some = kept.read_bytes(), random.Random(5)
    url, home = place("sqlite")
    with connected(url, home):
        ledger.restore(kept)
        before = everything()
        said: list[str] = []
        for number in range(160):
            changed = bytearray(whole)
            if number % 2:
                for _ in range(2):
                    changed[some.randrange(len(whole))] ^= 1 << some.randrange(8)
            else:
                del changed[some.randrange(len(whole)) :]
            file = tmp_path / "damaged.zip"
            file.write_bytes(changed)
            # What is not refused is whole: the changed byte said nothing, a time stamp or a flag nobody reads.
            with suppress(UnreadableSource), noting(said):
                ledger.restore(file, force=True)
            assert everything() == before
        assert len(said) > 120
        assert [text for text in said if "请" not in text] == []
        english = [text for text in said if re.search("[a-z]+ [a-z]+ [a-z]+", text.replace(str(file), ""))]
        assert english == []


@contextmanager
def noting(said: list[str]) -> Iterator[None]:
    """Keeps the words of a refusal that passes."""
    try:
        yield
    except UnreadableSource as refused:
        said.append(str(refused))
        raise
