"""What every migrate ends with: shipped policies and the shipped working-day calendar."""

from __future__ import annotations

from django.db import connections
from django.utils import timezone

from core.audit.models import AuditEvent
from core.audit.record import SystemActor
from core.workdays.models import CalendarDay, CalendarYear
from core.workdays.seed import seed_calendar
from policy.models import Document, Parameter, ParameterValue, Policy
from policy.operations.seed_policies import seed

NEEDED = (
    AuditEvent,
    CalendarYear,
    CalendarDay,
    Document,
    Policy,
    Parameter,
    ParameterValue,
)
INSTALLER = SystemActor(audit_name="平台安装程序")


def bring_up_to_date(*, using: str = "default") -> None:
    """Seed calendar and policies; does nothing while a partial migrate lacks their tables."""
    if not _tables_exist(using):
        return
    at = timezone.now()
    seed_calendar(by_name=INSTALLER.audit_name, at=at, using=using)
    seed(by=INSTALLER, at=at, using=using)


def _tables_exist(using: str) -> bool:
    connection = connections[using]
    with connection.cursor() as cursor:
        names = set(connection.introspection.table_names(cursor))
    return all(model._meta.db_table in names for model in NEEDED)
