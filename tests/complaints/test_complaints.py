"""Complaints: who files, who is told, the clocks across 调休, 督办 and the levels above."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection

from catalog.models import QualityHold
from complaints.models import Complaint, ComplaintMessage, LiaisonContact
from complaints.operations.bureau import close_complaint, escalate, supervise
from complaints.operations.contacts import (
    check_contact,
    end_contact,
    name_contact,
    remind_of_contacts,
)
from complaints.operations.follow import Followed, follow_complaints
from complaints.operations.moves import (
    claim_solved,
    confirm_solved,
    refuse_solved,
    reply_complaint,
    withdraw_complaint,
)
from complaints.operations.thread import say
from complaints.queries.cases import case_of
from complaints.rules import unchecked_since
from core.audit.models import AuditEvent
from core.audit.record import SystemActor
from core.transitions import MissingInput, NotYours, StaleVersion, TransitionRefused
from inbox.models import Notice, Task
from tests.complaints.cast import Cast, case, moment
from tests.factories import complaints as made
from tests.factories import stages

pytestmark = pytest.mark.django_db
JOB = SystemActor(audit_name="测试任务")
AT = moment("2026-09-30 10:00")
"""The day before the long holiday: 8 and 9 October are the next working days, and Saturday the
10th is worked in exchange."""


@pytest.fixture
def cast() -> Cast:
    return Cast()


def waiting(**fields: Any) -> set[tuple[int, str]]:
    rows = Task.objects.filter(done_at__isnull=True, object_type="complaint", **fields)
    return set(rows.values_list("organisation_id", "act"))


def replied(cast: Cast, at: datetime = AT, promised: date = date(2026, 10, 9)) -> Complaint:
    complaint = cast.file(at)
    reply_complaint(
        complaint=complaint, reply="明天补送", promised_on=promised, **cast.acting(cast.carrier, at)
    )
    return complaint


def claimed(cast: Cast, at: datetime = AT) -> Complaint:
    complaint = replied(cast, at)
    claim_solved(complaint=complaint, solution="已送到", **cast.acting(cast.maker, at))
    return complaint


# --- filing -------------------------------------------------------------------------------------


def test_all_sides_get_it_at_once(cast: Cast) -> None:
    photo = SimpleUploadedFile("到货.png", b"\x89PNG\r\n\x1a\n" + b"0" * 40)
    complaint = cast.file(AT, uploads=(photo,))
    row = case(complaint)
    assert (complaint.manufacturer, complaint.distributor) == (cast.maker, cast.carrier)
    assert (row.state, row.level, row.due_on) == ("filed", "county", date(2026, 10, 9))
    assert waiting() == {(cast.maker.pk, "reply_complaint"), (cast.carrier.pk, "reply_complaint")}
    told = Notice.objects.values_list("organisation_id", flat=True)
    assert set(told) == {cast.maker.pk, cast.carrier.pk, cast.county.pk}
    assert ComplaintMessage.objects.get().text == "超过三天没有送到"
    assert AuditEvent.objects.filter(action="complaint.file").count() == 1


def test_quality_goes_to_regulator_and_health_and_holds_the_product(cast: Cast) -> None:
    complaint = cast.file(AT, category="quality", hold_use=True, lot_no="A1")
    told = set(Notice.objects.values_list("organisation_id", flat=True))
    assert {cast.regulator.pk, cast.health.pk} <= told
    hold = QualityHold.objects.get()
    assert (hold.institution, hold.lot_no, hold.basis) == (
        cast.hospital, "A1", complaint.complaint_no,
    )  # fmt: skip


def test_lower_price_before_begins_with_the_city_and_is_decided_by_the_province(
    cast: Cast,
) -> None:
    complaint = cast.file(AT, category="pre_price_lower", prior_price=Decimal("4.20"))
    row = case(complaint)
    assert (row.level, row.selected_price) == ("city", Decimal("5.60"))
    # Five working days after 30 September: 8, 9, 10 (a Saturday), 12, 13 October.
    assert row.bureau_due_on == date(2026, 10, 13)
    assert (cast.city.pk, "supervise_complaint") in waiting()
    with pytest.raises(TransitionRefused, match="省级处理"):
        close_complaint(complaint=complaint, conclusion="已知", **cast.acting(cast.city, AT))
    escalate(complaint=complaint, text="汇总上报", **cast.acting(cast.city, AT))
    assert waiting(act="supervise_complaint") == {(cast.province.pk, "supervise_complaint")}
    close_complaint(complaint=complaint, conclusion="纳入询价", **cast.acting(cast.province, AT))
    assert (case(complaint).state, waiting()) == ("closed", set())


def test_an_enterprise_files_by_its_order_line(cast: Cast) -> None:
    complaint = cast.file(AT, cast.carrier, category="not_received")
    assert (complaint.filed_by, complaint.institution) == ("enterprise", cast.hospital)
    assert waiting() == {(cast.hospital.pk, "reply_complaint")}
    with pytest.raises(NotYours):
        reply_complaint(
            complaint=complaint, reply="已收", promised_on=date(2026, 10, 8),
            **cast.acting(cast.carrier, AT),
        )  # fmt: skip
    reply_complaint(
        complaint=complaint, reply="今天补收", promised_on=date(2026, 10, 8),
        **cast.acting(cast.hospital, AT),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"category": "not_paid"}, "category"),
        ({"content": "  "}, "content"),
        ({"order_no": "没有的订单"}, "order_no"),
        ({"line_no": 9}, "order_no"),
        ({"line_no": None}, "line_no"),
        ({"order_no": ""}, "order_no"),
        ({"order_no": "", "line_no": None}, "product"),
        ({"category": "pre_price_lower"}, "prior_price"),
        ({"category": "pre_price_lower", "prior_price": Decimal("5.60")}, "prior_price"),
        ({"category": "pre_price_lower", "prior_price": Decimal(0)}, "prior_price"),
        ({"prior_price": Decimal(1)}, "prior_price"),
        ({"hold_use": True}, "hold_use"),
    ],
)
def test_wrong_complaint_is_refused_by_its_field(
    cast: Cast, changes: dict[str, Any], field: str
) -> None:
    with pytest.raises(MissingInput) as refused:
        cast.file(AT, **changes)
    assert refused.value.field == field
    assert not Complaint.objects.exists() and not Notice.objects.exists()


def test_strangers_neither_file_nor_act(cast: Cast) -> None:
    for other in (cast.county, cast.regulator):
        with pytest.raises(NotYours):
            cast.file(AT, other)
    complaint = cast.file(AT)
    for other in (cast.stranger, cast.regulator, cast.hospital):
        with pytest.raises(NotYours):
            reply_complaint(
                complaint=complaint, reply="x", promised_on=date(2026, 10, 8),
                **cast.acting(other, AT),
            )  # fmt: skip
    with pytest.raises(NotYours):
        say(complaint=complaint, text="x", **cast.acting(cast.stranger, AT))
    with pytest.raises(NotYours):
        supervise(complaint=complaint, text="x", **cast.acting(cast.stranger, AT))


# --- clocks -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("filed", "due"),
    [
        ("2026-09-30 23:59", date(2026, 10, 9)),
        ("2026-10-01 00:00", date(2026, 10, 9)),
        ("2026-10-08 09:00", date(2026, 10, 10)),
        ("2026-10-09 09:00", date(2026, 10, 12)),
    ],
)
def test_reply_is_due_in_working_days_across_the_exchange(
    cast: Cast, filed: str, due: date
) -> None:
    assert case(cast.file(moment(filed))).due_on == due


@pytest.mark.parametrize(
    ("promised", "kept"),
    [
        (date(2026, 9, 29), False),
        (date(2026, 9, 30), True),
        (date(2026, 10, 13), True),
        (date(2026, 10, 14), False),
    ],
)
def test_promise_is_at_most_five_working_days_ahead(cast: Cast, promised: date, kept: bool) -> None:
    if kept:
        row = case(replied(cast, promised=promised))
        assert (row.due_on, row.complaint.promised_on) == (promised, promised)
        return
    with pytest.raises(MissingInput) as refused:
        replied(cast, promised=promised)
    assert refused.value.field == "promised_on"
    assert Complaint.objects.get().replied_at is None


@pytest.mark.parametrize(
    ("step", "verb", "due"),
    [
        # Three working days of the filer, three of the bureau, two of the reply anew.
        ("claim", None, date(2026, 10, 10)),
        ("confirm", confirm_solved, date(2026, 10, 10)),
        ("refuse", refuse_solved, date(2026, 10, 9)),
    ],
)
def test_every_step_has_its_own_day(
    cast: Cast, step: str, verb: Callable[..., object] | None, due: date
) -> None:
    complaint = claimed(cast)
    if verb is not None:
        words = {"refusal": "还差两盒"} if step == "refuse" else {}
        verb(complaint=complaint, **words, **cast.acting(cast.hospital, AT))
    assert case(complaint).due_on == due


@pytest.mark.parametrize(
    ("looked", "overdue"),
    [("2026-10-08 23:00", 0), ("2026-10-09 23:59", 0), ("2026-10-10 00:05", 1)],
)
def test_unanswered_is_overdue_the_day_after_its_last(
    cast: Cast, looked: str, overdue: int
) -> None:
    complaint = cast.file(AT)
    assert follow_complaints(by=JOB, at=moment(looked)) == Followed(0, 0, overdue, 0)
    again = follow_complaints(by=JOB, at=moment(looked))
    assert again == Followed(0, 0, 0, 0)
    row = case(complaint)
    if overdue:
        # 督办 within two working days of Saturday the 10th, which is worked.
        assert row.bureau_due_on == date(2026, 10, 13)
        assert (cast.county.pk, "supervise_complaint") in waiting()


def test_a_late_bureau_and_the_one_above_are_told_once(cast: Cast) -> None:
    cast.file(AT)
    follow_complaints(by=JOB, at=moment("2026-10-10 00:05"))
    assert follow_complaints(by=JOB, at=moment("2026-10-13 23:00")).late_bureaus == 0
    assert follow_complaints(by=JOB, at=moment("2026-10-14 00:05")).late_bureaus == 1
    assert follow_complaints(by=JOB, at=moment("2026-10-14 01:05")).late_bureaus == 0
    late = Notice.objects.filter(title__contains="督办逾期")
    assert {each.organisation for each in late} == {cast.county, cast.city}


# --- the whole way ------------------------------------------------------------------------------


def test_refused_is_replied_anew_and_the_first_promise_stays_the_fact(cast: Cast) -> None:
    complaint = claimed(cast)
    assert waiting() == {(cast.hospital.pk, "confirm_complaint")}
    refuse_solved(complaint=complaint, refusal="没有", **cast.acting(cast.hospital, AT))
    row = case(complaint)
    assert (row.state, row.complaint.resolved_at) == ("refused", None)
    assert (cast.county.pk, "supervise_complaint") in waiting()
    later = AT + timedelta(days=9)
    reply_complaint(
        complaint=complaint, reply="重送", promised_on=date(2026, 10, 14),
        **cast.acting(cast.carrier, later),
    )  # fmt: skip
    claim_solved(complaint=complaint, solution="到了", **cast.acting(cast.carrier, later))
    confirm_solved(complaint=complaint, **cast.acting(cast.hospital, later))
    assert waiting(act="close_complaint") == {(cast.county.pk, "close_complaint")}
    with pytest.raises(NotYours):
        close_complaint(complaint=complaint, conclusion="办结", **cast.acting(cast.city, later))
    close_complaint(complaint=complaint, conclusion="已核实", **cast.acting(cast.county, later))
    fact = Complaint.objects.get()
    assert (fact.replied_at, fact.promised_on, fact.resolved_at) == (AT, date(2026, 10, 9), later)
    assert (case(complaint).state, waiting()) == ("closed", set())
    kinds = list(ComplaintMessage.objects.order_by("pk").values_list("kind", flat=True))
    assert kinds == ["file", "reply", "claim", "refuse", "reply", "claim", "confirm", "close"]
    with pytest.raises(NotYours):
        say(complaint=complaint, text="再说", **cast.acting(cast.hospital, later))


def test_levels_go_up_with_their_own_days(cast: Cast) -> None:
    complaint = cast.file(AT)
    with pytest.raises(MissingInput):
        escalate(complaint=complaint, text=" ", **cast.acting(cast.county, AT))
    escalate(complaint=complaint, text="县级协调无果", **cast.acting(cast.county, AT))
    assert (case(complaint).level, case(complaint).bureau_due_on) == ("city", date(2026, 10, 13))
    with pytest.raises(NotYours):
        escalate(complaint=complaint, text="再报", **cast.acting(cast.county, AT))
    supervise(complaint=complaint, text="今天内送到", **cast.acting(cast.city, AT))
    # The province takes it up by itself, and there is no level above it.
    escalate(complaint=complaint, text="提级", **cast.acting(cast.province, AT))
    assert case(complaint).level == "province"
    with pytest.raises(TransitionRefused, match="不能再上报"):
        escalate(complaint=complaint, text="再报", **cast.acting(cast.province, AT))


def test_withdrawn_leaves_nothing_waiting(cast: Cast) -> None:
    complaint = cast.file(AT)
    with pytest.raises(MissingInput):
        withdraw_complaint(complaint=complaint, withdrawal="", **cast.acting(cast.hospital, AT))
    withdraw_complaint(complaint=complaint, withdrawal="误报", **cast.acting(cast.hospital, AT))
    assert (Complaint.objects.get().withdrawn_at, waiting()) == (AT, set())
    with pytest.raises(TransitionRefused):
        supervise(complaint=complaint, text="x", **cast.acting(cast.county, AT))


def test_the_version_that_was_read_counts(cast: Cast) -> None:
    complaint = cast.file(AT)
    escalate(complaint=complaint, text="上报", seen_version=1, **cast.acting(cast.county, AT))
    for act, of, words in (
        (supervise, cast.city, {"text": "x"}),
        (close_complaint, cast.city, {"conclusion": "x"}),
        (withdraw_complaint, cast.hospital, {"withdrawal": "x"}),
    ):
        with pytest.raises(StaleVersion):
            act(complaint=complaint, seen_version=1, **words, **cast.acting(of, AT))  # type: ignore[operator]


# --- what the dataset brought -------------------------------------------------------------------


def test_open_complaints_of_the_dataset_are_taken_up_and_follow_later_loads(cast: Cast) -> None:
    loaded = {"product": cast.product, "category": "shortage", "filed_at": AT}
    waits = stages.complaint(cast.parties, **loaded)
    over = stages.complaint(cast.parties, **loaded, replied_at=AT, resolved_at=AT)
    assert (case_of(waits).state, case_of(over).state) == ("filed", "closed")
    assert follow_complaints(by=JOB, at=AT) == Followed(1, 0, 0, 0)
    assert (cast.maker.pk, "reply_complaint") in waiting()
    Complaint.objects.filter(pk=waits.pk).update(replied_at=AT, promised_on=date(2026, 10, 8))
    assert follow_complaints(by=JOB, at=AT) == Followed(0, 1, 0, 0)
    assert (case(waits).state, case(waits).due_on) == ("replied", date(2026, 10, 8))
    Complaint.objects.filter(pk=waits.pk).update(resolved_at=AT)
    assert follow_complaints(by=JOB, at=AT) == Followed(0, 1, 0, 0)
    assert (case(waits).state, waiting()) == ("closed", set())


# --- contacts -----------------------------------------------------------------------------------


def test_contacts_are_checked_every_year(cast: Cast) -> None:
    row = name_contact(
        name="王某", post="采购员", phone="0791-86000000", **cast.acting(cast.hospital, AT)
    )
    for wrong in ("1", "电话", "12345678901234567890123"):
        with pytest.raises(MissingInput):
            name_contact(name="李某", post="x", phone=wrong, **cast.acting(cast.hospital, AT))
    with pytest.raises(TransitionRefused):
        name_contact(
            name="王某", post="主任", phone="0791-86000001", **cast.acting(cast.hospital, AT)
        )
    year = AT.replace(year=2027)
    assert remind_of_contacts(by=JOB, at=year - timedelta(days=1)) == 0
    assert remind_of_contacts(by=JOB, at=year) == 1
    with pytest.raises(NotYours):
        check_contact(contact=row, **cast.acting(cast.maker, year))
    check_contact(contact=row, seen_version=1, **cast.acting(cast.hospital, year))
    assert not Task.objects.filter(object_type="liaison", done_at__isnull=True).exists()
    with pytest.raises(StaleVersion):
        end_contact(contact=row, seen_version=1, **cast.acting(cast.hospital, year))
    end_contact(contact=row, **cast.acting(cast.hospital, year))
    assert LiaisonContact.objects.get().ended_at == year


def test_a_year_back_from_the_29th_of_february() -> None:
    assert unchecked_since(date(2028, 2, 29)) == date(2027, 2, 28)
    assert unchecked_since(date(2026, 10, 1)) == date(2025, 10, 1)


# --- two at once --------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_two_replies_at_once_make_one(fresh_database: str) -> None:
    cast = Cast()
    complaint = cast.file(AT)
    sides = [cast.acting(cast.maker, AT), cast.acting(cast.carrier, AT)]
    start, refused = threading.Barrier(2), []

    def send(acting: dict[str, Any]) -> None:
        start.wait()
        try:
            reply_complaint(
                complaint=complaint, reply="马上送", promised_on=date(2026, 10, 8),
                seen_version=1, **acting,
            )  # fmt: skip
        except (StaleVersion, TransitionRefused) as error:
            refused.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=send, args=(side,)) for side in sides]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refused) == 1
    assert ComplaintMessage.objects.filter(kind="reply").count() == 1
    assert made.ComplaintCase.objects.get().state == "replied"
