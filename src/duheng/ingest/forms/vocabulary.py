"""The words by which a form is read: totals, what stands around a table, numbers of forms, dates, yes and no."""

from __future__ import annotations

import re

TOTALS = frozenset({"合计", "总计", "小计", "总分"})
SUBTOTAL = "小计"
# A column that numbers the rows says nothing of them.
NUMBERING = frozenset({"序号"})
# What stands above and below a form beside its content: who filled it in, when, how to reach them.
MARGIN = (
    "单位负责人", "统计负责人", "负责人签", "填表人", "制表人", "填报人", "审核人", "报出日期", "填报日期", "填表日期",
    "联系电话", "表号", "制定机关", "批准文号", "有效期", "报告期", "报告年度", "年度", "注:", "注1", "说明:", "备注:",
)  # fmt: skip
YES = frozenset({"是", "有", "√", "Y", "已淘汰"})
NO = frozenset({"否", "无", "×", "N", "未淘汰"})

REPORTER = re.compile(
    r"(?:单位详细名称|单位名称|企业名称|机构名称|填报单位|填表单位|填报机构)(?:[(（][^)）]*[)）])?[:：]?\s*(.*)"
)
# The sum from January to a month; a single month, which in a cumulative form means the same; parts of a year; a year.
SINCE_JANUARY = re.compile(r"(\d{4})\s*年\s*(?:1|一)\s*月?\s*[-—–至~～]\s*(\d{1,2})\s*月")
MONTHS = re.compile(r"(\d{4})\s*年\s*(?:(?:1|一)\s*[-—–至~～]\s*)?(\d{1,2})\s*月")
PART = re.compile(r"(\d{4})\s*年\s*(上半年|下半年|第?[一二三四1-4]季度)")
PARTS = {"上半年": 6, "一季度": 3, "第一季度": 3, "1季度": 3, "第1季度": 3}
YEAR = re.compile(
    r"(?<!\d)((?:19|20)\d{2})\s*年(?!\s*(?:\d{1,2}\s*月|版|修订|[上下]半年|第?[一二三四1-4]季))"
    r"|(?:年度|年份|报告期)[:：]\s*((?:19|20)\d{2})(?!\d)"
)
# A day on which something was filled in is no period that it is about.
DAY = re.compile(r"日期|\d{1,2}\s*月\s*\d{1,2}\s*日")
MONTH = re.compile(
    r"(?<!\d)((?:19|20)\d{2})\s*[年./-]?\s*(?:(\d{1,2})(?!\d)\s*月?)?(?:\s*[./-]?\s*\d{1,2}\s*日?)?"
)
BETWEEN = re.compile(r"\s*(?:至|到|~|～|—+|–|--|-(?=\s*(?:19|20)\d{2}))\s*")

HEADED = re.compile(r"((?:19|20)\d{2})\s*年度?(.*)")
TABLE = re.compile(r"^(附表|附件)?(表\d+(-\d+)?|\d+(-\d+)?表)")
NUMBER = re.compile(r"(?<![\dA-Z-])(P?\d{3}-\d{1,2}|P\d{3})(?![\d-])")
NUMBERED = re.compile(r"表\s*号")


def bare_number_of_form(text: str) -> str:
    """The text without blanks and 表: `205-2 表` is `205-2`."""
    return re.sub(r"[\s表]", "", text.upper())
