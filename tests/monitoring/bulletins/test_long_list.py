"""A 通报 of very many names is issued, and made anew to compare, by jobs that ask the rights again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, connections
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django.plugin import DjangoDbBlocker

from core.jobs.models import Job
from core.jobs.run import run
from monitoring.models import Bulletin
from monitoring.operations.bulletins import long_list
from monitoring.operations.bulletins.draft import draft_bulletin
from organisations.models import Organisation, Region
from tests.databases.sample import SampleOf
from tests.factories import organisations as make
from tests.monitoring.bulletins.office import JOB, MARCH, Office


@pytest.fixture
def office(
    sample_of: SampleOf, django_db_blocker: DjangoDbBlocker, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Office]:
    """In a clone of its own; every list counts as a long one."""
    monkeypatch.setattr(long_list, "DIRECT_LINES", 0)
    with django_db_blocker.unblock(), sample_of(MARCH):
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE monitoring_computedmonth SET computed_at = '2026-04-01 08:00+08'"
            )
        region = Region.objects.get(code="360000")
        bureau = Organisation.objects.filter(kind="bureau", region=region).first()
        bureau = bureau or make.organisation("bureau", region=region)
        yield Office(bureau, make.person(bureau, "clerk"), make.person(bureau, "reviewer"))
        connections.close_all()


def ready(office: Office) -> Bulletin:
    """Checked by whom it names, reviewed by another: it waits for its number."""
    now = timezone.now()
    bulletin = draft_bulletin(
        kind="monthly", first=MARCH, issuer=office.bureau, by=JOB, at=now - timedelta(days=30)
    )
    bulletin = office.act("check", bulletin, office.clerk, now - timedelta(days=30))
    bulletin = office.act("submit", bulletin, office.clerk, now)
    return office.act("approve", bulletin, office.reviewer, now)


def ask_issue(client: Client, bulletin: Bulletin) -> Any:
    address = reverse("bulletin-step", args=[bulletin.bulletin_no, "issue"])
    return client.post(address, {"version": bulletin.row_version})


def test_a_long_list_is_issued_and_compared_by_jobs(office: Office, client: Client) -> None:
    bulletin = ready(office)
    client.force_login(office.clerk)
    assert ask_issue(client, bulletin).status_code == 403
    client.force_login(office.reviewer)
    for _ in range(2):
        answer = ask_issue(client, bulletin)
        job = Job.objects.get(kind=long_list.ISSUE_BULLETIN)
        assert answer.headers["Location"] == reverse("job-detail", args=[job.pk])
    bulletin.refresh_from_db()
    assert bulletin.state == "ready"
    run(job.pk)
    job.refresh_from_db()
    bulletin.refresh_from_db()
    assert (job.state, job.result) == ("done", {"doc_number": bulletin.doc_number})
    assert (bulletin.state, bulletin.issued_by_name) == ("issued", office.reviewer.audit_name)

    client.post(reverse("bulletin-verify", args=[bulletin.bulletin_no]))
    compared = Job.objects.get(kind=long_list.VERIFY_BULLETIN)
    run(compared.pk)
    page = client.get(reverse("job-detail", args=[compared.pk])).content.decode()
    assert f"核验一致：与印发时逐字节相同（SHA-256 {bulletin.content_digest[:16]}" in page
    answer = client.post(f"/api/v1/bulletins/{bulletin.bulletin_no}/verify/")
    assert (answer.status_code, answer.json()["kind"]) == (202, long_list.VERIFY_BULLETIN)


def test_what_was_sent_back_meanwhile_is_not_issued(office: Office, client: Client) -> None:
    bulletin = ready(office)
    client.force_login(office.reviewer)
    answer = client.post(
        f"/api/v1/bulletins/{bulletin.bulletin_no}/step/", {"verb": "issue", "note": ""},
        content_type="application/json",
    )  # fmt: skip
    assert answer.status_code == 202
    office.act("return", bulletin, office.reviewer, timezone.now(), note="再核对附表")
    job = Job.objects.get(kind=long_list.ISSUE_BULLETIN)
    run(job.pk)
    job.refresh_from_db()
    bulletin.refresh_from_db()
    assert (job.state, bulletin.state, bulletin.doc_number) == ("refused", "draft", "")
