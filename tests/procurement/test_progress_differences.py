"""Each night progress is compared with the facts: listed, never mended silently, rebuilt on request."""

from __future__ import annotations

from decimal import Decimal

import pgtrigger
import pytest
from django.test import Client

from core.audit.models import AuditEvent
from core.audit.record import SystemActor
from core.transitions import NotYours, TransitionRefused
from organisations.models import User
from organisations.queries.scope import scope_of
from procurement.models import LineProgress, ProgressDifference
from procurement.operations.progress_differences import heal_difference, list_differences
from tests.factories import organisations as people
from tests.procurement.receiving import WEDNESDAY, Door

pytestmark = pytest.mark.django_db
CLOCK = SystemActor(audit_name="定时任务")


def test_found_listed_once_and_rebuilt_by_the_system_administrator(client: Client) -> None:
    door = Door()
    right, wrong = door.line(), door.line()
    door.take(door.ship(right))
    door.take(door.ship(wrong, note_no="PSD2"))
    assert list_differences(by=CLOCK, at=WEDNESDAY) == 0
    LineProgress.objects.filter(line_id=wrong.pk).update(accepted_packs=Decimal(7))
    assert list_differences(by=CLOCK, at=WEDNESDAY) == 1
    assert list_differences(by=CLOCK, at=WEDNESDAY) == 0
    row = ProgressDifference.objects.get()
    assert (row.line_id, row.held, row.facts) == (
        wrong.pk, {"accepted_packs": "7"}, {"accepted_packs": "10"},
    )  # fmt: skip
    assert LineProgress.objects.get(line_id=wrong.pk).accepted_packs == 7
    with pytest.raises(NotYours):
        heal_difference(difference=row, **door.acting(door.hospital))
    admin = people.administrator("system")
    client.force_login(admin)
    assert row.label in client.get("/system/progress/").content.decode()
    assert client.post(f"/system/progress/{row.pk}/heal/").status_code == 302
    assert LineProgress.objects.get(line_id=wrong.pk).accepted_packs == 10
    page = client.get(f"/system/progress/{row.pk}/").content.decode()
    assert "已验收包装数 10" in page
    assert AuditEvent.objects.filter(action="progress_difference.heal").count() == 1
    assert client.post(f"/system/progress/{row.pk}/heal/").status_code == 409
    assert list_differences(by=CLOCK, at=WEDNESDAY) == 0


def test_a_state_that_no_step_reaches_is_refused_with_words() -> None:
    door = Door()
    line = door.line()
    door.take(door.ship(line))
    row = ProgressDifference.objects.create(
        line_id=line.pk, ordered_at=line.ordered_at, label="DD1-1", found_at=WEDNESDAY,
        held={"state": "voided"}, facts={"state": "received"},
    )  # fmt: skip
    LineProgress.objects.filter(line_id=line.pk).update(accepted_packs=Decimal(7))
    with pgtrigger.ignore("procurement.LineProgress:order_line_states"):
        LineProgress.objects.filter(line_id=line.pk).update(state="voided")
    admin = User.objects.get(pk=people.administrator("system").pk)
    with pytest.raises(TransitionRefused, match="不能由“已作废”直接变为“已收货”"):
        heal_difference(
            difference=row, by=admin, scope=scope_of(admin, WEDNESDAY.date()), at=WEDNESDAY
        )
    row.refresh_from_db()
    assert row.healed_at is None
