"""What the pages of imports take from outside."""

from __future__ import annotations

from django import forms
from django.conf import settings


def most_megabytes() -> int:
    """How much may be uploaded at once (DATASET_MAX_MEGABYTES)."""
    return int(settings.DATASET_MAX_BYTES) // 2**20


class SeenVersion(forms.Form):
    """Which version of the import the person saw; a later one is refused."""

    version = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)
