"""Where the templates of papers lie."""

from __future__ import annotations

import re
from pathlib import Path

from django.conf import settings

_NAME = re.compile(r"(?P<app>[a-z]+)/(?P<name>[a-z][a-z0-9_]*)")


def template_path(template: str) -> Path:
    """The file of "app/name"; LookupError for a name that is none of ours."""
    match = _NAME.fullmatch(template)
    if match is None:
        raise LookupError(f"{template!r} is not the name of a paper: app/name")
    folder = "core/paper" if match["app"] == "core" else match["app"]
    path = Path(settings.BASE_DIR) / folder / "documents" / f"{match['name']}.typ"
    if not path.is_file():
        raise LookupError(f"there is no paper {template!r} at {path.name}")
    return path
