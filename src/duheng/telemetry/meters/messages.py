"""The messages of energy meters, our own (docs/telemetry.md): what may stand in them, and what is wrong in words.

The names of the fields are those that public descriptions of the national platform's messages use; no conformity with
that platform is claimed, for no source at hand confirms one.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    TypeAdapter,
    ValidationError,
    model_validator,
)

from .codes import FIELDS, ITEM, LENGTH, Dictionary

MOMENT = "%Y-%m-%d %H:%M:%S"
REAL_TIME, DAY, MONTH, YEAR = range(4)  # statType
MANUAL = 5  # inputType
MOST = 2000  # items of a message
_DECIMAL = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?", re.ASCII)
_SAID = 12  # troubles listed in an answer


def _moment(value: object) -> object:
    """Strictly as agreed: other forms are read differently by different programs."""
    if isinstance(value, str):
        return datetime.strptime(value, MOMENT)  # noqa: DTZ007  # Beijing time, as the platform's messages have it
    raise ValueError


def _number(value: object) -> object:
    """A number of JSON, or a text that is one: Python would read 1_000 as a thousand too."""
    text = value.strip() if isinstance(value, str) else value
    if isinstance(text, str) and not _DECIMAL.fullmatch(text):
        raise ValueError
    return text


Moment = Annotated[datetime, BeforeValidator(_moment)]
Enterprise = Annotated[str, Field(pattern=r"^[0-9A-Za-z-]{1,40}$")]
DeviceId = Annotated[str, Field(pattern=r"^[0-9A-Za-z]{1,40}$")]


class _Message(BaseModel):
    # What is not known here is left alone: it stands in the stored bytes.
    model_config = ConfigDict(frozen=True, extra="ignore")


class Item(_Message):
    """A value. reading: counter (what a meter shows) or interval (an amount); only real-time values may be counters."""

    dataCode: Annotated[str, Field(pattern=rf"^[0-9A-Za-z]{{{LENGTH}}}$")]
    dataValue: Annotated[
        Decimal, BeforeValidator(_number), Field(allow_inf_nan=False, ge=-(10**15), le=10**15)
    ]
    reading: Literal["counter", "interval"] | None = None
    unit: Annotated[str, Field(max_length=20)] = ""
    inputType: Annotated[int, Field(ge=1, le=5)]
    statType: Annotated[int, Field(ge=0, le=3)]
    statDate: Moment
    uploadDate: Moment | None = None
    scope: Annotated[int, Field(ge=1, le=4)] | None = None
    valid: Annotated[int, Field(ge=0, le=1)] = 0

    @model_validator(mode="after")
    def _coherent(self) -> Item:
        if self.statType == REAL_TIME and self.reading is None:
            raise ValueError("reading")
        if self.statType != REAL_TIME and self.reading == "counter":
            raise ValueError("counter")
        if self.statDate != started(self.statDate, self.statType):
            raise ValueError("statDate")
        return self

    @property
    def counter(self) -> bool:
        """Whether it is what a meter shows."""
        return self.reading == "counter"


class Register(_Message):
    """A gateway introduces itself with the code it was invited by."""

    message: Literal["register"]
    enterpriseCode: Enterprise
    invitation: Annotated[str, Field(min_length=1, max_length=80)]


class Authenticate(_Message):
    """It proves its secret: signature = HMAC-SHA-256 of deviceId, time and nonce, a line each."""

    message: Literal["authenticate"]
    deviceId: DeviceId
    time: Moment
    nonce: Annotated[str, Field(min_length=8, max_length=64)]
    signature: Annotated[str, Field(pattern=r"^[0-9A-Fa-f]{64}$")]


class Upload(_Message):
    """Values of now (upload) or of before (back-fill)."""

    message: Literal["upload", "back-fill"]
    deviceId: DeviceId
    enterpriseCode: Enterprise
    data: Annotated[list[Item], Field(min_length=1, max_length=MOST)]

    @model_validator(mode="after")
    def _once(self) -> Upload:
        keys = {(item.dataCode, item.statType, item.statDate) for item in self.data}
        if len(keys) < len(self.data):
            raise ValueError("twice")
        return self


class Heartbeat(_Message):
    """It lives."""

    message: Literal["heartbeat"]
    deviceId: DeviceId
    time: Moment | None = None


Message = Annotated[Register | Authenticate | Upload | Heartbeat, Field(discriminator="message")]
_MESSAGE: TypeAdapter[Register | Authenticate | Upload | Heartbeat] = TypeAdapter(Message)

_EXPECTED: Mapping[str, str] = {
    "message": "register、authenticate、upload、back-fill或heartbeat",
    "enterpriseCode": "企业编码，1至40位字母、数字或连字符",
    "invitation": "邀请码",
    "deviceId": "注册时得到的deviceId",
    "time": "yyyy-MM-dd HH:mm:ss，北京时间",
    "nonce": "8至64个字符，每次不同",
    "signature": "64位十六进制的HMAC-SHA-256",
    "data": f"1至{MOST}项",
    "dataCode": f"{LENGTH}位字母或数字",
    "dataValue": "数，不超过10的15次方",
    "reading": "counter（表码）或interval（时段用量）",
    "unit": "计量单位，不超过20个字符",
    "inputType": "1至5",
    "statType": "0实时、1日、2月、3年",
    "statDate": "yyyy-MM-dd HH:mm:ss，北京时间",
    "uploadDate": "yyyy-MM-dd HH:mm:ss，北京时间",
    "scope": "1至4",
    "valid": "0有效、1无效",
}
_RULES = {
    "reading": "实时数据（statType 0）没有reading，应为counter（表码）或interval（时段用量）",
    "counter": "日、月、年数据不能是表码，reading应为interval",
    "twice": "data 有两项的dataCode、statType、statDate相同，无从判断以哪项为准",
    "statDate": "statDate不是时段的开始，日应为零点，月应为1日零点，年应为1月1日零点",
}


class MessageError(Exception):
    """A message that is not as agreed; troubles: each with its place, in Chinese."""

    def __init__(self, troubles: list[str]) -> None:
        self.troubles = troubles
        super().__init__("；".join(troubles))


def read(body: bytes) -> Register | Authenticate | Upload | Heartbeat:
    """The message. Raises MessageError."""
    try:
        return _MESSAGE.validate_json(body)
    except ValidationError as error:
        raise MessageError(_troubles(error)) from None


def started(moment: datetime, kind: int) -> datetime:
    """The start of the day, month or year of a moment; of real-time data the moment itself."""
    if kind == REAL_TIME:
        return moment
    day = moment.replace(hour=0, minute=0, second=0)
    return day if kind == DAY else day.replace(day=1) if kind == MONTH else day.replace(month=1, day=1)


def refusal(item: Item, codes: Dictionary) -> str:
    """Why a value cannot be used, empty where it can: the unit is not that of its code."""
    expected = codes.unit(item.dataCode)
    if item.unit and expected and item.unit != expected:
        return f"{item.dataCode}的单位“{item.unit}”，应为“{expected}”（{codes.title(item.dataCode)}）"
    return ""


def unknown(item: Item, codes: Dictionary) -> str:
    """What its code names and the dictionary does not have, so that its unit cannot be checked; empty where it has."""
    if codes.parts(item.dataCode)[ITEM] is not None:
        return ""
    start, length = FIELDS[ITEM]
    digits = item.dataCode[start - 1 : start - 1 + length]
    return (
        f"{item.dataCode}的能源品种“{digits}”（第{start}至{start + length - 1}位）不在编码字典中，单位未核对"
    )


def series(enterprise: str, item: Item) -> str:
    """The name of a value's series among the readings: enterprise, code, kind of period."""
    return f"{enterprise}-{item.dataCode}-{item.statType}"


def _troubles(error: ValidationError) -> list[str]:
    found = [_trouble(one) for one in error.errors(include_url=False)]
    more = f"……共{len(found)}处" if len(found) > _SAID else ""
    return found[:_SAID] + ([more] if more else [])


def _said(value: object) -> str:
    """As JSON writes it; a text without its marks."""
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False, default=str)


def _trouble(error: Any) -> str:
    # The first place of a union is the name of the message, which the sender knows.
    names = [
        one
        for one in error["loc"]
        if one not in ("register", "authenticate", "upload", "back-fill", "heartbeat")
    ]
    place = " ".join(f"第{one + 1}项" if isinstance(one, int) else str(one) for one in names)
    if error["type"] == "json_invalid":
        return f"不是JSON（{error['ctx']['error']}）"
    if error["type"].startswith("union_tag"):
        return f"message不明，应为{_EXPECTED['message']}"
    rule = str(error.get("ctx", {}).get("error", ""))
    if rule in _RULES:
        return f"{place} {_RULES[rule]}".strip()
    field = next((one for one in reversed(names) if isinstance(one, str)), "")
    if field == "data" and len(names) > 1:
        return f'{place}不是对象，应为{{"dataCode": …, "dataValue": …}}'
    expected = _EXPECTED.get(field, "")
    if error["type"] == "missing":
        return f"缺少{place}" + (f"，应为{expected}" if expected else "")
    shown = _said(error["input"])
    shown = shown if len(shown) <= 40 else shown[:40] + "……"
    return f"{place or '报文'}“{shown}”" + (f"，应为{expected}" if expected else "，应为约定的JSON对象")
