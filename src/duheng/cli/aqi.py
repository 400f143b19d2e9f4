"""`duheng aqi`: air quality index, class and primary pollutants of a table of stations, no database needed."""

from __future__ import annotations

from collections import Counter
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from duheng.cli.refusals import not_over

if TYPE_CHECKING:
    from duheng.ingest.air import Indexed

_PRINTED = 50  # of one kind; the note of every row says all of them


class Edition(StrEnum):
    """The editions of HJ 633."""

    FIRST = "2012"
    SECOND = "2026"


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("aqi", short_help="按 HJ 633 计算站点表的空气质量指数。Air quality index of a table.")(aqi)


def aqi(
    table: Annotated[Path, typer.Argument(metavar="IN.csv", exists=True, dir_okay=False, readable=True)],
    out: Annotated[
        Path | None, typer.Option("-o", "--output", help="写到 .csv 或 .xlsx 文件；缺省打印。")
    ] = None,
    edition: Annotated[
        Edition | None,
        typer.Option("--edition", help="HJ 633 的版本；缺省为各行日期当日适用的版本。"),
    ] = None,
    daily: Annotated[
        bool, typer.Option("--daily", help="按24小时各列出日报指数；缺省为小时，只有日均列时为日报。")
    ] = False,
) -> None:
    """按 HJ 633 计算每行的空气质量指数。列名同国家监测总站的站点表：snapshot、pm2_5_1h、pm10_1h、so2_1h、no2_1h、
    co_1h_mg、o3_1h（日报为 pm2_5_24h、pm10_24h、so2_24h、no2_24h、co_24h_mg、o3_8h_24h）；其余列原样带出。
    加四列：aqi、quality、primary、note。不能得出指数的留空，原因写在 note。
    退出码：0 正常，1 输入有问题（见提示），2 用法错误。

    Air quality index of a table.
    """
    from duheng.ingest.air import index_table

    not_over(out, table)
    result = index_table(table, edition=edition, kind="daily" if daily else None)
    _write(result, out, table)
    seen: Counter[str] = Counter()
    for finding in result.findings:
        seen[finding.code] += 1
        if seen[finding.code] <= _PRINTED:
            typer.echo(finding.text, err=True)
    for code, count in seen.items():
        if count > _PRINTED:
            typer.echo(f"同类问题（{code}）另有 {count - _PRINTED} 处，见各行的 note。", err=True)
    if any(finding.severity == "error" for finding in result.findings):
        raise typer.Exit(1)


def _write(result: Indexed, out: Path | None, table: Path) -> None:
    from duheng.ingest.balance.output import write

    if out is None:
        typer.echo(result.csv(), nl=False)
    elif out.suffix.lower() == ".csv":
        with out.open("wb") as file:  # opened here: Polars says in English why it cannot
            result.frame.write_csv(file)
    else:
        numbers = result.frame.with_columns(aqi=result.frame["aqi"].cast(int))
        write(out, numbers.iter_rows(), numbers.columns, "空气质量指数", {"来源": table.name})
