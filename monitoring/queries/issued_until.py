"""What policy asks before a value changes: until which day the province's 通报 are issued."""

from __future__ import annotations

from datetime import date

from django.db.models import Max

from monitoring.models import Bulletin
from monitoring.states.bulletins import ISSUED_STATES
from policy.queries.issued import add_source


def last_issued_day(province_code: str) -> date | None:
    """The last day of the last period that an issued bulletin of the province is of.

    A city's own counts too: its figures are judged by the province's values.
    """
    found = Bulletin.objects.filter(
        province__code=province_code, state__in=sorted(ISSUED_STATES)
    ).aggregate(last=Max("period_to"))
    last: date | None = found["last"]
    return last


add_source(last_issued_day)
