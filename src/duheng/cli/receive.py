"""`duheng receive` takes telemetry in; `duheng devices` says who may send."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from duheng.cli.opening import typed_password
from duheng.model.errors import DuhengError

if TYPE_CHECKING:
    from duheng.telemetry.devices import Network
    from duheng.telemetry.receiving.mqtt import Broker

devices = typer.Typer(no_args_is_help=True, help="现场机登记：谁可以上传。Devices that may send.")

NAMES = {
    "clock-read": "1011", "clock-set": "1012", "interval-read": "1061", "interval-set": "1062", "password": "1072",
    "realtime": "2011", "realtime-stop": "2012", "days": "2031", "minutes": "2051", "hours": "2061",
}  # fmt: skip


Hj212Port = Annotated[
    int | None, typer.Option("--hj212", help="HJ 212的端口，0为任一空闲端口。", min=0, max=65535)
]
HttpPort = Annotated[
    int | None, typer.Option("--http", help="表计HTTPS JSON的端口，0为任一空闲端口。", min=0, max=65535)
]
Certificate = Annotated[
    Path | None,
    typer.Option("--certificate", help="TLS证书（PEM）；不给则不加密。", exists=True, dir_okay=False),
]
Key = Annotated[Path | None, typer.Option("--key", help="TLS私钥（PEM）。", exists=True, dir_okay=False)]
MqttCa = Annotated[
    Path | None, typer.Option("--mqtt-ca", help="MQTT服务器的CA证书（PEM）。", exists=True, dir_okay=False)
]
Allow = Annotated[
    list[str] | None, typer.Option("--allow", help="只许这些网段连接，如10.1.0.0/16；可多次给出。")
]
Receipts = Annotated[
    bool,
    typer.Option(
        "--receipts",
        help="不接收，列出收报平衡：每设备每小时收到、已存、拒收及原因（refused）、已存而有疑问的（marked）、"
        "报文种类（kinds）（JSON行）。",
    ),
]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("receive", help="接收在线监测数据（HJ 212、表计）。Take telemetry in.")(receive)
    app.add_typer(devices, name="devices")
    app.command("request", help="向现场机下发命令。Put a request to a device.")(request)


def home() -> Path:
    """DUHENG_HOME, made when absent."""
    from duheng import settings

    return settings.DUHENG_HOME


def receive(
    hj212: Hj212Port = None,
    host: Annotated[str, typer.Option("--host", help="监听地址。")] = "0.0.0.0",  # noqa: S104
    certificate: Certificate = None,
    key: Key = None,
    http: HttpPort = None,
    mqtt: Annotated[
        str, typer.Option("--mqtt", help="从MQTT取表计数据：mqtts://[用户@]主机[:端口]/主题。")
    ] = "",
    mqtt_ca: MqttCa = None,
    allow: Allow = None,
    receipts: Receipts = False,
) -> None:
    """接收现场机上传的报文：先落盘（fsync），后应答；拒收的也保存并注明原因。直到Ctrl+C或SIGTERM。
    设备用duheng devices add登记；状态写在DUHENG_HOME/telemetry/receive.json。
    退出码：0 正常停止，2 不能启动（原因见提示）。
    """
    from duheng.telemetry.receiving import serving

    if receipts:
        _print_receipts()
        return
    if hj212 is None and http is None and not mqtt:
        raise typer.BadParameter("至少给出一个来源，如 --hj212 9212、--http 9443。")
    settings = serving.Settings(
        home(), host, hj212, certificate, key, _networks(allow or []), http=http, mqtt=_broker(mqtt, mqtt_ca)
    )
    serving.run(settings, _say_ready)


def _counted(rows: list[dict[str, Any]], by: str) -> dict[str, int]:
    """Frames of some rows by one of their columns."""
    found = Counter[str]()
    for one in rows:
        found[one[by]] += one["frames"]
    return dict(found)


def _print_receipts() -> None:
    import polars as pl

    from duheng.telemetry.receipts import receipts

    of_verdict = pl.struct("verdict", "frames")
    refused = of_verdict.filter(~pl.col("stored"))
    marked = of_verdict.filter(pl.col("stored") & (pl.col("verdict") != "stored"))
    counts = pl.col("frames")
    stored = counts.filter(pl.col("stored")).sum()
    table = receipts(home()).group_by("hour", "mn", maintain_order=True)
    sums = table.agg(
        received=counts.sum(),
        stored=stored,
        refused=refused,
        marked=marked,
        kinds=pl.struct("kind", "frames"),
    )
    for row in sums.iter_rows(named=True):
        told = {
            name: _counted(row[name], by)
            for name, by in (("refused", "verdict"), ("marked", "verdict"), ("kinds", "kind"))
        }
        said = {**row, "hour": f"{row['hour']:%Y-%m-%dT%H:00+08:00}", **told}
        typer.echo(json.dumps(said, ensure_ascii=False))


def _broker(text: str, ca: Path | None) -> Broker | None:
    from duheng.telemetry.receiving.mqtt import broker

    return broker(text, ca) if text else None


def _say_ready(ports: dict[str, int]) -> None:
    for name, port in ports.items():
        print(f"{name} {port}", flush=True)


def _networks(texts: list[str]) -> list[Network]:
    from ipaddress import ip_network

    try:
        return [ip_network(text) for text in texts]
    except ValueError as wrong:
        said = "、".join(f"“{text}”" for text in texts)
        raise DuhengError(f"--allow {said}：应为网段，主机位为零，如10.1.0.0/16。") from wrong


@devices.command("list", help="列出登记的现场机，不显示密码。List the devices.")
def list_devices() -> None:
    """每行一台：MN、名称、主体、系统编码、校验规则、时间标签、网段。退出码：0 正常，1 文件有问题。"""
    from duheng.telemetry import devices as known

    found = known.load(home())
    for one in found.by_mn.values():
        columns = (one.mn, one.title, one.entity, one.st, one.crc, one.label, one.networks)
        typer.echo("\t".join(text or "-" for text in columns))
    for finding in found.findings:
        typer.echo(finding.text, err=True)
    if found.findings:
        raise typer.Exit(1)


@devices.command("add", help="登记一台现场机，已有的替换；密码从终端或标准输入读取。Add a device.")
def add(
    mn: Annotated[str, typer.Argument(help="设备唯一标识。")],
    title: Annotated[str, typer.Option("--title", help="名称。")] = "",
    entity: Annotated[str, typer.Option("--entity", help="账本中的主体。")] = "",
    site: Annotated[str, typer.Option("--site", help="站点编号，缺省为主体。")] = "",
    st: Annotated[str, typer.Option("--st", help="系统编码，如32；不给则不限。")] = "",
    crc: Annotated[
        str, typer.Option("--crc", help="校验规则：strict、lower、modbus_hi_lo、modbus_lo_hi、off。")
    ] = "lower",
    label: Annotated[str, typer.Option("--label", help="时段数据的时间标签：start或end。")] = "start",
    networks: Annotated[str, typer.Option("--networks", help="许可的网段，以空格分开；不给则不限。")] = "",
    contact: Annotated[str, typer.Option("--contact", help="首次连接时下发的命令编码，以空格分开。")] = "",
    any_password: Annotated[bool, typer.Option("--any-password", help="不核对密码。")] = False,
) -> None:
    """登记或替换一台。退出码：0 正常，2 参数有误或文件有问题（不写入）。"""
    from duheng.telemetry import devices as known

    password = known.ANY if any_password else typed_password()
    if not password:
        said = f"提示：密码为空，{mn}的报文须不带PW或PW为空才收，带密码的一律拒收；应为设备中设置的PW。"
        typer.echo(said + "请核对；要改就重新登记，不核对密码用--any-password。", err=True)
    device = known.Device(mn, title, entity, site or entity, st, password, "", crc, label, networks, contact)
    if wrong := known.trouble_of_entry(device):
        raise DuhengError(wrong)
    new = known.add(home(), device)
    typer.echo(f"{'已登记' if new else '已替换'} {mn}。")


@devices.command("knocking", help="列出未登记却在上传的设备。List strangers that send.")
def knocking() -> None:
    """每行一台：MN、报文数、首次、最近、来源地址，最近的在前。退出码：0。"""
    from duheng.telemetry.receipts import knocking as strangers

    for mn, frames, first, last, peer in strangers(home()).iter_rows():
        texts = (
            mn or "-",
            str(frames),
            *(f"{one.astimezone():%Y-%m-%d %H:%M:%S}" for one in (first, last)),
            peer,
        )
        typer.echo("\t".join(texts))


@devices.command(
    "suggest", help="建议校验规则：校验被拒的设备实际用的哪一种。Suggest rules of the check sum."
)
def suggest() -> None:
    """只建议，不改登记。每行：MN、建议的crc、依据的报文数。退出码：0。"""
    from duheng.telemetry.suggesting import crc_rules

    for mn, (rule, frames) in crc_rules(home()).items():
        typer.echo(f"{mn}\t{rule}\t{frames}")


@devices.command("remove", help="取消登记；已收到的数据保留。Remove a device.")
def remove(mn: Annotated[str, typer.Argument(help="设备唯一标识。")]) -> None:
    """退出码：0 正常，2 没有这台设备。"""
    from duheng.telemetry import devices as known

    known.remove(home(), mn)
    typer.echo(f"已取消登记 {mn}。")


def request(
    mn: Annotated[str, typer.Argument(help="设备唯一标识。")],
    command: Annotated[str, typer.Argument(help="命令编码或名称，如1012或clock-set。")],
    values: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[NAME=VALUE]...",
            help="CP字段，如RtdInterval=60；2005版1021的PolId、3014的CTime可写多次。",
        ),
    ] = None,
    why: Annotated[str, typer.Option("--why", help="原因，记入结果。")] = "",
    wait: Annotated[float, typer.Option("--wait", help="等待结果的秒数，0为不等。", min=0)] = 90,
) -> None:
    """向现场机下发一条命令，由正在运行的duheng receive送达；给出应答和结果（JSON：said为经过，next为下一步，
    asked、finished为北京时间，其余供程序读）。
    名称：clock-read、clock-set、interval-read、interval-set、realtime、realtime-stop、days、minutes、hours、password。
    退出码：0 执行成功或不等待，1 被拒绝、失败或尚无结果，2 用法错误。
    """
    import getpass
    import time

    from duheng.telemetry import outcomes, requests

    code = NAMES.get(command, command)
    given = _fields(values or [])
    if code == NAMES["clock-set"]:
        given.setdefault("SystemTime", "now")
    id = requests.ask(home(), requests.Request(mn, code, given, getpass.getuser(), why))
    until = time.monotonic() + wait
    said = None
    while time.monotonic() < until:
        said = requests.result(home(), id)
        if said and said["state"] in ("done", "refused", "failed"):
            break
        time.sleep(0.2)
    typer.echo(json.dumps(outcomes.worded(home(), id, said, mn), ensure_ascii=False, indent=1))
    if wait and (said or {}).get("state") != "done":
        raise typer.Exit(1)


def _fields(pairs: list[str]) -> dict[str, str]:
    """CP fields by name, the values of one given several times with commas between. Raises DuhengError for no `=`."""
    found: dict[str, str] = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not (name and equals):
            raise DuhengError(f"“{pair}”：应为NAME=VALUE，如RtdInterval=60。请改正后重来。")
        found[name] = f"{found[name]},{value}" if name in found else value
    return found
