"""`duheng tax`: a table of a taxpayer to the return of a quarter, to the fen, without a database."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
import xlsxwriter
from typer.testing import CliRunner, Result

from duheng.cli import app
from duheng.ingest.tax.sheet import Stated, layout, read_stated, sample

HEADER = "月份,排放口,类别,污染物,排放量（t）,浓度,限值,超标次数"


def _shell(*words: object) -> Result:
    return CliRunner().invoke(app, ["tax", *map(str, words)])


def _table(tmp_path: Path, *rows: str, header: str = HEADER, encoding: str = "utf-8") -> Path:
    path = tmp_path / "计税.csv"
    path.write_text("\n".join([header, *rows]), encoding)
    return path


def _stated(tmp_path: Path, *rows: str, header: str = HEADER) -> Stated:
    return read_stated(_table(tmp_path, *rows, header=header))


def _total(stated: Stated) -> Decimal | None:
    return stated.drawn("2024Q1", "5120").total


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_sample_is_read_as_it_was_written(tmp_path: Path, kind: str) -> None:
    path, out = tmp_path / f"样表.{kind}", tmp_path / "申报.csv"
    assert _shell("--sample", "-o", path).exit_code == 0
    done = _shell(path, "-o", out)
    assert done.exit_code == 0
    assert "应纳税额合计 7699.00 元" in done.stderr
    assert out.read_text("utf-8-sig").rstrip().endswith("7699.00")


def test_the_sample_fills_every_column_and_every_kind_of_row() -> None:
    header, *rows = sample()
    assert [title for title, *cells in zip(header, *rows, strict=True) if not any(cells)] == []
    assert {row[header.index("类别")] for row in rows} == {titles[0] for titles in layout()["media"].values()}


def test_a_unit_in_the_header_or_in_the_cell_is_converted(tmp_path: Path) -> None:
    assert _total(_stated(tmp_path, "2024-01,DW001,水,COD,1.2,,,")) == Decimal("3360.00")
    assert _total(_stated(tmp_path, "2024-01,DW001,水,COD,1200 kg,,,")) == Decimal("3360.00")


def test_a_table_in_gbk_is_read(tmp_path: Path) -> None:
    path = _table(tmp_path, "2024-01,DW001,废水,化学需氧量,1.2,,,", encoding="gb18030")
    assert _total(read_stated(path)) == Decimal("3360.00")


def test_of_two_methods_the_first_of_the_law_is_taxed_and_the_other_shown(tmp_path: Path) -> None:
    header = "月份,排放口,类别,污染物,计算方法,排放量"
    rows = ("2024-01,DW001,水,COD,排污系数,1500", "2024-01,DW001,水,化学需氧量,自动监测,1200")
    (row,) = _stated(tmp_path, *rows, header=header).drawn("2024Q1", "5120").rows
    assert (row.entry.method, row.tax) == ("自动监测", Decimal("3360.00"))
    assert row.entry.others == (("排污系数和物料衡算", Decimal(1500)),)


def test_a_method_that_measured_nothing_leaves_its_place_to_the_next(tmp_path: Path) -> None:
    header = "月份,排放口,类别,污染物,计算方法,排放量"
    rows = ("2024-01,DW001,水,COD,自动监测,", "2024-01,DW001,水,COD,物料衡算,1500")
    assert _total(_stated(tmp_path, *rows, header=header)) == Decimal("4200.00")


def test_a_row_that_cannot_be_read_is_named_and_leaves_the_total_unknown(tmp_path: Path) -> None:
    stated = _stated(
        tmp_path, "2024-01,DW001,水,COD,1.2,,,", "2024-01,DW001,水,总氮,3,,,", "2024-01,D2,水,COD,无,,,"
    )
    assert [finding.place for finding in stated.findings] == ["计税.csv 第3行", "计税.csv 第4行"]
    assert _total(stated) is None


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("2024-01,DW001,水,COD,1.2 m3,,,", "m3"),
        ("2024-01-05x,DW001,水,COD,1,,,", "不是一个时期"),
        ("2024-01,DW001,土壤,COD,1,,,", "土壤"),
        ("2024-01,DW001,水,COD,1,20,50,0.5", "超标次数为0.5"),
        ("2024-01,DW001,特征值,pH,1,,,", "pH 没有填数值"),
        ("2024-01,DW001,特征值,pH,1,15,,", "pH 15"),
    ],
)
def test_what_is_wrong_with_a_row_is_said(tmp_path: Path, row: str, said: str) -> None:
    (finding,) = _stated(tmp_path, row).findings
    assert said in finding.text


def test_an_amount_left_empty_is_unknown_and_not_nought(tmp_path: Path) -> None:
    done = _shell(_table(tmp_path, "2024-01,DW001,水,COD,,,,"))
    assert done.exit_code == 1
    assert "没有排放量" in done.stderr
    assert done.stdout.rstrip().endswith(",")


@pytest.mark.parametrize(("ph", "amount"), [("6", "900"), ("7.2", "900"), ("9", "")])
def test_neutral_water_stands_in_the_return_without_tax_and_with_its_reason(
    tmp_path: Path, ph: str, amount: str
) -> None:
    stated = _stated(tmp_path, f"2024-01,DW001,特征值,pH,{amount},{ph},,", "2024-01,DW001,水,COD,1.2,,,")
    drawn = stated.drawn("2024Q1", "5120")
    (
        (*_, title, item, _method, _rest, basis, weight, unit, _value, _number, counted, _rate, _share, tax),
    ) = (row.cells() for row in drawn.others)
    assert (title, item, basis, unit) == ("其他类水污染物", f"pH {ph}", "pH 6至9不征税", "t")
    assert (weight, counted, tax) == (Decimal(900) if amount else None, "否", 0)
    assert (drawn.total, drawn.findings) == (Decimal("3360.00"), ())


def test_a_quarter_of_neutral_water_alone_is_a_return_of_nothing(tmp_path: Path) -> None:
    done = _shell(_table(tmp_path, "2024-01,DW001,水,pH,900 t,7.2,,"))
    assert done.exit_code == 0
    assert "2024-01,DW001,其他类水污染物,pH 7.2,,,pH 6至9不征税,900,t,,,否,,,0.00" in done.stdout


def test_waste_and_noise_stand_in_the_return_and_a_missing_part_is_unknown(tmp_path: Path) -> None:
    header = "月份,排放口,类别,污染物,产生量,贮存量,处置量,综合利用量,超标分贝,两处以上超标,超标不足15天"
    noise = "2024-02,厂界,噪声,昼间,,,,,7,是,是"
    whole = _stated(tmp_path, "2024-01,渣场,固体废物,煤矸石,100,20,10,50,,,", noise, header=header)
    assert _total(whole) == Decimal("1500.00")  # 20 t at 5, and the third step of noise, doubled and halved
    part = _stated(tmp_path, "2024-01,渣场,固体废物,煤矸石,100,20,,50,,,", noise, header=header)
    assert _total(part) is None


def test_more_waste_gone_than_came_up_is_a_finding_and_no_nought(tmp_path: Path) -> None:
    header = "月份,排放口,类别,污染物,产生量,贮存量,处置量,综合利用量"
    done = _shell(_table(tmp_path, "2024-01,渣场,固体废物,煤矸石,1000,200,0,900", header=header))
    assert done.exit_code == 1
    assert "渣场 2024-01 煤矸石：产生量减去贮存、处置、综合利用量为-100吨，应为不小于0" in done.stderr


def test_several_quarters_ask_for_one(tmp_path: Path) -> None:
    path = _table(tmp_path, "2024-01,DW001,水,COD,1.2,,,", "2024-05,DW001,水,COD,1,,,")
    assert "2024Q1、2024Q2" in _shell(path).stderr
    done = _shell(path, "--quarter", "2024Q2")
    assert done.exit_code == 1
    assert "2024Q2内的月份" in done.stderr


def test_a_second_taxpayer_in_one_file_is_refused(tmp_path: Path) -> None:
    header = "纳税人,月份,排放口,类别,污染物,排放量"
    stated = _stated(tmp_path, "甲,2024-01,D1,水,COD,1", "乙,2024-01,D1,水,COD,1", header=header)
    assert "纳税人“乙”" in stated.findings[0].text


def test_a_table_without_the_header_is_refused_with_the_way_to_a_sample(tmp_path: Path) -> None:
    assert "--sample" in str(_shell(_table(tmp_path, "1,2", header="甲,乙")).exception)


@pytest.mark.parametrize(
    ("concentration", "tax"),
    [("35", "2800.00"), ("34.99", "2100.00"), ("25", "2100.00"), ("24.99", "1400.00")],
)
def test_exactly_thirty_or_fifty_percent_below_the_limit_is_not_yet_below(
    tmp_path: Path, concentration: str, tax: str
) -> None:
    row = f"2024-01,DW001,水,COD,1,{concentration},50,0"
    assert _total(_stated(tmp_path, row)) == Decimal(tax)


@pytest.mark.parametrize("grounds", ["-5,100,0", "5,0,0", "5,-100,0", "5,100,-1"])
def test_a_reduction_on_impossible_grounds_is_not_granted_and_named(tmp_path: Path, grounds: str) -> None:
    drawn = _stated(tmp_path, f"2024-01,DW001,水,COD,1.2,{grounds}").drawn("2024Q1", "5120")
    assert drawn.total == Decimal("3360.00")
    assert [(one.severity, one.remedy) for one in drawn.findings] == [("error", "按没有减征计，请核对")]


def test_a_mean_above_its_limit_without_an_exceedance_is_a_contradiction(tmp_path: Path) -> None:
    drawn = _stated(tmp_path, "2024-01,DW001,水,COD,1.2,60,50,0").drawn("2024Q1", "5120")
    assert [(one.severity, "60高于限值50" in one.found) for one in drawn.findings] == [("warning", True)]


def test_two_rows_that_differ_are_neither_taxed_nor_ranked(tmp_path: Path) -> None:
    rows = ("2024-01,DW001,水,COD,1.2,,,", "2024-01,DW001,水,COD,1.3,,,", "2024-01,DW001,水,氨氮,0.1,,,")
    drawn = _stated(tmp_path, *rows).drawn("2024Q1", "5120")
    assert [(row.entry.amount, row.counted, row.tax) for row in drawn.rows] == [
        (None, None, None), (Decimal("100.0"), None, None),
    ]  # fmt: skip
    assert "数量1200、1300" in drawn.findings[0].found
    assert drawn.total is None
    same = _stated(tmp_path, rows[0], rows[0]).drawn("2024Q1", "5120")
    assert (same.total, len(same.findings)) == (Decimal("3360.00"), 1)


def test_decibels_with_decimals_are_a_finding_and_no_tax(tmp_path: Path) -> None:
    header = "月份,排放口,类别,污染物,超标分贝,产生量,贮存量,处置量,综合利用量"
    drawn = _stated(tmp_path, "2024-01,厂界,噪声,夜间,3.4,,,,", header=header).drawn("2024Q1", "5120")
    (finding,) = drawn.findings
    assert (drawn.total, finding.code) == (None, "tax-noise")
    assert "超标3.4分贝，应为整数。请四舍五入为3再填；在此之前按未知处理。" in finding.text
    whole = _stated(tmp_path, "2024-01,厂界,噪声,夜间,3.0,,,,", header=header).drawn("2024Q1", "5120")
    assert (whole.total, whole.findings) == (Decimal("350.00"), ())


def test_noise_or_waste_that_stands_twice_is_taxed_once(tmp_path: Path) -> None:
    header = "月份,排放口,类别,污染物,超标分贝,产生量,贮存量,处置量,综合利用量"
    noise, waste = "2024-01,厂界,噪声,夜间,5,,,,", "2024-01,堆场,固废,煤矸石,,10,0,0,0"
    drawn = _stated(tmp_path, noise, noise, waste, waste, header=header).drawn("2024Q1", "5120")
    assert (drawn.total, len(drawn.others), len(drawn.findings)) == (Decimal("750.00"), 2, 2)
    unclear = _stated(tmp_path, noise, noise.replace("5", "8"), header=header).drawn("2024Q1", "5120")
    assert (unclear.total, [row.tax for row in unclear.others]) == (None, [None])


@pytest.mark.parametrize(
    ("row", "said"), [("2024-01,,水,COD,1,,,", "“排放口”空着"), ("2024-01,厂界,噪声,凌晨,,,,", "没有名为“凌晨”的时段")]
)  # fmt: skip
def test_a_row_without_an_outlet_or_a_known_time_is_not_read(tmp_path: Path, row: str, said: str) -> None:
    stated = _stated(tmp_path, row)
    assert said in stated.findings[0].text
    assert not stated.entries
    assert not stated.others


def test_ph_and_colour_may_stand_under_water_as_the_return_prints_them(tmp_path: Path) -> None:
    rows = ("2024-01,DW001,水,pH,900 t,5.5,,", "2024-01,DW001,水,色度,1000 t,,,")
    drawn = _stated(tmp_path, *rows).drawn("2024Q1", "5120")
    assert [(row.item, row.tax) for row in drawn.rows] == [
        ("pH 5-6", Decimal("504.00")), ("色度", Decimal("560.00")),
    ]  # fmt: skip


def test_the_return_is_one_of_a_quarter(tmp_path: Path) -> None:
    path = _table(tmp_path, "2024-01,DW001,水,COD,1.2,,,")
    assert _shell(path, "--quarter", "2024年一季度").exit_code == 0
    refused = _shell(path, "--quarter", "2024")
    assert (refused.exit_code, "不是一个季度" in refused.stderr) == (2, True)


def _book(path: Path, *sheets: tuple[str, list[list[object]]], hidden: str = "") -> Path:
    with xlsxwriter.Workbook(str(path)) as book:
        for name, rows in sheets:
            sheet = book.add_worksheet(name)
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)
            if name == hidden:
                sheet.hide()
    return path


def test_every_sheet_of_a_workbook_is_read_and_a_hidden_one_named(tmp_path: Path) -> None:
    header: list[object] = ["月份", "排放口", "类别", "污染物", "排放量"]
    months = [(f"{n}月", [header, [f"2024-0{n}", "DW001", "水", "COD", 1200]]) for n in (1, 2)]
    notes: tuple[str, list[list[object]]] = ("说明", [["填表说明"]])
    stated = read_stated(_book(tmp_path / "两月.xlsx", *months, notes))
    assert (_total(stated), stated.findings) == (Decimal("6720.00"), [])
    hidden = read_stated(_book(tmp_path / "隐藏.xlsx", *months, hidden="2月"))
    assert (_total(hidden), [one.code for one in hidden.findings]) == (None, ["tax-sheet"])


@pytest.mark.parametrize(
    ("month", "read"),
    [("2024-01-01", True), ("2024年1月", True), ("2024-01-15", False), ("2024Q1", False), ("2024", False)],
)
def test_a_month_is_a_month_or_its_first_day_and_nothing_longer(
    tmp_path: Path, month: str, read: bool
) -> None:
    stated = _stated(tmp_path, f"{month},DW001,水,COD,1.2,,,")
    assert [entry.month for entry in stated.entries] == (["2024-01"] if read else [])
    assert _total(stated) == (Decimal("3360.00") if read else None)


def test_columns_that_are_not_used_are_named(tmp_path: Path) -> None:
    path = _table(
        tmp_path, "2024-01,DW001,水,COD,1.2,雨,晴", header="月份,排放口,类别,污染物,排放量（t）,标准值,备注"
    )
    done = _shell(path)
    assert (done.exit_code, "没有用到的列：标准值、备注" in done.stderr) == (0, True)


def test_a_table_without_a_readable_month_says_why(tmp_path: Path) -> None:
    done = _shell(_table(tmp_path, "去年,DW001,水,COD,1.2,,,"))
    assert done.exit_code == 2
    assert "“去年”不是一个时期" in done.stderr
    assert "没有一行读得出月份" in done.stderr


def test_whose_rates_they_are_stands_in_the_message_and_in_the_return(tmp_path: Path) -> None:
    table, out = _table(tmp_path, "2024-01,DW001,水,COD,1.2,,,"), tmp_path / "申报.csv"
    done = _shell(table, "-o", out)
    rate = "水污染物适用税额2.8元/污染当量（四川省人民代表大会常务委员会关于"
    assert f"适用税额：资阳市（5120）：{rate}" in done.stderr
    assert "其他地区的用 --city 城市代码或文件夹" in done.stderr
    assert f"适用税额：资阳市（5120）：{rate}" in out.read_text("utf-8-sig")


def test_without_a_rate_of_a_province_none_is_named(tmp_path: Path) -> None:
    header = "月份,排放口,类别,污染物,产生量,贮存量,处置量,综合利用量"
    done = _shell(_table(tmp_path, "2024-01,厂区,固体废物,煤矸石,10,0,0,0", header=header))
    assert "适用税额：" not in done.output
