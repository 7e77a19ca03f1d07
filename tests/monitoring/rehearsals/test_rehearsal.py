"""A rehearsal says what the monthly job would really say if the value were in force; and no more."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

import pytest
from django.db import connection, transaction
from django.test import Client
from pytest_django.plugin import DjangoDbBlocker

from catalog.models import Selection
from catalog.operations.change_override import confirm_override, propose_override
from catalog.operations.change_result import confirm_result, propose_result
from core.jobs.run import run
from core.transitions import TransitionRefused
from monitoring.indicators.registry import BY_CODE
from monitoring.models import IndicatorValue, Rehearsal, RehearsalRow, Warning, WarningMonth
from monitoring.operations.rehearse_change import compare_month, rehearse, request_rehearsal
from monitoring.operations.warning_inputs.values import Proposed
from monitoring.rules import MONTHLY_RULES
from monitoring.rules.parameters import FIGURES_OF, parameters_read_by, rules_reading
from organisations.models import Organisation, Region, User
from organisations.queries.scope import scope_of
from policy.models import Parameter, ParameterValue, Policy, ValueChange
from policy.queries.parse import parse_value
from policy.queries.shipped import shipped_parameters
from tests.databases.sample import SampleOf
from tests.factories import catalog
from tests.factories import organisations as make
from tests.monitoring.indicators.provinces import (
    NOW,
    TESTER,
    compute,
    figures_of,
)

MARCH = date(2026, 3, 1)

KEYS = (
    "rule", "subject_type", "subject_code", "batch_code", "year_no", "group_code", "product_code",
    "severity", "measured", "threshold",
)  # fmt: skip
Breaks = set[tuple[object, ...]]


@pytest.fixture(scope="module")
def sample(sample_of: SampleOf, django_db_blocker: DjangoDbBlocker) -> Iterator[User]:
    """The sample province with March computed, and an officer of its bureau."""
    with django_db_blocker.unblock(), sample_of(MARCH), transaction.atomic():
        region = Region.objects.get(code="360000")
        bureau = Organisation.objects.filter(kind="bureau", region=region).first()
        yield make.person(bureau or make.organisation("bureau", region=region), "reviewer")
        transaction.set_rollback(True)


def told(rules: list[str]) -> Breaks:
    """What March's warnings say by the rules."""
    rows = WarningMonth.objects.filter(month=MARCH, warning__rule__in=rules)
    return set(
        rows.values_list(
            *(f"warning__{key}" for key in KEYS[:7]), "severity", "measured", "threshold"
        )
    )


def broken(table: str) -> Breaks:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(KEYS)} FROM {table}")
        return set(cursor.fetchall())


# (policy, parameter, value): looser, stricter, out of force and into force.
CASES = [
    ("jiangxi-2024", "non_selected_share_max", "0.10"),
    ("jiangxi-2024", "non_selected_share_max", None),
    ("jiangxi-2024", "behind_orange", "0.02"),
    ("jiangxi-2024", "min_lines", "1"),
    ("jiangxi-2024", "on_time_rate_min", "0.99"),
    ("jiangxi-2026", "overrun_multiple", "0.5"),
    ("jiangxi-2026", "response_rate_min", "0.999"),
]


@pytest.mark.parametrize(("policy", "key", "value"), CASES)
def test_rehearsal_equals_what_the_month_says_with_the_value_in_force(
    sample: User, policy: str, key: str, value: str | None
) -> None:
    rules = rules_reading(key)
    codes = [rule.code for rule in rules]
    province = Region.objects.get(code="360000").pk
    before = told(codes)
    with transaction.atomic():
        proposed = Proposed(policy, key, None if value is None else parse_value(key, value), "试")
        with connection.cursor() as cursor:
            compare_month(cursor, MARCH, rules, proposed, province)
        now, then = broken("broken_now"), broken("broken")
        ParameterValue.objects.filter(policy__code=policy, parameter__key=key).update(
            value=value, clause="试"
        )
        compute(MARCH)
        after = told(codes)
        transaction.set_rollback(True)
    assert now == before
    assert then == after


def test_cases_make_a_difference(sample: User) -> None:
    """The control: values that change nothing would prove nothing."""
    province = Region.objects.get(code="360000").pk
    changed = []
    for policy, key, value in CASES:
        with transaction.atomic(), connection.cursor() as cursor:
            proposed = Proposed(policy, key, None if value is None else parse_value(key, value), "")
            compare_month(cursor, MARCH, rules_reading(key), proposed, province)
            changed.append(broken("broken_now") != broken("broken"))
            transaction.set_rollback(True)
    assert sum(changed) >= len(CASES) - 2


@pytest.fixture
def change(sample: User) -> Iterator[ValueChange]:
    with transaction.atomic():
        yield catalog.value_change(
            policy=Policy.objects.get(code="jiangxi-2024"),
            parameter=Parameter.objects.get(key="non_selected_share_max"),
            value="0.10", before="0.30", valid_from=date(2026, 12, 1), proposed_by_id=sample.pk,
        )  # fmt: skip
        transaction.set_rollback(True)


def test_counts_and_rows_agree_and_nothing_else_is_touched(
    sample: User, change: ValueChange
) -> None:
    scope = scope_of(sample, NOW.date())
    held = (Warning.objects.count(), WarningMonth.objects.count(), IndicatorValue.objects.count())
    rehearsal = request_rehearsal(change=change, months=12, by=sample, scope=scope, at=NOW)
    (month,) = rehearse(rehearsal=rehearsal, province_id=scope.province_id or 0, at=NOW)
    assert month["month"] == "2026-03"
    assert month["then"] == month["now"] + month["named"] - month["cleared"]
    assert month["named"] > 0
    for effect in ("named", "cleared", "severity"):
        rows = RehearsalRow.objects.filter(rehearsal=rehearsal, effect=effect)
        assert rows.count() == month[effect]
    for row in RehearsalRow.objects.filter(rehearsal=rehearsal, effect="named"):
        assert row.threshold_now is None
        assert row.threshold_then is not None
        assert row.measured > row.threshold_then
    assert held == (
        Warning.objects.count(), WarningMonth.objects.count(), IndicatorValue.objects.count(),
    )  # fmt: skip


def test_pages_lead_from_change_to_subjects(
    sample: User, change: ValueChange, client: Client
) -> None:
    client.force_login(sample)
    address = f"/monitoring/rehearsals/{change.change_no}/"
    assert "非中选占比超限" in client.get(address).content.decode()
    assert client.post(address, {"months": "13"}).status_code == 400
    assert client.post(address, {"months": "x"}).status_code == 400
    assert client.post(address, {"months": "1"})["Location"] == address
    rehearsal = Rehearsal.objects.get(change=change)
    assert f'hx-get="{address}panel/"' in client.get(address).content.decode()
    assert client.post(address, {"months": "1"}).status_code == 302
    assert Rehearsal.objects.count() == 1
    run(rehearsal.job_id)
    assert client.get(f"{address}panel/")["HX-Refresh"] == "true"
    page = client.get(address).content.decode()
    assert f"{address}2026-03/?effect=named" in page
    named = client.get(f"{address}2026-03/?effect=named").content.decode()
    subject = RehearsalRow.objects.filter(effect="named").order_by("id")[0].subject_code
    assert subject in named
    assert "新增预警" in named
    assert client.get(f"{address}2026-03/?effect=x").status_code == 400
    assert client.get(f"{address}2026-02/").status_code == 404
    assert client.get(f"{address}no-month/").status_code == 404


def test_parameter_that_makes_figures_says_so(sample: User, client: Client) -> None:
    with transaction.atomic():
        change = catalog.value_change(
            policy=Policy.objects.get(code="jiangxi-2024"),
            parameter=Parameter.objects.get(key="response_hours"), value="24",
        )  # fmt: skip
        client.force_login(sample)
        page = client.get(f"/monitoring/rehearsals/{change.change_no}/").content.decode()
        assert "改变指标本身" in page
        assert BY_CODE["response_rate"].label in page
        with pytest.raises(TransitionRefused, match="不能试算"):
            request_rehearsal(
                change=change, months=1, by=sample, scope=scope_of(sample, NOW.date()), at=NOW
            )
        transaction.set_rollback(True)


def test_every_key_that_a_rule_reads_is_a_parameter() -> None:
    known = set(shipped_parameters())
    for rule in MONTHLY_RULES:
        assert rule.parameter in parameters_read_by(rule)
        assert parameters_read_by(rule) <= known
        assert len(re.findall("key = '", rule.sql)) >= 1


def test_figures_named_are_figures() -> None:
    assert {code for codes in FIGURES_OF.values() for code in codes} <= set(BY_CODE)
    assert TESTER.audit_name


def test_figure_parameters_are_those_that_the_indicators_are_given() -> None:
    from monitoring.indicators.cut import BATCH_KEYS, PROVINCE_KEYS

    assert set(FIGURES_OF) == {*BATCH_KEYS, *PROVINCE_KEYS}


def test_changed_results_and_batch_values_leave_an_ended_month_as_it_was(sample: User) -> None:
    """March recomputed after both is row by row what it was before."""

    def march() -> tuple[object, object]:
        return figures_of(MARCH), told([rule.code for rule in MONTHLY_RULES])

    by, at = make.person(sample.organisation, "leader"), NOW
    scopes = {user: scope_of(user, NOW.date()) for user in (sample, by)}
    before = march()
    with transaction.atomic():
        won = Selection.objects.filter(
            batch__code="JX-YP-2026-1", role="selected", valid_to=None
        ).select_related("batch", "product", "region")[0]
        batch, december = won.batch, date(2026, 12, 1)
        change = propose_result(
            batch=batch, kind="price", product=won.product, region=won.region, new_region=None,
            role="selected", price=round(won.price / 2, 4), effective_on=december, clause="执行 三",
            reason="企业主动降价", by=sample, scope=scopes[sample], at=at,
        )  # fmt: skip
        confirm_result(change=change, by=by, scope=scopes[by], at=at)
        for key, value in (("response_hours", "1"), ("non_selected_share_max", "0")):
            own = propose_override(
                batch=batch, parameter=Parameter.objects.get(key=key), value=value,
                valid_from=december, clause="执行 三", document=None, reason="执行文件",
                by=sample, scope=scopes[sample], at=at,
            )  # fmt: skip
            confirm_override(change=own, by=by, scope=scopes[by], at=at)
        compute(MARCH)
        after = march()
        transaction.set_rollback(True)
    assert after == before
