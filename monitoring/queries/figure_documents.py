"""The documents behind a page of lines: loaded by kind, through what the reader may see."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from catalog.queries.visible import visible_products
from complaints.queries.visible import visible_complaints
from contracts.queries.visible import visible_agreement_lines
from monitoring.queries.figure_lines import FigureLine
from organisations.queries.scope import Scope
from procurement.models import OrderLine
from procurement.queries.visible import (
    visible_deliveries,
    visible_order_lines,
    visible_purchase_history,
    visible_receipts,
    visible_returns,
)
from volumes.queries.visible import visible_report_lines

Documents = dict[tuple[str, int], Any]
OF_LINES = ("receipt", "return", "delivery")
MOMENTS = {"receipt": "received_at", "return": "returned_at", "delivery": "recorded_at"}


@dataclass(frozen=True)
class Loaded:
    """Documents by (source, id) and order lines by id; what the reader may not see is absent."""

    documents: Documents
    order_lines: dict[int, OrderLine]

    def of(self, line: FigureLine) -> Any:
        return self.documents.get((line.source, line.source_id))

    def order_line(self, line: FigureLine) -> OrderLine | None:
        return self.order_lines.get(line.line_id or 0)


def load_documents(scope: Scope, lines: Iterable[FigureLine]) -> Loaded:
    """One query per kind of document on the page, and one for the order lines behind them."""
    by_source: dict[str, list[FigureLine]] = {}
    for line in lines:
        by_source.setdefault(line.source, []).append(line)
    documents: Documents = {}
    for source, of_kind in by_source.items():
        if source != "order_line":
            for found in _rows(scope, source, of_kind):
                documents[source, found.pk] = found
    order_lines = _order_lines(scope, [line for found in by_source.values() for line in found])
    for line in by_source.get("order_line", []):
        if line.source_id in order_lines:
            documents["order_line", line.source_id] = order_lines[line.source_id]
    return Loaded(documents, order_lines)


def _rows(scope: Scope, source: str, lines: list[FigureLine]) -> QuerySet[Any]:
    ids = {line.source_id for line in lines}
    if source in OF_LINES:
        rows: QuerySet[Any] = {
            "receipt": visible_receipts,
            "return": visible_returns,
            "delivery": visible_deliveries,
        }[source](scope)
        return (
            rows.filter(pk__in=ids, line_id__in={line.line_id for line in lines})
            .filter(**_reach(source, lines))
            .select_related("institution", "product__group")
        )
    if source == "agreement":
        return visible_agreement_lines(scope).filter(pk__in=ids).select_related(
            "institution", "product__group"
        )  # fmt: skip
    if source == "report":
        return visible_report_lines(scope).filter(pk__in=ids).select_related("institution", "group")
    if source == "complaint":
        return visible_complaints(scope).filter(pk__in=ids).select_related("institution", "product")
    if source == "history":
        return visible_purchase_history(scope).filter(pk__in=ids).select_related(
            "institution", "product__group"
        )  # fmt: skip
    return visible_products(scope).filter(pk__in=ids).select_related("group")


def _reach(source: str, lines: list[FigureLine]) -> dict[str, datetime]:
    """Months in which the rows can lie, so that the others are not looked into.

    A receipt's or return's line says when it was; a delivery was recorded after its order.
    """
    column = MOMENTS[source]
    if source == "delivery":
        first = min((line.ordered_at for line in lines if line.ordered_at), default=None)
        return {f"{column}__gte": first} if first else {}
    moments = [line.at for line in lines if line.at]
    return {f"{column}__gte": min(moments), f"{column}__lte": max(moments)} if moments else {}


def _order_lines(scope: Scope, lines: list[FigureLine]) -> dict[int, OrderLine]:
    keys = {line.line_id: line.ordered_at for line in lines if line.line_id}
    if not keys:
        return {}
    moments = [moment for moment in keys.values() if moment]
    rows = (
        visible_order_lines(scope)
        .filter(pk__in=keys, ordered_at__gte=min(moments), ordered_at__lte=max(moments))
        .select_related("order", "institution", "product__group")
    )
    return {row.pk: row for row in rows}


def due_day(at: datetime | None) -> date | None:
    """A working-day deadline ends with its day: the instant after it names the next day."""
    return timezone.localtime(at - timedelta(microseconds=1)).date() if at else None
