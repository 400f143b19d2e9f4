"""What is wrong with a password that somebody chose, in our own words: Django's Chinese lacks some of its texts."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from duheng.model.saying import say

SAID = {
    "password_too_short": "密码太短，应不少于{n}个字符。",
    "password_too_common": "这个密码太常见，请换一个。",
    "password_entirely_numeric": "密码不能只有数字。",
    "password_too_similar": "密码与用户名或姓名太相似，请换一个。",
}


def weaknesses(password: str, user: User) -> list[str]:
    """Why the password is refused for this account; [] where it is good."""
    try:
        validate_password(password, user)
    except ValidationError as error:
        return [_told(one) for one in error.error_list]
    return []


def _told(one: ValidationError) -> str:
    return say(SAID[str(one.code)], n=(one.params or {}).get("min_length", ""))
