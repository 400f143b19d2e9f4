"""The field's words (cn/reading/targets.yaml), and the patterns that are built from them once."""

import re
from collections.abc import Iterable
from functools import cache
from typing import Any

from duheng.model import data

TABLE = "reading/targets.yaml"


@cache
def table() -> dict[str, Any]:
    """The whole table of words, as written."""
    loaded: dict[str, Any] = data.read_yaml(data.root() / TABLE)
    return loaded


@cache
def words(*path: str) -> tuple[str, ...]:
    """The words under a key (`verbs`, `decrease`), longest first so that the longer one wins."""
    found: Any = table()
    for key in path:
        found = found[key]
    return tuple(sorted(set(found), key=lambda word: (-len(word), word)))


def either(choices: Iterable[str]) -> str:
    """A pattern that takes any one of the words, the longest that fits."""
    return "(?:" + "|".join(re.escape(word) for word in sorted(set(choices), key=len, reverse=True)) + ")"


@cache
def verb_kinds() -> dict[str, str]:
    """Each verb of change or level with its kind (`decrease`, `reach`, `cap` ...)."""
    kinds: dict[str, list[str]] = table()["verbs"]
    return {verb: kind for kind, verbs in kinds.items() for verb in verbs}


@cache
def pattern(name: str) -> re.Pattern[str]:
    """A compiled pattern by name; the names are those of `_sources` and `_of_names`."""
    return re.compile(_sources()[name])


@cache
def _sources() -> dict[str, str]:
    # 新（改）建: what stands in the bracket belongs to the verb.
    hedges, verbs = either(words("hedges")), f"(?:{either(words('work_verbs'))}|[新改扩]\ue000{{3,8}}建)"
    above = either((*words("above"), *words("under"), *words("roughly")))
    year = r"(?:(?:19|20)\d\d年|“?(?:[二三]?十[一二三四五六七八九]?五|[六七八九]五)”?期?末)"
    changes = either(
        [*words("adverbs"), *(verb for kind in ("decrease", "increase") for verb in words("verbs", kind))]
    )
    return (
        _of_names()
        | _of_accounts()
        | {
            "bound": above,
            "about": either(words("about")) + "$",
            "bound_before": either((*words("floors"), *words("caps"), *words("about"))) + "$",
            "openings": f"^(?:{either(words('openings'))}|{hedges})+",
            "hedge": hedges,
            "hedge_end": f"{hedges}$",
            "work": f"(?:{either(words('verb_adverbs'))})*(?P<verb>{verbs}(?:(?:和|、|并|与)?{verbs})*)",
            "next_work": f"[、和及与](?:{either(words('verb_adverbs'))})*{verbs}$",
            "next_count": rf"\s*\d[\d.,]*\s*{either(words('prefixes'))}?"
            f"{either((*words('classifiers'), *words('units')))}{above}?(?=[，。；、和及]|$)",
            "done": either(words("done_verbs")),
            "body_done": f"[\u4e00-\u9fff\ue000\ue001、]{{1,18}}?{either(words('done_verbs'))}[^，]{{2,}}$",
            # 与2025年相比，……; 较2025年能耗下降: what every fall and rise of the sentence is measured against.
            "against": rf"(?:(?:[与和同较比]|相较于?|相比于?|对比){year}(?:相比|比较|来说|(?=，|$))"
            rf"|以{year}[^，。；]{{0,30}}?为基(?:数|准|期)|在{year}的?基础上|[较比]{year}(?=[^\d，。；]{{4,}})(?!的?{changes}))[，、]?",
            "condition": "|".join(table()["conditions"]),
            "conditional": table()["condition_signs"],
            "no_condition": either(words("no_conditions")),
            "condition_bracket": table()["condition_brackets"],
            "counted": either(words("counted_not_owed")),
            "counted_before": either(words("counted_not_owed")) + "$",
            "not_owed": f"^[^，。的]{{0,6}}?{either(words('counted_not_owed'))}"
            "(?:工作|任务|内容|举措)?(?![\u4e00-\u9fff]{2})",
        }
    )


def _of_names() -> dict[str, str]:
    """What an indicator's name is put together of: its region, its body, its measure."""
    place = "[\u4e00-\u9fff]{2,6}"
    return {
        "region": f"^{either(words('regions'))}",
        "indicator_end": f"{either(words('indicator_nouns'))}(?:[\ue000\ue001]*)$(?<!低能耗)(?<!零能耗)",
        "tail": f"(?:[A-Za-z][A-Za-z0-9.]*)?(?:{either(words('tail_modifiers'))})*{either(words('tail_nouns'))}$",
        "any_tail": "[\u4e00-\u9fff]{2}(?:化率|[率量额])$",
        "per": f"^(?:{place}(?=单位))?{either(words('per'))}(?:\ue000+)?",
        "action_rate": f"^{either(words('actions'))}(?P<rate>(?:机械化)?率|能力)$",
        "action_end": f"(?P<action>{either(words('actions'))})$",
        "scope": f"^(?:{either(words('regions'))})?(?:{either(words('scope_qualifiers'))})"
        f"[^、，]{{0,8}}?{either(words('scope_nouns'))}(?:建筑|园区)?(?=[^辆])",
        "among": r"^(?P<scope>[^，]{2,30})(?<!集)中"
        r"(?=[^、，心央国小型部级医学药水期长等高]{2,}(?:率|占比|比例|比重)$)",
        "place": "^(?!万元|单位|人均|新[增建]|[^、]{0,12}占)[\u4e00-\u9fff]{1,8}?"
        f"{either(words('place_ends'))}(?<!整[省市区县])(?!生产总值|[级域控城场道政容点])(?=[^、，区市县]{{2,}}$|$)",
        "pollutant": either(words("pollutants")),
        "kin": f"{either((*words('pollutants'), *words('kin')))}\ue000*",
        "where": f"(?!.*{either(words('measure_ends'))})[\u4e00-\u9fff]{{0,16}}"
        f"(?:{either(words('wheres'))}(?:[上中下]+游|沿线|沿岸|周边)?|(?<![型明林废慧绵])城市|[省市县区])",
    }


def _of_accounts() -> dict[str, str]:
    """What tells an account of the past, and where the plan begins again."""
    return {
        "past_outside_plans": f"(?<![需要应拟争保]){re.escape(table()['year_on_year'])}",
        # 比去年多: what is measured against the past is none.
        "past": "|".join(
            [f"{either(words('past_marks'))}(?<![比较与]去年)", r"已[^建成]", r"[\u4e00-\u9fff]了[^解]"]
        ),
        "forward": either(words("forward_marks")),
        "past_heading": rf"(?:^|[，、；\s])(?![^，、；\s]*?{either(words('laid_foundations'))})"
        rf"[^，、；\s]*?{either(words('past_headings'))}",
        "past_line": either(words("past_headings")) + "$",
        "dated_heading": r"(?:19|20)\d\d年|[一二三四五六七八九十]五”?(?:时期|期间|以来)|五年|一年",
        "forward_heading": either(words("forward_headings")),
    }
