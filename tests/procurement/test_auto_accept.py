"""自动验收: off by default, announced to both sides, accepted by the clock, corrected by people."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from django.test import Client

from core.audit.models import AuditEvent
from core.audit.record import SystemActor
from core.transitions import TransitionRefused
from core.workdays.deadlines import SHANGHAI, day_end
from inbox.models import Notice
from policy.models import ParameterValue
from procurement.models import AutoAcceptance, Receipt, ReceiptRemark
from procurement.operations.auto_accept import accept_announced, announce_acceptances
from procurement.rules.auto_accept import accept_time
from tests.procurement.receiving import Door

pytestmark = pytest.mark.django_db
CLOCK = SystemActor(audit_name="定时任务")
# Delivered on Wednesday 11 March 2026 (Door): three working days end on Monday 16, six on Thursday 19.
ARRIVED = date(2026, 3, 11)
FIRST, LAST = day_end(date(2026, 3, 16)), day_end(date(2026, 3, 19))


@pytest.mark.parametrize(
    ("now", "planned"),
    [
        (FIRST - timedelta(microseconds=1), None),
        (FIRST, LAST),
        (LAST - timedelta(days=1), LAST),
        (LAST - timedelta(hours=23), LAST + timedelta(hours=1)),
        (LAST + timedelta(days=9), LAST + timedelta(days=10)),
    ],
)
def test_announced_after_the_own_deadline_a_day_before_at_least(
    now: datetime, planned: datetime | None
) -> None:
    assert accept_time(arrived_on=ARRIVED, workdays=3, now=now) == planned


def switch(value: int) -> None:
    """As an edit of the platform's policy would: the test's province has none of its own."""
    assert ParameterValue.objects.filter(parameter__key="auto_accept").update(value=str(value)) >= 1


def test_off_by_default_nothing_happens() -> None:
    door = Door()
    door.ship(door.line())
    assert announce_acceptances(by=CLOCK, at=LAST + timedelta(days=30)) == 0
    assert accept_announced(by=CLOCK, at=LAST + timedelta(days=30)) == 0
    assert not Receipt.objects.exists()


def test_announced_accepted_once_and_corrected_by_the_institution(client: Client) -> None:
    door = Door()
    switch(1)
    line, late = door.line(), door.line()
    sent, byhand = door.ship(line), door.ship(late, note_no="PSD2")
    expired = door.ship(door.line(), note_no="PSD3", expires_on=date(2026, 3, 12))
    assert announce_acceptances(by=CLOCK, at=FIRST - timedelta(minutes=1)) == 0
    assert announce_acceptances(by=CLOCK, at=FIRST) == 2
    assert announce_acceptances(by=CLOCK, at=FIRST + timedelta(hours=5)) == 0
    told = set(Notice.objects.filter(title__contains="将自动验收").values_list(
        "organisation_id", flat=True))  # fmt: skip
    assert told == {door.hospital.pk, door.carrier.pk}
    assert not AutoAcceptance.objects.filter(delivery_id=expired.pk).exists()
    client.force_login(door.acting(door.hospital, "storekeeper")["by"])
    assert "起自动验收" in client.get("/receipts/").content.decode()
    assert "之后仍可更正" in client.get(f"/receipts/{sent.pk}/").content.decode()
    door.take(byhand)
    assert accept_announced(by=CLOCK, at=LAST - timedelta(minutes=1)) == 0
    assert accept_announced(by=CLOCK, at=LAST) == 1
    assert accept_announced(by=CLOCK, at=LAST + timedelta(hours=1)) == 0
    assert door.sums(line) == ("received", 10, 10, 0, 0)
    made = Receipt.objects.get(line_id=line.pk)
    assert ReceiptRemark.objects.get(receipt_id=made.pk).kind == "automatic"
    assert AuditEvent.objects.filter(action="receipt.auto_accept", object_key=str(sent.pk)).exists()
    after = door.acting(door.hospital, "storekeeper", at=datetime(2026, 3, 20, 9, tzinfo=SHANGHAI))
    door.correct(sent, 7, 3, who=after, words="实到七件")
    assert door.sums(line) == ("received", 10, 7, 3, 0)
    assert Receipt.objects.filter(line_id=line.pk).count() == 2


def test_switched_off_again_what_was_announced_is_not_accepted() -> None:
    door = Door()
    switch(1)
    sent = door.ship(door.line())
    assert announce_acceptances(by=CLOCK, at=FIRST) == 1
    switch(0)
    assert accept_announced(by=CLOCK, at=LAST) == 0
    with pytest.raises(TransitionRefused, match="还没有收货"):
        door.correct(sent, 9, 1)
    assert Decimal(0) == sum(Receipt.objects.values_list("accepted_packs", flat=True))
