"""The sample province's bureau with two people, and March drafted: what tests of bulletins share."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime

from django.db import connection, transaction
from pytest_django.plugin import DjangoDbBlocker

from core.audit.record import SystemActor
from monitoring.models import Bulletin
from monitoring.operations.bulletins.acts import perform_act
from organisations.models import Organisation, Region, User
from organisations.queries.scope import Scope, scope_of
from tests.databases.sample import SampleOf
from tests.factories import organisations as make

MARCH = date(2026, 3, 1)
JOB = SystemActor("定时任务")
# Friday 3 April 2026: Monday the 6th is a holiday (清明), three working days end on the 9th.
DRAFTED = datetime(2026, 4, 3, 1, tzinfo=UTC)


@dataclass
class Office:
    """Two people of the province's bureau."""

    bureau: Organisation
    clerk: User
    reviewer: User

    def scope(self, user: User, at: datetime) -> Scope:
        return scope_of(user, at.date())

    def act(self, verb: str, of: Bulletin, who: User, at: datetime, note: str = "") -> Bulletin:
        with transaction.atomic():
            return perform_act(
                verb, of, note=note, by=who, scope=self.scope(who, at), at=at, seen_version=None
            )


@contextmanager
def bureau_of_sample(sample_of: SampleOf, blocker: DjangoDbBlocker) -> Iterator[Office]:
    """In a transaction that is rolled back; March counts as computed after its end."""
    with blocker.unblock(), sample_of(MARCH), transaction.atomic():
        region = Region.objects.get(code="360000")
        bureau = Organisation.objects.filter(kind="bureau", region=region).first()
        bureau = bureau or make.organisation("bureau", region=region)
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE monitoring_computedmonth SET computed_at = '2026-04-01 08:00+08'"
            )
        yield Office(bureau, make.person(bureau, "clerk"), make.person(bureau, "reviewer"))
        transaction.set_rollback(True)
