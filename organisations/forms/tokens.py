"""Issuing an API token."""

from __future__ import annotations

from typing import Any

from django import forms

from organisations.forms.people import clean_text, role_choices
from organisations.models import Organisation
from organisations.operations.tokens import MAX_DAYS
from organisations.states import TOKEN_SCOPES


class TokenForm(forms.Form):
    """What the token is for, what it may do, in which capacity, and for how long."""

    name = forms.CharField(label="名称", max_length=100, help_text="写明用途，如“HIS 订单接口”。")
    days = forms.IntegerField(label="有效期", min_value=1, max_value=MAX_DAYS, initial=365)
    scopes = forms.MultipleChoiceField(
        label="使用范围", choices=list(TOKEN_SCOPES.items()), widget=forms.CheckboxSelectMultiple
    )
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
