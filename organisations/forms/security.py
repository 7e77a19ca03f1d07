"""Rules of passwords, locks and sessions; the address whose lock is to end."""

from __future__ import annotations

from typing import Any

from django import forms

from organisations.models import Organisation
from organisations.operations.security_policy import BOUNDS
from organisations.rules import SECOND_FACTOR_KINDS


class SecurityPolicyForm(forms.Form):
    """One field per rule within its bounds, further kinds for the second factor, and the reason."""

    second_factor_kinds = forms.MultipleChoiceField(
        label="另须使用动态口令的机构",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=[
            choice
            for choice in Organisation.Kind.choices
            if choice[0] not in SECOND_FACTOR_KINDS and choice[0] != "platform"
        ],
        help_text="医保局、财政、各机构管理员和三员始终须使用。",
    )
    reason = forms.CharField(label="事由", max_length=200)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        numbers = {
            name: forms.IntegerField(
                label=label,
                min_value=least,
                max_value=most,
                help_text=f"{least} 至 {most} {unit}",
            )
            for name, (least, most, label, unit) in BOUNDS.items()
        }
        self.fields = {**numbers, **self.fields}


class AddressForm(forms.Form):
    address = forms.GenericIPAddressField()
