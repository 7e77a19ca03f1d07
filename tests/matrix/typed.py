"""The fields that forms and serializers take from outside and that could name another's row."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django import forms
from django.apps import apps
from django.conf import settings
from django.forms.forms import BaseForm
from django.urls import get_resolver
from rest_framework import serializers

NAMING = re.compile(
    r"(^|_)(id|pk|institution|organisation|enterprise|supplier|manufacturer|distributor|county|city"
    r"|province|region|pool|user|owner|version|state|created_by|platform_role|is_active)(_id)?$"
)


def project_classes() -> list[type]:
    """Every form and serializer of the project that the URLconf loads."""
    _ = get_resolver().url_patterns
    own = {
        config.name
        for config in apps.get_app_configs()
        if Path(config.path).parent == settings.BASE_DIR
    }
    found = {*_heirs(BaseForm), *_heirs(serializers.BaseSerializer)}
    return sorted(
        (kind for kind in found if kind.__module__.split(".")[0] in own),
        key=lambda kind: f"{kind.__module__}.{kind.__qualname__}",
    )


def naming_fields(kinds: Iterable[type]) -> set[str]:
    """`Class.field` of each foreign key, hidden input, or input named like one."""
    return {
        f"{kind.__name__}.{name}"
        for kind in kinds
        for name, field in _inputs(kind)
        if _names_a_row(name, field)
    }


def _inputs(kind: Any) -> Iterator[tuple[str, Any]]:
    if issubclass(kind, BaseForm):
        yield from getattr(kind, "base_fields", {}).items()
    elif issubclass(kind, serializers.ModelSerializer) and not hasattr(kind, "Meta"):
        return  # a base without a model; its heirs are looked at
    elif issubclass(kind, serializers.Serializer):
        for name, field in kind().get_fields().items():
            if not field.read_only:
                yield name, field


def _names_a_row(name: str, field: Any) -> bool:
    if isinstance(field, forms.ModelChoiceField | serializers.RelatedField):
        return True
    if isinstance(field, serializers.ManyRelatedField | serializers.BaseSerializer):
        return True
    if isinstance(field, forms.Field) and field.widget.is_hidden:
        return True
    return bool(NAMING.search(name))


def _heirs(kind: type) -> Iterator[type]:
    for heir in kind.__subclasses__():
        yield heir
        yield from _heirs(heir)
