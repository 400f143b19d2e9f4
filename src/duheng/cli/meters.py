"""`duheng meters`: gateways that may hand in meter readings, and the dictionary of their codes."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

meters = typer.Typer(no_args_is_help=True, help="表计：采集端登记、数据编码。Energy meters.")


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(meters, name="meters")


def _home() -> Path:
    from duheng import settings

    return settings.DUHENG_HOME


@meters.command("invite", help="邀请一家企业的采集端注册，给出邀请码。Invite a gateway.")
def invite(
    enterprise: Annotated[str, typer.Argument(help="企业编码，如统一社会信用代码。")],
    title: Annotated[str, typer.Option("--title", help="名称。")] = "",
    entity: Annotated[str, typer.Option("--entity", help="账本中的主体。")] = "",
    site: Annotated[str, typer.Option("--site", help="站点编号，缺省为主体。")] = "",
    networks: Annotated[str, typer.Option("--networks", help="许可的网段，以空格分开；不给则不限。")] = "",
    days: Annotated[int, typer.Option("--days", min=1, max=90, help="几天内有效。")] = 7,
) -> None:
    """邀请码只显示这一次；采集端用它注册，得到deviceId和secretKey。退出码：0 正常，2 参数有误。"""
    from duheng.telemetry.meters import gateways

    gateway = gateways.Gateway(enterprise, title, entity, site or entity, networks)
    code = gateways.invite(_home(), gateway, date.today(), days)
    typer.echo(f"邀请码 {code}\n{days}天内有效，只显示这一次。")


@meters.command("list", help="列出采集端，不显示密钥。List the gateways.")
def list_gateways() -> None:
    """每行一个：deviceId、企业编码、名称、主体、站点、网段；未注册的deviceId为“-”。退出码：0 正常，2 文件有问题。"""
    from duheng.telemetry.meters import gateways

    for one in gateways.load(_home()):
        columns = (one.device, one.enterprise, one.title, one.entity, one.site, one.networks)
        typer.echo("\t".join(text or "-" for text in columns))


@meters.command("revoke", help="取消一个采集端；已收到的数据保留。Revoke a gateway.")
def revoke(device: Annotated[str, typer.Argument(help="deviceId。")]) -> None:
    """退出码：0 正常，2 没有这个采集端。"""
    from duheng.telemetry.meters import gateways

    gateways.revoke(_home(), device)
    typer.echo(f"已取消 {device}。")


@meters.command("codes", help="列出数据编码字典，或导入一份。List or import the dictionary of codes.")
def dictionary(
    file: Annotated[
        Path | None, typer.Argument(metavar="[FILE.csv]", exists=True, dir_okay=False, help="要导入的字典。")
    ] = None,
) -> None:
    """列：position,length,field,code,title,unit,source,certainty。导入的替换上次导入的，同码的盖过随程序发布的。
    退出码：0 正常，2 文件有问题（不导入）。
    """
    from duheng.telemetry.meters import codes

    if file is not None:
        typer.echo(f"已导入 {codes.imported(_home(), file)} 个编码。")
        return
    for one in codes.load(_home()).entries:
        columns = (one.field, one.code, one.title, one.unit, one.certainty)
        typer.echo("\t".join(text or "-" for text in columns))
