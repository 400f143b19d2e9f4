"""`duheng read`: a printed plan, and the numbers and duties it says."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from duheng.reading.doubts import kind

if TYPE_CHECKING:
    from duheng.reading.reading import Reading
    from duheng.reading.records import Doubt, Target, Task

_DIRECTIONS = {
    "decrease": "下降", "increase": "提高", "decrease_to": "降至", "increase_to": "提高到", "reach": "达到",
    "maintain": "保持", "at_least": "不低于", "at_most": "不超过", "complete": "完成", "zero_growth": "零增长",
    "multiply": "增至数倍", "assigned": "完成下达指标",
}  # fmt: skip
_QUOTED = 60


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("read", help="读懂一份规划或方案：目标、任务和责任单位。Read a printed plan.")(read)


def read(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="文件：.txt、.docx、.pdf、.html、.doc、.wps。")
    ],
    as_json: Annotated[bool, typer.Option("--json", help="输出JSON。")] = False,
    out: Annotated[
        Path | None, typer.Option("-o", "--output", metavar="DIR", help="另写成城市文件夹（绑定待核）。")
    ] = None,
) -> None:
    """读一份政府印发的规划、方案或通知，列出每个目标、没有数字的任务、责任单位，各附原文。

    需要人核对的地方列在最前。退出码：0 已读，2 不能读或用法错误。
    """
    from duheng.reading.reading import read as read_document

    with _progress(file.suffix.lower() == ".pdf") as progress:
        reading = read_document(file, progress)
    if out is not None:
        from duheng.reading.folder import write_folder

        written = write_folder(reading, out)
        beside = f"；另有{written.unbound}个未能绑定，见unbound.yaml" if written.unbound else ""
        said = f"已写入“{out}”：条款{written.articles}条，目标{written.targets}个（绑定待核）{beside}。"
        typer.echo(f"{said}请核对后运行：duheng check {out}", err=True)
    if as_json:
        typer.echo(json.dumps(reading.as_json(), ensure_ascii=False, indent=2))
        return
    for line in printed(reading):
        typer.echo(line)


def printed(reading: Reading) -> Iterator[str]:
    """The reading for a person, line by line: what to look at first, numbers owed, duties without one, tasks."""
    known = reading.outline
    yield known.title or "（没有认出标题）"
    period = f"{known.period[0]}—{known.period[1]}年" if known.period else None
    yield "　".join(filter(None, (known.number, known.issuer, known.date, period)))
    numbered = [one for one in reading.targets if one.value is not None]
    unnumbered = [one for one in reading.targets if one.value is None]
    ranked = sorted(reading.doubts, key=lambda one: kind(one.kind).rank)
    yield from _part("需要核对", [_doubt(reading.text, one) for one in ranked])
    yield from _part("目标", [f"{_target(one)}\n    {_quoted(one.quote)}" for one in numbered])
    yield from _part("没有数字的目标", [f"{_target(one)}\n    {_quoted(one.quote)}" for one in unnumbered])
    yield from _part("任务", [_task(one) for one in reading.tasks])


def _part(title: str, lines: list[str]) -> Iterator[str]:
    yield ""
    yield f"{title}：{len(lines)}项" if lines else f"{title}：无"
    for line in lines:
        yield f"  {line}"


def _doubt(text: str, one: Doubt) -> str:
    known = kind(one.kind)
    line = text.count("\n", 0, one.start) + 1
    return f"{known.title}（第{line}行）：{one.message.rstrip('。')}。{known.remedy}。"


def _target(target: Target) -> str:
    by = f"{target.deadline}年" if target.deadline else "未写期限"
    since = f"比{target.change_from}年" if target.change_from else ""
    hedge = target.hedge or ""
    value = "" if target.value is None else f"{target.value}"
    if target.value_max is not None:
        value += f"～{target.value_max}"
    amount = f"{value}{target.unit or ''}"
    bound = f"（{target.comparator}）" if target.comparator else ""
    what = f"{by}　{target.indicator}" + (f"〔{target.scope}〕" if target.scope else "")
    return f"{what}：{hedge}{since}{_DIRECTIONS.get(target.direction, '')}{amount}{bound}"


def _task(task: Task) -> str:
    leads = f"牵头：{'、'.join(task.lead_units)}" if task.lead_units else ""
    others = [one for one in task.responsible_units if one not in task.lead_units]
    responsible = f"责任：{'、'.join(others)}{'等' if task.open_list else ''}" if others else ""
    inherited = f"另有：{'、'.join(task.inherited_units)}" if task.inherited_units else ""
    units = "；".join(filter(None, (leads, responsible, inherited))) or "未写责任单位"
    return f"{task.number}{task.title}\n    {units}"


def _quoted(quote: str) -> str:
    said = " ".join(quote.split())
    return f"“{said if len(said) <= _QUOTED else said[: _QUOTED - 1] + '…'}”"


@contextmanager
def _progress(wanted: bool) -> Iterator[Callable[[int, int], None] | None]:
    """A bar of the pages on a terminal; nothing in a pipe."""
    if not wanted or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("读PDF", total=None)
        yield lambda done, pages: bar.update(task, completed=done, total=pages)
