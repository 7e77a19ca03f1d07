"""A value that a batch sets itself, as it is typed."""

from __future__ import annotations

from typing import Any

from django import forms

from policy.forms import ValueChangeForm

OWN_OR_POLICY = (("1", "批次另行规定"), ("0", "恢复按政策取值"))


class OverrideForm(ValueChangeForm):
    """Typed as the parameter's kind is; `value_text` None is the policy's value again."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["in_force"] = forms.ChoiceField(
            label="取值方式", choices=OWN_OR_POLICY, widget=forms.RadioSelect
        )
        self.initial["in_force"] = "1"
        self.fields["clause"].help_text = "执行文件的文号和条款，如“赣医保执行〔2026〕3号 四”。"
        first = self.fields[self.value_names[0]]
        first.error_messages["required"] = "请填写新取值，或选择“恢复按政策取值”"
