"""A subject taken apart: the indicators of a list, each one's region and scope."""

import re
from dataclasses import dataclass

from duheng.reading.grammar.clauses import ASIDE, NAME
from duheng.reading.grammar.words import pattern, words

_JOINED = re.compile("以及|[、和及与]")
_WORDS_OF_JOINED = re.compile("、")
_CLASS = re.compile(r"(?<=.)[两三四五六七八九\d][项种类](?:主要)?污染物(?=.)")
_OF_A_KIND = re.compile("等(?P<kind>区域|地区|省份|城市|流域|平原|行业|领域)(?P<rest>.{2,})$")
_SHARED_CLASS = re.compile("等(?:[0-9一二三四五六七八九十]+[类种项个])?(?P<rest>.+)$")


# 排放总量（含甲、乙、丙）: what is included is no list of its own.
_INCLUDED = re.compile("（[^（）]*[、，和][^（）]*）$")


# 县城实现覆盖率…: who does it, and what is measured.
_DONE_BY = re.compile(
    "^(?P<where>[^，]{4,30}等(?:区域|地区|省份|城市)|[^、，]{2,24}?)(?:力争|争取|确保|基本|要)*实现"
    "(?P<what>.{3,}(?:率|比|占比|比例|比重|能力|总量|消费量|排放量|用量))$"
)


@dataclass(frozen=True)
class Head:
    """One subject: pieces of the text that together name it, and the words by themselves."""

    name: str
    scope: str | None = None


def split_list(subject: str, count: int) -> list[str] | None:
    """The `count` indicators of a list, shared heads and tails worked out; None where the list has another length.

    >>> split_list("颗粒物、二氧化硫排放总量", 2)
    ['颗粒物排放总量', '二氧化硫排放总量']
    """
    subject = _INCLUDED.sub("", subject)
    for separator in (_WORDS_OF_JOINED, _JOINED):
        for pieces in _partitions(subject, separator):
            if len(pieces) == count:
                return _shared(pieces)
    return None


def spread(subject: str, alike: bool = False) -> list[str]:
    """The indicators that one value is stated for: a list in which each is named whole, else the subject itself.

    alike: what is said holds of each pollutant of a list, not of their sum (falls by 8 %, as assigned).
    """
    pieces = [piece for piece in re.split("、|和", subject) if piece]
    if alike and len(pieces) > 1 and all(pattern("pollutant").match(piece) for piece in pieces):
        return _shared(pieces)
    if len(pieces) > 1 and all(pattern("indicator_end").search(piece) and len(piece) > 2 for piece in pieces):
        return _shared(pieces)
    return [subject]


def _partitions(subject: str, separator: re.Pattern[str]) -> list[list[str]]:
    """Ways to cut the list: at every joint; at 、 and only the last of the other joints; with a class after 等."""
    whole = [piece for piece in separator.split(subject) if piece]
    cuts = [whole]
    if separator is _JOINED:
        commas = subject.split("、")
        last = [piece for piece in re.split("以及|[和及与]", commas[-1]) if piece]
        cuts.append([*commas[:-1], *last])
        for joint in ("和", "以及", "及", "与"):
            if joint in commas[-1]:
                at = commas[-1].rindex(joint)
                cuts.append([*commas[:-1], commas[-1][:at], commas[-1][at + len(joint) :]])
    return [[piece for piece in cut if piece] for cut in cuts]


def _shared(pieces: list[str]) -> list[str]:
    if not pattern("pollutant").fullmatch(pieces[-1]):
        pieces = _with_tail([*pieces[:-1], _CLASS.sub("", pieces[-1])])
    first = pattern("per").match(pieces[0])
    if first and len(first.group()) < len(pieces[0]):
        pieces = [
            pieces[0],
            *(piece if _stands_alone(piece) else first.group() + piece for piece in pieces[1:]),
        ]
    return pieces


def _stands_alone(piece: str) -> bool:
    return (
        bool(pattern("per").match(piece))
        or not piece
        or "单位" in piece
        or bool(re.search("(?:率|占比|比重|总量|系数)$", piece))
    )


def _with_tail(pieces: list[str]) -> list[str]:
    """收集、处理率 and 甲、乙排放总量: what the last one ends in belongs to all that do not end in a measure."""
    last = pieces[-1]
    if (share := re.search("占[^、]*(?:比重|比例|占比)$", last)) and not any(
        "占" in piece for piece in pieces[:-1]
    ):
        return [*(piece + share.group() for piece in pieces[:-1]), last]
    bare = [piece for piece in pieces[:-1] if not pattern("indicator_end").search(piece)]
    if not bare:
        return pieces
    if (of := _OF_A_KIND.search(last)) and of.start() > 0:
        # 甲、乙等区域浓度: each of them is such a region.
        kind = of["kind"] + of["rest"]
        return [*(piece + kind for piece in pieces[:-1]), last[: of.start()] + kind]
    if (rest := _beside(bare, last)) and pattern("indicator_end").search(rest):
        return [*(p + rest if p in bare else p for p in pieces[:-1]), last]
    rate, action = pattern("action_rate").match(last), pattern("action_end").search(pieces[0])
    if rate and action:
        object_, end = pieces[0][: action.start()], rate["rate"]
        return [pieces[0] + end, *(object_ + piece.removesuffix(end) + end for piece in pieces[1:])]
    if (kind := re.search("(?:行业|领域).{3,}$", last)) and kind.start() > 0:
        return [*(piece + kind.group() for piece in pieces[:-1]), last]
    if (
        each := re.search("(?:单位(?=[运产建面工增生国地营换])|人均|万元).{3,}$", last)
    ) and each.start() >= 2:
        return [*(p + each.group() if p in bare else p for p in pieces[:-1]), last]
    if all(pattern("place").fullmatch(piece) for piece in bare) and len(bare) == len(pieces) - 1:
        place = re.match("^.{2,6}?(?=单位|人均|万元)", last) or pattern("place").match(last)
        if place:
            return [*(piece + last[place.end() :] for piece in bare), last]
    shared = _SHARED_CLASS.search(last)
    tail = pattern("tail").search(last) or pattern("any_tail").search(last)
    if tail is None:
        return pieces
    end = re.sub("^[A-Za-z0-9.]+", "", tail.group()) if tail.start() == 0 else tail.group()
    item = last[: shared.start()] if shared else last[: len(last) - len(end)]
    if not item:
        return pieces
    return [*(p if pattern("indicator_end").search(p) else p + end for p in pieces[:-1]), item + end]


def _beside(others: list[str], last: str) -> str | None:
    """What follows the noun of the others' kind in the last one (铁路、水路 | 货运量, 城市和县城 | 处理率), or None."""
    size = len(others[0])
    if "等" in last:
        return None
    if all(len(one) == size and one[-1] == last[size - 1 : size] for one in others) and size > 1:
        return last[size:]
    ends = {one[-1] for one in others}
    at = last.find(ends.pop(), 1) if len(ends) == 1 else -1
    if 0 < at < len(last) - 1:
        return last[at + 1 :]
    kind = pattern("kin").match(last)
    if kind and all(pattern("kin").fullmatch(one) for one in others):
        return last[kind.end() :]
    return None


# Signs, joints and numbers of a list (十是) at either end; 等效声级 and 和田河 begin with no joint.
_AROUND = re.compile(
    r"^(?:[、，：:\"\-—·]|[一二三四五六七八九十]{1,3}是|及(?!时)|和(?![田平谐美林硕])|[与或的]|等(?![效级外离]))+|[、，：:\"及和与或等的\-—·]+$"
)


# 需新增能力: the duty is no part of the name.
_NEEDS = re.compile("^(?:需要?|须|要)(?=[新完建削减形改])")


def clean(subject: str) -> str:
    """A subject without hedges and openings before it and joints around it."""
    subject = re.sub(r"[\s]+", "", subject)
    while True:
        shorter = pattern("openings").sub("", _AROUND.sub("", subject))
        shorter = pattern("hedge_end").sub("", shorter).removesuffix("基本")
        shorter = _NEEDS.sub("", shorter)
        if shorter.count("“") != shorter.count("”"):
            shorter = shorter.strip("“”")
        if shorter == subject:
            return shorter
        subject = shorter


def scoped(subject: str) -> Head:
    """The subject parted into region or body and indicator.

    A region leaves the name (全市 | 年用水总量), a body that acts leaves it too (全市各级党政机关 | 建成节水型机关率),
    an object stays part of it (三大粮食作物 | 三大粮食作物化肥利用率).
    """
    subject = re.sub("^在(?![建线用岗运营册役])", "", subject)
    region = pattern("region").match(subject)
    rest = subject[region.end() :] if region else subject
    if among := pattern("among").match(subject):
        return Head(rest, among["scope"])
    if done := _DONE_BY.match(rest):
        return Head(done["what"], _who(done["where"]) or (region.group() if region else None))
    body = pattern("scope").match(subject)
    if body and not subject.startswith("、", body.end()):
        scope = body.group()
        if scope.endswith(words("stripped_scopes")) and len(scope) < len(subject):
            return Head(subject[len(scope) :].removeprefix("的"), scope)
        return Head(rest.removeprefix("的"), scope.removesuffix("的"))
    if (
        region
        and (object_ := re.match("(?:行政村|公共机构|公共建筑)", rest))
        and len(object_.group()) < len(rest)
    ):
        return Head(rest, region.group() + object_.group())
    place = pattern("place").match(rest)
    if (
        place
        and len(place.group()) < len(rest)
        and pattern("indicator_end").search(rest)
        and not rest.startswith("城市")
    ):
        return Head(_UNDATED.sub("", rest[place.end() :].removeprefix("内")), place.group())
    if (places := _PLACES.match(rest)) and pattern("indicator_end").search(rest):
        return Head(_UNDATED.sub("", rest[places.end() :]), places.group())
    if named := _named_place(subject):
        return Head(subject[len(named) :], named)
    return Head(rest.removeprefix("的") or subject, region.group() if region and rest else None)


# 甲山市、乙水州 | 可吸入颗粒物浓度: each with the word for what it is.
_PLACES = re.compile(
    r"^(?:[\u4e00-\u9fff]{2,6}?[市州县区盟旗][、和及与])+[\u4e00-\u9fff]{2,6}?[市州县区盟旗](?=[^、和及与市州县区盟旗]{3})"
)
# 甲市 | 2030年 | 细颗粒物浓度: the time is the target's.
_UNDATED = re.compile(r"^(?:19|20)\d\d年[底末]?")


def _who(said: str) -> str | None:
    """A place or a body; 通过改造 before 实现 is neither."""
    place = pattern("where").fullmatch(said) or re.search("等..$", said)
    return said if place or any(one in said for one in words("scope_nouns")) else None


# 湖滨、山前 | 单位地区生产总值能耗: places without a word for what they are, before a measure per unit.
_PER_PLACE = re.compile(
    r"^(?P<place>[\u4e00-\u9fff]{2,4}(?:[、和][\u4e00-\u9fff]{2,4})*(?:等(?:省份|省市|省区|地区|城市|市|县|区))?)"
    r"(?=(?:单位(?=国|地|生|工|农|增|建筑|产|面|耕|能|投|G)|人均|万元)[\u4e00-\u9fffG])"
)
_NO_PLACES = ("规上", "规模", "工业", "全", "公共", "建筑", "农村", "城镇", "居民", "城乡", "每")


def _named_place(subject: str) -> str | None:
    place = _PER_PLACE.match(subject)
    return place["place"] if place and not place["place"].startswith(_NO_PLACES) else None


def is_place_list(subject: str) -> bool:
    """Whether a subject names only places (甲县、乙区): short names with no measure at their end."""
    pieces = [piece for piece in _JOINED.split(subject) if piece]
    return bool(pieces) and all(
        len(piece) <= 7
        and ASIDE not in piece
        and NAME not in piece
        and not pattern("indicator_end").search(piece)
        for piece in pieces
    )
