"""Record a purchase off the platform, explain it, judge its reason, correct its surge (S1-三(四)7)."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.urls import reverse

from catalog.models import Product
from core.attachments.store import attach
from core.audit.record import record
from core.operations import operation
from core.transitions import MissingInput, NotYours, StaleVersion
from core.workdays.deadlines import shanghai_day
from inbox.operations.notices import NewNotice, notify
from inbox.operations.tasks import NewTask, finish_tasks, open_tasks
from organisations.models import Organisation, User
from organisations.queries.scope import Scope
from procurement.models import OfflinePurchase, SurgeReport
from procurement.operations.transfers import OPEN_REPORTS
from procurement.queries.offline_purchases import (
    BUYERS,
    OFFICERS,
    judging_office,
    may_record_offline,
    offline_standings,
)
from procurement.rules.packs import whole_packs
from procurement.states.offline_purchase import BUYER, CLAUSE, OFFLINE_MACHINE

OBJECT_TYPE = OFFLINE_MACHINE.name


@operation
def record_offline(
    *,
    product: Product,
    packs: Decimal,
    unit_price: Decimal,
    bought_on: date,
    seller: str,
    words: str,
    institution: Organisation | None = None,
    surge_no: str = "",
    uploads: Sequence[UploadedFile] = (),
    by: User,
    scope: Scope,
    at: datetime,
) -> OfflinePurchase:
    """An institution records its own with its reason and evidence; a bureau what it found.

    `words` is the reason, or what was found; `institution` is named by a bureau only, `surge_no` by
    an institution: the report of its own surge for which it bought. unit_price: yuan per pack. The county's bureau judges, the institution explains what was found.
    Raises NotYours, MissingInput.
    """
    allowed = may_record_offline(scope)
    if not allowed:
        raise NotYours.of(allowed)
    own = scope.kind == "institution"
    if packs <= 0:
        raise MissingInput("packs", "请填写采购的包装数，应大于零", CLAUSE)
    whole = whole_packs(packs, act="登记", label="包装数", clause=CLAUSE)
    if not whole:
        raise MissingInput("packs", whole.reason, whole.clause)
    if unit_price < 0:
        raise MissingInput("unit_price", "单价不能为负", CLAUSE)
    if bought_on > shanghai_day(at):
        raise MissingInput("bought_on", "采购日期不能晚于今天", CLAUSE)
    if not seller.strip():
        raise MissingInput("seller", "请填写销售单位", CLAUSE)
    if not words.strip():
        raise MissingInput("words", "请填写原因" if own else "请填写发现的情况", CLAUSE)
    surge = _surge(surge_no, scope) if own else None
    if own and not uploads:
        raise MissingInput("files", "请上传票据等凭证", CLAUSE)
    row = OfflinePurchase.objects.create(
        purchase_no=f"XX{shanghai_day(at):%Y%m%d}{secrets.token_hex(4).upper()}",
        source="own" if own else "found", product=product, packs=packs, unit_price=unit_price,
        bought_on=bought_on, seller=seller.strip(), surge=surge, recorded_by_id=scope.organisation_id,
        recorded_at=at, recorder_name=by.audit_name, state="submitted" if own else "asked",
        state_at=at, state_by_id=by.audit_id, state_by_name=by.audit_name,
        **({"reason": words.strip()} if own else {"finding": words.strip()}),
        **_stamps(by.organisation if own else institution, scope),
    )  # fmt: skip
    attach(owner_type=OBJECT_TYPE, owner_id=row.pk, uploads=uploads, by=by, at=at)
    record(
        by=by, at=at, action="offline_purchase.record", object_type=OBJECT_TYPE, object_key=row.pk,
        object_label=_label(row), clause=CLAUSE, reason=words.strip(),
        detail={"product": product.code, "packs": f"{packs:f}", "unit_price": f"{unit_price:f}",
                "bought_on": f"{bought_on}", "source": row.source,
                **({"surge": surge.report_no} if surge else {})},
    )  # fmt: skip
    _ask(row, at)
    return row


@operation
def step_offline(
    *,
    purchase: OfflinePurchase,
    verb: str,
    words: str,
    uploads: Sequence[UploadedFile] = (),
    by: User,
    scope: Scope,
    at: datetime,
    seen_version: int | None = None,
) -> OfflinePurchase:
    """The institution explains (`explain`), its bureau accepts or refuses the reason."""
    name = OFFLINE_MACHINE.named(verb).needs[0]
    row: OfflinePurchase
    row, _ = OFFLINE_MACHINE.perform(
        verb=verb, obj=purchase, by=by, at=at, inputs={name: words.strip()},
        seen_version=seen_version, standings=lambda held: offline_standings(scope, held),
    )  # fmt: skip
    attach(owner_type=OBJECT_TYPE, owner_id=row.pk, uploads=uploads, by=by, at=at)
    finish_tasks(object_type=OBJECT_TYPE, object_keys=[row.purchase_no], at=at)
    _ask(row, at)
    if verb != "explain":
        assert row.institution_id is not None
        told = NewNotice(
            row.institution_id, f"offline-{row.purchase_no}-{row.row_version}",
            f"线下采购{row.get_state_display()}：{_label(row)}", row.note, _url(row),
        )  # fmt: skip
        notify(notices=[told], at=at)
    return row


@operation
def correct_surge(
    *,
    purchase: OfflinePurchase,
    surge_no: str,
    words: str,
    by: User,
    scope: Scope,
    at: datetime,
    seen_version: int | None = None,
) -> OfflinePurchase:
    """The institution says for which of its surges it bought after all; '' for none of them.

    What stood before and why it was wrong are an entry of the trail and of the page's timeline.
    Raises NotYours, StaleVersion, MissingInput.
    """
    held = OfflinePurchase.objects.select_for_update(of=("self",)).get(pk=purchase.pk)
    if BUYER not in offline_standings(scope, held):
        raise NotYours("应急需求编号由采购的医疗机构更正", CLAUSE)
    if seen_version is not None and held.row_version != seen_version:
        raise StaleVersion(
            f"该线下采购已由{held.state_by_name}更新为“{held.get_state_display()}”，请刷新后再办理"
        )
    if not words.strip():
        raise MissingInput("words", "请填写更正原因", CLAUSE)
    surge = _surge(surge_no, scope)
    before = held.surge
    if before == surge:
        raise MissingInput("surge_no", "与现在登记的应急需求相同，不需要更正", CLAUSE)
    held.surge = surge
    held.row_version += 1
    held.save(update_fields=["surge", "row_version"])
    record(
        by=by, at=at, action="offline_purchase.correct_surge", object_type=OBJECT_TYPE,
        object_key=held.pk, object_label=_label(held), clause=CLAUSE, reason=words.strip(),
        detail={"from": before.report_no if before else "", "to": surge.report_no if surge else ""},
    )  # fmt: skip
    return held


def _surge(number: str, scope: Scope) -> SurgeReport | None:
    """The institution's own report that stands; MissingInput for any other number."""
    if not number.strip():
        return None
    found = SurgeReport.objects.filter(
        report_no=number.strip(), institution=scope.organisation_id, state__in=OPEN_REPORTS
    ).first()
    if found is None:
        raise MissingInput(
            "surge_no", "没有这个编号的本机构应急需求，或已撤回、不予认定，请核对或留空", CLAUSE
        )
    return found


def _stamps(institution: Organisation | None, scope: Scope) -> dict[str, Any]:
    """Of the buying institution; one outside the bureau's region is answered like a missing one."""
    missing = MissingInput("institution_code", "没有这个编码的医疗机构，请核对定点编码", CLAUSE)
    if institution is None or institution.kind != Organisation.Kind.INSTITUTION:
        raise missing
    chain: dict[str, Any] = {}
    step = institution.region
    while step is not None:
        chain[step.level] = step
        step = step.parent
    inside = {place.pk for place in chain.values()}
    if scope.kind == "bureau" and scope.region_id not in inside:
        raise missing
    return {
        "institution": institution, "county": chain.get("county"), "city": chain.get("city"),
        "province": chain.get("province"), "pool_id": institution.pool_id,
    }  # fmt: skip


def _ask(row: OfflinePurchase, at: datetime) -> None:
    """The task of whoever has to act now, if anybody."""
    office = judging_office(row)
    whose: tuple[int | None, str, str, tuple[str, ...]] | None = {
        "asked": (row.institution_id, "explain_offline", "说明线下采购的原因", BUYERS),
        "refused": (row.institution_id, "explain_offline", "重新说明线下采购的原因", BUYERS),
        "submitted": (office.pk if office else None, "judge_offline", "审核线下采购", OFFICERS),
    }.get(row.state)
    if whose is None or whose[0] is None:
        return
    task = NewTask(
        organisation_id=whose[0], act=whose[1], title=f"{whose[2]}：{_label(row)}",
        object_type=OBJECT_TYPE, object_key=row.purchase_no, url=_url(row), roles=whose[3],
    )  # fmt: skip
    open_tasks(tasks=[task], at=at)


def _url(row: OfflinePurchase) -> str:
    return reverse("offline-purchase", args=[row.purchase_no])


def _label(row: OfflinePurchase) -> str:
    return f"{row.product} {row.bought_on:%Y-%m-%d}（{row.purchase_no}）"
