"""R-9: faults planted one by one in sight, entry, answers and trail; the matrix's own tests catch each.

Without a fault the same tests pass: they run as tests of their own files.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import Http404, HttpResponse
from rest_framework.generics import GenericAPIView

from organisations.api.base import ScopedViewSet
from organisations.models import Organisation, User
from organisations.queries import visibility
from organisations.queries.scope import Scope
from organisations.queries.sign_in_backend import PeopleBackend
from tests.matrix.table import load_table
from tests.matrix.test_existence import test_foreign_and_missing_read_the_same as reads_the_same
from tests.matrix.test_matrix import test_status_and_canaries as status_and_canaries
from tests.matrix.test_trail import test_mutating_route_leaves_an_event as leaves_an_event
from tests.matrix.test_trail import test_refusal_leaves_an_event as refusal_leaves_an_event
from tests.matrix.test_visible_sets import (
    test_each_actor_sees_what_the_specification_says as sees_what_is_said,
)
from tests.matrix.world import World

ROWS = {row.label: row for row in load_table()}
IN_CI = 4
"""Every so manieth fault is planted in CI, all with `--effort full`."""
Patch = pytest.MonkeyPatch
Check = Callable[[World], None]


@dataclass(frozen=True)
class Fault:
    """What was got wrong, how it is planted, and the test that has to fail of it."""

    name: str
    plant: Callable[[Patch], None]
    check: Check


def _on_row(test: Callable[..., None], label: str) -> Check:
    return lambda world: test(ROWS[label], world)


def _on_set(name: str) -> Check:
    return lambda world: sees_what_is_said(name, world)


def _replace(place: str, value: Any) -> Callable[[Patch], None]:
    return lambda patch: patch.setattr(place, value)


def _replace_of(owner: Any, name: str, value: Any) -> Callable[[Patch], None]:
    return lambda patch: patch.setattr(owner, name, value, raising=False)


def _unlimited(scope: Scope, rows: QuerySet[Any], seen: Q | None = None) -> QuerySet[Any]:
    """`within` that forgets its condition."""
    return visibility.within(scope, rows)


def _sight(kind: str, wrong: Callable[[Scope], visibility.Alternatives]) -> Any:
    """The rule of sight, wrong for one kind of organisation."""
    right = visibility.party_alternatives
    return lambda scope: wrong(scope) if scope.is_business and scope.kind == kind else right(scope)


def _in(column: str, value: int | None) -> visibility.Alternatives:
    return ((column, frozenset({value or 0})),)


def _ids(**which: Any) -> frozenset[int]:
    return frozenset(Organisation.objects.filter(**which).values_list("pk", flat=True))


def _forbidden_instead(self: ScopedViewSet) -> Any:
    """404 for what is not there, 403 for what is another's."""
    try:
        return GenericAPIView.get_object(self)
    except Http404:
        rows = self.get_queryset().model._default_manager
        if rows.filter(**{self.lookup_field: self.kwargs[self.lookup_field]}).exists():
            raise PermissionDenied("不是您的") from None
        raise


PARTIES = "organisations.queries.visibility.party_alternatives"
REGIONS = "organisations.queries.visibility.region_alternatives"
FAULTS = [
    Fault("warnings without their condition",
          _replace("monitoring.queries.visible.subject_rows", lambda scope: Q(pk__isnull=False)),
          _on_set("warnings")),
    Fault("a county's officer sees the whole city",
          _replace(REGIONS, lambda scope: _in("city_id", scope.city_id)), _on_set("order lines")),
    Fault("every authority sees the province",
          _replace(REGIONS, lambda scope: _in("province_id", scope.province_id)),
          _on_set("receipts")),
    Fault("an agency sees beyond its pool",
          _replace(PARTIES, _sight("agency", lambda scope: _in("province_id", scope.province_id))),
          _on_set("deliveries")),
    Fault("an enterprise sees by kind, not by name",
          _replace(PARTIES, _sight("enterprise", lambda scope: (
              ("manufacturer_id", _ids(is_manufacturer=True)),))),
          _on_set("order lines")),
    Fault("a hospital sees its county",
          _replace(PARTIES, _sight("institution", lambda scope: _in("county_id", scope.county_id))),
          _on_set("complaints")),
    Fault("everybody counts as merged into one's own",
          _replace("organisations.queries.scope._predecessor_ids", lambda user: _ids()),
          _on_set("returns")),
    Fault("every hospital leads all others",
          _replace("organisations.queries.scope._institution_ids", lambda *given: _ids()),
          _on_set("agreement lines")),
    Fault("platform administrators count as people of the trade",
          _replace_of(Scope, "is_business", property(lambda scope: scope.active)),
          _on_row(status_and_canaries, "task-list GET")),
    Fault("roles are not looked at",
          _replace_of(Scope, "has_role", lambda scope, *roles: True),
          _on_row(status_and_canaries, "people GET")),
    Fault("accounts that are switched off stay signed in",
          _replace_of(PeopleBackend, "user_can_authenticate", lambda backend, user: bool(user)),
          _on_row(status_and_canaries, "notice-list GET")),
    Fault("tasks without their condition",
          _replace("inbox.queries.visible.within", _unlimited),
          _on_row(status_and_canaries, "task-list GET")),
    Fault("organisations without their condition",
          _replace("organisations.queries.visible.within", _unlimited),
          _on_row(status_and_canaries, "api-organisation-list GET")),
    Fault("reports of quantities without their condition",
          _replace("volumes.queries.visible.within", _unlimited), _on_set("report lines")),
    Fault("orders without their condition",
          _replace("procurement.queries.visible.within", _unlimited), _on_set("orders")),
    Fault("other people's accounts open by their address",
          _replace("organisations.views.people.people_of",
                   lambda scope: visibility.within(scope, User.objects.all())),
          _on_row(status_and_canaries, "person GET")),
    Fault("what is not there tells what was asked for",
          _replace("core.views.errors.error_page",
                   lambda request, status, **said: HttpResponse(request.path, status=status)),
          _on_row(reads_the_same, "warning-detail GET")),
    Fault("what is another's is forbidden instead of missing",
          _replace_of(ScopedViewSet, "get_object", _forbidden_instead),
          _on_row(reads_the_same, "api-warning-detail GET")),
    Fault("refusals leave no event",
          _replace("core.audit.refusals._record", lambda *given: None),
          _on_row(refusal_leaves_an_event, "person POST")),
    Fault("an operation leaves no event",
          _replace("organisations.operations.people.record", lambda **given: None),
          _on_row(leaves_an_event, "person POST")),
]  # fmt: skip


@pytest.mark.reliability
def test_planted_faults_are_caught(world: World, rounds: Callable[[int, int], int]) -> None:
    missed = []
    for fault in FAULTS[:: rounds(IN_CI, 1)]:
        with pytest.MonkeyPatch.context() as patch:
            fault.plant(patch)
            try:
                fault.check(world)
            except AssertionError:
                continue
            missed.append(fault.name)
    assert missed == []


def test_there_are_twenty_and_each_is_another() -> None:
    assert len({fault.name for fault in FAULTS}) == len(FAULTS) == 20
