"""Give notice that a product cannot be supplied; start standby; end it (S2-15.4, S2-14.5b)."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.urls import reverse

from catalog.models import Batch, Exemption, Product, ResultChange, Selection
from catalog.operations.exemptions import NewExemption, end_exemptions, grant_exemptions
from catalog.states.result_change import ResultKind
from core.attachments.store import attach
from core.audit.record import Actor, record
from core.operations import operation
from core.transitions import MissingInput, NotYours, TransitionRefused
from core.workdays.deadlines import shanghai_day
from inbox.operations.notices import NewNotice, notify
from inbox.operations.tasks import NewTask, finish_tasks, open_tasks
from organisations.models import Organisation, Region, User
from organisations.queries.scope import Scope
from procurement.models import StandbyCase
from procurement.queries.standby import (
    candidates,
    covers_all,
    institutions_in,
    may_give_notice,
    province_office,
    selection_in,
    standby_standings,
    supplied_regions,
)
from procurement.rules.standby import OFFICERS, may_end_on, may_start_on
from procurement.states.standby import CLAUSE, COUNTS_CLAUSE, GIVER, STANDBY_MACHINE

OBJECT_TYPE = STANDBY_MACHINE.name


@operation
def give_notice(
    *,
    product: Product,
    regions: Sequence[Region],
    unable_from: date,
    description: str,
    uploads: Sequence[UploadedFile],
    by: User,
    scope: Scope,
    at: datetime,
) -> list[StandbyCase]:
    """One case for each supply region that is named, with the same papers; all or none.

    The manufacturer's is in writing: it comes with a paper. The province has to decide.
    Raises NotYours, MissingInput, TransitionRefused where one is under way already.
    """
    allowed = may_give_notice(scope, product)
    if not allowed:
        raise NotYours.of(allowed)
    if not description.strip():
        raise MissingInput("description", "请填写不能供应的原因和预计持续多久", CLAUSE)
    if not regions:
        raise MissingInput("regions", "请填写不能供应的地区", CLAUSE)
    is_notice = product.manufacturer_id == scope.organisation_id
    if is_notice and not uploads:
        raise MissingInput("files", "不能供应须书面报告：请上传加盖公章的报告和证明材料", CLAUSE)
    # A savepoint: a refusal of one region leaves nothing of those before it.
    with transaction.atomic():
        cases = [
            _open(product, region, unable_from, description.strip(), is_notice, by, scope, at)
            for region in dict.fromkeys(regions)
        ]
        for case in cases:
            for upload in uploads:
                upload.seek(0)
            attach(owner_type=OBJECT_TYPE, owner_id=case.pk, uploads=uploads, by=by, at=at)
    for case in cases:
        _ask_province(case, at)
        if not is_notice:
            _tell(case, [case.manufacturer_id], "登记为不能供应，等待省级决定", at)
    return cases


@operation
def ask_standby_instead(*, change: ResultChange, by: Actor, at: datetime) -> StandbyCase | None:
    """A cancelled selection: the province is asked to start standby from the day on (S2-15.4).

    None where the result was no selected one, or a case is under way there already.
    """
    if change.kind != ResultKind.CANCELLED or change.role != Selection.Role.SELECTED:
        return None
    province = change.region if change.region.parent is None else change.region.parent
    office = province_office(province)
    if office is None or StandbyCase.objects.filter(
        product=change.product, region=change.region, state__in=("submitted", "in_force")
    ).exists():  # fmt: skip
        return None
    new = NewCase(
        product=change.product, batch=change.batch, region=change.region, source="cancelled",
        unable_from=change.effective_on, given_by_id=office.pk, change=change,
        description=f"中选自 {change.effective_on:%Y-%m-%d} 起取消"
        f"（{change.change_no}）：{change.reason}",
    )  # fmt: skip
    case = _create(new, by, at)
    _ask_province(case, at)
    _tell(case, [case.manufacturer_id], "中选取消，等待省级决定备供", at)
    return case


@operation
def drop_standby_instead(*, change: ResultChange, by: Actor, at: datetime) -> None:
    """The cancellation was taken back before its day: what it asked for is not needed."""
    for case in StandbyCase.objects.filter(result_change=change, state="submitted"):
        row: StandbyCase
        row, _ = STANDBY_MACHINE.perform(
            verb="withdraw", obj=case, by=by, at=at, standings=lambda each: {GIVER},
            inputs={"closing_note": f"结果变更 {change.change_no} 已撤销：{change.note}"},
        )  # fmt: skip
        finish_tasks(object_type=OBJECT_TYPE, object_keys=[row.case_no], at=at)
        _tell(row, [row.manufacturer_id], row.get_state_display(), at)


@operation
def start_standby(
    *,
    case: StandbyCase,
    standby_product: Product,
    starts_on: date,
    note: str,
    by: User,
    scope: Scope,
    at: datetime,
    seen_version: int | None = None,
) -> StandbyCase:
    """From `starts_on` what institutions of the region receive of it counts as selected.

    Exemptions of kind standby_counts are written for it, without an end. The institutions and both
    manufacturers are told. Raises as the machine does, or MissingInput naming the field.
    """
    with transaction.atomic():
        held = StandbyCase.objects.select_for_update(of=("self",)).get(pk=case.pk)
        allowed = STANDBY_MACHINE.verdict(
            STANDBY_MACHINE.named("start"), held, standby_standings(scope, held)
        )
        if allowed and seen_version in (None, held.row_version):
            _name_standby(held, standby_product, starts_on)
        row: StandbyCase
        row, _ = STANDBY_MACHINE.perform(
            verb="start", obj=held, by=by, at=at, inputs={"note": note.strip()},
            seen_version=seen_version, standings=lambda each: standby_standings(scope, each),
        )  # fmt: skip
        record(
            by=by, at=at, action="standby_case.days", object_type=OBJECT_TYPE, object_key=row.pk,
            object_label=_label(row), clause=CLAUSE,
            detail={"standby": standby_product.code, "starts_on": f"{starts_on}"},
        )  # fmt: skip
        grant_exemptions(
            rows=_exemptions(row), case=row.case_no, clause=COUNTS_CLAUSE, by=by, at=at
        )
    finish_tasks(object_type=OBJECT_TYPE, object_keys=[row.case_no], at=at)
    standby = f"{standby_product}（{standby_product.manufacturer.name}）"
    supplier = standby_product.manufacturer_id
    told = [each for each in (row.manufacturer_id, row.given_by_id) if each != supplier]
    _tell(row, told, f"备供已启动，{starts_on:%Y-%m-%d} 起由 {standby} 供应", at)
    _tell(
        row, [supplier],
        f"备供已启动，{starts_on:%Y-%m-%d} 起由本企业的 {standby_product} 供应，请在配送关系中核对"
        f"{row.region.name}各地都已点选配送企业：没有的，医疗机构不能下单", at,
    )  # fmt: skip
    _tell(
        row, list(institutions_in(row.region).values_list("pk", flat=True)),
        f"可采购备供产品 {standby}，{starts_on:%Y-%m-%d} 起到货的视同中选", at,
    )  # fmt: skip
    return row


@operation
def end_standby(
    *,
    case: StandbyCase,
    ends_on: date,
    closing_note: str,
    by: User,
    scope: Scope,
    at: datetime,
    seen_version: int | None = None,
) -> StandbyCase:
    """`ends_on` is the last day on which what is received counts; today at the earliest."""
    with transaction.atomic():
        held = StandbyCase.objects.select_for_update(of=("self",)).get(pk=case.pk)
        allowed = STANDBY_MACHINE.verdict(
            STANDBY_MACHINE.named("end"), held, standby_standings(scope, held)
        )
        if allowed and seen_version in (None, held.row_version):
            assert held.starts_on is not None
            fits = may_end_on(ends_on=ends_on, starts_on=held.starts_on, today=shanghai_day(at))
            if not fits:
                raise MissingInput("on", fits.reason, fits.clause)
            held.ends_on = ends_on
            held.save(update_fields=["ends_on"])
        row: StandbyCase
        row, _ = STANDBY_MACHINE.perform(
            verb="end", obj=held, by=by, at=at, inputs={"closing_note": closing_note.strip()},
            seen_version=seen_version, standings=lambda each: standby_standings(scope, each),
        )  # fmt: skip
        record(
            by=by, at=at, action="standby_case.days", object_type=OBJECT_TYPE, object_key=row.pk,
            object_label=_label(row), clause=CLAUSE, detail={"ends_on": f"{ends_on}"},
        )  # fmt: skip
        end_exemptions(
            prefix=row.case_no, to_on=ends_on, case=row.case_no, clause=COUNTS_CLAUSE, by=by, at=at
        )
    assert row.standby_manufacturer_id is not None
    told = {row.manufacturer_id, row.standby_manufacturer_id, row.given_by_id}
    told |= set(institutions_in(row.region).values_list("pk", flat=True))
    _tell(row, sorted(told), f"备供将于 {ends_on:%Y-%m-%d} 结束，此后到货的不再视同中选", at)
    return row


@operation
def answer_notice(
    *,
    case: StandbyCase,
    verb: str,
    words: str,
    by: User,
    scope: Scope,
    at: datetime,
    seen_version: int | None = None,
) -> StandbyCase:
    """The province refuses with its reason (`refuse`), or whoever gave it takes it back."""
    name = "note" if verb == "refuse" else "closing_note"
    row: StandbyCase
    row, _ = STANDBY_MACHINE.perform(
        verb=verb, obj=case, by=by, at=at, inputs={name: words.strip()},
        seen_version=seen_version, standings=lambda held: standby_standings(scope, held),
    )  # fmt: skip
    finish_tasks(object_type=OBJECT_TYPE, object_keys=[row.case_no], at=at)
    _tell(row, [row.manufacturer_id, row.given_by_id], row.get_state_display(), at)
    return row


def _open(
    product: Product, region: Region, unable_from: date, description: str, is_notice: bool,
    by: User, scope: Scope, at: datetime,
) -> StandbyCase:  # fmt: skip
    held = selection_in(product, region, max(unable_from, shanghai_day(at)))
    province = region if region.level == Region.Level.PROVINCE else region.parent
    if held is None or province is None or region.level == Region.Level.COUNTY:
        known = "、".join(
            f"{each.name} {each.code}"
            for each in supplied_regions(product, max(unable_from, shanghai_day(at)))[:20]
        )
        raise MissingInput(
            "regions",
            f"{region.name}不是该产品的供应地区：请填写中选结果中的供应地区（省或设区市）"
            + (f"，该日为 {known}" if known else "；该产品该日没有中选"),
            CLAUSE,
        )
    own = {"province": scope.province_id, "city": scope.city_id}
    if not is_notice and (scope.province_id != province.pk or (
        own["city"] is not None and region.pk != own["city"]
    )):  # fmt: skip
        raise MissingInput("regions", f"{region.name}不在本单位辖区内", CLAUSE)
    return _create(
        NewCase(
            product=product, batch=held.batch, region=region,
            source="notice" if is_notice else "found", unable_from=unable_from,
            description=description, given_by_id=scope.organisation_id,
        ),
        by, at,
    )  # fmt: skip


@dataclass(frozen=True)
class NewCase:
    """What is known when a case is opened; `change` only where a selection was cancelled."""

    product: Product
    batch: Batch
    region: Region
    source: str
    unable_from: date
    description: str
    given_by_id: int
    change: ResultChange | None = None


def _create(new: NewCase, by: Actor, at: datetime) -> StandbyCase:
    """Raises TransitionRefused where one is under way for the product and region."""
    product, region = new.product, new.region
    is_city = region.level == Region.Level.CITY
    province = region if region.parent is None else region.parent
    try:
        with transaction.atomic():
            case = StandbyCase.objects.create(
                case_no=f"BG{shanghai_day(at):%Y%m%d}{secrets.token_hex(4).upper()}",
                source=new.source, product=product, manufacturer_id=product.manufacturer_id,
                batch=new.batch, region=region, city=region if is_city else None,
                province=province, result_change=new.change,
                unable_from=new.unable_from, description=new.description,
                given_by_id=new.given_by_id, given_at=at, giver_name=by.audit_name,
                state_at=at, state_by_id=by.audit_id, state_by_name=by.audit_name,
            )  # fmt: skip
    except IntegrityError as error:
        raise TransitionRefused(
            f"{region.name}已有该产品的备供办理中，不需要重复提交；请在原件上补充或先结束", CLAUSE
        ) from error
    record(
        by=by, at=at, action="standby_case.give", object_type=OBJECT_TYPE, object_key=case.pk,
        object_label=_label(case), clause=CLAUSE, reason=new.description,
        detail={"product": product.code, "region": region.code, "source": case.source,
                "unable_from": f"{new.unable_from}", "batch": new.batch.code},
    )  # fmt: skip
    return case


def _name_standby(case: StandbyCase, product: Product, starts_on: date) -> None:
    """Check and keep the province's choice, on the locked row."""
    fits = may_start_on(
        starts_on=starts_on, unable_from=case.unable_from, batch_ends_on=case.batch.ends_on
    )
    if not fits:
        raise MissingInput("on", fits.reason, fits.clause)
    named = [each for each in candidates(case, starts_on) if each.pk == product.pk]
    if not named:
        raise MissingInput(
            "standby_product",
            "该产品在启动日不是这个批次、品种在该地区的备供产品：请从列出的备供产品中选择",
            CLAUSE,
        )
    case.standby_product, case.standby_manufacturer_id = product, product.manufacturer_id
    case.starts_on = starts_on
    case.save(update_fields=["standby_product", "standby_manufacturer", "starts_on"])


def _exemptions(case: StandbyCase) -> list[NewExemption]:
    """One for all where that is the same, else one for each institution of the region."""
    assert case.standby_product is not None
    assert case.starts_on is not None
    all_or_each: list[tuple[str, int | None]] = [(case.case_no, None)]
    if not covers_all(case):
        all_or_each = [
            (f"{case.case_no}-{code}", pk)
            for pk, code in institutions_in(case.region).order_by("code").values_list("pk", "code")
        ]
    reason = f"{case.region.name}启动备供（{case.case_no}，{CLAUSE}）：{case.product} 不能供应"
    return [
        NewExemption(
            exemption_no=number, kind=Exemption.Kind.STANDBY_COUNTS, reason=reason,
            from_on=case.starts_on, batch=case.batch, product=case.standby_product,
            institution_id=institution,
        )
        for number, institution in all_or_each
    ]  # fmt: skip


def _ask_province(case: StandbyCase, at: datetime) -> None:
    office: Organisation | None = province_office(case.province)
    if office is None:
        return
    task = NewTask(
        organisation_id=office.pk, act="decide_standby", title=f"决定是否启动备供：{_label(case)}",
        object_type=OBJECT_TYPE, object_key=case.case_no, url=_url(case), severity="orange",
        roles=OFFICERS,
    )  # fmt: skip
    open_tasks(tasks=[task], at=at)


def _tell(case: StandbyCase, told: Sequence[int], words: str, at: datetime) -> None:
    notices = [
        NewNotice(
            pk, f"standby-{case.case_no}-{case.row_version}-{pk}", f"{words}：{_label(case)}",
            case.closing_note or case.note or case.description, _url(case),
        )
        for pk in dict.fromkeys(told)
    ]  # fmt: skip
    notify(notices=notices, at=at)


def _url(case: StandbyCase) -> str:
    return reverse("standby-case", args=[case.case_no])


def _label(case: StandbyCase) -> str:
    return f"{case.region.name} {case.product}（{case.case_no}）"
