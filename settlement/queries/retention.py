"""结余留用: who sees runs, sheets and rows, and in which capacity one acts."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery, Sum

from catalog.models import AgreementYear, Batch
from catalog.queries.search import batches_named
from catalog.queries.visible import visible_batches
from core.attachments.models import Attachment
from core.transitions import ALLOWED, Verdict
from organisations.models import ConsortiumMembership, Organisation, Pool
from organisations.queries.scope import Scope
from organisations.queries.visibility import NOTHING, party_rows, within
from settlement.formulas.retention import Inputs, Line, Terms, explained, retention
from settlement.models import RetentionRow, RetentionRun, RetentionShareOut, RetentionSheet
from settlement.queries.terms import dual_amount
from settlement.states.retention import (
    APPROVER,
    CLAUSE,
    FINANCE,
    FIRST_PAYER,
    INSTITUTION,
    OFFICE,
    PAYER,
)

OFFICERS = ("clerk", "reviewer", "leader")
APPROVERS = ("reviewer", "leader")
PUBLIC_STATES = ("noticed", "countersigned", "agreed", "paid")


def _drafts_shown(scope: Scope) -> bool:
    """A draft is the bureaus' and agencies' own paper."""
    return scope.is_bureau or scope.kind == "agency"


def visible_retention_runs(scope: Scope) -> QuerySet[RetentionRun]:
    """Of the own pool or region; institutions and other authorities once it is no draft."""
    rows = RetentionRun.objects.all()
    if not scope.is_business:
        return within(scope, rows, NOTHING)
    seen = NOTHING
    if scope.kind in ("institution", "agency") and scope.pool_id is not None:
        seen = Q(pool=scope.pool_id)
    elif scope.is_region_authority and scope.region_level == "province":
        seen = Q(province=scope.province_id)
    elif scope.is_region_authority:
        seen = Q(region=scope.city_id)
    if not _drafts_shown(scope):
        seen &= ~Q(state="draft")
    return within(scope, rows, seen)


def visible_retention_sheets(scope: Scope) -> QuerySet[RetentionSheet]:
    """The unit's own and its authorities'; drafts stay with bureaus and agencies."""
    return within(scope, RetentionSheet.objects.all(), _sheet_rows(scope))


def visible_retention_rows(scope: Scope) -> QuerySet[RetentionRow]:
    """As the sheets that they are in."""
    return within(scope, RetentionRow.objects.all(), _sheet_rows(scope))


def visible_retention_share_outs(scope: Scope) -> QuerySet[RetentionShareOut]:
    return within(
        scope, RetentionShareOut.objects.all(),
        Q(sheet__in=RetentionSheet.objects.filter(_sheet_rows(scope))),
    )  # fmt: skip


def _sheet_rows(scope: Scope) -> Q:
    if scope.kind == "enterprise":
        return NOTHING
    seen = party_rows(scope)
    if scope.is_business and scope.kind == "institution":
        seen |= _of_the_lead(scope)
    return seen if _drafts_shown(scope) else seen & ~Q(run__state="draft")


def _of_the_lead(scope: Scope) -> Q:
    """A member of a consortium on the year's last day sees what its lead keeps for all of them."""
    on = AgreementYear.objects.filter(
        batch=OuterRef(OuterRef("run__batch")), year_no=OuterRef(OuterRef("run__year_no"))
    ).values("ends_on")[:1]
    member = ConsortiumMembership.objects.filter(
        Q(valid_to__isnull=True) | Q(valid_to__gte=Subquery(on)),
        consortium__lead=OuterRef("institution_id"), institution=scope.organisation_id,
        valid_from__lte=Subquery(on),
    )  # fmt: skip
    return Q(Exists(member))


def runs_with_words(rows: QuerySet[RetentionRun], words: str) -> QuerySet[RetentionRun]:
    """Of visible runs those of a number, or of a batch by its code, name or initials."""
    shown = Batch.objects.filter(pk__in=rows.order_by().values("batch"))
    return rows.filter(Q(run_no__iexact=words.strip()) | Q(batch__in=batches_named(shown, words)))


def starts_retention(scope: Scope) -> Verdict:
    """Officers of the bureau where a pool is kept."""
    if scope.is_bureau and scope.region_level != "county" and scope.has_role(*OFFICERS):
        return ALLOWED
    return Verdict(False, "结余留用由统筹区所在地医保局的经办、审核或负责人测算", CLAUSE)


def own_pools(scope: Scope) -> QuerySet[Pool]:
    """Pools of the bureau's own region."""
    rows = Pool.objects.filter(region=scope.region_id) if scope.is_bureau else Pool.objects.none()
    return within(scope, rows.order_by("code"))


def run_standings(scope: Scope, run: RetentionRun) -> frozenset[str]:
    """Bureau and finance department of the pool's region."""
    if not scope.is_region_authority or scope.region_id != run.region_id:
        return frozenset()
    if scope.kind == "finance" and scope.has_role(*OFFICERS):
        return frozenset({FINANCE})
    if not scope.is_bureau:
        return frozenset()
    held = {OFFICE} if scope.has_role(*OFFICERS) else set()
    if scope.has_role(*APPROVERS):
        held |= {APPROVER, *_payers(scope, run)}
    return frozenset(held)


def _payers(scope: Scope, run: RetentionRun) -> set[str]:
    """Above dual_approval_amount one agrees and another pays; exactly as much needs one."""
    if run.state == "countersigned" and pays_by_two(run):
        return {FIRST_PAYER}
    if run.state == "agreed" and scope.user_id == run.pay_first_by_id:
        return set()
    return {PAYER}


def pays_by_two(run: RetentionRun) -> bool:
    """Whether what the whole run pays is above the amount of the day on which its notice ended."""
    total = RetentionSheet.objects.filter(run=run).aggregate(total=Sum("retained"))["total"] or 0
    on = run.notice_to or run.computed_at.date()
    return bool(total > dual_amount(run.pool, on))


def sheet_standings(scope: Scope, sheet: RetentionSheet) -> frozenset[str]:
    """The unit itself, and the office of its run. Reads the run."""
    if scope.kind == "institution":
        own = sheet.institution_id == scope.organisation_id and scope.has_role(*OFFICERS)
        return frozenset({INSTITUTION}) if own else frozenset()
    return run_standings(scope, sheet.run) & {OFFICE, APPROVER}


def pool_bureau(run: RetentionRun) -> Organisation | None:
    """The bureau that decides, by code where there are several."""
    return _office(run, "bureau")


def pool_finance(run: RetentionRun) -> Organisation | None:
    return _office(run, "finance")


def _office(run: RetentionRun, kind: str) -> Organisation | None:
    rows = Organisation.objects.filter(kind=kind, region=run.region_id, is_active=True)
    return rows.order_by("code").first()


def run_totals(scope: Scope, run: RetentionRun) -> dict[str, object]:
    """Of the sheets that one sees: units, money, and how far they are."""
    rows = visible_retention_sheets(scope).filter(run=run)
    by_state = {state: 0 for state, _ in RetentionSheet.State.choices}
    for state in rows.order_by().values_list("state", flat=True):
        by_state[state] += 1
    retained = rows.aggregate(total=Sum("retained"))["total"]
    return {
        "units": sum(by_state.values()), "retained": retained or 0,
        "waiting": by_state["waiting"] + by_state["checking"], "appealed": by_state["appealed"],
        "missing": rows.filter(missing_count__gt=0).count(),
    }  # fmt: skip


def notice_rows(run: RetentionRun) -> QuerySet[RetentionSheet]:
    """公示: what each unit keeps, open to all who see the run once it is noticed; else nothing.

    Names and totals only; the sheets themselves stay with whoever may see them.
    """
    rows = RetentionSheet.objects.filter(run=run).select_related("institution")
    shown = rows.filter(retained__gt=0) if run.state in PUBLIC_STATES else rows.none()
    return shown.order_by("institution__code")


def year_of(run: RetentionRun) -> AgreementYear:
    """The agreement year that the run is of, with its batch and policy."""
    return AgreementYear.objects.select_related("batch__policy").get(
        batch=run.batch_id, year_no=run.year_no
    )


def year_named(scope: Scope, batch: str, number: int) -> AgreementYear | None:
    """The year of a batch that one may see, by its code and number; None where there is none."""
    return (
        AgreementYear.objects.select_related("batch__policy")
        .filter(batch__in=visible_batches(scope).filter(code=batch.strip()), year_no=number)
        .first()
    )


def terms_of(run: RetentionRun) -> Terms:
    """The terms that the run was computed with."""
    return Terms(run.basis, run.ratio_max, run.tolerance)


def inputs_of(row: RetentionRow) -> Inputs:
    return Inputs(
        row.reported_qty, row.actual_qty, row.agreed_worth, row.other_amount, row.baseline_price,
        row.fund_share_before, row.fund_share, row.insured_share, row.assessed_because,
    )  # fmt: skip


def lines_of(row: RetentionRow, terms: Terms) -> list[Line]:
    """The steps of one row in words, from its own inputs."""
    inputs = inputs_of(row)
    return explained(inputs, terms, retention(inputs, terms))


def appeal_papers(sheet: RetentionSheet) -> list[Attachment]:
    rows = Attachment.objects.filter(owner_type="retention_sheet", owner_id=sheet.pk)
    return list(rows.select_related("file").order_by("pk"))
