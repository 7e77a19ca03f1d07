"""What a dispatcher works with: own lines, tolerances in force, recalled lots, a note's rows."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from datetime import date
from decimal import Decimal
from typing import TypeVar

from django.db import connection
from django.db.models import QuerySet

from catalog.queries.overrides import overrides_of
from catalog.queries.province_values import province_value
from core.transitions import Verdict
from core.workdays.deadlines import shanghai_day
from organisations.models import Region
from organisations.queries.scope import Scope
from policy.queries.read import needed_values, resolve, values_on
from procurement.models import Delivery, DeliveryNote, LineProgress, OrderLine, Recall
from procurement.queries.visible import visible_deliveries, visible_progress
from procurement.rules.shipping import DISPATCHERS, may_dispatch
from procurement.states.delivery_note import SENDER
from procurement.states.order_line import UNDER_WAY

R = TypeVar("R", LineProgress, Delivery)
TOLERANCE = "over_delivery_tolerance"


def delivers(scope: Scope) -> bool:
    """People of enterprises that deliver: only they have a queue."""
    return scope.is_business and scope.kind == "enterprise" and scope.is_distributor


def dispatches(scope: Scope) -> Verdict:
    """May this person answer and ship for the own enterprise?"""
    return may_dispatch(
        is_distributor=delivers(scope),
        has_role=scope.has_role(*DISPATCHERS),
    )


def own_queue(scope: Scope) -> QuerySet[LineProgress]:
    """Lines under way that the own enterprise delivers; what it only makes is not in its queue."""
    own = {scope.organisation_id, *scope.predecessor_ids}
    return visible_progress(scope).filter(distributor__in=own, state__in=UNDER_WAY)


def note_standings(scope: Scope, note: DeliveryNote) -> frozenset[str]:
    mine = note.distributor_id == scope.organisation_id and dispatches(scope)
    return frozenset({SENDER}) if mine else frozenset()


def tolerances(rows: Iterable[LineProgress]) -> dict[int, Decimal]:
    """Share over the order that may be delivered, by line id, as on the day of the order."""
    return {
        row.line_id: value
        for row, value in values_of_lines(
            rows, TOLERANCE, on=lambda row: shanghai_day(row.ordered_at)
        )
    }


def values_of_lines(
    rows: Iterable[R], key: str, *, on: Callable[[R], date]
) -> list[tuple[R, Decimal]]:
    """Each row with the parameter of its batch, else of its province, on its day.

    One look-up per batch (or province) and day.
    """
    known: dict[tuple[int | None, int, date], Decimal] = {}
    found = []
    for row in rows:
        day = on(row)
        place = (row.batch_id, row.province_id if row.batch_id is None else 0, day)
        if place not in known:
            known[place] = _value(row, key, day)
        found.append((row, known[place]))
    return found


def _value(row: LineProgress | Delivery, key: str, on: date) -> Decimal:
    if row.batch_id is None:
        province = Region.objects.filter(pk=row.province_id).first()
        return province_value(province, on, key).number
    values = needed_values(values_on(row.batch.policy.code, on), on)
    return resolve(values, overrides_of(row.batch_id, on))[key].number


def recalled_lots(products: Collection[int]) -> set[tuple[int, str]]:
    """(product, lot) of every recall under way."""
    rows = Recall.objects.filter(product__in=products, state=Recall.State.OPEN)
    return {(product, lot) for product, lots in rows.values_list("product", "lots") for lot in lots}


def note_deliveries(note: DeliveryNote) -> QuerySet[Delivery]:
    """The note's rows: one partition, by the institution's index on the time of recording."""
    return Delivery.objects.filter(
        institution=note.institution_id, recorded_at=note.shipped_at, note_no=note.note_no,
        distributor=note.distributor_id,
    )  # fmt: skip


def visible_note_rows(scope: Scope, note: DeliveryNote) -> QuerySet[Delivery]:
    """The same as far as the reader sees deliveries."""
    return visible_deliveries(scope).filter(
        institution=note.institution_id, recorded_at=note.shipped_at, note_no=note.note_no,
        distributor=note.distributor_id,
    )  # fmt: skip


def rows_of_notes(scope: Scope, notes: Collection[DeliveryNote]) -> dict[int, list[Delivery]]:
    """The rows of each of these notes by its id, as far as the reader sees them; two queries."""
    by_key = {
        (note.note_no, note.institution_id, note.distributor_id, note.shipped_at): note.pk
        for note in notes
    }
    found: dict[int, list[Delivery]] = {note.pk: [] for note in notes}
    rows = visible_deliveries(scope).filter(
        note_no__in=[note.note_no for note in notes],
        institution__in={note.institution_id for note in notes},
        recorded_at__in={note.shipped_at for note in notes},
    )  # fmt: skip
    for row in line_numbers(rows.select_related("product", "manufacturer")):
        key = (row.note_no, row.institution_id, row.distributor_id, row.recorded_at)
        if key in by_key:
            found[by_key[key]].append(row)
    return found


def line_numbers(rows: QuerySet[Delivery]) -> list[Delivery]:
    """The deliveries in the note's order, each with its line's number as `line_label`."""
    found = list(rows.order_by("id"))
    times = [row.ordered_at for row in found]
    if not found:
        return []
    lines = OrderLine.objects.filter(
        pk__in=[row.line_id for row in found],
        ordered_at__gte=min(times),
        ordered_at__lte=max(times),
    ).values_list("pk", "order__order_no", "line_no")
    labels = {pk: f"{order_no}-{line_no}" for pk, order_no, line_no in lines}
    for row in found:
        row.line_label = labels.get(row.line_id, "")  # type: ignore[attr-defined]
    return found


def received_notes(notes: Collection[DeliveryNote]) -> set[int]:
    """Ids of those of these notes whose every pack was accepted or refused; one query."""
    if not notes:
        return set()
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT n.id
            FROM procurement_deliverynote n
            CROSS JOIN LATERAL (
                SELECT bool_and(COALESCE(t.taken, 0) >= d.packs) AS whole
                FROM procurement_delivery d
                LEFT JOIN LATERAL (
                    SELECT sum(r.accepted_packs + r.refused_packs) AS taken
                    FROM procurement_receipt r
                    WHERE r.line_id = d.line_id AND r.delivery_id = d.id
                ) t ON true
                WHERE d.institution_id = n.institution_id AND d.recorded_at = n.shipped_at
                  AND d.note_no = n.note_no AND d.distributor_id = n.distributor_id
            ) x
            WHERE n.id = ANY(%s) AND x.whole
            """,
            [[note.pk for note in notes]],
        )
        return {pk for (pk,) in cursor.fetchall()}
