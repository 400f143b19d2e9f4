"""What a wrong command line, or a file that cannot be opened, is told: in Chinese, with the remedy."""

from __future__ import annotations

import errno
import re
from pathlib import Path

import typer

from duheng.model.errors import DuhengError

# The wordings of the command line library, which knows English only, and what stands for them here.
_WORDINGS: tuple[tuple[str, str], ...] = (
    (r"No such command '(.+?)'\.(.*)", "没有“{0}”这个命令。"),
    (r"No such option: (\S+) \(Possible options: (.+)\)", "没有“{0}”这个选项；是否指 {1}？"),
    (r"No such option: (\S+)(.*)", "没有“{0}”这个选项。"),
    (r"Missing argument '(.+?)'\.(.*)", "缺少参数 {0}。"),
    (r"Missing option '(.+?)'\.(.*)", "缺少选项 {0}。"),
    (r"Got unexpected extra arguments?(?:\(s\))? \((.+)\)", "多出了参数：{0}。"),
    (r"Option '(.+?)' requires (?:an argument|\d+ arguments)\.", "选项 {0} 之后须写内容。"),
    (r"Option '(.+?)' does not take a value\.", "选项 {0} 之后不写内容。"),
    (r"Invalid value for '(.+?)': (?:file|File|path|Path) '(.+)' does not exist\.", "{0}：没有文件“{1}”。"),
    (r"Invalid value for '(.+?)': (?:file|File|path|Path) '(.+)' is a directory\.", "{0}：“{1}”是文件夹，应为文件。"),
    (r"Invalid value for '(.+?)': (?:file|File|path|Path) '(.+)' is not readable\.", "{0}：“{1}”没有读取权限。"),
    (r"Invalid value for '(.+?)': .*?'(.+)' is not one of (.+)\.", "{0}：没有“{1}”；可用的有：{2}。"),
    (r"Invalid value for '?(.+?)'?: Input should be a valid integer\b.*", "{0}：应为整数。"),
    (r"Invalid value for '?(.+?)'?: Input should be less than or equal to (.+)", "{0}：应不大于 {1}。"),
    (r"Invalid value for '?(.+?)'?: Input should be greater than or equal to (.+)", "{0}：应不小于 {1}。"),
    (r"Invalid value for '?(.+?)'?: (.*)", "{0}：{1}"),
    (r"Invalid value: (.*)", "{0}"),
)  # fmt: skip
_UNREACHABLE = ("OperationalError", "DatabaseError", "InterfaceError")
_REASONS = {
    errno.ENOENT: "没有这个文件或文件夹",
    errno.EISDIR: "这是文件夹，应为文件",
    errno.ENOTDIR: "路径中有一段不是文件夹",
    errno.EACCES: "没有权限",
    errno.EPERM: "没有权限",
    errno.EROFS: "所在的盘只能读",
    errno.ENOSPC: "磁盘已满",
    errno.ENAMETOOLONG: "文件名太长",
}

_PLACES = {
    errno.EADDRINUSE: "已被别的程序占用。请换一个端口，或先停止那个程序",
    errno.EADDRNOTAVAIL: "本机没有这个地址。请核对--host",
}


def not_over(out: Path | None, *read: Path | None, option: str = "-o") -> None:
    """BadParameter where a result would be written over a file that is read for it."""
    for path in read:
        if out is not None and path is not None and out.exists() and out.samefile(path):
            raise typer.BadParameter(f"{option} 与读入的“{path}”是同一个文件；请换一个文件名，以免覆盖。")


def not_filled(out: Path) -> None:
    """DuhengError where a sheet to be filled in would be written over a file, which is perhaps filled in already."""
    if out.exists() and (out.is_dir() or out.stat().st_size):
        raise DuhengError(f"“{out}”已存在，没有改动它。请先移走，或用另一个文件名。")


def usage_refused(error: typer.TyperException) -> str:
    """What is wrong with the command line, its usage, and where the help is."""
    said = error.format_message()
    if said.startswith("Usage:"):  # a group without a command shows its help
        return said
    for pattern, wording in _WORDINGS:
        found = re.fullmatch(pattern, said, re.DOTALL)
        if found:
            said = wording.format(*(part.replace("'", "") for part in found.groups()))
            break
    context = getattr(error, "ctx", None)
    if context is None:
        return said
    usage = " ".join(context.get_usage().removeprefix("Usage:").split())
    return f"{said}\n用法：{usage}\n说明：{context.command_path} --help"


def database_refused(error: Exception) -> str | None:
    """That the database cannot be reached or read; None where the error is of another kind."""
    kind = type(error)
    if kind.__module__ != "django.db.utils" or kind.__name__ not in _UNREACHABLE:
        return None
    first = (str(error).splitlines() or [""])[0]
    remedy = "请核对 DUHENG_DATABASE_URL 和 DUHENG_HOME，数据库是否已启动、文件是否完好；必要时用 duheng restore 恢复"
    return f"数据库不能使用：{first}。{remedy}。"


def file_refused(error: OSError) -> str:
    """Which file could not be read or written, why, and what to do."""
    if error.errno in _PLACES:
        found = re.search(r"\('(.+?)', (\d+)", str(error))
        place = f"{found[1]}的{found[2]}端口" if found else "这个地址或端口"
        return f"不能监听{place}：{_PLACES[error.errno]}。"
    reason = _REASONS.get(error.errno or 0, error.strerror or str(error))
    where = f"“{error.filename}”" if error.filename else "文件"
    return f"不能读写{where}：{reason}。请核对文件名、所在文件夹和权限。"
