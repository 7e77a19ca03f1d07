"""考核豁免申请 by API: the same operations and sight as the pages."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, status
from rest_framework.decorators import action
from rest_framework.parsers import FormParser, JSONParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from core.transitions import NotYours
from monitoring.filters.exemption_application import ExemptionApplicationFilter
from monitoring.forms.exemption_application import ExemptionApplyForm
from monitoring.models import ExemptionApplication
from monitoring.operations.exemption_applications import (
    NewApplication,
    apply_for_exemption,
    grant_application,
    perform_step,
)
from monitoring.queries.exemption_applications import (
    SHOWN_WITH,
    files_of,
    may_apply,
    visible_exemption_applications,
    visible_granted_exemptions,
)
from monitoring.states.exemption_application import EXEMPTION_CLAUSE, KINDS, ExemptionCause
from organisations.api.base import ScopedViewSet, acting, values_of
from organisations.api.files import FILE_PATH, KeptFileSerializer, as_binary, uploads_field
from organisations.queries.scope import Scope
from organisations.views.files import served


class GrantedExemptionSerializer(serializers.ModelSerializer[ExemptionApplication]):
    """What all may read of a granted one."""

    batch: Any = serializers.CharField(source="batch.code", read_only=True)
    product: Any = serializers.CharField(source="product.code", read_only=True)
    institution: Any = serializers.CharField(source="institution.code", read_only=True)
    institution_name: Any = serializers.CharField(source="institution.name", read_only=True)

    class Meta:
        model = ExemptionApplication
        fields: tuple[str, ...] = (
            "application_no", "institution", "institution_name", "batch", "product", "kind",
            "cause", "from_on", "to_on", "granted_at",
        )  # fmt: skip
        read_only_fields = fields


class ExemptionApplicationSerializer(GrantedExemptionSerializer):
    version = serializers.IntegerField(source="row_version", read_only=True)

    class Meta(GrantedExemptionSerializer.Meta):
        fields = (
            *GrantedExemptionSerializer.Meta.fields, "statement", "asked_from", "asked_to",
            "submitted_at", "check_note", "decision_note", "state", "state_at", "version",
        )  # fmt: skip
        read_only_fields = fields


class NewExemptionApplicationSerializer(serializers.Serializer[Any]):
    batch = serializers.CharField(max_length=40)
    product = serializers.CharField(max_length=40)
    kind = serializers.ChoiceField(choices=KINDS)
    cause = serializers.ChoiceField(choices=ExemptionCause.choices)
    asked_from = serializers.DateField()
    asked_to = serializers.DateField()
    statement = serializers.CharField(max_length=4000)
    files = uploads_field(required=False, default=list)


class ExemptionVersionSerializer(serializers.Serializer[Any]):
    version = serializers.IntegerField(required=False, allow_null=True, min_value=1)


class ExemptionNoteSerializer(ExemptionVersionSerializer):
    note = serializers.CharField(max_length=4000)


class ExemptionResubmitSerializer(ExemptionNoteSerializer):
    files = uploads_field(required=False, default=list)


class ExemptionGrantSerializer(ExemptionNoteSerializer):
    from_on = serializers.DateField()
    to_on = serializers.DateField()


class GrantedExemptionViewSet(mixins.ListModelMixin, ScopedViewSet):
    """已认定的考核豁免，公开清单。"""

    serializer_class = GrantedExemptionSerializer
    filterset_class = ExemptionApplicationFilter
    token_subject = "warnings"
    ordering = "-id"

    def visible(self, scope: Scope) -> QuerySet[ExemptionApplication]:
        return visible_granted_exemptions(scope).select_related(*SHOWN_WITH)


class ExemptionApplicationViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ScopedViewSet):
    """考核豁免申请：申请、核查、认定，按提交先后从新到旧。"""

    serializer_class = ExemptionApplicationSerializer
    filterset_class = ExemptionApplicationFilter
    parser_classes = (JSONParser, MultiPartParser, FormParser)
    token_subject = "warnings"
    lookup_field = "application_no"
    lookup_value_regex = r"[^/]{1,40}"
    ordering = "-id"

    def visible(self, scope: Scope) -> QuerySet[ExemptionApplication]:
        return visible_exemption_applications(scope).select_related(*SHOWN_WITH)

    @extend_schema(
        request=NewExemptionApplicationSerializer,
        responses={201: ExemptionApplicationSerializer},
    )
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """医疗机构申请；佐证材料以 files 上传，必传。"""
        if not may_apply(self.scope):
            raise NotYours("考核豁免由医疗机构的经办、审核或负责人申请", EXEMPTION_CLAUSE)
        values = values_of(NewExemptionApplicationSerializer, request)
        files = values.pop("files")
        # The page's own form finds what the codes name, with the same words where it finds nothing.
        form = ExemptionApplyForm(values, scope=self.scope)
        if not form.is_valid():
            raise serializers.ValidationError(
                {name: [str(each) for each in found] for name, found in form.errors.items()}
            )
        made = apply_for_exemption(
            new=NewApplication(**form.cleaned_data), uploads=files, by=acting(request),
            scope=self.scope, at=timezone.now(),
        )  # fmt: skip
        data = self.get_serializer(self.visible(self.scope).get(pk=made.pk)).data
        return Response(data, status=status.HTTP_201_CREATED)

    def _step(
        self, verb: str, kind: type[serializers.Serializer[Any]], request: Request
    ) -> Response:
        row = self.get_object()
        values = values_of(kind, request)
        common: dict[str, Any] = {
            "application": row, "by": acting(request), "scope": self.scope,
            "at": timezone.now(), "seen_version": values.pop("version", None),
        }  # fmt: skip
        if verb == "grant":
            grant_application(**values, **common)
        else:
            perform_step(verb=verb, uploads=values.pop("files", []), **values, **common)
        return Response(self.get_serializer(self.visible(self.scope).get(pk=row.pk)).data)

    @extend_schema(request=ExemptionNoteSerializer, responses=ExemptionApplicationSerializer)
    @action(detail=True, methods=["post"])
    def check(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """设区市核查属实，报省级认定。"""
        return self._step("check", ExemptionNoteSerializer, request)

    @extend_schema(request=ExemptionNoteSerializer, responses=ExemptionApplicationSerializer)
    @action(detail=True, methods=["post"], url_path="return", url_name="return")
    def send_back(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """退回补正，写明要补什么。"""
        return self._step("return", ExemptionNoteSerializer, request)

    @extend_schema(request=ExemptionResubmitSerializer, responses=ExemptionApplicationSerializer)
    @action(detail=True, methods=["post"])
    def resubmit(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """补正后重新提交；note 为申请理由，补充材料以 files 上传。"""
        return self._step("resubmit", ExemptionResubmitSerializer, request)

    @extend_schema(request=ExemptionGrantSerializer, responses=ExemptionApplicationSerializer)
    @action(detail=True, methods=["post"])
    def grant(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """省级认定，写明起止日期；写入考核豁免。"""
        return self._step("grant", ExemptionGrantSerializer, request)

    @extend_schema(request=ExemptionNoteSerializer, responses=ExemptionApplicationSerializer)
    @action(detail=True, methods=["post"])
    def refuse(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """省级不予认定，写明理由。"""
        return self._step("refuse", ExemptionNoteSerializer, request)

    @extend_schema(request=ExemptionVersionSerializer, responses=ExemptionApplicationSerializer)
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """医疗机构撤回申请。"""
        return self._step("withdraw", ExemptionVersionSerializer, request)

    @extend_schema(responses=KeptFileSerializer(many=True))
    @action(detail=True, methods=["get"], pagination_class=None, filterset_class=None)
    def files(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """佐证材料。"""
        return Response(KeptFileSerializer(files_of(self.get_object()), many=True).data)

    @as_binary
    @action(detail=True, methods=["get"], url_path=FILE_PATH, url_name="file")
    def file(self, request: Request, *args: Any, **kwargs: Any) -> Any:
        """一份佐证材料的内容；未通过检查的不提供。"""
        return served(request, files_of(self.get_object()), kwargs["file_id"])
