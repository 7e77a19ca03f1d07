"""What every migrate ends with."""

from types import SimpleNamespace

import pytest

from core.audit.models import AuditEvent
from core.workdays.models import CalendarYear
from policy.models import Parameter
from policy.operations import bring_up_to_date as module
from policy.operations.bring_up_to_date import bring_up_to_date

pytestmark = pytest.mark.django_db


def test_migrated_database_has_policies_and_calendar() -> None:
    assert Parameter.objects.count() == 79
    assert CalendarYear.objects.filter(status=CalendarYear.Status.PUBLISHED).count() == 23
    assert AuditEvent.objects.get(action="policy.seed").actor_name == "平台安装程序"


def test_changed_label_is_brought_back_to_what_ships() -> None:
    Parameter.objects.filter(key="response_hours").update(label="改过的名称")
    bring_up_to_date()
    assert Parameter.objects.get(key="response_hours").label == "订单响应时限"


def test_partly_migrated_database_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    Parameter.objects.filter(key="response_hours").update(label="改过的名称")
    missing = SimpleNamespace(_meta=SimpleNamespace(db_table="not_yet_there"))
    monkeypatch.setattr(module, "NEEDED", (*module.NEEDED, missing))
    bring_up_to_date()
    assert Parameter.objects.get(key="response_hours").label == "改过的名称"
