"""What a policy says on a day, and what stands in where it says nothing."""

from datetime import date
from decimal import Decimal

import pytest

from policy.models import ParameterValue, Policy
from policy.queries.parse import InvalidParameterValue
from policy.queries.read import (
    MissingPolicyValue,
    PolicyValue,
    fallback_value,
    needed_values,
    province_policy_on,
    resolve,
    value_of,
    values_on,
)

pytestmark = pytest.mark.django_db
DAY = date(2026, 3, 31)


def test_value_carries_clause_and_document() -> None:
    assert value_of("shandong-2023", "fulfilment_rate_min", DAY) == PolicyValue(
        key="fulfilment_rate_min",
        value=Decimal("0.80"),
        clause="鲁 指标二",
        document="鲁",
    )


def test_not_in_force_is_told_from_missing() -> None:
    value = value_of("jiangxi-2026", "non_selected_share_max", DAY)
    assert (value.value, value.in_force, value.clause) == (None, False, "赣2026 考核")
    with pytest.raises(MissingPolicyValue, match="non_selected_share_max 不在执行"):
        value.number  # noqa: B018
    with pytest.raises(MissingPolicyValue, match="没有代码为 hunan-2025 的政策"):
        value_of("hunan-2025", "response_hours", DAY)
    with pytest.raises(MissingPolicyValue, match="jiangxi-2024 的参数 no_such_key 在 2026-03-31"):
        value_of("jiangxi-2024", "no_such_key", DAY)


def test_a_policy_without_a_row_for_a_key_raises_by_name() -> None:
    own = Policy.objects.create(
        code="hunan-2025",
        name="湖南",
        province_code="430000",
        document=Policy.objects.get(code="jiangxi-2024").document,
        effective_from=date(2025, 1, 1),
    )
    assert province_policy_on("430000", DAY) == own
    with pytest.raises(MissingPolicyValue, match="hunan-2025 的参数 report_drop_max"):
        values_on("hunan-2025", DAY)


def test_a_batch_that_names_a_policy_early_has_its_opening_values() -> None:
    assert value_of("jiangxi-2026", "response_hours", date(2025, 12, 6)).number == 48


def test_every_parameter_in_few_queries(django_assert_num_queries) -> None:  # type: ignore[no-untyped-def]
    with django_assert_num_queries(2):
        assert len(values_on("jiangxi-2024", DAY)) == 79


def test_fallback_is_jiangxi_2024() -> None:
    values = values_on("jiangxi-2019", DAY)
    assert not values["reply_workdays"].in_force
    assert fallback_value("reply_workdays", DAY).number == 2
    needed = needed_values(values, DAY)
    assert needed["reply_workdays"].number == 2
    assert needed["payment_due"].number == 1
    assert needed["prepay_ratio"].number == Decimal("0.50")
    assert not needed["renewal_min_ratio"].in_force


def test_resolve_puts_a_batch_on_top_with_its_own_clause() -> None:
    values = values_on("jiangxi-2026", DAY)
    resolved = resolve(
        values,
        {
            "non_selected_share_max": ("0.4", "赣集采执行〔2026〕1号 三(二)"),
            "response_hours": ("24", ""),
            "retention_basis": ("reported", "x"),
        },
    )
    share, hours = resolved["non_selected_share_max"], resolved["response_hours"]
    assert (share.number, share.clause) == (
        Decimal("0.4"),
        "赣集采执行〔2026〕1号 三(二)",
    )
    assert share.overridden and share.document == ""
    assert (hours.number, hours.clause, hours.document) == (
        Decimal(24),
        "赣2024 十六",
        "赣2024",
    )
    assert resolved["retention_basis"].text == "reported"
    assert values["response_hours"].number == 48
    assert resolved["reply_workdays"] is values["reply_workdays"]


def test_resolve_refuses_unknown_keys_and_bad_values() -> None:
    values = values_on("jiangxi-2026", DAY)
    with pytest.raises(MissingPolicyValue, match="no_such_key"):
        resolve(values, {"no_such_key": ("1", "")})
    with pytest.raises(InvalidParameterValue, match="须为数字"):
        resolve(values, {"response_hours": ("很快", "")})


@pytest.mark.parametrize(
    ("province", "on", "code"),
    [
        ("360000", date(2019, 11, 30), None),
        ("360000", date(2019, 12, 1), "jiangxi-2019"),
        ("360000", date(2024, 6, 6), "jiangxi-2019"),
        ("360000", date(2024, 6, 7), "jiangxi-2024"),
        ("360000", date(2025, 12, 31), "jiangxi-2024"),
        ("360000", date(2026, 1, 1), "jiangxi-2026"),
        ("370000", date(2023, 2, 28), None),
        ("370000", date(2023, 3, 1), "shandong-2023"),
        ("610000", date(2024, 3, 17), None),
        ("610000", date(2024, 3, 18), "shaanxi-2024"),
        ("430000", date(2026, 1, 1), None),
    ],
)
def test_province_policy_by_day(province: str, on: date, code: str | None) -> None:
    found = province_policy_on(province, on)
    assert (found.code if found else None) == code


def test_dated_values_hold_from_first_to_last_day() -> None:
    row = ParameterValue.objects.get(policy__code="jiangxi-2024", parameter__key="response_hours")
    row.valid_to = date(2026, 6, 30)
    row.save()
    row.pk = None
    row.valid_from, row.valid_to, row.value = date(2026, 7, 1), None, "36"
    row.save()
    read = [
        value_of("jiangxi-2024", "response_hours", day).number
        for day in (date(2026, 6, 30), date(2026, 7, 1))
    ]
    assert read == [48, 36]
