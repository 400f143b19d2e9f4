"""Restore: a backup back into an empty database, of either kind; checked before anything counts."""

import hashlib
import io
import json
import lzma
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from itertools import islice
from pathlib import Path, PurePosixPath
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.color import no_style
from django.core.management.sql import emit_post_migrate_signal
from django.db import DataError, IntegrityError, InterfaceError, connection, models, transaction

from duheng.ledger import heads, reading
from duheng.ledger.archive import FOLDERS, FORMAT, tables
from duheng.ledger.checking import inspect
from duheng.ledger.snapshot import BATCH
from duheng.ledger.start import forget, setup
from duheng.ledger.triggers import TABLES as APPEND_ONLY
from duheng.ledger.triggers import protected
from duheng.ledger.writing import insert
from duheng.model.errors import DuhengError, UnreadableSource

# What zipfile, zlib, json and the databases raise over a file that was cut off or changed; encrypted parts and nesting
# without end are RuntimeErrors, unknown compressions NotImplementedErrors (which are among them).
_BROKEN = (
    zipfile.BadZipFile, zlib.error, struct.error, lzma.LZMAError, EOFError, KeyError, ValueError, IndexError, TypeError,
    AttributeError, RuntimeError, OverflowError, MemoryError, IntegrityError, DataError, InterfaceError,
    ValidationError,
)  # fmt: skip


def restore(path: str | Path, force: bool = False) -> heads.Head:
    """Bring back a backup; returns the head of its facts, the same as when it was made.

    Into a database without facts, audit entries and other rows that may not be deleted. force: an SQLite file that
    has some is moved aside (`...before-restore-<time>`, nothing is lost) and a new one begun. Where the archive is
    damaged or does not verify everything stays as it was.
    UnreadableSource for what is no intact backup, DuhengError for a database that is not empty.
    """
    try:
        return _restore(Path(path), force)
    except _BROKEN as trouble:
        raise UnreadableSource(
            f"备份 {path} 的内容不完整或不合规范（{type(trouble).__name__}）：没有恢复，原有数据未动。"
            "请改用另一份备份。"
        ) from trouble


def _restore(path: Path, force: bool) -> heads.Head:
    with _opened(path) as archive:
        manifest = _manifest(archive, path)
        _check(archive, manifest)
        with _room(force), transaction.atomic():
            _clear()
            for model in tables():
                _fill(archive, model, manifest["tables"].get(model._meta.db_table))
            connection.check_constraints()
            head = _verified(manifest)
        _unpack(archive, manifest)
    reading.forget()
    for chain in (heads.FACT, heads.AUDIT):
        heads.note(heads.current(chain), rewrite=True)
    apps.get_model("contenttypes", "ContentType")._default_manager.clear_cache()
    # A backup of an earlier release knows nothing of the permissions that came since.
    emit_post_migrate_signal(verbosity=0, interactive=False, db=connection.alias)
    return head


def _opened(path: Path) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(path)
    except (*_BROKEN, OSError) as trouble:
        reason = "没有读取权限" if isinstance(trouble, PermissionError) else "不是完整的压缩包，可能没有传完"
        raise UnreadableSource(
            f"{path} 无法作为备份读取：{reason}。请给出 duheng backup 写成的文件。"
        ) from trouble


def _manifest(archive: zipfile.ZipFile, path: Path) -> dict[str, Any]:
    """What the archive says it holds; every part of it that is read later is there and of its kind."""
    try:
        manifest = dict(json.loads(archive.read("manifest.json")))
        whole = all(
            isinstance(of["columns"], list) and isinstance(of["sha256"], str)
            for of in manifest["tables"].values()
        ) and all(name and isinstance(digest, str) for name, digest in manifest["files"].items())
        version, _ = manifest["format"], manifest["heads"]
    except (*_BROKEN, OSError) as trouble:
        raise UnreadableSource(
            f"{path} 中没有完整的 manifest.json，不是度衡的备份，或已损坏。请改用另一份备份。"
        ) from trouble
    if version != FORMAT or not whole:
        raise UnreadableSource(
            f"{path} 的备份格式为 {version}，本版只认 {FORMAT}。请用 {manifest.get('release')} 版恢复。"
        )
    return manifest


def _check(archive: zipfile.ZipFile, manifest: dict[str, Any]) -> None:
    """Every part is there and has the digest that the manifest gives it, before anything is touched."""
    parts = {f"tables/{table}.jsonl": described["sha256"] for table, described in manifest["tables"].items()}
    for name in manifest["files"]:
        inside = PurePosixPath(name)
        if inside.is_absolute() or ".." in inside.parts or inside.parts[0] not in FOLDERS:
            raise UnreadableSource(f"备份中的文件名 {name!r} 指向文件夹之外，已拒绝。请改用可靠的备份。")
    for name, expected in (parts | manifest["files"]).items():
        if _digest(archive, name) != expected:
            raise UnreadableSource(f"备份中的 {name} 已损坏或缺失：校验值不符。请改用另一份备份。")


def _digest(archive: zipfile.ZipFile, name: str) -> str | None:
    digest = hashlib.sha256()
    try:
        with archive.open(name) as part:
            while block := part.read(io.DEFAULT_BUFFER_SIZE * 64):
                digest.update(block)
    except (*_BROKEN, OSError):
        return None
    return digest.hexdigest()


@contextmanager
def _room(force: bool) -> Iterator[None]:
    """An empty database; with `force` a new SQLite file, which gives way to the old one again if anything fails."""
    fixed = protected(connection) | set(APPEND_ONLY)
    rows = [model for model in tables() if model._meta.db_table in fixed and model._base_manager.exists()]
    if not rows:
        yield
        return
    if not force:
        held = "、".join(str(model._meta.verbose_name) for model in rows)
        raise DuhengError(
            f"数据库中已有{held}：恢复只写入空库。"
            "请指向空库；使用内置数据库时也可加 --force，现有文件将改名保留。"
        )
    if connection.vendor != "sqlite":
        raise DuhengError("PostgreSQL 数据库不为空：请新建一个空库，并让 DUHENG_DATABASE_URL 指向它。")
    file = Path(str(connection.settings_dict["NAME"]))
    stamp = datetime.now().astimezone().strftime("%Y%m%dT%H%M%S%f")
    aside = file.with_name(f"{file.stem}.before-restore-{stamp}{file.suffix}")
    _move(file, aside)
    try:
        setup()
        yield
    except BaseException:
        _move(file, file.with_name(f"{file.name}.failed"))
        for part in _parts(file.with_name(f"{file.name}.failed")):
            part.unlink(missing_ok=True)
        _move(aside, file)
        raise


def _parts(file: Path) -> list[Path]:
    """An SQLite file and what may lie beside it."""
    return [file.with_name(file.name + ending) for ending in ("", "-wal", "-shm")]


def _move(file: Path, to: Path) -> None:
    """Rename a database that is not in use by this process any more."""
    connection.close()
    for part, target in zip(_parts(file), _parts(to), strict=True):
        if part.exists():
            part.replace(target)
    forget()


def _clear() -> None:
    """Take out what a first start puts into an empty database: demo accounts, permissions, the empty heads."""
    with connection.cursor() as cursor:
        for model in reversed(tables()):
            if model._base_manager.exists():
                cursor.execute(f"DELETE FROM {connection.ops.quote_name(model._meta.db_table)}")


def _fill(archive: zipfile.ZipFile, model: type[models.Model], described: dict[str, Any] | None) -> None:
    """One table from its part of the archive; a table that came with a later release stays empty."""
    if described is None:
        return
    by_attname = {field.attname: field for field in model._meta.concrete_fields}
    unknown = [name for name in described["columns"] if name not in by_attname]
    if unknown:
        raise UnreadableSource(
            f"备份的表 {model._meta.db_table} 有本版没有的列：{'、'.join(unknown)}。请用较新的版本恢复。"
        )
    fields = [by_attname[name] for name in described["columns"]]
    rows = _rows(archive, model)
    if model._meta.db_table in APPEND_ONLY:
        insert(model._meta.db_table, [field.column for field in fields if field.column], rows)
    else:
        while some := list(islice(rows, BATCH)):
            model._base_manager.bulk_create(
                model(
                    **{
                        field.attname: field.to_python(column)
                        for field, column in zip(fields, row, strict=True)
                    }
                )
                for row in some
            )
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), [model]):
            cursor.execute(statement)


def _rows(archive: zipfile.ZipFile, model: type[models.Model]) -> Iterator[list[object]]:
    with archive.open(f"tables/{model._meta.db_table}.jsonl") as part:
        for line in io.TextIOWrapper(part, encoding="utf-8", newline="\n"):
            yield json.loads(line)


def _verified(manifest: dict[str, Any]) -> heads.Head:
    """The head of what was restored, once the whole chain has proved to be the one that was backed up."""
    now = {chain: heads.current(chain) for chain in (heads.FACT, heads.AUDIT)}
    if {chain: [head.seq, head.hash] for chain, head in now.items()} != manifest["heads"]:
        raise UnreadableSource("恢复后的链首与备份所记不符，已全部撤回。请改用另一份备份。")
    # Without the head noted in DUHENG_HOME: an older backup is meant to end before it.
    findings = inspect({})
    if findings:
        raise UnreadableSource(f"备份中的账本未通过校验，已全部撤回：{findings[0].text}")
    return now[heads.FACT]


def _unpack(archive: zipfile.ZipFile, manifest: dict[str, Any]) -> None:
    """Documents and uploads into their folders; a file already there with the same content stays."""
    home = Path(settings.DUHENG_HOME)
    for name, digest in manifest["files"].items():
        target = home / name
        if target.is_file() and hashlib.sha256(target.read_bytes()).hexdigest() == digest:
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        with archive.open(name) as part, target.open("wb") as out:
            while block := part.read(io.DEFAULT_BUFFER_SIZE * 64):
                out.write(block)
