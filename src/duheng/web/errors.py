"""Errors a person can mend by changing the address, the file or the account; middleware turns them into pages.

* DuhengError
  - BadAddress    something in the address is not accepted (400)
  - NotThere      no such page or thing (404)
  - NotAllowed    the person may not see or do this (403)
  - TooLarge      what was sent is larger than accepted (413)
  - WrongKind     a file is not what it claims to be (415)
"""

from __future__ import annotations

from collections.abc import Iterable

from duheng.model.errors import DuhengError
from duheng.model.saying import listed, say

MOST_NAMED = 40


class BadAddress(DuhengError):
    """A part of the address is not accepted: what it is called, what was found, what is accepted."""

    def __init__(self, part: str, found: str, accepted: Iterable[str] | str):
        self.part, self.found = part, found[:80]
        known = [] if isinstance(accepted, str) else list(accepted)
        self.accepted = accepted if isinstance(accepted, str) else listed("、", known[:MOST_NAMED])
        text = "地址中的“{part}”为“{found}”，不能识别。可用：{accepted}。"
        if not self.accepted:
            text = "地址中的“{part}”为“{found}”，不能识别；现在没有可选的，请去掉它。"
        elif len(known) > MOST_NAMED:
            text = "地址中的“{part}”为“{found}”，不能识别。可用：{accepted} 等。"
        super().__init__(say(text, part=part, found=self.found, accepted=self.accepted))


class NotThere(DuhengError):
    """No such thing: what was asked for and where to look instead."""


class NotAllowed(DuhengError):
    """The person may not see or do this; the message says which role may."""


class TooLarge(DuhengError):
    """More was sent than is accepted."""

    def __init__(self, limit: int):
        super().__init__(
            say(
                "上传内容超过 {n} MB 的上限，未接收。请拆分文件或删去图片后再上传。", n=limit // (1024 * 1024)
            )
        )


class WrongKind(DuhengError):
    """A file is not what it claims to be."""
