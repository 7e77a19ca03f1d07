"""The one rule of sight: for many rows a condition, for one row a yes or no.

Both are read from the same list of alternatives, so that page, API, export and search agree.
"""

from __future__ import annotations

from typing import Any, TypeVar

from django.db.models import Model, Q, QuerySet

from organisations.queries.scope import Scope

M = TypeVar("M", bound=Model)

Alternatives = tuple[tuple[str, frozenset[int]], ...]
"""Columns and the ids in them that make a row visible; any one of them suffices."""

NOTHING = Q(pk__in=())


def region_alternatives(scope: Scope) -> Alternatives:
    """The region column that an authority's own region stands in."""
    if not scope.is_region_authority or scope.region_id is None:
        return ()
    return ((f"{scope.region_level}_id", frozenset({scope.region_id})),)


def party_alternatives(scope: Scope) -> Alternatives:
    """Of rows with party stamps: institution, two enterprises, pool, or the authority's region."""
    if not scope.is_business:
        return ()
    own = frozenset({scope.organisation_id, *scope.predecessor_ids})
    if scope.kind == "institution":
        return (("institution_id", scope.institution_ids),)
    if scope.kind == "enterprise":
        sides = (
            ("manufacturer_id", scope.is_manufacturer),
            ("distributor_id", scope.is_distributor),
        )
        return tuple((column, own) for column, holds in sides if holds)
    if scope.kind == "agency" and scope.pool_id is not None:
        return (("pool_id", frozenset({scope.pool_id})),)
    return region_alternatives(scope)


def subject_alternatives(scope: Scope) -> Alternatives:
    """Of figures and warnings, which name one institution or one enterprise and the regions."""
    if scope.is_business and scope.kind == "enterprise":
        own = frozenset({scope.organisation_id, *scope.predecessor_ids})
        return (("enterprise_id", own),)
    return party_alternatives(scope)


def condition(alternatives: Alternatives, prefix: str = "") -> Q:
    """The alternatives as a filter; nothing at all where there are none."""
    either = Q()
    for column, ids in alternatives:
        if len(ids) == 1:
            either |= Q(**{f"{prefix}{column}": next(iter(ids))})
        elif ids:
            either |= Q(**{f"{prefix}{column}__in": sorted(ids)})
    return either or NOTHING


def holds(alternatives: Alternatives, row: Any) -> bool:
    """The alternatives for one row in memory."""
    return any(getattr(row, column) in ids for column, ids in alternatives)


def party_rows(scope: Scope) -> Q:
    """Filter of any model with PartyStamps."""
    return condition(party_alternatives(scope))


def sees(scope: Scope, row: Any) -> bool:
    """Whether one row with PartyStamps may be seen; equal to `party_rows` for every row."""
    return holds(party_alternatives(scope), row)


def subject_rows(scope: Scope) -> Q:
    """Filter of figures and warnings."""
    return condition(subject_alternatives(scope))


def sees_subject(scope: Scope, row: Any) -> bool:
    """Whether one figure or warning may be seen; equal to `subject_rows` for every row."""
    return holds(subject_alternatives(scope), row)


def region_subtree(scope: Scope, path: str) -> Q:
    """Rows whose region, found by `path`, lies in the authority's subtree (itself included)."""
    if not scope.is_region_authority or scope.region_id is None:
        return NOTHING
    return (
        Q(**{path: scope.region_id})
        | Q(**{f"{path}__parent": scope.region_id})
        | Q(**{f"{path}__parent__parent": scope.region_id})
    )


def within(scope: Scope, rows: QuerySet[M], seen: Q | None = None) -> QuerySet[M]:
    """Filter rows by what the scope sees and mark the result; base views take nothing else.

    `seen` None means that every row may be seen, which the caller has decided by its own rule.
    """
    marked = rows.all() if seen is None else rows.filter(seen)
    # Django copies the query's attributes whenever a queryset is refined.
    marked.query.visible_to = scope  # type: ignore[attr-defined]
    return marked


def of_parties(scope: Scope, rows: QuerySet[M]) -> QuerySet[M]:
    """`within` for rows with PartyStamps so many that a list reads each party's own index.

    The parties are the scope's alternatives one by one; no row belongs to two of them.
    """
    marked = within(scope, rows, party_rows(scope))
    parties: list[Q] = []
    before = Q()
    for column, ids in party_alternatives(scope):
        parties += [Q(**{column: one}) & ~before for one in sorted(ids)]
        before |= Q(**{f"{column}__in": sorted(ids)})
    marked.query.parties = parties  # type: ignore[attr-defined]
    return marked


def for_business(scope: Scope, rows: QuerySet[M]) -> QuerySet[M]:
    """Rows that are open to everyone of the trade, and to no platform administrator."""
    return within(scope, rows, None if scope.is_business else NOTHING)


class UnscopedQuery(Exception):
    """A view was about to show rows that no visible_… query gave; a programmer's mistake."""


def require_scoped(rows: QuerySet[M], scope: Scope) -> QuerySet[M]:
    """Give the rows back if they were made for this very scope; raise UnscopedQuery if not."""
    if getattr(rows.query, "visible_to", None) != scope:
        raise UnscopedQuery(f"{rows.model.__name__} was not taken from its visible_… query")
    return rows
