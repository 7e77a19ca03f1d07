"""The search under /api/v1/: the same products in the same order as the page."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from drf_spectacular.helpers import forced_singular_serializer
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from catalog.queries.found_rows import FoundRow, found_rows
from catalog.queries.not_found import explain_not_found
from catalog.queries.product_search import MOST_LETTERS, find_products, found_products, typed_words
from catalog.views.product_search import ordering_institution
from core.transitions import MissingInput
from organisations.api.base import ScopedEndpoint, acting


class ObstacleSerializer(serializers.Serializer[Any]):
    code = serializers.CharField()
    text = serializers.CharField()
    clause = serializers.CharField()
    ask = serializers.CharField()
    blocks = serializers.BooleanField()


class FoundProductSerializer(serializers.Serializer[Any]):
    code = serializers.CharField(source="product.code")
    name = serializers.CharField(source="product.name")
    specification = serializers.CharField(source="product.specification")
    pack_unit = serializers.CharField(source="product.pack_unit")
    manufacturer = serializers.CharField(source="product.manufacturer.code")
    manufacturer_name = serializers.CharField(source="product.manufacturer.name")
    group = serializers.CharField(source="product.group.code", default=None)
    listing_no = serializers.CharField()
    registration_no = serializers.CharField()
    standing = serializers.CharField()
    batches = serializers.ListField(child=serializers.CharField())
    price = serializers.DecimalField(max_digits=18, decimal_places=4, allow_null=True)
    is_orderable = serializers.BooleanField()
    obstacles = ObstacleSerializer(many=True)


class AlikeProductSerializer(serializers.Serializer[Any]):
    code = serializers.CharField()
    name = serializers.CharField()
    specification = serializers.CharField()
    manufacturer_name = serializers.CharField(source="manufacturer.name")


class ProductSearchSerializer(serializers.Serializer[Any]):
    """`more`: there are others than these. Without result: why, and what may have been meant."""

    results = FoundProductSerializer(many=True)
    more = serializers.BooleanField()
    reasons = serializers.ListField(child=serializers.CharField())
    alike = AlikeProductSerializer(many=True)


class ProductSearchEndpoint(ScopedEndpoint):
    """产品检索：能否采购、为什么不能、找谁。"""

    token_subject = "catalog"

    @extend_schema(
        parameters=[
            OpenApiParameter("q", str, required=True, description=f"要找的字样，至多 {MOST_LETTERS} 个字")
        ],
        responses=forced_singular_serializer(ProductSearchSerializer),
    )  # fmt: skip
    def list(self, request: Request) -> Response:
        """至多 50 个产品，最接近的在前；医疗机构得到的是本机构今天能否采购。"""
        text = request.query_params.get("q", "")
        if not typed_words(text):
            raise MissingInput("q", "请填写要找的产品：名称、编码、首字母、挂网ID、注册证号或企业")
        if len(text) > MOST_LETTERS:
            raise MissingInput("q", f"最长 {MOST_LETTERS} 个字")
        found = find_products(self.scope, text)
        products = found_products(self.scope, found)
        institution = ordering_institution(acting(request), self.scope)
        rows: list[FoundRow] = found_rows(self.scope, products, timezone.localdate(), institution)
        missed = explain_not_found(self.scope, text) if not rows else None
        return Response(
            ProductSearchSerializer(
                {
                    "results": rows,
                    "more": found.more,
                    "reasons": missed.reasons if missed else [],
                    "alike": missed.alike if missed else [],
                }
            ).data
        )
