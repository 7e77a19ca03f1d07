"""Whoever stands for several parties reads one list, in one order, each line once."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import cycle, islice

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.lists.keyset import MERGED_PARTIES, keyset_page
from organisations.models import Organisation
from organisations.queries.scope import Scope, scope_of
from procurement.models import OrderLine
from procurement.queries.visible import visible_order_lines
from tests.factories import organisations as make
from tests.factories import stages
from tests.factories.stages import SENT, Parties

pytestmark = pytest.mark.django_db
TODAY = date(2026, 3, 31)
ORDER = ("ordered_at", "id")


def lines(*of: Parties, number: int = 23) -> None:
    """Lines in turns; two and two at the same moment."""
    for step, parties in enumerate(islice(cycle(of), number)):
        stages.order_line(parties, ordered_at=SENT + timedelta(minutes=step // 2))


def walked(scope: Scope) -> list[int]:
    found: list[int] = []
    cursor, pages = "", 0
    while pages == 0 or cursor:
        page = keyset_page(visible_order_lines(scope), order=ORDER, size=4, cursor=cursor)
        found += [line.pk for line in page.rows]
        cursor, pages = page.older, pages + 1
    return found


def expected(scope: Scope) -> list[int]:
    rows = visible_order_lines(scope).order_by("-ordered_at", "-id")
    return list(rows.values_list("pk", flat=True))


def test_a_lead_reads_the_lines_of_its_members_merged_in_order() -> None:
    first, second, stranger = stages.parties(), stages.parties(), stages.parties()
    lead = make.organisation()
    make.consortium(lead, first.institution, second.institution)
    lines(first, second, stranger)
    scope = scope_of(make.person(lead), TODAY)
    assert len(scope.institution_ids) == 3
    found = walked(scope)
    assert found == expected(scope)
    assert len(found) == OrderLine.objects.exclude(institution=stranger.institution).count() == 16


def test_an_enterprise_on_both_sides_of_a_line_reads_it_once() -> None:
    both = make.organisation("enterprise", is_manufacturer=True, is_distributor=True)
    of = stages.parties()
    lines(
        Parties(of.institution, both, both),
        Parties(of.institution, both, of.distributor),
        Parties(of.institution, of.manufacturer, both),
        of,
    )
    scope = scope_of(make.person(both), TODAY)
    found = walked(scope)
    assert found == expected(scope)
    assert len(found) == len(set(found)) == 18


@pytest.mark.parametrize(
    ("members", "merged"), [(MERGED_PARTIES - 1, True), (MERGED_PARTIES, False)]
)
def test_of_many_members_all_rows_are_read_in_order(members: int, merged: bool) -> None:
    lead: Organisation = make.organisation()
    of = stages.parties()
    make.consortium(lead, *(make.organisation() for _ in range(members - 1)), of.institution)
    lines(of, number=3)
    scope = scope_of(make.person(lead), TODAY)
    with CaptureQueriesContext(connection) as asked:
        assert walked(scope) == expected(scope)
    assert ("UNION ALL" in asked[0]["sql"]) is merged
