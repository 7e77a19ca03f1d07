"""Issuing an API token."""

from __future__ import annotations

from typing import Any

from django import forms

from organisations.forms.people import clean_text, role_choices
from organisations.models import Organisation
from organisations.operations.tokens import MAX_DAYS, MAX_PER_MINUTE
from organisations.states import TOKEN_SCOPES


class TokenForm(forms.Form):
    """What the token is for, what it may do, in which capacity, and for how long."""

    name = forms.CharField(label="名称", max_length=100, help_text="写明用途，如“HIS 订单接口”。")
    days = forms.IntegerField(
        label="有效期（天）", min_value=1, max_value=MAX_DAYS, initial=365, required=False,
        help_text="留空则长期有效，直到吊销。建议设定有效期，到期前换发。",
    )  # fmt: skip
    per_minute = forms.IntegerField(
        label="每分钟请求上限", min_value=1, max_value=MAX_PER_MINUTE, required=False,
        help_text="留空则按平台统一上限；超过时接口返回 429。",
    )  # fmt: skip
    scopes = forms.MultipleChoiceField(
        label="使用范围", choices=list(TOKEN_SCOPES.items()), widget=forms.CheckboxSelectMultiple,
        help_text="“查看”只能读取，“办理”才能提交；只勾选系统确实需要的范围。各范围对应的接口见接口文档。",
    )  # fmt: skip
    roles = forms.MultipleChoiceField(
        label="以何角色办理", widget=forms.CheckboxSelectMultiple, required=True
    )

    def __init__(self, *args: Any, organisation: Organisation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["roles"].choices = [  # type: ignore[attr-defined]
            choice for choice in role_choices(organisation) if choice[0] != "admin"
        ]

    def clean_name(self) -> str:
        return clean_text(self.cleaned_data["name"])
