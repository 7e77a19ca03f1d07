"""What is kept beside the figures, counts of a report and sums of a county, equals its lines."""

from __future__ import annotations

import threading
from decimal import Decimal

import pytest
from django.db import connections
from django.db.models import Count, F, Q, Sum

from core.transitions import Refusal
from organisations.queries.scope import Scope
from tests.factories import catalog as make
from tests.factories import organisations as people
from tests.factories import reports
from tests.volumes.land import LATE, Land
from volumes.models import VolumeReport, VolumeReportLine
from volumes.operations.review.levels import reopen_report, return_report, take_report
from volumes.queries.review import (
    DROPPED,
    RISEN,
    reports_for_review,
    shortfalls,
    with_line_counts,
)
from volumes.queries.totals import TotalOfGroup, group_totals
from volumes.queries.visible import visible_reports
from volumes.states.report import HANDED_STATES, ReportState


@pytest.fixture
def land(db: None) -> Land:
    return Land()


def test_counts_kept_beside_a_report_are_those_of_its_lines(land: Land) -> None:
    figures = [(0, 0), (79, 100), (80, 100), (250, 100), (251, 100), (0, 1), (5, 0)]
    groups = [make.group() for _ in figures]
    row = land.report(
        land.a, *((group, *each) for group, each in zip(groups, figures, strict=True))
    )
    lines = [*row.lines.order_by("id")]
    assert counts(row, land) == (7, 3, 3, 0, 2, 1)
    take_report(report=row, **land.office("county"))
    for line, review in zip(lines, ("returned", "returned", "", "", "accepted"), strict=False):
        VolumeReportLine.objects.filter(pk=line.pk).update(review=review)
        counts(row, land)
    assert counts(row, land) == (7, 3, 1, 2, 2, 1)
    none = reports.volume_report(land.b, land.task, state="returned")
    assert counts(none, land) == (0, 0, 0, 0, 0, 0)


def counts(row: VolumeReport, land: Land) -> tuple[int, ...]:
    """As the lists read them; equal to what the lines themselves say."""
    scope = land.scope(land.offices["province"])
    names = ("lines_n", "flagged", "unjudged", "returned_n")
    kept = reports_for_review(scope).values_list(*names).get(pk=row.pk)
    whole = VolumeReport.objects.filter(pk=row.pk)
    assert kept == with_line_counts(whole).values_list(*names).get()
    short = (
        row.lines.filter(DROPPED).count(),
        row.lines.filter(prior_year_qty__gt=0, reported_qty=0).count(),
    )
    told = shortfalls(scope).values_list("low_n", "none_n").filter(pk=row.pk).first()
    assert told == (short if any(short) else None) or not row.lines.exists()
    return (*kept, *short)


def of_lines(scope: Scope, task_id: int) -> list[TotalOfGroup]:
    """The same totals, read from every line that one sees."""
    handed = visible_reports(scope).filter(task=task_id, state__in=HANDED_STATES)
    rows = (
        VolumeReportLine.objects.filter(report__in=handed.order_by().values("pk"))
        .values(code=F("group__code"), name=F("group__name"), base_unit=F("group__base_unit"))
        .annotate(
            units=Count("pk", filter=Q(reported_qty__gt=0)), reported=Sum("reported_qty"),
            prior=Sum("prior_year_qty"), dropped=Count("pk", filter=DROPPED),
            risen=Count("pk", filter=RISEN),
        )
        .order_by("group__code")
    )  # fmt: skip
    return [TotalOfGroup(**row) for row in rows]


def same(land: Land) -> list[TotalOfGroup]:
    """Equal for every authority; the province's own, for a look at the numbers."""
    found = []
    for of in (*land.offices.values(), land.health):
        scope = land.scope(of)
        found.append(group_totals(scope, land.task.pk))
        assert found[-1] == of_lines(scope, land.task.pk), of.name
    return found[2]


def test_sums_of_counties_are_those_of_their_lines_at_every_step(land: Land) -> None:
    beside = people.organisation(region=people.region(parent=land.city), name="邻县医院")
    above = people.organisation(region=land.city, name="市直医院")
    row = land.report(land.a, (land.g1, 100, 80), (land.g2, 0, 10))
    for of, figure in ((land.b, 50), (beside, 7), (above, 20)):
        land.report(of, (land.g1, figure, 100))
    assert [(each.code, each.units, each.reported, each.dropped) for each in same(land)] == [
        ("G1", 4, Decimal(177), 3), ("G2", 0, Decimal(0), 1),
    ]  # fmt: skip
    row = return_report(report=row, opinion="请核对", until=LATE, **land.office("county"))
    assert [each.code for each in same(land)] == ["G1"]
    # As the unit hands it in again, with a figure changed.
    line = row.lines.get(group=land.g2)
    VolumeReportLine.objects.filter(pk=line.pk).update(reported_qty=8)
    held = VolumeReport.objects.filter(pk=row.pk)
    for state in ("hospital_review", "leader_review"):
        held.update(state=state)
    held.update(state="submitted", office=land.offices["county"])
    assert [each.reported for each in same(land)] == [177, 8]
    row.refresh_from_db()
    land.up(row)
    reopen_report(report=row, opinion="更正", until=LATE, **land.office("province"))
    assert [each.code for each in same(land)] == ["G1"]
    standing = VolumeReport.objects.get(institution=land.b)
    VolumeReport.objects.filter(pk=standing.pk).update(county=beside.region)
    assert [each.reported for each in same(land)] == [77]


def test_the_states_in_which_figures_count_are_the_databases(db: None) -> None:
    with connections["default"].cursor() as cursor:
        cursor.execute(
            "SELECT s FROM unnest(%s::text[]) s WHERE volumes_is_handed(s)",
            [[*ReportState.values]],
        )
        assert {row[0] for row in cursor.fetchall()} == set(HANDED_STATES)


def test_two_units_of_a_county_that_go_back_at_once_are_both_taken_out(fresh_database: str) -> None:
    land = Land()
    rows = [land.report(of, (land.g1, 100, 100)) for of in (land.a, land.b)]
    barrier, said = threading.Barrier(2), []

    def act(number: int) -> None:
        try:
            office = land.office("county")
            barrier.wait()
            return_report(report=rows[number], opinion="请核对", until=LATE, **office)
        except Refusal as refusal:
            said.append(refusal.reason)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=act, args=(number,)) for number in range(2)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert said == []
    assert same(land) == []
