"""Targets without a numeral: zero growth, nothing at all, all of it, as the level above assigns."""

import re
from dataclasses import replace
from decimal import Decimal
from functools import cache

from duheng.reading.grammar.deadlines import When
from duheng.reading.grammar.heads import Head, clean, spread
from duheng.reading.grammar.state import Passage, State, heads_of, target
from duheng.reading.grammar.words import either, pattern, words
from duheng.reading.records import Target

_ZERO = re.compile(
    r"(?P<said>(?:持续|继续)?(?:保持|实现|趋|趋于|接近|基本实现)?(?:持续|继续)?“?(?P<sign>零|负)增长”?)$"
)
_NONE = re.compile(r"(?P<said>(?:保持|实现)?“?(?P<what>零发生|清零|零排放|零填埋|零新增|零事故)”?)$")
_TIMES = re.compile(r"^(?P<subject>[^，]{2,}?)(?:实现|将)?(?:比[^，]{2,8})?翻(?P<count>[一两二三四])番$")
_HALF = re.compile(
    r"^(?P<subject>[^，]{2,}?)(?:将)?(?P<said>超过|达到|不低于|低于|降到|过)(?:一半(?:以上)?|(?<=过)半)$"
)
_GONE = re.compile(
    r"^(?:(?P<subject>[^，]{2,}?)(?P<said>(?:总体|基本|全面|全部)?(?:得到)?(?:总体|基本|全面|全部)?消除)"
    r"|(?P<where>[^，]*?)(?:力争|争取|基本|全面|全部)+(?=消除)(?P<gone>消除)(?P<object>[^，]{2,}))$"
)
_STANDARD = re.compile(r"^(?P<subject>.+?)(?P<said>均|全部|全面)达到(?P<level>[^，]*(?:标准|要求))$")
_EACH = re.compile(
    r"(?P<said>全面实现|基本实现|实现|力争实现)“?一(?P<place>村|乡|镇|县|区|市|社区|校|户|企|园|街道)"
    r"(?P<count>[一两二三四五六七八九])(?P<unit>名|个|所|座|台|家|人|员)(?P<more>或多[名个所])?(?P<noun>[^，。”]{2,})"
)
_NUMERALS = {numeral: number for number, numeral in enumerate("零一二三四五六七八九")} | {"两": 2}
_COVERED = re.compile(r"^(?P<subject>.{2,}?)(?P<said>(?:基本)?(?:实现|达到)?全覆盖)$")
_ASSIGNED = re.compile(
    r"^(?P<subject>.*?)(?P<said>(?:全面|圆满|按期|如期|坚决|不折不扣)*(?:完成|达到|落实)(?P<by>[^，]*?下达)(?P<of>[^，]*?)(?:的)?"
    r"(?P<what>[^，]{0,16}(?:指标|目标|任务|要求)(?:任务|要求)?)|"
    r"(?:控制在|不超过|不突破|不高于|不低于)[^，]{0,6}?(?:下达|[家省市州县]定|核定)[^，]{0,8}(?:指标|目标|任务)(?:以[内上下]|之内|内)?|"
    r"(?:完成|达到|满足|符合|实现)(?:(?:国家|省|自治区|上级|市|州|区|县)(?:级|里)?(?:定|激励|考核|分解|核定|规定)+|考核)的?"
    r"(?:目标|任务|指标|要求)(?:任务|要求)?|"
    r"(?:完成|达到|满足|符合)(?:国家|省|自治区|上级|市|州)(?:级|里)?[^，]{0,4}?(?:考核)?(?:要求|考核目标|考核指标|目标要求|目标任务)|"
    r"完成(?P<own>[^，]*约束性(?:指标|目标)(?:任务)?))$"
)


# 应于2027年底前全部……: a duty's words and time are no part of what it is stated for.
_BY_WHEN = re.compile("(?:应当|应|须|需|要)?(?:于?(?:19|20)\\d\\d年(?:\\d+月)?(?:底|末)?(?:之?前)?)?$")
# A paper about all of it is to be written; a level fits another: neither is all of it done.
_DRAFTS = re.compile("制定|制订|编制|出台|印发|研究")
# 贯穿全部工作的主线, 全面完成全年任务: all of what follows is meant, nothing is owed whole.
_NOT_ALL = re.compile(
    r"相(?:适应|协调|衔接|匹配|一致)$|等\d+[项个类]|\d%|^[^，]{1,6}的[^，]{1,4}$|^完成[^，]{0,8}(?:目标|任务)|^(?:建成|实现).*(?:社会|强国|现代化|目标)$|[之一]年$"
)
_ENSURES = re.compile("(?P<who>[^，]{2,14}?)(?:应当|必须|应|要|须)?(?:确保|保证)(?P<what>[^，]{2,})$")
_BODY = re.compile("(?:各|所有)[^，]{1,12}|[^，]{2,12}(?:政府|部门|单位|企业)")


@cache
def _all() -> re.Pattern[str]:
    verbs = either(words("all_verbs"))
    return re.compile(rf"^(?P<subject>.{{2,}}?)(?P<said>全部|全量|全面(?={verbs}))(?P<rest>[^，]{{2,}})$")


def read_wording(passage: Passage, state: State, when: When, start: int) -> list[Target]:
    """The targets that a clause without a numeral states; each but zero growth needs a time in force."""
    found: list[Target] = _each(passage, state, when, start)
    at, masked = start, passage.masked[start : passage.clause.end]
    if when.deadline is None or when.by_month or when.weak or found:
        return found or _standing_zero(passage, state, when, at, masked)
    if assigned := _ASSIGNED.match(masked):
        return _assigned(passage, state, when, start, assigned)
    for piece in _pieces(masked):
        found += _piece(passage, state, when, at, piece)
        at += len(piece) + 1
    return found


def _standing_zero(passage: Passage, state: State, when: When, at: int, masked: str) -> list[Target]:
    """化肥农药使用量持续负增长: without a time of its own it stands as a requirement, as a level does."""
    zero = _ZERO.search(masked)
    name = passage.words(at, at + zero.start()) if zero else ""
    if zero is None or not pattern("indicator_end").search(clean(name)):
        return []
    span = (at, at + zero.end())
    made = _state(passage, state, when, name, span, "zero_growth", (Decimal(0), "%"), zero["said"], False)
    return made if when.deadline else [replace(one, kind="requirement") for one in made]


def _each(passage: Passage, state: State, when: When, start: int) -> list[Target]:
    """一村两名农技员: so many in every village."""
    found = []
    for match in _EACH.finditer(passage.plain, start, passage.clause.end):
        value, unit = Decimal(_NUMERALS[match["count"]]), f"{match['unit']}/{match['place']}"
        whose = clean(re.sub("在$", "", passage.words(start, match.start())))
        head = Head("每" + match["place"] + match["noun"], whose or state.region)
        direction = "at_least" if match["more"] else "reach"
        said = match["count"] + match["unit"] + match["more"] if match["more"] else match["said"]
        found.append(
            _one(passage, state, when, head, (start, match.end()), direction, (value, unit), said, False)
        )
    return found


def _pieces(masked: str) -> list[str]:
    """Predicates listed with 、 are read one by one; a list of nouns before one predicate stays whole."""
    pieces = masked.split("、")
    ends = re.compile("增长$|零发生$|清零$|利用$|提升$|管控$|覆盖$|应用$")
    return pieces if len(pieces) > 1 and sum(bool(ends.search(piece)) for piece in pieces) > 1 else [masked]


def _piece(passage: Passage, state: State, when: When, at: int, piece: str) -> list[Target]:
    end = at + len(piece)
    if zero := _ZERO.search(piece):
        name = passage.words(at, at + zero.start())
        return _state(
            passage, state, when, name, (at, end), "zero_growth", (Decimal(0), "%"), zero["said"], False
        )
    if none := _NONE.search(piece):
        unit = "起" if none["what"] == "零发生" else None
        name = passage.words(at, at + none.start())
        return _state(passage, state, when, name, (at, end), "reach", (Decimal(0), unit), none["what"], True)
    if times := _TIMES.match(piece):
        name = passage.words(at, at + times.end("subject"))
        value = Decimal(_NUMERALS[times["count"]])
        return _state(passage, state, when, name, (at, end), "multiply", (value, "番"), "翻", False)
    if half := _HALF.match(piece):
        name = passage.words(at, at + half.end("subject"))
        direction = "at_most" if half["said"] in words("caps") else "at_least"
        return _state(
            passage, state, when, name, (at, end), direction, (Decimal(50), "%"), half["said"], True
        )
    if gone := _GONE.match(piece):
        which = "subject" if gone["subject"] else "object"
        name = passage.words(at + gone.start(which), at + gone.end(which)) + "消除"
        return _state(
            passage, state, when, name, (at, end), "reach", (Decimal(100), "%"), gone["said"] or "消除", True
        )
    if match := _STANDARD.match(piece):
        name = _BY_WHEN.sub("", passage.words(at, at + match.end("subject"))) + "达标"
        return _state(
            passage, state, when, name, (at, end), "reach", (Decimal(100), "%"), match["said"] + "达到", True
        )
    if match := _COVERED.match(piece):
        name = passage.words(at, at + match.end("subject")) + "覆盖"
        return _state(
            passage, state, when, name, (at, end), "reach", (Decimal(100), "%"), match["said"], True
        )
    if match := _all().match(piece):
        return _whole(passage, state, when, at, match)
    return []


def _whole(passage: Passage, state: State, when: When, at: int, match: re.Match[str]) -> list[Target]:
    subject = clean(passage.words(at, at + match.end("subject"))).removeprefix("在")
    rest = passage.words(at + match.start("rest"), at + match.end())
    subject = _BY_WHEN.sub("", subject)
    if not subject or re.search("了$|的$", subject) or _DRAFTS.search(subject) or _NOT_ALL.search(rest):
        return []
    span, value = (at, at + match.end()), (Decimal(100), "%")
    if match["said"] == "全部" and not re.search("利用$|应用$", rest):
        noun = re.sub("^(?:具备条件的|有条件的|符合条件的)", "", subject)
        head = Head(
            f"{rest.removeprefix('实现')}的{noun}" if not rest.startswith("实施") else f"{rest}的{noun}",
            subject,
        )
        return [_one(passage, state, when, head, span, "reach", value, match["said"], True)]
    head = heads_of(state, [subject + rest])[0]
    return [_one(passage, state, when, head, span, "reach", value, match["said"], True)]


def _state(
    passage: Passage, state: State, when: When, name: str, span: tuple[int, int], direction: str,
    value: tuple[Decimal, str | None], said: str, implied: bool,
) -> list[Target]:  # fmt: skip
    names = [name] if not clean(name) else spread(clean(name))
    return [
        _one(passage, state, when, head, span, direction, value, said, implied)
        for head in heads_of(state, names)
        if head.name
    ]


def _one(
    passage: Passage, state: State, when: When, head: Head, span: tuple[int, int], direction: str,
    value: tuple[Decimal | None, str | None], said: str | None, implied: bool,
) -> Target:  # fmt: skip
    start = when.start if 0 <= when.start < span[0] and span[0] - when.end <= 2 else span[0]
    return target(
        passage,
        state,
        when,
        head,
        (start, span[1]),
        direction,
        value=value[0],
        unit=value[1],
        comparator=said,
        implied=implied,
    )


def _owing(state: State, subject: str, whole: str) -> list[Head]:
    """Whose duty is assigned: an indicator's, or a body's (各县完成……目标, 县政府应当确保水质达到……)."""
    if _BODY.fullmatch(subject) and whole:
        return [Head(whole, subject)]
    ensured = _ENSURES.match(subject)
    if ensured and _BODY.fullmatch(ensured["who"]):
        return [Head(ensured["what"], ensured["who"])]
    return heads_of(state, spread(re.sub("(?:下降|降低|减少)(?:幅度|率)?$", "", subject), alike=True))


def _assigned(passage: Passage, state: State, when: When, at: int, match: re.Match[str]) -> list[Target]:
    """Binding, its number in another paper: the indicators named before, or the paper's own name for them."""
    subject = clean(passage.words(at, at + match.end("subject")))
    span = (at, passage.clause.end)
    if subject:
        whole = passage.words(at + match.start("of"), at + match.end("what")) if match["what"] else ""
        heads = _owing(state, subject, whole.removeprefix("的"))
        said = passage.words(at + match.start("said"), at + match.end())
        state.subjects = heads
        return [
            _one(passage, state, when, head, span, "assigned", (None, None), said, False) for head in heads
        ]
    if not match["own"] and not match["what"]:
        return []
    group = "own" if match["own"] else "what"
    name = passage.words(at + match.start(group), at + match.end(group)).removeprefix("的")
    own = None if match["own"] else "完成…下达"
    return [_one(passage, state, when, Head(name, state.region), span, "assigned", (None, None), own, False)]
