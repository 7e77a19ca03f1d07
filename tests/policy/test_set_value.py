"""A province changes a threshold from a day on; the past stays."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from core.audit.models import AuditEvent
from core.audit.record import SystemActor
from core.transitions.refusals import MissingInput
from policy.models import Parameter, ParameterValue, Policy
from policy.operations.set_value import ValueChangeRefused, set_value
from policy.queries.read import value_of

pytestmark = pytest.mark.django_db
AT = datetime(2026, 3, 20, 4, 0, tzinfo=UTC)
KEY = "on_time_rate_min"


def _set(**changes: Any) -> ParameterValue:
    arguments: dict[str, Any] = {
        "policy": Policy.objects.get(code="jiangxi-2026"),
        "parameter": Parameter.objects.get(key=KEY),
        "value": "0.92",
        "valid_from": date(2026, 4, 1),
        "clause": "赣医保〔2026〕5号 二",
        "document": None,
        "reason": "省局文件调整",
        "issued_until": date(2026, 2, 28),
        "by": SystemActor(audit_name="省局经办", audit_id=7),
        "at": AT,
    }
    return set_value(**(arguments | changes))


def test_change_holds_from_its_day_and_leaves_the_past() -> None:
    row = _set()
    assert (row.set_by_id, row.set_by_name, row.set_at, row.origin) == (
        7,
        "省局经办",
        AT,
        "page",
    )
    before = value_of("jiangxi-2026", KEY, date(2026, 3, 31))
    after = value_of("jiangxi-2026", KEY, date(2026, 4, 1))
    assert (str(before.value), before.clause) == ("0.90", "赣2024 三")
    assert (str(after.value), after.clause) == ("0.92", "赣医保〔2026〕5号 二")
    assert str(value_of("jiangxi-2024", KEY, date(2026, 4, 1)).value) == "0.90"


def test_change_is_audited_with_before_and_after() -> None:
    _set()
    event = AuditEvent.objects.latest("id")
    assert (event.action, event.actor_id, event.reason) == (
        "policy.set_value",
        7,
        "省局文件调整",
    )
    assert event.object_key == "jiangxi-2026:on_time_rate_min:2026-04-01"
    assert event.detail == {"before": "0.90", "after": "0.92"}


def test_a_value_can_be_taken_out_of_force() -> None:
    _set(value=None)
    assert not value_of("jiangxi-2026", KEY, date(2026, 4, 1)).in_force


@pytest.mark.parametrize(
    ("changes", "error", "message"),
    [
        (
            {"valid_from": date(2026, 2, 28)},
            ValueChangeRefused,
            "2026 年 02 月的通报已发布",
        ),
        (
            {"valid_from": date(2025, 12, 31)},
            ValueChangeRefused,
            "不能早于该政策的施行日",
        ),
        ({"value": "九成"}, MissingInput, "须为数字"),
        ({"reason": " "}, MissingInput, "请填写调整理由"),
        ({"clause": ""}, MissingInput, "请填写依据的条款"),
    ],
)
def test_change_is_refused(changes: dict[str, Any], error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        _set(**changes)
    assert not ParameterValue.objects.filter(origin="page").exists()


def test_change_before_a_later_one_is_refused() -> None:
    _set()
    with pytest.raises(ValueChangeRefused, match="已有自 2026-04-01 起的取值"):
        _set(valid_from=date(2026, 3, 15))
    with pytest.raises(ValueChangeRefused, match="已有自 2026-04-01 起的取值"):
        _set()


def test_first_day_after_the_issued_month_is_taken() -> None:
    assert _set(valid_from=date(2026, 3, 1)).valid_from == date(2026, 3, 1)


def test_database_keeps_what_was_before() -> None:
    _set()
    closed = ParameterValue.objects.get(
        policy__code="jiangxi-2026", parameter__key=KEY, origin="seed"
    )
    history = closed.events.order_by("pgh_id").values_list("pgh_label", "valid_to")
    assert list(history) == [("insert", None), ("update", date(2026, 3, 31))]
