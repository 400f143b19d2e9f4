"""核算: the pages that account for energy, emissions, air, water, projects and tax, each with what it answers."""

from __future__ import annotations

from duheng.web.page import Ask, Page
from duheng.web.tables import Cell, Column, Table

# Address, title, what it answers. One line a page; whoever adds a page adds its line.
PAGES = (
    (
        "/balance",
        "能源平衡表",
        "分年度、分县（区）的能源平衡表：实物量和标准煤，恒等式逐项核对，按表式填报和导出",
    ),
    (
        "/bridge",
        "口径对照",
        "能源消费量、强度和降低率按各口径逐行对照：扣除原料用能、非化石能源，非化石电力按分摊认定",
    ),
    ("/flows", "能源流向图", "由平衡表画出的能源流向：从供应到加工转换，再到各部门消费和损失"),
    ("/carbon", "碳排放清单", "分部门、分品种的能源活动二氧化碳排放，范围一与范围二，所用因子逐一注明"),
    (
        "/projects",
        "减排项目",
        "四项污染物的减排量：已核定、待核定、计划、尚缺；每个项目的测算、核定和佐证材料",
    ),
    ("/air", "空气质量日历", "一年中每天的指数与级别，优良天数率、重污染天、综合指数和六项污染物的评价"),
    ("/water", "水环境", "断面水质类别与优良率、饮用水水源、黑臭水体"),
    ("/soil", "土壤地块", "建设用地地块的含量与风险筛选值、管制值"),
    ("/emissions", "污染物排放量", "按法定顺序采用监测、物料衡算或系数；其余方法的结果并列"),
    ("/voc", "挥发性有机物一厂一策", "排放源、物料、收集、治理，溶剂平衡，泄漏检测与修复，油气回收"),
    ("/tax", "环境保护税", "按季申报：污染当量、前三项（前五项）、减征、按产生量计税，金额到分"),
    ("/institutions", "公共机构", "人均和单位建筑面积的能耗、水耗、碳排放，比基期的降低率"),
    ("/parameters", "参数", "计算所用的每个系数、限值：取值、依据、可信程度和用处；由管理员更换"),
)


def show(ask: Ask) -> Page:
    """The list of the accounting pages."""
    words = ask.words
    columns = [Column("title", words("页面"), width=24), Column("told", words("内容"), width=80)]
    rows = [
        [Cell(words(title), href=href + ask.selection.context()), Cell(words(told))]
        for href, title, told in PAGES
    ]
    return Page(
        template="accounting.html",
        title=words("核算"),
        data={"pages": [{"address": href, "title": title, "content": told} for href, title, told in PAGES]},
        tables=(Table("accounting", words("核算"), columns, rows),),
    )
