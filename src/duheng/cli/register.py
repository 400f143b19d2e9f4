"""`duheng register`: a sheet of projects (or of another register) into the city's folder."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from duheng.cli.opening import DEFAULT_CITY, CityOption, with_accepted
from duheng.cli.refusals import not_filled
from duheng.model.errors import DuhengError, UnknownName


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("register", short_help="把名录样表写入城市文件夹。Put a register sheet into the folder.")(
        enter
    )


def enter(
    kind: Annotated[str, typer.Argument(metavar="KIND", help="名录类别，如 减排项目 或 reduction_project。")],
    file: Annotated[
        Path | None,
        typer.Argument(
            metavar="[FILE]", exists=True, dir_okay=False, readable=True, help=".xlsx、.xls、.csv。"
        ),
    ] = None,
    sample: Annotated[
        Path | None, typer.Option("--sample", help="生成减排项目的名录样表（.xlsx），不读文件。")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只检查，不写入。")] = False,
    city: CityOption = DEFAULT_CITY,
) -> None:
    """把填好的名录写入城市文件夹的 registers：编号已有的替换，没有的新增；有错误则全部不写，并逐条列出。
    列名用样表的中文名或列代码（id、name、parent、project_type ……）。页面“核算—减排项目”可下载样表。
    退出码：0 正常，1 有问题（见提示），2 用法错误。
    """
    from duheng.city import default_city_folder
    from duheng.city.registering import register as put
    from duheng.ingest.project_forms import register_rows

    kind = _kind(kind)
    folder = default_city_folder(city)
    if sample is not None:
        _write_sample(folder, sample)
        return
    if file is None:
        raise typer.BadParameter("须给出 FILE；样表用 --sample 生成。")
    new, replaced, wrong = put(folder, kind, register_rows(kind, file), write=not dry_run)
    for finding in wrong:
        typer.echo(finding.text, err=True)
    if wrong:
        typer.echo(f"没有写入：{len(wrong)} 处错误，改正后重来。", err=True)
        raise typer.Exit(1)
    done = "检查完毕，未写入" if dry_run else f"已写入 {folder}"
    typer.echo(f"{done}：新增 {new} 行，替换 {replaced} 行", err=True)


def _write_sample(folder: Path, sample: Path) -> None:
    """The register of projects as it stands, to be added to."""
    from duheng.assess.books import day_of
    from duheng.city import load
    from duheng.ingest.project_forms import register_sheet

    not_filled(sample)
    here = with_accepted(load(folder))
    with sample.open("wb") as out:
        register_sheet(here, "actual", day_of(None), out)
    typer.echo(f"已生成 {sample}", err=True)


def _kind(text: str) -> str:
    """The id of a kind by its id or title; all there are, where none is near what was written."""
    from duheng.city.registering import named, registers

    try:
        return named(text)
    except UnknownName as error:
        known = "".join(f"\n  {id}  {title}" for id, title in registers().items())
        raise error if error.near else DuhengError(f"{error}{known}") from None
