"""待办: late, due today and later are told apart at the second; a midnight ends the day before."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
from django.utils import timezone as django_timezone

from inbox.filters import TaskFilter
from inbox.models import Task
from inbox.operations.tasks import NewTask, open_tasks
from inbox.queries.due_words import Urgency, due_words, urgency
from inbox.queries.open_tasks import waiting
from organisations.queries.scope import scope_of
from tests.factories import organisations as make

SHANGHAI = timezone(timedelta(hours=8))
NOW = datetime(2026, 3, 10, 14, 30, tzinfo=SHANGHAI)


def at(day: int, hour: int = 0, minute: int = 0, second: int = 0) -> datetime:
    return datetime(2026, 3, day, hour, minute, second, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("due", "how", "words"),
    [
        (None, Urgency.NONE, ""),
        (at(10, 14, 29, 59), Urgency.LATE, "2026-03-10 14:29 前，已超期"),
        (NOW, Urgency.TODAY, "今天到期（14:30 前），不足 1 小时"),
        (at(10, 18), Urgency.TODAY, "今天到期（18:00 前），剩 3 小时"),
        (at(10, 23, 59, 59), Urgency.TODAY, "今天到期（23:59 前），剩 9 小时"),
        (at(11), Urgency.TODAY, "今天到期，剩 9 小时"),
        (at(11, 0, 0, 1), Urgency.LATER, "2026-03-11 00:00 前，剩 9 小时"),
        (at(12), Urgency.LATER, "2026-03-11 前，剩 1 天"),
        (at(10), Urgency.LATE, "2026-03-09 前，已超期"),
        (at(8), Urgency.LATE, "2026-03-07 前，已超期 2 天"),
        (at(20), Urgency.LATER, "2026-03-19 前"),
    ],
)
def test_how_a_due_time_stands(due: datetime | None, how: Urgency, words: str) -> None:
    assert (urgency(due, NOW), due_words(due, NOW)) == (how, words)


@pytest.mark.django_db
def test_counts_and_filter_say_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(django_timezone, "now", lambda: NOW)
    person = make.person(make.organisation("bureau"), "clerk")
    dues = [at(9), at(10, 14, 29), at(10, 18), at(11), at(11, 0, 0, 1), None]
    open_tasks(
        tasks=[
            NewTask(
                organisation_id=person.organisation_id, act="x", roles=("clerk",), title=f"{n}",
                object_type="t", object_key=f"{n}", url="/", due_at=due,
            )
            for n, due in enumerate(dues)
        ],
        at=NOW,
    )  # fmt: skip
    counted = waiting(scope_of(person, NOW.date()), NOW)
    assert (counted.open, counted.late, counted.today) == (6, 2, 2)
    found = {
        value: sorted(
            TaskFilter({"late": value}, Task.objects.all()).qs.values_list("title", flat=True)
        )
        for value in ("1", "today", "0")
    }
    assert found == {"1": ["0", "1"], "today": ["2", "3"], "0": ["2", "3", "4", "5"]}
