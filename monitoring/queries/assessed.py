"""Kept 年度考核: who sees which rows, in words, and what each may be narrowed by."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Q, QuerySet

from catalog.models import AgreementYear, Batch
from catalog.queries.visible import visible_batches
from monitoring.models import AssessedGroup, AssessedUnit, YearAssessment
from monitoring.queries.assessment import reason_words
from monitoring.queries.warning_standings import ACTING_ROLES
from organisations.models import Organisation
from organisations.queries.scope import Scope
from organisations.queries.visibility import NOTHING, party_rows, within


def _seen(scope: Scope) -> Q:
    """The institution (and its consortium's lead) and the authorities; no enterprise."""
    return NOTHING if scope.kind == "enterprise" else party_rows(scope)


def visible_assessed_units(scope: Scope) -> QuerySet[AssessedUnit]:
    return within(scope, AssessedUnit.objects.all(), _seen(scope))


def visible_assessed_groups(scope: Scope) -> QuerySet[AssessedGroup]:
    return within(scope, AssessedGroup.objects.all(), _seen(scope))


def may_assess(scope: Scope) -> bool:
    return scope.is_province_bureau and scope.has_role(*ACTING_ROLES)


def ended_years(scope: Scope, on: date) -> list[AgreementYear]:
    """Agreement years that are over, the newest first: what may be computed."""
    if not may_assess(scope):
        return []
    return list(
        AgreementYear.objects.select_related("batch")
        .filter(batch__in=visible_batches(scope), ends_on__lt=on)
        .order_by("-ends_on", "batch__code")
    )  # fmt: skip


def batch_names(codes: Iterable[str]) -> dict[str, str]:
    return dict(Batch.objects.filter(code__in=set(codes)).values_list("code", "name"))


@dataclass(frozen=True)
class UnitRow:
    """One line of the list of institutions."""

    unit: AssessedUnit
    name: str
    code: str
    batch: str

    @property
    def judged(self) -> int:
        return self.unit.groups - self.unit.no_agreement

    @property
    def verdict(self) -> str:
        if not self.judged:
            return "没有考核品种"
        return "优先执行" if self.unit.entitled else "暂缓执行"


@dataclass(frozen=True)
class GroupRow:
    """One line of the list of groups, with the reason in words."""

    row: AssessedGroup
    name: str
    code: str
    batch: str
    reason: str

    @property
    def completion(self) -> Decimal | None:
        return self.row.completed / self.row.agreed if self.row.agreed else None

    @property
    def share(self) -> Decimal | None:
        if not self.row.share_denominator:
            return None
        return self.row.share_numerator / self.row.share_denominator


def unit_rows(found: Iterable[AssessedUnit]) -> list[UnitRow]:
    """Named in two queries, for fifty as for one."""
    listed = list(found)
    people, batches = _names(listed), batch_names(each.batch_code for each in listed)
    return [
        UnitRow(each, *people[each.institution_id], batches.get(each.batch_code, each.batch_code))
        for each in listed
    ]


def group_rows(found: Iterable[AssessedGroup]) -> list[GroupRow]:
    """Named in three queries; rows come with their group."""
    listed = list(found)
    people, batches = _names(listed), batch_names(each.batch_code for each in listed)
    limits = dict(
        YearAssessment.objects.filter(pk__in={each.assessment_id for each in listed})
        .values_list("pk", "share_max")
    )  # fmt: skip
    return [
        GroupRow(
            each, *people[each.institution_id], batches.get(each.batch_code, each.batch_code),
            reason_words(
                each.because, incomplete=each.unfinished,
                share=each.share_numerator / each.share_denominator
                if each.share_denominator else None,
                share_max=limits.get(each.assessment_id),
            ),
        )
        for each in listed
    ]  # fmt: skip


def _names(rows: Iterable[AssessedUnit | AssessedGroup]) -> dict[int, tuple[str, str]]:
    found = Organisation.objects.filter(pk__in={each.institution_id for each in rows})
    return {pk: (name, code) for pk, name, code in found.values_list("pk", "name", "code")}


def institutions_named(words: str) -> QuerySet[Organisation]:
    """Those so named, with these initials, or with this code."""
    return Organisation.objects.filter(
        Q(name__contains=words) | Q(initials__startswith=words.lower()) | Q(code=words)
    )
