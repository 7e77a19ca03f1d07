"""Pictures of what a journey passes, for people to look at; only where a folder is named."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any


def look(page: Any, name: str) -> None:
    """Keep the window as ZHAOCAI_SCREENSHOTS/name.png, if that folder is given."""
    folder = os.environ.get("ZHAOCAI_SCREENSHOTS")
    if folder:
        page.screenshot(path=str(Path(folder) / f"{name}.png"), full_page=True)
