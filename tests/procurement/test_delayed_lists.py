"""The 延迟响应清单 from the morning it is made to its end, the rule beside it, and automatic voids."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from core.audit.record import SystemActor
from core.transitions import MissingInput, NotYours, StaleVersion, TransitionRefused
from core.workdays.deadlines import SHANGHAI
from inbox.models import Notice, Task
from monitoring.models import Warning
from monitoring.operations.raise_daily import raise_daily_warnings
from monitoring.rules.unanswered import ORDER_UNANSWERED
from organisations.models import Organisation, User
from organisations.queries.scope import scope_of
from policy.models import Policy
from procurement.models import DelayedList, DelayedRow, LineProgress, OrderLine
from procurement.operations.answers import confirm_lines
from procurement.operations.delayed_lists import (
    DelayAnswer,
    answer_delayed,
    close_delayed,
    make_delayed_lists,
)
from procurement.operations.idle_lines import announce_voids, void_announced
from procurement.rules.idle_lines import void_time
from tests.factories import catalog, stages
from tests.factories import organisations as people
from tests.factories.stages import Parties

pytestmark = pytest.mark.django_db
CLOCK = SystemActor(audit_name="定时任务")
# 星期五 and the Monday after it, no holiday near.
SENT = datetime(2026, 3, 11, 10, tzinfo=SHANGHAI)
FRIDAY = datetime(2026, 3, 13, 10, tzinfo=SHANGHAI)
MONDAY = date(2026, 3, 16)


class Late:
    """One county with its bureau, a distributor and a hospital; lines due on Friday at ten."""

    def __init__(self, lines: int = 2) -> None:
        county = people.county()
        self.bureau = people.organisation("bureau", region=county)
        province = county.parent.parent if county.parent else None
        self.home = people.organisation("bureau", region=province)
        self.of = Parties(
            people.organisation(region=county),
            people.organisation("enterprise"),
            people.organisation("enterprise", is_manufacturer=False, is_distributor=True),
        )
        self.lines = [self.line() for _ in range(lines)]

    def line(self, **fields: Any) -> OrderLine:
        head = stages.order(self.of, sent_at=SENT)
        made = stages.order_line(
            self.of, order=head, ordered_at=SENT, response_due_at=FRIDAY,
            delivery_due_at=FRIDAY + timedelta(hours=24), **fields,
        )  # fmt: skip
        stages.progress(made)
        return made

    def acting(self, of: Organisation, at: datetime, *roles: str) -> dict[str, Any]:
        made = people.person(of, *(roles or ("clerk",)))
        user = User.objects.select_related("organisation__region__parent__parent").get(pk=made.pk)
        return {"by": user, "scope": scope_of(user, at.date()), "at": at}


def morning(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 8, 10, tzinfo=SHANGHAI)


def test_list_is_made_on_the_next_working_morning_once() -> None:
    late = Late()
    assert make_delayed_lists(on=FRIDAY.date(), by=CLOCK, at=FRIDAY) == 0, "due is not past yet"
    for weekend in (14, 15):
        day = date(2026, 3, weekend)
        assert make_delayed_lists(on=day, by=CLOCK, at=morning(day)) == 0
    assert make_delayed_lists(on=MONDAY, by=CLOCK, at=morning(MONDAY)) == 1
    assert make_delayed_lists(on=MONDAY, by=CLOCK, at=morning(MONDAY)) == 0
    late.line()
    assert make_delayed_lists(on=MONDAY, by=CLOCK, at=morning(MONDAY)) == 0, "one a day"
    (head,) = DelayedList.objects.all()
    assert (head.due_on, head.row_count, head.state) == (MONDAY, 2, "open")
    row = head.rows.first()
    assert row is not None and (row.due_at, row.listed_state) == (FRIDAY, "sent")
    task = Task.objects.get(object_key=head.list_no)
    assert (task.organisation_id, task.act) == (late.of.distributor.pk, "answer_delayed")
    assert Notice.objects.filter(organisation=late.bureau, title__contains=head.list_no).exists()
    tuesday = MONDAY + timedelta(days=1)
    assert make_delayed_lists(on=tuesday, by=CLOCK, at=morning(tuesday)) == 1
    assert DelayedRow.objects.count() == 3


def test_distributor_explains_by_row_and_the_bureau_closes() -> None:
    late = Late()
    at = morning(MONDAY)
    make_delayed_lists(on=MONDAY, by=CLOCK, at=at)
    head = DelayedList.objects.get()
    first, second = head.rows.order_by("pk")
    sender, bureau = late.acting(late.of.distributor, at), late.acting(late.bureau, at)
    for wrong in (
        [],
        [DelayAnswer(first.pk, "x")],
        [DelayAnswer(first.pk, "other", " ")],
        [DelayAnswer(0, "system")],
    ):
        with pytest.raises(MissingInput):
            answer_delayed(delayed_list=head, answers=wrong, **sender)
    with pytest.raises(NotYours):
        answer_delayed(delayed_list=head, answers=[DelayAnswer(first.pk, "system")], **bureau)
    part = answer_delayed(
        delayed_list=head, answers=[DelayAnswer(first.pk, "system")], seen_version=1, **sender
    )
    assert part.state == "open"
    with pytest.raises(StaleVersion):
        answer_delayed(
            delayed_list=head, answers=[DelayAnswer(second.pk, "system")], seen_version=1, **sender
        )
    whole = answer_delayed(
        delayed_list=head, answers=[DelayAnswer(second.pk, "other", "停电")], **sender
    )
    assert whole.state == "answered"
    with pytest.raises(TransitionRefused):
        answer_delayed(delayed_list=head, answers=[DelayAnswer(first.pk, "system")], **sender)
    waiting = Task.objects.get(object_key=head.list_no, done_at__isnull=True)
    assert (waiting.organisation_id, waiting.act) == (late.bureau.pk, "close_delayed")
    with pytest.raises(NotYours):
        close_delayed(delayed_list=head, closing_note="好", **sender)
    with pytest.raises(MissingInput):
        close_delayed(delayed_list=head, closing_note=" ", **bureau)
    assert close_delayed(delayed_list=head, closing_note="已督促", **bureau).state == "closed"
    assert not Task.objects.filter(object_key=head.list_no, done_at__isnull=True).exists()


def test_page_leads_to_the_order_and_says_once_what_closing_needs(client: Client) -> None:
    late = Late()
    make_delayed_lists(on=MONDAY, by=CLOCK, at=morning(MONDAY))
    head = DelayedList.objects.get()
    client.force_login(late.acting(late.bureau, morning(MONDAY))["by"])
    page = client.get(reverse("delayed-list", args=[head.list_no])).content.decode()
    for row in head.rows.all():
        assert reverse("order", args=[row.order_no]) in page
    url = reverse("delayed-list-act", args=[head.list_no, "close"])
    refused = client.post(url, {"version": head.row_version, "words": ""})
    words = refused.content.decode()
    assert refused.status_code == 400
    assert "请填写办结意见" in words
    assert "没有办理" not in words


def test_warning_stands_from_the_hour_to_the_last_answer() -> None:
    late = Late()
    raise_daily_warnings(ORDER_UNANSWERED, on=FRIDAY.date(), by=CLOCK, at=FRIDAY)
    assert not Warning.objects.exists()
    after = FRIDAY + timedelta(seconds=1)
    for _ in range(2):
        raise_daily_warnings(ORDER_UNANSWERED, on=after.date(), by=CLOCK, at=after)
    (found,) = Warning.objects.filter(rule="order_unanswered")
    assert (found.severity, found.measured, found.subject_code) == (
        "yellow", Decimal(2), late.of.distributor.code,
    )  # fmt: skip
    sender = late.acting(late.of.distributor, after)
    confirm_lines(line_ids=[late.lines[0].pk], **sender)
    raise_daily_warnings(ORDER_UNANSWERED, on=after.date(), by=CLOCK, at=after)
    found.refresh_from_db()
    assert (found.measured, found.state) == (Decimal(1), "open")
    confirm_lines(line_ids=[late.lines[1].pk], **sender)
    raise_daily_warnings(ORDER_UNANSWERED, on=after.date(), by=CLOCK, at=after)
    found.refresh_from_db()
    assert found.state == "recovered"


@pytest.mark.parametrize(
    ("days", "hours", "expected"),
    [("0", 9999, None), ("7", 6 * 24 - 1, None), ("7", 6 * 24, 7 * 24), ("7", 30 * 24, 31 * 24)],
)
def test_void_is_announced_a_day_before(days: str, hours: int, expected: int | None) -> None:
    now = SENT + timedelta(hours=hours)
    found = void_time(confirmed_at=SENT, days=Decimal(days), now=now)
    assert found == (None if expected is None else SENT + timedelta(hours=expected))


def test_confirmed_line_is_voided_only_where_the_policy_says_and_after_being_announced() -> None:
    late = Late(0)
    batch = catalog.batch(policy=Policy.objects.get(code="jiangxi-2024"))
    catalog.batch_parameter(batch=batch, parameter="ship_void_days", value="7")
    line, kept = late.line(batch=batch), late.line()
    confirm_lines(line_ids=[line.pk, kept.pk], **late.acting(late.of.distributor, FRIDAY))
    before = FRIDAY + timedelta(days=6, seconds=-1)
    assert (void_announced(by=CLOCK, at=before), announce_voids(by=CLOCK, at=before)) == (0, 0)
    announced = FRIDAY + timedelta(days=6)
    assert announce_voids(by=CLOCK, at=announced) == 1
    assert announce_voids(by=CLOCK, at=announced) == 0
    told = Notice.objects.filter(title__contains="将自动作废").values_list(
        "organisation", flat=True
    )
    assert set(told) == {late.of.distributor.pk, late.of.institution.pk}
    due = FRIDAY + timedelta(days=7)
    assert void_announced(by=CLOCK, at=due - timedelta(seconds=1)) == 0
    assert (void_announced(by=CLOCK, at=due), void_announced(by=CLOCK, at=due)) == (1, 0)
    states = dict(LineProgress.objects.values_list("line_id", "state"))
    assert states == {line.pk: "voided", kept.pk: "confirmed"}
