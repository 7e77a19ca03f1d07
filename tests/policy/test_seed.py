"""Shipped values reach new and existing databases, and never undo what people set."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from core.audit.models import AuditEvent
from core.audit.record import SystemActor
from policy.models import Parameter, ParameterValue, Policy
from policy.operations import seed_policies
from policy.operations.seed_policies import seed
from policy.operations.set_value import set_value
from policy.operations.shipped_rows import SeedResult
from policy.queries.shipped import (
    ShippedDataError,
    ShippedParameter,
    ShippedPolicy,
    ShippedValue,
    shipped_documents,
    shipped_parameters,
    shipped_policies,
)

pytestmark = pytest.mark.django_db
BY = SystemActor(audit_name="测试")
AT = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
KEY = "response_hours"


def _rows() -> list[tuple[date, date | None, str | None, str]]:
    return list(
        ParameterValue.objects.filter(policy__code="jiangxi-2024", parameter__key=KEY)
        .order_by("valid_from")
        .values_list("valid_from", "valid_to", "value", "origin")
    )


def _ship(monkeypatch: pytest.MonkeyPatch, *values: ShippedValue, **changes: Any) -> None:
    """Let the files of KEY say `values` for jiangxi-2024."""
    now: ShippedParameter = shipped_parameters()[KEY]
    others = tuple(value for value in now.values if value.policy != "jiangxi-2024")
    changed = dict(shipped_parameters())
    changed[KEY] = replace(now, values=others + values, **changes)
    monkeypatch.setattr(seed_policies, "shipped_parameters", lambda: changed)


def _value(start: date, value: str | None, clause: str = "赣2024 十六") -> ShippedValue:
    return ShippedValue("jiangxi-2024", start, value, clause, "赣2024")


OPENING = _value(date(2024, 6, 7), "48")


def _set_on_page(start: date, value: str | None = "36") -> None:
    set_value(
        policy=Policy.objects.get(code="jiangxi-2024"),
        parameter=Parameter.objects.get(key=KEY),
        value=value,
        valid_from=start,
        clause="赣医保〔2026〕5号 二",
        document=None,
        reason="省局文件调整",
        issued_until=date(2026, 2, 28),
        by=BY,
        at=AT,
    )


def test_second_seed_changes_nothing() -> None:
    events = AuditEvent.objects.count()
    values = sum(len(each.values) for each in shipped_parameters().values())
    assert values == 5 * len(shipped_parameters()) >= 370
    shipped = (
        len(shipped_documents()) + len(shipped_policies()) + len(shipped_parameters()) + values
    )
    assert seed(by=BY, at=AT) == SeedResult(created=0, updated=0, unchanged=shipped)
    assert AuditEvent.objects.count() == events


def test_new_policy_is_added_and_audited(monkeypatch: pytest.MonkeyPatch) -> None:
    own = ShippedPolicy("hunan-2027", "湖南", "430000", "国2020", date(2027, 1, 1))
    monkeypatch.setattr(seed_policies, "shipped_policies", lambda: (*shipped_policies(), own))
    _ship(
        monkeypatch,
        OPENING,
        ShippedValue("hunan-2027", own.effective_from, "12", "湘 一", None),
    )
    assert seed(by=BY, at=AT).created == 2
    assert Policy.objects.get(code="hunan-2027").values.get().value == "12"
    event = AuditEvent.objects.latest("id")
    assert (event.action, event.actor_name) == ("policy.seed", "测试")
    assert event.detail == {"created": 2, "updated": 0}


def test_later_value_in_the_file_closes_the_one_before(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    _ship(monkeypatch, OPENING, _value(date(2027, 1, 1), "24"))
    result = seed(by=BY, at=AT)
    assert (result.created, result.updated) == (1, 1)
    assert _rows() == [
        (date(2024, 6, 7), date(2026, 12, 31), "48", "seed"),
        (date(2027, 1, 1), None, "24", "seed"),
    ]


def test_mended_clause_and_label_reach_the_database(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    _ship(monkeypatch, replace(OPENING, clause="赣2024 十六(二)"), label="响应时限")
    assert seed(by=BY, at=AT).updated == 2
    row = ParameterValue.objects.get(policy__code="jiangxi-2024", parameter__key=KEY)
    assert (row.clause, row.parameter.label) == ("赣2024 十六(二)", "响应时限")


def test_page_value_survives_every_later_seed(monkeypatch: pytest.MonkeyPatch) -> None:
    _set_on_page(date(2026, 7, 1))
    kept = [
        (date(2024, 6, 7), date(2026, 6, 30), "48", "seed"),
        (date(2026, 7, 1), None, "36", "page"),
    ]
    assert _rows() == kept
    assert not seed(by=BY, at=AT).changed
    _ship(monkeypatch, OPENING, _value(date(2027, 1, 1), "24"))
    assert not seed(by=BY, at=AT).changed
    assert _rows() == kept


def test_file_may_add_a_value_before_the_page_took_over(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    _set_on_page(date(2026, 7, 1))
    _ship(monkeypatch, OPENING, _value(date(2025, 1, 1), "40"))
    assert seed(by=BY, at=AT).changed
    assert _rows() == [
        (date(2024, 6, 7), date(2024, 12, 31), "48", "seed"),
        (date(2025, 1, 1), date(2026, 6, 30), "40", "seed"),
        (date(2026, 7, 1), None, "36", "page"),
    ]


def test_vanished_value_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    _ship(monkeypatch, _value(date(2024, 7, 1), "48"))
    with pytest.raises(ShippedDataError, match="jiangxi-2024 response_hours：2024-06-07 起的取值"):
        seed(by=BY, at=AT)
