"""What 等保 三级 asks of a password beyond Django's own checks."""

from __future__ import annotations

import re

from django.contrib.auth.password_validation import (
    CommonPasswordValidator,
    NumericPasswordValidator,
    UserAttributeSimilarityValidator,
)
from django.core.exceptions import ValidationError

from organisations.queries.security_policy import policy_in_force

KINDS_NEEDED = 3
HABITS = frozenset(
    [
        "zhaocai",
        "yibao",
        "yiyao",
        "yiyuan",
        "jicai",
        "caigou",
        "jiankang",
        "weisheng",
        "caizheng",
        "admin",
        "administrator",
        "root",
        "test",
        "ceshi",
        "demo",
        "user",
        "guest",
        "password",
        "passwd",
        "pwd",
        "mima",
        "kouling",
        "qwer",
        "qwerty",
        "qwertyuiop",
        "asdf",
        "asdfgh",
        "zxcv",
        "zxcvbn",
        "qaz",
        "qazwsx",
        "wsx",
        "abc",
        "abcd",
        "abcdef",
        "aaaa",
        "iloveyou",
        "woaini",
        "woaini",
        "welcome",
        "letmein",
        "login",
        "china",
        "zhongguo",
        "beijing",
        "shanghai",
        "jiangxi",
        "nanchang",
        "shaanxi",
        "xian",
        "huanying",
    ]
)
"""Words that guessers of this trade try first, with a year and a sign behind them."""
_SWAPS = str.maketrans(
    {"0": "o", "1": "i", "3": "e", "4": "a", "5": "s", "7": "t", "@": "a", "$": "s"}
)


class SimilarityValidator(UserAttributeSimilarityValidator):
    """Django's, in the words of our pages: 口令, and what it is too close to."""

    def get_error_message(self) -> str:
        return "口令与%(verbose_name)s太相似，请换一个。"

    def get_help_text(self) -> str:
        return "口令不能与用户名、姓名、电话相似。"


class CommonValidator(CommonPasswordValidator):
    """None of the 20,000 most common passwords of published leaks, shipped with Django."""

    def get_error_message(self) -> str:
        return "这个口令太常见，已在公开泄露的名单中，请换一个。"

    def get_help_text(self) -> str:
        return "口令不能是公开泄露过的常见口令。"


class NumericValidator(NumericPasswordValidator):
    """Not digits alone."""

    def get_error_message(self) -> str:
        return self.get_help_text()

    def get_help_text(self) -> str:
        return "口令不能全是数字。"


class LengthValidator:
    """As long as the security administrator asks, never under 8."""

    def validate(self, password: str, user: object = None) -> None:
        if len(password) < policy_in_force().password_length:
            raise ValidationError(self.get_help_text(), code="password_too_short")

    def get_help_text(self) -> str:
        return f"口令至少 {policy_in_force().password_length} 个字符。"


class CompositionValidator:
    """Three of four kinds of character, as the law asks and ASVS 6.2.5 advises against; law wins."""

    def validate(self, password: str, user: object = None) -> None:
        kinds = (
            any(letter.islower() for letter in password),
            any(letter.isupper() for letter in password),
            any(letter.isdigit() for letter in password),
            any(not letter.isalnum() for letter in password),
        )
        if sum(kinds) < KINDS_NEEDED:
            raise ValidationError(self.get_help_text(), code="password_too_plain")

    def get_help_text(self) -> str:
        return "口令须包含大写字母、小写字母、数字、符号中的至少三种。"


class HabitValidator:
    """No habit word with only digits and signs around it: Yibao@2026 falls to the first guess."""

    def validate(self, password: str, user: object = None) -> None:
        lower = password.lower()
        plain = re.sub(r"[\W\d_]+", "", lower)
        core = re.sub(r"^[\W\d_]+|[\W\d_]+$", "", lower).translate(_SWAPS)
        if {plain, core} & HABITS:
            raise ValidationError(self.get_help_text(), code="password_habit")

    def get_help_text(self) -> str:
        return "口令不能只是常用词加数字或符号，如 Yibao@2026、Password#1。"
