"""The handbook: every quantity, rule, parameter, definition and target in one printable text.

Nothing in it is written by hand: it is read from the glossary, the rules, the parameters and the plans in use, so
that it cannot lag behind what is computed. `handbook` builds it once, `markdown` and `html` print it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from duheng.assess.handbook_print import Block, Entry, Heading, Link, Text, as_html, as_markdown
from duheng.assess.rule_notes import note_of
from duheng.model import (
    CHILDREN,
    MONTHS,
    At,
    City,
    Duty,
    Linked,
    Only,
    Parameter,
    Parameters,
    Plan,
    Quantity,
    Reference,
    Rule,
    Target,
    Total,
    Under,
    Wording,
    all_quantities,
    axis,
    definition,
    kind,
)
from duheng.model.glossary import axes, definitions, item_unit, kinds
from duheng.model.readings import Formulas
from duheng.rules import SUBJECTS

CERTAINTY = {"verified": "已核对原文", "secondary": "转引", "memory": "凭记忆，待核", "derived": "推算"}
ADDING = {"sum": "求和", "last": "取期末", "none": "不相加"}
DIRECTION = {
    "decrease": "降低",
    "complete": "完成",
    "reach": "达到",
    "at_least": "不低于",
    "at_most": "不高于",
    "zero_growth": "零增长",
    "assigned": "完成上级下达指标",
}
EVERY = {"year": "每年", "half": "每半年", "quarter": "每季", "month": "每月"}


@dataclass(frozen=True)
class _Uses:
    """What rests on what: by id of the quantity or parameter."""

    rules: Mapping[str, list[Rule]] = field(default_factory=dict)
    targets: Mapping[str, list[tuple[Plan, Target]]] = field(default_factory=dict)
    duties: Mapping[str, list[Duty]] = field(default_factory=dict)


def handbook(city: City | None = None) -> list[Block]:
    """The handbook as blocks, in reading order; without a city it has no plan and no local settings."""
    plans = city.plans if city else ()
    uses = _uses(plans)
    return [
        Heading(1, f"度衡规则手册{f'：{city.name}' if city else ''}", "handbook"),
        Text(
            "由指标表、规则、参数表和方案自动生成。每个算式附依据和可信程度，标明“待核”的须核对原文后使用。"
        ),
        *(block for plan in plans for block in _plan(plan)),
        *_rules(uses),
        *_stated(uses),
        *_parameters(city.parameters if city else Parameters(), uses),
        *_definitions(),
        *_axes(),
        *_kinds(),
    ]


def markdown(city: City | None = None) -> str:
    """The handbook as Markdown."""
    return as_markdown(handbook(city))


def html(city: City | None = None) -> str:
    """The handbook as one HTML page that needs nothing else."""
    return as_html(handbook(city))


def _uses(plans: Iterable[Plan]) -> _Uses:
    rules: dict[str, list[Rule]] = defaultdict(list)
    for made in _all_rules():
        for id in dict.fromkeys(_base(ref).id for w in made.wordings for ref in w.inputs.values()):
            rules[id].append(made)
    targets: dict[str, list[tuple[Plan, Target]]] = defaultdict(list)
    duties: dict[str, list[Duty]] = defaultdict(list)
    for plan in plans:
        for target in plan.targets:
            targets[target.quantity].append((plan, target))
        for duty in plan.duties:
            for id in duty.quantities:
                duties[id].append(duty)
    return _Uses(rules, targets, duties)


def _all_rules() -> Iterator[Rule]:
    return (q for q in all_quantities().values() if isinstance(q, Rule))


def _base(reference: Reference) -> Quantity | Parameter:
    while isinstance(reference, At | Linked | Only | Total | Under):
        reference = reference.of
    assert isinstance(reference, Quantity | Parameter)
    return reference


def _link(to: Quantity | Parameter) -> Link:
    return Link(to.title, _anchor(to))


def _anchor(to: Quantity | Parameter) -> str:
    return f"parameter-{to.id}" if isinstance(to, Parameter) else f"quantity-{to.id}"


# --- the plan ---


def _plan(plan: Plan) -> Iterator[Block]:
    yield Heading(2, f"方案：{plan.title}", f"plan-{plan.id}")
    period = f"规划期{plan.period.title}，基期{plan.base_year}年"
    yield Text(f"{plan.number}，{plan.issuer}，{plan.date}；{period}。")
    if plan.scenario != "actual":
        yield Text("演练数据：本方案为虚构，只供练习。")
    articles = [
        (a.number, a.title, a.title_en, a.section, "、".join(a.responsible_units)) for a in plan.articles
    ]
    columns = ("条", "名称", "英文", "部分", "责任单位")
    yield Entry("条文", f"articles-{plan.id}", [], columns, articles)
    for target in plan.targets:
        yield _target(plan, target)
    for duty in plan.duties:
        yield _duty(plan, duty)


def _target(plan: Plan, target: Target) -> Entry:
    bound = all_quantities().get(target.quantity)
    value = (
        f"{target.value:f} {target.unit or ''}".strip() if target.value is not None else "由上级下达，未定"
    )
    units = target.units
    if units is None:
        article = plan.article(target.article)
        units = (*article.lead_units, *article.responsible_units) if article else ()
    return Entry(
        f"{target.title}",
        f"target-{plan.id}-{target.id}",
        [
            ("编号", [target.id]),
            ("英文", [target.title_en]),
            ("依据", [f"{plan.number} {target.article}"]),
            ("目标", [f"{DIRECTION[target.direction]} {value}，{target.deadline}年"]),
            ("分项", [target.item or ""]),
            ("范围", [target.scope or ""]),
            ("基期", [f"{target.base}年" if target.base else ""]),
            ("口径", [definition(target.definition).title if target.definition else ""]),
            ("指标", [_link(bound) if bound else target.quantity]),
            ("责任单位", ["、".join(dict.fromkeys(units)) or "文件未列"]),
            ("调整", [f"{c.since} 起 {c.value}（{c.document}）" for c in target.changes]),
            ("说明", [target.note]),
        ],
    )


def _duty(plan: Plan, duty: Duty) -> Entry:
    known = all_quantities()
    whom = f"每个{kind(duty.kind).title}" if duty.kind else duty.entity or ""
    return Entry(
        f"报送：{duty.title}",
        f"duty-{plan.id}-{duty.id}",
        [
            ("编号", [duty.id]),
            ("英文", [duty.title_en]),
            ("依据", [f"{plan.number} {duty.cite}".strip()]),
            ("报送单位", [duty.by]),
            ("对象", [whom]),
            ("期限", [f"{EVERY[duty.every]}，期末后{duty.due_months}个月内"]),
            ("指标", [_link(known[id]) if id in known else id for id in duty.quantities]),
            ("分项", ["、".join(duty.items)]),
        ],
    )


# --- rules ---


def _rules(uses: _Uses) -> Iterator[Block]:
    yield Heading(2, "规则（计算指标）", "rules")
    subject_of = {module.__name__: subject for subject, module in SUBJECTS.items()}
    grouped: dict[str, list[Rule]] = {subject: [] for subject in SUBJECTS}
    for made in _all_rules():
        module = made.wordings[0].body.__module__
        grouped.setdefault(subject_of.get(module, module), []).append(made)
    for subject, rules in grouped.items():
        if rules:
            yield Heading(3, subject, f"subject-{subject}")
            yield from (_rule(made, uses) for made in rules)


def _rule(made: Rule, uses: _Uses) -> Entry:
    several = len(made.wordings) > 1
    rows = _common(made)
    for wording in made.wordings:
        prefix = f"（{_force(wording)}）" if several or _force(wording) != "通用" else ""
        rows += [
            (f"算式{prefix}", [f"{made.id} = {wording.formula()}", f"{made.title} = {_in_words(wording)}"]),
            (f"其中{prefix}", _inputs(wording)),
            (
                f"单位换算{prefix}",
                ["" if wording.factor == 1 else f"× {wording.factor:.12g}（由输入单位推出）"],
            ),
            (f"依据{prefix}", [f"{wording.cite}（{CERTAINTY[wording.certainty]}）"]),
            (f"说明{prefix}", [note_of(made, wording)]),
            (f"英文说明{prefix}", [" ".join(wording.text.split())]),
        ]
    return Entry(made.title, _anchor(made), [*rows, *_used(made, uses)])


def _in_words(wording: Wording) -> str:
    """The formula over the titles of its inputs instead of their argument names."""
    named = {name: (f"{_base(ref).title}{_reached(ref)}", 9) for name, ref in wording.inputs.items()}
    text: str = wording.read(Formulas(), named)[0]
    return text


def _force(wording: Wording) -> str:
    parts = [
        f"口径：{definition(wording.definition).title}" if wording.definition else "",
        f"自{wording.since}起" if wording.since.year > 1 else "",
        f"适用地区{wording.where}" if wording.where else "",
    ]
    return "，".join(filter(None, parts)) or "通用"


def _inputs(wording: Wording) -> list[str | Link]:
    said: list[str | Link] = []
    for name, reference in wording.inputs.items():
        base = _base(reference)
        said.append(
            Link(base.title, _anchor(base), before=f"{name}：", after=_reached(reference) + f"，{base.unit}")
        )
    return said


def _reached(reference: Reference) -> str:
    """By which moment, total and definition (口径) a reference is reached, innermost first."""
    match reference:
        case At(of=of, moment=moment):
            return f"{_reached(of)}〔{moment.title}〕"
        case Total(of=of, over=over):
            return f"{_reached(of)}〔{_over(over)}〕"
        case Linked(of=of, since=since):
            return f"{_reached(of)}〔自{since.title}逐年连乘〕"
        case Only(of=of, item=item):
            return f"{_reached(of)}〔{item}〕"
        case Under(of=of, definition=under):
            return f"{_reached(of)}〔口径：{definition(under).title}〕"
    return ""


def _over(over: str) -> str:
    if over == CHILDREN:
        return "各下级之和"
    if over == MONTHS:
        return "各月之和"
    return "各品种（分项）之和" if over in axes() else f"所辖全部{kind(over).title}之和"


# --- stated quantities, parameters ---


def _stated(uses: _Uses) -> Iterator[Block]:
    yield Heading(2, "填报指标", "quantities")
    for one in all_quantities().values():
        if not isinstance(one, Rule):
            yield Entry(
                one.title, _anchor(one), [*_common(one), ("说明与依据", [one.note]), *_used(one, uses)]
            )


def _common(one: Quantity) -> list[tuple[str, list[str | Link]]]:
    meant = "、".join(definition(id).title for id in one.definitions)
    printed = "" if one.printed_unit == one.unit else f"，印作{one.printed_unit}"
    return [
        ("编号", [one.id]),
        ("英文", [one.title_en]),
        ("单位", [f"{one.unit}{printed}，{one.decimals}位小数"]),
        ("分项", [Link(one.axis, f"axis-{one.axis}") if one.axis else ""]),
        ("合计", [f"时间上{ADDING[one.over_time]}，地区上{ADDING[one.over_place]}"]),
        ("口径", [meant]),
    ]


def _used(one: Quantity | Parameter, uses: _Uses) -> list[tuple[str, list[str | Link]]]:
    return [
        ("用于规则", [_link(made) for made in uses.rules.get(one.id, ())]),
        (
            "用于目标",
            [
                Link(target.title, f"target-{plan.id}-{target.id}")
                for plan, target in uses.targets.get(one.id, ())
            ],
        ),
        ("报送", [f"{duty.by}《{duty.title}》" for duty in uses.duties.get(one.id, ())]),
    ]


def _parameters(parameters: Parameters, uses: _Uses) -> Iterator[Block]:
    yield Heading(2, "参数", "parameters")
    for one in parameters:
        rows: list[tuple[str, list[str | Link]]] = [
            ("编号", [one.id]),
            ("英文", [one.title_en]),
            ("单位", [one.unit]),
            ("说明", [one.note]),
            *_used(one, uses),
        ]
        table = [
            (
                str(s.since) if s.since.year > 1900 else "",
                s.where or "全国",
                s.item or "",
                one.written(s.value),
                item_unit(Quantity(one.id, one.title, one.unit, axis=one.axis), s.item),
                s.cite,
                CERTAINTY[s.certainty],
                s.note,
            )
            for s in one.settings
        ]
        columns = ("自", "地区", "分项", "取值", "单位", "依据", "可信程度", "说明")
        yield Entry(one.title, _anchor(one), rows, columns, table)


# --- definitions, axes, kinds ---


def _definitions() -> Iterator[Block]:
    yield Heading(2, "口径", "definitions")
    for one in definitions().values():
        yield Entry(
            one.title,
            f"definition-{one.id}",
            [
                ("编号", [one.id]),
                ("英文", [one.title_en]),
                ("依据", [one.cite]),
                ("自", [one.since]),
                ("说明", [one.note]),
            ],
        )


def _axes() -> Iterator[Block]:
    yield Heading(2, "分项", "axes")
    for id in axes():
        rows = [(i.title, i.title_en, i.unit, "、".join(i.aliases)) for i in axis(id).items.values()]
        yield Entry(id, f"axis-{id}", [], ("分项", "英文", "单位", "别名"), rows)


def _kinds() -> Iterator[Block]:
    yield Heading(2, "台账（对象类别）", "kinds")
    for one in kinds().values():
        rows = [(a.title, a.title_en, a.type, a.unit or "") for a in one.attributes.values()]
        facts: list[tuple[str, list[str | Link]]] = [
            ("编号", [one.id]),
            ("英文", [one.title_en]),
            ("公开", ["单个对象的数据不公开" if one.confidential else "公开"]),
        ]
        yield Entry(
            one.title, f"kind-{one.id}", facts, ("栏目", "英文", "类型", "单位") if rows else (), rows
        )
