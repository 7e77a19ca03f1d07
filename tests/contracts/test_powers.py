"""Who signs for whom by a power of attorney, and what bureaus do about those who do not sign."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from contracts.models import Agreement, Disposal, PowerOfAttorney
from contracts.operations.agreements.asking import ask_agents
from contracts.operations.agreements.sign import latest_document, refuse_agreement, sign_agreement
from contracts.operations.disposals import close_disposal, record_disposal
from contracts.operations.powers import register_power, revoke_power
from contracts.queries.agreements import visible_agreements
from core.attachments.store import path_of
from core.signing import verify_pdf
from core.transitions import MissingInput, NotYours, TransitionRefused
from inbox.models import Notice, Task
from organisations.models import Organisation
from organisations.queries.certificates import trusted_roots
from tests.contracts.test_agreements import certify, generate, relate, rows, sign
from tests.contracts.world import Trade
from tests.days import dated, morning, today
from tests.factories import organisations as people


@pytest.fixture
def trade(db: None) -> Trade:
    made = Trade("jiangxi-2026")
    relate(made, made.d1, made.product, made.other)
    certify(made, made.a, made.maker, made.d1)
    return made


def paper() -> SimpleUploadedFile:
    return SimpleUploadedFile(
        "授权书.pdf", b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n", "application/pdf"
    )


def register(
    trade: Trade, principal: Organisation, agent: Organisation, by: Organisation, **changes: Any
) -> PowerOfAttorney:
    values: dict[str, Any] = {
        "principal": principal, "agent": agent, "batch": None, "valid_from": today(),
        "valid_to": today() + timedelta(days=5), "papers": [paper()],
    }  # fmt: skip
    return register_power(**values | changes, **trade.acting(by))


def test_the_lead_signs_for_a_member_and_the_file_names_the_power(trade: Trade) -> None:
    generate(trade, rows(trade, trade.b))
    agreement = Agreement.objects.get()
    with pytest.raises(NotYours):
        sign_agreement(agreement=agreement, **trade.acting(trade.a))
    mine = Task.objects.filter(organisation=trade.a, act="sign_agreements", done_at=None)
    assert not mine.exists()
    power = register(trade, trade.b, trade.a, trade.b)
    task = mine.get()
    assert (task.roles, task.url) == (["leader"], f"/agreements/?mine=1&batch={trade.batch.code}")
    assert visible_agreements(trade.scope(trade.a)).get() == agreement
    # Its last day has passed: the clock takes the act away, and gives it back where one holds.
    ask_agents(at=morning() + timedelta(days=6))
    assert not mine.exists()
    ask_agents(at=morning())
    assert mine.exists()
    late = morning() + timedelta(days=6)
    with pytest.raises(NotYours):
        sign_agreement(agreement=agreement, **trade.acting(trade.a, at=late))
    signed = sign_agreement(agreement=agreement, **trade.acting(trade.a))
    assert not mine.exists()
    (signature,) = signed.signatures.all()
    assert (signature.party, signature.organisation, signature.power) == (
        "institution", trade.a, power,
    )  # fmt: skip
    kept = latest_document(signed)
    assert kept is not None
    report = verify_pdf(path_of(kept.file).read_bytes(), trusted_roots())
    assert report.good and report.signatures[0].signer == "甲医院"
    assert power.power_no in report.signatures[0].reason
    revoke_power(power=power, revocation_reason="改由本院签", **trade.acting(trade.b))
    assert not visible_agreements(trade.scope(trade.a)).exists()
    assert Notice.objects.filter(organisation=trade.a, title__contains="授权书已撤销").exists()


def test_an_agent_is_asked_when_it_is_generated_and_not_after_the_revocation(trade: Trade) -> None:
    power = register(trade, trade.b, trade.a, trade.b)
    generate(trade, rows(trade, trade.b, trade.a))
    mine = Task.objects.filter(organisation=trade.a, act="sign_agreements", done_at=None)
    told = Notice.objects.get(organisation=trade.a, title__contains="待本单位签署")
    assert mine.count() == 1 and "有 2 份三方协议" in told.title
    sign_agreement(agreement=Agreement.objects.get(institution=trade.a), **trade.acting(trade.a))
    assert mine.count() == 1
    revoke_power(power=power, revocation_reason="改由本院签", **trade.acting(trade.b))
    assert mine.count() == 0
    principal = Task.objects.filter(organisation=trade.b, act="sign_agreements", done_at=None)
    assert principal.count() == 1


def test_a_power_of_another_batch_or_before_its_day_does_not_count(trade: Trade) -> None:
    generate(trade, rows(trade, trade.b))
    agreement = Agreement.objects.get()
    register(trade, trade.b, trade.a, trade.b, valid_from=today() + timedelta(days=1))
    other = Trade("jiangxi-2026").batch
    register(trade, trade.b, trade.a, trade.b, batch=other)
    with pytest.raises(NotYours):
        sign_agreement(agreement=agreement, **trade.acting(trade.a))


@pytest.mark.parametrize(
    ("principal", "agent", "by", "changes", "field"),
    [
        ("b", "a", "a", {}, "principal"),
        ("a", "a", "a", {}, "agent"),
        ("a", "maker", "a", {}, "agent"),
        ("a", "b", "a", {"valid_to": timedelta(days=-1)}, "valid_to"),
        ("a", "b", "a", {"papers": []}, "paper"),
    ],
)
def test_a_wrong_power_names_its_field(
    principal: str, agent: str, by: str, changes: dict[str, Any], field: str, trade: Trade
) -> None:
    with pytest.raises(MissingInput) as refused:
        register(
            trade,
            getattr(trade, principal),
            getattr(trade, agent),
            getattr(trade, by),
            **dated(changes),
        )
    assert refused.value.field == field
    assert PowerOfAttorney.objects.count() == 0


def test_a_lead_registers_its_members_power_for_itself_only(trade: Trade) -> None:
    people.consortium(trade.a, trade.b)
    assert register(trade, trade.b, trade.a, trade.a).registered_by == trade.a
    with pytest.raises(MissingInput, match="牵头机构自己"):
        register(trade, trade.b, trade.hospital("丙医院"), trade.a)
    with pytest.raises(NotYours):
        register(trade, trade.a, trade.b, trade.maker)


def test_disposals_of_who_does_not_sign(trade: Trade) -> None:
    generate(trade, rows(trade, trade.a))
    agreement = Agreement.objects.get()
    values: dict[str, Any] = {
        "batch": trade.batch, "year_no": 1, "kind": "talk", "reason": "逾期未签", "due_on": None,
    }  # fmt: skip
    with pytest.raises(NotYours):
        record_disposal(organisation=trade.a, **values, **trade.acting(trade.maker))
    with pytest.raises(MissingInput, match="没有未签或拒签"):
        record_disposal(organisation=trade.b, **values, **trade.acting(trade.county_bureau))
    with pytest.raises(MissingInput, match="只适用于企业"):
        record_disposal(
            organisation=trade.a, **values | {"kind": "credit"}, **trade.acting(trade.bureau)
        )
    sign_agreement(agreement=agreement, **trade.acting(trade.maker))
    with pytest.raises(MissingInput, match="没有未签或拒签"):
        record_disposal(organisation=trade.maker, **values, **trade.acting(trade.bureau))
    refuse_agreement(agreement=agreement, refusal_reason="不签", **trade.acting(trade.a))
    made = record_disposal(organisation=trade.a, **values, **trade.acting(trade.county_bureau))
    assert (made.agreement, made.county_id, made.state) == (agreement, trade.county.pk, "open")
    with pytest.raises(NotYours):
        close_disposal(disposal=made, outcome="已签", **trade.acting(trade.city_bureau))
    close_disposal(disposal=made, outcome="已签", **trade.acting(trade.county_bureau))
    with pytest.raises(TransitionRefused):
        close_disposal(disposal=made, outcome="再办", **trade.acting(trade.county_bureau))
    assert Disposal.objects.get().outcome == "已签"


def test_a_bureau_goes_from_an_unsigned_agreement_to_a_disposal(
    trade: Trade, client: Client
) -> None:
    generate(trade, rows(trade, trade.a))
    agreement = Agreement.objects.get()
    sign(trade, agreement, trade.maker)
    address = f"/agreements/of/{agreement.key}/"
    client.force_login(trade.user(trade.county_bureau))
    page = client.get(address)
    waiting = {each["name"]: each["url"] for each in page.context["to_dispose"]}
    assert set(waiting) == {trade.a.name, trade.d1.name}
    form = client.get(waiting[trade.a.name]).context["form"]
    assert form.initial == {
        "organisation_code": trade.a.code, "batch_code": trade.batch.code, "year_no": "1",
    }  # fmt: skip
    sent = form.initial | {"kind": "talk", "reason": "逾期未签"}
    assert client.post("/disposals/new/", sent).status_code == 302
    made = Disposal.objects.get()
    assert f"/disposals/{made.disposal_no}/" in client.get(address).content.decode()
    # The party reads it there too, and is offered nothing of the kind; another party reads nothing.
    client.force_login(trade.user(trade.a))
    own = client.get(address)
    assert made.disposal_no in own.content.decode() and own.context["to_dispose"] == []
    client.force_login(trade.user(trade.maker))
    assert made.disposal_no not in client.get(address).content.decode()
