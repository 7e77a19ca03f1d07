"""E-invoices by API: a distributor's ERP registers them, both sides read them."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from catalog.api.quality import QualityViewSet, require
from organisations.api.base import acting
from organisations.queries.scope import Scope
from procurement.filters.invoices import InvoiceFilter
from procurement.models import Invoice, InvoiceItem
from procurement.operations.invoices import InvoiceDraft, register_invoices, register_red
from procurement.queries.invoices import invoices, items_of, may_register_invoice

YUAN: dict[str, Any] = {"max_digits": 14, "decimal_places": 2}


class InvoiceSerializer(serializers.ModelSerializer[Invoice]):
    institution = serializers.CharField(source="institution.code", read_only=True)
    institution_name = serializers.CharField(source="institution.name", read_only=True)
    distributor = serializers.CharField(source="distributor.code", default=None, read_only=True)
    origin_no = serializers.CharField(source="origin.invoice_no", default=None, read_only=True)

    class Meta:
        model = Invoice
        fields = (
            "invoice_no", "kind", "origin_no", "reason", "institution", "institution_name",
            "distributor", "issued_on", "seller_tax_no", "buyer_tax_no", "net", "tax", "total",
            "first_no", "first_on", "first_seller_tax_no", "registered_at",
        )  # fmt: skip
        read_only_fields = fields


class InvoiceItemSerializer(serializers.ModelSerializer[InvoiceItem]):
    product = serializers.CharField(source="product.code", read_only=True)

    class Meta:
        model = InvoiceItem
        fields = ("delivery_no", "note_no", "product", "packs", "unit_price", "amount")
        read_only_fields = fields


class InvoicedPacksSerializer(serializers.Serializer[Any]):
    delivery_no = serializers.CharField(max_length=40)
    packs = serializers.DecimalField(max_digits=17, decimal_places=4, min_value=0)


class NewInvoiceSerializer(serializers.Serializer[Any]):
    note_no = serializers.CharField(max_length=60)
    invoice_no = serializers.CharField(max_length=20)
    issued_on = serializers.DateField()
    buyer_tax_no = serializers.CharField(max_length=20)
    net = serializers.DecimalField(**YUAN)
    tax = serializers.DecimalField(**YUAN)
    total = serializers.DecimalField(**YUAN)
    rows = InvoicedPacksSerializer(many=True, required=False, default=list)
    first_no = serializers.CharField(max_length=20, required=False, allow_blank=True, default="")
    first_on = serializers.DateField(required=False, allow_null=True, default=None)
    first_seller_tax_no = serializers.CharField(
        max_length=20, required=False, allow_blank=True, default=""
    )


class RedInvoiceSerializer(serializers.Serializer[Any]):
    invoice_no = serializers.CharField(max_length=20)
    issued_on = serializers.DateField()
    net = serializers.DecimalField(**YUAN)
    tax = serializers.DecimalField(**YUAN)
    total = serializers.DecimalField(**YUAN)
    reason = serializers.CharField(max_length=500)
    rows = InvoicedPacksSerializer(many=True, required=False, default=list)


class InvoiceViewSet(QualityViewSet):
    """发票。配送企业登记数电票和红字发票，医疗机构和主管部门可查。"""

    token_subject: ClassVar[str] = "procurement"
    serializer_class = InvoiceSerializer
    filterset_class = InvoiceFilter
    lookup_field = "invoice_no"
    ordering = "-id"

    def visible(self, scope: Scope) -> QuerySet[Invoice]:
        return invoices(scope)

    @extend_schema(request=NewInvoiceSerializer, responses={201: InvoiceSerializer})
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """登记一张蓝字发票；rows 为空时对应配送单中还没有开票的全部数量。"""
        require(may_register_invoice(self.scope))
        values = self.values(NewInvoiceSerializer, request)
        draft = InvoiceDraft(packs=_packs(values.pop("rows")), **values)
        (row,) = register_invoices(
            drafts=[draft], by=acting(request), scope=self.scope, at=timezone.now()
        )
        return self.answer(row, status.HTTP_201_CREATED)

    @extend_schema(request=RedInvoiceSerializer, responses={201: InvoiceSerializer})
    @action(detail=True, methods=["post"])
    def red(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """登记红字发票，金额为负；rows 为空时冲减剩余的全部。"""
        row = self.get_object()
        require(may_register_invoice(self.scope))
        values = self.values(RedInvoiceSerializer, request)
        made = register_red(
            origin=row, packs=_packs(values.pop("rows")), by=acting(request), scope=self.scope,
            at=timezone.now(), **values,
        )  # fmt: skip
        return self.answer(made, status.HTTP_201_CREATED)

    @extend_schema(responses=InvoiceItemSerializer(many=True))
    @action(detail=True, methods=["get"], pagination_class=None)
    def items(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """发票对应的配送。"""
        rows = items_of(self.scope, self.get_object()).order_by("pk")
        return Response(InvoiceItemSerializer(rows, many=True).data)


def _packs(rows: list[dict[str, Any]]) -> dict[str, Any]:
    numbers = [row["delivery_no"] for row in rows]
    twice = sorted({number for number in numbers if numbers.count(number) > 1})
    if twice:
        raise serializers.ValidationError({"rows": [f"配送号 {twice[0]} 出现了两次，请合并"]})
    return {row["delivery_no"]: row["packs"] for row in rows}
