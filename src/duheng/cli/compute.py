"""`duheng compute`: any rule over a plain table, no database needed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from duheng.cli.refusals import not_over

if TYPE_CHECKING:
    from duheng.ingest.plain import Computed

OwnCity = Annotated[
    str | None,
    typer.Option(
        "--city",
        envvar="DUHENG_CITY",
        help="城市代码或文件夹：用这座城市的取值，没有写明地区的对象按它计；不写的按全国，全国没有的按资阳市。",
    ),
]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("compute", short_help="用一条规则计算一张表，不需要数据库。Any rule over a plain table.")(
        compute
    )


def compute(
    rule: Annotated[
        str, typer.Argument(metavar="RULE", help="规则编号或中文名，如 energy_intensity_decline。")
    ],
    table: Annotated[Path, typer.Argument(metavar="INPUT.csv", exists=True, dir_okay=False, readable=True)],
    out: Annotated[
        Path | None, typer.Option("-o", "--output", help="写到 .csv 或 .xlsx 文件；缺省打印。")
    ] = None,
    base_year: Annotated[
        int | None,
        typer.Option("--base-year", help="基期年份；缺省为所在五年规划的前一年（2021—2025 为 2020）。"),
    ] = None,
    definition: Annotated[
        str | None, typer.Option("--definition", help="口径编号，如 minus-feedstock。")
    ] = None,
    city: OwnCity = None,
) -> None:
    """用一条规则计算一张表。列：entity、item、period（规则有几项就要几项），每个输入量一列，单位为声明的单位；
    若第二行是单位行，则按该行换算；格内自带单位的按格内。基期和上年的值在表内查找；合计要求表中列出的每个对象、每个品种都有值。
    未知的留空，并说明缺哪个量或哪个参数，不算错。退出码：0 正常，1 输入有问题（见提示），2 用法错误。

    Any rule over a plain table.
    """
    from duheng.city import default_city_folder, load
    from duheng.cli.opening import DEFAULT_CITY, PACKAGED, definition_of
    from duheng.ingest.plain import compute as over_table
    from duheng.ingest.plain import find_rule
    from duheng.ingest.plain_areas import home
    from duheng.model.parameters import Parameter

    not_over(out, table)
    found = find_rule(rule)
    chosen = definition_of(found, definition)
    here = home(load(default_city_folder(city or DEFAULT_CITY)), found, asked=city is not None)
    result = over_table(found, table, base_year=base_year, definition=chosen, home=here)
    _write(result, out, found.title, table)
    if any(isinstance(one, Parameter) for one in found.below()):
        typer.echo(PACKAGED, err=True)
    _told(result)


def _told(result: Computed) -> None:
    """What is wrong with the table and what to know of the result; exit code 1 where something is wrong."""
    for text in (*(finding.text for finding in result.findings), *result.notices):
        typer.echo(text, err=True)
    if any(finding.severity == "error" for finding in result.findings):
        raise typer.Exit(1)


def _write(result: Computed, out: Path | None, title: str, table: Path) -> None:
    from duheng.ingest.balance.output import write

    if out is None:
        typer.echo(result.csv(), nl=False)
        return
    sheet = out.suffix.lower() == ".xlsx"  # where a number is no text
    rows = ([*row[:-1], float(row[-1]) if sheet and row[-1] else row[-1]] for row in result.rows)
    write(out, rows, result.header, title, {"来源": table.name})
