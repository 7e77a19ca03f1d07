from django import forms
from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "core"
    verbose_name = "平台基础"

    def ready(self) -> None:
        """What is missing is said as what to do, in every form that does not say it better."""
        forms.Field.default_error_messages["required"] = "请填写这一项"
        for chosen in (forms.ChoiceField, forms.MultipleChoiceField, forms.ModelChoiceField):
            chosen.default_error_messages = {
                **chosen.default_error_messages, "required": "请选择这一项",
            }  # fmt: skip
