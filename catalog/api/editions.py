"""Editions of substitutes and conversion factors under /api/v1/: two people, as on the pages."""

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

from catalog.api.quality import require
from catalog.api.quality_serializers import ProductCodeField
from catalog.api.service_serializers import SubjectCodeField
from catalog.filters.editions import EditionFilter
from catalog.models import CatalogueEdition, EditionLine
from catalog.operations.editions import NewLine, attach_basis, decide_edition, propose_edition
from catalog.queries.editions import editions_with_lines, may_propose_edition
from catalog.queries.known import Known
from catalog.queries.listing_cases import case_files
from catalog.states.edition import EDITION_MACHINE
from core.api.parsing import StrictJSONParser
from organisations.api.base import ScopedViewSet, acting, values_of
from organisations.api.files import FILE_PATH, KeptFileSerializer, as_binary, uploads_field
from organisations.queries.scope import Scope
from organisations.views.files import served


class EditionLineSerializer(serializers.ModelSerializer[EditionLine]):
    group = serializers.CharField(source="group.code", default=None, read_only=True)
    product = serializers.CharField(source="product.code", read_only=True)

    class Meta:
        model = EditionLine
        fields = ("line_no", "action", "group", "product", "before", "factor", "basis")
        read_only_fields = fields


class EditionSerializer(serializers.ModelSerializer[CatalogueEdition]):
    lines = EditionLineSerializer(many=True, read_only=True)
    version = serializers.IntegerField(source="row_version", read_only=True)

    class Meta:
        model = CatalogueEdition
        fields = (
            "edition_no", "kind", "title", "basis", "effective_from", "state", "state_at", "note",
            "proposed_at", "published_at", "lines", "version",
        )  # fmt: skip
        read_only_fields = fields


class NewEditionLineSerializer(serializers.Serializer[Any]):
    """`add` or `end` with a group, or `set` with a factor."""

    action = serializers.ChoiceField(choices=EditionLine.Action.choices)
    group = SubjectCodeField(of="group", longest=40)
    product = ProductCodeField()
    factor = serializers.DecimalField(
        max_digits=18, decimal_places=4, required=False, allow_null=True
    )
    basis = serializers.CharField(max_length=200, required=False, allow_blank=True)


class NewEditionSerializer(serializers.Serializer[Any]):
    """An edition as a whole; it begins with a month that has not ended."""

    kind = serializers.ChoiceField(choices=CatalogueEdition.Kind.choices)
    title = serializers.CharField(max_length=120)
    basis = serializers.CharField(max_length=500)
    effective_from = serializers.DateField()
    lines = NewEditionLineSerializer(many=True, allow_empty=False, max_length=2000)  # type: ignore[call-arg]  # of the list


class EditionStepSerializer(serializers.Serializer[Any]):
    """`note` is due with a return."""

    version = serializers.IntegerField(required=False, allow_null=True, min_value=1)
    note = serializers.CharField(max_length=300, required=False, allow_blank=True, default="")


class BasisFilesSerializer(serializers.Serializer[Any]):
    files = uploads_field()


class EditionViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ScopedViewSet):
    """可替代药品目录和折算系数表的版次。一人提出，另一人核对发布；不改变已结束的月份。"""

    serializer_class = EditionSerializer
    filterset_class = EditionFilter
    parser_classes = (StrictJSONParser, MultiPartParser, FormParser)
    token_subject = "catalog"
    lookup_field = "edition_no"
    lookup_value_regex = r"[A-Z0-9]{1,24}"
    ordering = "-id"

    def visible(self, scope: Scope) -> QuerySet[CatalogueEdition]:
        return editions_with_lines(scope)

    @extend_schema(request=NewEditionSerializer, responses={201: EditionSerializer})
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """提出一版。"""
        require(may_propose_edition(self.scope))
        serializer = NewEditionSerializer(data=request.data, context={"known": Known(self.scope)})
        serializer.is_valid(raise_exception=True)
        values = dict(serializer.validated_data)
        lines = [NewLine(**each) for each in values.pop("lines")]
        row = propose_edition(
            lines=lines, by=acting(request), scope=self.scope, at=timezone.now(), **values
        )
        return self._told(row, status.HTTP_201_CREATED)

    @extend_schema(request=EditionStepSerializer)
    @action(detail=True, methods=["post"])
    def publish(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """核对发布。"""
        return self._decide("publish", request)

    @extend_schema(request=EditionStepSerializer)
    @action(detail=True, methods=["post"], url_path="return", url_name="return")
    def send_back(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """退回。"""
        return self._decide("return", request)

    @extend_schema(request=EditionStepSerializer)
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """提出人撤回。"""
        return self._decide("withdraw", request)

    @extend_schema(responses=KeptFileSerializer(many=True))
    @action(detail=True, methods=["get"], pagination_class=None)
    def files(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """依据文件；原文件见 files/{id}/。"""
        rows = case_files(EDITION_MACHINE.name, self.get_object())
        return Response(KeptFileSerializer(rows, many=True).data)

    @extend_schema(request=BasisFilesSerializer, responses=KeptFileSerializer(many=True))
    @files.mapping.post
    def add_files(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """提出人在发布前附依据文件（multipart）。"""
        row = self.get_object()
        uploads = values_of(BasisFilesSerializer, request)["files"]
        attach_basis(
            edition=row, uploads=uploads, by=acting(request), scope=self.scope, at=timezone.now()
        )
        rows = case_files(EDITION_MACHINE.name, row)
        return Response(KeptFileSerializer(rows, many=True).data)

    @as_binary
    @action(detail=True, methods=["get"], url_path=FILE_PATH, url_name="file")
    def file(self, request: Request, *args: Any, **kwargs: Any) -> FileResponse:
        """一份依据文件；未通过检查的不提供。"""
        return served(
            request, case_files(EDITION_MACHINE.name, self.get_object()), kwargs["file_id"]
        )

    def _decide(self, verb: str, request: Request) -> Response:
        values = values_of(EditionStepSerializer, request)
        row = decide_edition(
            edition=self.get_object(), verb=verb, note=values["note"], by=acting(request),
            scope=self.scope, at=timezone.now(), seen_version=values.get("version"),
        )  # fmt: skip
        return self._told(row)

    def _told(self, row: CatalogueEdition, code: int = status.HTTP_200_OK) -> Response:
        found = self.get_queryset().get(pk=row.pk)
        return Response(self.get_serializer(found).data, status=code)
