"""Backup: one portable file of the whole installation, made while it is in use; the same for SQLite and PostgreSQL.

A zip archive: `manifest.json`; `tables/<table>.jsonl`, one JSON list a row, in the order of the columns that the
manifest names; `documents/...` and `uploads/...`, the files as received. Left out: log-in sessions, caches, and the
installation's secret. It holds password hashes and single enterprises' figures: it is written for its owner's eyes
only.
"""

import hashlib
import io
import json
import os
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import models

import duheng
from duheng.ledger import heads, moments
from duheng.ledger.snapshot import BATCH, snapshot
from duheng.model.errors import DuhengError

FORMAT = 1
FOLDERS = ("documents", "uploads")
_LEFT_OUT = {"django_session"}


def backup(path: str | Path) -> heads.Head:
    """Write a backup to `path` while others read and write; returns the head of the facts that it holds.

    It appears whole or not at all. DuhengError where `path` exists already or its folder cannot be written.
    """
    target = Path(path)
    if target.exists():
        raise DuhengError(f"{target} 已存在：备份不覆盖任何文件。请换一个文件名。")
    unfinished = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(unfinished, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600), "w+b") as file:
            head = _write(file)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(target)
    except OSError as trouble:
        raise DuhengError(
            f"备份未能写入 {target}：{trouble.strerror or trouble}。请检查磁盘空间与权限。"
        ) from trouble
    finally:
        if unfinished.exists():
            unfinished.unlink()
    return head


def tables() -> list[type[models.Model]]:
    """The models whose tables are kept, those referred to before those that refer."""
    wanted = [model for model in apps.get_models(include_auto_created=True) if kept(model)]
    ordered: list[type[models.Model]] = []

    def place(model: type[models.Model]) -> None:
        if model in ordered or model not in wanted:
            return
        for field in model._meta.concrete_fields:
            if isinstance(field.related_model, type) and field.related_model is not model:
                place(field.related_model)
        ordered.append(model)

    for model in wanted:
        place(model)
    return ordered


def kept(model: type[models.Model]) -> bool:
    """Whether a model has a table of its own that belongs into a backup."""
    return model._meta.managed and not model._meta.proxy and model._meta.db_table not in _LEFT_OUT


def _write(file: Any) -> heads.Head:
    manifest: dict[str, Any] = {
        "format": FORMAT,
        "release": duheng.__version__,
        "made": moments.text_of(moments.now()),
    }
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        with snapshot():
            head = heads.current()
            manifest["heads"] = {one.chain: [one.seq, one.hash] for one in (head, heads.current(heads.AUDIT))}
            manifest["tables"] = {model._meta.db_table: _table(archive, model) for model in tables()}
        # After the tables: a document is stored before the facts that cite it, so none of theirs can be missing.
        manifest["files"] = dict(_files(archive))
        archive.writestr("manifest.json", json.dumps(manifest, ensure_ascii=False, indent=1))
    return head


def _table(archive: zipfile.ZipFile, model: type[models.Model]) -> dict[str, Any]:
    """Write one table; returns its description for the manifest."""
    columns = [field.attname for field in model._meta.concrete_fields]
    digest, count = hashlib.sha256(), 0
    lines: list[str] = []
    with archive.open(f"tables/{model._meta.db_table}.jsonl", "w", force_zip64=True) as out:
        rows = model._base_manager.order_by("pk").values_list(*columns).iterator(BATCH)
        for row in rows:
            lines.append(json.dumps(row, ensure_ascii=False, separators=(",", ":"), default=str) + "\n")
            count += 1
            if len(lines) == BATCH:
                _flush(out, lines, digest)
        _flush(out, lines, digest)
    return {"columns": columns, "rows": count, "sha256": digest.hexdigest()}


def _flush(out: Any, lines: list[str], digest: Any) -> None:
    block = "".join(lines).encode()
    digest.update(block)
    out.write(block)
    lines.clear()


def _files(archive: zipfile.ZipFile) -> Iterator[tuple[str, str]]:
    home = Path(settings.DUHENG_HOME)
    for folder in FOLDERS:
        for file in sorted((home / folder).rglob("*")):
            if not file.is_file() or file.is_symlink():
                continue
            name = file.relative_to(home).as_posix()
            digest = hashlib.sha256()
            with file.open("rb") as given, archive.open(name, "w", force_zip64=True) as out:
                while block := given.read(io.DEFAULT_BUFFER_SIZE * 64):
                    digest.update(block)
                    out.write(block)
            yield name, digest.hexdigest()
