"""`duheng balance`: a physical energy balance in standard coal, no database needed."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from duheng.cli.refusals import not_over

Physical = Annotated[
    Path, typer.Argument(metavar="IN.csv", exists=True, dir_okay=False, readable=True, help="实物量平衡表。")
]
Out = Annotated[
    Path, typer.Option("-o", "--output", help="写到 .csv 或 .xlsx 文件；旁边另写 .findings.csv。")
]
FactorFile = Annotated[
    Path | None,
    typer.Option(
        "--factors",
        exists=True,
        dir_okay=False,
        help="系数文件；缺省用 GB/T 2589-2020，其中没有单一数值的品种用年鉴附录缺省系数，逐品种提示。",
    ),
]
Way = Annotated[
    str,
    typer.Option("--method", help="电力、热力两列的折算：calorific 电热当量（缺省），equivalent 发电煤耗。"),
]
Published = Annotated[
    Path | None,
    typer.Option(
        "--against", exists=True, dir_okay=False, help="已公布的标准煤表：逐格比较，不同的列为问题。"
    ),
]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        "balance", short_help="能源平衡表（实物量）折成标准煤。A physical energy balance in standard coal."
    )(balance)


def balance(
    table: Physical,
    out: Out,
    factors: FactorFile = None,
    method: Way = "calorific",
    published: Published = None,
) -> None:
    """把能源平衡表（实物量）折成标准煤：每一行都印出，两种合计都算；--method 只决定电力、热力两列。

    空格是没有这种流量；读不出、没有系数、不认识的品种的格使本行合计空着；缺终端消费、损失、加工转换行的，消费量合计空着。
    退出码：0 正常，1 有错误（见 .findings.csv），2 用法错误。

    A physical energy balance in standard coal.
    """
    from duheng.ingest.balance.factors import read_factors, standard_factors
    from duheng.ingest.balance.output import findings_beside, write_converted, write_findings
    from duheng.ingest.balance.reading import read_balance
    from duheng.ingest.balance.report import convert_with_checks, method_named

    not_over(out, table, factors, published)
    chosen = method_named(method)
    physical = read_balance(table)
    known = read_factors(factors) if factors else standard_factors()
    converted = convert_with_checks(physical, known, chosen, read_balance(published) if published else None)
    write_converted(converted, out)
    beside = findings_beside(out)
    write_findings(converted.findings, beside)
    errors = [finding.text for finding in converted.findings if finding.severity == "error"]
    for text in errors[:20]:
        typer.echo(text, err=True)
    if len(errors) > 20:
        typer.echo(f"……另有{len(errors) - 20}条", err=True)
    counts = f"共{len(converted.of.lines)}行；问题{len(converted.findings)}条，见 {beside}"
    typer.echo(f"系数：{converted.sources}（不读账本）。{counts}", err=True)
    if errors:
        raise typer.Exit(1)
