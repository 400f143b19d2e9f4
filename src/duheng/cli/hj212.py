"""`duheng hj212`: frames of the monitoring protocol, read and explained without any server or database."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

commands = typer.Typer(no_args_is_help=True, help="HJ 212 报文：逐帧解读。Frames of HJ 212, read one by one.")


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(commands, name="hj212")


@commands.callback()
def _frames() -> None:
    """HJ 212 报文：逐帧解读。Frames of HJ 212, read one by one."""


@commands.command("decode", help="解读报文文件，每行一帧。Reads a file of frames, one a line.")
def decode(
    frames: Annotated[Path, typer.Argument(metavar="FILE.jsonl", exists=True, dir_okay=False, readable=True)],
    out: Annotated[Path | None, typer.Option("-o", "--output", help="写到文件；缺省打印。")] = None,
) -> None:
    """逐行读 {"id", "frame_b64"}，每帧给出一行 JSON：长度、校验、报文头各字段、因子和判定（status）。
    长度按字节计；没有的字段不出现。读不懂的行不丢弃：给出 id 和 error。
    退出码：0 正常，1 有读不懂的行，2 用法错误。
    """
    from duheng.telemetry.hj212.files import decoded_lines

    bad = 0
    if out is not None and out.exists() and out.samefile(frames):
        raise typer.BadParameter(f"-o {out} 就是要读的文件，写它会毁掉原文。请写到另一个文件。")
    with frames.open("rb") as source:
        lines = decoded_lines(source)
        if out is None:
            for line, troubled in lines:
                bad += troubled
                typer.echo(line)
        else:
            with out.open("w", encoding="utf-8") as target:
                for line, troubled in lines:
                    bad += troubled
                    target.write(line + "\n")
    if bad:
        typer.echo(f"{frames}：{bad}行读不懂，见各行的error。", err=True)
        raise typer.Exit(1)
