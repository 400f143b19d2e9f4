"""Units: what is accepted, what it is exactly, and what is refused with which words."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duheng.model import data
from duheng.model.errors import UnitError, UnreadableSource
from duheng.model.units import ONE, convert, known_units, parse_unit, ratio

SAME = [
    ("吨标准煤", "tce"),
    ("吨标煤", "tce"),
    ("千克标准煤", "kgce"),
    ("吨", "t"),
    ("公斤", "kg"),
    ("克", "g"),
    ("千瓦", "kW"),
    ("千瓦时", "kWh"),
    ("度", "kWh"),
    ("万千瓦时", "万kWh"),
    ("亿千瓦时", "亿kWh"),
    ("百万千焦", "GJ"),
    ("万立方米", "万m3"),
    ("亿立方米", "亿m³"),
    ("平方公里", "km2"),
    ("公顷", "ha"),
    ("万吨标准煤", "万tce"),
    ("吨标准煤/万元", "tce/万元"),
    ("千克标准煤/（平方米·年）", "kgce/(m2·a)"),
    ("毫克/升", "mg/L"),
    ("毫克每升", "mg/L"),
    ("微克／立方米", "μg/m3"),
    ("吨公里", "t·km"),
    ("万吨公里", "万t·km"),
    ("吨二氧化碳", "tCO2"),
    ("元/kW·h", "元/千瓦时"),
    ("10^4t", "万吨"),
    ("1e4 tce", "万吨标准煤"),
    ("百万吨二氧化碳", "MtCO2"),
    ("10⁴m³", "万立方米"),
    ("无量纲", "1"),
]


@pytest.mark.parametrize(("chinese", "latin"), SAME)
def test_a_chinese_and_a_latin_name_mean_the_same_unit(chinese: str, latin: str) -> None:
    assert parse_unit(chinese) == parse_unit(latin)


@pytest.mark.parametrize(
    ("written", "canonical"),
    [
        ("m²", "m2"),
        ("㎡", "m2"),
        ("m^2", "m2"),
        ("㎥", "m3"),
        ("µg/m³", "μg/m3"),
        ("ug/m3", "μg/m3"),
        ("ｋｇ", "kg"),
        ("％", "%"),
        ("℃", "°C"),
        ("万 m³", "万m3"),
        (" t ", "t"),
        ("t×km", "t·km"),
        ("t*km", "t·km"),
        ("t.km", "t·km"),
        ("tCO₂/万千瓦时", "tCO2/万kWh"),
        ("kgce / ( m2 · a )", "kgce/(m2·a)"),
        ("kgce/m2/a", "kgce/(m2·a)"),
        ("【万元】", "万元"),
        ("KWH", "kWh"),
        ("Kg", "kg"),
        ("Mpa", "MPa"),
        ("h-1", "1/h"),
        ("tce/<fuel>", "tce/<fuel>"),
        ("吨标准煤/万元", "tce/万元"),
    ],
)
def test_width_superscripts_blanks_and_dots_do_not_matter(written: str, canonical: str) -> None:
    assert str(parse_unit(written)) == canonical


@pytest.mark.parametrize(
    ("source", "target", "exactly"),
    [
        ("kWh", "MJ", Fraction(18, 5)),
        ("万kWh", "GJ", Fraction(36)),
        ("亩", "m2", Fraction(2000, 3)),
        ("公顷", "亩", Fraction(15)),
        ("亿元", "万元", Fraction(10_000)),
        ("%", "1", Fraction(1, 100)),
        ("‰", "%", Fraction(1, 10)),
        ("kgce", "tce", Fraction(1, 1000)),
        ("万吨标准煤/亿元", "tce/万元", Fraction(1)),
        ("kgce/kWh", "tce/万kWh", Fraction(10)),
        ("kgce/MJ", "tce/GJ", Fraction(1)),
        ("万m3·mg/L", "t", Fraction(1, 100)),
        ("天", "h", Fraction(24)),
        ("t/天", "kg/h", Fraction(125, 3)),
        ("kW·h", "kWh", Fraction(1)),
        ("kcal", "kJ", Fraction(20934, 5000)),
        ("万吨", "kg", Fraction(10_000_000)),
        ("万人", "人", Fraction(10_000)),
        ("座", "个", Fraction(1)),
        ("mW", "MW", Fraction(1, 10**9)),
        ("t/<fuel>", "kg/<fuel>", Fraction(1000)),
    ],
)
def test_factors_are_exact(source: str, target: str, exactly: Fraction) -> None:
    assert ratio(source, target) == exactly


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("tce", "GJ"),  # standard coal per heat is a parameter, not a unit (L4)
        ("百分点", "%"),
        ("年", "天"),
        ("月", "天"),
        ("Nm3", "m3"),
        ("tCO2", "t"),
        ("tCO2e", "tCO2"),
        ("tCO2", "tC"),
        ("人", "个"),
        ("元", "1"),
        ("个", "1"),
        ("<fuel>", "t"),
        ("<fuel>", "<pollutant>"),
        ("°C", "K"),
        ("kVA", "kW"),
        ("分", "%"),
    ],
)
def test_what_a_text_converts_by_convention_does_not_convert_as_a_unit(one: str, other: str) -> None:
    with pytest.raises(UnitError, match="量纲不同"):
        ratio(one, other)


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("吨标准没", "吨标准煤"),
        ("万千瓦是", "万千瓦时"),
        ("MG/L", "mg"),
        ("mj", "MJ"),
        ("mwh", "MWh"),
        ("MWH", "MWh"),
        ("万顿", "万吨"),
        ("万", "万元"),
        ("kgce/m2·a", "括号"),
        ("亿元（2020年价）", "2020年价"),
        ("t/", "不完整"),
        ("(t", "括号"),
        ("", "单位为空"),
        ("104t", "t"),
        ("m g", "mg"),
        ("万%", "万吨"),
        ("万百分点", "不认识"),
        ("((m)9)9", "指数"),
        ("t" * 100, "太长"),
    ],
)
def test_an_unknown_unit_is_refused_with_what_may_be_meant(text: str, hint: str) -> None:
    with pytest.raises(UnitError, match=hint.replace("(", r"\(")):
        parse_unit(text)


def test_a_unit_that_is_no_text_is_refused() -> None:
    with pytest.raises(UnitError, match="不是文字"):
        parse_unit(1)  # type: ignore[arg-type]


def test_milli_and_mega_are_told_apart_by_case_only() -> None:
    assert ratio("MJ", "mJ") == 10**9
    assert parse_unit("Mg") == parse_unit("t")


def test_gram_is_no_prefix_of_standard_coal() -> None:
    assert not parse_unit("kg").same_dimension(parse_unit("kgce"))


def test_the_units_of_a_product_derive_its_conversion() -> None:
    derived = parse_unit("万m3") * parse_unit("mg/L")
    assert derived.factor / parse_unit("t").factor == Fraction(1, 100)
    assert derived.same_dimension(parse_unit("t"))


def test_a_quotient_of_like_units_is_dimensionless() -> None:
    assert (parse_unit("kg") / parse_unit("t")).dimensionless
    assert parse_unit("t") / parse_unit("t") == ONE


def test_a_unit_to_no_power_is_one() -> None:
    assert parse_unit("t") ** 0 == ONE


def test_a_unit_to_an_absurd_power_is_refused() -> None:
    with pytest.raises(UnitError, match="指数"):
        parse_unit("t") ** 13


def test_a_power_of_a_multiple_is_written_so_that_it_can_be_read_back() -> None:
    assert str(parse_unit("万m3") ** 2) == "(万m3)2"
    assert parse_unit("(万m3)2") == parse_unit("万m3") ** 2


def test_a_product_of_lengths_is_an_area() -> None:
    assert str(parse_unit("m") * parse_unit("m")) == "m2"


@pytest.mark.parametrize(
    ("value", "source", "target", "result"),
    [
        ("0.7143", "kgce/kg", "tce/t", "0.7143"),
        ("470000", "t", "万t", "47"),
        ("12.50", "万元", "万元", "12.50"),
        ("14.5", "%", "1", "0.145"),
        ("1", "亩", "m2", "666.6666666666666666666666667"),
        ("3", "亩", "m2", "2000"),
        ("0", "万元", "元", "0"),
        ("-1.5", "kg", "g", "-1500"),
        ("123456789012345678901234567890.12", "万元", "元", "1234567890123456789012345678901200"),
    ],
)
def test_values_convert_exactly(value: str, source: str, target: str, result: str) -> None:
    assert str(convert(Decimal(value), source, target)) == result


@pytest.mark.parametrize("value", ["NaN", "Infinity", "1E+999999999"])
def test_a_value_that_is_no_usable_number_does_not_convert(value: str) -> None:
    with pytest.raises(UnitError, match="应为有限的数"):
        convert(Decimal(value), "t", "kg")


ROWS = data.read_rows(data.root() / "units.csv")


def test_every_row_of_the_table_is_known_by_all_its_names() -> None:
    units = [row for row in ROWS if row["dimension"] != "prefix"]
    assert len(units) > 100
    for row in units:
        aliases = filter(None, row["aliases"].split("|"))
        assert {parse_unit(name).factor for name in (row["unit"], *aliases)} == {Fraction(row["factor"])}


def test_every_known_name_reads_back_from_its_canonical_text() -> None:
    units = list(known_units().values())
    assert [parse_unit(str(unit)) for unit in units] == units


def test_a_table_with_a_name_given_twice_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = "unit,aliases,dimension,factor,prefixed,source\nt,吨,mass,1,yes,x\nkg,吨,mass,1/1000,yes,x\n"
    (tmp_path / "units.csv").write_text(rows, "utf-8")
    monkeypatch.setenv(data.VARIABLE, str(tmp_path))
    with pytest.raises(UnreadableSource, match="吨：名称重复"):
        parse_unit("t")


@pytest.mark.parametrize(
    "row", ["t,,mass,0,yes,x", "t,,mass,1,yes,", "t,,mass,one,yes,x", "t,,mass+,1,yes,x", "t,,mass,1/0,yes,x"]
)
def test_a_table_with_a_wrong_row_is_refused(
    row: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "units.csv").write_text(f"unit,aliases,dimension,factor,prefixed,source\n{row}\n", "utf-8")
    monkeypatch.setenv(data.VARIABLE, str(tmp_path))
    with pytest.raises(UnreadableSource, match=r"units\.csv"):
        parse_unit("t")


def test_a_data_folder_without_a_table_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(data.VARIABLE, str(tmp_path))
    with pytest.raises(UnreadableSource, match="单位表"):
        parse_unit("t")


def test_a_data_folder_that_is_not_there_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(data.VARIABLE, str(tmp_path / "nowhere"))
    with pytest.raises(UnreadableSource, match="nowhere"):
        data.root()


def test_the_data_folder_of_the_checkout_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(data.VARIABLE, raising=False)
    assert (data.root() / "units.csv").is_file()


PREFIXES = ["", "", "万", "亿", "百", "千"]
NAMES = sorted(row["unit"] for row in ROWS if row["prefixed"] == "yes")
atoms = st.builds(str.__add__, st.sampled_from(PREFIXES), st.sampled_from(NAMES))
products = st.lists(atoms, min_size=1, max_size=3).map("·".join)
texts = st.builds(
    lambda above, below: f"{above}/({below})" if below else above, products, st.just("") | products
)
values = st.decimals(allow_nan=False, allow_infinity=False, places=6, min_value=-(10**12), max_value=10**12)


@given(texts)
def test_the_canonical_text_of_any_unit_is_read_back_as_the_same_unit(text: str) -> None:
    unit = parse_unit(text)
    assert parse_unit(str(unit)) == unit
    assert str(parse_unit(str(unit))) == str(unit)


@given(values, st.sampled_from(NAMES), st.sampled_from(["", "万", "亿"]))
def test_converting_there_and_back_is_the_identity(value: Decimal, name: str, prefix: str) -> None:
    there = convert(value, name, f"{prefix}{name}")
    assert convert(there, f"{prefix}{name}", name) == value


@given(values, st.sampled_from(["m2", "ha", "km2", "万亩"]))
def test_thirds_come_back_within_twenty_seven_digits(value: Decimal, other: str) -> None:
    back = convert(convert(value, "亩", other), other, "亩")
    assert abs(back - value) <= abs(value) * Decimal("1E-26")


@given(st.sampled_from(NAMES), st.sampled_from(NAMES))
def test_ratios_in_both_directions_multiply_to_one(one: str, other: str) -> None:
    first, second = parse_unit(one), parse_unit(other)
    if first.same_dimension(second):
        assert ratio(first, second) * ratio(second, first) == 1
    else:
        with pytest.raises(UnitError):
            ratio(first, second)


def test_a_square_behind_ten_thousand_is_read_back() -> None:
    assert str(parse_unit("万μg2")) == "万μg2"
    assert parse_unit(str(parse_unit("万ΜG2"))) == parse_unit("万μg2")


alphabet = st.sampled_from("tkgmLWhJ万亿千百吨元人米时/·()（）²³^-0123456789%<>fuel ＊．\n\t\x00𝟙é煤标准每")


@given(st.text() | st.text(alphabet, max_size=30) | st.lists(atoms | alphabet, max_size=8).map("".join))
def test_any_text_is_a_unit_or_refused_as_one(text: str) -> None:
    try:
        unit = parse_unit(text)
    except UnitError:
        return
    assert unit.factor > 0
    assert parse_unit(str(unit)) == unit
