"""What the database itself refuses."""

from datetime import date
from typing import Any

import pytest
from django.db import DataError, IntegrityError, transaction
from django.utils import timezone

from policy.models import Parameter, ParameterValue, Policy
from policy.states import Origin

pytestmark = pytest.mark.django_db


def _add(**changes: Any) -> ParameterValue:
    fields: dict[str, Any] = {
        "policy": Policy.objects.get(code="jiangxi-2024"),
        "parameter": Parameter.objects.get(key="response_hours"),
        "valid_from": date(2020, 1, 1),
        "valid_to": date(2020, 12, 31),
        "value": "36",
        "clause": "赣2024 十六",
        "origin": Origin.SEED,
        "set_by_name": "测试",
        "set_at": timezone.now(),
    }
    return ParameterValue.objects.create(**(fields | changes))


@pytest.mark.parametrize(
    ("valid_from", "valid_to"),
    [
        (date(2021, 1, 1), None),
        (date(2024, 6, 7), date(2024, 6, 7)),
        (date(2023, 1, 1), date(2024, 6, 7)),
        (date(2030, 1, 1), date(2030, 1, 2)),
    ],
)
def test_overlap_is_refused(valid_from: date, valid_to: date | None) -> None:
    with (
        pytest.raises(IntegrityError, match="policy_value_no_overlap"),
        transaction.atomic(),
    ):
        _add(valid_from=valid_from, valid_to=valid_to)


def test_neighbours_are_taken() -> None:
    _add(valid_from=date(2020, 1, 1), valid_to=date(2023, 12, 31))
    _add(valid_from=date(2024, 1, 1), valid_to=date(2024, 6, 6))


def test_another_policy_or_parameter_does_not_overlap() -> None:
    _add()
    _add(
        policy=Policy.objects.get(code="jiangxi-2019"),
        valid_to=date(2019, 11, 30),
        valid_from=date(2019, 1, 1),
    )
    _add(parameter=Parameter.objects.get(key="reply_workdays"))


@pytest.mark.parametrize(
    ("changes", "constraint"),
    [
        (
            {"valid_to": date(2019, 12, 31)},
            "daterange|policy_value_ends_after_start|range",
        ),
        ({"clause": ""}, "policy_value_has_clause"),
        ({"origin": Origin.PAGE}, "policy_value_page_edit_has_reason"),
    ],
)
def test_senseless_row_is_refused(changes: dict[str, Any], constraint: str) -> None:
    with (
        pytest.raises((IntegrityError, DataError), match=constraint),
        transaction.atomic(),
    ):
        _add(**changes)
