"""`duheng check` and `duheng init`: a city's folder, checked, compared, begun."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from duheng.cli.opening import SEVERITIES

if TYPE_CHECKING:
    from duheng.model.findings import Finding


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("check", help="检查城市文件夹，一次列出全部问题。Check a city's folder.")(check)
    app.command("init", help="新建一个城市的文件夹。Begin the folder of a new city.")(init)


def check(
    folder: Annotated[
        Path, typer.Argument(metavar="FOLDER", help="城市文件夹，如 cn/51/5120；或已安装城市的代码。")
    ],
    against: Annotated[
        Path | None,
        typer.Option("--against", metavar="FOLDER", help="与另一文件夹逐项比对目标和责任单位。"),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="输出JSON。")] = False,
) -> None:
    """检查城市文件夹：每个问题写明文件、行、键、实际、应为和改法。

    退出码：0 没有问题（提示不算），1 有问题，2 用法错误。
    """
    from duheng import city
    from duheng.reading.comparing.folders import compare

    folder, against = _named(folder), against and _named(against)
    findings, beside = city.check(folder), ""
    if against is not None:
        different = compare(folder, against)
        beside = f"与{against}逐项比对：{f'{len(different)}处不同' if different else '没有不同'}。"
        findings += [finding for finding in different if finding not in findings]
    if as_json:
        typer.echo(json.dumps([_as_dict(finding) for finding in findings], ensure_ascii=False, indent=2))
    else:
        _print(folder, findings, beside)
    if any(finding.severity != "notice" for finding in findings):
        raise typer.Exit(1)


def _named(folder: Path) -> Path:
    """The folder itself, or that of an installed city by its code, as --city takes it elsewhere."""
    from duheng.city import default_city_folder
    from duheng.model.errors import UnknownName

    if folder.is_dir():
        return folder
    try:
        return default_city_folder(str(folder))
    except UnknownName:
        raise typer.BadParameter(
            f"没有文件夹“{folder}”，也没有代码为“{folder}”的城市。新建用 duheng init。"
        ) from None


def _print(folder: Path, findings: list[Finding], beside: str) -> None:
    for finding in findings:
        typer.echo(f"{SEVERITIES[finding.severity]} {finding.text}")
    counts = {word: sum(f.severity == severity for f in findings) for severity, word in SEVERITIES.items()}
    said = "，".join(f"{count}处{word}" for word, count in counts.items() if count) or "没有问题"
    typer.echo(f"{folder}：{said}。{beside}", err=True)


def _as_dict(finding: Finding) -> dict[str, str]:
    keys = ("code", "severity", "place", "found", "expected", "remedy", "text")
    return {key: getattr(finding, key) for key in keys}


def init(
    city: Annotated[str, typer.Argument(metavar="CITY", help="城市名称，或六位区划代码。")],
    code: Annotated[str | None, typer.Option("--code", help="六位区划代码（CITY写名称时）。")] = None,
    into: Annotated[Path, typer.Option("--into", metavar="DIR", help="在哪个文件夹下新建。")] = Path(),
) -> None:
    """新建一个城市的文件夹：带说明的样例，可立即通过duheng check，再换成本市内容。"""
    from duheng.city import init as begin

    folder = begin(city, into, code)
    typer.echo(f"已新建“{folder}”。请按其中README.md改写，然后运行：duheng check {folder}")
    if folder.name != city.strip() and code is None:
        typer.echo(
            f"未给区划代码，暂用{folder.name}：请换成本市代码，或加--code重建。",
            err=True,
        )
