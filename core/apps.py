from django import forms
from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "core"
    verbose_name = "平台基础"

    def ready(self) -> None:
        """What is missing is said as what to do, in every form that does not say it better."""
        forms.Field.default_error_messages["required"] = "请填写这一项"
        words: dict[type[forms.Field], str] = {
            forms.ChoiceField: "请选择这一项",
            forms.MultipleChoiceField: "请选择这一项",
            forms.ModelChoiceField: "请选择这一项",
            forms.FileField: "请选择文件",
        }
        for kind, asked in words.items():
            kind.default_error_messages = {**kind.default_error_messages, "required": asked}
