"""`duheng serve` starts the pages; `duheng account` makes and mends accounts."""

from __future__ import annotations

import os
from typing import Annotated

import typer

from duheng.cli.opening import DEFAULT_CITY, CityOption, typed_password

ROLES = ("viewer", "reporter", "reviewer", "administrator")
account = typer.Typer(no_args_is_help=True, help="账号：新增、改密码、停用。Accounts.")


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("serve", help="启动网页服务。Serve the pages.")(serve)
    app.add_typer(account, name="account")


def serve(
    host: Annotated[str, typer.Option("--host", help="监听地址。")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", help="端口。", min=1, max=65535)] = 8000,
    workers: Annotated[
        int, typer.Option("--workers", help="工作进程数，默认为处理器数，最多 4。", min=0, max=64)
    ] = 0,
    threads: Annotated[int, typer.Option("--threads", help="每个进程的线程数。", min=1, max=64)] = 8,
    city: CityOption = DEFAULT_CITY,
) -> None:
    """建库（首次）、装入城市数据、打印地址和演示账号，然后提供网页服务，直到按 Ctrl+C。
    退出码：0 正常停止，2 不能启动（原因见提示）。
    """
    from duheng.model import data
    from duheng.model.errors import DuhengError
    from duheng.web import server

    data.root()  # refused here in one line, not by each worker with a trace
    os.environ["DUHENG_CITY"] = city  # settings are read from the environment, here and in each worker
    if server.taken(host, port):
        raise DuhengError(f"不能启动：{host}:{port} 已被占用。请停止占用它的程序，或用 --port 换一个端口。")
    server.serve(host, port, workers or min(4, os.cpu_count() or 1), threads)


def _done(troubles: list[str], said: str) -> None:
    for trouble in troubles:
        typer.echo(trouble, err=True)
    if troubles:
        raise typer.Exit(2)
    typer.echo(said)


@account.command("add", help="新增账号；密码从终端或标准输入读取。Add an account.")
def add(
    name: Annotated[str, typer.Argument(help="用户名。")],
    role: Annotated[str, typer.Option("--role", help=f"角色：{'、'.join(ROLES)}。")],
    fullname: Annotated[str, typer.Option("--fullname", help="姓名。")] = "",
) -> None:
    """Add an account with one role."""
    from duheng import ledger
    from duheng.web import server

    ledger.setup()
    _done(server.add_account(name, typed_password(), role, fullname), f"已新增账号 {name}（{role}）。")


@account.command("password", help="重设密码。Set a password.")
def password(name: Annotated[str, typer.Argument(help="用户名。")]) -> None:
    """Give an account a new password."""
    from duheng import ledger
    from duheng.web import server

    ledger.setup()
    _done(server.set_password(name, typed_password()), f"已修改 {name} 的密码。")


@account.command("remove", help="停用账号（记录保留）。Stop an account.")
def remove(name: Annotated[str, typer.Argument(help="用户名。")]) -> None:
    """Stop an account; its audit entries stay."""
    from duheng import ledger
    from duheng.web import server

    ledger.setup()
    server.stop_account(name)
    typer.echo(f"已停用 {name}。")
