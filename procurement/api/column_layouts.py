"""列名对照 and Excel files by API: the layout is saved once, then whole files are taken as on the page."""

from __future__ import annotations

from typing import Any, ClassVar

from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.exceptions import PermissionDenied, ValidationError
from rest_framework.parsers import FormParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.parsing import StrictJSONParser
from core.lists.sheet import SheetError, SheetRefused
from organisations.api.base import ScopedEndpoint, acting, values_of
from organisations.queries.scope import Scope
from organisations.views.sheet_upload import SheetUploadView
from procurement.operations.column_names import save_columns
from procurement.queries.column_names import own_kinds, visible_column_mappings
from procurement.rules.column_names import FIELDS, LABELS, LONGEST, NATIONAL
from procurement.views.cart_upload import CartUploadView
from procurement.views.invoices import InvoiceUploadView
from procurement.views.plan_upload import PlanUploadView
from procurement.views.receipt_upload import ReceiptUploadView
from procurement.views.return_upload import ReturnUploadView
from procurement.views.ship_upload import ShipUploadView

UPLOADS: dict[str, type[SheetUploadView]] = {
    "orders": CartUploadView, "plans": PlanUploadView, "receipts": ReceiptUploadView,
    "returns": ReturnUploadView, "shipments": ShipUploadView, "invoices": InvoiceUploadView,
}  # fmt: skip
"""Codes are not among them: they come with their 配送单, by its own endpoint."""
LISTED = 200


class ColumnLayoutSerializer(serializers.Serializer[Any]):
    kind = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    headings = serializers.DictField(child=serializers.CharField())
    national = serializers.DictField(child=serializers.CharField())
    columns = serializers.DictField(child=serializers.CharField())
    version = serializers.IntegerField(allow_null=True)


class LayoutChangeSerializer(serializers.Serializer[Any]):
    columns = serializers.DictField(
        child=serializers.CharField(max_length=LONGEST, allow_blank=True)
    )
    version = serializers.IntegerField(min_value=1, required=False, allow_null=True, default=None)


class SheetFileSerializer(serializers.Serializer[Any]):
    file = serializers.FileField()


class SheetTakenSerializer(serializers.Serializer[Any]):
    result = serializers.CharField()


class ColumnLayoutViewSet(ScopedEndpoint):
    """列名对照与 Excel 导入：各字段在本单位的表里叫什么，及按它导入整份文件。"""

    token_subject: ClassVar[str] = "procurement"
    lookup_field = "kind"
    lookup_value_regex = "[a-z]{1,10}"

    def exists_for(self, scope: Scope) -> bool:
        return bool(own_kinds(scope))

    @extend_schema(responses=ColumnLayoutSerializer(many=True))
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """本单位可以导入的各种表：字段、模板列名、招采子系统字段名和已保存的列名。"""
        held = {row.kind: row for row in visible_column_mappings(self.scope)}
        rows = [
            {
                "kind": kind, "label": LABELS[kind], "headings": FIELDS[kind],
                "national": NATIONAL[kind],
                "columns": held[kind].columns if kind in held else {},
                "version": held[kind].row_version if kind in held else None,
            }
            for kind in own_kinds(self.scope)
        ]  # fmt: skip
        return Response(ColumnLayoutSerializer(rows, many=True).data)

    @extend_schema(request=LayoutChangeSerializer, responses=ColumnLayoutSerializer(many=True))
    def update(self, request: Request, kind: str = "", **kwargs: Any) -> Response:
        """保存一种表的列名：字段对应本单位表里的列名；空的用模板列名，全部为空即恢复模板。"""
        self._require(kind)
        values = values_of(LayoutChangeSerializer, request)
        save_columns(
            kind=kind, names=values["columns"], seen_version=values["version"],
            by=acting(request), scope=self.scope, at=timezone.now(),
        )  # fmt: skip
        return self.list(request)

    @extend_schema(
        request={"multipart/form-data": SheetFileSerializer}, responses=SheetTakenSerializer
    )
    @action(
        detail=True, methods=["post"],
        parser_classes=[StrictJSONParser, MultiPartParser, FormParser],
    )  # fmt: skip
    def take(self, request: Request, kind: str = "", **kwargs: Any) -> Response:
        """按已保存的列名导入一份 Excel；有一处错误都不写入，逐行说明。"""
        self._require(kind)
        if kind not in UPLOADS:
            raise ValidationError(
                {"kind": ["追溯码随配送单登记：用发货接口的 rows.codes 或 receiving/codes/"]}
            )
        upload = UPLOADS[kind]()
        upload.setup(request._request)
        upload.scope, upload.user = self.scope, acting(request)
        allowed = upload.allowed(self.scope)
        if not allowed:
            raise PermissionDenied(allowed.reason)
        file = values_of(SheetFileSerializer, request)["file"]
        try:
            result = upload.take(file.read())
        except SheetRefused as refused:
            said = [_words(error) for error in refused.errors[:LISTED]]
            raise ValidationError({"file": said}) from refused
        return Response({"result": result})

    def _require(self, kind: str) -> None:
        if kind not in own_kinds(self.scope):
            raise Http404


def _words(error: SheetError) -> str:
    """The mistake at its place, with what to do."""
    place = f"第 {error.line} 行" if error.line else ""
    column = f"“{error.column}”" if error.column else ""
    value = f"（{error.value}）" if error.value else ""
    said = f"{place}{column}{value}"
    return (
        f"{said}：{error.message}；{error.remedy}" if said else f"{error.message}；{error.remedy}"
    )
