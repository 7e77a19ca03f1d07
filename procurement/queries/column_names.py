"""The layouts that organisations saved, as their own people see them."""

from __future__ import annotations

from dataclasses import replace

from django.db.models import Q, QuerySet

from core.lists.sheet import SheetColumn
from core.transitions import ALLOWED, Verdict
from organisations.queries.scope import Scope
from organisations.queries.visibility import NOTHING, within
from procurement.models import ColumnMapping
from procurement.rules.column_names import CLAUSE, kinds_of

KEEPERS = ("clerk", "reviewer", "leader", "storekeeper", "admin")


def visible_column_mappings(scope: Scope) -> QuerySet[ColumnMapping]:
    """How an organisation's own files look is its own affair."""
    own = Q(organisation_id=scope.organisation_id) if own_kinds(scope) else NOTHING
    return within(scope, ColumnMapping.objects.all(), own)


def own_kinds(scope: Scope) -> tuple[str, ...]:
    if not scope.is_business:
        return ()
    return kinds_of(kind=scope.kind, distributes=scope.is_distributor)


def may_name_columns(scope: Scope) -> Verdict:
    if own_kinds(scope) and scope.has_role(*KEEPERS):
        return ALLOWED
    return Verdict(False, "列名对照由本单位的经办、审核、库管人员、负责人或管理员维护", CLAUSE)


def saved_names(scope: Scope, kind: str) -> dict[str, str]:
    """Our field → the own heading; empty where nothing was saved."""
    found = visible_column_mappings(scope).filter(kind=kind).values_list("columns", flat=True)
    return dict(found.first() or {})


def own_columns(
    scope: Scope, kind: str, columns: tuple[SheetColumn, ...]
) -> tuple[SheetColumn, ...]:
    """The template's columns under the organisation's own headings."""
    names = saved_names(scope, kind)
    return tuple(replace(c, heading=names.get(c.field) or c.heading) for c in columns)
