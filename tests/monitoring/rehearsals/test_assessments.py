"""A proposed limit of the non-selected share against kept assessments: which groups turn."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from monitoring.queries.rehearsed_assessments import rejudged_years
from organisations.queries.scope import scope_of
from policy.models import Parameter, Policy
from tests.factories import assessments as make
from tests.factories import catalog
from tests.factories import organisations as people

pytestmark = pytest.mark.django_db
# Numerator of 100, why it failed: (share, because); the limit was 0.30.
GROUPS = (
    ("0", ""), ("25", ""), ("26", ""), ("30", ""), ("31", "non_selected"), ("90", "non_selected"),
    ("90", "incomplete"), ("90", "no_agreement"),
)  # fmt: skip
# Proposed: passing then, newly failing, newly passing. A share exactly at the limit passes.
CASES = (
    ("0.25", 2, 2, 0), ("0.30", 4, 0, 0), ("0.31", 5, 0, 1), (None, 6, 0, 2), ("0", 1, 3, 0),
)  # fmt: skip


def test_which_groups_turn() -> None:
    province = people.region("360000")
    officer = people.person(people.organisation("bureau", region=province), "reviewer")
    scope = scope_of(officer, date(2026, 4, 1))
    policy = Policy.objects.get(code="jiangxi-2024")
    year = catalog.agreement_year(batch=catalog.batch(policy=policy), ends_on=date(2025, 12, 31))
    held = make.year_assessment(
        year=year, batch_code=year.batch.code, share_max=Decimal("0.30"), ends_on=year.ends_on
    )
    own_city = people.region(parent=province)
    for share, because in GROUPS:
        make.assessed_group(
            people.organisation(region=own_city), held, because=because, passed=not because,
            unfinished=["P"] if because == "incomplete" else [],
            share_numerator=Decimal(share), share_denominator=Decimal(100),
        )  # fmt: skip
    key = Parameter.objects.get(key="non_selected_share_max")
    change = catalog.value_change(policy=policy, parameter=key, value="0.25")
    for value, then, fails, clears in CASES:
        change.value = value
        (found,) = rejudged_years(scope, change)
        assert (found.passed_now, found.passed_then, found.fails, found.clears) == (
            4, then, fails, clears,
        )  # fmt: skip
        assert (len(found.failed), len(found.cleared)) == (fails, clears)
    # Another parameter judges no assessment; a batch's own limit stands before its policy's.
    other = Parameter.objects.get(key="behind_orange")
    assert rejudged_years(scope, catalog.value_change(policy=policy, parameter=other)) == []
    catalog.batch_parameter(batch=year.batch, parameter="non_selected_share_max", value="0.40")
    change.value = "0.25"
    assert rejudged_years(scope, change) == []
    override = catalog.override_change(batch=year.batch, parameter=key, value="0.25")
    assert rejudged_years(scope, override)[0].fails == 2
