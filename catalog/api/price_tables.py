"""Maximum prices, shortage lists, multiples, marks, 函询 and 差比价 under /api/v1/."""

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
from catalog.api.listings import NUMBER, product_named
from catalog.filters.listings import InquiryFilter, MaximumPriceFilter, ShortageFilter
from catalog.models import Inquiry, MaximumPrice, PriceCalculation, PriceMultiple, ShortageEntry
from catalog.operations.inquiries import answer_inquiry, send_inquiry, settle_inquiry
from catalog.operations.maximum_prices import end_maximum_price, set_maximum_price
from catalog.operations.price_marks import (
    end_price_multiple,
    set_price_multiple,
    set_reference_product,
)
from catalog.operations.price_ratio import calculate, confirm_calculation, inputs_of
from catalog.operations.shortages import end_shortage, enter_shortage
from catalog.queries.listing_cases import INQUIRY_TYPE, case_files, visible_inquiries
from catalog.queries.listing_page import visible_price_calculations
from catalog.queries.price_checks import (
    visible_maximum_prices,
    visible_price_marks,
    visible_price_multiples,
    visible_shortages,
)
from catalog.queries.visible import visible_groups
from core.api.parsing import StrictJSONParser
from organisations.api.base import ScopedViewSet, acting, values_of
from organisations.api.files import FILE_PATH, KeptFileSerializer, as_binary
from organisations.queries.scope import Scope
from organisations.views.files import served

ROW = r"\d{1,18}"


class PriceTableViewSet(mixins.ListModelMixin, ScopedViewSet):
    """What the dated tables share."""

    token_subject = "catalog"
    lookup_field = "pk"
    lookup_value_regex = ROW
    ordering = "-id"

    def subject(self, values: dict[str, Any]) -> dict[str, Any]:
        """Codes to objects, within sight. Raises ValidationError on the field."""
        group_code, product_code = values.pop("group"), values.pop("product")
        group = visible_groups(self.scope).filter(code=group_code).first() if group_code else None
        if group_code and group is None:
            raise serializers.ValidationError({"group": ["没有这个品种，请核对代码"]})
        product = product_named(self.scope, product_code) if product_code else None
        return {"group": group, "product": product, **values}

    def told(self, row: Any, code: int = status.HTTP_200_OK) -> Response:
        return Response(self.get_serializer(row).data, status=code)


class MaximumPriceViewSet(PriceTableViewSet):
    """最高挂网价：品种按计量单位，产品按包装，元。"""

    serializer_class = kinds.MaximumPriceSerializer
    filterset_class = MaximumPriceFilter

    def visible(self, scope: Scope) -> QuerySet[MaximumPrice]:
        return visible_maximum_prices(scope).select_related("group", "product")

    @extend_schema(
        request=kinds.NewMaximumPriceSerializer, responses={201: kinds.MaximumPriceSerializer}
    )
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """设定自某日起的最高挂网价。"""
        values = self.subject(values_of(kinds.NewMaximumPriceSerializer, request))
        row = set_maximum_price(by=acting(request), scope=self.scope, at=timezone.now(), **values)
        return self.told(row, status.HTTP_201_CREATED)

    @extend_schema(request=kinds.EntryEndSerializer, responses=kinds.MaximumPriceSerializer)
    @action(detail=True, methods=["post"])
    def end(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """自某日起不再执行。"""
        values = values_of(kinds.EntryEndSerializer, request)
        return self.told(
            end_maximum_price(
                row=self.get_object(), by=acting(request), scope=self.scope, at=timezone.now(),
                **values,
            )
        )  # fmt: skip


class ShortageViewSet(PriceTableViewSet):
    """短缺、易短缺清单。"""

    serializer_class = kinds.ShortageSerializer
    filterset_class = ShortageFilter

    def visible(self, scope: Scope) -> QuerySet[ShortageEntry]:
        return visible_shortages(scope).select_related("group", "product")

    @extend_schema(request=kinds.NewShortageSerializer, responses={201: kinds.ShortageSerializer})
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """列入清单。"""
        values = self.subject(values_of(kinds.NewShortageSerializer, request))
        row = enter_shortage(by=acting(request), scope=self.scope, at=timezone.now(), **values)
        return self.told(row, status.HTTP_201_CREATED)

    @extend_schema(request=kinds.EndShortageSerializer, responses=kinds.ShortageSerializer)
    @action(detail=True, methods=["post"])
    def end(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """移出清单。"""
        values = values_of(kinds.EndShortageSerializer, request)
        return self.told(
            end_shortage(
                row=self.get_object(), by=acting(request), scope=self.scope, at=timezone.now(),
                **values,
            )
        )  # fmt: skip


class PriceMultipleViewSet(PriceTableViewSet):
    """红黄标倍数表。"""

    serializer_class = kinds.PriceMultipleSerializer

    def visible(self, scope: Scope) -> QuerySet[PriceMultiple]:
        return visible_price_multiples(scope)

    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """新增一条倍数标准。"""
        values = values_of(kinds.PriceMultipleSerializer, request)
        values = {"yellow": None, "red": None} | values
        row = set_price_multiple(by=acting(request), scope=self.scope, at=timezone.now(), **values)
        return self.told(row, status.HTTP_201_CREATED)

    @extend_schema(request=None, responses=kinds.PriceMultipleSerializer)
    @action(detail=True, methods=["post"])
    def end(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """自今天起不再执行。"""
        return self.told(
            end_price_multiple(
                row=self.get_object(), by=acting(request), scope=self.scope, at=timezone.now()
            )
        )

    @extend_schema(
        request=kinds.ReferenceProductSerializer, responses=kinds.ReferenceProductSerializer
    )
    @action(detail=False, methods=["post"], url_path="reference-product", url_name="reference")
    def reference_product(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """设定品种的参比制剂。"""
        values = values_of(kinds.ReferenceProductSerializer, request)
        product = product_named(self.scope, values["product"])
        if product.group is None:
            raise serializers.ValidationError({"product": ["产品没有归入品种"]})
        set_reference_product(
            group=product.group, product=product, clause=values["clause"], by=acting(request),
            scope=self.scope, at=timezone.now(),
        )  # fmt: skip
        return Response(values)


class PriceMarkViewSet(PriceTableViewSet):
    """现行的红标和黄标，连同得出它的价格和倍数。"""

    serializer_class = kinds.PriceMarkSerializer

    def visible(self, scope: Scope) -> QuerySet[Any]:
        rows = visible_price_marks(scope).filter(until__isnull=True)
        return rows.select_related("product", "multiple", "reference_product")


class PriceCalculationViewSet(PriceTableViewSet):
    """差比价：测算，和经确认成为挂网价的计算。"""

    serializer_class = kinds.PriceCalculationSerializer

    def visible(self, scope: Scope) -> QuerySet[PriceCalculation]:
        return visible_price_calculations(scope).select_related("product", "representative")

    @extend_schema(
        request=kinds.RatioConfirmSerializer, responses={201: kinds.PriceCalculationSerializer}
    )
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """确认一项计算，结果成为挂网价。"""
        values = values_of(kinds.RatioConfirmSerializer, request)
        row = confirm_calculation(
            product=product_named(self.scope, values["product"]),
            representative=product_named(self.scope, values["representative"], "representative"),
            inputs=inputs_of(values, values["representative_price"]), expected=values["expected"],
            valid_from=values["valid_from"], note=values["note"], by=acting(request),
            scope=self.scope, at=timezone.now(),
        )  # fmt: skip
        return self.told(row, status.HTTP_201_CREATED)

    @extend_schema(request=kinds.RatioSerializer, responses=kinds.RatioResultSerializer)
    @action(detail=False, methods=["post"])
    def calculate(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """按代表品现行挂网价测算，不写入。"""
        values = values_of(kinds.RatioSerializer, request)
        product_named(self.scope, values["product"])
        representative = product_named(self.scope, values["representative"], "representative")
        if representative.listed_price is None:
            raise serializers.ValidationError({"representative": ["代表品没有挂网价"]})
        found = calculate(inputs_of(values, representative.listed_price))
        steps = [
            {"name": step.name, "label": step.label, "value": f"{step.shown():f}",
             "formula": step.formula, "clause": step.clause}
            for step in found.steps
        ]  # fmt: skip
        told = {"representative_price": representative.listed_price, "steps": steps,
                "result": found.result}  # fmt: skip
        return Response(kinds.RatioResultSerializer(told).data)


class InquiryViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ScopedViewSet):
    """价格函询：发出、答复、退回、办结。"""

    serializer_class = kinds.InquirySerializer
    filterset_class = InquiryFilter
    parser_classes = (StrictJSONParser, MultiPartParser, FormParser)
    token_subject = "catalog"
    lookup_field = "inquiry_no"
    lookup_value_regex = NUMBER
    ordering = "-id"

    def visible(self, scope: Scope) -> QuerySet[Inquiry]:
        return visible_inquiries(scope).select_related("product", "enterprise", "office")

    @extend_schema(request=kinds.NewInquirySerializer, responses={201: kinds.InquirySerializer})
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """向产品的生产企业发出函询。"""
        values = values_of(kinds.NewInquirySerializer, request)
        product = product_named(self.scope, values.pop("product"))
        uploads = values.pop("files")
        row = send_inquiry(
            product=product, uploads=uploads, by=acting(request), scope=self.scope,
            at=timezone.now(), **values,
        )  # fmt: skip
        return Response(self.get_serializer(row).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=kinds.InquiryAnswerSerializer, responses=kinds.InquirySerializer)
    @action(detail=True, methods=["post"])
    def answer(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """企业答复；证明材料以 multipart 的 files 上传。"""
        values = values_of(kinds.InquiryAnswerSerializer, request)
        row = answer_inquiry(
            inquiry=self.get_object(), answer=values["answer"], uploads=values["files"],
            by=acting(request), scope=self.scope, at=timezone.now(),
            seen_version=values["version"],
        )  # fmt: skip
        return Response(self.get_serializer(row).data)

    @extend_schema(request=kinds.InquirySettleSerializer, responses=kinds.InquirySerializer)
    @action(detail=True, methods=["post"], url_path="return", url_name="return")
    def send_back(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """退回补充。"""
        return self._settle("return", request)

    @extend_schema(request=kinds.InquirySettleSerializer, responses=kinds.InquirySerializer)
    @action(detail=True, methods=["post"])
    def close(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """办结。"""
        return self._settle("close", request)

    @extend_schema(responses=KeptFileSerializer(many=True))
    @action(detail=True, methods=["get"], pagination_class=None)
    def files(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """全部材料；原文件见 files/{id}/。"""
        rows = case_files(INQUIRY_TYPE, self.get_object())
        return Response(KeptFileSerializer(rows, many=True).data)

    @as_binary
    @action(detail=True, methods=["get"], url_path=FILE_PATH, url_name="file")
    def file(self, request: Request, *args: Any, **kwargs: Any) -> FileResponse:
        """一份材料的原文件；未通过检查的不提供。"""
        return served(request, case_files(INQUIRY_TYPE, self.get_object()), kwargs["file_id"])

    def _settle(self, verb: str, request: Request) -> Response:
        values = values_of(kinds.InquirySettleSerializer, request)
        row = settle_inquiry(
            inquiry=self.get_object(), verb=verb, closing_note=values["closing_note"],
            by=acting(request), scope=self.scope, at=timezone.now(),
            seen_version=values["version"],
        )  # fmt: skip
        return Response(self.get_serializer(row).data)
