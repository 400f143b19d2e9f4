"""duheng verify, backup, restore: the care of the ledger."""

from __future__ import annotations

import getpass
import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from duheng.model.errors import DuhengError


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("verify")(verify)
    app.command("backup")(backup)
    app.command("restore")(restore)


def verify(
    as_json: Annotated[bool, typer.Option("--json", help="供程序读取。For machines.")] = False,
    known: Annotated[
        list[str] | None,
        typer.Option(
            "--known",
            metavar="HASH",
            help="别处记下的校验值，须仍在链上。A hash noted elsewhere, to be found in the chain.",
        ),
    ] = None,
) -> None:
    """校验账本：被改、被删、被调换的记录逐条指明。Verify the ledger; name every tampered, missing or reordered row."""
    from duheng import ledger

    ledger.demand()
    ledger.setup()
    _say("正在校验账本 ……")
    findings = ledger.verify(known or ())
    try:
        head = ledger.head()
    except DuhengError:  # taken away: one of the findings says so
        head = ledger.Head("fact", "", 0, "")
    if as_json:
        described = [
            {"code": one.code, "severity": one.severity, "place": one.place, "found": one.found,
             "expected": one.expected, "remedy": one.remedy, "text": one.text}
            for one in findings
        ]  # fmt: skip
        answer = {"intact": not findings, "facts": head.seq, "head": head.hash, "findings": described}
        typer.echo(json.dumps(answer, ensure_ascii=False, indent=1))
    else:
        for one in findings:
            typer.echo(one.text)
        verdict = f"发现 {len(findings)} 处问题" if findings else "账本完好"
        typer.echo(f"{verdict}：{head.seq} 条事实，末条校验值 {head.hash or '（无）'}")
    raise typer.Exit(1 if findings else 0)


def backup(
    file: Annotated[
        Path, typer.Argument(help="备份文件，不得已存在。The file to write; must not exist.", metavar="FILE")
    ],
) -> None:
    """备份账本、账号和文件（运行中亦可）。Back up ledger, accounts and files, also while in use."""
    from duheng import ledger

    ledger.demand()
    ledger.setup()
    _say(f"正在备份到 {file} ……")
    head = ledger.backup(file)
    ledger.audit(_who(), "backup", file.name, {"facts": head.seq, "head": head.hash})
    typer.echo(f"已备份：{file}（{head.seq} 条事实，末条校验值 {head.hash or '（无）'}）")


def restore(
    file: Annotated[Path, typer.Argument(help="备份文件。The backup.", metavar="FILE")],
    force: Annotated[
        bool,
        typer.Option(
            "--force",
            help="现有内置数据库改名保留，另建新库。Move the existing SQLite file aside and begin a new one.",
        ),
    ] = False,
) -> None:
    """从备份恢复到空库，并校验。Restore a backup into an empty database and verify it."""
    from duheng import ledger

    if not file.is_file():
        raise DuhengError(f"没有备份文件“{file}”。请核对文件名；备份由 duheng backup 写成。")
    ledger.setup()
    _say(f"正在从 {file} 恢复并校验 ……")
    head = ledger.restore(file, force=force)
    ledger.audit(_who(), "restore", file.name, {"facts": head.seq, "head": head.hash})
    typer.echo(f"已恢复并通过校验：{head.seq} 条事实，末条校验值 {head.hash or '（无）'}")


def _say(text: str) -> None:
    """Progress for a person; quiet in a pipe."""
    if sys.stderr.isatty():
        typer.echo(text, err=True)


def _who() -> str:
    """The account of the machine that gave the command."""
    try:
        return f"命令行（{getpass.getuser()}）"
    except (KeyError, OSError):  # an account without a name, as in a container
        return "命令行"
