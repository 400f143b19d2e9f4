"""Whether a message of energy meters is believed, and what is answered; without sockets.

The answer of one that is stored goes out once its bytes are durable; that is the listener's part.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from duheng.model.errors import DuhengError
from duheng.telemetry import verdicts

from . import codes, gateways, signing
from .gateways import Gateway
from .messages import MOMENT, Authenticate, Heartbeat, MessageError, Register, Upload, read, refusal, unknown

BEIJING = timezone(timedelta(hours=8))
TOLERANCE = timedelta(minutes=10)  # between a gateway's clock and ours
AGE = timedelta(days=1)  # from which values count as handed in later
PER_SECOND, BURST = 20.0, 200.0  # messages of a gateway
FAILURES_PER_SECOND, FAILURES = 0.2, 20.0  # wrong codes, signatures and tokens from an address
_REMEMBERED = 64  # messages of a gateway, to know one that comes again
_ADDRESSES = 10_000

# What HTTP says of a verdict; every other refusal is 400.
STATUS = {
    verdicts.SIGNATURE: 401,
    verdicts.UNKNOWN_MN: 401, verdicts.ENTERPRISE: 403, verdicts.NETWORK: 403, verdicts.TOO_LONG: 413,
    verdicts.UNIT: 422, verdicts.RATE: 429,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Judged:
    """verdict: of the record; reply: the answer's body; status: of HTTP."""

    verdict: int
    reply: bytes
    status: int = 200

    @property
    def stored(self) -> bool:
        """Whether it counts as received data."""
        return self.verdict < verdicts.REFUSED


@dataclass(slots=True)
class Allowance:
    """So many at once, so many a second in the mean."""

    rate: float
    most: float
    left: float = field(default=-1.0)
    at: float = 0.0

    def room(self, now: float) -> bool:
        """Whether there is room for one more."""
        self.left = self.most if self.left < 0 else min(self.most, self.left + (now - self.at) * self.rate)
        self.at = now
        return self.left >= 1

    def take(self, now: float) -> bool:
        """Whether there is room for one more; it is used then."""
        if not self.room(now):
            return False
        self.left -= 1
        return True


@dataclass(slots=True)
class _Known:
    """A gateway and what came from it since the start."""

    gateway: Gateway
    allowance: Allowance = field(default_factory=lambda: Allowance(PER_SECOND, BURST))
    recent: deque[bytes] = field(default_factory=lambda: deque(maxlen=_REMEMBERED))
    nonces: deque[tuple[float, str]] = field(default_factory=deque)


class Judge:
    """Judges messages by the gateways and codes of a DUHENG_HOME. clock: seconds since 1970."""

    def __init__(self, home: Path, clock: Callable[[], float]) -> None:
        self._home, self._clock = home, clock
        self._known: dict[str, _Known] = {}
        self._failures: dict[str, Allowance] = {}
        self._stamps: tuple[float, ...] = ()
        self._codes = codes.load(home)
        self.tend()

    def tend(self) -> None:
        """Take other gateways and codes where their files have changed. Raises DuhengError, OSError."""
        stamps = tuple(_changed(file) for file in (gateways.path(self._home), codes.path(self._home)))
        if stamps == self._stamps:
            return
        former, self._codes = self._known, codes.load(self._home)
        self._known = {}
        for one in gateways.load(self._home):
            if one.device:
                known = former.get(one.device) or _Known(one)
                known.gateway = one
                self._known[one.device] = known
        self._stamps = stamps

    def judge(self, body: bytes, token: str, address: str) -> Judged:
        """What is to be done with a message. token: that of its sender, empty without."""
        try:
            message = read(body)
        except MessageError as wrong:
            return self._refused(verdicts.MESSAGE, str(wrong))
        if isinstance(message, Register):
            return self._register(message, address)
        if isinstance(message, Authenticate):
            return self._authenticate(message, address)
        known = self._gateway(message.deviceId)
        right = known is not None and signing.device_of(token) == message.deviceId
        if known is None:
            return self._failed(address, "采集端未登记，请先注册（register）", verdicts.UNKNOWN_MN)
        if not right or not signing.valid(token, known.gateway.secret, self._clock()):
            return self._failed(address, "令牌不对或已过期，请重新认证（authenticate）")
        return self.believed(message, body, known.gateway.device, address)

    def signed(self, body: str, device: str, stated: str) -> Judged:
        """A message that is signed itself: one that came by MQTT."""
        known = self._gateway(device)
        if known is None:
            return self._refused(verdicts.UNKNOWN_MN, "采集端未登记")
        if not signing.signed(known.gateway.secret, body, stated):
            return self._refused(verdicts.SIGNATURE, "签名错误")
        try:
            message = read(body.encode())
        except MessageError as wrong:
            return self._refused(verdicts.MESSAGE, str(wrong))
        if isinstance(message, Register | Authenticate) or message.deviceId != device:
            return self._refused(verdicts.MESSAGE, "应为upload、back-fill或heartbeat，deviceId应与签名者相同")
        return self.believed(message, body.encode(), device, "")

    def believed(self, message: Upload | Heartbeat, body: bytes, device: str, address: str) -> Judged:
        """A message whose sender is known. address: empty where that says nothing of the sender."""
        known = self._known[device]
        if address and not known.gateway.may_send_from(address):
            return self._refused(verdicts.NETWORK, f"来源地址{address}不在该采集端的许可范围")
        # A broker hands over at the pace of our acknowledgements; what it kept for us must not be turned away.
        if address and not known.allowance.take(self._clock()):
            return self._refused(verdicts.RATE, f"每秒不超过{PER_SECOND:g}条，请放慢后重传")
        if isinstance(message, Heartbeat):
            return self._accepted(verdicts.STORED, "", serverTime=self._now().strftime(MOMENT))
        if message.enterpriseCode != known.gateway.enterprise:
            return self._refused(
                verdicts.ENTERPRISE, f"企业编码{message.enterpriseCode}不是该采集端登记的企业"
            )
        return self._values(message, body, known)

    def _values(self, message: Upload, body: bytes, known: _Known) -> Judged:
        unusable = [
            {"item": number, "reason": reason}
            for number, item in enumerate(message.data, 1)
            if (reason := refusal(item, self._codes))
        ]
        if len(unusable) == len(message.data):
            return self._refused(verdicts.UNIT, "；".join(str(one["reason"]) for one in unusable[:5]))
        digest = hashlib.blake2b(body, digest_size=16).digest()
        marked = self._marks(message)
        verdict = verdicts.PARTLY if unusable else self._by_marks(message, marked)
        if digest in known.recent:
            verdict = verdicts.DUPLICATE
        known.recent.append(digest)
        received = len(message.data) - len(unusable)
        said = f"已接收{received}项" + (f"，{len(unusable)}项不能用" if unusable else "")
        said += f"，{len(marked)}处存疑" if marked else ""
        told = [{"item": number, "reason": reason} for number, _, reason in marked]
        return self._accepted(verdict, said, received=received, refused=unusable, marked=told)

    def _marks(self, message: Upload) -> list[tuple[int, int, str]]:
        """What is odd about values that are stored all the same: number of the item, verdict, reason."""
        latest = self._now() + TOLERANCE
        found = []
        for number, item in enumerate(message.data, 1):
            if item.statDate > latest:
                said = f"statDate“{item.statDate}”在将来，应不晚于现在；请核对采集端时钟"
                found.append((number, verdicts.FUTURE, said))
            if reason := unknown(item, self._codes):
                found.append((number, verdicts.UNKNOWN_CODE, reason))
        return found

    def _by_marks(self, message: Upload, marked: list[tuple[int, int, str]]) -> int:
        kinds = {kind for _, kind, _ in marked}
        for kind in (verdicts.FUTURE, verdicts.UNKNOWN_CODE):
            if kind in kinds:
                return kind
        old = self._now() - AGE
        if message.message == "back-fill" or any(
            item.statDate < old for item in message.data if not item.statType
        ):
            return verdicts.LATE
        return verdicts.STORED

    def _register(self, message: Register, address: str) -> Judged:
        found = gateways.enrol(self._home, message.enterpriseCode, message.invitation, self._now().date())
        if found is None:
            return self._failed(address, "企业编码或邀请码不对，或邀请已过期。请向平台管理员索取新的邀请码")
        self.tend()
        if not found.may_send_from(address):
            return self._refused(verdicts.NETWORK, f"来源地址{address}不在该采集端的许可范围")
        return self._accepted(
            verdicts.STORED, "已注册，请妥善保存密钥", deviceId=found.device, secretKey=found.secret
        )

    def _authenticate(self, message: Authenticate, address: str) -> Judged:
        known, now = self._gateway(message.deviceId), self._clock()
        text = signing.proof(message.deviceId, message.time.strftime(MOMENT), message.nonce)
        if known is None:
            return self._failed(address, "deviceId或签名错误", verdicts.UNKNOWN_MN)
        if not signing.signed(known.gateway.secret, text, message.signature):
            return self._failed(address, "deviceId或签名错误")
        if not known.gateway.may_send_from(address):
            return self._refused(verdicts.NETWORK, f"来源地址{address}不在该采集端的许可范围")
        if abs(message.time - self._now()) > TOLERANCE:
            return self._refused(
                verdicts.SIGNATURE,
                f"采集端时间{message.time}与平台相差超过10分钟，请先校时",
                serverTime=self._now().strftime(MOMENT),
            )
        while known.nonces and now - known.nonces[0][0] > 2 * TOLERANCE.total_seconds():
            known.nonces.popleft()
        if any(message.nonce == nonce for _, nonce in known.nonces):
            return self._failed(address, "nonce已用过")
        known.nonces.append((now, message.nonce))
        if known.gateway.invitation:
            gateways.settled(self._home, message.deviceId)
            self.tend()
        token = signing.token(message.deviceId, known.gateway.secret, now)
        return self._accepted(verdicts.STORED, "认证通过", token=token, expiresIn=signing.LASTING)

    def _gateway(self, device: str) -> _Known | None:
        """A gateway; the file is looked at again for one that may just have been enrolled."""
        if device not in self._known:
            with contextlib.suppress(OSError, DuhengError):  # said by the next `tend`
                self.tend()
        return self._known.get(device)

    def _now(self) -> datetime:
        return (
            datetime.fromtimestamp(self._clock(), UTC).astimezone(BEIJING).replace(tzinfo=None, microsecond=0)
        )

    def _failed(self, address: str, said: str, verdict: int = verdicts.SIGNATURE) -> Judged:
        """A wrong code, signature or token: guessing is made slow; who is right is never held up by it."""
        if len(self._failures) >= _ADDRESSES:
            self._failures.clear()
        failures = self._failures.setdefault(address, Allowance(FAILURES_PER_SECOND, FAILURES))
        if not failures.take(self._clock()):
            return self._refused(verdicts.RATE, "错误过多，请稍后再试")
        return self._refused(verdict, said)

    def _accepted(self, verdict: int, said: str, **more: Any) -> Judged:
        return Judged(verdict, answer("0", said, **more))

    def _refused(self, verdict: int, said: str, **more: Any) -> Judged:
        return Judged(verdict, answer(verdicts.verdict(verdict).name, said, **more), STATUS.get(verdict, 400))


def answer(code: str, said: str, **more: Any) -> bytes:
    """The body of an answer. code: "0" where all is well, else the short name of the verdict."""
    content: Mapping[str, Any] = {"responseCode": code, "responseMessage": said, **more}
    return json.dumps(content, ensure_ascii=False).encode()


def _changed(file: Path) -> float:
    try:
        return float(file.stat().st_mtime_ns)
    except OSError:
        return 0.0
