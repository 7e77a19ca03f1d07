"""协议未签订: orange after the batch's start, red from entry_check_month, gone once all have signed."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from contracts.models import AgreementLine
from inbox.models import Task
from monitoring.models import Warning
from tests.factories import stages
from tests.factories.stages import Parties
from tests.monitoring.indicators.provinces import compute
from tests.monitoring.test_entry_checks import SIGNED, Ward

FEBRUARY, MARCH = date(2026, 2, 1), date(2026, 3, 1)
# March ends in Shanghai at 16:00 UTC of its last day.
CUT = datetime(2026, 3, 31, 16, tzinfo=UTC)
TICK = timedelta(microseconds=1)


def standing() -> list[tuple[str, str]]:
    rows = Warning.objects.filter(rule="unsigned_agreement", subject_type="institution")
    return list(rows.values_list("severity", "state").order_by("pk"))


def waiting(ward: Ward) -> AgreementLine:
    """The distributor has not signed; the other two have."""
    return stages.agreement_line(
        Parties(ward.a, ward.maker, ward.carrier), batch=ward.batch, product=ward.product,
        institution_signed_at=SIGNED, manufacturer_signed_at=SIGNED,
    )  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize(("at", "clears"), [(CUT - TICK, True), (CUT, False)])
def test_it_turns_red_and_ends_by_itself_at_the_last_signature(at: datetime, clears: bool) -> None:
    ward = Ward()
    line = waiting(ward)
    compute(FEBRUARY, at=datetime(2026, 3, 1, 1, tzinfo=UTC))
    # 江西 2024 names the third month: February is the second.
    assert [severity for severity, _ in standing()] == ["orange"]
    compute(MARCH, at=datetime(2026, 4, 1, 1, tzinfo=UTC))
    assert standing()[-1][0] == "red" and standing()[-1][1] != "recovered"
    # The month is computed again after the third signature; nobody answers or closes the warning.
    AgreementLine.objects.filter(pk=line.pk).update(distributor_signed_at=at)
    compute(MARCH, at=datetime(2026, 4, 1, 2, tzinfo=UTC))
    ended = {state for _, state in standing()} == {"recovered"}
    assert ended is clears
    tasks = Task.objects.filter(title__contains="协议未签订", done_at__isnull=True)
    assert tasks.exists() is not clears
