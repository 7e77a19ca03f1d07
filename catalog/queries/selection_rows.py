"""Results of a batch as lists show them: who supplies which region at what price."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import QuerySet

from catalog.models import Batch, Selection
from catalog.queries.in_force import own_regions, stage_of, unit_price, with_period
from catalog.queries.visible import visible_selections
from organisations.queries.changes import NamesOn
from organisations.queries.scope import Scope
from organisations.queries.visible import visible_regions

ROLE_LEVELS = {Selection.Role.SELECTED: "green", Selection.Role.STANDBY: "blue"}


@dataclass(frozen=True)
class SelectionRow:
    """One result; `own` marks those that supply the reader's city or province; `maker_then` is what
    the enterprise was called when the result was published."""

    selection: Selection
    role: str
    role_level: str
    unit_price: Decimal | None
    starts_on: date
    ends_on: date
    whole_cycle: bool
    stage: str
    level: str
    own: bool
    maker_then: str


def selections_with_period(scope: Scope) -> QuerySet[Selection]:
    """Visible results with all that their rows show."""
    return with_period(
        visible_selections(scope).select_related(
            "batch", "region", "product__group", "product__manufacturer"
        )
    )


def selection_rows(
    selections: Iterable[Selection], scope: Scope, on: date, *, published_on: date | None = None
) -> list[SelectionRow]:
    """Rows of results from `selections_with_period`, those of one batch with its day of publication."""
    here, found = own_regions(scope), list(selections)
    makers = (each.product.manufacturer for each in found)
    named = NamesOn(makers if published_on else (), published_on or on)
    return [_row(selection, here, on, named) for selection in found]


def _row(selection: Selection, here: frozenset[int], on: date, named: NamesOn) -> SelectionRow:
    batch = selection.batch
    starts_on = selection.valid_from or batch.effective_on
    ends_on = selection.valid_to or batch.ends_on
    stage, level = stage_of(starts_on, ends_on, on)
    role = Selection.Role(selection.role)
    return SelectionRow(
        selection=selection,
        role=str(role.label),
        role_level=ROLE_LEVELS[role],
        unit_price=unit_price(selection.product, selection.price),
        starts_on=starts_on,
        ends_on=ends_on,
        whole_cycle=selection.valid_from is None and selection.valid_to is None,
        stage=stage,
        level=level,
        own=selection.region_id in here,
        maker_then=named(selection.product.manufacturer),
    )


def region_options(scope: Scope, batch: Batch) -> list[dict[str, str]]:
    """The supply regions of a batch."""
    used = visible_selections(scope).filter(batch=batch).values("region_id")
    rows = visible_regions(scope).filter(pk__in=used).order_by("code").values_list("code", "name")
    return [{"value": code, "label": name} for code, name in rows]


def group_options(scope: Scope, batch: Batch) -> list[dict[str, str]]:
    """The groups of a batch."""
    rows = (
        visible_selections(scope)
        .filter(batch=batch, product__group__isnull=False)
        .order_by("product__group__code")
        .values_list("product__group__code", "product__group__name")
        .distinct()
    )
    return [{"value": code, "label": name} for code, name in rows]
