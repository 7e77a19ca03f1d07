"""Inviting somebody, and changing name, phone and roles."""

from __future__ import annotations

import unicodedata
from typing import Any

from django import forms
from django.core.validators import RegexValidator

from organisations.models import Organisation, User
from organisations.rules import grantable_roles

USERNAME = RegexValidator(
    r"^[a-z][a-z0-9._-]{2,49}\Z", "用户名为 3 至 50 位小写字母、数字或 . _ -，以字母开头"
)


def clean_text(value: str) -> str:
    """One form of every character, no invisible ones, single spaces."""
    text = unicodedata.normalize("NFKC", value)
    return " ".join("".join(c for c in text if unicodedata.category(c) != "Cf").split())


def role_choices(organisation: Organisation) -> list[tuple[str, str]]:
    level = organisation.region.level if organisation.region else ""
    return [(role, User.Role(role).label) for role in grantable_roles(organisation.kind, level)]


class PersonForm(forms.Form):
    """Name, phone and roles of one of the organisation's people."""

    name = forms.CharField(label="姓名", max_length=100)
    phone = forms.CharField(
        label="电话",
        max_length=30,
        required=False,
        validators=[RegexValidator(r"^[0-9+() -]*\Z", "电话只能包含数字、空格和 + - ( )")],
    )
    roles = forms.MultipleChoiceField(label="角色", widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, organisation: Organisation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["roles"].choices = role_choices(organisation)  # type: ignore[attr-defined]

    def clean_name(self) -> str:
        name = clean_text(self.cleaned_data["name"])
        if not name:
            raise forms.ValidationError("请填写姓名")
        return name


class InviteForm(PersonForm):
    """A new account; the platform makes the one-time password."""

    username = forms.CharField(
        label="用户名",
        max_length=50,
        validators=[USERNAME],
        help_text="全平台唯一，建议用单位简称加姓名拼音，如 ncyy.lihui。",
    )
    field_order = ("username", "name", "phone", "roles")


class FirstAdminForm(forms.Form):
    """The system administrator names an organisation's first admin."""

    username = forms.CharField(label="用户名", max_length=50, validators=[USERNAME])
    name = forms.CharField(label="姓名", max_length=100)

    def clean_name(self) -> str:
        return clean_text(self.cleaned_data["name"])
