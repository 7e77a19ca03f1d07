"""Filters of supply that lists and the API share; each list is bounded by its own business date."""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.utils import timezone

from catalog.queries.search import named
from contracts.models import AgreementLine
from core.lists.period import PeriodFilter
from organisations.models import Organisation
from procurement.models import (
    Delivery,
    Order,
    OrderLine,
    Payment,
    PurchaseHistory,
    Recall,
    RecallHolder,
    Receipt,
    Return,
)
from procurement.queries import orders
from procurement.queries.order_outcomes import of_part, with_outcome
from procurement.queries.recalls import differing
from procurement.queries.reconciling import of_order
from procurement.rules.supply_lines import OUTCOMES, RURAL, UNDER_WAY_PARTS

KINDS = Organisation.InstitutionKind.choices
DIFFERENCES = (("more", "多于应处置数"), ("less", "少于应处置数"), ("any", "与应处置数不符"))


class PartyFilter(PeriodFilter):
    """By the parties' codes."""

    institution = django_filters.CharFilter(
        label="医疗机构代码", field_name="institution__code", max_length=40
    )
    manufacturer = django_filters.CharFilter(
        label="生产企业代码", field_name="manufacturer__code", max_length=40
    )
    distributor = django_filters.CharFilter(
        label="配送企业代码", field_name="distributor__code", max_length=40
    )
    county = django_filters.CharFilter(
        label="县（市、区）代码", field_name="county__code", max_length=6
    )


class GoodsFilter(PartyFilter):
    """And by what was bought."""

    product = django_filters.CharFilter(label="产品代码", field_name="product__code", max_length=40)
    group = django_filters.CharFilter(label="品种代码", field_name="group__code", max_length=40)
    batch = django_filters.CharFilter(label="批次代码", field_name="batch__code", max_length=40)


class OrderFilter(PartyFilter):
    period_field: ClassVar[str] = "sent_at"
    unbounded_by: ClassVar[tuple[str, ...]] = ("order_no", "client_no")

    order_no = django_filters.CharFilter(label="订单号", max_length=60)
    client_no = django_filters.CharFilter(label="院内单号", max_length=100)
    urgent = django_filters.ChoiceFilter(
        label="是否加急", choices=(("1", "加急"), ("0", "不加急")), method="by_urgent"
    )
    stage = django_filters.ChoiceFilter(label="状态", choices=orders.STAGES, method="by_stage")
    q = django_filters.CharFilter(label="查找", method="by_words", max_length=60)

    class Meta:
        model = Order
        fields: tuple[str, ...] = ()

    def by_urgent(self, rows: QuerySet[Order], name: str, value: str) -> QuerySet[Order]:
        return rows.filter(urgent=value == "1")

    def by_stage(self, rows: QuerySet[Order], name: str, value: str) -> QuerySet[Order]:
        return orders.in_stage(rows, value, timezone.now())

    def by_words(self, rows: QuerySet[Order], name: str, value: str) -> QuerySet[Order]:
        return orders.by_words(rows, value)


class OrderLineFilter(GoodsFilter):
    """What is under way is listed whatever its age, as the overview counts it."""

    period_field: ClassVar[str] = "ordered_at"
    unbounded_by: ClassVar[tuple[str, ...]] = ("order_no", "under_way")

    order_no = django_filters.CharFilter(
        label="订单号", field_name="order__order_no", max_length=60
    )
    response = django_filters.ChoiceFilter(
        label="响应", choices=(*OrderLine.Response.choices, ("none", "未响应")),
        method="by_response",
    )  # fmt: skip
    under_way = django_filters.ChoiceFilter(label="在办", choices=UNDER_WAY_PARTS, method="by_part")
    outcome = django_filters.ChoiceFilter(label="供应情况", choices=OUTCOMES, method="by_outcome")
    place = django_filters.ChoiceFilter(
        label="医疗机构类型", choices=(("rural", "乡镇卫生院和村级"), *KINDS), method="by_place"
    )
    q = django_filters.CharFilter(label="查找", method="by_words", max_length=60)

    class Meta:
        model = OrderLine
        fields: tuple[str, ...] = ()

    def by_part(self, rows: QuerySet[OrderLine], name: str, value: str) -> QuerySet[OrderLine]:
        return of_part(rows, value, timezone.now())

    def by_outcome(self, rows: QuerySet[OrderLine], name: str, value: str) -> QuerySet[OrderLine]:
        return with_outcome(rows, value, timezone.now())

    def by_place(self, rows: QuerySet[OrderLine], name: str, value: str) -> QuerySet[OrderLine]:
        kinds = RURAL if value == "rural" else (value,)
        return rows.filter(institution__institution_kind__in=kinds)

    def by_words(self, rows: QuerySet[OrderLine], name: str, value: str) -> QuerySet[OrderLine]:
        return rows.filter(Q(order__order_no=value.strip()) | named(value, "product__"))

    def by_response(self, rows: QuerySet[OrderLine], name: str, value: str) -> QuerySet[OrderLine]:
        return rows.filter(response="" if value == "none" else value)


class _OfOrder(GoodsFilter):
    unbounded_by: ClassVar[tuple[str, ...]] = ("order_no",)

    order_no = django_filters.CharFilter(label="订单号", method="by_order", max_length=60)

    def by_order(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return of_order(rows, value)


class DeliveryFilter(_OfOrder):
    period_field: ClassVar[str] = "recorded_at"

    delivery_no = django_filters.CharFilter(label="配送号", max_length=40)

    class Meta:
        model = Delivery
        fields: tuple[str, ...] = ()


class ReceiptFilter(_OfOrder):
    period_field: ClassVar[str] = "received_at"

    class Meta:
        model = Receipt
        fields: tuple[str, ...] = ()


class ReturnFilter(_OfOrder):
    period_field: ClassVar[str] = "returned_at"
    unbounded_by: ClassVar[tuple[str, ...]] = ("order_no", "return_no")

    return_no = django_filters.CharFilter(label="退货号", max_length=60)

    class Meta:
        model = Return
        fields: tuple[str, ...] = ()


class PaymentFilter(PartyFilter):
    period_field: ClassVar[str] = "paid_on"
    unbounded_by: ClassVar[tuple[str, ...]] = ("order_no", "payment_no")

    payment_no = django_filters.CharFilter(label="支付编号", max_length=60)
    order_no = django_filters.CharFilter(
        label="订单号", field_name="order__order_no", max_length=60
    )
    enterprise = django_filters.CharFilter(
        label="收款企业代码", field_name="enterprise__code", max_length=40
    )
    batch = django_filters.CharFilter(label="批次代码", field_name="batch__code", max_length=40)
    payer = django_filters.ChoiceFilter(label="付款方", choices=Payment.Payer.choices)

    class Meta:
        model = Payment
        fields: tuple[str, ...] = ()


class PurchaseHistoryFilter(django_filters.FilterSet):
    """History lies before the platform's first order, so it has no default of recent days."""

    institution = django_filters.CharFilter(
        label="医疗机构代码", field_name="institution__code", max_length=40
    )
    product = django_filters.CharFilter(label="产品代码", field_name="product__code", max_length=40)
    month = django_filters.DateFilter(label="月份（填该月 1 日）", method="by_month")

    class Meta:
        model = PurchaseHistory
        fields: tuple[str, ...] = ()

    def by_month(self, rows: QuerySet[Any], name: str, value: Any) -> QuerySet[Any]:
        if value.day != 1:
            raise ValidationError({"month": "请填写该月 1 日的日期，如 2025-03-01"})
        return rows.filter(month=value)


class RecallFilter(django_filters.FilterSet):
    """Recalls by state, level, lot and the product's words."""

    stage = django_filters.ChoiceFilter(
        label="状态", field_name="state", choices=Recall.State.choices
    )
    level = django_filters.ChoiceFilter(label="级别", choices=Recall.Level.choices)
    lot_no = django_filters.CharFilter(label="批号", method="by_lot", max_length=60)
    q = django_filters.CharFilter(label="查找", method="by_words", max_length=60)

    class Meta:
        model = Recall
        fields: tuple[str, ...] = ()

    def by_lot(self, rows: QuerySet[Recall], name: str, value: str) -> QuerySet[Recall]:
        return rows.filter(lots__contains=[value.strip()])

    def by_words(self, rows: QuerySet[Recall], name: str, value: str) -> QuerySet[Recall]:
        return rows.filter(Q(recall_no=value.strip()) | named(value, "product__"))


class RecallHolderFilter(django_filters.FilterSet):
    recall = django_filters.CharFilter(label="召回", field_name="recall__recall_no", max_length=24)
    stage = django_filters.ChoiceFilter(
        label="状态", field_name="state", choices=RecallHolder.State.choices
    )
    difference = django_filters.ChoiceFilter(
        label="数量", choices=DIFFERENCES, method="by_difference"
    )
    q = django_filters.CharFilter(label="查找", method="by_words", max_length=60)

    class Meta:
        model = RecallHolder
        fields: tuple[str, ...] = ()

    def by_difference(
        self, rows: QuerySet[RecallHolder], name: str, value: str
    ) -> QuerySet[RecallHolder]:
        return differing(rows, value)

    def by_words(
        self, rows: QuerySet[RecallHolder], name: str, value: str
    ) -> QuerySet[RecallHolder]:
        return rows.filter(Q(lot_no=value.strip()) | named(value, "institution__"))


class AccountFilter(django_filters.FilterSet):
    """Quantity accounts by batch year, product, institution and place."""

    batch = django_filters.CharFilter(label="批次代码", field_name="batch__code", max_length=40)
    year_no = django_filters.NumberFilter(label="采购年度序号", min_value=1, max_value=99)
    group = django_filters.CharFilter(
        label="品种代码", field_name="product__group__code", max_length=40
    )
    product = django_filters.CharFilter(label="产品代码", field_name="product__code", max_length=40)
    institution = django_filters.CharFilter(
        label="医疗机构代码", field_name="institution__code", max_length=40
    )
    manufacturer = django_filters.CharFilter(
        label="生产企业代码", field_name="manufacturer__code", max_length=40
    )
    county = django_filters.CharFilter(
        label="县（市、区）代码", field_name="county__code", max_length=6
    )
    q = django_filters.CharFilter(label="查找", method="by_words", max_length=60)

    class Meta:
        model = AgreementLine
        fields: tuple[str, ...] = ()

    def by_words(
        self, rows: QuerySet[AgreementLine], name: str, value: str
    ) -> QuerySet[AgreementLine]:
        return rows.filter(named(value, "product__") | named(value, "institution__"))
