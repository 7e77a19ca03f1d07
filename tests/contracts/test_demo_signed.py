"""The demonstration's agreements of the running year: in force with three signatures, made once."""

from __future__ import annotations

from datetime import timedelta

import pytest

from catalog.models import AgreementYear
from contracts.models import Agreement, AgreementLine, DeliveryRelation
from contracts.operations.agreements.sealing import checked
from contracts.operations.agreements.sign import latest_document
from contracts.operations.demo_signed import WAITING, create_demo_signed
from core.attachments.store import path_of
from organisations.operations.certificates import issue_certificate, make_signing_root
from tests.contracts.test_agreements import CLOCK
from tests.contracts.world import Trade
from tests.days import morning, today
from tests.factories import organisations as people
from tests.factories import stages


@pytest.mark.django_db
def test_loaded_agreements_are_signed_anew_once() -> None:
    trade = Trade("jiangxi-2026")
    AgreementYear.objects.filter(batch=trade.batch, year_no=1).update(
        starts_on=today() - timedelta(days=100), ends_on=today() + timedelta(days=264)
    )
    others = [trade.hospital(f"丙{n}") for n in range(WAITING + 1)]
    for number, hospital in enumerate([trade.a, trade.b, *others]):
        stages.agreement_line(
            trade.parties(hospital), agreement_no=f"XY{number}", batch=trade.batch,
            product=trade.product, institution_signed_at=morning(), manufacturer_signed_at=morning(),
            distributor_signed_at=morning(),
        )  # fmt: skip
    make_signing_root(name="测试根", by=CLOCK, at=morning() - timedelta(days=1))
    cast = (
        ("province", trade.bureau), ("hospital-leader", trade.a), ("consortium", trade.b),
        ("manufacturer", trade.maker), ("distributor", trade.d1),
    )  # fmt: skip
    for name, of in cast:
        people.person(of, "clerk", "leader", username=name)
        issue_certificate(organisation=of, by=CLOCK, at=morning() - timedelta(days=1))
    assert create_demo_signed(at=morning()) == 2
    assert create_demo_signed(at=morning()) == 0
    mine = Agreement.objects.get(institution=trade.a, state="in_force")
    kept = latest_document(mine)
    assert kept is not None
    report = checked(path_of(kept.file).read_bytes(), list(mine.signatures.order_by("pk")))
    assert (report.intact, len(report.signatures), mine.version) == (True, 3, 2)
    line = AgreementLine.objects.get(institution=trade.a)
    assert (line.agreement_id, line.institution_signed_at) == (mine.pk, morning())
    assert Agreement.objects.filter(state="partial").count() == WAITING
    relation = DeliveryRelation.objects.get()
    assert (relation.state, relation.valid_from) == ("accepted", today())
