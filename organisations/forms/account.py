"""Sign-in and the change of one's own password."""

from __future__ import annotations

import unicodedata
from typing import Any

from django import forms


class SignInForm(forms.Form):
    """Only says what is missing; whether it fits is for the operation."""

    username = forms.CharField(
        label="用户名",
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autofocus": True}),
    )
    password = forms.CharField(
        label="口令",
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def clean_username(self) -> str:
        return unicodedata.normalize("NFKC", str(self.cleaned_data["username"]))


class PasswordForm(forms.Form):
    current = forms.CharField(
        label="原口令",
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    new = forms.CharField(
        label="新口令",
        max_length=200,
        strip=False,
        help_text="至少 10 个字符，包含大写字母、小写字母、数字、符号中的至少三种，不能是常见口令。",
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label="再输一次新口令",
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("new") and data.get("again") and data["new"] != data["again"]:
            self.add_error("again", "两次输入的新口令不一致")
        return data
