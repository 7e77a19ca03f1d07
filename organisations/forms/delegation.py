"""Who stands in, from when until when; who takes over for good."""

from __future__ import annotations

from typing import Any

from django import forms

from organisations.forms.people import clean_text
from organisations.models import User
from organisations.queries.delegations import colleagues_of

MOMENT = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")


class ColleagueForm(forms.Form):
    """A colleague of the person by user name."""

    def __init__(self, *args: Any, person: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.colleagues = {other.username: other for other in colleagues_of(person)}
        choices = [("", "请选择")]
        choices += [(name, f"{other.name}（{name}）") for name, other in self.colleagues.items()]
        self.fields["colleague"] = forms.ChoiceField(label=self.label_of_colleague, choices=choices)
        self.order_fields(["colleague"])

    label_of_colleague = "承接人"

    def clean_colleague(self) -> User:
        return self.colleagues[self.cleaned_data["colleague"]]


class DelegationForm(ColleagueForm):
    label_of_colleague = "代办人"
    starts_at = forms.DateTimeField(label="自", widget=MOMENT)
    ends_at = forms.DateTimeField(label="至", widget=MOMENT)
    reason = forms.CharField(label="事由", max_length=200, help_text="如：外出培训、产假。")

    def clean_reason(self) -> str:
        return clean_text(self.cleaned_data["reason"])


class HandoverForm(ColleagueForm):
    revoke_tokens = forms.BooleanField(
        label="吊销其签发的接口令牌",
        required=False,
        initial=True,
        help_text="签发人见过令牌原文；吊销后对接的系统须换用新令牌。",
    )
