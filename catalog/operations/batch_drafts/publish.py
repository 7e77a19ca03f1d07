"""A draft goes to the second person, who publishes it: then it is a batch that everybody sees."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.urls import reverse

from catalog.documents.batch_sheets import FileRow, file_rows
from catalog.models import (
    AgreementYear,
    Batch,
    BatchDraft,
    BatchParameter,
    Group,
    Product,
    Selection,
)
from catalog.operations.batch_drafts.make import recheck
from catalog.operations.remind_preparation import remind
from catalog.queries.batch_drafts import OWNER, draft_standings, lead_of, readiness
from catalog.queries.concerned import concerned_by
from catalog.rules.batches import CONFIRMING_ROLES
from catalog.states.batch_draft import DRAFT_MACHINE
from core.audit.record import record
from core.operations import operation
from core.pinyin.spell import spell
from core.transitions import MissingInput, TransitionRefused
from core.workdays.deadlines import shanghai_day
from inbox.operations.notices import NewNotice, notify
from inbox.operations.tasks import NewTask, finish_tasks, open_tasks
from organisations.models import Region, User
from organisations.queries.scope import Scope
from policy.models import Policy


@operation
def submit_draft(
    *,
    draft: BatchDraft,
    lead_reason: str,
    by: User,
    scope: Scope,
    at: datetime,
    seen_version: int | None = None,
) -> BatchDraft:
    """Hand a checked draft with its four parts to the second person.

    Fewer working days between issue and start than the policy asks for need `lead_reason`, which
    is kept and shown with the batch (S2-1.2). Raises MissingInput for it, TransitionRefused.
    """
    with transaction.atomic():
        moved: BatchDraft
        moved, _ = DRAFT_MACHINE.perform(
            verb="submit", obj=draft, by=by, at=at, seen_version=seen_version,
            standings=lambda row: draft_standings(scope, row),
        )  # fmt: skip
        recheck(moved, at)
        ready = readiness(moved)
        if not ready:
            raise TransitionRefused.of(ready)
        _keep_lead(moved, lead_reason)
        moved.submitted_at, moved.submitted_by_id = at, by.audit_id
        moved.submitted_by_name = by.audit_name
        moved.note = ""
        moved.save()
    open_tasks(
        tasks=[
            NewTask(
                organisation_id=moved.organisation_id, act="publish_batch",
                title=f"复核并发布批次：{moved.name}（{moved.draft_no}）", object_type=OWNER,
                object_key=moved.draft_no, url=reverse("batch-draft", args=[moved.draft_no]),
                roles=CONFIRMING_ROLES,
            )
        ],
        at=at,
    )  # fmt: skip
    return moved


def _keep_lead(draft: BatchDraft, reason: str) -> None:
    lead = lead_of(draft)
    if lead is None:
        raise TransitionRefused("日期或政策无法读取，请先改正")
    if not lead.verdict and not reason.strip():
        raise MissingInput(
            "lead_reason",
            f"{lead.verdict.reason}：确实需要的，请写明原因后提交",
            lead.verdict.clause,
        )
    draft.lead_workdays, draft.lead_needed = lead.had, lead.needed
    draft.lead_reason = "" if lead.verdict else reason.strip()[:300]


@operation
def publish_draft(
    *,
    draft: BatchDraft,
    by: User,
    scope: Scope,
    at: datetime,
    seen_version: int | None = None,
) -> BatchDraft:
    """Another person publishes: the batch, its years, new groups, results and values are written.

    Checked once more before: the platform's data may have changed. Everybody of the trade sees it
    from now on; manufacturers, institutions and bureaus concerned are told.
    """
    with transaction.atomic():
        moved = _published(draft, by, scope, at, seen_version)
    finish_tasks(object_type=OWNER, object_keys=[moved.draft_no], at=at)
    _tell_those_concerned(moved, at)
    if moved.batch is not None and moved.batch.effective_on > shanghai_day(at):
        remind(batch=moved.batch, by=by, at=at)
    return moved


@operation
def return_draft(
    *,
    draft: BatchDraft,
    note: str,
    by: User,
    scope: Scope,
    at: datetime,
    seen_version: int | None = None,
) -> BatchDraft:
    """The second person sends it back with the reason; it can be mended and submitted again."""
    return _step("return", draft, note, by, scope, at, seen_version)


@operation
def withdraw_draft(
    *, draft: BatchDraft, note: str, by: User, scope: Scope, at: datetime
) -> BatchDraft:
    """Give the draft up; it is kept with the reason."""
    return _step("withdraw", draft, note, by, scope, at, None)


def _step(
    verb: str,
    draft: BatchDraft,
    note: str,
    by: User,
    scope: Scope,
    at: datetime,
    seen_version: int | None,
) -> BatchDraft:
    moved: BatchDraft
    moved, _ = DRAFT_MACHINE.perform(
        verb=verb, obj=draft, by=by, at=at, inputs={"note": note.strip()},
        seen_version=seen_version, standings=lambda row: draft_standings(scope, row),
    )  # fmt: skip
    finish_tasks(object_type=OWNER, object_keys=[moved.draft_no], at=at)
    return moved


def _published(
    draft: BatchDraft, by: User, scope: Scope, at: datetime, seen_version: int | None
) -> BatchDraft:
    # The batch is there before the state says so, as the database asks.
    held = BatchDraft.objects.select_for_update().get(pk=draft.pk)
    transition = DRAFT_MACHINE.named("publish")
    if not DRAFT_MACHINE.verdict(transition, held, draft_standings(scope, held)):
        DRAFT_MACHINE.perform(
            verb="publish", obj=held, by=by, at=at, seen_version=seen_version,
            standings=lambda row: draft_standings(scope, row),
        )  # fmt: skip
    recheck(held, at)
    if held.problem_count:
        first = held.problems[0]
        raise TransitionRefused(
            f"复核时数据已有变化，发现 {held.problem_count} 处错误"
            f"（{first['sheet']} 第 {first['row']} 行：{first['reason']}）：请退回修改"
        )
    try:
        with transaction.atomic():
            batch = _write(held, at)
    except IntegrityError as error:
        raise TransitionRefused("写入时与平台已有数据冲突，没有写入：请退回后重新检查") from error
    held.batch = batch
    held.published_at, held.published_by_id = at, by.audit_id
    held.published_by_name = by.audit_name
    held.save()
    moved: BatchDraft
    moved, _ = DRAFT_MACHINE.perform(
        verb="publish", obj=held, by=by, at=at, seen_version=seen_version,
        standings=lambda row: draft_standings(scope, row),
    )  # fmt: skip
    record(
        by=by, at=at, action="batch.publish", object_type="batch", object_key=batch.code,
        object_label=str(batch), reason=moved.lead_reason,
        detail={
            "draft": moved.draft_no, "issued_on": f"{batch.issued_on}",
            "effective_on": f"{batch.effective_on}", "selections": batch.selections.count(),
            "lead_workdays": moved.lead_workdays, "lead_needed": moved.lead_needed,
        },
    )  # fmt: skip
    return moved


def _write(draft: BatchDraft, at: datetime) -> Batch:
    files = file_rows(draft.content)
    cells = files["batches"][0].cells
    batch = Batch.objects.create(
        code=cells["code"], name=cells["name"], category=cells["category"],
        organizer=cells["organizer"], policy=Policy.objects.get(code=cells["policy_code"]),
        issued_on=date.fromisoformat(cells["issued_on"]), imported_at=at,
        effective_on=date.fromisoformat(cells["effective_on"]),
        ends_on=date.fromisoformat(cells["ends_on"]),
    )  # fmt: skip
    _write_groups(files["groups"])
    AgreementYear.objects.bulk_create(
        AgreementYear(
            batch=batch, year_no=int(row.cells["year_no"]),
            starts_on=date.fromisoformat(row.cells["starts_on"]),
            ends_on=date.fromisoformat(row.cells["ends_on"]),
        )
        for row in files["batch_years"]
    )  # fmt: skip
    BatchParameter.objects.bulk_create(
        BatchParameter(
            batch=batch, parameter=row.cells["parameter"], value=row.cells["value"],
            clause=row.cells["clause"],
        )
        for row in files["batch_parameters"]
    )  # fmt: skip
    _write_selections(batch, files["selections"])
    return batch


def _write_groups(rows: list[FileRow]) -> None:
    known = set(
        Group.objects.filter(code__in=[row.cells["code"] for row in rows]).values_list(
            "code", flat=True
        )
    )
    new = []
    for row in rows:
        if row.cells["code"] in known:
            continue
        spelled = spell(row.cells["name"])
        new.append(Group(**row.cells, pinyin=spelled.pinyin, initials=spelled.initials))
    Group.objects.bulk_create(new)


def _write_selections(batch: Batch, rows: list[FileRow]) -> None:
    products = dict(
        Product.objects.filter(code__in={row.cells["product_code"] for row in rows}).values_list(
            "code", "pk"
        )
    )
    regions = dict(
        Region.objects.filter(code__in={row.cells["region_code"] for row in rows}).values_list(
            "code", "pk"
        )
    )
    Selection.objects.bulk_create(
        Selection(
            batch=batch, product_id=products[row.cells["product_code"]],
            region_id=regions[row.cells["region_code"]], role=row.cells["role"],
            price=Decimal(row.cells["price"]), valid_from=_day(row.cells["valid_from"]),
            valid_to=_day(row.cells["valid_to"]),
        )
        for row in rows
    )  # fmt: skip


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _tell_those_concerned(draft: BatchDraft, at: datetime) -> None:
    """Manufacturers of its products; institutions and authorities of its supply regions."""
    batch = draft.batch
    if batch is None:
        return
    held = list(batch.selections.values_list("region_id", "product_id"))
    told = concerned_by(
        {region for region, _ in held}, {product for _, product in held}, [draft.province_code]
    )
    title = f"新批次公布：{batch.name}，自 {batch.effective_on:%Y-%m-%d} 起执行"
    notify(
        notices=[
            NewNotice(
                organisation_id=pk, key=f"batch-published:{batch.code}:{pk}", title=title,
                body="中选结果、医保支付政策、产品供应清单和约定采购量见批次页。",
                url=reverse("batch-detail", args=[batch.code]),
            )
            for pk in told.values_list("pk", flat=True)
        ],
        at=at,
    )  # fmt: skip
