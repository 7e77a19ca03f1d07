"""议价 by API: the same operations and sight as the pages."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from catalog.api.quality import QualityViewSet, require
from catalog.api.quality_serializers import ProductCodeField
from organisations.api.base import acting
from organisations.queries.scope import Scope
from procurement.api.case_serializers import CaseWordsSerializer
from procurement.filters.negotiations import NegotiationFilter
from procurement.models import Negotiation, NegotiationOffer
from procurement.operations.negotiations import (
    offer_price,
    open_negotiation,
    step_negotiation,
)
from procurement.queries.negotiations import may_negotiate, partner, visible_negotiations


class NegotiationOfferSerializer(serializers.ModelSerializer[NegotiationOffer]):
    class Meta:
        model = NegotiationOffer
        fields = ("offer_no", "side", "price", "valid_from", "valid_to", "words", "offered_at")
        read_only_fields = fields


class NegotiationSerializer(serializers.ModelSerializer[Negotiation]):
    institution = serializers.CharField(source="institution.code", read_only=True)
    institution_name = serializers.CharField(source="institution.name", read_only=True)
    manufacturer = serializers.CharField(source="manufacturer.code", read_only=True)
    product = serializers.CharField(source="product.code", read_only=True)
    product_name = serializers.CharField(source="product.name", read_only=True)
    version = serializers.IntegerField(source="row_version", read_only=True)
    offers = NegotiationOfferSerializer(many=True, read_only=True)

    class Meta:
        model = Negotiation
        fields = (
            "negotiation_no", "institution", "institution_name", "manufacturer", "product",
            "product_name", "listed_price", "opened_at", "last_side", "price", "valid_from",
            "valid_to", "end_reason", "state", "state_at", "version", "offers",
        )  # fmt: skip
        read_only_fields = fields


class NewNegotiationSerializer(serializers.Serializer[Any]):
    """`institution` is named by a manufacturer; empty: the own."""

    institution = serializers.CharField(max_length=40, required=False, allow_blank=True, default="")
    product = ProductCodeField()
    price = serializers.DecimalField(max_digits=18, decimal_places=4, min_value=0)
    valid_from = serializers.DateField()
    valid_to = serializers.DateField()
    words = serializers.CharField(max_length=500, required=False, allow_blank=True, default="")


class PriceOfferSerializer(serializers.Serializer[Any]):
    price = serializers.DecimalField(max_digits=18, decimal_places=4, min_value=0)
    valid_from = serializers.DateField()
    valid_to = serializers.DateField()
    words = serializers.CharField(max_length=500, required=False, allow_blank=True, default="")
    version = serializers.IntegerField(min_value=1)


class PriceAcceptSerializer(serializers.Serializer[Any]):
    version = serializers.IntegerField(min_value=1)


class NegotiationViewSet(QualityViewSet):
    """议价：非中选产品在挂网价以内，由医疗机构与生产企业议定价格和执行日期。"""

    token_subject: ClassVar[str] = "procurement"
    serializer_class = NegotiationSerializer
    filterset_class = NegotiationFilter
    lookup_field = "negotiation_no"
    ordering = "-id"

    def visible(self, scope: Scope) -> QuerySet[Negotiation]:
        return (
            visible_negotiations(scope)
            .select_related("institution", "manufacturer", "product")
            .prefetch_related("offers")
        )

    @extend_schema(request=NewNegotiationSerializer, responses={201: NegotiationSerializer})
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """发起议价，附第一次报价。"""
        require(may_negotiate(self.scope))
        values = self.values(NewNegotiationSerializer, request)
        institution = partner(self.scope, values.pop("institution"))
        if institution is None:
            raise ValidationError({"institution": ["没有这个代码的医疗机构，请核对"]})
        row = open_negotiation(
            institution=institution, by=acting(request), scope=self.scope, at=timezone.now(),
            **values,
        )  # fmt: skip
        return self._shown(row, status.HTTP_201_CREATED)

    @extend_schema(request=PriceOfferSerializer, responses=NegotiationSerializer)
    @action(detail=True, methods=["post"])
    def offer(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """另行报价；双方的每次报价都留存。"""
        row: Negotiation = self.get_object()
        values = self.values(PriceOfferSerializer, request)
        seen = values.pop("version")
        offer_price(
            negotiation=row, by=acting(request), scope=self.scope, at=timezone.now(),
            seen_version=seen, **values,
        )  # fmt: skip
        return self._shown(row)

    @extend_schema(request=PriceAcceptSerializer, responses=NegotiationSerializer)
    @action(detail=True, methods=["post"])
    def accept(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """接受对方的最近报价；执行日期内按议定价下单。"""
        return self._step("accept", "", self.values(PriceAcceptSerializer, request)["version"])

    @extend_schema(request=CaseWordsSerializer, responses=NegotiationSerializer)
    @action(detail=True, methods=["post"])
    def end(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """终止议价或已议定的价格，写明原因。"""
        values = self.values(CaseWordsSerializer, request)
        return self._step("end", values["words"], values["version"])

    def _step(self, verb: str, words: str, seen: int) -> Response:
        row: Negotiation = self.get_object()
        step_negotiation(
            negotiation=row, verb=verb, words=words, by=acting(self.request), scope=self.scope,
            at=timezone.now(), seen_version=seen,
        )  # fmt: skip
        return self._shown(row)

    def _shown(self, row: Negotiation, code: int = status.HTTP_200_OK) -> Response:
        return self.answer(self.get_queryset().get(pk=row.pk), code)
