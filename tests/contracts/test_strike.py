"""A cancelled selection takes the product out of the agreements, by new versions (S2-2.3)."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

import pytest

from catalog.models import Selection
from contracts.models import Agreement, AgreementLine
from contracts.operations.agreements.change import make_version
from contracts.operations.agreements.strike import Struck, strike_product
from core.audit.models import AuditEvent
from core.audit.record import SystemActor
from core.transitions import MissingInput
from core.workdays.deadlines import SHANGHAI
from inbox.models import Notice, Task
from tests.contracts.test_agreements import certify, generate, relate, rows, sign
from tests.contracts.world import Trade
from tests.days import morning, today

pytestmark = pytest.mark.django_db
CLOCK = SystemActor("平台")


def strike(trade: Trade, **more: Any) -> Struck:
    Selection.objects.filter(product=trade.product).update(valid_to=today() - timedelta(days=1))
    return strike_product(
        batch=trade.batch, product=trade.product, region=trade.province, on=today(),
        reason="拒不签约", clause="二", by=CLOCK, at=morning(), **more,
    )  # fmt: skip


def test_the_product_leaves_every_agreement_and_the_others_stay() -> None:
    trade = Trade("shaanxi-2024")
    c = trade.hospital("丙医院")
    relate(trade, trade.d1, trade.product, trade.other)
    certify(trade, trade.a, trade.b, trade.maker, trade.d1)
    # A's is in force with both products, B's with this one only, C's waits for signatures.
    generate(trade, [*rows(trade), rows(trade, trade.b)[0], *rows(trade, c)])
    of_a, of_b, of_c = (Agreement.objects.get(institution=each) for each in (trade.a, trade.b, c))
    sign(trade, of_a, trade.a, trade.maker, trade.d1)
    sign(trade, of_b, trade.b, trade.maker, trade.d1)
    assert strike(trade) == Struck(ended=3, versions=2, terminated=1)
    ended = AgreementLine.objects.filter(product=trade.product)
    midnight = datetime.combine(today(), time.min, SHANGHAI)
    assert {row.ended_at for row in ended} == {midnight}
    assert not AgreementLine.objects.filter(product=trade.other, ended_at__isnull=False).exists()
    states = dict(Agreement.objects.order_by("version").values_list("pk", "state"))
    assert (states[of_a.pk], states[of_b.pk], states[of_c.pk]) == (
        "in_force", "terminated", "superseded",
    )  # fmt: skip
    new = Agreement.objects.get(agreement_no=of_a.agreement_no, version=2)
    assert [each.product_id for each in new.items.all()] == [trade.other.pk]
    assert (new.state, new.supersedes_id) == ("unsigned", of_a.pk)
    waits = Agreement.objects.get(agreement_no=of_c.agreement_no, version=2)
    assert list(waits.lines.values_list("product_id", flat=True)) == [trade.other.pk]
    # Each party is told once of all its agreements, and asked to sign; each agreement's trail says so.
    told = Notice.objects.filter(organisation=trade.maker, title__contains="不再列入")
    assert [each.title.rpartition("：")[2] for each in told] == ["涉及本单位 3 份"]
    asked = Task.objects.filter(act="sign_agreements", done_at__isnull=True)
    assert asked.filter(organisation=trade.a).exists()
    kept = AuditEvent.objects.filter(action__startswith="agreement.strike")
    assert {each.object_key for each in kept} == {f"{new.pk}", f"{waits.pk}", f"{of_b.pk}"}
    # Run again it finds nothing.
    assert strike(trade) == Struck(0, 0, 0)
    signed = sign(trade, new, trade.a, trade.maker, trade.d1)
    of_a.refresh_from_db()
    assert (signed.state, of_a.state) == ("in_force", "superseded")
    line = AgreementLine.objects.get(agreement=signed)
    assert line.product_id == trade.other.pk and line.ended_at is None
    assert AgreementLine.objects.get(
        agreement_no=of_a.agreement_no, product=trade.product
    ).ended_at == midnight  # fmt: skip


def test_a_change_of_an_older_text_does_not_bring_it_back() -> None:
    trade = Trade("shaanxi-2024")
    relate(trade, trade.d1, trade.product, trade.other)
    certify(trade, trade.a, trade.maker, trade.d1)
    generate(trade)
    old = Agreement.objects.get()
    sign(trade, old, trade.a, trade.maker, trade.d1)
    strike(trade)
    Agreement.objects.filter(version=2).update(state="refused", refused_party="distributor")
    old.refresh_from_db()
    common = {"agreement": old, "distributor": None, **trade.acting(trade.a)}
    with pytest.raises(MissingInput, match="已有产品"):
        make_version(quantities={trade.product.pk: 5}, change_reason="恢复", **common)
    again = make_version(quantities={trade.other.pk: 900}, change_reason="减少", **common)
    assert [each.product_id for each in again.items.all()] == [trade.other.pk]
    assert again.made_at - morning() < timedelta(seconds=1)
