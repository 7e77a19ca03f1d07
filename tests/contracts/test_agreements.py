"""Agreements made in bulk, signed by three, changed, refused, ended; the lines follow the heads."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.utils import InternalError, ProgrammingError
from django.test import Client

from contracts.models import Agreement, AgreementItem, AgreementLine, AgreementSignature
from contracts.operations.agreements.adopt import adopt_lines
from contracts.operations.agreements.change import (
    expire_agreements,
    make_version,
    remind_due,
    terminate_agreement,
)
from contracts.operations.agreements.generate import AgreedRow, generate_agreements
from contracts.operations.agreements.remind import remind_unsigned
from contracts.operations.agreements.sealing import checked
from contracts.operations.agreements.sign import (
    latest_document,
    refuse_agreement,
    sign_agreement,
)
from contracts.queries.agreements import (
    is_late,
    late_on,
    text_digest,
    visible_agreements,
    waiting_for,
)
from contracts.queries.signing import signing_progress
from contracts.queries.signing_overview import signing_by_place
from core.attachments.store import path_of
from core.audit.models import AuditEvent
from core.audit.record import SystemActor
from core.transitions import MissingInput, NotYours, Refusal, StaleVersion, TransitionRefused
from inbox.models import Notice, Task
from organisations.models import Organisation
from organisations.operations.certificates import issue_certificate, make_signing_root
from organisations.queries.bulk_acts import act_named
from tests.contracts.world import Trade
from tests.days import morning, today
from tests.factories import contracts as make
from tests.factories import stages

CLOCK = SystemActor("测试")


def certify(trade: Trade, *organisations: Organisation) -> None:
    """Certificates of the platform's own authority, as the demonstration has them."""
    make_signing_root(name="测试根", by=CLOCK, at=morning() - timedelta(days=1))
    for each in organisations:
        issue_certificate(organisation=each, by=CLOCK, at=morning() - timedelta(days=1))


def relate(trade: Trade, carrier: Organisation, *products: Any) -> None:
    for product in products:
        make.delivery_relation(
            trade.parties(), product=product, distributor=carrier, state="accepted",
            valid_from=today(),
        )  # fmt: skip


def rows(trade: Trade, *hospitals: Organisation, quantity: str = "1000") -> list[AgreedRow]:
    return [
        AgreedRow(hospital.pk, product.pk, Decimal(quantity), Decimal("12.5"))
        for hospital in hospitals or (trade.a,)
        for product in (trade.product, trade.other)
    ]


def generate(trade: Trade, given: list[AgreedRow] | None = None, year: int = 1) -> Any:
    return generate_agreements(
        batch=trade.batch, year_no=year, rows=given or rows(trade), **trade.acting(trade.bureau)
    )


def sign(
    trade: Trade, agreement: Agreement, *organisations: Organisation, **more: Any
) -> Agreement:
    for each in organisations:
        agreement = sign_agreement(agreement=agreement, **trade.acting(each), **more)
    return agreement


@pytest.fixture
def trade(db: None) -> Iterator[Trade]:
    made = Trade("shaanxi-2024")
    relate(made, made.d1, made.product, made.other)
    certify(made, made.a, made.maker, made.d1)
    yield made


# --- made in bulk ---------------------------------------------------------------------------------


def test_one_agreement_for_three_parties_with_a_line_each(trade: Trade) -> None:
    bad = [
        AgreedRow(trade.b.pk, trade.product.pk, Decimal(0), Decimal(1)),
        AgreedRow(trade.a.pk, trade.product.pk, Decimal(5), Decimal(1)),
        AgreedRow(stages.organisation().pk, trade.product.pk, Decimal(5), Decimal(1)),
    ]
    done = generate(trade, [*rows(trade, trade.a, trade.b)[:3], *bad])
    assert (done.made, done.lines) == (2, 3)
    assert [each.reason for each in done.left_out] == [
        "约定采购量和价格应大于 0", "同一机构、同一产品出现多次，请合并", "不是本省在用的医疗机构",
    ]  # fmt: skip
    agreement = Agreement.objects.get(institution=trade.a)
    assert (agreement.state, agreement.distributor_id) == ("unsigned", trade.d1.pk)
    assert agreement.sign_by == trade.batch.effective_on - timedelta(days=1)
    assert agreement.text_digest == text_digest(agreement)
    assert agreement.city_id == trade.city.pk and agreement.province_id == trade.province.pk
    assert list(agreement.lines.values_list("agreed_qty", flat=True)) == [1000, 1000]
    tasks = Task.objects.filter(act="sign_agreements")
    assert set(tasks.values_list("organisation_id", flat=True)) == {
        trade.a.pk, trade.b.pk, trade.maker.pk, trade.d1.pk,
    }  # fmt: skip
    again = generate(trade)
    assert (again.made, len(again.left_out)) == (0, 2)


def test_without_one_distributor_in_force_nothing_is_made(trade: Trade) -> None:
    relate(trade, trade.d2, trade.product)
    done = generate(trade)
    assert (done.made, done.lines) == (1, 1)
    assert done.left_out[0].reason.startswith("有多家配送企业")
    named = AgreedRow(trade.b.pk, trade.product.pk, Decimal(1), Decimal(1), trade.d2.pk)
    assert generate(trade, [named]).made == 1


def test_heads_for_loaded_lines(trade: Trade) -> None:
    def line(number: str, **more: Any) -> None:
        values = {"product": trade.product, **more}
        of = trade.parties(values.pop("hospital", trade.a))
        stages.agreement_line(of, agreement_no=number, batch=trade.batch, **values)

    line("L1")
    line("L1", product=trade.other)
    line("L2", hospital=trade.b)
    line("L2", hospital=trade.a, product=trade.other)
    line("L3", hospital=trade.b, institution_signed_at=morning())
    times = dict.fromkeys(
        (f"{p}_signed_at" for p in ("institution", "manufacturer", "distributor")), morning()
    )
    c = trade.hospital("丙医院")
    line("L4", hospital=c, **times)
    line("L4", hospital=c, product=trade.other, **times)
    done = adopt_lines(batch=trade.batch, year_no=1, **trade.acting(trade.bureau))
    assert (done.made, done.lines) == (2, 4)
    assert sorted(each.reason[:4] for each in done.left_out) == ["L2：同", "L3：部"]
    head = Agreement.objects.get(agreement_no="L1")
    assert set(AgreementLine.objects.filter(agreement_no="L1").values_list("agreement", flat=True)) == {
        head.pk
    }  # fmt: skip
    assert (head.state, head.text_digest) == ("unsigned", text_digest(head))
    # Signed elsewhere: in force here, without a file; its next version is signed here.
    old = Agreement.objects.get(agreement_no="L4")
    assert (old.state, old.institution_signed_at, old.state_at) == (
        "in_force",
        morning(),
        morning(),
    )
    assert latest_document(old) is None and waiting_for(old) == []
    new = make_version(
        agreement=old, distributor=None, quantities={trade.product.pk: Decimal(7)},
        change_reason="按整包装取整", **trade.acting(trade.maker),
    )  # fmt: skip
    certify(trade, c)
    new = sign(trade, new, trade.maker, c, trade.d1)
    old.refresh_from_db()
    assert (old.state, new.state, new.signatures.count()) == ("superseded", "in_force", 3)
    line_of = AgreementLine.objects.get(agreement_no="L4", product=trade.product)
    assert (line_of.agreed_qty, line_of.agreement_id) == (7, new.pk)


def test_a_renewal_below_the_minimum_is_explained(trade: Trade) -> None:
    generate(trade)
    sign(trade, Agreement.objects.get(), trade.a, trade.maker, trade.d1)
    less = [
        AgreedRow(trade.a.pk, trade.product.pk, Decimal("999.9999"), Decimal(1)),
        AgreedRow(trade.a.pk, trade.other.pk, Decimal(1000), Decimal(1)),
    ]
    done = generate(trade, less, year=2)
    assert (done.made, done.lines, len(done.left_out)) == (1, 1, 1)
    assert "低于上年度约定采购量 1000 的 1 倍" in done.left_out[0].reason


# --- signed by three ----------------------------------------------------------------------------


def test_the_third_signature_puts_it_into_force(trade: Trade) -> None:
    generate(trade)
    agreement = Agreement.objects.get()
    scope = trade.scope(trade.bureau)
    agreement = sign(trade, agreement, trade.maker, seen_digest=agreement.text_digest)
    assert (agreement.state, waiting_for(agreement)) == ("partial", ["医疗机构", "配送企业"])
    assert not AgreementLine.objects.filter(manufacturer_signed_at__isnull=False).exists()
    (year,) = signing_progress(scope, trade.batch)
    assert (year.signed, year.waiting) == (0, [("医疗机构", 2), ("配送企业", 2)])
    with pytest.raises(TransitionRefused, match="不能重复签署"):
        sign(trade, agreement, trade.maker)
    # Chosen among many it is told so too, before anything is confirmed.
    act = act_named("agreement-sign")
    assert act is not None
    told = act.verdict(trade.scope(trade.maker, "leader"), agreement)
    assert "本单位（生产企业）已经签署" in told.reason
    assert act.verdict(trade.scope(trade.d1, "leader"), agreement)
    agreement = sign(trade, agreement, trade.a, trade.d1)
    assert agreement.state == "in_force"
    line = AgreementLine.objects.filter(product=trade.product).get()
    assert line.institution_signed_at == line.distributor_signed_at == morning()
    assert not Task.objects.filter(act="sign_agreements", done_at=None).exists()
    assert signing_progress(scope, trade.batch)[0].signed == 2
    kept = latest_document(agreement)
    assert kept is not None
    body = path_of(kept.file).read_bytes()
    signatures = list(agreement.signatures.order_by("pk"))
    report = checked(body, signatures)
    assert (report.intact, len(report.signatures), report.waiting) == (True, 3, ())
    assert [each.signer for each in report.signatures] == ["中选企业", "甲医院", "配送一"]
    broken = bytearray(body)
    place = body.index(b"/Type /Page") if b"/Type /Page" in body else len(body) // 3
    broken[place + 8] ^= 1
    told = checked(bytes(broken), signatures)
    assert told.intact is False
    assert checked(body[:-1], signatures).intact is False


def test_who_may_not_sign(trade: Trade) -> None:
    generate(trade)
    agreement = Agreement.objects.get()
    with pytest.raises(NotYours, match="负责人签署"):
        sign_agreement(agreement=agreement, **trade.acting(trade.a, "clerk"))
    for stranger in (trade.b, trade.d2, trade.bureau):
        with pytest.raises(NotYours):
            sign(trade, agreement, stranger)
    with pytest.raises(StaleVersion, match="文本与您看到的不一致"):
        sign(trade, agreement, trade.a, seen_digest="f" * 64)
    late = morning() + timedelta(days=376)
    with pytest.raises(TransitionRefused, match="不能再签署"):
        sign_agreement(agreement=agreement, **trade.acting(trade.a, at=late))
    assert AgreementSignature.objects.count() == 0
    other = Trade("jiangxi-2026")
    relate(other, other.d1, other.product, other.other)
    generate(other)
    with pytest.raises(TransitionRefused, match="没有在用的签名证书"):
        sign(other, Agreement.objects.get(institution=other.a), other.a)


def test_the_text_cannot_change(trade: Trade) -> None:
    generate(trade)
    agreement = Agreement.objects.get()
    with pytest.raises((InternalError, IntegrityError, ProgrammingError)), transaction.atomic():
        Agreement.objects.filter(pk=agreement.pk).update(distributor=trade.d2)
    with pytest.raises((InternalError, IntegrityError, ProgrammingError)), transaction.atomic():
        AgreementItem.objects.filter(agreement=agreement).update(agreed_qty=1)
    sign(trade, agreement, trade.a)
    with pytest.raises(IntegrityError), transaction.atomic():
        make.agreement_item(agreement=agreement, line_no=9)


def test_a_refusal_says_why_and_a_new_version_may_follow(trade: Trade) -> None:
    generate(trade)
    agreement = sign(trade, Agreement.objects.get(), trade.maker)
    with pytest.raises(MissingInput):
        refuse_agreement(agreement=agreement, refusal_reason=" ", **trade.acting(trade.a))
    refused = refuse_agreement(
        agreement=agreement, refusal_reason="数量有误", **trade.acting(trade.a)
    )
    assert (refused.state, refused.refused_party) == ("refused", "institution")
    assert Notice.objects.filter(organisation=trade.maker, title__contains="数量有误").exists()
    assert not AgreementLine.objects.filter(manufacturer_signed_at__isnull=False).exists()
    new = make_version(
        agreement=refused, distributor=None, quantities={trade.product.pk: Decimal(800)},
        change_reason="按实际", **trade.acting(trade.a),
    )  # fmt: skip
    new = sign(trade, new, trade.d1, trade.a, trade.maker)
    assert (new.state, new.version) == ("in_force", 2)
    line = AgreementLine.objects.get(product=trade.product)
    assert (line.agreed_qty, line.agreement_id, line.institution_signed_at) == (
        800,
        new.pk,
        morning(),
    )


def test_a_changed_distributor_takes_over_when_all_three_have_signed(trade: Trade) -> None:
    generate(trade)
    old = sign(trade, Agreement.objects.get(), trade.a, trade.maker, trade.d1)
    change: dict[str, Any] = {"quantities": {}, "change_reason": "更换配送企业"}
    with pytest.raises(MissingInput, match="已确认的配送关系"):
        make_version(agreement=old, distributor=trade.d2, **change, **trade.acting(trade.maker))
    with pytest.raises(NotYours):
        make_version(agreement=old, distributor=trade.d2, **change, **trade.acting(trade.d1))
    relate(trade, trade.d2, trade.product, trade.other)
    certify(trade, trade.d2)
    new = make_version(agreement=old, distributor=trade.d2, **change, **trade.acting(trade.maker))
    with pytest.raises(TransitionRefused, match="已有新版本"):
        make_version(agreement=old, distributor=trade.d2, **change, **trade.acting(trade.maker))
    later = morning() + timedelta(days=1)
    for each in (trade.a, trade.maker):
        sign_agreement(agreement=new, **trade.acting(each, at=later))
    old.refresh_from_db()
    assert old.state == "in_force"
    # Past the last day for signing, but not late: the version before holds.
    after = new.sign_by + timedelta(days=1)
    assert not Agreement.objects.filter(late_on(after)).exists()
    assert not is_late(new, after)
    assert set(AgreementLine.objects.values_list("distributor", flat=True)) == {trade.d1.pk}
    new = sign_agreement(agreement=new, **trade.acting(trade.d2, at=later))
    old.refresh_from_db()
    assert (old.state, new.state) == ("superseded", "in_force")
    for line in AgreementLine.objects.all():
        # In force without a break: the times of the first signing stay.
        assert (line.distributor_id, line.distributor_signed_at) == (trade.d2.pk, morning())


def test_a_terminated_agreement_counts_no_more(trade: Trade) -> None:
    generate(trade)
    agreement = sign(trade, Agreement.objects.get(), trade.a, trade.maker, trade.d1)
    with pytest.raises(NotYours):
        terminate_agreement(agreement=agreement, ending_reason="x", **trade.acting(trade.a))
    terminate_agreement(
        agreement=agreement, ending_reason="停供", **trade.acting(trade.city_bureau)
    )
    assert set(AgreementLine.objects.values_list("ended_at", flat=True)) == {morning()}
    assert signing_progress(trade.scope(trade.bureau), trade.batch) == []


def test_expiry_reminders_and_the_bureaus_lists(trade: Trade) -> None:
    generate(trade, rows(trade, trade.a, trade.b))
    mine = Agreement.objects.get(institution=trade.a)
    sign(trade, mine, trade.a, trade.maker, trade.d1)
    other = Agreement.objects.get(institution=trade.b)
    last = other.sign_by
    told = [
        remind_due(on=last + timedelta(days=n), by=CLOCK, at=morning())
        for n in (-7, -6, -3, -1, 0, 1)
    ]
    assert told == [3, 0, 3, 3, 0, 3]
    assert remind_unsigned(batch=trade.batch, year_no=1, **trade.acting(trade.county_bureau)) == 3
    # Twice on a day tells nobody, and does not say that it did.
    with pytest.raises(TransitionRefused, match="今天已经催签"):
        remind_unsigned(batch=trade.batch, year_no=1, **trade.acting(trade.county_bureau))
    assert AuditEvent.objects.filter(action="agreement.remind", object_type="batch").count() == 1
    with pytest.raises(NotYours):
        remind_unsigned(batch=trade.batch, year_no=1, **trade.acting(trade.a))
    rows_of = signing_by_place(
        trade.scope(trade.bureau, on=last + timedelta(days=1)), trade.batch, 1
    )
    assert [(r.place, r.agreements, r.in_force, r.late) for r in rows_of] == [
        (trade.city.name, 2, 1, 1), ("合计", 2, 1, 1),
    ]  # fmt: skip
    assert expire_agreements(on=mine.ends_on, by=CLOCK, at=morning()) == 0
    assert expire_agreements(on=mine.ends_on + timedelta(days=1), by=CLOCK, at=morning()) == 1
    assert visible_agreements(trade.scope(trade.b)).get() == other


def test_pages_of_a_leader(trade: Trade, client: Client) -> None:
    generate(trade)
    agreement = Agreement.objects.get()
    address = f"/agreements/of/{agreement.key}/"
    client.force_login(trade.user(trade.a))
    assert client.get("/agreements/?mine=1").context["total"] == 1
    assert "同意以本单位数字证书签署" in client.get(address).content.decode()
    assert client.get(f"{address}pdf/").content[:5] == b"%PDF-"
    sent = {"version": 1, "digest": agreement.text_digest}
    assert client.post(f"{address}act/sign/", sent).status_code == 400
    stale = client.post(f"{address}act/sign/", sent | {"agreed": "on", "digest": "0" * 64})
    assert stale.status_code == 409
    assert client.post(f"{address}act/sign/", sent | {"agreed": "on"}).status_code == 302
    page = client.get(f"{address}verify/").content.decode()
    assert "文件与签署时一致" in page
    client.force_login(trade.user(trade.maker))
    chosen = client.post("/bulk/agreement-sign/", {"ids": [agreement.pk]})
    assert chosen.status_code in (200, 302), chosen.content.decode()[:500]
    client.force_login(trade.user(trade.b))
    assert client.get(address).status_code == 404
    client.force_login(trade.user(trade.bureau))
    assert client.get("/agreements/progress/").context["places"][-1].agreements == 1


# --- two at once ----------------------------------------------------------------------------------


@pytest.mark.parametrize("same", [True, False])
def test_two_leaders_sign_at_once(same: bool, fresh_database: str) -> None:
    trade = Trade("jiangxi-2026")
    relate(trade, trade.d1, trade.product, trade.other)
    certify(trade, trade.a, trade.maker, trade.d1)
    generate(trade)
    agreement = Agreement.objects.get()
    told: list[str] = []
    both = threading.Barrier(2)
    who = [trade.acting(trade.a), trade.acting(trade.a if same else trade.maker)]

    def act(acting: dict[str, Any]) -> None:
        both.wait()
        try:
            sign_agreement(agreement=agreement, **acting)
            told.append("done")
        except Refusal as refusal:
            told.append(type(refusal).__name__)
        finally:
            connection.close()

    threads = [threading.Thread(target=act, args=(acting,)) for acting in who]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(told) == (["TransitionRefused", "done"] if same else ["done", "done"])
    number = 1 if same else 2
    kept = latest_document(agreement)
    assert kept is not None
    signatures = list(agreement.signatures.order_by("pk"))
    report = checked(path_of(kept.file).read_bytes(), signatures)
    assert (report.intact, len(report.signatures)) == (True, number)
