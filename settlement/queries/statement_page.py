"""What the page, the sheet and the paper of a statement show to a reader."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.db.models import Case, F, OuterRef, QuerySet, Subquery, Sum, Value, When
from django.db.models.functions import Coalesce

from organisations.queries.scope import Scope
from settlement.models import BankOrder, Statement, StatementLine, StatementPayment
from settlement.queries.statements import (
    visible_bank_orders,
    visible_statement_lines,
    visible_statements,
)

ZERO = Decimal(0)


def statements(scope: Scope) -> QuerySet[Statement]:
    """With `shown_total` and `shown_paid`: for an institution that does not pay, its own share.

    What of a fund's payment is for whose goods is nobody's figure: an institution's is None.
    """
    rows = visible_statements(scope).select_related("pool__region", "payee", "institution")
    if scope.kind != "institution":
        return rows.annotate(shown_total=F("total"), shown_paid=F("paid"))
    own = (
        StatementLine.objects.filter(
            statement=OuterRef("pk"), state="live",
            institution_id__in=sorted(scope.institution_ids),
        )
        .values("statement").annotate(total=Sum("amount")).values("total")
    )  # fmt: skip
    return rows.annotate(
        shown_total=Coalesce(Subquery(own), Value(ZERO)),
        shown_paid=Case(When(mode="institution", then=F("paid"))),
    )


def bank_orders(scope: Scope) -> QuerySet[BankOrder]:
    """With `paid_amount`: what the bank says it paid, which may be less than was asked; or None."""
    answered = StatementPayment.objects.filter(
        statement=OuterRef("statement"), kind="bank", reference=OuterRef("bank_ref")
    )
    rows = visible_bank_orders(scope).select_related("statement__payee", "statement__pool")
    return rows.annotate(paid_amount=Subquery(answered.values("amount")[:1]))


def lines_of(scope: Scope, row: Statement) -> list[Any]:
    """The lines that the reader sees, numbered over the whole statement as `place`."""
    ids = StatementLine.objects.filter(statement=row).order_by("pk").values_list("pk", flat=True)
    places = {pk: place for place, pk in enumerate(ids, start=1)}
    rows = visible_statement_lines(scope).filter(statement=row)
    found: list[Any] = list(rows.select_related("institution", "product", "batch").order_by("pk"))
    for line in found:
        line.place = places[line.pk]
    return found


def by_place(row: Statement, places: list[int]) -> dict[int, int]:
    """Ids of lines by their numbers on the page; numbers that are not there are left out."""
    ids = list(
        StatementLine.objects.filter(statement=row).order_by("pk").values_list("pk", flat=True)
    )
    return {place: ids[place - 1] for place in places if 1 <= place <= len(ids)}


LINE_COLUMNS: tuple[tuple[str, int], ...] = (
    ("序号", 8), ("订单行", 26), ("医疗机构", 28), ("产品", 32), ("国家医保编码", 28), ("类别", 10),
    ("日期", 12), ("发票号", 20), ("包装数", 12), ("单价（元）", 12), ("金额（元）", 14), ("状态", 22),
    ("原因", 40), ("医疗机构答复", 30),
)  # fmt: skip


def line_cells(line: Any) -> list[Any]:
    """One row of the sheet, in the order of LINE_COLUMNS."""
    return [
        line.place, f"{line.order_no}-{line.line_no}", line.institution.name, str(line.product),
        line.product.code, line.get_kind_display(), line.fact_at, line.invoice_no, line.packs,
        line.unit_price, line.amount, line.get_state_display(), line.reason, line.reply,
    ]  # fmt: skip
