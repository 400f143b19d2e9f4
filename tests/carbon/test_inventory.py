"""From a balance to an inventory: what is summed, what stays blank, what stays unknown."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from duheng.ingest.carbon import Inventory, inventory, read_balance, read_factors
from duheng.ingest.carbon.layout import TOTAL
from duheng.model.errors import UnreadableSource
from tests.carbon.conftest import FACTORS, ROWS, Write, balance_text

AMOUNTS = {
    "T1": ("-50", "", ""),
    "T2": ("-10", "", "-1"),
    "F1": ("2", "3", ""),
    "F2": ("100", "1", "5"),
    "F2a": ("20", "", "2"),
    "F4": ("", "8", ""),
    "F6a": ("1", "", "4"),
}


def made_of(written: Write, text: str, factors: str = FACTORS) -> Inventory:
    return inventory(read_balance(written("平衡表.csv", text)), read_factors(written("因子.csv", factors)))


def cell(made: Inventory, sector: str, fuel: str) -> float | None:
    value: float | None = made.table.filter(pl.col("sector") == sector)[fuel].item()
    return value


def codes(made: Inventory) -> list[str]:
    return [one.code for one in made.findings]


def test_industry_is_final_use_less_feedstock_plus_power_and_heat(written: Write) -> None:
    made = made_of(written, balance_text(AMOUNTS))
    assert cell(made, "Industry", "raw_coal") == pytest.approx((100 - 20 + 50 + 10) * 1.7 / 100)
    assert cell(made, "Industry", "natural_gas") == pytest.approx((5 - 2 + 1) * 21.6 / 100)


def test_each_sector_has_the_factor_of_its_group(written: Write) -> None:
    made = made_of(written, balance_text(AMOUNTS))
    farming = "Farming, Forestry, Animal Husbandry, Fishery and Water Conservancy"
    assert cell(made, farming, "raw_coal") == pytest.approx(2 * 1.6 / 100)
    assert cell(made, "Urban", "raw_coal") == pytest.approx(1 * 1.4 / 100)


def test_the_total_is_the_sum_of_the_sectors(written: Write) -> None:
    made = made_of(written, balance_text(AMOUNTS))
    assert cell(made, TOTAL, "diesel_oil") == pytest.approx((3 + 1 + 8) * 3.1 / 100)
    assert codes(made) == []


def test_a_blank_cell_of_a_printed_row_stays_blank(written: Write) -> None:
    made = made_of(written, balance_text(AMOUNTS))
    assert cell(made, "Rural", "raw_coal") is None
    assert cell(made, TOTAL, "coke") is None


def test_a_printed_nought_is_nought(written: Write) -> None:
    made = made_of(written, balance_text({**AMOUNTS, "F6b": ("0", "", "")}))
    assert cell(made, "Rural", "raw_coal") == 0


def test_a_row_that_is_not_there_makes_its_sector_and_the_total_unknown(written: Write) -> None:
    rows = tuple(row for row in ROWS if row != "F2a")
    made = made_of(written, balance_text(AMOUNTS, rows))
    assert cell(made, "Industry", "raw_coal") is None
    assert cell(made, TOTAL, "raw_coal") is None
    assert codes(made) == ["row-missing"]


def test_a_cell_that_is_no_number_makes_its_total_unknown_and_is_named(written: Write) -> None:
    made = made_of(written, balance_text({**AMOUNTS, "F4": ("", "八", "")}))
    assert cell(made, "Transportation, Storage, Post and Telecommunication Services", "diesel_oil") is None
    assert cell(made, TOTAL, "diesel_oil") is None
    assert made.findings[0].place.startswith("平衡表.csv 第8行 柴油")


def test_a_fuel_without_a_factor_is_unknown_and_other_fuels_are_not(written: Write) -> None:
    made = made_of(written, balance_text(AMOUNTS), FACTORS.replace("diesel", "gasoline"))
    assert cell(made, TOTAL, "diesel_oil") is None
    assert cell(made, TOTAL, "natural_gas") == pytest.approx((5 - 2 + 1 + 4) * 21.6 / 100)
    assert codes(made) == ["factor-missing"]


def test_negative_final_use_is_unknown(written: Write) -> None:
    made = made_of(written, balance_text({**AMOUNTS, "F4": ("", "-8", "")}))
    assert cell(made, TOTAL, "diesel_oil") is None
    assert [(one.code, one.severity) for one in made.findings] == [
        ("use-negative", "error"),
        ("balance-sign_F4", "warning"),
    ]


def test_negative_industrial_use_is_no_burning_and_a_warning(written: Write) -> None:
    made = made_of(written, balance_text({**AMOUNTS, "F2a": ("200", "", "2")}))
    assert cell(made, "Industry", "raw_coal") == 0
    assert [(one.code, one.severity) for one in made.findings] == [("use-negative", "warning")]


def test_a_row_stated_twice_is_unknown(written: Write) -> None:
    text = balance_text(AMOUNTS) + "示例市,2023,F4,,9,\n"
    made = made_of(written, text)
    assert cell(made, TOTAL, "diesel_oil") is None
    assert codes(made) == ["row-twice"]


def test_gas_in_tonnes_is_refused_as_a_whole_column(written: Write) -> None:
    made = made_of(written, balance_text(AMOUNTS).replace("natural_gas", "天然气(万吨)"))
    assert cell(made, TOTAL, "natural_gas") is None
    assert codes(made) == ["unit-wrong"]


def test_a_unit_in_the_header_is_converted(written: Write) -> None:
    made = made_of(written, balance_text(AMOUNTS).replace("raw_coal", "原煤(吨)"))
    assert cell(made, "Urban", "raw_coal") == pytest.approx(1 * 1.4 / 1e6)


def test_a_row_and_a_column_that_cannot_be_placed_are_named(written: Write) -> None:
    text = balance_text(AMOUNTS).replace("row_code,", "row_code,mystery,").replace("2023,F", "2023,F,7")
    text = "\n".join(
        line.replace(",F,7", ",F") if not line.startswith("city") else line for line in text.splitlines()
    )
    lines = [
        line if line.startswith("city") else ",".join([*line.split(",")[:3], str(i), *line.split(",")[3:]])
        for i, line in enumerate(text.splitlines())
    ]
    made = made_of(written, "\n".join([*lines, "示例市,2023,ZZ,1,1,1,1"]))
    assert sorted(codes(made)) == ["column-unknown", "row-unknown"]


def test_extra_columns_of_a_region_pass_through(written: Write) -> None:
    text = "\n".join(
        f"{'备案号' if i == 0 else '甲1'},{line}" for i, line in enumerate(balance_text(AMOUNTS).splitlines())
    )
    made = made_of(written, text)
    assert made.table["备案号"].to_list() == ["甲1"] * 9


def test_two_regions_do_not_touch_each_other(written: Write) -> None:
    other = balance_text({"F4": ("", "100", "")}).replace("示例市", "另一市").split("\n", 1)[1]
    made = made_of(written, balance_text(AMOUNTS) + other)
    totals = made.table.filter(pl.col("sector") == TOTAL).select("city", "diesel_oil").rows()
    assert totals == [("示例市", pytest.approx(0.372)), ("另一市", pytest.approx(3.1))]


def test_twice_the_balance_is_twice_the_emission(written: Write) -> None:
    double = {
        row: tuple(str(float(text) * 2) if text else "" for text in texts) for row, texts in AMOUNTS.items()
    }
    one, two = made_of(written, balance_text(AMOUNTS)), made_of(written, balance_text(double))  # type: ignore[arg-type]
    ratio = (two.table["raw_coal"] / one.table["raw_coal"]).drop_nulls()
    assert ratio.to_list() == pytest.approx([2.0] * ratio.len())


def test_a_table_of_heat_and_electricity_alone_is_refused(written: Write) -> None:
    with pytest.raises(UnreadableSource, match="没有一列是可燃烧的品种"):
        read_balance(written("平衡表.csv", "row_code,electricity\nF1,1\n"))


def test_a_row_of_units_under_the_header_is_read(written: Write) -> None:
    lines = balance_text(AMOUNTS).splitlines()
    made = made_of(written, "\n".join([lines[0], ",,,吨,万吨,亿立方米", *lines[1:]]))
    assert cell(made, "Urban", "raw_coal") == pytest.approx(1 * 1.4 / 1e6)
    assert cell(made, "Urban", "natural_gas") == pytest.approx(4 * 21.6 / 100)


def test_a_table_without_fuels_is_refused(written: Write) -> None:
    with pytest.raises(UnreadableSource, match="没有一行是能源平衡表的表头"):
        read_balance(written("平衡表.csv", "row_code,价格\nF1,1\n"))


def test_a_key_column_may_be_called_region(written: Write) -> None:
    made = made_of(written, balance_text(AMOUNTS).replace("city,", "region,", 1))
    assert made.table["region"].to_list() == ["示例市"] * 9


def test_printed_labels_do_where_no_codes_stand(written: Write) -> None:
    labels = {
        "T1": "1.火力发电",
        "T2": "2.供热",
        "F2a": "#用作原料、材料",
        "F2": "2.工业",
        "F4": "4.交通运输、仓储和邮政业",
    }
    text = balance_text(AMOUNTS, tuple(labels)).replace("row_code", "项目")
    for code, label in labels.items():
        text = text.replace(f",{code},", f',"{label}",')
    made = made_of(written, text)
    assert cell(made, "Industry", "raw_coal") == pytest.approx((100 - 20 + 50 + 10) * 1.7 / 100)


def test_a_dash_is_a_blank_as_in_the_printed_tables(written: Write) -> None:
    made = made_of(written, balance_text({**AMOUNTS, "F6b": ("—", "-", "…")}))
    assert cell(made, "Rural", "raw_coal") is None
    assert codes(made) == []


@pytest.mark.parametrize(
    "content", [b"", b"row_code,diesel\n", b"\x00\x01\x02", b"PK\x03\x04 no sheet", b"\xff\xfe\xfa"]
)
def test_foreign_and_cut_off_bytes_are_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "平衡表.csv"
    path.write_bytes(content)
    with pytest.raises(UnreadableSource):
        read_balance(path)


def test_a_balance_cut_off_in_the_middle_says_which_rows_are_missing(written: Write) -> None:
    text = balance_text(AMOUNTS)
    made = made_of(written, text[: text.index("示例市,2023,F5")])
    missing = [one.found.split("（")[1].split("）")[0] for one in made.findings if one.code == "row-missing"]
    assert missing == ["F5", "F7", "F6a", "F6b"]
