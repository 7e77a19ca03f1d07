"""Calls of pyHanko, which opens an event loop of its own and so fails where one runs already."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from functools import wraps
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")


def in_own_thread(call: Callable[P, R]) -> Callable[P, R]:
    """The same call, in a thread of its own where this one runs an event loop; raises alike.

    It sees the caller's context, so that a job's one press serves its stamps too. A job has no
    loop: a thread for each of five hundred signatures cost it a tenth of its time.
    """

    @wraps(call)
    def made(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            asyncio.get_running_loop()
        except RuntimeError:
            return call(*args, **kwargs)
        with ThreadPoolExecutor(max_workers=1, thread_name_prefix="signing") as pool:
            context = copy_context()
            return pool.submit(lambda: context.run(call, *args, **kwargs)).result()

    return made
