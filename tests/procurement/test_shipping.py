"""A distributor's day: answering and shipping many lines at once, all of them or none."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection, connections, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django.fixtures import DjangoAssertNumQueries

from core.audit.models import AuditEvent
from core.transitions import MissingInput, NotYours, Refusal, StaleVersion, TransitionRefused
from inbox.models import BulkRun, Notice, Task
from organisations.models import User
from organisations.queries.scope import scope_of
from policy.models import Policy
from procurement.models import Delivery, DeliveryNote, LineProgress, OrderLine
from procurement.operations.answers import confirm_lines, reject_lines
from procurement.operations.line_ends import close_rest
from procurement.operations.shipping import NoteDraft, ShipRow, deliver_note, ship_notes
from procurement.queries.queue import at_stage
from procurement.queries.shipping import own_queue, received_notes, rows_of_notes
from procurement.rules.shipping import cold_chain_fits, lot_fits, packs_fit
from tests.core.paper.reading import characters, pages
from tests.factories import catalog, quality, stages
from tests.factories import organisations as people
from tests.factories.stages import Parties

pytestmark = pytest.mark.django_db
SOON = date(2030, 1, 1)


class Depot:
    """A distributor with lines of ten packs of one hospital."""

    def __init__(self, lines: int = 3) -> None:
        self.of = stages.parties()
        self.product = catalog.product(manufacturer=self.of.manufacturer)
        self.user = self.person(self.of)
        self.lines = [self.line() for _ in range(lines)]

    def person(self, of: Parties, *roles: str) -> User:
        made = people.person(of.distributor, *(roles or ("clerk",)))
        return User.objects.select_related("organisation__region__parent__parent").get(pk=made.pk)

    def line(self, of: Parties | None = None, **fields: Any) -> OrderLine:
        sent = timezone.now() - timedelta(hours=5)
        of = of or self.of
        head = stages.order(of, sent_at=sent, receiving_place=fields.pop("place", "药库"))
        made = stages.order_line(
            of, order=head, product=self.product, ordered_at=sent, packs=10,
            response_due_at=sent + timedelta(hours=48), delivery_due_at=sent + timedelta(hours=72),
            **fields,
        )  # fmt: skip
        stages.progress(made)
        return made

    def acting(self, user: User | None = None) -> dict[str, Any]:
        user = user or self.user
        return {"by": user, "scope": scope_of(user, timezone.localdate()), "at": timezone.now()}

    def draft(
        self, packs: int = 10, lines: list[OrderLine] | None = None, **head: Any
    ) -> NoteDraft:
        rows = tuple(ShipRow(each.pk, Decimal(packs), "L1", SOON) for each in lines or self.lines)
        return NoteDraft(rows=rows, **head)

    def states(self) -> list[str]:
        rows = LineProgress.objects.filter(line_id__in=[each.pk for each in self.lines])
        return list(rows.order_by("line_id").values_list("state", flat=True))


@pytest.mark.parametrize(
    ("packs", "shipped", "tolerance", "fits"),
    [
        ("10", "0", "0", True), ("10.0001", "0", "0", False), ("0", "0", "0", False),
        ("-1", "0", "0", False), ("4", "6", "0", True), ("5", "6", "0", False),
        ("11", "0", "0.1", True), ("11.0001", "0", "0.1", False), ("1.5", "0", "0", False),
    ],
)  # fmt: skip
def test_packs_stay_within_the_order_and_its_tolerance(
    packs: str, shipped: str, tolerance: str, fits: bool
) -> None:
    said = packs_fit(
        packs=Decimal(packs), ordered=Decimal(10), shipped=Decimal(shipped),
        tolerance=Decimal(tolerance),
    )  # fmt: skip
    assert bool(said) is fits


@pytest.mark.parametrize(
    ("lot", "expires", "recalled", "words"),
    [
        ("L1", date(2026, 3, 10), False, ""), ("L1", date(2026, 3, 9), False, "已过期"),
        (" ", SOON, False, "没有批号"), ("L1", None, False, "没有有效期"),
        ("L1", SOON, True, "正在召回"),
    ],
)  # fmt: skip
def test_lot_is_named_valid_and_not_recalled(
    lot: str, expires: date | None, recalled: bool, words: str
) -> None:
    said = lot_fits(lot_no=lot, expires_on=expires, on=date(2026, 3, 10), recalled=recalled)
    assert (words in said.reason) and bool(said) is not bool(words)


def test_cold_chain_leaves_with_its_record() -> None:
    fine = {"cold_chain": True, "device": "C1", "lowest": Decimal(2), "highest": Decimal(8)}
    assert cold_chain_fits(**fine)  # type: ignore[arg-type]
    for wrong in (
        {"device": ""},
        {"lowest": None},
        {"lowest": Decimal(9)},
        {"highest": Decimal(99)},
    ):
        assert not cold_chain_fits(**(fine | wrong))  # type: ignore[arg-type]


def test_bulk_confirmation_is_whole_and_names_what_refuses() -> None:
    depot = Depot()
    ids = [line.pk for line in depot.lines]
    confirm_lines(line_ids=ids[:1], **depot.acting())
    with pytest.raises(TransitionRefused, match="当前状态为“已确认”") as refused:
        confirm_lines(line_ids=ids, **depot.acting())
    assert depot.lines[0].order.order_no in refused.value.reason
    assert depot.states() == ["confirmed", "sent", "sent"]
    with pytest.raises(StaleVersion):
        confirm_lines(line_ids=ids[1:], seen={ids[1]: 7}, **depot.acting())
    with pytest.raises(NotYours):
        confirm_lines(line_ids=ids[1:], **depot.acting(depot.person(depot.of, "accountant")))
    foreign = stages.progress()
    with pytest.raises(MissingInput, match="1 行找不到"):
        confirm_lines(line_ids=[ids[1], foreign.line_id], **depot.acting())
    confirm_lines(line_ids=ids[1:], **depot.acting())
    answered = OrderLine.objects.filter(
        pk__in=ids, response="confirmed", responded_at__isnull=False
    )
    assert answered.count() == 3
    assert AuditEvent.objects.filter(action="order_line.confirm").count() == 3


def test_rejection_has_its_reason_and_the_hospital_is_told_once() -> None:
    depot = Depot()
    ids = [line.pk for line in depot.lines]
    for reason, note in (("", ""), ("unknown", ""), ("other", " ")):
        with pytest.raises(MissingInput):
            reject_lines(line_ids=ids, reason=reason, note=note, **depot.acting())
    reject_lines(line_ids=ids, reason="out_of_stock", note="月底到货", **depot.acting())
    assert depot.states() == ["rejected"] * 3
    notice = Notice.objects.get(organisation=depot.of.institution)
    assert "3 个订单行被拒绝（缺货）" in notice.title and "月底到货" in notice.body
    assert set(OrderLine.objects.values_list("reject_reason", flat=True)) == {"out_of_stock"}


def test_one_note_ships_many_orders_and_confirms_what_was_not_answered() -> None:
    depot = Depot()
    with CaptureQueriesContext(
        connection,
    ) as few:
        (note,) = ship_notes(
            drafts=[depot.draft(own_no="A1", invoice_no="FP1", cold_chain=True, cold_device="C1",
                                lowest_celsius=Decimal(2), highest_celsius=Decimal(8))],
            **depot.acting(),
        )  # fmt: skip
    assert depot.states() == ["shipped"] * 3
    assert (note.row_count, note.packs, note.receiving_place) == (3, 30, "药库")
    sent = Delivery.objects.filter(note_no=note.note_no)
    assert {(row.packs, row.lot_no, row.invoice_no, row.recorded_at) for row in sent} == {
        (Decimal(10), "L1", "FP1", note.shipped_at)
    }
    assert OrderLine.objects.filter(response="confirmed").count() == 3
    bigger = Depot(12)
    with CaptureQueriesContext(connection) as many:
        ship_notes(drafts=[bigger.draft()], **bigger.acting())
    assert len(many) <= len(few)
    with pytest.raises(MissingInput, match="企业单号 A1 已经用过"):
        ship_notes(drafts=[depot.draft(lines=[depot.line()], own_no="A1")], **depot.acting())


def test_note_is_delivered_once_and_counts_as_received_when_all_is_taken() -> None:
    depot = Depot(2)
    (note,) = ship_notes(drafts=[depot.draft()], **depot.acting())
    with pytest.raises(NotYours):
        deliver_note(note=note, **depot.acting(_buyer(depot)))
    with pytest.raises(StaleVersion):
        deliver_note(note=note, seen_version=9, **depot.acting())
    moved = deliver_note(note=note, seen_version=1, **depot.acting())
    assert (moved.state, depot.states()) == ("delivered", ["delivered"] * 2)
    assert not Delivery.objects.filter(note_no=note.note_no, delivered_at__isnull=True).exists()
    with pytest.raises(TransitionRefused):
        deliver_note(note=note, **depot.acting())
    first, second = Delivery.objects.filter(note_no=note.note_no).order_by("id")
    stages.receipt(depot.of, depot.lines[0], delivery_id=first.pk, accepted_packs=10)
    assert received_notes([moved]) == set()
    stages.receipt(
        depot.of, depot.lines[1], delivery_id=second.pk, accepted_packs=7, refused_packs=3
    )
    assert received_notes([moved]) == {moved.pk}
    assert note.note_no in Notice.objects.filter(title__contains="已送达").get().title


def _buyer(depot: Depot) -> User:
    made = people.person(depot.of.institution, "clerk")
    return User.objects.select_related("organisation__region__parent__parent").get(pk=made.pk)


def _changes(draft: NoteDraft, **row: Any) -> NoteDraft:
    return replace(draft, rows=(replace(draft.rows[0], **row), *draft.rows[1:]))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda d: _changes(d, packs=Decimal(11)), "最多还可发 10 包装"),
        (lambda d: _changes(d, lot_no=""), "没有批号"),
        (lambda d: _changes(d, expires_on=date(2020, 1, 1)), "已过期"),
        (lambda d: replace(d, rows=(d.rows[0], *d.rows)), "最多还可发|填了两次"),
        (lambda d: replace(d, cold_chain=True), "冷链配送请填写设备"),
        (lambda d: replace(d, rows=()), "没有要发货的行"),
    ],
)
def test_wrong_row_stops_the_whole_note_by_name(
    change: Callable[[NoteDraft], NoteDraft], words: str
) -> None:
    depot = Depot()
    with pytest.raises(MissingInput, match=words):
        ship_notes(drafts=[change(depot.draft())], **depot.acting())
    assert depot.states() == ["sent"] * 3
    assert not Delivery.objects.exists() and not DeliveryNote.objects.exists()


def test_tolerance_is_that_of_the_named_batch() -> None:
    depot = Depot(0)
    batch = catalog.batch(policy=Policy.objects.get(code="jiangxi-2024"))
    depot.lines = [depot.line(batch=batch)]
    with pytest.raises(MissingInput, match="最多还可发 10 包装"):
        ship_notes(drafts=[depot.draft(packs=11)], **depot.acting())
    catalog.batch_parameter(batch=batch, parameter="over_delivery_tolerance", value="0.1")
    ship_notes(drafts=[depot.draft(packs=11)], **depot.acting())
    assert depot.states() == ["shipped"]


def test_recalled_lot_does_not_leave() -> None:
    depot = Depot(1)
    quality.recall(product=depot.product, lots=["L1"])
    with pytest.raises(MissingInput, match="批号 L1 正在召回"):
        ship_notes(drafts=[depot.draft()], **depot.acting())


def test_one_note_is_for_one_hospital_and_one_place() -> None:
    depot = Depot(1)
    other = Parties(people.organisation(), depot.of.manufacturer, depot.of.distributor)
    with pytest.raises(MissingInput, match="只送一家医疗机构"):
        ship_notes(drafts=[depot.draft(lines=[*depot.lines, depot.line(other)])], **depot.acting())
    with pytest.raises(MissingInput, match="收货地点不同"):
        ship_notes(
            drafts=[depot.draft(lines=[*depot.lines, depot.line(place="二门诊")])],
            **depot.acting(),
        )


def test_parts_and_several_lots_then_the_rest_is_closed() -> None:
    depot = Depot(1)
    (line,) = depot.lines
    lots = (ShipRow(line.pk, Decimal(3), "L1", SOON), ShipRow(line.pk, Decimal(2), "L2", SOON))
    ship_notes(drafts=[NoteDraft(rows=lots)], **depot.acting())
    assert depot.states() == ["part_shipped"]
    with pytest.raises(MissingInput, match="原因"):
        close_rest(line_ids=[line.pk], reason=" ", **depot.acting())
    close_rest(line_ids=[line.pk], reason="断货", **depot.acting())
    assert depot.states() == ["shipped"]
    with pytest.raises(TransitionRefused, match="余量已关闭"):
        ship_notes(drafts=[depot.draft(packs=1)], **depot.acting())
    (told,) = AuditEvent.objects.filter(action="order_line.close_rest")
    assert told.detail["unshipped"] in ("5", "5.0000")


def test_the_same_sending_twice_is_one_note_and_another_content_is_refused() -> None:
    depot = Depot()
    draft = depot.draft(packs=4, client_no="c1")
    (first,) = ship_notes(drafts=[draft], **depot.acting())
    (again,) = ship_notes(drafts=[draft], **depot.acting())
    assert (first.pk, DeliveryNote.objects.count()) == (again.pk, 1)
    with pytest.raises(TransitionRefused, match="提交编号 c1"):
        ship_notes(drafts=[depot.draft(packs=5, client_no="c1")], **depot.acting())


def test_queue_holds_own_lines_by_stage_and_flags_idle_ones() -> None:
    depot = Depot()
    confirm_lines(line_ids=[depot.lines[0].pk], **depot.acting())
    scope = depot.acting()["scope"]
    now = timezone.now()

    def at(stage: str, when: datetime = now) -> int:
        return at_stage(own_queue(scope), stage, when).count()

    assert (at(""), at("answer"), at("ship"), at("way")) == (3, 2, 1, 0)
    due = depot.lines[1].response_due_at
    assert due is not None
    assert at("late", due) == 0
    assert at("late", due + timedelta(seconds=1)) == 2
    confirmed = LineProgress.objects.get(line_id=depot.lines[0].pk).state_at
    assert at("idle", confirmed + timedelta(days=7)) == 0
    assert at("idle", confirmed + timedelta(days=7, seconds=1)) == 1
    maker = people.person(depot.of.manufacturer, "clerk")
    assert not own_queue(scope_of(maker, timezone.localdate())).exists()


def on_their_way(depot: Depot) -> list[DeliveryNote]:
    """A note for each line: its own receiving place each."""
    return ship_notes(
        drafts=[
            depot.draft(lines=[line], receiving_place=f"药库{place}")
            for place, line in enumerate(depot.lines)
        ],
        **depot.acting(),
    )


def test_papers_of_many_notes_are_one_file_each_from_its_own_first_page(client: Client) -> None:
    depot, stranger = Depot(), Depot(1)
    notes, (foreign,) = on_their_way(depot), on_their_way(stranger)
    client.force_login(depot.user)
    address = "/supply/notes-papers/delivery/"
    chosen = client.post(address, {"ids": [notes[1].pk, notes[0].pk, foreign.pk]})
    assert chosen["Content-Type"] == "application/pdf"
    printed = ["".join(page.text().split()) for page in pages(chosen.content)]
    assert [each.note_no in page for each, page in zip(notes, printed, strict=False)] == [True] * 2
    assert len(printed) == 2 and all("第1页共1页" in page for page in printed)
    everything = client.post(address, {"all": "1", "query": "stage=shipped"})
    assert len(pages(everything.content)) == 3
    for wrong in ({}, {"ids": foreign.pk}, {"ids": "１"}, {"all": "1", "query": "stage=x"}):
        assert client.post(address, wrong).status_code == 400


def test_rows_of_many_notes_cost_two_queries(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    depot = Depot()
    notes, scope = on_their_way(depot), depot.acting()["scope"]
    with django_assert_num_queries(2):
        found = rows_of_notes(scope, notes)
    assert [[row.packs for row in found[note.pk]] for note in notes] == [[10]] * 3


def test_notes_that_arrived_are_told_at_once_each_for_itself(client: Client) -> None:
    depot = Depot()
    notes = on_their_way(depot)
    deliver_note(note=notes[0], **depot.acting())
    client.force_login(depot.user)
    chosen = client.post("/bulk/note-deliver/", {"ids": [note.pk for note in notes]})
    assert depot.states() == ["delivered", "shipped", "shipped"]
    client.post(chosen["Location"])
    assert depot.states() == ["delivered"] * 3
    (run,) = BulkRun.objects.all()
    assert [result["ok"] for result in run.results] == [False, True, True]
    waiting = Task.objects.filter(act="receive_note", done_at__isnull=True)
    assert waiting.filter(organisation=depot.of.institution).count() == 3
    client.force_login(people.person(depot.of.institution, "clerk"))
    assert client.post("/bulk/note-deliver/", {"ids": [notes[0].pk]}).status_code == 404


def test_picking_list_says_how_many_lines_it_has_no_room_for(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    depot = Depot()
    client.force_login(depot.user)
    monkeypatch.setattr("procurement.views.notes.PICKED", 2)
    assert "另有1行没有列出" in characters(client.get("/supply/queue/picking/").content)
    monkeypatch.setattr("procurement.views.notes.PICKED", 3)
    assert "没有列出" not in characters(client.get("/supply/queue/picking/").content)


@pytest.mark.django_db(transaction=True)
def test_two_dispatchers_on_the_same_lines_one_wins_and_the_other_is_told() -> None:
    depot = Depot()
    second = depot.person(depot.of)
    start, said = threading.Barrier(2), []

    def ship(user: User, lines: list[OrderLine]) -> None:
        start.wait()
        try:
            ship_notes(drafts=[depot.draft(lines=lines)], **depot.acting(user))
            said.append("done")
        except Refusal as refusal:
            said.append(refusal.reason)
        finally:
            connections.close_all()

    threads = [
        threading.Thread(target=ship, args=(depot.user, depot.lines)),
        threading.Thread(target=ship, args=(second, depot.lines[::-1])),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(said)[0] == "done" and "所选 3 行中有 3 行不能办理" in sorted(said)[1]
    assert depot.states() == ["shipped"] * 3
    assert (Delivery.objects.count(), DeliveryNote.objects.count()) == (3, 1)


def test_failure_in_the_middle_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    depot = Depot()

    def fail(*args: object, **kwargs: object) -> None:
        raise RuntimeError("killed")

    monkeypatch.setattr("procurement.operations.shipping._tell", fail)
    with pytest.raises(RuntimeError), transaction.atomic():
        ship_notes(drafts=[depot.draft()], **depot.acting())
    assert depot.states() == ["sent"] * 3
    assert not Delivery.objects.exists() and not DeliveryNote.objects.exists()
    assert not AuditEvent.objects.filter(action__startswith="order_line.").exists()
