"""What the codes of typed or uploaded inputs of 结余留用 stand for, in a few queries."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from catalog.models import AgreementYear, Group
from catalog.queries.visible import visible_batches, visible_groups
from organisations.models import Pool
from organisations.queries.scope import Scope
from settlement.queries.retention import own_pools


@dataclass(frozen=True)
class NamedInputs:
    """Own pools, years of batches that one may see, groups; each by its code."""

    pools: dict[str, Pool]
    years: dict[tuple[str, int], AgreementYear]
    groups: dict[str, Group]


def named_inputs(scope: Scope, *, batches: Iterable[str], groups: Iterable[str]) -> NamedInputs:
    """For rows that name these codes; three queries."""
    years = AgreementYear.objects.filter(
        batch__in=visible_batches(scope).filter(code__in={code.strip() for code in batches})
    ).select_related("batch")
    found = visible_groups(scope).filter(code__in={code.strip() for code in groups})
    return NamedInputs(
        {pool.code: pool for pool in own_pools(scope)},
        {(year.batch.code, year.year_no): year for year in years},
        {group.code: group for group in found},
    )
