"""`duheng carbon`: a physical energy balance to carbon dioxide by sector and fuel, no database needed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from duheng.cli.opening import DEFAULT_CITY, CityOption
from duheng.cli.refusals import not_over

if TYPE_CHECKING:
    from duheng.model.findings import Finding

_PRINTED = 20  # the file beside the result holds all of them


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("carbon", short_help="由能源平衡表计算分部门、分品种二氧化碳。CO2 of an energy balance.")(
        carbon
    )


def carbon(
    table: Annotated[Path, typer.Argument(metavar="IN.csv", exists=True, dir_okay=False, readable=True)],
    factors: Annotated[
        Path | None,
        typer.Option("--factors", exists=True, dir_okay=False, readable=True, help="排放因子文件（CSV）。"),
    ] = None,
    set_name: Annotated[str | None, typer.Option("--set", help="因子集的名称；不写则列出全部。")] = None,
    out: Annotated[
        Path | None, typer.Option("-o", "--output", help="写到 .csv 或 .xlsx 文件；缺省打印。")
    ] = None,
    city: CityOption = DEFAULT_CITY,
) -> None:
    """由能源平衡表（实物量）计算分部门、分品种的二氧化碳排放（MtCO2）。每个地区九行：合计、七个非工业部门和
    工业（终端消费扣除原料，加火力发电和供热投入）。因子文件和因子集必须且只能给一个，各套从不混用。
    城市自有的因子集取自 --city 的文件夹；不读账本，账本中更换的取值不在其内。结果旁另写 OUT.findings.csv。
    退出码：0 正常（可有提示），1 有数值只能按未知，2 用法错误。

    CO2 of an energy balance.
    """
    from duheng.city import default_city_folder
    from duheng.ingest.balance.output import findings_beside, write, write_findings
    from duheng.ingest.carbon import inventory, inventory_by_set, known_sets, read_balance, read_factors

    not_over(out, table, factors)
    folder = default_city_folder(city)
    sets = known_sets(folder)
    _one_of(factors, set_name, sets)
    balance = read_balance(table)
    if factors is not None:
        result = inventory(balance, read_factors(factors))
    else:
        result = inventory_by_set(balance, str(set_name), folder)
    if out is None:
        typer.echo(result.csv(), nl=False)
    else:
        write(out, result.table.rows(), result.table.columns, "二氧化碳清单", {"来源": table.name})
        write_findings(result.findings, findings_beside(out))
    _told(result.findings)
    if not result.complete:
        raise typer.Exit(1)


def _told(findings: Sequence[Finding]) -> None:
    for finding in findings[:_PRINTED]:
        typer.echo(finding.text, err=True)
    if len(findings) > _PRINTED:
        typer.echo(f"……另有{len(findings) - _PRINTED}条", err=True)


def _one_of(factors: Path | None, set_name: str | None, sets: dict[str, str]) -> None:
    """BadParameter unless exactly one of the two is given, the set a known one."""
    if (factors is None) == (set_name is None):
        said = (
            "须给出 --factors 或 --set"
            if factors is None
            else "--factors 和 --set 只能给一个，因子集从不混用"
        )
        raise typer.BadParameter(f"{said}。{_listed(sets)}")
    if set_name is not None and set_name not in sets:
        raise typer.BadParameter(f"没有因子集“{set_name}”。{_listed(sets)}")


def _listed(sets: dict[str, str]) -> str:
    return "可用的因子集：" + "；".join(f"{name}（{title}）" for name, title in sets.items())
