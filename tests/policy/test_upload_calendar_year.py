"""Publishing a calendar year is an audited operation."""

from datetime import UTC, date, datetime, timedelta

import pytest

from core.audit.models import AuditEvent
from core.audit.record import SystemActor
from core.workdays.errors import CalendarUploadRefused
from core.workdays.models import CalendarYear
from core.workdays.upload import CalendarRow
from policy.operations.upload_calendar_year import upload_year

pytestmark = pytest.mark.django_db
AT = datetime(2026, 12, 1, 4, 0, tzinfo=UTC)
BY = SystemActor(audit_name="省局", audit_id=7)


def _weekdays(year: int) -> list[CalendarRow]:
    days = [date(year, 1, 1) + timedelta(days=n) for n in range(365)]
    return [CalendarRow(day, day.weekday() < 5, "") for day in days]


def test_upload_is_audited() -> None:
    upload_year(year=2027, rows=_weekdays(2027), source="国办发明电〔2026〕7号", by=BY, at=AT)
    event = AuditEvent.objects.latest("id")
    assert (event.action, event.object_key, event.actor_id) == (
        "calendar.upload_year",
        "2027",
        7,
    )
    assert event.detail == {"workdays": 261, "days": 365}
    assert CalendarYear.objects.get(year=2027).source == "国办发明电〔2026〕7号"


def test_refused_upload_leaves_no_trace() -> None:
    events = AuditEvent.objects.count()
    with pytest.raises(CalendarUploadRefused):
        upload_year(year=2029, rows=_weekdays(2029), source="x", by=BY, at=AT)
    assert AuditEvent.objects.count() == events
    assert not CalendarYear.objects.filter(year=2029).exists()
