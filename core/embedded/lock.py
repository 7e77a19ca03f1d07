"""One start or stop at a time, across processes."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager

from core.embedded.places import Places


@contextmanager
def exclusive(places: Places) -> Iterator[None]:
    """Hold the services' file lock; freed by the kernel when the process dies."""
    places.var.mkdir(parents=True, exist_ok=True)
    with places.lock.open("a") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        yield
