"""`duheng import`, `duheng export`, `duheng template`: sheets in and out."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from duheng.cli.opening import DEFAULT_CITY, SEVERITIES, CityOption
from duheng.cli.refusals import not_filled, not_over
from duheng.model.errors import DuhengError, UnknownName

if TYPE_CHECKING:
    from duheng.ingest.exporting import Exported
    from duheng.ingest.importing import ImportResult
    from duheng.model.glossary import Quantity
    from duheng.model.plan import City, Duty, Plan

_BINARY = ("xlsx", "parquet")
_Status = Annotated[
    str, typer.Option("--status", help="状态：audited 核定、measured 监测、reported 填报、estimated 估算。")
]
_Plan = Annotated[str | None, typer.Option("--plan", help="方案编号。")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("import", help="导入 Excel、CSV；有错误则整份不导入。Import sheets.")(import_)
    app.command("export", help="导出事实、看板或任一指标。Export facts, the board or a quantity.")(export)
    app.command("template", help="生成报表模板。Write the form of a duty.")(template)


def import_(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help=".xlsx、.xls、.csv 文件。")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只检查，不写入。")] = False,
    good_rows: Annotated[bool, typer.Option("--good-rows", help="有错误时导入没有错误的行。")] = False,
    waiting: Annotated[
        Path | None, typer.Option("--waiting", help="把待改正的行连同原因写到文件（.xlsx 或 .csv）。")
    ] = None,
    scenario: Annotated[
        str, typer.Option("--scenario", help="情景：actual（真实）、drill（演练）。")
    ] = "actual",
    status: _Status = "reported",
    by: Annotated[str | None, typer.Option("--by", help="由谁导入；缺省为系统用户名。")] = None,
    city: CityOption = DEFAULT_CITY,
    as_json: Annotated[bool, typer.Option("--json", help="以 JSON 输出。")] = False,
) -> None:
    """导入表格。退出码：0 正常，1 有问题（见提示），2 用法错误。"""
    import getpass

    from duheng.assess.parameters import in_force
    from duheng.ingest.importing import import_file
    from duheng.ingest.loading import open_city

    _importable(files, waiting)
    here = open_city(city, scenario)
    here = replace(here, parameters=in_force(here, scenario))
    told = partial(
        import_file, city=here, dry_run=dry_run, good_rows=good_rows, scenario=scenario, status=status
    )
    results = []
    for file in files:
        if sys.stderr.isatty():
            typer.echo(f"正在读取 {file} …", err=True)
        results.append(told(file, by=by or getpass.getuser()))
        if not as_json:
            _report(results[-1])
    if waiting is not None and results[0].waiting:
        _write_waiting(results[0], waiting)
    _end(results, as_json)


def _end(results: list[ImportResult], as_json: bool) -> None:
    """The results as JSON where asked for; exit code 1 where anything beyond a notice was found."""
    if as_json:
        typer.echo(json.dumps([result.as_json() for result in results], ensure_ascii=False, indent=1))
    if any(finding.severity != "notice" for result in results for finding in result.findings):
        raise typer.Exit(1)


def _importable(files: list[Path], waiting: Path | None) -> None:
    """Before anything is imported: every file is there, and the one for the waiting rows can be written."""
    if waiting is not None and len(files) > 1:
        raise DuhengError("--waiting 一次只能用于一个文件。请逐个导入。")
    for file in files:
        if not file.is_file():
            found = "是文件夹" if file.is_dir() else "没有这个文件"
            raise DuhengError(
                f"{file}：{found}，应为 .xlsx、.xls 或 .csv 文件。没有导入任何文件；请核对文件名。"
            )
    if waiting is not None:
        _writable(waiting, (".xlsx", ".csv"))
        not_over(waiting, *files, option="--waiting")


def _report(result: ImportResult) -> None:
    """The counts on standard output, the findings on standard error."""
    for finding in result.findings:
        typer.echo(f"[{SEVERITIES[finding.severity]}] {finding.text}", err=True)
    if result.dry_run:
        done = f"检查完毕，可导入 {result.ready} 条，未写入"
    elif result.receipt is None and result.failed:
        others = f"{result.ready} 条没有错误；改正后重来，或加 --good-rows 先导入这些"
        done = f"没有导入（{others if result.ready else '改正后重来'}）"
    else:
        done = f"新增 {result.added} 条，重复 {result.duplicates} 条"
    rest = f"，待改正 {len(result.waiting)} 行" if result.waiting else ""
    number = f"，回执号 {result.number}" if result.number else ""
    typer.echo(f"{result.file}：{done}{rest}{number}")


def _writable(out: Path, kinds: tuple[str, ...]) -> None:
    """Before anything is done: the file to write has a folder and a name that says what it is."""
    if out.suffix.lower() not in kinds:
        raise DuhengError(f"不能写成“{out.name}”：文件名应以 {' 或 '.join(kinds)} 结尾。")
    if not out.parent.is_dir() or out.is_dir():
        raise DuhengError(
            f"不能写到“{out}”：{'这是文件夹' if out.is_dir() else '没有这个文件夹'}。请核对路径。"
        )


def _write_waiting(result: ImportResult, out: Path) -> None:
    from duheng.ingest.importing import waiting_rows

    out.write_bytes(waiting_rows(result, "csv" if out.suffix.lower() == ".csv" else "xlsx"))
    typer.echo(f"待改正的行已写入 {out}", err=True)


def export(
    what: Annotated[
        str, typer.Argument(metavar="facts|board|table", help="事实、看板，或指标表（table 后写指标）。")
    ],
    quantity: Annotated[str | None, typer.Argument(metavar="[QUANTITY]", help="指标编号或中文名。")] = None,
    format: Annotated[
        str | None, typer.Option("--format", help="xlsx、csv、json、parquet；缺省按文件名，否则 csv。")
    ] = None,
    out: Annotated[Path | None, typer.Option("-o", "--output", help="写到文件；缺省写到标准输出。")] = None,
    scenario: Annotated[
        str, typer.Option("--scenario", help="情景：actual（真实）、drill（演练）。")
    ] = "actual",
    as_of: Annotated[str | None, typer.Option("--as-of", help="截至日期，如 2024-07-31。")] = None,
    definition: Annotated[str | None, typer.Option("--definition", help="口径编号。")] = None,
    city: CityOption = DEFAULT_CITY,
    plan: _Plan = None,
) -> None:
    """导出。演练数据的导出带水印。退出码：0 正常，2 用法错误。"""
    from duheng.ingest.export import write_table

    chosen = format or (out.suffix.lstrip(".").lower() if out and out.suffix else "csv")
    if out is None and chosen in _BINARY and sys.stdout.isatty():
        raise DuhengError(f"{chosen} 不能显示在屏幕上。请用 -o 写到文件。")
    made = _exported(what, quantity, city, plan, scenario, as_of, definition)
    target = out if out is not None else sys.stdout.buffer
    count = write_table(
        made.rows, made.columns, target, title=made.title, scenario=scenario, format=chosen, about=made.about
    )
    if out is not None:
        typer.echo(f"已导出 {count} 行到 {out}", err=True)


def _exported(
    what: str,
    name: str | None,
    city: str,
    plan: str | None,
    scenario: str,
    as_of: str | None,
    definition: str | None,
) -> Exported:
    from duheng.cli.exports import board_table, computed_table
    from duheng.cli.opening import definition_of, moment, ready, results_of
    from duheng.ingest.exporting import fact_table

    kinds = ("facts", "board", "table")
    if what not in kinds:
        raise UnknownName(what, kinds, "导出内容")
    if (what == "table") != (name is not None):
        raise DuhengError("export table 之后须写指标，export facts、export board 之后不写。")
    until = moment(as_of)
    if what == "board":
        results_of(scenario)
    here, chosen = ready(city, scenario, plan)
    if what == "facts":
        return fact_table(here, scenario, until)
    if what == "board":
        return board_table(here, chosen, scenario, until)
    found = _quantity(name or "")
    return computed_table(here, chosen, found, scenario, until, definition_of(found, definition))


def _quantity(name: str) -> Quantity:
    from duheng.model import glossary

    known = glossary.all_quantities()
    found = known.get(name) or next((q for q in known.values() if name in (q.title, q.title_en)), None)
    if found is None:
        raise UnknownName(name, [text for q in known.values() for text in (q.id, q.title)], "指标")
    return found


def template(
    duty: Annotated[str, typer.Argument(metavar="DUTY", help="任务编号或名称；all 为方案的全部任务。")],
    out: Annotated[
        Path | None, typer.Option("-o", "--output", help="文件名；缺省为“任务名 时期.xlsx”。")
    ] = None,
    period: Annotated[
        str | None, typer.Option("--period", help="时期，如 2024、2024-06；缺省为最近一期。")
    ] = None,
    city: CityOption = DEFAULT_CITY,
    plan: _Plan = None,
) -> None:
    """生成报表模板：应填的对象、品种、指标、单位都已列好，填数后可原样导入。退出码：0 正常，2 用法错误。"""
    from duheng.city import default_city_folder, load
    from duheng.ingest.template import find_duty, make_form, write_template

    here = load(default_city_folder(city))
    if duty == "all":
        chosen = here.plan(plan) if plan else next((p for p in here.plans if p.scenario == "actual"), None)
        if chosen is None:
            raise UnknownName(plan or "", [p.id for p in here.plans], "方案")
        forms = [make_form(here, chosen, one, period) for one in _filled_for(period, chosen)]
        name = f"{chosen.title} 报表模板.xlsx"
    else:
        try:
            found, one = find_duty(here, duty, plan)
        except UnknownName as error:
            raise error if error.near else DuhengError(f"{error}{_duties(here, plan)}") from None
        forms = [make_form(here, found, one, period)]
        name = f"{one.title} {forms[0].period}.xlsx"
    target = out or Path(name.replace("/", "_"))
    _writable(target, (".xlsx",))
    not_filled(target)
    write_template(forms, target)
    typer.echo(f"已生成 {target}（{sum(len(form.members) * len(form.items) for form in forms)} 行待填）")


def _filled_for(period: str | None, plan: Plan) -> list[Duty]:
    """The duties to be filled in for a period; those of another rhythm are named. All where no period is asked for."""
    from duheng.model.periods import parse

    if period is None:
        return list(plan.duties)
    kind = parse(period).kind
    fitting = [one for one in plan.duties if one.every == kind]
    others = "、".join(one.title for one in plan.duties if one.every != kind)
    if not fitting:
        raise DuhengError(
            f"没有按“{period}”这类时期填报的任务：{others}各按自己的时期填报。请改写 --period。"
        )
    if others:
        typer.echo(f"不按“{period}”这类时期填报，没有生成：{others}", err=True)
    return fitting


def _duties(city: City, plan: str | None) -> str:
    """The forms there are, a line each, for whoever does not know their names."""
    known = {one.id: one.title for of in city.plans if plan in (None, of.id) for one in of.duties}
    return "".join(f"\n  {id}  {title}" for id, title in known.items())
