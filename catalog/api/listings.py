"""Listings under /api/v1/: the same rows, filters and operations as the pages."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import FileResponse
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, status
from rest_framework.decorators import action
from rest_framework.parsers import FormParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from catalog.api import listing_serializers as kinds
from catalog.filters.listings import ListingFilter
from catalog.models import ListingRequest, Product
from catalog.operations.listing_requests import answer_request, request_restoring
from catalog.operations.listing_way import set_listing_way
from catalog.operations.listings import (
    list_product,
    restore_listing,
    suspend_listing,
    withdraw_listing,
)
from catalog.operations.officer_prices import price_by_officer, request_price_check
from catalog.queries.listing_cases import REQUEST_TYPE, case_files, visible_listing_requests
from catalog.queries.listing_page import listed_products
from catalog.queries.visible import visible_products
from core.api.parsing import StrictJSONParser
from organisations.api.base import ScopedViewSet, acting, values_of
from organisations.api.files import FILE_PATH, KeptFileSerializer, as_binary
from organisations.queries.scope import Scope
from organisations.views.files import served

NO_PRODUCT = "没有这个产品，请核对国家医保编码"
NUMBER = r"[A-Z0-9]{1,24}"


def product_named(scope: Scope, code: str, field: str = "product") -> Product:
    """A visible product. Raises ValidationError on the field."""
    found = visible_products(scope).filter(code=code).first()
    if found is None:
        raise serializers.ValidationError({field: [NO_PRODUCT]})
    return found


class ListingViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ScopedViewSet):
    """挂网产品：状态、由谁因何关闭、怎样恢复，以及价格核对。"""

    serializer_class = kinds.ListingSerializer
    filterset_class = ListingFilter
    token_subject = "catalog"
    lookup_field = "listing__listing_no"
    lookup_url_kwarg = "listing_no"
    lookup_value_regex = NUMBER
    ordering = "id"

    def visible(self, scope: Scope) -> QuerySet[Product]:
        return listed_products(scope, timezone.localdate())

    @extend_schema(request=kinds.NewListingSerializer, responses={201: kinds.ListingSerializer})
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """为产品编发挂网ID。"""
        values = values_of(kinds.NewListingSerializer, request)
        product = product_named(self.scope, values.pop("product"))
        list_product(
            product=product, by=acting(request), scope=self.scope, at=timezone.now(), **values
        )
        return self._again(product, status.HTTP_201_CREATED)

    @extend_schema(request=kinds.ListingCloseSerializer, responses=kinds.ListingSerializer)
    @action(detail=True, methods=["post"])
    def suspend(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """暂停采购。"""
        return self._close(suspend_listing, request)

    @extend_schema(request=kinds.ListingCloseSerializer, responses=kinds.ListingSerializer)
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """撤网。"""
        return self._close(withdraw_listing, request)

    @extend_schema(request=kinds.ListingRestoreSerializer, responses=kinds.ListingSerializer)
    @action(detail=True, methods=["post"])
    def restore(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """恢复挂网；已撤网的重新挂网。"""
        values = values_of(kinds.ListingRestoreSerializer, request)
        product = self.get_object()
        restore_listing(
            listing=product.listing, reason=values["reason"], by=acting(request),
            scope=self.scope, at=timezone.now(), seen_version=values["version"],
        )  # fmt: skip
        return self._again(product)

    @extend_schema(request=kinds.ListingPriceSerializer, responses=kinds.ListingSerializer)
    @action(detail=True, methods=["post"])
    def price(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """设定挂网价，可自以后的日子起。"""
        product = self.get_object()
        price_by_officer(
            product=product, by=acting(request), scope=self.scope, at=timezone.now(),
            **values_of(kinds.ListingPriceSerializer, request),
        )  # fmt: skip
        return self._again(product)

    @extend_schema(request=kinds.ListingWaySerializer, responses=kinds.ListingSerializer)
    @action(detail=True, methods=["post"])
    def way(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """变更挂网方式：直接、直通、递补、附条件。"""
        product = self.get_object()
        values = values_of(kinds.ListingWaySerializer, request)
        set_listing_way(
            listing=product.listing, by=acting(request), scope=self.scope, at=timezone.now(),
            seen_version=values.pop("version"), **values,
        )  # fmt: skip
        return self._again(product)

    @extend_schema(request=None, responses={202: kinds.CheckJobSerializer})
    @action(detail=False, methods=["post"])
    def check(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """立即核对全部挂网价和红黄标，作为后台任务。"""
        job = request_price_check(by=acting(request), scope=self.scope, at=timezone.now())
        return Response({"job": job.pk}, status=status.HTTP_202_ACCEPTED)

    def _close(self, operation: Any, request: Request) -> Response:
        values = values_of(kinds.ListingCloseSerializer, request)
        seen = values.pop("version")
        product = self.get_object()
        operation(
            listing=product.listing, by=acting(request), scope=self.scope, at=timezone.now(),
            seen_version=seen, **values,
        )  # fmt: skip
        return self._again(product)

    def _again(self, product: Product, code: int = status.HTTP_200_OK) -> Response:
        fresh = self.get_queryset().get(pk=product.pk)
        return Response(self.get_serializer(fresh).data, status=code)


class ListingRequestViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ScopedViewSet):
    """恢复挂网申请：提出、答复、撤回。"""

    serializer_class = kinds.ListingRequestSerializer
    parser_classes = (StrictJSONParser, MultiPartParser, FormParser)
    token_subject = "catalog"
    lookup_field = "request_no"
    lookup_value_regex = NUMBER
    ordering = "-id"

    def visible(self, scope: Scope) -> QuerySet[ListingRequest]:
        return visible_listing_requests(scope).select_related("listing", "requester", "office")

    @extend_schema(
        request=kinds.NewRequestSerializer, responses={201: kinds.ListingRequestSerializer}
    )
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """生产企业或医疗机构申请恢复；证明材料以 multipart 的 files 上传。"""
        values = values_of(kinds.NewRequestSerializer, request)
        rows = listed_products(self.scope, timezone.localdate())
        product = rows.filter(listing__listing_no=values["listing_no"]).first()
        if product is None:
            raise serializers.ValidationError({"listing_no": ["没有这个挂网ID，请核对"]})
        row = request_restoring(
            listing=product.listing, text=values["text"], uploads=values["files"],
            by=acting(request), scope=self.scope, at=timezone.now(),
        )  # fmt: skip
        return Response(self.get_serializer(row).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=kinds.RequestAnswerSerializer, responses=kinds.ListingRequestSerializer)
    @action(detail=True, methods=["post"])
    def grant(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """同意恢复，产品同时恢复挂网。"""
        return self._answer("grant", request)

    @extend_schema(request=kinds.RequestAnswerSerializer, responses=kinds.ListingRequestSerializer)
    @action(detail=True, methods=["post"])
    def refuse(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """不予恢复，说明理由。"""
        return self._answer("refuse", request)

    @extend_schema(request=kinds.RequestAnswerSerializer, responses=kinds.ListingRequestSerializer)
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """申请单位撤回。"""
        return self._answer("withdraw", request)

    @extend_schema(responses=KeptFileSerializer(many=True))
    @action(detail=True, methods=["get"], pagination_class=None)
    def files(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """全部材料；原文件见 files/{id}/。"""
        rows = case_files(REQUEST_TYPE, self.get_object())
        return Response(KeptFileSerializer(rows, many=True).data)

    @as_binary
    @action(detail=True, methods=["get"], url_path=FILE_PATH, url_name="file")
    def file(self, request: Request, *args: Any, **kwargs: Any) -> FileResponse:
        """一份材料的原文件；未通过检查的不提供。"""
        return served(request, case_files(REQUEST_TYPE, self.get_object()), kwargs["file_id"])

    def _answer(self, verb: str, request: Request) -> Response:
        values = values_of(kinds.RequestAnswerSerializer, request)
        row = answer_request(
            request=self.get_object(), verb=verb, answer=values["answer"], by=acting(request),
            scope=self.scope, at=timezone.now(), seen_version=values["version"],
        )  # fmt: skip
        return Response(self.get_serializer(row).data)
