"""The trail cannot be changed by the application, and neither lands without the other."""

from __future__ import annotations

from contextlib import nullcontext

import pgtrigger
import psycopg2
import pytest
from django.conf import settings
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone

from core.audit.models import AuditEvent
from core.audit.record import SystemActor, record
from core.operations import operation
from inbox.models import Task
from monitoring.models import Warning, WarningStep
from monitoring.operations.answer_warning import acknowledge_warning, explain_warning
from tests.factories import core as make
from tests.monitoring.warnings.cast import NOW, the_cast

CHANGES = (
    "UPDATE core_auditevent SET actor_name = '别人'",
    "DELETE FROM core_auditevent",
    "TRUNCATE core_auditevent",
    "ALTER TABLE core_auditevent DISABLE TRIGGER ALL",
    "DROP TABLE core_auditevent",
)
TESTER = SystemActor(audit_name="测试")


@pytest.mark.django_db
@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("ignoring", [False, True])
def test_application_cannot_change_the_trail(change: str, ignoring: bool) -> None:
    make.audit_event()
    with (
        pgtrigger.ignore() if ignoring else nullcontext(),
        pytest.raises(DatabaseError) as caught,
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(change)
    assert getattr(caught.value.__cause__, "pgcode", "") == "42501"
    assert AuditEvent.objects.get(action="test.made").actor_name == "测试"


@pytest.mark.django_db
def test_application_cannot_switch_triggers_off() -> None:
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")


@pytest.mark.parametrize("change", CHANGES[:3])
def test_trigger_stops_even_the_owner(fresh_database: str, change: str) -> None:
    """The wall behind the missing rights."""
    make.audit_event()
    owner = settings.DATABASES["owner"]
    with (
        psycopg2.connect(
            host=owner["HOST"], port=owner["PORT"] or None, user=owner["USER"],
            password=owner["PASSWORD"], dbname=fresh_database,
        ) as direct,
        direct.cursor() as cursor,
        pytest.raises(psycopg2.errors.InsufficientPrivilege, match="append-only"),
    ):  # fmt: skip
        cursor.execute(change)
    direct.close()
    assert AuditEvent.objects.get(action="test.made").actor_name == "测试"


def test_event_and_effect_land_together_or_not_at_all(fresh_database: str) -> None:
    @operation
    def write(*, fails: bool) -> None:
        made = make.job()
        record(by=TESTER, at=timezone.now(), action="test.write", object_key=made.pk)
        if fails:
            raise RuntimeError

    with pytest.raises(RuntimeError):
        write(fails=True)
    assert AuditEvent.objects.filter(action="test.write").count() == 0
    write(fails=False)
    assert AuditEvent.objects.filter(action="test.write").count() == 1


def test_operation_fails_where_its_event_cannot_be_written(
    fresh_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """S-9: not a silent pass."""
    cast = the_cast(state="acknowledged")
    before = _state(cast.warning.pk)

    def broken(**fields: object) -> None:
        raise IntegrityError("audit writer is gone")

    monkeypatch.setattr(AuditEvent.objects, "create", broken)
    with pytest.raises(IntegrityError, match="audit writer is gone"):
        explain_warning(
            warning=cast.warning, explanation="已整改", uploads=[], by=cast.clerk,
            scope=cast.scope(cast.clerk), at=NOW,
        )  # fmt: skip
    assert _state(cast.warning.pk) == before
    assert not WarningStep.objects.exists()
    assert not Task.objects.exists()


def test_operation_fails_where_the_table_refuses_its_event(fresh_database: str) -> None:
    """The same with the database itself saying no."""
    cast = the_cast()
    owner = settings.DATABASES["owner"]
    direct = psycopg2.connect(
        host=owner["HOST"], port=owner["PORT"] or None, user=owner["USER"],
        password=owner["PASSWORD"], dbname=fresh_database,
    )  # fmt: skip
    with direct, direct.cursor() as cursor:
        cursor.execute(f"REVOKE INSERT ON core_auditevent FROM {connection.settings_dict['USER']}")
    direct.close()
    with pytest.raises(DatabaseError):
        acknowledge_warning(
            warning=cast.warning, by=cast.clerk, scope=cast.scope(cast.clerk), at=NOW
        )
    assert _state(cast.warning.pk) == ("open", cast.warning.row_version)


def _state(pk: int) -> tuple[str, int]:
    row = Warning.objects.get(pk=pk)
    return row.state, row.row_version
