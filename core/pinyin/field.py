"""A column of pinyin initials that follows another column of its row."""

from __future__ import annotations

from typing import Any

from django.db import models

from core.pinyin.spell import spell


class InitialsField(models.CharField):
    """Initials of the text in `of`, written whenever the row is saved with this column.

    A save with `update_fields` names it beside the text; what SQL writes is spelled by its writer.
    """

    def __init__(self, *args: Any, of: str = "name", **kwargs: Any) -> None:
        self.of = of
        super().__init__(
            *args, **{"max_length": 200, "blank": True, "default": "", "db_default": "", **kwargs}
        )

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        initials = spell(str(getattr(model_instance, self.of) or "")).initials[: self.max_length]
        setattr(model_instance, self.attname, initials)
        return initials

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, kwargs | {"of": self.of}
