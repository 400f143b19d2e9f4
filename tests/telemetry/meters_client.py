"""A gateway of meters for the tests: it speaks HTTP by the standard library, signs by hmac itself."""

from __future__ import annotations

import hashlib
import hmac
import http.client
import json
import ssl
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import Any

BEIJING = timezone(timedelta(hours=8))
CODE = "0000000001330000"
ENTERPRISE = "91512000MA000001X"


def now() -> str:
    """The time as messages have it."""
    return datetime.now(BEIJING).strftime("%Y-%m-%d %H:%M:%S")


def item(value: object = 100, **changed: Any) -> dict[str, Any]:
    """A counter's reading."""
    plain = {
        "dataCode": CODE, "dataValue": value, "reading": "counter", "unit": "kWh", "inputType": 4, "statType": 0,
        "statDate": now(),
    }  # fmt: skip
    return {name: one for name, one in (plain | changed).items() if one is not None}


@dataclass
class Gateway:
    """A gateway. token: what it authenticated with last."""

    port: int
    enterprise: str = ENTERPRISE
    device: str = ""
    secret: str = ""
    token: str = ""
    trust: ssl.SSLContext | None = None
    headers: dict[str, str] = field(default_factory=dict)

    def post(
        self, body: object, path: str = "/meters/v1", method: str = "POST"
    ) -> tuple[int, dict[str, Any]]:
        """Status and answer. body: an object, or bytes as they are."""
        made = http.client.HTTPSConnection if self.trust else http.client.HTTPConnection
        options: dict[str, Any] = {"context": self.trust} if self.trust else {}
        line = made("localhost" if self.trust else "127.0.0.1", self.port, timeout=60, **options)
        try:
            content = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
            line.request(method, path, content, {"Authorization": f"Bearer {self.token}", **self.headers})
            answer = line.getresponse()
            return answer.status, json.loads(answer.read())
        finally:
            line.close()

    def register(self, code: str) -> tuple[int, dict[str, Any]]:
        """Introduce itself."""
        status, said = self.post(
            {"message": "register", "enterpriseCode": self.enterprise, "invitation": code}
        )
        self.device, self.secret = said.get("deviceId", ""), said.get("secretKey", "")
        return status, said

    def authenticate(self, nonce: str = "0123456789", **changed: str) -> tuple[int, dict[str, Any]]:
        """Prove itself."""
        time = changed.pop("time", now())
        text = f"{self.device}\n{time}\n{nonce}"
        body = {
            "message": "authenticate", "deviceId": self.device, "time": time, "nonce": nonce,
            "signature": self.signature(text),
        }  # fmt: skip
        status, said = self.post(body | changed)
        self.token = said.get("token", self.token)
        return status, said

    def signature(self, text: str) -> str:
        """HMAC-SHA-256."""
        return hmac.new(self.secret.encode(), text.encode(), hashlib.sha256).hexdigest()

    def message(self, *items: dict[str, Any], kind: str = "upload", **changed: Any) -> dict[str, Any]:
        """An upload."""
        plain = {
            "message": kind,
            "deviceId": self.device,
            "enterpriseCode": self.enterprise,
            "data": list(items),
        }
        return plain | changed
