"""Apply for an exemption, check it in the city, grant it in the province: the Exemption is written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from catalog.models import AgreementYear, Batch, Product
from catalog.operations.exemptions import NewExemption, grant_exemptions
from core.attachments.store import attach
from core.audit.record import record
from core.operations import operation
from core.transitions import MissingInput, NotYours, StaleVersion, TransitionRefused
from core.workdays.deadlines import shanghai_day
from inbox.operations.notices import NewNotice, notify
from inbox.operations.tasks import NewTask, finish_tasks, open_tasks
from monitoring.models import ExemptionApplication
from monitoring.queries.exemption_applications import (
    EVIDENCE,
    exemption_standings,
    is_in_batch,
    is_selected,
    may_apply,
    office_of,
)
from monitoring.states.action_kinds import OFFICERS
from monitoring.states.exemption_application import (
    EXEMPTION_CLAUSE,
    EXEMPTION_MACHINE,
    KINDS,
    LONGEST_DAYS,
    ExemptionCause,
)
from organisations.models import User
from organisations.queries.scope import Scope

OBJECT_TYPE = EXEMPTION_MACHINE.name


@dataclass(frozen=True)
class NewApplication:
    """What an institution asks for; both days are included."""

    batch: Batch
    product: Product
    kind: str
    cause: str
    statement: str
    asked_from: date
    asked_to: date


@operation
def apply_for_exemption(
    *,
    new: NewApplication,
    uploads: Sequence[UploadedFile],
    by: User,
    scope: Scope,
    at: datetime,
) -> ExemptionApplication:
    """With evidence, to the bureau of the institution's city.

    Raises NotYours, MissingInput, TransitionRefused where the same is under way already.
    """
    if not may_apply(scope):
        raise NotYours("考核豁免由医疗机构的经办、审核或负责人申请", EXEMPTION_CLAUSE)
    _check(new)
    if not uploads:
        raise MissingInput(
            "files", "请上传佐证材料，如重点监控目录、供应情况说明", EXEMPTION_CLAUSE
        )
    assert scope.province_id is not None  # an institution stands in a region
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('monitoring_exemption_no')")
        number = f"HM{shanghai_day(at):%Y%m}-{cursor.fetchone()[0]:05d}"
    try:
        with transaction.atomic():
            made = ExemptionApplication.objects.create(
                application_no=number, batch=new.batch, product=new.product, kind=new.kind,
                cause=new.cause, statement=new.statement.strip(), asked_from=new.asked_from,
                asked_to=new.asked_to, submitted_at=at, submitted_by_name=by.audit_name,
                state_at=at, state_by_id=by.audit_id, state_by_name=by.audit_name,
                institution_id=scope.organisation_id, county_id=scope.county_id,
                city_id=scope.city_id, province_id=scope.province_id, pool_id=scope.pool_id,
            )  # fmt: skip
    except IntegrityError as error:
        raise TransitionRefused(
            "本机构对该产品的同种豁免已在办理，请在原申请上补正或撤回后重新申请", EXEMPTION_CLAUSE
        ) from error
    attach(owner_type=EVIDENCE, owner_id=made.pk, uploads=uploads, by=by, at=at)
    record(
        by=by, at=at, action="exemption_application.file", object_type=OBJECT_TYPE,
        object_key=made.pk, object_label=made.application_no, clause=EXEMPTION_CLAUSE,
        detail={"product": new.product.code, "batch": new.batch.code, "kind": new.kind,
                "cause": new.cause, "from": f"{new.asked_from}", "to": f"{new.asked_to}"},
    )  # fmt: skip
    _ask(made, at)
    return made


@operation
def perform_step(
    *,
    application: ExemptionApplication,
    verb: str,
    note: str = "",
    uploads: Sequence[UploadedFile] = (),
    by: User,
    scope: Scope,
    at: datetime,
    seen_version: int | None = None,
) -> ExemptionApplication:
    """`check`, `return`, `resubmit`, `refuse` or `withdraw`; `note` are the words that it needs.

    Raises NotYours, StaleVersion, TransitionRefused, MissingInput.
    """
    needs = EXEMPTION_MACHINE.named(verb).needs
    moved: ExemptionApplication
    moved, _ = EXEMPTION_MACHINE.perform(
        verb=verb, obj=application, by=by, at=at, seen_version=seen_version,
        inputs={name: note.strip() for name in needs},
        standings=lambda row: exemption_standings(scope, row),
    )  # fmt: skip
    if uploads:
        attach(owner_type=EVIDENCE, owner_id=moved.pk, uploads=uploads, by=by, at=at)
    _ask(moved, at)
    if verb in ("return", "refuse", "check"):
        _tell(moved, note, at)
    return moved


@operation
def grant_application(
    *,
    application: ExemptionApplication,
    from_on: date,
    to_on: date,
    note: str,
    by: User,
    scope: Scope,
    at: datetime,
    seen_version: int | None = None,
) -> ExemptionApplication:
    """The province grants it for these days, within those asked for; the Exemption is written.

    Months that are computed already take it in when they are computed again; what was issued stays.
    Raises NotYours, StaleVersion, TransitionRefused, MissingInput.
    """
    locked = _held(application, "grant", scope, seen_version)
    if to_on < from_on:
        raise MissingInput("to_on", "截止日不能早于起始日", EXEMPTION_CLAUSE)
    if from_on < locked.asked_from or to_on > locked.asked_to:
        raise MissingInput(
            "from_on",
            f"认定期间应在申请期间 {locked.asked_from:%Y-%m-%d} 至 {locked.asked_to:%Y-%m-%d} 之内",
            EXEMPTION_CLAUSE,
        )
    if not note.strip():
        raise MissingInput("note", "请填写认定意见", EXEMPTION_CLAUSE)
    locked.from_on, locked.to_on, locked.granted_at = from_on, to_on, at
    locked.save(update_fields=["from_on", "to_on", "granted_at"])
    moved: ExemptionApplication
    moved, _ = EXEMPTION_MACHINE.perform(
        verb="grant", obj=locked, by=by, at=at, seen_version=seen_version,
        inputs={"decision_note": note.strip()},
        standings=lambda row: exemption_standings(scope, row),
    )  # fmt: skip
    grant_exemptions(
        rows=[
            NewExemption(
                moved.application_no, moved.kind, moved.get_cause_display(), from_on, to_on,
                batch=moved.batch, product=moved.product, institution_id=moved.institution_id,
            )
        ],
        case=moved.application_no, clause=EXEMPTION_CLAUSE, by=by, at=at,
    )  # fmt: skip
    _ask(moved, at)
    _tell(moved, note, at)
    return moved


def _held(
    application: ExemptionApplication, verb: str, scope: Scope, seen_version: int | None
) -> ExemptionApplication:
    """The locked row, asked before columns are written that the new state needs."""
    locked = ExemptionApplication.objects.select_for_update(of=("self",)).get(pk=application.pk)
    transition = EXEMPTION_MACHINE.named(verb)
    standings = exemption_standings(scope, locked)
    verdict = EXEMPTION_MACHINE.verdict(transition, locked, standings)
    if not transition.by & standings:
        raise NotYours.of(verdict)
    if seen_version is not None and locked.row_version != seen_version:
        raise StaleVersion(
            f"该考核豁免申请已由{locked.state_by_name or '他人'}更新为"
            f"“{locked.get_state_display()}”，请刷新后再办理"
        )
    if not verdict:
        raise TransitionRefused.of(verdict)
    return locked


def application_url(row: ExemptionApplication) -> str:
    return reverse("exemption-application", args=[row.application_no])


def _check(new: NewApplication) -> None:
    if new.kind not in dict(KINDS):
        raise MissingInput("kind", "请从列表中选择豁免种类", EXEMPTION_CLAUSE)
    if new.cause not in ExemptionCause.values:
        raise MissingInput("cause", "请从列表中选择事由", EXEMPTION_CLAUSE)
    if not new.statement.strip():
        raise MissingInput("statement", "请填写申请理由", EXEMPTION_CLAUSE)
    if new.asked_to < new.asked_from:
        raise MissingInput("asked_to", "截止日不能早于起始日", EXEMPTION_CLAUSE)
    if (new.asked_to - new.asked_from).days >= LONGEST_DAYS:
        raise MissingInput(
            "asked_to", f"一次申请不超过 {LONGEST_DAYS} 天，请缩短或分次申请", EXEMPTION_CLAUSE
        )
    years = AgreementYear.objects.filter(
        batch=new.batch, starts_on__lte=new.asked_to, ends_on__gte=new.asked_from
    )
    if not years.exists():
        raise MissingInput(
            "asked_from", "申请期间不在该批次的采购年度内，请核对批次和日期", EXEMPTION_CLAUSE
        )
    if not is_in_batch(new.batch, new.product):
        raise MissingInput("product", "该产品的品种不在这个批次里，请核对批次", EXEMPTION_CLAUSE)
    selected = is_selected(new.batch, new.product)
    if new.kind == "agreed_volume" and not selected:
        raise MissingInput(
            "product", "“不考核约定量”只用于该批次的中选产品，请核对产品", EXEMPTION_CLAUSE
        )
    if new.kind == "non_selected" and selected:
        raise MissingInput(
            "product", "该产品是该批次的中选产品，请改选“不考核约定量”", EXEMPTION_CLAUSE
        )


def _ask(row: ExemptionApplication, at: datetime) -> None:
    """End what waited; the step that waits now is a task of its holder."""
    finish_tasks(object_type=OBJECT_TYPE, object_keys=[row.application_no], at=at)
    acts: dict[str, tuple[str, str]] = {
        "submitted": ("check_exemption", "核查考核豁免申请"),
        "checked": ("grant_exemption", "认定考核豁免申请"),
        "returned": ("mend_exemption", "补正考核豁免申请"),
    }
    if row.state not in acts:
        return
    office = office_of(row)
    holder = row.institution_id if row.state == "returned" else office.pk if office else None
    if holder is None:
        return
    act, title = acts[row.state]
    open_tasks(
        tasks=[
            NewTask(
                organisation_id=holder, act=act, title=f"{title}：{row.product.name}",
                object_type=OBJECT_TYPE, object_key=row.application_no, url=application_url(row),
                severity="orange", roles=OFFICERS,
            )
        ],
        at=at,
    )  # fmt: skip


def _tell(row: ExemptionApplication, note: str, at: datetime) -> None:
    notify(
        notices=[
            NewNotice(
                row.institution_id, f"exemption-{row.pk}-{row.row_version}",
                f"考核豁免申请{row.get_state_display()}（{row.application_no}）", note.strip()[:500],
                application_url(row),
            )
        ],
        at=at,
    )  # fmt: skip
