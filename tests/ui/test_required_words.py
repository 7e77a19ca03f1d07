"""What is missing in a form is said as what to do."""

from __future__ import annotations

import pytest
from django import forms


@pytest.mark.parametrize(
    ("field", "words"),
    [
        (forms.CharField(), "请填写这一项"),
        (forms.DateField(), "请填写这一项"),
        (forms.ChoiceField(choices=[("a", "甲")]), "请选择这一项"),
        (forms.MultipleChoiceField(choices=[("a", "甲")]), "请选择这一项"),
        (forms.FileField(), "请选择文件"),
        (forms.CharField(error_messages={"required": "请填写理由"}), "请填写理由"),
    ],
)
def test_missing_is_said_as_what_to_do(field: forms.Field, words: str) -> None:
    with pytest.raises(forms.ValidationError) as missing:
        field.clean(None)
    assert missing.value.messages == [words]
