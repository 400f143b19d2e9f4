"""`duheng handbook`: the book of all quantities, rules, parameters and targets."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from duheng.cli.opening import DEFAULT_CITY, CityOption, with_accepted


class Format(StrEnum):
    """How the handbook is printed."""

    md = "md"
    html = "html"


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("handbook", help="规则手册：指标、算式、参数、目标及依据。The handbook.")(handbook)


def handbook(
    out: Annotated[Path | None, typer.Option("-o", "--output", help="写到文件；缺省打印。")] = None,
    form: Annotated[
        Format | None, typer.Option("--format", help="md 或 html；缺省按文件扩展名，否则 md。")
    ] = None,
    city: CityOption = DEFAULT_CITY,
) -> None:
    """由指标表、规则、参数表和方案生成规则手册，不需要数据库；有账本时含其中更换的取值。退出码：0 正常，2 用法错误。"""
    from duheng.assess.handbook import html, markdown
    from duheng.city import default_city_folder, load

    if form is None:
        form = Format.html if out is not None and out.suffix.lower() in {".html", ".htm"} else Format.md
    text = (html if form is Format.html else markdown)(with_accepted(load(default_city_folder(city))))
    if out is None:
        typer.echo(text)
    elif not out.parent.is_dir():
        raise typer.BadParameter(f"没有文件夹“{out.parent}”。", param_hint="-o")
    else:
        out.write_text(text, "utf-8")
        typer.echo(f"已写入“{out}”。", err=True)
