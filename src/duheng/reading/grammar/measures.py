"""Measures: a printed number with its unit, its range and the bound after it."""

import re
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache

from duheng.reading.grammar.words import either, pattern, words

_DIGITS = dict(zip("零〇一二两三四五六七八九", (0, 0, 1, 2, 2, 3, 4, 5, 6, 7, 8, 9), strict=True))
_TENS = {"十": 10, "百": 100, "千": 1000, "万": 10000}
_FLUENT = "零一二两三四五六七八九十百千万"
_ONE_TO_NINE = "一二两三四五六七八九"
# A share said in words: 百分之九十五, 九成五以上, 四分之三; not the 成 of 成员, nor one of 七八成.
_PART = f"[〇{_FLUENT}]+(?:点[零〇{_ONE_TO_NINE}]+)?"
_SHARE = (
    rf"(?P<of>百|千|[二三四五六七八九十])分之(?P<part>{_PART})(?:(?:到|至|～|-|—)(?P=of)分之(?P<up_to>{_PART}))?"
    rf"|(?<![第几{_FLUENT}])(?P<tenths>[{_ONE_TO_NINE}])成(?P<half>[{_ONE_TO_NINE}]?)"
    r"(?=以上|以下|以内|左右|的|[^\w\ue000-\uf8ff]|$)"
)
# Halves to tenths that are a percentage of at most two decimals; a third is none.
_FINITE = Decimal("0.01")


@dataclass(frozen=True)
class Measure:
    """A number in the text: `start`, `end` of number and unit; `stop` after the bound word that follows.

    `value` and `unit` are as printed (4.32, 万吨), a share in words as percentage; `most` is the end of a range;
    `counted` says that the unit is a classifier (名, 座). unit_at: where the unit is printed; None in words.
    """

    start: int
    end: int
    stop: int
    value: Decimal
    most: Decimal | None
    unit: str | None
    unit_at: int | None
    bound: str | None
    counted: bool


def number(printed: str) -> Decimal:
    """The value of a printed number, in digits or in Chinese numerals."""
    plain = re.sub("[,， ]", "", printed)
    return Decimal(plain) if plain[0].isdigit() else Decimal(_chinese(plain))


def _chinese(numeral: str) -> int:
    total, last = 0, 0
    for character in numeral:
        if character in _DIGITS:
            last = _DIGITS[character]
        elif character == "万":
            total, last = (total + last) * 10000, 0
        else:
            total, last = total + (last or 1) * _TENS[character], 0
    return total + last


@cache
def _pattern() -> re.Pattern[str]:
    prefix, below = either(words("prefixes")), either(words("below"))
    unit = f"(?:{prefix}? ?{either(words('units'))})(?: ?(?:/|每) ?(?:{prefix}?{below})(?:[·・]{below})?)?"
    count = rf"{prefix}?{either(words('classifiers'))}(?!(?<=个)[体性别])(?:/(?:{prefix}?{either(words('below'))}))?"
    each = f"{either(words('units'))}每{either(words('below'))}"
    # 用户数达到8亿: the unit is understood.
    alone = r"(?:万亿|亿|万)(?=[，。；、）\n]|以上|以下|以内|左右|$)"
    # 12 000吨; two columns that ran together (96 100%) are no thousands.
    spaced = rf"\d{{1,3}}(?: \d{{3}})+(?=\s*(?:{unit}|{count}))(?!\s*%)"
    figure = rf"{spaced}|\d{{1,3}}(?:,\d{{3}})+(?:\.\d+)?|\d+(?:\.\d+)?"
    again = rf"(?P<unit1>{unit}|{prefix})?\s*(?:～|~|—|-|至|到)\s*(?P<most>{figure})"
    return re.compile(
        rf"(?<![\dA-Za-z.＋+×*\-])(?:(?P<figure>{figure})(?:{again}(?=\s*(?:{unit}|{count})))?"
        rf"|(?P<numeral>[一两二三四五](?=倍)|[{_FLUENT}]{{2,6}}(?!人口)(?=\s*{either(words('classifiers'))}))|(?P<share>{_SHARE}))"
        rf"\s*(?P<unit>{each}|{unit}|(?P<count>{count})|{alone})?"
    )


def measures(plain: str, start: int, end: int) -> list[Measure]:
    """The measures between two places of the plain text, in order. Years and ordinals are not among them."""
    found: list[Measure] = []
    for match in _pattern().finditer(plain, start, end):
        measure = _share(plain, match, end) if match["share"] else _measure(plain, match, end)
        if measure is not None:
            found += [*_before_its_unit(plain, found[-1].stop if found else start, measure), measure]
    return _pointed(plain, found)


# 分别提高2、3和4个百分点: the unit said once, after the last of the numbers.
_UNITLESS = re.compile(r"分别[^\d，。；]{1,8}(?P<numbers>(?:\d+(?:\.\d+)?[、和])+)$")


def _before_its_unit(plain: str, since: int, last: Measure) -> list[Measure]:
    match = _UNITLESS.search(plain, since, last.start) if last.unit else None
    if match is None:
        return []
    numbers = re.finditer(r"\d+(?:\.\d+)?", match["numbers"])
    at = match.start("numbers")
    return [
        replace(last, start=at + one.start(), stop=at + one.end(), value=Decimal(one.group()), bound=None)
        for one in numbers
    ]


def _pointed(plain: str, found: list[Measure]) -> list[Measure]:
    """5个、3个百分点: the first number counts percentage points too."""
    for index in range(len(found) - 2, -1, -1):
        one, after = found[index], found[index + 1]
        joined = plain[one.stop : after.start] in ("、", "和", "及", "与")
        if joined and one.unit == "个" and (after.unit or "").endswith("百分点"):
            found[index] = replace(one, unit=after.unit, unit_at=after.unit_at, end=after.end, counted=False)
    return found


def _measure(plain: str, match: re.Match[str], end: int) -> Measure | None:
    unit, printed = match["unit"], match["figure"] or match["numeral"]
    at_end = match.end()
    while plain[at_end : at_end + 1] == "\ue000":
        at_end += 1
    after, before = plain[match.end() : match.end() + 2], plain[max(0, match.start() - 1) : match.start()]
    if unit and unit.endswith("个") and after.startswith(("月", "工作", "小时")):
        return _span(plain, match, end)
    if unit and not match["count"] and after[:1] == "级":
        return None  # 30万千瓦级机组: of which kind it is
    if (
        unit is None
        and after[:1] == "年"
        and len(printed) < 5
        and _YEARS.search(plain, max(0, match.start() - 14), match.start())
    ):
        return _years(plain, match, end)
    if unit is None and not _may_be_bare(printed, after, before, _is_index(plain, match.start())):
        return None
    if before in ("第", "〔", "G", "V") or (match["numeral"] and unit != "倍" and number(printed) < 10):
        return None
    stop, said = _bounded(plain, at_end, end)
    most = number(match["most"]) if match["most"] else None
    squeezed = re.sub(r"\s+", "", unit) if unit else None
    at, counted = match.start("unit"), bool(match["count"])
    return Measure(match.start(), match.end(), stop, number(printed), most, squeezed, at, said, counted)


def _bounded(plain: str, at: int, end: int) -> tuple[int, str | None]:
    """Where a measure stops that ends at a place, and the bound word (以上) that follows it, if one does."""
    bound = pattern("bound").match(plain, at, end)
    return (bound.end(), bound.group()) if bound else (min(at, end), None)


# 审查周期压缩至18个月; within 3个月 is a date.
_LASTS = re.compile(
    r"(?:周期|时限|时长|时间|期限|用时)[^，。；\d]{0,6}[到至在]约?(?:[\d.]+个(?:工作日|月)[、和])*\Z"
)
_SPAN = re.compile("个(?:工作日|月)")


def _span(plain: str, match: re.Match[str], end: int) -> Measure | None:
    unit = _SPAN.match(plain, match.start("unit"), end)
    if unit is None or not _LASTS.search(plain, max(0, match.start() - 40), match.start()):
        return None
    stop, said = _bounded(plain, unit.end(), end)
    value = number(match["figure"] or match["numeral"])
    return Measure(match.start(), unit.end(), stop, value, None, unit.group(), unit.start(), said, False)


# 受教育年限提高到11.3年: years that are an amount, no date.
_YEARS = re.compile(r"(?:年限|寿命|工龄)[^，。；\d在比较]{1,8}\Z")


def _years(plain: str, match: re.Match[str], end: int) -> Measure:
    at = match.end()
    stop, said = _bounded(plain, at + 1, end)
    value = number(match["figure"] or match["numeral"])
    return Measure(match.start(), at + 1, stop, value, None, "年", at, said, False)


# 融合指数达到110: an index has no unit.
_INDEX = re.compile("(?:指数|得分|系数)(?:[^，。；\\d]{1,6}|[^，。；]{1,16}?[的到至])\\Z")


def _is_index(plain: str, at: int) -> bool:
    return plain[max(0, at - 1) : at] == "数" or bool(_INDEX.search(plain, max(0, at - 24), at))


def _share(plain: str, match: re.Match[str], end: int) -> Measure | None:
    """A share in words as percentage; None for one that no finite number tells (三分之二)."""
    if match["tenths"]:
        value = Decimal(_DIGITS[match["tenths"]] * 10 + _DIGITS.get(match["half"], 0))
    else:
        value = _of_whole(match["part"], match["of"])
        if value != value.quantize(_FINITE):
            return None
    most = _of_whole(match["up_to"], match["of"]) if match["up_to"] else None
    unit = "‰" if match["of"] == "千" else "%"
    stop, said = _bounded(plain, match.end(), end)
    return Measure(match.start(), match.end(), stop, value, most, unit, None, said, False)


def _of_whole(part: str, of: str) -> Decimal:
    """百 and 千 count hundredths and thousandths as they are; any other denominator becomes hundredths."""
    whole, _, decimals = part.partition("点")
    value = Decimal(f"{_chinese(whole)}.{''.join(str(_DIGITS[one]) for one in decimals)}")
    return value if of in "百千" else 100 * value / _chinese(of)


def _may_be_bare(printed: str, after: str, before: str, index: bool) -> bool:
    """A coefficient (0.48) or an index stands without a unit; a year, a date or a numbered name does not."""
    if printed == "0" and before and before in "为至到":
        return not after[:1].strip("，。；、 \n")
    if after[:1] in ("：", ":", "∶"):
        return False
    if index and not after[:1].strip("，。；、 \n"):
        return True
    if not printed[0].isdigit() or after[:1] in "年月日号度级期届版、)）":
        return "." in printed and after[:1] in "、" and bool(after)
    return ("." in printed and not re.match(r"[A-Za-z\u4e00-\u9fff]", after)) or bool(
        re.match("以上|以下|以内|左右", after)
    )
