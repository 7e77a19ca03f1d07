"""Report a surge in need; verify what was bought instead, as an exemption with its number (S2-14.5)."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.urls import reverse

from catalog.models import Product
from catalog.operations.exemptions import NewExemption, grant_exemptions
from core.attachments.store import attach
from core.audit.record import record
from core.operations import operation
from core.transitions import MissingInput, NotYours, TransitionRefused
from core.workdays.deadlines import shanghai_day
from inbox.operations.notices import NewNotice, notify
from inbox.operations.tasks import NewTask, finish_tasks, open_tasks
from organisations.models import User
from organisations.queries.scope import Scope
from procurement.models import SurgeReport
from procurement.queries.emergency_purchases import (
    counting_kind,
    others_to_count,
    tied_products,
)
from procurement.queries.surge import (
    may_report_surge,
    surge_papers,
    surge_standings,
    verifying_office,
)
from procurement.queries.surge_cases import open_case_for
from procurement.rules.packs import whole_packs
from procurement.rules.surge import OFFICERS, may_count
from procurement.states.surge import CLAUSE, SURGE_MACHINE

OBJECT_TYPE = SURGE_MACHINE.name


@operation
def report_surge(
    *,
    product: Product,
    cause: str,
    needed_packs: Decimal,
    days_of_stock: int,
    description: str,
    uploads: Sequence[UploadedFile] = (),
    by: User,
    scope: Scope,
    at: datetime,
) -> SurgeReport:
    """The city (of an institution right under the province: the province) has to verify.

    needed_packs: packs of the product. Raises NotYours, MissingInput, TransitionRefused where one
    of the product waits already.
    """
    allowed = may_report_surge(scope)
    if not allowed:
        raise NotYours.of(allowed)
    if needed_packs <= 0:
        raise MissingInput("needed_packs", "请填写需要的包装数，应大于零", CLAUSE)
    whole = whole_packs(needed_packs, act="报告", label="需要数量", clause=CLAUSE)
    if not whole:
        raise MissingInput("needed_packs", whole.reason, whole.clause)
    if days_of_stock < 0:
        raise MissingInput("days_of_stock", "库存可用天数不能为负", CLAUSE)
    if not description.strip():
        raise MissingInput("description", "请填写需求为什么突然增加", CLAUSE)
    assert scope.province_id is not None  # an institution stands in a region
    try:
        with transaction.atomic():
            report = SurgeReport.objects.create(
                report_no=f"YJ{shanghai_day(at):%Y%m%d}{secrets.token_hex(4).upper()}",
                case=open_case_for(product.group_id, scope.city_id, scope.province_id),
                product=product, cause=cause, needed_packs=needed_packs,
                days_of_stock=days_of_stock, description=description.strip(), reported_at=at,
                reporter_name=by.audit_name, institution_id=scope.organisation_id,
                county_id=scope.county_id, city_id=scope.city_id, province_id=scope.province_id,
                pool_id=scope.pool_id, state_at=at, state_by_id=by.audit_id,
                state_by_name=by.audit_name,
            )  # fmt: skip
    except IntegrityError as error:
        raise TransitionRefused(
            "本机构已有该产品待核实的应急需求：请在原件办结或撤回后再报告", CLAUSE
        ) from error
    attach(owner_type=OBJECT_TYPE, owner_id=report.pk, uploads=uploads, by=by, at=at)
    record(
        by=by, at=at, action="surge_report.report", object_type=OBJECT_TYPE, object_key=report.pk,
        object_label=_label(report), clause=CLAUSE, reason=report.description,
        detail={"product": product.code, "cause": cause, "needed_packs": f"{needed_packs:f}",
                "days_of_stock": days_of_stock},
    )  # fmt: skip
    office = verifying_office(report)
    if office is not None:
        task = NewTask(
            organisation_id=office.pk, act="verify_surge", title=f"核实应急需求：{_label(report)}",
            object_type=OBJECT_TYPE, object_key=report.report_no, url=_url(report),
            severity="red" if days_of_stock == 0 else "orange", roles=OFFICERS,
        )  # fmt: skip
        open_tasks(tasks=[task], at=at)
    return report


@operation
def verify_surge(
    *,
    report: SurgeReport,
    bought_product: Product,
    from_on: date,
    to_on: date,
    note: str,
    by: User,
    scope: Scope,
    at: datetime,
    seen_version: int | None = None,
) -> SurgeReport:
    """What the institution receives of `bought_product` from `from_on` to `to_on` (both included):
    as a selected one where it is standby there, else left out of the assessment. Other products
    of the institution's emergency purchases count alike, each by an exemption of its own; the
    reported product itself may be named where it was lent in a public emergency.

    It rests on the report's papers. Raises as the machine does, or MissingInput naming the field.
    """
    with transaction.atomic():
        held = SurgeReport.objects.select_for_update(of=("self",)).get(pk=report.pk)
        allowed = SURGE_MACHINE.verdict(
            SURGE_MACHINE.named("verify"), held, surge_standings(scope, held)
        )
        batch = None
        if allowed and seen_version in (None, held.row_version):
            fits = may_count(from_on=from_on, to_on=to_on)
            if not fits:
                raise MissingInput("to_on", fits.reason, fits.clause)
            if not surge_papers(held):
                raise MissingInput(
                    "note",
                    "这份报告没有证明材料，不能认定：请不予认定，由机构附材料重新报告",
                    CLAUSE,
                )
            held.kind, batch = counting_kind(held, bought_product, from_on)
            if not held.kind:
                raise MissingInput(
                    "bought_product",
                    "该产品在本地区是中选产品，采购本来就计入，不需要认定；只有流行病、灾害中"
                    "已收到调剂的急需产品，可认定不考核约定量",
                    CLAUSE,
                )
            # Tied products that count by themselves need nothing and bind nobody.
            tied = [each for each in tied_products(held) if counting_kind(held, each, from_on)[0]]
            if tied and bought_product not in tied and held.kind != "agreed_volume":
                names = "、".join(product.code for product in tied)
                raise MissingInput(
                    "bought_product", f"机构登记的应急采购产品是 {names}，请从中填写", CLAUSE
                )
            held.bought_product, held.from_on, held.to_on = bought_product, from_on, to_on
            held.save(update_fields=["kind", "bought_product", "from_on", "to_on"])
        row: SurgeReport
        row, _ = SURGE_MACHINE.perform(
            verb="verify", obj=held, by=by, at=at, inputs={"note": note.strip()},
            seen_version=seen_version, standings=lambda each: surge_standings(scope, each),
        )  # fmt: skip
        grant_exemptions(
            rows=[
                NewExemption(
                    exemption_no=row.report_no, kind=row.kind, from_on=from_on, to_on=to_on,
                    reason=f"{row.get_cause_display()}应急采购（{row.report_no}，{CLAUSE}）",
                    batch=batch, product=bought_product, institution_id=row.institution_id,
                ),
                *(
                    NewExemption(
                        exemption_no=f"{row.report_no}-{number}", kind=kind, from_on=from_on,
                        to_on=to_on, batch=other_batch, product=product,
                        reason=f"{row.get_cause_display()}应急采购（{row.report_no}，{CLAUSE}）",
                        institution_id=row.institution_id,
                    )
                    for number, (product, kind, other_batch) in enumerate(
                        others_to_count(row, bought_product, from_on), start=2
                    )
                ),
            ],
            case=row.report_no, clause=CLAUSE, by=by, at=at,
        )  # fmt: skip
    finish_tasks(object_type=OBJECT_TYPE, object_keys=[row.report_no], at=at)
    _tell(row, at)
    return row


@operation
def answer_surge(
    *,
    report: SurgeReport,
    verb: str,
    words: str,
    by: User,
    scope: Scope,
    at: datetime,
    seen_version: int | None = None,
) -> SurgeReport:
    """The bureau refuses with its reason, or the institution takes the report back."""
    name = "note" if verb == "refuse" else "closing_note"
    row: SurgeReport
    row, _ = SURGE_MACHINE.perform(
        verb=verb, obj=report, by=by, at=at, inputs={name: words.strip()},
        seen_version=seen_version, standings=lambda held: surge_standings(scope, held),
    )  # fmt: skip
    finish_tasks(object_type=OBJECT_TYPE, object_keys=[row.report_no], at=at)
    if verb == "refuse":
        _tell(row, at)
    return row


def _tell(report: SurgeReport, at: datetime) -> None:
    assert report.institution_id is not None
    notice = NewNotice(
        report.institution_id, f"surge-{report.report_no}-{report.row_version}",
        f"应急需求{report.get_state_display()}：{_label(report)}", report.note, _url(report),
    )  # fmt: skip
    notify(notices=[notice], at=at)


def _url(report: SurgeReport) -> str:
    return reverse("surge-report", args=[report.report_no])


def _label(report: SurgeReport) -> str:
    return f"{report.product}（{report.report_no}）"
