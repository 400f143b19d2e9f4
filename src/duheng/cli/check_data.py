"""`duheng check-data`: the identities of an energy balance or the relations of a statutory form, as findings."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from duheng.cli.refusals import not_over


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        "check-data",
        short_help="核对能源平衡表的恒等式、统计表的审核关系。Checks an energy balance or a statutory form.",
    )(check_data)


def check_data(
    table: Annotated[
        Path,
        typer.Argument(metavar="IN.csv", exists=True, dir_okay=False, readable=True, help="平衡表或统计表。"),
    ],
    out: Annotated[Path, typer.Option("-o", "--output", help="核对结果写到 .csv 或 .xlsx 文件。")],
) -> None:
    """核对能源平衡表：各行之和、平衡差额、消费量合计、合计列、符号。每条写明印出的数、应得的数、差和容差。

    统计表按表名、表号或栏名认出，逐行核对审核关系；凭记忆录入的关系标“未核实”：205-1表，重点用能单位能源利用
    状况报告表1至表10，公共机构能源资源消费统计1表至4表。核不了的关系、不核对的表（205-2、P303-2……）也说明。
    放不下的行、列和读不出的格也列在结果中。退出码：0 没有问题，1 有问题，2 用法错误。

    Checks an energy balance or a statutory form.
    """
    from duheng.cli.opening import LIMITS

    not_over(out, table)
    typer.echo(LIMITS, err=True)
    if not _forms(table, out):
        _balance(table, out)


def _balance(table: Path, out: Path) -> None:
    """Check the identities of a balance. Exit 1 where something was found; UnreadableSource where it is none."""
    from duheng.ingest.balance.output import write_checked
    from duheng.ingest.balance.report import checked_file
    from duheng.ingest.forms.recognising import readable
    from duheng.model.errors import UnreadableSource

    try:
        checked, found = checked_file(table)
    except UnreadableSource as trouble:
        raise UnreadableSource(f"{trouble}；也不是能读的统计表（{readable()}）") from trouble
    findings = [one for one in found if one.severity != "notice"]
    write_checked(checked, findings, out)
    for finding in (*findings, *checked.unchecked):
        typer.echo(finding.text, err=True)
    for notice in (one for one in found if one.severity == "notice"):
        typer.echo(f"提示：{notice.text}", err=True)
    for remark in checked.remarks[:20]:
        where = " ".join(filter(None, (remark.region, remark.year, remark.fuel)))
        typer.echo(f"提示：{where} {remark.comment}", err=True)
    if len(checked.remarks) > 20:
        typer.echo(f"提示：平衡差额偏大的另有{len(checked.remarks) - 20}处", err=True)
    count = len(checked.discrepancies) + len(findings)
    typer.echo(f"问题{count}条，见 {out}", err=True)
    if count:
        raise typer.Exit(1)


def _forms(table: Path, out: Path) -> bool:
    """Check the statutory forms in a file; whether it holds any. Exit 1 where something was found."""
    from duheng.ingest.forms.report import checked_forms, write_forms

    checked = checked_forms(table)
    if checked is None:
        return False
    write_forms(checked, out)
    said = [*(one.finding(checked.file) for one in checked.mismatches), *checked.odd]
    for finding in (*said, *checked.open):
        typer.echo(finding.text, err=True)
    typer.echo(f"问题{len(said)}条，见 {out}", err=True)
    if said:
        raise typer.Exit(1)
    return True
