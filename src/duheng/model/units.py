"""Units as data: exact factors, Chinese and Latin names, refusal with the nearest known name (law L4).

The table is `cn/units.csv` with the columns unit, aliases (separated by `|`), dimension (a product of base
names such as `energy·time-1`, `1` for a ratio, `prefix` for 万, 亿 ...), factor (how many of the base, as a
fraction), prefixed (whether 万, 亿 ... may stand before it) and source. What a text converts by convention
(standard coal, CO2 equivalent, Nm3 to m3) is a parameter and no unit: those have dimensions of their own.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_EVEN, Context, Decimal, Inexact
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

from duheng.model.data import read_rows, root
from duheng.model.errors import UnitError, UnreadableSource, nearest

Powers = tuple[tuple[str, int], ...]

_LONGEST_TEXT = 80
_COMMON = ("吨", "吨标准煤", "千瓦时", "立方米", "元", "人", "个", "%")
_GREATEST_POWER = 12
_EXACT = Context(prec=2000, traps=[Inexact])


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit: its dimension, and how many of the dimension's base it is, exactly.

    dimension: (base, exponent) pairs, sorted, no exponent 0; empty for ratios (1, %).
    symbols: the written parts with their exponents, only for the text; two units that differ in nothing else
    are equal (吨 and t, 百万千焦 and GJ).
    """

    dimension: Powers
    factor: Fraction
    symbols: Powers = field(default=(), compare=False)

    def __mul__(self, other: Unit) -> Unit:
        return Unit(
            _product(self.dimension, other.dimension),
            self.factor * other.factor,
            _product(self.symbols, other.symbols, keep_order=True),
        )

    def __truediv__(self, other: Unit) -> Unit:
        return self * other**-1

    def __pow__(self, power: int) -> Unit:
        if abs(power) > _GREATEST_POWER:
            raise UnitError(f"单位“{self}”的{power}次方没有意义，指数不得超过{_GREATEST_POWER}。")
        if power == 0:
            return ONE
        return Unit(
            tuple((base, exponent * power) for base, exponent in self.dimension),
            self.factor**power,
            tuple((symbol, exponent * power) for symbol, exponent in self.symbols),
        )

    def same_dimension(self, other: Unit) -> bool:
        """Whether values in the two units can be converted into each other."""
        return self.dimension == other.dimension

    @property
    def dimensionless(self) -> bool:
        """Whether it is a ratio: 1, %, ‰, or a quotient in which everything cancels."""
        return not self.dimension

    def __str__(self) -> str:
        """The canonical text, which `parse_unit` reads back: tce/万元, kgce/(m2·a), t·km, %."""
        above = "·".join(_power(symbol, power) for symbol, power in self.symbols if power > 0)
        below = [_power(symbol, -power) for symbol, power in self.symbols if power < 0]
        if not below:
            return above or "1"
        return f"{above or '1'}/{below[0] if len(below) == 1 else '(' + '·'.join(below) + ')'}"


ONE = Unit((), Fraction(1))
"""The unit of plain ratios."""


def parse_unit(text: str) -> Unit:
    """The unit that a text names: `吨标准煤/万元`, `kgce/(m2·a)`, `万kWh`, `μg/m³`, `tce/<fuel>`.

    Width, superscripts, spaces, brackets and the various dots and dashes do not matter; case matters only
    where the meaning differs (mW, MW). `<name>` is a dimension of its own. UnitError with the nearest known
    names otherwise. Texts are remembered: a column of a million cells is parsed once per distinct text.
    """
    if not isinstance(text, str):
        raise UnitError(f"单位“{text}”不是文字，应为单位名称，如t、万元、%。")
    return _parse(text, root())


def ratio(from_: Unit | str, to: Unit | str) -> Fraction:
    """How many `to` one `from_` is, exactly. UnitError where their dimensions differ."""
    source, target = _unit(from_), _unit(to)
    if source.dimension != target.dimension:
        raise UnitError(
            f"单位“{source}”不能换算为“{target}”：二者量纲不同。"
            f"应为与“{target}”同类的单位{_alike(target)}；折标准煤、折二氧化碳等须用有依据的参数。"
        )
    return source.factor / target.factor


def convert(value: Decimal, from_: Unit | str, to: Unit | str) -> Decimal:
    """A value in another unit of the same dimension; exact wherever the result is a finite decimal.

    Where it is not (亩 in m2, mostly) it has 28 significant digits. UnitError where the dimensions differ or
    the value is not a finite number below 1E400.
    """
    if not value.is_finite() or abs(value.adjusted()) > 400:
        raise UnitError(f"数值“{str(value)[:40]}”不能换算，应为有限的数。")
    share = ratio(from_, to)
    if share == 1:
        return value
    exact = Fraction(value) * share
    return _decimal(exact)


def known_units() -> Mapping[str, Unit]:
    """Every name and alias of the table with its unit, as written without 万, 亿 ... and products."""
    return _table(root()).names


def _product(left: Powers, right: Powers, *, keep_order: bool = False) -> Powers:
    powers = dict(left)
    for base, exponent in right:
        powers[base] = powers.get(base, 0) + exponent
    pairs = [(base, exponent) for base, exponent in powers.items() if exponent]
    return tuple(pairs if keep_order else sorted(pairs))


def _power(symbol: str, power: int) -> str:
    if power == 1:
        return symbol
    # `万m3` is one symbol: its square needs brackets to be read back as written.
    return f"{symbol}{power}" if symbol.isalpha() and symbol.lstrip("μ").isascii() else f"({symbol}){power}"


def _alike(unit: Unit) -> str:
    """Some other names of the same dimension, as a remark in brackets."""
    other = [one for one in known_units().values() if one.same_dimension(unit) and one != unit]
    names = list(dict.fromkeys(map(str, other)))
    return f"（如{'、'.join(names[:4])}）" if names else ""


def _unit(unit: Unit | str) -> Unit:
    return unit if isinstance(unit, Unit) else parse_unit(unit)


def _decimal(exact: Fraction) -> Decimal:
    """The fraction as Decimal: exact where finite, else 28 significant digits, half-even."""
    numerator, denominator = Decimal(exact.numerator), Decimal(exact.denominator)
    try:
        return _EXACT.divide(numerator, denominator)
    except Inexact:
        return Context(prec=28, rounding=ROUND_HALF_EVEN).divide(numerator, denominator)


@dataclass(frozen=True, slots=True)
class _Table:
    names: Mapping[str, Unit]
    folded: Mapping[str, list[str]]  # casefolded name -> the names so written
    prefixes: Mapping[str, Fraction]
    prefixed: frozenset[str]  # the names before which a prefix may stand


@lru_cache(maxsize=8)
def _table(folder: Path) -> _Table:
    path = folder / "units.csv"
    try:
        return _read(read_rows(path))
    except (OSError, UnicodeDecodeError, csv.Error, KeyError, ValueError, ZeroDivisionError) as trouble:
        raise UnreadableSource(f"单位表“{path}”不能读取：{trouble}。请恢复随程序发布的文件。") from trouble


def _read(rows: list[dict[str, str]]) -> _Table:
    """The table of the csv's rows; ValueError names the first wrong row."""
    units: dict[str, Unit] = {}
    prefixes: dict[str, Fraction] = {}
    prefixed: set[str] = set()
    for row in rows:
        name, factor = row["unit"], Fraction(row["factor"])
        if factor <= 0 or not row["source"]:
            raise ValueError(f"{name}：系数应大于零并注明依据")
        if row["dimension"] == "prefix":
            prefixes[name] = factor
            continue
        unit = Unit(_dimension(row["dimension"]), factor, _symbols(name))
        for alias in map(_plain, filter(None, [name, *row["aliases"].split("|")])):
            if alias in units:
                raise ValueError(f"{alias}：名称重复")
            units[alias] = unit
            if row["prefixed"] == "yes":
                prefixed.add(alias)
    folded: dict[str, list[str]] = defaultdict(list)
    for alias in units:
        folded[alias.casefold()].append(alias)
    longest_first = dict(sorted(prefixes.items(), key=lambda pair: -len(pair[0])))
    return _Table(MappingProxyType(units), dict(folded), longest_first, frozenset(prefixed))


def _symbols(name: str) -> Powers:
    """`m2` is written as a power of m, so that m·m is m2; any other name is one symbol, `1` none."""
    power = re.fullmatch(r"([a-z]+)([23])", name)
    if power:
        return ((power[1], int(power[2])),)
    return () if name == "1" else ((name, 1),)


def _dimension(text: str) -> Powers:
    """`energy·time-1` as powers; `1` is none."""
    powers: Powers = ()
    for part in () if text == "1" else text.split("·"):
        match = re.fullmatch(r"([a-z_]*[a-z])(-?\d)?", part)
        if not match:
            raise ValueError(f"量纲“{text}”")
        powers = _product(powers, ((match[1], int(match[2] or 1)),))
    return powers


_SUPERSCRIPTS = str.maketrans({**{s: f"^{d}" for d, s in enumerate("⁰¹²³⁴⁵⁶⁷⁸⁹")}, "⁻": "^-"})
_SIGNS = str.maketrans(
    {
        **dict.fromkeys("*×•⋅・∙‧●．.", "·"),
        **dict.fromkeys("∕⁄÷每", "/"),
        **dict.fromkeys("−–—‐‑", "-"),
        **dict.fromkeys("［【〔{[", "("),
        **dict.fromkeys("］】〕}]", ")"),
        **dict.fromkeys("〈《‹⟨", "<"),
        **dict.fromkeys("〉》›⟩", ">"),
        "µ": "μ",
        "º": "°",
    }
)
_TOKENS = re.compile(r"<[A-Za-z_][A-Za-z0-9_]*>|[()/·]|[^()/·<>]+|[<>]")
_POWERED = re.compile(r"(.*?[^-^\d])\^?(-?[1-9])", re.ASCII)
_POWER = re.compile(r"\^?(-?[1-9])", re.ASCII)
_TEN = re.compile(r"(?:10\^|1[eE])(\d{1,2})(?=\D)", re.ASCII)


def _plain(text: str) -> str:
    """The text without differences of width, dots, dashes, brackets, superscripts and blanks."""
    plain = text.replace("**", "^").translate(_SUPERSCRIPTS).replace("^-^", "^-").translate(_SIGNS)
    plain = unicodedata.normalize("NFKC", plain).translate(_SIGNS)
    # A blank between Latin letters would join two units into another one (m g, mg): it stays and is refused.
    plain = re.sub(r"(?<![A-Za-z])\s+|\s+(?![A-Za-z])", "", plain.strip())
    # `元/kW·h` is per kWh in every Chinese text, not yuan per kilowatt times hours.
    return re.sub(r"([kMGT]?W)·h(?![A-Za-z])", r"\1h", plain)


@lru_cache(maxsize=8192)
def _parse(text: str, folder: Path) -> Unit:
    plain = _plain(text[: _LONGEST_TEXT + 1])
    if not plain:
        raise UnitError("单位为空，应写明单位；没有单位的比值请写1或%。")
    if len(text) > _LONGEST_TEXT:
        raise UnitError(f"单位“{text[:20]}…”太长，应为单位名称，如t、万元、kgce/m2。")
    table = _table(folder)
    if plain in table.names:
        return table.names[plain]
    tokens = _TOKENS.findall(plain)[::-1]
    unit = _expression(tokens, table, text)
    if tokens:
        rest = "".join(tokens[::-1])
        raise UnitError(
            f"单位“{text}”中多出“{rest}”，应为单位名称及其乘积或商；请检查括号，说明文字请移到别处。"
        )
    return unit


def _expression(tokens: list[str], table: _Table, text: str) -> Unit:
    """Products and quotients up to the closing bracket; takes its tokens from the end of the list."""
    unit = _term(tokens, table, text)
    divided = False
    while tokens and tokens[-1] in "·/":
        if tokens.pop() == "/":
            unit, divided = unit / _term(tokens, table, text), True
        elif divided:
            # a/b·c is read both ways by different people (GB 3101-1993 asks for brackets).
            raise UnitError(f"单位“{text}”有歧义，请用括号写明分母，如kgce/(m2·a)。")
        else:
            unit = unit * _term(tokens, table, text)
    return unit


def _term(tokens: list[str], table: _Table, text: str) -> Unit:
    word = tokens.pop() if tokens else ""
    if word == "(" or word[:1] == "<" != word:
        unit = _opened(word, tokens, table, text)
        power = _POWER.fullmatch(tokens[-1]) if tokens else None
        if power:
            tokens.pop()
            unit = unit ** int(power[1])
        if any(abs(exponent) > _GREATEST_POWER for _, exponent in unit.symbols):
            raise UnitError(f"单位“{text}”的指数太大，不得超过{_GREATEST_POWER}。")
        return unit
    if word in ("", ")", "/", "·", "<", ">"):
        raise UnitError(f"单位“{text}”不完整，应为单位名称及其乘积或商，如kgce/(m2·a)。")
    return _powered(word, table) or _multiple(word, table) or _refuse(word, table, text)


def _opened(word: str, tokens: list[str], table: _Table, text: str) -> Unit:
    """What stands between brackets, or `<name>`, a dimension of its own."""
    if word != "(":
        return Unit(((word, 1),), Fraction(1), ((word, 1),))
    unit = _expression(tokens, table, text)
    if not tokens or tokens.pop() != ")":
        raise UnitError(f"单位“{text}”的括号不成对，请检查。")
    return unit


def _powered(token: str, table: _Table) -> Unit | None:
    """The unit of a name with or without an exponent; None where there is no such name."""
    named = _named(token, table)
    if named:
        return named
    power = _POWERED.fullmatch(token)
    named = _named(power[1], table) if power else None
    return named ** int(power[2]) if power and named else None


def _named(name: str, table: _Table) -> Unit | None:
    """The unit of exactly this name, else of the one name that differs only in case."""
    plain = name.replace("^", "")  # CO₂, m³ and Nm³ stand in the table without the sign
    if plain in table.names:
        return table.names[plain]
    alike = table.folded.get(plain.casefold(), ()) if len(plain) > 1 else ()
    if len({table.names[other] for other in alike}) > 1 and (plain.isupper() or plain.islower()):
        return None  # mj, MW written in one case: nothing tells milli from mega
    meant = [other for other in alike if other[0] == plain[0] or plain[0] not in "mM"]
    units = {table.names[other] for other in meant}
    return units.pop() if len(units) == 1 else None


def _multiple(token: str, table: _Table) -> Unit | None:
    """The unit of a name after 万, 亿, 10^4, 1e4 ...; None where there is none."""
    ten = _TEN.match(token)
    powers = {f"{Fraction(10) ** int(ten[1])}": ten[0]} if ten else {}
    for prefix, value in table.prefixes.items():
        written = powers.get(f"{value}", prefix)
        if not token.startswith(written):
            continue
        unit = _powered(token.removeprefix(written), table)
        if unit and unit.symbols and unit.symbols[0][0] in table.prefixed and unit.symbols[0][1] > 0:
            name, power = unit.symbols[0]
            own = f"{name}{power}" if power > 1 and name[-1].isalpha() else f"{unit}"  # 万个2 is read back
            return Unit(unit.dimension, unit.factor * value, ((f"{prefix}{own}", 1),))
    return None


def _refuse(token: str, table: _Table, text: str) -> Unit:
    """Always raises: the message names the part that is unknown and the nearest names."""
    said = f"单位“{text}”" if token == _plain(text) else f"单位“{text}”中的“{token}”"
    prefix = next((p for p in table.prefixes if token.startswith(p)), "")
    name = token.removeprefix(prefix)
    known = [known for known in table.names if not prefix or known in table.prefixed]
    near = table.folded.get(name.casefold(), ()) if not prefix else ()
    hints = [f"“{prefix}{other}”" for other in near or nearest(name, known)]
    if hints:
        raise UnitError(f"{said}不认识；是否指{'、'.join(hints)}？")
    common = "、".join(f"{prefix}{other}" for other in _COMMON if other in known)
    raise UnitError(f"{said}不认识，应为单位表中的名称，如{common}。")
