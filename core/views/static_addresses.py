"""Addresses of static files, each worked out once in a process.

A page names some seventy; an address changes only with the files, which come with a new release.
"""

from __future__ import annotations

from typing import Any

from django.contrib.staticfiles.storage import StaticFilesStorage
from whitenoise.storage import CompressedManifestStaticFilesStorage


class _Remembered:
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._addresses: dict[str | None, str] = {}

    def url(self, name: str | None) -> str:
        known = self._addresses.get(name)
        if known is None:
            known = self._addresses[name] = super().url(name)  # type: ignore[misc]
        return known


class PlainFiles(_Remembered, StaticFilesStorage):
    """Files under their own names, where nothing is collected."""


class HashedFiles(_Remembered, CompressedManifestStaticFilesStorage):
    """Collected files under hashed names, with compressed copies."""
