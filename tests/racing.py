"""Two people at the same step at the same time, on real connections: what each was told."""

from __future__ import annotations

import threading
from collections.abc import Callable

from django.db import connections

from core.transitions import Refusal

Act = Callable[[], object]


def raced(*acts: Act) -> list[str]:
    """Begin all at once; `done` or the name of the refusal for each, sorted. Other errors are raised."""
    start, told, broken = threading.Barrier(len(acts)), list[str](), list[BaseException]()

    def run(act: Act) -> None:
        try:
            start.wait(60)
            act()
            told.append("done")
        except Refusal as refusal:
            told.append(type(refusal).__name__)
        except BaseException as error:
            broken.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if broken:
        raise broken[0]
    return sorted(told)


def once(told: list[str]) -> bool:
    """One went through; every other was refused, not broken."""
    return told.count("done") == 1 and len(told) > 1
