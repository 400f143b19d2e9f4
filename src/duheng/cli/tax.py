"""`duheng tax`: the quarterly return of the environmental protection tax from a table, no database needed."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from duheng.cli.opening import DEFAULT_CITY, PACKAGED, CityOption
from duheng.cli.refusals import not_over
from duheng.model.errors import DuhengError
from duheng.model.periods import parse

if TYPE_CHECKING:
    from duheng.ingest.tax.returns import Return
    from duheng.ingest.tax.sheet import Stated

_ELSEWHERE = "其他地区的用 --city 城市代码或文件夹，或设 DUHENG_CITY"
Given = Annotated[
    Path | None,
    typer.Argument(metavar="IN.csv", exists=True, dir_okay=False, readable=True, help=".csv、.xlsx、.xls。"),
]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("tax", short_help="由一张表生成环境保护税季度申报表。Quarterly environmental tax return.")(
        tax
    )


def tax(
    table: Given = None,
    out: Annotated[
        Path | None, typer.Option("-o", "--output", help="写到 .xlsx 或 .csv；缺省打印为 CSV。")
    ] = None,
    quarter: Annotated[
        str | None, typer.Option("--quarter", help="税款所属期，如 2024Q1；表中只有一个季度时可不写。")
    ] = None,
    sample: Annotated[bool, typer.Option("--sample", help="生成样表（写到 -o，缺省打印）。")] = False,
    city: CityOption = DEFAULT_CITY,
) -> None:
    """由一张表生成环境保护税季度申报计算表：污染当量、前三项（前五项）、减征、按产生量计税，金额到分。
    每行是一个排放口一个月的一种污染物。必填列：月份、排放口、类别（大气、水、特征值、固体废物、噪声）、污染物；
    大气、水、特征值填排放量（kg，特征值按其单位），按产生量计税的另填产生量和“按产生量计税”=是；
    申请减征的填浓度、限值、超标次数三项；固体废物填产生量、贮存量、处置量、综合利用量（t）；
    噪声的“污染物”填昼间或夜间，另填超标分贝。单位可写在列名括号内或数字后。同一污染物可按几种计算方法各填一行，
    按法定顺序（自动监测、监测机构监测、排污系数和物料衡算、抽样测算）用第一种，其余列在旁边。
    --sample 生成可直接修改的样表。适用税额按 --city 所在省。缺的不按零计，合计为空。
    退出码：0 正常，1 有问题（见提示），2 用法错误。
    """
    from duheng.city import default_city_folder, load
    from duheng.ingest.tax import write_return
    from duheng.ingest.tax.sheet import read_stated

    format = _format(out)
    if sample:
        _write_sample(out, format)
        return
    if table is None:
        raise typer.BadParameter("须给出 IN.csv；样表用 --sample 生成。")
    not_over(out, table)
    stated = read_stated(table)
    here = load(default_city_folder(city))
    drawn = stated.drawn(_quarter(stated, quarter), here.code, here.parameters)
    target = out if out is not None else sys.stdout.buffer
    place, payer = f"{here.name}（{here.code}）", stated.payer or table.stem
    write_return(drawn, target, payer=payer, scenario="actual", format=format, place=place)
    if drawn.rates:
        typer.echo(f"适用税额：{place}：{'；'.join(drawn.rates)}。{_ELSEWHERE}", err=True)
    _told(drawn, out, stated.unused)


def _format(out: Path | None) -> str:
    """What is written: csv or xlsx, by the file's name."""
    format = "csv" if out is None else out.suffix.lstrip(".").lower()
    if format not in ("csv", "xlsx"):
        raise DuhengError(f"不能写成“{out}”：文件名应以 .xlsx 或 .csv 结尾。")
    return format


def _told(drawn: Return, out: Path | None, unused: Sequence[str]) -> None:
    """What was found and what was written, for the person at the screen; exit code 1 where anything was found."""
    if unused:
        typer.echo(f"提示：没有用到的列：{'、'.join(unused)}；可用的列见 duheng tax --sample", err=True)
    typer.echo(PACKAGED, err=True)
    if drawn.unverified:
        typer.echo(f"提示：取值未核实，请与原文核对：{'；'.join(drawn.unverified)}", err=True)
    for finding in drawn.findings:
        typer.echo(finding.text, err=True)
    if out is not None:
        due = "未知（有缺项）" if drawn.total is None else f"{drawn.total} 元"
        typer.echo(f"已写入 {out}：{len(drawn.cells())} 行，应纳税额合计 {due}", err=True)
    if drawn.findings:
        raise typer.Exit(1)


def _quarter(stated: Stated, asked: str | None) -> str:
    """The quarter asked for, or the only one of the table."""
    known = stated.quarters
    if asked is not None:
        period = parse(asked)
        if period.kind != "quarter":
            raise typer.BadParameter(f"“{asked}”不是一个季度；应写成 2024Q1。")
        return str(period)
    if not known:
        for finding in stated.findings:
            typer.echo(finding.text, err=True)
        raise typer.BadParameter("表中没有一行读得出月份；请核对表头之下的各行，有提示的按提示改正。")
    if len(known) != 1:
        raise typer.BadParameter(f"表中有 {'、'.join(known)} 几个季度，请用 --quarter 指定一个，如 2024Q1。")
    return known[0]


def _write_sample(out: Path | None, format: str) -> None:
    from duheng.ingest.export import write_table
    from duheng.ingest.tax.sheet import sample

    header, *rows = sample()
    about = {"说明": "数字为示例，请改写；未掌握的留空；列的说明见 duheng tax --help"}
    target = out if out is not None else sys.stdout.buffer
    write_table(
        rows, header, target, title="环境保护税计税样表", scenario="actual", format=format, about=about
    )
