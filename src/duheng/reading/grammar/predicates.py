"""What is to happen to an indicator, read backwards from its value: 比2020年分别下降, 稳定在, 年均下降率要求达到."""

import re
from dataclasses import dataclass
from functools import cache

from duheng.reading.grammar.deadlines import plan_end
from duheng.reading.grammar.words import either, verb_kinds, words

CHANGES = ("decrease", "increase")
_NOMINAL = {
    "下降": "decrease",
    "降低": "decrease",
    "减少": "decrease",
    "减排": "decrease",
    "削减": "decrease",
    "降": "decrease",
}


@dataclass(frozen=True)
class Predicate:
    """A verb with what belongs to it. `start`: where it begins, so that the subject ends there.

    kind: of the verb (`decrease`, `reach`, `cap` ...), or `floor`/`ceiling` where only a bound word stands;
    `nominal`: the verb was a noun (下降幅度), so that an empty subject means the indicator before.
    """

    start: int
    kind: str
    verb: str
    bound: str | None
    about: str | None
    base: int | None
    each: bool
    together: bool
    total: bool
    nominal: bool
    past: bool
    period: str | None
    by: int | None = None
    share: str = ""  # 占建成区面积的: the verb belongs to the name of the indicator


@cache
def _pattern() -> re.Pattern[str]:
    verbs, adverbs = either(verb_kinds()), either(words("adverbs"))
    year = r"“?(?:(?:19|20)\d\d\s*年?底?|[二三]?十[一二三四五六七八九]?五”?(?:期末|末|时期|期间)?)"
    base = (
        rf"(?:(?:比|较|在|从|由|以)\s*(?:{year}(?:、?)?|(?:上年|去年)[^，。；提增降减下上]{{0,6}}"
        rf"|上一?年度?|现行|基准年|基线[\ue000]*|目前|同期)"
        rf"(?:[^，。；]{{0,24}}?(?:基础上|相比|水平|数据|基数|实绩|完成数|决算数))?(?:的[^，。；下降增提减控]{{1,30}}|时期的[^，。；]{{1,12}})?)"
    )
    bound = either((*words("floors"), *words("caps")))
    of = r"(?:[^，。；、\d]{1,14}(?:总数|总量|面积|总长|长度|总额|规模|总时长|价格|总人数|人数|收入)的)?"
    return re.compile(
        rf"(?P<adv0>(?:{adverbs})*)(?P<base>{base})?(?P<adv1>(?:{adverbs}|{either(words('hedges'))})*)(?P<base2>{base})?"
        rf"(?P<adv2>(?:{adverbs})*)"
        rf"(?P<noun>(?:年均)?(?:{either(_NOMINAL)})(?:幅度|率|比例|比率)(?:要求|目标)?)?(?P<adv3>(?:{adverbs})*)"
        rf"(?P<verb>{verbs})?(?:(?<=占)(?P<whole>[^，。；、\d的]{{2,20}})的)?(?P<past>了)?(?P<by>{year}的)?(?P<bound>{bound})?(?(bound){of}|(?(verb){of}))(?:(?<=达到|超过|低于|少于|高于)[^，。；、\d]{{1,16}}的)?(?P<about>{either(words('about'))})?\s*[“”]?$"
    )


def predicate(subject: str) -> Predicate | None:
    """The predicate a text ends in, or None: subject and predicate stand together before the value."""
    match = next((m for m in _pattern().finditer(subject) if m.group().strip()), None)
    if match is None or not (match["verb"] or match["bound"] or match["noun"]):
        return None
    adverbs = (match["adv0"] or "") + (match["adv1"] or "") + (match["adv2"] or "") + (match["adv3"] or "")
    base = base_year((match["base"] or "") + (match["base2"] or ""))
    kind = verb_kinds().get(match["verb"] or "", "")
    if match["noun"]:
        kind = "decrease"
    elif match["bound"]:
        bare = kind in ("", "reach", "maintain", "cap", "complete")
        kind = ("floor" if match["bound"] in words("floors") else "ceiling") if bare else kind
    by = re.search(r"(?:19|20)\d\d", match["by"] or "")
    period = next((word for word in ("年均", "每年") if word in adverbs + (match["noun"] or "")), None)
    return Predicate(
        match.start(),
        kind,
        match["verb"] or "",
        match["bound"],
        match["about"],
        base,
        any(word in adverbs for word in ("分别", "各")),
        any(word in adverbs for word in ("均", "都")) and "年均" not in adverbs,
        "累计" in adverbs,
        bool(match["noun"]),
        bool(match["past"]),
        period,
        int(by.group()) if by else None,
        _share(match),
    )


def base_year(said: str) -> int | None:
    """The year a change is measured against: 比2025年, 较“十四五”末."""
    if year := re.search(r"(?:19|20)\d\d", said):
        return int(year.group())
    plan = re.search("(?P<plan>[二三]?十[一二三四五六七八九]?五|[六七八九]五)”?期?末", said)
    return plan_end(plan["plan"]) if plan else None


def _share(match: re.Match[str]) -> str:
    if match["verb"] != "占":
        return ""
    return f"占{match['whole']}的比重" if match["whole"] else "占比"
