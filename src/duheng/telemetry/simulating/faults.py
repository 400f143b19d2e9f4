"""What can be ordered to be wrong, where it strikes and by which sign it is to be found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from duheng.model.errors import known

from .noise import HOUR, key, share

OUTLETS = ("water", "gas")
DEVICES = (*OUTLETS, "air", "power")
METER = ("meter",)


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault. kinds: what it can strike. sign: what is to be found of it.

    whole: strikes all that the device sends; else a stretch in the middle of the run, of `least` seconds or more.
    """

    name: str
    title: str
    kinds: tuple[str, ...]
    sign: str
    whole: bool = False
    least: int = 4 * HOUR


@dataclass(frozen=True, slots=True)
class Injection:
    """A fault at a device from `first` until before `last` [s]. factors: those concerned, () where none is."""

    fault: str
    mn: str
    first: int
    last: int
    factors: tuple[str, ...] = ()

    def on(self, moment: int) -> bool:
        """Whether it strikes at this moment."""
        return self.first <= moment < self.last


FAULTS: Mapping[str, Fault] = {
    fault.name: fault
    for fault in (
        # The frame.
        Fault("lower-crc", "校验码小写", DEVICES, "crc_case", True),
        Fault("modbus-crc", "误用Modbus校验，高位在前", DEVICES, "crc modbus_hi_lo", True),
        Fault("modbus-crc-swapped", "误用Modbus校验，低位在前", DEVICES, "crc modbus_lo_hi", True),
        Fault("bad-crc", "校验码错误", DEVICES, "crc", least=HOUR),
        Fault("wrong-length", "长度字段任意错误", DEVICES, "length", True),
        Fault("length-with-crlf", "长度字段多算了校验码和换行", DEVICES, "length", True),
        Fault("no-crlf", "报文之间没有回车换行", DEVICES, "", True),
        Fault("spaces", "字段前后有空格", DEVICES, "", True),
        Fault("gbk-log", "日志为GBK编码", OUTLETS, "encoding gb18030", True),
        Fault("garbage", "报文之间夹杂无关字节", DEVICES, "garbage", True),
        Fault("cut", "报文中途断开，没有结尾", DEVICES, "no_end", least=HOUR),
        Fault("packets", "分包上传", DEVICES, "", True),
        Fault("missing-packet", "分包缺一包", DEVICES, "packets", least=HOUR),
        Fault("long-time", "DataTime带毫秒，17位", DEVICES, "", True),
        Fault("wrong-password", "密码错误", DEVICES, "password", True),
        Fault("unregistered", "设备未登记", DEVICES, "unknown_mn", True),
        # What a frame says.
        Fault("missing-flags", "没有数据标记", DEVICES, "flag missing", True),
        Fault("lower-flags", "数据标记小写", DEVICES, "", True),
        Fault("unknown-factors", "含有编码表以外的因子", DEVICES, "factor unknown", True),
        Fault("min-over-avg", "最小值大于平均值", (*OUTLETS, "air"), "min > avg", True),
        Fault("device-fault", "仪器故障，标记D", DEVICES, "flag D"),
        Fault("over-range", "超过量程，标记T", OUTLETS, "flag T"),
        Fault("less-amount", "排放量少报三成", OUTLETS, "flow x concentration <> amount"),
        # When it is sent.
        Fault("drift", "时钟逐渐偏快，每天十分钟", DEVICES, "drift", True),
        Fault("clock-reset", "时钟回到2000年", DEVICES, "late", least=2 * HOUR),
        Fault("future", "时钟快一年", DEVICES, "future", least=2 * HOUR),
        Fault("duplicate", "同一报文发两次", DEVICES, "duplicate", True),
        Fault("replay", "数小时后重发旧报文", DEVICES, "duplicate"),
        Fault("back-fill", "断线后补传，次序颠倒", DEVICES, "late"),
        Fault("silence", "不上传", DEVICES, "silent"),
        Fault("chopped", "报文被拆成小段送达", DEVICES, "", True),
        Fault("deaf", "不理会应答，总是重发", DEVICES, "duplicate", True),
        # The values.
        Fault("constant", "各污染物恒定不变", OUTLETS, "constant", least=8 * HOUR),
        Fault("stuck", "一个因子停在一个值", (*OUTLETS, "air"), "stuck", least=8 * HOUR),
        Fault("capped", "超标时压在限值以下", OUTLETS, "bunching under limit", least=24 * HOUR),
        Fault("over-limit", "超标", OUTLETS, "over limit"),
        Fault("dilution", "稀释采样或掺水", OUTLETS, "oxygen or flow up, concentration down", least=12 * HOUR),
        Fault("contrary", "与本应同升同降的因子反向变化", OUTLETS, "negative correlation", least=24 * HOUR),
        Fault("smoothed", "波动异常小", OUTLETS, "variance collapse", least=24 * HOUR),
        Fault("copied-day", "照抄前一天", OUTLETS, "repeated day", least=24 * HOUR),
        Fault("zero", "有流量而浓度为零", OUTLETS, "zero while flowing"),
        Fault("negative", "浓度为负", OUTLETS, "negative"),
        Fault("unit", "单位错一千倍", OUTLETS, "1000x step"),
        Fault("untreated", "生产设施运行而治理设施停运", ("power",), "production without treatment", least=6 * HOUR),
        # Meters.
        Fault("roll-over", "电表翻转", METER, "rolled", True),
        Fault("replacement", "换表", METER, "replaced", True),
        Fault("meter-silence", "表计停传，随后恢复", METER, "gap"),
        Fault("meter-repeat", "同一读数重传", METER, "duplicate", True),
        Fault("meter-correction", "读数事后更正", METER, "corrected", least=HOUR),
        Fault("meter-late", "停传的读数事后补传", METER, "late"),
        Fault("wrong-secret", "密钥错误", METER, "signature", True),
        Fault("wrong-unit", "计量单位与能源品种不符", METER, "unit", least=HOUR),
    )
}  # fmt: skip


# No receiver may take these for data.
REFUSED = frozenset(("bad-crc", "cut", "wrong-password", "unregistered", "wrong-secret", "wrong-unit"))


def fault(name: str) -> Fault:
    """The fault of this name. Raises UnknownName."""
    return known(name, FAULTS, "故障")


def struck(seed: int, fault: Fault, part: float, mns: list[str]) -> list[str]:
    """Which of these devices have it: `part` of them, at least one."""
    count = min(len(mns), max(1, round(part * len(mns)))) if mns and part > 0 else 0
    return sorted(mns, key=lambda mn: key(seed, fault.name, mn))[:count]


def stretch(seed: int, fault: Fault, mn: str, span: tuple[int, int]) -> tuple[int, int]:
    """When it strikes within the run: at full hours, a quarter to half of it, away from its edges if it is long."""
    first, last = span
    if fault.whole:
        return first, last
    length = max(fault.least, int((last - first) * (0.25 + 0.25 * share(seed, fault.name, mn, "length"))))
    room = max(0, last - first - length)
    begin = first + int(room * (0.3 + 0.4 * share(seed, fault.name, mn, "begin")))
    begin = -(-begin // HOUR) * HOUR
    return begin, min(last, begin + -(-length // HOUR) * HOUR)
