"""The sample province: loaded once by each process of a run, and cloned for whoever needs it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import date

from tests.databases.clones import cloned, drop_clone, new_clone
from tests.databases.pointing import point_at

SampleOf = Callable[..., AbstractContextManager[str]]
"""`with sample_of(month, …) as name:` the sample with these months computed, in a clone."""

_made: dict[tuple[date, ...], str] = {}
"""The databases to clone from, by the months that were computed in them."""


@contextmanager
def clone_of_sample(template: str, *months: date) -> Iterator[str]:
    with cloned(_filled(template, months)) as name:
        yield name


def drop_samples() -> None:
    while _made:
        drop_clone(_made.popitem()[1])


def _filled(template: str, months: tuple[date, ...]) -> str:
    # Deferred: what this loads needs the apps, which the first conftest comes before.
    from tests.monitoring.indicators.provinces import SAMPLE, compute, load_folder

    if months not in _made:
        name = new_clone(_filled(template, months[:-1]) if months else template)
        with point_at(name):
            if months:
                compute(months[-1])
            else:
                load_folder(SAMPLE / "input")
        _made[months] = name
    return _made[months]
