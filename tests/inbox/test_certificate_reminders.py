"""A signing certificate that ends: 30, 7 and 0 days ahead, once each, until another is in use."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core.audit.record import SystemActor
from inbox.models import Notice, Task
from inbox.operations.certificate_reminders import remind_of_certificates
from organisations.models import Organisation, OrganisationCertificate
from organisations.operations.certificates import (
    issue_certificate,
    make_signing_root,
    revoke_certificate,
)
from organisations.queries.scope import scope_of
from tests.days import morning, today
from tests.factories import organisations as make

CLOCK = SystemActor("测试")
pytestmark = pytest.mark.django_db


@pytest.fixture
def hospital() -> Organisation:
    """Its certificate's last day is `today`."""
    made = make.organisation(name="甲医院")
    make_signing_root(name="测试根", by=CLOCK, at=morning() - timedelta(days=40))
    row = issue_certificate(organisation=made, by=CLOCK, at=morning() - timedelta(days=40))
    OrganisationCertificate.objects.filter(pk=row.pk).update(not_after=morning())
    return made


def remind(days_ahead: int) -> int:
    return remind_of_certificates(on=today() - timedelta(days=days_ahead), by=CLOCK, at=morning())


def titles(of: Organisation) -> list[str]:
    rows = Notice.objects.filter(organisation=of, key__startswith="certificate-")
    return list(rows.order_by("pk").values_list("title", flat=True))


def test_told_once_at_each_stage_with_one_act(hospital: Organisation) -> None:
    assert [remind(days) for days in (31, 30, 29, 8, 7, 7, 1, 0, -1)] == [0, *[1] * 8]
    last = f"{today():%Y-%m-%d}"
    assert titles(hospital) == [
        f"本机构的签名证书还有 30 天到期（{last}）", f"本机构的签名证书还有 7 天到期（{last}）",
        f"本机构的签名证书今天（{last}）到期",
    ]  # fmt: skip
    task = Task.objects.get(act="renew_certificate")
    assert (task.organisation, task.roles, task.due_at) == (
        hospital, ["leader", "admin"], morning(),
    )  # fmt: skip


def test_a_clock_that_stood_still_tells_on_the_next_day(hospital: Organisation) -> None:
    assert remind(25) == 1
    assert "还有 25 天到期" in titles(hospital)[0]
    assert remind(-2) == 1
    assert "已于" in titles(hospital)[1]


@pytest.mark.parametrize("end", ["replaced", "revoked"])
def test_another_or_none_in_use_ends_the_act_at_once(hospital: Organisation, end: str) -> None:
    remind(7)
    row = OrganisationCertificate.objects.get(organisation=hospital)
    if end == "replaced":
        issue_certificate(organisation=hospital, by=CLOCK, at=morning())
    else:
        admin = make.person(hospital, "admin")
        revoke_certificate(
            certificate=row, reason="遗失", by=admin, scope=scope_of(admin, today()), at=morning()
        )
    assert not Task.objects.filter(act="renew_certificate", done_at=None).exists()
    assert remind(0) == 0
