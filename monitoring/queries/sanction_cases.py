"""Who sees a 惩戒案件 and in which capacity, and whose orders a standing decision stops."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import date

from django.db.models import Q, QuerySet

from catalog.models import Product
from catalog.queries.orderable import Obstacle, add_provider
from core.attachments.models import Attachment
from core.database.prepared import Prepared
from monitoring.models import SanctionCase, SanctionResult
from monitoring.rules.credit_scale import NO_STOP, SCALES, STOP_ALL
from monitoring.states.sanction_case import (
    DECIDER,
    DECIDING_ROLES,
    DRAFTING_ROLES,
    HANDLER,
    SANCTION_CLAUSE,
    STANDS,
    SUBJECT,
    SanctionKind,
)
from organisations.models import Organisation
from organisations.queries.scope import Scope
from organisations.queries.visibility import NOTHING, within

SHOWN_WITH = ("subject", "office", "batch", "product", "action", "province")
EVIDENCE, LETTER, PAPERS = "sanction_evidence", "sanction_letter", "sanction_papers"
"""The owner types of its files: of the office, its letters, of the enterprise."""


def visible_sanction_cases(scope: Scope) -> QuerySet[SanctionCase]:
    """The province's bureau; the enterprise its own from the notice on. Nobody else."""
    rows = SanctionCase.objects.all()
    if scope.is_province_bureau:
        return within(scope, rows, Q(province=scope.province_id))
    if scope.is_business and scope.kind == "enterprise":
        own = sorted({scope.organisation_id, *scope.predecessor_ids})
        return within(scope, rows, Q(subject__in=own, noticed_at__isnull=False))
    return within(scope, rows, NOTHING)


def sees_sanctions(scope: Scope) -> bool:
    return scope.is_province_bureau or (scope.is_business and scope.kind == "enterprise")


def may_draft(scope: Scope) -> bool:
    return scope.is_province_bureau and scope.has_role(*DRAFTING_ROLES)


def sanction_standings(scope: Scope, row: SanctionCase) -> frozenset[str]:
    """Handlers are of the office; who drafted it does not decide on it."""
    if not scope.is_business or not scope.has_role(*DRAFTING_ROLES):
        return frozenset()
    if scope.is_province_bureau and scope.organisation_id == row.office_id:
        held = {HANDLER}
        if scope.has_role(*DECIDING_ROLES) and scope.user_id != row.drafted_by_id:
            held.add(DECIDER)
        return frozenset(held)
    own = {scope.organisation_id, *scope.predecessor_ids}
    return frozenset({SUBJECT}) if row.subject_id in own else frozenset()


def files_of(scope: Scope, row: SanctionCase) -> list[Attachment]:
    """Oldest first; the enterprise is heard on the facts, so it reads the evidence too."""
    return list(
        Attachment.objects.filter(owner_type__in=(EVIDENCE, LETTER, PAPERS), owner_id=row.pk)
        .select_related("file")
        .order_by("pk")
    )


def results_of(row: SanctionCase) -> list[SanctionResult]:
    rows = SanctionResult.objects.filter(case=row).order_by("pk")
    return list(rows.select_related("change__region", "change__batch", "change__product"))


def holder_of(row: SanctionCase) -> str:
    """Who has to act now, by name."""
    if row.state == "noticed":
        return str(row.subject.name)
    return str(row.office.name) if row.state in ("drafted", "stated", "repairing") else ""


def statement_over(row: SanctionCase, today: date) -> bool:
    """Whether its time has passed; the last day still belongs to the enterprise."""
    return row.statement_due_on is not None and row.statement_due_on < today


def stops_of(row: SanctionCase) -> str:
    """Whose orders it stops: a cancellation its product's, a grade what the scale says."""
    if row.kind == SanctionKind.CANCEL:
        return "product"
    if row.kind == SanctionKind.CREDIT and row.scale in SCALES:
        return SCALES[row.scale].stops.get(row.grade, NO_STOP)
    return NO_STOP


def sanction_obstacles(
    institution: Organisation, ids: Collection[int], on: date
) -> dict[int, list[Obstacle]]:
    """Products whose orders a decision of the institution's province stops on that day. One query."""
    province = institution.region
    while province is not None and province.level != "province":
        province = province.parent
    if province is None:
        return {}
    found: dict[int, list[Obstacle]] = defaultdict(list)
    for row in _SANCTIONS.rows(province.pk, list(ids), on):
        for pk in _stopped(row, ids):
            found[pk].append(_obstacle(row))
    return dict(found)


def _sanctions(province_id: int, products: list[int], on: date) -> QuerySet[SanctionCase]:
    makers = Product.objects.filter(pk__among=products).values("manufacturer")
    return SanctionCase.objects.filter(
        Q(effective_to__isnull=True) | Q(effective_to__gte=on),
        Q(product__among=products) | Q(kind=SanctionKind.CREDIT, subject__in=makers),
        province_id=province_id, state__in=sorted(STANDS), effective_on__lte=on,
    ).order_by("pk")  # fmt: skip


_SANCTIONS = Prepared(_sanctions, -1, [-2], date.min)


def _stopped(row: SanctionCase, ids: Collection[int]) -> list[int]:
    stop = stops_of(row)
    if stop == STOP_ALL:
        rows = Product.objects.filter(pk__in=ids, manufacturer=row.subject_id)
        return sorted(rows.values_list("pk", flat=True))
    hit = row.product_id if stop != NO_STOP else None
    return [hit] if hit is not None and hit in set(ids) else []


def _obstacle(row: SanctionCase) -> Obstacle:
    if row.kind == SanctionKind.CANCEL:
        what = f"{row.effective_on:%Y-%m-%d} 起已取消中选资格，不能再采购"
    else:
        what = f"生产企业被评为{row.get_grade_display()}，{row.effective_on:%Y-%m-%d} 起中止采购"
    return Obstacle(
        "sanctioned", what, SANCTION_CLAUSE, "省医保局；同品种的备供和其他中选产品见产品页"
    )


add_provider(sanction_obstacles)
