"""How a gateway proves who it is: HMAC-SHA-256 with its secret, compared in constant time."""

from __future__ import annotations

import hashlib
import hmac

LASTING = 3600  # of a token [s]


def signature(secret: str, text: str) -> str:
    """The signature of a text, 64 hexadecimal digits."""
    return hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()


def signed(secret: str, text: str, stated: str) -> bool:
    """Whether it is the signature; takes as long for a wrong one."""
    return hmac.compare_digest(signature(secret, text).encode(), stated.lower().encode())


def proof(device: str, time: str, nonce: str) -> str:
    """The text that an authenticate message signs."""
    return f"{device}\n{time}\n{nonce}"


def token(device: str, secret: str, now: float) -> str:
    """A token for a gateway, valid for LASTING; no list of them is kept: the secret proves them."""
    until = int(now) + LASTING
    return f"{device}.{until}.{signature(secret, f'token {device} {until}')}"


def device_of(token: str) -> str:
    """The gateway a token says it is of."""
    return token.partition(".")[0]


def valid(token: str, secret: str, now: float) -> bool:
    """Whether a token was made with this secret and has not run out."""
    device, _, rest = token.partition(".")
    until, _, stated = rest.partition(".")
    if not until.isdigit() or not signed(secret, f"token {device} {until}", stated):
        return False
    return int(until) > now
