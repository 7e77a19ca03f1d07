"""Kept answers are forgotten after a week, not a moment before."""

from datetime import UTC, datetime, timedelta

import pytest

from core.api.forget import KEPT_FOR, forget_old_answers
from core.api.models import IdempotentAnswer
from tests.factories import core as make

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 4, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("age", "kept"),
    [
        (KEPT_FOR - timedelta(microseconds=1), True),
        (KEPT_FOR, True),
        (KEPT_FOR + timedelta(microseconds=1), False),
    ],
)
def test_answer_is_kept_for_a_week(age: timedelta, kept: bool) -> None:
    make.idempotent_answer(claimed_at=NOW - age)
    assert forget_old_answers(at=NOW) == (0 if kept else 1)
    assert IdempotentAnswer.objects.exists() == kept
