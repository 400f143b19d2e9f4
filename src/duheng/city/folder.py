"""A city's folder: found, checked as a whole, loaded."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import duheng.rules  # noqa: F401  computed quantities join the glossary when the rules load
from duheng.city import plan_keys, unknown
from duheng.city.duties import asking
from duheng.city.entities import read_places
from duheng.city.fields import Group, group
from duheng.city.figures import read_facts
from duheng.city.marks import read_yaml
from duheng.city.outlines import read_map
from duheng.city.plans import read_plan
from duheng.city.report import Report, brief
from duheng.model import data
from duheng.model.entities import Places
from duheng.model.errors import FolderError, UnknownName, nearest
from duheng.model.findings import Finding
from duheng.model.glossary import all_quantities
from duheng.model.parameters import Parameters, packaged, read_parameters
from duheng.model.plan import City, Plan, PublicFact
from duheng.model.rule import leaves

_KNOWN_FILES = {"city.yaml", "entities.csv", "README.md", "unbound.yaml"}


@dataclass(frozen=True)
class _Read:
    """All that a folder says, however wrong; report holds what is wrong."""

    head: Group | None
    places: Places
    plans: tuple[Plan, ...]
    facts: tuple[PublicFact, ...]
    parameters: Parameters
    map: Path | None
    report: Report


def load(folder: Path) -> City:
    """The city of a folder: plans, places, parameters, public figures, map.

    Raises FolderError with every trouble; warnings and notices do not keep it from loading.
    """
    read = _read(folder)
    head = read.head
    if read.report.troubles or head is None:
        raise FolderError(read.report.troubles)
    return City(
        id=head.text("id"),
        name=head.text("name"),
        name_en=head.text("name_en"),
        code=head.text("code"),
        folder=folder,
        places=read.places,
        plans=read.plans,
        parameters=read.parameters,
        facts=read.facts,
        map=read.map,
    )


def check(folder: Path) -> list[Finding]:
    """Every finding about a city's folder, in the order of its files; empty where all is well."""
    return _read(folder).report.findings


def default_city_folder(id: str = "512000") -> Path:
    """The folder of a city: a packaged one by its division code, or any by its path.

    Raises UnknownName with the cities there are.
    """
    root = data.root()
    usual = root / id[:2] / id[:4]
    if (usual / "city.yaml").is_file() and _id(usual) == id:
        return usual
    folders = {_id(path.parent): path.parent for path in sorted(root.glob("*/*/city.yaml"))}
    if id in folders:
        return folders[id]
    if id and (Path(id) / "city.yaml").is_file():  # one's own, as `duheng init` began it
        return Path(id).resolve()
    raise UnknownName(id, folders, "城市")


def _id(folder: Path) -> str:
    file = read_yaml(folder / "city.yaml", Report(folder))
    return str(file.data.get("id", "")) if file else ""


def _read(folder: Path) -> _Read:
    report = Report(folder)
    if not folder.is_dir():
        report.add(
            "folder-missing", str(folder), "没有这个文件夹", "一个城市文件夹", "核对路径，或用duheng init新建"
        )
        return _Read(None, Places(()), (), (), Parameters(), None, report)
    head = _head(folder, report)
    places = read_places(folder, report, head.text("id") if head else None)
    plans = _plans(folder, places, report)
    facts = read_facts(folder, places, report)
    parameters = _parameters(folder, head, report)
    shapes = read_map(folder, head, places, report)
    _check_head(head, places, report)
    _check_duties(plans, report)
    _check_files(folder, report)
    report.settle_places()
    return _Read(head, places, plans, facts, parameters, shapes, report)


def _head(folder: Path, report: Report) -> Group | None:
    file = read_yaml(folder / "city.yaml", report)
    return group(file, (), plan_keys.CITY, report) if file else None


def _check_head(head: Group | None, places: Places, report: Report) -> None:
    if head is None or not head.text("id"):
        return
    if head.text("id") not in places:
        unknown.entity(report, head.place("id"), head.text("id"), places)
    elif not report.has("parent-cycle"):
        _check_inside(head.text("id"), places, report)
    if not head.text("id").startswith(head.text("code")):
        report.add(
            "code",
            head.place("code"),
            f"是“{head.text('code')}”",
            f"{head.text('id')}的前几位",
            "改为本市区划代码的前四位",
        )


def _check_inside(city: str, places: Places, report: Report) -> None:
    """Whoever is not below the city is in none of its totals: said, lest a forgotten parent lose a county."""
    above = {city, *(one.id for one in places.ancestors(city))}
    for one in places:
        if one.id in above or one.kind in ("country", "province", "department"):
            continue
        if city not in {upper.id for upper in places.ancestors(one.id)}:
            report.add(
                "outside-city",
                f"实体“{brief(one.name)}”（{one.id}）parent",
                f"是“{one.parent or ''}”，不在{city}之内，全市合计不含它",
                "本市或其下级的编号",
                "补上或改正parent",
                "warning",
            )


def _plans(folder: Path, places: Places, report: Report) -> tuple[Plan, ...]:
    paths = sorted(folder.glob("plan*.yaml"))
    if not paths:
        report.add(
            "file-missing",
            "plan.yaml",
            "没有规划文件",
            "至少一个plan*.yaml",
            "补上规划，可由duheng init生成样例",
        )
    plans: dict[str, Plan] = {}
    for path in paths:
        plan = read_plan(path, places, report)
        if plan is None:
            continue
        if plan.id in plans:
            report.add(
                "repeated-id",
                report.name(path),
                f"规划编号“{plan.id}”重复",
                "每个规划一个编号",
                "改用另一编号",
            )
        plans.setdefault(plan.id, plan)
    return tuple(sorted(plans.values(), key=lambda plan: (plan.period.start, plan.date)))


def _parameters(folder: Path, head: Group | None, report: Report) -> Parameters:
    """The province's and the city's own settings, on top of the packaged ones."""
    own = dict(packaged())
    code = head.text("code") if head else ""
    province = [data.root() / code[:2] / "parameters"] if code else []
    for place in (*province, folder / "parameters"):
        if not place.is_dir():
            continue
        try:
            own |= read_parameters(place, onto=own)
            if place.parent == folder:
                _check_used(place, report)
        except FolderError as trouble:
            for finding in trouble.troubles:
                report.add(
                    "parameter", f"{report.name(place)}", brief_text(finding), "合法的参数文件", "改正该参数"
                )
    return Parameters({id: each for id, each in own.items() if each is not packaged().get(id)})


def _check_used(place: Path, report: Report) -> None:
    """A parameter is known by the name of its file: no rule would look for one whose name is misspelt."""
    for path in sorted(place.rglob("*.yaml")):
        if path.stem not in packaged():
            near = "、".join(nearest(path.stem, packaged()))
            report.add(
                "unused-parameter",
                report.name(path),
                f"没有规则使用参数“{path.stem}”，其取值不会用到",
                f"规则所用参数的编号作文件名{f'，如{near}' if near else ''}",
                "改正文件名，或移走该文件",
                "warning",
            )


def brief_text(finding: object) -> str:
    """What a finding of another reader says, without its stops."""
    return str(finding).rstrip("。")


def _check_duties(plans: tuple[Plan, ...], report: Report) -> None:
    """Each target must rest on something that somebody has to state, else nobody owes it.

    A plan without any duty, as a printed document is read, is said once: there is nothing to hold its targets against.
    """
    for plan in plans:
        if plan.targets and not plan.duties:
            report.add(
                "nobody-owes",
                f"{plan.id} duties",
                f"没有任何报送任务，{len(plan.targets)}项目标都没有写明由谁报送数据",
                "每项目标所需的数据各有一项duties",
                "在duties中写明由谁报送；印发的规划里通常没有，由本市另定",
                "notice",
            )
            continue
        for target in plan.targets:
            quantity = all_quantities().get(target.quantity)
            if quantity is None or asking(plan.duties, quantity, target.item):
                continue
            needed = "、".join(sorted(leaves(quantity) - {quantity.id}))
            own = f"{quantity.id}（{target.item}）" if target.item else quantity.id
            report.add(
                "nobody-owes",
                f"{plan.id} 目标“{brief(target.title)}”（{target.id}）",
                "没有任何任务要求报送其数据",
                f"duties中有一项包含{f'{needed}或{own}' if needed else own}",
                "在duties中写明由谁报送",
                "warning",
            )


def _check_files(folder: Path, report: Report) -> None:
    """Files that look like ours and are not read are said, lest a misspelt name hide a plan."""
    for path in sorted(folder.iterdir()):
        ours = path.name in _KNOWN_FILES or (path.name.startswith("plan") and path.suffix == ".yaml")
        if path.is_file() and path.suffix.lower() in (".yaml", ".yml", ".csv", ".xlsx") and not ours:
            report.add(
                "unknown-file",
                path.name,
                "没有读取该文件",
                "city.yaml、plan*.yaml、entities.csv",
                "改名或移走",
                "warning",
            )
