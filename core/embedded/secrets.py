"""Random passwords of the embedded servers, one file each, readable by us only."""

import os
import secrets
from pathlib import Path

from core.embedded.places import Places


def read_secret(places: Places, name: str) -> str | None:
    try:
        return (places.secrets / name).read_text().strip() or None
    except FileNotFoundError:
        return None


def secret(places: Places, name: str) -> str:
    """The password kept under `name`; made at random on first use."""
    existing = read_secret(places, name)
    if existing:
        return existing
    places.secrets.mkdir(parents=True, exist_ok=True, mode=0o700)
    return _create_once(places.secrets / name)


def _create_once(path: Path) -> str:
    # Written aside and linked: of several processes that come first together, one wins whole.
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as stream:
        stream.write(secrets.token_urlsafe(32))
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
    return path.read_text().strip()
