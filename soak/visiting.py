"""A visitor who may send anything: requests as bytes, with session and form token where one has signed in."""

from __future__ import annotations

import random
import re
import socket
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import quote, urlencode

PATIENCE = 60.0  # seconds for an answer
_TOKEN = re.compile(rb'name="csrfmiddlewaretoken" value="([^"]+)"')
_COOKIE = re.compile(rb"(?im)^set-cookie: *([^=;\s]+)=([^;\r]*)")


@dataclass(frozen=True)
class Answer:
    """status: 0 where the server closed the connection without one. head, body: bytes as they came."""

    status: int
    head: bytes
    body: bytes

    @property
    def location(self) -> str:
        """Where it leads to; empty where it leads nowhere."""
        found = re.search(rb"(?im)^location: *([^\r]*)", self.head)
        return found[1].decode() if found else ""


def exchange(port: int, request: bytes) -> Answer:
    """Send bytes to a server on this machine and read its answer to the end."""
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as line:
        pieces = []
        try:
            line.sendall(request)
            line.shutdown(socket.SHUT_WR)
            while piece := line.recv(65_536):
                pieces.append(piece)
        except (ConnectionResetError, BrokenPipeError):
            pass  # refused before all of it was sent
    head, _, body = b"".join(pieces).partition(b"\r\n\r\n")
    status = re.match(rb"HTTP/1\.[01] (\d{3})", head)
    return Answer(int(status[1]) if status else 0, head, body)


@dataclass
class Visitor:
    """Someone at a browser: a port, cookies."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)

    def ask(
        self,
        method: str,
        target: str | bytes,
        body: bytes = b"",
        kind: str = "",
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """One request; what is not ASCII in the target goes out as UTF-8 bytes, unquoted.

        HTTP/1.0, so that the answer comes in one piece.
        """
        lines = {"Host": f"127.0.0.1:{self.port}", "Connection": "close"}
        if self.cookies:
            lines["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        if body or kind:
            lines |= {"Content-Length": str(len(body)), "Content-Type": kind}
        lines |= headers or {}
        raw = target.encode("utf-8", "replace") if isinstance(target, str) else target
        head = "".join(f"{name}: {value}\r\n" for name, value in lines.items()).encode("utf-8", "replace")
        answer = exchange(self.port, method.encode() + b" " + raw + b" HTTP/1.0\r\n" + head + b"\r\n" + body)
        for name, value in _COOKIE.findall(answer.head):
            self.cookies[name.decode()] = value.decode()
        return answer

    def token(self, path: str) -> str:
        """The token of the form on a page; empty where there is none."""
        found = _TOKEN.search(self.ask("GET", path).body)
        return found[1].decode() if found else ""

    def post(self, path: str, fields: dict[str, str], token: str) -> Answer:
        """A form sent with the token of its page."""
        said = urlencode({**fields, "csrfmiddlewaretoken": token}, errors="replace").encode()
        return self.ask("POST", path, said, "application/x-www-form-urlencoded")

    def send(self, path: str, token: str, name: str, content: bytes, **fields: str) -> Answer:
        """A file sent with the token of its page."""
        mark = f"----{random.Random(len(content)).getrandbits(64):x}"
        parts = [
            f'--{mark}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'
            for key, value in {**fields, "csrfmiddlewaretoken": token}.items()
        ]
        opening = f'--{mark}\r\nContent-Disposition: form-data; name="file"; filename="{quote(name)}"\r\n\r\n'
        body = "".join([*parts, opening]).encode() + content + f"\r\n--{mark}--\r\n".encode()
        return self.ask("POST", path, body, f"multipart/form-data; boundary={mark}")

    def sign_in(self, name: str, password: str) -> bool:
        """Whether the account opened."""
        self.post("/login", {"username": name, "password": password}, self.token("/login"))
        return "sessionid" in self.cookies
