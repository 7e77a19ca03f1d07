"""培训和会议: written down, recorded, counted in the year's coverage, mended; reminders in October."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest

from core.transitions import MissingInput, NotYours, StaleVersion, TransitionRefused
from core.workdays.deadlines import SHANGHAI
from inbox.models import Notice, Task
from monitoring.models import Training
from monitoring.operations.trainings import (
    TrainingWords,
    parse_attended,
    perform_training_step,
    remind_of_trainings,
    save_training,
)
from monitoring.queries.trainings import (
    attendances_of,
    coverage,
    uncovered,
    visible_training_targets,
    visible_trainings,
)
from tests.factories import organisations as people
from tests.monitoring.leads.cast import NOW, Cast

pytestmark = pytest.mark.django_db


def _words(cast: Cast, **more: Any) -> TrainingWords:
    values: dict[str, Any] = {
        "kind": "policy", "title": "政策培训", "held_on": date(2026, 4, 10), "place": "",
        "content": "报量和进院", "own_people": 0,
        "attended": f"{cast.hospitals[0].code} 3\n{cast.hospitals[1].code}\t2",
    }  # fmt: skip
    return TrainingWords(**values | more)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("H1", "第 1 行"), ("H1 三", "第 1 行"), ("H1 0", "1 到"), ("H1 10001", "1 到"),
        ("H1 2\n\nH1 3", "第 3 行机构代码 H1 重复"), ("H1 2 3", "第 1 行"), ("H1 -2", "第 1 行"),
    ],
)  # fmt: skip
def test_lines_that_cannot_be_read_are_named(text: str, said: str) -> None:
    with pytest.raises(MissingInput) as told:
        parse_attended(text)
    assert said in told.value.reason
    assert parse_attended("H1 1\nH2，10000\n\nH3\t5") == [("H1", 1), ("H2", 10_000), ("H3", 5)]


def test_recorded_training_counts_and_is_seen_by_those_who_came() -> None:
    cast = Cast()
    acting = cast.acting(cast.city_bureau, "clerk")
    row = save_training(words=_words(cast), **acting)
    over = cast.scope(cast.bureau, "clerk")
    came, absent = (cast.scope(cast.hospitals[each], "clerk") for each in (0, 2))
    assert row.people == 5
    assert not visible_trainings(over).exists()
    assert visible_training_targets(over, 2026).filter(uncovered()).count() == 5
    row = perform_training_step(training=row, verb="record", **acting)
    assert visible_trainings(over).get() == visible_trainings(came).get() == row
    assert not visible_trainings(absent).exists()
    assert [each.people for each in attendances_of(came, row)] == [3]
    assert attendances_of(over, row).count() == 2
    assert Notice.objects.filter(organisation__in=cast.hospitals).count() == 2
    assert coverage(over, 2026)[0]["value"] == "2/5（40.0%）"
    assert coverage(over, 2025)[0]["value"] == "0/5（0.0%）"
    # Both of the yearly kinds are needed to be covered.
    more = save_training(words=_words(cast, kind="platform"), **acting)
    perform_training_step(training=more, verb="record", **acting)
    assert visible_training_targets(over, 2026).filter(uncovered()).count() == 3
    assert not visible_training_targets(came, 2026).exists()


def test_recorded_is_mended_only_after_recall() -> None:
    cast = Cast()
    acting = cast.acting(cast.city_bureau, "clerk")
    row = save_training(words=_words(cast), **acting)
    row = perform_training_step(training=row, verb="record", **acting)
    with pytest.raises(TransitionRefused):
        save_training(words=_words(cast), training=row, **acting)
    with pytest.raises(MissingInput):
        perform_training_step(training=row, verb="recall", note="", **acting)
    with pytest.raises(NotYours):
        perform_training_step(
            training=row, verb="recall", note="错", **cast.acting(cast.bureau, "leader")
        )
    row = perform_training_step(training=row, verb="recall", note="漏了一家", **acting)
    with pytest.raises(StaleVersion):
        save_training(words=_words(cast), training=row, seen_version=1, **acting)
    row = save_training(
        words=_words(cast, attended="", own_people=4), training=row,
        seen_version=row.row_version, **acting,
    )  # fmt: skip
    assert (row.people, row.attendances.count()) == (4, 0)


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"kind": "internal"}, "kind"), ({"title": " "}, "title"), ({"content": ""}, "content"),
        ({"held_on": date(2026, 4, 11)}, "held_on"), ({"attended": ""}, "attended"),
        ({"attended": "NOSUCH 1"}, "attended"),
    ],
)  # fmt: skip
def test_wrong_input_writes_nothing(more: dict[str, Any], field: str) -> None:
    cast = Cast()
    with pytest.raises(MissingInput) as told:
        save_training(words=_words(cast, **more), **cast.acting(cast.city_bureau, "clerk"))
    assert told.value.field == field
    assert not Training.objects.exists()


def test_institutions_of_another_region_cannot_be_named() -> None:
    cast = Cast()
    stranger = people.organisation()
    with pytest.raises(MissingInput):
        save_training(
            words=_words(cast, attended=f"{stranger.code} 1"),
            **cast.acting(cast.city_bureau, "clerk"),
        )


def test_bureaus_are_reminded_from_october_on_until_it_is_recorded() -> None:
    cast = Cast()
    own = Task.objects.filter(organisation=cast.city_bureau, done_at__isnull=True)
    assert remind_of_trainings(at=datetime(2026, 9, 30, 23, tzinfo=SHANGHAI)) == 0
    remind_of_trainings(at=datetime(2026, 10, 1, 1, tzinfo=SHANGHAI))
    remind_of_trainings(at=datetime(2026, 10, 2, 1, tzinfo=SHANGHAI))
    assert sorted(each.object_key.split("-")[1] for each in own) == ["platform", "policy"]
    acting = cast.acting(cast.city_bureau, "clerk")
    row = save_training(words=_words(cast), **acting)
    perform_training_step(training=row, verb="record", **acting)
    assert [each.object_key.split("-")[1] for each in own.all()] == ["platform"]
    assert NOW.year == row.held_on.year
