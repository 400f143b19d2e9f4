"""What is decided about each thing received; one byte in its record.

Below REFUSED it is stored and acknowledged, perhaps marked; from there on it is kept as refused, unacknowledged.
A mark is an observation of the moment of arrival: whoever reads decides anew from the bytes.
"""

from __future__ import annotations

from dataclasses import dataclass

REFUSED = 128

STORED, DUPLICATE, LATE, FUTURE, DRIFT, OTHER_SYSTEM, UNKNOWN_COMMAND, EDITION_2025, PACKET = range(9)
GARBAGE, NO_END, TOO_LONG, CRC, NO_MN, UNKNOWN_MN, NETWORK, PASSWORD = range(REFUSED, REFUSED + 8)
# Of energy meters.
PARTLY, UNKNOWN_CODE = 64, 65
MESSAGE, SIGNATURE, ENTERPRISE, UNIT, RATE = range(REFUSED + 64, REFUSED + 69)


@dataclass(frozen=True, slots=True)
class Verdict:
    """name: stable short name; title: in Chinese; stored: false where it was refused."""

    code: int
    name: str
    title: str

    @property
    def stored(self) -> bool:
        """Whether what it stands for counts as received data."""
        return self.code < REFUSED


VERDICTS = {
    code: Verdict(code, name, title)
    for code, name, title in (
        (STORED, "stored", "已存"),
        (DUPLICATE, "duplicate", "已存，重复报文"),
        (LATE, "late", "已存，补传或重放（数据时间早于一天前）"),
        (FUTURE, "future", "已存，数据时间在将来"),
        (DRIFT, "drift", "已存，现场机时钟偏差"),
        (OTHER_SYSTEM, "other_system", "已存，系统编码与登记不符"),
        (UNKNOWN_COMMAND, "unknown_command", "已存，命令编码未知"),
        (EDITION_2025, "edition_2025", "已存，按2025版标志；该版的应答方式未经标准原文确认"),
        (PACKET, "packet", "已存，包号PNO不在1至包数PNUM之间"),
        (PARTLY, "partly", "已存，其中有的数据项不能用"),
        (UNKNOWN_CODE, "unknown_code", "已存，数据编码的能源品种不在字典中，单位未核对"),
        (GARBAGE, "garbage", "拒收，不是报文"),
        (NO_END, "no_end", "拒收，报文没有结尾"),
        (TOO_LONG, "too_long", "拒收，报文过长"),
        (CRC, "crc", "拒收，校验错误"),
        (NO_MN, "no_mn", "拒收，没有设备标识MN"),
        (UNKNOWN_MN, "unknown_mn", "拒收，设备未登记"),
        (NETWORK, "network", "拒收，来源地址不在该设备的许可范围"),
        (PASSWORD, "password", "拒收，密码错误"),
        (MESSAGE, "message", "拒收，不是约定的JSON报文"),
        (SIGNATURE, "signature", "拒收，邀请码、签名或令牌错误"),
        (ENTERPRISE, "enterprise", "拒收，企业编码与采集端的登记不符"),
        (UNIT, "unit", "拒收，计量单位与数据编码不符"),
        (RATE, "rate", "拒收，超过上传频率"),
    )
}
OF_FRAGMENT = {"garbage": GARBAGE, "no_end": NO_END, "too_long": TOO_LONG}


def verdict(code: int) -> Verdict:
    """The verdict of a record; one that this version does not know keeps its number."""
    return VERDICTS.get(code) or Verdict(code, f"verdict_{code}", f"判定{code}")
