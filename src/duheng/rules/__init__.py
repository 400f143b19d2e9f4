"""The rules: every computed quantity, by subject. Importing this package loads them all.

`RULES` lists them by id in the order of the files. Rules are pure functions (law L6) and import only `model`.
"""

from types import ModuleType

from duheng.model import Rule
from duheng.rules import (
    agriculture,
    air,
    balance,
    balance_table,
    building,
    carbon,
    carbon_flows,
    carbon_market,
    energy,
    enterprise,
    environment,
    industry,
    institutions,
    leaks,
    nonfossil,
    online,
    parks,
    pollutants,
    prices,
    progress,
    readings,
    reductions,
    soil,
    stations,
    tariffs,
    tax,
    transport,
    voc,
    voc_limits,
    water,
)

SUBJECTS: dict[str, ModuleType] = {
    "能源": energy,
    "能源平衡": balance,
    "可比价": prices,
    "非化石能源认定": nonfossil,
    "能源平衡表": balance_table,
    "企业综合能耗": enterprise,
    "能耗在线监测": online,
    "工业": industry,
    "园区": parks,
    "建筑": building,
    "交通": transport,
    "农业农村": agriculture,
    "公共机构": institutions,
    "主要污染物减排": pollutants,
    "环境基础设施": environment,
    "环境空气": air,
    "地表水": water,
    "土壤": soil,
    "二氧化碳": carbon,
    "二氧化碳（基于市场）": carbon_market,
    "过程排放与碳流": carbon_flows,
    "环境保护税": tax,
    "重点工程减排测算": reductions,
    "挥发性有机物": voc,
    "泄漏检测与修复": leaks,
    "储罐与油气回收": stations,
    "挥发性有机物现场限值": voc_limits,
    "监测数据换算": readings,
    "阶梯电价": tariffs,
    "进度与预警": progress,
}


def _own(module: ModuleType) -> dict[str, Rule]:
    return {
        value.id: value
        for value in vars(module).values()
        if isinstance(value, Rule) and value.wordings[0].body.__module__ == module.__name__
    }


RULES: dict[str, Rule] = {id: made for module in SUBJECTS.values() for id, made in _own(module).items()}

__all__ = ["RULES", "SUBJECTS"]
