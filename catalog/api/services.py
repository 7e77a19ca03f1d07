"""Service items and their prices under /api/v1/: the same operations, sight and words as the pages."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import FileResponse
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, status
from rest_framework.decorators import action
from rest_framework.parsers import FormParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from catalog.api import service_serializers as kinds
from catalog.api.quality import require
from catalog.filters.services import (
    ServiceCandidateFilter,
    ServiceConsumableFilter,
    ServiceEligibilityFilter,
    ServiceItemFilter,
    ServicePriceFilter,
)
from catalog.models import (
    ServiceCandidate,
    ServiceConsumable,
    ServiceEligibility,
    ServiceItem,
    ServicePrice,
)
from catalog.operations.service_candidates import (
    adjust_service,
    decline_candidate,
    evaluate_candidate,
    list_candidates,
)
from catalog.operations.service_eligibility import enter_eligibility
from catalog.operations.services import (
    save_service_item,
    set_deferred_day,
    set_service_price,
    tie_consumable,
    untie_consumable,
)
from catalog.queries.known_services import KnownServices
from catalog.queries.listing_cases import case_files
from catalog.queries.services import (
    OBJECT_TYPE,
    may_keep_items,
    may_price,
    visible_service_candidates,
    visible_service_consumables,
    visible_service_eligibility,
    visible_service_items,
    visible_service_prices,
    with_own_prices,
)
from core.api.parsing import StrictJSONParser
from organisations.api.base import ScopedViewSet, acting
from organisations.api.files import FILE_PATH, KeptFileSerializer, as_binary
from organisations.queries.scope import Scope
from organisations.views.files import served


class ServiceViewSet(mixins.ListModelMixin, ScopedViewSet):
    """What all endpoints here share."""

    token_subject: ClassVar[str] = "catalog"
    lookup_field = "pk"
    lookup_value_regex = r"\d{1,18}"
    ordering = "-id"

    def values(self, kind: type[serializers.Serializer[Any]], request: Request) -> dict[str, Any]:
        serializer = kind(data=request.data, context={"known": KnownServices(self.scope)})
        serializer.is_valid(raise_exception=True)
        found: dict[str, Any] = serializer.validated_data
        return found

    def told(self, row: Any, code: int = status.HTTP_200_OK) -> Response:
        return Response(self.get_serializer(row).data, status=code)


class ServiceItemViewSet(mixins.RetrieveModelMixin, ServiceViewSet):
    """医疗服务价格项目，连同本地区价格和中位价。"""

    serializer_class = kinds.ServiceItemSerializer
    filterset_class = ServiceItemFilter
    lookup_field = "code"
    lookup_value_regex = kinds.ITEM_CODE

    def visible(self, scope: Scope) -> QuerySet[ServiceItem]:
        return with_own_prices(visible_service_items(scope), scope, timezone.localdate())

    @extend_schema(
        request=kinds.NewServiceItemSerializer, responses={201: kinds.ServiceItemSerializer}
    )
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """登记项目；编码已有的为修改。"""
        require(may_keep_items(self.scope))
        values = self.values(kinds.NewServiceItemSerializer, request)
        seen = values.pop("version", None)
        row = save_service_item(
            by=acting(request), scope=self.scope, at=timezone.now(), seen_version=seen, **values
        )
        return self.told(self.get_queryset().get(pk=row.pk), status.HTTP_201_CREATED)


class ServicePriceViewSet(ServiceViewSet):
    """各地区的服务价格和中位价。"""

    serializer_class = kinds.ServicePriceSerializer
    filterset_class = ServicePriceFilter

    def visible(self, scope: Scope) -> QuerySet[ServicePrice]:
        return visible_service_prices(scope).select_related("item", "region")

    @extend_schema(
        request=kinds.NewServicePriceSerializer, responses={201: kinds.ServicePriceSerializer}
    )
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """设定本地区自某日起的价格或中位价。"""
        require(may_price(self.scope))
        values = self.values(kinds.NewServicePriceSerializer, request)
        row = set_service_price(by=acting(request), scope=self.scope, at=timezone.now(), **values)
        return self.told(row, status.HTTP_201_CREATED)

    @extend_schema(request=kinds.DeferredDaySerializer, responses=kinds.ServicePriceSerializer)
    @action(detail=True, methods=["post"])
    def deferred(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """设定暂缓机构的起始日。"""
        values = self.values(kinds.DeferredDaySerializer, request)
        return self.told(
            set_deferred_day(
                row=self.get_object(), by=acting(request), scope=self.scope, at=timezone.now(),
                **values,
            )
        )  # fmt: skip


class ServiceConsumableViewSet(ServiceViewSet):
    """服务项目关联的耗材。"""

    serializer_class = kinds.ServiceConsumableSerializer
    filterset_class = ServiceConsumableFilter

    def visible(self, scope: Scope) -> QuerySet[ServiceConsumable]:
        return visible_service_consumables(scope).select_related("item", "group", "product")

    @extend_schema(
        request=kinds.NewServiceConsumableSerializer,
        responses={201: kinds.ServiceConsumableSerializer},
    )
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """关联一项耗材。"""
        require(may_keep_items(self.scope))
        values = self.values(kinds.NewServiceConsumableSerializer, request)
        row = tie_consumable(by=acting(request), scope=self.scope, at=timezone.now(), **values)
        return self.told(row, status.HTTP_201_CREATED)

    @extend_schema(
        request=kinds.EndConsumableSerializer, responses=kinds.ServiceConsumableSerializer
    )
    @action(detail=True, methods=["post"])
    def end(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """自某日起不再关联。"""
        values = self.values(kinds.EndConsumableSerializer, request)
        return self.told(
            untie_consumable(
                row=self.get_object(), by=acting(request), scope=self.scope, at=timezone.now(),
                **values,
            )
        )  # fmt: skip


class ServiceCandidateViewSet(mixins.RetrieveModelMixin, ServiceViewSet):
    """服务价格调整候选：列出、评估、调整或不予调整。"""

    serializer_class = kinds.ServiceCandidateSerializer
    filterset_class = ServiceCandidateFilter
    parser_classes = (StrictJSONParser, MultiPartParser, FormParser)
    lookup_field = "candidate_no"
    lookup_value_regex = r"[A-Z0-9]{1,24}"

    def visible(self, scope: Scope) -> QuerySet[ServiceCandidate]:
        return visible_service_candidates(scope).select_related(
            "item", "region", "price", "new_price"
        )

    @extend_schema(request=None, responses=kinds.FoundCandidatesSerializer)
    @action(detail=False, methods=["post"])
    def find(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """按今天的价格列出本地区本年候选；每年每项一次。"""
        require(may_price(self.scope))
        found = list_candidates(by=acting(request), scope=self.scope, at=timezone.now())
        numbers = [row.candidate_no for row in found.rows]
        told = {"listed": numbers, "known": found.known, "left_out": found.left_out}
        return Response(kinds.FoundCandidatesSerializer(told).data)

    @extend_schema(request=kinds.EvaluateSerializer, responses=kinds.ServiceCandidateSerializer)
    @action(detail=True, methods=["post"])
    def evaluate(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """开始评估；材料以 multipart 的 files 上传。"""
        return self._step(evaluate_candidate, kinds.EvaluateSerializer, request)

    @extend_schema(request=kinds.AdjustSerializer, responses=kinds.ServiceCandidateSerializer)
    @action(detail=True, methods=["post"])
    def adjust(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """自某日起调整价格。"""
        return self._step(adjust_service, kinds.AdjustSerializer, request)

    @extend_schema(request=kinds.DeclineSerializer, responses=kinds.ServiceCandidateSerializer)
    @action(detail=True, methods=["post"])
    def decline(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """不予调整。"""
        return self._step(decline_candidate, kinds.DeclineSerializer, request)

    @extend_schema(responses=KeptFileSerializer(many=True))
    @action(detail=True, methods=["get"], pagination_class=None)
    def files(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """评估材料；原文件见 files/{id}/。"""
        rows = case_files(OBJECT_TYPE, self.get_object())
        return Response(KeptFileSerializer(rows, many=True).data)

    @as_binary
    @action(detail=True, methods=["get"], url_path=FILE_PATH, url_name="file")
    def file(self, request: Request, *args: Any, **kwargs: Any) -> FileResponse:
        """一份材料的原文件；未通过检查的不提供。"""
        return served(request, case_files(OBJECT_TYPE, self.get_object()), kwargs["file_id"])

    def _step(
        self, operation: Any, kind: type[serializers.Serializer[Any]], request: Request
    ) -> Response:
        row = self.get_object()
        values = self.values(kind, request)
        if "files" in values:
            values["uploads"] = values.pop("files")
        moved = operation(
            candidate=row, seen_version=values.pop("version"), by=acting(request),
            scope=self.scope, at=timezone.now(), **values,
        )  # fmt: skip
        return self.told(moved)


class ServiceEligibilityViewSet(ServiceViewSet):
    """调价执行资格：医疗机构可查本机构的。"""

    serializer_class = kinds.ServiceEligibilitySerializer
    filterset_class = ServiceEligibilityFilter

    def visible(self, scope: Scope) -> QuerySet[ServiceEligibility]:
        return visible_service_eligibility(scope).select_related("institution")

    @extend_schema(
        request=kinds.NewServiceEligibilitySerializer,
        responses={201: kinds.ServiceEligibilitySerializer},
    )
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """登记一家医疗机构的执行资格。"""
        require(may_price(self.scope))
        values = self.values(kinds.NewServiceEligibilitySerializer, request)
        values["institution"] = values.pop("institution_code")
        row = enter_eligibility(by=acting(request), scope=self.scope, at=timezone.now(), **values)
        return self.told(row, status.HTTP_201_CREATED)
