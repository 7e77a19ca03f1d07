"""Drafts of batches, for the bureau that makes them; the execution documents of published ones for all."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Prefetch, Q, QuerySet
from django.urls import reverse

from catalog.documents.batch_sheets import BY_KEY, SHEETS, Sheet
from catalog.models import Batch, BatchDocument, BatchDraft
from catalog.rules.batch_draft import lead_is_enough, ready_to_submit
from catalog.rules.batches import CONFIRMING_ROLES, PROPOSING_ROLES, changes_batches
from catalog.states.batch_draft import DRAFT_MACHINE, LEVELS, MAKER, DocumentPart, DraftState
from catalog.states.two_people import CONFIRMER
from core.attachments.models import StoredFile
from core.transitions import Verdict
from core.transitions.machine import Offer
from core.workdays.deadlines import workdays_between
from core.workdays.errors import CalendarYearMissing
from organisations.queries.scope import Scope
from organisations.queries.visibility import NOTHING, for_business, within
from policy.queries.read import MissingPolicyValue, value_of

OWNER = "batch_draft"


def visible_batch_drafts(scope: Scope) -> QuerySet[BatchDraft]:
    """Of one's own province, for its bureau; nobody of the trade sees a draft."""
    own = Q(province_code=scope.province_code) if scope.is_province_bureau else NOTHING
    return within(scope, BatchDraft.objects.all(), own)


def visible_batch_documents(scope: Scope) -> QuerySet[BatchDocument]:
    """The execution documents of published batches, open to the trade."""
    rows = BatchDocument.objects.filter(draft__state=DraftState.PUBLISHED, replaced_at=None)
    return for_business(scope, rows)


def may_make(scope: Scope) -> Verdict:
    """Whether this person may make a batch of their province."""
    return changes_batches(
        is_own_province_bureau=scope.is_province_bureau, has_role=scope.has_role(*PROPOSING_ROLES)
    )


def draft_standings(scope: Scope, draft: BatchDraft) -> frozenset[str]:
    """All of the bureau may mend a draft; whoever handed it in does not publish it."""
    if not scope.is_province_bureau or scope.province_code != draft.province_code:
        return frozenset()
    held = set()
    if scope.has_role(*PROPOSING_ROLES):
        held.add(MAKER)
    if scope.has_role(*CONFIRMING_ROLES) and scope.user_id != draft.submitted_by_id:
        held.add(CONFIRMER)
    return frozenset(held)


def parts_of(draft: BatchDraft) -> dict[str, BatchDocument]:
    """The newest clean file of each part."""
    rows = draft.documents.filter(
        replaced_at=None, attachment__file__scan=StoredFile.Scan.CLEAN
    ).select_related("attachment__file")
    return {row.part: row for row in rows}


def with_documents(drafts: QuerySet[BatchDraft]) -> QuerySet[BatchDraft]:
    """Each with the newest files of its parts; one query for all."""
    held = BatchDocument.objects.filter(replaced_at=None).select_related("attachment__file")
    return drafts.prefetch_related(Prefetch("documents", held))


def part_names(draft: BatchDraft) -> list[str]:
    """The parts that are there and passed inspection, of a draft from `with_documents` or alone."""
    return sorted(
        each.part
        for each in draft.documents.all()
        if each.replaced_at is None and each.attachment.file.scan == StoredFile.Scan.CLEAN
    )


def readiness(draft: BatchDraft) -> Verdict:
    return ready_to_submit(
        problem_count=draft.problem_count,
        checked=draft.checked_at is not None,
        parts=draft.documents.filter(
            replaced_at=None, attachment__file__scan=StoredFile.Scan.CLEAN
        ).values_list("part", flat=True),
    )


@dataclass(frozen=True)
class Lead:
    """Working days from issue to start; `needed` None where the policy asks for none."""

    had: int | None
    needed: int | None
    verdict: Verdict


def lead_of(draft: BatchDraft) -> Lead | None:
    """None while the dates or the policy cannot be read."""
    cells: dict[str, Any] = {}
    for key in ("batch", "dates"):
        for each in draft.content.get(key, [])[:1]:
            cells |= each["cells"]
    try:
        issued = date.fromisoformat(cells.get("issued_on", ""))
        effective = date.fromisoformat(cells.get("effective_on", ""))
        value = value_of(str(cells.get("policy_code", "")), "publish_lead_workdays", effective)
    except (ValueError, MissingPolicyValue):
        return None
    needed = int(value.number) if value.in_force else None
    try:
        had: int | None = workdays_between(issued, effective)
    except CalendarYearMissing:
        had = None
    return Lead(had, needed, lead_is_enough(had, needed))


def draft_offers(scope: Scope, draft: BatchDraft) -> list[Offer]:
    """What this person may do now; submitting says what is still missing."""
    offers = DRAFT_MACHINE.offers(draft, draft_standings(scope, draft))
    return [
        Offer(each.transition, readiness(draft))
        if each.transition.verb == "submit" and each.verdict.ok
        else each
        for each in offers
    ]


@dataclass(frozen=True)
class DraftRow:
    """A draft as the list shows it."""

    draft: BatchDraft
    label: str
    level: str

    @property
    def pk(self) -> int:
        return self.draft.pk

    def __str__(self) -> str:
        return str(self.draft)


def draft_row(draft: BatchDraft) -> DraftRow:
    label, level = draft.get_state_display(), LEVELS[draft.state]
    if draft.state == DraftState.DRAFT and draft.problem_count:
        label, level = f"编制中 · {draft.problem_count} 处错误", "orange"
    return DraftRow(draft, label, level)


@dataclass(frozen=True)
class SheetView:
    """A sheet as the page shows it: the first rows in words, and how many there are."""

    sheet: Sheet
    rows: list[tuple[int, list[str]]]
    count: int

    @property
    def heads(self) -> list[dict[str, str]]:
        return [{"label": "行"}, *({"label": column.label} for column in self.sheet.columns)]


def sheet_views(draft: BatchDraft, most: int = 50) -> list[SheetView]:
    views = []
    for sheet in SHEETS:
        held = draft.content.get(sheet.key, [])
        rows = [
            (each["row"], [c.words_of(str(each["cells"].get(c.key, ""))) for c in sheet.columns])
            for each in held[:most]
        ]
        views.append(SheetView(sheet, rows, len(held)))
    return views


def error_items(draft: BatchDraft, most: int = 200) -> list[dict[str, Any]]:
    """Inputs of <c-errors>."""
    return [
        {
            "file": each["sheet"], "line": each["row"] or "", "column": each["column"],
            "value": each["value"], "message": each["reason"],
        }
        for each in draft.problems[:most]
    ]  # fmt: skip


def part_items(draft: BatchDraft) -> list[dict[str, Any]]:
    """The four parts with their file, for the bureau's page."""
    held = parts_of(draft)
    return [
        {
            "part": part.value,
            "label": str(part.label),
            "document": held.get(part.value),
            "url": reverse("batch-draft-file", args=[draft.draft_no, part.value])
            if part.value in held
            else "",
        }
        for part in DocumentPart
    ]


def publication_of(scope: Scope, batch: Batch) -> BatchDraft | None:
    """How the batch was published by page; None for one that came with a dataset."""
    if not scope.is_business:
        return None
    return BatchDraft.objects.filter(batch=batch, state=DraftState.PUBLISHED).first()


def document_items(scope: Scope, batch: Batch) -> list[dict[str, Any]]:
    """Inputs of <c-documents>: the four parts, open to everybody who reads the batch."""
    rows = visible_batch_documents(scope).filter(draft__batch=batch)
    held = {row.part: row for row in rows.select_related("attachment__file")}
    return [
        {
            "label": f"{part.label}：{held[part.value].attachment.name}",
            "url": reverse("batch-document", args=[batch.code, part.value]),
            "size": held[part.value].attachment.file.size_bytes,
            "at": held[part.value].attachment.uploaded_at,
        }
        for part in DocumentPart
        if part.value in held
    ]


def sheet_of(key: str) -> Sheet | None:
    return BY_KEY.get(key)
