"""A bulletin's job killed half-way, and two at once: one draft, whole, with one event and one task."""

from __future__ import annotations

import random
import threading
from collections.abc import Iterator
from datetime import date

import pytest
from django.db import connection, connections
from django.utils import timezone
from pytest_django.plugin import DjangoDbBlocker

from core.audit.models import AuditEvent
from core.jobs.enqueue import enqueue
from core.jobs.models import Job
from core.jobs.run import run
from inbox.models import Task
from monitoring.models import Bulletin, BulletinInput
from monitoring.operations.bulletins.draft import draft_bulletin
from monitoring.operations.bulletins.request import DRAFT_BULLETIN
from organisations.models import Organisation, Region
from tests.databases.sample import SampleOf
from tests.factories import organisations as make
from tests.jobs.forked import killed_somewhere, let_lease_end
from tests.jobs.kinds import TESTER

MARCH = date(2026, 3, 1)


@pytest.fixture
def bureaus(
    sample_of: SampleOf, django_db_blocker: DjangoDbBlocker
) -> Iterator[tuple[Organisation, Organisation]]:
    """The province's and a city's, in a clone of their own: everything here is committed."""
    with django_db_blocker.unblock(), sample_of(MARCH):
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE monitoring_computedmonth SET computed_at = '2026-04-01 08:00+08'"
            )
        yield (
            _bureau("360000"),
            _bureau(
                Region.objects.filter(level="city", parent__code="360000").order_by("code")[0].code
            ),
        )
        connections.close_all()


def _bureau(code: str) -> Organisation:
    region = Region.objects.select_related("parent").get(code=code)
    found = Organisation.objects.filter(kind="bureau", region=region).first()
    return found or make.organisation("bureau", region=region)


def test_draft_killed_half_way_and_asked_for_by_two_is_there_once(
    bureaus: tuple[Organisation, Organisation],
) -> None:
    province, city = bureaus
    job = enqueue(
        kind=DRAFT_BULLETIN, key="killed", by=TESTER, at=timezone.now(), ring=False,
        arguments={"kind": "monthly", "first": MARCH.isoformat(), "issuer": province.pk},
    )  # fmt: skip
    chance = random.Random(11)
    for _ in range(3):
        killed_somewhere(job.pk, within=0.4, chance=chance)
        # What was killed left nothing behind, or all of it.
        found = Bulletin.objects.filter(kind="monthly").first()
        assert found is None or found.figures_from["batches"]
        let_lease_end(job.pk)
        Job.objects.filter(pk=job.pk).update(attempts=0)
    run(job.pk)
    assert Job.objects.get(pk=job.pk).state == Job.State.DONE
    _once("monthly")

    made: list[int] = []
    start = threading.Barrier(2)

    def draft() -> None:
        start.wait()
        try:
            made.append(
                draft_bulletin(
                    kind="own", first=MARCH, issuer=city, by=TESTER, at=timezone.now()
                ).pk
            )
        finally:
            connections.close_all()

    both = [threading.Thread(target=draft) for _ in range(2)]
    for each in both:
        each.start()
    for each in both:
        each.join(60)
    assert len(made) == 2
    assert len(set(made)) == 1
    _once("own")


def _once(kind: str) -> None:
    (bulletin,) = Bulletin.objects.filter(kind=kind)
    assert BulletinInput.objects.filter(bulletin=bulletin).exists()
    assert bulletin.lines.count() == len({*bulletin.lines.values_list("line_no", flat=True)})
    assert AuditEvent.objects.filter(
        object_type="bulletin", object_key=str(bulletin.pk), action="bulletin.draft"
    ).count() == 1  # fmt: skip
    assert Task.objects.filter(object_key=bulletin.bulletin_no, act="draft_bulletin").count() == 1
