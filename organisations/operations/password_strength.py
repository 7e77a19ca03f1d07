"""What 等保 三级 asks of a password beyond Django's own checks."""

from __future__ import annotations

from django.core.exceptions import ValidationError

KINDS_NEEDED = 3


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
