"""What every command that reads the ledger does first: open it, load the city when it is new, read the options."""

from __future__ import annotations

import sys
from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from duheng.model.errors import DuhengError, UnknownName

if TYPE_CHECKING:
    from duheng.model.glossary import Quantity
    from duheng.model.plan import City, Plan


DEFAULT_CITY = "512000"
SEVERITIES = {"error": "错误", "warning": "警告", "notice": "提示"}  # as on the page of findings
# The same variable the pages read, so that shell and pages of one installation speak of the same city.
CityOption = Annotated[str, typer.Option("--city", envvar="DUHENG_CITY", help="城市代码或文件夹。")]


def ready(city: str, scenario: str = "actual", plan: str | None = None) -> tuple[City, Plan]:
    """The city and the plan, with the ledger open and the city's figures in it.

    Raises UnknownName for an unknown city, scenario or plan.
    """
    from duheng import ledger
    from duheng.assess.books import default_plan
    from duheng.ingest.loading import open_city

    ledger.setup()
    if ledger.head().seq == 0:
        say("账本是空的，正在装入城市数据 ……")
    opened = open_city(city, scenario)
    if plan is None:
        return opened, default_plan(opened, scenario)
    found = opened.plan(plan)
    if found is None:
        raise UnknownName(plan, [known.id for known in opened.plans], "方案")
    return opened, found


LIMITS = "限值：随程序发布的；不读账本，账本中更换的取值不在其内"
PACKAGED = "取值：随程序发布的和城市文件夹中的；不读账本，账本中更换的取值不在其内"


def with_accepted(city: City) -> City:
    """The city with the parameter values accepted in the ledger, where there is one; says which are in use."""
    from dataclasses import replace

    from duheng import ledger
    from duheng.assess.parameters import in_force

    if not ledger.exists():
        typer.echo("取值：随程序发布的和城市文件夹中的；没有账本", err=True)
        return city
    ledger.setup()
    found = in_force(city)
    count = sum(
        setting not in city.parameters.get(one.id).settings
        for one in found.own.values()
        for setting in one.settings
    )
    typer.echo(f"取值：随程序发布的、城市文件夹中的，和账本中更换的 {count} 个", err=True)
    return replace(city, parameters=found)


def typed_password() -> str:
    """The password: from the terminal without echo, else the first line of standard input."""
    if sys.stdin.isatty():
        return str(typer.prompt("密码", hide_input=True, confirmation_prompt="再输一次"))
    return sys.stdin.readline().rstrip("\n")


def say(text: str) -> None:
    """What is going on, for a person at a terminal; quiet in a pipe."""
    if sys.stderr.isatty():
        print(text, file=sys.stderr, flush=True)


def results_of(scenario: str) -> None:
    """Refuses the scenarios that hold targets: judged by themselves, all of them would be met."""
    if scenario in ("target", "drill-target"):
        raise DuhengError(
            f"情景“{scenario}”存放的是目标值，不是结果，不能评判。请用 actual（真实）或 drill（演练）。"
        )


def definition_of(quantity: Quantity, text: str | None) -> str | None:
    """A `--definition` option. Raises UnknownName, DuhengError where the quantity has no such definition."""
    from duheng.model.glossary import definition

    if text is None:
        return None
    known = definition(text)
    if text not in quantity.definitions:
        having = "、".join(quantity.definitions)
        remedy = f"可用的有：{having}" if having else "该指标不分口径，请去掉 --definition"
        raise DuhengError(f"“{quantity.title}”没有口径“{known.title}”（{text}）；{remedy}。")
    return text


def moment(text: str | None) -> date | datetime | None:
    """An `--as-of` option: a date means the end of that day, a time without an offset that moment, in Shanghai.

    Of a day that has not come it is said that what is known now is shown. Raises DuhengError for a text that is
    neither.
    """
    from duheng.assess.books import ZONE, day_of, lies_ahead

    if text is None:
        return None
    asked: date | datetime
    try:
        if len(text) <= len("2024-07-31"):
            asked = date.fromisoformat(text)
        else:
            time = datetime.fromisoformat(text)
            asked = time.astimezone(ZONE) if time.tzinfo else time.replace(tzinfo=ZONE)
    except ValueError as error:
        raise DuhengError(
            f"--as-of {text!r} 不是日期；应写成 2024-07-31 或 2024-07-31T18:00+08:00"
        ) from error
    if lies_ahead(asked):
        typer.echo(f"{day_of(asked)}还没有到：所示为现在已知的数据，进度和时限按那天计算", err=True)
    return asked
