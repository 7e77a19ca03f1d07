"""处方点评 by API."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from catalog.api.quality import require
from organisations.api.base import ScopedViewSet, acting, values_of
from organisations.queries.scope import Scope
from procurement.filters.clinical_reviews import ClinicalReasonFilter
from procurement.models import ClinicalReason, ClinicalReview
from procurement.operations.clinical_reviews import review_reason
from procurement.queries.clinical_reviews import may_review, reviewed_reasons


class OfferedSerializer(serializers.Serializer[Any]):
    product = serializers.CharField(read_only=True)
    name = serializers.CharField(read_only=True)
    price = serializers.CharField(read_only=True)


class ReviewResultSerializer(serializers.ModelSerializer[ClinicalReview]):
    class Meta:
        model = ClinicalReview
        fields = ("review_no", "result", "note", "reviewed_at")
        read_only_fields = fields


class ClinicalReasonSerializer(serializers.ModelSerializer[ClinicalReason]):
    institution = serializers.CharField(source="institution.code", read_only=True)
    order_no = serializers.CharField(source="order.order_no", read_only=True)
    product = serializers.CharField(source="product.code", read_only=True)
    product_name = serializers.CharField(source="product.name", read_only=True)
    offered = OfferedSerializer(many=True, read_only=True)
    reviews = ReviewResultSerializer(many=True, read_only=True)

    class Meta:
        model = ClinicalReason
        fields = (
            "id", "institution", "order_no", "ordered_at", "product", "product_name", "reason",
            "offered", "reviews",
        )  # fmt: skip
        read_only_fields = fields


class ClinicalReviewSerializer(serializers.Serializer[Any]):
    result = serializers.ChoiceField(choices=ClinicalReview.Result.choices)
    note = serializers.CharField(max_length=500, required=False, allow_blank=True, default="")
    seen = serializers.IntegerField(min_value=0)


class ClinicalReasonViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ScopedViewSet):
    """处方点评：采购非中选产品的临床理由和点评结果，按下单时间从新到旧。"""

    token_subject: ClassVar[str] = "procurement"
    serializer_class = ClinicalReasonSerializer
    filterset_class = ClinicalReasonFilter
    lookup_value_regex = r"[A-Z0-9]{1,18}"
    ordering = ("-ordered_at", "-id")

    def exists_for(self, scope: Scope) -> bool:
        return scope.is_business and scope.kind != "enterprise"

    def visible(self, scope: Scope) -> QuerySet[ClinicalReason]:
        return reviewed_reasons(scope).prefetch_related("reviews")

    def get_object(self) -> ClinicalReason:
        if not self.kwargs["pk"].isdecimal():
            raise Http404
        found: ClinicalReason = super().get_object()
        return found

    @extend_schema(request=ClinicalReviewSerializer, responses={201: ReviewResultSerializer})
    @action(detail=True, methods=["post"])
    def review(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """本机构审核人员或负责人写入点评结果；最后一次为准。"""
        reason: ClinicalReason = self.get_object()
        require(may_review(self.scope, reason))
        row = review_reason(
            reason=reason, by=acting(request), scope=self.scope, at=timezone.now(),
            **values_of(ClinicalReviewSerializer, request),
        )  # fmt: skip
        return Response(ReviewResultSerializer(row).data, status=status.HTTP_201_CREATED)
