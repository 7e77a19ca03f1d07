"""The figures of a report: last year's actual, what is proposed, what stands, and their digest."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from decimal import Decimal

from django.db.models import Sum

from contracts.models import AgreementLine
from organisations.queries.scope import predecessors_of
from policy.queries.read import MissingPolicyValue, value_of
from procurement.queries.prior_year import accepted_by_group
from volumes.models import MemberSheet, MemberSheetLine, ReportTask, VolumeReport, VolumeReportLine
from volumes.rules.deviation import proposed
from volumes.states.task import TaskKind

Quantities = dict[int, Decimal]


def institutions_of(report: VolumeReport) -> list[int]:
    """Whose purchases count: the unit's or all members', and of those that merged into them."""
    members = list(report.sheets.values_list("institution_id", flat=True))
    own = members or [report.institution_id]
    return _with_predecessors(own)


def institutions_of_sheet(sheet: MemberSheet) -> list[int]:
    return _with_predecessors([sheet.institution_id])


def _with_predecessors(ids: Collection[int]) -> list[int]:
    merged = [found for each in ids for found in predecessors_of(each)]
    return [*ids, *merged]


def prior_year(
    task: ReportTask, institutions: Collection[int], groups: Collection[int]
) -> Quantities:
    """Group → accepted in the task's 'last year' by these institutions together, base units."""
    found = accepted_by_group(institutions, groups, since=task.prior_from, to=task.prior_to)
    sums: Quantities = dict.fromkeys(groups, Decimal(0))
    for (_, group), quantity in found.items():
        sums[group] += quantity
    return sums


def renewal_floor(task: ReportTask, institutions: Collection[int]) -> Quantities:
    """Group → renewal_min_ratio × last year's agreed quantity; empty where no such rule holds."""
    if task.kind != TaskKind.RENEWAL:
        return {}
    try:
        ratio = value_of(task.batch.policy.code, "renewal_min_ratio", task.opens_at.date())
    except MissingPolicyValue:
        return {}
    if not ratio.in_force:
        return {}
    agreed = (
        AgreementLine.objects.filter(
            batch_id=task.batch_id, year_no=task.year_no - 1, institution_id__in=institutions
        )
        .order_by()
        .values_list("product__group_id")
        .annotate(total=Sum("agreed_qty"))
    )
    return {group: total * ratio.number for group, total in agreed if group is not None}


def proposals(task: ReportTask, institutions: Collection[int], prior: Quantities) -> Quantities:
    """Group → what is proposed (rules/deviation.py says by which rule)."""
    floors = renewal_floor(task, institutions)
    return {
        group: proposed(quantity, floors.get(group, Decimal(0)))
        for group, quantity in prior.items()
    }


def member_sums(report: VolumeReport) -> Quantities:
    """Group → Σ of the sheets that members handed in."""
    rows = MemberSheetLine.objects.filter(
        sheet__report=report, sheet__state=MemberSheet.State.HANDED_IN
    )
    return dict(rows.order_by().values_list("group_id").annotate(total=Sum("reported_qty")))


def members_missing(report: VolumeReport) -> list[str]:
    """Names of the members whose sheet was not handed in: their figures are in no sum."""
    sheets = MemberSheet.objects.filter(report=report).exclude(state=MemberSheet.State.HANDED_IN)
    return list(sheets.order_by("institution__code").values_list("institution__name", flat=True))


def figures_digest(report: VolumeReport) -> str:
    """SHA-256 of every figure as it stands; equal digests mean equal figures."""
    lines = (
        VolumeReportLine.objects.filter(report=report)
        .select_related("group")
        .prefetch_related("splits__manufacturer")
        .order_by("group__code")
    )
    told = [report.report_no]
    for line in lines:
        splits = ",".join(
            f"{each.manufacturer.code}={each.quantity:.4f}"
            for each in sorted(line.splits.all(), key=lambda each: each.manufacturer.code)
        )
        told.append(
            f"{line.group.code}|{line.reported_qty:.4f}|{line.prior_year_qty:.4f}|{line.reason_code}"
            f"|{line.explanation!r}|{splits}"
        )
    return hashlib.sha256("\n".join(told).encode()).hexdigest()
