"""Periodic reports of the sample: drafted once, due days, handed in whole, frozen, received by another."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import ProgrammingError, connection, transaction
from pytest_django.plugin import DjangoDbBlocker

from core.transitions import MissingInput, NotYours, TransitionRefused
from inbox.models import Notice, Task
from monitoring.models import PeriodicReport
from monitoring.operations.reports.draft import draft_report, last_report_period, retake_report
from monitoring.operations.reports.hand_in import (
    draft_due_reports,
    edit_report,
    perform_report_step,
)
from monitoring.queries.periodic_reports import (
    half_year_due,
    is_late,
    late_reports,
    reads_report,
    report_files,
    visible_periodic_reports,
)
from monitoring.queries.report_tables import tables_of
from organisations.models import Organisation, Region
from procurement.models import OrderLine
from tests.databases.sample import SampleOf
from tests.factories import leads, ordering
from tests.factories import organisations as make
from tests.monitoring.bulletins.office import JOB, Office, bureau_of_sample

MARCH = date(2026, 3, 1)
JULY = datetime(2026, 7, 2, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def office(sample_of: SampleOf, django_db_blocker: DjangoDbBlocker) -> Iterator[Office]:
    with bureau_of_sample(sample_of, django_db_blocker) as made:
        yield made


@pytest.fixture(autouse=True)
def undone(office: Office) -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def _city() -> Organisation:
    region = Region.objects.filter(level="city", parent__code="360000").order_by("code")[0]
    found = Organisation.objects.filter(kind="bureau", region=region).first()
    return found or make.organisation("bureau", region=region)


@pytest.mark.parametrize(
    ("kind", "today", "first"),
    [
        ("half_year", date(2026, 7, 1), date(2026, 1, 1)),
        ("half_year", date(2026, 6, 30), date(2025, 7, 1)),
        ("half_year", date(2027, 1, 1), date(2026, 7, 1)),
        ("quarter", date(2026, 4, 1), date(2026, 1, 1)),
        ("quarter", date(2026, 3, 31), date(2025, 10, 1)),
        ("three_rates", date(2026, 1, 1), date(2025, 12, 1)),
    ],
)
def test_last_period_is_the_one_that_ended(kind: str, today: date, first: date) -> None:
    assert last_report_period(kind, today) == first


def test_half_year_is_due_on_the_policys_days(office: Office) -> None:
    assert half_year_due(date(2026, 1, 1), "360000")[0] == date(2026, 7, 10)
    assert half_year_due(date(2026, 7, 1), "360000")[0] == date(2027, 1, 10)
    # Under the policy before it nothing was due.
    assert half_year_due(date(2025, 1, 1), "360000")[0] is None


def test_half_year_report_from_draft_to_received(office: Office) -> None:
    city = _city()
    clerk, head = make.person(city, "clerk"), make.person(city, "leader")
    made = draft_report(kind="half_year", first=date(2026, 1, 1), issuer=city, by=JOB, at=JULY)
    assert draft_report(
        kind="half_year", first=date(2026, 1, 1), issuer=city, by=JOB, at=JULY
    ).pk == made.pk  # fmt: skip
    assert (made.due_on, made.receiver_id) == (date(2026, 7, 10), office.bureau.pk)
    assert Task.objects.get(object_key=made.report_no).organisation_id == city.pk
    assert not is_late(made, date(2026, 7, 10))
    assert is_late(made, date(2026, 7, 11))
    with pytest.raises(MissingInput, match="1 月或 7 月"), transaction.atomic():
        draft_report(kind="half_year", first=MARCH, issuer=city, by=JOB, at=JULY)

    # The province sees that it is owed, not what it says.
    above = office.scope(office.clerk, JULY)
    assert visible_periodic_reports(above).filter(pk=made.pk).exists()
    assert not reads_report(above, made)
    own = office.scope(clerk, JULY)
    with pytest.raises(NotYours), transaction.atomic():
        perform_report_step(
            "submit", made, note="", by=clerk, scope=own, at=JULY, seen_version=None
        )
    boss = office.scope(head, JULY)
    with pytest.raises(MissingInput, match="请填写"), transaction.atomic():
        perform_report_step(
            "submit", made, note="", by=head, scope=boss, at=JULY, seen_version=None
        )
    edited = edit_report(
        report=made, title=made.title, body="一、情况\n已处置。", by=clerk, scope=own, at=JULY
    )
    sent = perform_report_step(
        "submit", edited, note="", by=head, scope=boss, at=JULY, seen_version=edited.row_version
    )
    assert [each["kind"] for each in sent.files] == ["pdf", "docx", "xlsx"]
    assert report_files(sent).count() == 3
    assert reads_report(above, sent)
    with pytest.raises(TransitionRefused, match="附表不再变动"), transaction.atomic():
        retake_report(report=sent, by=clerk, scope=own, at=JULY)
    with pytest.raises(NotYours), transaction.atomic():
        perform_report_step(
            "accept", sent, note="", by=head, scope=boss, at=JULY, seen_version=None
        )
    with pytest.raises(MissingInput), transaction.atomic():
        perform_report_step(
            "return", sent, note="", by=office.clerk, scope=above, at=JULY, seen_version=None
        )
    back = perform_report_step(
        "return", sent, note="补充打算", by=office.clerk, scope=above, at=JULY, seen_version=None
    )
    assert Notice.objects.filter(organisation=city, title__contains="补充打算").exists()
    again = perform_report_step(
        "submit", back, note="", by=head, scope=boss, at=JULY, seen_version=None
    )
    done = perform_report_step(
        "accept", again, note="", by=office.clerk, scope=above, at=JULY, seen_version=None
    )
    assert done.state == "accepted"
    assert not Task.objects.filter(object_key=made.report_no, done_at=None).exists()


def test_what_is_late_is_told_once_and_what_ended_is_drafted_once(office: Office) -> None:
    city = _city()
    found = draft_due_reports(by=JOB, at=JULY)
    assert found.drafted == PeriodicReport.objects.count() > 0
    assert draft_due_reports(by=JOB, at=JULY).drafted == 0
    kinds = set(PeriodicReport.objects.filter(issuer=office.bureau).values_list("kind", flat=True))
    assert {"quarter", "three_rates"} <= kinds
    assert PeriodicReport.objects.filter(issuer=city, kind="half_year").exists()
    late = JULY + timedelta(days=9)
    assert late.date() == date(2026, 7, 11)
    owed = PeriodicReport.objects.filter(late_reports(date(2026, 7, 11))).count()
    assert draft_due_reports(by=JOB, at=late).told == owed > 0
    assert draft_due_reports(by=JOB, at=late + timedelta(days=1)).told == 0
    assert Notice.objects.filter(
        organisation=office.bureau, title__startswith="逾期未报送"
    ).count() == owed  # fmt: skip
    assert Notice.objects.filter(title__startswith="已逾期").count() == owed


def test_own_bureaus_report_is_received_by_another_person(office: Office) -> None:
    made = draft_report(kind="three_rates", first=MARCH, issuer=office.bureau, by=JOB, at=JULY)
    both = make.person(office.bureau, "leader")
    scope = office.scope(both, JULY)
    sent = perform_report_step(
        "submit", made, note="", by=both, scope=scope, at=JULY, seen_version=None
    )
    with pytest.raises(NotYours), transaction.atomic():
        perform_report_step(
            "accept", sent, note="", by=both, scope=scope, at=JULY, seen_version=None
        )
    other = office.scope(office.clerk, JULY)
    taken = perform_report_step(
        "accept", sent, note="", by=office.clerk, scope=other, at=JULY, seen_version=None
    )
    assert taken.state == "accepted"


def test_completed_trades_are_the_received_lines_over_the_sent_ones(office: Office) -> None:
    """A twin in SQL that asks line by line."""
    province = office.bureau.region
    assert province is not None
    (table,) = tables_of(
        "three_rates", first=MARCH, last=date(2026, 3, 31), province_id=province.pk, city_id=None
    )
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT o.code, count(*), count(*) FILTER (WHERE EXISTS (SELECT FROM"
            " procurement_receipt r WHERE r.line_id = l.id AND r.ordered_at = l.ordered_at))"
            " FROM procurement_orderline l JOIN organisations_organisation o"
            " ON o.id = l.distributor_id WHERE l.ordered_at >= '2026-03-01 00:00+08'"
            " AND l.ordered_at < '2026-04-01 00:00+08' AND l.cancelled_at IS NULL"
            " AND l.province_id = %s GROUP BY o.code",
            [province.pk],
        )
        twin = {code: (sent, received) for code, sent, received in cursor.fetchall()}
    assert twin
    told = {row[2]: row for row in table["rows"] if row[0] == "配送企业"}
    for code, (sent, received) in twin.items():
        assert told[code][3] == f"{sent:,}"
        assert told[code][6] == f"{received / sent:.2%}"
    assert {row[0] for row in table["rows"]} == {"生产企业", "配送企业"}
    quarter = tables_of(
        "quarter", first=date(2026, 1, 1), last=date(2026, 3, 31), province_id=province.pk,
        city_id=None,
    )  # fmt: skip
    assert [each["title"] for each in quarter] == [
        "各地区采购配送执行情况", "企业三率", "短缺风险研判",
    ]  # fmt: skip
    names = tables_of(
        "regulator", first=MARCH, last=date(2026, 3, 31), province_id=province.pk, city_id=None
    )
    assert [each["title"] for each in names] == ["生产企业", "流通企业", "使用单位"]
    assert all(each["rows"] for each in names)


def test_handed_in_report_is_frozen_in_the_database(office: Office) -> None:
    made = draft_report(kind="three_rates", first=MARCH, issuer=office.bureau, by=JOB, at=JULY)
    head = make.person(office.bureau, "leader")
    perform_report_step(
        "submit", made, note="", by=head, scope=office.scope(head, JULY), at=JULY,
        seen_version=None,
    )  # fmt: skip
    row = PeriodicReport.objects.filter(pk=made.pk)
    changes: tuple[dict[str, object], ...] = (
        {"body": "改"}, {"tables": []}, {"files": []}, {"title": "改"},
    )  # fmt: skip
    for change in changes:
        with pytest.raises(ProgrammingError, match="frozen"), transaction.atomic():
            row.update(**change)
    with pytest.raises(ProgrammingError), transaction.atomic():
        row.delete()
    row.update(note="可以")


def test_results_of_reviews_go_to_the_citys_agency(office: Office) -> None:
    city = _city()
    assert city.region is not None
    agency = make.organisation("agency", region=city.region)
    institution = Organisation.objects.filter(
        kind="institution", region__parent=city.region
    ).order_by("code")[0]
    line = OrderLine.objects.filter(
        institution=institution, ordered_at__gte="2026-01-05T00:00+08:00",
        ordered_at__lt="2026-03-31T00:00+08:00",
    ).order_by("ordered_at", "id")[:2]  # fmt: skip
    for place, each in enumerate(line):
        reason = ordering.clinical_reason(line=each)
        ordering.clinical_review(clinical_reason=reason, review_no=1, result="reasonable")
        if place == 0:
            ordering.clinical_review(
                clinical_reason=reason, review_no=2, result="unreasonable", note="应选中选"
            )
    made = draft_report(
        kind="reviews", first=date(2026, 1, 1), issuer=city, by=JOB, at=JULY
    )  # fmt: skip
    assert made.receiver_id == agency.pk
    summary, each_result = made.tables
    (row,) = summary["rows"]
    assert row[:2] == [institution.code, institution.name]
    assert row[2:] == [str(len(line)), str(len(line)), str(len(line) - 1), "0", "1", "0"]
    (told,) = each_result["rows"]
    assert told[2] == "不合理，应选用中选产品"
    assert told[5] == line[0].order.order_no
    reader = office.scope(make.person(agency, "clerk"), JULY)
    assert not visible_periodic_reports(reader).exists()


def test_yearly_list_of_conduct_counts_leads_and_names_none(office: Office) -> None:
    province = office.bureau.region
    commission = Organisation.objects.filter(kind="health_commission", region=province).first()
    commission = commission or make.organisation("health_commission", region=province)
    institution = Organisation.objects.filter(
        kind="institution", region__parent__parent=province
    ).order_by("code")[0]
    leads.lead(institution, finding="线索不外传", period_to=date(2025, 12, 31))
    made = draft_report(
        kind="conduct", first=date(2025, 1, 1), issuer=office.bureau, by=JOB, at=JULY
    )
    assert (made.receiver_id, made.period_to) == (commission.pk, date(2025, 12, 31))
    assert [each["title"] for each in made.tables] == ["医疗机构", "企业", "线索办理数量"]
    assert made.tables[2]["rows"][0] == ["非中选或可替代产品短期激增", "1", "1", "0", "0", "0"]
    assert "线索不外传" not in f"{made.tables}{made.body}"
    with pytest.raises(MissingInput, match="1 月"), transaction.atomic():
        draft_report(kind="conduct", first=MARCH, issuer=office.bureau, by=JOB, at=JULY)
