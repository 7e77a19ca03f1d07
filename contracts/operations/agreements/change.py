"""New versions of an agreement, its end by the bureau, and what each day brings."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal

from django.db import connection, transaction

from contracts.models import Agreement, AgreementItem, AgreementLine, DeliveryRelation
from contracts.operations.agreements.asking import ask_to_sign
from contracts.operations.agreements.generate import year_of
from contracts.operations.agreements.sign import tell_parties
from contracts.operations.agreements.writing import TextRow, stage, write_staged
from contracts.queries.agreements import agreement_standings, struck_products
from contracts.queries.relations import covering
from contracts.rules.agreement import CLAUSE
from contracts.states.agreement import AGREEMENT_MACHINE, BUREAU, CLOCK, PARTY, PENDING
from contracts.states.relation import DELIVERING
from core.audit.record import Actor, record
from core.operations import operation
from core.transitions import MissingInput, NotYours, TransitionRefused, Verdict
from core.workdays.deadlines import shanghai_day
from organisations.models import Organisation, User
from organisations.queries.scope import Scope

CHANGEABLE = ("unsigned", "partial", "in_force", "refused")
AHEAD_DAYS = (7, 3, 1)


def may_change(scope: Scope, agreement: Agreement) -> Verdict:
    """Any of institution and manufacturer, or the bureau over the institution; not the distributor."""
    held = agreement_standings(scope, agreement)
    own = {scope.organisation_id, *scope.predecessor_ids}
    proposes = PARTY in held and bool(own & {agreement.institution_id, agreement.manufacturer_id})
    if not (proposes or BUREAU in held):
        return Verdict(False, "变更由医疗机构、生产企业或主管医保局提出", CLAUSE)
    if agreement.state not in CHANGEABLE:
        return Verdict(False, f"当前状态为“{agreement.get_state_display()}”，不能再变更", CLAUSE)
    return Verdict(True)


@operation
def make_version(
    *,
    agreement: Agreement,
    distributor: Organisation | None,
    quantities: Mapping[int, Decimal],
    change_reason: str,
    by: User,
    scope: Scope,
    at: datetime,
    seen_version: int | None = None,
) -> Agreement:
    """Another distributor, other quantities (base units, by product id), or both: a new version.

    All three sign it anew. What is in force stays so until then; what nobody has signed is
    replaced at once. Raises NotYours, MissingInput, StaleVersion, TransitionRefused.
    """
    with transaction.atomic():
        old = Agreement.objects.select_for_update(of=("self",)).get(pk=agreement.pk)
        allowed = may_change(scope, old)
        if not allowed:
            raise NotYours.of(allowed)
        _refuse(old, seen_version, at)
        # What a cancelled selection took out stays out, whatever text one starts from.
        rows = old.items.exclude(product__in=struck_products(old.agreement_no))
        items = list(rows.select_related("product").order_by("line_no"))
        carrier = distributor.pk if distributor is not None else old.distributor_id
        _refuse_change(old, items, distributor, quantities, change_reason)
        if old.state in PENDING:
            AGREEMENT_MACHINE.perform(
                verb="supersede", obj=old, by=by, at=at, standings=lambda held: {CLOCK}
            )
        new = _write(old, items, int(carrier or 0), quantities, change_reason, by, at)
        record(
            by=by, at=at, action="agreement.change", object_type=AGREEMENT_MACHINE.name,
            object_key=new.pk, object_label=str(new), reason=new.change_reason, clause=CLAUSE,
            detail={
                "from": old.key, "distributor": carrier,
                "quantities": {str(pk): str(quantity) for pk, quantity in quantities.items()},
            },
        )  # fmt: skip
        parties = {new.institution_id, new.manufacturer_id, new.distributor_id, old.distributor_id}
        told = sorted(pk for pk in parties if pk is not None)
        tell_parties(new, told, "changed", f"三方协议变更待签：{new}（{new.change_reason}）", at)
        ask_to_sign(batch_id=new.batch_id, year_no=new.year_no, at=at, among=told)
    return new


@operation
def terminate_agreement(
    *,
    agreement: Agreement,
    ending_reason: str,
    by: User,
    scope: Scope,
    at: datetime,
    seen_version: int | None = None,
) -> Agreement:
    """The bureau ends it: its lines count no more from this moment. A change that waits ends too."""
    moved: Agreement
    moved, _ = AGREEMENT_MACHINE.perform(
        verb="terminate", obj=agreement, by=by, at=at, seen_version=seen_version,
        inputs={"ending_reason": ending_reason.strip()},
        standings=lambda held: agreement_standings(scope, held),
    )  # fmt: skip
    AgreementLine.objects.filter(agreement_no=moved.agreement_no, agreement=moved).update(
        ended_at=at
    )
    waiting = Agreement.objects.filter(agreement_no=moved.agreement_no, state__in=PENDING)
    for each in waiting:
        AGREEMENT_MACHINE.perform(
            verb="supersede", obj=each, by=by, at=at, standings=lambda held: {CLOCK}
        )
    parties = {moved.institution_id, moved.manufacturer_id, moved.distributor_id}
    told = sorted(pk for pk in parties if pk is not None)
    tell_parties(moved, told, "terminated", f"三方协议终止：{moved}（{moved.ending_reason}）", at)
    ask_to_sign(batch_id=moved.batch_id, year_no=moved.year_no, at=at, among=told)
    return moved


EXPIRE = """
UPDATE contracts_agreement SET state = 'expired', state_at = %s, state_by_id = NULL,
       state_by_name = %s, row_version = row_version + 1
WHERE state = 'in_force' AND ends_on < %s
"""


@operation
def expire_agreements(*, on: date, by: Actor, at: datetime) -> int:
    """Versions in force whose year has ended; their lines stay the figures of that year."""
    with connection.cursor() as cursor:
        cursor.execute(EXPIRE, [at, by.audit_name, on])
        number = int(cursor.rowcount)
    if number:
        record(
            by=by, at=at, action="agreement.expire", object_type=AGREEMENT_MACHINE.name,
            object_label=f"{number:,} 份协议", detail={"ended_before": f"{on}", "number": number},
        )  # fmt: skip
    return number


@operation
def remind_due(*, on: date, by: Actor, at: datetime) -> int:
    """Seven, three and one day before the last day, and on the first working day after it.

    Gives how many organisations were told.
    """
    rows = Agreement.objects.filter(state__in=PENDING, ends_on__gte=on).order_by()
    told = 0
    for batch, year, until in rows.values_list("batch_id", "year_no", "sign_by").distinct():
        if (until - on).days in (*AHEAD_DAYS, -1):
            told += ask_to_sign(batch_id=batch, year_no=year, at=at, remind=f"{(until - on).days}")
    if told:
        record(
            by=by, at=at, action="agreement.remind", object_type=AGREEMENT_MACHINE.name,
            object_label=f"{told:,} 家单位", detail={"on": f"{on}"},
        )  # fmt: skip
    return told


def _refuse(old: Agreement, seen_version: int | None, at: datetime) -> None:
    if seen_version is not None and old.row_version != seen_version:
        raise TransitionRefused("协议已有变动，请刷新后再提出变更", CLAUSE)
    if old.ends_on < shanghai_day(at):
        raise TransitionRefused("采购年度已经结束，不能再变更", CLAUSE)
    waits = Agreement.objects.filter(agreement_no=old.agreement_no, state__in=PENDING).exclude(
        pk=old.pk
    )
    newer = Agreement.objects.filter(agreement_no=old.agreement_no, version__gt=old.version)
    if waits.exists() or newer.exclude(state="refused").exists():
        raise TransitionRefused("已有新版本，请在新版本上办理", CLAUSE)


def _refuse_change(
    old: Agreement,
    items: list[AgreementItem],
    distributor: Organisation | None,
    quantities: Mapping[int, Decimal],
    change_reason: str,
) -> None:
    if not change_reason.strip():
        raise MissingInput("change_reason", "请填写变更原因", CLAUSE)
    known = {item.product_id: item.agreed_qty for item in items}
    if set(quantities) - set(known):
        raise MissingInput("quantities", "只能调整协议中已有产品的数量", CLAUSE)
    if any(quantity <= 0 for quantity in quantities.values()):
        raise MissingInput("quantities", "约定采购量应大于 0；不再采购的，请办理终止", CLAUSE)
    other = distributor is not None and distributor.pk != old.distributor_id
    moved = any(known[pk] != quantity for pk, quantity in quantities.items())
    if not (other or moved or old.state == "refused"):
        raise MissingInput("quantities", "配送企业和数量都没有变化", CLAUSE)
    if other and distributor is not None:
        _refuse_carrier(old, items, distributor)


def _refuse_carrier(old: Agreement, items: list[AgreementItem], distributor: Organisation) -> None:
    """Whoever takes over must have a relation for each product at the institution."""
    hospital = Organisation.objects.get(pk=old.institution_id)
    rows = DeliveryRelation.objects.filter(
        covering(hospital.pool_id, hospital.region_id), distributor=distributor, state__in=DELIVERING,
        product_id__in=[item.product_id for item in items],
    )  # fmt: skip
    open_ones = rows.filter(valid_until__isnull=True) | rows.filter(valid_until__gt=old.starts_on)
    covered = set(open_ones.values_list("product_id", flat=True))
    missing = [str(item.product) for item in items if item.product_id not in covered]
    if missing:
        raise MissingInput(
            "distributor",
            f"{distributor.name}在本地区没有{missing[0]}已确认的配送关系：请生产企业先点选、由它确认",
            CLAUSE,
        )


def _write(
    old: Agreement,
    items: list[AgreementItem],
    carrier: int,
    quantities: Mapping[int, Decimal],
    change_reason: str,
    by: User,
    at: datetime,
) -> Agreement:
    newest = Agreement.objects.filter(agreement_no=old.agreement_no).order_by("-version").first()
    version = (newest.version if newest else old.version) + 1
    stage(
        TextRow(
            old.institution_id or 0, old.manufacturer_id or 0, carrier, item.product_id,
            quantities.get(item.product_id, item.agreed_qty), item.price, old.agreement_no,
            version, old.pk, change_reason.strip(),
        )
        for item in items
    )  # fmt: skip
    year = year_of(old.batch, old.year_no)
    (pk,) = write_staged(year=year, basis=Agreement.Basis.CHANGE, lines="", by=by, at=at)
    # Lines that were never in force wait for the newest version.
    AgreementLine.objects.filter(
        agreement_no=old.agreement_no, agreement__isnull=False, institution_signed_at__isnull=True
    ).update(agreement_id=pk)
    return Agreement.objects.select_related(
        "batch", "institution", "manufacturer", "distributor"
    ).get(pk=pk)
